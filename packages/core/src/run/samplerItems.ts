/** What a sampler sees of the samples of a part: everything of the index but their content. */
import type { IndexEntry, SamplerItem } from "@feagi-trainer/contracts"

export const entriesById = (index: ReadonlyArray<IndexEntry>): ((id: string) => IndexEntry | undefined) => {
  const byId = new Map(index.map((entry) => [entry.sample_id, entry]))
  return (id) => byId.get(id)
}

export const samplerItems = (ids: ReadonlyArray<string>, entryOf: (id: string) => IndexEntry | undefined): ReadonlyArray<SamplerItem> =>
  ids.map((sample_id, position) => {
    const { class_id, group, time, values } = entryOf(sample_id) ?? {}
    return {
      position,
      sample_id,
      ...(class_id === undefined ? {} : { class_id }),
      ...(group === undefined ? {} : { group }),
      ...(time === undefined ? {} : { time }),
      ...(values === undefined ? {} : { values })
    }
  })
