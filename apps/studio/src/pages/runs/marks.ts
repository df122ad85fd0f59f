/** A change of marks, and the lines that make the same at a prompt: one for each run. */
import { commandOf } from "@feagi-trainer/control-api/argv"

export interface MarkChange {
  readonly add_tags?: ReadonlyArray<string>
  readonly remove_tags?: ReadonlyArray<string>
  readonly note?: string
  readonly starred?: boolean
  readonly archived?: boolean
  /** The etag of the marks that the change is made for. */
  readonly if_match?: string
}

/** Words between commas or spaces, each once. */
export const tagsOf = (text: string): ReadonlyArray<string> => [...new Set(text.split(/[\s,]+/).filter((word) => word !== ""))]

/** Whether a change says nothing of the runs. */
export const saysNothing = ({ if_match: _, ...change }: MarkChange): boolean => Object.keys(change).length === 0

/** The etag is left out: whoever pastes the line later means the marks of then. No line for a change that says nothing, or cannot be said. */
export const markCommands = (runs: Iterable<string>, change: MarkChange): ReadonlyArray<string> => {
  if (saysNothing(change)) return []
  const { if_match: _, ...said } = change
  try {
    return [...runs].map((run) => commandOf("run.mark", { run, ...said }))
  } catch (error) {
    if (error instanceof RangeError) return []
    throw error
  }
}

/** The first line, and how many more there are. */
export const inShort = ([first, ...others]: ReadonlyArray<string>): string | undefined =>
  first === undefined ? undefined : `${first}${others.length === 0 ? "" : ` and ${others.length} more`}`
