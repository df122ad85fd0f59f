/**
 * The family that a learner belongs to: one that the program brings, or one that a plugin brings.
 *
 * A run file says `learner.kind`; where the program has no such family it says `learner.plugin` too. A run document says which plugin it was.
 */
import {
  type EntryLookup,
  type LearnerFamily,
  type LearnerPins,
  type PluginRef,
  type TrainerError,
  trainerError
} from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"

export interface FoundFamily {
  readonly family: LearnerFamily
  /** Absent where the program brings the family. */
  readonly plugin?: PluginRef
}

const unknownFamily = (kind: unknown, families: ReadonlyArray<LearnerFamily>): TrainerError =>
  trainerError("invalid", {
    code: "FT2005",
    field: "learner.kind",
    message: "no such kind of learner in this program, and no plugin is named that brings it",
    expected: `${families.map((each) => `"${each.kind}"`).join(" or ")}, or the kind of a learner plugin together with learner.plugin`,
    actual: JSON.stringify(kind ?? null),
    help: 'write plugin = "ID" in [learner]; see  feagi-trainer plugin ls --kind learner'
  })

/** The family of a `[learner]` table. */
export const familyOfSection = (
  section: Readonly<Record<string, unknown>>,
  families: ReadonlyArray<LearnerFamily>,
  lookup: EntryLookup
): Effect.Effect<FoundFamily, TrainerError> =>
  Effect.gen(function* () {
    const { kind, plugin } = section
    const family = families.find((each) => each.kind === kind)
    if (family !== undefined) return { family }
    if (typeof kind !== "string" || typeof plugin !== "string") return yield* unknownFamily(kind, families)
    const { entry, ref } = yield* lookup("learner", plugin)
    if (entry.family !== kind)
      return yield* trainerError("invalid", {
        code: "FT2005",
        field: "learner.kind",
        message: `learner ${ref.id} is of another kind`,
        expected: JSON.stringify(entry.family),
        actual: JSON.stringify(kind)
      })
    return { family: { ...entry, kind }, plugin: ref }
  })

/** The family of a pinned learner, as it is installed now. */
export const familyOfPins = (
  pins: LearnerPins,
  families: ReadonlyArray<LearnerFamily>,
  lookup: EntryLookup
): Effect.Effect<LearnerFamily, TrainerError> =>
  Effect.gen(function* () {
    if (pins.plugin !== undefined) {
      const { entry } = yield* lookup("learner", pins.plugin.id)
      return { ...entry, kind: pins.kind }
    }
    const family = families.find((each) => each.kind === pins.kind)
    return family ?? (yield* trainerError("missing", { code: "FT2005", message: `this program has no learner of kind "${pins.kind}"` }))
  })
