/** Words and verdicts of the run page, made of what the record says; without a page around them. */
import { inline } from "../../format.ts"

/** A class by its label; what else an answer is, by its kind. */
export const answerWords = (value: unknown, labels: ReadonlyArray<{ readonly class_id: number; readonly label: string }>): string => {
  if (typeof value !== "object" || value === null) return "none"
  if ("class" in value) {
    const { class_id } = value.class as { readonly class_id: number }
    return labels.find((each) => each.class_id === class_id)?.label ?? `class ${class_id}`
  }
  if ("abstain" in value) return `none: ${(value.abstain as { readonly reason?: string }).reason ?? "abstained"}`
  return Object.keys(value).join(", ").replaceAll("_", " ")
}

export interface Drift {
  readonly text: string
  readonly tone: "neutral" | "good" | "warn" | "bad"
}

/** Whether what was learnt changed in a phase, and whether it may: a phase that measures must leave it as it is. */
export const drift = (before: string | null, after: string | null, learns: boolean): Drift => {
  if (before === null || after === null) return { text: "not ended", tone: "neutral" }
  if (before === after) return learns ? { text: "nothing learnt", tone: "warn" } : { text: "unchanged", tone: "good" }
  return learns ? { text: "learnt", tone: "good" } : { text: "drifted", tone: "bad" }
}

type Tree = Readonly<Record<string, unknown>>

export const isBranch = (value: unknown): value is Tree => typeof value === "object" && value !== null && Object.keys(value).length > 0

/** Whether a place or anything below it is called so or has such a value; `find` in lower case. */
export const holds = (name: string, value: unknown, find: string): boolean =>
  find === "" ||
  name.toLowerCase().includes(find) ||
  (isBranch(value) ? Object.entries(value).some(([inner, each]) => holds(inner, each, find)) : inline(value).toLowerCase().includes(find))

/** What an event of the journal says in a line: plain values first, then what is nested, by its numbers; hashes are left out. */
export const saying = (payload: Tree): string => {
  const told = Object.entries(payload).filter(([name]) => !name.endsWith("sha256") && !name.endsWith("_hash"))
  const plain = told.filter(([, value]) => typeof value !== "object" || value === null)
  const nested = told.filter(([, value]) => typeof value === "object" && value !== null)
  return [
    ...plain.map(([name, value]) => `${name} ${inline(value)}`),
    ...nested.map(([name, value]) => (Array.isArray(value) ? `${value.length} ${name}` : `${name} ${numbersOf(value as Tree)}`))
  ].join(" · ")
}

/** The first plain values of a tree; of what is deeper only that it is there. */
const numbersOf = (tree: Tree): string => {
  const entries = Object.entries(tree)
  const plain = entries.filter(([, value]) => typeof value !== "object" || value === null).slice(0, 4)
  const deeper = entries.filter(([, value]) => isBranch(value)).map(([name, value]) => `${name} (${Object.keys(value as Tree).join(", ")})`)
  const left = entries.length - plain.length - deeper.length
  return [...plain.map(([name, value]) => `${name} ${inline(value)}`), ...deeper, ...(left > 0 ? [`${left} more`] : [])].join(", ")
}
