/**
 * Which synapses two brains have differently: a merge of two tables in canonical order, in one pass and without an index.
 *
 * Synapses are matched by source and target voxel. Between the same two voxels there may be several: equal ones are matched first, the
 * others in the order of their weights. Sharp edge: a memory neuron has no voxel of its own, so that memories are compared by place.
 */
import type { SynapseTable } from "@feagi-trainer/contracts"

export interface Place {
  /** Cortical id, base64. */
  readonly area: string
  readonly x: number
  readonly y: number
  readonly z: number
}

export interface SynapseState {
  readonly weight: number
  readonly potential: number
  readonly inhibitory: boolean
}

export interface SynapseChange {
  readonly source: Place
  readonly target: Place
  readonly change: "added" | "removed" | "changed"
  /** Null where there is no such synapse. */
  readonly before: SynapseState | null
  readonly after: SynapseState | null
  /** What it contributes, weight × potential, negative where it inhibits, after less before; a missing synapse contributes nothing. */
  readonly difference: number
}

export interface SynapseCounts {
  readonly before: number
  readonly after: number
  readonly same: number
  readonly changed: number
  readonly added: number
  readonly removed: number
}

export interface MappingSynapses extends SynapseCounts {
  readonly from: string
  readonly to: string
}

export interface SynapseDiff {
  readonly counts: SynapseCounts
  /** Sums over all changes, in double precision and canonical order. */
  readonly totals: {
    /** Of |difference|. */
    readonly absolute: number
    /** Of difference. */
    readonly signed: number
    /** Largest |difference|; null when nothing changed. */
    readonly largest: number | null
  }
  /** By source and target area, in canonical order; mappings with a synapse on either side. */
  readonly mappings: ReadonlyArray<MappingSynapses>
  /** The largest changes first, canonical order among equals; at most as many as were asked for. */
  readonly top: ReadonlyArray<SynapseChange>
}

/** One synapse under the numbers that both tables share. */
interface Row {
  readonly key: readonly [number, number, number, number, number, number, number, number]
  readonly state: SynapseState
}

const compareKeys = (left: Row["key"], right: Row["key"]): number => {
  for (let part = 0; part < left.length; part++) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** Code units of the decoded id compare as its bytes do. */
const bytesOf = (id: string): string => atob(id)
const byBytes = (left: string, right: string): number => {
  const [a, b] = [bytesOf(left), bytesOf(right)]
  return a < b ? -1 : a > b ? 1 : 0
}

const reader = (table: SynapseTable, numbers: ReadonlyMap<string, number>) => {
  const shared = table.areas.map((id) => numbers.get(id) ?? 0)
  return (at: number): Row => ({
    key: [
      shared[table.source_area[at] ?? 0] ?? 0,
      table.source[3 * at] ?? 0,
      table.source[3 * at + 1] ?? 0,
      table.source[3 * at + 2] ?? 0,
      shared[table.target_area[at] ?? 0] ?? 0,
      table.target[3 * at] ?? 0,
      table.target[3 * at + 1] ?? 0,
      table.target[3 * at + 2] ?? 0
    ],
    state: { weight: table.weight[at] ?? 0, potential: table.potential[at] ?? 0, inhibitory: table.inhibitory[at] === 1 }
  })
}

const contribution = (state: SynapseState | null): number =>
  state === null ? 0 : (state.inhibitory ? -1 : 1) * state.weight * state.potential

const sameState = (left: SynapseState, right: SynapseState): boolean =>
  Object.is(left.weight, right.weight) && Object.is(left.potential, right.potential) && left.inhibitory === right.inhibitory

/** Synapses between the same two voxels: equal ones are taken out, the rest is paired in order. */
const pair = (
  before: ReadonlyArray<SynapseState>,
  after: ReadonlyArray<SynapseState>
): { readonly same: number; readonly pairs: ReadonlyArray<readonly [SynapseState | null, SynapseState | null]> } => {
  const left = [...after]
  const changed = before.filter((state) => {
    const at = left.findIndex((each) => sameState(state, each))
    if (at < 0) return true
    left.splice(at, 1)
    return false
  })
  const length = Math.max(changed.length, left.length)
  return {
    same: before.length - changed.length,
    pairs: Array.from({ length }, (_, index) => [changed[index] ?? null, left[index] ?? null] as const)
  }
}

/**
 * Compares two tables, both in canonical order.
 * @param top how many of the largest changes are told one by one
 */
export const diffSynapses = (before: SynapseTable, after: SynapseTable, top: number): SynapseDiff => {
  const areas = [...new Set([...before.areas, ...after.areas])].sort(byBytes)
  const numbers = new Map(areas.map((id, number) => [id, number]))
  const [readBefore, readAfter] = [reader(before, numbers), reader(after, numbers)]
  const mappings = new Map<number, { -readonly [Key in keyof SynapseCounts]: SynapseCounts[Key] }>()
  const changes: Array<SynapseChange> = []
  const totals = { absolute: 0, signed: 0, largest: null as number | null }
  const placeOf = (key: Row["key"], from: 0 | 4): Place => ({
    area: areas[key[from]] ?? "",
    x: key[from === 0 ? 1 : 5],
    y: key[from === 0 ? 2 : 6],
    z: key[from === 0 ? 3 : 7]
  })
  /** Keeps at least the largest `top`; the list is cut when it has grown to twice that. */
  const keep = (change: SynapseChange): void => {
    changes.push(change)
    if (changes.length >= 2 * top + 1024) {
      changes.sort(largerFirst)
      changes.length = top
    }
  }
  const take = (key: Row["key"], left: ReadonlyArray<SynapseState>, right: ReadonlyArray<SynapseState>): void => {
    const mapping = key[0] * areas.length + key[4]
    const counts = mappings.get(mapping) ?? { before: 0, after: 0, same: 0, changed: 0, added: 0, removed: 0 }
    mappings.set(mapping, counts)
    counts.before += left.length
    counts.after += right.length
    const { same, pairs } = pair(left, right)
    counts.same += same
    for (const [was, is] of pairs) {
      const change = was === null ? "added" : is === null ? "removed" : "changed"
      counts[change] += 1
      const difference = contribution(is) - contribution(was)
      totals.absolute += Math.abs(difference)
      totals.signed += difference
      totals.largest = Math.max(totals.largest ?? 0, Math.abs(difference))
      keep({ source: placeOf(key, 0), target: placeOf(key, 4), change, before: was, after: is, difference })
    }
  }
  let [i, j] = [0, 0]
  while (i < before.count || j < after.count) {
    const left = i < before.count ? readBefore(i) : undefined
    const right = j < after.count ? readAfter(j) : undefined
    const order = left === undefined ? 1 : right === undefined ? -1 : compareKeys(left.key, right.key)
    const key = (order <= 0 ? left : right)?.key
    if (key === undefined) break
    const [was, is]: [Array<SynapseState>, Array<SynapseState>] = [[], []]
    for (let row = order <= 0 ? left : undefined; row !== undefined && compareKeys(row.key, key) === 0; ) {
      was.push(row.state)
      i += 1
      row = i < before.count ? readBefore(i) : undefined
    }
    for (let row = order >= 0 ? right : undefined; row !== undefined && compareKeys(row.key, key) === 0; ) {
      is.push(row.state)
      j += 1
      row = j < after.count ? readAfter(j) : undefined
    }
    take(key, was, is)
  }
  const told = [...mappings].sort(([left], [right]) => left - right)
  const sum = (field: keyof SynapseCounts): number => told.reduce((total, [, counts]) => total + counts[field], 0)
  return {
    counts: {
      before: sum("before"),
      after: sum("after"),
      same: sum("same"),
      changed: sum("changed"),
      added: sum("added"),
      removed: sum("removed")
    },
    totals,
    mappings: told.map(([mapping, counts]) => ({
      from: areas[Math.floor(mapping / areas.length)] ?? "",
      to: areas[mapping % areas.length] ?? "",
      ...counts
    })),
    top: changes.sort(largerFirst).slice(0, top)
  }
}

/** The sort is stable, so that equal differences stay in canonical order. */
const largerFirst = (left: SynapseChange, right: SynapseChange): number => Math.abs(right.difference) - Math.abs(left.difference)
