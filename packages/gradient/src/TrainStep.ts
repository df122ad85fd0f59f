/**
 * One optimiser step: forward, loss and backward for each micro-batch, then clip and update. A batch of 64 and 64 batches of 1 give the
 * same weights to the bit, because gradients are accumulated in place and everything is divided by the denominator of the step.
 *
 * Sharp edges: a `Training` is mutable, its `step` is the number of steps done; a step that fails leaves weights, optimiser state, former
 * gradient and `step` as they were, but not the gradients.
 */
import { hashOf, type Random } from "@feagi-trainer/determinism"
import { clipFrom } from "./Clip.ts"
import type { Device } from "./Device.ts"
import { GradientError } from "./GradientError.ts"
import type { Mode } from "./LayerKind.ts"
import type { Model } from "./Model.ts"
import type { Objective, ObjectiveValue } from "./Objective.ts"
import { makeOptimiser, type Optimiser, type OptimiserKind, type OptimiserSpec, optimiserKinds } from "./Optimiser.ts"
import { type Schedule, type ScheduleKind, type ScheduleSpec, scheduleKinds, scheduleOf } from "./Schedule.ts"
import type { Parameter, Tensor } from "./Tensor.ts"

/** What a training is made of. */
export interface TrainingRequest {
  readonly model: Model
  readonly optimiser: OptimiserSpec
  readonly schedule: ScheduleSpec
  /** The largest norm of all gradients together; `undefined` does not clip. */
  readonly clip_norm: number | undefined
  /** The stream of a layer in an optimiser step, `step` counting from 1. Asked once per step; the micro-batches share the generator. */
  readonly chance: (layer: string, step: number) => Random
  readonly optimisers?: ReadonlyMap<string, OptimiserKind>
  readonly schedules?: ReadonlyMap<string, ScheduleKind>
}

/** The gradient of the step before, for the coherence, and its norm. */
export interface FormerGradient {
  readonly tensors: ReadonlyArray<Tensor>
  /** Not there before the first step. */
  norm: number | undefined
}

/** SHA-256 of each description that a checkpoint has to agree with. */
export interface TrainingHashes {
  readonly model: string
  readonly optimiser: string
  readonly schedule: string
  readonly clip_norm: string
}

/** A training that goes on: made by `makeTraining`, moved by `trainStep`. */
export interface Training {
  readonly device: Device
  readonly parameters: ReadonlyArray<Parameter>
  readonly optimiser: Optimiser
  readonly schedule: Schedule
  readonly clip_norm: number | undefined
  readonly chance: (layer: string, step: number) => Random
  readonly hashes: TrainingHashes
  readonly former: FormerGradient
  /** Optimiser steps done. */
  step: number
}

/**
 * Makes a training that has done no step. Throws `SpecError` on a description with mistakes, `RangeError` on a norm that is not positive.
 */
export const makeTraining = (request: TrainingRequest): Training => {
  const { model, optimiser, schedule, clip_norm, chance } = request
  if (clip_norm !== undefined && !(clip_norm > 0 && Number.isFinite(clip_norm))) {
    throw new RangeError(`clip_norm has to be a positive number, or undefined for no clipping, not ${clip_norm}`)
  }
  const { device, parameters } = model
  return {
    device,
    parameters,
    optimiser: makeOptimiser(device, optimiser, parameters, request.optimisers ?? optimiserKinds),
    schedule: scheduleOf(schedule, request.schedules ?? scheduleKinds),
    clip_norm,
    chance,
    hashes: {
      model: model.spec_sha256,
      optimiser: hashOf(optimiser),
      schedule: hashOf(schedule),
      clip_norm: hashOf(clip_norm ?? null)
    },
    former: { tensors: parameters.map(({ value }) => device.allocate(value.shape)), norm: undefined },
    step: 0
  }
}

/** What a step tells of itself. */
export interface StepResult {
  /** The step that was done, from 1. */
  readonly step: number
  /** The sum of the rows' losses in f64, in order, over the denominator. */
  readonly loss: number
  /** Norm of all gradients together, before clipping. */
  readonly gradient_norm: number
  readonly learning_rate: number
  /**
   * Cosine between this step's gradient and the former one's, both before clipping, from -1 to 1. Not there in the first step and where
   * a norm is 0. It is the gradient coherence of Dai, Zhou, Dong, Zhang, Xing, "Toward Understanding the Impact of Staleness in
   * Distributed Machine Learning", ICLR 2019, over one step, with the norms of both gradients below the line.
   */
  readonly coherence?: number
  /** What the model answered before it learnt, the outputs of all samples in order; empty where the objective gives none. */
  readonly outputs: Float32Array
}

const failed = (step: number, expected: string, actual: string): GradientError =>
  new GradientError(`optimiser step ${step}`, expected, actual)

/** One stream for each layer and step, opened when a layer asks first. */
const streams = (training: Training, step: number): Mode => {
  const open = new Map<string, Random>()
  return {
    training: true,
    chance: (layer) => {
      const known = open.get(layer)
      if (known !== undefined) return known
      const stream = training.chance(layer, step)
      open.set(layer, stream)
      return stream
    }
  }
}

const joined = (parts: ReadonlyArray<Float32Array>): Float32Array => {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

const sumOnto = (sum: number, rows: Float32Array): number => rows.reduce((total, row) => total + row, sum)

/** Forward and backward over the micro-batches; the gradients are in the parameters afterwards. */
const accumulate = <B>(training: Training, objective: Objective<B>, batches: ReadonlyArray<B>, denominator: number) => {
  const { device } = training
  const step = training.step + 1
  const mode = streams(training, step)
  const outputs: Array<Float32Array> = []
  let rowSum = 0
  let losses = 0
  let rowless = false
  for (const [index, batch] of batches.entries()) {
    const tape = device.pass()
    const value: ObjectiveValue = objective.run(tape, mode, batch, denominator)
    const loss = tape.scalar(value.loss)
    if (!Number.isFinite(loss)) throw failed(step, "a finite loss", `${loss} as loss of micro-batch ${index}; no weight was changed`)
    losses += loss
    if (value.rows === undefined) rowless = true
    else rowSum = sumOnto(rowSum, device.read(value.rows))
    if (value.output !== undefined) outputs.push(device.read(value.output.value))
    tape.backward(value.loss)
  }
  return { loss: rowless ? losses : rowSum / denominator, outputs: joined(outputs) }
}

/** The norm of the gradients, or an error that names the first tensor with a number that is not finite. */
const finiteNorm = ({ device, parameters, step }: Training): number => {
  const norm = device.gradientNorm(parameters)
  if (Number.isFinite(norm)) return norm
  for (const { name, gradient } of parameters) {
    const at = device.firstNotFinite(gradient)
    if (at === -1) continue
    const value = device.read(gradient)[at]
    throw failed(step + 1, "finite gradients", `${value} as element ${at} of the gradient of "${name}"; no weight was changed`)
  }
  throw failed(step + 1, "a finite norm of the gradients", `${norm}; no weight was changed`)
}

const coherenceOf = ({ device, parameters, former }: Training, norm: number): number | undefined => {
  if (former.norm === undefined || former.norm === 0 || norm === 0) return undefined
  const product = parameters.reduce((sum, { gradient }, at) => {
    const before = former.tensors[at]
    return before === undefined ? sum : sum + device.dot(gradient, before)
  }, 0)
  // rounding may leave the cosine a hair outside of its range
  return Math.max(-1, Math.min(1, product / (norm * former.norm)))
}

const remember = ({ device, parameters, former }: Training, norm: number): void => {
  for (const [at, { gradient }] of parameters.entries()) {
    const tensor = former.tensors[at]
    if (tensor !== undefined) device.kernels.copy(gradient, tensor)
  }
  former.norm = norm
}

/**
 * Does one optimiser step over micro-batches, in order. Throws {@link GradientError} with the step, and the tensor where there is one, when
 * a loss or a gradient is NaN or infinite, and when there is nothing to learn from; weights and state are then as before.
 */
export const trainStep = <B>(training: Training, objective: Objective<B>, batches: ReadonlyArray<B>): StepResult => {
  const { device, parameters } = training
  const step = training.step + 1
  const denominator = batches.reduce((sum, batch) => sum + objective.terms(batch), 0)
  if (!(denominator > 0)) throw failed(step, "at least one row that counts in the loss", `${batches.length} micro-batches with none`)
  device.zeroGradients(parameters)
  const { loss, outputs } = accumulate(training, objective, batches, denominator)
  const norm = finiteNorm(training)
  const coherence = coherenceOf(training, norm)
  remember(training, norm)
  if (training.clip_norm !== undefined) clipFrom(device, parameters, norm, training.clip_norm)
  const rate = training.schedule(training.step)
  training.optimiser.step(step, rate)
  training.step = step
  return { step, loss, gradient_norm: norm, learning_rate: rate, ...(coherence === undefined ? {} : { coherence }), outputs }
}
