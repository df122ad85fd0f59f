/** The command tree. */
import { Command } from "effect/cli"
import { archive } from "./commands/archive.ts"
import { artifact } from "./commands/artifact.ts"
import { audit } from "./commands/audit.ts"
import { binding, bindings } from "./commands/binding.ts"
import { brain } from "./commands/brain/index.ts"
import { campaign } from "./commands/campaign.ts"
import { chronicle } from "./commands/chronicle.ts"
import { compat } from "./commands/compat/index.ts"
import { config } from "./commands/config.ts"
import { data } from "./commands/dataMetadata.ts"
import { dataset } from "./commands/dataset/index.ts"
import { doctor } from "./commands/doctor.ts"
import { encoding } from "./commands/encoding.ts"
import { environment } from "./commands/environment.ts"
import { init } from "./commands/init.ts"
import { log } from "./commands/logFormat.ts"
import { monitor } from "./commands/monitor.ts"
import { plot } from "./commands/plot/index.ts"
import { plugin } from "./commands/plugin.ts"
import { protocol } from "./commands/protocol.ts"
import { query } from "./commands/query.ts"
import { report } from "./commands/report.ts"
import { run } from "./commands/run.ts"
import { schema } from "./commands/schema.ts"
import { schemes } from "./commands/schemes.ts"
import { score } from "./commands/score/index.ts"
import { scorecard } from "./commands/scorecard.ts"
import { seeds } from "./commands/seeds.ts"
import { serve, ui } from "./commands/serve.ts"
import { template } from "./commands/template.ts"
import { time } from "./commands/time.ts"
import { weights } from "./commands/weights.ts"

export const program = Command.make("feagi-trainer").pipe(
  Command.withDescription("Train, test and benchmark FEAGI brains; every result replays to the same bytes"),
  Command.withSubcommands([
    init,
    ui,
    serve,
    template,
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
    monitor,
    archive,
    query,
    report,
    plot,
    score,
    scorecard,
    artifact,
    audit,
    plugin,
    schema,
    config,
    data,
    seeds,
    log,
    time,
    chronicle,
    compat,
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
