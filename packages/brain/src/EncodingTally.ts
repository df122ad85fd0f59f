/**
 * How much of the data a code keeps, counted on the data themselves.
 *
 * Entropies are those of the samples that were seen (the plug-in estimate), in bits. Sharp edge: they are facts about these samples; as
 * estimates of a population they are too low, the more so the fewer samples there are (Miller 1955; Paninski 2003). Memory grows with
 * the number of different values of a feature, not with the number of samples alone.
 */
import type { CoderSelection, Voxel } from "@feagi-trainer/contracts"
import { sha256Hex } from "@feagi-trainer/determinism"
import { areaCode, type InputChannel } from "./Binding.ts"

/**
 * Entropy in bits of how often each of several outcomes occurred: H = log₂ N − (1/N) Σ c log₂ c, which is −Σ p log₂ p with p = c/N
 * (Shannon 1948, theorem 2). 0 for one outcome or none at all.
 */
export const entropyBits = (counts: Iterable<number>): number => {
  let [total, sum] = [0, 0]
  for (const count of counts) {
    total += count
    if (count > 0) sum += count * Math.log2(count)
  }
  return total === 0 ? 0 : Math.max(0, Math.log2(total) - sum / total)
}

/**
 * What one feature, or a whole sample, says before and after the code. A code is a function of the value, so that what they share is
 * the entropy of the code, and what is lost is H(value | code) = H(value) − H(code) (Cover and Thomas 2006, 2.2 and 2.4).
 */
export interface Kept {
  readonly distinct_values: number
  readonly distinct_codes: number
  readonly value_bits: number
  readonly code_bits: number
  readonly lost_bits: number
}

export interface FeatureKept extends Kept {
  readonly name: string
}

export interface Collision {
  /** Samples of different content and one code; the first of them. */
  readonly sample_ids: ReadonlyArray<string>
  readonly samples: number
  readonly labels: ReadonlyArray<string>
}

/** Samples that cannot be told from another one by some of their properties. */
export interface Ambiguity {
  /** Codes (or contents) under which there are samples of more than one label. */
  readonly groups: number
  readonly samples: number
  /** Samples that are answered wrongly at the least: all of a group but those of its most frequent label. */
  readonly errors: number
}

export interface EncodingReport {
  readonly samples: number
  /** What the rows of `features` are: features of the data, or channels where the encoder does not say which feature they carry. */
  readonly rows: "features" | "channels"
  readonly features: ReadonlyArray<FeatureKept>
  /** Of whole samples: all their features together. */
  readonly sample: Kept
  readonly collisions: {
    /** Codes that several different samples share. */
    readonly codes: number
    /** Different contents under those codes. */
    readonly contents: number
    readonly samples: number
    readonly examples: ReadonlyArray<Collision>
  }
  /** Null where no sample has a label. */
  readonly ambiguous: { readonly labelled: number; readonly by_code: Ambiguity; readonly by_content: Ambiguity } | null
  readonly channels: { readonly count: number; readonly silent: ReadonlyArray<{ readonly index: number; readonly feature: string | null }> }
  readonly voxels: { readonly count: number; readonly never_lit: number }
  /** Voxels that a sample lights; null without a sample. */
  readonly active: { readonly least: number; readonly mean: number; readonly most: number } | null
}

export interface EncodedSample {
  readonly sample_id: string
  readonly label: string | null
  /** The numbers of the sample, or the values of its channels, as {@link TallyRequest.rows} says. */
  readonly values: ReadonlyArray<number | ArrayLike<number>>
  readonly voxels: ReadonlyArray<Voxel>
}

export interface TallyRequest {
  readonly inputs: ReadonlyArray<CoderSelection>
  readonly channels: ReadonlyArray<InputChannel>
  /** Names of the features, where every channel says which one it carries. */
  readonly features: ReadonlyArray<string> | undefined
}

export interface EncodingTally {
  readonly rows: EncodingReport["rows"]
  readonly add: (sample: EncodedSample) => void
  readonly result: () => EncodingReport
}

/** Collisions that are told one by one. */
const mostExamples = 10
/** Sample ids of each. */
const mostIds = 5

class Counts {
  readonly #counts = new Map<string, number>()
  add(key: string): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }
  get size(): number {
    return this.#counts.size
  }
  bits(): number {
    return entropyBits(this.#counts.values())
  }
}

const keptOf = (values: Counts, codes: Counts): Kept => {
  const [value_bits, code_bits] = [values.bits(), codes.bits()]
  return {
    distinct_values: values.size,
    distinct_codes: codes.size,
    value_bits,
    code_bits,
    // A code cannot say more than the value; rounding could.
    lost_bits: Math.max(0, value_bits - code_bits)
  }
}

const textOf = (value: number | ArrayLike<number>): string =>
  typeof value === "number" ? numberText(value) : Array.from(value, numberText).join(",")
/** −0 and 0 are two texts, as they are two values. */
const numberText = (value: number): string => (Object.is(value, -0) ? "-0" : String(value))

/** A channel may carry a whole picture: what is kept of a value stays small. */
const shortened = (text: string): string => (text.length > 64 ? sha256Hex(text) : text)

/** What is known of all samples with one code, or with one content. */
interface Group {
  samples: number
  readonly contents: Set<string>
  readonly ids: Array<string>
  readonly labels: Map<string, number>
}

const ambiguityOf = (groups: Iterable<Group>): Ambiguity => {
  let [ambiguous, samples, errors] = [0, 0, 0]
  for (const { labels } of groups) {
    if (labels.size < 2) continue
    const counts = [...labels.values()]
    const all = counts.reduce((sum, count) => sum + count, 0)
    ambiguous += 1
    samples += all
    errors += all - Math.max(...counts)
  }
  return { groups: ambiguous, samples, errors }
}

export const makeEncodingTally = ({ inputs, channels, features }: TallyRequest): EncodingTally => {
  const known = features !== undefined && channels.every(({ feature }) => feature !== null)
  const names = known ? features : channels.map(({ area, index }) => `${areaCode(area)} ${index}`)
  const rowOf = (channel: InputChannel): number => (known ? (channel.feature ?? 0) : channel.index)

  // Where each area begins among all voxels, and which channel each column of it belongs to.
  const areas = new Map<string, { readonly start: number; readonly size: readonly [number, number, number] }>()
  let voxelCount = 0
  for (const { binding, channels: count, channel_dimensions: dimensions } of inputs) {
    const [x, y, z] = dimensions
    if (areas.has(binding.cortical_area_id)) continue
    areas.set(binding.cortical_area_id, { start: voxelCount, size: [count * x, y, z] })
    voxelCount += count * x * y * z
  }
  const columns = new Map<string, InputChannel>()
  for (const channel of channels)
    for (let x = channel.from; x < channel.from + channel.width; x++) columns.set(`${channel.area} ${x}`, channel)

  const values = names.map(() => new Counts())
  const codes = names.map(() => new Counts())
  const [contents, wholeCodes] = [new Counts(), new Counts()]
  const byCode = new Map<string, Group>()
  const byContent = new Map<string, Group>()
  const lit = new Set<number>()
  const spoke = new Set<number>()
  const active = { least: Number.POSITIVE_INFINITY, sum: 0, most: 0 }
  let [samples, labelled] = [0, 0]

  const join = (groups: Map<string, Group>, key: string, content: string, { sample_id, label }: EncodedSample): void => {
    const group: Group = groups.get(key) ?? { samples: 0, contents: new Set(), ids: [], labels: new Map() }
    groups.set(key, group)
    group.samples += 1
    // The first sample of each content: two of one content are no collision.
    if (!group.contents.has(content) && group.ids.length < mostIds) group.ids.push(sample_id)
    group.contents.add(content)
    if (label !== null) group.labels.set(label, (group.labels.get(label) ?? 0) + 1)
  }

  const add = (sample: EncodedSample): void => {
    samples += 1
    if (sample.label !== null) labelled += 1
    const texts = sample.values.map(textOf)
    texts.forEach((text, row) => {
      values[row]?.add(shortened(text))
    })
    const numbered = sample.voxels.map(({ area, x, y, z, potential }) => {
      const place = areas.get(area)
      const [width, height] = place?.size ?? [0, 0]
      return { channel: columns.get(`${area} ${x}`), number: (place?.start ?? 0) + (z * height + y) * width + x, potential }
    })
    numbered.sort((a, b) => a.number - b.number || a.potential - b.potential)
    const perRow = new Map<number, Array<string>>()
    for (const { channel, number, potential } of numbered) {
      lit.add(number)
      if (channel === undefined) continue
      spoke.add(channel.index)
      const row = rowOf(channel)
      const parts = perRow.get(row) ?? []
      parts.push(`${number}:${numberText(potential)}`)
      perRow.set(row, parts)
    }
    codes.forEach((counts, row) => {
      counts.add(shortened(perRow.get(row)?.join(" ") ?? ""))
    })
    const content = sha256Hex(texts.join("\n"))
    const code = sha256Hex(numbered.map(({ number, potential }) => `${number}:${numberText(potential)}`).join(" "))
    contents.add(content)
    wholeCodes.add(code)
    join(byCode, code, content, sample)
    join(byContent, content, content, sample)
    const count = new Set(numbered.map(({ number }) => number)).size
    active.least = Math.min(active.least, count)
    active.most = Math.max(active.most, count)
    active.sum += count
  }

  const result = (): EncodingReport => {
    const collided = [...byCode.values()].filter((group) => group.contents.size > 1)
    return {
      samples,
      rows: known ? "features" : "channels",
      features: names.map((name, row) => ({ name, ...keptOf(values[row] ?? new Counts(), codes[row] ?? new Counts()) })),
      sample: keptOf(contents, wholeCodes),
      collisions: {
        codes: collided.length,
        contents: collided.reduce((sum, group) => sum + group.contents.size, 0),
        samples: collided.reduce((sum, group) => sum + group.samples, 0),
        examples: collided
          .toSorted((a, b) => b.samples - a.samples)
          .slice(0, mostExamples)
          .map(({ ids, samples: count, labels }) => ({ sample_ids: ids, samples: count, labels: [...labels.keys()].sort() }))
      },
      ambiguous: labelled === 0 ? null : { labelled, by_code: ambiguityOf(byCode.values()), by_content: ambiguityOf(byContent.values()) },
      channels: {
        count: channels.length,
        silent: channels
          .filter(({ index }) => !spoke.has(index))
          .map(({ index, feature }) => ({ index, feature: feature === null ? null : (features?.[feature] ?? null) }))
      },
      voxels: { count: voxelCount, never_lit: voxelCount - lit.size },
      active: samples === 0 ? null : { least: active.least, mean: active.sum / samples, most: active.most }
    }
  }
  return { rows: known ? "features" : "channels", add, result }
}
