/**
 * What is kept of every annotation, as columns of numbers: a file of two gigabytes has millions of them.
 *
 * 60 bytes each, in blocks, so that nothing is copied while they become more; 11 to 21 more in the set of ids, which is there twice for a
 * moment when it grows.
 */

const BLOCK_ROWS = 1 << 15
const HASH_BYTES = 32

export interface AnnotationRow {
  readonly start: number
  readonly length: number
  readonly class_id: number
  readonly annotation_id: number
  readonly hash: string
}

export interface AnnotationColumns {
  readonly add: (image: number, row: Omit<AnnotationRow, "hash"> & { readonly hash: Uint8Array }) => void
  /** The rows of every image, in the order in which they were added. To be called once, at the end. */
  readonly byImage: (images: number) => (image: number) => ReadonlyArray<AnnotationRow>
}

/** Image, length and class; start and id; hash. */
const newBlock = () => ({
  small: new Uint32Array(BLOCK_ROWS * 3),
  large: new Float64Array(BLOCK_ROWS * 2),
  hashes: new Uint8Array(BLOCK_ROWS * HASH_BYTES)
})

export const annotationColumns = (): AnnotationColumns => {
  const blocks: Array<ReturnType<typeof newBlock>> = []
  let size = 0
  const imageOf = (row: number): number => blocks[Math.floor(row / BLOCK_ROWS)]?.small[(row % BLOCK_ROWS) * 3] ?? 0
  const rowAt = (row: number): AnnotationRow => {
    const block = blocks[Math.floor(row / BLOCK_ROWS)]
    const at = row % BLOCK_ROWS
    if (block === undefined) throw new RangeError(`no annotation ${row}`)
    return {
      start: block.large[at * 2] ?? 0,
      length: block.small[at * 3 + 1] ?? 0,
      class_id: block.small[at * 3 + 2] ?? 0,
      annotation_id: block.large[at * 2 + 1] ?? 0,
      hash: Buffer.from(block.hashes.buffer, at * HASH_BYTES, HASH_BYTES).toString("hex")
    }
  }
  return {
    add: (image, { start, length, class_id, annotation_id, hash }) => {
      const at = size % BLOCK_ROWS
      if (at === 0) blocks.push(newBlock())
      const block = blocks.at(-1)
      block?.small.set([image, length, class_id], at * 3)
      block?.large.set([start, annotation_id], at * 2)
      block?.hashes.set(hash, at * HASH_BYTES)
      size++
    },
    byImage: (count) => {
      const first = new Uint32Array(count + 1)
      for (let row = 0; row < size; row++) first[imageOf(row) + 1] = (first[imageOf(row) + 1] ?? 0) + 1
      for (let image = 0; image < count; image++) first[image + 1] = (first[image + 1] ?? 0) + (first[image] ?? 0)
      const next = first.slice()
      const rows = new Uint32Array(size)
      for (let row = 0; row < size; row++) {
        const place = next[imageOf(row)] ?? 0
        rows[place] = row
        next[imageOf(row)] = place + 1
      }
      return (image) => Array.from(rows.subarray(first[image], first[image + 1]), rowAt)
    }
  }
}

/** A set of whole numbers from 0, as large as memory is: a Set of JavaScript ends at 2^24 elements. */
export const numberSet = (): { readonly add: (value: number) => boolean } => {
  let slots = new Float64Array(1024).fill(-1)
  let size = 0
  const slotOf = (table: Float64Array, value: number): number => {
    const mask = table.length - 1
    // Low and high half are mixed, so that ids that count up in steps do not fall into the same slots.
    let slot = (Math.imul(value % 2 ** 32, 0x9e3779b1) ^ Math.imul(Math.floor(value / 2 ** 32), 0x85ebca6b)) >>> 0
    for (slot = (slot ^ (slot >>> 15)) & mask; table[slot] !== -1 && table[slot] !== value; ) slot = (slot + 1) & mask
    return slot
  }
  return {
    /** False when it was there already. */
    add: (value) => {
      const slot = slotOf(slots, value)
      if (slots[slot] === value) return false
      slots[slot] = value
      if (++size * 4 > slots.length * 3) {
        const larger = new Float64Array(slots.length * 2).fill(-1)
        for (const each of slots) if (each !== -1) larger[slotOf(larger, each)] = each
        slots = larger
      }
      return true
    }
  }
}
