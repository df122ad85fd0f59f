/** A sound metric pack, and one that is broken for each law. */
import { isAbstain, MetricPack, type MetricResult, type MetricValue, optionsFrom, type Scored } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { classSamples, type MetricPackSubject, metricPackLaws } from "../src/index.ts"
import { entryOf, proveRed } from "./proveRed.ts"

const classes = ["ant", "bee", "cat"].map((label, class_id) => ({ class_id, label }))
const Options = Schema.Struct({ scale: Schema.Literal(1) })
const State = Schema.Struct({ hits: Schema.Int, total: Schema.Int, silent: Schema.Int, last: Schema.Int })
type State = typeof State.Type
type Pack = MetricPack<typeof Options.Type, State>
type Fold = ReturnType<Pack["start"]>

const classOf = (sample_id: string, value: object): number => {
  const id = "class" in value ? (value.class as { class_id: number }).class_id : -1
  if (id < 0 || id > 2) throw new RangeError(`sample "${sample_id}" is of no declared class`)
  return id
}

const share = (part: number, whole: number) => (whole === 0 ? { insufficient: "no sample" } : part / whole)

const sound: Pack = MetricPack.define({
  id: "share",
  output_types: ["class"],
  decodeOptions: optionsFrom(Options),
  state: State,
  signature: () => "share:1",
  directions: { accuracy: "higher-is-better", answered: "higher-is-better" },
  start: () => ({
    empty: { hits: 0, total: 0, silent: 0, last: -1 },
    add: (state, { sample_id, target, prediction }) => {
      const truth = classOf(sample_id, target)
      const silent = isAbstain(prediction)
      const hit = !silent && classOf(sample_id, prediction) === truth
      return { hits: state.hits + (hit ? 1 : 0), total: state.total + 1, silent: state.silent + (silent ? 1 : 0), last: truth }
    },
    merge: (left, right) => ({
      hits: left.hits + right.hits,
      total: left.total + right.total,
      silent: left.silent + right.silent,
      last: right.last === -1 ? left.last : right.last
    }),
    result: ({ hits, total, silent }) => ({
      values: { accuracy: share(hits, total), answered: share(total - silent, total), samples: total },
      figures: [
        {
          kind: "bars",
          id: "hits",
          title: "Hits",
          description: "How many.",
          x: { label: "" },
          y: { label: "" },
          categories: [],
          series: []
        }
      ]
    })
  })
})

const right: Scored = {
  sample_id: "a",
  target: { class: { class_id: 0, label: null } },
  prediction: { class: { class_id: 0, scores: [] } }
}

const subject: MetricPackSubject<typeof Options.Type, State> = {
  pack: sound,
  options: { scale: 1 },
  context: { output_type: "class", classes },
  scored: classSamples(classes, { scores: false }),
  reference: [{ name: "by hand", samples: [right], values: { accuracy: 1, answered: 1 }, tolerance: 0 }],
  manifest: entryOf("metric-pack", "share", { output_types: ["class"] })
}

const suite = (over: Partial<Pack>, more: Partial<typeof subject> = {}) =>
  metricPackLaws({ ...subject, ...more, pack: { ...sound, ...over } })
/** The sound pack with another fold. */
const folding = (over: (fold: Fold) => Partial<Fold>) =>
  suite({
    start: (options, context) => {
      const fold = sound.start(options, context)
      return { ...fold, ...over(fold) }
    }
  })
const reading = (over: (result: MetricResult, state: State) => Partial<MetricResult>) =>
  folding((fold) => ({ result: (state) => ({ ...fold.result(state), ...over(fold.result(state), state) }) }))

let asked = 0
let owner = 0

proveRed("metricPackLaws", () => suite({}), [
  [
    "takes options that nobody declared",
    () => suite({ decodeOptions: () => ({ ok: true, value: { scale: 1 } }) }),
    "options decode, and an unknown key is refused by name"
  ],
  [
    "does not declare the output type",
    () => suite({ output_types: ["scalar"] }, { manifest: entryOf("metric-pack", "share", { output_types: ["scalar"] }) }),
    "the output type of the context is among those that the pack declares"
  ],
  [
    "signs differently each time",
    () => suite({ signature: () => `share:${++asked}` }),
    "the signature is one line of text and the same every time"
  ],
  ["signs with two lines", () => suite({ signature: () => "share\n1" }), "the signature is one line of text and the same every time"],
  [
    "scores nothing as 0",
    () => reading(({ values }, { total }) => (total === 0 ? { values: { ...values, accuracy: 0 } } : {})),
    "nothing scored is no measurement"
  ],
  [
    "counts one more sample where two shards meet",
    () =>
      folding((fold) => ({
        merge: (left, right) => ({
          ...fold.merge(left, right),
          total: left.total + right.total + (left.total > 0 && right.total > 0 ? 1 : 0)
        })
      })),
    "shards that are merged give what one pass gives"
  ],
  [
    "is wrong the first time only",
    () => {
      let once = true
      return reading(({ values }, { total }) => {
        if (!once || total === 0) return {}
        once = false
        return { values: { ...values, accuracy: 2 } }
      })
    },
    "shards that are merged give what one pass gives"
  ],
  [
    "measures what came last",
    () => reading(({ values }, { last }) => ({ values: last === -1 ? values : { ...values, last } })),
    "the order of the samples does not matter"
  ],
  [
    "stores a state without its abstentions",
    () => {
      const Lossy = Schema.Struct({ hits: Schema.Int, total: Schema.Int, last: Schema.Int })
      // The state type says more than the schema keeps: that is the bug.
      const state = Lossy as unknown as Pack["state"]
      const whole = (kept: State): State => ({ ...kept, silent: kept.silent ?? 0 })
      return suite({
        state,
        start: (options, context) => {
          const fold = sound.start(options, context)
          return { ...fold, add: (kept, each) => fold.add(whole(kept), each), result: (kept) => fold.result(whole(kept)) }
        }
      })
    },
    "a state survives JSON and goes on as if nothing had happened"
  ],
  [
    "marks the samples that it has seen",
    () => folding((fold) => ({ add: (state, each) => fold.add(state, Object.assign(each, { group: "seen" })) })),
    "add and merge leave what they are given as it is"
  ],
  [
    "adds only to the fold that was started last",
    () =>
      folding((fold) => {
        const mine = ++owner
        return { add: (state, each) => (owner === mine ? fold.add(state, each) : state) }
      }),
    "two folds do not know of each other"
  ],
  [
    "divides by the answered samples, of which there may be none",
    () =>
      reading(({ values }, { hits, total, silent }) => ({
        values: total === 0 ? values : { ...values, accuracy_answered: hits / (total - silent) }
      })),
    "every number of a result is finite, and every other value says what is missing"
  ],
  [
    "draws a figure without a description",
    () => reading(({ figures }) => ({ figures: figures.map((figure) => ({ ...figure, description: "" })) })),
    "figures are plain data with an id of their own, a title and a description"
  ],
  [
    "signs a value that it does not have",
    () => reading(() => ({ signatures: { acuracy: "share:1" } })),
    "a signature of its own is one line, and that of a value"
  ],
  [
    "gives a direction to a value that it does not have",
    () => suite({ directions: { ...sound.directions, acuracy: "higher-is-better" } }),
    "every direction is that of a value"
  ],
  ["calls a share what it does not have", () => suite({ shares: ["acuracy"] }), "every share is a whole number of all samples"],
  [
    "calls a share what is none",
    () =>
      [
        ...suite({
          shares: ["accuracy"],
          start: (options, context) => {
            const fold = sound.start(options, context)
            const half = (value: MetricValue | undefined): MetricValue =>
              typeof value === "number" ? value / 1.7 + 0.01 : { insufficient: "none" }
            return {
              ...fold,
              result: (state) => ({
                ...fold.result(state),
                values: { ...fold.result(state).values, accuracy: half(fold.result(state).values.accuracy) }
              })
            }
          }
        })
      ].filter(({ name }) => name === "every share is a whole number of all samples"),
    "every share is a whole number of all samples"
  ],
  [
    "skips abstentions",
    () => folding((fold) => ({ add: (state, each) => (isAbstain(each.prediction) ? state : fold.add(state, each)) })),
    "an abstention is counted"
  ],
  [
    "takes an abstention for class 0",
    () =>
      folding((fold) => ({
        add: (state, each) =>
          fold.add(state, isAbstain(each.prediction) ? { ...each, prediction: { class: { class_id: 0, scores: [] } } } : each)
      })),
    "an abstention is no answer of the first class"
  ],
  [
    "counts a class that is not declared as wrong",
    () =>
      folding((fold) => ({
        add: (state, each) =>
          "class" in each.prediction && each.prediction.class.class_id > 2 ? { ...state, total: state.total + 1 } : fold.add(state, each)
      })),
    "a class that is not declared is refused by the id of its sample"
  ],
  [
    "counts an answer of another type as wrong",
    () =>
      folding((fold) => ({
        add: (state, each) => ("custom" in each.prediction ? { ...state, total: state.total + 1 } : fold.add(state, each))
      })),
    "an answer of another type is refused by the id of its sample"
  ],
  [
    "divides by one too many",
    () =>
      reading(({ values }, { hits, total }) => ({
        values: { ...values, accuracy: total === 0 ? { insufficient: "no sample" } : hits / (total + 1) }
      })),
    "equals its reference: by hand"
  ],
  [
    "is not what its manifest says",
    () => suite({}, { manifest: entryOf("metric-pack", "shares", { output_types: ["class"] }) }),
    "the entry is what its manifest says"
  ]
])
