import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { csv } from "../src/index.ts"
import { optionsWith, path, source, world } from "./World.ts"

const propose = async (content: string, overrides: Readonly<Record<string, unknown>> = {}) => {
  const effect = csv.propose?.(source, optionsWith(overrides))
  if (effect === undefined) throw new Error("the adapter proposes")
  return world({ [path]: content }).run(effect)
}
const rows = (header: string, lines: ReadonlyArray<string>): string => `${header}\n${lines.map((line) => `${line}\n`).join("")}`

const content = rows(
  "n,z,flag,city,note,when,mostly,empty,species",
  Array.from({ length: 40 }, (_, k) =>
    [
      k,
      k === 3 ? "NA" : k / 2,
      k % 2 === 0 ? "Yes" : "no",
      ["Rom", "Bern"][k % 2],
      `text ${k}`,
      `2026-01-${String((k % 28) + 1).padStart(2, "0")}`,
      k === 5 ? "x1" : k,
      "",
      k === 7 ? "NA" : ["b", "a"][k % 2]
    ].join(",")
  )
)

describe("propose", () => {
  it("says what every column is and why, from all of the file", async () => {
    const { options, evidence } = await propose(content)
    expect(options.columns).toEqual({
      n: { type: "integer" },
      z: { type: "number", missing: { texts: ["NA"], policy: "drop-row" } },
      flag: { type: "boolean", true: ["Yes"], false: ["no"] },
      city: { type: "category", as: "one-hot", values: ["Bern", "Rom"] },
      note: { type: "ignore" },
      when: { type: "ignore" },
      mostly: { type: "number" },
      empty: { type: "ignore" }
    })
    expect([options.classes, options.role_missing]).toEqual([["a", "b"], { texts: ["NA"], policy: "drop-row" }])
    expect(evidence.map(({ field, proposed }) => [field, proposed])).toEqual([
      ["n", "integer"],
      ["z", "number, records with a missing cell left out"],
      ["flag", "boolean"],
      ["city", "category as one-hot"],
      ["note", "ignore"],
      ["when", "ignore"],
      ["mostly", "number"],
      ["empty", "ignore"],
      ["species", "label_column; records without it are left out: role_missing"]
    ])
    const because = (field: string): string => evidence.find((each) => each.field === field)?.because ?? ""
    expect(because("n")).toBe("40 cells: 40 numbers (40 whole), 0 missing, 0 other, 40 different values, from 0 to 39")
    expect(because("z")).toContain(
      '39 numbers (20 whole), 1 missing, 0 other, 39 different values, from 0 to 19.5, missing as "NA", first data.csv:5'
    )
    expect(because("when")).toContain('time_format = "iso-8601"')
    expect(because("mostly")).toContain('first other data.csv:7 "x1"')
  })

  it("gives options that decode and, once the file is in order, scan", async () => {
    const { options } = await propose(content)
    const decoded = csv.decodeOptions(options)
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.mistakes))
    const { error_count, diagnostics } = await world({ [path]: content }).run(csv.validate(source, decoded.value))
    expect([error_count, diagnostics[0]?.code, diagnostics[0]?.line]).toEqual([1, "csv/DROPPED-ROW", 5])
    const mended = await world({ [path]: content.replace("x1", "1") }).run(csv.validate(source, decoded.value))
    expect([mended.error_count, mended.resolved_options?.dropped_rows]).toEqual([0, 2])
  })

  it("sees a drift in the last record", async () => {
    const drift = rows("x,species", [...Array.from({ length: 30_000 }, (_, k) => `${k % 100},a`), "1.5,b"])
    expect((await propose(drift)).options).toMatchObject({ columns: { x: { type: "number" } }, classes: ["a", "b"] })
    expect((await propose(drift.replace("1.5,b", "1,b"))).options).toMatchObject({ columns: { x: { type: "integer" } } })
  })

  it("tells of records that are not whole, and proposes for the others", async () => {
    const { evidence } = await propose("x,species\n1,a\n2\n3,b,c\n")
    expect(evidence[0]).toEqual({
      field: "",
      proposed: "correct the records",
      because: "2 of 3 records have another number of cells than the header, the first in data.csv:3"
    })
  })

  it("counts different values up to a bound", async () => {
    const { evidence } = await propose(
      rows(
        "x,species",
        Array.from({ length: 500 }, (_, k) => `t${k},a`)
      )
    )
    expect(evidence[0]?.because).toContain("more than 64 different values")
  })

  it("fails with the place where the file cannot be read", async () => {
    const effect = csv.propose?.(source, optionsWith())
    if (effect === undefined) throw new Error("the adapter proposes")
    const failure = await world({ [path]: 'x,species\n1,a\n2,"b\n' }).run(Effect.flip(effect))
    expect(failure).toMatchObject({ reason: "invalid", diagnostics: [{ code: "csv/UNCLOSED-QUOTE", line: 3, column: 3 }] })
  })
})
