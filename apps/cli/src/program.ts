/** The command tree. */
import { Command } from "effect/cli"
import { artifact } from "./commands/artifact.ts"
import { binding, bindings } from "./commands/binding.ts"
import { brain } from "./commands/brain/index.ts"
import { campaign } from "./commands/campaign.ts"
import { config } from "./commands/config.ts"
import { dataset } from "./commands/dataset/index.ts"
import { encoding } from "./commands/encoding.ts"
import { init } from "./commands/init.ts"
import { doctor, environment } from "./commands/machine.ts"
import { plugin } from "./commands/plugin.ts"
import { protocol } from "./commands/protocol.ts"
import { report } from "./commands/report.ts"
import { run } from "./commands/run.ts"
import { schema } from "./commands/schema.ts"
import { schemes } from "./commands/schemes.ts"
import { score } from "./commands/score/index.ts"
import { scorecard } from "./commands/scorecard.ts"
import { weights } from "./commands/weights.ts"

export const program = Command.make("feagi-trainer").pipe(
  Command.withDescription("Train, test and benchmark FEAGI brains; every result replays to the same bytes"),
  Command.withSubcommands([
    init,
    dataset,
    brain,
    schemes,
    bindings,
    binding,
    encoding,
    protocol,
    run,
    weights,
    campaign,
    report,
    score,
    scorecard,
    artifact,
    plugin,
    schema,
    config,
    doctor,
    environment
  ]),
  Command.withExamples([
    { command: "feagi-trainer dataset add iris.csv --adapter csv --label-column species --name iris", description: "Register data" },
    {
      command: "feagi-trainer init --template tabular-classification --dataset iris@1 --seed 1..5 > iris.run.toml",
      description: "Write a run file"
    },
    { command: "feagi-trainer run start iris.run.toml", description: "Run it" }
  ])
)
