/**
 * A genome as an input: what it says, whatever the order and the writing it is said in.
 *
 * The canonical hash is taken over the canonical JSON of the document without the members that FEAGI does not read. Sharp edge: lists
 * keep their order, because FEAGI applies the rules of a mapping one after the other; a genome of another version that means the same
 * has another hash.
 */
import type { Diagnostic } from "@feagi-trainer/contracts"
import { CanonicalError, hashOf, Json, type JsonValue } from "@feagi-trainer/determinism"

/** Members of the document that change nothing of the brain that grows from it; the canonical hash leaves them out. */
export const ignoredMembers = ["change_history", "signatures", "timestamp"] as const

/** The newest format that this release knows: `version` and `genome_schema_version` of the document. */
export const knownVersion = { version: "3.0", genome_schema_version: 7 } as const

export interface Genome {
  /** SHA-256 (hex) of what the genome says. */
  readonly canonical_sha256: string
  /** As the document says them; null where it does not. */
  readonly version: string | null
  readonly genome_schema_version: number | null
  readonly document: GenomeDocument
}

export type GenomeDocument = { readonly [key: string]: JsonValue }

export type ReadGenome =
  | { readonly ok: true; readonly genome: Genome }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

/** Genomes nest deeper than most documents: areas within regions, vectors within morphologies. */
const maxDepth = 256

const versionPattern = /^\d+(\.\d+)*$/

/** Whether a dotted version comes after another one, number by number. */
const isNewer = (version: string, than: string): boolean => {
  const left = version.split(".").map(Number)
  const right = than.split(".").map(Number)
  for (let part = 0; part < Math.max(left.length, right.length); part++) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return false
}

const newer = (field: string, expected: string, actual: string): Diagnostic => ({
  code: "FT2602",
  severity: "error",
  field,
  message: "the genome is of a newer format than this release knows",
  expected: `at most ${expected}`,
  actual,
  help: "upgrade feagi-trainer, or save the genome in the older format"
})

const actualText = (actual: JsonValue | undefined): string => {
  if (actual === undefined) return "nothing"
  if (Array.isArray(actual)) return "a list"
  return typeof actual === "object" && actual !== null ? "an object" : String(actual)
}

const wrong = (field: string, expected: string, actual: JsonValue | undefined): Diagnostic => ({
  code: "FT2601",
  severity: "error",
  field,
  message: "is not what a genome has here",
  expected,
  actual: actualText(actual)
})

const versionProblems = (version: JsonValue | undefined, schema: JsonValue | undefined): ReadonlyArray<Diagnostic> => {
  const found: Array<Diagnostic> = []
  if (version !== undefined)
    if (typeof version !== "string" || !versionPattern.test(version)) found.push(wrong("version", 'a text such as "3.0"', version))
    else if (isNewer(version, knownVersion.version)) found.push(newer("version", knownVersion.version, version))
  if (schema !== undefined)
    if (typeof schema === "bigint" || (typeof schema === "number" && schema > knownVersion.genome_schema_version))
      found.push(newer("genome_schema_version", String(knownVersion.genome_schema_version), String(schema)))
    else if (typeof schema !== "number" || !Number.isInteger(schema) || schema < 0)
      found.push(wrong("genome_schema_version", "a whole number", schema))
  return found
}

/** SHA-256 (hex) of the document without what FEAGI does not read. Throws CanonicalError for a text that has no UTF-8 form. */
export const canonicalGenomeHash = (document: GenomeDocument): string =>
  hashOf(Object.fromEntries(Object.entries(document).filter(([key]) => !ignoredMembers.some((each) => each === key))))

/** Reads the text of a genome file; every problem with its place. The engine alone can say whether a brain grows from it. */
export const readGenome = (text: string): ReadGenome => {
  const parsed = Json.parse(text, { maxDepth })
  if (!parsed.ok)
    return {
      ok: false,
      diagnostics: parsed.problems.map(({ message, line, column }) => ({ code: "FT1001", severity: "error", line, column, message }))
    }
  const { value } = parsed
  if (!isDocument(value))
    return {
      ok: false,
      diagnostics: [{ code: "FT2601", severity: "error", message: "is not a genome", expected: "an object", actual: actualText(value) }]
    }
  const { version, genome_schema_version: schema } = value
  const problems = [
    ...versionProblems(version, schema),
    ...(value.blueprint !== undefined && isDocument(value.blueprint)
      ? []
      : [wrong("blueprint", "an object with the properties of every area", value.blueprint)])
  ]
  if (problems.length > 0) return { ok: false, diagnostics: problems }
  try {
    return {
      ok: true,
      genome: {
        canonical_sha256: canonicalGenomeHash(value),
        version: typeof version === "string" ? version : null,
        genome_schema_version: typeof schema === "number" ? schema : null,
        document: value
      }
    }
  } catch (error) {
    if (!(error instanceof CanonicalError)) throw error
    return { ok: false, diagnostics: [{ code: "FT2601", severity: "error", field: error.path, message: error.message }] }
  }
}

export const isDocument = (value: JsonValue | undefined): value is GenomeDocument =>
  typeof value === "object" && value !== null && !Array.isArray(value)
