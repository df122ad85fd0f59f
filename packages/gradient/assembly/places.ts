/** What only moves numbers: embeddings, picks, transpositions, parts of an axis. */

@inline
function bytes(n: i32): usize {
  return <usize>n << 2
}

/** y [n, width] = the rows of the table. */
export function embedding(table: usize, ids: usize, y: usize, n: i32, width: i32): void {
  for (let i = 0; i < n; i++) memory.copy(y + bytes(i * width), table + bytes(load<i32>(ids + bytes(i)) * width), bytes(width))
}
/** Per sample, each row that occurs gets the sum over its occurrences in order, in one addition. scratch: width floats. */
export function embedding_back(dy: usize, ids: usize, gradient: usize, scratch: usize, samples: i32, positions: i32, width: i32): void {
  for (let s = 0; s < samples; s++) {
    const list = ids + bytes(s * positions)
    for (let p = 0; p < positions; p++) {
      const id = load<i32>(list + bytes(p))
      let earlier = 0
      while (earlier < p && load<i32>(list + bytes(earlier)) !== id) earlier++
      if (earlier < p) continue
      memory.fill(scratch, 0, bytes(width))
      for (let q = p; q < positions; q++) {
        if (load<i32>(list + bytes(q)) !== id) continue
        const from = dy + bytes((s * positions + q) * width)
        for (let j: usize = 0; j < bytes(width); j += 4) store<f32>(scratch + j, load<f32>(scratch + j) + load<f32>(from + j))
      }
      const to = gradient + bytes(id * width)
      for (let j: usize = 0; j < bytes(width); j += 4) store<f32>(to + j, load<f32>(to + j) + load<f32>(scratch + j))
    }
  }
}

/** y [n] = x [n, c] at the columns. */
export function gather(x: usize, ids: usize, y: usize, n: i32, c: i32): void {
  for (let i = 0; i < n; i++) store<f32>(y + bytes(i), load<f32>(x + bytes(i * c + load<i32>(ids + bytes(i)))))
}
/** dx must be zero before. */
export function gather_back(dy: usize, ids: usize, dx: usize, n: i32, c: i32): void {
  for (let i = 0; i < n; i++) store<f32>(dx + bytes(i * c + load<i32>(ids + bytes(i))), load<f32>(dy + bytes(i)))
}

/** y in order = x at the sum of index times step; `axes` holds rank lengths of y, then rank steps of x in elements, then rank zeros. */
export function permute(x: usize, y: usize, axes: usize, rank: i32, n: i32): void {
  const steps = axes + bytes(rank), index = steps + bytes(rank)
  const last = rank - 1
  const inner = load<i32>(axes + bytes(last)), step = bytes(load<i32>(steps + bytes(last)))
  let from = x, to = y
  for (let done = 0; done < n; done += inner) {
    let p = from
    let j = 0
    if (step === 4) {
      for (; j + 4 <= inner; j += 4) {
        v128.store(to, v128.load(p))
        p += 16
        to += 16
      }
    }
    for (; j < inner; j++) {
      store<f32>(to, load<f32>(p))
      p += step
      to += 4
    }
    for (let k = last - 1; k >= 0; k--) {
      const next = load<i32>(index + bytes(k)) + 1
      from += bytes(load<i32>(steps + bytes(k)))
      if (next < load<i32>(axes + bytes(k))) {
        store<i32>(index + bytes(k), next)
        break
      }
      from -= bytes(next * load<i32>(steps + bytes(k)))
      store<i32>(index + bytes(k), 0)
    }
  }
}

/** Copies `count` blocks of `width` floats; the block starts lie `fromStep` and `toStep` floats apart. */
export function blocks(x: usize, y: usize, count: i32, width: i32, fromStep: i32, toStep: i32): void {
  let from = x, to = y
  for (let i = 0; i < count; i++) {
    memory.copy(to, from, bytes(width))
    from += bytes(fromStep)
    to += bytes(toStep)
  }
}

/** y = x, with `value` where the column is later than the row. */
export function mask_later(x: usize, y: usize, count: i32, rows: i32, columns: i32, value: f32): void {
  let q: usize = 0
  for (let i = 0; i < count; i++) {
    for (let r = 0; r < rows; r++) {
      const last = i32x4.splat(r)
      let c = 0
      for (; c + 4 <= columns; c += 4) {
        const later = i32x4.gt_s(i32x4.add(i32x4.splat(c), i32x4(0, 1, 2, 3)), last)
        v128.store(y + q, v128.bitselect(f32x4.splat(value), v128.load(x + q), later))
        q += 16
      }
      for (; c < columns; c++) {
        store<f32>(y + q, c > r ? value : load<f32>(x + q))
        q += 4
      }
    }
  }
}
