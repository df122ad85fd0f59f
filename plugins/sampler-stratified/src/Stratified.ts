/**
 * Sampler `stratified`: a permutation in which every window of `window` consecutive samples holds each class within ±1 of its share
 * of the whole. Which sample of a class stands where is drawn; so is which class, as far as the windows leave a choice.
 *
 * Sharp edge: balance is in the shares of the split, not in equal numbers. A class with one sample in a thousand stays that rare.
 */
import { type Mistake, optionsFrom, Sampler, type SamplerItem } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { balanced } from "./balanced.ts"

const Options = Schema.Struct({ window: Schema.Int.check(Schema.isGreaterThanOrEqualTo(2)) })
type Options = typeof Options.Type

const check = (index: ReadonlyArray<SamplerItem>): ReadonlyArray<Mistake> => {
  const without = index.filter(({ class_id }) => class_id === undefined)
  if (without.length === 0) return []
  const first = without.slice(0, 3).map(({ sample_id }) => JSON.stringify(sample_id))
  return [
    {
      path: [],
      problem: "missing",
      message: `the sampler stratified needs the class of every sample; ${without.length} of ${index.length} have none`,
      expected: "a class_id in every entry of the index",
      actual: `none in ${first.join(", ")}${without.length > first.length ? ", …" : ""}`
    }
  ]
}

export const stratified: Sampler<Options> = Sampler.define<Options>({
  id: "stratified",
  decodeOptions: optionsFrom(Options),
  check: (_options, { index }) => check(index),
  plan: ({ window }, { index, rng }) => {
    const classes = new Map<number, Array<number>>()
    for (const { class_id, position } of index) {
      if (class_id === undefined) throw new RangeError(check(index)[0]?.message)
      const positions = classes.get(class_id)
      if (positions === undefined) classes.set(class_id, [position])
      else positions.push(position)
    }
    // By class id, so that the order does not depend on which class the index happens to begin with.
    const drawn = [...classes].sort(([left], [right]) => left - right).map(([, positions]) => rng.shuffle(positions))
    const pattern = balanced(
      drawn.map((positions) => positions.length),
      window,
      rng
    )
    const next = drawn.map((positions) => positions.values())
    return { order: pattern.map((each) => taken(next[each])), draws: "permutation" }
  }
})

const taken = (positions: Iterator<number> | undefined): number => {
  const step = positions?.next()
  if (step === undefined || step.done === true) throw new RangeError("the pattern names a class more often than it has samples")
  return step.value
}
