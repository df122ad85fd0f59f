/** `run import`: take the run of a bundle over into this store, as it was. */
import { predictionsHash } from "@feagi-trainer/core"
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { importBundle } from "../bundle/importBundle.ts"
import { json } from "../flags.ts"
import { emit, next } from "../Out.ts"
import { writing } from "../services.ts"

const bundle = Argument.String("bundle").pipe(Argument.withDescription("A bundle that `run export --bundle` wrote: its folder or zip file"))

export const importRun = Command.make("import", { bundle, json }, (flags) =>
  writing(
    Effect.gen(function* () {
      const { run_id, existing, added, origin, content } = yield* importBundle(flags.bundle)
      const cards = content.scorecards.map(({ scorecard_id }) => scorecard_id)
      yield* emit(flags.json, {
        kind: "imported-run",
        data: {
          run_id,
          existing,
          added,
          origin,
          spec_sha256: content.row.spec_sha256,
          predictions_sha256: predictionsHash(content.predictions),
          dataset_version_id: content.dataset.dataset_version_id,
          scorecards: cards,
          verified_scorecards: content.verified.map(({ scorecard_id }) => scorecard_id)
        },
        human: [
          `${run_id}  ${existing ? "is here already" : "imported"}, executed in ${origin}`,
          `  ${content.predictions.length} predictions, dataset ${content.dataset.dataset_version_id}, scorecards ${cards.join(", ") || "none"}`,
          ...(existing && added > 0 ? [`  ${added} of what was said about its scorecards since was added`] : [])
        ].join("\n")
      })
      const [card] = cards
      if (card !== undefined) yield* next(`feagi-trainer scorecard verify ${card} --replay`)
    })
  )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer run import iris.zip", description: "Import a run, then verify its scorecards by a replay" }
  ])
)
