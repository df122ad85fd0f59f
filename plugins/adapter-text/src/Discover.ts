/**
 * Proposes how a file or a folder can be read, from the names of the files and the beginnings of some.
 *
 * Sharp edge: a proposal is no proof. Only the heads of a few files are looked at, and classes are proposed as "scan"; the full scan
 * tells what is really there. Where two readings are possible, each says which option distinguishes them.
 */
import { ApprovedRoots, type Candidate, type RootFiles, type Source, showValue, type TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { cutCells } from "./Cells.ts"
import { decode, type Encoding, type Look, looksLike, markOf, unitBytes } from "./Encoding.ts"
import { DELIMITERS, type Options } from "./Options.ts"
import { listSource, type SourceFile } from "./Sources.ts"

/** Bytes at the beginning of a file that are looked at, and files that are. */
const HEAD_BYTES = 64 * 1024
const HEADS = 24
/** Lines of a head that are looked at. */
const HEAD_LINES = 100

const textNames = ["text", "sentence", "document", "content", "review", "body", "message", "tweet", "title"]
const labelNames = ["label", "class", "category", "target", "sentiment", "topic", "tag"]
const idNames = ["id", "sample_id", "uid", "guid"]
const parts: Readonly<Record<string, string>> = {
  train: "train",
  training: "train",
  val: "val",
  valid: "val",
  validation: "val",
  dev: "val",
  test: "test",
  testing: "test",
  eval: "test"
}
/** Files that speak of a corpus and are no part of it. */
const about = /^(readme|licen[cs]e|copying|notice|changelog|citation|makefile)(\.|$)/i

/** Candidates, best first; none when nothing here is text. */
export const discover = Effect.fnUntraced(function* (
  source: Source
): Effect.fn.Return<ReadonlyArray<Candidate>, TrainerError, ApprovedRoots> {
  const roots = yield* ApprovedRoots
  const { kind, files } = yield* listSource(roots, source)
  const told = files.filter(({ name, bytes }) => bytes > 0 && !about.test(baseOf(name)) && !baseOf(name).startsWith("."))
  const found =
    kind === "file"
      ? yield* ofFile(
          roots,
          files.filter(({ bytes }) => bytes > 0)
        )
      : [...(yield* ofFolders(roots, files)), ...(yield* ofFiles(roots, told))]
  return [...found].sort((left, right) => right.confidence - left.confidence)
})

const baseOf = (name: string): string => name.slice(name.lastIndexOf("/") + 1)
const stemOf = (name: string): string => baseOf(name).replace(/^\.+/, "").split(".")[0] ?? ""
const partOf = (name: string): string | undefined => {
  const stem = stemOf(name).toLowerCase()
  return Object.hasOwn(parts, stem) ? parts[stem] : undefined
}

interface Head {
  readonly file: SourceFile
  readonly looks: ReadonlyArray<Look>
  /** Complete lines, in the likeliest encoding. */
  readonly lines: ReadonlyArray<string>
}

const headOf = (roots: RootFiles, file: SourceFile): Effect.Effect<Head, TrainerError> =>
  Effect.map(roots.read(file.path, 0, Math.min(HEAD_BYTES, file.bytes)), (head): Head => {
    const whole = head.length >= file.bytes
    const looks = looksLike(head, whole)
    const [look] = looks
    return { file, looks, lines: look === undefined ? [] : linesOf(head, look.encoding, whole) }
  })

const linesOf = (head: Uint8Array, encoding: Encoding, whole: boolean): ReadonlyArray<string> => {
  const unit = unitBytes(encoding)
  const bytes = head.subarray(markOf(head)?.bytes ?? 0)
  // A head may end in the middle of a character; the line that it ends in is not looked at anyway.
  for (let cut = 0; cut <= 3; cut++) {
    const decoding = decode(bytes.subarray(0, Math.max(0, bytes.length - cut - (bytes.length % unit))), encoding)
    if (!decoding.ok) continue
    const lines = decoding.text.split(/\r?\n/)
    // What follows the last line break is nothing, or a line that is cut.
    if (lines.at(-1) === "" || !whole) lines.pop()
    return lines.slice(0, HEAD_LINES)
  }
  return []
}

/** One encoding for all heads: the first that is more than ASCII; every other possibility of it is a further one. */
const encodingsOf = (
  heads: ReadonlyArray<Head>
): ReadonlyArray<{ readonly encoding: Encoding; readonly because: string; readonly trust: number }> => {
  const looked = heads.filter(({ looks }) => looks.length > 0)
  const telling = looked.find(({ looks }) => looks[0]?.plain === false) ?? looked[0]
  if (telling === undefined) return []
  const odd = looked.filter(({ looks }) => looks[0]?.plain === false && looks[0].encoding !== telling.looks[0]?.encoding)
  const [other] = odd
  const mixed =
    other === undefined
      ? ""
      : `; ${odd.length} of ${looked.length} files that were looked at seem to be in another encoding, ${other.file.name} in ${other.looks[0]?.encoding}`
  return telling.looks.map(({ encoding, because }, at) => ({
    encoding,
    because: `${telling.file.name}: ${because}${mixed}`,
    trust: (at === 0 ? 1 : 0.8) * (other === undefined ? 1 : 0.5)
  }))
}

type Splits = Readonly<Record<string, string>> | null
type Proposal = Omit<Candidate, "options"> & { readonly options: (encoding: Encoding, splits: Splits) => Options }

const propose = (heads: ReadonlyArray<Head>, proposals: ReadonlyArray<Proposal>, splits: Splits = null): ReadonlyArray<Candidate> =>
  encodingsOf(heads).flatMap(({ encoding, because, trust }) =>
    proposals.map((each) => ({
      ...each,
      confidence: Math.round(each.confidence * trust * 100) / 100,
      because: `${each.because}; ${because}`,
      options: { ...each.options(encoding, splits) }
    }))
  )

/** At most `HEADS` files, spread over all of them. */
const spread = (files: ReadonlyArray<SourceFile>): ReadonlyArray<SourceFile> => {
  const step = Math.max(1, files.length / HEADS)
  return Array.from({ length: Math.min(HEADS, files.length) }, (_, at) => files[Math.floor(at * step)]).filter((file) => file !== undefined)
}

const ofFolders = Effect.fnUntraced(function* (roots: RootFiles, files: ReadonlyArray<SourceFile>) {
  const texts = files.filter(({ name }) => name.endsWith(".txt"))
  const deep = texts.filter(({ name }) => name.includes("/"))
  if (deep.length === 0) return []
  const heads = yield* Effect.forEach(spread(deep), (file) => headOf(roots, file))
  const firsts = [...new Set(deep.map(({ name }) => name.split("/")[0] ?? ""))]
  const splits = firsts.filter((name) => Object.hasOwn(parts, name.toLowerCase()))
  const deeper = deep.filter(({ name }) => name.split("/").length > 2)
  const seconds = new Set(deeper.map(({ name }) => name.split("/")[1]))
  const asSplits = splits.length === firsts.length && seconds.size > 1
  const folders = (split_folders: boolean): Proposal => {
    const ignore = texts.filter(({ name }) => name.split("/").length < (split_folders ? 3 : 2)).map(({ name }) => name)
    const classes = split_folders ? seconds.size : firsts.length
    return {
      confidence: classes < 2 ? 0.2 : split_folders === asSplits ? 0.95 : 0.3,
      title: split_folders ? `Folders of ${classes} classes in folders of parts` : `Folders of ${classes} classes`,
      because: split_folders
        ? `${deeper.length} .txt files lie in ${firsts
            .map((name) => showValue(name))
            .slice(0, 6)
            .join(", ")} and there in folders; split_folders = false takes these for the classes`
        : `${deep.length} .txt files lie in ${firsts.length} folders: ${firsts
            .slice(0, 6)
            .map((name) => showValue(name))
            .join(
              ", "
            )}${firsts.length > 6 ? ", …" : ""}${deeper.length > 0 ? "; split_folders = true takes these for parts of the data" : ""}`,
      options: (encoding) => ({
        layout: "class-folders",
        encoding,
        split_folders,
        ignore: ignore.length > 0 ? ignore : null,
        classes: "scan"
      })
    }
  }
  return propose(heads, deeper.length === 0 ? [folders(false)] : [folders(false), folders(true)])
})

/** How the files of a folder can be read together. */
const ofFiles = Effect.fnUntraced(function* (roots: RootFiles, files: ReadonlyArray<SourceFile>) {
  const top = files.filter(({ name }) => !name.includes("/"))
  if (top.length === 0 || top.length > HEADS) return []
  const heads = (yield* Effect.forEach(top, (file) => headOf(roots, file))).filter(({ looks }) => looks.length > 0)
  const [first] = heads
  if (first === undefined) return []
  const together = ofHead(first).filter(({ kind }) => heads.every((head) => ofHead(head).some((each) => each.kind === kind)))
  const named = heads.every(({ file }) => partOf(file.name) !== undefined)
  const splits = Object.fromEntries(heads.map(({ file }) => [file.name, partOf(file.name) ?? stemOf(file.name)]))
  const asParts = propose(
    heads,
    together
      .filter(({ kind }) => kind !== "lines")
      .map(({ kind: _kind, ...proposal }) => ({
        ...proposal,
        confidence: proposal.confidence * (named ? 1 : 0.6),
        because: `${proposal.because}; ${named ? "the names of the files are parts of the data" : "splits is made of the names of the files"}`
      })),
    splits
  )
  const labels = Object.fromEntries(heads.map(({ file }) => [file.name, stemOf(file.name) || file.name]))
  const distinct = new Set(Object.values(labels)).size === heads.length && heads.length > 1
  const asClasses: Proposal = {
    confidence: asParts.length > 0 || named ? 0.2 : 0.6,
    title: `A document per line, ${heads.length} files for ${heads.length} classes`,
    because: `${heads.length} files of text: ${heads.map(({ file }) => file.name).join(", ")}; labels is made of the names of the files`,
    options: (encoding) => ({ layout: "lines", encoding, labels, splits: null, classes: "scan" })
  }
  return [...asParts, ...(distinct ? propose(heads, [asClasses]) : [])]
})

const ofFile = Effect.fnUntraced(function* (roots: RootFiles, files: ReadonlyArray<SourceFile>) {
  const heads = yield* Effect.forEach(files, (file) => headOf(roots, file))
  return heads.flatMap((head) => propose([head], ofHead(head)))
})

interface HeadProposal extends Proposal {
  /** What all files of a folder have to share to be read in one way. */
  readonly kind: string
}

const ofHead = (head: Head): ReadonlyArray<HeadProposal> => [...asJson(head), ...asConll(head), ...asTable(head), asLines(head)]

const pick = (names: ReadonlyArray<string>, wanted: ReadonlyArray<string>): string | null =>
  wanted.map((want) => names.find((name) => name.toLowerCase() === want)).find((name) => name !== undefined) ?? null

const objectOf = (line: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    // Neither null nor a list, so that its own keys are the fields.
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}

const asJson = ({ lines }: Head): ReadonlyArray<HeadProposal> => {
  const told = lines.filter((line) => line.trim() !== "")
  const objects = told.map(objectOf).filter((each) => each !== undefined)
  const [first] = objects
  if (first === undefined || objects.length < told.length) return []
  const names = Object.keys(first).filter((name) => objects.every((each) => Object.hasOwn(each, name)))
  const strings = names.filter((name) => objects.every((each) => typeof each[name] === "string"))
  const words = names.filter((name) => objects.every((each) => typeof each[name] === "string" || Number.isSafeInteger(each[name])))
  const cells = (name: string): ReadonlyArray<string> => objects.map((each) => String(each[name]))
  return rolesOf(strings, words, cells).map(({ text, label, id, ...rest }) => ({
    kind: `jsonl ${text} ${label}`,
    ...rest,
    title: `JSON Lines, text ${showValue(text)}, ${label === null ? "no label" : `label ${showValue(label)}`}`,
    because: `each of the first ${objects.length} lines is a JSON object; ${rest.because}`,
    options: (encoding, splits) => ({
      layout: "jsonl",
      encoding,
      text_field: text,
      label_field: label,
      id_field: id,
      group_field: null,
      split_field: null,
      time_field: null,
      splits,
      classes: label === null ? null : "scan"
    })
  }))
}

const asTable = ({ lines }: Head): ReadonlyArray<HeadProposal> => {
  const told = lines.filter((line) => line !== "")
  const cuts = DELIMITERS.map((delimiter) => {
    // A record of several lines is cut in two here, and only lowers the share of lines that agree.
    const rows = told.map((line) => cutCells(line, delimiter, '"')).flatMap((cut) => (cut.ok ? [cut.cells] : []))
    const width = rows[0]?.length ?? 0
    return { delimiter, width, rows: rows.filter((row) => row.length === width) }
  }).filter(({ width, rows }) => width > 1 && rows.length > 1 && rows.length >= told.length * 0.8)
  const best = cuts.sort((left, right) => right.rows.length - left.rows.length || right.width - left.width)[0]
  if (best === undefined) return []
  const [names = [], ...rows] = best.rows
  if (new Set(names).size < names.length || names.includes("")) return []
  const cells = (name: string): ReadonlyArray<string> => rows.map((row) => row[names.indexOf(name)] ?? "")
  const words = names.filter((name) => cells(name).some((cell) => /\p{L}/u.test(cell)))
  return rolesOf(words, names, cells).map(({ text, label, id, ...rest }) => ({
    kind: `csv ${best.delimiter} ${text} ${label}`,
    ...rest,
    confidence: Math.round(rest.confidence * (best.rows.length / told.length) * 90) / 100,
    title: `Table of ${best.width} columns, text ${showValue(text)}, ${label === null ? "no label" : `label ${showValue(label)}`}`,
    because: `${best.rows.length} of the first ${told.length} lines have ${best.width} cells when cut at ${showValue(best.delimiter)}; ${rest.because}; header = false takes the first line for a record`,
    options: (encoding, splits) => ({
      layout: "csv",
      encoding,
      delimiter: best.delimiter,
      quote: '"',
      header: true,
      text_column: text,
      label_column: label,
      id_column: id,
      group_column: null,
      split_column: null,
      time_column: null,
      splits,
      classes: label === null ? null : "scan"
    })
  }))
}

interface RolesFound {
  readonly text: string
  readonly label: string | null
  readonly id: string | null
  readonly confidence: number
  readonly because: string
}

/** Which field is the text and which the label: by name, else the longest on average and the one with the fewest values. */
const rolesOf = (
  strings: ReadonlyArray<string>,
  words: ReadonlyArray<string>,
  cells: (name: string) => ReadonlyArray<string>
): ReadonlyArray<RolesFound> => {
  const size = (name: string): number => cells(name).reduce((sum, cell) => sum + cell.length, 0)
  const byName = pick(strings, textNames)
  const text = byName ?? [...strings].sort((left, right) => size(right) - size(left))[0]
  if (text === undefined) return []
  const values = (name: string): number => new Set(cells(name)).size
  const others = words.filter((name) => name !== text)
  const unique = (name: string): boolean => values(name) === cells(name).length
  const named = pick(others, labelNames)
  const few = [...others]
    .filter((name) => !unique(name) && !idNames.includes(name.toLowerCase()))
    .sort((left, right) => values(left) - values(right))[0]
  const label = named ?? few ?? null
  const idName = pick(
    others.filter((name) => name !== label && unique(name)),
    idNames
  )
  const how = byName === null ? "the text is the longest field" : "the text is named like one"
  const labelled: ReadonlyArray<RolesFound> =
    label === null
      ? []
      : [
          {
            text,
            label,
            id: idName,
            confidence: byName !== null && named !== null ? 0.95 : 0.6,
            because: `${how}, and the label ${named === null ? "is the field with the fewest values" : "is named like one"}`
          }
        ]
  return [
    ...labelled,
    { text, label: null, id: idName, confidence: label === null ? 0.6 : 0.2, because: `${how}; a label of null leaves the answers out` }
  ]
}

const asConll = ({ lines }: Head): ReadonlyArray<HeadProposal> => {
  const told = lines.filter((line) => line !== "")
  const [first] = told
  if (first === undefined) return []
  const separator = first.includes("\t") ? "\t" : " "
  const rows = told.map((line) => line.split(separator))
  const width = rows[0]?.length ?? 0
  if (width < 2 || rows.some((row) => row.length !== width || row.includes("")) || told.length < 2) return []
  const tags = new Set(rows.map((row) => row.at(-1) ?? ""))
  const chunked = [...tags].every((tag) => /^([BIOESLU](-.+)?)$/.test(tag))
  const blanks = lines.length - told.length
  const confidence = (chunked ? 0.6 : 0.2) + (blanks > 0 ? 0.35 : 0)
  return [
    {
      kind: `conll ${separator} ${width}`,
      confidence: tags.size > rows.length / 2 && !chunked ? confidence / 4 : confidence,
      title: `A token per line in ${width} columns`,
      because: `each of the first ${told.length} lines has ${width} columns, ${blanks} blank lines stand between; the last column ${chunked ? "is tags of chunks" : `has ${tags.size} values`}; token_column and label_column may name others`,
      options: (encoding, splits) => ({
        layout: "conll",
        encoding,
        separator,
        token_column: 1,
        label_column: width,
        splits,
        classes: "scan"
      })
    }
  ]
}

const asLines = ({ lines }: Head): HeadProposal => ({
  kind: "lines",
  confidence: 0.1,
  title: "A document per line, no label",
  because: `${lines.length} lines were looked at; labels = { "<file>" = "<label>" } gives all lines of a file a class`,
  options: (encoding) => ({ layout: "lines", encoding, labels: null, splits: null, classes: null })
})
