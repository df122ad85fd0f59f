/** The pictures of the tutorial: their names, and how each is taken of what a page shows now. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Page } from "../../../../test/support/browser.ts"

/** In the order in which the tutorial shows them. */
export const pictures = [
  ...["01-home", "02-template", "03-consent", "04-schema", "05-dataset", "06-compatibility", "07-brain", "08-launch", "09-live"],
  ...["10-overview", "11-results", "12-answers", "13-runs", "14-refused", "15-compared", "16-share"]
] as const
export type Picture = (typeof pictures)[number]

export const looks = [
  { width: 390, height: 760 },
  { width: 1280, height: 800 }
].flatMap((size) => (["dark", "light"] as const).map((scheme) => ({ ...size, scheme })))
type Look = (typeof looks)[number]

export const pictureFile = (name: string, { width, scheme }: Pick<Look, "width" | "scheme">, ending: "png" | "webp"): string =>
  `${name}-${scheme}-${width}.${ending}`

/** The packed browser has one font, and none for what is set in letters of one width. */
export const monospaced = { FONTCONFIG_FILE: fileURLToPath(new URL("./fonts.conf", import.meta.url)) }

/** `FEAGI_TRAINER_SCREENSHOTS`, as `npm run docs:pictures` sets it; without it nothing is taken. */
const folder = process.env.FEAGI_TRAINER_SCREENSHOTS ?? ""

/** Keeps what a reader of the tutorial would see now; then the window is as it was. */
export const takePicture = async (page: Page, name: Picture): Promise<void> => {
  if (folder === "") return
  mkdirSync(folder, { recursive: true })
  const before = page.viewportSize()
  for (const look of looks) {
    await page.setViewportSize(look)
    await page.emulateMedia({ colorScheme: look.scheme })
    // Charts draw themselves anew behind a change of size.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    await page.screenshot({ path: join(folder, pictureFile(name, look, "png")), animations: "disabled" })
  }
  if (before !== null) await page.setViewportSize(before)
}
