/** The coders and the embedded backend are held to the laws that everyone's are. */
import { brainBackendLaws, decoderLaws, describeLaws, encoderLaws, type Law, manifestLaws } from "@feagi-trainer/conformance"
import type { IRSample } from "@feagi-trainer/contracts"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"
import { fitOf, sampleOf } from "./support.ts"

const { embedded, miscClass, percentage, tabularClassification } = plugin
const classes = ["ant", "bee", "cat"].map((label, class_id) => ({ class_id, label }))
const suite = (title: string, laws: ReadonlyArray<Law>) => describeLaws({ describe, it }, title, laws)

const shape = { kind: "tabular", features: ["x", "y"].map((name) => ({ name, min: 0, max: 9 })) } as const
const training: ReadonlyArray<IRSample> = [sampleOf("a", [0, 1]), sampleOf("b", [9, 8]), sampleOf("c", [4, 3])]
const probes: ReadonlyArray<IRSample> = [sampleOf("d", [1, 2]), sampleOf("e", [7, 5])]
const encoding = {
  scheme: { scheme: "population_single_spike", bins: 5, spacing: "linear", tilings: 4 },
  area: "iinf",
  group: 0,
  range: "train",
  out_of_range: "clip",
  constant_feature: "keep"
}
const decoding = { area: "omis", group: 0 }
const decoderContext = { output_type: "class", classes } as const
const targets = classes.map(({ class_id }) => ({ class: { class_id, label: null } }))

suite("encoder percentage", encoderLaws({ encoder: percentage, options: encoding, shape, training, samples: probes }))
suite("decoder misc-class", decoderLaws({ decoder: miscClass, options: decoding, context: decoderContext, targets }))

/** What is expected to decode, select and encode here; the laws above say it if it does not. */
const value = <A>(
  result: { readonly ok: true; readonly value: A } | { readonly ok: false; readonly mistakes: ReadonlyArray<{ readonly message: string }> }
): A => {
  if (result.ok) return result.value
  throw new Error(result.mistakes.map(({ message }) => message).join("; "))
}

describe("backend embedded", () => {
  const request = { dataset: "insects@1", shape, output_type: "class" as const, classes, samples: training.length, parts: [] }
  const genome = value(tabularClassification.genome(value(tabularClassification.defaults(request)), request))
  const options = value(percentage.decodeOptions(encoding))
  const context = { shape, fitted: value(fitOf(percentage, options, shape, training)) }
  const teach = value(miscClass.write(value(miscClass.decodeOptions(decoding)), decoderContext, { class: { class_id: 1, label: null } }))
  suite(
    "with a brain for tables",
    brainBackendLaws({
      backend: embedded,
      options: { max_voxels: 1_000_000, max_synapses: 5_000_000, validation: "strict" },
      request: {
        genome,
        inputs: value(percentage.select(options, context)),
        outputs: value(miscClass.select(value(miscClass.decodeOptions(decoding)), decoderContext)),
        schedule: { hold_bursts: 1, read_burst: 2 },
        seed: new Uint8Array(32)
      },
      rows: probes.map((sample) => value(percentage.values(options, context, sample))),
      feedback: [
        { offset: 0, affect: { channel: "pleasure", magnitude: 100 } },
        { offset: 1, represent: true },
        { offset: 1, teach }
      ]
    })
  )
})

suite("the manifest", manifestLaws(manifest, plugin, packageJson))
