/**
 * Files that no run wrote, scored by a metric pack that knows their form. Neither a dataset nor a protocol says what to expect, so what
 * the files say of themselves is all there is: every id of a target has to be answered, or it counts as missing.
 *
 * Sharp edge: a number is reported with its own signature. The same pack may compute two of one file by different conventions, and
 * files of one form may leave different things open.
 */
import {
  type Diagnostic,
  type Figure,
  type FilesRead,
  isAbstain,
  isInsufficient,
  type MetricPack,
  type MetricValue,
  mistakeDiagnostic,
  type Scored,
  type ScoreFiles,
  showValue
} from "@feagi-trainer/contracts"

export interface FilesScored<Options> {
  readonly ok: true
  /** What the files said, for whoever wants to know more of it: intervals, groups. */
  readonly read: FilesRead<Options>
  /** The reported names, in the order of the pack. */
  readonly metrics: Readonly<Record<string, MetricValue>>
  /** Name of a metric → how it was computed. */
  readonly signatures: Readonly<Record<string, string>>
  /** Every value of the pack under its own name. */
  readonly values: Readonly<Record<string, MetricValue>>
  readonly figures: ReadonlyArray<Figure>
  /** Samples that were scored, the abstained and the missing ones included. */
  readonly n: number
  /** Ids of targets without any prediction. */
  readonly missing: ReadonlyArray<string>
  /** Samples whose prediction says that there is no answer; the missing ones are not among them. */
  readonly abstained: number
}

export type FilesScore<Options> = FilesScored<Options> | FilesNotScored

interface FilesNotScored {
  readonly ok: false
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

const refused = (...diagnostics: ReadonlyArray<Diagnostic>): FilesNotScored => ({ ok: false, diagnostics })

const error = (code: string, message: string, more: Omit<Partial<Diagnostic>, "code" | "message" | "severity"> = {}): Diagnostic => ({
  code,
  severity: "error",
  message,
  ...more
})

const wanted = { none: "no file", one: "one file", "one-or-more": "at least one file" } as const

const rightCount = (wants: keyof typeof wanted, given: number): boolean =>
  wants === "none" ? given === 0 : wants === "one" ? given === 1 : given > 0

/** Scores the files, or says everything that is wrong with them. @param given the options of the command line, as they were written */
export const scoreFiles = <Options, State, FileOptions>(
  pack: MetricPack<Options, State, FileOptions>,
  files: ScoreFiles,
  given: Readonly<Record<string, string>>
): FilesScore<Options> => {
  const form = pack.files
  if (form === undefined)
    return refused(
      error("FT5008", `the metric pack ${pack.id} reads no files of its own`, {
        help: "score the bundle of a run, whose form every pack can read: score --bundle FOLDER"
      })
    )
  const options = form.decodeOptions(given)
  const before = [
    ...(options.ok ? [] : options.mistakes.map((mistake) => ({ ...mistakeDiagnostic("--option", mistake), code: "FT5009" }))),
    ...(rightCount(form.targets, files.targets.length)
      ? []
      : [
          error("FT5010", `the metric pack ${pack.id} takes another number of files of targets`, {
            field: "--targets",
            expected: `${wanted[form.targets]}: ${form.about.targets}`,
            actual: String(files.targets.length),
            help: form.targets === "none" ? "leave --targets out" : "add --targets FILE"
          })
        ])
  ]
  if (!options.ok || before.length > 0) return refused(...before)
  const read = form.read(files, options.value)
  if (!read.ok) return read
  const thrown = (cause: unknown, sample?: Scored): Diagnostic =>
    error(
      cause instanceof RangeError ? "FT5005" : `${pack.id}/THROWN`,
      cause instanceof Error ? cause.message : String(cause),
      sample === undefined ? {} : { sample_id: sample.sample_id }
    )
  try {
    const fold = pack.start(read.options, read.context)
    let state = fold.empty
    for (const sample of read.scored) {
      try {
        state = fold.add(state, sample)
      } catch (cause) {
        return refused(thrown(cause, sample))
      }
    }
    const { values, figures, signatures = {} } = fold.result(state)
    const wrong = Object.entries(values).filter(([, value]) => !isInsufficient(value) && !Number.isFinite(value))
    if (wrong.length > 0)
      return refused(
        ...wrong.map(([field, actual]) =>
          error("FT5006", `the metric pack ${pack.id} gave a value that is no finite number`, { field, actual: showValue(actual) })
        )
      )
    const metrics: Record<string, MetricValue> = {}
    const signed: Record<string, string> = {}
    for (const [name, reported] of Object.entries(form.names)) {
      const value = values[name]
      if (value === undefined) continue
      metrics[reported] = value
      signed[reported] = signatures[name] ?? pack.signature(read.options)
    }
    const silent = read.scored.filter(({ prediction }) => isAbstain(prediction)).length
    return {
      ok: true,
      read,
      metrics,
      signatures: signed,
      values,
      figures,
      n: read.scored.length,
      missing: read.missing,
      abstained: silent - read.missing.length
    }
  } catch (cause) {
    return refused(thrown(cause))
  }
}
