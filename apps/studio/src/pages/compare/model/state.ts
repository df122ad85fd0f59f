/**
 * What a comparison is set to, and its address: everything that the page shows can be linked to. Sharp edge: an address is input of strangers;
 * what is not understood is left out, and more runs than can be compared are told of, not dropped silently.
 */

/** Runs that one page compares at most: more columns than that nobody reads. */
export const mostRuns = 8

export const tabs = ["metrics", "samples", "slices", "figures", "differences"] as const
export type Tab = (typeof tabs)[number]

export const lists = ["regressed", "improved", "persistent", "baseline_only", "run_only"] as const
export type ListName = (typeof lists)[number]

export interface CompareState {
  /** In their order; the first is the baseline. */
  readonly runs: ReadonlyArray<string>
  /** Runs behind the eighth: they are not compared. */
  readonly left: ReadonlyArray<string>
  /** The factors under study. */
  readonly across: ReadonlyArray<string>
  /** Why they are, in the words of whoever declared them. */
  readonly because: string
  readonly exploratory: boolean
  readonly phase: string
  readonly slice: ReadonlyArray<string>
  readonly tab: Tab
  /** Label of the run that the samples and figures are of; empty: the first behind the baseline. */
  readonly against: string
  /** Null: the first that is not empty. */
  readonly list: ListName | null
  /** From 0. */
  readonly page: number
  readonly sample: string
  /** Every field of the documents, not only those that differ. */
  readonly all: boolean
  /** Values of classes and counts as well. */
  readonly every: boolean
}

const words = (params: URLSearchParams, name: string): ReadonlyArray<string> => [
  ...new Set(
    params
      .getAll(name)
      .flatMap((text) => text.split(","))
      .map((text) => text.trim())
      .filter((text) => text !== "")
  )
]

const oneOf = <Name extends string>(names: ReadonlyArray<Name>, given: string | null): Name | undefined =>
  names.find((name) => name === given)

export const readState = (search: string): CompareState => {
  const params = new URLSearchParams(search)
  const named = words(params, "runs")
  const baseline = params.get("baseline") ?? ""
  const runs = named.includes(baseline) ? [baseline, ...named.filter((run) => run !== baseline)] : named
  const page = Number(params.get("page") ?? "1")
  return {
    runs: runs.slice(0, mostRuns),
    left: runs.slice(mostRuns),
    across: words(params, "across"),
    because: params.get("because") ?? "",
    exploratory: params.get("exploratory") === "1",
    phase: params.get("phase") ?? "",
    slice: words(params, "slice"),
    tab: oneOf(tabs, params.get("tab")) ?? "metrics",
    against: params.get("against") ?? "",
    list: oneOf(lists, params.get("list")) ?? null,
    page: Number.isSafeInteger(page) && page > 0 ? page - 1 : 0,
    sample: params.get("sample") ?? "",
    all: params.get("all") === "1",
    every: params.get("every") === "1"
  }
}

/** What `run.compare` is asked. Null while there is nothing to compare. */
export const questionOf = (state: CompareState): Readonly<Record<string, unknown>> | null =>
  state.runs.length < 2
    ? null
    : {
        runs: state.runs,
        ...(state.across.length === 0 ? {} : { across: state.across }),
        ...(state.exploratory ? { exploratory: true } : {}),
        ...(state.phase === "" ? {} : { phase: state.phase }),
        ...(state.slice.length === 0 ? {} : { slice_by: state.slice })
      }

/** The same at a prompt. Words that a shell would take apart stand in quotes. */
export const commandOf = (state: CompareState, format: "text" | "json" | "csv" | "md" = "text"): string =>
  [
    "ftr",
    "run",
    "compare",
    ...state.runs,
    ...(state.across.length === 0 ? [] : [`--across=${state.across.join(",")}`]),
    ...(state.exploratory ? ["--exploratory"] : []),
    ...(state.phase === "" ? [] : [`--phase=${state.phase}`]),
    ...(state.slice.length === 0 ? [] : [`--slice-by=${state.slice.join(",")}`]),
    ...(format === "text" ? [] : format === "json" ? ["--json"] : [`--format=${format}`])
  ]
    .map((word) => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ")
