/** The host of the control API: this project's verbs, processes, events and bytes. */
import { basename } from "node:path"
import { type IRSample, type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import type { Document, Session } from "@feagi-trainer/control-api"
import {
  BlobStore,
  Catalogue,
  findVersion,
  openDataset,
  Registry,
  Roots,
  type RunJournal,
  type RunRow,
  runEvents,
  trainerVersion
} from "@feagi-trainer/core"
import type { EventSource, Host } from "@feagi-trainer/server"
import { approvedRoots, type StorePorts, storeContext, storeExists } from "@feagi-trainer/store"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Bridge } from "../bridge.ts"
import { numberedEvent } from "../commands/runEvents.ts"
import { findRun } from "../findRun.ts"
import { jsonText } from "../jsonText.ts"
import type { ProjectShape } from "../Project.ts"
import { startChild } from "./children.ts"
import { engineState, noEngine } from "./engine.ts"
import type { Launcher } from "./Launcher.ts"
import { makeRunChanges } from "./runChanges.ts"

type StoreServices = StorePorts | Roots

export interface HostOptions {
  readonly project: ProjectShape
  readonly bridge: Bridge
  readonly launcher: Launcher
  /** Whether the project is the one that the demonstration made. */
  readonly demo: boolean
}

/** Counts that a verb tells on its way, such as `1200/5000`. */
const progressIn = (line: string): { readonly done: number; readonly total: number } | undefined => {
  const found = /(?:^|\s)(\d{1,15})\/(\d{1,15})(?:\s|$)/.exec(line)
  return found === null ? undefined : { done: Number(found[1]), total: Number(found[2]) }
}

const largestPayload = 64 * 1024 * 1024

/** What a sample holds, as bytes: a file as it is, a text as UTF-8, numbers as JSON. */
const payloadBytes = ({ payload, sample_id }: IRSample): Effect.Effect<Uint8Array, TrainerError> => {
  const bytes =
    "bytes" in payload ? Uint8Array.from(payload.bytes) : new TextEncoder().encode("text" in payload ? payload.text : jsonText(payload, 0))
  return bytes.length <= largestPayload
    ? Effect.succeed(bytes)
    : Effect.fail(
        trainerError("invalid", {
          code: "FT1359",
          sample_id,
          message: "the sample is larger than what is sent to a browser",
          expected: `at most ${largestPayload} bytes`,
          actual: String(bytes.length)
        })
      )
}

export const makeHost = ({ project, bridge, launcher, demo }: HostOptions): Host => {
  const { services } = bridge
  const withStore = <A>(effect: Effect.Effect<A, TrainerError, StoreServices>): Effect.Effect<A, TrainerError> =>
    Effect.flatMap(services.store, (store) =>
      effect.pipe(Effect.provideService(Roots, { open: approvedRoots }), Effect.provide(storeContext(store)))
    )
  /** For questions that a project without a store has an answer to. */
  const ifStored = <A>(effect: Effect.Effect<A, TrainerError, StoreServices>, otherwise: A): Effect.Effect<A, TrainerError> =>
    Effect.flatMap(storeExists(project.store), (present) => (present ? withStore(effect) : Effect.succeed(otherwise)))

  const stream = <A>(make: (row: RunRow) => Stream.Stream<A, TrainerError, RunJournal | BlobStore>, run: string) =>
    Stream.unwrap(Effect.map(services.store, (store) => Stream.provide(Stream.unwrap(Effect.map(findRun(run), make)), storeContext(store))))

  const changes = makeRunChanges()

  const events: EventSource = {
    find: (run) => withStore(Effect.map(findRun(run), ({ run_id }) => run_id)),
    past: (run_id, after) => stream((row) => Stream.map(runEvents(row, { after, follow: false }), numberedEvent), run_id),
    follow: (run_id, after) => stream((row) => Stream.map(runEvents(row, { after, follow: true }), numberedEvent), run_id),
    changes: ifStored(changes, [])
  }

  const engines = new Map<string, string | null>()
  const session: Effect.Effect<Session, TrainerError> = Effect.gen(function* () {
    const present = yield* storeExists(project.store)
    const catalogue = yield* Effect.result(services.catalogue)
    const counts = yield* ifStored(
      Effect.gen(function* () {
        const registry = yield* Registry
        const found = yield* changes
        const running = found.filter(({ status }) => status === "running" || status === "validating").map(({ run_id }) => run_id)
        const datasets = (yield* registry.datasets).length
        // A run whose document is damaged is a matter of `artifact verify`, and no reason to say nothing at all.
        const engine = yield* engineState(engines).pipe(Effect.catch(() => Effect.succeed(noEngine)))
        return { datasets, runs: found.length, running, engine }
      }),
      { datasets: 0, runs: 0, running: [], engine: noEngine }
    )
    const entries = catalogue._tag === "Success" ? catalogue.success.entries : []
    const learners = entries.filter(({ manifest }) => manifest.kind === "brain-backend" || manifest.kind === "learner")
    const reasons = [
      ...(catalogue._tag === "Failure" ? catalogue.failure.diagnostics.map(({ message }) => message) : []),
      ...(catalogue._tag === "Success" && learners.length === 0 ? ["no listed plugin offers a brain backend or a learner"] : []),
      ...(counts.datasets === 0 ? ["no dataset is registered"] : [])
    ]
    return {
      project: basename(project.folder),
      version: trainerVersion,
      plugins: catalogue._tag === "Success" ? catalogue.success.packages.length : 0,
      store: { path: project.store, present },
      ...counts,
      can_run: { ok: reasons.length === 0, reasons }
    }
  })

  return {
    health: { version: trainerVersion, pid: process.pid, project: basename(project.folder), store: project.store, demo },
    session,
    call: (argv, stdin) =>
      Effect.map(
        Effect.promise(() => bridge.callVerb(argv, stdin)),
        ({ envelope, exitCode }) => ({ envelope: envelope as Document, exitCode })
      ),
    spawn: (argv, listener, stdin) =>
      Effect.sync(() => {
        const child = startChild([...argv, "--json"], {
          stdin,
          line: (text) => {
            const counted = progressIn(text)
            if (counted !== undefined) listener.progress(counted.done, counted.total)
            listener.line(text)
          }
        })
        return {
          result: Effect.map(
            Effect.promise(() => child.ended),
            ({ envelope, exitCode }) => ({ envelope: envelope as Document | null, exitCode })
          ),
          cancel: Effect.sync(child.cancel)
        }
      }),
    start: (run, options) => withStore(launcher.start(run, options)),
    events,
    picture: (reference, sample_id) =>
      withStore(
        Effect.scoped(
          Effect.gen(function* () {
            const registry = yield* Registry
            const found = findVersion("dataset", reference, yield* registry.datasets, "feagi-trainer dataset ls")
            if (!found.ok) return yield* trainerErrors("invalid", [{ ...found.diagnostic, code: "FT1301" }])
            const catalogue = yield* services.catalogue
            const reader = yield* openDataset(found.value, yield* catalogue.lookup("adapter", found.value.adapter.id)).pipe(
              Effect.provideService(Catalogue, catalogue)
            )
            const none = trainerError("invalid", { code: "FT1301", sample_id, message: `${reference} has no sample "${sample_id}"` })
            if (reader.entry(sample_id) === undefined) return yield* none
            const [sample] = yield* reader.read([sample_id], "studio")
            return yield* sample === undefined ? none : payloadBytes(sample)
          })
        )
      ),
    artifact: (sha256) => withStore(Effect.flatMap(BlobStore, (blobs) => blobs.get(sha256)))
  }
}
