/** Every loop on both clients: it goes to its end, it learns what it is to learn, and it is resumed exactly from every step. */
import type { Action, Rng } from "@feagi-trainer/contracts"
import { sha256Hex } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import {
  type DistillationConfig,
  type DPOConfig,
  distillationLoop,
  dpoLoop,
  type EnvironmentDataset,
  gradientTrainingClient,
  makeNoopTrainingClient,
  memoryReferenceCache,
  type RLConfig,
  rlLoop,
  type SessionConfig,
  type StepReport,
  type SupervisedConfig,
  supervisedLoop,
  type TrainingLoop,
  type TrainingSession
} from "../../src/index.ts"
import { balancing } from "../cartPole.ts"
import {
  actorModel,
  actorShape,
  counts,
  points,
  preferences,
  prompts,
  rowModel,
  rowShape,
  sessionConfig,
  textModel,
  textShape
} from "../models.ts"

const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)
const failing = <A, E>(effect: Effect.Effect<A, E>): Promise<E> => Effect.runPromise(Effect.flip(effect))

type Open = (model: "row" | "text" | "actor", config?: Partial<SessionConfig>) => Effect.Effect<TrainingSession, unknown>
const gradient: Open = (model, config) =>
  gradientTrainingClient().startSession({
    model_ref: { row: rowModel, text: textModel, actor: actorModel }[model],
    training_config: { ...sessionConfig, ...config }
  })
const noop: Open = (model, config) =>
  makeNoopTrainingClient().service.startSession({
    model_ref: { row: rowShape, text: textShape, actor: actorShape }[model],
    training_config: { ...sessionConfig, ...config }
  })

const base = { seed: 3, save_every: 2, eval_every: 2, num_epochs: 2, batch_size: 4, learning_rate: 0.05, lr_schedule: "linear" } as const
const supervisedConfig: SupervisedConfig = { ...base, loss_function: "cross_entropy" }
const dpoConfig: DPOConfig = { ...base, beta: 0.5 }
const distillationConfig: DistillationConfig = {
  ...base,
  ...{ mode: "off_policy", loss_function: "by_mode", max_tokens: 3, temperature: 1, stop_token: "none" }
}
const ppoConfig: RLConfig = {
  ...base,
  ...{
    algorithm: "ppo",
    num_epochs: 4,
    environments: 3,
    steps_per_update: 11,
    update_epochs: 2,
    gamma: 0.98,
    gae_lambda: 0.9,
    clip_range: 0.2
  },
  ...{
    value_clip: 0.5,
    entropy_coefficient: 0.01,
    value_coefficient: 0.5,
    standardise_advantages: true,
    baseline: "value",
    eval_episodes: 3
  }
}
const reinforceConfig: RLConfig = { ...ppoConfig, algorithm: "reinforce", baseline: "mean" }

const loops: Readonly<Record<string, (open: Open) => Effect.Effect<TrainingLoop, unknown>>> = {
  "supervised on classes": (open) => Effect.flatMap(open("row"), (session) => supervisedLoop(session, points, supervisedConfig)),
  "supervised on sequences": (open) => Effect.flatMap(open("text"), (session) => supervisedLoop(session, counts, supervisedConfig)),
  dpo: (open) =>
    Effect.flatMap(Effect.all([open("text"), open("text")]), ([session, reference]) => dpoLoop(session, reference, preferences, dpoConfig)),
  "off-policy distillation": (open) =>
    Effect.flatMap(Effect.all([open("text"), open("text", { seed: 8 })]), ([student, teacher]) =>
      distillationLoop(student, teacher, counts, distillationConfig)
    ),
  "on-policy distillation": (open) =>
    Effect.flatMap(Effect.all([open("text"), open("text", { seed: 8 })]), ([student, teacher]) =>
      distillationLoop(student, teacher, prompts, { ...distillationConfig, mode: "on_policy" })
    ),
  ppo: (open) => Effect.flatMap(open("actor"), (session) => rlLoop(session, balancing, ppoConfig)),
  reinforce: (open) => Effect.flatMap(open("actor"), (session) => rlLoop(session, balancing, reinforceConfig))
}

/** All reports, and the state before each step and after the last one. */
const whole = async (loop: TrainingLoop) => {
  const states = [await run(loop.save)]
  const reports: Array<StepReport> = []
  while (!loop.done()) {
    reports.push(await run(loop.step))
    states.push(await run(loop.save))
  }
  return { reports, states }
}

describe.each(Object.entries({ gradient, noop }))("on the %s client", (_, open) => {
  it.each(Object.entries(loops))("%s is resumed exactly from every step of it", async (_, make) => {
    const { reports, states } = await whole(await run(make(open)))
    expect(reports.length).toBeGreaterThanOrEqual(4)
    expect(reports.map(({ step }) => step)).toEqual(reports.map((_, at) => at + 1))
    const resumed = await run(make(open))
    for (const [at, state] of states.entries()) {
      await run(resumed.restore(state))
      expect(resumed.steps()).toBe(at)
      const rest = await whole(resumed)
      expect(rest.reports).toEqual(reports.slice(at))
      expect(rest.states.map(sha256Hex)).toEqual(states.slice(at).map(sha256Hex))
    }
  })

  it.each(Object.entries(loops))("%s says nothing but numbers, and what is due", async (_, make) => {
    const loop = await run(make(open))
    const { reports } = await whole(loop)
    for (const { metrics } of reports) for (const value of Object.values(metrics)) expect(Number.isFinite(value)).toBe(true)
    expect(reports.flatMap(({ step, save_due }) => (save_due ? [step] : []))).toEqual(
      reports.map(({ step }) => step).filter((step) => step % 2 === 0 || step === loop.total_steps)
    )
    const behind = await failing(loop.step)
    expect(behind.diagnostics[0].code).toBe("training-stages/LOOP-IS-DONE")
  })
})

describe("a state", () => {
  it("is refused by another loop, another config, other data, and when a byte of it was altered", async () => {
    const open = async (config: SupervisedConfig, dataset = points) =>
      run(Effect.flatMap(gradient("row"), (session) => supervisedLoop(session, dataset, config)))
    const state = await run((await open(supervisedConfig)).save)
    const message = async (loop: TrainingLoop, bytes: Uint8Array) => (await failing(loop.restore(bytes))).diagnostics[0].message
    expect(await message(await open({ ...supervisedConfig, learning_rate: 0.1 }), state)).toBe(
      "the state is that of another config or other data"
    )
    expect(await message(await open(supervisedConfig, { ...points, evaluation: [] }), state)).toBe(
      "the state is that of another config or other data"
    )
    expect(await message(await run(Effect.flatMap(gradient("actor"), (session) => rlLoop(session, balancing, ppoConfig))), state)).toBe(
      "the state is that of another loop"
    )
    const altered = Uint8Array.from(state)
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1
    expect(await message(await open(supervisedConfig), altered)).toBe("the state was altered")
    for (const bytes of [new Uint8Array(), new Uint8Array(3), state.slice(0, 60), new Uint8Array(100)])
      expect(await message(await open(supervisedConfig), bytes)).toBe("these bytes are no state of a loop")
  })
})

describe("supervised", () => {
  it("learns classes, and its measures are those of the model", async () => {
    const session = await run(gradient("row"))
    const loop = await run(supervisedLoop(session, points, { ...supervisedConfig, num_epochs: 40 }))
    const { reports } = await whole(loop)
    expect(loop.total_steps).toBe(200)
    expect(reports.at(-1)?.metrics["eval/accuracy"]).toBe(1)
    expect(reports.at(-1)?.metrics["eval/nll"]).toBeLessThan(0.2)
    const logprobs = await run(session.logprobs(points.evaluation.map((example) => ({ input: example.input, targets: [example.class] }))))
    const nll = -logprobs.flat().reduce((sum, logprob) => sum + logprob, 0) / 3
    expect(reports.at(-1)?.metrics["eval/nll"]).toBeCloseTo(nll, 14)
  })

  it("learns the next token, and leaves out what weighs nothing", async () => {
    const loop = await run(
      Effect.flatMap(gradient("text"), (session) => supervisedLoop(session, counts, { ...supervisedConfig, num_epochs: 30 }))
    )
    const { reports } = await whole(loop)
    expect(reports.at(-1)?.metrics["eval/accuracy"]).toBe(1)
    expect(reports[0]?.metrics.nll).toBeGreaterThan(1)
  })

  it("visits every example once in an epoch, in another order in the next", async () => {
    const { service, calls } = makeNoopTrainingClient()
    const session = await run(service.startSession({ model_ref: rowShape, training_config: sessionConfig }))
    const { reports } = await whole(await run(supervisedLoop(session, points, supervisedConfig)))
    const sizes = calls.filter(({ method }) => method === "forwardBackward").map(({ detail }) => detail.items)
    expect(sizes).toEqual([4, 4, 4, 4, 2, 4, 4, 4, 4, 2])
    expect(reports.map(({ metrics }) => metrics.epoch)).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2])
  })

  it("refuses data without examples, and an example in which nothing counts", async () => {
    const session = await run(gradient("text"))
    expect((await failing(supervisedLoop(session, { ...counts, train: [] }, supervisedConfig))).diagnostics[0].actual).toBe("none")
    const weightless = { ...counts, train: [{ tokens: [1, 2] }, { tokens: [1, 2], weights: [1, 0] }] }
    expect((await failing(supervisedLoop(session, weightless, supervisedConfig))).diagnostics[0].message).toBe(
      "training example 1 has nothing that counts"
    )
  })
})

describe("dpo", () => {
  it("begins at ln 2, comes to prefer what is preferred, and asks its reference once for each completion", async () => {
    const [session, plain] = [await run(gradient("text")), await run(gradient("text"))]
    // Of the eight pairs two say the same.
    let asked = 0
    const reference: TrainingSession = {
      ...plain,
      logprobs: (items) => {
        asked += items.length
        return plain.logprobs(items)
      }
    }
    const cache = memoryReferenceCache()
    const config = { ...dpoConfig, num_epochs: 20, eval_every: 1, learning_rate: 0.02 }
    const loop = await run(dpoLoop(session, reference, preferences, config, cache))
    const first = await run(loop.step)
    expect(first.metrics.loss).toBeCloseTo(Math.LN2, 12)
    const { reports } = await whole(loop)
    expect(reports.at(-1)?.metrics).toMatchObject({ accuracy: 1 })
    expect(reports.at(-1)?.metrics.margin).toBeGreaterThan(1)
    expect(asked).toBe(2 * 7)
    await whole(await run(dpoLoop(await run(gradient("text")), reference, preferences, config, cache)))
    expect(asked).toBe(2 * 7)
    expect(await run(loop.provenance)).toMatchObject({ reference: { weights_sha256: await run(plain.weightsSha256), client: "gradient" } })
  })

  it("has the loss of its closed form in the middle of a training", async () => {
    const [session, reference] = [await run(gradient("text")), await run(gradient("text", { seed: 5 }))]
    const loop = await run(dpoLoop(session, reference, preferences, { ...dpoConfig, batch_size: 7, num_epochs: 6 }))
    await run(loop.step)
    await run(loop.step)
    const sum = async (of: TrainingSession, prompt: ReadonlyArray<number>, said: ReadonlyArray<number>) => {
      const tokens = [...prompt, ...said]
      const [logprobs = []] = await run(of.logprobs([{ input: { tokens: tokens.slice(0, -1) }, targets: tokens.slice(1) }]))
      return logprobs.slice(prompt.length - 1).reduce((total, logprob) => total + logprob, 0)
    }
    let expected = 0
    for (const { prompt, chosen, rejected } of preferences.train) {
      const better = (await sum(session, prompt, chosen)) - (await sum(reference, prompt, chosen))
      const worse = (await sum(session, prompt, rejected)) - (await sum(reference, prompt, rejected))
      expected -= Math.log(1 / (1 + Math.exp(-dpoConfig.beta * (better - worse)))) / preferences.train.length
    }
    expect(Math.abs(((await run(loop.step)).metrics.loss ?? Number.NaN) - expected)).toBeLessThan(1e-9)
  })

  it("refuses an empty completion", async () => {
    const session = await run(gradient("text"))
    const empty = { ...preferences, train: [{ prompt: [1], chosen: [2], rejected: [] }] }
    expect((await failing(dpoLoop(session, session, empty, dpoConfig))).diagnostics[0].message).toBe("pair 0 has an empty part")
  })
})

describe("distillation", () => {
  it.each([
    ["off_policy", counts, "forward_kl"],
    ["on_policy", prompts, "reverse_kl"]
  ] as const)("brings a student near to its teacher: %s", async (mode, dataset, name) => {
    const [student, teacher] = [await run(gradient("text")), await run(gradient("text", { seed: 8 }))]
    const loop = await run(
      distillationLoop(student, teacher, dataset, { ...distillationConfig, mode, num_epochs: 40, learning_rate: 0.03 })
    )
    const before = await run(teacher.weightsSha256)
    const { reports } = await whole(loop)
    const [first, last] = [reports[0]?.metrics[name] ?? Number.NaN, reports.at(-1)?.metrics[name] ?? Number.NaN]
    expect(first).toBeGreaterThan(0.2)
    expect(last).toBeLessThan(first / 5)
    expect(await run(teacher.weightsSha256)).toBe(before)
    expect(await run(loop.provenance)).toMatchObject({ teacher: { weights_sha256: before } })
  })

  it("has no divergence from a teacher that is the student", async () => {
    const [student, teacher] = [await run(gradient("text")), await run(gradient("text"))]
    const loop = await run(distillationLoop(student, teacher, counts, distillationConfig))
    expect(Math.abs((await run(loop.step)).metrics.forward_kl ?? Number.NaN)).toBeLessThan(1e-15)
  })

  it("is bound to its teacher: a state is refused under another one", async () => {
    const open = async (seed: number) =>
      run(distillationLoop(await run(gradient("text")), await run(gradient("text", { seed })), counts, distillationConfig))
    const state = await run((await open(8)).save)
    await run((await open(8)).restore(state))
    expect((await failing((await open(9)).restore(state))).diagnostics[0].code).toBe("training-stages/WRONG-STATE")
  })

  it("refuses data that its mode has no use for, and a teacher of other columns", async () => {
    const [text, row] = [await run(gradient("text")), await run(gradient("row"))]
    expect((await failing(distillationLoop(text, text, prompts, distillationConfig))).diagnostics[0]).toMatchObject({ actual: "prompt" })
    expect(
      (await failing(distillationLoop(text, text, counts, { ...distillationConfig, mode: "on_policy" }))).diagnostics[0]
    ).toMatchObject({
      actual: "sequence"
    })
    expect((await failing(distillationLoop(row, text, points, distillationConfig))).diagnostics[0].message).toContain("different columns")
  })
})

describe("reinforcement learning", () => {
  it("uses up one initial-state index for a rollout, in order, and none twice", async () => {
    const begun: Array<number> = []
    const watched: EnvironmentDataset = {
      ...balancing,
      environment: {
        ...balancing.environment,
        reset: (options: unknown, request: { readonly index: number; readonly rng: Rng }) => {
          begun.push(request.index)
          return balancing.environment.reset(options, request)
        }
      }
    }
    const loop = await run(Effect.flatMap(gradient("actor"), (session) => rlLoop(session, watched, { ...ppoConfig, eval_every: 0 })))
    await whole(loop)
    expect(begun.length).toBeGreaterThan(3)
    expect(begun).toEqual(begun.map((_, at) => at))
  })

  it("ppo tells the whole return of an episode that goes on over several updates", async () => {
    const lengths: Array<number> = []
    const watched: EnvironmentDataset = {
      ...balancing,
      environment: {
        ...balancing.environment,
        step: (options: unknown, state: unknown, action: Action) => {
          const step = balancing.environment.step(options, state, action)
          if (step.terminated) lengths.push(step.state.steps)
          return step
        }
      }
    }
    const config: RLConfig = { ...ppoConfig, environments: 1, steps_per_update: 5, num_epochs: 30, eval_every: 0 }
    const { reports } = await whole(await run(Effect.flatMap(gradient("actor"), (session) => rlLoop(session, watched, config))))
    expect(Math.min(...lengths)).toBeGreaterThan(5)
    expect(reports.flatMap(({ metrics }) => metrics.mean_return ?? [])).toEqual(lengths)
  })

  it.each(["none", "mean", "value"] as const)("reinforce learns with the baseline %s", async (baseline) => {
    const config: RLConfig = {
      ...reinforceConfig,
      baseline,
      environments: 8,
      num_epochs: 25,
      batch_size: 4096,
      learning_rate: 0.02,
      eval_every: 25,
      lr_schedule: "constant"
    }
    const loop = await run(Effect.flatMap(gradient("actor"), (session) => rlLoop(session, balancing, config)))
    const { reports } = await whole(loop)
    expect(reports.at(-1)?.metrics["eval/mean_return"]).toBeGreaterThan(60)
  })

  it("gives reinforce the same weights however its batch is cut", async () => {
    const hashes: Array<string> = []
    for (const batch_size of [4096, 7]) {
      const session = await run(gradient("actor"))
      const loop = await run(rlLoop(session, balancing, { ...reinforceConfig, batch_size, eval_every: 0 }))
      await whole(loop)
      hashes.push(await run(session.weightsSha256))
    }
    expect(hashes[1]).toBe(hashes[0])
  })

  it("refuses a policy without a value, a model of other rows, and options with a mistake", async () => {
    const config = ppoConfig
    const row = await run(gradient("row"))
    expect((await failing(rlLoop(row, balancing, config))).diagnostics[0]).toMatchObject({
      expected: "a model of 4 features and 2 actions"
    })
    const alone = await run(gradientTrainingClient().startSession({ model_ref: actorModel.policy, training_config: sessionConfig }))
    expect((await failing(rlLoop(alone, balancing, config))).diagnostics[0]).toMatchObject({ actual: "a policy alone" })
    const actor = await run(gradient("actor"))
    const wrong = { ...balancing, options: { step_limit: 0, reward: "upright" } }
    expect((await failing(rlLoop(actor, wrong, config))).diagnostics[0].expected).toContain("step_limit")
  })

  it("fails, and never goes on, where an environment throws or says what is no number", async () => {
    const broken = (step: () => unknown) => ({ ...balancing, environment: { ...balancing.environment, step } }) as typeof balancing
    const messages: Array<string> = []
    for (const step of [
      () => {
        throw new RangeError("the pole is gone")
      },
      () => ({ state: {}, observation: [0, 0, 0, Number.NaN], reward: 1, terminated: false, truncated: false }),
      () => ({ state: {}, observation: [0, 0, 0, 0], reward: Number.NaN, terminated: false, truncated: false })
    ]) {
      const loop = await run(Effect.flatMap(gradient("actor"), (session) => rlLoop(session, broken(step), ppoConfig)))
      messages.push((await failing(loop.step)).diagnostics[0].message)
    }
    expect(messages[0]).toContain("the pole is gone")
    expect(messages[1]).toContain("4 finite numbers and a finite reward, got 0, 0, 0, NaN, 1")
    expect(messages[2]).toContain("got 0, 0, 0, 0, NaN")
  })
})
