/** The command that a draft stands for, as words behind `ftr`: by the table of operations, which the server answers by as well. */
import { argvOf } from "@feagi-trainer/control-api/argv"
import { type Draft, templateInput } from "./draft.ts"

const wordsOrNull = (operation: Parameters<typeof argvOf>[0], input: Parameters<typeof argvOf>[1]): ReadonlyArray<string> | null => {
  try {
    return argvOf(operation, input)
  } catch (cause) {
    if (cause instanceof RangeError) return null
    throw cause
  }
}

/** `dataset add …` for a source as it would be read; null until there is a name. */
export const wordsOfSource = (input: Readonly<Record<string, unknown>>): ReadonlyArray<string> | null => wordsOrNull("dataset.add", input)

/** `init …` for a text that a template wrote; null for a text of its own, which no command writes, and where the choices are no input. */
export const wordsOf = (draft: Draft): ReadonlyArray<string> | null => {
  const input = templateInput(draft)
  if (input === null || draft.origin === "hand" || draft.origin === "run") return null
  return wordsOrNull("template.show", input)
}
