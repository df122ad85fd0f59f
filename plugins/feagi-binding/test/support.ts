/** A small table with two classes, and everything that a brain for it is opened with. */
import {
  type BrainOpen,
  type BrainSession,
  type ClassLabel,
  type CoderSelection,
  type Decoded,
  type Diagnostic,
  type Encoder,
  type IRSample,
  type SampleShape,
  type Selected,
  type TabularShape,
  TrainerError
} from "@feagi-trainer/contracts"
import { Effect } from "effect"
import type { EmbeddedOptions } from "../src/EmbeddedOptions.ts"
import { embedded, miscClass, percentage } from "../src/index.ts"
import type { PercentageOptions } from "../src/PercentageOptions.ts"
import { tabularGenome } from "../src/TabularGenome.ts"
import type { TabularOptions } from "../src/TabularOptions.ts"

export const must = <A>(selected: Selected<A> | Decoded<A>): A => {
  if (selected.ok) return selected.value
  throw new Error(selected.mistakes.map((each) => `${each.path.join(".")}: ${each.message}`).join("; "))
}

export const mistakesOf = (selected: Selected<unknown> | Decoded<unknown>) => (selected.ok ? [] : selected.mistakes)

export const shape: TabularShape = {
  kind: "tabular",
  features: [
    { name: "length", min: 0, max: 10 },
    { name: "width", min: -1, max: 1 }
  ]
}

export const classes: ReadonlyArray<ClassLabel> = [
  { class_id: 0, label: "short" },
  { class_id: 1, label: "long" },
  { class_id: 2, label: "none" }
]

export const sampleOf = (sample_id: string, row: ReadonlyArray<number>): IRSample =>
  ({
    schema_version: 1,
    sample_id,
    dataset_version_id: "table@1",
    split: "train",
    modality: "tabular",
    payload: { tabular: row },
    target: null,
    output_type: "class",
    coordinate_frame: null,
    timestamp: null,
    metadata: {}
  }) as unknown as IRSample

export const rows: ReadonlyArray<readonly [number, number]> = [
  [0, -1],
  [10, 1],
  [2, -0.5],
  [8, 0.5]
]
export const training = rows.map((row, index) => sampleOf(`row-${index}`, row))

/** What an encoder learns from these samples. */
export const fitOf = <Options, Fitted>(
  encoder: Encoder<Options, Fitted>,
  options: Options,
  of: SampleShape,
  samples: Iterable<IRSample>
): Selected<Fitted> => {
  const fold = encoder.fit(options, of)
  if (!fold.ok) return fold
  for (const sample of samples) fold.value.add(sample)
  return fold.value.result()
}

export const encoderOptions: PercentageOptions = {
  scheme: { scheme: "population_single_spike", bins: 4, spacing: "linear", tilings: 1 },
  area: "iinf",
  group: 0,
  range: "train",
  out_of_range: "clip",
  constant_feature: "refuse"
}

export const templateOptions: TabularOptions = {
  bins: 4,
  spacing: "linear",
  tilings: 1,
  initial_weight: 1,
  max_weight: 4,
  learning_rate: 0.5,
  plasticity_window: 1
}

export const genome = tabularGenome(templateOptions, 2, 3)
export const backendOptions: EmbeddedOptions = { max_voxels: 1000, max_synapses: 1000, validation: "strict" }

export const inputs: ReadonlyArray<CoderSelection> = must(
  percentage.select(encoderOptions, { shape, fitted: must(fitOf(percentage, encoderOptions, shape, training)) })
)
export const outputs: ReadonlyArray<CoderSelection> = must(
  miscClass.select({ area: "omis", group: 0 }, { shape, output_type: "class", classes })
)

export const seedOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)

export const request: BrainOpen<EmbeddedOptions> = {
  options: backendOptions,
  genome,
  inputs,
  outputs,
  schedule: { hold_bursts: 1, read_burst: 2 },
  seed: seedOf(7)
}

/** Opens a brain, works with it, closes it. */
export const withBrain = <A>(
  use: (brain: BrainSession) => Effect.Effect<A, TrainerError>,
  more: Partial<BrainOpen<EmbeddedOptions>> = {}
): Promise<A> => Effect.runPromise(Effect.scoped(Effect.flatMap(embedded.open({ ...request, ...more }), use)))

/** What an effect fails with, in full. */
export const failure = (
  effect: Effect.Effect<unknown, TrainerError>
): Promise<{ readonly reason: string; readonly diagnostics: ReadonlyArray<Diagnostic> }> =>
  Effect.runPromise(
    Effect.flip(effect).pipe(
      Effect.map((error) => {
        if (!(error instanceof TrainerError)) throw new Error("no trainer error")
        return { reason: error.reason, diagnostics: error.diagnostics }
      })
    )
  )

export const refusal = (more: Partial<BrainOpen<EmbeddedOptions>>) => failure(Effect.scoped(embedded.open({ ...request, ...more })))

/** Pleasure for the sample and class given, as the supervised policy gives it. */
export const reinforce = (channel: string, class_id: number) => [
  { offset: 0, affect: { channel, magnitude: 100 } },
  { offset: 1, represent: true as const },
  { offset: 1, teach: [classes.map((each) => (each.class_id === class_id ? 1 : 0))] }
]
