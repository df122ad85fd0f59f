/** The oracle is held to the laws that it measures others by. */
import { type IRSample, type LearnerSample, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, it } from "vitest"
import { describeLaws, type Law, learnerLaws, referenceLearner } from "../src/index.ts"
import { tabular } from "./samples.ts"

const classes = ["ant", "bee", "cat"].map((label, class_id) => ({ class_id, label }))
const suite = (title: string, laws: ReadonlyArray<Law>) => describeLaws({ describe, it }, title, laws)
const shape = { kind: "tabular", features: ["x", "y"].map((name) => ({ name, min: 0, max: 9 })) } as const
const training: ReadonlyArray<IRSample> = [tabular("a", [0, 1], 0), tabular("b", [9, 8], 1), tabular("c", [4, 3], 2)]
const probes: ReadonlyArray<IRSample> = [tabular("d", [1, 2], 0), tabular("e", [7, 5], 1)]
const targets = classes.map(({ class_id }) => ({ class: { class_id, label: null } }))

const lessons: ReadonlyArray<LearnerSample> = [...training, ...probes].map((sample, index) => ({
  sample,
  target: targets[index % 3] ?? { class_set: [] }
}))
suite(
  "reference learner",
  learnerLaws({
    open: (seed) =>
      referenceLearner.open({
        pins: { kind: "reference", resolved: {}, treatment: {}, wire: {}, initial_hash: "" },
        shape,
        output_type: "class",
        classes,
        seed,
        controls: { silent_reward: false },
        lookup: (kind, id): Effect.Effect<never, TrainerError> =>
          Effect.fail(trainerError("missing", { code: "test/NONE", message: `no ${kind} ${id} here` }))
      }),
    training: lessons,
    probes
  })
)
