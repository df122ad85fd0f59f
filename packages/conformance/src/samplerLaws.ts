/**
 * The laws of a sampler: an order that is a permutation or says otherwise, made of the index, the stream and the epoch alone.
 *
 * Sharp edge: a sampler that draws from a clock or a counter passes many runs and fails a resumed one; it is found here by planning
 * something else in between.
 */
import type { EntryManifest, Rng, Sampler, SamplerItem, SamplerPlan } from "@feagi-trainer/contracts"
import { breakLaw, expectDifferent, expectSame, messageOf } from "./Broken.ts"
import { casesOf, rngOf, suiteSeed } from "./Cases.ts"
import { entryLaw } from "./EntryLaw.ts"
import type { Law } from "./Law.ts"
import { decodedOptions, optionsLaw } from "./Options.ts"

/** An order that was written down once and holds on every machine. */
export interface GoldenOrder {
  /** The index is `drawnIndex` of this stream, the order drawn from the stream `<seed>/epoch-<epoch>`. */
  readonly seed: string
  readonly epoch: number
  readonly items: number
  readonly order: ReadonlyArray<number>
}

export interface SamplerSubject<Options> {
  readonly sampler: Sampler<Options>
  /** As they stand in a run file. */
  readonly options: unknown
  /** Index of `items` samples. Left out: three classes, four groups, rising times. */
  readonly index?: (rng: Rng, items: number) => ReadonlyArray<SamplerItem>
  /** `different` unless the sampler declares that all epochs go alike. */
  readonly epochs: "different" | "same"
  readonly golden?: ReadonlyArray<GoldenOrder>
  readonly manifest?: EntryManifest
  readonly seed?: string
}

/** An index of three classes, four groups and rising times. */
export const drawnIndex = (rng: Rng, items: number): ReadonlyArray<SamplerItem> =>
  Array.from({ length: items }, (_, position) => ({
    position,
    sample_id: `sample-${position}`,
    class_id: rng.below(3),
    group: `group-${rng.below(4)}`,
    time: position * 1000 + rng.below(1000)
  }))

/** The stream that a host hands to a sampler in one epoch. */
export const epochRng = (seed: string, epoch: number): Rng => rngOf(seed, `epoch-${epoch}`)

/** The laws for this sampler under these options, one more for each golden order and one for the manifest. */
export const samplerLaws = <Options>(subject: SamplerSubject<Options>): ReadonlyArray<Law> => {
  const { sampler } = subject
  const seed = subject.seed ?? suiteSeed
  const indexOf = subject.index ?? drawnIndex
  const plan = (index: ReadonlyArray<SamplerItem>, from: string, epoch: number): SamplerPlan =>
    sampler.plan(decodedOptions(sampler.decodeOptions, subject.options), { index, rng: epochRng(from, epoch), epoch })

  const forCases = (name: string, check: (index: ReadonlyArray<SamplerItem>, stream: string, from: string) => void): Law => ({
    name,
    check: () => {
      for (const [number, { rng, from }] of casesOf(seed).entries()) check(indexOf(rng, 2 + rng.below(40)), `${seed}-${number}`, from)
    }
  })

  return [
    optionsLaw(sampler.decodeOptions, subject.options),
    forCases("an order is a permutation of the positions, or says that it draws with weights", (index, stream, from) => {
      const { order, draws } = plan(index, stream, 0)
      if (draws === "permutation") {
        const sorted = (numbers: ReadonlyArray<number>) => [...numbers].sort((left, right) => left - right)
        expectSame("the positions of the order, sorted", sorted(index.map(({ position }) => position)), sorted(order), from)
        return
      }
      const positions = new Set(index.map(({ position }) => position))
      const stray = order.find((position) => !positions.has(position))
      if (stray !== undefined) breakLaw("a weighted order", "positions of the index", String(stray), from)
      if (draws.weighted === "") breakLaw("a weighted order", "a sentence that says by which weights", "an empty text", from)
    }),
    forCases("the same index, stream and epoch give the same order, whatever was planned before", (index, stream, from) => {
      const first = plan(index, stream, 1)
      plan(index.slice(1), `${stream}-other`, 2)
      expectSame("the plan, made again after another one", first, plan(index, stream, 1), from)
    }),
    {
      name: subject.epochs === "different" ? "epochs differ" : "epochs go alike, as declared",
      check: () => {
        const index = indexOf(rngOf(seed, "epochs"), 50)
        const [first, second] = [plan(index, seed, 0).order, plan(index, seed, 1).order]
        const from = `seed ${JSON.stringify(seed)}, epochs 0 and 1 of 50 samples`
        if (subject.epochs === "same") expectSame("the orders of two epochs", first, second, from)
        else expectDifferent("the orders of two epochs", 'two orders, or epochs: "same" where the suite is called', first, second, from)
      }
    },
    {
      name: "no sample and one sample are planned",
      check: () => {
        for (const items of [0, 1]) {
          const index = indexOf(rngOf(seed, `items-${items}`), items)
          let order: ReadonlyArray<number>
          try {
            order = plan(index, seed, 0).order
          } catch (error) {
            return breakLaw(`the plan of ${items} samples`, "an order", `an error: ${messageOf(error)}`)
          }
          expectSame(
            `the order of ${items} samples`,
            index.map(({ position }) => position),
            order
          )
        }
      }
    },
    forCases("the index is left as it is", (index, stream, from) => {
      const before = structuredClone(index)
      plan(index, stream, 0)
      expectSame("the index after a plan", before, index, from)
    }),
    ...(subject.golden ?? []).map(
      (golden): Law => ({
        name: `equals its golden order: ${golden.items} samples, seed ${JSON.stringify(golden.seed)}, epoch ${golden.epoch}`,
        check: () =>
          expectSame("the order", golden.order, plan(indexOf(rngOf(golden.seed, "index"), golden.items), golden.seed, golden.epoch).order)
      })
    ),
    ...entryLaw(sampler, subject.manifest)
  ]
}
