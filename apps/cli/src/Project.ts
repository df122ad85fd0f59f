/** The project that a call is about, found when a command first asks for it. How it is found stands in `readProject.ts`. */
import type { TrainerError } from "@feagi-trainer/contracts"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export interface ProjectShape {
  /** Absolute. */
  readonly folder: string
  readonly file: string
  readonly plugins: ReadonlyArray<string>
  /** Absolute. */
  readonly store: string
  /** Every setting with the place that said it and those it overrode. */
  readonly settings: ReadonlyArray<Setting>
}

export interface Setting {
  readonly key: string
  readonly value: unknown
  readonly origin: string
  readonly overrode: ReadonlyArray<string>
}

export class Project extends Context.Service<Project, Effect.Effect<ProjectShape, TrainerError>>()("@feagi-trainer/cli/Project") {
  /** Read once, when a command first asks for it. */
  static readonly live = Layer.effect(
    Project,
    Effect.cached(
      Effect.flatMap(
        Effect.promise(() => import("./readProject.ts")),
        ({ readProject }) => readProject(process.cwd(), process.env)
      )
    )
  )
}
