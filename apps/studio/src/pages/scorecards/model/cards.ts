/** Scorecards as the pages read them, and what is said of each in a word. */
export interface Link {
  readonly scorecard_id: string
  readonly reason: string
}

export interface CardRow {
  readonly scorecard_id: string
  readonly run_id: string
  readonly phase: string
  readonly body_sha256: string
  readonly document_sha256: string
  readonly created_at: number
  readonly verifies: string | null
  readonly verified_by: ReadonlyArray<string>
  readonly superseded_by: ReadonlyArray<Link>
  readonly supersedes: ReadonlyArray<string>
  readonly metrics: Readonly<Record<string, number>>
  readonly status: string
  readonly marks: ReadonlyArray<string>
}

export type Interval = { readonly low: number; readonly high: number; readonly confidence: number } | { readonly insufficient: string }

export interface Card {
  readonly scorecard_id: string
  readonly run_id: string
  readonly phase: string
  readonly body_sha256: string
  readonly links: {
    readonly verifies: string | null
    readonly verified_by: ReadonlyArray<string>
    readonly superseded_by: ReadonlyArray<Link>
    readonly supersedes: ReadonlyArray<string>
  }
  readonly intervals?: Readonly<Record<string, Interval>>
  readonly connectome_hash: string | null
  readonly genome_version_id: string | null
  readonly dataset_asset_id: string
  readonly dataset_version: string
  readonly dataset_content_hash: string
  readonly evaluation_protocol_version: string
  readonly metric_pack: { readonly id: string; readonly version: string }
  readonly split_id: string
  readonly backend_fingerprint: Readonly<Record<string, unknown>>
  readonly metrics: Readonly<Record<string, number>>
  readonly status: string
  readonly visibility: string
  readonly x_feagi_trainer?: Readonly<Record<string, unknown>>
}

export interface Mark {
  readonly word: string
  readonly tone: "good" | "warn" | "bad" | "info" | "neutral"
}

interface Said {
  readonly status: string
  readonly verified_by: ReadonlyArray<string>
  readonly superseded_by: ReadonlyArray<Link>
  readonly marks: ReadonlyArray<string>
}

/** What is to be known before a number is read: superseded first, for then nothing else counts. */
export const marksOf = ({ status, verified_by, superseded_by, marks }: Said): ReadonlyArray<Mark> => [
  ...(superseded_by.length > 0 ? [{ word: "superseded", tone: "bad" } as const] : []),
  status === "self_reported"
    ? ({ word: "self-reported", tone: "neutral" } as const)
    : status === "verified"
      ? ({ word: "verified", tone: "good" } as const)
      : ({ word: status.replaceAll("_", " "), tone: "info" } as const),
  ...(status !== "verified" && verified_by.length > 0 ? [{ word: "verified elsewhere", tone: "good" } as const] : []),
  ...marks.map((word): Mark => ({ word, tone: "warn" }))
]

/** Names of metrics over all cards, those that most cards have first; for a list to choose from. */
export const metricNames = (cards: ReadonlyArray<Pick<CardRow, "metrics">>): ReadonlyArray<string> => {
  const counts = new Map<string, number>()
  for (const { metrics } of cards) for (const name of Object.keys(metrics)) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts.keys()].filter((name) => !name.startsWith("support/")).toSorted()
}

/** The metric that is shown until another is chosen: the first of those that people look for, else the first there is. */
export const usualMetric = (names: ReadonlyArray<string>): string =>
  ["accuracy", "map", "miou", "mae", "return/mean"].find((name) => names.includes(name)) ?? names[0] ?? ""

export interface ValueRow {
  readonly name: string
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  /** Why there is no value or no interval. */
  readonly because: string | null
  /** Of the card it is held against. */
  readonly other: number | null
}

type Insufficient = Readonly<Record<string, string>>

const insufficientOf = ({ x_feagi_trainer }: Pick<Card, "x_feagi_trainer">): Insufficient => {
  const found = x_feagi_trainer?.insufficient
  return typeof found === "object" && found !== null ? (found as Insufficient) : {}
}

/** Where a metric stands: the usual one first, then the others of all samples, averages over classes, single classes. */
const rankOf = (name: string, usual: string): number =>
  name === usual ? 0 : !name.includes("/") ? 1 : /\/(?:macro|micro|weighted|mean)$/.test(name) ? 2 : 3

/** What a verification found, in a sentence: `verified` alone would hide which of the three questions was asked. */
export const verifiedText = (data: unknown): string => {
  const known = typeof data === "object" && data !== null ? (data as Readonly<Record<string, unknown>>) : {}
  const count = typeof known.predictions === "number" ? `its ${known.predictions} predictions give these values` : ""
  if (typeof known.keyid === "string") return `${count}, and the key ${known.keyid.slice(0, 16)} vouches for every field`
  if (typeof known.verified_scorecard_id === "string")
    return `verified by a replay of a run of ${String(known.origin)}: ${known.verified_scorecard_id}`
  if (known.independent === false) return "the replay is equal; the scorecard stays self-reported, as this store executed the run itself"
  return count
}

/** Every value of a card with its interval, then those that could not be computed, with the reason. Counts of classes only when asked for. */
export const valueRows = (card: Card, baseline: Card | undefined, counts: boolean): ReadonlyArray<ValueRow> => {
  const without = insufficientOf(card)
  const all = Object.keys(card.metrics)
  const usual = usualMetric(all)
  const names = all
    .filter((name) => counts || !name.startsWith("support/"))
    .toSorted((a, b) => rankOf(a, usual) - rankOf(b, usual) || (a < b ? -1 : 1))
  return [
    ...names.map((name): ValueRow => {
      const interval = card.intervals?.[name]
      const known = interval !== undefined && !("insufficient" in interval)
      return {
        name,
        value: card.metrics[name] ?? null,
        low: known ? interval.low : null,
        high: known ? interval.high : null,
        because: interval !== undefined && "insufficient" in interval ? interval.insufficient : null,
        other: baseline?.metrics[name] ?? null
      }
    }),
    ...Object.entries(without).map(
      ([name, because]): ValueRow => ({ name, value: null, low: null, high: null, because, other: baseline?.metrics[name] ?? null })
    )
  ]
}

/** Whether two cards measure the same thing; else what is not the same. Their numbers may stand beside each other only then. */
export const unlike = (card: Card, other: Card): ReadonlyArray<string> =>
  [
    ["dataset", card.dataset_content_hash === other.dataset_content_hash],
    ["split", card.split_id === other.split_id],
    ["protocol", card.evaluation_protocol_version === other.evaluation_protocol_version],
    ["metric pack", card.metric_pack.id === other.metric_pack.id && card.metric_pack.version === other.metric_pack.version]
  ].flatMap(([name, same]) => (same === true ? [] : [String(name)]))
