/**
 * One finding about one place, in the one shape that the command line, reports and JSON output share.
 *
 * A code is stable: `FT…` is ours and listed in docs/reference/errors.md, a plugin's own is `<id>/<CODE>`. Everything that is
 * known about the place is filled in; what is not known is absent, never guessed.
 */
import * as Schema from "effect/Schema"

export const Diagnostic = Schema.Struct({
  code: Schema.String,
  severity: Schema.Literals(["error", "warning"]),
  message: Schema.String,
  /** As the user wrote it, or relative to the root of the dataset. */
  file: Schema.optionalKey(Schema.String),
  /** From 1. */
  line: Schema.optionalKey(Schema.Int),
  /** From 1, in UTF-16 code units. */
  column: Schema.optionalKey(Schema.Int),
  byte_offset: Schema.optionalKey(Schema.Int),
  /** A dotted path in a document (`learner.encoder.bins`), or a column of a table. */
  field: Schema.optionalKey(Schema.String),
  sample_id: Schema.optionalKey(Schema.String),
  expected: Schema.optionalKey(Schema.String),
  actual: Schema.optionalKey(Schema.String),
  /** The way out, as something that can be typed or edited. */
  help: Schema.optionalKey(Schema.String),
  /** The line of the file that is meant, for the excerpt under a message. */
  excerpt: Schema.optionalKey(Schema.String),
  docs_url: Schema.optionalKey(Schema.String),
  /** How many findings of the same kind this one stands for. */
  count: Schema.optionalKey(Schema.Int)
})
export type Diagnostic = typeof Diagnostic.Type
