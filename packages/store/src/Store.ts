/**
 * A store: one folder with one SQLite file and its blobs, opened as the ports of the core.
 *
 * Sharp edges: opening makes the folder (use `storeExists` before a command that only reads); calls block the thread for as long as the
 * disk takes; a folder on a network file system is not safe, SQLite's write-ahead log needs shared memory.
 */
import { lstatSync, mkdirSync, statSync, writeFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import type { Diagnostic, TrainerError } from "@feagi-trainer/contracts"
import { BlobStore, Campaigns, FactsCache, Registry, RunJournal, Scorecards, UserMarks } from "@feagi-trainer/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { BlobFiles, nodeBlobFiles } from "./BlobFiles.ts"
import { Blobs } from "./Blobs.ts"
import { openCampaigns } from "./Campaigns.ts"
import { fileName, openDatabase } from "./Database.ts"
import { openFacts } from "./Facts.ts"
import { Health } from "./Health.ts"
import { type Imported, identityOf, importRun, originOf, type RunImport } from "./Import.ts"
import { openJournal } from "./Journal.ts"
import { ProcessFacts } from "./ProcessFacts.ts"
import { openRecords } from "./Records.ts"
import { attempt, fromSystem, storeError } from "./StoreError.ts"
import { openMarks } from "./UserMarks.ts"
import { verify } from "./Verify.ts"

export interface StoreShape {
  /** Absolute path. */
  readonly folder: string
  readonly blobs: BlobStore["Service"]
  readonly registry: Registry["Service"]
  readonly journal: RunJournal["Service"]
  readonly campaigns: Campaigns["Service"]
  readonly scorecards: Scorecards["Service"]
  readonly marks: UserMarks["Service"]
  readonly facts: FactsCache["Service"]
  /** `st-` and 32 hex digits, given at random when the store was made. A copy of the folder has the same one. */
  readonly identity: string
  /** The store that executed a run: this one, or the one that it was imported from. */
  readonly originOf: (run_id: string) => Effect.Effect<string, TrainerError>
  /** See {@link RunImport}. */
  readonly importRun: (run: RunImport) => Effect.Effect<Imported, TrainerError>
  /** Every damage, each named; empty when the store is whole. Reads every byte of it. */
  readonly verify: Effect.Effect<ReadonlyArray<Diagnostic>, TrainerError>
}

/** Whether a folder holds a store, without making or opening one. */
export const storeExists = (folder: string): Effect.Effect<boolean, TrainerError> =>
  attempt(() => {
    const file = `${resolve(folder)}/${fileName}`
    try {
      return lstatSync(file, { throwIfNoEntry: false }) !== undefined
    } catch (cause) {
      if (cause instanceof Error && Reflect.get(cause, "code") === "ENOTDIR") return false
      throw fromSystem(cause, "look for a store", file)
    }
  })

const occupied = (folder: string): TrainerError =>
  storeError("FT4008", { message: "the store needs a folder, and something else is there", file: folder })

/** Makes the folder (0700, ignored by git) or checks that nobody else may write to the one that is there. */
const prepareFolder = (folder: string): void => {
  try {
    const made = lstatSync(folder, { throwIfNoEntry: false }) === undefined
    mkdirSync(dirname(folder), { recursive: true })
    nodeBlobFiles.makeFolder(folder)
    const stat = statSync(folder)
    if (!stat.isDirectory()) throw occupied(folder)
    if (process.platform !== "win32" && (stat.mode & 0o022) !== 0) {
      throw storeError("FT4008", {
        message: "the folder of the store can be written by others",
        file: folder,
        expected: "mode 700",
        actual: `mode ${(stat.mode & 0o777).toString(8)}`,
        help: `chmod 700 ${JSON.stringify(folder)}`
      })
    }
    if (lstatSync(`${folder}/.gitignore`, { throwIfNoEntry: false }) === undefined) {
      writeFileSync(`${folder}/.gitignore`, "*\n", { mode: 0o600, flag: "w" })
    }
    if (made) nodeBlobFiles.syncFolder(dirname(folder))
  } catch (cause) {
    const errno = cause instanceof Error ? Reflect.get(cause, "code") : undefined
    if (errno === "EEXIST" || errno === "ENOTDIR") throw occupied(folder)
    throw fromSystem(cause, "make the folder of the store", folder)
  }
}

export interface StoreOptions {
  readonly folder: string
  /** How long a write waits for another process before it fails with FT4004, in milliseconds: 10000 unless told. */
  readonly busyMillis?: number
}

/**
 * Opens the store in `folder`, or makes it; closed, with all its leases given back, when the scope closes. The time is Effect's `Clock`;
 * `ProcessFacts` and `BlobFiles` are references with live defaults.
 */
export const openStore = (options: StoreOptions): Effect.Effect<StoreShape, TrainerError, Scope.Scope> =>
  Effect.gen(function* () {
    const files = yield* BlobFiles
    const facts = yield* ProcessFacts
    const folder = resolve(options.folder)
    const health = new Health()
    const database = yield* Effect.acquireRelease(
      attempt(() => {
        prepareFolder(folder)
        return openDatabase(folder, facts, health, options.busyMillis ?? 10_000)
      }),
      (opened) => Effect.sync(() => opened.close())
    )
    const journal = yield* Effect.acquireRelease(
      attempt(() => openJournal(database, facts)),
      (opened) => Effect.ignore(attempt(opened.releaseAll))
    )
    const campaigns = yield* Effect.acquireRelease(
      attempt(() => openCampaigns(database, facts)),
      (opened) => Effect.ignore(attempt(opened.releaseAll))
    )
    const blobs = yield* attempt(() => Blobs.open({ folder, files, facts, health }))
    const records = openRecords(database)
    const marks = openMarks(database)
    const identity = yield* attempt(() => identityOf(database))
    return {
      identity,
      originOf: (run_id) => attempt(() => originOf(database, run_id)),
      importRun: (run) => importRun({ database, blobs, folder, facts }, run),
      folder,
      blobs: blobs.service,
      registry: records.registry,
      journal: journal.service,
      campaigns: campaigns.service,
      scorecards: records.scorecards,
      marks: marks.service,
      facts: openFacts(database),
      verify: verify({ database, blobs, journal, campaigns, records, marks })
    }
  })

/** Every port that a store is. */
export type StorePorts = Store | BlobStore | Campaigns | FactsCache | Registry | RunJournal | Scorecards | UserMarks

/** An opened store as the ports of the core, and as itself. */
export const storeContext = (store: StoreShape): Context.Context<StorePorts> =>
  Context.make(Store, store).pipe(
    Context.add(BlobStore, store.blobs),
    Context.add(Registry, store.registry),
    Context.add(RunJournal, store.journal),
    Context.add(Campaigns, store.campaigns),
    Context.add(FactsCache, store.facts),
    Context.add(Scorecards, store.scorecards),
    Context.add(UserMarks, store.marks)
  )

/** The opened store as a service, for what goes beyond the ports: `verify` and the folder. */
export class Store extends Context.Service<Store, StoreShape>()("@feagi-trainer/store/Store") {
  /** The ports, and this service, on the store in `folder`. */
  static readonly layer = (folder: string): Layer.Layer<StorePorts, TrainerError> =>
    Layer.effectContext(Effect.map(openStore({ folder }), storeContext))
}

/** {@link StoreShape.verify} of the store in the context. */
export const verifyStore = (): Effect.Effect<ReadonlyArray<Diagnostic>, TrainerError, Store> =>
  Effect.flatMap(Store, (store) => store.verify)
