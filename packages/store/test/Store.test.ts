import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { BlobStore, Registry, RunJournal, Scorecards } from "@feagi-trainer/core"
import { canonical, sha256Hex } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { openStore, Store, storeCodes, storeExists, verifyStore } from "../src/index.ts"
import { storeVersion } from "../src/Schema.ts"
import { attempt, fromSqlite, fromSystem } from "../src/StoreError.ts"
import { answers, as, cleanUp, codesOf, failure, machine, newBrain, newRun, run, scratch, step, withStore } from "./harness.ts"

cleanUp()

/** The document of a scan, as far as it names other blobs. */
const scanText = canonical({
  index_sha256: sha256Hex("index"),
  duplicates_sha256: sha256Hex("duplicates"),
  hashes_sha256: sha256Hex("hashes"),
  label_map: null
})

const openFailure = (folder: string) => failure(Effect.scoped(Effect.asVoid(openStore({ folder }))))

describe("openStore()", () => {
  it("makes a private folder that git ignores, with one SQLite file and the place for blobs", async () => {
    const folder = `${scratch()}/project/.feagi-trainer`
    await withStore(folder, () => Effect.void)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    // The folder above belongs to the user: it gets the mode that any new folder gets.
    mkdirSync(`${folder}/../../plain`)
    expect(statSync(`${folder}/..`).mode).toBe(statSync(`${folder}/../../plain`).mode)
    expect(readFileSync(`${folder}/.gitignore`, "utf8")).toBe("*\n")
    expect(readdirSync(folder).sort()).toEqual([".gitignore", "objects", "store.sqlite"])
  })

  it("writes its mark and version, and uses a write-ahead log and strict tables", async () => {
    const folder = scratch()
    await withStore(folder, () => Effect.void)
    const database = new DatabaseSync(`${folder}/store.sqlite`, { readOnly: true })
    const pragma = (name: string): unknown => database.prepare(`PRAGMA ${name}`).get()?.[name]
    expect([pragma("application_id"), pragma("user_version"), pragma("journal_mode")]).toEqual([0x46545231, storeVersion, "wal"])
    const tables = database
      .prepare("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite%' ORDER BY name")
      .all()
    expect(tables.map((row) => [row.name, row.strict])).toEqual(
      [
        "brains",
        "campaign_events",
        "campaign_leases",
        "campaigns",
        "datasets",
        "events",
        "fact_shapes",
        "identity",
        "leases",
        "origins",
        "predictions",
        "requests",
        "rewards",
        "run_facts",
        "run_marks",
        "runs",
        "scorecards",
        "supersessions",
        "telemetry",
        "verified_scorecards"
      ].map((name) => [name, 1])
    )
    database.close()
  })

  it("opens what it made again, with everything in it", async () => {
    const folder = scratch()
    const before = await withStore(folder, ({ journal }) => journal.create(newRun()))
    expect(await withStore(folder, ({ journal }) => journal.runs)).toEqual([before])
  })

  it("refuses a folder that others may write to, with the command that helps", async () => {
    const folder = `${scratch()}/open`
    mkdirSync(folder)
    chmodSync(folder, 0o777)
    const error = await openFailure(folder)
    expect([error.reason, ...codesOf(error), error.diagnostics[0].actual]).toEqual(["invalid", "FT4008", "mode 777"])
    expect(error.diagnostics[0].help).toBe(`chmod 700 "${folder}"`)
    expect(readdirSync(folder)).toEqual([])
  })

  it("refuses a file where the folder should be", async () => {
    const path = `${scratch()}/file`
    writeFileSync(path, "")
    for (const folder of [path, `${path}/inside`]) expect(codesOf(await openFailure(folder))).toEqual(["FT4008"])
  })

  it("refuses a store of a newer version, leaving every byte as it is", async () => {
    const folder = scratch()
    await withStore(folder, () => Effect.void)
    const file = `${folder}/store.sqlite`
    const database = new DatabaseSync(file)
    database.exec("PRAGMA user_version = 99")
    database.close()
    const before = sha256Hex(readFileSync(file))
    const error = await openFailure(folder)
    expect([error.reason, ...codesOf(error)]).toEqual(["integrity", "FT4007"])
    expect(error.diagnostics[0].message).toBe("written by a newer version; upgrade feagi-trainer")
    expect(error.diagnostics[0].file).toBe(file)
    expect(sha256Hex(readFileSync(file))).toBe(before)
  })

  it("sees a newer version that stands only in the write-ahead log", async () => {
    const folder = scratch()
    await withStore(folder, () => Effect.void)
    const other = new DatabaseSync(`${folder}/store.sqlite`)
    other.exec("PRAGMA user_version = 99")
    expect(codesOf(await openFailure(folder))).toEqual(["FT4007"])
    other.close()
  })

  it("refuses the SQLite file of another program, untouched", async () => {
    const folder = scratch()
    const file = `${folder}/store.sqlite`
    const foreign = new DatabaseSync(file)
    foreign.exec("CREATE TABLE t (a)")
    foreign.close()
    const before = sha256Hex(readFileSync(file))
    const error = await openFailure(folder)
    expect([error.reason, ...codesOf(error), error.diagnostics[0].file]).toEqual(["integrity", "FT4006", file])
    expect(sha256Hex(readFileSync(file))).toBe(before)
  })

  it("refuses an empty file, garbage and a cut file, naming it", async () => {
    const folder = scratch()
    const file = `${folder}/store.sqlite`
    await withStore(folder, ({ journal }) => journal.create(newRun()))
    const whole = readFileSync(file)
    const pages = whole.length / 4096
    expect(pages).toBeGreaterThan(8)
    writeFileSync(file, "")
    expect((await openFailure(folder)).diagnostics[0].message).toBe("store.sqlite is empty")
    const contents = [Buffer.from("garbage"), Buffer.alloc(whole.length, 7), whole.subarray(0, 99)]
    for (let page = 1; page < pages; page += 1) contents.push(whole.subarray(0, page * 4096))
    for (const content of contents) {
      writeFileSync(file, content)
      const error = await openFailure(folder)
      expect([error.reason, ...codesOf(error), error.diagnostics[0].file]).toEqual(["integrity", "FT4005", file])
    }
    writeFileSync(file, whole)
    expect(await withStore(folder, ({ journal }) => journal.runs)).toHaveLength(1)
  })

  it("removes a half made store of a process that is gone, and makes its own", async () => {
    const folder = scratch()
    const box = machine()
    const { self } = box.start(9)
    const left = `new-${self.pid}_${self.boot_id}_${self.pid_namespace}_${self.started}.n1`
    for (const suffix of ["", "-wal"]) writeFileSync(`${folder}/${left}${suffix}`, "half")
    box.kill(9)
    await run(Effect.scoped(Effect.asVoid(as(box.start(10))(openStore({ folder })))))
    expect(readdirSync(folder).sort()).toEqual([".gitignore", "objects", "store.sqlite"])
  })

  it("says that the store is busy when another process keeps it locked", async () => {
    const folder = scratch()
    const effect = Effect.gen(function* () {
      const { journal } = yield* openStore({ folder, busyMillis: 20 })
      const other = new DatabaseSync(`${folder}/store.sqlite`)
      other.exec("BEGIN IMMEDIATE")
      const refused = yield* Effect.flip(journal.create(newRun()))
      other.exec("ROLLBACK")
      other.close()
      yield* journal.create(newRun())
      return refused
    })
    const error = await run(Effect.scoped(effect))
    expect([error.reason, ...codesOf(error)]).toEqual(["locked", "FT4004"])
  })
})

describe("storeExists()", () => {
  it("says whether a store is there and makes none", async () => {
    const folder = `${scratch()}/.feagi-trainer`
    expect(await run(storeExists(folder))).toBe(false)
    expect(existsSync(folder)).toBe(false)
    await withStore(folder, () => Effect.void)
    expect(await run(storeExists(folder))).toBe(true)
    expect(await run(storeExists(`${folder}/store.sqlite`))).toBe(false)
  })
})

describe("Store.layer()", () => {
  it("provides the four ports on one store", async () => {
    const program = Effect.gen(function* () {
      const document_sha256 = yield* (yield* BlobStore).put(new TextEncoder().encode("document"))
      const { run_id } = yield* (yield* RunJournal).create(newRun({ document_sha256 }))
      yield* (yield* Registry).addBrain(newBrain(document_sha256))
      yield* (yield* Scorecards).add({ scorecard_id: "sc", run_id, phase: "test", body_sha256: document_sha256, document_sha256 })
      return yield* verifyStore()
    })
    expect(await run(Effect.provide(program, Store.layer(scratch())))).toEqual([])
  })
})

describe("verifyStore()", () => {
  /** A store where every kind of reference points to a blob of its own. */
  const full = (folder: string) =>
    withStore(folder, ({ blobs, journal, registry, scorecards, verify }) =>
      Effect.gen(function* () {
        const blob = (text: string) => blobs.put(new TextEncoder().encode(text))
        const { run_id } = yield* journal.create(newRun({ document_sha256: yield* blob("document") }))
        const lease = yield* journal.acquire(run_id)
        const checkpoint = { ...step(0), payload: { checkpoint_sha256: yield* blob("checkpoint"), predictions_sha256: "e".repeat(64) } }
        yield* journal.commit(lease, [checkpoint], answers(0, 3))
        yield* registry.addBrain({
          ...newBrain(yield* blob("genome"), {
            connectome: { sha256: yield* blob("connectome"), seed: "00".repeat(32), learned_hash: "00".repeat(32) }
          }),
          development_sha256: yield* blob("development")
        })
        yield* scorecards.add({
          scorecard_id: "sc-1",
          run_id,
          phase: "test",
          body_sha256: "f".repeat(64),
          document_sha256: yield* blob("card")
        })
        for (const text of ["index", "duplicates", "hashes"]) yield* blob(text)
        const scan_sha256 = yield* blob(scanText)
        yield* registry.addDataset(
          {
            name: "d",
            dataset_asset_id: "ds-1",
            content_hash: "1",
            schema_fingerprint: "2",
            modality: "tabular",
            output_type: "class",
            adapter: { id: "p#a", version: "1.0.0" },
            adapter_options: "{}",
            sample_count: 1,
            scan_sha256
          },
          { root: "/r", path: "p" }
        )
        return yield* verify
      })
    )

  it("finds nothing in a whole store", async () => {
    expect(await full(scratch())).toEqual([])
  })

  it("names every missing blob with who refers to it, all at once", async () => {
    const folder = scratch()
    await full(folder)
    rmSync(`${folder}/objects/sha256`, { recursive: true })
    const found = await withStore(folder, ({ verify }) => verify)
    expect(found.map(({ code }) => code)).toEqual(Array.from({ length: 7 }, () => "FT4010"))
    const who = [
      "the document of run",
      "the scan of dataset d@1",
      "the genome of brain b@1",
      "the connectome of brain b@1",
      "what grew of brain b@1",
      "scorecard sc-1 of run",
      "the checkpoint in event 1 of run"
    ]
    for (const [at, text] of who.entries()) expect(found[at]?.message).toContain(text)
    expect(found[6]?.message).toContain(sha256Hex("checkpoint"))
  })

  it("names a missing part of a scan", async () => {
    const folder = scratch()
    await full(folder)
    rmSync(`${folder}/objects/sha256/${sha256Hex("index").slice(0, 2)}/${sha256Hex("index").slice(2)}`)
    const found = await withStore(folder, ({ verify }) => verify)
    expect(found.map(({ message }) => message)).toEqual([`blob ${sha256Hex("index")} is missing: it is part of the scan of dataset d@1`])
  })

  it("warns of every file that the store did not write", async () => {
    const folder = scratch()
    await full(folder)
    const strays = ["notes.txt", "sha256/zz", "sha256/00/short", "tmp/left"]
    mkdirSync(`${folder}/objects/sha256/00`, { recursive: true })
    for (const name of strays) writeFileSync(`${folder}/objects/${name}`, "x")
    const found = await withStore(folder, ({ verify }) => verify)
    expect(found.map(({ code, severity }) => [code, severity])).toEqual(strays.map(() => ["FT4013", "warning"]))
    expect(found.map(({ file }) => file?.slice(`${folder}/objects/`.length)).sort()).toEqual([...strays].sort())
  })

  it("reports damaged database pages and still looks at everything else", async () => {
    const folder = scratch()
    await full(folder)
    const file = `${folder}/store.sqlite`
    const database = new DatabaseSync(file)
    const page = Number(database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'brains'").get()?.rootpage)
    database.close()
    const bytes = readFileSync(file)
    bytes.fill(0xff, (page - 1) * 4096, (page - 1) * 4096 + 64)
    writeFileSync(file, bytes)
    truncateSync(`${folder}/objects/sha256/${sha256Hex(scanText).slice(0, 2)}/${sha256Hex(scanText).slice(2)}`, 1)
    const found = await withStore(folder, ({ verify }) => verify)
    expect(new Set(found.map(({ code }) => code))).toEqual(new Set(["FT4005", "FT4011"]))
    expect(found.find(({ code }) => code === "FT4005")?.file).toBe(file)
  })
})

describe("the errors of the store", () => {
  it("translate what SQLite says, and leave a bug a bug", () => {
    const sqlite = (errcode: number) => Object.assign(new Error("words of SQLite"), { code: "ERR_SQLITE_ERROR", errcode })
    const codes = [13, 5, 517, 6, 10, 1034, 11, 26, 8, 14].map((errcode) => {
      const error = fromSqlite(sqlite(errcode), "write", "f")
      return error instanceof Error && "diagnostics" in error ? codesOf(error as never)[0] : "defect"
    })
    expect(codes).toEqual(["FT4001", "FT4004", "FT4004", "FT4004", "FT4003", "FT4003", "FT4005", "FT4005", "FT4002", "FT4002"])
    const constraint = sqlite(2067)
    expect(fromSqlite(constraint, "write", "f")).toBe(constraint)
    const bug = new TypeError("x is not a function")
    expect(fromSqlite(bug, "write", "f")).toBe(bug)
    expect(fromSystem(bug, "write", "f")).toBe(bug)
  })

  it("keep an unknown error as a defect", async () => {
    const exit = await Effect.runPromiseExit(
      attempt(() => {
        throw new TypeError("a bug")
      })
    )
    expect(exit._tag === "Failure" && String(exit.cause)).toContain("a bug")
  })

  it("stand in the README, each with its title and way out", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8").replace(/ +/g, " ")
    for (const [id, { reason, title, when, help }] of Object.entries(storeCodes)) {
      expect(readme).toContain(`| ${id} | ${reason} | ${title} | ${when} | ${help} |`)
    }
    expect(readme.match(/^\| FT\d{4} /gm)).toHaveLength(Object.keys(storeCodes).length)
  })
})
