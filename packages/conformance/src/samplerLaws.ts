/**
 * The laws of a sampler: an order that is a permutation or says otherwise, made of the index, the stream and the epoch alone.
 *
 * Sharp edge: a sampler that draws from a clock or a counter passes many runs and fails a resumed one; it is found here by planning
 * other things in between, and by going on from every place with nothing but a cursor that went through JSON.
 */
import type { EntryManifest, Rng, Sampler, SamplerCursor, SamplerItem, SamplerPlan } from "@feagi-trainer/contracts"
import { breakLaw, expectDifferent, expectSame, expectThrow, messageOf } from "./Broken.ts"
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
  /** Index of `items` samples. Left out: three classes, four groups, rising times, two values. */
  readonly index?: (rng: Rng, items: number) => ReadonlyArray<SamplerItem>
  /** `different` unless the sampler declares that all epochs go alike. */
  readonly epochs: "different" | "same"
  /** `different` unless the sampler declares that it draws nothing. Left out: as `epochs`. */
  readonly seeds?: "different" | "same"
  readonly golden?: ReadonlyArray<GoldenOrder>
  readonly manifest?: EntryManifest
  readonly seed?: string
}

/** An index of three classes, four groups, rising times, and the values `difficulty` (many ties) and `length`. */
export const drawnIndex = (rng: Rng, items: number): ReadonlyArray<SamplerItem> =>
  Array.from({ length: items }, (_, position) => ({
    position,
    sample_id: `sample-${position}`,
    class_id: rng.below(3),
    group: `group-${rng.below(4)}`,
    time: position * 1000 + rng.below(1000)
  })).map((item) => ({ ...item, values: { difficulty: rng.below(8), length: rng.unit() } }))

/** The stream that a host hands to a sampler in one epoch. */
export const epochRng = (seed: string, epoch: number): Rng => rngOf(seed, `epoch-${epoch}`)

/** Training as `check` is told: longer than any schedule of a test. */
const epochs = 100

/** What may be missing in the index of another dataset. */
const optionalFacts = ["class_id", "group", "time", "values"] as const

/** The laws for this sampler under these options, one more for each golden order and one for the manifest. */
export const samplerLaws = <Options>(subject: SamplerSubject<Options>): ReadonlyArray<Law> => {
  const { sampler } = subject
  const seed = subject.seed ?? suiteSeed
  const indexOf = subject.index ?? drawnIndex
  const options = () => decodedOptions(sampler.decodeOptions, subject.options)
  const plan = (index: ReadonlyArray<SamplerItem>, from: string, epoch: number): SamplerPlan =>
    sampler.plan(options(), { index, rng: epochRng(from, epoch), epoch })
  const mistakesOf = (index: ReadonlyArray<SamplerItem>) => sampler.check?.(options(), { index, epochs }) ?? []

  const forCases = (name: string, check: (index: ReadonlyArray<SamplerItem>, stream: string, from: string) => void): Law => ({
    name,
    check: () => {
      for (const [number, { rng, from }] of casesOf(seed).entries()) {
        const index = indexOf(rng, 2 + rng.below(40))
        // A few samples may be too few, and are then refused before the run.
        if (mistakesOf(index).length === 0) check(index, `${seed}-${number}`, from)
      }
    }
  })

  return [
    optionsLaw(sampler.decodeOptions, subject.options),
    forCases("an order is a permutation of the positions, or says what it leaves out or repeats", (index, stream, from) => {
      for (const epoch of [0, 1, 7]) expectComplete(index, plan(index, stream, epoch), from)
    }),
    forCases("the same index, stream and epoch give the same order, whatever was planned before", (index, stream, from) => {
      const straight = [0, 1, 2, 3].map((epoch) => plan(index, stream, epoch))
      plan(index.slice(1), `${stream}-other`, 2)
      // As workers would: each of them plans some epochs, in an order of its own.
      for (const epoch of [3, 1, 2, 0])
        expectSame(`the plan of epoch ${epoch}, made again`, straight[epoch], plan(index, stream, epoch), from)
    }),
    {
      name: "a visit ends, and goes on from any place by its cursor alone",
      check: () => {
        const index = indexOf(rngOf(seed, "visit"), 30)
        const last = 3
        const whole = [0, 1, 2].flatMap((epoch) => plan(index, seed, epoch).order)
        const visited: Array<number> = []
        let cursor: SamplerCursor = { epoch: 0, next: 0 }
        while (cursor.epoch < last) {
          // Another process: the index is read again, the cursor comes from a file.
          const { epoch, next } = JSON.parse(JSON.stringify(cursor)) as SamplerCursor
          const { order } = plan(structuredClone(index), seed, epoch)
          const position = order[next]
          if (position !== undefined) visited.push(position)
          cursor = next + 1 < order.length ? { epoch, next: next + 1 } : { epoch: epoch + 1, next: 0 }
          if (visited.length > whole.length) breakLaw("a visit of three epochs", `its end after ${whole.length} samples`, "more samples")
        }
        expectSame("what was visited, stopping after every sample", whole, visited, `seed ${JSON.stringify(seed)}, 30 samples`)
      }
    },
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
      name: (subject.seeds ?? subject.epochs) === "different" ? "seeds differ" : "every seed gives the same order, as declared",
      check: () => {
        const index = indexOf(rngOf(seed, "seeds"), 50)
        const [first, second] = [plan(index, seed, 2).order, plan(index, `${seed}-other`, 2).order]
        const from = `seeds ${JSON.stringify(seed)} and ${JSON.stringify(`${seed}-other`)}, epoch 2 of 50 samples`
        if ((subject.seeds ?? subject.epochs) === "same") expectSame("the orders of two seeds", first, second, from)
        else expectDifferent("the orders of two seeds", 'two orders, or seeds: "same" where the suite is called', first, second, from)
      }
    },
    {
      name: "no sample and one sample are planned",
      check: () => {
        for (const items of [0, 1]) {
          const index = indexOf(rngOf(seed, `items-${items}`), items)
          // What cannot be planned is refused before the run.
          if (mistakesOf(index).length > 0) continue
          let planned: SamplerPlan
          try {
            planned = plan(index, seed, 0)
          } catch (error) {
            return breakLaw(`the plan of ${items} samples`, "an order", `an error: ${messageOf(error)}`)
          }
          expectComplete(index, planned, `seed ${JSON.stringify(seed)}, ${items} samples`)
        }
      }
    },
    {
      name: "check finds nothing in an index that is planned, and something in one that is not",
      check: () => {
        const index = indexOf(rngOf(seed, "check"), 30)
        const [mistake] = mistakesOf(index)
        if (mistake !== undefined) breakLaw("check() of the sound index", "no mistake", mistake.message)
        for (const fact of optionalFacts) {
          const without = index.map((item, at) => {
            const { [fact]: _, ...rest } = item
            return at % 7 === 3 ? rest : item
          })
          const what = `without ${fact} in every seventh sample`
          const mistakes = mistakesOf(without)
          for (const { message } of mistakes) if (message === "") breakLaw(`a mistake ${what}`, "a message", "an empty text")
          if (mistakes.length > 0)
            expectThrow(`the plan ${what}, which check() refuses`, "an error, and no guess", () => plan(without, seed, 0))
          else
            try {
              plan(without, seed, 0)
            } catch (error) {
              breakLaw(`check() ${what}`, "a mistake, because it cannot be planned", `none, and then an error: ${messageOf(error)}`)
            }
        }
      }
    },
    forCases("the index is left as it is", (index, stream, from) => {
      const before = structuredClone(index)
      plan(index, stream, 0)
      mistakesOf(index)
      expectSame("the index after check() and a plan", before, index, from)
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

/** Breaks the law unless the order is what `draws` says of it. */
const expectComplete = (index: ReadonlyArray<SamplerItem>, { order, draws }: SamplerPlan, from: string): void => {
  const positions = index.map(({ position }) => position)
  const rising = (numbers: ReadonlyArray<number>) => [...numbers].sort((left, right) => left - right)
  if (draws === "permutation") expectSame("the positions of the order, sorted", rising(positions), rising(order), from)
  const known = new Set(positions)
  const stray = order.find((position) => !known.has(position))
  if (stray !== undefined) breakLaw("the order", "positions of the index", String(stray), from)
  if (draws === "permutation") return
  const twice = "subset" in draws ? order.find((position, at) => order.indexOf(position) !== at) : undefined
  if (twice !== undefined) breakLaw("an order that is a subset", "each position at most once", `${twice} again`, from)
  const sentence = "subset" in draws ? draws.subset : draws.weighted
  if (sentence === "") breakLaw("what the order draws", "a sentence that says which samples, or by which weights", "an empty text", from)
}
