/**
 * The fused update kernels, for optimisers. Every number is rounded to f32 where it meets a weight; the elements are independent,
 * so their order does not matter. Sharp edge: rates and moments are checked by the caller's schema, not here.
 */
import type { Tensor } from "./Tensor.ts"

export interface AdamNumbers {
  readonly rate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** The optimiser step, counted from 1; it decides the bias corrections 1 - beta^t. */
  readonly t: number
}

export interface Kernels {
  /** w -= rate g. All tensors of one call have the length of `value`. */
  sgd(value: Tensor, gradient: Tensor, rate: number): void
  /** v = momentum v + g; w -= rate (nesterov ? g + momentum v : v). (Sutskever et al. 2013, in the form without dampening.) */
  momentum(
    value: Tensor,
    gradient: Tensor,
    velocity: Tensor,
    numbers: { readonly rate: number; readonly momentum: number; readonly nesterov: boolean }
  ): void
  /**
   * m = m + (1 - b1) (g - m); v = v b2 + ((1 - b2) g) g; w = w - (rate / (1 - b1^t)) m / (sqrt(v) / sqrt(1 - b2^t) + epsilon).
   * (Kingma, Ba: "Adam", ICLR 2015, algorithm 1, in the order of operations of torch.optim's single-tensor implementation, whose results
   * without fused multiply-adds these are to the last bit. Like its lerp, m = g - b1 (g - m) where 1 - b1 in f32 is a half or more. The factors
   * rate / (1 - b1^t), 1 - b1, 1 - b2 and sqrt(1 - b2^t) are doubles until they meet a tensor.)
   */
  adam(value: Tensor, gradient: Tensor, first: Tensor, second: Tensor, numbers: AdamNumbers): void
  /** w = w (1 - rate decay), then Adam's step. (Loshchilov, Hutter: "Decoupled weight decay regularization", ICLR 2019, algorithm 2.) */
  adamw(value: Tensor, gradient: Tensor, first: Tensor, second: Tensor, numbers: AdamNumbers & { readonly weightDecay: number }): void
  /** target = source. */
  copy(source: Tensor, target: Tensor): void
  /** Every element becomes `number`, rounded to f32. */
  fill(target: Tensor, number: number): void
  /** target += factor source, rounded after the product and after the sum. */
  addScaled(target: Tensor, source: Tensor, factor: number): void
  /** base^exponent in f64 by repeated squaring, for a whole exponent >= 0: the same bits on every host, unlike `Math.pow`. */
  power(base: number, exponent: number): number
}
