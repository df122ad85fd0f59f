/**
 * The laws of a coder for the encoding schemes `rate`, `temporal` and `value`: the spikes of the vectors, and what has to hold for every
 * other value, config and burst.
 *
 * Nothing that is installed has such a coder; the laws are there for the day on which FEAGI's core has one. Sharp edge: a coder that
 * lives in an engine is asked as a function. Whoever wires it up opens it anew for every call, or the order of the questions shows.
 */
import { type Rng, showValue } from "@feagi-trainer/contracts"
import { breakLaw, expectSame, expectThrow } from "./Broken.ts"
import { casesOf, suiteSeed } from "./Cases.ts"
import { type SchemeCoder, type SchemeConfigs, type SchemeName, type SpikeWindow, schemeStep } from "./EncodingSchemes.ts"
import type { Law } from "./Law.ts"
import { schemeVectors } from "./schemeVectors.ts"

export interface SchemeSubject<Name extends SchemeName> {
  readonly scheme: Name
  readonly coder: SchemeCoder<Name>
  readonly seed?: string
}

/** What is asked of one scheme alone. */
interface Rule<Name extends SchemeName> {
  readonly draw: (rng: Rng) => SchemeConfigs[Name]
  /** Never less for a larger value. */
  readonly strength: (window: SpikeWindow) => number
  /** What a window of the scheme looks like; undefined where this one does. */
  readonly fault: (config: SchemeConfigs[Name], window: SpikeWindow) => string | undefined
  /** A config, and windows that no value gives under it. */
  readonly foreign: (rng: Rng) => readonly [SchemeConfigs[Name], ReadonlyArray<SpikeWindow>]
}

// More than a reading loses when it is handed on in binary32.
const READING = 2 ** -23

const between = (rng: Rng, low: number, high: number): number => low + rng.below(high - low + 1)
const drawnBits = (rng: Rng): number => between(rng, 2, 6)
const drawnWindow = (rng: Rng): number => between(rng, 3, 24)

const spikesOf = (window: SpikeWindow): number => window.filter((each) => each !== null).length
const firstOf = (window: SpikeWindow): number => window.findIndex((each) => each !== null)
const silence = (bursts: number): SpikeWindow => Array.from({ length: bursts }, () => null)
/** A spike in each of the first `count` bursts. */
const firing = (bursts: number, count: number): SpikeWindow => Array.from({ length: bursts }, (_, burst) => (burst < count ? 1 : null))

const drawnRate = (rng: Rng, least: (window: number) => number): SchemeConfigs["rate"] => {
  const window = drawnWindow(rng)
  const low = least(window)
  return { window, bits: drawnBits(rng), least: low, most: between(rng, low + 1, window) }
}

const rules: { readonly [Name in SchemeName]: Rule<Name> } = {
  rate: {
    draw: (rng) => drawnRate(rng, () => between(rng, 0, 2)),
    strength: spikesOf,
    fault: ({ window: bursts, least, most }, window) => {
      const count = spikesOf(window)
      if (count < least || count > most) return `${least} to ${most} spikes`
      if (window.some((each) => each !== null && each !== 1)) return "the potential 1 in every spike"
      const uneven = window.findIndex((_, index) => {
        const due = (index + 1) * count
        return 2 * Math.abs(spikesOf(window.slice(0, index + 1)) * bursts - due) > bursts
      })
      return uneven < 0 ? undefined : `after burst ${uneven} of the window as many spikes as are due by then, to within a half`
    },
    foreign: (rng) => {
      const config = drawnRate(rng, () => 1)
      return [config, [silence(config.window), ...(config.most < config.window ? [firing(config.window, config.most + 1)] : [])]]
    }
  },
  temporal: {
    draw: (rng) => ({ window: drawnWindow(rng), bits: drawnBits(rng) }),
    strength: (window) => -firstOf(window),
    fault: (_, window) => {
      if (spikesOf(window) !== 1) return "one spike"
      return window[firstOf(window)] === 1 ? undefined : "the potential 1 in the spike"
    },
    foreign: (rng) => {
      const config = { window: drawnWindow(rng), bits: drawnBits(rng) }
      return [config, [silence(config.window), firing(config.window, 2)]]
    }
  },
  value: {
    draw: (rng) => ({ window: drawnWindow(rng), bits: drawnBits(rng) }),
    strength: (window) => window[firstOf(window)] ?? Number.NEGATIVE_INFINITY,
    fault: (_, window) => {
      const [first = null] = window
      if (first === null || spikesOf(window) !== 1) return "one spike, in the first burst of the window"
      return first > 0 && first <= 1 ? undefined : "a potential above 0, and at most 1"
    },
    foreign: (rng) => {
      const config = { window: drawnWindow(rng), bits: drawnBits(rng) }
      return [config, [silence(config.window), firing(config.window, 2)]]
    }
  }
}

/** Every level of a config, and eight values between levels; in ascending order. */
const valuesFor = (rng: Rng, bits: number): ReadonlyArray<number> => {
  const top = 2 ** bits - 1
  const levels = Array.from({ length: top + 1 }, (_, level) => Math.fround(level / top))
  return [...levels, ...Array.from({ length: 8 }, () => rng.below(2 ** 24) / 2 ** 24)].sort((a, b) => a - b)
}

/** How far a reading may lie from its value: half a level and half a step, or half a level where they are the same. */
const nearness = <Name extends SchemeName>(scheme: Name, config: SchemeConfigs[Name]): number => {
  const top = 2 ** config.bits - 1
  const { steps } = schemeStep(scheme, config, 0)
  return (steps === top ? 0.5 / top : 0.5 / top + 0.5 / steps) + READING
}

/** The laws for this coder. All but the first draw configs of their own, with windows of 3 to 24 bursts and 2 to 6 bits. */
export const schemeLaws = <Name extends SchemeName>({ scheme, coder, seed = suiteSeed }: SchemeSubject<Name>): ReadonlyArray<Law> => {
  const rule: Rule<Name> = rules[scheme]
  const told = (config: SchemeConfigs[Name], value: number): string => `the value ${value} under ${showValue(config)}`
  const one = (config: SchemeConfigs[Name], value: number, burst: number): number | null => {
    const spikes = coder.encode(config, [value], burst)
    const [spike] = spikes
    if (spikes.length !== 1 || spike === undefined) return breakLaw(told(config, value), "one neuron", `${spikes.length}`)
    return spike
  }
  const stretch = (config: SchemeConfigs[Name], value: number, from: number, bursts: number): SpikeWindow =>
    Array.from({ length: bursts }, (_, index) => one(config, value, from + index))
  const windowOf = (config: SchemeConfigs[Name], value: number): SpikeWindow => stretch(config, value, 0, config.window)

  const drawn = (look: (config: SchemeConfigs[Name], values: ReadonlyArray<number>, rng: Rng, from: string) => void): void => {
    for (const { rng, from } of casesOf(seed)) {
      const config = rule.draw(rng)
      look(config, valuesFor(rng, config.bits), rng, from)
    }
  }

  return [
    {
      name: "every vector gives the spikes that are written, and reads as its step",
      check: () => {
        for (const { config, value, step, steps, from, bursts, spikes } of schemeVectors().vectors[scheme]) {
          const { window } = config
          const came = stretch(config, value, from, bursts)
          const listed = came.flatMap((potential, index) => (potential === null ? [] : [[from + index, potential]]))
          expectSame(`${told(config, value)}, ${bursts} bursts from burst ${from}`, spikes, listed)
          const start = (window - (from % window)) % window
          if (start + window > bursts) continue
          const read = coder.decode(config, came.slice(start, start + window))
          if (read === null || Math.abs(read - step / steps) > READING)
            breakLaw(`${told(config, value)}, read`, `${step} / ${steps}`, String(read))
        }
      }
    },
    {
      name: "a larger value never says less",
      check: () =>
        drawn((config, values, _, from) => {
          let before: { readonly value: number; readonly window: SpikeWindow } | undefined
          for (const value of values) {
            const window = windowOf(config, value)
            if (before !== undefined && rule.strength(window) < rule.strength(before.window))
              breakLaw(told(config, value), `no less than ${before.value} gives, ${showValue(before.window)}`, showValue(window), from)
            before = { value, window }
          }
        })
    },
    {
      name: "what a value became is read as the value, within the quantisation step",
      check: () =>
        drawn((config, values, _, from) => {
          const near = nearness(scheme, config)
          for (const value of values) {
            const read = coder.decode(config, windowOf(config, value))
            if (read === null || !(Math.abs(read - value) <= near))
              breakLaw(`${told(config, value)}, read`, `${value} to within ${near}`, String(read), from)
          }
        })
    },
    {
      name: "values and bursts in any order give the same spikes",
      check: () =>
        drawn((config, values, rng, from) => {
          const alone = values.map((value) => windowOf(config, value))
          const bursts = Array.from({ length: config.window }, (_, burst) => burst)
          const shuffled = [...values.keys()].map((index) => [rng.below(2 ** 30), index] as const).sort(([a], [b]) => a - b)
          const what = `${values.length} values under ${showValue(config)}`
          const together: Array<Array<number | null>> = alone.map(() => [])
          for (const burst of bursts.toReversed()) {
            const spikes = coder.encode(
              config,
              shuffled.map(([, index]) => values[index] ?? 0),
              burst
            )
            if (spikes.length !== values.length) breakLaw(what, `${values.length} neurons`, `${spikes.length}`, from)
            for (const [at, [, index]] of shuffled.entries()) (together[index] ?? [])[burst] = spikes[at] ?? null
          }
          expectSame(`${what}, one by one in ascending order, and all at once in another with the last burst first`, alone, together, from)
        })
    },
    {
      name: "windows begin at the multiples of their length, whatever the number of the burst",
      check: () =>
        drawn((config, values, rng, from) => {
          const { window } = config
          for (const value of [values[0], values[rng.below(values.length)], values.at(-1)]) {
            if (value === undefined) continue
            const first = windowOf(config, value)
            for (const far of [1, 2 ** 16, 2 ** 31, 2 ** 32, 2 ** 48].map((burst) => Math.ceil(burst / window) * window))
              expectSame(`${told(config, value)}, from burst 0 and from burst ${far}`, first, stretch(config, value, far, window), from)
          }
        })
    },
    {
      name: "spikes are as many, as placed and as strong as the scheme has it",
      check: () =>
        drawn((config, values, _, from) => {
          for (const value of values) {
            const window = windowOf(config, value)
            const fault = rule.fault(config, window)
            if (fault !== undefined) breakLaw(`one window of ${told(config, value)}`, fault, showValue(window), from)
          }
        })
    },
    {
      name: "what is no value from 0 to 1 is refused, not guessed",
      check: () =>
        drawn((config, _, __, from) => {
          for (const value of [Number.NaN, -(2 ** -24), 1 + 2 ** -23, Number.POSITIVE_INFINITY])
            expectThrow(told(config, value), "an error", () => coder.encode(config, [value], 0), from)
        })
    },
    {
      name: "a window that no value gives is no number",
      check: () => {
        for (const { rng, from } of casesOf(seed)) {
          const [config, windows] = rule.foreign(rng)
          for (const window of windows) {
            const read = coder.decode(config, window)
            if (read !== null) breakLaw(`${showValue(window)} under ${showValue(config)}, read`, "null", String(read), from)
          }
        }
      }
    }
  ]
}
