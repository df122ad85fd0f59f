/**
 * What keys a comparison: the benchmark identity and the treatment of a run.
 *
 * Nearly all of it stands in the run document; how the run was executed counts where that is not as the document says. Sharp edge: seeds,
 * orders, hyper-parameters and machines are in neither set, and `documentFields.ts` says of every field of the document what it is.
 */
import type { JsonValue, Precondition } from "@feagi-trainer/contracts"
import type { Comparand } from "@feagi-trainer/evaluation"
import { graphHash } from "@feagi-trainer/transforms"
import { readPreconditions } from "../run/benchmark.ts"
import type { RunDocument } from "../run/RunDocument.ts"
import { type PhaseState, partialPhases } from "../run/RunState.ts"

/** What is known of a run beside its document. */
export interface Execution {
  readonly phases: ReadonlyArray<PhaseState>
  /** Whether it went on from a checkpoint of a learner that does not promise to go on alike. */
  readonly continued: boolean
  /** As the learner said them when it was opened; where nobody recorded that, those of the plan count. */
  readonly preconditions: ReadonlyArray<Precondition> | undefined
}

/** What has to hold for a result to be the same everywhere, as text by name: a change of any one is a change of the treatment. */
const preconditionsOf = (document: RunDocument, execution: Execution | undefined): Readonly<Record<string, string>> => {
  const found = execution?.preconditions ?? readPreconditions(document.learner.wire.preconditions)
  return Object.fromEntries(found.map(({ name, status, detail }) => [name, `${status}: ${detail}`]))
}

/** A run that was ended early is not what its document says. */
const executionOf = ({ phases, continued }: Execution): Readonly<Record<string, JsonValue>> => {
  const partial = partialPhases(phases)
  return {
    skip:
      partial.length === 0
        ? "none"
        : partial.map(({ phase, samples_done, samples_planned }) => `${phase} ${samples_done} of ${samples_planned}`).join(", "),
    continued: continued ? "not-identical" : "identical"
  }
}

/** Benchmark identity and treatment of a run. With its execution also by how it went. */
export const comparandOf = (document: RunDocument, execution?: Execution): Comparand => ({
  identity: {
    dataset: document.dataset.content_hash,
    split: Object.fromEntries(document.split.parts.map((part) => [part.name, part.split_hash])),
    protocol: `${document.protocol.id}@${document.protocol.version}`,
    metric_pack: `${document.metrics.plugin.id}@${document.metrics.plugin.version}`,
    metric_signature: document.metrics.signature
  },
  treatment: {
    ...(document.learner.treatment as Readonly<Record<string, JsonValue>>),
    "controls.silent_reward": document.controls.silent_reward,
    "controls.shuffled_labels": document.controls.shuffled_labels,
    transforms: graphHash(document.transforms),
    preconditions: preconditionsOf(document, execution),
    ...(execution === undefined ? {} : executionOf(execution))
  }
})
