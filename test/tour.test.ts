/** The tour of the front page is what the program prints today, and a picture that anybody can be shown. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { root } from "../scripts/steps.ts"
import { type Cast, castText, readCast } from "../scripts/tour/cast.ts"
import { castFile, tourFiles } from "../scripts/tour/files.ts"
import { record } from "../scripts/tour/record.ts"
import { screensOf, transcript } from "../scripts/tour/screens.ts"
import { svgOf } from "../scripts/tour/svg.ts"

const read = (file: string): string => readFileSync(join(root, file), "utf8")
const castOf = (...events: Cast["events"]): Cast => ({ header: { version: 2, width: 20, height: 3, title: "t" }, events })

describe("the tour", () => {
  it("is what the program prints today; npm run docs:tour records it anew", () => {
    const [said, kept] = [record(), readCast(read(castFile))]
    const outputs = ({ events }: Cast) => events.map(([, , text]) => text).join("")
    expect(outputs(said)).toBe(outputs(kept))
    expect(castText(said)).toBe(read(castFile))
  }, 300_000)

  it("is drawn and told from its recording alone", async () => {
    for (const [file, text] of Object.entries(await tourFiles(readCast(read(castFile))))) expect(text, file).toBe(read(file))
  })

  it("is a small picture that loads nothing, runs nothing, and says what it shows", () => {
    const svg = read("docs/images/tour.svg")
    expect(Buffer.byteLength(svg)).toBeLessThan(200_000)
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(
      /<script|<image|<foreignObject|href|url\(|@import|https?:|\son\w+=/i
    )
    expect(svg).toMatch(/role="img" aria-labelledby="title desc"[\s\S]*<title id="title">[^<]+<\/title>\s*<desc id="desc">[^<]+<\/desc>/)
    expect(svg).toMatch(/@media \(prefers-reduced-motion:no-preference\)\{g\{animation:/)
  })

  it("stands on the front page with its text and in words", () => {
    const image = /<img src="docs\/images\/tour\.svg" alt="([^"]+)"/.exec(read("README.md"))
    expect(image?.[1]?.length).toBeGreaterThan(60)
    expect(read("README.md")).toContain("(docs/tutorial/tour.md)")
    expect(read("README.md")).toContain('<source media="(prefers-reduced-motion: reduce)" srcset="docs/images/tour-still.svg">')
    expect(read("docs/images/tour-still.svg")).not.toMatch(/@media|@keyframes k/)
  })

  it("shows nothing of a machine", () => {
    const text = read("docs/tutorial/tour.md")
    expect(text).not.toMatch(/\d\/s\b|ETA|\/tmp\/|\/home\/|\d\d:\d\d/)
    expect(text).toContain("replay: EQUAL")
  })
})

describe("svgOf()", () => {
  const texts = (svg: string) => [...svg.matchAll(/textLength="\d+"[^>]*>([^<]+)</g)].map((match) => match[1])

  it("resolves what is written over, and keeps what stood there for its time only", async () => {
    const cast = castOf([0, "o", "10/90"], [1, "o", "\r\x1b[J20/90"], [2, "o", "\r\x1b[Jdone\r\n"])
    expect(transcript(await screensOf(cast))).toBe("done\n")
    const svg = await svgOf(cast, "d")
    expect(texts(svg)).toEqual(["10/90", "20/90", "done"])
    expect(svg).toMatch(
      /@keyframes (k\d+)\{0%\{opacity:0\}16\.667%\{opacity:1\}33\.333%,to\{opacity:0\}\}[\s\S]*<g class="t \1"><text[^>]*><tspan[^>]*>20\/90</
    )
  })

  it("draws what is typed once, below a lid that goes on letter by letter", async () => {
    const svg = await svgOf(castOf([0, "o", "$ "], [1, "o", "f"], [2, "o", "t"], [3, "o", "r"], [4, "o", "\r\n"]), "d")
    expect(texts(svg)).toEqual(["$ ftr"])
    expect(svg).toContain("12.5%{transform:translateX(8px);animation-timing-function:steps(2)}37.5%,to{transform:translateX(24px)}")
  })

  it("moves the tape when a line leaves the window, and stands at the end where nothing moves", async () => {
    const svg = await svgOf(castOf([0, "o", "a\r\nb\r\nc"], [1, "o", "\r\nd"], [2, "o", "\r\ne"]), "d")
    expect(svg).toContain("0%{transform:none}16.667%{transform:translateY(-18px)}33.333%{transform:translateY(-36px)}")
    expect(svg).toContain(".tape{transform:translateY(-36px)}")
  })

  it("escapes, joins what was wrapped, and keeps colours", async () => {
    const cast = castOf([0, "o", "\x1b[1;32ma<b\x1b[0m & 0123456789abcdef\r\n"])
    expect(transcript(await screensOf(cast))).toBe("a<b & 0123456789abcdef\n")
    expect(await svgOf(cast, "d")).toContain('class="bold c2">a&lt;b<')
  })
})
