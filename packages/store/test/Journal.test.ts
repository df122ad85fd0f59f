import { DatabaseSync } from "node:sqlite"
import { canonical, sha256Hex } from "@feagi-trainer/determinism"
import { Effect, Scope } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { eventSha256, journalBodySha256, openStore, type StoreShape } from "../src/index.ts"
import { answers, as, cleanUp, codesOf, machine, newRun, run, scratch, step, withStore } from "./harness.ts"

cleanUp()

/** Changes the SQLite file behind the back of the store; the triggers that would refuse are dropped first. */
const tamper = (folder: string, sql: string): void => {
  const database = new DatabaseSync(`${folder}/store.sqlite`)
  for (const table of ["events", "predictions", "scorecards"]) {
    database.exec(`DROP TRIGGER IF EXISTS ${table}_never_change; DROP TRIGGER IF EXISTS ${table}_never_leave`)
  }
  database.exec(sql)
  database.close()
}

/** One run with the events created, step 0 … `steps - 1` and two predictions per step; its id. */
const recorded = (store: StoreShape, steps: number) =>
  Effect.gen(function* () {
    const { run_id } = yield* store.journal.create(newRun())
    yield* Effect.scoped(
      Effect.gen(function* () {
        const lease = yield* store.journal.acquire(run_id)
        for (let number = 0; number < steps; number += 1) yield* store.journal.commit(lease, [step(number)], answers(number * 2, 2))
      })
    )
    return run_id
  })

/** A folder with one recorded run, changed by `sql`; what reading and verifying say then. */
const afterTampering = async (sql: string) => {
  const folder = scratch()
  const run_id = await withStore(folder, (store) => recorded(store, 4))
  tamper(folder, sql)
  return withStore(folder, (store) =>
    Effect.gen(function* () {
      const events = yield* Effect.exit(store.journal.events(run_id))
      const predictions = yield* Effect.exit(store.journal.predictions(run_id))
      const found = (yield* store.verify).filter(({ code }) => code !== "FT4010")
      return { events, predictions, found: found.map(({ code, field, message }) => [code, field ?? message]) }
    })
  )
}

describe("RunJournal.create()", () => {
  it("names a run by its spec and counts the attempts", async () => {
    await withStore(scratch(), ({ journal }) =>
      Effect.gen(function* () {
        const ids = []
        for (const spec of ["ab", "ab", "ef", "ab"]) ids.push((yield* journal.create(newRun({ spec_sha256: spec.repeat(32) }))).run_id)
        expect(ids).toEqual(["r-abababababab-1", "r-abababababab-2", "r-efefefefefef-1", "r-abababababab-3"])
        expect((yield* journal.runs).map(({ run_id }) => run_id)).toEqual(ids)
      })
    )
  })

  it("gives two specs that share their first 12 digits different ids", async () => {
    await withStore(scratch(), ({ journal }) =>
      Effect.gen(function* () {
        const one = yield* journal.create(newRun({ spec_sha256: `${"ab".repeat(6)}${"0".repeat(52)}` }))
        const two = yield* journal.create(newRun({ spec_sha256: `${"ab".repeat(6)}${"1".repeat(52)}` }))
        expect([one.run_id, two.run_id]).toEqual(["r-abababababab-1", "r-abababababab-2"])
      })
    )
  })

  it("stores the first event, which holds what was asked and neither time nor attempt", async () => {
    await withStore(scratch(), ({ journal }) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(1_700_000_000_000)
        const first = yield* journal.create(newRun())
        yield* TestClock.setTime(1_800_000_000_000)
        const second = yield* journal.create(newRun())
        expect([first.created_at, second.created_at]).toEqual([1_700_000_000_000, 1_800_000_000_000])
        const [left, right] = [yield* journal.events(first.run_id), yield* journal.events(second.run_id)]
        expect(left.map(({ seq, type, at_wall }) => [seq, type, at_wall])).toEqual([[0, "created", 1_700_000_000_000]])
        expect(left.map(({ sha256 }) => sha256)).toEqual(right.map(({ sha256 }) => sha256))
      }).pipe(Effect.provide(TestClock.layer()))
    )
  })

  it("keeps a seed beyond 2^53 exactly", async () => {
    const folder = scratch()
    await withStore(folder, ({ journal }) => journal.create(newRun()))
    expect((await withStore(folder, ({ journal }) => journal.runs))[0]?.seed).toBe("18446744073709551615")
  })
})

describe("RunJournal.commit()", () => {
  it("chains each event to the one before, over the canonical JSON of seq, type and payload", async () => {
    await withStore(scratch(), (store) =>
      Effect.gen(function* () {
        const events = yield* store.journal.events(yield* recorded(store, 3))
        expect(events.map(({ seq, type }) => [seq, type])).toEqual([
          [0, "created"],
          [1, "step"],
          [2, "step"],
          [3, "step"]
        ])
        let before = "0".repeat(64)
        for (const { seq, type, payload, sha256, prev_sha256 } of events) {
          expect(prev_sha256).toBe(before)
          expect(sha256).toBe(sha256Hex(before + canonical({ payload, seq, type })))
          before = sha256
        }
        expect(events[1]?.sha256).toBe(sha256Hex(`${events[0]?.sha256}{"payload":{"epoch":0,"step":0},"seq":1,"type":"step"}`))
      })
    )
  })

  it("stores events and predictions together and gives predictions back in the order of their commits", async () => {
    const folder = scratch()
    const run_id = await withStore(folder, (store) => recorded(store, 3))
    await withStore(folder, ({ journal }) =>
      Effect.gen(function* () {
        expect(yield* journal.predictions(run_id)).toEqual(answers(0, 6))
        expect(yield* journal.predictions(run_id, "train")).toHaveLength(6)
        expect(yield* journal.predictions(run_id, "test")).toEqual([])
      })
    )
  })

  it("keeps every JSON value of a payload exactly", async () => {
    const payload = {
      minus_zero: -0,
      large: 2n ** 63n,
      nan: Number.NaN,
      text: "é\n\u{1f9e0}",
      list: [1.5, null, true],
      nested: { $number: "NaN" }
    }
    await withStore(scratch(), (store) =>
      Effect.gen(function* () {
        const { run_id } = yield* store.journal.create(newRun())
        const lease = yield* store.journal.acquire(run_id)
        yield* store.journal.commit(lease, [{ type: "odd", payload }], [])
        const stored = (yield* store.journal.events(run_id))[1]
        expect(canonical(stored?.payload)).toBe(canonical(payload))
        expect(Object.is(stored?.payload.minus_zero, -0)).toBe(true)
        expect(stored?.payload.large).toBe(2n ** 63n)
      })
    )
  })

  it("refuses a step that was committed already, and stores nothing of it", async () => {
    await withStore(scratch(), (store) =>
      Effect.gen(function* () {
        const run_id = yield* recorded(store, 2)
        const lease = yield* store.journal.acquire(run_id)
        const error = yield* Effect.flip(store.journal.commit(lease, [step(2)], answers(3, 4)))
        expect(codesOf(error)).toEqual(["FT4025"])
        expect(error.diagnostics[0].sample_id).toBe("s-3")
        expect(yield* store.journal.events(run_id)).toHaveLength(3)
        expect(yield* store.journal.predictions(run_id)).toHaveLength(4)
        yield* store.journal.commit(lease, [step(2)], answers(4, 2))
        expect(yield* store.verify.pipe(Effect.map((all) => all.filter(({ code }) => code !== "FT4010")))).toEqual([])
      })
    )
  })

  it("names what has no stored form, and stores nothing of the step", async () => {
    const [row] = answers(0, 1)
    if (row === undefined) throw new Error("no row")
    const cases = [
      { events: [{ type: "x", payload: { when: new Map() } }], rows: [], says: "$.when" },
      { events: [{ type: "x", payload: { text: "\ud800" } }], rows: [], says: "$.text" },
      { events: [{ type: "\udfff", payload: {} }], rows: [], says: "type of an event" },
      { events: [step(0)], rows: [{ ...row, tick: 1.5 }], says: "a prediction" },
      { events: [step(0)], rows: [{ ...row, epoch: Number.NaN }], says: "a prediction" },
      { events: [step(0)], rows: [row, { ...row, index: 2 ** 53 }], says: "a prediction" },
      { events: [step(0)], rows: [{ ...row, sample_id: "\ud800x" }], says: "sample_id" }
    ]
    await withStore(scratch(), ({ journal }) =>
      Effect.gen(function* () {
        const { run_id } = yield* journal.create(newRun())
        const lease = yield* journal.acquire(run_id)
        for (const { events, rows, says } of cases) {
          const error = yield* Effect.flip(journal.commit(lease, events, rows))
          expect(codesOf(error)).toEqual(["FT4026"])
          expect(error.message).toContain(says)
        }
        expect(yield* journal.events(run_id)).toHaveLength(1)
        expect(yield* journal.predictions(run_id)).toEqual([])
      })
    )
  })

  it("holds 100000 predictions and reads all of them back", async () => {
    await withStore(scratch(), ({ journal }) =>
      Effect.gen(function* () {
        const { run_id } = yield* journal.create(newRun())
        const lease = yield* journal.acquire(run_id)
        for (let number = 0; number < 10; number += 1) yield* journal.commit(lease, [step(number)], answers(number * 10_000, 10_000))
        const found = yield* journal.predictions(run_id)
        expect(found).toHaveLength(100_000)
        expect(found.every(({ index }, at) => index === at)).toBe(true)
      })
    )
  })
})

/** The store as another process sees it. */
const opened = (folder: string, facts: ReturnType<ReturnType<typeof machine>["start"]>) => as(facts)(openStore({ folder }))

describe("the lease of a run", () => {
  it("is refused while a live process holds it, naming the process", async () => {
    const folder = scratch()
    const box = machine()
    const effect = Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_000_000)
      const one = yield* opened(folder, box.start(11))
      const two = yield* opened(folder, box.start(22))
      const { run_id } = yield* one.journal.create(newRun())
      expect(yield* two.journal.isHeld(run_id)).toBe(false)
      yield* one.journal.acquire(run_id)
      expect(yield* two.journal.isHeld(run_id)).toBe(true)
      const error = yield* Effect.flip(two.journal.acquire(run_id))
      expect([error.reason, ...codesOf(error)]).toEqual(["locked", "FT4021"])
      expect(error.diagnostics[0].message).toBe(`run ${run_id} is held by process 11 on box since 2023-11-14T22:13:20.000Z`)
    })
    await run(Effect.scoped(effect).pipe(Effect.provide(TestClock.layer())))
  })

  it("is refused to another scope of the same process, and free when the scope closes", async () => {
    await withStore(scratch(), ({ journal }) =>
      Effect.gen(function* () {
        const { run_id } = yield* journal.create(newRun())
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* journal.acquire(run_id)
            expect(codesOf(yield* Effect.flip(journal.acquire(run_id)))).toEqual(["FT4021"])
          })
        )
        expect(yield* journal.isHeld(run_id)).toBe(false)
        yield* journal.acquire(run_id)
      })
    )
  })

  it("is given back when the store closes before the scope of the lease", async () => {
    const folder = scratch()
    const effect = Effect.gen(function* () {
      const outer = yield* Scope.Scope
      const { run_id } = yield* Effect.scoped(Effect.flatMap(openStore({ folder }), ({ journal }) => journal.create(newRun())))
      yield* Effect.scoped(
        Effect.flatMap(openStore({ folder }), ({ journal }) => Effect.provideService(journal.acquire(run_id), Scope.Scope, outer))
      )
      const again = yield* openStore({ folder })
      expect(yield* again.journal.isHeld(run_id)).toBe(false)
      yield* again.journal.acquire(run_id)
    })
    await run(Effect.scoped(effect))
  })

  it("is taken over at once from a process that is gone, from a reused pid and from another boot", async () => {
    const folder = scratch()
    const box = machine()
    const after = machine("boot-2")
    const effect = Effect.gen(function* () {
      const first = yield* opened(folder, box.start(11))
      const { run_id } = yield* first.journal.create(newRun())
      const old = yield* first.journal.acquire(run_id)

      box.kill(11)
      const second = yield* opened(folder, box.start(22))
      expect(yield* second.journal.isHeld(run_id)).toBe(false)
      yield* second.journal.acquire(run_id)

      box.kill(22)
      box.start(22, "later")
      const third = yield* opened(folder, box.start(33))
      yield* third.journal.acquire(run_id)

      const fourth = yield* opened(folder, after.start(33, "t33"))
      const lease = yield* fourth.journal.acquire(run_id)
      yield* fourth.journal.commit(lease, [step(0)], answers(0, 1))

      // The first owner wakes up: its nonce fences it off.
      const error = yield* Effect.flip(first.journal.commit(old, [step(9)], answers(9, 1)))
      expect([error.reason, ...codesOf(error)]).toEqual(["locked", "FT4022"])
      expect(error.message).toContain("process 33 on box holds it now")
      expect((yield* fourth.journal.events(run_id)).map(({ payload }) => payload.step)).toEqual([undefined, 0])
    })
    await run(Effect.scoped(effect))
  })

  it("does not free the lease of the next owner when the scope of a former one closes", async () => {
    const folder = scratch()
    const box = machine()
    const effect = Effect.gen(function* () {
      const first = yield* opened(folder, box.start(11))
      const second = yield* opened(folder, box.start(22))
      const { run_id } = yield* first.journal.create(newRun())
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* first.journal.acquire(run_id)
          box.kill(11)
          yield* second.journal.acquire(run_id)
        })
      )
      const { run_id: other } = yield* first.journal.create(newRun())
      const lease = yield* Effect.scoped(first.journal.acquire(other))
      expect(codesOf(yield* Effect.flip(first.journal.commit(lease, [step(0)], [])))).toEqual(["FT4022"])
    })
    await run(Effect.scoped(effect))
  })

  it("is kept when its owner lives in a pid namespace that cannot be seen", async () => {
    const folder = scratch()
    const [inside, outside] = [machine("boot-1", "ns1"), machine("boot-1", "ns2")]
    const effect = Effect.gen(function* () {
      const one = yield* opened(folder, inside.start(7))
      const { run_id } = yield* one.journal.create(newRun())
      yield* one.journal.acquire(run_id)
      const two = yield* opened(folder, outside.start(7))
      const error = yield* Effect.flip(two.journal.acquire(run_id))
      expect(codesOf(error)).toEqual(["FT4021"])
      expect(error.diagnostics[0].help).toContain("container")
      expect(yield* two.journal.isHeld(run_id)).toBe(true)
    })
    await run(Effect.scoped(effect))
  })
})

describe("requests to a run", () => {
  it("are left, seen and cleared; stop stands against a later pause", async () => {
    await withStore(scratch(), ({ journal }) =>
      Effect.gen(function* () {
        const { run_id } = yield* journal.create(newRun())
        yield* journal.acquire(run_id)
        expect(yield* journal.pending(run_id)).toBeUndefined()
        expect(yield* journal.request(run_id, "pause")).toBe(true)
        expect(yield* journal.pending(run_id)).toBe("pause")
        yield* journal.request(run_id, "stop")
        yield* journal.request(run_id, "pause")
        expect(yield* journal.pending(run_id)).toBe("stop")
        yield* journal.clearRequest(run_id, "pause")
        expect(yield* journal.pending(run_id)).toBe("stop")
        yield* journal.clearRequest(run_id, "stop")
        expect(yield* journal.pending(run_id)).toBeUndefined()
      })
    )
  })

  it("go to the process that holds the run: to nobody else, and not to the next one", async () => {
    const folder = scratch()
    const box = machine()
    const effect = Effect.gen(function* () {
      const first = yield* opened(folder, box.start(11))
      const second = yield* opened(folder, box.start(22))
      const { run_id } = yield* first.journal.create(newRun())
      expect([yield* second.journal.request(run_id, "stop"), yield* first.journal.pending(run_id)]).toEqual([false, undefined])
      yield* first.journal.acquire(run_id)
      expect([yield* second.journal.request(run_id, "stop"), yield* first.journal.pending(run_id)]).toEqual([true, "stop"])
      box.kill(11)
      expect(yield* second.journal.request(run_id, "pause")).toBe(false)
      yield* second.journal.acquire(run_id)
      expect(yield* second.journal.pending(run_id)).toBeUndefined()
    })
    await run(Effect.scoped(effect))
  })

  it("name an unknown run and its nearest neighbour, in every call that takes one", async () => {
    await withStore(scratch(), ({ journal }) =>
      Effect.gen(function* () {
        yield* journal.create(newRun())
        const wrong = "r-abababababab-7"
        const calls = [
          Effect.scoped(journal.acquire(wrong)),
          journal.isHeld(wrong),
          journal.events(wrong),
          journal.predictions(wrong),
          journal.request(wrong, "stop"),
          journal.pending(wrong),
          journal.clearRequest(wrong, "stop")
        ]
        for (const call of calls) {
          const error = yield* Effect.flip(Effect.asVoid(call))
          expect([error.reason, error.message, error.diagnostics[0].help]).toEqual([
            "usage",
            `FT4020 no run "${wrong}"`,
            "did you mean r-abababababab-1?"
          ])
        }
      })
    )
  })
})

describe("a journal that was altered", () => {
  const located = async (sql: string, expected: ReadonlyArray<ReadonlyArray<string>>, broken: "events" | "predictions" | "none") => {
    const { events, predictions, found } = await afterTampering(sql)
    expect(found).toEqual(expected)
    expect([events._tag, predictions._tag]).toEqual([
      broken === "events" ? "Failure" : "Success",
      broken === "predictions" ? "Failure" : "Success"
    ])
  }

  it("is whole when nothing was done to it", () => located("SELECT 1", [], "none"))
  it("names an event whose payload changed by one letter", () =>
    located(`UPDATE events SET payload = replace(payload, '"step":1', '"step":7') WHERE seq = 2`, [["FT4023", "events[2]"]], "events"))
  it("names an event whose payload says the same in another form", () =>
    located(`UPDATE events SET payload = replace(payload, ':', ': ') WHERE seq = 2`, [["FT4023", "events[2]"]], "events"))
  it("names an event that points to another event before it", () =>
    located("UPDATE events SET prev_sha256 = sha256 WHERE seq = 2", [["FT4023", "events[2]"]], "events"))
  it("names an event whose payload is no JSON any more", () =>
    located("UPDATE events SET payload = '{' WHERE seq = 2", [["FT4023", "events[2]"]], "events"))
  it("names an event whose type changed", () =>
    located("UPDATE events SET type = 'stop' WHERE seq = 3", [["FT4023", "events[3]"]], "events"))
  it("names an event that was removed from the middle", () =>
    located("DELETE FROM events WHERE seq = 2", [["FT4023", "events[2]"]], "events"))
  it("names the first of two events that changed places", () =>
    located(
      "UPDATE events SET seq = 99 WHERE seq = 2; UPDATE events SET seq = 2 WHERE seq = 3; UPDATE events SET seq = 3 WHERE seq = 99",
      [["FT4023", "events[2]"]],
      "events"
    ))
  it("names the event from which on the tail was cut off", () =>
    located("DELETE FROM events WHERE seq >= 3", [["FT4023", "events[3]"]], "events"))
  it("names an event that was added behind the head", () =>
    located(
      `INSERT INTO events SELECT run_id, 5, sha256, '${"0".repeat(64)}', 'step', '{}', 0 FROM events WHERE seq = 4`,
      [["FT4023", "events[5]"]],
      "events"
    ))
  it("names a prediction that changed", () =>
    located("UPDATE predictions SET line = '{\"index\":0}' WHERE position = 5", [["FT4024", "predictions[5]"]], "predictions"))
  it("names a prediction that was removed, also the last one", async () => {
    await located("DELETE FROM predictions WHERE position = 3", [["FT4024", "predictions[3]"]], "predictions")
    await located("DELETE FROM predictions WHERE position = 7", [["FT4024", "predictions[7]"]], "predictions")
  })
  it("names a run whose record no longer is what its first event says", () =>
    located("UPDATE runs SET seed = '7'", [["FT4028", "the record of run r-abababababab-1 is not what its first event says"]], "none"))

  it("cannot be changed or shortened by a statement of our own", async () => {
    const folder = scratch()
    await withStore(folder, (store) => recorded(store, 1))
    const database = new DatabaseSync(`${folder}/store.sqlite`)
    for (const table of ["events", "predictions"]) {
      expect(() => database.exec(`DELETE FROM ${table}`)).toThrow(`${table} only grow`)
      expect(() => database.exec(`UPDATE ${table} SET run_id = run_id`)).toThrow(`${table} only grow`)
    }
    database.close()
  })
})

describe("journalBodySha256()", () => {
  it("covers the payloads alone, each with a line feed", () => {
    const events = [{ payload: { b: 1, a: "x" } }, { payload: {} }]
    expect(journalBodySha256(events)).toBe(sha256Hex('{"a":"x","b":1}\n{}\n'))
    expect(journalBodySha256([])).toBe(sha256Hex(""))
  })

  it("is equal for two attempts of the same run", async () => {
    await withStore(scratch(), (store) =>
      Effect.gen(function* () {
        const bodies = []
        for (let attempt = 0; attempt < 2; attempt += 1)
          bodies.push(journalBodySha256(yield* store.journal.events(yield* recorded(store, 3))))
        expect(new Set(bodies).size).toBe(1)
      })
    )
  })
})

describe("eventSha256()", () => {
  it("changes with the event before, the seq, the type and the payload", () => {
    const base = { seq: 1, type: "step", payload: { a: 1 } }
    const hashes = [
      eventSha256("0".repeat(64), base),
      eventSha256("1".repeat(64), base),
      eventSha256("0".repeat(64), { ...base, seq: 2 }),
      eventSha256("0".repeat(64), { ...base, type: "stop" }),
      eventSha256("0".repeat(64), { ...base, payload: { a: 2 } })
    ]
    expect(new Set(hashes).size).toBe(5)
  })
})
