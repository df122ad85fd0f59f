/**
 * Splits of a dataset into named parts, decided by content and seed and never by file order, path or clock. The methods:
 *
 * - `hash`: each content hash lands in a part on its own, so samples that are added or removed move no other. Sizes are only near the
 *   fractions.
 * - `stratified`: each class is dealt out by itself. Its counts are the fractions of the class rounded by largest remainder (ties to the
 *   larger fraction, then to the earlier name), so they are within 1 of exact.
 * - `grouped`: whole groups are dealt out, the largest first, each to the part that lacks most.
 * - `given`: the part is read from the data. With fractions, the one declared part that they name is dealt out as `stratified` does it, so
 *   that every seed has a training part of its own and all of them the same test part.
 *
 * Samples with one content hash, or one decoded hash, always go to one part, in a stratified split those of one class; groups that share
 * either hash count as one group. What is declared with `given` stays as it is declared.
 *
 * Sharp edges: parts are treated in code-unit order of their names and not in the order of the object, so a split is the same after its
 * description went through canonical JSON; the ids of a part are sorted by code unit, not in dataset order; in a stratified split,
 * duplicates can push a class off its exact counts, by less than the size of its largest set of duplicates.
 */
import { hashOf } from "./Canonical.ts"
import { SeedTree } from "./SeedTree.ts"
import { sha256Hex } from "./Sha256.ts"

/** What a split needs to know of a sample. */
export interface SplitSample {
  /** Unique in the dataset. */
  readonly id: string
  /** A hash of what the sample holds; equal hashes mean duplicates. */
  readonly contentHash: string
  /** A hash of what the content means, where different bytes can mean the same: samples that share it are duplicates as well. */
  readonly decodedHash?: string | undefined
  /** The class, for `stratified`. */
  readonly label?: string | undefined
  /** What must not be torn apart (patient, session, …), for `grouped`. */
  readonly group?: string | undefined
  /** The declared part, for `given`. */
  readonly given?: string | undefined
}

/** How parts are decided; see the top of this file. */
export type SplitMethod = "hash" | "stratified" | "grouped" | "given"

/** A request for a split. */
export interface SplitRequest {
  readonly samples: ReadonlyArray<SplitSample>
  readonly method: SplitMethod
  /** From 0 to 2^64 - 1. `given` without fractions uses no chance and ignores it. */
  readonly seed: bigint
  /**
   * Part names and their shares, which sum to 1 within 1e-9. Left out (or empty) with `given`, where the data name the parts; there,
   * fractions that name one declared part, such as train 0.9 and val 0.1, deal that one out and leave the others.
   */
  readonly fractions?: { readonly [part: string]: number } | undefined
  /** `given` may declare equal content in two parts. Otherwise it is a problem: one content in two parts leaks. */
  readonly allowEqual?: boolean | undefined
  /** The classes that exist, when they are declared: another label is a problem, and so is a class that `stratified` finds no sample of. */
  readonly labels?: ReadonlyArray<string> | undefined
}

/** One part of a split. */
export interface SplitPart {
  readonly name: string
  /** Sorted by UTF-16 code units. */
  readonly ids: ReadonlyArray<string>
  /** SHA-256 of the canonical JSON of `ids`. */
  readonly splitHash: string
  /** `<name>@<first 12 hex digits of splitHash>` */
  readonly splitId: string
}

/** Why a split was refused. `ids` lists samples it can be seen at: the first few, in code-unit order. */
export interface SplitProblem {
  readonly code:
    | "no-samples"
    | "bad-id"
    | "duplicate-id"
    | "bad-content-hash"
    | "bad-seed"
    | "bad-fractions"
    | "bad-part-name"
    | "missing-label"
    | "unknown-label"
    | "missing-group"
    | "missing-given"
    | "conflicting-duplicates"
    | "class-without-sample"
    | "empty-part"
  readonly message: string
  readonly ids: ReadonlyArray<string>
}

/** The parts, in the order of `fractions` (`given`: sorted by name), or every problem found. */
export type SplitResult =
  | { readonly ok: true; readonly parts: ReadonlyArray<SplitPart> }
  | { readonly ok: false; readonly problems: ReadonlyArray<SplitProblem> }

/** Samples that must stay together, and the key they are ordered by. */
interface Unit {
  readonly key: string
  readonly samples: ReadonlyArray<SplitSample>
}

interface Share {
  readonly name: string
  readonly fraction: number
}

/** The parts of samples, by id. */
type Assignment = ReadonlyMap<string, string>

const shownIds = 5
const sumTolerance = 1e-9
const partName = /^[A-Za-z][A-Za-z0-9_-]*$/

const byCodeUnit = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

const quote = (text: string): string => JSON.stringify(text)

const problem = (code: SplitProblem["code"], message: string, samples: ReadonlyArray<SplitSample> = []): SplitProblem => ({
  code,
  message,
  ids: samples
    .map(({ id }) => id)
    .sort(byCodeUnit)
    .slice(0, shownIds)
})

const countOf = (count: number, singular: string): string => `${count} ${singular}${count === 1 ? "" : "s"}`

const groupBy = <A>(items: ReadonlyArray<A>, keyOf: (item: A) => string): ReadonlyMap<string, ReadonlyArray<A>> => Map.groupBy(items, keyOf)

/** Sets of samples that are joined, directly or through others, because they share one of their keys. */
const joinedBy = (
  samples: ReadonlyArray<SplitSample>,
  keysOf: (sample: SplitSample) => ReadonlyArray<string>
): ReadonlyArray<ReadonlyArray<SplitSample>> => {
  const leader = new Map<string, string>()
  const find = (key: string): string => {
    let at = key
    for (;;) {
      const next = leader.get(at)
      if (next === undefined || next === at) return at
      at = next
    }
  }
  for (const sample of samples) {
    const [first = "", ...rest] = keysOf(sample).map(find)
    for (const other of rest) if (other !== first) leader.set(find(other), find(first))
  }
  return Array.from(groupBy(samples, (sample) => find(keysOf(sample)[0] ?? "")).values())
}

const contentKeys = ({ contentHash, decodedHash }: SplitSample): ReadonlyArray<string> =>
  decodedHash === undefined ? [`content ${contentHash}`] : [`content ${contentHash}`, `decoded ${decodedHash}`]

const firstOf = (texts: ReadonlyArray<string>): string =>
  texts.reduce((first, each) => (byCodeUnit(each, first) < 0 ? each : first), texts[0] ?? "")

/** Duplicates together, each set named by the first of its content hashes and in the order of these names. */
const unitsByContent = (samples: ReadonlyArray<SplitSample>): ReadonlyArray<Unit> =>
  joinedBy(samples, contentKeys)
    .map((members) => ({ key: firstOf(members.map(({ contentHash }) => contentHash)), samples: members }))
    .sort((left, right) => byCodeUnit(left.key, right.key))

/** Groups together, and groups that share content; each unit is named by the first of its groups in code-unit order. */
const unitsByGroup = (samples: ReadonlyArray<SplitSample>): ReadonlyArray<Unit> =>
  joinedBy(samples, (sample) => [`group ${sample.group ?? ""}`, ...contentKeys(sample)])
    .map((members) => ({ key: firstOf(members.map(({ group = "" }) => group)), samples: members }))
    .sort((left, right) => byCodeUnit(left.key, right.key))

/**
 * How many of `total` each share gets: the whole part of its quota, then one more for the largest remainders, compared on a grid of 1e-9
 * so that rounding of the product breaks no tie. `shares` come in code-unit order of their names, which the stable sort keeps in ties.
 */
const largestRemainder = (total: number, shares: ReadonlyArray<Share>): ReadonlyMap<string, number> => {
  const quotas = shares.map((share) => {
    const whole = Math.floor(share.fraction * total)
    return { ...share, whole, remainder: Math.round((share.fraction * total - whole) * 1e9) }
  })
  const left = total - quotas.reduce((sum, { whole }) => sum + whole, 0)
  const ranked = quotas.toSorted((a, b) => b.remainder - a.remainder || b.fraction - a.fraction)
  return new Map(ranked.map(({ name, whole }, rank) => [name, whole + (rank < left ? 1 : 0)]))
}

/** Deals shuffled units out, the largest first, each to the part that lacks most of its target (ties: the earlier name). */
const deal = (units: ReadonlyArray<Unit>, shares: ReadonlyArray<Share>, seeds: SeedTree): Assignment => {
  const total = units.reduce((sum, unit) => sum + unit.samples.length, 0)
  const lacking = new Map(largestRemainder(total, shares))
  const order = seeds
    .random()
    .shuffle(units)
    .sort((left, right) => right.samples.length - left.samples.length)
  const assignment = new Map<string, string>()
  for (const unit of order) {
    const [neediest] = shares.toSorted((left, right) => (lacking.get(right.name) ?? 0) - (lacking.get(left.name) ?? 0))
    if (neediest === undefined) break
    lacking.set(neediest.name, (lacking.get(neediest.name) ?? 0) - unit.samples.length)
    for (const { id } of unit.samples) assignment.set(id, neediest.name)
  }
  return assignment
}

/** 52 bits of the hash of seed and what the sample holds, laid on the shares in a row. No other sample has a say. */
const assignByHash = (samples: ReadonlyArray<SplitSample>, shares: ReadonlyArray<Share>, seed: bigint): Assignment => {
  let sum = 0
  const bounds = shares.map(({ name, fraction }, index) => {
    sum += fraction
    // the last bound takes up what the tolerance of the sum left over
    return { name, below: index === shares.length - 1 ? 2 ** 52 : Math.round(sum * 2 ** 52) }
  })
  const partOf = (contentHash: string): string => {
    const point = Number.parseInt(hashOf(["feagi-trainer/split/hash", seed, contentHash]).slice(0, 13), 16)
    return bounds.find(({ below }) => point < below)?.name ?? ""
  }
  return new Map(samples.map(({ id, contentHash, decodedHash }) => [id, partOf(decodedHash ?? contentHash)] as const))
}

const checkSamples = ({ samples, method, labels }: SplitRequest): ReadonlyArray<SplitProblem> => {
  const problems: Array<SplitProblem> = []
  if (samples.length === 0) problems.push(problem("no-samples", "there are no samples to split"))
  const unusable = samples.filter(({ id }) => id === "" || !id.isWellFormed())
  if (unusable.length > 0) {
    problems.push(problem("bad-id", `${countOf(unusable.length, "sample")} with an id that is empty or holds a lone surrogate`, unusable))
  }
  for (const [id, same] of groupBy(samples, (sample) => sample.id)) {
    if (same.length > 1)
      problems.push(problem("duplicate-id", `the id ${quote(id)} names ${same.length} samples; ids must be unique`, same.slice(1)))
  }
  const unhashed = samples.filter(({ contentHash }) => contentHash === "" || !contentHash.isWellFormed())
  if (unhashed.length > 0) {
    const what = `${countOf(unhashed.length, "sample")} with a content hash that is empty or holds a lone surrogate`
    problems.push(problem("bad-content-hash", what, unhashed))
  }
  const needs = { hash: undefined, stratified: "label", grouped: "group", given: "given" } as const
  const field = needs[method]
  if (field !== undefined) {
    const lacking = samples.filter((sample) => sample[field] === undefined || sample[field] === "" || !sample[field].isWellFormed())
    if (lacking.length > 0) {
      const what = `method ${quote(method)} needs a ${field === "given" ? "declared part" : field} of every sample; ${lacking.length} of ${samples.length} have none or an unusable one`
      problems.push(problem(`missing-${field}`, what, lacking))
    }
  }
  if (labels !== undefined) {
    const known = new Set(labels)
    const foreign = samples.filter(({ label }) => label !== undefined && !known.has(label))
    for (const [label, members] of groupBy(foreign, (sample) => sample.label ?? "")) {
      const what = `the label ${quote(label)} of ${countOf(members.length, "sample")} is not one of the declared: ${labels.map(quote).join(", ")}`
      problems.push(problem("unknown-label", what, members))
    }
  }
  return problems
}

/** Duplicates that disagree on what decides their part. */
const checkDuplicates = ({ samples, method, allowEqual }: SplitRequest): ReadonlyArray<SplitProblem> => {
  if (method !== "stratified" && method !== "given") return []
  if (method === "given" && allowEqual === true) return []
  const field = method === "stratified" ? "label" : "given"
  return Array.from(groupBy(samples, ({ contentHash }) => contentHash)).flatMap(([key, twins]) => {
    const values = new Set(twins.flatMap((twin) => twin[field] ?? []))
    if (values.size < 2) return []
    const shown = Array.from(values).sort(byCodeUnit).map(quote).join(" and ")
    const what = method === "stratified" ? "the labels" : "the parts"
    const help =
      method === "stratified" ? "correct the labels or remove the copies" : "one content in two parts leaks; move or remove the copies"
    return [problem("conflicting-duplicates", `samples of one content (${key.slice(0, 12)}) have ${what} ${shown}: ${help}`, twins)]
  })
}

const checkPartName = (name: string): ReadonlyArray<SplitProblem> =>
  partName.test(name) ? [] : [problem("bad-part-name", `a part is named by a letter, then letters, digits, "_" or "-", not ${quote(name)}`)]

const checkShares = (request: SplitRequest): ReadonlyArray<SplitProblem> => {
  const shares = Object.entries(request.fractions ?? {})
  // Those of a declared part are looked at when that part is dealt out.
  if (request.method === "given") return []
  const problems = shares.flatMap(([name]) => checkPartName(name))
  if (shares.length === 0)
    return [problem("bad-fractions", `method ${quote(request.method)} needs fractions, such as train 0.8 and test 0.2`)]
  const outside = shares.filter(([, fraction]) => !(fraction >= 0 && fraction <= 1))
  for (const [name, fraction] of outside) {
    problems.push(problem("bad-fractions", `the fraction of ${quote(name)} must be a number from 0 to 1, not ${fraction}`))
  }
  const sum = shares.reduce((total, [, fraction]) => total + fraction, 0)
  if (outside.length === 0 && Math.abs(sum - 1) > sumTolerance) {
    const terms = shares.map(([name, fraction]) => `${name} ${fraction}`).join(" + ")
    problems.push(problem("bad-fractions", `fractions must sum to 1; ${terms} = ${sum}`))
  }
  return problems
}

const checkSeed = ({ seed, method }: SplitRequest): ReadonlyArray<SplitProblem> =>
  method === "given" || (typeof seed === "bigint" && seed >= 0n && seed < 1n << 64n)
    ? []
    : [problem("bad-seed", `the seed must be a bigint from 0 to 2^64 - 1, not ${String(seed)}`)]

/** Classes that a part with a share gets no sample of. */
const checkClasses = (
  { samples, labels }: SplitRequest,
  shares: ReadonlyArray<Share>,
  assignment: Assignment
): ReadonlyArray<SplitProblem> => {
  const classes = groupBy(samples, ({ label = "" }) => label)
  const names = Array.from(new Set([...classes.keys(), ...(labels ?? [])])).sort(byCodeUnit)
  return names.flatMap((label) => {
    const members = classes.get(label) ?? []
    const reached = new Set(members.map(({ id }) => assignment.get(id)))
    const missed = shares.filter(({ name }) => !reached.has(name))
    if (missed.length === 0) return []
    const parts = missed.map(({ name, fraction }) => `${quote(name)} (fraction ${fraction})`).join(", ")
    const what = `the class ${quote(label)} has ${countOf(members.length, "sample")}, and none would go to ${parts}`
    return [problem("class-without-sample", `${what}: add samples, raise the fraction or leave the class out`, members)]
  })
}

const checkParts = (shares: ReadonlyArray<Share>, assignment: Assignment): ReadonlyArray<SplitProblem> => {
  const filled = new Set(assignment.values())
  return shares
    .filter(({ name }) => !filled.has(name))
    .map(({ name, fraction }) =>
      problem("empty-part", `the part ${quote(name)} (fraction ${fraction}) would be empty: add samples, raise the fraction or set it to 0`)
    )
}

const assign = (request: SplitRequest, shares: ReadonlyArray<Share>): Assignment => {
  const { samples, method, seed } = request
  switch (method) {
    case "hash":
      return assignByHash(samples, shares, seed)
    case "grouped":
      return deal(unitsByGroup(samples), shares, SeedTree.root(seed).child("split/grouped"))
    case "stratified": {
      const classes = Array.from(groupBy(samples, ({ label = "" }) => label))
      // each class has a seed of its own (hashed, for a label may hold a slash), so a new class moves no other
      const seeds = SeedTree.root(seed).child("split/stratified")
      return new Map(
        classes.flatMap(([label, members]) => Array.from(deal(unitsByContent(members), shares, seeds.child(sha256Hex(label)))))
      )
    }
    case "given":
      return new Map(samples.map(({ id, given = "" }) => [id, given]))
  }
}

/** SHA-256 of the canonical JSON list of ids in the order given: two visiting orders are equal exactly when their hashes are. */
export const orderHash = (ids: ReadonlyArray<string>): string => hashOf(ids)

/** The part that the fractions name, dealt out class by class; every other declared part as it is. */
const dealDeclared = (request: SplitRequest, declared: ReadonlyArray<SplitPart>): SplitResult => {
  const fractions = request.fractions ?? {}
  const named = declared.filter(({ name }) => Object.hasOwn(fractions, name))
  const [dealt] = named
  if (dealt === undefined || named.length > 1) {
    const found = named.length === 0 ? "none of them" : named.map(({ name }) => quote(name)).join(" and ")
    const what = `method "given" deals out the one declared part that the fractions name; the data declare ${declared.map(({ name }) => quote(name)).join(", ")}, the fractions name ${found}`
    return { ok: false, problems: [problem("bad-fractions", `${what}: name one, such as train 0.9 and val 0.1, or remove the fractions`)] }
  }
  const members = new Set(dealt.ids)
  const made = makeSplit({ ...request, method: "stratified", samples: request.samples.filter(({ id }) => members.has(id)) })
  if (!made.ok) return made
  const parts = [...declared.filter((part) => part !== dealt), ...made.parts]
  return { ok: true, parts: parts.sort((left, right) => byCodeUnit(left.name, right.name)) }
}

const partOf = (name: string, members: ReadonlyArray<string>): SplitPart => {
  const ids = members.toSorted(byCodeUnit)
  const splitHash = orderHash(ids)
  return { name, ids, splitHash, splitId: `${name}@${splitHash.slice(0, 12)}` }
}

/**
 * Splits samples into parts, or lists every problem. The result depends on the set of samples and not on their order, and on `fractions`
 * by name and not by order. A part of fraction 0 is empty; one with a larger fraction that would be empty is a problem.
 */
export const makeSplit = (request: SplitRequest): SplitResult => {
  const { samples, method } = request
  const stated = [...checkSamples(request), ...checkDuplicates(request), ...checkSeed(request), ...checkShares(request)]
  const names =
    method === "given"
      ? Array.from(new Set(samples.flatMap(({ given }) => given ?? []))).sort(byCodeUnit)
      : Object.keys(request.fractions ?? {})
  const namedByData = method === "given" ? names.filter((name) => name !== "").flatMap(checkPartName) : []
  if (stated.length + namedByData.length > 0) return { ok: false, problems: [...stated, ...namedByData] }

  const shares = (method === "given" ? [] : Object.entries(request.fractions ?? {}))
    .map(([name, fraction]) => ({ name, fraction }))
    .filter(({ fraction }) => fraction > 0)
    .sort((left, right) => byCodeUnit(left.name, right.name))
  const assignment = assign(request, shares)
  const found = [...(method === "stratified" ? checkClasses(request, shares, assignment) : []), ...checkParts(shares, assignment)]
  if (found.length > 0) return { ok: false, problems: found }

  const members = groupBy(
    samples.map(({ id }) => id),
    (id) => assignment.get(id) ?? ""
  )
  const parts = names.map((name) => partOf(name, members.get(name) ?? []))
  return method === "given" && Object.keys(request.fractions ?? {}).length > 0 ? dealDeclared(request, parts) : { ok: true, parts }
}
