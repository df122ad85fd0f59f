/**
 * The identifiers of the wire. All are transparent strings, as upstream's: any text, the empty one included.
 * Sharp edge: the aliases document intent and do not stop one id from standing where another belongs.
 */
import * as Schema from "effect/Schema"

const id = (identifier: string, description: string) => Schema.String.annotate({ identifier, description })

export type DatasetVersionId = string
/** One immutable version of a dataset. */
export const DatasetVersionId = id("DatasetVersionId", "One immutable version of a dataset.")
export type DatasetAssetId = string
/** A dataset across its versions. */
export const DatasetAssetId = id("DatasetAssetId", "A dataset across its versions.")
export type SampleId = string
/** A sample, unique in its dataset version. */
export const SampleId = id("SampleId", "A sample, unique in its dataset version.")
export type RunId = string
/** A run. */
export const RunId = id("RunId", "A run.")
export type ScorecardId = string
/** A scorecard. */
export const ScorecardId = id("ScorecardId", "A scorecard.")
export type GenomeVersionId = string
/** A version of a genome. */
export const GenomeVersionId = id("GenomeVersionId", "A version of a genome.")
export type SplitId = string
/** A split of a dataset version. */
export const SplitId = id("SplitId", "A split of a dataset version.")
export type PluginId = string
/** A plugin entry. */
export const PluginId = id("PluginId", "A plugin entry.")
export type ContentHash = string
/** Hash of content, `<algorithm>:<digest>`. */
export const ContentHash = id("ContentHash", "Hash of content, `<algorithm>:<digest>`.")
export type ConnectomeHash = string
/** Hash of a connectome. */
export const ConnectomeHash = id("ConnectomeHash", "Hash of a connectome.")
export type EvaluationProtocolVersion = string
/** A version of an evaluation protocol. */
export const EvaluationProtocolVersion = id("EvaluationProtocolVersion", "A version of an evaluation protocol.")
