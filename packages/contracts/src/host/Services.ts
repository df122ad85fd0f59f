/** What else a plugin may ask its host for. Each is a service, so that a test or a replay can give its own. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** Says how far a long piece of work is. It may be called often; the host decides what it shows. */
export class Progress extends Context.Service<
  Progress,
  { readonly report: (done: number, total: number | undefined, note: string) => Effect.Effect<void> }
>()("@feagi-trainer/contracts/Progress") {}

/** Structured messages for people who look into a run. Nothing that a result depends on may be only here. */
export class Log extends Context.Service<
  Log,
  {
    readonly write: (
      level: "debug" | "info" | "warning",
      message: string,
      fields: Readonly<Record<string, string | number | boolean>>
    ) => Effect.Effect<void>
  }
>()("@feagi-trainer/contracts/Log") {}

/** A private folder that is empty at the start and gone at the end. */
export class Scratch extends Context.Service<Scratch, { readonly folder: string }>()("@feagi-trainer/contracts/Scratch") {}
