/**
 * From samples to the input of a model: which shape of input the samples have, and the numbers of a batch in that shape.
 *
 * A table is a row of values, a picture `[height, width, channels]`, a signal `[points, channels]`; a table may also be a row of token ids.
 * Sharp edge: a model has one input shape, so samples of several sizes are refused at the plan, never padded.
 */
import type { IRSample, SampleShape } from "@feagi-trainer/contracts"
import type { ModelInput } from "../Model.ts"
import type { InputSpec } from "../ModelSpec.ts"
import { SpecError, type SpecProblem } from "../SpecProblem.ts"

/** The input of a batch, out of its samples. Throws `RangeError` that names a sample whose numbers are not those of the shape. */
export type SampleInput = (samples: ReadonlyArray<IRSample>) => ModelInput

/** How a byte becomes a number; undefined where there are no bytes. */
export type Pixels = "unit" | "as-is" | undefined

const one = (range: readonly [number, number]): number | undefined => (range[0] === range[1] ? range[0] : undefined)
const show = (range: readonly [number, number]): string => (range[0] === range[1] ? String(range[0]) : `${range[0]} to ${range[1]}`)

/** The axes of the samples; a problem for each axis in which they differ. */
const axesOf = (shape: SampleShape): ReadonlyArray<number> | ReadonlyArray<SpecProblem> => {
  const problem = (message: string, expected: string, actual: string, help: string): SpecProblem => ({
    path: [],
    message,
    expected,
    actual,
    help
  })
  switch (shape.kind) {
    case "tabular":
      return shape.features.length > 0
        ? [shape.features.length]
        : [problem("a model needs at least one feature", "a feature", "a table without features", "choose other features")]
    case "image": {
      const ways = [
        ["height", shape.height, "put the transform image-resize or image-crop before it"],
        ["width", shape.width, "put the transform image-resize or image-crop before it"],
        ["number of channels", shape.channels, "put the transform image-decode before it"]
      ] as const
      const problems = ways.flatMap(([what, range, help]) =>
        one(range) === undefined
          ? [problem(`a model has one input shape, and the pictures differ in ${what}`, `one ${what}`, show(range), help)]
          : []
      )
      if (shape.values === "encoded")
        problems.unshift(
          problem("a model takes pixels", "uint8 or float pixels", "encoded files", "put the transform image-decode before it")
        )
      return problems.length > 0 ? problems : [shape.height[0], shape.width[0], shape.channels[0]]
    }
    case "time_series":
      return one(shape.length) === undefined || shape.channels.length === 0
        ? [
            problem(
              "a model has one input shape, and the signals differ in length or have no channel",
              "one length, at least one channel",
              `${show(shape.length)} points, ${shape.channels.length} channels`,
              "put the transform series-resample or series-window before it"
            )
          ]
        : [shape.length[0], shape.channels.length]
    case "text":
      return [
        problem(
          "a model takes numbers",
          "a table of token ids",
          "texts",
          'put the transform tokenise with output = { form = "ids", … } before it'
        )
      ]
    case "custom":
      return [
        problem(
          "a model takes tables, pictures and signals",
          "a table, a picture or a signal",
          shape.type,
          "put a transform before it that makes one"
        )
      ]
  }
}

const isAxes = (axes: ReadonlyArray<number> | ReadonlyArray<SpecProblem>): axes is ReadonlyArray<number> => typeof axes[0] === "number"

const numbersOf = ({ payload }: IRSample): ArrayLike<number> | undefined => {
  if ("bytes" in payload) return payload.bytes
  if ("tabular" in payload) return payload.tabular
  return "time_series" in payload ? payload.time_series.samples : undefined
}

/**
 * How samples of this shape become the input that the model declares.
 * Throws {@link SpecError} with every reason why they do not.
 */
export const sampleInput = (shape: SampleShape, spec: InputSpec, pixels: Pixels): SampleInput => {
  const axes = axesOf(shape)
  if (!isAxes(axes)) throw new SpecError("input", axes)
  const problems: Array<SpecProblem> = []
  const bytes = shape.kind === "image" && shape.values === "uint8"
  if (bytes && pixels === undefined)
    problems.push({
      path: ["pixels"],
      message: "is required and missing: the pictures are bytes",
      expected: '"unit" or "as-is"',
      actual: "nothing"
    })
  if (!bytes && pixels !== undefined)
    problems.push({
      path: ["pixels"],
      message: "says how bytes become numbers, and the samples are no bytes",
      expected: "nothing",
      actual: JSON.stringify(pixels)
    })
  if (spec.kind === "values" && (spec.shape.length !== axes.length || spec.shape.some((axis, at) => axis !== axes[at])))
    problems.push({
      path: ["model", "input", "shape"],
      message: "is not the shape of the samples",
      expected: JSON.stringify(axes),
      actual: JSON.stringify(spec.shape)
    })
  if (spec.kind === "tokens") {
    if (shape.kind !== "tabular")
      problems.push({ path: ["model", "input", "kind"], message: "token ids come in a table", expected: '"values"', actual: '"tokens"' })
    else {
      const most = shape.features.reduce((largest, { max }) => Math.max(largest, max), 0)
      if (spec.length !== shape.features.length)
        problems.push({
          path: ["model", "input", "length"],
          message: "is not the number of ids of a sample",
          expected: String(shape.features.length),
          actual: String(spec.length)
        })
      if (most >= spec.vocabulary)
        problems.push({
          path: ["model", "input", "vocabulary"],
          message: "does not hold every id of the samples",
          expected: `at least ${most + 1}`,
          actual: String(spec.vocabulary)
        })
    }
  }
  if (problems.length > 0) throw new SpecError("input", problems)
  const size = axes.reduce((product, axis) => product * axis, 1)
  const read = (sample: IRSample): ArrayLike<number> => {
    const numbers = numbersOf(sample)
    if (numbers === undefined || numbers.length !== size)
      throw new RangeError(
        `sample "${sample.sample_id}": expected ${size} numbers, as the shape of the samples says; got ${numbers === undefined ? `a payload of ${Object.keys(sample.payload).join(", ")}` : numbers.length}`
      )
    return numbers
  }
  const factor = pixels === "unit" ? Math.fround(1 / 255) : 1
  return (samples) => {
    if (spec.kind === "tokens") {
      const ids = new Int32Array(samples.length * size)
      for (const [row, sample] of samples.entries()) {
        const numbers = read(sample)
        for (let at = 0; at < size; at++) {
          const id = numbers[at] ?? Number.NaN
          if (!Number.isInteger(id) || id < 0 || id >= spec.vocabulary)
            throw new RangeError(
              `sample "${sample.sample_id}": expected token ids from 0 to ${spec.vocabulary - 1}; got ${id} at position ${at}`
            )
          ids[row * size + at] = id
        }
      }
      return { kind: "tokens", batch: samples.length, ids }
    }
    const values = new Float32Array(samples.length * size)
    for (const [row, sample] of samples.entries()) {
      const numbers = read(sample)
      if (factor === 1) values.set(numbers, row * size)
      else for (let at = 0; at < size; at++) values[row * size + at] = Math.fround(numbers[at] ?? 0) * factor
    }
    const broken = values.findIndex((value) => !Number.isFinite(value))
    if (broken >= 0)
      throw new RangeError(
        `sample "${samples[Math.floor(broken / size)]?.sample_id}": expected numbers that 32 bits hold; got ${values[broken]} at position ${broken % size}`
      )
    return { kind: "values", batch: samples.length, values }
  }
}
