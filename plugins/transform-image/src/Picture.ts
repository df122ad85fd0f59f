/**
 * Decoded pictures as the operations of this package need them: 8 bits per channel, rows from top to bottom. What they cannot take is
 * named, with the sample.
 *
 * Sharp edge: every operation but the last one of a graph works on bytes. Numbers (`values: "float"`) come out of `image-normalise` and
 * `image-standardise`, and nothing here takes them in again.
 */
import {
  type ImageShape,
  type IRSample,
  imageFrame,
  imageSize,
  type Mistake,
  type SampleShape,
  type Selected,
  type TrainerError,
  trainerError
} from "@feagi-trainer/contracts"
import { Schema } from "effect"

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Picture extends Size {
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
  readonly channels: number
  readonly pixels: Uint8Array
}

/** A side of a picture, in pixels. */
export const Side = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 16_384 }))
/** One value for each channel. */
export const Colour = Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))).check(Schema.isMaxLength(4))

export const mistake = (path: Mistake["path"], message: string, expected: string, actual: string): Mistake => ({
  path,
  problem: "invalid",
  message,
  expected,
  actual
})

export const refused = (...mistakes: ReadonlyArray<Mistake>): { readonly ok: false; readonly mistakes: ReadonlyArray<Mistake> } => ({
  ok: false,
  mistakes
})

export const sampleFault = (
  operation: string,
  code: string,
  sample: IRSample,
  message: string,
  expected: string,
  actual: string,
  help?: string
): TrainerError =>
  trainerError("invalid", {
    code: `${operation}/${code}`,
    sample_id: sample.sample_id,
    message,
    expected,
    actual,
    ...(help === undefined ? {} : { help })
  })

const ways = { encoded: "put image-decode before it", float: "put it before image-normalise and image-standardise" } as const

/** The shape of decoded pictures. */
export const pixelShape = (operation: string, shape: SampleShape): Selected<ImageShape> => {
  if (shape.kind !== "image") return refused(mistake([], `${operation} takes pictures`, "image samples", `${shape.kind} samples`))
  return shape.values === "uint8"
    ? { ok: true, value: shape }
    : refused(mistake([], `${operation} takes pixels of 8 bits: ${ways[shape.values]}`, "uint8", shape.values))
}

/** The one number of channels that a list of values, one for each, has to have. */
export const perChannel = (
  path: string,
  values: ReadonlyArray<number>,
  { channels: [least, most] }: ImageShape
): ReadonlyArray<Mistake> => {
  if (least !== most)
    return [
      mistake(
        [],
        "the pictures do not have one number of channels: put image-decode before it",
        "one number of channels",
        `${least} to ${most}`
      )
    ]
  return values.length === least
    ? []
    : [mistake([path], "has another number of values than a pixel has channels", String(least), String(values.length))]
}

/** Whether a size is one that a shape declares. */
const declared = ({ width, height, channels }: Omit<Picture, "pixels">, shape: ImageShape): boolean =>
  (
    [
      [width, shape.width],
      [height, shape.height],
      [channels, shape.channels]
    ] as const
  ).every(([side, [least, most]]) => side >= least && side <= most)

/**
 * The picture of a sample, or why there is none.
 *
 * @param shape what was declared of it; left out within an operation, between two of its steps
 */
export const readPicture = (operation: string, sample: IRSample, shape?: SampleShape): Picture | TrainerError => {
  const fault = (expected: string, actual: string) =>
    sampleFault(operation, "SAMPLE", sample, "is no picture of the declared shape", expected, actual)
  if (!("bytes" in sample.payload)) return fault("payload bytes", Object.keys(sample.payload).join(", "))
  const size = imageSize(sample.coordinate_frame)
  if (size === undefined) return fault("the coordinate frame of a picture", sample.coordinate_frame?.frame_id ?? "none")
  const { bytes: pixels } = sample.payload
  const { width, height, channels } = size
  if (shape?.kind === "image" && !declared(size, shape)) {
    const range = ([least, most]: readonly [number, number]) => (least === most ? String(least) : `${least}…${most}`)
    return fault(`${range(shape.width)} × ${range(shape.height)} × ${range(shape.channels)}`, `${width} × ${height} × ${channels}`)
  }
  return pixels.length === width * height * channels
    ? { width, height, channels, pixels }
    : fault(`${width} × ${height} × ${channels} bytes`, `${pixels.length} bytes`)
}

/** The sample with another picture, in its frame. */
export const withPicture = (sample: IRSample, { pixels, ...size }: Picture, target = sample.target): IRSample => ({
  ...sample,
  payload: { bytes: pixels },
  target,
  coordinate_frame: imageFrame(size)
})
