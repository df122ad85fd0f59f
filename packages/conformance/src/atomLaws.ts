/**
 * The laws of `atoms` of a metric pack: a shortcut to the values of a multiset of samples, which has to be the fold of those very samples.
 *
 * Sharp edge: to the last bit, reasons for too little data included. An interval that was computed by atoms and a value that was folded
 * stand side by side, and one that lies outside of the other by a rounding is a bug that nobody finds.
 */
import type { MetricValue, Rng, Scored } from "@feagi-trainer/contracts"
import { breakLaw, expectSame } from "./Broken.ts"
import type { Law } from "./Law.ts"

/** The part of `Atoms` that a law looks at. */
interface Sorted {
  readonly count: number
  readonly atomOf: Uint32Array
  readonly values: (multiplicity: Uint32Array) => Readonly<Record<string, MetricValue>>
}

export interface AtomSubject {
  readonly atoms: (samples: ReadonlyArray<Scored>) => Sorted
  readonly fold: (samples: ReadonlyArray<Scored>) => Readonly<Record<string, MetricValue>>
  readonly forCases: (name: string, check: (samples: ReadonlyArray<Scored>, rng: () => Rng, from: string) => void) => Law
}

/** Sorted and checked: an atom for every sample, none beyond the count. */
const sortedBy = (subject: AtomSubject, samples: ReadonlyArray<Scored>, from: string): Sorted => {
  const sorted = subject.atoms(samples)
  const { count, atomOf } = sorted
  if (!Number.isSafeInteger(count) || count < 0 || atomOf.length !== samples.length || atomOf.some((atom) => atom >= count))
    breakLaw(
      `the atoms of ${samples.length} samples`,
      `an atom below ${count} for each of the ${samples.length}`,
      `${atomOf.length} atoms: ${[...atomOf].join(", ")}`,
      from
    )
  return sorted
}

const multiplicityOf = ({ count, atomOf }: Sorted, times: (index: number) => number): Uint32Array => {
  const found = new Uint32Array(count)
  for (const [index, atom] of atomOf.entries()) found[atom] = (found[atom] ?? 0) + times(index)
  return found
}

/** Only what the atoms name is compared: a pack may leave values out. */
const expectFold = (
  what: string,
  folded: Readonly<Record<string, MetricValue>>,
  found: Readonly<Record<string, MetricValue>>,
  from: string
): void => {
  const own = Object.fromEntries(Object.keys(found).map((name) => [name, folded[name] ?? { insufficient: "the fold has no such value" }]))
  expectSame(what, own, found, from)
}

export const atomLaws = (subject: AtomSubject): ReadonlyArray<Law> => [
  subject.forCases("atoms give what the fold gives, bit for bit", (samples, _rng, from) => {
    const sorted = sortedBy(subject, samples, from)
    const found = sorted.values(multiplicityOf(sorted, () => 1))
    if (Object.keys(found).length === 0) breakLaw("the values of the atoms", "at least one value of the fold", "none", from)
    expectFold("the values of the multiplicities of the samples themselves", subject.fold(samples), found, from)
  }),
  subject.forCases("a multiset of atoms gives what its samples give, each folded as often", (samples, rng, from) => {
    const sorted = sortedBy(subject, samples, from)
    const draw = rng()
    for (let round = 0; round < 4; round++) {
      // The last round is nothing at all, which leaving out the only sample comes to.
      const times = samples.map(() => (round === 3 ? 0 : draw.below(4)))
      const repeated = samples.flatMap((sample, index) => Array.from({ length: times[index] ?? 0 }, () => sample))
      const found = sorted.values(multiplicityOf(sorted, (index) => times[index] ?? 0))
      expectFold(`the values of ${repeated.length} samples, drawn ${times.join(", ")} times`, subject.fold(repeated), found, from)
    }
  }),
  subject.forCases("atoms have no memory and leave what they are given as it is", (samples, rng, from) => {
    const given = structuredClone(samples)
    const sorted = sortedBy(subject, given, from)
    const draw = rng()
    const [first, second] = [multiplicityOf(sorted, () => draw.below(3)), multiplicityOf(sorted, () => draw.below(3))]
    const before = [...first]
    const once = sorted.values(first)
    sorted.values(second)
    expectSame("the values of the same multiplicities, asked again after others", once, sorted.values(first), from)
    expectSame("the multiplicities and the samples afterwards", [before, samples], [[...first], given], from)
  })
]
