/**
 * Reinforcement learning in an environment with discrete actions. A step is one update: experience is gathered with the present policy,
 * then learnt from.
 *
 * `ppo` (Schulman, Wolski, Dhariwal, Radford, Klimov 2017) takes `steps_per_update` steps of each of `environments` and goes over them
 * `update_epochs` times in minibatches of `batch_size`; episodes go on from update to update. `reinforce` (Williams 1992) plays
 * `environments` whole episodes and makes one step of the optimiser.
 *
 * One rollout uses up one initial-state index; indices are given out in the order in which rollouts begin, in the order of the places.
 * Sharp edge: an episode in the middle is part of the state of a `ppo` loop, as bytes of the environment's own making.
 */
import type { EnvironmentStart, TrainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { drawColumn } from "../client/sampleTokens.ts"
import type { TrainingSession } from "../client/TrainingClient.ts"
import { datasetSha256, type EnvironmentDataset } from "../data/Dataset.ts"
import type { ActionItem, PpoItem } from "../loss/LossBatch.ts"
import { logSoftmax } from "../scalar/Scalar.ts"
import { generalisedAdvantages, rewardsToGo, scaled, standardised, type ValuedStep } from "./Advantages.ts"
import { type LearningRateSchedule, learningRateOf } from "./LearningRate.ts"
import { type LoopConfig, makeLoop, streamOf, type TrainingLoop, unfit } from "./Loop.ts"
import { inGroups, pick } from "./Minibatches.ts"
import { evaluatePolicy, openWorld, returnsOf, type World } from "./Rollout.ts"

export interface RLConfig extends LoopConfig {
  readonly algorithm: "ppo" | "reinforce"
  /** Updates. */
  readonly num_epochs: number
  /** Steps of an environment in a minibatch, and at once in the model. */
  readonly batch_size: number
  readonly learning_rate: number
  /** Over the updates. */
  readonly lr_schedule: LearningRateSchedule
  /** Episodes side by side. */
  readonly environments: number
  /** Of each environment. ppo only. */
  readonly steps_per_update: number
  /** Passes over what was gathered. ppo only. */
  readonly update_epochs: number
  readonly gamma: number
  /** ppo only. */
  readonly gae_lambda: number
  /** ppo only. */
  readonly clip_range: number
  /** ppo only. */
  readonly value_clip: number | "none"
  readonly entropy_coefficient: number
  readonly value_coefficient: number
  /** ppo: mean 0 and deviation 1 in each minibatch. reinforce: deviation 1 in the update; what is taken off is the baseline's affair. */
  readonly standardise_advantages: boolean
  /** What is taken off the return: nothing, the mean over the update, or the model's value. reinforce only. */
  readonly baseline: "none" | "mean" | "value"
  /** Episodes of an evaluation. */
  readonly eval_episodes: number
}

const Place = Schema.Struct({
  state: Schema.Unknown,
  observation: Schema.Array(Schema.Finite),
  /** Of the episode so far. */
  gathered: Schema.Finite
})
const State = Schema.Struct({
  /** Rollouts that were begun. */
  next_index: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  /** Episodes in the middle, as their environment encodes them; none before the first update and between those of `reinforce`. */
  places: Schema.Array(Place),
  /** Steps of all environments together. */
  environment_steps: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
})
type State = typeof State.Type

interface Running {
  readonly start: EnvironmentStart<unknown>
  readonly gathered: number
}

/** A step that was taken, with what the model said before it. */
interface Taken {
  readonly observation: ReadonlyArray<number>
  readonly action: number
  readonly logprob: number
  readonly value: number
  readonly reward: number
  readonly terminated: boolean
  readonly truncated: boolean
  /** The episode's sum of rewards, after its last step. */
  readonly episode_return?: number
  readonly next_observation: ReadonlyArray<number>
}

type Random = ReturnType<typeof streamOf>

/** One step of each of these episodes, with one `unit` of chance for each. */
const actAll = (session: TrainingSession, world: World, running: ReadonlyArray<Running>, random: Random) =>
  Effect.gen(function* () {
    const { logits, values, width } = yield* session.outputs(running.map(({ start }) => ({ features: start.observation })))
    const logprobs = new Float64Array(width)
    const taken: Array<Taken> = []
    const after: Array<Running> = []
    for (const [row, { start, gathered }] of running.entries()) {
      const action = drawColumn(logits, row * width, width, 1, random)
      const step = yield* world.act(start.state, action)
      const total = gathered + step.reward
      const over = step.terminated || step.truncated
      taken.push({
        observation: start.observation,
        action,
        logprob: logSoftmax(logits, row * width, width, logprobs)[action] ?? Number.NaN,
        value: values?.[row] ?? 0,
        reward: step.reward,
        terminated: step.terminated,
        truncated: step.truncated,
        ...(over ? { episode_return: total } : {}),
        next_observation: step.observation
      })
      after.push({ start: { state: step.state, observation: step.observation }, gathered: total })
    }
    return { taken, after }
  })

const isOver = ({ terminated, truncated }: Taken) => terminated || truncated

/** Sums of several reports, added by name. */
const addSums = (into: Record<string, number>, sums: Readonly<Record<string, number>>) => {
  for (const [name, sum] of Object.entries(sums)) into[name] = (into[name] ?? 0) + sum
}

const learnt = (sums: Readonly<Record<string, number>>, items: number): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name === "clipped" ? "clipped_fraction" : name, sum / items]))

const gatherPpo = (session: TrainingSession, world: World, config: RLConfig, state: State, update: number) =>
  Effect.gen(function* () {
    const random = streamOf(config.seed, `rl/action/update-${update}`)
    const decode = Schema.decodeUnknownSync(world.environment.state)
    let next_index = state.next_index
    const begin = Effect.suspend(() => {
      next_index += 1
      return Effect.map(world.begin("training", next_index - 1), (start): Running => ({ start, gathered: 0 }))
    })
    let running: Array<Running> = state.places.map((place) => ({
      start: { state: decode(place.state), observation: place.observation },
      gathered: place.gathered
    }))
    while (running.length < config.environments) running.push(yield* begin)
    const rounds: Array<ReadonlyArray<Taken>> = []
    while (rounds.length < config.steps_per_update) {
      const { taken, after } = yield* actAll(session, world, running, random)
      rounds.push(taken)
      running = yield* Effect.forEach(after, (place, at) => {
        const step = taken[at]
        return step !== undefined && isOver(step) ? begin : Effect.succeed(place)
      })
    }
    return { rounds, running, next_index }
  })

/** The value behind every step that needs one: cut off, or the last of what was gathered. */
const nextValues = (session: TrainingSession, rounds: ReadonlyArray<ReadonlyArray<Taken>>) =>
  Effect.gen(function* () {
    const wanted = rounds.flatMap((taken, round) =>
      taken.filter((step) => !step.terminated && (step.truncated || round === rounds.length - 1))
    )
    if (wanted.length === 0) return new Map<Taken, number>()
    const { values } = yield* session.outputs(wanted.map(({ next_observation }) => ({ features: next_observation })))
    return new Map(wanted.map((step, at) => [step, values?.[at] ?? Number.NaN]))
  })

const itemsOf = (
  rounds: ReadonlyArray<ReadonlyArray<Taken>>,
  behind: ReadonlyMap<Taken, number>,
  config: RLConfig
): ReadonlyArray<PpoItem> =>
  Array.from({ length: config.environments }, (_, place) => {
    const steps = rounds.flatMap((taken) => taken.slice(place, place + 1))
    const valued = steps.map((step): ValuedStep => ({ ...step, next_value: behind.get(step) ?? 0 }))
    const advantages = generalisedAdvantages(valued, config.gamma, config.gae_lambda)
    return steps.map((step, at): PpoItem => {
      const advantage = advantages[at] ?? Number.NaN
      return {
        ...{ input: { features: step.observation }, action: step.action, advantage, return: advantage + step.value },
        ...{ old_logprob: step.logprob, old_value: step.value }
      }
    })
  }).flat()

const updatePpo = (session: TrainingSession, world: World, config: RLConfig, learning_rate: number) => (state: State, update: number) =>
  Effect.gen(function* () {
    const { rounds, running, next_index } = yield* gatherPpo(session, world, config, state, update)
    const items = itemsOf(rounds, yield* nextValues(session, rounds), config)
    const random = streamOf(config.seed, `rl/minibatch/update-${update}`)
    const sums: Record<string, number> = {}
    let gradient_norm = 0
    for (let pass = 0; pass < config.update_epochs; pass += 1)
      for (const places of inGroups(random.permutation(items.length), config.batch_size)) {
        const chosen = pick(items, places)
        const advantages = standardised(chosen.map(({ advantage }) => advantage))
        const report = yield* session.forwardBackward({
          loss: "ppo",
          denominator: chosen.length,
          clip_range: config.clip_range,
          value_clip: config.value_clip,
          entropy_coefficient: config.entropy_coefficient,
          value_coefficient: config.value_coefficient,
          items: config.standardise_advantages ? chosen.map((item, at) => ({ ...item, advantage: advantages[at] ?? Number.NaN })) : chosen
        })
        addSums(sums, report.sums)
        gradient_norm = (yield* session.optimStep({ learning_rate })).gradient_norm
      }
    const encode = Schema.encodeSync(world.environment.state)
    const environment_steps = state.environment_steps + items.length
    return {
      state: {
        next_index,
        environment_steps,
        places: running.map(({ start, gathered }) => ({ state: encode(start.state), observation: start.observation, gathered }))
      },
      metrics: {
        environment_steps,
        ...returnsOf(
          "",
          rounds.flat().flatMap(({ episode_return }) => episode_return ?? [])
        ),
        ...learnt(sums, items.length * config.update_epochs),
        gradient_norm,
        learning_rate
      }
    }
  })

/** Whole episodes side by side, each in the order of its steps. */
const gatherEpisodes = (session: TrainingSession, world: World, config: RLConfig, state: State, update: number) =>
  Effect.gen(function* () {
    const random = streamOf(config.seed, `rl/action/update-${update}`)
    const episodes = Array.from({ length: config.environments }, (): Array<Taken> => [])
    let running = yield* Effect.forEach(episodes, (episode, at) =>
      Effect.map(world.begin("training", state.next_index + at), (start) => ({ episode, place: { start, gathered: 0 } }))
    )
    while (running.length > 0) {
      const { taken, after } = yield* actAll(
        session,
        world,
        running.map(({ place }) => place),
        random
      )
      const still: typeof running = []
      for (const [at, { episode }] of running.entries()) {
        const [step, place] = [taken[at], after[at]]
        if (step === undefined || place === undefined) continue
        episode.push(step)
        if (!isOver(step)) still.push({ episode, place })
      }
      running = still
    }
    return episodes
  })

const updateReinforce =
  (session: TrainingSession, world: World, config: RLConfig, learning_rate: number) => (state: State, update: number) =>
    Effect.gen(function* () {
      const episodes = yield* gatherEpisodes(session, world, config, state, update)
      const returns = episodes.flatMap((episode) =>
        rewardsToGo(
          episode.map(({ reward }) => reward),
          config.gamma
        )
      )
      const steps = episodes.flat()
      const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length
      const baseline = { none: () => 0, mean: () => mean, value: ({ value }: Taken) => value }[config.baseline]
      const plain = steps.map((step, at) => (returns[at] ?? Number.NaN) - baseline(step))
      const advantages = config.standardise_advantages ? scaled(plain) : plain
      const items = steps.map(({ observation, action }, at): ActionItem => {
        const advantage = advantages[at] ?? Number.NaN
        return { input: { features: observation }, action, advantage, return: returns[at] ?? Number.NaN }
      })
      const sums: Record<string, number> = {}
      const value_coefficient = config.baseline === "value" ? config.value_coefficient : 0
      for (const group of inGroups(items, config.batch_size)) {
        const { entropy_coefficient } = config
        const loss = "policy_gradient"
        addSums(
          sums,
          (yield* session.forwardBackward({ loss, denominator: items.length, entropy_coefficient, value_coefficient, items: group })).sums
        )
      }
      const { gradient_norm } = yield* session.optimStep({ learning_rate })
      const environment_steps = state.environment_steps + items.length
      return {
        state: { next_index: state.next_index + episodes.length, environment_steps, places: [] },
        metrics: {
          environment_steps,
          ...returnsOf(
            "",
            steps.flatMap(({ episode_return }) => episode_return ?? [])
          ),
          ...learnt(sums, items.length),
          gradient_norm,
          learning_rate
        }
      }
    })

/** The loop, or a failure where environment, model and config do not fit. */
export const rlLoop = (
  session: TrainingSession,
  dataset: EnvironmentDataset,
  config: RLConfig
): Effect.Effect<TrainingLoop, TrainerError> =>
  Effect.gen(function* () {
    const world = yield* openWorld(session, dataset, config.seed)
    const needsValue = config.algorithm === "ppo" || config.baseline === "value"
    if (needsValue && !session.shape.values)
      return yield* unfit(
        `${config.algorithm === "ppo" ? "ppo" : 'reinforce with baseline "value"'} needs the value of an observation`,
        "a model with a policy and a value",
        "a policy alone",
        'describe a model with a value, or take algorithm "reinforce" with baseline "mean"'
      )
    const rateOf = learningRateOf(config.lr_schedule, config.learning_rate, config.num_epochs)
    const update = config.algorithm === "ppo" ? updatePpo : updateReinforce
    return makeLoop<State>({
      id: config.algorithm,
      session,
      config,
      identity: { config, dataset: datasetSha256(dataset) },
      total_steps: config.num_epochs,
      state: State,
      start: { next_index: 0, places: [], environment_steps: 0 },
      step: (state, step) => update(session, world, config, rateOf(step))(state, step),
      evaluate: Effect.map(evaluatePolicy(session, world, config.eval_episodes), (returns) => returnsOf("eval/", returns)),
      provenance: Effect.succeed({ environment: { id: dataset.environment.id, spec: dataset.environment.spec, options: dataset.options } })
    })
  })
