/**
 * `image-decode`: pixels of 8 bits with the wanted channels, from encoded files or from pixels with other channels.
 *
 * Sharp edge: a picture that its EXIF data call turned is refused or set upright, never read as it lies. The frame of an encoded sample is
 * that of the stored pixels; targets are turned with them.
 */
import {
  type ImageShape,
  type IRSample,
  imageSize,
  optionsFrom,
  type SampleShape,
  type Selected,
  TrainerError,
  Transform
} from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { hasAlpha, toChannels } from "./Colour.ts"
import { decodeStored, isUnreadable, type Stored, sharpFrom } from "./Encoded.ts"
import { laid, movePixels, moveTarget, type Turns } from "./Move.ts"
import { mistake, readPicture, refused, sampleFault, withPicture } from "./Picture.ts"

const id = "image-decode"

const Byte = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))

export const DecodeOptions = Schema.Struct({
  channels: Schema.Literals([1, 3, 4]),
  /** Alpha of a picture where none is wanted: refused, left out, or seen before a background (red, green, blue). */
  alpha: Schema.Union([Schema.Literals(["refuse", "drop"]), Schema.Struct({ background: Schema.Tuple([Byte, Byte, Byte]) })]).annotate({
    expected: '"refuse", "drop" or { background = [R, G, B] }'
  }),
  /** A picture that is stored turned or mirrored, as EXIF says. */
  orientation: Schema.Literals(["apply", "refuse"])
})
export type DecodeOptions = typeof DecodeOptions.Type

/** What sets a picture upright, by its EXIF orientation. */
const upright: ReadonlyMap<number, Turns> = new Map(
  (
    [
      [2, false, true, false],
      [3, false, true, true],
      [4, false, false, true],
      [5, true, false, false],
      [6, true, true, false],
      [7, true, true, true],
      [8, true, false, true]
    ] as const
  ).map(([orientation, transpose, flipX, flipY]) => [orientation, { transpose, flipX, flipY }])
)

const shapeOf = ({ channels, orientation }: DecodeOptions, shape: SampleShape): Selected<ImageShape> => {
  if (shape.kind !== "image") return refused(mistake([], "image-decode takes pictures", "image samples", `${shape.kind} samples`))
  const { values, width, height } = shape
  if (values === "float") return refused(mistake([], "image-decode takes files and pixels of 8 bits", "encoded or uint8", values))
  const after = { kind: "image", values: "uint8", channels: [channels, channels] } as const
  if (values === "uint8" || orientation === "refuse") return { ok: true, value: { ...after, width, height } }
  const side = [Math.min(width[0], height[0]), Math.max(width[1], height[1])] as const
  const square = width[0] === width[1] && height[0] === height[1] && width[0] === height[0]
  return { ok: true, value: { ...after, ...(square ? { width, height } : { width: side, height: side }) } }
}

const finish = (
  { channels, alpha, orientation: way }: DecodeOptions,
  sample: IRSample,
  stored: Stored
): Effect.Effect<IRSample, TrainerError> => {
  const { orientation, ...picture } = stored
  if (alpha === "refuse" && channels !== 4 && hasAlpha(picture.channels))
    return Effect.fail(
      sampleFault(
        id,
        "ALPHA",
        sample,
        "has an alpha channel",
        `${channels} channels`,
        `${picture.channels} channels`,
        'write alpha = "drop" or { background = [R, G, B] }'
      )
    )
  const turns = upright.get(orientation)
  if (turns !== undefined && way === "refuse")
    return Effect.fail(
      sampleFault(
        id,
        "ORIENTATION",
        sample,
        "is stored turned or mirrored",
        "EXIF orientation 1",
        String(orientation),
        'write orientation = "apply"'
      )
    )
  const coloured = toChannels(picture, channels, typeof alpha === "object" ? alpha.background : "drop")
  if (turns === undefined) return Effect.succeed(withPicture(sample, coloured))
  const move = laid(picture, turns)
  const target = moveTarget(id, sample, move)
  return target instanceof TrainerError ? Effect.fail(target) : Effect.succeed(withPicture(sample, movePixels(coloured, move), target))
}

const fromFile = (options: DecodeOptions, sample: IRSample): Effect.Effect<IRSample, TrainerError> => {
  const size = imageSize(sample.coordinate_frame)
  const { payload } = sample
  if (!("bytes" in payload) || size === undefined)
    return Effect.fail(
      sampleFault(
        id,
        "SAMPLE",
        sample,
        "is no encoded picture",
        "payload bytes and the frame of a picture",
        Object.keys(payload).join(", ")
      )
    )
  return Effect.flatMap(
    decodeStored(
      sharpFrom(() => import("sharp")),
      payload.bytes,
      size
    ),
    (stored) =>
      isUnreadable(stored)
        ? Effect.fail(sampleFault(id, stored.code, sample, stored.message, stored.expected, stored.actual))
        : finish(options, sample, stored)
  )
}

export const imageDecode: Transform<DecodeOptions, undefined> = Transform.define<DecodeOptions>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(DecodeOptions),
  shape: ({ options, shape }) => shapeOf(options, shape),
  apply: ({ options, shape }, sample) => {
    if (shape.kind === "image" && shape.values === "encoded") return fromFile(options, sample)
    const picture = readPicture(id, sample, shape)
    return picture instanceof TrainerError ? Effect.fail(picture) : finish(options, sample, { ...picture, orientation: 1 })
  }
})
