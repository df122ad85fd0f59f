/** Writes WFDB records of converter values: header, signal file in format 16, 80 or 212, annotations in MIT format. */
export interface WrittenSignal {
  readonly name: string
  /** As it stands in the header: `200`, `200(10)/mV`. */
  readonly gain: string
  readonly zero?: number
  readonly values: ReadonlyArray<number>
}

export interface WrittenRecord {
  readonly name: string
  readonly rate: number
  readonly format: 16 | 80 | 212
  readonly signals: ReadonlyArray<WrittenSignal>
  /** `[sample, code]`, in order. */
  readonly events: ReadonlyArray<readonly [sample: number, code: number]>
}

const frames = ({ signals }: WrittenRecord): ReadonlyArray<number> =>
  (signals[0]?.values ?? []).flatMap((_, at) => signals.map(({ values }) => values[at] ?? 0))

export const datOf = (record: WrittenRecord): Uint8Array => {
  const all = frames(record)
  if (record.format === 80) return Uint8Array.from(all, (value) => value + 128)
  if (record.format === 16) return Uint8Array.from(all.flatMap((value) => [value & 0xff, (value >> 8) & 0xff]))
  const bytes: Array<number> = []
  for (let at = 0; at < all.length; at += 2) {
    const first = (all[at] ?? 0) & 0xfff
    const second = (all[at + 1] ?? 0) & 0xfff
    bytes.push(first & 0xff, (first >> 8) | ((second >> 8) << 4))
    if (at + 1 < all.length) bytes.push(second & 0xff)
  }
  return Uint8Array.from(bytes)
}

const sumOf = (values: ReadonlyArray<number>): number => (values.reduce((sum, value) => sum + value, 0) << 16) >> 16

export const heaOf = (record: WrittenRecord): string => {
  const { name, rate, format, signals } = record
  const lines = signals.map(
    ({ name: signal, gain, zero = 0, values }) => `${name}.dat ${format} ${gain} 12 ${zero} ${values[0] ?? 0} ${sumOf(values)} 0 ${signal}`
  )
  return `${name} ${signals.length} ${rate} ${signals[0]?.values.length ?? 0}\n${lines.join("\n")}\n# a synthetic record\n`
}

/** Intervals of 1024 samples and more are written as SKIP, with the high half first. */
export const atrOf = (events: ReadonlyArray<readonly [number, number]>, notes: ReadonlyArray<string> = []): Uint8Array => {
  const bytes: Array<number> = []
  const word = (value: number): number => bytes.push(value & 0xff, (value >> 8) & 0xff)
  for (const note of notes) {
    word(22 << 10)
    word((63 << 10) | note.length)
    bytes.push(...Buffer.from(note, "latin1"), ...(note.length % 2 === 1 ? [0] : []))
  }
  let last = 0
  for (const [sample, code] of events) {
    const interval = sample - last
    if (interval > 1023 || interval < 0) {
      word(59 << 10)
      word(interval >> 16)
      word(interval & 0xffff)
      word(code << 10)
    } else word((code << 10) | interval)
    last = sample
  }
  word(0)
  return Uint8Array.from(bytes)
}

export const filesOf = (record: WrittenRecord): Readonly<Record<string, string | Uint8Array>> => ({
  [`${record.name}.hea`]: heaOf(record),
  [`${record.name}.dat`]: datOf(record),
  [`${record.name}.atr`]: atrOf(record.events)
})

const wave = (length: number, scale: number, step: number): ReadonlyArray<number> =>
  Array.from({ length }, (_, at) => Math.round(scale * Math.sin((at * step) / 10)) + (at % 7))

/** The records of the fixtures: every format, odd numbers of samples, baselines from both places, events at the edges and far apart. */
export const records: ReadonlyArray<WrittenRecord> = [
  {
    name: "two12",
    rate: 250,
    format: 212,
    signals: [
      { name: "MLII", gain: "200(-30)/mV", zero: 1024, values: wave(1301, 900, 3) },
      { name: "V5", gain: "187.5/mV", zero: 12, values: wave(1301, 400, 7) }
    ],
    events: [
      [2, 1],
      [40, 1],
      [41, 28],
      [77, 5],
      [1200, 1],
      [1263, 12],
      [1299, 1]
    ]
  },
  {
    name: "one12",
    rate: 250,
    format: 212,
    signals: [{ name: "MLII", gain: "100/mV", values: wave(61, 2000, 5) }],
    events: [
      [11, 5],
      [30, 1],
      [58, 1]
    ]
  },
  {
    name: "three16",
    rate: 250,
    format: 16,
    signals: [
      { name: "MLII", gain: "1000(5)/mV", values: wave(80, 30000, 2) },
      { name: "V5", gain: "-3.5", zero: -7, values: wave(80, 1000, 4) },
      { name: "resp", gain: "1e2/l", values: wave(80, 500, 1) }
    ],
    events: [
      [20, 1],
      [21, 5],
      [50, 1]
    ]
  },
  {
    name: "one80",
    rate: 250,
    format: 80,
    signals: [{ name: "MLII", gain: "20/mV", zero: 3, values: wave(50, 100, 3) }],
    events: [
      [9, 1],
      [33, 5]
    ]
  }
]
