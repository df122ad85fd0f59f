/**
 * The annotations of a WFDB record in MIT format (`.atr`): pairs of bytes with a symbol and the samples since the annotation before.
 *
 * Sharp edge: notes at sample 0 that begin with `##` are about the file itself (its resolution, symbols of its own) and no events.
 */

export interface Annotation {
  /** Sample of the record, from 0. */
  readonly sample: number
  readonly symbol: string
  /** First byte in the file. */
  readonly byte_offset: number
}

export interface Annotations {
  readonly annotations: ReadonlyArray<Annotation>
  /** Samples per second that the times are counted in, where the file says it. */
  readonly resolution?: number
}

/** By code: WFDB's own, in the order of its table; absent codes are unassigned. */
const symbols: ReadonlyArray<string | undefined> = [..." NLRaVFJASEj/Q~", undefined, "|", undefined, ...'sT*D"=pB^t+u?![]en@xf()r']
const [NOTE, SKIP, NUM, SUB, CHN, AUX] = [22, 59, 60, 61, 62, 63]

/** The first byte that cannot be read when the file does not end as it has to. */
export const readAnnotations = (bytes: Uint8Array): Annotations | { readonly cutAt: number } => {
  const annotations: Array<Annotation> = []
  const own = new Map<number, string>()
  let resolution: number | undefined
  let sample = 0
  let at = 0
  const word = (place: number): number => (bytes[place] ?? 0) | ((bytes[place + 1] ?? 0) << 8)
  /** What a note at sample 0 says of the file. */
  const note = (text: string): boolean => {
    const rate = /^## time resolution: ([0-9.]+)/.exec(text)?.[1]
    if (rate !== undefined) resolution = Number(rate)
    const symbol = /^([0-9]+) (\S+) ./.exec(text)
    if (symbol !== null) own.set(Number(symbol[1]), symbol[2] ?? "")
    return text.startsWith("## ") || symbol !== null
  }
  let pending: { readonly code: number; readonly sample: number; readonly byte_offset: number; text: string } | undefined
  const flush = (): void => {
    if (pending === undefined) return
    const { code, text, ...place } = pending
    pending = undefined
    if (code === NOTE && place.sample === 0 && note(text)) return
    annotations.push({ sample: place.sample, symbol: own.get(code) ?? symbols[code] ?? `code ${code}`, byte_offset: place.byte_offset })
  }
  while (at + 2 <= bytes.length) {
    const code = word(at) >> 10
    const value = word(at) & 0x3ff
    if (code === 0 && value === 0) {
      flush()
      return { annotations, ...(resolution === undefined ? {} : { resolution }) }
    }
    if (code === SKIP) {
      // The two halves of the interval stand high half first, each little-endian.
      sample += (word(at + 2) << 16) | word(at + 4) | 0
      at += 6
    } else if (code === AUX) {
      const end = at + 2 + value
      if (pending !== undefined)
        pending.text = Buffer.from(bytes.subarray(at + 2, end))
          .toString("latin1")
          .replace(/\0+$/, "")
      at = end + (value % 2)
    } else if (code === NUM || code === SUB || code === CHN) at += 2
    else {
      flush()
      sample += value
      pending = { code, sample, byte_offset: at, text: "" }
      at += 2
    }
  }
  return { cutAt: Math.min(at, bytes.length) }
}
