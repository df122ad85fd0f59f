import { readdirSync, readFileSync } from "node:fs"
import { formatDiagnostic } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { csv } from "../src/index.ts"
import { collect, world } from "./World.ts"

const folder = new URL("..", import.meta.url)
const readme = readFileSync(new URL("README.md", folder), "utf8")
const block = (language: string): string => new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(readme)?.[1] ?? ""
const path = "fruit.csv"

const scan = async (options: unknown) => {
  const decoded = csv.decodeOptions(options)
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.mistakes))
  const here = world({ [path]: block("csv") })
  const report = await here.run(csv.validate({ path }, decoded.value))
  return { here, report, options: decoded.value }
}

describe("the README", () => {
  it("shows an example that reads as it says", async () => {
    const { here, report, options } = await scan(JSON.parse(block("json")))
    const indexed = here.indexed(report)
    const raws = await here.run(Effect.flatMap(csv.open({ path }, options, indexed, "v"), (session) => collect(session, [0, 1])))
    const features = raws.map(({ data }) => (data as { readonly features: ReadonlyArray<number> }).features)
    const said = [...readme.matchAll(/`(\[[0-9., ]+\])`/g)].map(([, list]) => JSON.parse(list ?? ""))
    expect(features).toEqual(said)
    expect(report.diagnostics.map(({ code, line }) => [code, line])).toEqual([["csv/DROPPED-ROW", 3]])
  })

  it("shows the error that comes without the policy", async () => {
    const { columns, ...options } = JSON.parse(block("json"))
    const { report } = await scan({ ...options, columns: { ...columns, size: { type: "number" } } })
    expect(report.diagnostics.map((each) => formatDiagnostic(each).split("\n")[0])).toEqual([block("text").trim()])
  })

  it("names every code of the sources and no other", () => {
    const sources = readdirSync(new URL("src", folder)).map((name) => readFileSync(new URL(`src/${name}`, folder), "utf8"))
    const codes = sources.flatMap((text) =>
      [...text.matchAll(/"csv\/([A-Z0-9-]+)"|\berror\("([A-Z-]+)"/g)].map(([, code, made]) => code ?? made)
    )
    const roles = ["NO-ID", "NO-GROUP", "NO-SPLIT"]
    const table = readme.slice(readme.indexOf("## Error codes"), readme.indexOf("## Sharp edges"))
    const told = [...table.matchAll(/\b[A-Z]+(?:-[A-Z0-9]+)*\b(?=[^|]*\|[^|]*\|\n)/g)].map(([code]) => code)
    expect(told.toSorted()).toEqual([...new Set([...codes, ...roles])].toSorted())
  })
})
