/** The version of a document's layout, asked before anything else is decoded: a newer layout is refused and never guessed at. */
import type { Diagnostic } from "@feagi-trainer/contracts"
import { Code } from "./Code.ts"
import type { Located } from "./Document.ts"
import { valueAt } from "./Value.ts"

export type SchemaVersion =
  | { readonly ok: true; readonly version: number }
  | {
      readonly ok: false
      /** `integrity` (exit 6) for a newer version, otherwise `invalid` (exit 3). */
      readonly reason: "invalid" | "integrity"
      readonly diagnostics: ReadonlyArray<Diagnostic>
    }

/**
 * Checks the top-level `schema_version` against the versions that are read: from `oldest` (all of `ours` and nothing older unless
 * told) to `ours`, integers of at least 1.
 */
export const checkSchemaVersion = (document: Located, ours: number, oldest: number = ours): SchemaVersion => {
  const path = ["schema_version"]
  const version = valueAt(document.value, path)
  const write = document.formatOf(path) === "toml" ? `schema_version = ${ours}` : `schema_version: ${ours}`
  const refuse = (reason: "invalid" | "integrity", rest: Omit<Diagnostic, "severity">): SchemaVersion => ({
    ok: false,
    reason,
    diagnostics: [{ severity: "error", ...(document.positionOf(path) ?? document.positionOf([])), field: "schema_version", ...rest }]
  })
  if (version === undefined) {
    return refuse("invalid", { code: Code.schemaVersion, message: "is required and missing", help: `add ${write} at the top` })
  }
  const whole = (typeof version === "number" && Number.isInteger(version)) || typeof version === "bigint"
  if (!whole || document.isFloatText(path) || version < 1) {
    const actual = document.textOf(path)
    return refuse("invalid", {
      code: Code.schemaVersion,
      message: "has the wrong value",
      expected: "an integer of at least 1",
      ...(actual === undefined ? {} : { actual }),
      help: `write ${write}`
    })
  }
  if (version > ours) {
    return refuse("integrity", {
      code: Code.schemaVersionNewer,
      message: `the document has version ${version}, this program reads up to ${ours}`,
      help: `upgrade to a release that reads version ${version}`
    })
  }
  if (version < oldest) {
    return refuse("invalid", {
      code: Code.schemaVersion,
      message: `the document has version ${version}, this program reads ${oldest === ours ? `only ${ours}` : `${oldest} to ${ours}`}`,
      help: `bring the document to the layout of version ${ours}, then ${write}`
    })
  }
  return { ok: true, version: Number(version) }
}
