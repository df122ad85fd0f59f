/** Texts and their shape, as the operations of this package need them; what they cannot take is named, with the sample. */
import {
  type IRSample,
  type Mistake,
  type SampleShape,
  type Selected,
  type TextShape,
  type TrainerError,
  trainerError
} from "@feagi-trainer/contracts"

export const mistake = (path: Mistake["path"], message: string, expected: string, actual: string): Mistake => ({
  path,
  problem: "invalid",
  message,
  expected,
  actual
})

export const refused = (...mistakes: ReadonlyArray<Mistake>): { readonly ok: false; readonly mistakes: ReadonlyArray<Mistake> } => ({
  ok: false,
  mistakes
})

export const textShape = (operation: string, shape: SampleShape): Selected<TextShape> =>
  shape.kind === "text"
    ? { ok: true, value: shape }
    : refused(mistake([], `${operation} takes texts`, "text samples", `${shape.kind} samples`))

export const sampleFault = (
  operation: string,
  code: string,
  sample: IRSample,
  message: string,
  expected: string,
  actual: string,
  help?: string
): TrainerError =>
  trainerError("invalid", {
    code: `${operation}/${code}`,
    sample_id: sample.sample_id,
    message,
    expected,
    actual,
    ...(help === undefined ? {} : { help })
  })

/** The text of a sample, or why there is none. */
export const readText = (operation: string, sample: IRSample): string | TrainerError => {
  if (!("text" in sample.payload))
    return sampleFault(operation, "SAMPLE", sample, "is no text", "payload text", Object.keys(sample.payload).join(", "))
  return sample.payload.text.isWellFormed()
    ? sample.payload.text
    : sampleFault(operation, "SAMPLE", sample, "is no text", "well-formed Unicode", "a lone surrogate")
}
