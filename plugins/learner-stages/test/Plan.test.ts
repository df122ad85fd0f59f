/** What a plan pins, and what it refuses: all at once, each at its place in the run file. */
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import { stages } from "../src/index.ts"
import { stageOf } from "../src/Section.ts"
import { cases, dense, everyCase, open, pairs, plan, planRequest, points, run, type StageCase, texts } from "./support.ts"

type Over = Parameters<typeof plan>[1]

const found = async (name: StageCase, over: Over) => {
  const planned = await run(plan(name, over))
  return planned.ok ? [] : planned.diagnostics
}
const places = async (name: StageCase, over: Over) => (await found(name, over)).map(({ code, field }) => [code, field])

const pinsOf = async (name: StageCase, over: Over = {}) => {
  const planned = await run(plan(name, over))
  if (!planned.ok) throw new Error(JSON.stringify(planned.diagnostics))
  return planned.pins
}

describe("the plan of a stage", () => {
  it.each(everyCase)("pins config, origins, steps and hashes of %s as plain JSON", async (name) => {
    const pins = await pinsOf(name)
    expect(JSON.parse(JSON.stringify(pins))).toEqual(pins)
    expect(pins.kind).toBe("stage")
    expect(pins.own_steps).toBeGreaterThanOrEqual(4)
    expect(pins.initial_hash).toMatch(/^[0-9a-f]{64}$/)
    expect(pins.treatment).toMatchObject({ learner: "stage", stage: cases[name].section.stage })
    expect(pins.resolved).toMatchObject({ config_sha256: expect.stringMatching(/^[0-9a-f]{64}$/), engine: { client: "gradient" } })
  })

  it("tells of every field who said it", async () => {
    const { resolved } = await pinsOf("supervised")
    const origins = Object.fromEntries(
      (resolved.explain as ReadonlyArray<{ field: string; origin: string; value: unknown }>).map(({ field, origin }) => [field, origin])
    )
    expect(origins).toMatchObject({
      "settings.num_epochs": "direct",
      "settings.lr_schedule": "default",
      "training_config.seed": "default",
      "dataset.dataset_ref": "default"
    })
    expect(resolved.defaults_used).toContain("settings.lr_schedule")
  })

  it("has one config for a training config and for the stage's own fields", async () => {
    const { model_ref, num_epochs, ...rest } = cases.supervised.options
    const training_config = { model_ref, epochs: num_epochs, ...rest, options: { lr_schedule: "linear" } }
    const configured = await pinsOf("supervised", { section: { training_config, options: undefined } })
    const direct = await pinsOf("supervised")
    expect(configured.resolved.config_sha256).toBe(direct.resolved.config_sha256)
    expect(configured.initial_hash).toBe(direct.initial_hash)
  })

  it("takes the seed of the run where the config names none, and the written one where it does", async () => {
    const other = new Uint8Array(32).fill(9)
    const first = (await pinsOf("supervised")).initial_hash
    expect((await pinsOf("supervised", { seed: other })).initial_hash).not.toBe(first)
    const written = await pinsOf("supervised", { options: { seed: 5 } })
    expect((await pinsOf("supervised", { seed: other, options: { seed: 5 } })).initial_hash).toBe(written.initial_hash)
  })

  it("pins who taught and in which world", async () => {
    const { resolved } = await pinsOf("distillation")
    expect(resolved.provenance).toMatchObject({ teacher: { steps: 40, weights_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } })
    const rl = await pinsOf("rl")
    expect(rl.resolved.plugins).toEqual({ environment: { id: "env-cartpole#cart-pole", version: "1" } })
    expect(rl.treatment.environment).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe("the plan of a stage refuses", () => {
  it("everything that is wrong at once", async () => {
    const over = {
      epochs: 3,
      controls: { silent_reward: true },
      section: { examples: undefined },
      options: { num_epochs: 2.5, learning_rat: 1, logger: "csv", save_every: 4 }
    }
    expect(await places("supervised", over)).toEqual([
      ["stages/FIELD", "learner.examples"],
      ["stages/EPOCHS", "training.epochs"],
      ["stages/CONTROL", "controls.silent_reward"],
      ["stages/RUN-DECIDES", "learner.options.logger"],
      ["stages/RUN-DECIDES", "learner.options.save_every"],
      ["stages/TRAINING-CONFIG", "learner.options.learning_rat"],
      ["stages/TRAINING-CONFIG", "learner.options.num_epochs"]
    ])
  })

  const without = (name: StageCase, field: string) => places(name, { section: { [field]: undefined } })

  it("no config at all, a config in both forms, and a stage that there is none", async () => {
    expect(await without("supervised", "options")).toEqual([["stages/NO-TRAINING-CONFIG", "learner.training_config"]])
    expect((await places("supervised", { section: { training_config: { epochs: 1 } } })).map(([, field]) => field)).toContain(
      "learner.options.num_epochs"
    )
    expect(await places("supervised", { section: { stage: "pretraining" } })).toEqual([["FT1004", "learner.stage"]])
  })

  it("what a stage needs and what it has no use for", async () => {
    expect(await without("rl", "environment")).toEqual([["stages/FIELD", "learner.environment"]])
    expect(await without("dpo", "max_bytes")).toEqual([["stages/FIELD", "learner.max_bytes"]])
    expect(await places("supervised", { section: { max_bytes: 3, teacher: cases.distillation.section.teacher } })).toEqual([
      ["stages/FIELD", "learner.max_bytes"],
      ["stages/FIELD", "learner.teacher"]
    ])
    expect(await places("supervised", { section: { examples: "prompts" } })).toContainEqual(["stages/FIELD", "learner.examples"])
    expect(await places("distillation", { options: { teacher_ref: "somebody" } })).toEqual([
      ["stages/RUN-DECIDES", "learner.options.teacher_ref"]
    ])
    expect(await without("distillation", "teacher")).toEqual([["stages/TRAINING-CONFIG", "learner.options.teacher_ref"]])
  })

  it.each<[string, StageCase, Over]>([
    ["numbers as classes", "supervised", { output_type: "scalar" }],
    ["one class alone", "supervised", { classes: [{ class_id: 1, label: "one" }] }],
    ["tables as sequences", "language", { shape: cases.supervised.shape, section: { max_bytes: undefined } }],
    ["other labels than a and b", "dpo", { classes: [...cases.texts.classes] }],
    ["two features as an index", "rl", { shape: cases.supervised.shape }],
    ["classes as returns", "rl", { output_type: "class" }]
  ])("data that do not fit: %s", async (_, name, over) => {
    expect(await places(name, over)).toContainEqual(["stages/DATA", "dataset"])
  })

  it("samples that are no examples, each by its id", async () => {
    const broken = (at: number) => (sample: (typeof points)[number], place: number) => (place === at ? { ...sample, target: null } : sample)
    const labels = await found("supervised", { samples: points.map(broken(3)).map(broken(7)) })
    expect(labels.map(({ code, sample_id }) => [code, sample_id])).toEqual([
      ["stages/SAMPLE", "s-3"],
      ["stages/SAMPLE", "s-7"]
    ])
    expect((await found("dpo", { samples: [...pairs, ...texts.slice(0, 1)] })).map(({ message }) => message)).toEqual(["is no pair"])
    expect(await found("supervised", { samples: points.map((sample) => ({ ...sample, target: null })) })).toHaveLength(20)
  })

  it.each<[string, StageCase, object, string]>([
    ["another number of columns", "supervised", { input: { kind: "values", shape: [2] }, layers: [dense(3)] }, "2, one for each class"],
    ["rows of another length", "supervised", { input: { kind: "values", shape: [5] }, layers: [dense(2)] }, "2 features"],
    ["texts where there are numbers", "supervised", cases.texts.options.model_ref as object, "a model of features"],
    ["a row for each token", "texts", cases.language.options.model_ref as object, "one row of columns for a sample"],
    ["a model too short for its texts", "dpo", cases.language.options.model_ref as object, "at least 7 tokens, for texts of max_bytes"]
  ])("a model that does not fit: %s", async (_, name, model_ref, expected) => {
    const diagnostics = await found(name, { options: { model_ref } })
    expect(diagnostics.map(({ code, field, expected: wanted }) => [code, field, wanted])).toContainEqual([
      "stages/MODEL",
      "learner.options.model_ref",
      expected
    ])
  })

  it("a description that is none, of student and of teacher, at their places", async () => {
    expect(await places("supervised", { options: { model_ref: { input: 3 } } })).toEqual([
      ["training-stages/UNKNOWN-MODEL", "learner.options.model_ref"]
    ])
    const teacher = { ...(cases.distillation.section.teacher as object), model_ref: { input: 3 } }
    expect(await places("distillation", { section: { teacher } })).toEqual([["training-stages/UNKNOWN-MODEL", "learner.teacher.model_ref"]])
  })

  it("an environment that is not there, and mistakes of its options together with those of the stage", async () => {
    expect(await places("rl", { section: { environment: { plugin: "acrobot", options: {} } } })).toEqual([
      ["FT1201", "learner.environment.plugin"]
    ])
    const environment = { plugin: "cart-pole", options: { step_limit: 0, reward: "upright" } }
    expect(await places("rl", { section: { environment }, options: { gamma: 2 } })).toEqual([
      ["FT1004", "learner.environment.options.step_limit"],
      ["stages/TRAINING-CONFIG", "learner.options.gamma"]
    ])
  })
})

describe("a stage that is opened", () => {
  it("is held against its plan: other samples and other pins are refused", async () => {
    const pins = await pinsOf("supervised")
    const request = { ...planRequest("supervised"), pins }
    const codes: Array<string> = []
    for (const over of [
      planRequest("supervised", { samples: points.slice(1) }),
      { pins: { ...pins, resolved: { ...pins.resolved, provenance: { teacher: "another" } } } },
      { pins: { ...pins, initial_hash: "0".repeat(64) } },
      { pins: { ...pins, resolved: { ...pins.resolved, engine: { client: "gradient", kernels_sha256: "0".repeat(64) } } } }
    ]) {
      const error = await run(Effect.flip(stages.open({ ...request, ...over })))
      expect(error.reason).toBe("integrity")
      codes.push(error.diagnostics[0].code)
    }
    expect(codes).toEqual(["stages/CONFIG", "stages/PROVENANCE", "stages/INITIAL", "stages/ENGINE"])
    expect((await run(open("supervised"))).continuation).toBe("identical")
  })
})

describe("the manifest", () => {
  it("lists the fields of all stages but those that the run decides", () => {
    const fields = Object.values(stageOf).flatMap(({ spec }) => [...Object.keys(spec.settings), ...Object.keys(spec.training_config)])
    const ofTheRun = ["save_every", "eval_every", "eval_episodes", "log_path", "logger"]
    const [entry] = manifest.entries
    expect(Object.keys(entry?.options_schema.properties ?? {}).sort()).toEqual(
      [...new Set(fields)].filter((field) => !ofTheRun.includes(field)).sort()
    )
  })
})
