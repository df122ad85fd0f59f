/**
 * Which files are read, and what is true of all that a file holds: its label and its part of the data, as folders or options say.
 *
 * Sharp edge: a folder is read by the files that `labels` or `splits` name, and by no others; only `class-folders` takes what it
 * finds, and then every `.txt` file has to be in a class or be named by `ignore`.
 */
import {
  ApprovedRoots,
  didYouMean,
  type FileInfo,
  type RootFiles,
  type Source,
  showValue,
  type TrainerError
} from "@feagi-trainer/contracts"
import { Effect } from "effect"
import type { Findings } from "./Findings.ts"
import type { ClassFolderOptions, Options, RecordOptions } from "./Options.ts"

export interface SourceFile extends FileInfo {
  /** Relative to the source; of a source that is a file, its name. */
  readonly name: string
  readonly label?: string
  readonly split?: string
}

export interface Listing {
  readonly kind: "file" | "folder"
  readonly files: ReadonlyArray<SourceFile>
}

/** For messages: the root has no name. */
const shownPath = ({ path }: Source): string => (path === "" ? "." : path)

/** The order of the samples, on every system: by the bytes of the composed name, so that both Unicode forms of one sort alike. */
const byBytes = (left: string, right: string): number =>
  Buffer.compare(Buffer.from(left.normalize("NFC")), Buffer.from(right.normalize("NFC"))) ||
  Buffer.compare(Buffer.from(left), Buffer.from(right))

/** Files under the source. What has no size of its own may still be a folder; if it is none either, the first failure says why. */
export const listSource = (roots: RootFiles, { path }: Source): Effect.Effect<Listing, TrainerError> =>
  roots.info(path).pipe(
    Effect.map((file): Listing => ({ kind: "file", files: [{ ...file, name: path.slice(path.lastIndexOf("/") + 1) }] })),
    Effect.catch((failure) =>
      roots.list(path).pipe(
        // The root is a folder for certain: what is wrong with it, the listing says.
        Effect.mapError((listed) => (path === "" ? listed : failure)),
        Effect.flatMap((files): Effect.Effect<Listing, TrainerError> => {
          if (files.length === 0 && path !== "") return Effect.fail(failure)
          const from = path === "" ? 0 : path.replace(/\/$/, "").length + 1
          return Effect.succeed({
            kind: "folder",
            files: files.map((file) => ({ ...file, name: file.path.slice(from) })).sort((left, right) => byBytes(left.name, right.name))
          })
        })
      )
    )
  )

/** The files to read, in the order of the listing. */
export const resolveSource = Effect.fnUntraced(function* (source: Source, options: Options, found: Findings) {
  const listing = yield* listSource(yield* ApprovedRoots, source)
  return options.layout === "class-folders" ? classFolders(source, listing, options, found) : namedFiles(source, listing, options, found)
})

const classFolders = (source: Source, listing: Listing, options: ClassFolderOptions, found: Findings): ReadonlyArray<SourceFile> => {
  if (listing.kind === "file") {
    found.error({
      code: "text/NOT-A-FOLDER",
      message: "the source is a file",
      file: shownPath(source),
      expected: "a folder of classes",
      help: 'layout = "lines" reads a document per line'
    })
    return []
  }
  const ignore = options.ignore ?? []
  const used = new Set<string>()
  const files: Array<SourceFile> = []
  for (const file of listing.files) {
    const ignored = ignore.find((each) => file.name === each || file.name.startsWith(`${each.replace(/\/$/, "")}/`))
    if (ignored !== undefined) {
      used.add(ignored)
      continue
    }
    const parts = file.name.split("/")
    const [first = "", second = ""] = parts
    if (!file.name.endsWith(".txt")) {
      found.warn({ code: "text/OTHER-FILE", message: "is no .txt file and is not read", file: file.path, help: "name it in ignore" })
    } else if (parts.length < (options.split_folders ? 3 : 2))
      found.error({
        code: "text/NO-CLASS",
        message: "the document is in no folder of a class",
        file: file.path,
        expected: options.split_folders ? "<split>/<class>/**.txt" : "<class>/**.txt",
        actual: file.name,
        help: `ignore = [${showValue(file.name)}] if it is no document`
      })
    else files.push(options.split_folders ? { ...file, split: first, label: second } : { ...file, label: first })
  }
  for (const each of ignore)
    if (!used.has(each))
      found.error({
        code: "text/NO-FILE",
        message: "ignore names what is not there",
        file: shownPath(source),
        field: "ignore",
        actual: showValue(each),
        help: "correct it, or leave it out"
      })
  if (files.length === 0 && found.errors() === 0)
    found.error({
      code: "text/NO-DOCUMENTS",
      message: "there is no .txt file in any folder",
      file: shownPath(source),
      help: "look at what discover proposes"
    })
  return files
}

const namedFiles = (source: Source, listing: Listing, options: RecordOptions, found: Findings): ReadonlyArray<SourceFile> => {
  const labels = options.layout === "lines" ? options.labels : null
  const splits = options.splits ?? null
  const named = Object.keys(labels ?? splits ?? {})
  const names = listing.files.map(({ name }) => name)
  if (named.length === 0 && listing.kind === "folder") {
    found.error({
      code: "text/NO-FILES-NAMED",
      message: "the source is a folder, and no option names the files",
      file: shownPath(source),
      help: `${options.layout === "lines" ? 'labels = { "<file>" = "<label>" } or ' : ""}splits = { ${showValue(names[0] ?? "<file>")} = "train" }, or a file as the source`
    })
    return []
  }
  for (const name of named)
    if (!names.includes(name)) {
      const near = didYouMean(name, names)
      found.error({
        code: "text/NO-FILE",
        message: "the options name a file that is not there",
        file: shownPath(source),
        field: labels === null ? "splits" : "labels",
        expected: `one of ${names
          .slice(0, 12)
          .map((each) => showValue(each))
          .join(", ")}${names.length > 12 ? ", …" : ""}`,
        actual: showValue(name),
        help: near === undefined ? "correct the name; it is relative to the source" : `did you mean ${showValue(near)}?`
      })
    }
  return listing.files.flatMap((file) => {
    if (named.length > 0 && !named.includes(file.name)) {
      found.warn({ code: "text/OTHER-FILE", message: "no option names the file, and it is not read", file: file.path })
      return []
    }
    const [label, split] = [labels?.[file.name], splits?.[file.name]]
    return [{ ...file, ...(label === undefined ? {} : { label }), ...(split === undefined ? {} : { split }) }]
  })
}
