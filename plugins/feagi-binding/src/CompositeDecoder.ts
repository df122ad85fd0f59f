/**
 * Decoder `composite`: several decoders as one. Each has areas of its own; their answers become one vector, or the fields of one custom value.
 *
 * If one part abstains, the whole does, and says which. Sharp edge: parts are decoders of this package by their ids; two of them must not
 * share an area, so that units of one code get groups of their own.
 */
import {
  type Answer,
  type AnswerFrame,
  type CoderReading,
  type CoderSelection,
  type CoderValue,
  type Decoded,
  Decoder,
  type DecoderContext,
  decodeStrict,
  isAbstain,
  type Mistake,
  type Selected,
  type TypedTarget
} from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { abstain, fault, noTarget, showType } from "./AnswerContext.ts"
import { classSet } from "./ClassSetDecoder.ts"
import { showArea } from "./CorticalId.ts"
import { countClass } from "./CountClassDecoder.ts"
import { keypoints } from "./KeypointsDecoder.ts"
import { miscClass } from "./MiscClassDecoder.ts"
import { motor } from "./MotorDecoder.ts"
import { scalar, vector } from "./NumberDecoder.ts"
import { pose } from "./PoseDecoder.ts"
import { segmentationMask } from "./SegmentationMaskDecoder.ts"
import { refused } from "./Tabular.ts"

/** The custom output type of an answer with fields. */
export const COMPOSITE_TYPE = "@feagi-trainer/feagi-binding#composite"

/** A decoder with its options, so that parts of several kinds lie in one list. */
interface Bound {
  readonly select: (context: DecoderContext) => Selected<ReadonlyArray<CoderSelection>>
  readonly read: (context: DecoderContext, readings: ReadonlyArray<CoderReading>) => Answer
  readonly frames: (context: DecoderContext) => ReadonlyArray<AnswerFrame>
  readonly cannotTeach: ReadonlyArray<Mistake>
  readonly write: (context: DecoderContext, target: TypedTarget) => Selected<ReadonlyArray<CoderValue>>
}

const bindable =
  <Options>(decoder: Decoder<Options>) =>
  (written: unknown): Decoded<Bound> => {
    const decoded = decoder.decodeOptions(written)
    if (!decoded.ok) return decoded
    const options = decoded.value
    return {
      ok: true,
      value: {
        select: (context) => decoder.select(options, context),
        read: (context, readings) => decoder.read(options, context, readings).answer,
        frames: (context) => decoder.frames?.(options, context) ?? [],
        cannotTeach: decoder.cannotTeach(options),
        write: (context, target) => decoder.write(options, context, target)
      }
    }
  }

const decoders = {
  "misc-class": bindable(miscClass),
  "count-class": bindable(countClass),
  "class-set": bindable(classSet),
  scalar: bindable(scalar),
  vector: bindable(vector),
  pose: bindable(pose),
  "segmentation-mask": bindable(segmentationMask),
  keypoints: bindable(keypoints),
  motor: bindable(motor)
} as const
type PartName = keyof typeof decoders
export const partNames = Object.keys(decoders) as ReadonlyArray<PartName>

const partTypes = ["class", "class_set", "scalar", "vector", "segmentation_mask", "pose6_dof", "keypoints"] as const

const CompositeOptions = Schema.Struct({
  /** `vector`: parts are classes (their ids), scalars and vectors, one after the other; `fields`: a custom value with a field per part. */
  join: Schema.Literals(["vector", "fields"]),
  parts: Schema.NonEmptyArray(
    Schema.Struct({
      /** Name of the field. */
      name: Schema.String.check(Schema.isPattern(/^[a-z][a-z0-9_]*$/, { expected: "a name of lower-case letters, digits and _" })),
      decoder: Schema.Literals(partNames),
      /** What the part answers with. */
      output_type: Schema.Literals(partTypes),
      options: Schema.Record(Schema.String, Schema.Unknown)
    })
  )
})
type Written = typeof CompositeOptions.Type
type Part = Written["parts"][number] & { readonly bound: Bound }
export interface CompositeOptions {
  readonly join: Written["join"]
  readonly parts: ReadonlyArray<Part>
}

/** Output types that are so many numbers in a vector. */
const flat: ReadonlyArray<string> = ["class", "scalar", "vector"]

const decodeOptions = (input: unknown): Decoded<CompositeOptions> => {
  const decoded = decodeStrict(CompositeOptions, input)
  if (!decoded.ok) return decoded
  const { join, parts } = decoded.value
  const mistakes: Array<Mistake> = []
  const bound = parts.flatMap((part, index): ReadonlyArray<Part> => {
    const at = (each: Mistake): Mistake => ({ ...each, path: ["parts", index, "options", ...each.path] })
    if (parts.findIndex(({ name }) => name === part.name) < index)
      mistakes.push(fault(`part "${part.name}" is there twice`, "a name for each part", part.name, ["parts", index, "name"]))
    if (join === "vector" && !flat.includes(part.output_type))
      mistakes.push(fault("is no number in a vector", flat.join(", "), part.output_type, ["parts", index, "output_type"]))
    const made = decoders[part.decoder](part.options)
    if (made.ok) return [{ ...part, bound: made.value }]
    mistakes.push(...made.mistakes.map(at))
    return []
  })
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, value: { join, parts: bound } }
}

const contextOf = (context: DecoderContext, { output_type }: Part): DecoderContext => ({ ...context, output_type })

/** Selections of every part, in order; mistakes under the part that they are in. */
const selectParts = ({ parts }: CompositeOptions, context: DecoderContext): Selected<ReadonlyArray<ReadonlyArray<CoderSelection>>> => {
  const selected = parts.map((part) => part.bound.select(contextOf(context, part)))
  const mistakes = selected.flatMap((each, index) =>
    each.ok ? [] : each.mistakes.map((one): Mistake => ({ ...one, path: ["parts", index, "options", ...one.path] }))
  )
  return mistakes.length > 0 ? refused(mistakes) : { ok: true, value: selected.flatMap((each) => (each.ok ? [each.value] : [])) }
}

const numbersOf = (answer: Answer): ReadonlyArray<number> => {
  if ("class" in answer) return [answer.class.class_id]
  if ("scalar" in answer) return [answer.scalar]
  return "vector" in answer ? answer.vector : []
}

/** Numbers that a part has in a vector. A vector part tells it by its ranges. */
const widthOf = ({ output_type, options }: Part): number =>
  output_type === "vector" && Array.isArray(options.ranges) ? options.ranges.length : 1

/** What each part is taught, or why the target has no such part. */
const targetsOf = ({ join, parts }: CompositeOptions, target: TypedTarget): Selected<ReadonlyArray<TypedTarget>> => {
  if (join === "vector") {
    if (!("vector" in target)) return refused([fault("decoder composite teaches vectors", "a vector", Object.keys(target).join(", "))])
    const width = parts.reduce((sum, part) => sum + widthOf(part), 0)
    if (target.vector.length !== width)
      return refused([fault("the target has another number of numbers than the parts", String(width), String(target.vector.length))])
    let at = 0
    const targets = parts.map((part): TypedTarget => {
      const numbers = target.vector.slice(at, at + widthOf(part))
      at += widthOf(part)
      const [first = Number.NaN] = numbers
      if (part.output_type === "class") return { class: { class_id: first, label: null } }
      return part.output_type === "scalar" ? { scalar: first } : { vector: numbers }
    })
    return { ok: true, value: targets }
  }
  const value = "custom" in target && target.custom.type === COMPOSITE_TYPE ? target.custom.value : undefined
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return refused([fault("decoder composite teaches values with a field per part", parts.map(({ name }) => name).join(", "), "none")])
  const fields = value as Readonly<Record<string, unknown>>
  const missing = parts.filter(({ name, output_type }) => {
    const field = fields[name]
    return typeof field !== "object" || field === null || !(output_type in field)
  })
  return missing.length > 0
    ? refused(missing.map(({ name, output_type }) => fault(`field "${name}" is missing`, `{ ${output_type}: … }`, "none", [name])))
    : { ok: true, value: parts.map(({ name }) => fields[name] as TypedTarget) }
}

export const composite: Decoder<CompositeOptions> = Decoder.define<CompositeOptions>({
  id: "composite",
  decodeOptions,
  select: (options, context) => {
    const { output_type } = context
    const fits =
      options.join === "vector" ? output_type === "vector" : typeof output_type === "object" && output_type.custom === COMPOSITE_TYPE
    const wanted = options.join === "vector" ? "vector" : `custom ${COMPOSITE_TYPE}`
    if (!fits)
      return refused([fault(`decoder composite with join = "${options.join}" answers with ${wanted}`, wanted, showType(output_type))])
    const selected = selectParts(options, context)
    if (!selected.ok) return selected
    const all = selected.value.flat()
    const twice = all.find(
      ({ binding }, index) => all.findIndex((other) => other.binding.cortical_area_id === binding.cortical_area_id) < index
    )
    if (twice === undefined) return { ok: true, value: all }
    const area = showArea(twice.binding.cortical_area_id)
    return refused([fault(`two parts read area ${area}`, "a group for each part", area, ["parts"])])
  },
  frames: ({ parts }, context) => parts.flatMap((part) => part.bound.frames(contextOf(context, part))),
  read: (options, context, readings) => {
    const selected = selectParts(options, context)
    if (!selected.ok) return abstain("not selected")
    let at = 0
    const answers = selected.value.map((selections, index) => {
      const part = options.parts[index]
      const channels = selections.reduce((sum, each) => sum + each.channels, 0)
      const own = readings.slice(at, at + channels)
      at += channels
      return part === undefined ? undefined : { part, answer: part.bound.read(contextOf(context, part), own) }
    })
    const abstained = answers.find((each) => each !== undefined && isAbstain(each.answer))
    if (abstained !== undefined) {
      const reason = isAbstain(abstained.answer) ? (abstained.answer.abstain.reason ?? "no answer") : ""
      const all = answers.every((each) => each !== undefined && isAbstain(each.answer))
      return abstain(all ? reason : `part ${abstained.part.name}: ${reason}`)
    }
    const given = answers.flatMap((each) => (each === undefined ? [] : [each]))
    if (options.join === "vector") return { answer: { vector: given.flatMap(({ answer }) => numbersOf(answer)) } }
    const value = Object.fromEntries(given.map(({ part, answer }) => [part.name, answer]))
    return { answer: { custom: { type: COMPOSITE_TYPE, value: value as never } } }
  },
  cannotTeach: ({ parts }) =>
    parts.flatMap(({ bound }, index) =>
      bound.cannotTeach.map((each): Mistake => ({ ...each, path: ["parts", index, "options", ...each.path] }))
    ),
  write: (options, context, target) => {
    const targets = targetsOf(options, target)
    if (!targets.ok) return targets
    const written = options.parts.map((part, index) => {
      const own = targets.value[index]
      return own === undefined ? noTarget("composite", part.output_type, target) : part.bound.write(contextOf(context, part), own)
    })
    const mistakes = written.flatMap((each, index) =>
      each.ok ? [] : each.mistakes.map((one): Mistake => ({ ...one, path: [options.parts[index]?.name ?? "", ...one.path] }))
    )
    return mistakes.length > 0 ? refused(mistakes) : { ok: true, value: written.flatMap((each) => (each.ok ? each.value : [])) }
  }
})
