/** What every answer is wrapped in, as types alone: the documents of the command line, and the command that gives the same. */

/** One finding about one place; the same as `Diagnostic` of @feagi-trainer/contracts. */
export interface Finding {
  readonly code: string
  readonly severity: "error" | "warning"
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly byte_offset?: number
  readonly field?: string
  readonly sample_id?: string
  readonly expected?: string
  readonly actual?: string
  readonly help?: string
  readonly excerpt?: string
  readonly docs_url?: string
  readonly count?: number
}

/** A document of the command line. */
export interface Document<Data = unknown> {
  readonly schema_version: 1
  readonly kind: string
  readonly data: Data
  readonly warnings: ReadonlyArray<Finding>
}

/** An answer of the server. */
export interface Envelope<Data = unknown> extends Document<Data> {
  /** The words behind `ftr` that give the same; empty where no command does. */
  readonly command: ReadonlyArray<string>
}

export interface Failure {
  readonly reason: string
  readonly diagnostics: ReadonlyArray<Finding>
}

export const isDocument = (value: unknown): value is Document =>
  typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string" && "data" in value && "warnings" in value

export const isFailure = (document: Document): document is Document<Failure> => document.kind === "error"
