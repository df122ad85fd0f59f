/**
 * The columns of the runs table: what every run has, and what they hold. Further columns (`param.…`, `metric.…`, `cost.…`) are those that
 * the runs of a store bring.
 *
 * Sharp edge: null is the absence of a value. It meets no condition, stands last in every order, and is never written as a number.
 */

/** `time` is Unix milliseconds. An integer may exceed 2^53, then it is a bigint. A list holds words. */
export type CellType = "text" | "number" | "integer" | "boolean" | "time" | "list" | "mixed"
export type Cell = string | number | bigint | boolean | ReadonlyArray<string> | null

export interface FixedColumn {
  readonly key: string
  /** For the head of a table. */
  readonly title: string
  readonly description: string
  readonly type: CellType
  /** Other names in conditions. */
  readonly also?: ReadonlyArray<string>
  /** What `:` leaves out of a value: `iris` for `iris@3`, `csv` for `…/adapter-csv#csv`. */
  readonly part?: "before @" | "behind #"
}

const column = (key: string, description: string, type: CellType, more: Partial<FixedColumn> = {}): FixedColumn => ({
  key,
  title: titleOfName(key),
  description,
  type,
  ...more
})

/** `output_type` as `Output type`. */
const titleOfName = (name: string): string => `${name.slice(0, 1).toUpperCase()}${name.slice(1).replaceAll("_", " ")}`

/** In the order in which they are shown. docs/reference/query.md lists the same, and a test compares. */
export const fixedColumns: ReadonlyArray<FixedColumn> = [
  column("run_id", "id of the run", "text", { title: "Run", also: ["run", "id"] }),
  column("group_id", "id of its run group", "text", { title: "Group", also: ["group"] }),
  column("name", "name of the run file", "text"),
  column("seed", "seed", "integer"),
  column("attempt", "how many runs of the same document came before it, and this one", "integer"),
  column("status", "created, validating, running, paused, interrupted, completed, skipped, failed or cancelled", "text"),
  column("phase", "phase that began last", "text"),
  column("created", "when it was planned", "time"),
  column("updated", "when its journal grew last", "time"),
  column("dataset", "dataset and version", "text", { part: "before @" }),
  column("modality", "what its samples are", "text"),
  column("output_type", "what an answer is", "text"),
  column("template", "task template of its genome", "text"),
  column("protocol", "protocol and version", "text", { part: "before @" }),
  column("learner", "kind of learner", "text"),
  column("control", "what it is a control of: none, shuffled labels, silent reward, or both", "text"),
  column("plugins", "every plugin that took part", "list", { also: ["plugin"], part: "behind #" }),
  column("primary_metric", "name of the metric that the protocol decides by", "text", { also: ["primary"] }),
  column("score", "the primary metric of the phase that was scored last", "number"),
  column("samples", "samples that were answered", "integer"),
  column("partial", "a phase was ended early", "boolean"),
  column("mutated", "a phase that must not learn did", "boolean", { also: ["brain_mutated"] }),
  column("continued", "went on from a checkpoint without a promise of being identical", "boolean"),
  column("failure", "why it failed", "text"),
  column("scorecard", "id of its last Scorecard", "text"),
  column("spec_sha256", "hash of its run document", "text", { title: "Spec", also: ["spec"] }),
  column("tags", "tags that people gave it", "list", { also: ["tag"] }),
  column("note", "what people wrote about it", "text"),
  column("starred", "somebody starred it", "boolean", { also: ["star"] }),
  column("archived", "out of sight unless it is asked for", "boolean")
]

const byName: ReadonlyMap<string, FixedColumn> = new Map(
  fixedColumns.flatMap((each) => [each.key, ...(each.also ?? [])].map((name) => [name, each] as const))
)

export const fixedColumn = (name: string): FixedColumn | undefined => byName.get(name)

/** Columns that runs bring: their names begin with one of these. */
export const openPrefixes: ReadonlyArray<string> = ["param.", "metric.", "cost."]

export const isOpenColumn = (name: string): boolean => openPrefixes.some((prefix) => name.startsWith(prefix) && name.length > prefix.length)

/** Shown where nobody says which. `score` stands for itself beside the name of its metric. */
export const usualColumns: ReadonlyArray<string> = [
  "name",
  "seed",
  "status",
  "phase",
  "dataset",
  "learner",
  "primary_metric",
  "score",
  "created",
  "tags",
  "starred"
]

/** Head and meaning of a column that runs bring. */
export const openColumnText = (key: string): { readonly title: string; readonly description: string } => {
  const [kind = "", ...rest] = key.split(".")
  const name = rest.join(".")
  if (kind === "param") return { title: name, description: `what was chosen for ${name}` }
  if (kind === "cost") return { title: titleOfName(name), description: `${name.replaceAll("_", " ")} of the whole run` }
  return { title: name, description: "of the phase that was scored last, or of the phase that the name begins with" }
}

/** The type that all cells of an open column have together; null cells say nothing, and a column of them alone is text. */
export const typeOfCells = (cells: Iterable<Cell | undefined>): CellType => {
  let type: CellType | undefined
  for (const cell of cells) {
    if (cell === null || cell === undefined) continue
    const found = typeOfCell(cell)
    if (type === undefined || type === found) type = found
    else if ((type === "number" || type === "integer") && (found === "number" || found === "integer")) type = "number"
    else return "mixed"
  }
  return type ?? "text"
}

const typeOfCell = (cell: NonNullable<Cell>): CellType => {
  if (typeof cell === "number") return Number.isSafeInteger(cell) ? "integer" : "number"
  if (typeof cell === "bigint") return "integer"
  if (typeof cell === "boolean") return "boolean"
  return typeof cell === "string" ? "text" : "list"
}
