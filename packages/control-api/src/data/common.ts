/** What the answers share. Sharp edge: members may be added within a version, so that a reader takes what it knows. */
import * as Schema from "effect/Schema"

export const Text = Schema.String
export const Texts = Schema.Array(Schema.String)
export const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
export const Sha256 = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/, { expected: "64 lower-case hex digits" }))
export const Table = Schema.Record(Schema.String, Schema.Unknown)
export const Numbers = Schema.Array(Schema.Finite)
/** An integer from 0 to 2^64 − 1; a bigint where a number would lose digits. */
export const Seed = Schema.Union([Schema.Int, Schema.BigInt])
/** No number, and why. */
export const Insufficient = Schema.Struct({ insufficient: Schema.String })
export const MetricValue = Schema.Union([Schema.Finite, Insufficient])
export type MetricValue = typeof MetricValue.Type
export const Metrics = Schema.Record(Schema.String, MetricValue)
/** Unix milliseconds. */
export const Millis = Schema.Int
/** A class, a box set, … in wire form: one member, named by its kind. */
export const Answer = Schema.Record(Schema.String, Schema.Unknown)
