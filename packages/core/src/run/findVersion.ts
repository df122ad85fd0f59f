/** Registered things by `name@version`. */
import { type Diagnostic, didYouMean } from "@feagi-trainer/contracts"

/** Name and version of a reference; the version is absent when there is no `@`. */
export const versioned = (reference: string): { readonly name: string; readonly version: string | undefined } => {
  const at = reference.lastIndexOf("@")
  return at <= 0 ? { name: reference, version: undefined } : { name: reference.slice(0, at), version: reference.slice(at + 1) }
}

/** A registered thing by `name@version`; the version is never guessed. */
export const findVersion = <A extends { readonly name: string; readonly version: number }>(
  what: string,
  reference: string,
  known: ReadonlyArray<A>,
  add: string
): { readonly ok: true; readonly value: A } | { readonly ok: false; readonly diagnostic: Diagnostic } => {
  const { name, version } = versioned(reference)
  const found = known.find((each) => each.name === name && String(each.version) === version)
  if (found !== undefined) return { ok: true, value: found }
  const ids = known.map((each) => `${each.name}@${each.version}`)
  const near = didYouMean(reference, ids) ?? ids.findLast((id) => id.startsWith(`${name}@`))
  return {
    ok: false,
    diagnostic: {
      code: "FT2001",
      severity: "error",
      message: version === undefined ? `the ${what} "${reference}" has no version` : `no ${what} "${reference}" is registered`,
      expected: ids.length === 0 ? `a registered ${what}` : `one of ${ids.slice(-8).join(", ")}`,
      help: near === undefined ? add : `did you mean "${near}"?`
    }
  }
}
