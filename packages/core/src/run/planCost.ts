/**
 * What a planned run will come to, in counts: samples, epochs, durable steps, bursts. Never a time: that depends on the machine, and
 * nothing of it is known before.
 *
 * Sharp edge: a training that may end early comes to less, and what the brain is given back adds bursts that depend on its answers.
 */
import { epochsOf, phaseTotal } from "./phaseProgress.ts"
import { part, type RunDocument } from "./RunDocument.ts"

export interface PhaseCost {
  readonly phase: string
  readonly epochs: number
  /** Over all epochs. */
  readonly samples: number
  /** Each is a checkpoint and a commit. */
  readonly steps: number
}

export interface PlanCost {
  readonly phases: ReadonlyArray<PhaseCost>
  readonly samples: number
  readonly steps: number
  /** Samples that are answered between epochs to see how far the training is. */
  readonly validation_samples: number
  /** Without those in which feedback is delivered; null where the learner is no brain. */
  readonly bursts_at_least: number | null
  /** Whether the training may end before its last epoch, so that all of this is the most that it can come to. */
  readonly may_end_early: boolean
}

const burstsOfSample = ({ learner }: RunDocument): number | undefined => {
  const { section } = learner.resolved as { readonly section?: { readonly schedule?: Readonly<Record<string, unknown>> } }
  const { read_burst, settle_bursts } = section?.schedule ?? {}
  return typeof read_burst === "number" && typeof settle_bursts === "number" ? read_burst + settle_bursts : undefined
}

export const planCost = (document: RunDocument): PlanCost => {
  const phases = document.protocol.phases.map((phase): PhaseCost => {
    const [epochs, samples] = [epochsOf(document, phase), phaseTotal(document, phase)]
    return { phase: phase.name, epochs, samples, steps: epochs * Math.ceil(samples / epochs / document.checkpoint_every) }
  })
  const { epochs, validate, early_stop } = document.training
  // Behind every so many epochs, and behind the last.
  const validation_samples = validate === undefined ? 0 : Math.ceil(epochs / validate.every) * part(document, validate.part).count
  const samples = phases.reduce((sum, phase) => sum + phase.samples, 0)
  const each = burstsOfSample(document)
  return {
    phases,
    samples,
    steps: phases.reduce((sum, phase) => sum + phase.steps, 0),
    validation_samples,
    bursts_at_least: each === undefined ? null : each * (samples + validation_samples),
    may_end_early: early_stop !== undefined
  }
}
