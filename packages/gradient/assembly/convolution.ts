/**
 * Convolution over pictures [n, h, w, c] as a matrix product per sample: the windows of one sample are laid out as rows (kh kw c wide) in
 * scratch memory that stays in the cache. Pools work on the picture itself.
 */
import { gemm, gemm_gradient } from "./gemm"

/** Copies the floats from p to q up to end, and gives that end. A whole number of floats is left to copy; nothing behind it is touched. */
@inline
function copied(p: usize, q: usize, end: usize): usize {
  let from = p,
    to = q
  for (; to + 16 <= end; to += 16) {
    v128.store(to, v128.load(from))
    from += 16
  }
  if (to + 8 <= end) {
    store<u64>(to, load<u64>(from))
    from += 8
    to += 8
  }
  if (to < end) store<u32>(to, load<u32>(from))
  return end
}
@inline
function cleared(q: usize, end: usize): usize {
  for (let to = q; to < end; to += 4) store<f32>(to, 0)
  return end
}

/** Lays out the windows of one picture: columns [oh ow, kh kw c], zeros outside of the picture. */
export function windows(
  x: usize,
  columns: usize,
  h: i32,
  w: i32,
  c: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  top: i32,
  left: i32,
  oh: i32,
  ow: i32
): void {
  let q = columns
  const pixel = (<usize>c) << 2
  const run = pixel * kw
  for (let oy = 0; oy < oh; oy++) {
    for (let ox = 0; ox < ow; ox++) {
      const x0 = ox * sw - left
      const from = max(x0, 0),
        to = min(x0 + kw, w)
      const whole = to - from === kw
      for (let i = 0; i < kh; i++) {
        const y = oy * sh - top + i
        const end = q + run
        if (y < 0 || y >= h || to <= from) q = cleared(q, end)
        else if (whole) q = copied(x + pixel * (y * w + from), q, end)
        else {
          q = cleared(q, q + pixel * (from - x0))
          q = copied(x + pixel * (y * w + from), q, q + pixel * (to - from))
          q = cleared(q, end)
        }
      }
    }
  }
}

/** Adds the windows back to the places that they were read from, window after window. */
export function windows_back(
  columns: usize,
  x: usize,
  h: i32,
  w: i32,
  c: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  top: i32,
  left: i32,
  oh: i32,
  ow: i32
): void {
  let q = columns
  const pixel = (<usize>c) << 2
  for (let oy = 0; oy < oh; oy++) {
    for (let ox = 0; ox < ow; ox++) {
      const x0 = ox * sw - left
      const from = max(x0, 0),
        to = min(x0 + kw, w)
      for (let i = 0; i < kh; i++) {
        const y = oy * sh - top + i
        const next = q + pixel * kw
        if (y >= 0 && y < h && to > from) {
          let p = x + pixel * (y * w + from)
          let r = q + pixel * (from - x0)
          const end = r + pixel * (to - from)
          for (; r + 16 <= end; r += 16) {
            v128.store(p, f32x4.add(v128.load(p), v128.load(r)))
            p += 16
          }
          for (; r < end; r += 4) {
            store<f32>(p, load<f32>(p) + load<f32>(r))
            p += 4
          }
        }
        q = next
      }
    }
  }
}

/** y [n, oh, ow, f] = windows of x times weights [kh kw c, f], plus bias unless it is 0. scratch: oh ow kh kw c floats. */
export function conv2d(
  x: usize,
  weights: usize,
  bias: usize,
  y: usize,
  scratch: usize,
  n: i32,
  h: i32,
  w: i32,
  c: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  top: i32,
  left: i32,
  oh: i32,
  ow: i32,
  f: i32
): void {
  const positions = oh * ow,
    width = kh * kw * c
  let xp = x,
    yp = y
  for (let s = 0; s < n; s++) {
    windows(xp, scratch, h, w, c, kh, kw, sh, sw, top, left, oh, ow)
    gemm(scratch, weights, yp, positions, f, width, bias)
    xp += (<usize>(h * w * c)) << 2
    yp += (<usize>(positions * f)) << 2
  }
}

/** gradient [kh kw c, f] += per sample: windows^T dy, summed over the positions. */
export function conv2d_weights_back(
  x: usize,
  dy: usize,
  gradient: usize,
  scratch: usize,
  n: i32,
  h: i32,
  w: i32,
  c: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  top: i32,
  left: i32,
  oh: i32,
  ow: i32,
  f: i32
): void {
  const positions = oh * ow,
    width = kh * kw * c
  let xp = x,
    yp = dy
  for (let s = 0; s < n; s++) {
    windows(xp, scratch, h, w, c, kh, kw, sh, sw, top, left, oh, ow)
    // A picture of one position must not be taken for a sample of one position that continues: both give the same sums.
    gemm_gradient(scratch, yp, gradient, 1, positions, width, f)
    xp += (<usize>(h * w * c)) << 2
    yp += (<usize>(positions * f)) << 2
  }
}

/** dx = windows back of dy times transposed [f, kh kw c]. dx must be zero before. scratch: oh ow kh kw c floats. */
export function conv2d_input_back(
  dy: usize,
  transposed: usize,
  dx: usize,
  scratch: usize,
  n: i32,
  h: i32,
  w: i32,
  c: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  top: i32,
  left: i32,
  oh: i32,
  ow: i32,
  f: i32
): void {
  const positions = oh * ow,
    width = kh * kw * c
  let xp = dx,
    yp = dy
  for (let s = 0; s < n; s++) {
    gemm(yp, transposed, scratch, positions, width, f, 0)
    windows_back(scratch, xp, h, w, c, kh, kw, sh, sw, top, left, oh, ow)
    xp += (<usize>(h * w * c)) << 2
    yp += (<usize>(positions * f)) << 2
  }
}

/** The largest of each window, and where in its sample it stands (an element index). The first of equals; NaN wins. */
export function max_pool(
  x: usize,
  y: usize,
  places: usize,
  n: i32,
  h: i32,
  w: i32,
  c: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  oh: i32,
  ow: i32
): void {
  let q: usize = 0,
    picture = x
  for (let s = 0; s < n; s++) {
    for (let oy = 0; oy < oh; oy++) {
      for (let ox = 0; ox < ow; ox++) {
        const corner = (oy * sh * w + ox * sw) * c
        let k = 0
        for (; k + 4 <= c; k += 4) {
          let best = v128.load(picture + ((<usize>(corner + k)) << 2))
          let place = i32x4.add(i32x4.splat(corner + k), i32x4(0, 1, 2, 3))
          for (let i = 0; i < kh; i++) {
            for (let j = i === 0 ? 1 : 0; j < kw; j++) {
              const at = corner + (i * w + j) * c + k
              const value = v128.load(picture + ((<usize>at) << 2))
              const wins = v128.or(f32x4.gt(value, best), f32x4.ne(value, value))
              best = v128.bitselect(value, best, wins)
              place = v128.bitselect(i32x4.add(i32x4.splat(at), i32x4(0, 1, 2, 3)), place, wins)
            }
          }
          v128.store(y + q, best)
          v128.store(places + q, place)
          q += 16
        }
        for (; k < c; k++) {
          let place = corner + k
          let best = load<f32>(picture + ((<usize>place) << 2))
          for (let i = 0; i < kh; i++) {
            for (let j = i === 0 ? 1 : 0; j < kw; j++) {
              const at = corner + (i * w + j) * c + k
              const value = load<f32>(picture + ((<usize>at) << 2))
              if (value > best || value !== value) {
                best = value
                place = at
              }
            }
          }
          store<f32>(y + q, best)
          store<i32>(places + q, place)
          q += 4
        }
      }
    }
    picture += (<usize>(h * w * c)) << 2
  }
}

/** dx[place] += dy. dx must be zero before. */
export function max_pool_back(dy: usize, places: usize, dx: usize, n: i32, inputs: i32, outputs: i32): void {
  let q: usize = 0,
    picture = dx
  for (let s = 0; s < n; s++) {
    for (let i = 0; i < outputs; i++) {
      const p = picture + ((<usize>load<i32>(places + q)) << 2)
      store<f32>(p, load<f32>(p) + load<f32>(dy + q))
      q += 4
    }
    picture += (<usize>inputs) << 2
  }
}

/** The mean of each window: summed in row order, divided once. */
export function average_pool(
  x: usize,
  y: usize,
  n: i32,
  h: i32,
  w: i32,
  c: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  oh: i32,
  ow: i32
): void {
  let q = y,
    picture = x
  const count = <f32>(kh * kw)
  for (let s = 0; s < n; s++) {
    for (let oy = 0; oy < oh; oy++) {
      for (let ox = 0; ox < ow; ox++) {
        for (let k = 0; k < c; k++) {
          let sum: f32 = 0
          for (let i = 0; i < kh; i++) {
            for (let j = 0; j < kw; j++) sum += load<f32>(picture + ((<usize>(((oy * sh + i) * w + ox * sw + j) * c + k)) << 2))
          }
          store<f32>(q, sum / count)
          q += 4
        }
      }
    }
    picture += (<usize>(h * w * c)) << 2
  }
}

/** dx += dy / count over each window. dx must be zero before. */
export function average_pool_back(
  dy: usize,
  dx: usize,
  n: i32,
  h: i32,
  w: i32,
  c: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  oh: i32,
  ow: i32
): void {
  let q = dy,
    picture = dx
  const count = <f32>(kh * kw)
  for (let s = 0; s < n; s++) {
    for (let oy = 0; oy < oh; oy++) {
      for (let ox = 0; ox < ow; ox++) {
        for (let k = 0; k < c; k++) {
          const share = load<f32>(q) / count
          for (let i = 0; i < kh; i++) {
            for (let j = 0; j < kw; j++) {
              const p = picture + ((<usize>(((oy * sh + i) * w + ox * sw + j) * c + k)) << 2)
              store<f32>(p, load<f32>(p) + share)
            }
          }
          q += 4
        }
      }
    }
    picture += (<usize>(h * w * c)) << 2
  }
}
