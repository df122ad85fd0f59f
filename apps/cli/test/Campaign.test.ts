/**
 * Campaigns: what is finished is not run again, what is killed goes on, what fails hides nothing; and the bytes of every run are those that it
 * has when it is started alone.
 */
import { mkdirSync, readFileSync } from "node:fs"
import { decodeDocument, parseDocument } from "@feagi-trainer/config"
import { CampaignFile } from "@feagi-trainer/core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
  blobFile,
  cloneOf,
  flip,
  type GroupShown,
  hashes,
  irisProject,
  type Process,
  type Project,
  type RunShown
} from "./support/project.ts"

interface CampaignShown {
  readonly campaign_id: string
  readonly status: string
  readonly runs_total: number
  readonly runs_completed: number
  readonly runs_failed: number
  readonly members: ReadonlyArray<{
    readonly label: string
    readonly claim: string
    readonly statistic: { readonly n?: number; readonly mean?: number; readonly ci_low?: number; readonly insufficient?: string }
    readonly iqm: number | { readonly insufficient: string }
    readonly runs: ReadonlyArray<{
      readonly seed: number
      readonly run_id: string | null
      readonly status: string
      readonly reused: boolean
      readonly failure: string | null
      readonly value: number | null
    }>
  }>
}

const campaignFile = (entries: ReadonlyArray<readonly [string, string]>): string =>
  `schema_version = 1\nname = "flowers"\n${entries.map(([label, file]) => `\n[[runs]]\nlabel = "${label}"\nfile = "${file}"\n`).join("")}`

let project: Project
/** What every run says that is started alone. */
let alone: ReadonlyMap<string, ReturnType<typeof hashes>>
beforeAll(async () => {
  project = await irisProject("1..2")
  const text = project
    .read("x.run.toml")
    .replace(/^epochs = .*$/m, "epochs = 4")
    .replace(/^checkpoint_every = .*$/m, "checkpoint_every = 30")
  project.write("x.run.toml", text)
  project.write("silent.run.toml", text.replace("silent_reward = false", "silent_reward = true").replace(/^seeds = .*$/m, "seeds = [3]"))
  project.write(
    "a.campaign.toml",
    campaignFile([
      ["recipe", "x.run.toml"],
      ["silent reward", "silent.run.toml"]
    ])
  )
  const clone = cloneOf(project)
  try {
    const groups = [
      await clone.data<GroupShown>("run", "start", "x.run.toml", "--no-progress"),
      await clone.data<GroupShown>("run", "start", "silent.run.toml", "--no-progress")
    ]
    alone = new Map(groups.flatMap(({ runs }) => runs.map((run) => [run.spec_sha256, hashes(run)])))
  } finally {
    clone.close()
  }
})
afterAll(() => project.close())

const inClone = (body: (clone: Project) => Promise<void>) => async () => {
  const clone = cloneOf(project)
  try {
    await body(clone)
  } finally {
    clone.close()
  }
}
const runsOf = ({ members }: CampaignShown) => members.flatMap(({ runs }) => runs)
const status = (of: Project) => of.data<CampaignShown>("campaign", "status")
const ids = (shown: CampaignShown) => runsOf(shown).flatMap(({ run_id }) => run_id ?? [])
const count = async (of: Project) => (await of.data<ReadonlyArray<unknown>>("run", "ls")).length

/** Every run of the campaign has the bytes that it has alone. */
const expectBytes = async (of: Project) => {
  const runs = await Promise.all(ids(await status(of)).map((id) => of.data<RunShown>("run", "show", id)))
  expect(new Map(runs.map((run) => [run.spec_sha256, hashes(run)]))).toEqual(alone)
}

/** Waits until the first run of the campaign has committed a step. */
const launched = async (of: Project, ...argv: ReadonlyArray<string>): Promise<Process> => {
  const process = of.spawn(["campaign", "start", "a.campaign.toml", "--no-progress", ...argv])
  for (;;) {
    if (process.child.exitCode !== null) throw new Error(`the campaign ended before it could be stopped: ${(await process.ended).stderr}`)
    const listed = await of.ftr("campaign", "status", "--json")
    if (listed.code !== 0) continue
    const { data } = JSON.parse(listed.stdout) as { readonly data: CampaignShown }
    const [first] = ids(data)
    if (first === undefined || data.status !== "running") continue
    const events = await of.data<ReadonlyArray<{ readonly type: string }>>("run", "logs", first)
    if (events.some(({ type }) => type === "step")) return process
  }
}

describe("a campaign", () => {
  it(
    "runs every seed of every file to the bytes it has alone, and says of each file what its seeds say together",
    inClone(async (clone) => {
      const shown = await clone.data<CampaignShown>("campaign", "start", "a.campaign.toml", "--workers", "2", "--no-progress")
      expect([shown.status, shown.runs_total, shown.runs_completed, shown.runs_failed]).toEqual(["completed", 3, 3, 0])
      expect(shown.members.map(({ label, claim, runs }) => [label, claim, runs.map(({ seed }) => seed)])).toEqual([
        ["recipe", "n=2", [1, 2]],
        ["silent reward", "n=1", [3]]
      ])
      await expectBytes(clone)
      const [recipe, silent] = shown.members
      const values = recipe?.runs.map(({ value }) => value ?? Number.NaN) ?? []
      expect(recipe?.statistic.n).toBe(2)
      expect(recipe?.statistic.mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / 2, 12)
      expect(recipe?.statistic.ci_low).toBeLessThan(recipe?.statistic.mean ?? 0)
      expect(silent?.statistic).toMatchObject({ n: 1, mean: silent?.runs[0]?.value })

      const human = await clone.ftr("campaign", "status")
      expect(human.stdout).toMatch(/silent reward +test accuracy 0\.\d{4} \(n=1: one seed, which says nothing of the others\)/)
      expect(human.stdout).toMatch(/recipe +test accuracy 0\.\d{4}, 95 % interval .* IQM 0\.\d{4} \(n=2\)/)
      const report = await clone.ftr("campaign", "report")
      expect(report.stdout).toContain("- **recipe** test accuracy")
      expect(report.stdout).not.toContain("What failed")
      expect(await clone.ftr("campaign", "report")).toEqual(report)
    })
  )

  it(
    "runs nothing again: neither what it finished itself, nor what was finished before it, and says so",
    inClone(async (clone) => {
      const before = await clone.data<GroupShown>("run", "start", "silent.run.toml", "--no-progress")
      const started = await clone.ftr("campaign", "start", "a.campaign.toml", "--json", "--no-progress")
      expect(started.code).toBe(0)
      const { data } = JSON.parse(started.stdout) as { readonly data: CampaignShown }
      expect(runsOf(data).map(({ reused }) => reused)).toEqual([false, false, true])
      expect(runsOf(data)[2]?.run_id).toBe(before.runs[0]?.run_id)
      expect(started.stderr).toContain(`not run again, finished before: ${before.runs[0]?.run_id}`)
      expect(await count(clone)).toBe(3)

      // The same files in another folder are the same campaign.
      mkdirSync(clone.path("elsewhere"))
      for (const name of ["x.run.toml", "silent.run.toml", "a.campaign.toml"]) clone.write(`elsewhere/${name}`, clone.read(name))
      const again = await clone.ftr("campaign", "start", "elsewhere/a.campaign.toml", "--json")
      expect(again.code).toBe(0)
      expect(JSON.parse(again.stdout)).toMatchObject({ data: { campaign_id: data.campaign_id, status: "completed" } })
      expect(again.stderr).toContain("is completed already; nothing is run again")
      expect(await count(clone)).toBe(3)
      expect(await clone.ftr("campaign", "resume")).toMatchObject({ code: 2 })
    })
  )

  it(
    "that is killed is interrupted, refuses no resume, and comes to the same bytes with no run more than it has seeds",
    inClone(async (clone) => {
      const { child, ended } = await launched(clone, "--workers", "2")
      const refused = await clone.ftr("campaign", "resume", "--json")
      expect(refused.code).toBe(8)
      expect(JSON.parse(refused.stdout)).toMatchObject({ kind: "error", data: { reason: "locked", diagnostics: [{ code: "FT4021" }] } })
      child.kill("SIGKILL")
      await ended
      const killed = await status(clone)
      expect(killed.status).toBe("interrupted")
      expect(killed.members[0]?.statistic.insufficient).toMatch(/^[12] of 2 seeds have no result yet$/)
      expect((await clone.ftr("campaign", "resume", "--workers", "2", "--no-progress")).code).toBe(0)
      expect((await status(clone)).status).toBe("completed")
      expect(await count(clone)).toBe(3)
      await expectBytes(clone)
      expect(await clone.ftr("artifact", "verify")).toMatchObject({ code: 0 })
    })
  )

  it(
    "is paused by a signal with 130 and by another process with 0, and stopped for good by another one",
    inClone(async (clone) => {
      const first = await launched(clone)
      first.child.kill("SIGINT")
      const said = await first.ended
      expect(said.code).toBe(130)
      const { campaign_id } = await status(clone)
      expect(said.stderr).toContain(`feagi-trainer campaign resume ${campaign_id}`)
      expect(said.stdout.startsWith(`${campaign_id}\n`)).toBe(true)
      expect((await status(clone)).status).toBe("paused")

      const second = await launched(clone)
      expect(await clone.data("campaign", "pause")).toMatchObject({ campaign_id, outcome: "requested" })
      expect((await second.ended).code).toBe(0)
      expect((await status(clone)).status).toBe("paused")
      expect(await clone.data("campaign", "pause")).toMatchObject({ outcome: "nothing-to-do" })

      expect(await clone.data("campaign", "stop")).toMatchObject({ outcome: "done" })
      const stopped = await status(clone)
      expect(stopped.status).toBe("stopped")
      const over = runsOf(stopped).map((run) => [run.status, run.run_id] as const)
      expect(over.filter(([is]) => is !== "completed").map(([is]) => is)).toEqual(expect.arrayContaining(["cancelled", "cancelled"]))
      expect((await clone.ftr("campaign", "resume")).stderr).toContain("FT3111")

      // A new start is a new attempt of what was cancelled.
      expect((await clone.ftr("campaign", "start", "a.campaign.toml", "--no-progress")).code).toBe(0)
      expect(ids(await status(clone))).toEqual(over.map(([is, id]) => (is === "completed" ? id : id?.replace(/-1$/, "-2"))))
      await expectBytes(clone)
    })
  )

  it(
    "goes on past a run that fails, says every failure at its end, and is whole once the cause is gone",
    inClone(async (clone) => {
      const first = await launched(clone)
      first.child.kill("SIGINT")
      await first.ended
      const blobs = await Promise.all(
        ids(await status(clone))
          .slice(1, 3)
          .map(async (id) => {
            const { document } = await clone.data<{
              readonly document: { readonly split: { readonly parts: ReadonlyArray<{ readonly ids_sha256: string }> } }
            }>("run", "show", id, "--document")
            return blobFile(clone, document.split.parts[0]?.ids_sha256 ?? "")
          })
      )
      for (const blob of blobs) flip(blob, 5)
      const said = await clone.ftr("campaign", "resume", "--workers", "2", "--no-progress")
      expect(said.code).toBe(6)
      expect(said.stderr).toContain("2 of 3 runs failed")
      for (const seed of [2, 3]) expect(said.stderr).toMatch(new RegExp(`seed ${seed} \\(r-.*changed since the run was planned`))
      const failed = await status(clone)
      expect([failed.status, failed.runs_completed, failed.runs_failed]).toEqual(["failed", 1, 2])
      expect(runsOf(failed).map(({ failure }) => failure?.includes("FT3104") ?? null)).toEqual([null, true, true])
      expect((await clone.ftr("campaign", "report")).stdout).toContain("## What failed")

      for (const blob of blobs) flip(blob, 5)
      expect((await clone.ftr("campaign", "resume", "--no-progress")).code).toBe(0)
      expect((await status(clone)).status).toBe("completed")
      await expectBytes(clone)
    })
  )

  it("is refused before anything is written, with what is wrong in all its files together", async () => {
    const before = await count(project).catch(() => 0)
    project.write("bad-1.run.toml", project.read("x.run.toml").replace(/^dataset = .*$/m, 'dataset = "nothing@1"'))
    project.write("bad-2.run.toml", project.read("x.run.toml").replace(/^protocol = .*$/m, 'protocol = "no-such-protocol@1"'))
    project.write(
      "bad.campaign.toml",
      campaignFile([
        ["one", "bad-1.run.toml"],
        ["two", "bad-2.run.toml"],
        ["three", "absent.run.toml"]
      ])
    )
    const bad = await project.ftr("campaign", "start", "bad.campaign.toml")
    expect(bad.code).toBe(3)
    for (const part of ["bad-1.run.toml:", "bad-2.run.toml:", "absent.run.toml"]) expect(bad.stderr).toContain(part)

    project.write(
      "twice.campaign.toml",
      campaignFile([
        ["same", "x.run.toml"],
        ["same", "x.run.toml"]
      ])
    )
    const twice = await project.ftr("campaign", "start", "twice.campaign.toml", "--json")
    expect(twice.code).toBe(3)
    const { data } = JSON.parse(twice.stdout) as {
      readonly data: { readonly diagnostics: ReadonlyArray<{ readonly code: string; readonly line: number }> }
    }
    expect(data.diagnostics.map(({ code }) => code)).toEqual(expect.arrayContaining(["FT2501", "FT2502"]))
    expect(data.diagnostics.map(({ line }) => line > 0)).not.toContain(false)
    expect(await count(project).catch(() => 0)).toBe(before)
    expect((await project.ftr("campaign", "ls")).stdout).toBe("no campaign yet\n")
  })
})

describe("the guide", () => {
  it("shows a campaign file that is one", () => {
    const page = readFileSync(new URL("../../../docs/guides/campaigns.md", import.meta.url), "utf8")
    const text = /^```toml\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? ""
    const parsed = parseDocument({ text, file: "iris.campaign.toml", format: "toml" })
    expect(parsed.ok && decodeDocument(CampaignFile, parsed.document)).toMatchObject({
      ok: true,
      value: { name: "iris with its controls" }
    })
  })

  it.each([
    ["a label that would move a cursor", 'label = "a\\u001b[2J"\nfile = "x.run.toml"'],
    ["a label of two lines", 'label = "a\\nb"\nfile = "x.run.toml"'],
    ["no file", 'label = "a"'],
    ["a sweep", 'label = "a"\nfile = "x.run.toml"\nset = ["training.epochs=2"]']
  ])("promises nothing that the program takes beside: not %s", (_, entry) => {
    const text = `schema_version = 1\nname = "c"\n[[runs]]\n${entry}\n`
    const parsed = parseDocument({ text, file: "c.campaign.toml", format: "toml" })
    expect(parsed.ok && decodeDocument(CampaignFile, parsed.document).ok).toBe(false)
    expect(parsed.ok).toBe(true)
  })
})

describe("protocol runs", () => {
  it(
    "chains the phases of every run by hash from its document on, one record for each seed",
    inClone(async (clone) => {
      const group = await clone.data<GroupShown>("run", "start", "x.run.toml", "--no-progress", "--workers", "2")
      const records = await clone.data<
        ReadonlyArray<{
          readonly seed: number
          readonly chain: string
          readonly initial_hash: string
          readonly protocol: { readonly id: string; readonly version: number }
          readonly phases: ReadonlyArray<{
            readonly phase: string
            readonly learns: boolean
            readonly learned_hash_before: string
            readonly learned_hash_after: string
            readonly chain_sha256: string
          }>
        }>
      >("protocol", "runs", "--group", group.group_id)
      expect(records.map(({ seed, chain, protocol }) => [seed, chain, protocol.id, protocol.version])).toEqual(
        [1, 2].map((seed) => [seed, "whole", "classification-holdout", 1])
      )
      for (const { initial_hash, phases } of records) {
        expect(phases.map(({ phase, learns }) => [phase, learns])).toEqual([
          ["train", true],
          ["validate", false],
          ["test", false]
        ])
        expect(phases.map((each) => each.learned_hash_before)).toEqual([
          initial_hash,
          ...phases.slice(0, 2).map((each) => each.learned_hash_after)
        ])
        expect(phases[1]?.learned_hash_after).toBe(phases[2]?.learned_hash_after)
      }
      expect(new Set(records.flatMap(({ phases }) => phases.map(({ chain_sha256 }) => chain_sha256))).size).toBe(6)
      expect(await clone.data("protocol", "runs", "--protocol", "another")).toEqual([])
    })
  )

  it("lists protocols with their versions, and shows which phases learn", async () => {
    const listed = await project.data<ReadonlyArray<{ readonly id: string; readonly version: number }>>("protocol", "ls")
    expect(listed.map(({ id, version }) => `${id}@${version}`)).toEqual(["classification-holdout@1", "classification-train-test@1"])
    const shown = await project.ftr("protocol", "show", "classification-train-test")
    expect(shown.stdout).toMatch(/train +train +yes +no\n *test +test +no, frozen +yes/)
    expect((await project.ftr("protocol", "show", "classification")).code).toBe(7)
  })
})
