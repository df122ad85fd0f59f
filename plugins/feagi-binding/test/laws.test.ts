/** The coders and the embedded backend are held to the laws that everyone's are. */
import { brainBackendLaws, decoderLaws, describeLaws, encoderLaws, type Law, manifestLaws } from "@feagi-trainer/conformance"
import type { CoderReading, CoderValue, Decoder, DecoderContext, IRSample, TypedTarget } from "@feagi-trainer/contracts"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import { COMPOSITE_TYPE } from "../src/CompositeDecoder.ts"
import * as plugin from "../src/index.ts"
import { readingOfLevel } from "../src/OutputScale.ts"
import { decoderOptions } from "./everyOption.ts"
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
const decoderContext = { shape, output_type: "class", classes } as const
const targets = classes.map(({ class_id }) => ({ class: { class_id, label: null } }))

suite("encoder percentage", encoderLaws({ encoder: percentage, options: encoding, shape, training, samples: probes }))

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

/** What FEAGI reads of a bin of five that was written; everything else as it is. */
const levelRead =
  (signed: boolean) =>
  (value: CoderValue): CoderReading => ({ silent: false, value: typeof value === "number" ? readingOfLevel(value, 5, signed) : value })
const mask = (labels: ReadonlyArray<number>): TypedTarget => ({ segmentation_mask: { width: 4, height: 3, labels, ignore_label: null } })
const upright = { w: 1, x: 0, y: 0, z: 0 }
const fields = (class_id: number, scalar: number): TypedTarget => ({
  custom: { type: COMPOSITE_TYPE, value: { kind: { class: { class_id, label: null } }, amount: { scalar } } }
})

interface Answers {
  readonly output_type: DecoderContext["output_type"]
  readonly targets: ReadonlyArray<TypedTarget>
  readonly readingOf?: (value: CoderValue) => CoderReading
}
/** What every decoder answers with, for each of its choices of options. Numbers are those that lie on a bin. */
const answers: Readonly<Record<string, ReadonlyArray<Answers>>> = {
  "misc-class": [{ output_type: "class", targets }],
  "count-class": [{ output_type: "class", targets, readingOf: levelRead(false) }],
  "class-set": [{ output_type: "class_set", targets: [{ class_set: [0] }, { class_set: [1, 2] }, { class_set: [0, 1, 2] }] }],
  scalar: [{ output_type: "scalar", targets: [0, 0.25, 1].map((scalar) => ({ scalar })), readingOf: levelRead(false) }],
  vector: [
    {
      output_type: "vector",
      targets: [
        [0, 0],
        [2, 1],
        [0.5, 0.75]
      ].map((vector) => ({ vector })),
      readingOf: levelRead(true)
    }
  ],
  pose: [
    {
      output_type: "pose6_dof",
      targets: [{ pose6_dof: { position: [0, 0.5, -1], orientation: upright } }],
      readingOf: levelRead(true)
    }
  ],
  "segmentation-mask": [
    { output_type: "segmentation_mask", targets: [mask([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]), mask(Array.from({ length: 12 }, () => 2))] }
  ],
  keypoints: [{ output_type: "keypoints", targets: [{ keypoints: [{ x: 1, y: 1 }] }] }],
  motor: [{ output_type: "vector", targets: [{ vector: [0, 1] }, { vector: [1.5, 0.25] }], readingOf: levelRead(true) }],
  composite: [
    { output_type: "vector", targets: [{ vector: [0, 0.25] }, { vector: [2, 1] }], readingOf: levelRead(false) },
    { output_type: { custom: COMPOSITE_TYPE }, targets: [fields(1, 0.5), fields(2, 0)], readingOf: levelRead(false) }
  ]
}

describe("every decoder", () => {
  for (const [id, all] of Object.entries(decoderOptions))
    for (const [index, options] of all.entries()) {
      const decoder = Object.values(plugin).find((each) => each.kind === "decoder" && each.id === id) as unknown as Decoder
      const known = answers[id]?.[index]
      if (known === undefined) throw new Error(`no answers of ${id}, options ${index}`)
      const { output_type, ...rest } = known
      const laws = decoderLaws({ decoder, options, context: { shape, output_type, classes }, ...rest })
      // A target of these has members that an answer has not: the tests of decoders compare what both have.
      const apart = id === "segmentation-mask" || typeof output_type === "object"
      suite(
        `decoder ${id}, options ${index}`,
        laws.filter(({ name }) => !apart || name !== "what is written is read as what it was")
      )
    }
})

suite("the manifest", manifestLaws(manifest, plugin, packageJson))
