/** What a run says of its genome: fitness from the validation part alone, and a key that holds everything but genome and seed. */
import { genomeEvaluationProblems } from "@feagi-trainer/evaluation"
import { describe, expect, it } from "vitest"
import { genomeEvaluationOfRun, genomeSchemaVersion, type PhaseState, type RunDocument } from "../../src/index.ts"

const hex = (digit: string): string => digit.repeat(64)
const plugin = (id: string) => ({ plugin: { id, version: "0.1.0" }, options: {} })

const phase = (name: string, split: string, learns: boolean) => ({ name, split, learns, scored: !learns })

/** Only what the record is made of. */
const document = {
  schema_version: 1,
  kind: "run",
  name: "iris",
  seed: "1",
  protocol: {
    id: "classification-holdout",
    version: 1,
    phases: [phase("train", "train", true), phase("validate", "val", false), phase("test", "test", false)],
    primary_metric: "accuracy"
  },
  dataset: { dataset_asset_id: "ds-1", dataset_version_id: "iris@1", version: 1, content_hash: hex("c"), adapter: plugin("csv") },
  split: {
    method: "stratified",
    seed: "7",
    fractions: { train: 0.6, val: 0.2, test: 0.2 },
    parts: ["train", "val", "test"].map((name) => ({ name, split_id: `${name}@1`, split_hash: hex("d"), count: 1, ids_sha256: hex("e") }))
  },
  transforms: [],
  sampler: plugin("random"),
  training: { epochs: 1 },
  learner: {
    kind: "brain",
    resolved: { section: { schedule: 1 }, genome_sha256: hex("a") },
    treatment: { backend: "embedded", genome: hex("a"), connectome: null },
    wire: { backend: "cpu", core_version: "0.0.53", reward_policy: { plugin: { id: "supervised", version: "0.1.0" }, config: {} } },
    initial_hash: hex("1")
  },
  brain: { genome_sha256: hex("a"), source: { template: "tabular-classification" } },
  metrics: { ...plugin("classification"), signature: "classification:1" },
  controls: { silent_reward: false, shuffled_labels: false },
  checkpoint_every: 10,
  packages: { csv: hex("2") }
} as unknown as RunDocument

const state = (name: string, accuracy: number | undefined, more: Partial<PhaseState> = {}): PhaseState =>
  ({
    phase: name,
    scorecard_id: accuracy === undefined ? undefined : `sc-${name}`,
    metrics: accuracy === undefined ? undefined : { accuracy },
    ...more
  }) as PhaseState
const phases = [state("train", undefined), state("validate", 0.9), state("test", 0.5)]
const of = (run: RunDocument, states = phases) => genomeEvaluationOfRun(run, states, "maximize", 7)
const changed = (over: object): RunDocument => ({ ...document, ...over }) as RunDocument

describe("genomeEvaluationOfRun()", () => {
  it("takes the fitness from the validation part and never from the test, and names every Scorecard", () => {
    const made = of(document)
    expect(made?.fitness).toEqual({ status: "scored", value: 0.9, n: 1 })
    expect(made?.scorecard_ids).toEqual(["sc-validate", "sc-test"])
    expect(made?.key.fitness).toEqual({ metric: "accuracy", split_id: "val@1", objective: "maximize" })
    expect(made === undefined ? [] : genomeEvaluationProblems(made)).toEqual([])
  })

  it("says that there is no fitness where the protocol scores no validation part", () => {
    const protocol = { ...document.protocol, phases: [phase("train", "train", true), phase("test", "test", false)] }
    expect(of(changed({ protocol }), [state("train", undefined), state("test", 0.5)])?.fitness).toEqual({ status: "no_fitness_split" })
  })

  it("says that it is incomplete where a phase ended early, the part was not reached, or the metric had too little data", () => {
    const skipped = { epoch: 0, next: 1, samples_planned: 9, samples_done: 1, rest: false }
    expect(of(document, [state("train", undefined, { skipped }), ...phases.slice(1)])?.fitness).toEqual({ status: "incomplete" })
    expect(of(document, [state("train", undefined), state("test", 0.5)])?.fitness).toEqual({ status: "incomplete" })
    const empty = state("validate", 0.9, { metrics: { accuracy: { insufficient: "one class" } } })
    expect(of(document, [empty])?.fitness).toEqual({ status: "incomplete" })
  })

  it("has one key for other genomes and seeds, and another one for every other choice", () => {
    const key = of(document)?.key
    const { learner, brain } = document
    const genome = {
      ...learner,
      resolved: { ...learner.resolved, genome_sha256: hex("b") },
      treatment: { ...learner.treatment, genome: hex("b") }
    }
    expect(of(changed({ seed: "2" }))?.key).toEqual(key)
    expect(of(changed({ learner: { ...genome, initial_hash: hex("9") }, brain: { ...brain, genome_sha256: hex("b") } }))?.key).toEqual(key)
    const others = [
      { training: { epochs: 2 } },
      { checkpoint_every: 11 },
      { controls: { silent_reward: true, shuffled_labels: false } },
      { packages: { csv: hex("3") } },
      { sampler: plugin("sequential") },
      { learner: { ...learner, treatment: { ...learner.treatment, backend: "live" } } },
      { learner: { ...learner, resolved: { ...learner.resolved, section: { schedule: 2 } } } },
      { split: { ...document.split, parts: document.split.parts.map((part) => ({ ...part, split_hash: hex("f") })) } }
    ]
    for (const other of others) expect([other, of(changed(other))?.key]).not.toEqual([other, key])
  })

  it("tells where the genome came from, and what the brain had learnt before", () => {
    expect(of(document)?.lineage).toEqual({ origin: "manual", generation: 0n, parents: [] })
    const brain = {
      genome_sha256: hex("a"),
      source: { registered: "b@1" },
      connectome: { sha256: hex("4"), seed: hex("5"), learned_hash: hex("6") }
    }
    const made = of(changed({ brain }))
    expect([made?.lineage.origin, made?.pinned_connectome]).toEqual(["imported", hex("6")])
  })

  it("is none without a brain, and none without a Scorecard", () => {
    expect(of(changed({ brain: null }))).toBeUndefined()
    expect(of(document, [state("train", undefined)])).toBeUndefined()
  })
})

describe("genomeSchemaVersion()", () => {
  it("is what the genome says, and nothing where it says none", () => {
    const bytes = (text: string) => new TextEncoder().encode(text)
    expect(genomeSchemaVersion(bytes('{"genome_schema_version":7}'))).toBe(7)
    for (const text of ["{}", '{"genome_schema_version":"7"}', '{"genome_schema_version":-1}', "[]"])
      expect(genomeSchemaVersion(bytes(text))).toBeUndefined()
  })
})
