/**
 * `dataset check-compat` and `run plan` agree: over the tables and texts of the repository, pictures and series, and every template, what is
 * said to fit can be planned, and what is said not to fit is refused.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { crc32, deflateSync } from "node:zlib"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { makeProject, type Project } from "./support/project.ts"

const inRepository = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body) >>> 0)
  return Buffer.concat([length, body, check])
}
/** Eight by eight pixels of grey. */
const png = (bright: (x: number, y: number) => number): Buffer => {
  const head = Buffer.from([0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 0])
  const rows = Buffer.from(Array.from({ length: 8 }, (_, y) => [0, ...Array.from({ length: 8 }, (_, x) => bright(x, y))]).flat())
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0))
  ])
}

/** How each dataset comes to be, and the words that register it. */
const datasets: Readonly<Record<string, (project: Project) => ReadonlyArray<string>>> = {
  iris: () => [inRepository("docs/examples/iris/iris.csv"), "--adapter", "csv", "--label-column", "species"],
  digits: () => [inRepository("docs/examples/digits/digits.csv"), "--adapter", "csv", "--label-column", "class"],
  texts: (project) => {
    copyFileSync(inRepository("docs/examples/texts/texts.csv"), project.path("texts.csv"))
    return ["texts.csv", "--adapter", "text", "--label-column", "author"]
  },
  // Numbers that are asked for, which nothing here judges.
  widths: (project) => {
    const numbers = [...readFileSync(inRepository("docs/examples/iris/iris.csv"), "utf8").trim().split("\n")].map((line) =>
      line.replace(/,[^,]*$/, "")
    )
    project.write("widths.csv", `${numbers.join("\n")}\n`)
    return ["widths.csv", "--adapter", "csv", "--option", 'target_column="petal_width"']
  },
  pictures: (project) => {
    for (const [name, at] of [
      ["left", 0],
      ["right", 4]
    ] as const) {
      mkdirSync(project.path("pictures", name), { recursive: true })
      for (let each = 0; each < 12; each++)
        writeFileSync(
          project.path("pictures", name, `${each}.png`),
          png((x, y) => (x >= at && x < at + 4 ? 200 + ((each * 3 + y) % 50) : (each + x) % 9))
        )
    }
    return ["pictures", "--adapter", "image-folder"]
  },
  series: (project) => {
    const head = "@problemName Waves\n@timeStamps false\n@missing false\n@univariate true\n@equalLength true\n@seriesLength 8\n"
    const wave = (each: number) =>
      Array.from({ length: 8 }, (_, t) => ((each % 2 === 0 ? t : -t) + ((each * 37 + t * 11) % 101) / 101).toFixed(3))
    const rows = (from: number) => Array.from({ length: 20 }, (_, k) => `${wave(from + k).join(",")}:${k % 2 === 0 ? "rise" : "fall"}\n`)
    mkdirSync(project.path("waves"))
    for (const [part, from] of [
      ["TRAIN", 0],
      ["TEST", 20]
    ] as const)
      project.write(`waves/Waves_${part}.ts`, `${head}@classLabel true rise fall\n@data\n${rows(from).join("")}`)
    return ["waves", "--adapter", "time-series", "--option", "sample_rate_hz=25"]
  }
}

interface Fit {
  readonly kind: string
  readonly id: string
  readonly applies: "yes" | "no" | "unknown"
  readonly reasons: ReadonlyArray<string>
}
interface Template {
  readonly task: string
  readonly learner: string
  readonly entry_id: string
}

describe("check-compat and plan", () => {
  let project: Project
  const registered: Array<string> = []
  const refusals: Array<string> = []
  beforeAll(async () => {
    project = makeProject([
      ...["adapter-image-folder", "adapter-text", "adapter-time-series", "learner-gradient"],
      ...["transform-image", "transform-series", "transform-tabular", "transform-text"]
    ])
    for (const [name, make] of Object.entries(datasets)) {
      const said = await project.ftr("dataset", "add", ...make(project), "--name", name)
      if (said.code === 0) registered.push(name)
      else refusals.push(`${name}: ${said.stderr}`)
    }
  })
  afterAll(() => project.close())

  /** Whether a template's run file of a dataset can be planned, and what was said if not. */
  const planned = async (template: Template, dataset: string): Promise<readonly [boolean, string]> => {
    const flags = ["--learner", template.learner, "--dataset", `${dataset}@1`, "--seed", "1"]
    const file = await project.ftr("init", "--template", template.task, ...flags)
    if (file.code !== 0) return [false, file.stderr]
    project.write("x.run.toml", file.stdout)
    const plan = await project.ftr("run", "plan", "x.run.toml")
    return [plan.code === 0, plan.stderr]
  }

  it("agree over every dataset and every template", { timeout: 300_000 }, async () => {
    expect(refusals).toEqual([])
    const templates = await project.data<ReadonlyArray<Template>>("template", "ls")
    const counts = { yes: 0, no: 0, unknown: 0 }
    const hand = templates.map((template) => ({ template, fitting: "", refusing: [] as string[] }))
    for (const dataset of registered) {
      const { entries } = await project.data<{ readonly entries: ReadonlyArray<Fit> }>("dataset", "check-compat", `${dataset}@1`)
      for (const template of templates) {
        const fit = entries.find(({ kind, id }) => kind === "task-template" && id === template.entry_id)
        if (fit === undefined) throw new Error(`${template.entry_id} is not judged`)
        counts[fit.applies] += 1
        const written = hand.find((each) => each.template === template)
        if (fit.applies === "no") written?.refusing.push(dataset)
        else if (written !== undefined) written.fitting = dataset
        const [can, why] = await planned(template, dataset)
        const wanted = fit.applies === "unknown" ? can : fit.applies === "yes"
        expect([dataset, template.entry_id, can], `${fit.reasons.join("; ")}\n${why}`).toEqual([dataset, template.entry_id, wanted])
      }
    }
    // Whoever writes the file by hand is not refused by the template, but by the plan.
    for (const { template, fitting, refusing } of hand)
      for (const dataset of refusing) {
        const flags = ["--learner", template.learner, "--dataset", `${fitting}@1`, "--seed", "1"]
        const { stdout } = await project.ftr("init", "--template", template.task, ...flags)
        project.write("x.run.toml", stdout.replace(/^dataset = .*$/m, `dataset = "${dataset}@1"`))
        const plan = await project.ftr("run", "plan", "x.run.toml")
        expect([template.entry_id, dataset, plan.code]).toEqual([template.entry_id, dataset, 3])
      }
    expect([registered.length, templates.length, counts.unknown]).toEqual([Object.keys(datasets).length, 6, 0])
    expect([counts.yes > 4, counts.no > 20]).toEqual([true, true])
  })
})
