/** What is particular to each operation: targets that move with the pixels, edges, refusals, chance. */
import type { BoundingBox, ImageShape, IRSample, Keypoint, SegmentationMaskTarget } from "@feagi-trainer/contracts"
import { imageFrame, imageSize } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { type AnyTransform, opened, refusals, sampleOf } from "../../transform-tabular/test/support.ts"
import * as operations from "../src/index.ts"
import { cosPi, sinPi } from "../src/trigonometry.ts"
import { boxes, file, files, grey, mask, picture, pixels, points, ramp } from "./cases.ts"

const {
  imageCrop,
  imageDecode,
  imageFlip,
  imageMask,
  imageNormalise,
  imageRandomBrightness,
  imageRandomCrop,
  imageResize,
  imageRotate,
  imageStandardise
} = operations
const shape = pixels([5, 5], [3, 3], 1)
const apply = (transform: AnyTransform, options: unknown, sample: IRSample, of: ImageShape = shape, seed?: string) =>
  opened({ transform, options, shape: of, samples: [sample] }).apply(sample, seed)
const faultOf = (transform: AnyTransform, options: unknown, sample: IRSample, of: ImageShape = shape) =>
  opened({ transform, options, shape: of, samples: [] }).fault(sample)
const bytes = ({ payload }: IRSample): ReadonlyArray<number> => ("bytes" in payload ? Array.from(payload.bytes) : [])
const boxesOf = ({ target }: IRSample): ReadonlyArray<BoundingBox> => (target !== null && "bbox_set" in target ? target.bbox_set : [])
const pointsOf = ({ target }: IRSample): ReadonlyArray<Keypoint> => (target !== null && "keypoints" in target ? target.keypoints : [])
const maskOf = ({ target }: IRSample): SegmentationMaskTarget => {
  if (target === null || !("segmentation_mask" in target)) throw new Error("no mask")
  return target.segmentation_mask
}
/** A mask that says of every pixel what the picture does, so that both have to move alike. */
const twin = (width: number, values: ReadonlyArray<number>, ignore_label: number | null = 200): IRSample =>
  picture("twin", width, 1, values, { segmentation_mask: { width, height: values.length / width, labels: values, ignore_label } })
const corners = ({ x, y, width, height }: BoundingBox) => [x, y, width, height]

describe("targets", () => {
  const moves: ReadonlyArray<readonly [string, AnyTransform, unknown]> = [
    ["crop", imageCrop, { x: 1, y: 0, width: 3, height: 3 }],
    ["flip", imageFlip, { axis: "horizontal" }],
    ["a quarter turn", imageRotate, { by: { quarter_turns: 1 } }],
    ["degrees", imageRotate, { by: { degrees: 33, kernel: "nearest", outside: [200] } }],
    ["nearest resize", imageResize, { width: 8, height: 2, kernel: "nearest", fit: "fill" }],
    ["contain", imageResize, { width: 8, height: 8, kernel: "nearest", fit: { contain: { background: [200] } } }],
    ["cover", imageResize, { width: 4, height: 7, kernel: "nearest", fit: "cover" }],
    ["shift", imageRandomCrop, { padding: 3, outside: [200] }]
  ]
  it.each(moves)("of every pixel move with it: %s", async (_, transform, options) => {
    const after = await apply(transform, options, twin(5, ramp(15, 9)))
    expect(maskOf(after).labels).toEqual(bytes(after))
    expect(imageSize(after.coordinate_frame)).toEqual({ width: maskOf(after).width, height: maskOf(after).height, channels: 1 })
  })
  it("in pixels are mirrored exactly, and twice is once more what it was", async () => {
    const [sample] = grey
    if (sample === undefined) return
    const once = await apply(imageFlip, { axis: "horizontal" }, sample)
    expect(boxesOf(once).map(corners)).toEqual([
      [2.5, 1, 2, 1.5],
      [0, 2, 2, 1]
    ])
    expect(boxesOf(once)[0]).toMatchObject({ class_id: 1, label: "whole", area: 3 })
    expect(await apply(imageFlip, { axis: "horizontal" }, once)).toEqual(sample)
    const upside = await apply(imageFlip, { axis: "vertical" }, { ...sample, target: points })
    expect(pointsOf(upside)).toEqual([
      { x: 0.5, y: 2.5, visibility: 2 },
      { x: 4.5, y: 0.5, visibility: 1 },
      { x: 2, y: 2 }
    ])
  })
  it("go around with quarter turns, four of which are none", async () => {
    const sample = picture("a", 5, 1, ramp(15), boxes)
    const quarter = await apply(imageRotate, { by: { quarter_turns: 1 } }, sample)
    expect(boxesOf(quarter).map(corners)).toEqual([
      [1, 2.5, 1.5, 2],
      [2, 0, 1, 2]
    ])
    const back = await apply(imageRotate, { by: { quarter_turns: 3 } }, quarter, pixels([3, 3], [5, 5], 1))
    expect(back).toEqual(sample)
    const turned = await apply(imageRotate, { by: { quarter_turns: 1 } }, { ...sample, target: points })
    expect(pointsOf(turned).map(({ x, y }) => [x, y])).toEqual([
      [0.5, 4.5],
      [2.5, 0.5],
      [1, 3]
    ])
  })
  it("that leave the window are cut, dropped or marked, and what is not known of them is left out", async () => {
    const window = { x: 1, y: 1, width: 3, height: 2 }
    const after = await apply(imageCrop, window, picture("a", 5, 1, ramp(15), boxes))
    expect(boxesOf(after)).toEqual([
      { class_id: 1, label: "whole", x: 0, y: 0, width: 1.5, height: 1.5 },
      { class_id: 2, crowd: true, x: 2, y: 1, width: 1, height: 1 }
    ])
    const beside = { bbox_set: [{ class_id: 0, x: 0, y: 0, width: 1, height: 3 }] }
    expect(boxesOf(await apply(imageCrop, window, picture("a", 5, 1, ramp(15), beside)))).toEqual([])
    expect(pointsOf(await apply(imageCrop, window, picture("a", 5, 1, ramp(15), points)))).toEqual([
      { x: -0.5, y: -0.5, visibility: 0 },
      { x: 3.5, y: 1.5, visibility: 0 },
      { x: 1, y: 0 }
    ])
  })
  it("are scaled with the picture, areas by both sides", async () => {
    const after = await apply(imageResize, { width: 10, height: 9, kernel: "cubic", fit: "fill" }, picture("a", 5, 1, ramp(15), boxes))
    expect(boxesOf(after)[0]).toEqual({ class_id: 1, label: "whole", x: 1, y: 3, width: 4, height: 4.5, area: 18 })
    const contained = await apply(
      imageResize,
      { width: 10, height: 10, kernel: "box", fit: { contain: { background: [0] } } },
      picture("a", 5, 1, ramp(15), points)
    )
    expect(pointsOf(contained).map(({ x, y }) => [x, y])).toEqual([
      [1, 3],
      [9, 7],
      [4, 4]
    ])
  })
  it("turned by degrees are where their pixel is, and boxes the upright ones around them", async () => {
    const by = { degrees: 90, kernel: "nearest", outside: [0] }
    const square = pixels([5, 5], [5, 5], 1)
    const values = ramp(25, 10)
    const target = { keypoints: [{ x: 1.5, y: 0.5 }] }
    const after = await apply(imageRotate, { by }, picture("a", 5, 1, values, target), square)
    const [point] = pointsOf(after)
    expect([point?.x, point?.y]).toEqual([0.5, 3.5])
    expect(bytes(after)[3 * 5]).toBe(values[1])
    const half = { bbox_set: [{ class_id: 0, x: 2, y: 2, width: 1, height: 1, area: 1 }] }
    const [box] = boxesOf(await apply(imageRotate, { by: { ...by, degrees: 45 } }, picture("a", 5, 1, values, half), square))
    expect(box?.width).toBeCloseTo(Math.SQRT2, 12)
    expect(box?.x).toBeCloseTo(2.5 - Math.SQRT2 / 2, 12)
  })
  it("without a place in the picture stay as they are", async () => {
    for (const target of [null, { scalar: 3 }, { class_set: [1] }, { vector: [1, 2] }])
      expect((await apply(imageFlip, { axis: "horizontal" }, { ...picture("a", 5, 1, ramp(15)), target })).target).toEqual(target)
  })
  it("refuse a mask of another size, and one without a class for what comes from outside", async () => {
    expect(await faultOf(imageFlip, { axis: "vertical" }, picture("small", 5, 1, ramp(15), mask(5, 2)))).toMatchObject({
      code: "image-flip/MASK",
      sample_id: "small",
      expected: "5 × 3"
    })
    const options = { by: { degrees: 45, kernel: "nearest", outside: [0] } }
    expect(await faultOf(imageRotate, options, twin(5, ramp(15), null))).toMatchObject({
      code: "image-rotate/MASK",
      expected: "an ignore_label"
    })
  })
})

describe("image-decode", () => {
  const options = { channels: 3, alpha: "refuse", orientation: "refuse" }
  const fault = (sample: IRSample, over: object = {}) => faultOf(imageDecode, { ...options, ...over }, sample, files)
  const broken = (name: string, change: (given: Uint8Array) => Uint8Array, size?: { readonly width: number; readonly height: number }) => {
    const sample = file(name, size)
    return { ...sample, payload: { bytes: change("bytes" in sample.payload ? sample.payload.bytes : new Uint8Array()) } }
  }

  it.each<readonly [string, IRSample, string]>([
    ["a file of another kind", broken("camera.png", () => new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'/>")), "FORMAT"],
    ["no bytes", broken("camera.png", () => new Uint8Array()), "FORMAT"],
    ["a file that ends early", broken("chelsea.png", (given) => given.slice(0, 3000)), "CORRUPT"],
    ["more pixels than the frame says", file("camera.png", { width: 40, height: 36 }), "CORRUPT"],
    ["another size than the frame says", file("camera.png", { width: 36, height: 48 }), "SIZE"],
    ["alpha", file("astronaut-alpha.png"), "ALPHA"],
    ["a picture that is stored turned", file("coffee-turned.jpg"), "ORIENTATION"],
    ["no picture", sampleOf("row"), "SAMPLE"]
  ])("refuses %s", async (_, sample, code) => {
    expect(await fault(sample)).toMatchObject({ code: `image-decode/${code}`, sample_id: sample.sample_id })
  })
  it("refuses 16 bits, colours for print and several pictures", async () => {
    const { default: sharp } = await import("sharp")
    const raw = { raw: { width: 2, height: 2, channels: 3 as const } }
    const made = async (encode: () => Promise<Buffer>) =>
      sampleOf("made", {
        payload: { bytes: new Uint8Array(await encode()) },
        coordinate_frame: imageFrame({ width: 2, height: 2, channels: 3 })
      })
    const deep = await made(() => sharp(Buffer.alloc(12, 90), raw).toColourspace("rgb16").png().toBuffer())
    const print = await made(() => sharp(Buffer.alloc(12, 90), raw).toColourspace("cmyk").jpeg().toBuffer())
    const grounds = await Promise.all([0, 90].map((value) => sharp(Buffer.alloc(12, value), raw).png().toBuffer()))
    const frames = await made(() =>
      sharp(grounds, { join: { animated: true } })
        .gif()
        .toBuffer()
    )
    expect((await fault(deep)).code).toBe("image-decode/DEPTH")
    expect((await fault(print)).code).toBe("image-decode/COLOUR-SPACE")
    expect((await fault(frames)).code).toBe("image-decode/FRAMES")
  })
  it("sets every EXIF orientation upright as sharp does, and the target with the pixels", async () => {
    const { default: sharp } = await import("sharp")
    const values = ramp(15 * 3)
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const made = await sharp(Uint8Array.from(values), { raw: { width: 5, height: 3, channels: 3 } })
        .withMetadata({ orientation })
        .png()
        .toBuffer()
      const { data, info } = await sharp(made).autoOrient().raw().toBuffer({ resolveWithObject: true })
      const target = {
        segmentation_mask: { width: 5, height: 3, labels: values.filter((_, index) => index % 3 === 0), ignore_label: null }
      }
      const sample = sampleOf("made", {
        payload: { bytes: new Uint8Array(made) },
        coordinate_frame: imageFrame({ width: 5, height: 3, channels: 3 }),
        target
      })
      const of: ImageShape = { kind: "image", values: "encoded", width: [5, 5], height: [3, 3], channels: [3, 3] }
      const after = await apply(imageDecode, { ...options, orientation: "apply" }, sample, of)
      expect([orientation, imageSize(after.coordinate_frame)]).toEqual([
        orientation,
        { width: info.width, height: info.height, channels: 3 }
      ])
      expect(bytes(after)).toEqual(Array.from(data))
      expect(maskOf(after).labels).toEqual(bytes(after).filter((_, index) => index % 3 === 0))
    }
  })
  it("declares both sides for either when files may be turned", () => {
    const after = (given: ImageShape, orientation: string) =>
      opened({ transform: imageDecode, options: { ...options, orientation }, shape: given, samples: [] }).shape()
    const wide: ImageShape = { ...files, width: [50, 60], height: [30, 40] }
    expect(after(wide, "apply")).toMatchObject({ value: { width: [30, 60], height: [30, 60], channels: [3, 3], values: "uint8" } })
    expect(after(wide, "refuse")).toMatchObject({ value: { width: [50, 60], height: [30, 40] } })
    expect(after({ ...wide, values: "uint8" }, "apply")).toMatchObject({ value: { width: [50, 60], height: [30, 40] } })
  })
  it("says how to install the decoder when it is not there", async () => {
    const { sharpFrom } = await import("../src/Encoded.ts")
    const { Effect } = await import("effect")
    const { reason, diagnostics } = await Effect.runPromise(Effect.flip(sharpFrom(() => Promise.reject(new Error("no module")))))
    expect([reason, diagnostics[0].code, diagnostics[0].help]).toEqual(["missing", "image-decode/NO-SHARP", "npm install sharp@0.35.5"])
  })
})

describe("image-normalise and image-standardise", () => {
  it("give NumPy's formula in doubles", async () => {
    const { payload } = await apply(imageNormalise, { mean: [0.5], std: [0.25] }, picture("a", 5, 1, ramp(15, 17)))
    expect("tabular" in payload ? payload.tabular.slice(0, 3) : []).toEqual([-2, (17 / 255 - 0.5) / 0.25, (34 / 255 - 0.5) / 0.25])
  })
  it("learns whole numbers, whatever the order", () => {
    const subject = { transform: imageStandardise, options: { constant: "refuse" }, shape, samples: grey }
    expect(opened({ ...subject, samples: [...grey].reverse() }).fitted).toEqual(opened(subject).fitted)
    expect(
      opened({
        ...subject,
        samples: [
          picture(
            "a",
            5,
            1,
            Array.from({ length: 15 }, (_, index) => (index < 6 ? 255 : 0))
          )
        ]
      }).fitted
    ).toEqual({
      pixels: 15,
      mean: [0.4],
      deviation: [Math.sqrt(255 * 255 * 6 * 9) / (255 * 15)]
    })
  })
  it("refuses a channel with one value, nothing, and what is no picture, or makes it 0", async () => {
    const flat = picture(
      "flat",
      5,
      1,
      Array.from({ length: 15 }, () => 9)
    )
    const subject = { transform: imageStandardise, options: { constant: "refuse" }, shape, samples: [flat] }
    expect(refusals(subject)).toEqual(["constant: channel 0 has one value in 15 pixels"])
    expect(refusals({ ...subject, samples: [] })).toEqual([": there is nothing to learn from"])
    expect(refusals({ ...subject, samples: [picture("wide", 6, 1, ramp(18))] })).toEqual([
      ": sample wide is no picture of the declared shape"
    ])
    const { payload } = await apply(imageStandardise, { constant: "zero" }, flat)
    expect("tabular" in payload ? payload.tabular : []).toEqual(Array.from({ length: 15 }, () => 0))
  })
})

describe("shapes", () => {
  it("are refused with what to do", () => {
    const of = (transform: AnyTransform, options: unknown, over: object) =>
      refusals({ transform, options, shape: { ...shape, ...over } as ImageShape, samples: [] })
    const flip = { axis: "horizontal" }
    expect(of(imageFlip, flip, { values: "encoded" })).toEqual([": image-flip takes pixels of 8 bits: put image-decode before it"])
    expect(of(imageFlip, flip, { values: "float" })).toEqual([
      ": image-flip takes pixels of 8 bits: put it before image-normalise and image-standardise"
    ])
    expect(of(imageFlip, flip, { kind: "text" })).toEqual([": image-flip takes pictures"])
    expect(of(imageCrop, { x: 3, y: 1, width: 3, height: 3 }, {})).toEqual([
      "width: the window reaches beyond the right edge",
      "height: the window reaches beyond the lower edge"
    ])
    expect(of(imageNormalise, { mean: [0, 0], std: [1, 1, 1] }, {})).toEqual([
      "mean: has another number of values than a pixel has channels",
      "std: has another number of values than a pixel has channels"
    ])
    expect(of(imageMask, { keep: { circle: { x: 0, y: 0, radius: 1 } }, outside: [0] }, { channels: [1, 3] })).toEqual([
      ": the pictures do not have one number of channels: put image-decode before it"
    ])
    expect(of(imageDecode, { channels: 1, alpha: "drop", orientation: "apply" }, { values: "float" })).toEqual([
      ": image-decode takes files and pixels of 8 bits"
    ])
  })
  it("of a sample are held against the declared one", async () => {
    for (const transform of [imageFlip, imageMask, imageResize, imageRandomBrightness]) {
      const fault = await opened({ transform, options: validOptions[transform.id], shape, samples: [] }).fault(
        picture("other", 3, 3, ramp(27))
      )
      expect(fault).toMatchObject({ code: `${transform.id}/SAMPLE`, sample_id: "other", expected: "5 × 3 × 1", actual: "3 × 3 × 3" })
    }
    expect(await faultOf(imageFlip, { axis: "vertical" }, { ...picture("bare", 5, 1, ramp(15)), coordinate_frame: null })).toMatchObject({
      actual: "none"
    })
    const short = { ...picture("short", 5, 1, ramp(15)), payload: { bytes: new Uint8Array(14) } }
    expect(await faultOf(imageFlip, { axis: "vertical" }, short)).toMatchObject({ actual: "14 bytes" })
    const varied = pixels([2, 5], [3, 3], 1)
    const window = { x: 0, y: 0, width: 2, height: 3 }
    expect(await faultOf(imageCrop, window, picture("narrow", 1, 1, [1, 2, 3]), varied)).toMatchObject({
      code: "image-crop/SAMPLE",
      expected: "2…5 × 3 × 1"
    })
  })
})
const validOptions: Readonly<Record<string, unknown>> = {
  "image-flip": { axis: "vertical" },
  "image-mask": { keep: { circle: { x: 0, y: 0, radius: 1 } }, outside: [0] },
  "image-resize": { width: 2, height: 2, kernel: "box", fit: "fill" },
  "image-random-brightness": { max: 3 }
}

describe("image-resize", () => {
  it("covers and contains with the rest at the right and at the bottom", async () => {
    const row = pixels([4, 4], [1, 1], 1)
    const contained = await apply(
      imageResize,
      { width: 4, height: 4, kernel: "nearest", fit: { contain: { background: [0] } } },
      picture("a", 4, 1, [1, 2, 3, 4]),
      row
    )
    expect(bytes(contained)).toEqual([0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0])
    const covered = await apply(
      imageResize,
      { width: 1, height: 1, kernel: "nearest", fit: "cover" },
      picture("a", 4, 1, [1, 2, 3, 4]),
      row
    )
    expect(bytes(covered)).toEqual([2])
  })
  it("refuses to cover with what is too long and narrow", async () => {
    const thin = pixels([5000, 5000], [1, 1], 1)
    const options = { width: 10_000, height: 10_000, kernel: "nearest", fit: "cover" }
    expect(await faultOf(imageResize, options, picture("thin", 5000, 1, ramp(5000)), thin)).toMatchObject({
      code: "image-resize/SIZE",
      sample_id: "thin"
    })
  })
  it("keeps a flat picture flat with every kernel", async () => {
    const flat = picture(
      "flat",
      5,
      1,
      Array.from({ length: 15 }, () => 201)
    )
    for (const kernel of ["nearest", "box", "linear", "cubic", "lanczos3"])
      expect(new Set(bytes(await apply(imageResize, { width: 7, height: 2, kernel, fit: "fill" }, flat)))).toEqual(new Set([201]))
  })
})

describe("augmentation", () => {
  const augmentations = Object.values(operations).filter(({ phases }) => phases === "train")
  const options: Readonly<Record<string, unknown>> = {
    "image-random-flip": { axis: "vertical", probability: 0.5 },
    "image-random-crop": { padding: 2, outside: [0] },
    "image-random-brightness": { max: 30 },
    "image-random-rotate": { max_degrees: 90, kernel: "linear", outside: [0] }
  }
  it("is of four kinds, each for samples that are learnt from only", () => {
    expect(augmentations.map(({ id }) => id).sort()).toEqual(Object.keys(options).sort())
  })
  it.each(Object.keys(options))("%s: the same seed gives the same pixels, and other seeds others", async (id) => {
    const transform = augmentations.find((each) => each.id === id) ?? imageFlip
    const [sample = picture("none", 1, 1, [0])] = grey
    const seen = new Set<string>()
    for (let seed = 0; seed < 12; seed += 1) {
      const once = await apply(transform, options[id], sample, shape, `seed-${seed}`)
      expect(await apply(transform, options[id], sample, shape, `seed-${seed}`)).toEqual(once)
      seen.add(bytes(once).join(" "))
    }
    expect(seen.size).toBeGreaterThan(1)
  })
  it("stops at black and white and leaves alpha alone", async () => {
    const sample = picture("a", 2, 4, [0, 128, 255, 9, 250, 3, 128, 255])
    const of = pixels([2, 2], [1, 1], 4)
    for (let seed = 0; seed < 8; seed += 1) {
      const [r = 0, g = 0, b = 0, a, ...rest] = bytes(await apply(imageRandomBrightness, { max: 100 }, sample, of, `s${seed}`))
      const more = g - 128
      expect([r, b, a, rest[3]]).toEqual([Math.max(0, more), Math.min(255, 255 + more), 9, 255])
    }
  })
})

describe("trigonometry", () => {
  it("is exact at quarters and within 3e-16 of the engine's own elsewhere", () => {
    expect([0, 0.5, 1, 1.5, 2, -0.5].map(sinPi)).toEqual([0, 1, 0, -1, 0, -1])
    expect([0, 0.5, 1, -1].map((t) => cosPi(t) + 0)).toEqual([1, 0, -1, -1])
    for (let t = -3; t <= 3; t += 0.0137) {
      expect(Math.abs(sinPi(t) - Math.sin(Math.PI * t))).toBeLessThanOrEqual(1.5e-15)
      expect(Math.abs(sinPi(t) ** 2 + cosPi(t) ** 2 - 1)).toBeLessThanOrEqual(5e-16)
    }
  })
})
