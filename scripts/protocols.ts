/**
 * Keeps what every protocol says, version by version, in `published/` of its plugin: what is kept there is what later versions are held
 * against. A version that is kept already is never written again.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { keptFile, protocolsOfPlugins } from "./publishedProtocols.ts"
import { root } from "./steps.ts"

for (const { folder, protocol } of await protocolsOfPlugins()) {
  const file = keptFile(folder, protocol)
  if (existsSync(join(root, file))) continue
  mkdirSync(join(root, folder, "published"), { recursive: true })
  writeFileSync(join(root, file), `${JSON.stringify(protocol, null, 2)}\n`)
  console.log(`kept ${file}`)
}
