/**
 * Decoders `scalar` and `vector`: a channel for each number, either a Percentage with bins along z or a voxel whose potential is the number;
 * each moved from the coder's range to a written one.
 *
 * Sharp edges: with bins a channel that did not fire makes the whole answer an abstention. As potentials, a voxel that did not fire reads as
 * 0, the middle of its range, and only a silent area abstains. Several bins that fire at once are averaged by FEAGI.
 */
import {
  type CoderReading,
  type CoderValue,
  Decoder,
  type DecoderContext,
  type Mistake,
  optionsFrom,
  type Selected,
  type TypedTarget
} from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { abstain, fault, heard, noTarget, silent, typeFaults } from "./AnswerContext.ts"
import { type CoderForm, miscForm, percentageForm } from "./CoderForm.ts"
import { LAST_GROUP } from "./CorticalId.ts"
import { isMistake, levelOf, outward, shareOf } from "./OutputScale.ts"
import { Range } from "./Scaling.ts"
import { refused } from "./Tabular.ts"
import { selectUnits } from "./UnitSelection.ts"
import { unitOf } from "./Units.ts"

const group = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP }))
const bins = Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 1000 }))

/** Which coder carries a number. */
const Code = Schema.Union([
  /** Percentage channels: unsigned in `ocnt`, signed in `omot`. */
  Schema.Struct({ area: Schema.Literals(["ocnt", "omot"]), group, bins }),
  /** MiscData voxels: potentials from −1 to 1. */
  Schema.Struct({ area: Schema.Literals(["omis"]), group })
]).annotate({ expected: '{ area = "ocnt" | "omot", group, bins } or { area = "omis", group }' })
export type NumberCode = typeof Code.Type

const ScalarOptions = Schema.Struct({ code: Code, /** The answers that the ends of the coder's range stand for. */ range: Range })
const VectorOptions = Schema.Struct({ code: Code, /** One for each number of an answer. */ ranges: Schema.NonEmptyArray(Range) })
export type ScalarOptions = typeof ScalarOptions.Type
export type VectorOptions = typeof VectorOptions.Type

type Ranges = ReadonlyArray<readonly [number, number]>

const isSigned = ({ area }: NumberCode): boolean => area !== "ocnt"
const ends = (code: NumberCode): readonly [number, number] => (isSigned(code) ? [-1, 1] : [0, 1])

export const selectNumbers = (code: NumberCode, ranges: Ranges) => {
  const count = ranges.length
  const form: CoderForm = "bins" in code ? percentageForm(code.bins, "linear", { signed: isSigned(code) }) : miscForm(count, 1, 1)
  const layout = { ranges }
  const channels = "bins" in code ? count : 1
  return selectUnits([{ unit: unitOf(code.area), group: code.group, form, flags: { frame: "Absolute" }, channels, layout }])
}

/** The numbers of an answer; a text that says why there is none. */
export const readNumbers = (code: NumberCode, ranges: Ranges, readings: ReadonlyArray<CoderReading>): ReadonlyArray<number> | string => {
  if (!("bins" in code)) {
    const values = heard(readings[0])
    return values === undefined || values.every((value) => value === 0)
      ? "silent"
      : ranges.map((range, index) => outward(values[index] ?? 0, ends(code), range))
  }
  const values = ranges.map((_, index) => heard(readings[index])?.[0])
  const missing = values.flatMap((value, index) => (value === undefined ? [index] : []))
  if (missing.length === ranges.length) return "silent"
  if (missing.length > 0) return `silent: ${missing.map((index) => `number ${index}`).join(", ")}`
  return ranges.map((range, index) => outward(values[index] ?? Number.NaN, ends(code), range))
}

export const writeNumbers = (code: NumberCode, ranges: Ranges, numbers: ReadonlyArray<number>): Selected<ReadonlyArray<CoderValue>> => {
  if (numbers.length !== ranges.length)
    return refused([fault("the target has another number of numbers than there are ranges", String(ranges.length), String(numbers.length))])
  const shares = ranges.map((range, index) => shareOf(`number ${index}`, numbers[index] ?? Number.NaN, range))
  const mistakes = shares.filter((share): share is Mistake => isMistake(share))
  if (mistakes.length > 0) return refused(mistakes)
  const values = shares.filter((share): share is number => !isMistake(share))
  const [low, high] = ends(code)
  return {
    ok: true,
    value:
      "bins" in code
        ? values.map((share) => levelOf(share, code.bins, isSigned(code)))
        : [values.map((share) => low + share * (high - low))]
  }
}

const answered = (
  values: ReadonlyArray<number> | string,
  answer: (values: ReadonlyArray<number>) => ReturnType<Decoder["read"]>["answer"]
) => (typeof values === "string" ? (values === "silent" ? silent : abstain(values)) : { answer: answer(values) })

export const scalar: Decoder<ScalarOptions> = Decoder.define<ScalarOptions>({
  id: "scalar",
  decodeOptions: optionsFrom(ScalarOptions),
  select: ({ code, range }, context: DecoderContext) => {
    const mistakes = typeFaults("scalar", context, ["scalar"])
    return mistakes.length > 0 ? refused(mistakes) : selectNumbers(code, [range])
  },
  read: ({ code, range }, _context, readings) =>
    answered(readNumbers(code, [range], readings), ([value]) => ({ scalar: value ?? Number.NaN })),
  cannotTeach: () => [],
  write: ({ code, range }, _context, target: TypedTarget) =>
    "scalar" in target ? writeNumbers(code, [range], [target.scalar]) : noTarget("scalar", "numbers", target)
})

export const vector: Decoder<VectorOptions> = Decoder.define<VectorOptions>({
  id: "vector",
  decodeOptions: optionsFrom(VectorOptions),
  select: ({ code, ranges }, context: DecoderContext) => {
    const mistakes = typeFaults("vector", context, ["vector"])
    return mistakes.length > 0 ? refused(mistakes) : selectNumbers(code, ranges)
  },
  read: ({ code, ranges }, _context, readings) => answered(readNumbers(code, ranges, readings), (values) => ({ vector: values })),
  cannotTeach: () => [],
  write: ({ code, ranges }, _context, target: TypedTarget) =>
    "vector" in target ? writeNumbers(code, ranges, target.vector) : noTarget("vector", "vectors", target)
})
