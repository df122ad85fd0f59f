/**
 * Records the tour of the front page anew: carries out the session of scripts/tour/session.ts and writes the picture, the recording and
 * its text.
 *
 *     npm run docs:tour
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./steps.ts"
import { tourFiles } from "./tour/files.ts"
import { record } from "./tour/record.ts"

for (const [file, text] of Object.entries(await tourFiles(record()))) {
  writeFileSync(join(root, file), text)
  console.log(`${file}  ${Buffer.byteLength(text)} bytes`)
}
