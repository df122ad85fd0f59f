/** The Scorecard: upstream's own documents, its id, what it may not hide, and the check of a Scorecard against its predictions. */
import { readFileSync } from "node:fs"
import { Scorecard } from "@feagi-trainer/contracts"
import { canonical, fromCanonical } from "@feagi-trainer/determinism"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import {
  hashedBody,
  metricStats,
  type ScorecardInputs,
  scorecardBody,
  scorecardBodySha256,
  scorecardId,
  scorecardOf,
  verifyScorecard
} from "../src/index.ts"

const inputs: ScorecardInputs = {
  connectome_hash: "sha256:0f",
  genome_version_id: null,
  genome_schema_version: 3,
  dataset_asset_id: "local:iris",
  dataset_version: "1.0.0",
  dataset_content_hash: "sha256:aa",
  evaluation_protocol_version: "classification-holdout@1",
  metric_pack: { id: "@feagi-trainer/metric-pack-classification#classification", version: "0.1.0" },
  split_id: "holdout@0123456789ab",
  backend_fingerprint: { backend: "cpu", descriptor: "wasm", quantization: null, trainer_version: "0.1.0", feagi_core_version: "0.0.53" },
  sample_draw_seed: 18446744073709551615n,
  elapsed_ms: 1234n,
  metadata: {},
  values: { accuracy: 0.5, "f1/macro": { insufficient: "undefined for 1 of 3 classes" }, "support/setosa": 4 },
  signature: "classification:1",
  scored_samples: 10,
  abstained_samples: 2,
  extension: {
    learner: "brain",
    adapter: { id: "p#csv", version: "0.1.0" },
    reward_policy: { plugin: { id: "p#supervised", version: "0.1.0" }, config: { magnitude: 0.5 } },
    encoding: { scheme: "population_single_spike", version: "1", bins: 8, coder: "percentage", properties: {}, area: "aXB1AAA=" },
    controls: { silent_reward: false, shuffled_labels: false },
    predictions_sha256: "ab",
    envelope: { created_at: 1700000000000n, host: "here" }
  }
}

interface Case {
  readonly metrics: Readonly<Record<string, number>>
  readonly provenance: Readonly<Record<string, unknown>> & { readonly scorecard_id: string; readonly sample_draw_seed: number | null }
  readonly run_spec: Readonly<Record<string, unknown>>
  readonly scorecard: Readonly<Record<string, unknown>>
  readonly skip: Readonly<Record<string, number>> | null
  readonly "with_stats_of_second_repeat_accuracy_0.9": boolean
}
const golden = JSON.parse(readFileSync(new URL("./golden/upstream-assemble-scorecard.json", import.meta.url), "utf8")) as {
  readonly cases: ReadonlyArray<Case>
}

/** Upstream's inputs under the names of ours, decoded as the wire does. */
const inputsOf = (each: Case): ScorecardInputs => {
  const { scorecard_id: _, status: __, visibility: ___, sample_draw_seed, ...provenance } = each.provenance
  const { connectome_hash, genome_version_id, genome_schema_version, evaluation_protocol_version, metric_pack, split_id } = each.run_spec
  return {
    ...provenance,
    ...{ connectome_hash, genome_version_id, evaluation_protocol_version, metric_pack, split_id },
    ...(genome_schema_version === undefined ? {} : { genome_schema_version }),
    ...(sample_draw_seed === null ? {} : { sample_draw_seed: BigInt(sample_draw_seed) }),
    ...(each.skip === null ? {} : { skip: Object.fromEntries(Object.entries(each.skip).map(([key, value]) => [key, BigInt(value)])) }),
    ...(each["with_stats_of_second_repeat_accuracy_0.9"] ? { seed_stats: metricStats([each.metrics, { accuracy: 0.9 }], 0.95) } : {}),
    metadata: {},
    values: each.metrics,
    signature: "",
    scored_samples: 0,
    abstained_samples: 0,
    extension: {}
  } as unknown as ScorecardInputs
}

/** Numbers to 12 digits: upstream's sums and quantiles round differently in the last one. */
const rounded = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, inner) =>
      typeof inner === "bigint" ? Number(inner) : typeof inner === "number" ? Number(inner.toPrecision(12)) : inner
    )
  )

describe("scorecardBody()", () => {
  it.each(golden.cases.map((each, index) => ({ index, each })))(
    "is upstream's document but for its id and our extension: case $index",
    ({ each }) => {
      const { x_feagi_trainer: _, ...body } = scorecardBody(inputsOf(each))
      const { scorecard_id: __, ...theirs } = each.scorecard
      expect(rounded(body)).toEqual(rounded(theirs))
    }
  )

  it("is self-reported and local, and writes what has no value where it cannot be taken for a number", () => {
    const body = scorecardBody(inputs)
    expect(body).toMatchObject({ status: "self_reported", visibility: "local" })
    expect(body.metrics).toEqual({ accuracy: 0.5, "support/setosa": 4 })
    expect(body.x_feagi_trainer).toMatchObject({
      learner: "brain",
      reward_policy: { config: { magnitude: 0.5 } },
      encoding: { bins: 8 },
      signature: "classification:1",
      scored_samples: 10,
      abstained_samples: 2,
      insufficient: { "f1/macro": "undefined for 1 of 3 classes" }
    })
  })

  it("carries the signatures of metrics that have one of their own, in the hashed body, and no empty list of them", () => {
    const bleu = { ...inputs, signatures: { bleu: "nrefs:1|case:mixed" } }
    expect(scorecardBody(bleu).x_feagi_trainer.signatures).toEqual({ bleu: "nrefs:1|case:mixed" })
    expect(scorecardId(scorecardBody(bleu))).not.toBe(scorecardId(scorecardBody(inputs)))
    expect(scorecardId(scorecardBody({ ...inputs, signatures: {} }))).toBe(scorecardId(scorecardBody(inputs)))
  })

  it("keeps statistics that some seed has no value for out of metric_stats and says why", () => {
    const seed_stats = metricStats(
      [
        { accuracy: 0.5, f1: 0.5 },
        { accuracy: 0.7, f1: { insufficient: "never predicted" } }
      ],
      0.95
    )
    const body = scorecardBody({ ...inputs, seed_stats })
    expect(Object.keys(body.metric_stats ?? {})).toEqual(["accuracy"])
    expect(body.x_feagi_trainer.insufficient_stats).toEqual({ f1: "1 of 2 seeds have no value; seed 1: never predicted" })
  })

  it("refuses NaN and infinities by name", () => {
    expect(() => scorecardBody({ ...inputs, values: { a: Number.NaN, b: Number.POSITIVE_INFINITY } })).toThrow("a is NaN, b is Infinity")
  })
})

describe("scorecardId()", () => {
  const id = scorecardId(scorecardBody(inputs))

  it("is sc- and the first 12 digits of the hash of the body", () => {
    expect(id).toMatch(/^sc-[0-9a-f]{12}$/)
    expect(id).toBe(`sc-${scorecardBodySha256(scorecardOf(inputs)).slice(0, 12)}`)
    expect(scorecardOf(inputs).scorecard_id).toBe(id)
  })

  it("does not change with the attempt, the time or the machine", () => {
    const { elapsed_ms: _, ...untimed } = inputs
    const { envelope: __, ...extension } = inputs.extension
    expect(scorecardId(scorecardBody({ ...untimed, extension }))).toBe(id)
    expect(scorecardId({ ...scorecardOf(inputs), run_id: "r-1", scorecard_id: "other" })).toBe(id)
    expect(Object.keys(hashedBody({ ...scorecardOf(inputs), run_id: "r-1" }))).not.toContain("run_id")
  })

  it.each<[string, Partial<ScorecardInputs>]>([
    ["a metric", { values: { ...inputs.values, accuracy: 0.5000000000000001 } }],
    ["the reason of a missing value", { values: { ...inputs.values, "f1/macro": { insufficient: "other" } } }],
    ["the signature", { signature: "classification:2" }],
    ["the split", { split_id: "holdout@ffffffffffff" }],
    ["the seed of the draw", { sample_draw_seed: 18446744073709551614n }],
    ["the reward policy", { extension: { ...inputs.extension, controls: { silent_reward: true, shuffled_labels: false } } }],
    ["the number of abstentions", { abstained_samples: 3 }]
  ])("changes with %s", (_, change) => {
    expect(scorecardId(scorecardBody({ ...inputs, ...change }))).not.toBe(id)
  })

  it("survives the wire: written, read and decoded, the document has the same id", () => {
    const document = scorecardOf(inputs)
    const encoded = Schema.encodeUnknownSync(Scorecard)(document)
    const text = canonical(encoded)
    const read = Schema.decodeUnknownSync(Scorecard)(fromCanonical(text))
    expect(scorecardId(read)).toBe(id)
    expect(scorecardId(fromCanonical(text) as object)).toBe(id)
    expect(verifyScorecard(read, inputs.values, 0)).toEqual([])
  })
})

describe("verifyScorecard()", () => {
  const document = scorecardOf(inputs)

  it("finds nothing in a Scorecard that its predictions give", () => {
    expect(verifyScorecard(document, inputs.values, 0)).toEqual([])
  })

  it("finds a metric that was raised, by both its value and the id", () => {
    const forged = { ...document, metrics: { ...document.metrics, accuracy: 0.9 } }
    expect(verifyScorecard(forged, inputs.values, 0)).toMatchObject([
      { code: "FT5201", field: "scorecard_id", actual: document.scorecard_id },
      { code: "FT5202", field: "metrics.accuracy", expected: "0.5", actual: "0.9" }
    ])
  })

  it("finds it as well when the id was made anew", () => {
    const changed = { ...document, metrics: { ...document.metrics, accuracy: 0.9 } }
    const forged = { ...changed, scorecard_id: scorecardId(changed) }
    expect(verifyScorecard(forged, inputs.values, 0).map(({ code }) => code)).toEqual(["FT5202"])
  })

  it("finds a number where there was too little data, a metric left out and one from nowhere", () => {
    const forged = { ...document, metrics: { accuracy: 0.5, "f1/macro": 1, invented: 1 } }
    expect(verifyScorecard(forged, inputs.values, 0).map(({ field, expected, actual }) => [field, expected, actual])).toEqual([
      ["scorecard_id", scorecardId(forged), document.scorecard_id],
      ["metrics.f1/macro", '"insufficient"', "1"],
      ["metrics.invented", "no such metric", "1"],
      ["metrics.support/setosa", "4", "absent"]
    ])
  })

  it("allows the tolerance of the protocol and no more", () => {
    const nearly = { ...inputs.values, accuracy: 0.5 + 1e-9 }
    expect(verifyScorecard(document, nearly, 1e-8)).toEqual([])
    expect(verifyScorecard(document, nearly, 1e-10)).toHaveLength(1)
    expect(verifyScorecard(document, nearly, 0)).toHaveLength(1)
  })
})
