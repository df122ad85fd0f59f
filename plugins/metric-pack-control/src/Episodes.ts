/**
 * All that the pack remembers: one summary per initial state, with how often it was given. Every value is made of them in the order of
 * the initial states, so the order of arrival cannot be seen.
 *
 * Sharp edge: an initial state belongs to one rollout. The same rollout given again counts again, as resampling needs it; another rollout
 * from the same state, or the same one from another state, is refused.
 */
import { Effect, HashMap, Option, Schema, SchemaGetter, SchemaIssue } from "effect"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

const Outcome = Schema.Struct({
  return: Schema.Finite,
  steps: Count,
  terminated: Schema.Boolean,
  success: Schema.Boolean,
  /** Null where nothing is forbidden. */
  violations: Schema.NullOr(Count),
  /** Null where recovery is not judged; a null in it is a push that was never recovered from. */
  latencies: Schema.NullOr(Schema.Array(Schema.NullOr(Count))),
  /** Steps within the band. */
  steady: Schema.NullOr(Count),
  cost: Schema.NullOr(Schema.Struct({ spikes: Count, bursts: Count, neurons: Count }))
})

export const Summary = Schema.Struct({
  sample_id: Schema.String,
  initial_state_index: Count,
  /** How each part was judged, as it stands in signatures. */
  rules: Schema.Struct({
    success: Schema.String,
    constraints: Schema.NullOr(Schema.String),
    recovery: Schema.NullOr(Schema.String)
  }),
  /** Null where there is no record: an abstention. */
  outcome: Schema.NullOr(Outcome)
})
export type Summary = typeof Summary.Type

/** A rollout and how often it was given. */
export const Entry = Schema.Struct({ summary: Summary, times: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)) })
export type Entry = typeof Entry.Type

export interface Episodes {
  readonly byState: HashMap.HashMap<number, Entry>
  /** The initial state of every rollout. */
  readonly stateOf: HashMap.HashMap<string, number>
}

export const noEpisodes: Episodes = { byState: HashMap.empty(), stateOf: HashMap.empty() }

const put = (episodes: Episodes, { summary, times }: Entry): Episodes => {
  const { sample_id, initial_state_index: index } = summary
  const known = Option.getOrUndefined(HashMap.get(episodes.byState, index))
  const elsewhere = Option.getOrUndefined(HashMap.get(episodes.stateOf, sample_id))
  if (elsewhere !== undefined && elsewhere !== index)
    throw new RangeError(
      `sample "${sample_id}": it began from initial state ${index} and from ${elsewhere}, expected one rollout for each initial state`
    )
  if (known !== undefined && known.summary.sample_id !== sample_id)
    throw new RangeError(
      `sample "${sample_id}": it began from initial state ${index}, which the rollout "${known.summary.sample_id}" has consumed, expected one rollout for each`
    )
  if (known !== undefined && JSON.stringify(known.summary) !== JSON.stringify(summary))
    throw new RangeError(`sample "${sample_id}": it comes with two records that differ, expected one rollout for initial state ${index}`)
  return {
    byState: HashMap.set(episodes.byState, index, { summary, times: times + (known?.times ?? 0) }),
    stateOf: elsewhere === undefined ? HashMap.set(episodes.stateOf, sample_id, index) : episodes.stateOf
  }
}

/** The rollouts in the order of their initial states. */
export const entriesOf = (episodes: Episodes): ReadonlyArray<Entry> =>
  [...HashMap.values(episodes.byState)].sort((left, right) => left.summary.initial_state_index - right.summary.initial_state_index)

export const addEpisode = (episodes: Episodes, summary: Summary): Episodes => put(episodes, { summary, times: 1 })

/** The rollouts of both. Throws RangeError like an addition. */
export const mergeEpisodes = (left: Episodes, right: Episodes): Episodes => {
  const [more, fewer] = HashMap.size(left.byState) >= HashMap.size(right.byState) ? [left, right] : [right, left]
  return entriesOf(fewer).reduce(put, more)
}

const EpisodesInMemory = Schema.declare(
  (value: unknown): value is Episodes =>
    typeof value === "object" && value !== null && "byState" in value && HashMap.isHashMap(value.byState),
  { expected: "episodes by initial state" }
)

/** Written as a list in the order of the initial states. */
export const Episodes = Schema.Array(Entry).pipe(
  Schema.decodeTo(EpisodesInMemory, {
    // What was stored may have been changed since: an initial state that is there twice is no state of this pack.
    decode: SchemaGetter.transformEffect<Episodes, ReadonlyArray<Entry>>((entries, options) =>
      Effect.try({
        try: () => entries.reduce(put, noEpisodes),
        catch: (cause) =>
          new SchemaIssue.InvalidValue({ message: cause instanceof Error ? cause.message : String(cause) }, entries, options)
      })
    ),
    encode: SchemaGetter.transform<ReadonlyArray<Entry>, Episodes>(entriesOf)
  })
)
