/** A sound metric pack with atoms and files, for bugs to be planted in: the share of right and of answered samples. */
import {
  type Diagnostic,
  isAbstain,
  type MetricFiles,
  MetricPack,
  type MetricValue,
  optionsFrom,
  type Scored
} from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { classSamples, type MetricPackSubject } from "../src/index.ts"

const classes = ["ant", "bee", "cat"].map((label, class_id) => ({ class_id, label }))
const context = { output_type: "class", classes } as const
const Options = Schema.Struct({ scale: Schema.Literal(1) })
const State = Schema.Struct({ hits: Schema.Int, silent: Schema.Int, total: Schema.Int })
const FileOptions = Schema.Struct({ unit: Schema.Literals(["share"]) })
export type Shares = MetricPack<typeof Options.Type, typeof State.Type, typeof FileOptions.Type>
export type Form = MetricFiles<typeof Options.Type, typeof FileOptions.Type>

const share = (part: number, whole: number): MetricValue => (whole === 0 ? { insufficient: "no sample" } : part / whole)

const classOf = (sample_id: string, value: object): number => {
  const id = "class" in value ? (value.class as { readonly class_id: number }).class_id : -1
  if (id < 0 || id >= classes.length) throw new RangeError(`sample "${sample_id}" is of no declared class`)
  return id
}

const valuesOf = ({ hits, silent, total }: typeof State.Type): Readonly<Record<string, MetricValue>> => ({
  accuracy: share(hits, total),
  answered: share(total - silent, total)
})

const Line = Schema.Struct({ id: Schema.String, target: Schema.Int, answer: Schema.NullOr(Schema.Int) })

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Array(Line)))

const form: Form = {
  about: { predictions: "a JSON array of {id, target, answer}", targets: "none" },
  targets: "none",
  decodeOptions: optionsFrom(FileOptions),
  read: ({ predictions }) => {
    const refuse = (message: string): { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> } => ({
      ok: false,
      diagnostics: [{ code: "shares/FILE", severity: "error", message, file: predictions.name }]
    })
    try {
      const lines = decode(new TextDecoder("utf-8", { fatal: true }).decode(predictions.bytes))
      return {
        ok: true,
        options: { scale: 1 },
        context,
        scored: lines.map(
          ({ id, target, answer }): Scored => ({
            sample_id: id,
            target: { class: { class_id: target, label: null } },
            prediction: answer === null ? { abstain: { reason: null } } : { class: { class_id: answer, scores: [] } }
          })
        ),
        missing: lines.flatMap(({ id, answer }) => (answer === null ? [id] : []))
      }
    } catch (error) {
      return refuse(error instanceof Error ? error.message : String(error))
    }
  },
  names: { accuracy: "acc", answered: "answered" }
}

export const shares: Shares & { readonly files: Form; readonly atoms: NonNullable<Shares["atoms"]> } = {
  ...MetricPack.define<typeof Options.Type, typeof State.Type, typeof FileOptions.Type>({
    id: "shares",
    output_types: ["class"],
    decodeOptions: optionsFrom(Options),
    state: State,
    signature: () => "shares:1",
    directions: { accuracy: "higher-is-better", answered: "higher-is-better" },
    start: () => ({
      empty: { hits: 0, silent: 0, total: 0 },
      add: (state, { sample_id, target, prediction }) => {
        const truth = classOf(sample_id, target)
        const silent = isAbstain(prediction)
        const hit = !silent && classOf(sample_id, prediction) === truth
        return { hits: state.hits + (hit ? 1 : 0), silent: state.silent + (silent ? 1 : 0), total: state.total + 1 }
      },
      merge: (left, right) => ({ hits: left.hits + right.hits, silent: left.silent + right.silent, total: left.total + right.total }),
      result: (state) => ({ values: valuesOf(state), figures: [] })
    })
  }),
  // Wrong, right, not answered.
  atoms: (_options, _context, samples) => ({
    count: 3,
    atomOf: Uint32Array.from(samples, ({ sample_id, target, prediction }) =>
      isAbstain(prediction) ? 2 : classOf(sample_id, prediction) === classOf(sample_id, target) ? 1 : 0
    ),
    values: ([wrong = 0, hits = 0, silent = 0]) => valuesOf({ hits, silent, total: wrong + hits + silent })
  }),
  files: form
}

const lines = [
  { id: "a", target: 0, answer: 0 },
  { id: "b", target: 1, answer: 2 },
  { id: "c", target: 2, answer: null },
  { id: "d", target: 2, answer: 2 }
]

export const sharesSubject: MetricPackSubject<typeof Options.Type, typeof State.Type, typeof FileOptions.Type> = {
  pack: shares,
  options: { scale: 1 },
  context,
  scored: classSamples(classes, { scores: false }),
  files: [
    {
      name: "four answers",
      files: { predictions: { name: "answers.json", bytes: new TextEncoder().encode(`${JSON.stringify(lines)}\n`) }, targets: [] },
      options: { unit: "share" },
      values: { acc: 0.5, answered: 0.75 },
      tolerance: 0
    }
  ]
}
