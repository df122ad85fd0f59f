import type { EntryManifest } from "@feagi-trainer/contracts"
import type { CatalogueEntry } from "@feagi-trainer/core"
import { describe, expect, it } from "vitest"
import { axisMatrix } from "../src/axisMatrix.ts"

const entry = (kind: EntryManifest["kind"], id: string, provides: Readonly<Record<string, unknown>>): CatalogueEntry =>
  ({
    id: `@x/p#${id}`,
    package: { name: "@x/p" },
    manifest: {
      kind,
      id,
      spec: 1,
      title: id,
      options_schema: {},
      provides,
      requires: {},
      deterministic: true,
      capabilities: { fs: false, net: false, child_process: false },
      export: id
    }
  }) as unknown as CatalogueEntry

const adapter = entry("adapter", "table", { modalities: ["tabular"], output_types: ["class", { custom: "@x/p#tags" }] })
const measuring = [
  entry("metric-pack", "pack", { output_types: ["class", "@x/p#tags"] }),
  entry("protocol", "holdout", { output_type: "class" }),
  entry("protocol", "tags", { output_type: "@x/p#tags" })
]
const brain = [
  entry("encoder", "in", { modalities: ["tabular"] }),
  entry("decoder", "out", { output_types: ["class"] }),
  entry("reward", "told", { output_types: ["class"] }),
  entry("brain-backend", "embedded", {})
]
const learner = entry("learner", "layers", { modalities: ["tabular", "image"], output_types: ["class"] })

describe("the matrix of plugins", () => {
  it("has every pair of a kind of sample and a kind of answer that anything installed knows", () => {
    const pairs = axisMatrix([adapter, ...measuring, learner]).map(({ modality, output_type }) => [modality, output_type])
    expect(pairs).toEqual([
      ["image", "@x/p#tags"],
      ["image", "class"],
      ["tabular", "@x/p#tags"],
      ["tabular", "class"]
    ])
  })

  it("says who learns what is read and measured, a brain and learners that are none", () => {
    const found = axisMatrix([adapter, ...measuring, ...brain, learner])
    const of = (modality: string, output: string) => found.find((each) => each.modality === modality && each.output_type === output)
    expect(of("tabular", "class")).toMatchObject({ learnt_by: ["brain", "@x/p#layers"], missing: [] })
    // The learner takes pictures, and nothing reads any.
    expect(of("image", "class")).toMatchObject({ learnt_by: [], fits: { adapter: [], learner: ["@x/p#layers"] } })
    expect(of("image", "class")?.missing[0]).toMatchObject({
      kind: "adapter",
      because: "no installed adapter reads image with answers of kind class"
    })
  })

  it("names everything that a brain lacks, each with a reason and a way out", () => {
    const [, found] = axisMatrix([adapter, ...measuring])
    expect(found?.output_type).toBe("class")
    expect(found?.missing.map(({ kind }) => kind).sort()).toEqual(["brain-backend", "decoder", "encoder", "reward"])
    for (const { because, help } of found?.missing ?? []) expect([because.length > 0, help.length > 0]).toEqual([true, true])
  })

  it("knows an answer of a package by its name, however adapters and packs write it", () => {
    const [found] = axisMatrix([adapter, ...measuring])
    expect(found).toMatchObject({
      output_type: "@x/p#tags",
      fits: { adapter: ["@x/p#table"], "metric-pack": ["@x/p#pack"], protocol: ["@x/p#tags"] }
    })
    expect(found?.missing.map(({ kind }) => kind)).not.toContain("metric-pack")
  })
})
