/**
 * What is computed row by row over the last axis: softmax, normalisation, losses. Sums over a row are in f64, in order, and rounded once.
 */
import { exp_pair, exp64, high, join, low, sigmoid64 } from "./functions"

@inline
function bytes(n: i32): usize {
  return <usize>n << 2
}

/** The largest of a row; NaN wins. */
@inline
function largest(x: usize, n: i32): f32 {
  let best: f32 = load<f32>(x)
  let j = 0
  if (n >= 4) {
    let four = v128.load(x)
    for (j = 4; j + 4 <= n; j += 4) four = f32x4.max(four, v128.load(x + bytes(j)))
    best = max<f32>(
      max<f32>(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)),
      max<f32>(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3))
    )
  }
  for (; j < n; j++) best = max<f32>(best, load<f32>(x + bytes(j)))
  return best
}

/** y = exp(x - top), the difference and the value rounded; x may be y. Returns the sum of the values in f64. */
function exponentials(x: usize, y: usize, top: f32, n: i32): f64 {
  const tops = f32x4.splat(top)
  let total: f64 = 0
  let j = 0
  for (; j + 4 <= n; j += 4) {
    const d = f32x4.sub(v128.load(x + bytes(j)), tops)
    const e = join(exp_pair(low(d)), exp_pair(high(d)))
    v128.store(y + bytes(j), e)
    total += <f64>f32x4.extract_lane(e, 0)
    total += <f64>f32x4.extract_lane(e, 1)
    total += <f64>f32x4.extract_lane(e, 2)
    total += <f64>f32x4.extract_lane(e, 3)
  }
  for (; j < n; j++) {
    const e = <f32>exp64(<f64>(load<f32>(x + bytes(j)) - top))
    store<f32>(y + bytes(j), e)
    total += <f64>e
  }
  return total
}

export function softmax(x: usize, y: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) {
    const p = x + bytes(r * columns), q = y + bytes(r * columns)
    const total = exponentials(p, q, largest(p, columns), columns)
    const totals = f64x2.splat(total)
    let j = 0
    for (; j + 4 <= columns; j += 4) {
      const e = v128.load(q + bytes(j))
      v128.store(q + bytes(j), join(f64x2.div(low(e), totals), f64x2.div(high(e), totals)))
    }
    for (; j < columns; j++) store<f32>(q + bytes(j), <f32>(<f64>load<f32>(q + bytes(j)) / total))
  }
}
/** dx = y (dy - sum of dy y). */
export function softmax_back(y: usize, dy: usize, dx: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) {
    const at = bytes(r * columns)
    let total: f64 = 0
    for (let j = 0; j < columns; j++) total += <f64>load<f32>(y + at + bytes(j)) * <f64>load<f32>(dy + at + bytes(j))
    const totals = f64x2.splat(total)
    let j = 0
    for (; j + 4 <= columns; j += 4) {
      const k = at + bytes(j)
      const v = v128.load(y + k), d = v128.load(dy + k)
      v128.store(dx + k, join(f64x2.mul(low(v), f64x2.sub(low(d), totals)), f64x2.mul(high(v), f64x2.sub(high(d), totals))))
    }
    for (; j < columns; j++) {
      const k = at + bytes(j)
      store<f32>(dx + k, <f32>(<f64>load<f32>(y + k) * (<f64>load<f32>(dy + k) - total)))
    }
  }
}
export function log_softmax(x: usize, y: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) {
    const p = x + bytes(r * columns), q = y + bytes(r * columns)
    const top = largest(p, columns)
    let total: f64 = 0
    let j = 0
    for (; j + 2 <= columns; j += 2) {
      const e = exp_pair(low(f32x4.sub(v128.load64_zero(p + bytes(j)), f32x4.splat(top))))
      total += f64x2.extract_lane(e, 0)
      total += f64x2.extract_lane(e, 1)
    }
    if (j < columns) total += exp64(<f64>(load<f32>(p + bytes(j)) - top))
    const level = <f64>top + NativeMath.log(total)
    for (j = 0; j < columns; j++) store<f32>(q + bytes(j), <f32>(<f64>load<f32>(p + bytes(j)) - level))
  }
}
/** dx = dy - exp(y) sum of dy. */
export function log_softmax_back(y: usize, dy: usize, dx: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) {
    const at = bytes(r * columns)
    let total: f64 = 0
    for (let j = 0; j < columns; j++) total += <f64>load<f32>(dy + at + bytes(j))
    const totals = f64x2.splat(total)
    let j = 0
    for (; j + 4 <= columns; j += 4) {
      const k = at + bytes(j)
      const v = v128.load(y + k), d = v128.load(dy + k)
      const a = f64x2.sub(low(d), f64x2.mul(exp_pair(low(v)), totals))
      v128.store(dx + k, join(a, f64x2.sub(high(d), f64x2.mul(exp_pair(high(v)), totals))))
    }
    for (; j < columns; j++) {
      const k = at + bytes(j)
      store<f32>(dx + k, <f32>(<f64>load<f32>(dy + k) - exp64(<f64>load<f32>(y + k)) * total))
    }
  }
}

/**
 * Normalises x [samples, positions, channels] over the positions and the channels of each group: normal = (x - mean) / sqrt(variance +
 * epsilon), y = normal gain + shift. `spreads` [samples, groups] gets 1 / sqrt(..). A row of layer norm is a sample of one position, one group.
 */
export function norm(
  x: usize, gain: usize, shift: usize, y: usize, normal: usize, spreads: usize,
  samples: i32, positions: i32, channels: i32, groups: i32, epsilon: f64
): void {
  const width = channels / groups
  const count = <f64>(positions * width)
  for (let s = 0; s < samples; s++) {
    for (let g = 0; g < groups; g++) {
      const at = bytes(s * positions * channels + g * width)
      let mean: f64 = 0
      for (let p = 0; p < positions; p++) {
        for (let j = 0; j < width; j++) mean += <f64>load<f32>(x + at + bytes(p * channels + j))
      }
      mean /= count
      let variance: f64 = 0
      for (let p = 0; p < positions; p++) {
        for (let j = 0; j < width; j++) {
          const d = <f64>load<f32>(x + at + bytes(p * channels + j)) - mean
          variance += d * d
        }
      }
      const spread = 1 / Math.sqrt(variance / count + epsilon)
      store<f32>(spreads + bytes(s * groups + g), <f32>spread)
      for (let p = 0; p < positions; p++) {
        for (let j = 0; j < width; j++) {
          const k = at + bytes(p * channels + j), c = bytes(g * width + j)
          const v = <f32>((<f64>load<f32>(x + k) - mean) * spread)
          store<f32>(normal + k, v)
          store<f32>(y + k, v * load<f32>(gain + c) + load<f32>(shift + c))
        }
      }
    }
  }
}
/** dx = spread (d - mean(d) - normal mean(d normal)), d = dy gain, the means over the group. */
export function norm_back(
  dy: usize, gain: usize, normal: usize, spreads: usize, dx: usize,
  samples: i32, positions: i32, channels: i32, groups: i32
): void {
  const width = channels / groups
  const count = <f64>(positions * width)
  for (let s = 0; s < samples; s++) {
    for (let g = 0; g < groups; g++) {
      const at = bytes(s * positions * channels + g * width)
      let mean: f64 = 0, along: f64 = 0
      for (let p = 0; p < positions; p++) {
        for (let j = 0; j < width; j++) {
          const k = at + bytes(p * channels + j)
          const d = <f64>load<f32>(dy + k) * <f64>load<f32>(gain + bytes(g * width + j))
          mean += d
          along += d * <f64>load<f32>(normal + k)
        }
      }
      mean /= count
      along /= count
      const spread = <f64>load<f32>(spreads + bytes(s * groups + g))
      for (let p = 0; p < positions; p++) {
        for (let j = 0; j < width; j++) {
          const k = at + bytes(p * channels + j)
          const d = <f64>load<f32>(dy + k) * <f64>load<f32>(gain + bytes(g * width + j))
          store<f32>(dx + k, <f32>(spread * (d - mean - <f64>load<f32>(normal + k) * along)))
        }
      }
    }
  }
}

/**
 * Cross entropy of softmax(logits [n, c]) with the classes, label smoothing e: targets (1 - e) [j = class] + e / c. `losses` [n] gets each row's
 * loss, `slopes` [n, c] gets (softmax - target) / denominator. Returns the sum of the losses over the denominator.
 */
export function cross_entropy(
  logits: usize, classes: usize, losses: usize, slopes: usize, n: i32, c: i32, denominator: f64, smoothing: f64
): f64 {
  let loss: f64 = 0
  for (let r = 0; r < n; r++) {
    const p = logits + bytes(r * c), q = slopes + bytes(r * c)
    const top = largest(p, c)
    const chosen = load<i32>(classes + bytes(r))
    const total = exponentials(p, q, top, c)
    const aim = <f64>(load<f32>(p + bytes(chosen)) - top)
    let row = NativeMath.log(total) - (1 - smoothing) * aim
    if (smoothing !== 0) {
      let level: f64 = 0
      for (let j = 0; j < c; j++) level += <f64>(load<f32>(p + bytes(j)) - top)
      row -= (smoothing / <f64>c) * level
    }
    store<f32>(losses + bytes(r), <f32>row)
    loss += row
    const share = smoothing / <f64>c
    const reached = <f64>load<f32>(q + bytes(chosen)) / total
    const totals = f64x2.splat(total), shares = f64x2.splat(share), denominators = f64x2.splat(denominator)
    let j = 0
    for (; j + 4 <= c; j += 4) {
      const e = v128.load(q + bytes(j))
      const a = f64x2.div(f64x2.sub(f64x2.div(low(e), totals), shares), denominators)
      v128.store(q + bytes(j), join(a, f64x2.div(f64x2.sub(f64x2.div(high(e), totals), shares), denominators)))
    }
    for (; j < c; j++) store<f32>(q + bytes(j), <f32>((<f64>load<f32>(q + bytes(j)) / total - share) / denominator))
    store<f32>(q + bytes(chosen), <f32>((reached - (1 - smoothing + share)) / denominator))
  }
  return loss / denominator
}

/** Means over the elements of each sample of x [n, c] against target: 0 squared error, 1 binary cross entropy of logits, 2 Huber's loss. */
export function element_loss(
  kind: i32, x: usize, target: usize, losses: usize, slopes: usize, n: i32, c: i32, denominator: f64, delta: f64
): f64 {
  let loss: f64 = 0
  const parts = <f64>c * denominator
  for (let r = 0; r < n; r++) {
    let row: f64 = 0
    for (let j = 0; j < c; j++) {
      const k = bytes(r * c + j)
      const v = <f64>load<f32>(x + k), t = <f64>load<f32>(target + k)
      let slope: f64
      if (kind === 1) {
        // max(v, 0) - v t + log(1 + exp(-|v|)) does not overflow.
        row += Math.max(v, 0) - v * t + NativeMath.log1p(exp64(-Math.abs(v)))
        slope = sigmoid64(v) - t
      } else {
        const d = v - t
        if (kind === 0) {
          row += d * d
          slope = 2 * d
        } else if (Math.abs(d) > delta) {
          row += delta * (Math.abs(d) - 0.5 * delta)
          slope = d > 0 ? delta : -delta
        } else {
          row += 0.5 * d * d
          slope = d
        }
      }
      store<f32>(slopes + k, <f32>(slope / parts))
    }
    row /= <f64>c
    store<f32>(losses + bytes(r), <f32>row)
    loss += row
  }
  return loss / denominator
}
