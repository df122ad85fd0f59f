/** The table of operations as a table of Markdown, as docs/reference/http-api.md has it. */
import { operationIds, routeOf } from "../../src/index.ts"

const heads = ["operation", "address", "command", "given", "answer"]

const carried: Readonly<Record<string, string>> = { read: "", write: "", job: ", a job", special: "" }

export const operationTable = (): string => {
  const rows = operationIds.map((operation) => {
    const { method, path, words, fields, kind, effect, answers } = routeOf(operation)
    const given = Object.entries(fields)
      .filter(([, field]) => field.in !== "path")
      .map(([name, field]) => `\`${name}${field.required ? "" : "?"}\``)
    const answer =
      answers === "bytes" ? "bytes" : answers === "events" ? "events" : `\`${kind}\`${answers === undefined ? "" : ", or events"}`
    return [
      `\`${operation}\``,
      `\`${method} ${path}\``,
      words.length === 0 ? "" : `\`ftr ${words.join(" ")}\``,
      given.join(" "),
      `${answer}${carried[effect] ?? ""}`
    ]
  })
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)))
  const line = (cells: ReadonlyArray<string>) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`
  return [line(heads), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n")
}
