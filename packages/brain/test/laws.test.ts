/** The real FEAGI brain, held to the laws of the Learner port like every other learner. */
import { describeLaws, learnerLaws } from "@feagi-trainer/conformance"
import {
  type AnyEntry,
  type EntryKind,
  type EntryLookup,
  type EntryManifest,
  type EntryOf,
  type LearnerSample,
  type LoadedEntry,
  type Selected,
  type TrainerError,
  trainerError
} from "@feagi-trainer/contracts"
import { sha256Hex } from "@feagi-trainer/determinism"
import { Effect, Stream } from "effect"
import { describe, it } from "vitest"
import * as binding from "../../../plugins/feagi-binding/src/index.ts"
import * as reward from "../../../plugins/reward-supervised/src/index.ts"
import { brainFamily } from "../src/index.ts"

const entries = [...Object.values(binding), ...Object.values(reward)] as ReadonlyArray<AnyEntry>
const lookup: EntryLookup = <Kind extends EntryKind>(kind: Kind, reference: string): Effect.Effect<LoadedEntry<Kind>, TrainerError> => {
  const id = reference.split("#").at(-1)
  const entry = entries.find((each) => each.kind === kind && each.id === id)
  return entry === undefined
    ? Effect.fail(trainerError("missing", { code: "test/NONE", message: `no ${kind} ${reference}` }))
    : Effect.succeed({
        ref: { id: `test#${id}`, version: "1" },
        manifest: { provides: {} } as EntryManifest,
        entry: entry as EntryOf[Kind]
      })
}

const classes = ["low", "high"].map((label, class_id) => ({ class_id, label }))
const shape = { kind: "tabular", features: ["x", "y"].map((name) => ({ name, min: 0, max: 9 })) } as const
const lesson = (sample_id: string, row: readonly [number, number], class_id: number): LearnerSample => ({
  sample: {
    schema_version: 1,
    sample_id,
    dataset_version_id: "d@1",
    split: "train",
    modality: "tabular",
    payload: { tabular: row },
    target: { class: { class_id, label: null } },
    output_type: "class",
    coordinate_frame: null,
    timestamp: null,
    metadata: {}
  },
  target: { class: { class_id, label: null } }
})
const training = [lesson("a", [0, 1], 0), lesson("b", [9, 8], 1), lesson("c", [2, 3], 0), lesson("d", [7, 6], 1), lesson("e", [1, 0], 1)]
const samples = training.map((each) => each.sample)

const must = <A>(selected: Selected<A>): A => {
  if (selected.ok) return selected.value
  throw new Error(selected.mistakes.map((each) => each.message).join("; "))
}
const request = { dataset: "d@1", shape, output_type: "class" as const, classes, samples: samples.length, parts: [] }
const genome = must(binding.tabularClassification.genome(must(binding.tabularClassification.defaults(request)), request))
const section = {
  kind: "brain",
  backend: { plugin: "embedded", options: { max_voxels: 10_000, max_synapses: 10_000, validation: "strict" } },
  binding: {
    encoder: {
      plugin: "percentage",
      options: {
        scheme: { scheme: "population_single_spike", bins: 5, spacing: "linear", tilings: 4 },
        area: "iinf",
        group: 0,
        range: "train",
        out_of_range: "clip",
        constant_feature: "keep"
      }
    },
    decoder: { plugin: "misc-class", options: { area: "omis", group: 0 } }
  },
  reward: {
    plugin: "supervised",
    options: {
      reinforce: { channel: "pleasure", magnitude: 100 },
      suppress: { channel: "pain", magnitude: 100 },
      margin: 0.03,
      teach: true,
      timing: { reinforce: 0, reinforce_present: 1, suppress: 2, suppress_present: 3 }
    }
  },
  schedule: { hold_bursts: 1, read_burst: 2, settle_bursts: 0 }
}

const open = (seed: Uint8Array) =>
  Effect.gen(function* () {
    const common = { shape, output_type: "class" as const, classes, seed, lookup }
    const planned = yield* brainFamily.plan({
      ...common,
      section,
      experience: "sample",
      genome: { json: genome, sha256: sha256Hex(genome) },
      training: Stream.fromIterable(samples),
      training_samples: samples.length,
      epochs: 1,
      checkpoint_every: 1,
      controls: { silent_reward: false }
    })
    if (!planned.ok) throw new Error(planned.diagnostics.map((each) => each.message).join("; "))
    return yield* brainFamily.open({
      ...common,
      pins: planned.pins,
      genome: { json: genome, sha256: sha256Hex(genome) },
      controls: { silent_reward: false }
    })
  })

describeLaws({ describe, it }, "a FEAGI brain is a learner", learnerLaws({ open, training, probes: samples.slice(0, 3) }))
