/**
 * Runs side by side, two or more: first whether they may be compared at all, then by how much each differs from the first, the baseline,
 * on the same samples; then where, and what else is not the same between them.
 *
 * Everything that decides comparability is in the run documents, and in the journals where a run was not executed as its document says.
 * Sharp edge: runs that must not be compared are shown, if it is asked for, with their differences and without a single number.
 */
import { type Diagnostic, directionOf, type Scored, type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import {
  type CompareOptions,
  compareAll,
  compareIdentity,
  comparisonFindings,
  type Difference,
  type FamilyMetric,
  type IdentityComparison
} from "@feagi-trainer/evaluation"
import * as Effect from "effect/Effect"
import type { Catalogue } from "../catalogue/Catalogue.ts"
import type { LoadedPack } from "../run/loadPack.ts"
import type { RunDocument } from "../run/RunDocument.ts"
import { type PartialPhase, partialPhases } from "../run/RunState.ts"
import { type ComparedRun, scoredAnswers } from "./ComparedRun.ts"
import { comparandOf } from "./comparand.ts"
import { documentDifferences } from "./documentFields.ts"
import { measuringPack } from "./measuringPack.ts"
import { type SampleChanges, sampleChanges } from "./sampleChanges.ts"
import type { FieldValues } from "./sampleFields.ts"
import { type Labelled, type SliceMetric, type SliceTable, sliceOf, slicesBy } from "./slices.ts"

export interface CompareRunsOptions extends CompareOptions {
  /** A scored phase of the protocol; the last one where it is left out. */
  readonly phase?: string
  /** Further fields to slice by, for the samples that are compared. Asked only where runs may be compared. */
  readonly fields?: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<FieldValues>, TrainerError, Catalogue>
}

/** A run of a comparison against the baseline. */
export interface AgainstBaseline {
  /** Label of the run. */
  readonly run: string
  /** Every value of the pack; `a` is the baseline and `b` the run. `p_holm` is corrected over the runs. */
  readonly metrics: Readonly<Record<string, FamilyMetric>>
  readonly samples: SampleChanges
}

export interface RunComparison extends IdentityComparison {
  /** The phase whose predictions are compared. */
  readonly phase: string
  readonly primary_metric: string
  /** Samples that were compared: of the whole phase, or those that all runs met where one was ended early. 0 where nothing is compared. */
  readonly n: number
  /** By label: the phases that were ended early; empty for a run that went through. */
  readonly partial: Readonly<Record<string, ReadonlyArray<PartialPhase>>>
  /** Every run but the first, which is the baseline. Empty where nothing is compared. */
  readonly comparisons: ReadonlyArray<AgainstBaseline>
  /** The primary metric by class (of classes), by scored phase, and by the fields that were asked for. */
  readonly slices: ReadonlyArray<SliceTable>
  /** Choices that differ and key nothing: seeds, orders, hyper-parameters, the nodes of the transform graph. */
  readonly settings: ReadonlyArray<Difference>
  /** Versions, hashes of plugins and engines that differ. */
  readonly provenance: ReadonlyArray<Difference>
}

/** Bootstrap and permutation draws. Fixed, so that the same runs always give the same intervals. */
const draws = { seed: "run/compare", resamples: 2_000, confidence: 0.95 } as const

/** The phase to compare by: one that is scored, or a mistake that names those. */
export const scoredPhase = ({ protocol }: RunDocument, asked: string | undefined): Effect.Effect<string, TrainerError> => {
  const scored = protocol.phases.filter((each) => each.scored).map((each) => each.name)
  const found = asked === undefined ? scored.at(-1) : scored.find((name) => name === asked)
  return found === undefined
    ? Effect.fail(
        trainerError("usage", {
          code: "FT3312",
          field: "--phase",
          message: "the protocol scores no such phase",
          expected: scored.length === 0 ? "a protocol with a scored phase" : `one of ${scored.join(", ")}`,
          actual: asked ?? "no scored phase",
          help: "leave it out for the last scored phase"
        })
      )
    : Effect.succeed(found)
}

/**
 * Fails with reason `incomparable` and every field in the way, unless the comparison is exploratory. At least two runs, the first is the
 * baseline.
 */
export const compareRuns = (
  runs: ReadonlyArray<ComparedRun>,
  options: CompareRunsOptions
): Effect.Effect<RunComparison, TrainerError, Catalogue> =>
  Effect.gen(function* () {
    const [baseline] = runs
    if (baseline === undefined || runs.length < 2) throw new RangeError(`a comparison needs at least two runs, got ${runs.length}`)
    const identity = compareIdentity(
      runs.map((run) => comparandOf(run.document, run)),
      options
    )
    if (!identity.ok) return yield* trainerErrors("usage", identity.diagnostics)
    if (!identity.shown) return yield* trainerErrors("incomparable", comparisonFindings(identity))
    const phase = yield* scoredPhase(baseline.document, options.phase)
    const documents = runs.map((run) => run.document)
    const shown = {
      ...identity,
      phase,
      primary_metric: baseline.document.protocol.primary_metric,
      partial: Object.fromEntries(runs.map((run, at) => [identity.labels[at] ?? "", partialPhases(run.phases)])),
      settings: documentDifferences(documents, "setting"),
      provenance: documentDifferences(documents, "provenance")
    }
    if (!identity.comparable) return { ...shown, n: 0, comparisons: [], slices: [] }
    const all = yield* answersOf(runs, identity.labels, phase)
    const loaded = yield* measuringPack(baseline.document)
    // A phase that was ended early has fewer samples, and whoever declared that compares the ones that all have.
    const cut = runs.some((run) => run.phases.some((each) => each.phase === phase && each.skipped !== undefined))
    const met = cut ? common(all) : all
    const [first] = met
    if (first === undefined || first.answers.length === 0)
      return yield* trainerError("incomparable", {
        code: "FT3303",
        message: `runs ${runs.map((run) => run.run_id).join(", ")} have no sample of phase "${phase}" in common: at least one was ended early`,
        help: "compare runs that went through"
      })
    const compared = compareAll({
      ...draws,
      runs: met.map(({ label, answers }) => ({ name: label, scored: answers })),
      against: { baseline: first.label },
      pack: loaded.pack,
      options: loaded.options,
      context: loaded.context
    })
    if (!compared.ok) return yield* trainerErrors("incomparable", compared.diagnostics as ReadonlyArray<Diagnostic>)
    const further = options.fields === undefined ? [] : yield* options.fields(first.answers.map((each) => each.sample_id))
    const measured: SliceMetric = { metric: shown.primary_metric, fold: loaded.pack.start(loaded.options, loaded.context) }
    return {
      ...shown,
      n: first.answers.length,
      comparisons: compared.pairs.map(({ b, metrics }) => ({
        run: b,
        metrics,
        samples: sampleChanges(answersUnder(all, first.label), answersUnder(all, b), {
          ...measured,
          direction: directionOf(loaded.pack, measured.metric) ?? "higher-is-better"
        })
      })),
      slices: [
        ...(further.some(({ field }) => field === "class") ? [] : classSlices(met, loaded, measured)),
        ...(yield* phaseSlices(runs, identity.labels, measured)),
        ...further.map(({ field, values }) => slicesBy(field, (id) => values.get(id), met, measured))
      ]
    }
  })

const answersOf = (
  runs: ReadonlyArray<ComparedRun>,
  labels: ReadonlyArray<string>,
  phase: string
): Effect.Effect<ReadonlyArray<Labelled>, TrainerError> =>
  Effect.forEach(runs, (run, at) => Effect.map(scoredAnswers(run, phase), (answers) => ({ label: labels[at] ?? "", answers })))

const answersUnder = (all: ReadonlyArray<Labelled>, label: string): ReadonlyArray<Scored> =>
  all.find((each) => each.label === label)?.answers ?? []

/** The answers to samples that all runs met. */
const common = (all: ReadonlyArray<Labelled>): ReadonlyArray<Labelled> => {
  const ids = all.map(({ answers }) => new Set(answers.map((each) => each.sample_id)))
  return all.map(({ label, answers }) => ({ label, answers: answers.filter((each) => ids.every((known) => known.has(each.sample_id))) }))
}

/** By the class that a sample is of; nothing where targets are no classes. */
const classSlices = (met: ReadonlyArray<Labelled>, { context }: LoadedPack, measured: SliceMetric): ReadonlyArray<SliceTable> => {
  const targets = met[0]?.answers ?? []
  if (!targets.every(({ target }) => "class" in target)) return []
  const labels = new Map(context.classes.map((each) => [each.class_id, each.label]))
  const classOf = new Map(
    targets.flatMap(
      ({ sample_id, target }): ReadonlyArray<readonly [string, string]> =>
        "class" in target ? [[sample_id, labels.get(target.class.class_id) ?? String(target.class.class_id)]] : []
    )
  )
  return [slicesBy("class", (id) => classOf.get(id), met, measured)]
}

/** Every scored phase that all runs went through. */
const phaseSlices = (runs: ReadonlyArray<ComparedRun>, labels: ReadonlyArray<string>, measured: SliceMetric) =>
  Effect.gen(function* () {
    const through = (name: string) =>
      runs.every(({ phases }) => phases.some((each) => each.phase === name && each.skipped === undefined && each.metrics !== undefined))
    const names = (runs[0]?.document.protocol.phases ?? []).filter((each) => each.scored && through(each.name)).map((each) => each.name)
    const slices = yield* Effect.forEach(names, (name) =>
      Effect.map(answersOf(runs, labels, name), (answered) => sliceOf(name, answered, measured))
    )
    return slices.length < 2 ? [] : [{ by: "phase", metric: measured.metric, slices } satisfies SliceTable]
  })
