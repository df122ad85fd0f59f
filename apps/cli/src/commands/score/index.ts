/**
 * `score`: metrics of files or of the bundle of a run. Neither brain nor dataset is asked, nothing is stored, and the numbers of a bundle
 * have to be those that the run gave.
 */
import { existsSync } from "node:fs"
import { trainerError } from "@feagi-trainer/contracts"
import { Argument, Command, Flag } from "effect/cli"
import * as Option from "effect/Option"
import { json } from "../../flags.ts"
import { scoreOfBundle } from "./bundle.ts"
import { scoreOfFiles } from "./files.ts"

export const score = Command.make(
  "score",
  {
    bundle: Argument.String("bundle").pipe(
      Argument.withDescription("Bundle of a run, as `run export --bundle` wrote it"),
      Argument.optional
    ),
    pack: Flag.String("pack").pipe(Flag.withDescription("Metric pack that reads the files, such as detection"), Flag.optional),
    predictions: Flag.String("predictions").pipe(
      Flag.withMetavar("file"),
      Flag.withDescription("File of predictions, in the form that the pack documents"),
      Flag.optional
    ),
    targets: Flag.String("targets").pipe(
      Flag.withMetavar("file"),
      Flag.withDescription("File of targets; may be repeated where the pack takes several"),
      Flag.atLeast(0)
    ),
    option: Flag.String("option").pipe(
      Flag.withMetavar("key=value"),
      Flag.withDescription("An option of the pack for files; may be repeated"),
      Flag.atLeast(0)
    ),
    phase: Flag.String("phase").pipe(Flag.withDescription("Phase of the bundle; the last scored one when left out"), Flag.optional),
    resamples: Flag.Int("resamples").pipe(
      Flag.withDescription("Draw an interval of every metric from this many resamples of the samples"),
      Flag.filter(
        (count) => count >= 1 && count <= 1_000_000,
        () => "a whole number from 1 to 1000000"
      ),
      Flag.optional
    ),
    seed: Flag.String("seed").pipe(Flag.withDescription("Seed of the resamples"), Flag.optional),
    confidence: Flag.Finite("confidence").pipe(
      Flag.withDescription("Share of samples of this kind for which the interval should hold"),
      Flag.filter(
        (share) => share > 0 && share < 1,
        () => "a number between 0 and 1"
      ),
      Flag.withDefault(0.95)
    ),
    method: Flag.Literals("method", ["bca", "percentile"]).pipe(
      Flag.withDescription("How an interval is made of the resamples"),
      Flag.withDefault("bca")
    ),
    report: Flag.String("report").pipe(
      Flag.withMetavar("folder"),
      Flag.withDescription("Write report.html and report.md there"),
      Flag.optional
    ),
    images: Flag.String("images").pipe(
      Flag.withMetavar("folder"),
      Flag.withDescription("Pictures that the files name, for the report"),
      Flag.optional
    ),
    all: Flag.Boolean("all").pipe(Flag.withDescription("Also every further value that the pack computes"), Flag.withDefault(false)),
    json
  },
  ({ bundle, pack, predictions, phase, ...rest }) => {
    const { targets, option } = rest
    const usage = (message: string) =>
      trainerError("usage", {
        code: "FT5014",
        message,
        expected: "score BUNDLE [--pack PACK], or score --pack PACK --predictions FILE [--targets FILE]"
      })
    if (Option.isSome(bundle)) {
      const forFiles: ReadonlyArray<readonly [flag: string, given: boolean]> = [
        ["--predictions", Option.isSome(predictions)],
        ["--targets", targets.length > 0],
        ["--report", Option.isSome(rest.report)],
        ["--images", Option.isSome(rest.images)]
      ]
      const wrong = forFiles.flatMap(([flag, given]) => (given ? [flag] : []))
      if (wrong.length > 0) return usage(`a bundle holds its predictions and targets: ${wrong.join(", ")} are for files`)
      if (Option.isNone(pack) && option.length > 0)
        return usage("a bundle says itself with which options it was scored; --option is for another --pack")
      return existsSync(bundle.value)
        ? scoreOfBundle(bundle.value, { ...rest, phase, pack })
        : trainerError("invalid", { code: "FT4043", file: bundle.value, message: "no such file" })
    }
    if (Option.isNone(pack) || Option.isNone(predictions)) return usage("there is nothing to score")
    if (Option.isSome(phase)) return usage("--phase is for a bundle")
    return scoreOfFiles({ ...rest, pack: pack.value, predictions: predictions.value })
  }
).pipe(
  Command.withExamples([
    {
      command: "feagi-trainer score --pack detection --predictions results.json --targets instances.json --option iou_type=bbox",
      description: "Score the results of a detector"
    },
    { command: "feagi-trainer score ./iris-bundle", description: "Compute the metrics of a run again from its bundle" }
  ])
)
