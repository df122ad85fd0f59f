/**
 * The core's ports in memory, with the same promises as a store: blobs verify their hash, a commit is all or nothing, the chain of
 * events is hashed, a lease fences. What lies in them can be altered from outside, which is the point.
 */
import { type RootFiles, trainerError } from "@feagi-trainer/contracts"
import { canonical, sha256Hex } from "@feagi-trainer/determinism"
import { Effect, Layer } from "effect"
import {
  BlobStore,
  type BrainRecord,
  type PredictionRow,
  Registry,
  type RewardRow,
  Roots,
  RunJournal,
  RunObserver,
  type RunRequest,
  type RunRow,
  type ScorecardRow,
  Scorecards,
  type StoredDataset,
  type StoredEvent,
  type TelemetryRow
} from "../../src/index.ts"

interface MemoryRun {
  readonly row: RunRow
  readonly events: Array<StoredEvent>
  readonly predictions: Array<PredictionRow>
  readonly rewards: Array<RewardRow>
  readonly telemetry: Array<TelemetryRow>
  holder: string | undefined
  request: RunRequest | undefined
}

/** Called before every commit with its first event; an error that it gives is what the commit fails with. */
export type BeforeCommit = (type: string) => void

export interface Memory {
  readonly blobs: Map<string, Uint8Array>
  readonly runs: Array<MemoryRun>
  readonly datasets: Array<StoredDataset>
  readonly brains: Array<BrainRecord>
  readonly scorecards: Array<ScorecardRow>
  beforeCommit: BeforeCommit
  afterAcquire: (run: MemoryRun) => void
  /** How many times something was written. */
  writes: number
  readonly layer: Layer.Layer<BlobStore | Registry | RunJournal | Scorecards | Roots | RunObserver>
}

const noFiles: RootFiles = {
  info: () => Effect.fail(trainerError("invalid", { code: "test/NO_FILE", message: "there are no files here" })),
  read: () => Effect.fail(trainerError("invalid", { code: "test/NO_FILE", message: "there are no files here" })),
  list: () => Effect.succeed([])
}

export const memory = (): Memory => {
  const blobs = new Map<string, Uint8Array>()
  const runs: Array<MemoryRun> = []
  const datasets: Array<StoredDataset> = []
  const brains: Array<BrainRecord> = []
  const scorecards: Array<ScorecardRow> = []
  let nonces = 0

  const find = (run_id: string): MemoryRun => {
    const found = runs.find((each) => each.row.run_id === run_id)
    if (found === undefined) throw new Error(`no run ${run_id}`)
    return found
  }
  const append = (run: MemoryRun, type: string, payload: Readonly<Record<string, unknown>>) => {
    const prev_sha256 = run.events.at(-1)?.sha256 ?? "0".repeat(64)
    const seq = run.events.length
    // A payload that canonical JSON cannot hold must fail here as it would in a store.
    const sha256 = sha256Hex(prev_sha256 + canonical({ seq, type, payload }))
    run.events.push({ seq, type, payload, sha256, prev_sha256, at_wall: 0 })
  }

  const made: Omit<Memory, "layer"> = {
    blobs,
    runs,
    datasets,
    brains,
    scorecards,
    beforeCommit: () => undefined,
    afterAcquire: () => undefined,
    writes: 0
  }

  const layer = Layer.mergeAll(
    Layer.succeed(BlobStore, {
      put: (bytes) =>
        Effect.sync(() => {
          const sha256 = sha256Hex(bytes)
          if (!blobs.has(sha256)) made.writes += 1
          blobs.set(sha256, bytes.slice())
          return sha256
        }),
      get: (sha256) =>
        Effect.suspend(() => {
          const found = blobs.get(sha256)
          if (found !== undefined && sha256Hex(found) === sha256) return Effect.succeed(found)
          return Effect.fail(
            trainerError("integrity", {
              code: "test/BLOB",
              message: `the blob ${sha256} is ${found === undefined ? "absent" : "altered"}`,
              expected: sha256,
              ...(found === undefined ? {} : { actual: sha256Hex(found) })
            })
          )
        }),
      putPieces: () => Effect.die("not needed here"),
      read: (sha256, use) =>
        Effect.suspend(() => {
          const found = blobs.get(sha256)
          if (found !== undefined && sha256Hex(found) === sha256) return Effect.sync(() => use(found))
          return Effect.fail(
            trainerError("integrity", { code: "test/BLOB", message: `the blob ${sha256} is ${found === undefined ? "absent" : "altered"}` })
          )
        }),
      has: (sha256) => Effect.sync(() => blobs.has(sha256)),
      list: Effect.sync(() => [...blobs].map(([sha256, bytes]) => ({ sha256, bytes: bytes.length })))
    }),
    Layer.succeed(Registry, {
      addDataset: () => Effect.die("not needed here"),
      datasets: Effect.sync(() => datasets),
      addBrain: () => Effect.die("not needed here"),
      brains: Effect.sync(() => brains)
    }),
    Layer.succeed(RunJournal, {
      create: (run) =>
        Effect.sync(() => {
          made.writes += 1
          const attempt = runs.filter((each) => each.row.spec_sha256 === run.spec_sha256).length + 1
          const row: RunRow = { ...run, attempt, run_id: `r-${run.spec_sha256.slice(0, 12)}-${attempt}`, created_at: 0 }
          const created: MemoryRun = { row, events: [], predictions: [], rewards: [], telemetry: [], holder: undefined, request: undefined }
          append(created, "created", { spec_sha256: run.spec_sha256 })
          runs.push(created)
          return row
        }),
      runs: Effect.sync(() => runs.map((each) => each.row)),
      acquire: (run_id) =>
        Effect.acquireRelease(
          Effect.suspend(() => {
            const run = find(run_id)
            if (run.holder !== undefined) return Effect.fail(trainerError("locked", { code: "test/LOCKED", message: `${run_id} is held` }))
            nonces += 1
            run.holder = `nonce-${nonces}`
            run.request = undefined
            made.afterAcquire(run)
            return Effect.succeed({ run_id, nonce: run.holder })
          }),
          (lease) =>
            Effect.sync(() => {
              const run = find(lease.run_id)
              if (run.holder === lease.nonce) run.holder = undefined
            })
        ),
      isHeld: (run_id) => Effect.sync(() => find(run_id).holder !== undefined),
      commit: (lease, events, predictions, { rewards = [], telemetry = [] } = {}) =>
        Effect.suspend(() => {
          const run = find(lease.run_id)
          if (run.holder !== lease.nonce) return Effect.fail(trainerError("locked", { code: "test/LOCKED", message: "the lease is gone" }))
          made.beforeCommit(events[0]?.type ?? "")
          made.writes += 1
          for (const event of events) append(run, event.type, event.payload)
          run.predictions.push(...predictions)
          run.rewards.push(...rewards)
          run.telemetry.push(...telemetry)
          return Effect.succeed(run.events.slice(-events.length))
        }),
      events: (run_id, from = 0) => Effect.sync(() => find(run_id).events.slice(from)),
      predictions: (run_id, phase) =>
        Effect.sync(() => find(run_id).predictions.filter((each) => phase === undefined || each.phase === phase)),
      rewards: (run_id, phase) => Effect.sync(() => find(run_id).rewards.filter((each) => phase === undefined || each.phase === phase)),
      telemetry: (run_id) => Effect.sync(() => [...find(run_id).telemetry]),
      request: (run_id, request) =>
        Effect.sync(() => {
          const run = find(run_id)
          if (run.holder === undefined) return false
          run.request = request
          return true
        }),
      pending: (run_id) => Effect.sync(() => find(run_id).request),
      clearRequest: (run_id, request) =>
        Effect.sync(() => {
          const run = find(run_id)
          if (run.request === request) run.request = undefined
        })
    }),
    Layer.succeed(Scorecards, {
      add: (row) =>
        Effect.sync(() => {
          const there = scorecards.find((each) => each.run_id === row.run_id && each.phase === row.phase)
          if (there !== undefined) return there
          const added = { ...row, created_at: 0 }
          scorecards.push(added)
          return added
        }),
      list: Effect.sync(() => scorecards),
      addVerified: (row) => Effect.succeed({ ...row, created_at: 0 }),
      verified: Effect.succeed([]),
      supersede: (link) => Effect.succeed({ ...link, created_at: 0 }),
      supersessions: Effect.succeed([])
    }),
    Layer.succeed(Roots, { open: () => Effect.succeed(noFiles) }),
    RunObserver.silent
  )
  return Object.assign(made, { layer })
}
