/**
 * What a run records beside its answers, from the outside: rewards, telemetry, early ends and events, in processes of their own.
 */
import { readFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { sha256Hex } from "@feagi-trainer/determinism"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { cloneOf, hashes, irisProject, type Process, type Project, type RunShown, started, store } from "./support/project.ts"

const file = ["x.run.toml", "--no-progress", "--set", "training.epochs=20", "--set", "checkpoint_every=30"]

interface Counted {
  readonly affect: Readonly<Record<string, { readonly count: number }>>
  readonly teach: number
}
interface Shown extends RunShown {
  readonly phases: ReadonlyArray<
    RunShown["phases"][number] & {
      readonly rewards_sha256: string | null
      readonly feedback: Counted | null
      readonly skipped: { readonly samples_planned: number; readonly samples_done: number } | null
      readonly scorecard_id: string | null
    }
  >
  readonly rewards: ReadonlyArray<{ readonly epoch: number; readonly samples: number; readonly mean_raw: number }>
  readonly partial: ReadonlyArray<unknown>
  readonly brain_mutated: unknown
  readonly continued: ReadonlyArray<unknown>
  readonly telemetry?: ReadonlyArray<{
    readonly phase: string
    readonly samples: number
    readonly steps: number
    readonly figures: ReadonlyArray<{ readonly name: string; readonly value: number; readonly unit: string; readonly label: string }>
  }>
}
interface Told {
  readonly kind: { readonly type: string; readonly samples_done?: number; readonly samples_total?: number }
  readonly x_feagi_trainer: { readonly sequence: number }
}

let project: Project
let whole: Shown
beforeAll(async () => {
  project = await irisProject("3")
  const { run_id } = await started(project, ...file)
  whole = await shown(run_id)
})
afterAll(() => project.close())

const shown = (id: string): Promise<Shown> => project.data<Shown>("run", "show", id, "--telemetry")
const runs = () => project.data<ReadonlyArray<{ readonly run_id: string; readonly status: string }>>("run", "ls")
const told = (id: string, ...more: ReadonlyArray<string>) => project.data<ReadonlyArray<Told>>("run", "events", id, ...more)

/** Waits until the run that `process` made has committed so many steps. */
const working = async ({ child, ended }: Process, known: number, steps: number): Promise<string> => {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the run ended before anything could be asked of it: ${(await ended).stderr}`)
    const last = (await runs()).at(known)
    if (last === undefined) continue
    if ((await told(last.run_id)).filter(({ kind }) => kind.type === "progress").length >= steps) return last.run_id
  }
}
const launch = async (steps: number, ...more: ReadonlyArray<string>) => {
  const known = (await runs()).length
  const process = project.spawn(["run", "start", ...file, ...more])
  return { ...process, id: await working(process, known, steps) }
}
/** What costs time differs; what was counted does not. */
const counted = ({ telemetry = [] }: Shown) =>
  telemetry.map(({ phase, samples, steps, figures }) => [
    phase,
    samples,
    steps,
    Object.fromEntries(
      figures
        .filter(({ name }) => ["bursts", "spikes", "synaptic_events", "neurons", "synapses", "bytes_written"].includes(name))
        .map(({ name, value }) => [name, value])
    )
  ])

describe("a run of a brain", () => {
  it("records what every training answer was worth, and that nothing was delivered while it was measured", () => {
    const [train, validate, test] = whole.phases
    expect(train?.rewards_sha256).toMatch(/^[0-9a-f]{64}$/)
    expect([validate?.rewards_sha256, test?.rewards_sha256]).toEqual([null, null])
    expect(train?.feedback?.teach).toBeGreaterThan(0)
    for (const phase of [validate, test]) expect(phase?.feedback).toEqual({ affect: {}, teach: 0, represent: 0 })
    expect(whole.rewards.map(({ epoch, samples }) => [epoch, samples])).toEqual(Array.from({ length: 20 }, (_, epoch) => [epoch, 90]))
    expect([whole.partial, whole.brain_mutated, whole.continued]).toEqual([[], null, []])
  })

  it("shows the first and the last epochs of the reward to people, and says how many lie between", async () => {
    const { stdout } = await project.ftr("run", "show", whole.run_id)
    const epochs = stdout
      .split("\n")
      .flatMap((line) => /^ {2}reward, epoch (\d+) .* raw -?\d\.\d{6} {2}shaped -?\d\.\d{6}$/.exec(line)?.[1] ?? [])
    expect(epochs).toEqual(["1", "2", "3", "4", "5", "16", "17", "18", "19", "20"])
    expect(stdout).toContain("  … 10 more epochs\n")
    expect(stdout.match(/^ {2}delivered {20}.*$/gm)?.slice(1)).toEqual(Array(2).fill(`  ${"delivered".padEnd(28)} nothing`))
  })

  it("says what it cost when it is asked, each figure with a unit and whether it was measured or estimated", async () => {
    const [train] = whole.telemetry ?? []
    const names = train?.figures.map(({ name }) => name) ?? []
    for (const name of [
      "wall_seconds",
      "cpu_user_seconds",
      "rss_peak_bytes",
      "bursts_per_second",
      "spikes",
      "synaptic_events",
      "activation_sparsity"
    ])
      expect(names).toContain(name)
    for (const { name, unit, label } of train?.figures ?? []) {
      expect(unit).not.toBe("")
      expect([name, label]).toEqual([name, name === "energy_joules" ? "estimated" : "measured"])
    }
    const text = (await project.ftr("run", "show", whole.run_id, "--telemetry")).stdout
    expect(text).toContain("Telemetry: what it cost, on this machine and in no hash")
    expect(text).toMatch(/energy_joules .* estimated \(synops-/)
    expect(Object.keys(await project.data("run", "show", whole.run_id))).not.toContain("telemetry")
    expect((await project.ftr("run", "show", whole.run_id)).stdout).not.toContain("wall_seconds")
  })

  it("puts its rewards into the bundle as rewards.jsonl, whose lines have the recorded hash", async () => {
    expect((await project.ftr("run", "export", whole.run_id, "--bundle", "rewarded")).code).toBe(0)
    const rows = project
      .read("rewarded/rewards.jsonl")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly line: string })
    expect(rows.length).toBe(20 * 90)
    expect(sha256Hex(rows.map(({ line }) => `${line}\n`).join(""))).toBe(whole.phases[0]?.rewards_sha256)
    expect(await project.ftr("run", "replay", "rewarded")).toMatchObject({ code: 0, stdout: "replay: EQUAL\n" })
  })

  it("that is killed and resumed has the same rewards, the same counts, and every step's cost once", async () => {
    const { child, ended, id } = await launch(5)
    child.kill("SIGKILL")
    await ended
    expect((await shown(id)).status).toBe("interrupted")
    expect((await project.ftr("run", "resume", id, "--no-progress")).code).toBe(0)
    const resumed = await shown(id)
    expect(hashes(resumed)).toEqual(hashes(whole))
    expect(resumed.rewards).toEqual(whole.rewards)
    const facts = ({ phases }: Shown) => phases.map(({ rewards_sha256, feedback }) => ({ rewards_sha256, feedback }))
    expect(facts(resumed)).toEqual(facts(whole))
    expect(counted(resumed)).toEqual(counted(whole))
    expect((await project.ftr("run", "replay", id)).stdout).toBe("replay: EQUAL\n")
  })
})

describe("a phase that is skipped from another process", () => {
  it("is scored over what it met, and is shown, exported, replayed and compared as what it is", async () => {
    const { ended, id } = await launch(3)
    const follower = project.spawn(["run", "events", id, "--follow", "--json"])
    expect(await project.data("run", "skip", id)).toMatchObject({ run_id: id, request: "skip", outcome: "requested" })
    const said = await ended
    expect([said.code, said.stdout]).toEqual([0, `${id}\n`])
    expect(said.stderr).toMatch(/seed 3 {2}skipped/)

    const seen = await shown(id)
    const [train, validate, test] = seen.phases
    expect([seen.status, train?.skipped?.samples_planned]).toEqual(["skipped", 1800])
    expect(train?.samples).toBe(train?.skipped?.samples_done)
    expect(train?.samples).toBeLessThan(1800)
    expect([validate?.samples, test?.samples, validate?.skipped, test?.skipped]).toEqual([30, 30, null, null])
    expect(seen.partial).toEqual([{ phase: "train", samples_planned: 1800, samples_done: train?.samples }])
    expect((await project.ftr("run", "show", id)).stdout).toContain(`PARTIAL: ended early behind ${train?.samples} of 1800 samples`)
    expect((await runs()).find(({ run_id }) => run_id === id)?.status).toBe("skipped")

    const card = await project.data<{ readonly x_feagi_trainer: unknown }>("scorecard", "show", test?.scorecard_id ?? "")
    expect(card.x_feagi_trainer).toMatchObject({ partial: seen.partial })
    expect((await project.ftr("scorecard", "verify", test?.scorecard_id ?? "")).code).toBe(0)
    const mark = `phase train ended behind ${train?.samples} of 1800 samples`
    expect((await project.ftr("scorecard", "show", test?.scorecard_id ?? "")).stdout).toContain(`  NOT WHOLE: ${mark}\n`)
    const cards = await project.data<ReadonlyArray<{ readonly run_id: string; readonly marks: ReadonlyArray<string> }>>("scorecard", "ls")
    expect(cards.filter(({ run_id }) => run_id === id).map(({ marks }) => marks)).toEqual([[mark], [mark]])
    expect(cards.filter(({ run_id }) => run_id === whole.run_id).map(({ marks }) => marks)).toEqual([[], []])
    expect((await project.ftr("run", "replay", id)).stdout).toBe("replay: EQUAL\n")
    const refused = await project.ftr("run", "compare", whole.run_id, id)
    expect(refused.code).toBe(4)
    expect(refused.stderr).toContain('field "skip"')
    const declared = await project.ftr("run", "compare", whole.run_id, id, "--across", "skip")
    expect(declared.code).toBe(0)
    expect(declared.stdout).toContain(`PARTIAL: B ended phase train early, behind ${train?.samples} of 1800 samples`)

    // Whoever followed from its first moment has what is there now, once and in order, and ended with the run.
    const followed = await follower.ended
    expect([followed.code, followed.stderr]).toEqual([0, ""])
    const documents = followed.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly schema_version: number; readonly kind: string; readonly data: Told })
    expect(new Set(documents.map(({ kind, schema_version }) => `${kind} ${schema_version}`))).toEqual(new Set(["run-event 1"]))
    expect(documents.map(({ data }) => data)).toEqual(await told(id))
    expect(documents.at(-1)?.data.kind).toEqual({ type: "skipped", samples_done: (train?.samples ?? 0) + 60, samples_total: 1860 })
  })

  it("is too late for a run that is over, and refused with 2 where nobody executes it", async () => {
    expect(await project.data("run", "skip", whole.run_id)).toMatchObject({ outcome: "nothing-to-do" })
    const { child, ended, id } = await launch(1)
    child.kill("SIGKILL")
    await ended
    const refused = await project.ftr("run", "skip", id)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain("FT3115")
    expect(refused.stderr).toContain(`feagi-trainer run resume ${id}`)
  })
})

describe("run events", () => {
  it("go on behind any number, in a table for people and as one document for scripts", async () => {
    const all = await told(whole.run_id)
    expect(all.map(({ x_feagi_trainer }) => x_feagi_trainer.sequence)).toEqual(all.map((_, number) => number))
    for (const after of [-1, 0, 7, all.length - 2, all.length - 1])
      expect(await told(whole.run_id, "--after", String(after))).toEqual(all.slice(after + 1))
    const text = await project.ftr("run", "events", whole.run_id, "--after", String(all.length - 3))
    expect(text.stdout.trimEnd().split("\n").length).toBe(2)
    expect(text.stdout).toMatch(/completed\n$/)
  })

  it("refuse a number that none can have", async () => {
    const said = await project.ftr("run", "events", whole.run_id, "--after", "-7")
    expect(said.code).toBe(2)
    expect(said.stderr).toContain("-7")
  })
})

describe("a store of a newer program", () => {
  it("is refused with 6 and left as it is, byte for byte", async () => {
    const clone = cloneOf(project)
    try {
      const path = `${store(clone)}/store.sqlite`
      const database = new DatabaseSync(path)
      database.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA user_version = 99")
      database.close()
      const before = sha256Hex(readFileSync(path))
      for (const argv of [
        ["run", "ls"],
        ["run", "show", "latest"],
        ["run", "start", ...file]
      ]) {
        const said = await clone.ftr(...argv)
        expect([argv[1], said.code]).toEqual([argv[1], 6])
        expect(said.stderr).toContain("FT4007")
        expect(said.stderr).toContain("upgrade feagi-trainer")
      }
      expect(sha256Hex(readFileSync(path))).toBe(before)
    } finally {
      clone.close()
    }
  })
})
