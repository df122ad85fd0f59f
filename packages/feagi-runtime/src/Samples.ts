/**
 * What a bound set of encoders takes as a sample: numbers in ranges, channel by channel, or bytes where every input is a frame.
 * Sharp edge: NaN and numbers out of range look like other values to the encoders, so they never get there.
 */
import { EngineError } from "./EngineError.ts"

export interface ChannelRef {
  readonly unit: string
  readonly group: number
  readonly channel: number
}

/** A run of numbers with one range; `whole` ones have no fraction. */
export interface NumberRange {
  readonly count: number
  readonly low: number
  readonly high: number
  readonly whole: boolean
}

export interface InputChannel {
  readonly ref: ChannelRef
  readonly start: number
}

export interface SampleShape {
  readonly inputs: ReadonlyArray<InputChannel>
  readonly inputWidth: number
  readonly low: Float64Array
  readonly high: Float64Array
  readonly whole: Uint8Array
  /** Every input is a frame, so that a sample may be bytes. */
  readonly takesBytes: boolean
}

/** A sample, or several one after the other. */
export type SampleNumbers = Float32Array | Uint8Array

/** What the engine tells of bound inputs. */
export interface DescribedInputs {
  readonly inputs: ReadonlyArray<{ readonly width: number; readonly ranges: ReadonlyArray<NumberRange> }>
  /** Areas that the encoders write to, base64, sorted by their bytes. */
  readonly inputAreas: ReadonlyArray<string>
  readonly takesBytes: boolean
}

const refused = (message: string): EngineError => new EngineError("payload-invalid", message)

/** Channels with their place in a row of numbers. */
export const placed = <A extends { readonly width: number }>(described: ReadonlyArray<A>, refs: ReadonlyArray<ChannelRef>) => {
  let start = 0
  return described.map((channel, i) => {
    const at = start
    start += channel.width
    return { ...channel, ref: refs[i] ?? { unit: "", group: 0, channel: 0 }, start: at }
  })
}

export const sampleShape = (described: DescribedInputs, refs: ReadonlyArray<ChannelRef>): SampleShape => {
  const ranges = described.inputs.flatMap((channel) => channel.ranges)
  const inputWidth = ranges.reduce((sum, { count }) => sum + count, 0)
  const low = new Float64Array(inputWidth)
  const high = new Float64Array(inputWidth)
  const whole = new Uint8Array(inputWidth)
  let at = 0
  for (const range of ranges) {
    low.fill(range.low, at, at + range.count)
    high.fill(range.high, at, at + range.count)
    whole.fill(Number(range.whole), at, at + range.count)
    at += range.count
  }
  return { inputs: placed(described.inputs, refs), inputWidth, low, high, whole, takesBytes: described.takesBytes }
}

/** The number of samples of a batch; fails with `payload-invalid` at the first number that no encoder of its slot takes. */
export const checkBatch = (batch: SampleNumbers, { inputs, inputWidth, low, high, whole, takesBytes }: SampleShape): number => {
  if (inputWidth === 0 || batch.length % inputWidth !== 0) {
    throw refused(`a batch of ${batch.length} numbers is no whole number of samples of ${inputWidth}`)
  }
  if (batch instanceof Uint8Array) {
    if (takesBytes) return batch.length / inputWidth
    throw refused("bytes came, and not every bound input is a frame: give a Float32Array")
  }
  for (let i = 0; i < batch.length; i++) {
    const slot = i % inputWidth
    const value = batch[i] ?? Number.NaN
    const from = low[slot] ?? 0
    const to = high[slot] ?? 0
    if (value >= from && value <= to && (whole[slot] === 0 || Number.isInteger(value))) continue
    const channel = inputs.findLast(({ start }) => start <= slot)
    const place = `${channel?.ref.unit} ${channel?.ref.group} channel ${channel?.ref.channel}`
    const kind = whole[slot] === 1 ? "a whole number" : "a number"
    throw refused(
      `sample ${Math.floor(i / inputWidth)}, number ${slot} (${place}): expected ${kind} from ${from} to ${to}, and ${value} came`
    )
  }
  return batch.length / inputWidth
}

/** Fails with `payload-invalid` unless this is exactly one sample that the encoders take. */
export const checkSample = (sample: SampleNumbers, shape: SampleShape): void => {
  if (sample.length !== shape.inputWidth) throw refused(`a sample has ${shape.inputWidth} numbers, and ${sample.length} came`)
  checkBatch(sample, shape)
}
