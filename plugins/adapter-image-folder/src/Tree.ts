/**
 * Which files of a folder count, and to which part of the data they belong.
 *
 * Sharp edge: a listing holds files only, so a folder without any file is never seen. Names are compared in the Unicode form NFC, because
 * one system stores "é" as one character and another as two.
 */
import type { FileInfo, Source } from "@feagi-trainer/contracts"
import type { Findings } from "./Findings.ts"
import type { Splits } from "./Options.ts"

export const nfc = (text: string): string => text.normalize("NFC")

export const joined = (folder: string, path: string): string => (folder === "" ? path : `${folder}/${path}`)

/** The same order on every system and in every locale. */
export const byCodeUnit = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/** The source in a message. */
export const shownSource = ({ path }: Source): string => (path === "" ? "." : path)

/** A file that counts, by its path below the source. */
export interface Member {
  readonly file: FileInfo
  readonly path: string
}

const litter = new Set(["thumbs.db", "desktop.ini", "__macosx"])
const isLitter = (segment: string): boolean => segment.startsWith(".") || litter.has(segment.toLowerCase())

export interface Listing {
  readonly members: ReadonlyArray<Member>
  /** Hidden files and what desktops leave behind. */
  readonly ignored: ReadonlyArray<Member>
}

/** Sorted, in whatever order the files are listed. */
export const listingOf = ({ path: source }: Source, files: ReadonlyArray<FileInfo>): Listing => {
  const all = files
    .map((file): Member => ({ file, path: source === "" ? file.path : file.path.slice(source.length + 1) }))
    .sort((left, right) => byCodeUnit(nfc(left.path), nfc(right.path)) || byCodeUnit(left.path, right.path))
  const litters = ({ path }: Member): boolean => path.split("/").some(isLitter)
  return { members: all.filter((each) => !litters(each)), ignored: all.filter(litters) }
}

/** Names that folders of parts have by custom, and the parts that they mean. */
const customaryParts: Readonly<Record<string, string>> = {
  train: "train",
  training: "train",
  val: "val",
  valid: "val",
  validation: "val",
  test: "test",
  testing: "test"
}

export const customaryPart = (folder: string): string | undefined =>
  Object.hasOwn(customaryParts, folder.toLowerCase()) ? customaryParts[folder.toLowerCase()] : undefined

export interface Placed extends Member {
  readonly part?: string
  /** The path below the folder of the part. */
  readonly rest: string
}

/** Members whose folder at the top is a declared part; says which folders are not, and which declared ones are not there. */
export const placed = (source: Source, members: ReadonlyArray<Member>, splits: Splits, found: Findings): ReadonlyArray<Placed> => {
  if (splits === "none") return members.map((each) => ({ ...each, rest: each.path }))
  const parts = new Map(Object.entries(splits).map(([folder, part]) => [nfc(folder), part]))
  const missing = new Set(parts.keys())
  const told = new Set<string>()
  const out: Array<Placed> = []
  for (const each of members) {
    const slash = each.path.indexOf("/")
    const folder = slash < 0 ? "" : nfc(each.path.slice(0, slash))
    const part = parts.get(folder)
    missing.delete(folder)
    if (part !== undefined) out.push({ ...each, part, rest: each.path.slice(slash + 1) })
    else if (slash < 0) out.push({ ...each, rest: each.path })
    else if (!told.has(folder)) {
      told.add(folder)
      found.error("UNDECLARED-PART", {
        message: `the folder ${JSON.stringify(folder)} is no declared part of the data`,
        file: each.file.path,
        field: "splits",
        expected: [...parts.keys()].join(", "),
        actual: folder,
        help: `splits = { ${JSON.stringify(folder)} = "${customaryPart(folder) ?? folder}", … }, or move the folder away`
      })
    }
  }
  for (const folder of missing)
    found.error("MISSING-PART", {
      message: `there is no file in the folder ${JSON.stringify(folder)}`,
      file: shownSource(source),
      field: `splits.${folder}`
    })
  return out
}

export const warnOfIgnored = ({ ignored }: Listing, found: Findings): void => {
  const [first] = ignored
  if (first !== undefined)
    found.warn(
      "IGNORED",
      { message: "hidden files and files of a desktop are not read", file: first.file.path, help: "remove them from the dataset" },
      ignored.length
    )
}
