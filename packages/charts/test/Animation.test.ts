import { describe, expect, it } from "vitest"
import { type Figure, framesOf, toAnimation, toSvg } from "../src/index.ts"
import { figures } from "./figures.ts"
import { readXml } from "./xml.ts"

const frames: ReadonlyArray<Figure> = [
  { ...figures.raster, events: [[0, 1], [], [], [], [], []] },
  { ...figures.raster, events: [[0, 1, 2], [3], [], [], [], []] },
  figures.raster
]
const options = { id: "sample 7", title: "Bursts <1>", description: "Three frames.", frame_ms: 400 }

describe("toAnimation()", () => {
  it("draws its golden bytes", async () => {
    await expect(toAnimation(frames, options)).toMatchFileSnapshot("golden/animation.svg")
  })

  it("holds every frame whole, with ids that do not meet", () => {
    const svg = toAnimation(frames, options)
    for (const frame of framesOf(frames)) expect(svg).toContain(frame.trimEnd())
    const ids = readXml(svg).flatMap(({ attributes }) => attributes.id ?? [])
    expect(new Set(ids).size).toBe(ids.length)
    expect(svg).toContain("Bursts &lt;1&gt;")
  })

  it("stands still on the last frame for those who ask for that", () => {
    const [moving, rest] = [/@media \(prefers-reduced-motion:no-preference\)/, /-last\{visibility:visible\}/]
    expect(toAnimation(frames, options)).toMatch(moving)
    expect(toAnimation(frames, options)).toMatch(rest)
    expect(toAnimation(frames, options)).toContain("1200ms step-end infinite")
  })

  it("is as large as its largest frame", () => {
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(toAnimation([figures.raster, figures.letters], options)) ?? []
    const [, wide, high] = /width="(\d+)" height="(\d+)"/.exec(toSvg(figures.letters)) ?? []
    expect(Number(height)).toBe(Math.max(Number(high)))
    expect(Number(width)).toBeGreaterThanOrEqual(Number(wide))
  })

  it("refuses no frames and impossible times", () => {
    expect(() => toAnimation([], options)).toThrow("at least one frame")
    for (const frame_ms of [0, 19, 60_001, Number.NaN])
      expect(() => toAnimation(frames, { ...options, frame_ms })).toThrow("from 20 to 60000")
  })
})
