/**
 * The findings of a validation for other programs and for people: SARIF 2.1.0, which code hosts and editors show at the line, and
 * Markdown.
 */
import { type Diagnostic, escapeControl } from "@feagi-trainer/contracts"

export interface Findings {
  readonly source: string
  readonly adapter: { readonly id: string; readonly version: string }
  /** All of them, also those that are not among the diagnostics. */
  readonly errors: number
  readonly warnings: number
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

const messageOf = ({ message, expected, actual }: Diagnostic): string =>
  [message, ...(expected === undefined ? [] : [`expected ${expected}`]), ...(actual === undefined ? [] : [`got ${actual}`])].join("; ")

export const validationSarif = ({ adapter, diagnostics }: Findings): unknown => ({
  $schema: "https://json.schemastore.org/sarif-2.1.0.json",
  version: "2.1.0",
  runs: [
    {
      tool: {
        driver: {
          name: "feagi-trainer",
          rules: [...new Set(diagnostics.map(({ code }) => code))].sort().map((id) => ({ id }))
        },
        extensions: [{ name: adapter.id, version: adapter.version }]
      },
      columnKind: "utf16CodeUnits",
      results: diagnostics.map((each) => ({
        ruleId: each.code,
        level: each.severity,
        message: { text: each.help === undefined ? messageOf(each) : `${messageOf(each)}. ${each.help}` },
        ...(each.count === undefined ? {} : { occurrenceCount: each.count }),
        ...(each.file === undefined
          ? {}
          : {
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: each.file.split("/").map(encodeURIComponent).join("/") },
                    ...(each.line === undefined
                      ? {}
                      : { region: { startLine: each.line, ...(each.column === undefined ? {} : { startColumn: each.column }) } })
                  }
                }
              ]
            })
      }))
    }
  ]
})

/** Text in a cell of a table: no line break, no column mark, no markup. */
const cell = (text: string): string => escapeControl(text).replace(/[\\`*_[\]<>|]/g, (mark) => `\\${mark}`)

const place = ({ file, line, column }: Diagnostic): string =>
  [file ?? "", ...(line === undefined ? [] : [String(line), ...(column === undefined ? [] : [String(column)])])].join(":")

export const validationMarkdown = (findings: Findings): string => {
  const { source, adapter, errors, warnings, diagnostics } = findings
  const rows = diagnostics.map(
    (each) =>
      `| ${each.severity} | ${cell(each.code)} | ${cell(place(each))} | ${cell(each.field ?? "")} | ${cell(messageOf(each))} | ${cell(each.help ?? "")} |`
  )
  return [
    `# Validation of ${cell(source)}`,
    "",
    `Read by ${cell(adapter.id)} ${cell(adapter.version)}: ${errors} errors, ${warnings} warnings${diagnostics.length < errors + warnings ? `, the first ${diagnostics.length} below` : ""}.`,
    ...(rows.length === 0
      ? []
      : ["", "| severity | code | place | field | finding | way out |", "| --- | --- | --- | --- | --- | --- |", ...rows]),
    ""
  ].join("\n")
}
