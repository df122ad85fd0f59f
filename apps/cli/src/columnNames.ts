/** Names of columns as a flag takes them: `seed,-metric.accuracy`, with quotes around a name that holds a comma. */
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"

/** FT1384 for a quotation mark that is never closed and for an empty name. */
export const columnNames = (flag: string, text: string): Effect.Effect<ReadonlyArray<string>, TrainerError> => {
  const names: Array<string> = []
  const wrong = (message: string) =>
    trainerError("usage", {
      code: "FT1384",
      field: flag,
      message,
      expected: `names with commas between them, such as  name,seed`,
      actual: text
    })
  const item = /\s*(?:([+-]?)"((?:[^"\\]|\\.)*)"|([^",]*?))\s*(,|$)/y
  while (item.lastIndex < text.length || names.length === 0) {
    const at = item.lastIndex
    const found = item.exec(text)
    if (found === null)
      return wrong(text.slice(at).includes('"') ? "a quotation mark is never closed, or stands inside of a name" : "cannot be read")
    const [, sign = "", inQuotes, plain = "", end] = found
    const name = inQuotes === undefined ? plain : `${sign}${inQuotes.replace(/\\(.)/g, "$1")}`
    if (name === "") return wrong("a name is empty")
    names.push(name)
    if (end === "" || item.lastIndex === 0) break
    if (item.lastIndex === text.length) return wrong("a name is empty")
  }
  return Effect.succeed(names)
}
