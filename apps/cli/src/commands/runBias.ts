/** `run bias`: the metrics of a run by the groups of a field, how far the groups lie apart, and how well each is calibrated. */
import { escapeControl, isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import { type BiasReport, biasReport, bySliceName, type ClassFairness } from "@feagi-trainer/core"
import type { Estimate } from "@feagi-trainer/evaluation"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { bundleSide, type ComparedSide, isBundle, storedSide } from "../comparedSide.ts"
import { json, minGroup } from "../flags.ts"
import { emit } from "../Out.ts"
import { reading, withPlugins } from "../services.ts"
import { textTable } from "../textTable.ts"

const number = (value: MetricValue): string => (isInsufficient(value) ? "–" : value.toFixed(4))
const interval = ({ interval: found }: Estimate): string =>
  "insufficient" in found ? "–" : `${found.low.toFixed(4)} … ${found.high.toFixed(4)}`
const estimate = (found: Estimate): string => `${number(found.value)} (${interval(found)})`
const indented = (table: string): ReadonlyArray<string> =>
  table
    .trimEnd()
    .split("\n")
    .map((line) => `  ${line}`)

/** Groups that are too small, by name. */
const shownSmall = 6

/** In the order of their names, numbers by size. */
const sorted = <A>(groups: Readonly<Record<string, A>>): ReadonlyArray<readonly [string, A]> =>
  Object.entries(groups).toSorted(([left], [right]) => bySliceName(left, right))

const groupsText = ({ metrics, minimum, primary_metric }: BiasReport): ReadonlyArray<string> => {
  const gap = metrics.disparities[primary_metric]
  const small = sorted(metrics.small)
  const named = small.slice(0, shownSmall).map(([name, count]) => `${escapeControl(name)} (${count})`)
  return [
    ...indented(
      textTable(
        [
          { title: "GROUP", cell: ([name]) => name },
          { title: "SAMPLES", cell: ([, group]) => group.n },
          {
            title: primary_metric.toUpperCase(),
            cell: ([, group]) => number(group.values[primary_metric]?.value ?? { insufficient: "absent" })
          },
          {
            title: "95 % INTERVAL",
            cell: ([, group]) => {
              const found = group.values[primary_metric]
              return found === undefined ? "–" : interval(found)
            }
          }
        ],
        sorted(metrics.groups),
        "no group is large enough"
      )
    ),
    ...(small.length === 0
      ? []
      : [`  below ${minimum} samples: ${named.join(", ")}${small.length > shownSmall ? ` and ${small.length - shownSmall} more` : ""}`]),
    ...(metrics.ungrouped === 0 ? [] : [`  without a value of the field: ${metrics.ungrouped}`]),
    ...(gap === undefined
      ? []
      : [
          "",
          `gap of ${primary_metric}: ${estimate(gap.difference)}, ratio ${estimate(gap.ratio)}`,
          ...(gap.smallest === undefined || gap.largest === undefined
            ? []
            : [`  least in ${escapeControl(gap.smallest)}, most in ${escapeControl(gap.largest)}`])
        ])
  ]
}

const classesText = (classes: BiasReport["classes"]): ReadonlyArray<string> =>
  classes.length === 0
    ? []
    : [
        "",
        "answered with a class, between the groups (differences; 0 is equal)",
        ...indented(
          textTable<ClassFairness>(
            [
              { title: "CLASS", cell: (each) => each.label },
              { title: "DEMOGRAPHIC PARITY", cell: ({ fairness }) => estimate(fairness.demographic_parity_difference) },
              { title: "EQUALIZED ODDS", cell: ({ fairness }) => estimate(fairness.equalized_odds_difference) }
            ],
            classes,
            "no class"
          )
        )
      ]

const calibrationText = (calibration: BiasReport["calibration"]): ReadonlyArray<string> => {
  if (typeof calibration.insufficient === "string") return ["", "calibration: none", `  ${calibration.insufficient}`]
  return [
    "",
    "calibration (how sure the answers are, and how often right)",
    ...indented(
      textTable(
        [
          { title: "GROUP", cell: ([name]) => name },
          { title: "ANSWERS", cell: ([, group]) => group.n },
          { title: "CONFIDENCE", cell: ([, group]) => number(group.confidence) },
          { title: "ACCURACY", cell: ([, group]) => number(group.accuracy) },
          { title: "ECE", cell: ([, group]) => number(group.expected_calibration_error) }
        ],
        sorted(calibration as Exclude<typeof calibration, { readonly insufficient: string }>),
        "no group is large enough"
      )
    )
  ]
}

const biasText = ({ run }: ComparedSide, report: BiasReport): string =>
  [
    `${run.run_id}, phase ${report.phase}, ${report.n} samples by ${escapeControl(report.field)}`,
    ...groupsText(report),
    ...classesText(report.classes),
    ...calibrationText(report.calibration),
    "",
    "A gap is from the worst to the best group, so that chance alone makes one:",
    "read its interval, and do not take the absence of a gap for equal treatment."
  ].join("\n")

const listed = (texts: ReadonlyArray<string>): ReadonlyArray<string> =>
  texts.flatMap((each) => each.split(",")).filter((each) => each !== "")

export const bias = Command.make(
  "bias",
  {
    run: Argument.String("run").pipe(
      Argument.withDescription("Id of a run, a unique beginning of it, latest, or a bundle"),
      Argument.withDefault("latest")
    ),
    groupBy: Flag.String("group-by").pipe(
      Flag.withMetavar("field"),
      Flag.withDescription("Field of the samples: class, group, given_split, values.NAME, metadata.NAME, feature.NAME")
    ),
    phase: Flag.String("phase").pipe(Flag.withDescription("A scored phase; left out: the last one of the protocol"), Flag.optional),
    positive: Flag.String("positive").pipe(
      Flag.withMetavar("classes"),
      Flag.withDescription("Classes whose selection is looked at, by comma; left out: every class in turn"),
      Flag.atLeast(0)
    ),
    minGroup,
    json
  },
  (flags) => {
    const told = (side: ComparedSide) =>
      Effect.gen(function* () {
        const positive = listed(flags.positive)
        const report = yield* biasReport({
          run: side.run,
          field: (ids) => side.fieldValues(flags.groupBy, ids),
          minimum: flags.minGroup,
          ...(Option.isSome(flags.phase) ? { phase: flags.phase.value } : {}),
          ...(positive.length === 0 ? {} : { positive })
        })
        yield* emit(flags.json, {
          kind: "bias",
          data: { run_id: side.run.run_id, spec_sha256: side.run.spec_sha256, ...report },
          human: biasText(side, report)
        })
      })
    return isBundle(flags.run)
      ? withPlugins(Effect.flatMap(bundleSide(flags.run), told))
      : reading(Effect.flatMap(storedSide(flags.run), told))
  }
).pipe(
  Command.withExamples([
    { command: "feagi-trainer run bias latest --group-by metadata.site", description: "Is one site served worse than another?" }
  ])
)
