/** What a scan of the annotation files finds, in whichever format they are: pictures with their annotations, and the categories. */
import type { FileInfo } from "@feagi-trainer/contracts"
import type { AnnotationRow } from "./Columns.ts"
import type { Fault } from "./Fields.ts"
import type { Findings } from "./Findings.ts"
import { pointerOf } from "./json/JsonCursor.ts"
import type { JsonRecord, Place } from "./json/readJson.ts"

export interface AnnotatedImage {
  /** Index into the annotation files. */
  readonly file: number
  /** As the annotation file writes it. HaGRID leaves the extension out. */
  readonly name: string
  /** Undefined when the annotation file does not state it. */
  readonly size?: { readonly width: number; readonly height: number }
  readonly start: number
  readonly length: number
  readonly pointer: string
  readonly place: Place
  readonly group?: string
  readonly annotations: () => ReadonlyArray<AnnotationRow>
  /** How many boxes the picture has. */
  readonly count: () => number
  /** What stands for the annotations in the content hash. */
  readonly hashes: () => ReadonlyArray<string>
}

export interface Annotated {
  readonly images: ReadonlyArray<AnnotatedImage>
  readonly categories: ReadonlyArray<string>
  /** Number of keypoints of every class; empty without keypoints. */
  readonly keypoints: ReadonlyArray<number>
  /** SHA-256 of every annotation file. */
  readonly sha256: ReadonlyArray<string>
}

export const addFaults = (found: Findings, file: FileInfo, record: JsonRecord, faults: ReadonlyArray<Fault>, sample_id?: string): void => {
  for (const { code, path, ...told } of faults)
    found.add(code, "error", () => ({
      ...told,
      file: file.path,
      ...record.place(path),
      field: pointerOf([...record.path, ...path]),
      ...(sample_id === undefined ? {} : { sample_id })
    }))
}

/** Names that were not declared, as a fault. */
export const undeclared = (path: Fault["path"], name: string, declared: ReadonlyArray<string>): Fault => ({
  code: "UNDECLARED-CATEGORY",
  path,
  message: `the category ${JSON.stringify(name)} is not declared`,
  expected: `one of ${declared.slice(0, 10).join(", ")}${declared.length > 10 ? ", …" : ""}`,
  actual: JSON.stringify(name),
  help: 'add it to categories, or say categories = "scan"'
})
