/**
 * Sampler `curriculum`: an epoch visits the easiest share of the samples, a larger one each time, until it visits all of them.
 *
 * Sharp edges: the early epochs are shorter, so that a curriculum and a random order of as many epochs differ in the number of samples
 * that they show; equally easy samples are told apart by their ids; a share is rounded to the nearest number of samples, at least one.
 */
import { type Mistake, optionsFrom, Sampler, type SamplerItem } from "@feagi-trainer/contracts"
import { fractionOf, Options } from "./Options.ts"

/** NaN where the sample has none. */
const difficultyOf = ({ by }: Options, { values }: SamplerItem): number =>
  values !== undefined && Object.hasOwn(values, by) ? (values[by] ?? Number.NaN) : Number.NaN

/** What is wrong with the values that the samples are ordered by. */
const valueMistakes = (options: Options, index: ReadonlyArray<SamplerItem>): ReadonlyArray<Mistake> => {
  const without = index.filter((item) => !Number.isFinite(difficultyOf(options, item)))
  if (without.length === 0) return []
  const first = without.slice(0, 3).map(({ sample_id }) => JSON.stringify(sample_id))
  const names = [...new Set(index.flatMap(({ values }) => Object.keys(values ?? {})))].sort()
  return [
    {
      path: ["by"],
      problem: "invalid",
      message: `the sampler curriculum orders by the value ${JSON.stringify(options.by)}; ${without.length} of ${index.length} samples have none`,
      expected: `a finite number in every sample; the dataset has the values ${names.join(", ") || "(none)"}`,
      actual: `none in ${first.join(", ")}${without.length > first.length ? ", …" : ""}`
    }
  ]
}

export const curriculum: Sampler<Options> = Sampler.define<Options>({
  id: "curriculum",
  decodeOptions: optionsFrom(Options),
  check: (options, { index, epochs }) => [
    ...valueMistakes(options, index),
    ...(epochs > options.schedule.epochs_to_full
      ? []
      : [
          {
            path: ["schedule", "epochs_to_full"],
            problem: "invalid" as const,
            message: "training ends before an epoch visits all samples, so that the hardest are never learnt",
            expected: `less than the ${epochs} epochs of training`,
            actual: String(options.schedule.epochs_to_full)
          }
        ])
  ],
  plan: (options, { index, rng, epoch }) => {
    const [mistake] = valueMistakes(options, index)
    if (mistake !== undefined) throw new RangeError(mistake.message)
    const sign = options.order === "rising" ? 1 : -1
    const sorted = [...index].sort(
      (left, right) => sign * (difficultyOf(options, left) - difficultyOf(options, right)) || (left.sample_id < right.sample_id ? -1 : 1)
    )
    const visited = Math.min(index.length, Math.max(1, Math.round(fractionOf(options.schedule, epoch) * index.length)))
    const easiest = sorted.slice(0, visited).map(({ position }) => position)
    return {
      order: options.within === "shuffled" ? rng.shuffle(easiest) : easiest,
      draws:
        visited === index.length
          ? "permutation"
          : {
              subset: `the ${visited} of ${index.length} samples with the ${options.order === "rising" ? "smallest" : "largest"} ${options.by}`
            }
    }
  }
})
