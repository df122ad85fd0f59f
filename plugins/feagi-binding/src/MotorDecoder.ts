/**
 * Decoder `motor`: every output unit of FEAGI with every coder that fits it, by the coder's own JSON properties; the numbers of all channels,
 * in order, are the answer: servo positions, wheel speeds, gaze, pointers, filter settings, spectra.
 *
 * Sharp edge: FEAGI's servo and its filters count on from where they were when they are told changes, so that their answers depend on the
 * samples before. A number whose own columns did not fire is not read, and then there is no answer.
 */
import { type CoderValue, type Decoded, Decoder, decodeStrict, type Mistake, type Selected } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { abstain, fault, heard, noTarget, silent, typeFaults } from "./AnswerContext.ts"
import { type CoderForm, numbersIn, readCoder } from "./CoderForm.ts"
import { LAST_GROUP } from "./CorticalId.ts"
import { coderRanges, isMistake, levelOf, outward, shareOf } from "./OutputScale.ts"
import { Range } from "./Scaling.ts"
import { refused } from "./Tabular.ts"
import { selectUnits, unitFaults } from "./UnitSelection.ts"
import { codesOf, type Unit, unitOf } from "./Units.ts"

const side = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1024 }))

const MotorOptions = Schema.Struct({
  /** Code of an output unit. `opos` is that of a human body; the decoder keypoints knows the other skeletons. */
  area: Schema.Literals(codesOf("output")),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP })),
  frame: Schema.Literals(["Absolute", "Incremental"]),
  /** As device registrations write it: `{ <coder>: <properties> }`. */
  coder: Schema.Unknown,
  channels: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4096 })),
  /** Of a gaze whose eccentricity is a plane instead of two columns: its width and height. */
  eccentricity_plane: Schema.optionalKey(Schema.Tuple([side, side])),
  /** `given`: numbers as the coder has them; or what the ends of the coder's range stand for, for each number of the answer. */
  ranges: Schema.Union([Schema.Literal("given"), Schema.NonEmptyArray(Range)]).annotate({ expected: '"given" or [[low, high], …]' })
})
export type MotorOptions = typeof MotorOptions.Type & { readonly unit: Unit; readonly form: CoderForm }

/** What FEAGI's decoders are known to get wrong and the engine refuses; told here with the options that say it. */
const defects = (form: CoderForm, channels: number): ReadonlyArray<Mistake> => {
  const [block] = form.blocks
  const fractional = form.positioning === "Fractional"
  switch (form.coder) {
    case "percentage":
      return [
        ...(form.io_type.startsWith("Signed") && numbersIn(form) > 1
          ? [fault("FEAGI's decoder reads only the first axis of a signed vector", "a D1 channel for each axis", form.io_type, ["coder"])]
          : []),
        ...(!fractional && block?.[2] === 1
          ? [fault("one bin reads the same whatever fires", "at least 2 bins", "1", ["coder", "Percentage", 0, "value"])]
          : [])
      ]
    case "cartesian_plane":
      return block?.[2] === 4 ? [fault("FEAGI's picture decoder never reads transparency", '"RGB"', '"RGBA"', ["coder"])] : []
    case "positional_servo":
    case "image_filtering_settings":
      return [
        ...(fractional ? [fault("FEAGI's decoder takes Fractional values for others", '"Linear"', '"Fractional"', ["coder"])] : []),
        ...(form.coder === "image_filtering_settings" && channels > 1
          ? [fault("FEAGI's decoder of filter settings reads one channel", "1", String(channels), ["channels"])]
          : [])
      ]
    default:
      return []
  }
}

/** Of filter settings FEAGI's decoder never reads the last two: the difference of whole pictures. */
const readable = (form: CoderForm): number => (form.coder === "image_filtering_settings" ? 4 : numbersIn(form))

const decodeOptions = (input: unknown): Decoded<MotorOptions> => {
  const decoded = decodeStrict(MotorOptions, input)
  const written = typeof input === "object" && input !== null && "coder" in input ? input.coder : undefined
  const coder = readCoder(written)
  const unit = decoded.ok ? unitOf(decoded.value.area) : undefined
  const mistakes = [
    ...(decoded.ok ? [] : decoded.mistakes),
    ...(coder.ok || written === undefined ? [] : coder.mistakes.map((each) => ({ ...each, path: ["coder", ...each.path] }))),
    ...(decoded.ok && coder.ok ? defects(coder.value, decoded.value.channels) : []),
    ...(decoded.ok && coder.ok && unit !== undefined ? unitFaults({ unit, form: coder.value, flags: decoded.value }) : []),
    ...(decoded.ok && coder.ok ? planeFaults(decoded.value, coder.value) : []),
    ...(decoded.ok && coder.ok ? rangeFaults(decoded.value, coder.value) : [])
  ]
  if (mistakes.length > 0 || !decoded.ok || !coder.ok || unit === undefined) return { ok: false, mistakes }
  const { eccentricity_plane } = decoded.value
  const form = eccentricity_plane === undefined ? coder.value : onPlane(coder.value, eccentricity_plane)
  return { ok: true, value: { ...decoded.value, unit, form } }
}

const planeFaults = ({ eccentricity_plane }: typeof MotorOptions.Type, form: CoderForm): ReadonlyArray<Mistake> => {
  if (eccentricity_plane === undefined) return []
  const [width, height] = eccentricity_plane
  const path = ["eccentricity_plane"]
  if (form.coder !== "gaze_properties") return [fault("only a gaze has a plane", "the coder GazeProperties", form.coder, path)]
  return [
    ...(form.blocks[0]?.[2] === 1 ? [] : [fault("a plane has no depth", "eccentricity depth 1", String(form.blocks[0]?.[2]), ["coder"])]),
    ...(width > 2 || height > 1 ? [] : [fault("FEAGI reads so small a plane as columns", "more than 2 x 1", `${width} x ${height}`, path)])
  ]
}

const onPlane = (form: CoderForm, [width, height]: readonly [number, number]): CoderForm => ({
  ...form,
  flags: { ...form.flags, eccentricity_plane: [width, height] },
  blocks: form.blocks.map((block, area) => (area === 0 ? [width, height, 1] : block))
})

const rangeFaults = ({ ranges, channels }: typeof MotorOptions.Type, form: CoderForm): ReadonlyArray<Mistake> => {
  const count = channels * readable(form)
  return ranges === "given" || ranges.length === count
    ? []
    : [fault("has the wrong length", `${count} ranges, one for each number of the answer`, String(ranges.length), ["ranges"])]
}

/** From the coder's numbers to those of the answer. */
const answerOf = ({ form, ranges }: MotorOptions, values: ReadonlyArray<number>): ReadonlyArray<number> => {
  if (ranges === "given") return values
  const own = coderRanges(form).slice(0, readable(form))
  return values.map((value, index) => outward(value, own[index % own.length] ?? [0, 1], ranges[index] ?? [0, 1]))
}

/** Of some forms FEAGI has a decoder only. */
const noEncoder = ({ form }: MotorOptions): ReadonlyArray<Mistake> =>
  form.encodes
    ? []
    : [
        fault(
          `FEAGI 0.0.53 has no encoder for ${form.coder}, so that nothing can be forced`,
          "a reward policy without teach events",
          form.coder,
          ["coder"]
        )
      ]

export const motor: Decoder<MotorOptions> = Decoder.define<MotorOptions>({
  id: "motor",
  decodeOptions,
  select: (options, context) => {
    const { unit, group, form, frame, channels, ranges } = options
    const single = channels * readable(form) === 1
    const mistakes = typeFaults("motor", context, single ? ["vector", "scalar"] : ["vector"])
    if (mistakes.length > 0) return refused(mistakes)
    return selectUnits([{ unit, group, form, flags: { frame }, channels, layout: { ranges } }])
  },
  read: (options, { output_type }, readings) => {
    const channels = Array.from({ length: options.channels }, (_, channel) => heard(readings[channel]))
    const quiet = channels.flatMap((values, channel) => (values === undefined ? [channel] : []))
    if (quiet.length === channels.length) return silent
    if (quiet.length > 0) return abstain(`silent: ${quiet.map((channel) => `channel ${channel}`).join(", ")}`)
    const numbers = answerOf(
      options,
      channels.flatMap((values) => values?.slice(0, readable(options.form)) ?? [])
    )
    const missing = numbers.findIndex((value) => Number.isNaN(value))
    if (missing >= 0) return abstain(`number ${missing} was not read`)
    return { answer: output_type === "scalar" ? { scalar: numbers[0] ?? Number.NaN } : { vector: numbers } }
  },
  cannotTeach: noEncoder,
  write: (options, _context, target): Selected<ReadonlyArray<CoderValue>> => {
    const { form, ranges, channels } = options
    const numbers = "vector" in target ? target.vector : "scalar" in target ? [target.scalar] : undefined
    if (numbers === undefined) return noTarget("motor", "vectors", target)
    if (!form.encodes) return refused(noEncoder(options))
    const width = numbersIn(form)
    if (numbers.length !== channels * width)
      return refused([fault("the target has another number of numbers than the output", String(channels * width), String(numbers.length))])
    const own = coderRanges(form)
    const scale = ranges === "given" ? own : ranges
    const shares = numbers.map((value, index) => shareOf(`number ${index}`, value, scale[index % scale.length] ?? [0, 1]))
    const mistakes = shares.filter((share): share is Mistake => isMistake(share))
    if (mistakes.length > 0) return refused(mistakes)
    const [, , bins] = form.blocks[0] ?? [1, 1, 1]
    const values = shares
      .filter((share): share is number => !isMistake(share))
      .map((share, index) => {
        const { low, high, whole, signed } = placeOf(form, index)
        if (form.coder === "percentage" && form.positioning === "Linear") return levelOf(share, bins, signed)
        const value = low + share * (high - low)
        return whole ? Math.round(value) : value
      })
    return {
      ok: true,
      value: Array.from({ length: channels }, (_, channel): CoderValue => {
        const row = values.slice(channel * width, (channel + 1) * width)
        return row.length === 1 ? (row[0] ?? Number.NaN) : row
      })
    }
  }
})

const placeOf = (form: CoderForm, index: number) => {
  const all = form.ranges.flatMap((range) => Array.from({ length: range.count }, () => range))
  const { low, high, whole } = all[index % all.length] ?? { low: 0, high: 1, whole: false }
  return { low, high, whole, signed: low < 0 }
}
