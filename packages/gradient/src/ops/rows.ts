/** What works on the last axis, or on the channels of a group: softmax and normalisation. */
import { GradientError } from "../GradientError.ts"
import type { Recorder } from "../Recorder.ts"
import { axisOf, sameShape, shapeText, type Value } from "../Value.ts"
import { samplesOf } from "./arithmetic.ts"

export const softmax = (pass: Recorder, operation: "softmax" | "logSoftmax", x: Value): Value => {
  if (x.shape.length === 0) throw new GradientError(operation, "at least one axis", "[]")
  const { raw } = pass
  const columns = axisOf(x.shape, -1)
  const rows = x.value.length / columns
  const y = pass.tensor(operation, x.shape)
  const [forward, back] = operation === "softmax" ? [raw.softmax, raw.softmax_back] : [raw.log_softmax, raw.log_softmax_back]
  forward(x.value.at, y.at, rows, columns)
  return pass.record(y, [x], (dy) => {
    const dx = pass.tensor(operation, x.shape)
    back(y.at, dy.at, dx.at, rows, columns)
    pass.give(x, dx)
  })
}

interface Groups {
  readonly samples: number
  readonly positions: number
  readonly groups: number
}

const normalise = (
  pass: Recorder,
  operation: string,
  x: Value,
  gain: Value,
  shift: Value,
  epsilon: number,
  { samples, positions, groups }: Groups
): Value => {
  const { raw } = pass
  const channels = axisOf(x.shape, -1)
  for (const [name, value] of [
    ["gain", gain],
    ["shift", shift]
  ] as const) {
    if (!sameShape(value.shape, [channels])) {
      throw new GradientError(operation, `a ${name} [${channels}] for the input ${shapeText(x.shape)}`, shapeText(value.shape))
    }
  }
  if (!(epsilon > 0 && epsilon < Number.POSITIVE_INFINITY)) throw new GradientError(operation, "a positive epsilon", String(epsilon))
  const y = pass.tensor(operation, x.shape)
  const normal = pass.tensor(operation, x.shape)
  const spreads = pass.scratch(operation, samples * groups)
  const sizes = [samples, positions, channels, groups]
  raw.norm(x.value.at, gain.value.at, shift.value.at, y.at, normal.at, spreads, ...sizes, epsilon)
  return pass.record(y, [x, gain, shift], (dy) => {
    const cut = samplesOf(x.shape, channels)
    const scratch = pass.scratch(operation, channels)
    if (gain.needs) raw.column_products(dy.at, normal.at, pass.accumulator(gain).at, scratch, cut.samples, cut.positions, channels)
    if (shift.needs) raw.column_sums(dy.at, pass.accumulator(shift).at, scratch, 1, cut.samples, cut.positions, channels)
    if (!x.needs) return
    const dx = pass.tensor(operation, x.shape)
    raw.norm_back(dy.at, gain.value.at, normal.at, spreads, dx.at, ...sizes)
    pass.give(x, dx)
  })
}

export const layerNorm = (pass: Recorder, x: Value, gain: Value, shift: Value, epsilon: number): Value => {
  if (x.shape.length === 0) throw new GradientError("layerNorm", "an input [.., width]", "[]")
  const rows = x.value.length / axisOf(x.shape, -1)
  return normalise(pass, "layerNorm", x, gain, shift, epsilon, { samples: rows, positions: 1, groups: 1 })
}

export const groupNorm = (pass: Recorder, x: Value, gain: Value, shift: Value, groups: number, epsilon: number): Value => {
  if (x.shape.length < 2) throw new GradientError("groupNorm", "an input [n, .., c]", shapeText(x.shape))
  const channels = axisOf(x.shape, -1)
  if (!Number.isSafeInteger(groups) || groups < 1 || channels % groups !== 0) {
    throw new GradientError("groupNorm", `a number of groups that divides the ${channels} channels`, String(groups))
  }
  const samples = axisOf(x.shape, 0)
  return normalise(pass, "groupNorm", x, gain, shift, epsilon, { samples, positions: x.value.length / (samples * channels), groups })
}
