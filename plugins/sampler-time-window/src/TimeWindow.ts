/**
 * Sampler `time-window`: consecutive samples of one episode (`group`), window by window, in the order of their time. No window crosses
 * from one episode to the next.
 *
 * Sharp edges: windows that overlap visit a sample more than once, windows that are apart or incomplete leave samples out, and the plan
 * says which; consecutive means next in time, however long the pause between two samples is; equal times go by the sample's id.
 */
import { type Mistake, optionsFrom, Sampler, type SamplerItem, type SamplerPlan } from "@feagi-trainer/contracts"
import { Options } from "./Options.ts"

interface Window {
  readonly group: string
  readonly start: number
  readonly positions: ReadonlyArray<number>
}

const byCodeUnit = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/** Says that samples lack what a window is made of. */
const missing = (without: ReadonlyArray<SamplerItem>, total: number, meaning: string, field: string): ReadonlyArray<Mistake> => {
  if (without.length === 0) return []
  const first = without.slice(0, 3).map(({ sample_id }) => JSON.stringify(sample_id))
  return [
    {
      path: [],
      problem: "missing",
      message: `the sampler time-window needs the ${meaning} of every sample; ${without.length} of ${total} have none`,
      expected: `a ${field} in every entry of the index`,
      actual: `none in ${first.join(", ")}${without.length > first.length ? ", …" : ""}`
    }
  ]
}

const check = (options: Options, index: ReadonlyArray<SamplerItem>): ReadonlyArray<Mistake> => {
  const mistakes = [
    ...missing(
      index.filter(({ time }) => !Number.isFinite(time)),
      index.length,
      "time",
      "time"
    ),
    ...missing(
      index.filter(({ group }) => group === undefined),
      index.length,
      "episode",
      "group"
    )
  ]
  if (mistakes.length > 0 || index.length === 0 || windowsOf(options, index).length > 0) return mistakes
  const longest = episodesOf(index).reduce((most, { length }) => Math.max(most, length), 0)
  return [
    {
      path: ["length"],
      problem: "invalid",
      message: "no episode is long enough for a window, so that nothing would be visited",
      expected: `at most ${longest}, the samples of the longest episode, or incomplete = "keep"`,
      actual: String(options.length)
    }
  ]
}

/** The samples of each episode, in the order of time. */
const episodesOf = (index: ReadonlyArray<SamplerItem>): ReadonlyArray<ReadonlyArray<SamplerItem>> => {
  const episodes = Map.groupBy(index, ({ group }) => group ?? "")
  return [...episodes.values()].map((episode) =>
    episode.sort((left, right) => (left.time ?? 0) - (right.time ?? 0) || byCodeUnit(left.sample_id, right.sample_id))
  )
}

/** All windows, as they began; windows that begin at one time go by the names of their episodes. */
const windowsOf = ({ length, stride, incomplete }: Options, index: ReadonlyArray<SamplerItem>): ReadonlyArray<Window> => {
  const windows: Array<Window> = []
  for (const episode of episodesOf(index))
    for (let start = 0; start < episode.length; start += stride) {
      const first = episode[start]
      if (first === undefined || (incomplete === "drop" && start + length > episode.length)) break
      const positions = episode.slice(start, start + length).map(({ position }) => position)
      windows.push({ group: first.group ?? "", start: first.time ?? 0, positions })
    }
  return windows.sort((left, right) => left.start - right.start || byCodeUnit(left.group, right.group))
}

/** What comes of these windows in words: a sample is in as many of them as begin within its last `length` samples. */
const drawsOf = ({ length, stride }: Options, order: ReadonlyArray<number>, total: number): SamplerPlan["draws"] => {
  const visited = new Set(order).size
  if (visited === total && order.length === total) return "permutation"
  const windows = `windows of ${length} consecutive samples of one episode, one from every ${stride}`
  return visited === order.length
    ? { subset: `the ${visited} of ${total} samples that are in ${windows}` }
    : { weighted: `each sample once for every window that it is in, ${visited} of ${total} in any: ${windows}` }
}

export const timeWindow: Sampler<Options> = Sampler.define<Options>({
  id: "time-window",
  decodeOptions: optionsFrom(Options),
  check: (options, { index }) => check(options, index),
  plan: (options, { index, rng }) => {
    const [mistake] = check(options, index)
    if (mistake !== undefined) throw new RangeError(mistake.message)
    const windows = windowsOf(options, index)
    const order = (options.order === "time" ? windows : rng.shuffle(windows)).flatMap(({ positions }) => positions)
    return { order, draws: drawsOf(options, order, index.length) }
  }
})
