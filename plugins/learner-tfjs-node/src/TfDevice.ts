/**
 * The device of `@feagi-trainer/gradient` over TensorFlow: whatever is written for a device (layers, models, optimisers, steps) runs on it
 * as it is, own layers included.
 *
 * Sharp edges: sums are taken in the order that TensorFlow's kernels choose, in f32, so that its numbers are near those of the
 * WebAssembly device and not equal, and a batch that is cut into micro-batches is not the same batch bit for bit. Norms and products of
 * gradients are taken in f64 in order of the elements, as there.
 */
import { createHash } from "node:crypto"
import type { TrainerError } from "@feagi-trainer/contracts"
import { type AdamNumbers, type Device, GradientError, type Kernels, type Parameter, type Shape, type Tape } from "@feagi-trainer/gradient"
import { Effect, type Scope } from "effect"
import { Cell, cellOf, sameShape, showShape } from "./Cell.ts"
import { losses } from "./ops/losses.ts"
import { norms } from "./ops/norms.ts"
import { places } from "./ops/places.ts"
import { pointwise } from "./ops/pointwise.ts"
import { products } from "./ops/products.ts"
import { Recorder } from "./Recorder.ts"
import { environmentOf, loadTensorFlow, type Settings, type TensorFlow, type TfTensor } from "./TensorFlow.ts"

export interface TfDevice extends Device {
  /** What computes: versions, and the environment that TensorFlow was loaded in. */
  readonly engine: Readonly<Record<string, string>>
  /** Frees the memory. Tensors and tapes of the device are of no use afterwards. */
  readonly close: () => void
}

const tapeOf = (recorder: Recorder): Tape => ({
  constant: (shape, values) => recorder.leaf("constant", shape, values, false),
  variable: (shape, values) => recorder.leaf("variable", shape, values, true),
  parameter: (parameter) => recorder.parameter(parameter),
  detach: (x) => recorder.detach(x),
  ...pointwise(recorder),
  ...products(recorder),
  ...norms(recorder),
  ...places(recorder),
  ...losses(recorder),
  backward: (loss) => recorder.backward(loss),
  gradientOf: (x) => recorder.gradientOf(x),
  scalar: (x) => recorder.scalar(x)
})

/** base^exponent by repeated squaring: `Math.pow` may round otherwise on another host. */
const power = (base: number, exponent: number): number => {
  if (!Number.isSafeInteger(exponent) || exponent < 0) throw new GradientError("power", "a whole exponent from 0", String(exponent))
  let [result, square, rest] = [1, base, exponent]
  while (rest > 0) {
    if (rest % 2 === 1) result *= square
    square *= square
    rest = Math.floor(rest / 2)
  }
  return result
}

const kernelsOf = (tf: TensorFlow): Kernels => {
  const become = (cell: Cell, work: () => TfTensor): void => cell.replace(tf.keep(tf.tidy(work)))
  const adam = (value: Cell, g: Cell, first: Cell, second: Cell, { rate, beta1, beta2, epsilon, t }: AdamNumbers): void => {
    become(first, () => tf.add(tf.mul(first.current, beta1), tf.mul(g.current, 1 - beta1)))
    become(second, () => tf.add(tf.mul(second.current, beta2), tf.mul(tf.square(g.current), 1 - beta2)))
    become(value, () => {
      const mean = tf.div(first.current, 1 - power(beta1, t))
      const spread = tf.add(tf.sqrt(tf.div(second.current, 1 - power(beta2, t))), epsilon)
      return tf.sub(value.current, tf.mul(tf.div(mean, spread), rate))
    })
  }
  return {
    sgd: (value, gradient, rate) => {
      const [w, g] = [cellOf(value), cellOf(gradient)]
      become(w, () => tf.sub(w.current, tf.mul(g.current, rate)))
    },
    momentum: (value, gradient, velocity, { rate, momentum, nesterov }) => {
      const [w, g, v] = [cellOf(value), cellOf(gradient), cellOf(velocity)]
      become(v, () => tf.add(tf.mul(v.current, momentum), g.current))
      become(w, () => tf.sub(w.current, tf.mul(nesterov ? tf.add(g.current, tf.mul(v.current, momentum)) : v.current, rate)))
    },
    adam: (value, gradient, first, second, numbers) => adam(cellOf(value), cellOf(gradient), cellOf(first), cellOf(second), numbers),
    adamw: (value, gradient, first, second, numbers) => {
      const w = cellOf(value)
      become(w, () => tf.sub(w.current, tf.mul(w.current, numbers.rate * numbers.weightDecay)))
      adam(w, cellOf(gradient), cellOf(first), cellOf(second), numbers)
    },
    copy: (source, target) => become(cellOf(target), () => tf.add(cellOf(source).current, 0)),
    fill: (target, number) => become(cellOf(target), () => tf.fill(target.shape, number)),
    addScaled: (target, source, factor) => {
      const [sum, summand] = [cellOf(target), cellOf(source)]
      become(sum, () => tf.add(sum.current, tf.mul(summand.current, factor)))
    },
    power
  }
}

/**
 * A device over TensorFlow as it was loaded with these settings. `module_sha256` is the hash of its engine: a hash of the library would not
 * say more, because its kernels choose by the processor.
 */
export const tfDevice = (tf: TensorFlow, settings: Settings): TfDevice => {
  const engine = { "tfjs-node": tf.version["tfjs-node"], tensorflow: tf.backend().binding.TF_Version, ...environmentOf(settings) }
  const cells: Array<Cell> = []
  let running: Recorder | undefined
  const allocate = (shape: Shape, values?: Float32Array): Cell => {
    const wrong = shape.find((axis) => !Number.isSafeInteger(axis) || axis < 1)
    if (wrong !== undefined) throw new GradientError("allocate", "axes that are whole numbers from 1", showShape(shape))
    const cell = new Cell(tf.keep(values === undefined ? tf.zeros(shape) : tf.tensor(values.slice(), shape, "float32")))
    cells.push(cell)
    return cell
  }
  const read = (cell: Cell): Float32Array => Float32Array.from(cell.current.dataSync())
  const firstNotFinite = (cell: Cell): number => read(cell).findIndex((each) => !Number.isFinite(each))
  const parameters = (list: ReadonlyArray<Parameter>) =>
    list.map(({ name, value, gradient }) => [name, cellOf(value), cellOf(gradient)] as const)
  return {
    allocate,
    parameter: (name, shape, values) => {
      const count = shape.reduce((product, axis) => product * axis, 1)
      if (values.length !== count)
        throw new GradientError(`parameter ${name}`, `${count} numbers for ${showShape(shape)}`, `${values.length}`)
      return { name, value: allocate(shape, values), gradient: allocate(shape) }
    },
    read: (tensor) => read(cellOf(tensor)),
    write: (tensor, values) => {
      if (values.length !== tensor.length) throw new GradientError("write", `${tensor.length} numbers`, `${values.length}`)
      cellOf(tensor).replace(tf.keep(tf.tensor(values.slice(), tensor.shape, "float32")))
    },
    pass: () => {
      running?.end()
      running = new Recorder(tf)
      return tapeOf(running)
    },
    zeroGradients: (list) => {
      for (const [, , gradient] of parameters(list)) gradient.replace(tf.keep(tf.zeros(gradient.shape)))
    },
    gradientNorm: (list) => {
      let sum = 0
      for (const [, , gradient] of parameters(list)) for (const each of read(gradient)) sum += each * each
      return Math.sqrt(sum)
    },
    scaleGradients: (list, factor) => {
      for (const [, , gradient] of parameters(list)) gradient.replace(tf.keep(tf.mul(gradient.current, factor)))
    },
    dot: (a, b) => {
      if (!sameShape(a.shape, b.shape)) throw new GradientError("dot", `two of ${showShape(a.shape)}`, showShape(b.shape))
      const right = read(cellOf(b))
      return read(cellOf(a)).reduce((sum, each, index) => sum + each * (right[index] ?? Number.NaN), 0)
    },
    firstNotFinite: (tensor) => firstNotFinite(cellOf(tensor)),
    refuseNotFinite: (list, step) => {
      for (const [name, value, gradient] of parameters(list))
        for (const [what, cell] of [
          ["gradient", gradient],
          ["value", value]
        ] as const) {
          const index = firstNotFinite(cell)
          if (index !== -1)
            throw new GradientError(`step ${step}`, `a finite ${what} of ${name}`, `element ${index} is ${read(cell)[index]}`)
        }
    },
    kernels: kernelsOf(tf),
    module_sha256: createHash("sha256").update(JSON.stringify(engine)).digest("hex"),
    bytes: () => cells.reduce((sum, { length }) => sum + 4 * length, 0),
    engine,
    close: () => {
      running?.end()
      for (const { current } of cells) current.dispose()
      cells.length = 0
    }
  }
}

/** TensorFlow as the file `from` finds it, loaded with these settings. Closed at the end of the scope. */
export const openTensorFlow = (from: string, settings: Settings): Effect.Effect<TfDevice, TrainerError, Scope.Scope> =>
  Effect.flatMap(loadTensorFlow(from, settings), (tf) =>
    Effect.acquireRelease(
      Effect.sync(() => tfDevice(tf, settings)),
      (device) => Effect.sync(() => device.close())
    )
  )
