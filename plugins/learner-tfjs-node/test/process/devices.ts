/** Runs the same thing on two devices and tells how far apart they are, in parts of the largest number of the one that is right. */
import { type Device, elementsOf, type Node } from "@feagi-trainer/gradient"
import type { Program } from "./programs.ts"

/** Numbers from -1 to 1, the same in every process. */
export const drawn = (count: number, seed: number): Float32Array => {
  let state = seed
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) / 8_388_608 - 1
  })
}

export const apart = (right: Float32Array, other: Float32Array): number => {
  if (right.length !== other.length) return Number.POSITIVE_INFINITY
  const largest = right.reduce((most, each) => Math.max(most, Math.abs(each)), 0)
  const distance = right.reduce((most, each, index) => Math.max(most, Math.abs(each - (other[index] ?? Number.NaN))), 0)
  return largest === 0 ? distance : distance / largest
}

interface Ran {
  readonly shape: ReadonlyArray<number>
  readonly value: Float32Array
  readonly gradients: ReadonlyArray<Float32Array>
}

const runOn = (device: Device, program: Program): Ran => {
  const tape = device.pass()
  const inputs: ReadonlyArray<Node> = program.inputs.map((shape, index) => {
    const numbers = drawn(elementsOf(shape), 77 + index)
    return tape.variable(shape, program.positive === true ? numbers.map((each) => each / 2 + 1) : numbers)
  })
  const made = program.run(tape, ...inputs)
  const weights = tape.constant(made.shape, drawn(made.value.length, 5))
  tape.backward(made.shape.length === 0 ? made : tape.sumAll(tape.multiply(made, weights)))
  const gradients = inputs.map((each) => {
    const gradient = tape.gradientOf(each)
    return gradient === undefined ? new Float32Array() : device.read(gradient)
  })
  return { shape: made.shape, value: device.read(made.value), gradients }
}

export interface Compared {
  readonly name: string
  readonly shapes: readonly [string, string]
  readonly value: number
  readonly gradients: ReadonlyArray<number>
  /** The largest number of the gradients of the right device: 0 would compare nothing. */
  readonly largest: number
}

export const compare = (right: Device, other: Device, program: Program): Compared => {
  const [one, two] = [runOn(right, program), runOn(other, program)]
  return {
    name: program.name,
    shapes: [one.shape.join(" × "), two.shape.join(" × ")],
    value: apart(one.value, two.value),
    gradients: one.gradients.map((each, index) => apart(each, two.gradients[index] ?? new Float32Array())),
    largest: Math.max(...one.gradients.flatMap((each) => Array.from(each, Math.abs)))
  }
}
