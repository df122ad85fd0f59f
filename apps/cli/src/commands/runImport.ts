/** `run import`: take the run of a bundle over into this store, as it was. */
import { type MarkDifference, predictionsHash } from "@feagi-trainer/core"
import { Argument, Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { importBundle } from "../bundle/importBundle.ts"
import { json } from "../flags.ts"
import { emit, next } from "../Out.ts"
import { writing } from "../services.ts"
import { changeText } from "./runMark.ts"

const differenceText = ({ field, ours, theirs }: MarkDifference): string =>
  field === "tags"
    ? `  not taken over: the tag ${theirs}, which was taken away here`
    : field === "starred"
      ? "  not taken over: the star, which was taken away here"
      : `  not taken over: the note ${JSON.stringify(theirs)}; here ${ours === null ? "it was taken away" : `stands ${JSON.stringify(ours)}`}`

const bundle = Argument.String("bundle").pipe(Argument.withDescription("A bundle that `run export --bundle` wrote: its folder or zip file"))

export const importRun = Command.make("import", { bundle, json }, (flags) =>
  writing(
    Effect.gen(function* () {
      const { run_id, existing, added, origin, content, marks } = yield* importBundle(flags.bundle)
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
          verified_scorecards: content.verified.map(({ scorecard_id }) => scorecard_id),
          marks
        },
        human: [
          `${run_id}  ${existing ? "is here already" : "imported"}, executed in ${origin}`,
          `  ${content.predictions.length} predictions, dataset ${content.dataset.dataset_version_id}, scorecards ${cards.join(", ") || "none"}`,
          ...(existing && added > 0 ? [`  ${added} of what was said about its scorecards since was added`] : []),
          ...(Object.keys(marks.taken).length === 0 ? [] : [`  taken over: ${changeText(marks.taken)}`]),
          ...marks.differences.map(differenceText)
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
