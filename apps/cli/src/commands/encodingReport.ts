/** `encoding report`: bits kept and lost, collisions, silent channels, before training, for one number of bins or several. */
import { existsSync, writeFileSync } from "node:fs"
import { resolve } from "node:path"
import { type EncodingReport, encodingReport, featureNames } from "@feagi-trainer/brain"
import { type Figure, toSvg } from "@feagi-trainer/charts"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { inputFormat, json, runFile, set } from "../flags.ts"
import { emit } from "../Out.ts"
import { writeOut } from "../outFiles.ts"
import { reading } from "../services.ts"
import { textTable } from "../textTable.ts"
import { labelOf, openRunBinding, seed } from "./encodingSource.ts"

type Table = Readonly<Record<string, unknown>>

const isTable = (value: unknown): value is Table => typeof value === "object" && value !== null && !Array.isArray(value)

const tableAt = (table: Table, key: string): Table => {
  const value = table[key]
  return isTable(value) ? value : {}
}

/** The encoder's options with another number of bins, where they have one: `scheme.bins`, or `bins`. */
const withBins = (learner: Table, bins: number): Effect.Effect<Table, TrainerError> => {
  const binding = tableAt(learner, "binding")
  const encoder = tableAt(binding, "encoder")
  const options = tableAt(encoder, "options")
  const scheme = tableAt(options, "scheme")
  const changed =
    typeof scheme.bins === "number"
      ? { ...options, scheme: { ...scheme, bins } }
      : typeof options.bins === "number"
        ? { ...options, bins }
        : undefined
  return changed === undefined
    ? Effect.fail(
        trainerError("usage", {
          code: "FT2623",
          field: "--bins",
          message: `encoder ${String(encoder.plugin)} has no number of bins`,
          expected: "an encoder with the option scheme.bins or bins",
          help: "leave --bins out, and change the options with --set learner.binding.encoder.options…"
        })
      )
    : Effect.succeed({ ...learner, binding: { ...binding, encoder: { ...encoder, options: changed } } })
}

const binsOf = (text: string): Effect.Effect<ReadonlyArray<number>, TrainerError> => {
  const numbers = text.split(",").map((part) => part.trim())
  return numbers.every((part) => /^[1-9]\d{0,6}$/.test(part)) && new Set(numbers).size === numbers.length
    ? Effect.succeed(numbers.map(Number))
    : Effect.fail(
        trainerError("usage", {
          code: "FT1315",
          field: "--bins",
          message: "is no list of numbers of bins",
          expected: "different whole numbers with commas between them, such as 4,8,16",
          actual: JSON.stringify(text)
        })
      )
}

interface Measured {
  /** Null where the encoder has no number of bins. */
  readonly bins: number | null
  readonly report: EncodingReport
}

const fixed = (value: number): string => value.toFixed(3)
const percent = (part: number, whole: number): string => (whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`)

export const report = Command.make(
  "report",
  {
    file: runFile,
    inputFormat,
    bins: Flag.String("bins").pipe(
      Flag.withMetavar("4,8,16"),
      Flag.withDescription("Numbers of bins to compare; left out: as the run file says"),
      Flag.optional
    ),
    part: Flag.String("part").pipe(
      Flag.withDescription("Part of the split to measure; left out: the one that is learnt from"),
      Flag.optional
    ),
    set,
    seed,
    figure: Flag.String("figure").pipe(
      Flag.withMetavar("file.svg"),
      Flag.withDescription("Draws the bits that each feature keeps; the file must not exist"),
      Flag.optional
    ),
    json
  },
  (flags) =>
    reading(
      Effect.scoped(
        Effect.gen(function* () {
          const figureFile = Option.getOrUndefined(flags.figure)
          if (figureFile !== undefined && existsSync(resolve(figureFile)))
            return yield* trainerError("usage", {
              code: "FT2624",
              file: figureFile,
              message: "exists already",
              help: "name a file that does not exist"
            })
          const counts = Option.isSome(flags.bins) ? yield* binsOf(flags.bins.value) : [undefined]
          const { data, open, read } = yield* openRunBinding(flags.file, flags.set, flags.seed, Option.getOrUndefined(flags.inputFormat))
          const part = Option.getOrElse(flags.part, () => data.learns)
          const measurable = data.parts.filter(({ ids }) => ids.length > 0).map(({ name }) => name)
          if (!measurable.includes(part))
            return yield* trainerError("usage", {
              code: "FT2626",
              field: "--part",
              message: data.parts.some(({ name }) => name === part) ? `part "${part}" has no sample` : `the split has no part "${part}"`,
              expected: `one of ${measurable.join(", ")}`
            })
          const names = featureNames(data.shape)
          const measured: Array<Measured> = []
          let encoder = ""
          for (const bins of counts) {
            const section = bins === undefined ? read.file.learner : yield* withBins(read.file.learner, bins)
            const binding = yield* open(section)
            encoder = binding.encoder.id
            measured.push({
              bins: binding.encoder.identity.bins,
              report: yield* encodingReport(binding, names, labelOf, data.samples(part))
            })
          }
          if (figureFile !== undefined) {
            const figure = toSvg(keptFigure(measured, part))
            yield* writeOut(figureFile, () => writeFileSync(resolve(figureFile), figure, { flag: "wx" }))
          }
          yield* emit(flags.json, {
            kind: "encoding-report",
            data: {
              dataset: data.dataset_version_id,
              part,
              encoder,
              reports: measured.map(({ bins, report: each }) => ({ bins, ...each }))
            },
            human: [`${data.dataset_version_id}, part ${part}, encoder ${encoder}`, "", ...reportText(measured)].join("\n")
          })
        })
      )
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer encoding report iris.run.toml --bins 4,8,16", description: "What each number of bins would lose" }
  ])
)

/** Features that are listed for people. */
const mostFeatures = 30
/** Silent channels that are named. */
const mostSilent = 8

const reportText = (measured: ReadonlyArray<Measured>): ReadonlyArray<string> => {
  const [first] = measured
  if (first === undefined) return []
  const { report: one } = first
  const title = ({ bins }: Measured) => (bins === null ? "KEPT" : `KEPT AT ${bins}`)
  // What a code loses most comes first: that is what one looks for.
  const worst = one.features
    .map((feature, row) => ({ feature, row }))
    .toSorted((a, b) => b.feature.lost_bits - a.feature.lost_bits)
    .slice(0, mostFeatures)
  const { ambiguous, samples } = one
  return [
    textTable(
      [
        { title: "BINS", cell: ({ bins }) => bins },
        { title: "KEPT", cell: ({ report: each }) => `${fixed(each.sample.code_bits)} of ${fixed(each.sample.value_bits)} bits` },
        { title: "CODES", cell: ({ report: each }) => `${each.sample.distinct_codes} of ${each.sample.distinct_values}` },
        { title: "COLLIDING", cell: ({ report: each }) => `${each.collisions.samples} samples in ${each.collisions.codes}` },
        {
          title: "WRONG AT LEAST",
          cell: ({ report: each }) => (each.ambiguous === null ? null : percent(each.ambiguous.by_code.errors, each.ambiguous.labelled))
        },
        { title: "SILENT", cell: ({ report: each }) => `${each.channels.silent.length} of ${each.channels.count}` },
        { title: "NEVER LIT", cell: ({ report: each }) => `${each.voxels.never_lit} of ${each.voxels.count}` },
        {
          title: "LIT PER SAMPLE",
          cell: ({ report: { active } }) => (active === null ? null : `${active.least} … ${fixed(active.mean)} … ${active.most}`)
        }
      ],
      measured,
      ""
    ),
    textTable(
      [
        { title: one.rows === "features" ? "FEATURE" : "CHANNEL", cell: ({ feature }) => feature.name },
        { title: "VALUES", cell: ({ feature }) => feature.distinct_values },
        { title: "BITS", cell: ({ feature }) => fixed(feature.value_bits) },
        ...measured.map((each) => ({
          title: title(each),
          cell: ({ row }: { readonly row: number }) => {
            const kept = each.report.features[row]
            return kept === undefined ? null : `${fixed(kept.code_bits)} in ${kept.distinct_codes}`
          }
        }))
      ],
      worst,
      "there is no feature"
    ).trimEnd(),
    ...(one.features.length > mostFeatures ? [`… ${one.features.length - mostFeatures} more that lose less, with --json`] : []),
    ...(ambiguous === null || ambiguous.by_content.errors === 0
      ? []
      : [
          "",
          `${ambiguous.by_content.samples} samples are equal before the code and have different labels: no code can answer ${ambiguous.by_content.errors} of them`
        ]),
    ...measured.flatMap(({ bins, report: { channels, collisions } }) => [
      ...(channels.silent.length === 0
        ? []
        : [
            `silent${bins === null ? "" : ` at ${bins} bins`}: ${channels.silent
              .slice(0, mostSilent)
              .map(({ index, feature }) => feature ?? `channel ${index}`)
              .join(", ")}${channels.silent.length > mostSilent ? ` and ${channels.silent.length - mostSilent} more` : ""}`
          ]),
      ...collisions.examples
        .filter(({ labels }) => labels.length > 1)
        .slice(0, 3)
        .map(
          ({ sample_ids, labels }) =>
            `one code${bins === null ? "" : ` at ${bins} bins`} for ${labels.join(" and ")}: ${sample_ids.join(", ")}`
        )
    ]),
    `measured on ${samples} samples; entropies are of these samples, not estimates for others`
  ]
}

/** Bars while there are few features, curves over the number of the feature beyond that. */
const mostBars = 24

const keptFigure = (measured: ReadonlyArray<Measured>, part: string): Figure => {
  const rows = measured[0]?.report.features ?? []
  const head = {
    id: "encoding-report",
    title: "Bits that the code keeps of each feature",
    description: `Entropy of the values and of their codes on part ${part}, in bits: what is missing between them is lost.`
  }
  const name = ({ bins }: Measured) => (bins === null ? "code" : `${bins} bins`)
  const kept = ({ report: each }: Measured) => each.features.map(({ code_bits }) => code_bits)
  const values = rows.map(({ value_bits }) => value_bits)
  if (rows.length <= mostBars)
    return {
      ...head,
      kind: "bars",
      x: { label: measured[0]?.report.rows === "channels" ? "channel" : "feature" },
      y: { label: "entropy", unit: "bit" },
      categories: rows.map((row) => row.name),
      series: [{ name: "values", values }, ...measured.map((each) => ({ name: name(each), values: kept(each) }))]
    }
  const points = (bits: ReadonlyArray<number>) => bits.map((value, at) => [at, value] as const)
  return {
    ...head,
    kind: "curve",
    x: { label: "number of the feature", scale: "linear" },
    y: { label: "entropy", unit: "bit", scale: "linear" },
    series: [{ name: "values", points: points(values) }, ...measured.map((each) => ({ name: name(each), points: points(kept(each)) }))]
  }
}
