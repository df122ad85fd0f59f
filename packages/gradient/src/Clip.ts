/**
 * Clipping of gradients by their common norm (Pascanu, Mikolov, Bengio, ICML 2013, algorithm 1): a direction is kept, a length is bounded.
 * Sharp edge: the factor is max / norm rounded to f32, without the 10⁻⁶ that some libraries add to the norm.
 */
import type { Device } from "./Device.ts"
import type { Parameter } from "./Tensor.ts"

/** The same with a norm that is known already. */
export const clipFrom = (device: Device, parameters: ReadonlyArray<Parameter>, norm: number, max: number): void => {
  if (!(max > 0)) throw new RangeError(`gradients are clipped to a positive norm, not to ${max}`)
  if (Number.isFinite(norm) && norm > max) device.scaleGradients(parameters, max / norm)
}

/**
 * Scales all gradients by `max` / norm where their norm is larger than `max`, and returns the norm before.
 * A norm that is not finite scales nothing. Throws `RangeError` unless `max` is positive.
 */
export const clipByNorm = (device: Device, parameters: ReadonlyArray<Parameter>, max: number): number => {
  const norm = device.gradientNorm(parameters)
  clipFrom(device, parameters, norm, max)
  return norm
}
