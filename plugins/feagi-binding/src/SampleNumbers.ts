/**
 * The numbers of a sample, whatever it is: the row of a table, the pixels of a picture, the points of a signal; each with the name that
 * people know it by. Numbers come in the order of the payload.
 *
 * Sharp edge: an encoder has as many channels as a sample has numbers, so that samples of several sizes are refused, never padded.
 */
import type { ImageShape, IRSample, Mistake, SampleShape, Selected, TimeSeriesShape } from "@feagi-trainer/contracts"
import { refused } from "./Tabular.ts"

export interface NumbersShape {
  readonly kind: "tabular" | "image" | "time_series"
  readonly count: number
  /** Columns, rows and channels of a picture; points, channels of a signal. */
  readonly size: readonly [number, number, number]
  /** `feature "petal_width"`, `pixel x 3, y 4, channel 0`, `channel "ecg", point 7`. */
  readonly nameOf: (index: number) => string
}

const invalid = (message: string, expected: string, actual: string): Mistake => ({
  path: [],
  problem: "invalid",
  message,
  expected,
  actual
})

const sameSize = (
  encoder: string,
  what: string,
  [least, most]: readonly [number, number],
  help: string
): { readonly value: number; readonly mistakes: ReadonlyArray<Mistake> } => ({
  value: least,
  mistakes:
    least === most && least > 0
      ? []
      : [
          invalid(
            `encoder ${encoder} has a channel for every number, and samples differ in ${what}: ${help}`,
            `one ${what}`,
            `${least} to ${most}`
          )
        ]
})

const ofPicture = (encoder: string, { values, width, height, channels }: ImageShape): Selected<NumbersShape> => {
  const x = sameSize(encoder, "width", width, "put the transform image-resize or image-crop before it")
  const y = sameSize(encoder, "height", height, "put the transform image-resize or image-crop before it")
  const c = sameSize(encoder, "number of channels", channels, "put the transform image-decode before it")
  const mistakes = [
    ...(values === "encoded"
      ? [invalid(`encoder ${encoder} takes pixels: put the transform image-decode before it`, "uint8 or float pixels", "encoded files")]
      : []),
    ...x.mistakes,
    ...y.mistakes,
    ...c.mistakes
  ]
  if (mistakes.length > 0) return refused(mistakes)
  return {
    ok: true,
    value: {
      kind: "image",
      count: x.value * y.value * c.value,
      size: [x.value, y.value, c.value],
      nameOf: (index) => {
        const pixel = Math.floor(index / c.value)
        return `pixel x ${pixel % x.value}, y ${Math.floor(pixel / x.value)}, channel ${index % c.value}`
      }
    }
  }
}

const ofSignal = (encoder: string, { channels, length }: TimeSeriesShape): Selected<NumbersShape> => {
  const points = sameSize(encoder, "length", length, "put the transform series-resample or series-window before it")
  if (channels.length === 0)
    return refused([invalid(`encoder ${encoder} needs a channel`, "at least one channel", "a signal without channels")])
  if (points.mistakes.length > 0) return refused(points.mistakes)
  return {
    ok: true,
    value: {
      kind: "time_series",
      count: points.value * channels.length,
      size: [points.value, channels.length, 1],
      nameOf: (index) =>
        `channel ${JSON.stringify(channels[index % channels.length]?.name ?? "")}, point ${Math.floor(index / channels.length)}`
    }
  }
}

type Kind = NumbersShape["kind"]

const tell: Readonly<Record<Kind, string>> = { tabular: "tables", image: "pictures", time_series: "signals" }

/** What the samples of this shape are made of; every reason at once why an encoder cannot take them. */
export const numbersShape = (encoder: string, shape: SampleShape, takes: ReadonlyArray<Kind>): Selected<NumbersShape> => {
  const kind = takes.find((each) => each === shape.kind)
  if (kind === undefined)
    return refused([
      invalid(
        `encoder ${encoder} reads ${takes.map((each) => tell[each]).join(", ")}`,
        `${takes.join(" or ")} samples`,
        shape.kind === "text" ? "text samples; the transform tokenise makes a table of them" : `${shape.kind} samples`
      )
    ])
  if (shape.kind === "image") return ofPicture(encoder, shape)
  if (shape.kind === "time_series") return ofSignal(encoder, shape)
  if (shape.kind !== "tabular" || shape.features.length === 0)
    return refused([invalid(`encoder ${encoder} needs at least one feature`, "a feature", "a table without features")])
  const { features } = shape
  return {
    ok: true,
    value: {
      kind: "tabular",
      count: features.length,
      size: [features.length, 1, 1],
      nameOf: (index) => `feature ${JSON.stringify(features[index]?.name ?? String(index))}`
    }
  }
}

const payloadNumbers = ({ payload }: IRSample, kind: Kind): ArrayLike<number> | undefined => {
  if (kind === "time_series") return "time_series" in payload ? payload.time_series.samples : undefined
  if (kind === "image" && "bytes" in payload) return payload.bytes
  return "tabular" in payload ? payload.tabular : undefined
}

/** The numbers of one sample, all finite; bytes as they are, without a copy. */
export const numbersOfSample = (encoder: string, shape: NumbersShape, sample: IRSample): Selected<ArrayLike<number>> => {
  const numbers = payloadNumbers(sample, shape.kind)
  if (numbers === undefined)
    return refused([
      invalid(
        `encoder ${encoder} reads ${tell[shape.kind]}`,
        `a payload of ${tell[shape.kind]}`,
        `${Object.keys(sample.payload).join(", ")} in sample ${sample.sample_id}`
      )
    ])
  if (numbers.length !== shape.count)
    return refused([
      invalid(
        `sample ${sample.sample_id} has another number of values than the dataset declares`,
        String(shape.count),
        String(numbers.length)
      )
    ])
  if (numbers instanceof Uint8Array) return { ok: true, value: numbers }
  const mistakes: Array<Mistake> = []
  for (let index = 0; index < numbers.length; index++) {
    const value = numbers[index] ?? Number.NaN
    if (!Number.isFinite(value))
      mistakes.push(invalid(`${shape.nameOf(index)} is no finite number in sample ${sample.sample_id}`, "a finite number", String(value)))
  }
  return mistakes.length > 0 ? refused(mistakes) : { ok: true, value: numbers }
}
