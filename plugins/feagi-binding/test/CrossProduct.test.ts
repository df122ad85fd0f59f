/**
 * Every output of an adapter × every encoder × every decoder × every metric pack, made from the manifests: each either learns, answers and is
 * scored, or is refused by the plan with a reason. Nothing fails at work. A new entry is in the product as soon as its manifest says so.
 */
import { readdirSync, readFileSync } from "node:fs"
import { decodeStrict, type EntryManifest, type OutputType, PluginManifest, type TypedTarget } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { type CrossData, type CrossPlugin, crossWorld, type Outcome, type Written } from "./cross.ts"
import { decoderOptions, encoderOptions } from "./everyOption.ts"

const plugins = new URL("../../", import.meta.url)
const manifestOf = (name: string): PluginManifest | undefined => {
  try {
    const decoded = decodeStrict(PluginManifest, JSON.parse(readFileSync(new URL(`${name}/feagi-trainer.plugin.json`, plugins), "utf8")))
    if (!decoded.ok) throw new Error(`${name}: ${decoded.mistakes[0]?.message}`)
    return decoded.value
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
}
const manifests = new Map(readdirSync(plugins).flatMap((name) => [[name, manifestOf(name)] as const]))
const entries = [...manifests.values()].flatMap((each) => each?.entries ?? [])
const ofKind = (kind: EntryManifest["kind"]) => entries.filter((each) => each.kind === kind)

const numbers = (count: number, at: (k: number, i: number) => number) => (k: number) => Array.from({ length: count }, (_, i) => at(k, i))
const share = (k: number, i: number) => ((7 * k + 3 * i) % 11) / 10
const features = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `f${i}`, min: -5, max: 9 }))
const table = (name: string, count: number, at: (k: number, i: number) => number): Omit<CrossData, "output_type"> => ({
  name,
  modality: "tabular",
  shape: { kind: "tabular", features: features(count) },
  payload: (k) => ({ tabular: numbers(count, at)(k) })
})
const picture = (
  name: string,
  values: "encoded" | "uint8" | "float",
  channels: number,
  width: readonly [number, number] = [4, 4]
): Omit<CrossData, "output_type"> => {
  const count = values === "encoded" ? 20 : width[0] * 3 * channels
  return {
    name,
    modality: "image",
    shape: { kind: "image", values, width, height: [3, 3], channels: [channels, channels] },
    payload: (k) =>
      values === "float"
        ? { tabular: numbers(count, share)(k) }
        : { bytes: Uint8Array.from(numbers(count, (j, i) => (37 * j + 91 * i) % 256)(k)) }
  }
}
const signal = (name: string, length: readonly [number, number]): Omit<CrossData, "output_type"> => {
  const channels = ["x", "y", "z"].map((each) => ({ name: each, min: 0, max: 1 }))
  return {
    name,
    modality: "time_series",
    shape: { kind: "time_series", channels, length, sample_rate_hz: 100 },
    payload: (k) => ({
      time_series: { sample_rate_hz: 100, channel_ids: channels.map((each) => each.name), samples: numbers(3 * length[0], share)(k) }
    })
  }
}

/** Payloads that the adapters of a modality and the transforms behind them can hand over. */
const payloads: Readonly<Record<string, ReadonlyArray<Omit<CrossData, "output_type">>>> = {
  tabular: [
    table("shares", 9, share),
    table("bits", 9, (k, i) => (k + i) % 2),
    table("wide", 4, (k, i) => ((5 * k + 3 * i) % 15) - 5),
    table("constant", 3, () => 1)
  ],
  image: [
    picture("rgb", "uint8", 3),
    picture("grey", "uint8", 1),
    picture("files", "encoded", 3, [3, 9]),
    picture("transparent", "uint8", 4),
    picture("floats", "float", 1),
    picture("sizes", "uint8", 1, [3, 4])
  ],
  time_series: [signal("series", [3, 3]), signal("lengths", [3, 5])],
  text: [{ name: "words", modality: "text", shape: { kind: "text", length: [1, 9] }, payload: (k) => ({ text: `word ${k}` }) }]
}

const listOf = <A>(fact: unknown): ReadonlyArray<A> =>
  Array.isArray(fact) ? (fact as ReadonlyArray<A>) : fact === undefined ? [] : [fact as A]
const textOf = (type: OutputType): string => (typeof type === "string" ? type : JSON.stringify(type))

const declared = new Map<string, readonly [string, OutputType]>()
const declare = (modality: string, type: OutputType) => declared.set(`${modality} ${textOf(type)}`, [modality, type])
for (const { provides } of ofKind("adapter"))
  for (const modality of listOf<string>(provides.modalities))
    for (const type of listOf<OutputType>(provides.output_types)) declare(modality, type)
const fromAdapters = declared.size
// Output types that no adapter here gives and a decoder knows are asked of tables.
const given = [...declared.values()].map(([, type]) => textOf(type))
for (const { provides } of ofKind("decoder"))
  for (const type of listOf<OutputType>(provides.output_types)) if (!given.includes(textOf(type))) declare("tabular", type)

// The first payload of a modality meets every output type; the others, which differ in form alone, are asked for classes.
const datasets = [...declared.values()].flatMap(([modality, output_type]) =>
  (payloads[modality] ?? []).flatMap((payload, index): ReadonlyArray<CrossData> => {
    if (index > 0 && output_type !== "class") return []
    return [{ ...payload, name: `${payload.name}-${textOf(output_type).replace(/[^a-z0-9]+/g, "-")}`, output_type }]
  })
)

const written = (kind: "encoder" | "decoder", all: Readonly<Record<string, ReadonlyArray<Written["options"]>>>) =>
  ofKind(kind).flatMap(({ id }) => (all[id] ?? []).map((options): Written => ({ plugin: id, options })))
// One choice of options for each encoder: the others differ in the coder, which the tests of units cross with every unit.
const encoders = written("encoder", encoderOptions).filter(
  ({ plugin }, index, all) => all.findIndex((each) => each.plugin === plugin) === index
)
const decoders = written("decoder", decoderOptions)

const exportedBy = async (name: string): Promise<CrossPlugin> => ({
  name: `@feagi-trainer/${name}`,
  manifest: manifests.get(name),
  module: await import(new URL(`${name}/src/index.ts`, plugins).href)
})
const packages = {
  binding: manifests.get("feagi-binding"),
  reward: manifests.get("reward-supervised"),
  packs: await Promise.all([...manifests.keys()].filter((name) => name.startsWith("metric-pack-")).map(exportedBy))
}
const tryOut = crossWorld(packages, datasets)

/** Options for every metric pack of the manifests: one choice for each output type. */
const packOptions: Readonly<Record<string, (type: string) => Written["options"]>> = {
  classification: () => ({ undefined_in_macro: "insufficient" }),
  control: () => ({ initial_states: 2 }),
  detection: (type) => (type === "keypoints" ? { iou_type: "keypoints", oks_sigmas: [0.1, 0.1] } : { iou_type: "bbox" }),
  pose: () => ({ objects: {}, add_threshold: 0.1, auc_max: 0.1 }),
  segmentation: () => ({ empty_class: "excluded" }),
  sequence: () => ({}),
  "sequence-tags": () => ({}),
  "time-series": () => ({ undefined_values: "insufficient" }),
  "time-series-events": () => ({ rule: "overlap@1", min_iou: 0.5 })
}
const nameOf = (type: OutputType): string => (typeof type === "string" ? type : type.custom)
const tally: Written = { plugin: "tally", options: {} }
const packOf = (plugin: string, type: OutputType): Written => ({ plugin, options: packOptions[plugin]?.(nameOf(type)) ?? {} })
const scores = ({ provides }: EntryManifest, type: OutputType) => listOf<string>(provides.output_types).includes(nameOf(type))
/** Every shipped pack that scores the type; `tally` scores what none of them does. */
const scoringPacks = (type: OutputType): ReadonlyArray<Written> => {
  const found = ofKind("metric-pack").filter((pack) => scores(pack, type))
  return found.length === 0 ? [tally] : found.map(({ id }) => packOf(id, type))
}
const refusedPacks = (type: OutputType): ReadonlyArray<Written> =>
  ofKind("metric-pack").flatMap((pack) => (scores(pack, type) ? [] : [packOf(pack.id, type)]))

/** FEAGI has no encoder for poses, so that keypoints cannot be taught. */
const teachable = ({ plugin }: Written) => plugin !== "keypoints"

const seen: Array<{
  readonly data: string
  readonly encoder: string
  readonly decoder: string
  readonly pack: string
  readonly way: readonly [Written, Written]
  readonly outcome: Outcome
}> = []

describe("adapter output × encoder × decoder × metric pack", () => {
  it("has options for every entry, payloads for every modality, and every metric pack", () => {
    expect(
      ofKind("encoder")
        .map(({ id }) => id)
        .sort()
    ).toEqual(Object.keys(encoderOptions).sort())
    expect(
      ofKind("decoder")
        .map(({ id }) => id)
        .sort()
    ).toEqual(Object.keys(decoderOptions).sort())
    const modalities = [...new Set(ofKind("adapter").flatMap(({ provides }) => listOf<string>(provides.modalities)))]
    expect(modalities.sort()).toEqual(Object.keys(payloads).sort())
    expect(
      ofKind("metric-pack")
        .map(({ id }) => id)
        .sort()
    ).toEqual(Object.keys(packOptions).sort())
    expect(fromAdapters).toBe(10)
  })

  it.each(datasets)("$name goes through or is refused with a reason", async ({ name: data, output_type }) => {
    const failures: Array<string> = []
    for (const encoder of encoders)
      for (const decoder of decoders)
        for (const pack of scoringPacks(output_type)) {
          const ask = (teach: boolean) => tryOut({ data, encoder, decoder, pack, teach })
          const outcome = await ask(teachable(decoder))
          // What cannot be taught is no surprise at work: the plan knows it.
          const taught = teachable(decoder) || output_type === "class" ? undefined : await ask(true)
          const reasons = taught?.kind === "refused" ? taught.reasons : []
          if (taught !== undefined && !reasons.some((each) => each.includes("no encoder for poses")))
            failures.push(`${JSON.stringify(decoder)} is taught: ${JSON.stringify(taught)}`)
          seen.push({ data, encoder: encoder.plugin, decoder: decoder.plugin, pack: pack.plugin, way: [encoder, decoder], outcome })
          const unclear =
            outcome.kind === "refused" && (outcome.reasons.length === 0 || outcome.reasons.some((each) => each.includes("?:")))
          const unscored = outcome.kind === "ran" && outcome.metrics[outcome.primary] === undefined
          if (outcome.kind === "failed" || unclear || unscored)
            failures.push(`${JSON.stringify(encoder)} ${JSON.stringify(decoder)} ${pack.plugin}: ${JSON.stringify(outcome)}`)
        }
    expect(failures).toEqual([])
  })

  it("lets every encoder and every decoder learn somewhere, and no box anywhere", () => {
    const ran = seen.filter(({ outcome }) => outcome.kind === "ran")
    const packs = datasets.reduce((sum, { output_type }) => sum + scoringPacks(output_type).length, 0)
    expect(seen).toHaveLength(packs * encoders.length * decoders.length)
    expect([...new Set(ran.map(({ encoder }) => encoder))].sort()).toEqual(Object.keys(encoderOptions).sort())
    expect([...new Set(ran.map(({ decoder }) => decoder))].sort()).toEqual(Object.keys(decoderOptions).sort())
    expect([...new Set(ran.map(({ pack }) => pack))].sort()).toEqual([
      ...["classification", "detection", "pose", "segmentation", "tally", "time-series"]
    ])
    // Where every input reaches every output, all bins fire at once: a pose without a direction, and joints everywhere.
    const answering = new Set(ran.flatMap(({ decoder, outcome }) => (outcome.kind === "ran" && outcome.answered > 0 ? [decoder] : [])))
    expect(Object.keys(decoderOptions).filter((id) => !answering.has(id))).toEqual(["pose", "keypoints"])
    expect(ran.filter(({ data }) => data.includes("bbox"))).toEqual([])
    expect(ran.filter(({ data }) => /^(files|sizes|lengths|words)-/.test(data)).map(({ data, encoder }) => [data, encoder])).toEqual([])
  })
})

describe("a metric pack that cannot score the output type", () => {
  it.each(datasets)("is refused by the plan of $name, whatever the brain", async ({ name: data, output_type }) => {
    // One way through the brain, if there is any: what is refused then is the pack alone.
    const ran = seen.find(({ outcome, ...each }) => each.data === data && outcome.kind === "ran")
    const [encoder, decoder] = ran?.way ?? [encoders[0], decoders[0]]
    if (encoder === undefined || decoder === undefined) throw new Error("no coders")
    for (const pack of refusedPacks(output_type)) {
      const outcome = await tryOut({ data, encoder, decoder, pack, teach: teachable(decoder) })
      const reasons = outcome.kind === "refused" ? outcome.reasons : [JSON.stringify(outcome)]
      // A protocol that fixes its measure (FT2024) says that too.
      const about = reasons.filter((each) => (ran !== undefined || each.includes("metric pack")) && !each.startsWith("FT2024"))
      expect(about).toEqual([`FT2009 metrics.plugin: metric pack ${pack.plugin} cannot score ${data}@1`])
    }
  })
})

describe("what would fail at work", () => {
  const encoder: Written = { plugin: "percentage", options: encoderOptions.percentage?.[0] ?? {} }
  const of = (name: string, output_type: OutputType, more: Partial<CrossData> = {}): CrossData => ({
    ...table(name, 9, share),
    output_type,
    ...more
  })
  const tried = async (data: CrossData, decoder: Written, more: { readonly teach: boolean; readonly magnitude?: number }) => {
    const [pack = tally] = scoringPacks(data.output_type)
    const outcome = await crossWorld(packages, [data])({ data: data.name, encoder, decoder, pack, ...more })
    return outcome.kind === "refused" ? outcome.reasons : [outcome.kind]
  }

  it("is a lesson for a servo, which FEAGI cannot be taught: the plan says so, and a reward alone learns", async () => {
    const coder = { PositionalServo: [{ value: 5 }, "Linear"] }
    const servo = { plugin: "motor", options: { area: "opse", group: 0, frame: "Absolute", coder, channels: 2, ranges: "given" } }
    const turns = of("turns", "vector")
    expect(await tried(turns, servo, { teach: true })).toEqual([
      "FT2020 learner.binding.decoder.options.coder: reward policy cross#tutor teaches, and decoder binding#motor cannot: FEAGI 0.0.53 has no encoder for positional_servo, so that nothing can be forced"
    ])
    expect(await tried(turns, servo, { teach: false })).toEqual(["ran"])
  })

  it("is a target beyond the range of the output: the plan names the samples", async () => {
    const decoder = { plugin: "scalar", options: { code: { area: "ocnt", group: 0, bins: 5 }, range: [0, 1] } }
    const far = of("far", "scalar", { target: (k) => ({ scalar: k === 2 ? 7 : 0.5 }) })
    const reasons = await tried(far, decoder, { teach: true })
    expect(reasons).toHaveLength(1)
    expect(reasons[0]).toContain("FT2021 learner.binding.decoder.options: reward policy cross#tutor teaches, and decoder binding#scalar")
    expect(await tried(far, decoder, { teach: false })).toEqual(["ran"])
    // What is measured is not taught.
    const later = of("later", "scalar", { target: (k) => ({ scalar: k === 5 ? 7 : 0.5 }) })
    expect(await tried(later, decoder, { teach: true })).toEqual(["ran"])
  })

  it("is an affect of another strength than the modulator has: the plan names both options", async () => {
    const decoder = { plugin: "misc-class", options: decoderOptions["misc-class"]?.[0] ?? {} }
    const classes = of("classes", "class")
    const said = (option: string, channel: string) =>
      `FT2019 learner.reward.options.${option}: the reward policy uses the affect channel "${channel}" with a magnitude that the brain cannot give`
    expect(await tried(classes, decoder, { teach: true, magnitude: 50 })).toEqual([said("reinforce", "pleasure"), said("suppress", "pain")])
    expect(await tried(classes, decoder, { teach: true, magnitude: 100 })).toEqual(["ran"])
  })

  it("are answers in another coordinate frame than the targets: the plan says so, though nothing is taught", async () => {
    const decoder = (width: number): Written => ({
      plugin: "keypoints",
      options: { ...decoderOptions.keypoints?.[0], size: { width, height: 3 } }
    })
    const people: CrossData = { ...picture("people", "uint8", 1), output_type: "keypoints" }
    const asked = async (width: number) => {
      const frame = { plugin: "image-frame", options: encoderOptions["image-frame"]?.[0] ?? {} }
      const outcome = await crossWorld(packages, [people])({
        data: people.name,
        encoder: frame,
        decoder: decoder(width),
        pack: packOf("detection", "keypoints"),
        teach: false
      })
      return outcome.kind === "refused" ? outcome.reasons : [outcome.kind]
    }
    expect(await asked(8)).toEqual([
      "FT2023 learner.binding.decoder.options: decoder binding#keypoints answers in another coordinate frame than the targets of 4 training samples"
    ])
    expect(await asked(4)).toEqual(["ran"])
  })
})

describe("answers that need some voxels and not all of them", () => {
  const answered = async (data: CrossData, encoder: Written["plugin"], decoder: Written["plugin"], pack: string) => {
    const written = (plugin: string, all: Readonly<Record<string, ReadonlyArray<Written["options"]>>>) => ({
      plugin,
      options: all[plugin]?.[0] ?? {}
    })
    const outcome = await crossWorld(packages, [data])({
      data: data.name,
      encoder: written(encoder, encoderOptions),
      decoder: written(decoder, decoderOptions),
      pack: packOf(pack, data.output_type),
      teach: false
    })
    if (outcome.kind !== "ran") throw new Error(JSON.stringify(outcome))
    return outcome
  }
  const morphology = "block_to_block"

  it("are poses, which the pack pose measures in degrees and metres", async () => {
    const half = Math.SQRT1_2
    const target = { pose6_dof: { position: [0, 0, 0] as const, orientation: { w: half, x: half, y: 0, z: 0 } } }
    const poses: CrossData = { ...table("poses", 9, share), output_type: "pose6_dof", morphology, target: () => target }
    const { tested, metrics } = await answered(poses, "percentage", "pose", "pose")
    const said = tested.map((answer) => ("pose6_dof" in answer ? answer.pose6_dof : target.pose6_dof))
    expect(said.map(({ position }) => position)).toEqual([
      [0, 0.5, 0.5],
      [-0.5, -0.5, -0.5]
    ])
    expect(metrics).toMatchObject({ samples: 2, answered: 1, translation: expect.closeTo((Math.sqrt(0.5) + Math.sqrt(0.75)) / 2, 12) })
    const degrees = said.map(({ orientation: { w, x } }) => (360 / Math.PI) * Math.acos(Math.abs(half * w + half * x)))
    expect(metrics.rotation_deg).toEqual(
      expect.closeTo(
        degrees.reduce((sum, each) => sum + each / 2, 0),
        9
      )
    )
  })

  it("are keypoints, which the pack detection measures: one of two is found", async () => {
    // A voxel of the first joint, where the target of the fifth sample has it; that of the sixth is far off.
    const dot = (k: number) => ({ bytes: Uint8Array.from({ length: 12 }, (_, at) => (at === 5 + (k % 2) ? 200 : 0)) })
    const joint = (x: number, y: number) => ({ x, y, visibility: 2 as const })
    const target = (k: number): TypedTarget => ({
      keypoints: k % 2 === 0 ? [joint(1.5, 1.5), joint(0, 0)] : [joint(90, 90), joint(95, 99)]
    })
    const people: CrossData = { ...picture("people", "uint8", 1), payload: dot, output_type: "keypoints", morphology, target }
    const { tested, metrics } = await answered(people, "image-frame", "keypoints", "detection")
    expect(tested.map((answer) => "keypoints" in answer && answer.keypoints[0]?.x)).toEqual([
      expect.closeTo(1.5, 6),
      expect.closeTo(2.5, 6)
    ])
    // Precision is 1 at the 51 levels of recall from 0 to 0.5, and 0 at the other 50.
    expect(metrics).toMatchObject({ images: 2, truths: 2, detections: 2, AR: 0.5, AP: expect.closeTo(51 / 101, 12) })
  })
})

describe("labels of the test part", () => {
  const decoder: Written = { plugin: "segmentation-mask", options: decoderOptions["segmentation-mask"]?.[0] ?? {} }
  const encoder: Written = { plugin: "image-frame", options: encoderOptions["image-frame"]?.[0] ?? {} }
  /** Every pixel of class 2, but for those of the first rows, which teach nothing. */
  const mask = (rows: number): TypedTarget => ({
    segmentation_mask: { width: 4, height: 3, labels: Array.from({ length: 12 }, (_, i) => (i < 4 * rows ? 255 : 2)), ignore_label: 255 }
  })
  const dataset = (name: string, trained: number, tested: number): CrossData => ({
    ...picture(name, "uint8", 1),
    output_type: "segmentation_mask",
    target: (k) => mask(k < 4 ? trained : tested)
  })
  const tested = async (trained: number, asked: number) => {
    const data = dataset("masks", trained, asked)
    const outcome = await crossWorld(packages, [data])({
      data: data.name,
      encoder,
      decoder,
      pack: packOf("segmentation", "segmentation_mask"),
      teach: true
    })
    if (outcome.kind !== "ran") throw new Error(JSON.stringify(outcome))
    return outcome.tested
  }

  it("never reach the brain: other masks to be judged by, the same answers; other masks to learn from, other answers", async () => {
    const labels = (untaught: number) => Array.from({ length: 12 }, (_, i) => (i < 4 * untaught ? 0 : 2))
    const answer = (untaught: number) => ({ segmentation_mask: { width: 4, height: 3, labels: labels(untaught), unpredicted_label: 255 } })
    const all = await tested(0, 0)
    expect(all).toEqual([answer(0), answer(0)])
    expect(await tested(0, 2)).toEqual(all)
    expect(await tested(1, 0)).toEqual([answer(1), answer(1)])
  })
})
