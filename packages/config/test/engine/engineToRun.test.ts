/** From an engine file to a run file. */
import { canonical } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import { engineMapping, engineToRun, isTable, toToml, valueAt } from "../../src/index.ts"
import { toml } from "../check.ts"
import { changed, engineToml, engineYaml, loaded } from "./files.ts"

const engine = loaded({ "engine.toml": engineToml })
const run = engineToRun(engine)

describe("engineToRun()", () => {
  it("puts every key where the run file has it", () => {
    expect(JSON.parse(canonical(run).replace("18446744073709551615", "1"))).toEqual({
      schema_version: 1,
      name: "digits",
      protocol: "classification-holdout@1",
      dataset: "digits@1",
      seeds: [1],
      checkpoint_every: 640,
      transforms: [
        { plugin: "standardise", version: 1, phases: "all", options: {}, fit_on: "train" },
        { plugin: "chromatic", version: 2, phases: "all", options: { levels: 16 } }
      ],
      split: { method: "stratified", seed: "per-run", fractions: { train: 0.6, val: 0.2, test: 0.2 } },
      sampler: { plugin: "random", options: {} },
      training: {
        epochs: 3,
        validate: { part: "val", every: 1 },
        early_stop: { metric: "accuracy", patience: 2, min_delta: 0.001 }
      },
      learner: {
        kind: "gradient",
        plugin: "gradient",
        options: {
          model: valueAt(engine.document.value, ["model"]),
          loss: { type: "cross-entropy", label_smoothing: 0 },
          optimiser: { type: "adamw", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.01 },
          schedule: valueAt(engine.document.value, ["schedule"]),
          batch_size: 32,
          micro_batch: 8,
          clip_norm: 1
        }
      },
      metrics: { plugin: "classification", options: { undefined_in_macro: "insufficient" } },
      controls: { silent_reward: false, shuffled_labels: false }
    })
    expect(valueAt(run, ["learner", "options", "schedule", "then"])).toEqual({ type: "cosine", learning_rate: 0.5, end: 0, steps: 90 })
    expect(run.seeds).toEqual([18_446_744_073_709_551_615n])
  })

  it("gives the same bytes for the same configuration in another format and order, and TOML that reads back", () => {
    const other = engineToRun(loaded({ "e.yaml": engineYaml }, "e.yaml"))
    expect(toToml(other, { order: "sorted" })).toBe(toToml(run, { order: "sorted" }))
    expect(canonical(toml(toToml(run)).value)).toBe(canonical(run))
  })

  it("leaves out what the engine file leaves out", () => {
    const text = changed("gradient_clipping = { max_norm = 1.0 }", 'gradient_clipping = "none"')
      .replace(/\n(validate|early_stop) = .*/g, "")
      .replace(/\[tokenizer\][^[]*/, "")
    const less = engineToRun(loaded({ "engine.toml": text }))
    expect(valueAt(less, ["training"])).toEqual({ epochs: 3 })
    expect(valueAt(less, ["learner", "options", "clip_norm"])).toBe("none")
    expect(Object.keys(valueAt(less, ["learner", "options"]) ?? {})).not.toContain("pixels")
    const pictures = loaded({ "engine.toml": changed('name = "digits@1"', 'name = "digits@1"\npixels = "unit"') })
    expect(valueAt(engineToRun(pictures), ["learner", "options", "pixels"])).toBe("unit")
    expect(valueAt(less, ["transforms", 0, "plugin"])).toBe("standardise")
    expect(valueAt(less, ["transforms", 1])).toBe(undefined)
  })

  it("reads every key of the engine file but the outputs and the precision, of which there is one", () => {
    const read = engineMapping.flatMap(({ engine: from }) => (from === undefined ? [] : [from]))
    const whole = engine.document.value
    const keys = Object.entries(isTable(whole) ? whole : {}).flatMap(([section, value]) =>
      isTable(value) && !["model", "optimizer", "schedule"].includes(section)
        ? Object.keys(value).map((key) => `${section}.${key}`)
        : [section]
    )
    const notRead = keys.filter((key) => !read.includes(key) && !key.startsWith("tokenizer."))
    expect(notRead).toEqual(["engine.precision", "outputs.folder"])
  })
})
