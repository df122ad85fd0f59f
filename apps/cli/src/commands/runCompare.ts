/** `run compare`: may runs be compared, by how much do they differ, where, and what else is not the same. */
import { formatDiagnostic, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { type Comparison, comparisonCsv, comparisonMarkdown } from "@feagi-trainer/control-api/comparison"
import { type Catalogue, compareRuns, type RunComparison } from "@feagi-trainer/core"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { bundleSide, type ComparedSide, isBundle, sideOf } from "../comparedSide.ts"
import { comparisonData } from "../comparisonData.ts"
import { comparisonText } from "../comparisonText.ts"
import { exitCodes } from "../exitCode.ts"
import { json } from "../flags.ts"
import { type Emission, emit, say } from "../Out.ts"
import { Stopped } from "../Stopped.ts"
import { reading, withPlugins } from "../services.ts"

const listed = (texts: ReadonlyArray<string>): ReadonlyArray<string> =>
  texts.flatMap((each) => each.split(",")).filter((each) => each !== "")

interface Wanted {
  readonly across: ReadonlyArray<string>
  readonly exploratory: boolean
  readonly phase: string | undefined
  readonly sliceBy: ReadonlyArray<string>
}

const compared = (
  sides: ReadonlyArray<ComparedSide>,
  { across, exploratory, phase, sliceBy }: Wanted
): Effect.Effect<RunComparison, TrainerError, Catalogue> =>
  compareRuns(
    sides.map((side) => side.run),
    {
      across,
      exploratory,
      ...(phase === undefined ? {} : { phase }),
      fields: (ids) => Effect.forEach(sliceBy, (field) => sides[0]?.fieldValues(field, ids) ?? Effect.die("there is a baseline"))
    }
  )

const formats = ["text", "json", "csv", "md"] as const
type Format = (typeof formats)[number]

const emission = (sides: ReadonlyArray<ComparedSide>, comparison: RunComparison, format: Format): Emission => {
  const data = comparisonData(sides, comparison)
  const texts = {
    text: () => comparisonText(sides, comparison),
    json: () => "",
    csv: () => comparisonCsv(data as unknown as Comparison),
    md: () => comparisonMarkdown(data as unknown as Comparison)
  } as const
  return { kind: "comparison", data, human: texts[format](), verbatim: format !== "text" }
}

const told = (sides: ReadonlyArray<ComparedSide>, wanted: Wanted, format: Format) =>
  Effect.gen(function* () {
    const outcome = yield* compared(sides, wanted).pipe(Effect.result)
    if (outcome._tag === "Success") return yield* emit(format === "json", emission(sides, outcome.success, format))
    const refusal = outcome.failure
    if (refusal.reason !== "incomparable" || format === "text") return yield* refusal
    // Scripts get the same document either way: what differs, and that nothing was compared.
    const refused = yield* compared(sides, { ...wanted, exploratory: true })
    yield* emit(format === "json", emission(sides, { ...refused, shown: false }, format))
    for (const diagnostic of refusal.diagnostics) yield* say(formatDiagnostic(diagnostic))
    return yield* Effect.fail(new Stopped(exitCodes.incomparable))
  })

/** The baseline first, whether or not it was among the others. */
const ordered = (runs: ReadonlyArray<string>, baseline: Option.Option<string>): Effect.Effect<ReadonlyArray<string>, TrainerError> => {
  const all = Option.isSome(baseline) ? [baseline.value, ...runs.filter((each) => each !== baseline.value)] : runs
  return all.length < 2
    ? Effect.fail(
        trainerError("usage", {
          code: "FT1340",
          message: "a comparison needs at least two runs",
          expected: "two or more of: the id of a run, the path of a bundle",
          actual: `${all.length}`,
          help: "feagi-trainer run compare A B"
        })
      )
    : Effect.succeed(all)
}

export const compare = Command.make(
  "compare",
  {
    runs: Argument.String("run").pipe(
      Argument.withDescription("Ids of runs, or bundles of runs of any store; the first is the baseline"),
      Argument.variadic()
    ),
    across: Flag.String("across").pipe(
      Flag.withMetavar("fields"),
      Flag.withDescription("The factors under study, by comma: treatment fields that may differ"),
      Flag.atLeast(0)
    ),
    exploratory: Flag.Boolean("exploratory").pipe(
      Flag.withDescription("Show what cannot be compared, marked as such"),
      Flag.withDefault(false)
    ),
    baseline: Flag.String("baseline").pipe(
      Flag.withMetavar("run"),
      Flag.withDescription("The run that all others are held against; left out: the first"),
      Flag.optional
    ),
    phase: Flag.String("phase").pipe(Flag.withDescription("A scored phase; left out: the last one of the protocol"), Flag.optional),
    sliceBy: Flag.String("slice-by").pipe(
      Flag.withMetavar("fields"),
      Flag.withDescription("Fields of the samples to slice by, by comma: group, values.NAME, metadata.NAME, feature.NAME"),
      Flag.atLeast(0)
    ),
    format: Flag.Literals("format", formats).pipe(
      Flag.withDescription("text for a terminal; csv and json hold everything, digit for digit; md is a page for people"),
      Flag.withDefault("text")
    ),
    json
  },
  (flags) =>
    Effect.gen(function* () {
      const references = yield* ordered(flags.runs, flags.baseline)
      const wanted: Wanted = {
        across: listed(flags.across),
        exploratory: flags.exploratory,
        phase: Option.getOrUndefined(flags.phase),
        sliceBy: listed(flags.sliceBy)
      }
      const format = flags.json ? "json" : flags.format
      const bundles = Effect.flatMap(Effect.forEach(references, bundleSide), (sides) => told(sides, wanted, format))
      // Bundles need no store: two people can compare what they were given.
      if (references.every(isBundle)) return yield* withPlugins(bundles)
      return yield* reading(Effect.flatMap(Effect.forEach(references, sideOf), (sides) => told(sides, wanted, format)))
    })
).pipe(
  Command.withExamples([
    { command: "feagi-trainer run compare r-1a r-2b r-3c", description: "Two runs against the first" },
    { command: "feagi-trainer run compare r-1a colleague.zip --across encoding", description: "With a run of another store" }
  ])
)
