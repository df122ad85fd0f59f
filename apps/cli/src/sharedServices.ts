/**
 * Services that a host built once and keeps for many calls: the catalogue of plugins and the opened store.
 *
 * Sharp edge: a plugin whose files change while they are kept stays the one that was read first, as in any process that loaded it.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import { type Catalogue, installedPackages, makeCatalogue } from "@feagi-trainer/core"
import { openStore, type StoreShape } from "@feagi-trainer/store"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { ProjectShape } from "./Project.ts"
import { rememberedJournal } from "./rememberedJournal.ts"

export interface SharedServicesShape {
  readonly catalogue: Effect.Effect<typeof Catalogue.Service, TrainerError>
  /** Opened, and made where it is not there, when it is first asked for. */
  readonly store: Effect.Effect<StoreShape, TrainerError>
}

/** Undefined: every call builds its own and closes them when it ends. */
export const SharedServices = Context.Reference<SharedServicesShape | undefined>("@feagi-trainer/cli/SharedServices", {
  defaultValue: () => undefined
})

/** Keeps the first success; a failure is tried again by whoever asks next. */
const keptSuccess = <A, R>(effect: Effect.Effect<A, TrainerError, R>): Effect.Effect<Effect.Effect<A, TrainerError, R>> =>
  Effect.map(Semaphore.make(1), (one) => {
    let found: { readonly value: A } | undefined
    return one.withPermits(1)(
      Effect.suspend(() => {
        if (found !== undefined) return Effect.succeed(found.value)
        return Effect.map(effect, (value) => {
          found = { value }
          return value
        })
      })
    )
  })

/** Builds both lazily, once; the store is closed when the scope closes. */
export const makeSharedServices = (
  project: Effect.Effect<ProjectShape, TrainerError>
): Effect.Effect<SharedServicesShape, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const catalogue = yield* keptSuccess(
      Effect.flatMap(project, ({ plugins, folder }) => Effect.flatMap(installedPackages(plugins, folder), makeCatalogue))
    )
    const store = yield* keptSuccess(
      Effect.flatMap(project, (found) =>
        openStore({ folder: found.store }).pipe(
          Effect.map((store) => ({ ...store, journal: rememberedJournal(store.journal) })),
          Scope.provide(scope)
        )
      )
    )
    return { catalogue, store }
  })
