/**
 * Matrix products. Each element is one sum in the order of k, starting at zero, a product and a sum rounded apart: tiles, edges and SIMD
 * run over rows and columns only, so no element knows how large the matrix around it is.
 */

/** What becomes of the finished sums of a tile. */
const STORE: i32 = 0
/** c = c + sum: the partial sum of one sample meets the accumulator. */
const ADD: i32 = 1
/** The sum starts at c: samples of one position each, so that every product is a partial sum of its own. */
const CONTINUE: i32 = 2

@inline
function madd(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b))
}

@inline
function start(c: usize, mode: i32): v128 {
  return mode === CONTINUE ? v128.load(c) : f32x4.splat(0)
}

@inline
function finish(c: usize, sum: v128, mode: i32, bias: usize): void {
  if (mode === ADD) v128.store(c, f32x4.add(v128.load(c), sum))
  else if (mode === STORE && bias !== 0) v128.store(c, f32x4.add(sum, v128.load(bias)))
  else v128.store(c, sum)
}

/**
 * 4 rows, 8 columns: with its operands that fits the 16 vector registers of common processors, and wider tiles spill. ai and ak are the steps
 * of a in bytes along rows and k; bk and ci the row steps of b and c.
 */
@inline
function tile4x8(a: usize, ai: usize, ak: usize, b: usize, bk: usize, c: usize, ci: usize, K: i32, mode: i32, bias: usize): void {
  const c1 = c + ci, c2 = c1 + ci, c3 = c2 + ci
  let s00 = start(c, mode), s01 = start(c + 16, mode)
  let s10 = start(c1, mode), s11 = start(c1 + 16, mode)
  let s20 = start(c2, mode), s21 = start(c2 + 16, mode)
  let s30 = start(c3, mode), s31 = start(c3 + 16, mode)
  let a0 = a, bp = b
  const a2 = ai + ai, a3 = a2 + ai
  for (let k = 0; k < K; k++) {
    const b0 = v128.load(bp), b1 = v128.load(bp, 16)
    let x = v128.load32_splat(a0)
    s00 = madd(s00, x, b0)
    s01 = madd(s01, x, b1)
    x = v128.load32_splat(a0 + ai)
    s10 = madd(s10, x, b0)
    s11 = madd(s11, x, b1)
    x = v128.load32_splat(a0 + a2)
    s20 = madd(s20, x, b0)
    s21 = madd(s21, x, b1)
    x = v128.load32_splat(a0 + a3)
    s30 = madd(s30, x, b0)
    s31 = madd(s31, x, b1)
    a0 += ak
    bp += bk
  }
  const second = bias === 0 ? <usize>0 : bias + 16
  finish(c, s00, mode, bias)
  finish(c + 16, s01, mode, second)
  finish(c1, s10, mode, bias)
  finish(c1 + 16, s11, mode, second)
  finish(c2, s20, mode, bias)
  finish(c2 + 16, s21, mode, second)
  finish(c3, s30, mode, bias)
  finish(c3 + 16, s31, mode, second)
}

/** 1 row, 8 columns: what is left of the rows. */
// @ts-ignore: decorator
@inline
function tile1x8(a: usize, ak: usize, b: usize, bk: usize, c: usize, K: i32, mode: i32, bias: usize): void {
  let s0 = start(c, mode), s1 = start(c + 16, mode)
  let a0 = a, bp = b
  for (let k = 0; k < K; k++) {
    const x = v128.load32_splat(a0)
    s0 = madd(s0, x, v128.load(bp))
    s1 = madd(s1, x, v128.load(bp, 16))
    a0 += ak
    bp += bk
  }
  finish(c, s0, mode, bias)
  finish(c + 16, s1, mode, bias === 0 ? <usize>0 : bias + 16)
}

/** 1 row, 4 columns. */
@inline
function tile1x4(a: usize, ak: usize, b: usize, bk: usize, c: usize, K: i32, mode: i32, bias: usize): void {
  let sum = start(c, mode)
  let a0 = a, bp = b
  for (let k = 0; k < K; k++) {
    sum = madd(sum, v128.load32_splat(a0), v128.load(bp))
    a0 += ak
    bp += bk
  }
  finish(c, sum, mode, bias)
}

/** One element: what is left of the columns. */
@inline
function tile1x1(a: usize, ak: usize, b: usize, bk: usize, c: usize, K: i32, mode: i32, bias: usize): void {
  let sum: f32 = mode === CONTINUE ? load<f32>(c) : 0
  let a0 = a, bp = b
  for (let k = 0; k < K; k++) {
    sum = sum + load<f32>(a0) * load<f32>(bp)
    a0 += ak
    bp += bk
  }
  if (mode === ADD) store<f32>(c, load<f32>(c) + sum)
  else if (mode === STORE && bias !== 0) store<f32>(c, sum + load<f32>(bias))
  else store<f32>(c, sum)
}

/** Floats that fit a packing buffer, and columns of a strip of b. */
const PACK: i32 = 16384
const STRIP: i32 = 64
/** Rows of a and columns of b, laid side by side for the tiles where their own steps would miss the caches. */
const packedA: usize = memory.data(65536, 64)
const packedB: usize = memory.data(65536, 64)

/** Copies rows (a multiple of 4) of a: [rows / 4, K, 4]. */
function packA(a: usize, ai: usize, ak: usize, rows: i32, K: i32): void {
  let to = packedA, block = a
  for (let i = 0; i < rows; i += 4) {
    let from = block
    for (let k = 0; k < K; k++) {
      store<f32>(to, load<f32>(from))
      store<f32>(to, load<f32>(from + ai), 4)
      store<f32>(to, load<f32>(from + 2 * ai), 8)
      store<f32>(to, load<f32>(from + 3 * ai), 12)
      from += ak
      to += 16
    }
    block += ai << 2
  }
}

/** Copies columns (a multiple of 8) of b: [columns / 8, K, 8]. */
function packB(b: usize, bk: usize, columns: i32, K: i32): void {
  const panel = <usize>K << 5
  let row = b
  for (let k = 0; k < K; k++) {
    let from = row, to = packedB + (<usize>k << 5)
    for (let j = 0; j < columns; j += 8) {
      v128.store(to, v128.load(from))
      v128.store(to, v128.load(from, 16), 16)
      from += 32
      to += panel
    }
    row += bk
  }
}

/** Covers c with tiles for one stretch of k. How it walks is a matter of caches alone: every element is computed by itself. */
// @ts-ignore: decorator
@inline
function stretch(a: usize, ai: usize, ak: usize, b: usize, c: usize, M: i32, N: i32, K: i32, mode: i32, bias: usize): void {
  const row = <usize>N << 2
  const whole = N & ~7
  const wide = N > STRIP && M >= 16 && K <= 1024
  const scattered = ak >= 1024 && N >= 16 && K >= 8 && K <= 1024
  const strip = wide ? min(STRIP, (PACK / K) & ~7) : 8
  const rowsAtOnce = scattered ? (PACK / K) & ~3 : M
  for (let i0 = 0; i0 < M; i0 += rowsAtOnce) {
    const rows = min(rowsAtOnce, M - i0), quads = rows & ~3
    const ap = a + ai * <usize>i0, cp = c + row * <usize>i0
    if (scattered) packA(ap, ai, ak, quads, K)
    for (let j0 = 0; j0 < whole; j0 += strip) {
      const end = min(j0 + strip, whole)
      const first = b + (<usize>j0 << 2)
      if (wide) packB(first, row, end - j0, K)
      const bp = wide ? packedB : first
      const bk: usize = wide ? 32 : row
      const next: usize = wide ? <usize>K << 5 : 32
      for (let i = 0; i < quads; i += 4) {
        const to = cp + row * <usize>i
        let panel = bp
        for (let j = j0; j < end; j += 8) {
          const at = <usize>j << 2
          const shift = bias === 0 ? <usize>0 : bias + at
          if (scattered) tile4x8(packedA + (<usize>(i * K) << 2), 4, 16, panel, bk, to + at, row, K, mode, shift)
          else tile4x8(ap + ai * <usize>i, ai, ak, panel, bk, to + at, row, K, mode, shift)
          panel += next
        }
      }
      for (let i = quads; i < rows; i++) {
        const to = cp + row * <usize>i
        let panel = bp
        for (let j = j0; j < end; j += 8) {
          const at = <usize>j << 2
          tile1x8(ap + ai * <usize>i, ak, panel, bk, to + at, K, mode, bias === 0 ? <usize>0 : bias + at)
          panel += next
        }
      }
    }
    for (let i = 0; i < rows; i++) {
      const from = ap + ai * <usize>i, to = cp + row * <usize>i
      let j = whole
      for (; j + 4 <= N; j += 4) {
        const at = <usize>j << 2
        tile1x4(from, ak, b + at, row, to + at, K, mode, bias === 0 ? <usize>0 : bias + at)
      }
      for (; j < N; j++) {
        const at = <usize>j << 2
        tile1x1(from, ak, b + at, row, to + at, K, mode, bias === 0 ? <usize>0 : bias + at)
      }
    }
  }
}

/** Of so many k a packed panel of b stays in the first cache, and a strip in the second. Between stretches the sums wait in c, as the same 32-bit floats. */
const STRETCH: i32 = 256

/** c [M, N] = a [M, K] b [K, N], plus bias [N] after the sum, unless bias is 0. */
export function gemm(a: usize, b: usize, c: usize, M: i32, N: i32, K: i32, bias: usize): void {
  const ai = <usize>K << 2
  if (K <= STRETCH) {
    stretch(a, ai, 4, b, c, M, N, K, STORE, bias)
    return
  }
  stretch(a, ai, 4, b, c, M, N, STRETCH, STORE, 0)
  for (let k = STRETCH; k < K; k += STRETCH) {
    stretch(a + (<usize>k << 2), ai, 4, b + (<usize>k << 2) * <usize>N, c, M, N, min(STRETCH, K - k), CONTINUE, 0)
  }
  if (bias !== 0) add_bias(c, bias, M, N)
}

function add_bias(c: usize, bias: usize, M: i32, N: i32): void {
  let to = c
  for (let i = 0; i < M; i++) {
    for (let j: usize = 0; j < <usize>N << 2; j += 4) {
      store<f32>(to, load<f32>(to) + load<f32>(bias + j))
      to += 4
    }
  }
}

/**
 * c [I, N] += the sum over the samples of the partial sums a_s^T b_s, with a [samples, positions, I] and b [samples, positions, N].
 * The accumulator is loaded and stored, so samples may come in any number of calls.
 */
export function gemm_gradient(a: usize, b: usize, c: usize, samples: i32, positions: i32, I: i32, N: i32): void {
  const ak = <usize>I << 2, bk = <usize>N << 2
  if (positions === 1) {
    for (let s = 0; s < samples; s += STRETCH) {
      stretch(a + ak * <usize>s, 4, ak, b + bk * <usize>s, c, I, N, min(STRETCH, samples - s), CONTINUE, 0)
    }
    return
  }
  for (let s = 0; s < samples; s++) {
    const first = <usize>(s * positions)
    stretch(a + ak * first, 4, ak, b + bk * first, c, I, N, positions, ADD, 0)
  }
}

/** target [columns, rows] = source [rows, columns] transposed. */
export function transpose2d(source: usize, target: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i += 16) {
    const lastRow = min(i + 16, rows)
    for (let j = 0; j < columns; j += 16) {
      const lastColumn = min(j + 16, columns)
      for (let y = i; y < lastRow; y++) {
        let from = source + (<usize>(y * columns + j) << 2)
        let to = target + (<usize>(j * rows + y) << 2)
        for (let x = j; x < lastColumn; x++) {
          store<f32>(to, load<f32>(from))
          from += 4
          to += <usize>rows << 2
        }
      }
    }
  }
}
