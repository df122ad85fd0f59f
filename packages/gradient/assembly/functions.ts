/**
 * exp, log, tanh, the logistic function and the normal distribution for 32-bit floats: computed in f64, two at a time, without branches, and
 * rounded once, so that they err by hardly more than half a unit in the last place. They are made of + - x / alone, and one element comes out
 * the same whatever stands beside it. log in f64 is that of the AssemblyScript library; nothing comes from the host.
 */

@inline
function pair(x: f64): v128 {
  return f64x2.splat(x)
}
@inline
function first(x: v128): f64 {
  return f64x2.extract_lane(x, 0)
}
/** Number k of a table in both lanes. Engines build each constant anew from whole numbers, and load one several times as fast. */
@inline
function both(table: usize, k: usize): v128 {
  return v128.load64_splat(table + (k << 3))
}
/** a + b x with the numbers k and k + 1 of a table as a and b. */
@inline
function line(table: usize, k: usize, x: v128): v128 {
  return f64x2.add(both(table, k), f64x2.mul(both(table, k + 1), x))
}
/** a + b x. */
@inline
function onto(a: v128, b: v128, x: v128): v128 {
  return f64x2.add(a, f64x2.mul(b, x))
}

/** The first two of four floats, as doubles. */
@inline
export function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x)
}
/** The last two of four floats, as doubles. */
@inline
export function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1))
}
/** Four floats from twice two doubles, rounded. */
@inline
export function join(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2)
}

/** 1 / k! for k = 0 to 11. */
const TAYLOR = memory.data<f64>([
  1,
  1,
  0.5,
  1 / 6.0,
  1 / 24.0,
  1 / 120.0,
  1 / 720.0,
  1 / 5040.0,
  1 / 40320.0,
  1 / 362880.0,
  1 / 3628800.0,
  1 / 39916800.0
])
/**
 * 1.5 2^52: after adding it, a number is rounded to a whole one, which its lowest bits hold in two's complement. 1 / ln 2. ln 2 in two parts: the
 * product of the first with a whole number below 2^21 is exact. Where exp is cut off, above and below.
 */
const REDUCTION = memory.data<f64>([6755399441055744, 1.4426950408889634, 0.69314718036912381649, 1.90821492927058770002e-10, 709, -708])
/** The zero of the exponent of a double. */
const BIAS = memory.data<i64>([1023])

/**
 * exp(x) = 2^n exp(r) with r = x - n ln 2, |r| <= ln 2 / 2, by Taylor's series up to r^11 / 11!, whose rest is below 7e-15 of the whole.
 * Below -708 it is 0, and above 709 what it is there: as a float 0 and infinity long since.
 */
@inline
export function exp_pair(x: v128): v128 {
  const lowest = both(REDUCTION, 5)
  const within = f64x2.pmax(f64x2.pmin(x, both(REDUCTION, 4)), lowest)
  const shifted = line(REDUCTION, 0, within)
  const n = f64x2.sub(shifted, both(REDUCTION, 0))
  const r = f64x2.sub(f64x2.sub(within, f64x2.mul(n, both(REDUCTION, 2))), f64x2.mul(n, both(REDUCTION, 3)))
  const r2 = f64x2.mul(r, r), r4 = f64x2.mul(r2, r2), r8 = f64x2.mul(r4, r4)
  const a = onto(line(TAYLOR, 0, r), line(TAYLOR, 2, r), r2)
  const b = onto(line(TAYLOR, 4, r), line(TAYLOR, 6, r), r2)
  const c = onto(line(TAYLOR, 8, r), line(TAYLOR, 10, r), r2)
  const scale = i64x2.shl(i64x2.add(shifted, both(BIAS, 0)), 52)
  return v128.andnot(f64x2.mul(onto(onto(a, b, r4), c, r8), scale), f64x2.lt(x, lowest))
}

export function exp64(x: f64): f64 {
  return first(exp_pair(pair(x)))
}
export function exp_of(x: f32): f32 {
  return <f32>exp64(<f64>x)
}

export function log_of(x: f32): f32 {
  return <f32>NativeMath.log(<f64>x)
}

/** The series 1 - x^2 / 3 of tanh(x) / x, and up to where it is taken. */
const TANH = memory.data<f64>([1, -1 / 3.0, 0.0009765625])

/** (1 - e) / (1 + e) with e = exp(-2|x|), and the sign of x; where that cancels, below 2^-10, the series x - x^3 / 3 with a rest below 2e-13. */
@inline
export function tanh_pair(x: v128): v128 {
  const magnitude = f64x2.abs(x)
  const e = exp_pair(f64x2.neg(f64x2.add(magnitude, magnitude)))
  const one = both(TAYLOR, 0)
  const large = f64x2.div(f64x2.sub(one, e), f64x2.add(one, e))
  const signed = v128.bitselect(x, large, f64x2.splat(-0.0))
  const small = f64x2.mul(x, line(TANH, 0, f64x2.mul(x, x)))
  return v128.bitselect(small, signed, f64x2.lt(magnitude, both(TANH, 2)))
}
export function tanh_of(x: f32): f32 {
  return <f32>first(tanh_pair(pair(<f64>x)))
}

/** 1 / (1 + exp(-x)). */
@inline
export function sigmoid_pair(x: v128): v128 {
  return f64x2.div(both(TAYLOR, 0), f64x2.add(both(TAYLOR, 0), exp_pair(f64x2.neg(x))))
}
export function sigmoid64(x: f64): f64 {
  return first(sigmoid_pair(pair(x)))
}
export function sigmoid_of(x: f32): f32 {
  return <f32>sigmoid64(<f64>x)
}

/** exp(-x^2 / 2). The square of a float is exact in f64. */
@inline
export function bell_pair(x: v128): v128 {
  return exp_pair(f64x2.neg(f64x2.mul(both(TAYLOR, 2), f64x2.mul(x, x))))
}

/** P and Q of `normal_pair`, from the constant term on; then 40. */
const NORMAL = memory.data<f64>([
  0.50000000000059353, 0.57229709074258857, 0.32178683262107442, 0.1088999915913039, 0.023157427017170495, 0.0029406014848951111,
  0.00017725952329249546, 1, 1.9424787424342499, 1.6934474606152958, 0.86369773807821296, 0.28034672147446646, 0.058491211317133796,
  0.0073709994846910731, 0.00044432367630912922, 40
])

/**
 * The normal distribution Phi(x), given exp(-x^2 / 2). Its smaller side is exp(-x^2 / 2) P(t) / Q(t) with t = |x|: so it keeps its digits down to
 * where it is too small for a float, and the larger side is 1 minus it. The quotient is the rational function of degrees 6 and 7 nearest to
 * erfc(t / sqrt 2) exp(t^2 / 2) / 2 on [0, 15] (Lawson's algorithm in 60 digits); its relative error is below 1.3e-12. Beyond 40 the factor is 0.
 */
@inline
export function normal_pair(x: v128, bell: v128): v128 {
  const t = f64x2.pmin(f64x2.abs(x), both(NORMAL, 15))
  const t2 = f64x2.mul(t, t), t4 = f64x2.mul(t2, t2)
  const p = onto(onto(line(NORMAL, 0, t), line(NORMAL, 2, t), t2), onto(line(NORMAL, 4, t), both(NORMAL, 6), t2), t4)
  const q = onto(onto(line(NORMAL, 7, t), line(NORMAL, 9, t), t2), onto(line(NORMAL, 11, t), line(NORMAL, 13, t), t2), t4)
  const tail = f64x2.mul(bell, f64x2.div(p, q))
  return v128.bitselect(tail, f64x2.sub(both(TAYLOR, 0), tail), f64x2.lt(x, f64x2.splat(0)))
}
export function normal_of(x: f32): f32 {
  const v = pair(<f64>x)
  return <f32>first(normal_pair(v, bell_pair(v)))
}
export function gelu_of(x: f32): f32 {
  const v = pair(<f64>x)
  return <f32>first(f64x2.mul(v, normal_pair(v, bell_pair(v))))
}

/** b^n in f64 by repeated squaring. */
export function power(b: f64, n: u32): f64 {
  let result: f64 = 1, square = b
  for (let rest = n; rest !== 0; rest >>= 1) {
    if (rest & 1) result *= square
    square *= square
  }
  return result
}
