/**
 * A mask as runs, as COCO has it: lengths of runs of pixels that are out, in, out, …, column by column from the left, each column from
 * top to bottom. Sharp edge: the runs have to fill the picture exactly; whoever reads them from a file says so there.
 */
export interface Mask {
  readonly height: number
  readonly width: number
  readonly runs: ReadonlyArray<number>
}

/** Number of pixels that are in. */
export const maskArea = ({ runs }: Mask): number => {
  let area = 0
  for (let at = 1; at < runs.length; at += 2) area += runs[at] ?? 0
  return area
}

/** `[x, y, width, height]` of the smallest box around the pixels that are in, four zeros for a mask of one run or none (`rleToBbox` of maskApi). */
export const maskBox = ({ height, width, runs }: Mask): readonly [number, number, number, number] => {
  const used = runs.length - (runs.length % 2)
  if (used === 0) return [0, 0, 0, 0]
  let [left, top, right, bottom, at, before] = [width, height, 0, 0, 0, 0]
  for (let index = 0; index < used; index++) {
    at += runs[index] ?? 0
    const pixel = at - (index % 2)
    const y = pixel % height
    const x = (pixel - y) / height
    if (index % 2 === 0) before = x
    else if (before < x) {
      // A run that goes on into the next column touches the bottom of the one and the top of the other.
      top = 0
      bottom = height - 1
    }
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return [left, top, right - left + 1, bottom - top + 1]
}

/** Pixels that are in both masks; they have to be of one size. */
export const commonPixels = (left: Mask, right: Mask): number => {
  const [a, b] = [left.runs, right.runs]
  let [i, j, common] = [0, 0, 0]
  let [endA, endB] = [a[0] ?? 0, b[0] ?? 0]
  let at = 0
  while (i < a.length && j < b.length) {
    const end = Math.min(endA, endB)
    if ((i & j & 1) === 1) common += end - at
    at = end
    if (endA === at) endA += a[++i] ?? 0
    if (endB === at) endB += b[++j] ?? 0
  }
  return common
}

/** The pixels that are in at least one of the masks, which have to be of one size. */
export const unionOf = (masks: ReadonlyArray<Mask>, height: number, width: number): Mask => {
  const [only] = masks
  if (only !== undefined && masks.length === 1) return only
  const edges: Array<readonly [at: number, step: number]> = []
  for (const { runs } of masks) {
    let at = 0
    for (const [index, length] of runs.entries()) {
      if (index % 2 === 1 && length > 0) edges.push([at, 1], [at + length, -1])
      at += length
    }
  }
  // Where one stretch ends and another begins, it goes on.
  edges.sort(([left, up], [right, down]) => left - right || down - up)
  const runs: Array<number> = []
  let [told, open] = [0, 0]
  for (const [at, step] of edges) {
    if (open === 0 || open + step === 0) {
      runs.push(at - told)
      told = at
    }
    open += step
  }
  runs.push(height * width - told)
  return { height, width, runs }
}
