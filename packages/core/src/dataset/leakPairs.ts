/**
 * Leak: pairs of samples that are the same in some way and lie in different parts, counted exactly and never enumerated, with the first
 * of them in the order of the index.
 */

export interface LeakSide {
  readonly sample_id: string
  readonly part: string
}

export interface LeakExample {
  readonly left: LeakSide
  readonly right: LeakSide
}

export interface Leak {
  /** Pairs of samples that are the same in this way and lie in different parts. */
  readonly pairs: number
  /** Samples that are in at least one such pair. */
  readonly samples: number
  /** The first 20 pairs. */
  readonly examples: ReadonlyArray<LeakExample>
}

/** Samples and parts by number, and where each sample stands. */
export interface Places {
  /** For each sample, the parts in which it stands. */
  readonly partsOf: ReadonlyArray<ReadonlyArray<number>>
  readonly side: (sample: number, part: number) => LeakSide
}

/** A sample where it stands. */
interface Member {
  readonly position: number
  readonly part: number
  /** Members that are equal in this are no pair. */
  readonly within: string | number | undefined
}

type Pair = readonly [left: Member, right: Member]

const shown = 20

/** @param notWithin two members of a group are a pair only where this tells them apart; `undefined` tells all apart */
export const leakAmong = (
  groups: Iterable<ReadonlyArray<number>>,
  notWithin: (position: number) => Member["within"],
  places: Places
): Leak => {
  let twice = 0
  const leaking = new Set<number>()
  let first: ReadonlyArray<Pair> = []
  for (const group of groups) {
    const members = group.flatMap((position) => {
      const within = notWithin(position)
      return (places.partsOf[position] ?? []).map((part): Member => ({ position, part, within }))
    })
    // Most groups lie within one part.
    if (members.every(({ part }) => part === members[0]?.part)) continue
    const partners = partnersOf(members)
    for (const member of members) {
      const count = partners(member)
      twice += count
      if (count > 0) leaking.add(member.position)
    }
    first = [...first, ...firstPairs(members, partners)].sort(canonically).slice(0, shown)
  }
  const side = ({ position, part }: Member) => places.side(position, part)
  return {
    pairs: twice / 2,
    samples: leaking.size,
    examples: first.map(([left, right]) => ({ left: side(left), right: side(right) }))
  }
}

const isPair = (left: Member, right: Member): boolean =>
  left.part !== right.part && (left.within === undefined || left.within !== right.within)

/** How many others a member makes a pair with: all in other parts, but for those in other parts that are equal to it within. */
const partnersOf = (members: ReadonlyArray<Member>): ((member: Member) => number) => {
  const all = members.length
  const inPart = countBy(members, ({ part }) => part)
  const equal = countBy(members, ({ within }) => within)
  const equalInPart = countBy(members, ({ within, part }) => `${part} ${within}`)
  return ({ part, within }) => {
    const elsewhere = all - (inPart.get(part) ?? 0)
    if (within === undefined) return elsewhere
    return elsewhere - ((equal.get(within) ?? 0) - (equalInPart.get(`${part} ${within}`) ?? 0))
  }
}

const countBy = <Key>(members: ReadonlyArray<Member>, keyOf: (member: Member) => Key): ReadonlyMap<Key, number> => {
  const counts = new Map<Key, number>()
  for (const member of members) counts.set(keyOf(member), (counts.get(keyOf(member)) ?? 0) + 1)
  return counts
}

/**
 * The first pairs of a group, in canonical order. A member with partners gives a pair or was in an earlier one, so that a group is gone
 * through 40 times at most.
 */
const firstPairs = (members: ReadonlyArray<Member>, partners: (member: Member) => number): ReadonlyArray<Pair> => {
  const pairs: Array<Pair> = []
  for (const [at, left] of members.entries()) {
    if (partners(left) === 0) continue
    for (let next = at + 1; next < members.length; next++) {
      const right = members[next]
      if (right === undefined || !isPair(left, right)) continue
      pairs.push([left, right])
      if (pairs.length === shown) return pairs
    }
  }
  return pairs
}

const canonically = ([a, b]: Pair, [c, d]: Pair): number =>
  a.position - c.position || a.part - c.part || b.position - d.position || b.part - d.part
