/** `dataset`: register data, look at it, check it, split it. */
import { Command } from "effect/cli"
import { add } from "./add.ts"
import { checkCompat } from "./checkCompat.ts"
import { diff } from "./diff.ts"
import { discover } from "./discover.ts"
import { hash } from "./hash.ts"
import { labels } from "./labels.ts"
import { ls } from "./ls.ts"
import { preview } from "./preview.ts"
import { proposeSchema } from "./proposeSchema.ts"
import { show } from "./show.ts"
import { split } from "./split.ts"
import { validate } from "./validate.ts"
import { verify } from "./verify.ts"

export const dataset = Command.make("dataset").pipe(
  Command.withDescription("Register data, look at it, check it, split it"),
  Command.withSubcommands([discover, proposeSchema, validate, add, ls, show, labels, preview, diff, split, checkCompat, hash, verify])
)
