/**
 * The header of a WFDB record (`.hea`): rate and length of the record, format, gain and baseline of every signal.
 *
 * The standard's defaults are not taken: a record without a rate is not one of 250 Hz, a signal without a gain not one of 200 units. The
 * baseline is what stands in `gain(baseline)`, else the ADC zero. Sharp edge: segments, several signal files of one record, skew and
 * several samples per frame are refused.
 */
import { showValue } from "@feagi-trainer/contracts"
import type { Findings } from "./Findings.ts"
import { linesIn, placeOf, type TextLine } from "./Lines.ts"

export const FORMATS = [16, 80, 212] as const
export type Format = (typeof FORMATS)[number]

export interface Signal {
  readonly name: string
  /** Units of the converter per physical unit. */
  readonly gain: number
  /** Value of the converter at physical zero. */
  readonly baseline: number
  /** Sum of all samples modulo 65536, from −32768; absent when the header does not say it. */
  readonly checksum: number | undefined
}

export interface RecordHeader {
  readonly sample_rate_hz: number
  /** Absent when the header does not say it. */
  readonly samples: number | undefined
  /** Name of the signal file, beside the header. */
  readonly file: string
  readonly format: Format
  /** Bytes before the first sample. */
  readonly offset: number
  readonly signals: ReadonlyArray<Signal>
}

interface SignalLine extends Signal {
  readonly file: string
  readonly format: Format
  readonly offset: number
}

const number = "[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
const recordForm = new RegExp(`^(\\S+)\\s+([0-9]+)(?:\\s+(${number})(?:/\\S+)?)?(?:\\s+([0-9]+))?(?:\\s.*)?$`)
const formatForm = /^([0-9]+)(?:x([0-9]+))?(?::([0-9]+))?(?:\+([0-9]+))?$/
const gainForm = new RegExp(`^(${number})(?:\\(([+-]?[0-9]+)\\))?(?:/\\S+)?$`)
const whole = /^[+-]?[0-9]+$/

/** The header, or every mistake in it. */
export const readHeader = (file: string, bytes: Uint8Array, found: Findings): RecordHeader | undefined => {
  const before = found.errors()
  const [first, ...rest] = linesIn(bytes, 0).filter(({ text }) => !text.startsWith("#"))
  const bad = (
    line: TextLine | undefined,
    code: string,
    message: string,
    details: { expected?: string; actual?: string; help: string }
  ): undefined =>
    void found.error(code, undefined, () => ({ message, ...(line === undefined ? { file } : placeOf(file, line, 0)), ...details }))

  const record = first === undefined ? null : recordForm.exec(first.text.trim())
  if (first === undefined || record === null)
    return bad(first, "RECORD-HEADER", "the first line is not that of a record", {
      expected: "name, number of signals, rate and number of samples: 100 2 360 650000",
      actual: showValue(first?.text ?? ""),
      help: "check that this is the header of a WFDB record"
    })
  const [, name = "", count = "", rate, samples] = record
  if (name.includes("/")) return unsupported(bad, first, "a record of several segments", name)
  if (rate === undefined || Number(rate) <= 0)
    bad(first, "RECORD-HEADER", "the header does not say the rate", {
      expected: "samples per second",
      actual: showValue(first.text),
      help: "write it behind the number of signals"
    })
  if (rest.length < Number(count) || Number(count) === 0)
    return bad(first, "RECORD-HEADER", "the header has another number of signal lines than it says", {
      expected: Number(count) === 0 ? "at least 1 signal" : count,
      actual: String(rest.length),
      help: "complete the header"
    })

  const signalLine = (line: TextLine, at: number): SignalLine | undefined => {
    const [dat = "", form = "", gain, , zero, , sum, , ...description] = line.text.trim().split(/\s+/)
    const format = formatForm.exec(form)
    if (format === null)
      return bad(line, "RECORD-HEADER", "the line is not that of a signal", {
        expected: "file, format, gain, …",
        actual: showValue(line.text),
        help: "correct the header"
      })
    const [, kind = "", perFrame, skew, offset] = format
    const known = FORMATS.find((each) => String(each) === kind)
    if (known === undefined)
      return bad(line, "UNSUPPORTED-FORMAT", "the format of the signal file is not read", {
        expected: `one of ${FORMATS.join(", ")}`,
        actual: kind,
        help: "convert the record: xform -i NAME -o OUT -H, with format 16"
      })
    if (perFrame !== undefined && perFrame !== "1") return unsupported(bad, line, "a signal with several samples per frame", form)
    if (skew !== undefined && skew !== "0") return unsupported(bad, line, "a skewed signal", form)
    const scale = gain === undefined ? null : gainForm.exec(gain)
    if (scale === null || Number(scale[1]) === 0)
      return bad(line, "NO-GAIN", "the signal is not calibrated: it has no gain, and physical values cannot be worked out", {
        expected: "gain, gain(baseline) or gain(baseline)/units",
        actual: showValue(gain ?? ""),
        help: "write the gain into the header; 200 is WFDB's own assumption for records without one"
      })
    const wrong = [zero, sum].find((word) => word !== undefined && !whole.test(word))
    if (wrong !== undefined)
      return bad(line, "RECORD-HEADER", "the line is not that of a signal", {
        expected: "a whole number",
        actual: showValue(wrong),
        help: "correct the header"
      })
    return {
      file: dat,
      format: known,
      offset: Number(offset ?? 0),
      name: description.join(" ") || `signal_${at}`,
      gain: Number(scale[1]),
      baseline: Number(scale[2] ?? zero ?? 0),
      checksum: sum === undefined ? undefined : Number(sum)
    }
  }
  const signals = rest.slice(0, Number(count)).flatMap((line, at) => signalLine(line, at) ?? [])
  const [head] = signals
  if (found.errors() > before || head === undefined) return undefined
  const other = signals.find(({ file: dat, format, offset }) => dat !== head.file || format !== head.format || offset !== head.offset)
  if (other !== undefined) return unsupported(bad, first, "a record with several signal files or formats", `${head.file}, ${other.file}`)
  return {
    sample_rate_hz: Number(rate),
    samples: samples === undefined || Number(samples) === 0 ? undefined : Number(samples),
    file: head.file,
    format: head.format,
    offset: head.offset,
    signals: signals.map(({ name: signal, gain, baseline, checksum }) => ({ name: signal, gain, baseline, checksum }))
  }
}

const unsupported = (
  bad: (line: TextLine, code: string, message: string, details: { actual: string; help: string }) => undefined,
  line: TextLine,
  what: string,
  actual: string
): undefined => bad(line, "UNSUPPORTED-RECORD", `${what} is not read`, { actual, help: "convert the record with WFDB's own xform first" })
