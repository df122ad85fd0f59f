/** What keys a comparison and what does not, field by field over whole documents: nothing is keyed by accident, and nothing forgotten. */
import type { JsonValue } from "@feagi-trainer/contracts"
import { compareIdentity, comparisonFindings } from "@feagi-trainer/evaluation"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { comparandOf, documentDifferences, documentOf, type Execution, fieldsOf, type RunDocument, roleOf } from "../../src/index.ts"
import { makeWorld, runFile, runToEnd, services } from "../support/world.ts"

const hash = (digit: string): string => digit.repeat(64)

/** A document in which every optional member is there and every list has a member. */
const whole: RunDocument = {
  schema_version: 1,
  kind: "run",
  name: "iris",
  seed: "1",
  protocol: {
    kind: "protocol",
    spec: 1,
    id: "holdout",
    version: 1,
    output_type: "class",
    phases: [
      { name: "train", split: "train", learns: true, scored: false },
      { name: "test", split: "test", learns: false, scored: true }
    ],
    primary_metric: "accuracy",
    abstention: "counted-as-wrong",
    missing: "refused",
    verification_tolerance: 0,
    rules: { ties: { value: "lowest class id", text: "The lowest class id wins." } },
    metric_pack: { plugin: "packs#classification", options: { k: 1 } },
    plugin: { id: "packs#holdout", version: "1.0.0" }
  },
  dataset: {
    name: "iris",
    version: 1,
    dataset_asset_id: "ds-0",
    dataset_version_id: "iris@1",
    content_hash: hash("1"),
    schema_fingerprint: hash("2"),
    modality: "tabular",
    output_type: "class",
    scan_sha256: hash("3"),
    sample_count: 4,
    adapter: { plugin: { id: "csv#csv", version: "1.0.0" }, options: { delimiter: "," } },
    shape: { kind: "tabular", features: [{ name: "x", min: 0, max: 1 }] },
    classes: [{ class_id: 0, label: "left" }]
  },
  split: {
    method: "stratified",
    seed: "1",
    fractions: { train: 0.5, test: 0.5 },
    parts: [
      { name: "train", split_id: "train@1", split_hash: hash("4"), count: 2, ids_sha256: hash("5") },
      { name: "test", split_id: "test@1", split_hash: hash("6"), count: 2, ids_sha256: hash("7") }
    ],
    leaks: { exact: 0, decoded: 0, group: 0, near: 0 }
  },
  transforms: [
    {
      plugin: { id: "tabular#standardise", version: "1.0.0" },
      version: 1,
      phases: "all",
      options: { clip: 3 },
      fit: { part: "train", split_hash: hash("4"), fitted_sha256: hash("8") }
    }
  ],
  input_shape: { kind: "tabular", features: [{ name: "x", min: -1, max: 1 }] },
  benchmark: { waivers: [{ leak: "near", because: "the recordings overlap" }] },
  sampler: { plugin: { id: "samplers#random", version: "1.0.0" }, options: { replacement: false } },
  training: {
    epochs: 2,
    validate: { part: "val", every: 1 },
    early_stop: { metric: "accuracy", patience: 3, min_delta: 0.1 }
  },
  learner: {
    kind: "brain",
    plugin: { id: "learners#toy", version: "1.0.0" },
    own_steps: 12,
    resolved: {
      section: { schedule: { hold_bursts: 3 }, binding: { encoder: { options: { bins: 8 } } } },
      plugins: { reward: { id: "rewards#supervised", version: "1.0.0" } },
      inputs: [{ binding: { properties: { depth: 8 } } }],
      fitted: [1, 2]
    },
    treatment: {
      learner: "brain",
      genome: hash("9"),
      "encoding.bins": 8,
      "reward.config": { margin: 0.1 },
      "engine.versions": { npu: "0.0.6" },
      quantization: null
    },
    wire: {
      core_version: "0.0.6",
      engine: { npu: "0.0.6" },
      preconditions: [{ name: "clock", status: "verified", detail: "a counter" }],
      present: { hold_bursts: 3 }
    },
    initial_hash: hash("a")
  },
  brain: {
    genome_sha256: hash("9"),
    canonical_sha256: hash("b"),
    connectome: { sha256: hash("c"), seed: hash("d"), learned_hash: hash("e") },
    source: { template: "tabular" }
  },
  metrics: { plugin: { id: "packs#classification", version: "1.0.0" }, options: { k: 1 }, signature: "classification:1" },
  controls: { silent_reward: false, shuffled_labels: false },
  checkpoint_every: 10,
  packages: { "feagi-binding": hash("f") }
}

type Steps = ReadonlyArray<string | number>

/** Every place of a document where a value stands that is no object and no list of objects. */
const leavesOf = (value: unknown, steps: Steps = []): ReadonlyArray<Steps> => {
  if (Array.isArray(value) && value.some((each) => typeof each === "object"))
    return value.flatMap((each, at) => leavesOf(each, [...steps, at]))
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return Object.entries(value).flatMap(([key, each]) => leavesOf(each, [...steps, key]))
  return [steps]
}

/** Another value of the same kind. */
const otherValue = (value: unknown): unknown => {
  if (typeof value === "string") return `${value}x`
  if (typeof value === "number") return value + 1
  if (typeof value === "boolean") return !value
  return value === null ? "something" : []
}

/** The document with another value in one place. */
const mutated = (value: unknown, [step, ...rest]: Steps): unknown => {
  if (step === undefined) return otherValue(value)
  if (Array.isArray(value)) return value.map((each, at) => (at === step ? mutated(each, rest) : each))
  const members = Object.entries(value as object)
  // A status is one of three words; anything else is no precondition at all.
  return Object.fromEntries(
    members.map(([key, each]) => [key, key !== step ? each : each === "verified" ? "asserted" : mutated(each, rest)])
  )
}

/** The name under which a field of the document keys a comparison. */
const keyOf = (steps: Steps): string => {
  const [first, second, third] = steps.map(String)
  if (first === "dataset") return "dataset"
  if (first === "protocol") return "protocol"
  if (first === "transforms") return "transforms"
  if (first === "metrics") return second === "signature" ? "metric_signature" : "metric_pack"
  if (first === "controls") return `controls.${second}`
  if (first === "split") return `split.${whole.split.parts[Number(third)]?.name}`
  if (first === "learner" && second === "wire") return "preconditions.clock"
  return steps.slice(2).join(".")
}

const run: Execution = { phases: [], continued: false, preconditions: undefined }
const fieldsInTheWay = (other: RunDocument, execution: Execution = run): ReadonlyArray<string | undefined> => {
  const compared = compareIdentity([comparandOf(whole, run), comparandOf(other, execution)], { across: [], exploratory: false })
  if (!compared.ok) throw new Error("nothing was declared")
  return comparisonFindings(compared).map((each) => each.field)
}

const leaves = leavesOf(whole)
const withRole = (keyed: boolean) =>
  leaves
    .map((steps) => ({ field: steps.join("."), steps, role: roleOf(steps.join(".")) }))
    .filter(({ role }) => (role === "identity" || role === "treatment") === keyed)

describe("the fields of a run document", () => {
  it("are all classified, in a document that has everything and in one that a run made", async () => {
    const world = makeWorld()
    const { row } = await world.run(runToEnd(world, runFile()))
    const made = await world.run(documentOf(row).pipe(Effect.provide(services(world))))
    const known = [...leaves, ...leavesOf(made)].map((steps) => steps.join("."))
    expect(known.length).toBeGreaterThan(100)
    expect(known.filter((field) => roleOf(field) === undefined)).toEqual([])
  })

  it("are not classified when nobody said what they are", () => {
    expect(["weather", "dataset.weather", "split.parts.0.weather", "metrics.weather"].map(roleOf)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined
    ])
  })

  it.each(withRole(true))("refuse a comparison by the name of what they key: $field", ({ steps }) => {
    const found = fieldsInTheWay(mutated(whole, steps) as RunDocument)
    // A part or a precondition of another name is one that is missing and one that is new.
    expect(found).toContain(keyOf(steps))
    expect(found.length).toBe(steps.at(-1) === "name" ? 2 : 1)
  })

  it.each(withRole(false))("do not refuse a comparison when they key nothing: $field", ({ steps }) => {
    expect(fieldsInTheWay(mutated(whole, steps) as RunDocument)).toEqual([])
  })

  it("show what differs under their role, and what follows from others nowhere", () => {
    for (const { steps, field, role } of [...withRole(true), ...withRole(false)]) {
      const pair = [whole, mutated(whole, steps) as RunDocument]
      const shown = [documentDifferences(pair, "setting"), documentDifferences(pair, "provenance")].map((each) =>
        each.map(({ field: name }) => name)
      )
      const setting = role === "setting" || field.startsWith("transforms.")
      expect([field, ...shown]).toEqual([field, setting ? [field] : [], role === "provenance" ? [field] : []])
    }
  })

  it("keep lists of plain values whole and enter lists of objects by position", () => {
    const fields = fieldsOf(whole) as Record<string, Record<string, Record<string, JsonValue>>>
    expect(Object.keys(fields.split?.parts ?? {})).toEqual(["0", "1"])
    expect(fields.learner?.resolved?.fitted).toEqual([1, 2])
  })
})

describe("what keys a comparison", () => {
  const { identity, treatment } = comparandOf(whole, run)
  const names = [...leavesOf(identity), ...leavesOf(treatment)].map((steps) => steps.join("."))

  it("is the set of benchmark identity and treatment, and no more", () => {
    expect(names.toSorted()).toEqual(
      [
        "continued",
        "controls.shuffled_labels",
        "controls.silent_reward",
        "dataset",
        "encoding.bins",
        "engine.versions.npu",
        "genome",
        "learner",
        "metric_pack",
        "metric_signature",
        "preconditions.clock",
        "protocol",
        "quantization",
        "reward.config.margin",
        "skip",
        "split.test",
        "split.train",
        "transforms"
      ].toSorted()
    )
  })

  it.each([
    ...leavesOf(identity).map((steps) => ({ side: "identity" as const, steps, field: steps.join(".") })),
    ...leavesOf(treatment).map((steps) => ({ side: "treatment" as const, steps, field: steps.join(".") }))
  ])("refuses another $field of the $side by its name, and by no other", ({ side, steps, field }) => {
    const ours = { identity, treatment }
    const theirs = { ...ours, [side]: mutated(ours[side], steps) }
    const compared = compareIdentity([ours, theirs, ours], { across: [], exploratory: false })
    if (!compared.ok) throw new Error("nothing was declared")
    expect(compared.comparable).toBe(false)
    expect(comparisonFindings(compared).map((each) => [each.code, each.field])).toEqual([
      [side === "identity" ? "FT5103" : "FT5104", field]
    ])
  })

  it("is also how a run was executed: ended early, continued without a promise, under other preconditions", () => {
    const skipped = { phase: "test", samples: 1, skipped: { epoch: 0, next: 1, samples_planned: 2, samples_done: 1, rest: false } }
    expect(fieldsInTheWay(whole, { ...run, phases: [skipped as unknown as Execution["phases"][number]] })).toEqual(["skip"])
    expect(fieldsInTheWay(whole, { ...run, continued: true })).toEqual(["continued"])
    expect(fieldsInTheWay(whole, { ...run, preconditions: [{ name: "clock", status: "unknown", detail: "a counter" }] })).toEqual([
      "preconditions.clock"
    ])
  })
})
