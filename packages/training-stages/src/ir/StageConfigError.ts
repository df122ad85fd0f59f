/**
 * Why a training config became no stage config: one of four codes, with every finding at once. Normalisation fails with nothing else,
 * whatever it is given.
 */
import { Diagnostic, type Reason, type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import * as Schema from "effect/Schema"

export const stageConfigCodes = [
  /** There is neither a training config nor a key of the stage. */
  "missing_training_config",
  /** The stage was given no store or no client. */
  "missing_ports",
  /** The store has no such dataset, failed, or gave something that the stage cannot learn from. */
  "dataset_resolution_failed",
  /** A field is unknown, missing, written twice or of another type or range. */
  "unsupported_training_config"
] as const
export type StageConfigCode = (typeof stageConfigCodes)[number]

export class StageConfigError extends Schema.TaggedError<StageConfigError>()("StageConfigError", {
  code: Schema.Literals(stageConfigCodes),
  diagnostics: Schema.NonEmptyArray(Diagnostic)
}) {
  override get message(): string {
    const places = this.diagnostics.map(({ field, message, expected, actual, help }) => {
      const sides = expected === undefined ? "" : `: expected ${expected}${actual === undefined ? "" : `, got ${actual}`}`
      return `  ${field === undefined ? "" : `${field}: `}${message}${sides}${help === undefined ? "" : `; ${help}`}`
    })
    return `${this.code}\n${places.join("\n")}`
  }
}

export type Finding = Omit<Diagnostic, "code" | "severity">

/** An error of the code with all findings. Throws a RangeError when there are none. */
export const stageConfigError = (code: StageConfigCode, findings: ReadonlyArray<Finding>): StageConfigError => {
  const [first, ...rest] = findings.map((finding): Diagnostic => ({ code, severity: "error", ...finding }))
  if (first === undefined) throw new RangeError(`an error "${code}" needs at least one finding`)
  return new StageConfigError({ code, diagnostics: [first, ...rest] })
}

const reasons: Readonly<Record<StageConfigCode, Reason>> = {
  missing_training_config: "usage",
  missing_ports: "missing",
  dataset_resolution_failed: "missing",
  unsupported_training_config: "invalid"
}

/** The same failure for those who know TrainerErrors alone; the codes stay. */
export const toTrainerError = ({ code, diagnostics }: StageConfigError): TrainerError => trainerErrors(reasons[code], diagnostics)
