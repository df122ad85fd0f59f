/** `scorecard`: the portable results; whether they are true, who vouches for them, and which of them to read. */
import { Command } from "effect/cli"
import { ls, show } from "./scorecard/list.ts"
import { exportCard, keygen, sign } from "./scorecard/sign.ts"
import { supersede } from "./scorecard/supersede.ts"
import { verify } from "./scorecard/verify.ts"

export const scorecard = Command.make("scorecard").pipe(
  Command.withDescription("List, verify, sign and supersede scorecards"),
  Command.withSubcommands([ls, show, verify, supersede, keygen, sign, exportCard])
)
