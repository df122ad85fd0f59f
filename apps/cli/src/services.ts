/** The services of a command that works on a project: plugins, store, files. Built when the command runs, closed when it ends. */
import { join } from "node:path"
import type { TrainerError } from "@feagi-trainer/contracts"
import { trainerError } from "@feagi-trainer/contracts"
import {
  type BlobStore,
  Catalogue,
  type Indexer,
  installedPackages,
  makeCatalogue,
  type Registry,
  Roots,
  RunObserver
} from "@feagi-trainer/core"
import { approvedRoots, indexerLayer, Store, type StorePorts, storeContext, storeExists } from "@feagi-trainer/store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { hostUsageLayer } from "./hostUsage.ts"
import type { Out } from "./Out.ts"
import { Project } from "./Project.ts"
import { SharedServices } from "./sharedServices.ts"

export type ProjectServices = Catalogue | Indexer | Roots | RunObserver | StorePorts

const catalogueLayer = Layer.effect(
  Catalogue,
  Effect.gen(function* () {
    const shared = yield* SharedServices
    if (shared !== undefined) return yield* shared.catalogue
    const project = yield* yield* Project
    return yield* Effect.flatMap(installedPackages(project.plugins, project.folder), makeCatalogue)
  })
)

/** Files under approved folders, for commands that need nothing else. */
export const rootsLayer = Layer.succeed(Roots, { open: approvedRoots })

/** For commands that scan data and store nothing. */
export const indexing = indexerLayer

/** @param mustExist a command that only reads must not make a store */
const storeLayer = (mustExist: boolean) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const project = yield* yield* Project
      if (mustExist && !(yield* storeExists(project.store)))
        return yield* trainerError("invalid", {
          code: "FT1103",
          message: `there is no store in ${join(project.store)} yet`,
          help: "feagi-trainer dataset add FILE --adapter csv   registers the first dataset and makes the store"
        })
      const shared = yield* SharedServices
      return shared === undefined ? Store.layer(project.store) : Layer.effectContext(Effect.map(shared.store, storeContext))
    })
  )

/** Everything that executes runs needs, on a store that is made when it is not there. */
export const projectLayer = <R>(observer: Layer.Layer<RunObserver, never, R>) =>
  Layer.mergeAll(catalogueLayer, rootsLayer, indexerLayer, storeLayer(false), observer, hostUsageLayer)

/** For commands that write. */
export const writing = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  observer: Layer.Layer<RunObserver, never, Out> = RunObserver.silent
): Effect.Effect<A, E | TrainerError, Exclude<R, ProjectServices> | Project | Out> =>
  Effect.provide(effect, projectLayer(observer)) as Effect.Effect<A, E | TrainerError, Exclude<R, ProjectServices> | Project | Out>

/** For commands that only read: there must be something to read. */
export const reading = <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E | TrainerError, Exclude<R, ProjectServices> | Project> =>
  Effect.provide(effect, Layer.mergeAll(catalogueLayer, rootsLayer, storeLayer(true), RunObserver.silent)) as Effect.Effect<
    A,
    E | TrainerError,
    Exclude<R, ProjectServices> | Project
  >

/** For commands that need what is stored, and no plugin. */
export const stored = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | TrainerError, Exclude<R, StorePorts> | Project> =>
  Effect.provide(effect, storeLayer(true)) as Effect.Effect<A, E | TrainerError, Exclude<R, StorePorts> | Project>

/** For commands that need the plugins and nothing stored. */
export const withPlugins = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | TrainerError, Exclude<R, Catalogue> | Project> =>
  Effect.provide(effect, catalogueLayer)

/** For a replay of a bundle: plugins of the project, everything else from the bundle. */
export const withBundle = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  bundle: Layer.Layer<BlobStore | Registry | Roots>
): Effect.Effect<A, E | TrainerError, Exclude<R, Catalogue | BlobStore | Registry | Roots | RunObserver> | Project> =>
  Effect.provide(effect, Layer.mergeAll(catalogueLayer, bundle, RunObserver.silent))
