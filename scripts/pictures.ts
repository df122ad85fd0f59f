/**
 * Takes the pictures of the tutorial anew: the journey through the Studio makes them on its way, and they are put in place as WebP.
 *
 *     npm run docs:pictures
 *
 * Needs the browser that `npm run ci:optional` brings. Sharp edge: pictures of a run that goes on show how far it was, so that they are
 * never the same bytes twice; take them anew when the Studio looks different, and not for the sake of it.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import sharp from "sharp"
import { looks, pictureFile, pictures } from "../apps/studio/test/browser/pictures.ts"
import { root, runStep, studio, vitest } from "./steps.ts"

const taken = join(root, ".cache", "pictures")
const images = join(root, "docs", "tutorial", "images")

rmSync(taken, { recursive: true, force: true })
mkdirSync(join(root, ".cache", "reports"), { recursive: true })
const journey = vitest(join(root, ".cache", "reports", "pictures.json"), ["apps/studio/test/browser/journey.test.ts"])
const made = runStep(studio) && runStep({ ...journey, env: { FEAGI_TRAINER_SCREENSHOTS: taken } }, true)
const wanted = pictures.flatMap((name) =>
  looks.map((look) => ({ from: pictureFile(name, look, "png"), to: pictureFile(name, look, "webp") }))
)
const missing = wanted.filter(({ from }) => !existsSync(join(taken, from)))
if (!made || missing.length > 0) {
  console.error(`no pictures were put in place; ${missing.length} of ${wanted.length} are missing. Without a browser: npm run ci:optional`)
  process.exit(1)
}
rmSync(images, { recursive: true, force: true })
mkdirSync(images)
for (const { from, to } of wanted) {
  const picture = sharp(join(taken, from))
  // Flat pages are smaller without loss, curves and much text with it.
  const made = await Promise.all(
    [{ quality: 40 }, { nearLossless: true, quality: 20 }].map((how) =>
      picture
        .clone()
        .webp({ ...how, effort: 6 })
        .toBuffer()
    )
  )
  writeFileSync(join(images, to), made.toSorted((one, other) => one.length - other.length)[0] ?? "")
}
const bytes = readdirSync(images).reduce((sum, name) => sum + statSync(join(images, name)).size, 0)
console.log(`${wanted.length} pictures, ${Math.round(bytes / 1000)} kB`)
