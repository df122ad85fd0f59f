/**
 * A run that another store executed, taken over as it was: with its id, its chain of events, its answers and Scorecards, its data, and the
 * name of the store that it came from.
 *
 * All rows are one transaction; blobs and files are there before it, so that what is registered is whole, and what a crash left behind is
 * bytes that nobody names. Sharp edge: a run keeps its id, so that another run under the same id stands in the way and is named.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { TrainerError } from "@feagi-trainer/contracts"
import type {
  PredictionRow,
  RewardRow,
  RunRow,
  ScorecardRow,
  StoredDataset,
  StoredEvent,
  Supersession,
  TelemetryRow,
  VerifiedScorecardRow
} from "@feagi-trainer/core"
import { canonical, hashOf, sha256Hex } from "@feagi-trainer/determinism"
import type * as Effect from "effect/Effect"
import { nodeBlobFiles } from "./BlobFiles.ts"
import type { Blobs } from "./Blobs.ts"
import { type Database, textAt } from "./Database.ts"
import { entryProblems, parents } from "./EntryNames.ts"
import { appendEvents, eventSha256, genesis, readChain } from "./Events.ts"
import { appendPredictions, readPredictions } from "./Predictions.ts"
import { identityText, type ProcessFactsShape, parseIdentity } from "./ProcessFacts.ts"
import { insertDatasetVersion, insertSupersession, insertVerified } from "./Records.ts"
import { appendRewards, readRewards } from "./Rewards.ts"
import { type Head, rowOf, runOf, setHead, storableText } from "./Runs.ts"
import { attempt, fromSystem, storeError } from "./StoreError.ts"
import { appendTelemetry } from "./TelemetryRows.ts"

/** Everything of a run that one store hands to another. */
export interface RunImport {
  /** With the id, attempt and time of the store that executed it. */
  readonly row: RunRow
  /** `st-…` of that store. */
  readonly origin: string
  readonly events: ReadonlyArray<Pick<StoredEvent, "type" | "payload" | "at_wall">>
  readonly predictions: ReadonlyArray<PredictionRow>
  readonly rewards: ReadonlyArray<RewardRow>
  readonly telemetry: ReadonlyArray<TelemetryRow>
  /** `location.root` is not looked at: the files are placed in the folder of this store. */
  readonly dataset: StoredDataset
  /** The files of the dataset by path under its root. */
  readonly data: ReadonlyMap<string, Uint8Array>
  readonly blobs: ReadonlyArray<Uint8Array>
  readonly scorecards: ReadonlyArray<ScorecardRow>
  readonly verified: ReadonlyArray<VerifiedScorecardRow>
  readonly supersessions: ReadonlyArray<Supersession>
}

export interface Imported {
  readonly run_id: string
  /** The run was here already, equal in everything that was recorded. */
  readonly existing: boolean
  /** Verified Scorecards and supersessions that were not here. */
  readonly added: number
}

interface Parts {
  readonly database: Database
  readonly blobs: Blobs
  readonly folder: string
  readonly facts: ProcessFactsShape
}

export const identityOf = (database: Database): string => textAt(database.get("SELECT store_id FROM identity") ?? {}, "store_id")

/** The store that executed a run. Throws FT4020 when there is no such run. */
export const originOf = (database: Database, run_id: string): string => {
  rowOf(database, run_id)
  const row = database.get("SELECT store_id FROM origins WHERE run_id = ?", run_id)
  return row === undefined ? identityOf(database) : textAt(row, "store_id")
}

/** The hash of the last event of the chain that an import will make. */
const headOf = ({ events }: RunImport): string =>
  events.reduce((sha256, { type, payload }, seq) => eventSha256(sha256, { seq, type, payload }), genesis)

/** What of a run that is here differs from the one that is to be imported; empty when nothing does. */
const differing = (database: Database, run: RunImport): ReadonlyArray<string> => {
  const { created_at: _, ...there } = runOf(rowOf(database, run.row.run_id))
  const { created_at: __, ...wanted } = run.row
  const { events, breach } = readChain(database, run.row.run_id)
  if (breach !== undefined) throw breach
  const lines = (rows: ReadonlyArray<object>): string => sha256Hex(rows.map((row) => `${canonical(row)}\n`).join(""))
  const checks: ReadonlyArray<readonly [string, boolean]> = [
    ["record", hashOf(there) === hashOf(wanted)],
    ["events", events.at(-1)?.sha256 === headOf(run)],
    ["predictions", lines(readPredictions(database, run.row.run_id, undefined)) === lines(run.predictions)],
    ["rewards", lines(readRewards(database, run.row.run_id, undefined)) === lines(run.rewards)]
  ]
  return checks.flatMap(([name, same]) => (same ? [] : [name]))
}

const isHere = (database: Database, run: RunImport): boolean => {
  if (database.get("SELECT 1 AS there FROM runs WHERE run_id = ?", run.row.run_id) === undefined) return false
  const others = differing(database, run)
  if (others.length === 0) return true
  throw storeError("FT4039", {
    message: `there is another run ${run.row.run_id} here: it differs in ${others.join(", ")}`,
    field: others.join(", ")
  })
}

const insertRow = (database: Database, { row, origin }: RunImport): void => {
  for (const value of [row.group_id, row.name, row.seed, row.spec_sha256, row.document_sha256, origin])
    storableText("a field of a run", value)
  database.run(
    "INSERT INTO runs (run_id, attempt, group_id, name, seed, spec_sha256, document_sha256, created_at, events, head_sha256, predictions) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0)",
    row.run_id,
    row.attempt,
    row.group_id,
    row.name,
    row.seed,
    row.spec_sha256,
    row.document_sha256,
    row.created_at,
    genesis
  )
  database.run("INSERT INTO origins (run_id, store_id) VALUES (?, ?)", row.run_id, origin)
}

const insertCard = (database: Database, { scorecard_id, run_id, phase, body_sha256, document_sha256, created_at }: ScorecardRow): void => {
  database.run(
    "INSERT INTO scorecards (scorecard_id, run_id, phase, body_sha256, document_sha256, created_at) VALUES (?, ?, ?, ?, ?, ?)",
    scorecard_id,
    run_id,
    phase,
    body_sha256,
    document_sha256,
    created_at
  )
}

/** What was said about the Scorecards later; how much of it was not here. Inside of a transaction. */
const insertBehind = (database: Database, run: RunImport): number => {
  const count = (): number =>
    Number(database.get("SELECT (SELECT count(*) FROM verified_scorecards) + (SELECT count(*) FROM supersessions) AS n")?.n)
  const before = count()
  for (const card of run.verified) insertVerified(database, card)
  for (const link of run.supersessions) insertSupersession(database, link)
  return count() - before
}

const insert = (database: Database, run: RunImport, root: string): Imported =>
  database.write("import a run", () => {
    const { run_id } = run.row
    if (isHere(database, run)) return { run_id, existing: true, added: insertBehind(database, run) }
    insertDatasetVersion(database, { ...run.dataset, location: { root, path: run.dataset.location.path } })
    insertRow(database, run)
    let head: Head = { events: 0, head_sha256: genesis, predictions: 0, rewards: 0 }
    for (const { type, payload, at_wall } of run.events) {
      const [stored] = appendEvents(database, run_id, head, [{ type, payload }], at_wall)
      head = { ...head, events: head.events + 1, head_sha256: stored?.sha256 ?? head.head_sha256 }
    }
    appendPredictions(database, run_id, 0, run.predictions)
    appendRewards(database, run_id, 0, run.rewards)
    appendTelemetry(database, run_id, run.telemetry)
    setHead(database, run_id, { ...head, predictions: run.predictions.length, rewards: run.rewards.length })
    for (const card of run.scorecards) insertCard(database, card)
    return { run_id, existing: false, added: insertBehind(database, run) }
  })

/** Whether a folder holds exactly the bytes that would be written to it. */
const holds = (folder: string, files: ReadonlyMap<string, Uint8Array>): void => {
  for (const [path, bytes] of files) {
    const file = join(folder, path)
    const same = statSync(file, { throwIfNoEntry: false })?.isFile() === true && Buffer.compare(readFileSync(file), bytes) === 0
    if (!same)
      throw storeError("FT4034", {
        message: "an imported file was altered",
        file,
        help: "remove the folder of the import, and import again"
      })
  }
}

/** Removes what processes that are gone left half written. */
const sweep = (imports: string, facts: ProcessFactsShape): void => {
  for (const { name } of nodeBlobFiles.list(imports)) {
    const owner = parseIdentity(/^new-(.*)\.[^.]+$/.exec(name)?.[1] ?? "")
    if (owner !== undefined && facts.judge(owner) === "gone") rmSync(join(imports, name), { recursive: true, force: true })
  }
}

/** Writes all files under `folder`, which is new, deepest folders synced first. */
const writeFiles = (folder: string, files: ReadonlyMap<string, Uint8Array>): void => {
  const folders = new Set<string>([""])
  mkdirSync(folder, { mode: 0o700 })
  for (const [path, bytes] of files) {
    for (const parent of parents(path)) folders.add(parent)
    mkdirSync(dirname(join(folder, path)), { recursive: true, mode: 0o700 })
    const file = openSync(join(folder, path), "wx", 0o600)
    try {
      writeFileSync(file, bytes)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  }
  for (const each of [...folders].sort().reverse()) nodeBlobFiles.syncFolder(join(folder, each))
}

/** Places the files of a dataset under the store, in a folder named by their content; `made` is false where it is there already. */
const placeData = ({ folder, facts }: Parts, files: ReadonlyMap<string, Uint8Array>): { readonly root: string; readonly made: boolean } => {
  const imports = join(folder, "imports")
  const name = hashOf([...files].map(([path, bytes]) => [path, sha256Hex(bytes)]).sort()).slice(0, 32)
  const root = join(imports, name)
  try {
    if (statSync(root, { throwIfNoEntry: false }) !== undefined) {
      holds(root, files)
      return { root, made: false }
    }
    mkdirSync(imports, { recursive: true, mode: 0o700 })
    sweep(imports, facts)
    const beside = join(imports, `new-${identityText(facts.self)}.${facts.nonce()}`)
    try {
      writeFiles(beside, files)
      renameSync(beside, root)
      for (const each of [imports, folder]) nodeBlobFiles.syncFolder(each)
    } finally {
      rmSync(beside, { recursive: true, force: true })
    }
    return { root, made: true }
  } catch (cause) {
    throw fromSystem(cause, "place the files of an imported run", root)
  }
}

/** What no caller of ours hands over, before a byte is written. */
const check = ({ row, events, data }: RunImport): void => {
  if (row.run_id !== `r-${row.spec_sha256.slice(0, 12)}-${row.attempt}`)
    throw storeError("FT4038", {
      message: `run ${row.run_id} does not have the id of its run document`,
      expected: `r-${row.spec_sha256.slice(0, 12)}-${row.attempt}`
    })
  if (events[0]?.type !== "created")
    throw storeError("FT4038", { message: `the events of run ${row.run_id} do not begin with its creation` })
  if (entryProblems([...data.keys()]).length > 0) throw storeError("FT4031", { message: "the data of the run has unsafe names" })
}

/**
 * Takes a run over. Idempotent: an equal run that is here already stays, and what was said about its Scorecards since is added. Fails with
 * FT4039 when another run, or other data under the same name, is in the way; then nothing was written.
 */
export const importRun = (parts: Parts, run: RunImport): Effect.Effect<Imported, TrainerError> =>
  attempt(() => {
    check(run)
    // Every conflict is told before a blob is written.
    const place = rehearse(parts.database, run)
    for (const bytes of run.blobs) parts.blobs.put(bytes)
    const { root, made } = place ? placeData(parts, run.data) : { root: run.dataset.location.root, made: false }
    try {
      return insert(parts.database, run, root)
    } catch (cause) {
      if (made) rmSync(root, { recursive: true, force: true })
      throw cause
    }
  })

/** Carries the answer of a rehearsal out of the transaction that it takes back. */
class Rehearsed extends Error {
  readonly place: boolean
  constructor(place: boolean) {
    super()
    this.place = place
  }
}

/** Does what can conflict and takes it back: whether the files of the dataset are wanted here. */
const rehearse = (database: Database, run: RunImport): boolean => {
  try {
    return database.write("rehearse an import of a run", () => {
      if (isHere(database, run)) throw new Rehearsed(false)
      const known = insertDatasetVersion(database, run.dataset)
      // A dataset that is registered here keeps its place, which is another one than that of the bundle.
      throw new Rehearsed(known.location.root === run.dataset.location.root)
    })
  } catch (cause) {
    if (cause instanceof Rehearsed) return cause.place
    throw cause
  }
}
