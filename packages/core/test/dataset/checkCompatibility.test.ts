import { readFileSync } from "node:fs"
import { type EntryManifest, type PluginKind, PluginManifest } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { chainMismatches, checkCompatibility, type DatasetFacts, type KnownEntry } from "../../src/dataset/checkCompatibility.ts"

type Facts = EntryManifest["provides"]
const entry = (kind: PluginKind, id: string, provides: Facts = {}, requires: Facts = {}): KnownEntry => ({
  id: `p#${id}`,
  manifest: {
    kind,
    id,
    spec: 1,
    title: id,
    options_schema: {},
    provides,
    requires,
    deterministic: true,
    capabilities: { fs: false, net: false, child_process: false },
    export: id
  }
})
const table: DatasetFacts = { modality: "tabular", output_type: "class", shape: "tabular" }
const pictures: DatasetFacts = { modality: "image", output_type: "class", shape: "image" }
const classes = { output_types: ["class"] }
const brain = [
  entry("encoder", "percentage", { modalities: ["tabular"] }),
  entry("decoder", "misc-class", { ...classes, scores: true }),
  entry("reward", "supervised", classes, { scores: true }),
  entry("metric-pack", "classification", classes),
  entry("brain-backend", "embedded", { backend: "cpu" }),
  entry("protocol", "holdout", { output_type: "class" })
]
/** What is said of one entry among these. */
const fit = (id: string, dataset: DatasetFacts, installed: ReadonlyArray<KnownEntry>) => {
  const found = checkCompatibility(dataset, installed).entries.find((each) => each.id === `p#${id}`)
  return found === undefined ? undefined : `${found.applies}: ${found.reasons.join("; ")}`
}
const one = (kind: PluginKind, provides: Facts, requires: Facts = {}, dataset = table) =>
  fit("x", dataset, [entry(kind, "x", provides, requires)])

describe("what fits to a dataset", () => {
  it("is complete with the manifests of the packages that make a brain learn a table", () => {
    const installed = ["adapter-csv", "feagi-binding", "metric-pack-classification", "reward-supervised", "sampler-random"].flatMap(
      (name) => {
        const text = readFileSync(new URL(`../../../../plugins/${name}/feagi-trainer.plugin.json`, import.meta.url), "utf8")
        const { entries } = Schema.decodeUnknownSync(PluginManifest)(JSON.parse(text))
        return entries.map((manifest): KnownEntry => ({ id: `@feagi-trainer/${name}#${manifest.id}`, manifest }))
      }
    )
    const found = checkCompatibility(table, installed)
    expect(found.missing).toEqual([])
    expect(found.complete).toBe(true)
    expect(found.entries.find((each) => each.id.endsWith("#tabular-classification"))).toMatchObject({
      kind: "task-template",
      applies: "yes"
    })
    // There is a decoder for numbers, and nothing yet that judges them.
    expect(checkCompatibility({ ...table, output_type: "scalar" }, installed).missing.map((each) => each.kind)).toEqual([
      "reward",
      "metric-pack",
      "protocol"
    ])
    const [decoder] = checkCompatibility({ ...pictures, output_type: "bbox_set" }, installed).missing.filter(
      (each) => each.kind === "decoder"
    )
    expect(decoder?.why).toMatch(/^bbox_set cannot be had: no decoder of FEAGI/)
    expect(decoder?.help).toBe("@feagi-trainer/feagi-binding#motor declares it as unavailable")
    expect(checkCompatibility(pictures, installed).complete).toBe(true)
    const text: DatasetFacts = { modality: "text", output_type: "class", shape: "text" }
    expect(checkCompatibility(text, installed).missing.map((each) => each.kind)).toEqual(["encoder"])
  })

  it("goes by the modality for adapters and templates, and by the output type", () => {
    for (const kind of ["adapter", "task-template"] as const) {
      expect(one(kind, { modalities: ["tabular"], ...classes })).toBe("yes: takes tabular; takes class")
      expect(one(kind, { modalities: ["image", "text"], ...classes })).toBe("no: takes image, text, not tabular; takes class")
      expect(one(kind, { modalities: ["tabular"], output_types: ["scalar"] })).toBe("no: takes tabular; takes scalar, not class")
    }
    for (const kind of ["decoder", "reward", "metric-pack", "protocol"] as const) {
      expect(one(kind, classes)).toBe("yes: takes class")
      expect(one(kind, { output_type: "class" })).toBe("yes: takes class")
      expect(one(kind, {}, classes)).toBe("yes: takes class")
      expect(one(kind, { output_types: ["scalar", "vector"] })).toBe("no: takes scalar, vector, not class")
      expect(one(kind, { output_types: [] })).toBe("no: takes nothing, not class")
    }
  })

  it("takes what is provided and what is required together", () => {
    expect(one("encoder", { modalities: ["tabular", "image"] }, { modalities: ["image"] })).toBe("no: takes image, not tabular")
    expect(one("decoder", { output_types: ["class", "scalar"] }, { output_types: ["scalar"] })).toBe("no: takes scalar, not class")
  })

  it("knows an output type of a plugin by its name, however either side writes it", () => {
    const custom = { custom: "@x/y#labels" }
    const dataset: DatasetFacts = { ...table, output_type: custom }
    for (const written of [custom, "@x/y#labels"])
      expect(one("metric-pack", { output_types: ["class", written] }, {}, dataset)).toBe("yes: takes @x/y#labels")
    expect(one("metric-pack", { output_types: [{ custom: "@x/y#other" }] }, {}, dataset)).toMatch(/^no: /)
  })

  it("never takes silence for a yes", () => {
    expect(one("encoder", {})).toBe("unknown: does not say which modalities it takes")
    expect(one("decoder", {})).toBe("unknown: does not say which output types it takes")
    expect(one("task-template", classes)).toBe("unknown: does not say which modalities it takes; takes class")
    expect(one("adapter", { output_types: ["scalar"] })).toMatch(/^no: /)
  })

  it("lists entries by kind and id, and leaves out kinds that no dataset decides", () => {
    const mixed = [...brain, entry("exporter", "e"), entry("learner", "l"), entry("encoder", "boolean", { modalities: ["tabular"] })]
    expect(checkCompatibility(table, mixed.reverse()).entries.map((each) => each.id)).toEqual([
      "p#boolean",
      "p#percentage",
      "p#misc-class",
      "p#supervised",
      "p#classification",
      "p#embedded",
      "p#holdout"
    ])
  })
})

describe("an encoder behind transforms", () => {
  const flatten = entry("transform", "flatten", { from: ["image", "time_series"], to: "tabular" })
  const decode = entry("transform", "decode", { from: "video", to: ["image"] })

  it("fits when a transform makes what it takes", () => {
    const found = checkCompatibility(pictures, [...brain, flatten])
    expect(found).toMatchObject({ complete: true, missing: [] })
    expect(fit("percentage", pictures, [...brain, flatten])).toBe("yes: takes tabular, which the data is after p#flatten")
  })

  it("fits behind several transforms, in the order in which they work", () => {
    const video: DatasetFacts = { modality: "video", output_type: "class", shape: "custom" }
    expect(fit("percentage", video, [...brain, flatten, decode])).toBe(
      "yes: takes tabular, which the data is after p#decode, then p#flatten"
    )
    expect(fit("flatten", video, [flatten, decode])).toBe("yes: takes image, which the data is after p#decode")
    expect(fit("decode", video, [flatten, decode])).toBe("yes: takes video")
    expect(fit("decode", pictures, [flatten, decode])).toBe("no: takes video, not image")
  })

  it("goes by the form of the payload, and by the modality where the form is a plugin's own", () => {
    expect(fit("percentage", { ...pictures, shape: "tabular" }, brain)).toBe("yes: takes tabular")
    expect(fit("percentage", { ...pictures, shape: "custom" }, brain)).toBe("no: takes tabular, not image")
  })

  it("ends where transforms run in circles", () => {
    const circle = [entry("transform", "a", { from: "image", to: "text" }), entry("transform", "b", { from: "text", to: "image" })]
    expect(fit("percentage", pictures, [...brain, ...circle])).toBe("no: takes tabular, not image")
  })

  it("is not known to fit when a transform does not say what it makes", () => {
    const silent = entry("transform", "mystery", { modalities: ["image"] })
    expect(fit("percentage", pictures, [...brain, silent])).toBe(
      "unknown: takes tabular, not image; what the data is after p#mystery is not said"
    )
    expect(checkCompatibility(pictures, [...brain, silent])).toMatchObject({
      complete: false,
      missing: [{ kind: "encoder", why: "none is known to fit; p#percentage may" }]
    })
    expect(fit("percentage", pictures, [...brain, silent, flatten])).toMatch(/^yes: /)
    expect(fit("camera", pictures, [entry("encoder", "camera"), silent])).toBe("unknown: does not say which modalities it takes")
  })

  it("gets nothing from an augmentation, which keeps the shape", () => {
    const flip = entry("transform", "flip", { modalities: ["image"], phases: "train" })
    expect(fit("percentage", pictures, [...brain, flip])).toBe("no: takes tabular, not image")
    expect(fit("flip", pictures, [...brain, flip])).toBe("yes: takes image")
  })
})

describe("what an entry requires of others", () => {
  const template = (requires: Facts) => entry("task-template", "t", { modalities: ["tabular"], ...classes }, requires)

  it("has to be installed and to fit", () => {
    expect(fit("t", table, [...brain, template({ encoder: "percentage", backend: "embedded" })])).toBe(
      'yes: takes tabular; takes class; needs the encoder "percentage"; needs the brain-backend "embedded"'
    )
    expect(fit("t", table, [...brain, template({ encoder: "p#percentage" })])).toMatch(/^yes: /)
    expect(fit("t", table, [...brain, template({ encoder: "camera" })])).toMatch(
      /^no: .*needs the encoder "camera", which is not installed$/
    )
    expect(fit("t", table, [entry("encoder", "camera", { modalities: ["image"] }), template({ encoder: "camera" })])).toMatch(
      /^no: .*"camera", which does not fit$/
    )
    expect(fit("t", table, [entry("encoder", "camera"), template({ encoder: "camera" })])).toMatch(
      /^unknown: .*"camera", of which it is not known whether it fits$/
    )
  })

  it("may be a fact that another entry provides", () => {
    const reward = entry("reward", "supervised", classes, { scores: true })
    const decoder = (provides: Facts) => entry("decoder", "d", provides)
    expect(fit("supervised", table, [reward, decoder({ ...classes, scores: true })])).toBe(
      "yes: takes class; needs something with scores = true"
    )
    expect(fit("supervised", table, [reward, decoder({ ...classes, scores: false })])).toMatch(/^no: .*not installed$/)
    expect(fit("supervised", table, [reward, decoder({ output_types: ["scalar"], scores: true })])).toMatch(/^no: .*does not fit$/)
  })
})

describe("what a sampler needs of the samples", () => {
  const sampler = entry("sampler", "s", { needs: ["group", "time", "values"] })
  const has = (...fields: ReadonlyArray<string>) => fit("s", { ...table, stream_schema: { fields } }, [sampler])

  it("is compared with the fields that they have, and what is missing is named", () => {
    expect(has("group", "time", "values.difficulty")).toBe("yes: needs group, time, values")
    expect(has("time", "valuesque")).toBe("no: needs group, values, which the samples do not have")
    expect(fit("s", table, [sampler])).toBe("unknown: needs group, time, values, and it is not said what the samples have")
    expect(one("sampler", { draws: "permutation" })).toBe("yes: needs nothing but samples")
  })
})

describe("what is missing for a run", () => {
  it("is nothing when every link of the chain has an entry that fits", () => {
    expect(checkCompatibility(table, brain)).toMatchObject({ missing: [], complete: true })
  })

  it("is each link on its own, with what would help", () => {
    for (const gone of brain) {
      // Without the decoder nothing gives the scores that the reward needs.
      const others = gone.manifest.kind === "decoder" ? ["reward"] : []
      const { missing, complete } = checkCompatibility(
        table,
        brain.filter((each) => each !== gone)
      )
      expect(complete).toBe(false)
      expect(missing.map((each) => each.kind)).toEqual([gone.manifest.kind, ...others])
      expect(missing[0]?.why).toBe("none is installed")
      expect(missing[0]?.help).toContain("feagi-trainer.toml")
    }
  })

  it("says why what is installed does not do", () => {
    expect(checkCompatibility(pictures, brain).missing).toEqual([
      {
        kind: "encoder",
        why: "none of those installed fits: p#percentage takes tabular, not image",
        help: "install a package that offers an encoder for image, or a transform to what an encoder takes, and list it under  plugins  in feagi-trainer.toml"
      }
    ])
  })
})

describe("the chain of output types", () => {
  const protocol = { id: "holdout", output_type: "class" }
  const pack = { id: "classification", output_types: ["class", "class_set"] }
  const chain = { protocol, pack, dataset_version_id: "iris@1" }

  it("has no mismatch when all speak of one type, and none where nothing is known", () => {
    expect(chainMismatches({ ...chain, output_type: "class" })).toEqual([])
    expect(chainMismatches({ ...chain, protocol: undefined, pack: undefined, output_type: "scalar" })).toEqual([])
  })

  it("names both sides of each mismatch", () => {
    expect(chainMismatches({ ...chain, output_type: "scalar" })).toEqual([
      {
        code: "FT2008",
        severity: "error",
        field: "protocol",
        message: "protocol holdout and dataset iris@1 speak of different output types",
        expected: "a dataset of class",
        actual: "scalar"
      },
      {
        code: "FT2009",
        severity: "error",
        field: "metrics.plugin",
        message: "metric pack classification cannot score iris@1",
        expected: "class or class_set",
        actual: "scalar"
      }
    ])
    expect(chainMismatches({ ...chain, output_type: "class_set" }).map((each) => each.code)).toEqual(["FT2008"])
    expect(chainMismatches({ ...chain, output_type: { custom: "a#b" } })[0]?.actual).toBe("a#b")
  })

  it("knows the output type of a plugin by its id, as the scoring does", () => {
    const own = { protocol: { id: "x", output_type: "a#b" }, pack: { id: "y", output_types: ["a#b"] }, dataset_version_id: "d@1" }
    expect(chainMismatches({ ...own, output_type: { custom: "a#b" } })).toEqual([])
    expect(chainMismatches({ ...own, output_type: { custom: "a#c" } }).map((each) => each.code)).toEqual(["FT2008", "FT2009"])
  })

  it("agrees with what the manifests say", () => {
    for (const output_type of ["class", "scalar", "class_set"] as const) {
      const entries = [entry("protocol", "x", { output_type: "class" }), entry("metric-pack", "y", { output_types: pack.output_types })]
      const said = checkCompatibility({ ...table, output_type }, entries).entries.filter((each) => each.applies === "no")
      expect(said.map((each) => each.kind === "protocol")).toEqual(
        chainMismatches({ ...chain, output_type })
          .map((each) => each.code === "FT2008")
          .reverse()
      )
    }
  })
})
