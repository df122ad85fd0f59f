/**
 * The one choice of the pack: what an average over classes does with a class whose value is 0 / 0. It has no default, because it
 * changes numbers. Sharp edge: a value of one class is never filled in; only averages over classes are.
 */
import { optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"

/**
 * `insufficient`: a macro or weighted average that needs an undefined value is itself undefined, and says which classes are at fault.
 * `zero`: such a value counts as 0 in the average, as scikit-learn does with `zero_division=0`.
 */
export const UndefinedInMacro = Schema.Literals(["insufficient", "zero"])
export type UndefinedInMacro = typeof UndefinedInMacro.Type

export const ClassificationOptions = Schema.Struct({ undefined_in_macro: UndefinedInMacro })
export type ClassificationOptions = typeof ClassificationOptions.Type

export const decodeClassificationOptions = optionsFrom(ClassificationOptions)
