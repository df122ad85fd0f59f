/**
 * What people say of a run: tags, a note, a star, and whether it is out of sight. It stands beside the run, enters no hash and changes no
 * result; every change is kept, so that what was overwritten can be read again.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

export interface Marks {
  /** Sorted by code unit, each once. */
  readonly tags: ReadonlyArray<string>
  /** Null: none. */
  readonly note: string | null
  readonly starred: boolean
  readonly archived: boolean
  /** How many changes led here. */
  readonly revision: number
}

/** What is to be otherwise; what is absent stays. */
export interface MarkChange {
  readonly add_tags?: ReadonlyArray<string>
  readonly remove_tags?: ReadonlyArray<string>
  /** Null takes the note away. */
  readonly note?: string | null
  readonly starred?: boolean
  readonly archived?: boolean
}

export interface MarkEntry {
  /** From 1. */
  readonly revision: number
  /** What really changed. */
  readonly change: MarkChange
  /** Unix milliseconds. */
  readonly at_wall: number
}

export const noMarks: Marks = { tags: [], note: null, starred: false, archived: false, revision: 0 }

/** The part of a change that changes something; undefined where all of it is so already. */
export const effectiveChange = (marks: Marks, change: MarkChange): MarkChange | undefined => {
  const without = (change.remove_tags ?? []).filter((tag) => marks.tags.includes(tag))
  // A tag that is taken away and given in one breath stays.
  const remove_tags = [...new Set(without.filter((tag) => !(change.add_tags ?? []).includes(tag)))].sort()
  const add_tags = [...new Set((change.add_tags ?? []).filter((tag) => !marks.tags.includes(tag)))].sort()
  const effective: MarkChange = {
    ...(add_tags.length === 0 ? {} : { add_tags }),
    ...(remove_tags.length === 0 ? {} : { remove_tags }),
    ...(change.note === undefined || change.note === marks.note ? {} : { note: change.note }),
    ...(change.starred === undefined || change.starred === marks.starred ? {} : { starred: change.starred }),
    ...(change.archived === undefined || change.archived === marks.archived ? {} : { archived: change.archived })
  }
  return Object.keys(effective).length === 0 ? undefined : effective
}

export const applyMark = (marks: Marks, { revision, change }: Pick<MarkEntry, "revision" | "change">): Marks => ({
  tags: [...new Set([...marks.tags.filter((tag) => !(change.remove_tags ?? []).includes(tag)), ...(change.add_tags ?? [])])].sort(),
  note: change.note === undefined ? marks.note : change.note,
  starred: change.starred ?? marks.starred,
  archived: change.archived ?? marks.archived,
  revision
})

/** What of the marks of a run another store is told: whether it is out of sight is a matter of each store. */
export type SaidOfRun = Pick<Marks, "tags" | "note" | "starred">

export interface MarkDifference {
  readonly field: "tags" | "note" | "starred"
  readonly ours: string | boolean | null
  readonly theirs: string | boolean | null
}

/**
 * What another store said of a run, beside what was said here. Whatever was ever said here stands, also that a tag or the note was taken
 * away; what was never spoken of here is taken over. `differences` are what was not taken over.
 *
 * @param history of the run here, oldest first
 */
export const mergeMarks = (
  history: ReadonlyArray<MarkEntry>,
  theirs: SaidOfRun
): { readonly change: MarkChange; readonly differences: ReadonlyArray<MarkDifference> } => {
  const ours = history.reduce(applyMark, noMarks)
  const spoken = (field: "note" | "starred") => history.some(({ change }) => change[field] !== undefined)
  const once = new Set(history.flatMap(({ change }) => [...(change.add_tags ?? []), ...(change.remove_tags ?? [])]))
  const add_tags = theirs.tags.filter((tag) => !once.has(tag))
  const away = theirs.tags.filter((tag) => once.has(tag) && !ours.tags.includes(tag))
  return {
    change: {
      ...(add_tags.length === 0 ? {} : { add_tags }),
      ...(theirs.note === null || spoken("note") ? {} : { note: theirs.note }),
      ...(theirs.starred && !spoken("starred") ? { starred: true } : {})
    },
    differences: [
      ...away.map((tag): MarkDifference => ({ field: "tags", ours: null, theirs: tag })),
      ...(theirs.note !== null && spoken("note") && theirs.note !== ours.note
        ? [{ field: "note", ours: ours.note, theirs: theirs.note } as const]
        : []),
      ...(theirs.starred && spoken("starred") && !ours.starred ? [{ field: "starred", ours: false, theirs: true } as const] : [])
    ]
  }
}

/** The name of what is said of a run at one moment: another as soon as anything else is said of it, or of another run. */
export const marksTag = (run_id: string, { revision }: Pick<Marks, "revision">): string => `${run_id}:${revision}`

export class UserMarks extends Context.Service<
  UserMarks,
  {
    /**
     * Marks as they are behind the change; a change that changes nothing is not kept. Fails with reason `usage` for a run that is not there.
     *
     * @param ifMatch {@link marksTag} of what the change was made for; where something else was said since, nothing is changed, and FT4053
     *   says what stands now
     */
    readonly mark: (
      run_id: string,
      change: MarkChange,
      ifMatch?: string
    ) => Effect.Effect<{ readonly marks: Marks; readonly changed: boolean }, TrainerError>
    /** Of every run that was ever marked. */
    readonly all: Effect.Effect<ReadonlyMap<string, Marks>, TrainerError>
    /** Oldest first. */
    readonly history: (run_id: string) => Effect.Effect<ReadonlyArray<MarkEntry>, TrainerError>
  }
>()("@feagi-trainer/core/UserMarks") {}
