/** Loops know nothing of training configs, and stages stand on them. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const source = fileURLToPath(new URL("../src", import.meta.url))
const filesOf = (folder: string): ReadonlyArray<string> => readdirSync(join(source, folder)).map((name) => join(folder, name))

/** Folders and packages that a source imports. */
const importsOf = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, target = ""]) =>
    /^\.\.?\//.test(target) ? (target.split("/").at(-2) ?? "") : target
  )

/** Every import of a folder that leads into one of these, as `file → folder`. */
const leading = (folder: string, into: ReadonlyArray<string>): ReadonlyArray<string> =>
  filesOf(folder).flatMap((file) =>
    importsOf(readFileSync(join(source, file), "utf8"))
      .filter((target) => into.includes(target))
      .map((target) => `${file} → ${target}`)
  )

describe("the import rule", () => {
  it.each(["loops", "loss", "client", "data", "scalar", "port", "log"])("keeps %s free of training configs and stages", (folder) => {
    expect(filesOf(folder).length).toBeGreaterThan(0)
    expect(leading(folder, ["ir", "stages"])).toEqual([])
  })

  it("sees an import where there is one", () => {
    expect(importsOf('import type { A } from "../ir/A.ts"\nexport * from "./B.ts"\nconst c = import("effect")')).toEqual([
      "ir",
      ".",
      "effect"
    ])
    expect(leading("stages", ["ir"]).length).toBeGreaterThan(4)
  })

  it("finds the training config used by every stage", () => {
    for (const stage of ["SupervisedTrain", "RLTrain", "DPOTrain", "Distillation"]) {
      const text = readFileSync(join(source, "stages", `${stage}.ts`), "utf8")
      expect(importsOf(text)).toContain("ir")
    }
    expect(
      importsOf(readFileSync(join(source, "stages/Stage.ts"), "utf8")).filter((target) => target === "ir").length
    ).toBeGreaterThanOrEqual(4)
    expect(readFileSync(join(source, "stages/Stage.ts"), "utf8")).toMatch(/ normalize\(spec, input, ports\)/)
  })
})

describe("the sources", () => {
  it("use no function of Math that engines may round differently, no clock and no chance of their own", () => {
    const forbidden = /Math\.(exp|log|log1p|expm1|pow|sin|cos|tan|tanh|sinh|cosh|random|hypot|cbrt|log2|log10)\b|\*\*|Date\.|process\./
    for (const file of readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"))) {
      const code = readFileSync(join(source, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "")
      expect(`${file}: ${forbidden.exec(code)?.[0]}`).toBe(`${file}: undefined`)
    }
  })
})
