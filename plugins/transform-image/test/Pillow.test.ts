/**
 * Every operation beside Pillow and NumPy on ten small pictures of scikit-image: whole-number operations give the same bytes, the others
 * stay within the bound that is named with them.
 */
import { readFileSync } from "node:fs"
import { type ImageShape, type IRSample, imageFrame, imageSize } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { sha256Hex } from "../../../packages/determinism/src/index.ts"
import { type AnyTransform, opened, sampleOf } from "../../transform-tabular/test/support.ts"
import { imageCrop, imageDecode, imageFlip, imageMask, imageNormalise, imageResize, imageRotate, imageStandardise } from "../src/index.ts"
import oracle from "./oracle/pillow.json" with { type: "json" }

const stored = (name: string): IRSample =>
  sampleOf(name, {
    modality: "image",
    payload: { bytes: readFileSync(new URL(`pictures/${name}`, import.meta.url)) },
    coordinate_frame: imageFrame({ width: 48, height: 36, channels: 3 })
  })
const encoded: ImageShape = { kind: "image", values: "encoded", width: [1, 99], height: [1, 99], channels: [1, 4] }

const sizeOf = (sample: IRSample) => imageSize(sample.coordinate_frame) ?? { width: 0, height: 0, channels: 0 }
const bytesOf = ({ payload }: IRSample): Uint8Array => ("bytes" in payload ? payload.bytes : new Uint8Array())
const digest = (sample: IRSample): string => {
  const { width, height, channels } = sizeOf(sample)
  return sha256Hex(Uint8Array.from([...new TextEncoder().encode(`${width} ${height} ${channels}\n`), ...bytesOf(sample)])).slice(0, 16)
}
const decode = (sample: IRSample, channels: number, alpha: unknown = "refuse") =>
  opened({ transform: imageDecode, options: { channels, alpha, orientation: "apply" }, shape: encoded, samples: [] }).apply(sample)
const after = (transform: AnyTransform, options: unknown, sample: IRSample): Promise<IRSample> => {
  const { width, height, channels } = sizeOf(sample)
  const shape: ImageShape = {
    kind: "image",
    values: "uint8",
    width: [width, width],
    height: [height, height],
    channels: [channels, channels]
  }
  return opened({ transform, options, shape, samples: [sample] }).apply(sample)
}

const every41st = (values: ArrayLike<number>): ReadonlyArray<number> => Array.from(values).filter((_, index) => index % 41 === 0)
const furthest = (left: ReadonlyArray<number>, right: ReadonlyArray<number>): number => {
  expect(left.length).toBe(right.length)
  return left.reduce((most, value, index) => Math.max(most, Math.abs(value - (right[index] ?? Number.NaN))), 0)
}

/** What an answer's name says, as options. */
const exactly = (name: string, channels: number): readonly [AnyTransform, unknown] => {
  const colour = (value: number) => Array.from({ length: channels }, () => value)
  const [word = "", one = "", two = ""] = name.split(" ")
  if (word === "crop") return [imageCrop, { x: 7, y: 4, width: 23, height: 27 }]
  if (word === "flip") return [imageFlip, { axis: one }]
  if (word === "turn") return [imageRotate, { by: { quarter_turns: Number(one) } }]
  if (word === "rectangle") return [imageMask, { keep: { rectangle: { x: 5, y: 3, width: 30, height: 27 } }, outside: colour(7) }]
  if (word === "circle") return [imageMask, { keep: { circle: { x: 24, y: 18.5, radius: 14.5 } }, outside: colour(9) }]
  if (word === "contain") return [imageResize, { width: 33, height: 41, kernel: "cubic", fit: { contain: { background: colour(7) } } }]
  if (word === "cover") return [imageResize, { width: 21, height: 29, kernel: "cubic", fit: "cover" }]
  if (word === "degrees") return [imageRotate, { by: { degrees: Number(one), kernel: two, outside: colour(7) } }]
  const [width = 0, height = 0] = two.split("x").map(Number)
  return [imageResize, { width, height, kernel: one, fit: "fill" }]
}

describe.each(Object.entries(oracle.plain))("%s", (name, { exact, close }) => {
  const picture = () => decode(stored(name), "deviation" in close && close.deviation.length === 1 ? 1 : 3)

  it.each(Object.keys(exact))("%s: the same bytes as Pillow", async (operation) => {
    const given = await picture()
    const [transform, options] = exactly(operation, sizeOf(given).channels)
    expect(digest(await after(transform, options, given))).toBe((exact as Readonly<Record<string, string>>)[operation])
  })
  it("turned with linear mixing: at most 1 from Pillow, which rounds down", async () => {
    const given = await picture()
    for (const [operation, answer] of Object.entries(close).filter(([each]) => each.startsWith("degrees"))) {
      const [transform, options] = exactly(operation, sizeOf(given).channels)
      expect(furthest(every41st(bytesOf(await after(transform, options, given))), answer)).toBeLessThanOrEqual(1)
    }
  })
  it("normalised: at most 1e-14 from NumPy", async () => {
    const given = await picture()
    const { channels } = sizeOf(given)
    const { payload } = await after(
      imageNormalise,
      { mean: [0.485, 0.456, 0.406].slice(0, channels), std: [0.229, 0.224, 0.225].slice(0, channels) },
      given
    )
    expect(furthest(every41st("tabular" in payload ? payload.tabular : []), close.normalise)).toBeLessThanOrEqual(1e-14)
  })
  it("mean and deviation: at most 1e-14 from NumPy", async () => {
    const given = await picture()
    const { channels, width, height } = sizeOf(given)
    const shape: ImageShape = {
      kind: "image",
      values: "uint8",
      width: [width, width],
      height: [height, height],
      channels: [channels, channels]
    }
    const { fitted } = opened({ transform: imageStandardise, options: { constant: "zero" }, shape, samples: [given] })
    const { mean, deviation } = fitted as { readonly mean: ReadonlyArray<number>; readonly deviation: ReadonlyArray<number> }
    expect(furthest(mean, close.mean)).toBeLessThanOrEqual(1e-14)
    expect(furthest(deviation, close.deviation)).toBeLessThanOrEqual(1e-14)
  })
})

describe("decoded", () => {
  const over = { background: [10, 200, 90] }
  const plain = Object.entries(oracle.decoded).filter(([, answers]) => "1" in answers && "3" in answers)

  it.each(plain)("%s: the same bytes as Pillow in 1, 3 and 4 channels", async (name, answers) => {
    for (const [channels, answer] of Object.entries(answers)) expect(digest(await decode(stored(name), Number(channels)))).toBe(answer)
  })
  it.each(["astronaut-alpha.png", "camera-alpha.png"] as const)(
    "%s: the same bytes as Pillow without alpha, over a background and resized",
    async (name) => {
      const answers = oracle.decoded[name]
      const seen = {
        "4": digest(await decode(stored(name), 4)),
        "3 drop": digest(await decode(stored(name), 3, "drop")),
        "1 drop": digest(await decode(stored(name), 1, "drop")),
        "3 over": digest(await decode(stored(name), 3, over)),
        "1 over": digest(await decode(stored(name), 1, over))
      }
      expect({ ...seen, resize: answers.resize }).toEqual(answers)
      const four = await decode(stored(name), 4)
      for (const [kernel, answer] of Object.entries(answers.resize))
        expect(`${kernel} ${digest(await after(imageResize, { width: 31, height: 20, kernel, fit: "fill" }, four))}`).toBe(
          `${kernel} ${answer}`
        )
    }
  )
  it("a JPEG that is stored turned, upright: at most 1 from Pillow", async () => {
    const { upright, size } = oracle.decoded["coffee-turned.jpg"]
    const turned = await decode(stored("coffee-turned.jpg"), 3)
    expect([sizeOf(turned).width, sizeOf(turned).height]).toEqual(size)
    expect(furthest(every41st(bytesOf(turned)), upright)).toBeLessThanOrEqual(1)
  })
})
