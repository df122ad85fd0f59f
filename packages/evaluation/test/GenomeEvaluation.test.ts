/** Upstream's record of a genome: its own verdicts on 36 documents, and what ours says of one run. */
import { readFileSync } from "node:fs"
import { decodeDocument, encodeDocument } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { type GenomeEvaluationInputs, genomeEvaluationOf, genomeEvaluationProblems } from "../src/index.ts"

interface Case {
  readonly note: string
  readonly document: Readonly<Record<string, unknown>>
  readonly error?: string | null
  readonly parse_error?: string
}
const golden = JSON.parse(readFileSync(new URL("./golden/genome_evaluation_validate.json", import.meta.url), "utf8")) as {
  readonly cases: ReadonlyArray<Case>
}

describe("genomeEvaluationProblems()", () => {
  it("knows all cases of upstream", () => {
    expect(golden.cases).toHaveLength(36)
  })

  it.each(golden.cases.map((each, index) => [index, each.note, each] as const))("agrees with upstream on case %i: %s", (_, note, each) => {
    const decoded = decodeDocument("GenomeEvaluation", JSON.stringify(each.document))
    if (each.parse_error !== undefined || (each.error ?? "").startsWith("unsupported schema_version")) {
      expect(decoded.ok).toBe(false)
      return
    }
    if (!decoded.ok) throw new Error(`${note}: ${decoded.problems.map(({ message }) => message).join()}`)
    const found = genomeEvaluationProblems(decoded.value)
    expect(found.length > 0).toBe(each.error !== null)
    // The field that upstream names, or the part of the document that its sentence is about.
    const field = /field `([\w.]+)(\[\])?`/.exec(each.error ?? "")?.[1] ?? /invalid (fitness|lineage)/.exec(each.error ?? "")?.[1]
    if (field !== undefined) expect(found.some((problem) => problem.field?.startsWith(field))).toBe(true)
  })

  it("refuses a schema version that is not ours", () => {
    const [valid] = golden.cases
    const decoded = decodeDocument("GenomeEvaluation", JSON.stringify(valid?.document))
    if (!decoded.ok) throw new Error("the first case is valid")
    expect(genomeEvaluationProblems({ ...decoded.value, schema_version: 2 as never }).map(({ field }) => field)).toEqual(["schema_version"])
  })
})

const inputs: GenomeEvaluationInputs = {
  genome_sha256: "a".repeat(64),
  key: {
    experiment_id: "iris",
    dataset_asset_id: "ds-1",
    dataset_version: "1",
    dataset_content_hash: "c".repeat(64),
    evaluation_protocol_version: "classification-holdout@1",
    metric_pack: { id: "p#classification", version: "0.1.0" },
    reward_policy: { id: "p#supervised", version: "0.1.0" },
    fitness: { metric: "accuracy", split_id: "val@1", objective: "maximize" },
    genome_schema_version: 7,
    feagi_core_version: "0.0.53",
    backend: "cpu"
  },
  config: { epochs: 1 },
  scorecard_ids: ["sc-1", "sc-2"],
  evidence: { kind: "scored", value: 0.9 },
  origin: "manual",
  spec_sha256: "d".repeat(64)
}

describe("genomeEvaluationOf()", () => {
  it("is valid by the rules of upstream, and survives the wire", () => {
    const made = genomeEvaluationOf(inputs)
    expect(genomeEvaluationProblems(made)).toEqual([])
    const read = decodeDocument("GenomeEvaluation", encodeDocument("GenomeEvaluation", made))
    expect(read.ok && read.value).toEqual(made)
    expect(made.fitness).toEqual({ status: "scored", value: 0.9, n: 1 })
  })

  it("never makes a number of what is not there", () => {
    const fitness = (evidence: GenomeEvaluationInputs["evidence"]) => genomeEvaluationOf({ ...inputs, evidence }).fitness
    expect(fitness({ kind: "no-validation" })).toEqual({ status: "no_fitness_split" })
    expect(fitness({ kind: "unfinished" })).toEqual({ status: "incomplete" })
    expect(fitness({ kind: "scored", value: { insufficient: "one class" } })).toEqual({ status: "incomplete" })
  })

  it("has an id and a key that change with the configuration, and a key that does not change with the genome", () => {
    const made = genomeEvaluationOf(inputs)
    const other = genomeEvaluationOf({ ...inputs, config: { epochs: 2 } })
    const genome = genomeEvaluationOf({ ...inputs, genome_sha256: "b".repeat(64) })
    expect(new Set([made, other, genome].map(({ evaluation_id }) => evaluation_id)).size).toBe(3)
    expect(other.key).not.toEqual(made.key)
    expect(genome.key).toEqual(made.key)
    expect(genomeEvaluationOf(inputs)).toEqual(made)
  })

  it("names what the brain had learnt before", () => {
    expect(genomeEvaluationOf({ ...inputs, pinned_connectome: "e".repeat(64) }).pinned_connectome).toBe("e".repeat(64))
  })
})
