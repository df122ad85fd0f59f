/** One look at everything that is stored: the same report for the same store, and everything that was altered by name. */
import { readFileSync, writeFileSync } from "node:fs"
import { hashOf } from "@feagi-trainer/determinism"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { blobFile, flip, irisProject, type Project, type RunShown, started } from "./support/project.ts"

interface Report {
  readonly whole: boolean
  readonly runs: ReadonlyArray<{ run_id: string; status: string; predictions_sha256: string; head_sha256: string }>
  readonly scorecards: ReadonlyArray<{ scorecard_id: string; document_sha256?: string }>
  readonly chronicle: { entries: number } | null
  readonly findings: ReadonlyArray<{ code: string }>
  readonly report_sha256: string
  readonly signature: { file: string; keyid: string } | null
}

let project: Project
let run: RunShown
beforeAll(async () => {
  project = await irisProject("1")
  run = await started(project, "x.run.toml", "--set", "training.epochs=1")
  await project.data("scorecard", "keygen", "--out", "lab.key")
  await project.data("scorecard", "keygen", "--out", "other.key")
})
afterAll(() => project.close())

describe("audit", () => {
  it("lists runs and scorecards with their hashes, and is the same report again", async () => {
    const report = await project.data<Report>("audit")
    expect(report).toMatchObject({ whole: true, chronicle: null, findings: [], signature: null })
    expect(report.runs).toMatchObject([{ run_id: run.run_id, status: "completed", predictions_sha256: run.predictions_sha256 }])
    expect(report.scorecards.map(({ scorecard_id }) => scorecard_id)).toContain(run.scorecard_id)
    const { report_sha256, signature: _, ...body } = report
    expect(hashOf(body)).toBe(report_sha256)
    expect((await project.data<Report>("audit")).report_sha256).toBe(report_sha256)
    expect((await project.ftr("compat", "time_utils")).code).toBe(0)
    expect(await project.data<Report>("audit")).toMatchObject({ whole: true, chronicle: { entries: 1 } })
  })

  it("is signed, and checked by whoever has the public key; any bit of it that is changed is noticed", async () => {
    const { report_sha256, signature } = await project.data<Report>("audit", "--key", "lab.key", "--out", "a.json")
    const checked = await project.data("audit", "check", "a.json", "--public-key", "lab.key.pub")
    expect(checked).toEqual({ file: "a.json", keyid: signature?.keyid, report_sha256, whole: true, runs: 1 })
    const envelope = JSON.parse(project.read("a.json")) as { payload: string; signatures: [{ keyid: string; sig: string }] }
    const statement = JSON.parse(Buffer.from(envelope.payload, "base64").toString("utf8")) as { subject: ReadonlyArray<{ name: string }> }
    expect(statement.subject.map(({ name }) => name)).toEqual(["audit", run.run_id])
    const bytes = Buffer.from(envelope.payload, "base64")
    const altered = (at: number): string => {
      const copy = Buffer.from(bytes)
      copy[at] = (copy[at] ?? 0) ^ 1
      return copy.toString("base64")
    }
    const [signed] = envelope.signatures
    for (const [name, text] of [
      ["at the beginning", JSON.stringify({ ...envelope, payload: altered(20) })],
      ["in the middle", JSON.stringify({ ...envelope, payload: altered(Math.floor(bytes.length / 2)) })],
      ["the signature", JSON.stringify({ ...envelope, signatures: [{ ...signed, sig: altered(1).slice(0, signed.sig.length) }] })],
      ["no signature", JSON.stringify({ ...envelope, signatures: [] })],
      ["no envelope", "{}"],
      ["no JSON", "audit"]
    ] as const) {
      project.write("altered.json", text)
      const said = await project.ftr("audit", "check", "altered.json", "--public-key", "lab.key.pub")
      expect([name, said.code, said.stderr.includes("FT3471")]).toEqual([name, 6, true])
    }
    const other = await project.ftr("audit", "check", "a.json", "--public-key", "other.key.pub")
    expect([other.code, other.stderr.includes("FT3471")]).toEqual([6, true])
    const half = await project.ftr("audit", "--key", "lab.key")
    expect([half.code, half.stderr.includes("FT3470")]).toEqual([2, true])
  })

  it("names an altered blob and an altered result of a script, in one document, and ends with 6", async () => {
    const [card] = await project.data<ReadonlyArray<{ document_sha256: string }>>("scorecard", "ls")
    const file = blobFile(project, card?.document_sha256 ?? "")
    flip(file, 40)
    const [entry] = await project.data<ReadonlyArray<{ path: string }>>("chronicle", "ls")
    const result = project.path(entry?.path ?? "")
    const before = readFileSync(result)
    writeFileSync(result, "{}")
    const said = await project.ftr("audit", "--json")
    flip(file, 40)
    writeFileSync(result, before)
    expect(said.code).toBe(6)
    const { kind, data } = JSON.parse(said.stdout) as { kind: string; data: Report }
    expect([kind, data.whole]).toEqual(["audit", false])
    expect(data.findings.map(({ code }) => code)).toEqual(expect.arrayContaining(["FT3402"]))
    expect(data.findings.length).toBeGreaterThan(1)
    expect((await project.data<Report>("audit")).whole).toBe(true)
  })
})
