/**
 * The device: one WebAssembly instance with its memory, one thread. Parameters live for as long as the device does; the values of a
 * pass live in an arena that the next pass takes over. Sharp edge: `read` copies, so numbers stay, but a tensor of a former pass reads
 * whatever the present one put there.
 */
import { power, sha256Hex } from "@feagi-trainer/determinism"
import { GradientError } from "./GradientError.ts"
import type { Kernels } from "./Kernels.ts"
import { Memory } from "./Memory.ts"
import { makeTape } from "./Pass.ts"
import { checkShape } from "./Recorder.ts"
import type { Tape } from "./Tape.ts"
import { elementsOf, type Parameter, type Shape, type Tensor } from "./Tensor.ts"
import { shapeText } from "./Value.ts"
import { instantiateKernels, type RawKernels } from "./Wasm.ts"

export interface Device {
  /** A tensor of zeros that lasts. Throws `GradientError` if the memory would exceed 4 GiB or an axis is no positive integer. */
  allocate(shape: Shape): Tensor
  /** A parameter with these initial values and a gradient of zeros. */
  parameter(name: string, shape: Shape, values: Float32Array): Parameter
  /** A copy of the numbers. */
  read(tensor: Tensor): Float32Array
  /** Overwrites all numbers; `values` has exactly the tensor's length. */
  write(tensor: Tensor, values: Float32Array): void
  /** Begins a pass. The former tape and its nodes are spent: using them throws. */
  pass(): Tape
  /** Sets the gradients to zero. */
  zeroGradients(parameters: ReadonlyArray<Parameter>): void
  /** Euclidean norm of all gradients together: squares summed in f64, in the order of the parameters. NaN and infinity come through. */
  gradientNorm(parameters: ReadonlyArray<Parameter>): number
  /** Multiplies the gradients by f32(factor). */
  scaleGradients(parameters: ReadonlyArray<Parameter>, factor: number): void
  /** Sum of the products in f64, in order of the elements. */
  dot(a: Tensor, b: Tensor): number
  /** Index of the first element that is NaN or infinite, or -1. */
  firstNotFinite(tensor: Tensor): number
  /** Throws a `GradientError` that names the optimiser step and the first parameter whose gradient or value is not finite. */
  refuseNotFinite(parameters: ReadonlyArray<Parameter>, step: number): void
  readonly kernels: Kernels
  /** SHA-256 of the kernel module, in hexadecimal: part of what a run is made of. */
  readonly module_sha256: string
  /** Size of the memory in bytes. It grows and never shrinks. */
  bytes(): number
}

const checkLengths = (operation: string, tensors: ReadonlyArray<Tensor>): void => {
  const [first] = tensors
  const wrong = tensors.find((tensor) => tensor.length !== first?.length)
  if (wrong !== undefined) throw new GradientError(operation, `tensors of ${first?.length} elements`, shapeText(wrong.shape))
}

const makeKernels = (raw: RawKernels): Kernels => {
  const adamw: Kernels["adamw"] = (value, gradient, first, second, { rate, beta1, beta2, epsilon, t, weightDecay }) => {
    checkLengths("adam", [value, gradient, first, second])
    if (!Number.isSafeInteger(t) || t < 1 || t >= 2 ** 32) throw new GradientError("adam", "an optimiser step t, counted from 1", String(t))
    raw.adam(
      value.at,
      gradient.at,
      first.at,
      second.at,
      rate / (1 - power(beta1, t)),
      1 - rate * weightDecay,
      1 - beta1,
      beta2,
      1 - beta2,
      Math.sqrt(1 - power(beta2, t)),
      epsilon,
      value.length
    )
  }
  return {
    sgd: (value, gradient, rate) => {
      checkLengths("sgd", [value, gradient])
      raw.sgd(value.at, gradient.at, rate, value.length)
    },
    momentum: (value, gradient, velocity, { rate, momentum, nesterov }) => {
      checkLengths("momentum", [value, gradient, velocity])
      raw.momentum(value.at, gradient.at, velocity.at, rate, momentum, nesterov ? 1 : 0, value.length)
    },
    adam: (value, gradient, first, second, numbers) => adamw(value, gradient, first, second, { ...numbers, weightDecay: 0 }),
    adamw,
    copy: (source, target) => {
      checkLengths("copy", [source, target])
      raw.copy(source.at, target.at, target.length)
    },
    fill: (target, number) => {
      raw.fill(target.at, number, target.length)
    },
    addScaled: (target, source, factor) => {
      checkLengths("addScaled", [target, source])
      raw.add_scaled(source.at, target.at, factor, target.length)
    },
    power: (base, exponent) => {
      if (!Number.isSafeInteger(exponent) || exponent < 0 || exponent >= 2 ** 32) {
        throw new GradientError("power", "a whole exponent of 0 to 2^32 - 1", String(exponent))
      }
      return raw.power(base, exponent)
    }
  }
}

const makeDevice = (raw: RawKernels, memory: Memory, module_sha256: string): Device => {
  let endPass = (): void => {}
  const allocate = (shape: Shape): Tensor => {
    checkShape("allocate", shape)
    const length = elementsOf(shape)
    const at = memory.reserve("allocate", length)
    raw.zero(at, length)
    return { shape: [...shape], length, at }
  }
  const write = (tensor: Tensor, values: Float32Array): void => {
    if (values.length !== tensor.length) {
      throw new GradientError("write", `${tensor.length} values for the shape ${shapeText(tensor.shape)}`, `${values.length} values`)
    }
    memory.floats.set(values, tensor.at / 4)
  }
  return {
    allocate,
    write,
    parameter: (name, shape, values) => {
      if (values.length !== elementsOf(shape)) {
        throw new GradientError(
          `parameter ${name}`,
          `${elementsOf(shape)} values for the shape ${shapeText(shape)}`,
          `${values.length} values`
        )
      }
      const value = allocate(shape)
      write(value, values)
      return { name, value, gradient: allocate(shape) }
    },
    read: ({ at, length }) => memory.floats.slice(at / 4, at / 4 + length),
    pass: () => {
      endPass()
      memory.clear()
      const { tape, end } = makeTape(memory)
      endPass = end
      return tape
    },
    zeroGradients: (parameters) => {
      for (const { gradient } of parameters) raw.zero(gradient.at, gradient.length)
    },
    gradientNorm: (parameters) =>
      Math.sqrt(parameters.reduce((before, { gradient }) => raw.sum_squares(gradient.at, gradient.length, before), 0)),
    scaleGradients: (parameters, factor) => {
      for (const { gradient } of parameters) raw.scale(gradient.at, gradient.at, factor, gradient.length)
    },
    dot: (a, b) => {
      checkLengths("dot", [a, b])
      return raw.dot(a.at, b.at, a.length)
    },
    firstNotFinite: ({ at, length }) => raw.first_not_finite(at, length),
    refuseNotFinite: (parameters, step) => {
      for (const { name, value, gradient } of parameters) {
        for (const [what, tensor] of [
          ["gradient", gradient],
          ["value", value]
        ] as const) {
          const wrong = raw.first_not_finite(tensor.at, tensor.length)
          if (wrong < 0) continue
          const number = String(memory.floats[tensor.at / 4 + wrong])
          throw new GradientError(
            `optimiser step ${step}`,
            `a finite ${what} of ${name} (a lower learning rate or clipping may help)`,
            `${number} at element ${wrong}`
          )
        }
      }
    },
    kernels: makeKernels(raw),
    module_sha256,
    bytes: () => memory.bytes
  }
}

/** A device of these module bytes. Throws `GradientError` if their SHA-256 is not the expected one. */
export const openDeviceOf = async (bytes: Uint8Array, expectedSha256: string): Promise<Device> => {
  const sha256 = sha256Hex(bytes)
  if (sha256 !== expectedSha256) {
    throw new GradientError(
      "openDevice",
      `a kernel module with SHA-256 ${expectedSha256} (run node scripts/kernels.ts, or install again)`,
      sha256
    )
  }
  const { raw, memory } = await instantiateKernels(bytes)
  return makeDevice(raw, new Memory(raw, memory), sha256)
}
