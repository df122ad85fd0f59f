/**
 * The campaign file: what a person writes (`*.campaign.toml`, YAML or JSON) to have several run files executed as one piece of work.
 *
 * It is a list and nothing else: no variation is made of a file, so that whatever ran can be read where it was written.
 */
import * as Schema from "effect/Schema"

/** It stands in tables and on terminals, so that nothing in it may move a cursor or break a line. */
const Shown = Schema.String.check(Schema.isPattern(/^\P{C}{1,80}$/u, { expected: "1 to 80 printable characters" }))

export const CampaignFile = Schema.Struct({
  schema_version: Schema.Literal(1),
  name: Shown,
  runs: Schema.NonEmptyArray(
    Schema.Struct({
      /** What the tables call it; unique in the file. */
      label: Shown,
      /** A run file, relative to this file. Every seed in it is a run of the campaign. */
      file: Schema.String.check(Schema.isNonEmpty())
    })
  )
})
export type CampaignFile = typeof CampaignFile.Type
