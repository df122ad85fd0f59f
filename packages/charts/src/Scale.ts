/**
 * Linear and logarithmic scales with ticks at round numbers. Ticks are whole multiples of 1, 2 or 5 times a power of ten, made by one
 * exact multiplication or division, so no tick is called 0.30000000000000004. Log scales take values above zero only.
 */
import { exponentOf, formatTick, log10, powerOfTen } from "./Format.ts"

export interface Tick {
  readonly value: number
  readonly label: string
}

export type Interval = readonly [low: number, high: number]

/** The smallest interval around all values, or nothing when there is no value. */
export const extent = (values: Iterable<number>): Interval | undefined => {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return low <= high ? [low, high] : undefined
}

/** An interval of no width is opened around its value, so that one point still has an axis. */
const opened = ([low, high]: Interval): Interval => {
  const size = Math.max(Math.abs(low), Math.abs(high))
  if (high - low > size * 1e-12 && high - low > 1e-290) return [low, high]
  return size < 1e-280 ? [-1, 1] : [low - size / 10, high + size / 10]
}

const multiple = (index: number, factor: number, exponent: number): number =>
  exponent < 0 ? (index * factor) / powerOfTen(-exponent) : index * factor * powerOfTen(exponent)

/** The step of about `target` ticks over a span: 1, 2 or 5 times a power of ten. */
const stepOf = (span: number, target: number): readonly [factor: number, exponent: number] => {
  const rough = span / target
  const exponent = exponentOf(rough)
  const lead = rough / powerOfTen(exponent)
  if (lead <= 1) return [1, exponent]
  if (lead <= 2) return [2, exponent]
  if (lead <= 5) return [5, exponent]
  return [1, exponent + 1]
}

const labelled = (values: ReadonlyArray<number>, step: number): ReadonlyArray<Tick> => {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return values.map((value) => ({ value, label: formatTick(value, largest, step) }))
}

/** Round ticks inside `[low, high]`, about `target` of them. */
export const linearTicks = (interval: Interval, target: number): ReadonlyArray<Tick> => {
  const [low, high] = opened(interval)
  const [factor, exponent] = stepOf(high - low, target)
  const step = multiple(1, factor, exponent)
  const first = Math.ceil(low / step - 1e-9)
  const count = Math.min(4 * target + 4, Math.floor(high / step + 1e-9) - first)
  const values = Array.from({ length: count + 1 }, (_, index) => multiple(first + index, factor, exponent) + 0)
  return labelled([...new Set(values)], step)
}

/** The interval grown to the next round tick on both sides. */
export const niceInterval = (interval: Interval, target: number): Interval => {
  const [low, high] = opened(interval)
  const [factor, exponent] = stepOf(high - low, target)
  const step = multiple(1, factor, exponent)
  return [
    Math.min(low, multiple(Math.floor(low / step + 1e-9), factor, exponent)),
    Math.max(high, multiple(Math.ceil(high / step - 1e-9), factor, exponent))
  ]
}

/**
 * Ticks of a log axis: powers of ten over three decades and more, thinned to about `target`; 1, 2 and 5 times powers below that; round
 * linear ticks when fewer than two of those fall inside.
 */
export const logTicks = ([low, high]: Interval, target: number): ReadonlyArray<Tick> => {
  const [from, to] = [exponentOf(low), exponentOf(high)]
  const stride = Math.max(1, Math.ceil((to - from) / target))
  const factors = to - from >= 3 ? [1] : [1, 2, 5]
  const ticks: Array<Tick> = []
  for (let exponent = from; exponent <= to; exponent += stride) {
    for (const factor of factors) {
      const value = multiple(1, factor, exponent)
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) ticks.push({ value, label: formatTick(value, value, value) })
    }
  }
  return ticks.length < 2 ? linearTicks([low, high], target) : ticks
}

/** A mapping of data to pixels with its ticks. */
export interface Scale {
  readonly domain: Interval
  readonly ticks: ReadonlyArray<Tick>
  readonly at: (value: number) => number
}

export interface ScaleOptions {
  readonly scale: "linear" | "log"
  readonly domain: Interval
  readonly range: Interval
  /** About how many ticks. */
  readonly target: number
  /** Grow the domain to round ticks. */
  readonly nice: boolean
}

const linearScale = ({ domain, range, target, nice }: ScaleOptions): Scale => {
  const [low, high] = nice ? niceInterval(domain, target) : opened(domain)
  const at = (value: number): number => range[0] + ((value - low) / (high - low)) * (range[1] - range[0])
  return { domain: [low, high], ticks: linearTicks([low, high], target), at }
}

/** The interval grown on both sides: to powers of ten over three decades and more, to 1, 2 or 5 times a power of ten below that. */
const niceLog = ([low, high]: Interval): Interval => {
  const factors = high / low >= 1000 ? [1, 10] : [1, 2, 5, 10]
  const steps = (value: number) => factors.map((factor) => multiple(1, factor, exponentOf(value)))
  return [steps(low).findLast((step) => step <= low) ?? low, steps(high).find((step) => step >= high) ?? high]
}

const logScale = ({ domain, range, target, nice }: ScaleOptions): Scale => {
  const wide = domain[1] / domain[0] > 1 + 1e-12 ? domain : ([domain[0] / 2, domain[1] * 2] as const)
  const [low, high] = nice ? niceLog(wide) : wide
  const [from, to] = [log10(low), log10(high)]
  const at = (value: number): number => range[0] + ((log10(value) - from) / (to - from)) * (range[1] - range[0])
  return { domain: [low, high], ticks: logTicks([low, high], target), at }
}

export const makeScale = (options: ScaleOptions): Scale => (options.scale === "log" ? logScale(options) : linearScale(options))
