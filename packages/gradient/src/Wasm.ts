/**
 * The kernels as functions. Addresses are byte offsets, counts are elements; nothing is checked here or in the module, so whoever calls a kernel
 * has checked the shapes. The few WebAssembly types are written down because the language library has them only among the browser's.
 */
import { GradientError } from "./GradientError.ts"

const kernelNames = [
  "free_from",
  "exp_of",
  "gelu_of",
  "log_of",
  "normal_of",
  "power",
  "sigmoid_of",
  "tanh_of",
  "gemm",
  "gemm_gradient",
  "transpose2d",
  "conv2d",
  "conv2d_weights_back",
  "conv2d_input_back",
  "max_pool",
  "max_pool_back",
  "average_pool",
  "average_pool_back",
  "fill",
  "copy",
  "zero",
  "add",
  "subtract",
  "multiply",
  "divide",
  "scale",
  "add_scaled",
  "add_scalar",
  "rows",
  "column_sums",
  "column_products",
  "relu",
  "relu_back",
  "gelu",
  "gelu_back",
  "tanh",
  "tanh_back",
  "sigmoid",
  "sigmoid_back",
  "exp",
  "log",
  "square_back",
  "clamp",
  "clamp_back",
  "minimum",
  "minimum_back",
  "dropout",
  "sum",
  "sum_squares",
  "dot",
  "first_not_finite",
  "row_sums",
  "row_sums_back",
  "mean_over",
  "mean_over_back",
  "sgd",
  "momentum",
  "adam",
  "embedding",
  "embedding_back",
  "gather",
  "gather_back",
  "permute",
  "blocks",
  "mask_later",
  "softmax",
  "softmax_back",
  "log_softmax",
  "log_softmax_back",
  "norm",
  "norm_back",
  "cross_entropy",
  "element_loss"
] as const

type KernelName = (typeof kernelNames)[number]
export type RawKernels = Readonly<Record<KernelName, (...numbers: ReadonlyArray<number>) => number>>

export interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

interface WasmInterface {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, never>
  ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>
}

declare const WebAssembly: WasmInterface

const isMemory = (value: unknown): value is WasmMemory =>
  typeof value === "object" && value !== null && "buffer" in value && "grow" in value
const isKernels = (exports: Readonly<Record<string, unknown>>): exports is RawKernels =>
  kernelNames.every((name) => typeof exports[name] === "function")

/** Instantiates the module. Throws `GradientError` if it lacks a kernel: then module and package are of different versions. */
export const instantiateKernels = async (bytes: Uint8Array): Promise<{ readonly raw: RawKernels; readonly memory: WasmMemory }> => {
  const { exports } = (await WebAssembly.instantiate(bytes, {})).instance
  const memory = exports.memory
  if (!isKernels(exports) || !isMemory(memory)) {
    const missing = kernelNames.filter((name) => typeof exports[name] !== "function")
    throw new GradientError("openDevice", "the kernels of this version in the module", `a module without ${missing.join(", ") || "memory"}`)
  }
  return { raw: exports, memory }
}
