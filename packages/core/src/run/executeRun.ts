/**
 * Executes a run document: a fold over the phases of its protocol, from a cursor to the end, out of a source of experience and into a sink.
 *
 * The same function runs, resumes and replays; what differs is the sink and where it begins. What was learnt is hashed at both ends of every
 * phase; a phase that must not learn and did ends the run.
 */
import {
  type LearnerFamily,
  type LearnerSession,
  type ProtocolPhase,
  type TrainerError,
  trainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import { Catalogue } from "../catalogue/Catalogue.ts"
import type { BlobStore } from "../port/BlobStore.ts"
import type { Registry } from "../port/Registry.ts"
import type { Roots } from "../port/Roots.ts"
import { RunObserver } from "../port/RunObserver.ts"
import { preconditionsOf, unfitForBenchmark } from "./benchmark.ts"
import { datasetSource } from "./datasetSource.ts"
import { loadPack } from "./loadPack.ts"
import { openLearner } from "./openLearner.ts"
import { evaluatePhase } from "./phase/evaluatePhase.ts"
import { livePhase } from "./phase/livePhase.ts"
import { progressAt } from "./phaseProgress.ts"
import type { Interruption, RunContext, RunMarks, Steering } from "./RunContext.ts"
import type { RunDocument } from "./RunDocument.ts"
import { type RunningMetric, runningMetric } from "./RunningMetric.ts"
import type { Cursor, RunSink } from "./RunSink.ts"
import { type BrainMutation, type PartialPhase, type PhaseSkip, type PhaseState, partialPhases } from "./RunState.ts"
import { readTransformed } from "./transformed.ts"

/** Where a run goes on: behind the last committed step. */
export interface ResumePoint {
  readonly cursor: Cursor
  readonly checkpoint: Uint8Array
  readonly full_hash: string
  /** The phases so far; the last one is that under the cursor. */
  readonly phases: ReadonlyArray<PhaseState>
  /** The last event was the end of a phase's samples, not a step in the middle. */
  readonly phaseCompleted: boolean
  /** It went on before, from a checkpoint of a learner that does not promise to go on as it would have. */
  readonly continued: boolean
}

export interface ExecuteRequest {
  readonly run_id: string
  readonly document: RunDocument
  readonly families: ReadonlyArray<LearnerFamily>
  readonly sink: RunSink
  readonly resume: ResumePoint | undefined
  readonly steering: Steering
  /** A replay of a run that was continued and not identical says so on its Scorecards, as the run did. */
  readonly continued_not_identical: boolean
}

export type ExecuteServices = Catalogue | BlobStore | Registry | Roots | RunObserver

/** What came of an execution that reached its end. */
export interface Executed {
  /** Phases that were ended early; empty in a run that is whole. */
  readonly partial: ReadonlyArray<PartialPhase>
}

export const executeRun = (request: ExecuteRequest): Effect.Effect<Executed, TrainerError | Interruption, ExecuteServices> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { document, resume } = request
      let context = yield* openContext(request)
      for (const [index, phase] of document.protocol.phases.entries()) {
        if (index < (resume?.cursor.phase ?? 0)) continue
        const resumed = resume?.cursor.phase === index ? resume : undefined
        const skip = yield* executePhase(context, phase, index, resumed)
        if (skip !== undefined) context = { ...context, marks: withSkip(context.marks, phase, skip) }
        const scored = resumed?.phases.at(-1)?.scorecard_id !== undefined
        if (phase.scored && !scored) yield* context.sink.scored(phase.name, yield* evaluatePhase(context, phase))
        if (skip?.rest === true) break
      }
      return { partial: context.marks.partial }
    })
  )

const withSkip = (marks: RunMarks, { name }: ProtocolPhase, { samples_planned, samples_done }: PhaseSkip): RunMarks => ({
  ...marks,
  partial: [...marks.partial, { phase: name, samples_planned, samples_done }]
})

/** One phase up to the end of its samples: its result is complete when this returns, whether it ended early or not. */
const executePhase = (
  context: RunContext,
  phase: ProtocolPhase,
  index: number,
  resumed: ResumePoint | undefined
): Effect.Effect<PhaseSkip | undefined, TrainerError | Interruption> =>
  Effect.gen(function* () {
    const { sink, session } = context
    const recorded = resumed?.phases.at(-1)
    if (resumed?.phaseCompleted === true) return recorded?.skipped
    const before = recorded?.learned_hash_before ?? (yield* session.learnedHash)
    if (resumed === undefined) {
      yield* sink.phaseStarted(phase.name, index, before)
      yield* context.steering.phaseBegins
    }
    const from: Cursor = resumed?.cursor ?? { phase: index, epoch: 0, next: 0 }
    const skip = recorded?.skipped ?? (yield* livePhase(context, phase, from, recorded?.samples ?? 0))
    const after = yield* session.learnedHash
    if (!phase.learns && after !== before) {
      const mutation: BrainMutation = { phase: phase.name, learned_hash_before: before, learned_hash: after }
      yield* sink.brainMutated(mutation)
      return yield* mutationError(mutation)
    }
    yield* sink.phaseCompleted(phase.name, after)
    return skip
  })

/** A run that measured a brain while it changed has no result for the phase, and none for what follows. */
export const mutationError = ({ phase, learned_hash_before, learned_hash }: BrainMutation): TrainerError =>
  trainerError("failed", {
    code: "FT3020",
    message: `the learner changed while phase "${phase}" measured it; the phase has no Scorecard, and nothing follows it`,
    expected: `learned hash ${learned_hash_before}`,
    actual: learned_hash,
    help: "a frozen learner must not learn: this is a bug of the learner or its backend. Mend it and start a new run"
  })

const openContext = Effect.fnUntraced(function* (request: ExecuteRequest) {
  const { document, resume, sink } = request
  const catalogue = yield* Catalogue
  const observer = yield* RunObserver
  const { reader, graph, parts, seeds, session } = yield* openLearner(document, request.families)
  const pack = yield* loadPack(document)
  const facts = { continuation: session.continuation, preconditions: preconditionsOf(session) }
  yield* sink.opened(facts)
  if (document.benchmark !== null) {
    const unfit = unfitForBenchmark(facts)
    if (unfit.length > 0) return yield* trainerErrors("invalid", unfit)
  }
  const continued = resume !== undefined && (yield* restore(request, session, resume))
  const metric = runningMetric(pack, document.protocol.primary_metric)
  const opened = { ...request, seeds, reader, read: readTransformed(reader, graph, seeds), parts, session, pack, metric }
  return {
    ...opened,
    source: datasetSource(opened, catalogue),
    validations: resume?.phases.flatMap(({ validations }) => validations) ?? [],
    watch: makeWatch(request.run_id, document, metric, observer),
    marks: {
      // What the phase under the cursor adds comes with the phase itself.
      partial: partialPhases(resume?.phases.slice(0, -1) ?? []),
      continued_not_identical: request.continued_not_identical || continued || resume?.continued === true
    }
  } satisfies RunContext
})

/** Puts the learner where the last step left it. Whether it goes on from there in a way that is not promised to be the same. */
const restore = ({ sink }: ExecuteRequest, session: LearnerSession, { checkpoint, full_hash, cursor }: ResumePoint) =>
  Effect.gen(function* () {
    yield* session.restore(checkpoint)
    const restored = yield* session.fullHash
    if (session.continuation === "not-identical") {
      yield* sink.continued({ cursor, committed_full_hash: full_hash, restored_full_hash: restored })
      return true
    }
    if (restored !== full_hash)
      return yield* trainerError("integrity", {
        code: "FT3102",
        message: "the restored checkpoint is not the state that was committed",
        expected: full_hash,
        actual: restored
      })
    return false
  })

/** Tells whoever watches how far the run is. */
const makeWatch = (
  run_id: string,
  document: RunDocument,
  metric: RunningMetric,
  observer: typeof RunObserver.Service
): RunContext["watch"] => {
  return (cursor, answers) => {
    metric.see(`${cursor.phase}/${cursor.epoch}`, answers)
    return observer.progress({
      run_id,
      seed: document.seed,
      epoch: cursor.epoch,
      ...progressAt(document, cursor),
      metric: metric.value
    })
  }
}
