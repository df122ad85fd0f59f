/**
 * What the report of scored answers is made of: plain data about files, or about one phase of a run. Sharp edge: a metric without a value
 * says why; an interval says how it was made, or is not there.
 */
import type { Figure } from "@feagi-trainer/charts"
import type { MetricValue } from "@feagi-trainer/contracts"

export interface ReportedMetric {
  readonly name: string
  readonly value: MetricValue
  readonly direction?: "higher-is-better" | "lower-is-better"
  readonly interval?: { readonly low: number; readonly high: number }
  /** How the value was computed. */
  readonly signature: string
}

export interface ReportedFile {
  /** `predictions`, `targets`. */
  readonly role: string
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

export interface ScoreReport {
  readonly schema_version: 1
  readonly title: string
  readonly trainer_version: string
  /** `<package>#<id>@<version>`. */
  readonly pack: string
  readonly scored: number
  readonly missing: number
  readonly abstained: number
  /** In the order in which they are shown; the first is what the report is about. */
  readonly metrics: ReadonlyArray<ReportedMetric>
  /** How the intervals were made; left out where there are none. Those of `wilson`, shares of the samples, are Wilson's and not drawn. */
  readonly intervals?: {
    readonly method: string
    readonly confidence: number
    readonly resamples: number
    readonly seed: string
    readonly wilson: ReadonlyArray<string>
  }
  readonly figures: ReadonlyArray<Figure>
  readonly files: ReadonlyArray<ReportedFile>
  /** Further values of the pack, such as those of single classes. */
  readonly further: ReadonlyArray<{ readonly name: string; readonly value: MetricValue }>
  /** Commands that repeat it, one per line. */
  readonly commands: ReadonlyArray<string>
}
