/**
 * Measures the coverage tables of docs/reference/statistics.md anew; started as a program it writes them between their marks:
 *
 *     node packages/evaluation/test/coverage/Tables.ts
 *
 * Sharp edge: it takes a few minutes. The full tests measure all of it, the others a few cells of each table.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { coverageOfMean, coverageOfShare, meanMethods, meanSizes, percent, shapes, shareMethods, shareSizes, shares } from "./Coverage.ts"

/** The page of the documents that holds the tables. */
export const page = new URL("../../../../docs/reference/statistics.md", import.meta.url)

/** Columns as wide as their widest cell, as the formatter of the documents writes them. */
const tableOf = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: ReadonlyArray<string>) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`
  const [head = [], ...body] = rows
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n")
}

const put = (text: string, name: string, table: string): string => {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`the page has no marks "${begin}" and "${end}"`)
  return `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`
}

/** The page with both tables measured anew. */
export const measured = (text: string): string => {
  const ofShares = shareSizes.flatMap((n) =>
    shares.map((share) => [
      String(n),
      String(share / 100),
      ...coverageOfShare(n, share, shareMethods).map(({ simulated, exact }) => `${percent(simulated)} (${percent(exact)})`)
    ])
  )
  const ofMeans = shapes.flatMap((shape) => meanSizes.map((n) => [shape, String(n), ...coverageOfMean(n, shape, meanMethods).map(percent)]))
  const withShares = put(text, "coverage of shares", tableOf([["n", "p", ...shareMethods], ...ofShares]))
  return put(withShares, "coverage of means", tableOf([["values", "n", ...meanMethods], ...ofMeans]))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, measured(readFileSync(page, "utf8")))
