/** The payload of a sample for a terminal: numbers, the beginning of a text, a small picture in shades. */
import { escapeControl, type IRSample, imageSize } from "@feagi-trainer/contracts"

const shownNumbers = 12
const shownCharacters = 200
/** Widest picture that is drawn, in pixels: two columns of a terminal each. */
const widest = 40
const shades = " .:-=+*#%@"

const numbers = (values: ReadonlyArray<number>): string =>
  `[${values.slice(0, shownNumbers).join(", ")}${values.length > shownNumbers ? `, … ${values.length} numbers` : ""}]`

export const payloadText = (sample: IRSample): ReadonlyArray<string> => {
  const { payload } = sample
  if ("tabular" in payload) return [numbers(payload.tabular)]
  if ("text" in payload)
    return [escapeControl(payload.text.length > shownCharacters ? `${payload.text.slice(0, shownCharacters)}…` : payload.text)]
  if ("time_series" in payload) {
    const { channel_ids, samples, sample_rate_hz } = payload.time_series
    const points = channel_ids.length === 0 ? 0 : samples.length / channel_ids.length
    return [
      `${points} points at ${sample_rate_hz} Hz`,
      ...channel_ids.map((name, channel) => `${name} ${numbers(samples.filter((_, at) => at % channel_ids.length === channel))}`)
    ]
  }
  if ("bytes" in payload) return pictureText(payload.bytes, sample)
  return [`${payload.ref.media_type}, ${payload.ref.bytes} bytes, ${payload.ref.sha256}`]
}

const pictureText = (bytes: Uint8Array, sample: IRSample): ReadonlyArray<string> => {
  const size = imageSize(sample.coordinate_frame)
  if (size === undefined) return [`${bytes.length} bytes`]
  const { width, height, channels } = size
  const title = `${width} × ${height} pixels, ${channels} ${channels === 1 ? "channel" : "channels"}, ${bytes.length} bytes`
  // Only plain pixels can be drawn here; what is encoded is told by its size.
  if (bytes.length !== width * height * channels || width > widest) return [title]
  const shade = (x: number, y: number): string => {
    const value = bytes[(y * width + x) * channels] ?? 0
    return (shades[Math.floor((value * shades.length) / 256)] ?? " ").repeat(2)
  }
  return [
    title,
    ...Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_, x) => shade(x, y))
        .join("")
        .trimEnd()
    )
  ]
}
