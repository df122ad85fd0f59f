/**
 * Which names the entries of a bundle or an archive may have together: each one safe by itself, and no two of them one file on any system.
 *
 * Sharp edge: names are compared without case and in one Unicode form, because some file system does.
 */
import type { Diagnostic } from "@feagi-trainer/contracts"
import { pathProblem, shownPath } from "./SafePath.ts"
import { storeError } from "./StoreError.ts"

const refusedEntry = (message: string, name: string): ReadonlyArray<Diagnostic> =>
  storeError("FT4031", { message, file: shownPath(name) }).diagnostics

/** `a/b/c` → `a`, `a/b`. */
export const parents = (name: string): ReadonlyArray<string> => {
  const segments = name.split("/")
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join("/"))
}

/** Names are unsafe, reserved, repeated (also where case or Unicode form is ignored), or a file and a folder at once. */
export const entryProblems = (names: ReadonlyArray<string>, reserved?: string): ReadonlyArray<Diagnostic> => {
  const folded = (name: string): string => name.normalize("NFC").toLowerCase()
  const seen = new Map<string, string>()
  const found: Array<Diagnostic> = []
  for (const name of names) {
    const problem = pathProblem(name)
    const twin = seen.get(folded(name))
    if (problem !== undefined) found.push(...refusedEntry(`the name ${problem}`, name))
    else if (folded(name) === reserved) found.push(...refusedEntry(`the name ${reserved} is reserved`, name))
    else if (twin !== undefined) found.push(...refusedEntry(`the name stands for the same file as "${twin}"`, name))
    seen.set(folded(name), name)
  }
  for (const name of names) {
    const folder = parents(folded(name)).find((each) => seen.has(each))
    if (folder !== undefined) found.push(...refusedEntry(`the name needs a folder where "${seen.get(folder)}" is a file`, name))
  }
  return found
}
