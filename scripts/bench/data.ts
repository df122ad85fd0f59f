/**
 * Rows `canonical`, `sha256`, `chacha8`, `sqlite`: the parts that every sample passes through, each by the plain program that it stands
 * on. What ours does beyond the peer is named in the row, so a ratio below 1 is what that costs.
 */
import { createHash } from "node:crypto"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Effect, type Scope } from "effect"
import { type PredictionRow, RunJournal } from "../../packages/core/src/index.ts"
import { ChaCha8, canonical, sha256Hex } from "../../packages/determinism/src/index.ts"
import { comparePair, MB, type Result, reportAlone, seconds } from "./measure.ts"
import { openProject } from "./project.ts"

const predictions = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    phase: "train",
    epoch: 3,
    index,
    sample_id: `digits@1/row-${index}`,
    prediction: { class: { class_id: index % 10, scores: Array.from({ length: 10 }, (__, each) => ((index * 31 + each * 7) % 97) / 97) } },
    target: { class: { class_id: index % 10, label: String(index % 10) } }
  }))

export const canonicalJson = async (): Promise<ReadonlyArray<Result>> => {
  const values = predictions(10_000)
  const megabytes = Buffer.byteLength(JSON.stringify(values)) / MB
  const each = (write: (value: unknown) => string) => async (): Promise<number> => {
    let length = 0
    const took = await seconds(() => {
      for (const value of values) length += write(value).length
    })
    if (length < megabytes * MB * 0.9) throw new Error(`${length} characters were written`)
    return megabytes / took
  }
  return [
    await comparePair({
      row: "canonical",
      ours: ["canonical JSON", each(canonical)],
      peer: ["JSON.stringify", each(JSON.stringify)],
      unit: "MB/s",
      note: "10 000 stored predictions; canonical also sorts keys, writes -0, NaN and infinities, and refuses what is no plain data"
    })
  ]
}

export const sha256 = async (): Promise<ReadonlyArray<Result>> => {
  const bytes = new Uint8Array(32 * MB)
  ChaCha8.seedFromU64(1n).fill(bytes)
  const texts = predictions(20_000).map((each) => JSON.stringify(each))
  const total = texts.reduce((sum, text) => sum + text.length, 0) / MB
  const rate = (megabytes: number, work: () => void) => async () => megabytes / (await seconds(work))
  const bare = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex")
  return [
    await comparePair({
      row: "sha256",
      ours: ["sha256Hex, 32 MB at once", rate(32, () => void sha256Hex(bytes))],
      peer: ["node:crypto", rate(32, () => void bare(bytes))],
      unit: "MB/s",
      note: "one buffer"
    }),
    await comparePair({
      row: "sha256",
      ours: [
        "sha256Hex, stored lines",
        rate(total, () => {
          for (const text of texts) sha256Hex(text)
        })
      ],
      peer: [
        "node:crypto",
        rate(total, () => {
          for (const text of texts) bare(text)
        })
      ],
      unit: "MB/s",
      note: `${texts.length} texts of ${Math.round((total * MB) / texts.length)} characters; ours also refuses lone surrogates`
    })
  ]
}

export const chacha8 = async (): Promise<ReadonlyArray<Result>> => {
  const bytes = new Uint8Array(8 * MB)
  const generator = ChaCha8.seedFromU64(1n)
  const fill = async () => 8 / (await seconds(() => generator.fill(bytes)))
  return [
    await reportAlone("chacha8", ["ChaCha8, fill", fill], "MB/s", "plain TypeScript, 8 MB"),
    {
      kind: "skipped",
      row: "chacha8",
      peer: "node:crypto",
      reason: "it has ChaCha with 20 rounds only; there is no program with 8 rounds in Node to divide by"
    }
  ]
}

const STEP = 1000
const STEPS = 10

const insert =
  "INSERT INTO predictions (run_id, position, phase, epoch, idx, sample_id, line, tick, sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"

export const sqlite = async (): Promise<ReadonlyArray<Result>> => {
  const project = await openProject()
  try {
    const rows: ReadonlyArray<PredictionRow> = predictions(STEP * STEPS).map((each) => ({
      phase: each.phase,
      epoch: each.epoch,
      index: each.index,
      sample_id: each.sample_id,
      tick: each.index,
      line: JSON.stringify(each)
    }))
    const steps = Array.from({ length: STEPS }, (_, step) => rows.slice(step * STEP, (step + 1) * STEP))
    const spec_sha256 = "5".repeat(64)
    const ours = (): Promise<number> =>
      project.run(
        Effect.scoped(
          Effect.gen(function* () {
            const journal = yield* RunJournal
            const run = yield* journal.create({ group_id: "g-bench", name: "bench", seed: "1", spec_sha256, document_sha256: spec_sha256 })
            const lease = yield* journal.acquire(run.run_id)
            const start = performance.now()
            for (const step of steps) yield* journal.commit(lease, [{ type: "step", payload: { samples: step.length } }], step)
            return (rows.length * 1000) / (performance.now() - start)
          }) satisfies Effect.Effect<number, unknown, RunJournal | Scope.Scope>
        )
      )
    const database = new DatabaseSync(join(project.folder, "raw.sqlite"))
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      CREATE TABLE predictions (run_id TEXT NOT NULL, position INTEGER NOT NULL, phase TEXT NOT NULL, epoch INTEGER NOT NULL,
        idx INTEGER NOT NULL, sample_id TEXT NOT NULL, line TEXT NOT NULL, tick INTEGER NOT NULL, sha256 TEXT NOT NULL,
        PRIMARY KEY (run_id, position), UNIQUE (run_id, phase, epoch, idx)) STRICT, WITHOUT ROWID;`)
    const statement = database.prepare(insert)
    let attempt = 0
    const raw = (): number => {
      attempt += 1
      const start = performance.now()
      for (const step of steps) {
        database.exec("BEGIN IMMEDIATE")
        for (const each of step)
          statement.run(`r-${attempt}`, each.index, each.phase, each.epoch, each.index, each.sample_id, each.line, each.tick, spec_sha256)
        database.exec("COMMIT")
      }
      return (rows.length * 1000) / (performance.now() - start)
    }
    const result = await comparePair({
      row: "sqlite",
      ours: ["commit of a step", ours],
      peer: ["raw node:sqlite, same rows and indexes", raw],
      unit: "rows/s",
      note: `${STEPS} steps of ${STEP} rows, WAL and synchronous=FULL on both sides; ours also checks and hashes every row, checks the lease, looks for the row and chains an event`
    })
    database.close()
    return [result]
  } finally {
    await project.close()
  }
}
