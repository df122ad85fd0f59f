/**
 * Operations on each element by itself, and on rows. Sharp edge: a block is padded to 64 bytes, so vectors may run over its end into the
 * padding; sums over a block never do.
 */
import { bell_pair, exp_pair, high, join, log_of, low, normal_pair, sigmoid_pair, tanh_pair } from "./functions"

@inline
function bytes(n: i32): usize {
  return <usize>n << 2
}

export function fill(y: usize, value: f32, n: i32): void {
  const v = f32x4.splat(value)
  for (let i: usize = 0; i < bytes(n); i += 16) v128.store(y + i, v)
}
export function copy(x: usize, y: usize, n: i32): void {
  memory.copy(y, x, bytes(n))
}
export function zero(y: usize, n: i32): void {
  memory.fill(y, 0, bytes(n))
}

export function add(a: usize, b: usize, y: usize, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 16) v128.store(y + i, f32x4.add(v128.load(a + i), v128.load(b + i)))
}
export function subtract(a: usize, b: usize, y: usize, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 16) v128.store(y + i, f32x4.sub(v128.load(a + i), v128.load(b + i)))
}
export function multiply(a: usize, b: usize, y: usize, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 16) v128.store(y + i, f32x4.mul(v128.load(a + i), v128.load(b + i)))
}
export function divide(a: usize, b: usize, y: usize, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 16) v128.store(y + i, f32x4.div(v128.load(a + i), v128.load(b + i)))
}
export function scale(x: usize, y: usize, factor: f32, n: i32): void {
  const v = f32x4.splat(factor)
  for (let i: usize = 0; i < bytes(n); i += 16) v128.store(y + i, f32x4.mul(v128.load(x + i), v))
}
/** y += factor x. */
export function add_scaled(x: usize, y: usize, factor: f32, n: i32): void {
  const v = f32x4.splat(factor)
  for (let i: usize = 0; i < bytes(n); i += 16) v128.store(y + i, f32x4.add(v128.load(y + i), f32x4.mul(v128.load(x + i), v)))
}
export function add_scalar(x: usize, y: usize, summand: f32, n: i32): void {
  const v = f32x4.splat(summand)
  for (let i: usize = 0; i < bytes(n); i += 16) v128.store(y + i, f32x4.add(v128.load(x + i), v))
}

/** y [rows, columns] = a (op) b [columns]: 0 adds, 1 subtracts, 2 multiplies. */
export function rows(op: i32, a: usize, b: usize, y: usize, count: i32, columns: i32): void {
  let q: usize = 0
  const width = bytes(columns)
  for (let r = 0; r < count; r++) {
    let j: usize = 0
    for (; j + 16 <= width; j += 16) {
      const u = v128.load(a + q), v = v128.load(b + j)
      v128.store(y + q, op === 0 ? f32x4.add(u, v) : op === 1 ? f32x4.sub(u, v) : f32x4.mul(u, v))
      q += 16
    }
    for (; j < width; j += 4) {
      const u = load<f32>(a + q), v = load<f32>(b + j)
      store<f32>(y + q, op === 0 ? u + v : op === 1 ? u - v : u * v)
      q += 4
    }
  }
}

/** gradient [columns] += sign times, per sample, the sum over its positions. scratch: columns floats. */
export function column_sums(dy: usize, gradient: usize, scratch: usize, sign: f32, samples: i32, positions: i32, columns: i32): void {
  let q = dy
  const width = bytes(columns)
  for (let s = 0; s < samples; s++) {
    memory.fill(scratch, 0, width)
    for (let p = 0; p < positions; p++) {
      let j: usize = 0
      for (; j + 16 <= width; j += 16) {
        v128.store(scratch + j, f32x4.add(v128.load(scratch + j), v128.load(q)))
        q += 16
      }
      for (; j < width; j += 4) {
        store<f32>(scratch + j, load<f32>(scratch + j) + load<f32>(q))
        q += 4
      }
    }
    for (let j: usize = 0; j < width; j += 4) store<f32>(gradient + j, load<f32>(gradient + j) + sign * load<f32>(scratch + j))
  }
}
/** gradient [columns] += per sample the sum of the products over its positions. scratch: columns floats. */
export function column_products(dy: usize, x: usize, gradient: usize, scratch: usize, samples: i32, positions: i32, columns: i32): void {
  let q: usize = 0
  const width = bytes(columns)
  for (let s = 0; s < samples; s++) {
    memory.fill(scratch, 0, width)
    for (let p = 0; p < positions; p++) {
      for (let j: usize = 0; j < width; j += 4) {
        store<f32>(scratch + j, load<f32>(scratch + j) + load<f32>(dy + q) * load<f32>(x + q))
        q += 4
      }
    }
    for (let j: usize = 0; j < width; j += 4) store<f32>(gradient + j, load<f32>(gradient + j) + load<f32>(scratch + j))
  }
}

/** max(x, 0); NaN stays NaN. */
export function relu(x: usize, y: usize, n: i32): void {
  const none = f32x4.splat(0)
  for (let i: usize = 0; i < bytes(n); i += 16) v128.store(y + i, f32x4.max(v128.load(x + i), none))
}
/** dy where y > 0. */
export function relu_back(y: usize, dy: usize, dx: usize, n: i32): void {
  const none = f32x4.splat(0)
  for (let i: usize = 0; i < bytes(n); i += 16) v128.store(dx + i, v128.and(v128.load(dy + i), f32x4.gt(v128.load(y + i), none)))
}
@inline
function gelu_pair(x: v128): v128 {
  return f64x2.mul(x, normal_pair(x, bell_pair(x)))
}
/** x Phi(x), with the normal distribution Phi. */
export function gelu(x: usize, y: usize, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 16) {
    const v = v128.load(x + i)
    v128.store(y + i, join(gelu_pair(low(v)), gelu_pair(high(v))))
  }
}
const ONE_OVER_ROOT_TWO_PI: f64 = 0.3989422804014327
/** Phi(x) + x phi(x), with the density phi. */
@inline
function gelu_slope_pair(x: v128): v128 {
  const bell = bell_pair(x)
  return f64x2.add(normal_pair(x, bell), f64x2.mul(f64x2.mul(x, f64x2.splat(ONE_OVER_ROOT_TWO_PI)), bell))
}
export function gelu_back(x: usize, dy: usize, dx: usize, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 16) {
    const v = v128.load(x + i)
    v128.store(dx + i, f32x4.mul(join(gelu_slope_pair(low(v)), gelu_slope_pair(high(v))), v128.load(dy + i)))
  }
}
export function tanh(x: usize, y: usize, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 16) {
    const v = v128.load(x + i)
    v128.store(y + i, join(tanh_pair(low(v)), tanh_pair(high(v))))
  }
}
export function tanh_back(y: usize, dy: usize, dx: usize, n: i32): void {
  const one = f32x4.splat(1)
  for (let i: usize = 0; i < bytes(n); i += 16) {
    const v = v128.load(y + i)
    v128.store(dx + i, f32x4.mul(v128.load(dy + i), f32x4.sub(one, f32x4.mul(v, v))))
  }
}
export function sigmoid(x: usize, y: usize, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 16) {
    const v = v128.load(x + i)
    v128.store(y + i, join(sigmoid_pair(low(v)), sigmoid_pair(high(v))))
  }
}
export function sigmoid_back(y: usize, dy: usize, dx: usize, n: i32): void {
  const one = f32x4.splat(1)
  for (let i: usize = 0; i < bytes(n); i += 16) {
    const v = v128.load(y + i)
    v128.store(dx + i, f32x4.mul(v128.load(dy + i), f32x4.mul(v, f32x4.sub(one, v))))
  }
}
export function exp(x: usize, y: usize, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 16) {
    const v = v128.load(x + i)
    v128.store(y + i, join(exp_pair(low(v)), exp_pair(high(v))))
  }
}
export function log(x: usize, y: usize, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 4) store<f32>(y + i, log_of(load<f32>(x + i)))
}
/** 2 x dy. */
export function square_back(x: usize, dy: usize, dx: usize, n: i32): void {
  const two = f32x4.splat(2)
  for (let i: usize = 0; i < bytes(n); i += 16) v128.store(dx + i, f32x4.mul(f32x4.mul(two, v128.load(x + i)), v128.load(dy + i)))
}
/** max(low, min(high, x)); NaN stays NaN. */
export function clamp(x: usize, y: usize, low: f32, high: f32, n: i32): void {
  const l = f32x4.splat(low), h = f32x4.splat(high)
  for (let i: usize = 0; i < bytes(n); i += 16) v128.store(y + i, f32x4.max(l, f32x4.min(h, v128.load(x + i))))
}
export function clamp_back(x: usize, dy: usize, dx: usize, low: f32, high: f32, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 4) {
    const v = load<f32>(x + i)
    store<f32>(dx + i, v >= low && v <= high ? load<f32>(dy + i) : 0)
  }
}
/** The smaller; NaN wins. */
export function minimum(a: usize, b: usize, y: usize, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 16) v128.store(y + i, f32x4.min(v128.load(a + i), v128.load(b + i)))
}
/** dy where a <= b (first), or where b < a (second); the other gets 0. */
export function minimum_back(a: usize, b: usize, dy: usize, dx: usize, second: i32, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 4) {
    const mine = second ? load<f32>(b + i) < load<f32>(a + i) : load<f32>(a + i) <= load<f32>(b + i)
    store<f32>(dx + i, mine ? load<f32>(dy + i) : 0)
  }
}

/** y = words below the threshold ? 0 : x factor. */
export function dropout(x: usize, words: usize, y: usize, threshold: u32, factor: f32, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 4) store<f32>(y + i, load<u32>(words + i) < threshold ? 0 : load<f32>(x + i) * factor)
}

/** Sum in f64 in order of the elements. */
export function sum(x: usize, n: i32): f64 {
  let total: f64 = 0
  for (let i: usize = 0; i < bytes(n); i += 4) total += <f64>load<f32>(x + i)
  return total
}
export function sum_squares(x: usize, n: i32, before: f64): f64 {
  let total = before
  for (let i: usize = 0; i < bytes(n); i += 4) {
    const v = <f64>load<f32>(x + i)
    total += v * v
  }
  return total
}
export function dot(a: usize, b: usize, n: i32): f64 {
  let total: f64 = 0
  for (let i: usize = 0; i < bytes(n); i += 4) total += <f64>load<f32>(a + i) * <f64>load<f32>(b + i)
  return total
}
/** Index of the first NaN or infinity, or -1. */
export function first_not_finite(x: usize, n: i32): i32 {
  for (let i = 0; i < n; i++) if ((load<u32>(x + bytes(i)) & 0x7f800000) === 0x7f800000) return i
  return -1
}

/** y [rows] = the sum of each row in f64, rounded. */
export function row_sums(x: usize, y: usize, count: i32, columns: i32): void {
  for (let r = 0; r < count; r++) store<f32>(y + bytes(r), <f32>sum(x + bytes(r * columns), columns))
}
/** dx [rows, columns] = dy [rows], once per column. */
export function row_sums_back(dy: usize, dx: usize, count: i32, columns: i32): void {
  let q = dx
  for (let r = 0; r < count; r++) {
    const v = load<f32>(dy + bytes(r))
    for (let j = 0; j < columns; j++) {
      store<f32>(q, v)
      q += 4
    }
  }
}
/** y [outer, inner] = the mean over the middle axis of x [outer, axis, inner]: summed in order, divided once. */
export function mean_over(x: usize, y: usize, outer: i32, axis: i32, inner: i32): void {
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      let total: f32 = 0
      for (let k = 0; k < axis; k++) total += load<f32>(x + bytes((o * axis + k) * inner + j))
      store<f32>(y + bytes(o * inner + j), total / <f32>axis)
    }
  }
}
export function mean_over_back(dy: usize, dx: usize, outer: i32, axis: i32, inner: i32): void {
  let q = dx
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < axis; k++) {
      for (let j = 0; j < inner; j++) {
        store<f32>(q, load<f32>(dy + bytes(o * inner + j)) / <f32>axis)
        q += 4
      }
    }
  }
}
