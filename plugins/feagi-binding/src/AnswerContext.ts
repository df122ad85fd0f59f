/** What decoders ask of the data that they answer: its output type, its classes, the size of its pictures; and how they abstain. */
import {
  type Answer,
  type AnswerFrame,
  type CoderReading,
  type CoderValue,
  type DecoderContext,
  IMAGE_FRAME,
  type Mistake,
  type Selected,
  showValue,
  type TypedTarget
} from "@feagi-trainer/contracts"
import { refused } from "./Tabular.ts"

export const fault = (message: string, expected: string, actual: string, path: Mistake["path"] = []): Mistake => ({
  path,
  problem: "invalid",
  message,
  expected,
  actual
})

export const showType = (type: DecoderContext["output_type"]): string => (typeof type === "string" ? type : `custom ${type.custom}`)

export const typeFaults = (decoder: string, { output_type }: DecoderContext, types: ReadonlyArray<string>): ReadonlyArray<Mistake> =>
  typeof output_type === "string" && types.includes(output_type)
    ? []
    : [fault(`decoder ${decoder} answers with ${types.join(" or ")}`, `output type ${types.join(" or ")}`, showType(output_type))]

/** Channels and voxels stand for classes by their place, so that ids have to count from 0. */
export const classFaultsOf = (
  decoder: string,
  { classes }: DecoderContext,
  least: number,
  most: number,
  what: string
): ReadonlyArray<Mistake> => {
  const gap = classes.find(({ class_id }, index) => class_id !== index)
  return [
    ...(classes.length >= least && classes.length <= most
      ? []
      : [fault(`decoder ${decoder} has ${what}`, `${least} to ${most} classes`, String(classes.length))]),
    ...(gap === undefined ? [] : [fault(`class "${gap.label}" is out of its place`, "class ids 0, 1, 2, … in order", String(gap.class_id))])
  ]
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** The size that positions are counted in: written, or that of the pictures. */
export const sizeOf = (decoder: string, { shape }: DecoderContext, size: "sample" | Size): Selected<Size> => {
  if (size !== "sample") return { ok: true, value: size }
  if (shape.kind !== "image")
    return refused([
      fault(`decoder ${decoder} answers in pixels, and the samples are no pictures`, "size = { width, height }", `${shape.kind} samples`, [
        "size"
      ])
    ])
  const [width, widest] = shape.width
  const [height, highest] = shape.height
  if (width !== widest || height !== highest)
    return refused([
      fault(
        `decoder ${decoder} answers in pixels, and the pictures have several sizes: put the transform image-resize before it`,
        "one width and one height",
        `${width} to ${widest} x ${height} to ${highest}`,
        ["size"]
      )
    ])
  return { ok: true, value: { width, height } }
}

/** The frame of positions in pixels of that size; none where the size is not known, which `select` has refused. */
export const pixelFrames = (decoder: string, context: DecoderContext, size: "sample" | Size): ReadonlyArray<AnswerFrame> => {
  const found = sizeOf(decoder, context, size)
  return found.ok ? [{ frame_id: IMAGE_FRAME, width: found.value.width, height: found.value.height }] : []
}

export const abstain = (reason: string): { readonly answer: Answer } => ({ answer: { abstain: { reason } } })
export const silent = abstain("silent")

/** Numbers of a channel that fired; undefined for one that did not. */
export const heard = (reading: CoderReading | undefined): ReadonlyArray<number> | undefined => {
  if (reading === undefined || reading.silent) return undefined
  return typeof reading.value === "number" ? [reading.value] : Array.from(reading.value)
}

export const noTarget = (decoder: string, kind: string, target: TypedTarget): Selected<ReadonlyArray<CoderValue>> =>
  refused([fault(`decoder ${decoder} teaches ${kind}`, kind, Object.keys(target).join(", "))])

/** A class of the dataset, or why it is none. */
export const classTarget = (
  decoder: string,
  { classes }: DecoderContext,
  target: TypedTarget
): { readonly ok: true; readonly value: number } | { readonly ok: false; readonly mistakes: ReadonlyArray<Mistake> } => {
  if (!("class" in target)) return refused([fault(`decoder ${decoder} teaches classes`, "a class", Object.keys(target).join(", "))])
  const { class_id } = target.class
  return classes.some((each) => each.class_id === class_id)
    ? { ok: true, value: class_id }
    : refused([fault("is not a class of the dataset", `0 to ${classes.length - 1}`, showValue(class_id), ["class_id"])])
}
