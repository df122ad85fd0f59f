/**
 * `image-standardise`: numbers instead of bytes, (value / 255 − mean) / deviation, with mean and deviation of every channel learnt from the
 * declared part, over all of its pixels (divided by their number).
 *
 * Sharp edge: what is learnt is counted in whole numbers, so that neither the order of the samples nor their number can be seen in it.
 */
import { optionsFrom, type SampleFold, type SampleShape, type Selected, TrainerError, Transform } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { asNumbers, numberShape } from "./asNumbers.ts"
import { mistake, pixelShape, readPicture, refused } from "./Picture.ts"

const id = "image-standardise"

export const StandardiseOptions = Schema.Struct({
  /** A channel with one value in everything that is learnt from: refused, or 0 in every picture. */
  constant: Schema.Literals(["refuse", "zero"])
})
export type StandardiseOptions = typeof StandardiseOptions.Type

export interface Standardised {
  readonly pixels: number
  /** Per channel, on the scale from 0 (byte 0) to 1 (byte 255). */
  readonly mean: ReadonlyArray<number>
  readonly deviation: ReadonlyArray<number>
}

/** Mean and deviation of the bytes that a histogram counts. */
const momentsOf = (counts: ReadonlyArray<number>): { readonly mean: number; readonly deviation: number } => {
  let [count, sum, squares] = [0n, 0n, 0n]
  for (const [value, often] of counts.entries()) {
    count += BigInt(often)
    sum += BigInt(often) * BigInt(value)
    squares += BigInt(often) * BigInt(value * value)
  }
  const spread = Number(count * squares - sum * sum)
  return { mean: Number(sum) / (255 * Number(count)), deviation: Math.sqrt(spread) / (255 * Number(count)) }
}

const fold = ({ constant }: StandardiseOptions, shape: SampleShape): Selected<SampleFold<Standardised>> => {
  const found = pixelShape(id, shape)
  if (!found.ok) return found
  const [least, channels] = found.value.channels
  if (least !== channels)
    return refused(
      mistake(
        [],
        "the pictures do not have one number of channels: put image-decode before it",
        "one number of channels",
        `${least} to ${channels}`
      )
    )
  const counts = Array.from({ length: channels }, () => Array.from({ length: 256 }, () => 0))
  let pixels = 0
  let broken: TrainerError | undefined
  return {
    ok: true,
    value: {
      add: (sample) => {
        const picture = readPicture(id, sample, shape)
        if (picture instanceof TrainerError) {
          broken ??= picture
          return
        }
        pixels += picture.width * picture.height
        for (const [index, value] of picture.pixels.entries()) {
          const channel = counts[index % channels]
          if (channel !== undefined) channel[value] = (channel[value] ?? 0) + 1
        }
      },
      result: () => {
        if (broken !== undefined) {
          const [{ sample_id, message, expected, actual }] = broken.diagnostics
          return refused(mistake([], `sample ${sample_id} ${message}`, expected ?? "", actual ?? ""))
        }
        if (pixels === 0) return refused(mistake([], "there is nothing to learn from", "at least one picture", "none"))
        const moments = counts.map(momentsOf)
        const faults = moments.flatMap(({ deviation }, channel) =>
          deviation === 0 && constant === "refuse"
            ? [
                mistake(
                  ["constant"],
                  `channel ${channel} has one value in ${pixels} pixels`,
                  'a channel that varies, or "zero"',
                  '"refuse"'
                )
              ]
            : []
        )
        if (faults.length > 0) return refused(...faults)
        return { ok: true, value: { pixels, mean: moments.map(({ mean }) => mean), deviation: moments.map(({ deviation }) => deviation) } }
      }
    }
  }
}

export const imageStandardise: Transform<StandardiseOptions, Standardised> = Transform.define<StandardiseOptions, Standardised>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(StandardiseOptions),
  fit: fold,
  shape: ({ shape }) => {
    const pixels = pixelShape(id, shape)
    return pixels.ok ? numberShape(pixels.value) : pixels
  },
  apply: ({ fitted: { mean, deviation }, shape }, sample) =>
    asNumbers(id, { sample, shape }, (value, channel) => {
      const spread = deviation[channel] ?? 0
      return spread === 0 ? 0 : (value / 255 - (mean[channel] ?? 0)) / spread
    })
})
