/** What a gradient model tells of its training: step by step, as a report and as summaries, and checkpoint by checkpoint; a brain beside it. */
import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { Ajv2020 } from "ajv/dist/2020.js"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { measuresOf, windowOf, windowsOf } from "../src/measures.ts"
import { blobFile, flip, type GroupShown, makeProject, type Project, type RunShown, started } from "./support/project.ts"

const sets = (...values: ReadonlyArray<string>) => values.flatMap((value) => ["--set", value])

let project: Project
let group: GroupShown
let brain: RunShown
/** The first of the two gradient runs. */
let id: string

beforeAll(async () => {
  project = makeProject(["learner-gradient", "transform-tabular"])
  await project.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
  for (const [learner, file, seed] of [
    ["gradient", "g.run.toml", "1..2"],
    ["brain", "b.run.toml", "1"]
  ] as const) {
    const template = ["--template", "tabular-classification", "--learner", learner]
    const init = await project.ftr("init", ...template, "--dataset", "iris@1", "--seed", seed)
    if (init.code !== 0) throw new Error(init.stderr)
    project.write(file, init.stdout)
  }
  brain = await started(project, "b.run.toml", "--no-progress", ...sets("training.epochs=1"))
  group = await project.data<GroupShown>("run", "start", "g.run.toml", "--no-progress", ...sets("training.epochs=3", "checkpoint_every=64"))
  id = group.runs[0]?.run_id ?? ""
})
afterAll(() => project.close())

type Values = Readonly<Record<string, number>>
interface Told {
  readonly steps: ReadonlyArray<{ phase: string; epoch: number; step: number; values: Values }>
  readonly epochs: ReadonlyArray<{ phase: string; epoch: number; steps: number; values: Values }>
  readonly validations: ReadonlyArray<{ phase: string; epoch: number; part: string; samples: number; stops: boolean; values: Values }>
}
interface Logged {
  readonly type: string
  readonly payload: {
    readonly phase: string
    readonly cursor: { readonly epoch: number }
    readonly checkpoint_sha256: string
    readonly learned_hash: string
    readonly epoch: number
    readonly metrics: Values
    readonly measures?: ReadonlyArray<{ readonly step: number; readonly values: Values }>
  }
}

const told = () => project.data<Told>("run", "measures", id)
const logs = (run: string) => project.data<ReadonlyArray<Logged>>("run", "logs", run)
const bits = (value: number): bigint => new BigUint64Array(new Float64Array([value]).buffer)[0] ?? 0n
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** Cells by RFC 4180. */
const csvCells = (text: string): ReadonlyArray<ReadonlyArray<string>> =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map((match) => match[1]?.replaceAll('""', '"') ?? match[2] ?? "")
    )

describe("run measures", () => {
  it("tells every step as the journal holds it", async () => {
    const { steps, validations } = await told()
    const events = await logs(id)
    expect(steps).toEqual(
      events.flatMap(({ payload: { phase, cursor, measures = [] } }) =>
        measures.map(({ step, values }) => ({ phase, epoch: cursor.epoch + 1, step, values }))
      )
    )
    // 90 samples are two batches of 32 and one of 26, over two durable steps.
    expect(steps.map(({ step, epoch }) => [step, epoch])).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3].map((epoch, at) => [at + 1, epoch]))
    expect(Object.keys(steps[1]?.values ?? {}).toSorted()).toEqual(["accuracy", "coherence", "gradient_norm", "learning_rate", "loss"])
    expect(validations.map(({ epoch, part, values }) => [epoch, part, values])).toEqual(
      events.filter(({ type }) => type === "validated").map(({ payload: { epoch, metrics } }) => [epoch + 1, "val", metrics])
    )
    expect(validations).toHaveLength(3)
  })

  it("tells the means of every epoch, over the steps that have the measure", async () => {
    const { steps, epochs } = await told()
    expect(epochs.map(({ epoch, steps: count }) => [epoch, count])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3]
    ])
    expect(steps.filter(({ values }) => !("coherence" in values)).map(({ step }) => step)).toEqual([1])
    for (const { epoch, values } of epochs)
      for (const [name, mean] of Object.entries(values)) {
        const all = steps.filter((each) => each.epoch === epoch).flatMap((each) => each.values[name] ?? [])
        expect(all).toHaveLength(name === "coherence" && epoch === 1 ? 2 : 3)
        expect(mean).toBeCloseTo(all.reduce((sum, value) => sum + value, 0) / all.length, 14)
      }
  })

  it("gives a CSV that says what the JSON says: every number to the last bit, and nothing where nothing is", async () => {
    const csv = await project.ftr("run", "measures", id, "--format", "csv", "--out", "m.csv")
    const json = await project.ftr("run", "measures", id, "--format", "json", "--out", "m.json")
    expect([csv.code, json.code, csv.stdout, json.stdout]).toEqual([0, 0, "m.csv\n", "m.json\n"])
    const { data } = JSON.parse(project.read("m.json")) as { data: Told }
    const [head = [], ...rows] = csvCells(project.read("m.csv"))
    expect(new Set(head).size).toBe(head.length)
    const members = { step: data.steps, epoch: data.epochs, validation: data.validations } as const
    const records = Object.entries(members).flatMap(([record, all]) => all.map((each) => ({ record, ...each })))
    expect(rows).toHaveLength(records.length)
    let numbers = 0
    let empty = 0
    for (const [at, { values, ...record }] of records.entries()) {
      const said: Record<string, unknown> = {
        ...record,
        ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`values.${name}`, value]))
      }
      expect(rows[at]).toHaveLength(head.length)
      for (const [column, name] of head.entries()) {
        const cell = rows[at]?.[column] ?? ""
        const value = said[name]
        delete said[name]
        if (value === undefined) {
          expect([name, cell]).toEqual([name, ""])
          empty += 1
        } else if (typeof value === "number") {
          expect([name, cell === "" ? undefined : bits(Number(cell))]).toEqual([name, bits(value)])
          numbers += 1
        } else expect([name, cell]).toEqual([name, String(value)])
      }
      // And the CSV has a column for everything.
      expect(said).toEqual({})
    }
    expect(numbers).toBeGreaterThan(150)
    expect(empty).toBeGreaterThan(100)
  })

  it("prints what it writes, and overwrites nothing", async () => {
    const csv = await project.ftr("run", "measures", id, "--format", "csv")
    expect(csv.stdout).toBe(project.read("m.csv"))
    expect((await project.ftr("run", "measures", id, "--format", "json")).stdout).toBe(project.read("m.json"))
    expect((await project.ftr("run", "measures", id, "--json")).stdout).toBe(project.read("m.json"))
    const again = await project.ftr("run", "measures", id, "--format", "json", "--out", "m.csv")
    expect([again.code, again.stderr.includes("FT3304")]).toEqual([3, true])
    expect(project.read("m.csv")).toBe(csv.stdout)
  })

  it("shows people one line per epoch, in 80 columns", async () => {
    const { stdout } = await project.ftr("run", "measures", id)
    const lines = stdout.split("\n")
    expect(lines[0]).toMatch(/^EPOCH +LOSS +ACCURACY +COHERENCE +GRADIENT_NORM +LEARNING_RATE +VAL ACCURACY$/)
    expect(lines.slice(1, 4).map((line) => line.trim().split(/\s+/).length)).toEqual([7, 7, 7])
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    expect(stdout).toContain("all 9 optimiser steps")
  })

  it("says of a run without an optimiser that there is nothing to tell", async () => {
    const said = await project.ftr("run", "measures", brain.run_id, "--out", "none")
    expect([said.code, said.stdout, said.stderr.includes("FT3317"), said.stderr.includes('"brain"')]).toEqual([3, "", true, true])
    expect(existsSync(project.path("none"))).toBe(false)
  })
})

describe("the measures of many steps", () => {
  it("are thinned to means over windows of equal width, at most so many for the longest run", () => {
    expect([[], [9], [200], [201, 7], [400], [401]].map((lengths) => windowOf(lengths, 200))).toEqual([1, 1, 1, 2, 2, 3])
    const steps = Array.from({ length: 7 }, (_, at) => ({
      phase: "train",
      epoch: 1,
      step: at + 1,
      values: { loss: at, ...(at === 0 || at > 4 ? {} : { coherence: 0.5 * at }) }
    }))
    expect(windowsOf(steps, 3)).toEqual([
      { step: 3, means: { loss: 1, coherence: 0.75 } },
      { step: 6, means: { loss: 4, coherence: 1.75 } },
      { step: 7, means: { loss: 6 } }
    ])
  })

  it("are of the phase and epoch that they were made in, whatever lies between their events", () => {
    const step = (phase: string, epoch: number, first: number, ...losses: ReadonlyArray<number>) => ({
      type: "step",
      payload: { phase, cursor: { phase: 0, epoch, next: 1 }, measures: losses.map((loss, at) => ({ step: first + at, values: { loss } })) }
    })
    const silent = { type: "step", payload: { phase: "test", cursor: { phase: 1, epoch: 0, next: 1 } } }
    const events = [step("train", 0, 1, 4, 2), { type: "paused", payload: {} }, step("train", 0, 3, 0), silent, step("tune", 0, 4, 1)]
    expect(measuresOf(events).epochs).toEqual([
      { phase: "train", epoch: 1, steps: 3, values: { loss: 2 } },
      { phase: "tune", epoch: 1, steps: 1, values: { loss: 1 } }
    ])
    expect(measuresOf([silent])).toEqual({ steps: [], epochs: [], validations: [] })
  })
})

interface Checkpoint {
  readonly step: number
  readonly phase: string
  readonly epoch: number
  readonly samples: number
  readonly optimiser_step: number | null
  readonly checkpoint_sha256: string
  readonly full_hash: string
  readonly parent: string | null
  readonly learned_hash: string | null
}
interface Log {
  readonly state: string
  readonly initial_hash: string
  readonly checkpoints: ReadonlyArray<Checkpoint>
}

describe("weights log", () => {
  it("has a row for every committed checkpoint, each with the one that it came from", async () => {
    const { state, initial_hash, checkpoints } = await project.data<Log>("weights", "log", id)
    const events = await logs(id)
    expect(state).toBe("weights")
    expect(initial_hash).toBe(events.find(({ type }) => type === "phase-started")?.payload.learned_hash)
    expect(checkpoints.map((each) => each.checkpoint_sha256)).toEqual(
      events.filter(({ type }) => type === "step").map(({ payload }) => payload.checkpoint_sha256)
    )
    expect(checkpoints.map(({ step, phase, epoch, samples, optimiser_step }) => [step, phase, epoch, samples, optimiser_step])).toEqual([
      [1, "train", 1, 64, 2],
      [2, "train", 1, 90, 3],
      [3, "train", 2, 64, 5],
      [4, "train", 2, 90, 6],
      [5, "train", 3, 64, 8],
      [6, "train", 3, 90, 9],
      [7, "validate", 1, 30, 9],
      [8, "test", 1, 30, 9]
    ])
    const [first, ...others] = checkpoints.slice(0, 6)
    expect(first?.parent).toBeNull()
    expect(others.map(({ parent }) => parent)).toEqual(checkpoints.slice(0, 5).map((each) => each.checkpoint_sha256))
    // A frozen model is what it was: the same checkpoint, with the same parent, and never its own.
    for (const each of checkpoints.slice(6))
      expect([each.checkpoint_sha256, each.parent]).toEqual([checkpoints[5]?.checkpoint_sha256, checkpoints[5]?.parent])
  })

  it("ends every phase with the weights that the run recorded", async () => {
    const { checkpoints } = await project.data<Log>("weights", "log", id)
    const [run] = group.runs
    expect(checkpoints.flatMap(({ phase, learned_hash }) => (learned_hash === null ? [] : [[phase, learned_hash]]))).toEqual(
      run?.phases.map(({ phase, weights_sha256 }) => [phase, weights_sha256])
    )
    const { stdout } = await project.ftr("weights", "log", id)
    expect(stdout).toContain("Hash of the weights\n")
    expect(stdout).toMatch(new RegExp(`^ {2}test +${run?.weights_sha256}$`, "m"))
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([])
  })

  it("tells the checkpoints of a brain, which has no optimiser", async () => {
    const { state, checkpoints } = await project.data<Log>("weights", "log", brain.run_id)
    expect([state, checkpoints.map(({ optimiser_step }) => optimiser_step)]).toEqual(["connectome", checkpoints.map(() => null)])
    expect(checkpoints.findLast(({ phase }) => phase === "train")?.learned_hash).toBe(brain.phases[0]?.connectome_hash)
    expect((await project.ftr("weights", "log", brain.run_id)).stdout).toContain("Hash of the connectome\n")
  })
})

interface Exported {
  readonly file: string
  readonly format: string
  readonly bytes: number
  readonly checkpoint_sha256: string
  readonly step: number
}

describe("weights export", () => {
  const exported = (...argv: ReadonlyArray<string>) => project.data<Exported>("weights", "export", ...argv)

  it("writes the weights at the end of training as a safetensors file, byte for byte", async () => {
    const { checkpoints } = await project.data<Log>("weights", "log", id)
    const found = await exported(id, "--out", "model.safetensors")
    const bytes = readFileSync(project.path("model.safetensors"))
    expect(found).toMatchObject({ format: "safetensors", step: 6, bytes: bytes.length })
    expect([sha256(bytes), found.checkpoint_sha256]).toEqual([checkpoints[5]?.checkpoint_sha256, checkpoints[5]?.checkpoint_sha256])
    const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString("utf8")) as Record<
      string,
      { dtype?: string }
    >
    const weights = Object.keys(header).filter((name) => name.startsWith("weights/"))
    expect(weights.length).toBeGreaterThan(3)
    expect(weights.map((name) => header[name]?.dtype)).toEqual(weights.map(() => "F32"))
  })

  it("takes a step or the end of a phase", async () => {
    const { checkpoints } = await project.data<Log>("weights", "log", id)
    const third = await exported(id, "--step", "3", "--out", "third")
    expect([third.step, sha256(readFileSync(project.path("third")))]).toEqual([3, checkpoints[2]?.checkpoint_sha256])
    expect((await exported(id, "--phase", "test", "--out", "tested")).step).toBe(8)
    expect(readFileSync(project.path("tested"))).toEqual(readFileSync(project.path("model.safetensors")))
  })

  it("writes the checkpoint of a brain, and says that it is one", async () => {
    const found = await exported(brain.run_id, "--out", "brain.bin")
    const bytes = readFileSync(project.path("brain.bin"))
    expect([found.format, sha256(bytes), bytes.subarray(0, 4).toString("latin1")]).toEqual([
      "connectome-checkpoint",
      found.checkpoint_sha256,
      "FTBL"
    ])
    const said = await project.ftr("weights", "export", brain.run_id, "--out", "again.bin")
    expect(said.stdout).toContain("connectome checkpoint")
  })

  it("refuses what it cannot give, and writes nothing", async () => {
    const refused = async (code: number, text: string, ...argv: ReadonlyArray<string>) => {
      const said = await project.ftr("weights", "export", id, ...argv)
      expect([argv, said.code, said.stderr.includes(text) || said.stderr]).toEqual([argv, code, true])
    }
    const before = readFileSync(project.path("third"))
    await refused(3, "FT3304", "--out", "third")
    expect(readFileSync(project.path("third"))).toEqual(before)
    // Three durable steps hold nine steps of the optimiser: whoever means one of these is told.
    await refused(2, "optimiser step 9 is durable step 6", "--step", "9", "--out", "none")
    await refused(2, "1 to 8", "--step", "0", "--out", "none")
    await refused(2, "one of train, validate, test", "--phase", "tset", "--out", "none")
    await refused(2, "--step and --phase both", "--phase", "test", "--step", "1", "--out", "none")
    const { checkpoints } = await project.data<Log>("weights", "log", id)
    const blob = blobFile(project, checkpoints[0]?.checkpoint_sha256 ?? "")
    flip(blob, 3000)
    await refused(6, checkpoints[0]?.checkpoint_sha256 ?? "", "--step", "1", "--out", "none")
    flip(blob, 3000)
    expect(existsSync(project.path("none"))).toBe(false)
    await exported(id, "--step", "1", "--out", "mended")
  })
})

describe("run show", () => {
  it("has the weights of a learner that is no brain, and the connectome of one that is", async () => {
    const shown = await project.data<RunShown>("run", "show", id)
    expect(shown.weights_sha256).toBe(shown.phases.at(-1)?.weights_sha256)
    expect(shown.weights_sha256).toMatch(/^[0-9a-f]{64}$/)
    expect([shown, ...shown.phases].filter((each) => "connectome_hash" in each)).toEqual([])
    expect((await project.ftr("run", "show", id)).stdout).toContain(`  weights      ${shown.weights_sha256}\n`)
    const other = await project.data<RunShown>("run", "show", brain.run_id)
    expect([other, ...other.phases].filter((each) => "weights_sha256" in each)).toEqual([])
    expect((await project.ftr("run", "show", brain.run_id)).stdout).not.toMatch(/^ {2}weights /m)
  })
})

describe("run summaries", () => {
  type Epoch = {
    readonly epoch: number
    readonly measures?: { steps: number; means: Values }
    readonly validation?: { part: string; values: Values }
  }
  const epochsOf = async (run: string, out: string): Promise<ReadonlyArray<Epoch>> => {
    await project.data("run", "summaries", run, "--out", out)
    const document = JSON.parse(project.read(`${out}/training_metrics.json`)) as {
      body: { runs: ReadonlyArray<{ epochs: ReadonlyArray<Epoch> }> }
    }
    const schema = JSON.parse((await project.ftr("schema", "show", "TrainingMetrics")).stdout) as object
    const valid = new Ajv2020({ strict: false }).compile(schema)
    expect([valid(document), valid.errors]).toEqual([true, null])
    return document.body.runs[0]?.epochs ?? []
  }

  it("have the measures of every epoch, and the validation behind it", async () => {
    const epochs = await epochsOf(id, "sums")
    const { epochs: means, validations } = await told()
    expect(epochs.map(({ measures }) => measures)).toEqual(means.map(({ steps, values }) => ({ steps, means: values })))
    expect(epochs.map(({ validation }) => validation?.values)).toEqual(validations.map(({ values }) => values))
    const text = project.read("sums/session_summary.md")
    expect(text).toContain("| mean over the optimiser steps | epoch 1 | epoch 3 |")
    expect(text).toContain(`| coherence | ${means[0]?.values.coherence?.toFixed(6)} | ${means[2]?.values.coherence?.toFixed(6)} |`)
    expect(text).toContain(`accuracy of val behind epoch 3: ${validations[2]?.values.accuracy?.toFixed(6)}.`)
  })

  it("have none of this for a brain", async () => {
    const epochs = await epochsOf(brain.run_id, "brainsums")
    expect(epochs.map((each) => ["measures" in each, "validation" in each])).toEqual([[false, false]])
    expect(project.read("brainsums/session_summary.md")).not.toContain("optimiser")
  })
})

describe("report", () => {
  interface Reported {
    readonly report: {
      readonly question: string
      readonly conditions: ReadonlyArray<{
        readonly runs: ReadonlyArray<{
          readonly training?: {
            readonly steps: number
            readonly window: number
            readonly windows: ReadonlyArray<{ step: number; means: Values }>
          }
          readonly validations?: ReadonlyArray<{ readonly epoch: number; readonly value: number }>
        }>
      }>
    }
  }

  it("draws the measures of every seed, and what was validated", async () => {
    const { report } = await project.data<Reported>("report", group.group_id, "--out", "rep")
    const { steps, validations } = await told()
    const runs = report.conditions[0]?.runs ?? []
    expect(runs.map(({ training }) => [training?.steps, training?.window])).toEqual([
      [9, 1],
      [9, 1]
    ])
    expect(runs[0]?.training?.windows).toEqual(steps.map(({ step, values }) => ({ step, means: values })))
    expect(runs[0]?.validations?.map(({ epoch, value }) => [epoch, value])).toEqual(
      validations.map(({ epoch, values }) => [epoch, values.accuracy])
    )
    const html = project.read("rep/report.html")
    for (const title of ["Validation: accuracy by epoch", "Training: loss by optimiser step", "Training: coherence by optimiser step"])
      expect(html).toContain(title)
    expect([html.includes("No reward was recorded."), report.question.includes("reward")]).toEqual([false, false])
  })

  it("draws none of this for a brain", async () => {
    const { report } = await project.data<Reported>("report", brain.run_id, "--out", "brainrep")
    expect(Object.keys(report.conditions[0]?.runs[0] ?? {}).filter((name) => ["training", "validations"].includes(name))).toEqual([])
    const html = project.read("brainrep/report.html")
    expect([html.includes("optimiser step"), html.includes("Validation:"), report.question.includes("by its reward")]).toEqual([
      false,
      false,
      true
    ])
  })
})
