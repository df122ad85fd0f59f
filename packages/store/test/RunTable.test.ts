import { DatabaseSync } from "node:sqlite"
import { documentBytes, marksTag, type NewEvent, noMarks, openRunTable, type RunTableRequest, specHash } from "@feagi-trainer/core"
import { canonical } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { openStore, type StoreShape, storeContext } from "../src/index.ts"
import { as, cleanUp, codesOf, failure, machine, run, scratch, withStore } from "./harness.ts"
import { addRun, addRuns, costs, factsFromRecord, runDocument, wholeRun } from "./runs.ts"

cleanUp()

const request = (over: Partial<RunTableRequest> = {}): RunTableRequest => ({
  where: "",
  sort: [],
  columns: ["run_id"],
  offset: 0,
  limit: undefined,
  archived: false,
  ...over
})

/** A page of the table of an opened store. */
const page = (store: StoreShape, over: Partial<RunTableRequest> = {}) =>
  Effect.flatMap(openRunTable, (table) => table.select(request(over))).pipe(Effect.provide(storeContext(store)))

const cells = (store: StoreShape, columns: ReadonlyArray<string>, over: Partial<RunTableRequest> = {}) =>
  Effect.map(page(store, { columns, ...over }), ({ rows }) => rows.map((row) => row.cells))

/** The same by a store that was opened anew: what a fresh process sees. */
const afresh = (folder: string, columns: ReadonlyArray<string>, over: Partial<RunTableRequest> = {}) =>
  withStore(folder, (store) => cells(store, columns, over))

const spoil = (folder: string, sql: string): void => {
  const database = new DatabaseSync(`${folder}/store.sqlite`)
  database.exec(sql)
  database.close()
}

describe("the facts of a run", () => {
  const document = runDocument()
  const one = (folder: string) => withStore(folder, (store) => addRun(store, document, wholeRun(0.75), costs))

  it("are what its document, its journal and its costs say, and what is missing is missing", async () => {
    const folder = scratch()
    const run_id = await one(folder)
    const facts = await withStore(folder, (store) => factsFromRecord(store, run_id, document))
    const { updated, ...others } = Object.fromEntries(facts)
    expect(typeof updated).toBe("number")
    expect(others).toEqual({
      status: "completed",
      phase: "test",
      samples: 60,
      partial: false,
      mutated: false,
      continued: false,
      scorecard: "sc-test",
      dataset: "iris@3",
      modality: "tabular",
      output_type: "class",
      protocol: "holdout@2",
      learner: "gradient",
      control: "shuffled labels",
      primary_metric: "accuracy",
      score: 0.75,
      plugins: ["adapters#csv", "learners#gradient", "packs#classification", "packs#holdout", "samplers#random"],
      "param.dataset.samples": 150,
      "param.dataset.classes": 2,
      "param.dataset.adapter": "csv",
      "param.split.method": "stratified",
      "param.split.seed": "18446744073709551615",
      "param.split.fractions.train": 0.6,
      "param.split.fractions.val": 0.2,
      "param.split.fractions.test": 0.2,
      "param.split.counts.train": 90,
      "param.split.leaks.exact": 0,
      "param.split.leaks.decoded": 0,
      "param.split.leaks.group": 0,
      "param.split.leaks.near": 0,
      "param.sampler.plugin": "random",
      "param.sampler.options.replacement": false,
      "param.training.epochs": 40,
      "param.checkpoint_every": 3200,
      "param.learner.kind": "gradient",
      "param.learner.options.batch_size": 32,
      'param.learner.options."odd.name"': "x",
      "param.learner.options.layers.0.units": 64,
      "param.learner.options.layers.1.units": 3,
      "param.parameters": 2499,
      "param.metrics.plugin": "classification",
      "param.controls.silent_reward": false,
      "param.controls.shuffled_labels": true,
      "metric.accuracy": 0.75,
      "metric.validate.accuracy": 0.375,
      "metric.test.accuracy": 0.75,
      "cost.wall_seconds": 0.75,
      "cost.samples_per_second": 4 / 0.75
    })
  })

  it("are the same from the record, from the table that made them, and from what was kept", async () => {
    const folder = scratch()
    const run_id = await one(folder)
    const keys = [...(await withStore(folder, (store) => factsFromRecord(store, run_id, document))).keys()]
    const record = await withStore(folder, (store) => factsFromRecord(store, run_id, document))
    const first = await afresh(folder, keys)
    const rows = () => {
      const database = new DatabaseSync(`${folder}/store.sqlite`)
      const found = database.prepare("SELECT count(*) AS n FROM run_facts").get()
      database.close()
      return found?.n
    }
    expect(rows()).toBe(1)
    expect(first).toEqual([keys.map((key) => record.get(key) ?? null)])
    // From here on nothing but the cache can be read.
    spoil(folder, "DROP TRIGGER events_never_change; UPDATE events SET payload = '{}'")
    expect(await afresh(folder, keys)).toEqual(first)
  })

  it("leave the metrics of single classes to the Scorecard where there are more than 256", async () => {
    const folder = scratch()
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`f1/class ${at}`, 0.5]))
    await withStore(folder, (store) => addRun(store, document, wholeRun(0.5, { ...many, "recall/macro": 0.25 })))
    const summaries = await withStore(folder, (store) =>
      Effect.map(openRunTable, (table) => table.summaries()).pipe(Effect.provide(storeContext(store)))
    )
    const names = summaries.map(({ key }) => key).filter((key) => key.startsWith("metric."))
    expect(names).toEqual([
      "metric.accuracy",
      "metric.recall/macro",
      "metric.test.accuracy",
      "metric.test.recall/macro",
      "metric.validate.accuracy"
    ])
  })
})

describe("the runs table", () => {
  it("follows a run that goes on, and marks, in one process and in a fresh one", async () => {
    const folder = scratch()
    const columns = ["status", "score", "tags", "note", "starred"]
    await withStore(folder, (store) =>
      Effect.gen(function* () {
        const seen: Array<unknown> = []
        const look = Effect.gen(function* () {
          const here = yield* cells(store, columns)
          expect(yield* Effect.promise(() => afresh(folder, columns))).toEqual(here)
          seen.push(here[0])
        })
        const document = runDocument()
        const document_sha256 = yield* store.blobs.put(documentBytes(document))
        const { run_id } = yield* store.journal.create({
          group_id: "g",
          name: "iris",
          seed: "1",
          spec_sha256: specHash(document),
          document_sha256
        })
        yield* look
        yield* Effect.scoped(
          Effect.gen(function* () {
            const lease = yield* store.journal.acquire(run_id)
            const events = wholeRun(0.5)
            yield* store.journal.commit(lease, events.slice(0, 4), [])
            seen.push((yield* cells(store, columns))[0])
            yield* store.marks.mark(run_id, { add_tags: ["new"], note: "half way" })
            seen.push((yield* cells(store, columns))[0])
            yield* store.journal.commit(lease, events.slice(4), [])
          })
        )
        yield* look
        yield* store.marks.mark(run_id, { remove_tags: ["new"], starred: true, note: null })
        yield* look
        expect(seen).toEqual([
          ["created", null, [], null, false],
          ["running", 0.25, [], null, false],
          ["running", 0.25, ["new"], "half way", false],
          ["completed", 0.5, ["new"], "half way", false],
          ["completed", 0.5, [], null, true]
        ])
      })
    )
  })

  it("forgets what a run said before it went on: why it failed, and every column that it alone had", async () => {
    const folder = scratch()
    await withStore(folder, (store) =>
      Effect.gen(function* () {
        const document = runDocument()
        const document_sha256 = yield* store.blobs.put(documentBytes(document))
        const { run_id } = yield* store.journal.create({
          group_id: "g",
          name: "x",
          seed: "1",
          spec_sha256: specHash(document),
          document_sha256
        })
        const commit = (events: ReadonlyArray<NewEvent>) =>
          Effect.scoped(Effect.flatMap(store.journal.acquire(run_id), (lease) => store.journal.commit(lease, events, [])))
        yield* commit([...wholeRun(0.5, { odd: 7 }).slice(0, 7), { type: "failed", payload: { message: "no disk" } }])
        expect(yield* cells(store, ["failure", "metric.odd"])).toEqual([["no disk", 7]])
        // A phase that begins again has no result until it ends.
        yield* commit([{ type: "running", payload: { resumed: true } }, ...wholeRun(0.5).slice(4, 5)])
        expect(yield* cells(store, ["failure", "score"])).toEqual([[null, 0.25]])
        const asked = yield* page(store, { where: "has:metric.odd" })
        expect([asked.matched, asked.warnings.map(({ code }) => code)]).toEqual([0, ["FT1381"]])
      })
    )
    // Nothing is kept of columns that no run has any more.
    const database = new DatabaseSync(`${folder}/store.sqlite`)
    expect(database.prepare("SELECT count(*) AS shapes FROM fact_shapes").get()).toEqual({ shapes: 1 })
    database.close()
  })

  it("shows a run as interrupted from the moment when nobody holds it, whatever was kept of it", async () => {
    const folder = scratch()
    const box = machine()
    const worker = box.start(7)
    const reader = box.start(8)
    const opened = <A>(facts: typeof worker, use: (store: StoreShape) => Effect.Effect<A, unknown>) =>
      run(as(facts)(Effect.scoped(Effect.flatMap(openStore({ folder }), use))) as Effect.Effect<A>)
    await opened(reader, (looking) =>
      Effect.gen(function* () {
        const status = Effect.map(cells(looking, ["status"]), ([row]) => row?.[0])
        const seen: Array<unknown> = []
        yield* Effect.promise(() =>
          opened(worker, (working) =>
            Effect.scoped(
              Effect.gen(function* () {
                const document = runDocument()
                const document_sha256 = yield* working.blobs.put(documentBytes(document))
                const { run_id } = yield* working.journal.create({
                  group_id: "g",
                  name: "x",
                  seed: "1",
                  spec_sha256: specHash(document),
                  document_sha256
                })
                const lease = yield* working.journal.acquire(run_id)
                yield* working.journal.commit(lease, wholeRun(1).slice(0, 3), [])
                seen.push(yield* status)
                box.kill(7)
                seen.push(yield* status)
                seen.push(
                  (yield* page(looking, { where: "status:running" })).matched,
                  (yield* page(looking, { where: "status:interrupted" })).matched
                )
              })
            )
          )
        )
        expect(seen).toEqual(["running", "interrupted", 0, 1])
      })
    )
  })

  it("takes nothing from a kept row that was altered, is of another head or of another version", async () => {
    for (const harm of [
      "UPDATE run_facts SET cells = replace(cells, '0.75', '0.99')",
      "UPDATE run_facts SET head_sha256 = 'x'",
      "UPDATE run_facts SET version = version - 1",
      "UPDATE fact_shapes SET names = replace(names, 'score', 'scores')",
      "DELETE FROM fact_shapes"
    ]) {
      const folder = scratch()
      await withStore(folder, (store) => addRun(store, runDocument(), wholeRun(0.75)))
      expect(await afresh(folder, ["score"])).toEqual([[0.75]])
      spoil(folder, harm)
      expect(await afresh(folder, ["score"]), harm).toEqual([[0.75]])
      expect(
        await withStore(folder, ({ verify }) =>
          Effect.map(verify, (all) => all.map(({ code }) => code).filter((code) => code !== "FT4010"))
        )
      ).toEqual([])
    }
  })

  it("shows what is left of a damaged run, names it, and keeps nothing of it", async () => {
    const folder = scratch()
    const [whole, broken] = await withStore(folder, (store) =>
      Effect.all([addRun(store, runDocument(), wholeRun(0.75)), addRun(store, runDocument({ seed: "2" }), wholeRun(0.5))])
    )
    spoil(folder, `DROP TRIGGER events_never_change; UPDATE events SET payload = '{}' WHERE run_id = '${broken}' AND seq = 3`)
    const seen = await withStore(folder, (store) => page(store, { columns: ["run_id", "seed", "score"] }))
    expect(seen.rows.map((row) => row.cells)).toEqual([
      [whole, 1, 0.75],
      [broken, 2, null]
    ])
    expect(seen.warnings.map(({ code, message }) => [code, message.includes(String(broken))])).toEqual([["FT1383", true]])
    const database = new DatabaseSync(`${folder}/store.sqlite`)
    expect(database.prepare("SELECT run_id FROM run_facts").all()).toEqual([{ run_id: whole }])
    database.close()
  })

  it("is sorted by several columns, null last both ways, and by age where they are equal", async () => {
    const folder = scratch()
    await withStore(folder, (store) =>
      Effect.gen(function* () {
        for (const [seed, accuracy] of [
          ["1", 0.5],
          ["2", undefined],
          ["3", 0.75],
          ["4", 0.5]
        ] as const)
          yield* addRun(store, runDocument({ seed }), accuracy === undefined ? [] : wholeRun(accuracy))
        const seeds = (sort: ReadonlyArray<string>) => Effect.map(cells(store, ["seed"], { sort }), (rows) => rows.flat())
        expect(yield* seeds(["score"])).toEqual([1, 4, 3, 2])
        expect(yield* seeds(["-score"])).toEqual([3, 1, 4, 2])
        expect(yield* seeds(["score", "-seed"])).toEqual([4, 1, 3, 2])
        expect(yield* seeds(["status", "-seed"])).toEqual([4, 3, 1, 2])
      })
    )
  })

  it("leaves archived runs out unless they are asked for, and counts them", async () => {
    const folder = scratch()
    await withStore(folder, (store) =>
      Effect.gen(function* () {
        const first = yield* addRun(store, runDocument(), wholeRun(0.5))
        const second = yield* addRun(store, runDocument({ seed: "2" }), wholeRun(0.75))
        yield* store.marks.mark(first, { archived: true })
        const seen = (over: Partial<RunTableRequest>) =>
          Effect.map(page(store, over), ({ rows, matched, hidden, total }) => [rows.map(({ run_id }) => run_id), matched, hidden, total])
        expect(yield* seen({})).toEqual([[second], 1, 1, 2])
        expect(yield* seen({ archived: true })).toEqual([[first, second], 2, 0, 2])
        expect(yield* seen({ archived: true, offset: 1 })).toEqual([[second], 2, 0, 2])
        expect(yield* seen({ where: "archived = true" })).toEqual([[first], 1, 0, 2])
        expect(yield* seen({ where: "not archived = true" })).toEqual([[second], 1, 0, 2])
        expect(yield* seen({ where: "score < 0.6" })).toEqual([[], 0, 1, 2])
      })
    )
  })

  it("refuses a condition, an order and columns with all their mistakes at once", async () => {
    const folder = scratch()
    const error = await failure(
      Effect.scoped(
        Effect.flatMap(openStore({ folder }), (store) =>
          page(store, { where: "stauts:x and seed > y", sort: ["-scor"], columns: ["nam", "metric.x"] })
        )
      )
    )
    expect(error.reason).toBe("usage")
    expect(error.diagnostics.map(({ code, column, field, help }) => [code, column ?? field, help])).toEqual([
      ["FT1381", 1, "did you mean status?"],
      ["FT1382", 21, undefined],
      ["FT1381", "--sort", "did you mean score?"],
      ["FT1381", "--columns", "did you mean name?"]
    ])
    const syntax = await failure(Effect.scoped(Effect.flatMap(openStore({ folder }), (store) => page(store, { where: "a = (" }))))
    expect(codesOf(syntax)).toEqual(["FT1380"])
  })

  it("holds names that are markup, escapes, formulas and words of the language as what they are", async () => {
    const folder = scratch()
    const names = [
      "<script>alert(1)</script>",
      "\u001b[31mred",
      "=cmd|' /C calc'!A0",
      "two\nlines",
      "__proto__",
      "constructor",
      'say "hi"',
      "a, b",
      "  "
    ]
    await withStore(folder, (store) =>
      Effect.gen(function* () {
        for (const [at, name] of names.entries())
          yield* addRun(
            store,
            runDocument({ name, seed: String(at), sampler: { plugin: { id: "s#s", version: "1" }, options: { [name]: name } } }),
            wholeRun(0.5, { [`f1/${name}`]: at })
          )
        expect((yield* cells(store, ["name"])).flat()).toEqual(names)
        for (const [at, name] of names.entries()) {
          const text = JSON.stringify(name).includes("\\u") ? `'${name}'` : `"${name.replace(/[\\"]/g, (each) => `\\${each}`)}"`
          expect((yield* cells(store, ["seed"], { where: `name = ${text}` })).flat(), name).toEqual([at])
          const column = `"metric.f1/${name.replace(/[\\"]/g, (each) => `\\${each}`)}"`
          expect((yield* cells(store, ["seed"], { where: `has:${column}` })).flat(), name).toEqual([at])
        }
      })
    )
    expect((await afresh(folder, ["name"])).flat()).toEqual(names)
  })
})

describe("ten thousand runs", () => {
  it("are found, counted and paged as they were made", async () => {
    const folder = scratch()
    const document_sha256 = await withStore(folder, (store) => store.blobs.put(documentBytes(runDocument())))
    addRuns(folder, 10_000, document_sha256, (number) => [
      { type: "running", payload: { resumed: false } },
      { type: "phase-started", payload: { phase: "test", index: 0, learned_hash: "a" } },
      ...(number % 10 === 0
        ? [{ type: "failed", payload: { message: "=HYPERLINK()" } }]
        : [
            {
              type: "phase-scored",
              payload: {
                phase: "test",
                metrics: { accuracy: (number % 1000) / 1000 },
                signature: "s",
                scorecard_id: "c",
                scorecard_body_sha256: "b",
                scorecard_sha256: "s"
              }
            },
            { type: "completed", payload: {} }
          ])
    ])
    await withStore(folder, (store) =>
      Effect.gen(function* () {
        const best = yield* page(store, {
          where: "metric.accuracy >= 0.9 and not status:failed",
          sort: ["-score", "-created"],
          columns: ["name", "score"],
          limit: 3,
          offset: 1
        })
        expect([best.total, best.matched, best.hidden]).toEqual([10_000, 900, 0])
        expect(best.rows.map((row) => row.cells)).toEqual([
          ["run 8999", 0.999],
          ["run 7999", 0.999],
          ["run 6999", 0.999]
        ])
        expect((yield* page(store, { where: "has:score" })).matched).toBe(9000)
        expect((yield* page(store, { where: "not metric.accuracy > 0.5" })).matched).toBe(4500)
        expect((yield* page(store, { where: "status:failed and failure ~ '=*'" })).matched).toBe(1000)
        yield* store.marks.mark("r-000000000001-1", { add_tags: ["baseline"] })
        expect((yield* page(store, { where: "tag:baseline" })).rows).toEqual([{ run_id: "r-000000000001-1", cells: ["r-000000000001-1"] }])
      })
    )
    const database = new DatabaseSync(`${folder}/store.sqlite`)
    expect(database.prepare("SELECT count(*) AS n FROM run_facts").get()).toEqual({ n: 10_000 })
    expect(database.prepare("SELECT count(*) AS n FROM fact_shapes").get()).toEqual({ n: 2 })
    database.close()
    expect((await afresh(folder, ["name"], { where: "tag:baseline" })).flat()).toEqual(["run 1"])
  })
})

describe("marks", () => {
  const marked = async (folder: string) => withStore(folder, (store) => addRun(store, runDocument(), wholeRun(0.5)))

  it("are the fold of their history, in which nothing is lost", async () => {
    const folder = scratch()
    const run_id = await marked(folder)
    const { now, history, changed } = await withStore(folder, ({ marks }) =>
      Effect.gen(function* () {
        const told = [
          yield* marks.mark(run_id, { add_tags: ["b", "a", "b"], note: "first" }),
          yield* marks.mark(run_id, { add_tags: ["a"], note: "first" }),
          yield* marks.mark(run_id, { remove_tags: ["a", "never"], add_tags: ["c"], note: "second", starred: true }),
          yield* marks.mark(run_id, { add_tags: ["c"], remove_tags: ["c"] }),
          yield* marks.mark(run_id, { archived: true, note: null })
        ]
        return { now: (yield* marks.all).get(run_id), history: yield* marks.history(run_id), changed: told.map((each) => each.changed) }
      })
    )
    expect(changed).toEqual([true, false, true, false, true])
    expect(now).toEqual({ tags: ["b", "c"], note: null, starred: true, archived: true, revision: 3 })
    expect(history.map(({ revision, change }) => [revision, change])).toEqual([
      [1, { add_tags: ["a", "b"], note: "first" }],
      [2, { add_tags: ["c"], remove_tags: ["a"], note: "second", starred: true }],
      [3, { archived: true, note: null }]
    ])
  })

  it("are changed for one state of them alone where the change names it", async () => {
    const folder = scratch()
    const run_id = await marked(folder)
    const { first, error, history } = await withStore(folder, ({ marks }) =>
      Effect.gen(function* () {
        const fresh = marksTag(run_id, noMarks)
        const first = yield* marks.mark(run_id, { note: "mine", add_tags: ["a"] }, fresh)
        const error = yield* Effect.flip(marks.mark(run_id, { note: "theirs" }, fresh))
        yield* marks.mark(run_id, { note: "theirs" }, marksTag(run_id, first.marks))
        return { first, error, history: yield* marks.history(run_id) }
      })
    )
    expect(first.changed).toBe(true)
    expect(error.reason).toBe("invalid")
    expect(error.diagnostics).toEqual([
      expect.objectContaining({ code: "FT4053", expected: `${run_id}:0`, actual: `${run_id}:1: note "mine", tags a` })
    ])
    expect(history.map(({ change }) => change.note)).toEqual(["mine", "theirs"])
    const other = await withStore(folder, ({ marks }) => Effect.flip(marks.mark(run_id, { starred: true }, "r-000000000009-1:2")))
    expect(codesOf(other)).toEqual(["FT4053"])
  })

  it("enter no hash: the run is what it was", async () => {
    const folder = scratch()
    const run_id = await marked(folder)
    const before = await withStore(folder, ({ journal }) => journal.events(run_id))
    await withStore(folder, ({ marks }) => marks.mark(run_id, { note: "x", archived: true }))
    expect(await withStore(folder, ({ journal }) => journal.events(run_id))).toEqual(before)
  })

  it("refuse tags that cannot be typed, notes without end, lone surrogates and runs that are not there", async () => {
    const folder = scratch()
    const run_id = await marked(folder)
    for (const tag of ["", " ", "a b", "<b>", "-x", "+x", "=x", "a:b", 'a"', "x".repeat(64), "\u001b[0m", "a\n"]) {
      const error = await withStore(folder, ({ marks }) => Effect.flip(marks.mark(run_id, { add_tags: [tag] })))
      expect(codesOf(error), JSON.stringify(tag)).toEqual(["FT4052"])
    }
    for (const tag of ["a", "9", "v1.2-rc_3/x", "été", "大", "__proto__".slice(2), "x".repeat(63)])
      expect((await withStore(folder, ({ marks }) => marks.mark(run_id, { add_tags: [tag] }))).marks.tags).toContain(tag)
    const codes = (run: string, change: { readonly note: string }) =>
      withStore(folder, ({ marks }) => Effect.map(Effect.flip(marks.mark(run, change)), codesOf))
    expect(await codes(run_id, { note: "x".repeat(10_001) })).toEqual(["FT4052"])
    expect(await codes(run_id, { note: "\ud800" })).toEqual(["FT4026"])
    expect(await codes("r-none", { note: "x" })).toEqual(["FT4020"])
  })

  it("are found out when somebody alters, removes or changes them behind the store", async () => {
    for (const harm of [
      `UPDATE run_marks SET change = '${canonical({ starred: false })}' WHERE revision = 1`,
      "UPDATE run_marks SET change = '{' WHERE revision = 1",
      "UPDATE run_marks SET at_wall = 7 WHERE revision = 1",
      "DELETE FROM run_marks WHERE revision = 1"
    ]) {
      const folder = scratch()
      const run_id = await marked(folder)
      await withStore(folder, ({ marks }) => Effect.andThen(marks.mark(run_id, { starred: true }), marks.mark(run_id, { note: "x" })))
      const refused = new DatabaseSync(`${folder}/store.sqlite`)
      expect(() => refused.exec(harm)).toThrow("run_marks only grow")
      refused.exec(`DROP TRIGGER run_marks_never_change; DROP TRIGGER run_marks_never_leave; ${harm}`)
      refused.close()
      const [codes, found] = await withStore(folder, ({ marks, verify }) =>
        Effect.all([Effect.map(Effect.flip(marks.history(run_id)), codesOf), Effect.map(verify, (all) => all.map(({ code }) => code))])
      )
      expect(codes, harm).toEqual(["FT4051"])
      expect(found, harm).toContain("FT4051")
    }
  })
})
