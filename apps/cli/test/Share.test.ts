/**
 * A result that leaves its store: bundles as one file, imports, independent verification, signatures; from the outside.
 */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { decodeDocument } from "@feagi-trainer/contracts"
import { canonical, fromCanonical, type JsonValue } from "@feagi-trainer/determinism"
import { genomeEvaluationProblems } from "@feagi-trainer/evaluation"
import { type BundleEntry, journalBodySha256, readBundle, writeBundleArchive } from "@feagi-trainer/store"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { cloneOf, filesOf, irisProject, type Project, type RunShown, started, store } from "./support/project.ts"

let home: Project
let away: Project
let run: RunShown
let card: string
beforeAll(async () => {
  home = await irisProject("5")
  const { run_id } = await started(home, "x.run.toml", "--set", "training.epochs=1")
  run = await home.data("run", "show", run_id)
  card = run.scorecard_id
  await home.data("run", "export", run_id, "--bundle", "run.zip")
  away = cloneOf(home)
  rmSync(store(away), { recursive: true })
  rmSync(away.path("iris.csv"))
})
afterAll(() => {
  home.close()
  away.close()
})

interface Said {
  readonly tags: ReadonlyArray<string>
  readonly note: string | null
  readonly starred: boolean
  readonly archived: boolean
  readonly revision: number
}
interface Imported {
  readonly marks: {
    readonly taken: unknown
    readonly differences: ReadonlyArray<{ readonly field: string; readonly ours: unknown; readonly theirs: unknown }>
  }
  readonly run_id: string
  readonly existing: boolean
  readonly added: number
  readonly origin: string
  readonly predictions_sha256: string
  readonly scorecards: ReadonlyArray<string>
}
interface Verified {
  readonly scorecard_id: string
  readonly verified: boolean
  readonly independent: boolean
  readonly origin: string
  readonly store: string
  readonly verified_scorecard_id: string | null
  readonly replay: { readonly verdict: string }
}
interface Listed {
  readonly scorecard_id: string
  readonly status: string
  readonly verifies: string | null
  readonly verified_by: ReadonlyArray<string>
  readonly superseded_by: ReadonlyArray<{ readonly scorecard_id: string; readonly reason: string }>
}
const cards = (project: Project) => project.data<ReadonlyArray<Listed>>("scorecard", "ls")
const entriesOf = async (file: string): Promise<ReadonlyArray<BundleEntry>> =>
  [...(await Effect.runPromise(readBundle(file))).files].map(([name, bytes]) => ({ name, bytes }))

/** A bundle in which files are exchanged and everything is sealed again; undefined takes a file away. */
const sealed = async (
  name: string,
  changes: Readonly<Record<string, string | undefined>>,
  said: Readonly<Record<string, unknown>> = {}
): Promise<string> => {
  const { manifest } = await Effect.runPromise(readBundle(home.path("run.zip")))
  const { run_id, spec_sha256, predictions_sha256, journal_body_sha256, trainer_version } = manifest
  const kept = (await entriesOf(home.path("run.zip"))).filter((each) => !(each.name in changes))
  const added = Object.entries(changes).flatMap(([file, text]) =>
    text === undefined ? [] : [{ name: file, bytes: new TextEncoder().encode(text) }]
  )
  const file = away.path(name)
  rmSync(file, { force: true })
  const facts = { run_id, spec_sha256, predictions_sha256, journal_body_sha256, trainer_version, ...said }
  await Effect.runPromise(writeBundleArchive(file, [...kept, ...added], facts))
  return name
}
const textOf = async (name: string): Promise<string> => {
  const found = (await entriesOf(home.path("run.zip"))).find((each) => each.name === name)
  if (found === undefined) throw new Error(`the bundle has no ${name}`)
  return Buffer.from(found.bytes).toString()
}

describe("a bundle as one file", () => {
  it("is the same bytes every time, holds what the folder holds, and is replayed", async () => {
    await home.data("run", "export", run.run_id, "--bundle", "again.zip")
    expect(readFileSync(home.path("again.zip")).equals(readFileSync(home.path("run.zip")))).toBe(true)
    await home.data("run", "export", run.run_id, "--bundle", "folder")
    const names = readdirSync(home.path("folder"), { recursive: true, withFileTypes: true }).filter((item) => item.isFile())
    const entries = await entriesOf(home.path("run.zip"))
    expect(names).toHaveLength(entries.length + 1)
    for (const { name, bytes } of entries) expect([name, readFileSync(home.path("folder", name)).equals(bytes)]).toEqual([name, true])
    expect((await home.data<{ readonly verdict: string }>("run", "replay", "run.zip")).verdict).toBe("EQUAL")
  })

  it("holds every table in three forms with all rows", async () => {
    const rows = async (name: string): Promise<number> => (JSON.parse(await textOf(`tables/${name}.json`)) as ReadonlyArray<unknown>).length
    const lines = async (name: string): Promise<number> => (await textOf(`tables/${name}.csv`)).split("\r\n").length - 2
    expect(await rows("predictions")).toBe(150)
    expect(await rows("rewards")).toBe(90)
    expect(await rows("metrics")).toBeGreaterThan(40)
    for (const name of ["predictions", "rewards", "metrics", "telemetry"])
      expect([name, await lines(name)]).toEqual([name, await rows(name)])
    expect((await textOf("tables/predictions.csv")).split("\r\n")[0]).toBe(
      "phase,epoch,index,sample_id,tick,abstained,prediction_class_id,target_class_id,target_label,prediction,target"
    )
    const accuracy = (JSON.parse(await textOf("tables/metrics.json")) as ReadonlyArray<Record<string, unknown>>).find(
      ({ phase, metric }) => phase === "test" && metric === "accuracy"
    )
    expect(accuracy?.value).toBe(run.phases.find(({ phase }) => phase === "test")?.metrics.accuracy)
  })

  it("holds nothing of this machine but times and the id of the store", async () => {
    for (const { name, bytes } of await entriesOf(home.path("run.zip")))
      expect([name, Buffer.from(bytes).includes(home.folder)]).toEqual([name, false])
  })
})

describe("run import", () => {
  it("gives another store the same run, and does nothing the second time", async () => {
    const first = await away.data<Imported>("run", "import", home.path("run.zip"))
    expect(first).toMatchObject({ run_id: run.run_id, existing: false, predictions_sha256: run.predictions_sha256 })
    expect(first.scorecards).toContain(card)
    expect(await away.data("run", "show", run.run_id)).toEqual(await home.data("run", "show", run.run_id))
    const before = filesOf(store(away))
    expect(await away.data("run", "import", home.path("folder"))).toEqual({ ...first, existing: true })
    expect(filesOf(store(away))).toEqual(before)
    expect((await away.ftr("artifact", "verify")).code).toBe(0)
  })

  it("gives back the same bytes when it is exported again", async () => {
    await away.data("run", "export", run.run_id, "--bundle", "back.zip")
    expect(readFileSync(away.path("back.zip")).equals(readFileSync(home.path("run.zip")))).toBe(true)
  })

  it("takes the brain that was learnt along", async () => {
    const brain = await away.data<{ readonly lineage: { readonly run_id: string } }>("brain", "snapshot", run.run_id, "--name", "learnt")
    expect(brain.lineage.run_id).toBe(run.run_id)
  })

  it("names every file that was altered, is missing or does not belong there, and leaves the store as it was", async () => {
    const before = filesOf(store(away))
    await home.data("run", "export", run.run_id, "--bundle", "harmed")
    writeFileSync(home.path("harmed/tables/metrics.csv"), "x")
    rmSync(home.path("harmed/data/iris.csv"))
    writeFileSync(home.path("harmed/more"), "x")
    const said = await away.ftr("run", "import", home.path("harmed"))
    expect(said.code).toBe(6)
    for (const name of ["tables/metrics.csv", "data/iris.csv", "more"]) expect(said.stderr).toContain(name)
    expect(filesOf(store(away))).toEqual(before)
  })

  it("names the file that says something else than the journal, however well the bundle was sealed again", async () => {
    const before = filesOf(store(away))
    const recording = fromCanonical(await textOf("recording.json")) as { readonly [key: string]: JsonValue }
    const envelope = fromCanonical(await textOf("envelope.json")) as { readonly [key: string]: JsonValue }
    const scorecards = fromCanonical(await textOf("scorecards.json")) as { readonly [key: string]: JsonValue }
    const events = (await textOf("events.ndjson")).trimEnd().split("\n")
    const predictions = (await textOf("predictions.ndjson")).trimEnd().split("\n")
    const scoreText = (await textOf("genome-evaluation.json")).replace('"n": 1', '"n": 2')
    const cases: ReadonlyArray<readonly [string, string | undefined]> = [
      ["tables/metrics.csv", (await textOf("tables/metrics.csv")).replace("accuracy,1", "accuracy,2")],
      ["tables/metrics.parquet", "PAR1"],
      ["recording.json", canonical({ ...recording, steps: [] })],
      ["envelope.json", canonical({ ...envelope, origin: "somewhere" })],
      ["envelope.json", canonical({ ...envelope, events: [] })],
      ["scorecards.json", canonical({ ...scorecards, scorecards: [] })],
      ["bundle.json", `${events.slice(0, -1).join("\n")}\n`],
      ["predictions.ndjson", `${predictions.slice(0, -1).join("\n")}\n`],
      ["genome-evaluation.json", scoreText],
      ["genome-evaluation.json", "{}"],
      ["data/extra.csv", "x"],
      [`blobs/${"0".repeat(64)}`, "x"],
      ["notes.txt", "x"]
    ]
    for (const [named, text] of cases) {
      const file = named === "bundle.json" ? "events.ndjson" : named
      const said = await away.ftr("run", "import", await sealed("forged.zip", { [file]: text }))
      expect([named, said.code, said.stderr.includes("FT4038"), said.stderr.includes(named)]).toEqual([named, 6, true, true])
    }
    expect(filesOf(store(away))).toEqual(before)
  })

  it("does not crash on files of no form at all", async () => {
    for (const file of [
      "run.json",
      "recording.json",
      "dataset.json",
      "events.ndjson",
      "envelope.json",
      "scorecards.json",
      "predictions.ndjson"
    ])
      for (const text of ["", "[]", "1", "{", "null", "\u0000"]) {
        const said = await away.ftr("run", "import", await sealed("odd.zip", { [file]: text }))
        expect([file, text, said.code]).toEqual([file, text, 6])
        expect(said.stderr).toMatch(/FT(3107|3118|4038)/)
      }
  })

  it("refuses marks that nobody could have set", async () => {
    for (const text of [
      "[]",
      '{"note":"","starred":false,"tags":["a"]}',
      '{"note":null,"starred":false,"tags":["a b"]}',
      '{"note":null,"starred":false,"tags":["b","a"]}',
      '{"note":null,"starred":1,"tags":["a"]}',
      '{"archived":true,"note":null,"starred":true,"tags":[]}',
      `{"note":"${"x".repeat(10_001)}","starred":true,"tags":[]}`,
      '{"note":null,"starred":false,"tags":[]}'
    ]) {
      const said = await away.ftr("run", "import", await sealed("marked.zip", { "marks.json": text }))
      expect([text.slice(0, 60), said.code, said.stderr.includes("FT4038"), said.stderr.includes("marks.json")]).toEqual([
        text.slice(0, 60),
        6,
        true,
        true
      ])
    }
    expect((await away.data<Said>("run", "marks", run.run_id)).revision).toBe(0)
  })

  it("says that a bundle without a journal can be replayed and not imported", async () => {
    const bare = await sealed("bare.zip", { "events.ndjson": undefined, "envelope.json": undefined })
    const said = await away.ftr("run", "import", bare)
    expect([said.code, said.stderr.includes("FT3117"), said.stderr.includes("events.ndjson")]).toEqual([3, true, true])
    expect((await away.data<{ readonly verdict: string }>("run", "replay", bare)).verdict).toBe("EQUAL")
  })

  it("refuses an archive that is none", async () => {
    away.write("none.zip", "PK")
    const said = await away.ftr("run", "import", "none.zip")
    expect([said.code, said.stderr.includes("FT4037")]).toEqual([6, true])
  })
})

describe("marks of a run in a bundle", () => {
  let there: Project
  const said = async (project: Project) => {
    const { tags, note, starred, archived, revision } = await project.data<Said>("run", "marks", run.run_id)
    return { tags, note, starred, archived, revision }
  }
  beforeAll(async () => {
    there = cloneOf(home)
    await there.data("run", "mark", run.run_id, "--tag", "théorie", "--note", "=1+1 <b>", "--star", "--archive")
    await there.data("run", "export", run.run_id, "--bundle", "marked.zip")
  })
  afterAll(() => there.close())

  it("are taken over where nothing was said, all but the archive, and give the same bytes again", async () => {
    const fresh = cloneOf(away)
    try {
      rmSync(store(fresh), { recursive: true })
      const { marks } = await fresh.data<Imported>("run", "import", there.path("marked.zip"))
      expect(marks).toEqual({ taken: { add_tags: ["théorie"], note: "=1+1 <b>", starred: true }, differences: [] })
      expect(await said(fresh)).toEqual({ tags: ["théorie"], note: "=1+1 <b>", starred: true, archived: false, revision: 1 })
      await fresh.data("run", "export", run.run_id, "--bundle", "same.zip")
      expect(readFileSync(fresh.path("same.zip")).equals(readFileSync(there.path("marked.zip")))).toBe(true)
      expect((await fresh.data<Imported>("run", "import", there.path("marked.zip"))).marks).toEqual({ taken: {}, differences: [] })
      expect((await fresh.data<{ readonly verdict: string }>("run", "replay", there.path("marked.zip"))).verdict).toBe("EQUAL")
    } finally {
      fresh.close()
    }
  })

  it("overwrite nothing that was said here, and say what they would have", async () => {
    const ours = cloneOf(home)
    try {
      await ours.data("run", "mark", run.run_id, "--tag", "ours", "--tag", "théorie", "--note", "mine")
      await ours.data("run", "mark", run.run_id, "--untag", "théorie")
      const { marks } = await ours.data<Imported>("run", "import", there.path("marked.zip"))
      expect(marks).toEqual({
        taken: { starred: true },
        differences: [
          { field: "tags", ours: null, theirs: "théorie" },
          { field: "note", ours: "mine", theirs: "=1+1 <b>" }
        ]
      })
      expect(await said(ours)).toEqual({ tags: ["ours"], note: "mine", starred: true, archived: false, revision: 3 })
      const { stdout } = await ours.ftr("run", "import", there.path("marked.zip"))
      expect(stdout).toContain('not taken over: the note "=1+1 <b>"; here stands "mine"')
      expect((await said(ours)).revision).toBe(3)
    } finally {
      ours.close()
    }
  })

  it("are absent where nothing was said, as in the bundles of earlier releases", async () => {
    expect((await entriesOf(home.path("run.zip"))).some(({ name }) => name === "marks.json")).toBe(false)
    expect((await entriesOf(there.path("marked.zip"))).some(({ name }) => name === "marks.json")).toBe(true)
  })
})

describe("scorecard verify --replay", () => {
  it("leaves a card self-reported in the store that executed the run, and says why", async () => {
    const said = await home.data<Verified>("scorecard", "verify", card, "--replay")
    expect(said).toMatchObject({
      scorecard_id: card,
      verified: false,
      independent: false,
      verified_scorecard_id: null,
      replay: { verdict: "EQUAL" }
    })
    expect(said.origin).toBe(said.store)
    expect((await home.ftr("scorecard", "verify", card, "--replay")).stdout).toContain("stays self-reported")
    expect((await cards(home)).map(({ status }) => status)).toEqual(["self_reported", "self_reported"])
  })

  it("makes a new card in another store, and the old one stays as it was", async () => {
    const before = await away.data("scorecard", "show", card)
    const said = await away.data<Verified>("scorecard", "verify", card, "--replay")
    expect(said).toMatchObject({ scorecard_id: card, verified: true, independent: true, replay: { verdict: "EQUAL" } })
    expect(said.origin).not.toBe(said.store)
    const id = said.verified_scorecard_id ?? ""
    const made = await away.data<Record<string, unknown>>("scorecard", "show", id)
    const own = (await away.data<Record<string, unknown>>("scorecard", "show", card)) as { readonly metrics: unknown }
    expect(made).toMatchObject({ scorecard_id: id, status: "verified", metrics: own.metrics })
    expect(made.x_feagi_trainer).toMatchObject({
      verification: { verifies: card, method: "replay", verdict: "EQUAL" },
      envelope: { origin: said.origin, verified_in: said.store }
    })
    expect(own).toEqual({ ...(before as object), links: { verifies: null, verified_by: [id], superseded_by: [], supersedes: [] } })
    expect((await away.data<Verified>("scorecard", "verify", card, "--replay")).verified_scorecard_id).toBe(id)
    expect((await cards(away)).map(({ scorecard_id, status, verifies }) => [scorecard_id, status, verifies])).toContainEqual([
      id,
      "verified",
      card
    ])
    expect((await away.ftr("scorecard", "verify", id)).code).toBe(0)
    expect((await away.ftr("artifact", "verify")).code).toBe(0)
  })

  it("does not verify where an input changed: exit 6, and no new card", async () => {
    const other = (await cards(away)).find(({ scorecard_id, verifies }) => scorecard_id !== card && verifies === null)?.scorecard_id ?? ""
    const file = away.path("plugins/reward-supervised/feagi-trainer.plugin.json")
    const text = readFileSync(file, "utf8")
    writeFileSync(file, `${text} `)
    const said = await away.ftr("scorecard", "verify", other, "--replay")
    writeFileSync(file, text)
    expect([said.code, said.stdout.includes("INPUT_CHANGED")]).toEqual([6, true])
    expect((await cards(away)).filter(({ verifies }) => verifies === other)).toEqual([])
  })

  it("does not verify a record that was forged in every file alike: the replay diverges, exit 1", async () => {
    const hash = /"full_hash":"([0-9a-f]{64})"/.exec(await textOf("events.ndjson"))?.[1]
    if (hash === undefined) throw new Error("a step with its hash")
    const forged = "f".repeat(64)
    const events = (await textOf("events.ndjson")).replaceAll(hash, forged)
    const payloads = events.trimEnd().split("\n")
    const changes = { "events.ndjson": events, "recording.json": (await textOf("recording.json")).replaceAll(hash, forged) }
    const body = journalBodySha256(payloads.map((line) => ({ payload: (fromCanonical(line) as { readonly payload: never }).payload })))
    const third = cloneOf(away)
    try {
      rmSync(store(third), { recursive: true })
      await sealed("whole.zip", changes, { journal_body_sha256: body })
      await third.data("run", "import", away.path("whole.zip"))
      expect((await third.ftr("scorecard", "verify", card)).code).toBe(0)
      const said = await third.ftr("scorecard", "verify", card, "--replay")
      expect([said.code, said.stdout.includes("DIVERGED"), said.stdout.includes(forged)]).toEqual([1, true, true])
      expect((await cards(third)).filter(({ status }) => status === "verified")).toEqual([])
    } finally {
      third.close()
    }
  })

  it("travels back in a bundle with the name of the store that verified", async () => {
    await away.data("run", "export", run.run_id, "--bundle", "verified.zip")
    const said = await home.data<Imported>("run", "import", away.path("verified.zip"))
    expect(said).toMatchObject({ existing: true, added: 1 })
    expect((await cards(home)).find(({ scorecard_id }) => scorecard_id === card)?.verified_by).toHaveLength(1)
    await home.data("run", "export", run.run_id, "--bundle", "verified.zip")
    expect(readFileSync(home.path("verified.zip")).equals(readFileSync(away.path("verified.zip")))).toBe(true)
  })
})

describe("scorecard supersede", () => {
  it("points to the card that is to be read instead, and changes neither", async () => {
    const [first, second] = (await cards(home)).filter(({ verifies }) => verifies === null).map(({ scorecard_id }) => scorecard_id)
    if (first === undefined || second === undefined) throw new Error("two cards")
    const before = filesOf(`${store(home)}/objects`)
    await home.data("scorecard", "supersede", first, second, "--reason", "the split leaked")
    expect((await cards(home)).find(({ scorecard_id }) => scorecard_id === first)?.superseded_by).toEqual([
      { scorecard_id: second, reason: "the split leaked" }
    ])
    expect((await home.ftr("scorecard", "ls")).stdout).toContain(`superseded by ${second}: the split leaked`)
    expect(filesOf(`${store(home)}/objects`)).toEqual(before)
    expect(await home.ftr("scorecard", "supersede", second, first, "--reason", "no")).toMatchObject({ code: 2 })
    expect(await home.ftr("scorecard", "supersede", second, first, "--reason", " ")).toMatchObject({ code: 2 })
  })
})

describe("signatures", () => {
  it("are made with a key that only its owner can read, and verified without a store", async () => {
    const said = await home.ftr("scorecard", "keygen", "--out", "lab.key")
    expect(said.code).toBe(0)
    expect(statSync(home.path("lab.key")).mode & 0o777).toBe(0o600)
    const secret = home.read("lab.key").split("\n")[1] ?? "nothing"
    expect(`${said.stdout}${said.stderr}`).not.toContain(secret)
    const signed = await home.data<{ readonly keyid: string }>("scorecard", "sign", card, "--key", "lab.key", "--out", "card.dsse.json")
    expect(said.stdout).toContain(signed.keyid)
    await home.data("scorecard", "export", card, "--out", "handed")
    expect(await home.data("scorecard", "verify", card, "--signature", "card.dsse.json", "--key", "lab.key.pub")).toMatchObject({
      verified: true,
      keyid: signed.keyid
    })
    const argv = [
      "scorecard",
      "verify",
      "--card",
      "handed/scorecard.json",
      "--signature",
      "card.dsse.json",
      "--key",
      "lab.key.pub"
    ] as const
    expect(await home.data(...argv)).toEqual({ scorecard_id: card, verified: true, status: "self_reported", keyid: signed.keyid })
    const text = home.read("handed/scorecard.json")
    home.write("forged.json", text.replace('"accuracy": ', '"accuracy": 0.'))
    const forged = await home.ftr(...argv.map((each) => (each === "handed/scorecard.json" ? "forged.json" : each)))
    expect([forged.code, forged.stderr.includes("FT5211"), forged.stderr.includes("scorecard.metrics.accuracy")]).toEqual([6, true, true])
  })

  it("are refused with a key that others can read, that is none, or that is there already", async () => {
    expect(await home.ftr("scorecard", "keygen", "--out", "lab.key")).toMatchObject({ code: 3 })
    home.write("wide.key", home.read("lab.key"))
    const wide = await home.ftr("scorecard", "sign", card, "--key", "wide.key", "--out", "x.json")
    expect([wide.code, wide.stderr.includes("FT5214"), wide.stderr.includes("mode 644")]).toEqual([3, true, true])
    const none = await home.ftr("scorecard", "sign", card, "--key", "iris.csv", "--out", "x.json")
    expect(none.code).toBe(3)
    const secret = await home.ftr("scorecard", "verify", card, "--signature", "card.dsse.json", "--key", "lab.key")
    expect([secret.code, secret.stderr.includes("FT5213")]).toEqual([3, true])
    expect(await home.ftr("scorecard", "verify", card, "--signature", "card.dsse.json")).toMatchObject({ code: 2 })
  })

  it("name the key where another one signed", async () => {
    await home.data("scorecard", "keygen", "--out", "other.key")
    const said = await home.ftr("scorecard", "verify", card, "--signature", "card.dsse.json", "--key", "other.key.pub")
    expect([said.code, said.stderr.includes("envelope.signatures[0].keyid")]).toEqual([6, true])
  })
})

describe("the evaluation of a genome", () => {
  it("stands beside the Scorecards in the bundle, the contract documents and an exported card, valid and of the validation part", async () => {
    await home.data("run", "export", run.run_id, "--contracts", "contracts")
    const texts = [
      home.read("contracts/GenomeEvaluation-00.json"),
      await textOf("genome-evaluation.json"),
      home.read("handed/genome-evaluation.json")
    ]
    expect(new Set(texts).size).toBe(1)
    const decoded = decodeDocument("GenomeEvaluation", texts[0] ?? "")
    if (!decoded.ok) throw new Error("no evaluation")
    expect(genomeEvaluationProblems(decoded.value)).toEqual([])
    const validate = run.phases.find(({ phase }) => phase === "validate")
    expect(decoded.value.fitness).toEqual({ status: "scored", value: validate?.metrics.accuracy, n: 1 })
    expect(decoded.value.key.fitness).toMatchObject({ metric: "accuracy", objective: "maximize", split_id: expect.stringMatching(/^val@/) })
    expect(decoded.value.scorecard_ids).toContain(card)
  })
})
