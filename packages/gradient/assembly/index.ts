/** The kernels of the module. Every address is a byte offset, every block starts at a multiple of 64 and is padded to 64 bytes. */
export * from "./convolution"
export * from "./elements"
export { exp_of, gelu_of, log_of, normal_of, power, sigmoid_of, tanh_of } from "./functions"
export { gemm, gemm_gradient, transpose2d } from "./gemm"
export * from "./optimisers"
export * from "./places"
export * from "./rows"

/** Where the memory is free: behind the module's own data. */
export function free_from(): usize {
  return __heap_base
}
