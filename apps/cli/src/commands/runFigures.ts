/** `run figures`: the figures of each scored phase, as data that `packages/charts` draws the same everywhere. */
import { toMarkdown } from "@feagi-trainer/charts"
import { trainerError } from "@feagi-trainer/contracts"
import { documentOf, measuringPack, RunJournal, readAnswer, scoredAnswer } from "@feagi-trainer/core"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { evenMarkdown } from "../evenMarkdown.ts"
import { findRun } from "../findRun.ts"
import { json, optionalRunId, samples } from "../flags.ts"
import { emit } from "../Out.ts"
import { reading } from "../services.ts"

export const figures = Command.make(
  "figures",
  {
    run: optionalRunId,
    phase: Flag.String("phase").pipe(Flag.withDescription("Figures of one phase alone"), Flag.optional),
    sample: samples,
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const journal = yield* RunJournal
        const row = yield* findRun(flags.run)
        const document = yield* documentOf(row)
        const scored = document.protocol.phases.filter((phase) => phase.scored).map(({ name }) => name)
        const asked = Option.getOrUndefined(flags.phase)
        if (asked !== undefined && !scored.includes(asked))
          return yield* trainerError("usage", {
            code: "FT1355",
            field: "--phase",
            message: `run ${row.run_id} has no scored phase "${asked}"`,
            expected: `one of ${scored.join(", ")}`
          })
        const asking = new Set(flags.sample)
        const { pack, options, context } = yield* measuringPack(document)
        const phases = yield* Effect.forEach(asked === undefined ? scored : [asked], (phase) =>
          Effect.map(journal.predictions(row.run_id, phase), (rows) => {
            const about = asking.size === 0 ? rows : rows.filter(({ sample_id }) => asking.has(sample_id))
            const answers = about.flatMap((each) => scoredAnswer(readAnswer(each.line)) ?? [])
            const fold = pack.start(options, context)
            return { phase, figures: answers.length === 0 ? [] : fold.result(answers.reduce(fold.add, fold.empty)).figures }
          })
        )
        yield* emit(flags.json, {
          kind: "run-figures",
          data: { run_id: row.run_id, phases },
          human: phases
            .map(({ phase, figures: of }) =>
              [
                `# ${phase}`,
                ...(of.length === 0 ? ["nothing was answered yet"] : of.map((figure) => evenMarkdown(toMarkdown(figure))))
              ].join("\n\n")
            )
            .join("\n\n")
        })
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer run figures latest --phase test", description: "Confusion matrix and curves of the test phase" }
  ])
)
