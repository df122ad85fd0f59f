/** A tiny metric pack and samples of it. Evaluation must not know any pack, so its tests bring their own. */
import {
  isAbstain,
  type MetricContext,
  MetricPack,
  type MetricValue,
  optionsFrom,
  type Protocol,
  type Scored
} from "@feagi-trainer/contracts"
import { Schema } from "effect"

const Options = Schema.Struct({})
const State = Schema.Struct({ correct: Schema.Int, total: Schema.Int, seen: Schema.Array(Schema.String) })

/** Share of right answers (`hits`), of wrong ones (`misses`, lower is better), of right ones among the answered (`hits/answered`), of answered ones (no direction). */
export const hitPack = MetricPack.define<typeof Options.Type, typeof State.Type & { readonly answered: number }>({
  id: "hits",
  output_types: ["class"],
  decodeOptions: optionsFrom(Options),
  state: Schema.Struct({ ...State.fields, answered: Schema.Int }),
  signature: () => "hits:1",
  directions: { hits: "higher-is-better", misses: "lower-is-better" },
  start: () => ({
    empty: { correct: 0, total: 0, answered: 0, seen: [] },
    add: (state, { sample_id, target, prediction }) => {
      if (!("class" in target)) throw new RangeError(`sample "${sample_id}": its target is no class`)
      const answered = !isAbstain(prediction)
      const right = answered && "class" in prediction && prediction.class.class_id === target.class.class_id
      return {
        correct: state.correct + (right ? 1 : 0),
        total: state.total + 1,
        answered: state.answered + (answered ? 1 : 0),
        seen: [...state.seen, sample_id]
      }
    },
    merge: (left, right) => ({
      correct: left.correct + right.correct,
      total: left.total + right.total,
      answered: left.answered + right.answered,
      seen: [...left.seen, ...right.seen]
    }),
    result: ({ correct, total, answered, seen }) => {
      const share = (part: number, whole: number): MetricValue => (whole === 0 ? { insufficient: "nothing there" } : part / whole)
      return {
        values: {
          hits: share(correct, total),
          misses: share(total - correct, total),
          "hits/answered": share(correct, answered),
          answered: share(answered, total),
          samples: total
        },
        figures: [
          {
            kind: "table",
            id: "seen",
            title: "Seen",
            description: "The samples in the order they were folded.",
            columns: [{ key: "id", label: "id", align: "left" }],
            rows: seen.map((id) => [id])
          }
        ]
      }
    }
  })
})

export const context: MetricContext = {
  output_type: "class",
  classes: [
    { class_id: 0, label: "no" },
    { class_id: 1, label: "yes" }
  ]
}

export const protocol: Protocol = {
  kind: "protocol",
  spec: 1,
  id: "hits-holdout",
  version: 1,
  output_type: "class",
  phases: [{ name: "test", split: "test", learns: false, scored: true }],
  primary_metric: "hits",
  abstention: "counted-as-wrong",
  missing: "refused",
  verification_tolerance: 0
}

/** A sample of class 1 that was answered right (1), wrong (0) or not at all (-1). */
export const answeredWith = (sample_id: string, answer: number): Scored => ({
  sample_id,
  target: { class: { class_id: 1, label: "yes" } },
  prediction: answer === -1 ? { abstain: { reason: "silent" } } : { class: { class_id: answer, scores: [] } }
})
