/** Examples in a random order of each epoch, in batches of which the last may be smaller: a function of seed, name and step alone. */
import { streamOf } from "./Loop.ts"

export interface Minibatches {
  readonly per_epoch: number
  readonly total_steps: number
  /** Places of the examples of a step, which counts from 0. */
  readonly at: (step: number) => { readonly epoch: number; readonly places: ReadonlyArray<number> }
}

export const minibatches = (request: {
  readonly seed: number
  readonly name: string
  readonly count: number
  readonly batch_size: number
  readonly num_epochs: number
}): Minibatches => {
  const per_epoch = Math.ceil(request.count / request.batch_size)
  // The order of the present epoch, so that it is not drawn again for every step.
  let drawn: { readonly epoch: number; readonly order: ReadonlyArray<number> } | undefined
  const orderOf = (epoch: number) => {
    if (drawn?.epoch !== epoch)
      drawn = { epoch, order: streamOf(request.seed, `${request.name}/order/epoch-${epoch}`).permutation(request.count) }
    return drawn.order
  }
  return {
    per_epoch,
    total_steps: per_epoch * request.num_epochs,
    at: (step) => {
      const epoch = Math.floor(step / per_epoch)
      const from = (step % per_epoch) * request.batch_size
      return { epoch, places: orderOf(epoch).slice(from, from + request.batch_size) }
    }
  }
}

/** The items at these places, which are within the list. */
export const pick = <A>(items: ReadonlyArray<A>, places: ReadonlyArray<number>): ReadonlyArray<A> =>
  places.flatMap((place) => items.slice(place, place + 1))

/** Items in groups of at most `size`, in order. */
export const inGroups = <A>(items: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size))
