/**
 * Which files a source consists of: the one that is named, or all of a folder that belong to one data set.
 *
 * `NAME_TRAIN` and `NAME_TEST` are two parts of NAME. Sharp edge: a folder with files of two data sets is an error that names them; a
 * choice by size, name or order of listing would be a guess. Every WFDB header of a folder is a record of one data set.
 */
import { ApprovedRoots, type FileInfo, type Source, showValue, type TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import type { Findings } from "./Findings.ts"
import type { Options, Part } from "./Options.ts"

export type Layout = Options["layout"]

export const extensions: { readonly [L in Layout]: ReadonlyArray<string> } = {
  ts: [".ts"],
  "csv-series": [".csv", ".tsv", ".txt"],
  wfdb: [".hea"]
}

export interface SourceFiles {
  /** Of the source when it is a folder, else the folder that it lies in; `""` is the root. */
  readonly folder: string
  /** All files of a folder, or the one file. */
  readonly files: ReadonlyArray<FileInfo>
  readonly single: boolean
}

export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")))
export const joinPath = (folder: string, path: string): string => (folder === "" ? path : `${folder}/${path}`)
const within = (folder: string, path: string): string => (folder === "" ? path : path.slice(folder.length + 1))

/** Whatever the order in which the folder was listed. */
const byPath = (left: FileInfo, right: FileInfo): number => Buffer.compare(Buffer.from(left.path), Buffer.from(right.path))

/** What is not a file may be a folder; if it has no files either, the first failure says why. */
export const sourceFiles = (source: Source): Effect.Effect<SourceFiles, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const path = source.path.replace(/\/$/, "")
    const asFile: Effect.Effect<FileInfo, TrainerError> = roots.info(path)
    return yield* asFile.pipe(
      Effect.map((file): SourceFiles => ({ folder: folderOf(path), files: [file], single: true })),
      Effect.catch((failure) =>
        Effect.matchEffect(roots.list(path), {
          onSuccess: (files) =>
            files.length === 0 && path !== ""
              ? Effect.fail(failure)
              : Effect.succeed<SourceFiles>({ folder: path, files: [...files].sort(byPath), single: false }),
          // The root is a folder for certain: what is wrong with it, the listing says.
          onFailure: (listed) => Effect.fail(path === "" ? listed : failure)
        })
      )
    )
  })

const partName = /_(TRAIN|TEST)$/i

/** The data set that a file belongs to, and which part of it the name says. */
const partIn = (path: string, layout: Layout): { readonly stem: string; readonly part: Part } => {
  if (layout === "wfdb") return { stem: "", part: { path, given_split: null } }
  const bare = path.replace(/\.[^./]*$/, "")
  const said = partName.exec(bare)?.[1]
  return { stem: bare.replace(partName, ""), part: { path, given_split: said === undefined ? null : said.toLowerCase() } }
}

/** TRAIN before TEST, everything else by the bytes of its name. */
const rank = ({ given_split }: Part): number => ["train", "test"].indexOf(given_split ?? "")
const inOrder = (parts: ReadonlyArray<Part>): ReadonlyArray<Part> => [...parts].sort((left, right) => rank(left) - rank(right))

/** Parts by data set, for the files that the layout can read. */
export const dataSets = ({ folder, files }: SourceFiles, layout: Layout): ReadonlyMap<string, ReadonlyArray<Part>> => {
  const sets = new Map<string, Array<Part>>()
  for (const { path } of files) {
    const local = within(folder, path)
    if (!extensions[layout].some((extension) => local.toLowerCase().endsWith(extension))) continue
    const { stem, part } = partIn(local, layout)
    sets.set(stem, [...(sets.get(stem) ?? []), part])
  }
  return new Map([...sets].map(([stem, parts]) => [stem, inOrder(parts)]))
}

const inToml = ({ path, given_split }: Part): string =>
  `{ path = ${showValue(path)}${typeof given_split === "string" ? `, given_split = ${showValue(given_split)}` : ""} }`

/** The declared parts, or the only ones there can be. */
export const resolveParts = (source: SourceFiles, { layout, parts }: Options, found: Findings): ReadonlyArray<Part> => {
  if (parts !== "scan") return parts.map(({ path, given_split }) => ({ path, given_split: given_split ?? null }))
  if (source.single) return source.files.map(({ path }) => partIn(within(source.folder, path), layout).part)
  const sets = [...dataSets(source, layout)]
  const [first] = sets
  const file = source.folder === "" ? "." : source.folder
  if (first === undefined)
    found.error("NO-FILES", undefined, () => ({
      message: `the folder has no file that the layout ${layout} reads`,
      file,
      expected: `a file that ends in ${extensions[layout].join(", ")}`,
      help: 'name the files: parts = [{ path = "…" }]'
    }))
  else if (sets.length > 1)
    found.error("AMBIGUOUS-FILES", "parts", () => ({
      message: `the folder has files of ${sets.length} data sets`,
      file,
      expected: "one data set, or NAME_TRAIN and NAME_TEST of one",
      actual: sets
        .slice(0, 8)
        .map(([stem]) => showValue(stem))
        .join(", "),
      help: `name the files that are meant: parts = [${first[1].map(inToml).join(", ")}]`
    }))
  return sets.length === 1 ? (first?.[1] ?? []) : []
}
