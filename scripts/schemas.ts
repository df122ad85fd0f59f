/**
 * Writes the JSON Schema of every document to docs/reference/schemas; with `--check` it only says whether they are current.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { jsonText } from "../apps/cli/src/jsonText.ts"
import { schemaNames, schemaOf } from "../apps/cli/src/schemas.ts"
import { root } from "./steps.ts"

const folder = join(root, "docs", "reference", "schemas")
const wanted = new Map(schemaNames.map((name) => [`${name}.schema.json`, `${jsonText(schemaOf(name))}\n`]))

/** Files that differ from what the sources say, by name. */
export const staleSchemas = (): ReadonlyArray<string> => {
  const present = existsSync(folder) ? readdirSync(folder) : []
  const gone = present.filter((file) => !wanted.has(file))
  const changed = [...wanted].filter(([file, text]) => !present.includes(file) || readFileSync(join(folder, file), "utf8") !== text)
  return [...gone, ...changed.map(([file]) => file)].sort()
}

if (import.meta.main) {
  const stale = staleSchemas()
  if (process.argv.includes("--check")) {
    for (const file of stale) console.error(`stale: docs/reference/schemas/${file}`)
    console.log(stale.length === 0 ? `${wanted.size} schemas are current` : "npm run schemas   writes them")
    process.exit(stale.length === 0 ? 0 : 1)
  }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [file, text] of wanted) writeFileSync(join(folder, file), text)
  console.log(`${wanted.size} schemas, ${stale.length} of them changed`)
}
