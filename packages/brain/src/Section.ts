/** The `[learner]` table of a run file for a brain: every plugin by name, every option spelled out, every burst counted. */
import * as Schema from "effect/Schema"

const Plugin = Schema.Struct({
  /** Id of the entry, or `package#id` where the id alone is ambiguous. */
  plugin: Schema.String,
  options: Schema.Record(Schema.String, Schema.Unknown)
})

const bursts = (least: number) => Schema.Int.check(Schema.isBetween({ minimum: least, maximum: 1_000 }))

export const Section = Schema.Struct({
  kind: Schema.Literal("brain"),
  backend: Plugin,
  binding: Schema.Struct({ encoder: Plugin, decoder: Plugin }),
  reward: Plugin,
  schedule: Schema.Struct({ hold_bursts: bursts(1), read_burst: bursts(1), settle_bursts: bursts(0) })
})
export type Section = typeof Section.Type
