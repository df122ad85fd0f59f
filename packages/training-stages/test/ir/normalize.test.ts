import { trainerError } from "@feagi-trainer/contracts"
import { Effect, Exit } from "effect"
import { describe, expect, it } from "vitest"
import {
  type Dataset,
  DatasetStore,
  Distillation,
  DPOTrain,
  explainText,
  irMapping,
  makeNoopTrainingClient,
  memoryDatasetStore,
  type NormalizedStage,
  RLTrain,
  type Stage,
  StageConfigError,
  type StagePorts,
  SupervisedTrain,
  stageConfigCodes,
  TrainingConfig,
  textLogger,
  toTrainerError,
  trainingConfigFields
} from "../../src/index.ts"
import { balancing } from "../cartPole.ts"
import { counts, points, preferences, prompts } from "../models.ts"

const datasets: Readonly<Record<string, Dataset>> = { points, counts, preferences, prompts, balancing }
const ports: StagePorts = {
  dataset_store: memoryDatasetStore(datasets),
  training_client: makeNoopTrainingClient().service,
  logger: textLogger(() => Effect.void)
}
const good = (input: unknown, stage: Stage = SupervisedTrain): NormalizedStage => Effect.runSync(stage.normalize(input, ports))
const bad = (input: unknown, stage: Stage = SupervisedTrain, with_: StagePorts = ports): StageConfigError =>
  Effect.runSync(Effect.flip(stage.normalize(input, with_)))
const fieldsOf = ({ diagnostics }: StageConfigError) => diagnostics.map(({ field }) => field)
/** Plain values, whatever prototype a parser gave their tables. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const refs = { dataset_ref: "points", model_ref: "m" }

/** Each field of the table: what is written, where it goes, and what it is there. */
const mapped = [
  ["dataset_ref", "counts", ["dataset", "ref"]],
  ["model_ref", "another", ["training_config", "model_ref"]],
  ["epochs", 7, ["settings", "num_epochs"]],
  ["batch_size", 5, ["settings", "batch_size"]],
  ["learning_rate", 0.25, ["settings", "learning_rate"]],
  ["optimizer", "sgd", ["training_config", "optimizer"]],
  ["loss_function", "mean_squared_error", ["training_config", "loss_function"]],
  ["seed", 42, ["training_config", "seed"]],
  ["gradient_clipping", 1.5, ["training_config", "gradient_clipping"]],
  ["checkpoint_every", 3, ["settings", "save_every"]]
] as const

const at = (config: unknown, path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>((value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined), config)

describe("the fields of a training config", () => {
  it("are in the mapping, all of them but the options", () => {
    expect(mapped.map(([ir]) => ir)).toEqual(irMapping.map(({ ir }) => ir))
    expect([...irMapping.map(({ ir }) => ir), "options"].sort()).toEqual([...trainingConfigFields].sort())
  })

  it.each(mapped)("%s goes where the mapping says", (ir, value, path) => {
    const others = Object.fromEntries(Object.entries(refs).filter(([key]) => key !== ir))
    const forms = [new TrainingConfig({ ...refs, [ir]: value }), { ...refs, [ir]: value }, { ...others, [`:${ir}`]: value }]
    for (const training_config of forms) {
      const normalized = good({ training_config })
      expect(at(normalized.config, path)).toEqual(value)
      const field = `${path[0]}.${path[1] === "ref" ? "dataset_ref" : path[1]}`
      expect(normalized.explain.find((each) => each.field === field)).toEqual({ field, value, origin: "ir", from: `training_config.${ir}` })
      expect(normalized.defaults_used).not.toContain(field)
    }
  })
})

/** Options by convention: what is written, and where it goes. */
const options = [
  ["lr_schedule", "cosine", "settings"],
  ["lr_schedule", { type: "warm-up", steps: 3, followed_by: "linear" }, "settings"],
  ["log_path", "runs/1.csv", "settings"],
  ["logger", "csv", "settings"],
  ["save_every", 9, "settings"],
  ["eval_every", 4, "settings"],
  ["adam_beta1", 0.8, "training_config"],
  ["adam_beta2", 0.99, "training_config"],
  ["adam_eps", 1e-6, "training_config"]
] as const

describe("the options of a training config", () => {
  it.each(options)("%s overrides the default: %j", (name, value, into) => {
    const standard = good({ training_config: refs })
    expect(at(standard.config, [into, name])).not.toEqual(value)
    expect(standard.defaults_used).toContain(`${into}.${name}`)
    for (const key of [name, `:${name}`]) {
      const normalized = good({ training_config: { ...refs, options: { [key]: value } } })
      expect(plain(at(normalized.config, [into, name]))).toEqual(value)
      expect(plain(normalized.explain.find(({ field }) => field === `${into}.${name}`))).toMatchObject({
        ...{ origin: "option", from: `training_config.options.${name}` }
      })
    }
  })

  it("are written last, and the trace says over what", () => {
    const { config, merge_trace } = good({
      training_config: { ...refs, options: { save_every: 50, optimizer: "sgd" }, checkpoint_every: 100, optimizer: "adamw" }
    })
    expect(config.settings.save_every).toBe(50)
    expect(config.training_config.optimizer).toBe("sgd")
    expect(merge_trace).toEqual([
      'dataset.dataset_ref = "points" (training_config.dataset_ref)',
      'training_config.model_ref = "m" (training_config.model_ref)',
      'training_config.optimizer = "adamw" (training_config.optimizer)',
      "settings.save_every = 100 (training_config.checkpoint_every)",
      "settings.save_every = 50 (training_config.options.save_every), over 100 (training_config.checkpoint_every)",
      'training_config.optimizer = "sgd" (training_config.options.optimizer), over "adamw" (training_config.optimizer)'
    ])
  })
})

describe("three forms of one config", () => {
  const ir = { ...refs, epochs: 2, batch_size: 4, learning_rate: 0.5, optimizer: "momentum", loss_function: "mean_squared_error", seed: 9 }
  const rest = { gradient_clipping: 2, checkpoint_every: 6, options: { eval_every: 3, adam_eps: 1e-7, lr_schedule: "constant" } }
  const written = { ...ir, ...rest }
  const atoms = Object.fromEntries(
    Object.entries({ ...ir, gradient_clipping: 2, checkpoint_every: 6 }).map(([key, value]) => [
      `:${key}`,
      key === "optimizer" || key === "loss_function" ? `:${value}` : value
    ])
  )
  const forms: ReadonlyArray<readonly [string, unknown]> = [
    ["a struct", { training_config: new TrainingConfig(written) }],
    ["a map", { training_config: written }],
    [
      "a map of atoms",
      { ":training_config": { ...atoms, ":options": { ":eval_every": 3, ":adam_eps": 1e-7, ":lr_schedule": ":constant" } } }
    ],
    [
      "a Map",
      new Map([
        ["training_config", new Map<string, unknown>(Object.entries({ ...written, options: new Map(Object.entries(rest.options)) }))]
      ])
    ],
    [
      "the keys of the stage",
      {
        ...refs,
        ...{ num_epochs: 2, batch_size: 4, learning_rate: 0.5, optimizer: "momentum", loss_function: "mean_squared_error", seed: 9 },
        ...{ gradient_clipping: 2, save_every: 6, eval_every: 3, adam_eps: 1e-7, lr_schedule: "constant" }
      }
    ]
  ]
  const struct = good(forms[0]?.[1])

  it.each(forms)("give one stage config and one hash: %s", (_, input) => {
    const normalized = good(input)
    expect(normalized.config).toEqual(struct.config)
    expect(normalized.config_sha256).toBe(struct.config_sha256)
    expect(normalized.defaults_used).toEqual(struct.defaults_used)
  })

  it("are told apart by the origin of their fields", () => {
    expect(new Set(struct.explain.map(({ origin }) => origin))).toEqual(new Set(["ir", "option", "default"]))
    expect(new Set(good(forms.at(-1)?.[1]).explain.map(({ origin }) => origin))).toEqual(new Set(["direct", "default"]))
  })

  it("have another hash when any field differs, but not when only the log goes elsewhere", () => {
    const hashOfForm = (more: object) => good({ training_config: { ...written, ...more } }).config_sha256
    const others = [
      { epochs: 3 },
      { batch_size: 5 },
      { learning_rate: 0.4 },
      { seed: 8 },
      { dataset_ref: "counts" },
      { model_ref: "n" },
      { optimizer: "sgd" }
    ]
    expect(new Set([struct.config_sha256, ...others.map(hashOfForm)]).size).toBe(others.length + 1)
    expect(hashOfForm({ options: { ...rest.options, log_path: "elsewhere", logger: "csv" } })).toBe(struct.config_sha256)
  })

  it("take null for a field that is left out", () => {
    expect(good({ training_config: { ...refs, seed: null, options: null } }).config_sha256).toBe(
      good({ training_config: refs }).config_sha256
    )
  })
})

describe("what was decided is told", () => {
  it("with the origin of every field of the config, and the defaults that were used", () => {
    const { config, explain, defaults_used } = good({ training_config: { ...refs, epochs: 2 } })
    const names = [...Object.keys(config.settings), ...Object.keys(config.training_config), "dataset_ref"]
    expect(explain.map(({ field }) => field.split(".")[1]).sort()).toEqual(names.sort())
    expect(defaults_used).toHaveLength(names.length - 3)
    expect(defaults_used).toEqual(explain.filter(({ origin }) => origin === "default").map(({ field }) => field))
  })

  it("as text", () => {
    const text = explainText(good({ training_config: { ...refs, checkpoint_every: 5, options: { save_every: 2 } } }))
    expect(text).toContain("  settings.save_every                2  (option: training_config.options.save_every)\n")
    expect(text).toContain("  training_config.seed               0  (default)\n")
    expect(text).toContain("defaults used: settings.num_epochs, settings.batch_size,")
    expect(text).toContain("  settings.save_every = 2 (training_config.options.save_every), over 5 (training_config.checkpoint_every)\n")
  })
})

describe("the dataset", () => {
  it("is resolved by its reference, with its kind and hash", () => {
    const { config, dataset } = good({ training_config: refs })
    expect(dataset).toBe(points)
    expect(config.dataset).toEqual({ ref: "points", kind: "classification", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
  })

  it.each([
    ["supervised_train", SupervisedTrain, {}, ["points", "counts"]],
    ["rl_train", RLTrain, {}, ["balancing"]],
    ["dpo_train", DPOTrain, {}, ["preferences"]],
    ["distillation", Distillation, { teacher_ref: "t" }, ["points", "counts", "prompts"]]
  ] as const)("is of a kind that %s can learn from", (id, stage, more, kinds) => {
    expect(stage.id).toBe(id)
    for (const dataset_ref of Object.keys(datasets)) {
      const input = { dataset_ref, model_ref: "m", ...more }
      if (kinds.some((kind) => kind === dataset_ref)) expect(good(input, stage).config.dataset.ref).toBe(dataset_ref)
      else
        expect(bad(input, stage)).toMatchObject({
          code: "dataset_resolution_failed",
          diagnostics: [{ expected: `a dataset of kind ${stage.spec.datasets.join(" or ")}` }]
        })
    }
  })

  it("is not resolved when the store has none, fails, throws or gives something else", () => {
    const store = (resolve: (ref: unknown) => Effect.Effect<never>): StagePorts => ({
      ...ports,
      dataset_store: DatasetStore.of({ resolve })
    })
    const stores = {
      "no such dataset": ports,
      "it is on fire": store(() => Effect.die(new Error("it is on fire"))),
      "thrown outright": store(() => {
        throw new Error("thrown outright")
      }),
      "not today": store(() => Effect.fail(trainerError("failed", { code: "x/Y", message: "not today" })) as Effect.Effect<never>),
      "cannot learn from it": store(() => Effect.succeed({ kind: "poem" }) as unknown as Effect.Effect<never>),
      "is no dataset": store(
        () => Effect.succeed({ kind: "classification", train: [() => 1], evaluation: [] }) as unknown as Effect.Effect<never>
      )
    }
    for (const [text, with_] of Object.entries(stores)) {
      const failure = bad({ training_config: { ...refs, dataset_ref: "nowhere" } }, SupervisedTrain, with_)
      expect(failure).toMatchObject({ code: "dataset_resolution_failed", diagnostics: [{ field: "dataset_ref" }] })
      expect(failure.message).toContain(text)
    }
  })

  it("keeps an interruption an interruption", async () => {
    const with_: StagePorts = { ...ports, dataset_store: DatasetStore.of({ resolve: () => Effect.interrupt }) }
    const exit = await Effect.runPromiseExit(SupervisedTrain.normalize({ training_config: refs }, with_))
    expect(Exit.hasInterrupts(exit)).toBe(true)
  })
})

describe("missing_training_config", () => {
  it.each([[undefined], [null], [{}], [{ training_config: null }], [new Map()], [{ training_config: undefined, seed: null }]])(
    "is the error of %j",
    (input) => {
      expect(bad(input)).toMatchObject({ code: "missing_training_config", diagnostics: [{ field: "training_config" }] })
    }
  )
})

describe("missing_ports", () => {
  it("names every port that is missing", () => {
    const { dataset_store, training_client } = ports
    const none = Effect.runSync(Effect.flip(SupervisedTrain.normalize({ training_config: refs }, undefined)))
    expect(fieldsOf(none)).toEqual(["ports.dataset_store", "ports.training_client"])
    expect(fieldsOf(bad({ training_config: refs }, SupervisedTrain, { dataset_store }))).toEqual(["ports.training_client"])
    const logging = { training_config: { ...refs, options: { logger: "csv" } } }
    expect(fieldsOf(bad(logging, SupervisedTrain, { dataset_store, training_client }))).toEqual(["ports.logger"])
    expect(bad(logging, SupervisedTrain, {}).code).toBe("missing_ports")
  })
})

describe("unsupported_training_config", () => {
  it("lists all fields that offend, with both sides and a way out", () => {
    const failure = bad({
      training_config: {
        ...{ dataset_ref: "points", epochs: 0, batch_size: 2.5, learning_rate: "fast", optimizer: ":adagrad", loss_function: "guess" },
        ...{ seed: -1, gradient_clipping: 0, checkpoint_every: -1, epoch: 3 },
        options: { adam_beta1: 1, logger: "tape", lr_schedul: "linear", log_path: 7, on_step: () => 1 }
      }
    })
    expect(failure.code).toBe("unsupported_training_config")
    expect(fieldsOf(failure).sort()).toEqual(
      [
        ...[
          "epoch",
          "epochs",
          "batch_size",
          "learning_rate",
          "optimizer",
          "loss_function",
          "seed",
          "gradient_clipping",
          "checkpoint_every"
        ].map((name) => `training_config.${name}`),
        ...["adam_beta1", "logger", "lr_schedul", "log_path", "on_step"].map((name) => `training_config.options.${name}`),
        "model_ref"
      ].sort()
    )
    for (const { expected, actual, help, message } of failure.diagnostics)
      expect([expected, actual, help, message].every((text) => text !== undefined && text !== "")).toBe(true)
    const named = (field: string) => failure.diagnostics.find((each) => each.field === field)
    expect(named("training_config.epoch")?.help).toBe('did you mean "epochs"?')
    expect(named("training_config.options.lr_schedul")?.help).toBe('did you mean "lr_schedule"?')
    expect(named("training_config.optimizer")).toMatchObject({ expected: expect.stringContaining("adamw"), actual: '"adagrad"' })
  })

  it.each([
    ["a text", "config", ""],
    ["a list", [refs], ""],
    ["a struct by itself", new TrainingConfig(refs), ""],
    ["a training config that is a text", { training_config: "config" }, "training_config"],
    ["a training config that is a date", { training_config: new Date(0) }, "training_config"],
    ["options that are a list", { training_config: { ...refs, options: [1] } }, "training_config.options"],
    ["a key of the stage beside a training config", { training_config: refs, num_epochs: 2 }, "num_epochs"],
    ["a key that is written twice", { training_config: { ...refs, epochs: 1, ":epochs": 2 } }, "training_config.epochs"],
    ["the name that another form has", { ...refs, epochs: 2 }, "epochs"],
    ["a name of the stage in a training config", { training_config: { ...refs, num_epochs: 2 } }, "training_config.num_epochs"],
    ["a cycle", { training_config: { ...refs, model_ref: cycle() } }, "training_config.model_ref"],
    ["a key that is no text", { training_config: new Map<unknown, unknown>([[1, 2], ...Object.entries(refs)]) }, "training_config"],
    ["a schedule with a mistake inside", { ...refs, lr_schedule: { type: "warm-up", steps: -1, followed_by: "linear" } }, "lr_schedule"]
  ])("is the error of %s", (_, input, field) => {
    const failure = bad(input)
    expect(failure.code).toBe("unsupported_training_config")
    expect(fieldsOf(failure).map((each) => each ?? "")).toContainEqual(field === "lr_schedule" ? expect.stringContaining(field) : field)
  })

  it("says by which name a field goes in the form that was chosen", () => {
    expect(bad({ ...refs, epochs: 2 }).diagnostics[0].help).toBe('did you mean "num_epochs"?')
    expect(bad({ training_config: { ...refs, num_epochs: 2 } }).diagnostics[0].help).toBe("put it into training_config.options")
  })

  it("is the error of what cannot even be looked at", () => {
    const trap = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("do not look")
        }
      }
    )
    expect(bad(trap).message).toContain("do not look")
    expect(
      bad({
        training_config: {
          ...refs,
          get seed() {
            throw new Error("no seed")
          }
        }
      }).message
    ).toContain("no seed")
  })
})

const cycle = (): object => {
  const made: Record<string, unknown> = {}
  made.self = made
  return made
}

describe("any input at all", () => {
  const leaves: ReadonlyArray<unknown> = [
    null,
    undefined,
    0,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 60,
    7n,
    "",
    ":a",
    "\ud800",
    true,
    Symbol("s"),
    () => 1,
    new Date(0),
    /x/,
    new Uint8Array(2),
    [],
    [[]],
    {},
    cycle(),
    Object.create({ x: 1 }),
    new Map([[{}, 1]]),
    new Set([1])
  ]
  const keys = [
    "training_config",
    ":training_config",
    "options",
    ...trainingConfigFields,
    ...Object.keys(SupervisedTrain.spec.settings),
    "__proto__",
    "constructor",
    "toString",
    ""
  ]

  it("gives a config or one of four errors, and never throws", () => {
    const codes = new Map<string, number>()
    const check = (input: unknown) => {
      for (const stage of [SupervisedTrain, Distillation]) {
        const exit = Effect.runSyncExit(stage.normalize(input, ports))
        const failure = Exit.isFailure(exit) ? Effect.runSync(Effect.flip(stage.normalize(input, ports))) : undefined
        if (failure !== undefined) {
          expect(failure).toBeInstanceOf(StageConfigError)
          expect(stageConfigCodes).toContain(failure.code)
          expect(toTrainerError(failure).diagnostics).toEqual(failure.diagnostics)
        }
        codes.set(failure?.code ?? "config", (codes.get(failure?.code ?? "config") ?? 0) + 1)
      }
    }
    for (const leaf of leaves) {
      check(leaf)
      for (const key of keys) {
        const own = Object.defineProperty({}, key, { value: leaf, enumerable: true })
        check(own)
        check({ ...refs, teacher_ref: "t", ...own })
        check({ training_config: own })
        check({ training_config: Object.defineProperty({ ...refs }, key, { value: leaf, enumerable: true }) })
        check({ training_config: { ...refs, options: own } })
      }
    }
    expect([...codes.keys()].sort()).toEqual([
      "config",
      "dataset_resolution_failed",
      "missing_training_config",
      "unsupported_training_config"
    ])
  })
})
