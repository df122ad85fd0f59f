/**
 * What the encoding schemes `rate`, `temporal` and `value` would be, as the shortest program that says it: an oracle for whoever writes such
 * a coder, and the source of the vectors. Nothing in a run calls it: the trainer selects coders and has none of its own.
 *
 * All three round a value to a level and the level to a step, in whole numbers that fit 32 bits without a sign; they differ in how spikes
 * say the step. What is stated is a choice, made so that every machine gives the same spikes; what stands behind it: for codes by count and
 * by time, Auge, Hille, Mueller and Knoll, A survey of encoding techniques for signal processing in spiking neural networks, Neural
 * Processing Letters 53, 2021; for a spike that comes the sooner the stronger the input is, Thorpe, Delorme and Van Rullen, Spike-based
 * strategies for rapid processing, Neural Networks 14, 2001; for the even spread, the line of Bresenham, Algorithm for computer control of
 * a digital plotter, IBM Systems Journal 4, 1965. Sharp edge: a value stands for a whole window; who changes it inside of one has two halves.
 */

export type SchemeName = "rate" | "temporal" | "value"

export interface SchemeConfigs {
  /** A value is how often a neuron fires in a window. */
  readonly rate: {
    /** Bursts that one value takes, 1 to 32768. */
    readonly window: number
    /** The value is rounded to one of 2^bits levels, 1 to 16. */
    readonly bits: number
    /** Spikes that the value 0 gives, from 0. With 0, no data and the value 0 look alike. */
    readonly least: number
    /** Spikes that the value 1 gives: above `least`, at most `window`. */
    readonly most: number
  }
  /** A value is when a neuron fires in a window: 1 in its first burst, 0 in its last. */
  readonly temporal: {
    /** Bursts that one value takes, 2 to 32768. */
    readonly window: number
    readonly bits: number
  }
  /** A value is the potential with which a neuron fires, in the first burst of a window. */
  readonly value: {
    /** Bursts that one value takes, 1 to 32768. */
    readonly window: number
    readonly bits: number
  }
}

/** What one neuron does in the bursts of one window: the potential that it fires with, or null where it does not fire. */
export type SpikeWindow = ReadonlyArray<number | null>

/** A coder of one scheme, one neuron for each value. */
export interface SchemeCoder<Name extends SchemeName> {
  /**
   * What the neuron of each value does in one burst. A function of its arguments alone.
   *
   * @param values from 0 to 1; what is wider than binary32 is rounded to it. Throws on every other number.
   * @param burst counted from 0; windows begin at its multiples of `config.window`
   */
  readonly encode: (config: SchemeConfigs[Name], values: ReadonlyArray<number>, burst: number) => SpikeWindow
  /** The value that a whole window of one neuron says, or null where no value gives such a window. */
  readonly decode: (config: SchemeConfigs[Name], window: SpikeWindow) => number | null
}

interface Scheme<Name extends SchemeName> {
  readonly faults: (config: SchemeConfigs[Name]) => ReadonlyArray<string>
  /** The last step; the first is 0. */
  readonly steps: (config: SchemeConfigs[Name]) => number
  readonly spike: (config: SchemeConfigs[Name], step: number, phase: number) => number | null
  readonly step: (config: SchemeConfigs[Name], window: SpikeWindow) => number | null
}

const MOST_BURSTS = 32_768
const MOST_BITS = 16

const fault = (name: string, value: number, low: number, high: number): ReadonlyArray<string> =>
  Number.isInteger(value) && value >= low && value <= high ? [] : [`${name}: expected an integer from ${low} to ${high}, got ${value}`]

/** The last level; the first is 0. */
const topOf = ({ bits }: { readonly bits: number }): number => 2 ** bits - 1

const spikesOf = (window: SpikeWindow): number => window.reduce<number>((count, each) => (each === null ? count : count + 1), 0)

const schemes: { readonly [Name in SchemeName]: Scheme<Name> } = {
  rate: {
    faults: ({ window, bits, least, most }) => [
      ...fault("window", window, 1, MOST_BURSTS),
      ...fault("bits", bits, 1, MOST_BITS),
      ...fault("least", least, 0, window - 1),
      ...fault("most", most, least + 1, window)
    ],
    steps: ({ least, most }) => most - least,
    // After every burst, the spikes so far are the whole number nearest to what is due by then, the larger of two.
    spike: ({ window, least }, step, phase) => {
      const count = least + step
      return ((phase * count + Math.floor(window / 2)) % window) + count >= window ? 1 : null
    },
    step: ({ least, most }, window) => {
      const count = spikesOf(window)
      return count < least || count > most ? null : count - least
    }
  },
  temporal: {
    faults: ({ window, bits }) => [...fault("window", window, 2, MOST_BURSTS), ...fault("bits", bits, 1, MOST_BITS)],
    steps: ({ window }) => window - 1,
    spike: ({ window }, step, phase) => (phase === window - 1 - step ? 1 : null),
    step: ({ window: bursts }, window) => (spikesOf(window) === 1 ? bursts - 1 - window.findIndex((each) => each !== null) : null)
  },
  value: {
    faults: ({ window, bits }) => [...fault("window", window, 1, MOST_BURSTS), ...fault("bits", bits, 1, MOST_BITS)],
    steps: topOf,
    // A potential of 0 fires nothing, so that the value 0 has the smallest one above it. All are exact in binary32.
    spike: ({ bits }, step, phase) => (phase === 0 ? (step + 1) / 2 ** bits : null),
    step: ({ bits }, window) => {
      const [first = null] = window
      if (first === null || spikesOf(window) !== 1) return null
      const step = first * 2 ** bits - 1
      return Number.isInteger(step) && step >= 0 && step < 2 ** bits ? step : null
    }
  }
}

const checked = (name: string, faults: ReadonlyArray<string>): void => {
  if (faults.length > 0) throw new RangeError(`encoding scheme ${name}: ${faults.join("; ")}`)
}

/**
 * floor(value · (2^bits − 1) + 1/2). Exact: 24 bits of the value times 16 fit the 53 of binary64. In binary32 it is not, and some of the
 * vectors tell.
 */
const levelOf = (value: number, top: number): number => {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`expected a value from 0 to 1, got ${value}`)
  return Math.floor(Math.fround(value) * top + 0.5)
}

/** round(level · steps / top), halves up; at most 2^32 − 1 before the division. */
const stepOf = (level: number, top: number, steps: number): number => Math.floor((2 * level * steps + top) / (2 * top))

/** Level and step of a value, and the last step. Throws RangeError with every fault of the config, and on a value outside of 0 to 1. */
export const schemeStep = <Name extends SchemeName>(
  name: Name,
  config: SchemeConfigs[Name],
  value: number
): { readonly level: number; readonly step: number; readonly steps: number } => {
  const scheme: Scheme<Name> = schemes[name]
  checked(name, scheme.faults(config))
  const [top, steps] = [topOf(config), scheme.steps(config)]
  const level = levelOf(value, top)
  return { level, step: stepOf(level, top, steps), steps }
}

/** The coder that the specification is. Throws RangeError with every fault of a config, and on values and bursts that are none. */
export const referenceScheme = <Name extends SchemeName>(name: Name): SchemeCoder<Name> => {
  const scheme: Scheme<Name> = schemes[name]
  return {
    encode: (config, values, burst) => {
      checked(name, [...scheme.faults(config), ...fault("burst", burst, 0, Number.MAX_SAFE_INTEGER)])
      return values.map((value) => scheme.spike(config, schemeStep(name, config, value).step, burst % config.window))
    },
    decode: (config, window) => {
      checked(name, [...scheme.faults(config), ...fault("bursts of the window to read", window.length, config.window, config.window)])
      const step = scheme.step(config, window)
      return step === null ? null : step / scheme.steps(config)
    }
  }
}
