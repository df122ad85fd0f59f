/**
 * What fires in the learner of a run when one sample is shown to it, with what it had learnt when its training ended.
 *
 * Nothing of the run changes and nothing is recorded. Sharp edge: the sample is shown to a learner at rest, whereas in a phase it came
 * behind other samples, so that the answer given here need not be the recorded one; both are told.
 */
import {
  type Answer,
  type LearnerFamily,
  type SampleTrace,
  type TrainerError,
  type TypedTarget,
  trainerError
} from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import type { Catalogue } from "../catalogue/Catalogue.ts"
import { BlobStore } from "../port/BlobStore.ts"
import type { Registry } from "../port/Registry.ts"
import type { Roots } from "../port/Roots.ts"
import { RunJournal, type RunRow } from "../port/RunJournal.ts"
import { openLearner } from "./openLearner.ts"
import type { RunDocument } from "./RunDocument.ts"
import type { EventPayloads } from "./RunState.ts"
import { documentOf } from "./runs.ts"
import { readAnswer } from "./storedAnswer.ts"
import { readTransformed } from "./transformed.ts"

export interface ActivityRequest {
  readonly row: RunRow
  readonly sample_id: string
  /** Phase whose part of the split the sample is in and whose recorded answer is told; undefined: the first that has the sample. */
  readonly phase: string | undefined
  /** Undefined: as many as a sample takes in a run. */
  readonly bursts: number | undefined
  readonly families: ReadonlyArray<LearnerFamily>
}

export interface SampleActivity {
  readonly phase: string
  /** Part of the split that the sample is in. */
  readonly part: string
  readonly sample_id: string
  readonly target: TypedTarget | null
  /** What the learner was restored from, and the phase at whose end it was written. */
  readonly checkpoint: { readonly phase: string; readonly sha256: string }
  readonly trace: SampleTrace
  /** What it answers when it is asked now, at rest. */
  readonly answer: Answer
  /** What it answered in the last pass of the phase; null where the phase has not come to the sample. */
  readonly recorded: Answer | null
}

/** The checkpoint of the last phase that learns and has ended. */
const endOfTraining = (document: RunDocument, row: RunRow): Effect.Effect<SampleActivity["checkpoint"], TrainerError, RunJournal> =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const learning = new Set(document.protocol.phases.flatMap(({ name, learns }) => (learns ? [name] : [])))
    let sha256: string | undefined
    let found: SampleActivity["checkpoint"] | undefined
    for (const { type, payload } of yield* journal.events(row.run_id)) {
      if (type === "step") sha256 = (payload as unknown as EventPayloads["step"]).checkpoint_sha256
      if (type !== "phase-completed" || sha256 === undefined) continue
      const { phase } = payload as unknown as EventPayloads["phase-completed"]
      if (learning.has(phase)) found = { phase, sha256 }
    }
    return (
      found ??
      (yield* trainerError("invalid", {
        code: "FT3318",
        message: `run ${row.run_id} has not ended its training, so that there is nothing to look at yet`,
        expected: `a run behind its phase ${[...learning].join(", ")}`,
        help: `feagi-trainer run resume ${row.run_id}`
      }))
    )
  })

const placeOf = (
  document: RunDocument,
  parts: ReadonlyMap<string, ReadonlyArray<string>>,
  { sample_id, phase }: ActivityRequest
): Effect.Effect<{ readonly phase: string; readonly part: string }, TrainerError> => {
  const phases = document.protocol.phases.map(({ name, split }) => ({ phase: name, part: split }))
  const has = ({ part }: { readonly part: string }) => parts.get(part)?.includes(sample_id) === true
  const found = phases.find((each) => (phase === undefined || each.phase === phase) && has(each))
  if (found !== undefined) return Effect.succeed(found)
  if (phase !== undefined && !phases.some((each) => each.phase === phase))
    return trainerError("usage", {
      code: "FT3319",
      field: "--phase",
      message: "the protocol has no such phase",
      expected: `one of ${phases.map((each) => each.phase).join(", ")}`,
      actual: phase
    })
  const other = phases.find(has)
  return trainerError("usage", {
    code: "FT2620",
    field: "--sample",
    message: phase === undefined ? "no phase of the run has this sample" : `phase "${phase}" does not have this sample`,
    expected: "a sample of a part of the split",
    actual: sample_id,
    ...(other === undefined ? {} : { help: `it is in part "${other.part}":  --phase ${other.phase}` })
  })
}

/** FT2604 of a learner in which nothing fires, FT3318 before training has ended, FT2620 and FT3319 for a sample or a phase that is not there. */
export const sampleActivity = (
  request: ActivityRequest
): Effect.Effect<SampleActivity, TrainerError, Catalogue | BlobStore | Registry | Roots | RunJournal> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { row, sample_id } = request
      const document = yield* documentOf(row)
      if (document.brain === null)
        return yield* trainerError("invalid", {
          code: "FT2604",
          message: `nothing fires in the learner of run ${row.run_id}`,
          expected: 'a run whose learner.kind is "brain"',
          actual: JSON.stringify(document.learner.kind)
        })
      const checkpoint = yield* endOfTraining(document, row)
      const { reader, graph, parts, seeds, session } = yield* openLearner(document, request.families)
      const place = yield* placeOf(document, parts, request)
      if (session.trace === undefined)
        return yield* trainerError("invalid", {
          code: "FT2604",
          message: `the backend of run ${row.run_id} cannot look at its brain burst by burst`,
          expected: 'a backend that can, such as "embedded"'
        })
      yield* session.restore(yield* (yield* BlobStore).get(checkpoint.sha256))
      const [sample] = yield* readTransformed(reader, graph, seeds)([sample_id], place.part, "measure", 0)
      if (sample === undefined)
        return yield* trainerError("integrity", { code: "FT2620", message: `the dataset no longer has the sample ${sample_id}` })
      const trace = yield* session.trace(sample, request.bursts)
      const [output] = yield* session.predict([sample])
      if (output === undefined) return yield* trainerError("failed", { code: "FT3021", message: "the learner did not answer", sample_id })
      const journal = yield* RunJournal
      const line = (yield* journal.predictions(row.run_id, place.phase)).findLast((each) => each.sample_id === sample_id)?.line
      return {
        ...place,
        sample_id,
        target: sample.target,
        checkpoint,
        trace,
        answer: output.answer,
        recorded: line === undefined ? null : readAnswer(line).prediction
      }
    })
  )
