/**
 * From persisted predictions to metrics, by a metric pack and under a protocol. It sees targets and answers, never the learner, so a
 * bundle can be scored where neither brain nor dataset is.
 *
 * Sharp edge: a sample of the split without a prediction, with two, or a prediction for no sample of the split refuses the whole
 * evaluation. A metric over fewer samples than the split has would look the same and mean something else.
 */
import {
  type Diagnostic,
  didYouMean,
  type Figure,
  isAbstain,
  isInsufficient,
  type MetricContext,
  type MetricFold,
  type MetricPack,
  type MetricResult,
  type MetricValue,
  outputTypeName,
  type PredictionRecord,
  type Protocol,
  type Scored,
  showValue
} from "@feagi-trainer/contracts"
import { sampleList } from "./SampleList.ts"

export interface ScoreRequest<Options, State> {
  /** In any order: they are folded in the order of `expected`. */
  readonly predictions: ReadonlyArray<Scored>
  /** The ids of all samples of the scored split, each once. */
  readonly expected: ReadonlyArray<string>
  readonly pack: MetricPack<Options, State>
  /** As the pack's own decoder returned them. */
  readonly options: Options
  readonly context: MetricContext
  /** Without a primary metric where answers are scored by a pack that the protocol does not know. */
  readonly protocol: Pick<Protocol, "id" | "version" | "output_type"> & Partial<Pick<Protocol, "primary_metric">>
}

/** How the predictions cover the split; ids in the order of `expected`, the unknown ones in the order of the predictions. */
export interface Coverage {
  readonly missing: ReadonlyArray<string>
  readonly unknown: ReadonlyArray<string>
  readonly duplicates: ReadonlyArray<string>
}

export interface ScoreValues extends Coverage {
  readonly ok: true
  readonly values: Readonly<Record<string, MetricValue>>
  readonly figures: ReadonlyArray<Figure>
  /** How the values were computed, by the pack. */
  readonly signature: string
  /** Of the values that have one of their own. */
  readonly signatures: Readonly<Record<string, string>>
  /** Samples that were scored, the abstained ones included. */
  readonly n: number
  readonly abstained: number
}

export interface ScoreRefused extends Coverage {
  readonly ok: false
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

export type ScoreResult = ScoreValues | ScoreRefused

/** Findings of one kind beyond this number are counted, not listed. */
const listed = 100

/** A prediction as it is scored. Throws RangeError naming the sample when the record has no target: then nothing can be said of it. */
export const scoredOf = ({ sample_id, target, prediction }: Pick<PredictionRecord, "sample_id" | "target" | "prediction">): Scored => {
  if (target === null) throw new RangeError(`sample "${sample_id}": its prediction record has no target, so it cannot be scored`)
  const scores = "class" in prediction && prediction.class.scores.length > 0 ? prediction.class.scores : undefined
  return { sample_id, target, prediction, ...(scores === undefined ? {} : { scores }) }
}

/** Scores all predictions, or says everything that is in the way. Throws RangeError when `expected` names a sample twice. */
export const score = <Options, State>(request: ScoreRequest<Options, State>): ScoreResult => {
  const { predictions, expected, pack, options } = request
  const split = new Set(expected)
  if (split.size !== expected.length) {
    throw new RangeError(`the expected samples must differ: ${expected.length} ids name ${split.size} samples`)
  }
  const byId = new Map<string, Scored>()
  const repeated = new Set<string>()
  for (const each of predictions) {
    if (byId.has(each.sample_id)) repeated.add(each.sample_id)
    else byId.set(each.sample_id, each)
  }
  const coverage: Coverage = {
    missing: expected.filter((id) => !byId.has(id)),
    unknown: [...byId.keys()].filter((id) => !split.has(id)),
    duplicates: [...byId.keys()].filter((id) => repeated.has(id))
  }
  const before = [...mismatches(request), ...coverageFindings(coverage, expected.length)]
  const samples = expected.flatMap((id) => byId.get(id) ?? [])
  const folded = before.some(({ code }) => code === "FT5001") ? undefined : foldAll(request, samples)
  const diagnostics = [...before, ...(folded?.diagnostics ?? [])]
  if (folded?.result === undefined || diagnostics.length > 0) return { ok: false, diagnostics, ...coverage }
  return {
    ok: true,
    values: folded.result.values,
    figures: folded.result.figures,
    signature: pack.signature(options),
    signatures: folded.result.signatures ?? {},
    n: samples.length,
    abstained: samples.filter(({ prediction }) => isAbstain(prediction)).length,
    ...coverage
  }
}

const error = (code: string, message: string, more: Omit<Partial<Diagnostic>, "code" | "message" | "severity"> = {}): Diagnostic => ({
  code,
  severity: "error",
  message,
  ...more
})

/** Pack, protocol and dataset must speak of one output type. */
const mismatches = <Options, State>({ pack, protocol, context }: ScoreRequest<Options, State>): ReadonlyArray<Diagnostic> => {
  const type = outputTypeName(context.output_type)
  return [
    ...(pack.output_types.includes(type)
      ? []
      : [
          error("FT5001", `the metric pack ${pack.id} cannot score this output type`, {
            expected: pack.output_types.join(" or "),
            actual: type,
            help: "name a metric pack for this output type in the run file"
          })
        ]),
    ...(protocol.output_type === type
      ? []
      : [
          error("FT5001", `the protocol ${protocol.id} version ${protocol.version} is for another output type`, {
            expected: protocol.output_type,
            actual: type,
            help: "name a protocol for this output type in the run file"
          })
        ])
  ]
}

const coverageFindings = ({ missing, unknown, duplicates }: Coverage, size: number): ReadonlyArray<Diagnostic> =>
  [
    {
      code: "FT5002",
      ids: missing,
      what: `of the ${size} samples of the split there is no prediction for`,
      help: "finish the run with `run resume`, then score again"
    },
    { code: "FT5003", ids: duplicates, what: "there is more than one prediction for", help: "score the records of one phase of one run" },
    { code: "FT5004", ids: unknown, what: "the split does not have", help: "score against the split that the run names" }
  ].flatMap(({ code, ids, what, help }) => {
    const [first] = ids
    return first === undefined ? [] : [error(code, `${what} ${sampleList(ids)}`, { sample_id: first, count: ids.length, help })]
  })

/** What a pack threw: a RangeError is about the data, anything else a fault of the pack. */
const thrown = (packId: string, cause: unknown, sampleId?: string): Diagnostic => {
  const message = cause instanceof Error ? cause.message : String(cause)
  const where = sampleId === undefined ? {} : { sample_id: sampleId }
  return cause instanceof RangeError
    ? error("FT5005", message, where)
    : error(`${packId}/THROWN`, `the metric pack ${packId} failed: ${message}`, {
        ...where,
        help: `report this to the author of ${packId}`
      })
}

interface Folded {
  readonly result?: MetricResult
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

const foldAll = <Options, State>(
  { pack, options, context, protocol }: ScoreRequest<Options, State>,
  samples: ReadonlyArray<Scored>
): Folded => {
  let fold: MetricFold<State>
  try {
    fold = pack.start(options, context)
  } catch (cause) {
    return { diagnostics: [thrown(pack.id, cause)] }
  }
  const faults: Array<Diagnostic> = []
  let rest = 0
  let state = fold.empty
  for (const each of samples) {
    try {
      state = fold.add(state, each)
    } catch (cause) {
      if (faults.length < listed) faults.push(thrown(pack.id, cause, each.sample_id))
      else rest += 1
    }
  }
  if (rest > 0) faults.push(error("FT5005", `${rest} more samples cannot be scored`, { count: rest }))
  if (faults.length > 0) return { diagnostics: faults }
  try {
    const result = fold.result(state)
    return { result, diagnostics: valueFindings(pack.id, protocol, result.values) }
  } catch (cause) {
    return { diagnostics: [thrown(pack.id, cause)] }
  }
}

const valueFindings = (
  packId: string,
  { id, primary_metric }: ScoreRequest<never, never>["protocol"],
  values: Readonly<Record<string, MetricValue>>
): ReadonlyArray<Diagnostic> => {
  const names = Object.keys(values)
  const suggestion = primary_metric === undefined ? undefined : didYouMean(primary_metric, names)
  return [
    ...names.flatMap((name) => {
      const value = values[name]
      return value === undefined || isInsufficient(value) || Number.isFinite(value)
        ? []
        : [error("FT5006", `the metric pack ${packId} gave a value that is no finite number`, { field: name, actual: showValue(value) })]
    }),
    ...(primary_metric === undefined || names.includes(primary_metric)
      ? []
      : [
          error("FT5007", `the primary metric of the protocol ${id} is none of the values of the metric pack ${packId}`, {
            expected: names.slice(0, 12).join(", "),
            actual: primary_metric,
            ...(suggestion === undefined ? {} : { help: `did you mean ${suggestion}?` })
          })
        ])
  ]
}
