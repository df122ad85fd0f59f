/**
 * Optimisers, as PyTorch's `torch.optim` defines them, on the fused kernels of the device. Every number is f32; the learning rate comes
 * with each step, and the moments are the state that a checkpoint carries.
 *
 * Sharp edges: `step(t)` counts from 1 and Adam's bias correction depends on it, so a resumed training has to go on counting; a parameter
 * whose gradient is 0 still moves by momentum and decay. A step that is not finite is not refused here but by the training step.
 */
import * as Schema from "effect/Schema"
import type { Device } from "./Device.ts"
import { unknownType } from "./Schedule.ts"
import { decodeOrThrow } from "./SpecProblem.ts"
import type { Parameter, Tensor } from "./Tensor.ts"

/** Description of an optimiser. `type` chooses the kind; the kind's schema judges the rest. */
export interface OptimiserSpec {
  readonly type: string
  readonly [option: string]: unknown
}

/** A tensor that an optimiser keeps between steps, such as `momentum/layers.0.weight`. */
export interface OptimiserState {
  readonly name: string
  readonly tensor: Tensor
}

export interface Optimiser {
  /** Moves every parameter along its gradient. `t` counts the steps from 1. */
  readonly step: (t: number, learningRate: number) => void
  /** What has to be saved, in the order of the parameters; empty where nothing is kept. */
  readonly state: ReadonlyArray<OptimiserState>
}

/** How one kind of optimiser is decoded and opened. */
export interface OptimiserKind {
  readonly type: string
  readonly schema: Schema.Codec<unknown, unknown>
  readonly open: (device: Device, spec: unknown, parameters: ReadonlyArray<Parameter>) => Optimiser
}

/** Makes a kind of optimiser; its options are decoded strictly before `open` sees them. */
export const defineOptimiser = <S>(
  type: string,
  schema: Schema.Codec<S, unknown>,
  open: (device: Device, spec: S, parameters: ReadonlyArray<Parameter>) => Optimiser
): OptimiserKind => ({
  type,
  schema,
  open: (device, spec, parameters) => open(device, decodeOrThrow(`optimiser of type "${type}"`, schema, spec), parameters)
})

/** One tensor of zeros for each parameter, under `<slot>/<parameter>`. */
const slots = (device: Device, slot: string, parameters: ReadonlyArray<Parameter>) =>
  parameters.map((parameter) => ({ parameter, name: `${slot}/${parameter.name}`, tensor: device.allocate(parameter.value.shape) }))

const stateOf = ({ name, tensor }: OptimiserState): OptimiserState => ({ name, tensor })

/** w ← w − r·g (Robbins and Monro, 1951, in the form of `torch.optim.SGD`). */
export const sgd = defineOptimiser("sgd", Schema.Struct({ type: Schema.Literal("sgd") }), (device, _, parameters) => ({
  step: (_t, rate) => {
    for (const { value, gradient } of parameters) device.kernels.sgd(value, gradient, rate)
  },
  state: []
}))

const Momentum = Schema.Struct({
  type: Schema.Literal("momentum"),
  momentum: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0), Schema.isLessThan(1)),
  nesterov: Schema.Boolean
})

/**
 * v ← m·v + g; w ← w − r·v, or with `nesterov` w ← w − r·(g + m·v) (Sutskever, Martens, Dahl, Hinton, ICML 2013, §2, in the form of
 * `torch.optim.SGD` without dampening: the rate stands outside of the velocity).
 */
export const momentum = defineOptimiser("momentum", Momentum, (device, spec, parameters) => {
  const velocities = slots(device, "momentum", parameters)
  return {
    step: (_, rate) => {
      for (const { parameter, tensor } of velocities) {
        device.kernels.momentum(parameter.value, parameter.gradient, tensor, { rate, momentum: spec.momentum, nesterov: spec.nesterov })
      }
    },
    state: velocities.map(stateOf)
  }
})

const Beta = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0), Schema.isLessThan(1))

const AdamOptions = {
  beta1: Beta,
  beta2: Beta,
  epsilon: Schema.Finite.check(Schema.isGreaterThan(0)),
  weight_decay: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))
}

const moments = (device: Device, parameters: ReadonlyArray<Parameter>) => {
  const second = slots(device, "second-moment", parameters)
  const both = slots(device, "first-moment", parameters).map((first, at) => {
    const other = second[at]
    if (other === undefined) throw new Error("unreachable: both moments have one tensor for each parameter")
    return { parameter: first.parameter, first, second: other }
  })
  return { both, state: both.flatMap(({ first, second: other }) => [stateOf(first), stateOf(other)]) }
}

/**
 * g ← g + λ·w; m ← m + (1 − β₁)·(g − m); v ← β₂·v + (1 − β₂)·g²; w ← w − (r / (1 − β₁ᵗ))·m / (√v / √(1 − β₂ᵗ) + ε)
 * (Kingma and Ba, ICLR 2015, algorithm 1, in the order of operations of `torch.optim.Adam`, so that the weights are the same bits as there
 * without fused multiply-adds; the decay λ joins the gradient, as there). Sharp edge: with λ > 0 the gradients in memory hold the decay
 * afterwards.
 */
export const adam = defineOptimiser(
  "adam",
  Schema.Struct({ type: Schema.Literal("adam"), ...AdamOptions }),
  (device, { beta1, beta2, epsilon, weight_decay }, parameters) => {
    const { both, state } = moments(device, parameters)
    return {
      step: (t, rate) => {
        for (const { parameter, first, second } of both) {
          if (weight_decay > 0) device.kernels.addScaled(parameter.gradient, parameter.value, weight_decay)
          device.kernels.adam(parameter.value, parameter.gradient, first.tensor, second.tensor, { rate, beta1, beta2, epsilon, t })
        }
      },
      state
    }
  }
)

/**
 * w ← w·(1 − r·λ), then Adam's step without decay in the gradient (Loshchilov and Hutter, ICLR 2019, algorithm 2, with the rate r as factor
 * of both, as `torch.optim.AdamW` has it).
 */
export const adamw = defineOptimiser(
  "adamw",
  Schema.Struct({ type: Schema.Literal("adamw"), ...AdamOptions }),
  (device, { beta1, beta2, epsilon, weight_decay }, parameters) => {
    const { both, state } = moments(device, parameters)
    return {
      step: (t, rate) => {
        for (const { parameter, first, second } of both) {
          const numbers = { rate, beta1, beta2, epsilon, t, weightDecay: weight_decay }
          device.kernels.adamw(parameter.value, parameter.gradient, first.tensor, second.tensor, numbers)
        }
      },
      state
    }
  }
)

/** The optimisers that come with the package, by type. */
export const optimiserKinds: ReadonlyMap<string, OptimiserKind> = new Map([sgd, momentum, adam, adamw].map((kind) => [kind.type, kind]))

/**
 * The optimiser that `spec` describes: sgd, momentum, adam, adamw, or one of `kinds`, with its state at zero.
 * Throws `SpecError` with every mistake of the description.
 */
export const makeOptimiser = (
  device: Device,
  spec: OptimiserSpec,
  parameters: ReadonlyArray<Parameter>,
  kinds: ReadonlyMap<string, OptimiserKind> = optimiserKinds
): Optimiser => {
  const kind = kinds.get(spec.type)
  if (kind === undefined) throw unknownType("optimiser", spec.type, kinds.keys())
  return kind.open(device, spec, parameters)
}
