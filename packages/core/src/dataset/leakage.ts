/**
 * Leakage: what one part of a split gives away of another. The same content, the same meaning in other bytes, the same group, or a
 * near duplicate in two parts lets a learner remember what it should have understood.
 *
 * Counts are exact and never enumerate the pairs of a large group; examples are the first in the order of the index. Sharp edge: a
 * sample that stands in no part leaks nothing, and one that stands in two parts leaks to itself.
 */
import type { Diagnostic, IndexEntry } from "@feagi-trainer/contracts"
import type { Duplicates, NearChecked } from "./Duplicates.ts"
import { type Leak, leakAmong, type Places } from "./leakPairs.ts"

export type { Leak, LeakExample, LeakSide } from "./leakPairs.ts"

export const leakKinds = ["exact", "decoded", "group", "near"] as const
export type LeakKind = (typeof leakKinds)[number]

export interface Leakage extends Readonly<Record<LeakKind, Leak>> {
  readonly near_checked: NearChecked
  readonly near_truncated: boolean
}

export interface LeakageRequest {
  readonly index: ReadonlyArray<IndexEntry>
  readonly duplicates: Duplicates
  /** The ids of a part are different and stand in the index. */
  readonly parts: ReadonlyArray<{ readonly name: string; readonly ids: ReadonlyArray<string> }>
}

/** A reason why a leak is accepted, as the run file says it. */
export interface Waiver {
  readonly leak: LeakKind
  readonly because: string
}

export const leakageOf = ({ index, duplicates, parts }: LeakageRequest): Leakage => {
  const places = placesOf(index, parts)
  const content = (position: number): string => index[position]?.content_hash ?? ""
  const none = () => undefined
  return {
    exact: leakAmong(
      groupsBy(index, (entry) => entry.content_hash),
      none,
      places
    ),
    decoded: leakAmong(duplicates.decoded, content, places),
    group: leakAmong(
      groupsBy(index, (entry) => entry.group),
      none,
      places
    ),
    near: leakAmong(duplicates.near, (position) => position, places),
    near_checked: duplicates.near_checked,
    near_truncated: duplicates.near_truncated
  }
}

const placesOf = (index: ReadonlyArray<IndexEntry>, parts: LeakageRequest["parts"]): Places => {
  const positions = new Map(index.map((entry, position) => [entry.sample_id, position]))
  const partsOf: Array<Array<number>> = index.map(() => [])
  parts.forEach(({ name, ids }, part) => {
    for (const id of ids) {
      const found = partsOf[positions.get(id) ?? -1]
      if (found === undefined) throw new RangeError(`part "${name}" names sample "${id}", which is not in the index`)
      found.push(part)
    }
  })
  return { partsOf, side: (sample, part) => ({ sample_id: index[sample]?.sample_id ?? "", part: parts[part]?.name ?? "" }) }
}

/** The positions that share a key, ascending. */
const groupsBy = (index: ReadonlyArray<IndexEntry>, keyOf: (entry: IndexEntry) => string | undefined): Iterable<ReadonlyArray<number>> => {
  const groups = new Map<string, Array<number>>()
  index.forEach((entry, position) => {
    const key = keyOf(entry)
    if (key === undefined) return
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [position])
    else group.push(position)
  })
  return groups.values()
}

const codes = { exact: "FT2401", decoded: "FT2402", group: "FT2403", near: "FT2404" } as const

const sameness: Readonly<Record<LeakKind, string>> = {
  exact: "have the same content",
  decoded: "mean the same in different bytes",
  group: "belong to the same group",
  near: "are near duplicates"
}

/** A reason of fewer characters says nothing. */
const shortestReason = 10
const named = 3

/**
 * What a benchmark says: every kind of leak is an error until the run file accepts it in writing. As long as nobody looked for near
 * duplicates, or not to the end, that is an error too, which a waiver of `near` accepts as well.
 */
export const leakDiagnostics = (leakage: Leakage, waivers: ReadonlyArray<Waiver>): ReadonlyArray<Diagnostic> => {
  const accepted = new Set(waivers.filter(hasReason).map((each) => each.leak))
  return [
    ...leakKinds.flatMap((kind) => (accepted.has(kind) ? [] : leakOf(kind, leakage))),
    ...waivers.flatMap((waiver, at) => waiverProblems(waiver, at, leakage))
  ]
}

const hasReason = ({ because }: Waiver): boolean => [...because.trim()].length >= shortestReason

const leakOf = (kind: LeakKind, leakage: Leakage): ReadonlyArray<Diagnostic> => {
  const leak = leakage[kind]
  const found: Diagnostic = {
    code: codes[kind],
    severity: "error",
    field: "split",
    message: `samples of different parts ${sameness[kind]}, ${count(leak.pairs, "pair")} of ${leak.samples} samples: ${examplesOf(leak)}`,
    count: leak.pairs,
    help: `make a split that keeps them together, or accept it in the run file:  ${waiverLines(kind)}`
  }
  return [...(leak.pairs === 0 ? [] : [found]), ...(kind === "near" ? unchecked(leakage) : [])]
}

const unchecked = ({ near_checked, near_truncated }: Leakage): ReadonlyArray<Diagnostic> => {
  if (near_checked !== "none" && !near_truncated) return []
  return [
    {
      code: "FT2407",
      severity: "error",
      field: "split",
      message:
        near_checked === "none"
          ? "nobody looked for near duplicates: the adapter says nothing by which they could be found"
          : "there are more near duplicates than were listed when the dataset was registered, so not all of them were looked at",
      help: `remove near duplicates and register the dataset again, or accept it in the run file:  ${waiverLines("near")}`
    }
  ]
}

const waiverProblems = (waiver: Waiver, at: number, leakage: Leakage): ReadonlyArray<Diagnostic> => {
  const field = `benchmark.waivers.${at}`
  if (!hasReason(waiver))
    return [
      {
        code: "FT2405",
        severity: "error",
        field: `${field}.because`,
        message: `the leak "${waiver.leak}" is accepted without a reason`,
        expected: `a reason of at least ${shortestReason} characters`,
        actual: JSON.stringify(waiver.because),
        help: "write why the result means something all the same"
      }
    ]
  if (leakOf(waiver.leak, leakage).length > 0) return []
  return [
    {
      code: "FT2406",
      severity: "warning",
      field,
      message: `there is no leak "${waiver.leak}" to accept`,
      help: "remove the waiver"
    }
  ]
}

const examplesOf = ({ examples, pairs }: Leak): string => {
  const first = examples
    .slice(0, named)
    .map(({ left, right }) => `${JSON.stringify(left.sample_id)} (${left.part}) and ${JSON.stringify(right.sample_id)} (${right.part})`)
  return `${first.join("; ")}${pairs > named ? `; and ${count(pairs - named, "more pair")}` : ""}`
}

const waiverLines = (kind: LeakKind): string => `[[benchmark.waivers]]  /  leak = "${kind}"  /  because = "…"`

const count = (amount: number, word: string): string => `${amount} ${word}${amount === 1 ? "" : "s"}`
