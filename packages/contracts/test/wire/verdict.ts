/** Shared by the tests of the wire: goldens as texts, and what a text becomes when ours reads and writes it. */
import { readdirSync, readFileSync } from "node:fs"
import { canonical, Json, type JsonValue } from "@feagi-trainer/determinism"
import { type ContractName, contracts, decodeDocument, encodeDocument } from "../../src/wire/index.ts"

const golden = new URL("../golden/", import.meta.url)

export const isContractName = (name: string): name is ContractName => Object.hasOwn(contracts, name)

export interface Golden {
  readonly file: string
  readonly name: ContractName
  readonly text: string
}

/** The documents of a golden folder; a file of a type without a schema is an error, never a skipped case. */
export const goldens = (folder: "contracts" | "contracts-edge"): ReadonlyArray<Golden> =>
  readdirSync(new URL(folder, golden))
    .sort()
    .map((file) => {
      const name = file.replace(/-\d+\.json$/, "")
      if (!isContractName(name)) throw new Error(`${folder}/${file}: no schema is called ${name}`)
      return { file, name, text: readFileSync(new URL(`${folder}/${file}`, golden), "utf8") }
    })

export const fieldMatrix = (): Readonly<Record<string, Readonly<Record<string, JsonValue>>>> =>
  JSON.parse(readFileSync(new URL("contracts-field-matrix.json", golden), "utf8"))

/** `accept`: comes back with the same value. `lossy`: comes back changed. `reject`: does not decode. */
export type Verdict = "accept" | "lossy" | "reject"

/** One text for one value, whatever the order of members. */
export const sameText = (value: unknown): string => canonical(value)

export const judge = (name: ContractName, text: string): { readonly verdict: Verdict; readonly becomes: string | undefined } => {
  const decoded = decodeDocument(name, text)
  if (!decoded.ok) return { verdict: "reject", becomes: undefined }
  const becomes = sameText(Json.parseOrThrow(encodeDocument(name, decoded.value)))
  return { verdict: becomes === sameText(Json.parseOrThrow(text)) ? "accept" : "lossy", becomes }
}

/** The text of member `key` of an object text, with its numbers as they are written. */
export const memberText = (text: string, key: string): string => {
  const parsed = Json.parse(text)
  if (!parsed.ok) throw new Error(`a golden is no JSON: ${parsed.problems[0]?.message}`)
  const start = parsed.positions.of([key])?.offset
  if (start === undefined) throw new Error(`a golden lacks ${key}`)
  let depth = 0
  let quoted = false
  for (let at = start; at < text.length; at++) {
    const char = text[at] ?? ""
    if (quoted) {
      if (char === "\\") at++
      else if (char === '"') quoted = false
    } else if (char === '"') quoted = true
    else if (char === "{" || char === "[") depth++
    else if ((char === "}" || char === "]") && depth-- === 0) return text.slice(start, at)
    else if (char === "," && depth === 0) return text.slice(start, at)
  }
  throw new Error(`a golden is cut off in ${key}`)
}
