/** Made-up runs, events and predictions; without the test runner, so that a child process can use them too. */
import type { BrainRecord, NewEvent, NewRun, PredictionRow } from "@feagi-trainer/core"

export const newRun = (over: Partial<NewRun> = {}): NewRun => ({
  group_id: "g-1",
  name: "iris",
  seed: "18446744073709551615",
  spec_sha256: "ab".repeat(32),
  document_sha256: "cd".repeat(32),
  ...over
})

export const newBrain = (genome_sha256: string, over: Partial<BrainRecord> = {}): Omit<BrainRecord, "version"> => ({
  name: "b",
  genome_sha256,
  canonical_sha256: "ee".repeat(32),
  source: "file",
  connectome: null,
  lineage: null,
  development_sha256: genome_sha256,
  ...over
})

export const step = (number: number): NewEvent => ({ type: "step", payload: { step: number, epoch: 0 } })

/** `count` predictions that follow `from` in phase train, epoch 0. */
export const answers = (from: number, count: number): ReadonlyArray<PredictionRow> =>
  Array.from({ length: count }, (_, offset) => {
    const index = from + offset
    return { phase: "train", epoch: 0, index, sample_id: `s-${index}`, line: `{"index":${index}}`, tick: index * 10 }
  })
