/** The reference keeps the laws of every encoding scheme; coders that break one law break no other. */
import { expect, it } from "vitest"
import {
  referenceScheme,
  type SchemeCoder,
  type SchemeName,
  type SpikeWindow,
  schemeLaws,
  schemeStep,
  schemeVectors
} from "../src/index.ts"
import { proveRed, type Row } from "./proveRed.ts"

const law = {
  vectors: "every vector gives the spikes that are written, and reads as its step",
  monotone: "a larger value never says less",
  near: "what a value became is read as the value, within the quantisation step",
  order: "values and bursts in any order give the same spikes",
  synchronised: "windows begin at the multiples of their length, whatever the number of the burst",
  form: "spikes are as many, as placed and as strong as the scheme has it",
  refusal: "what is no value from 0 to 1 is refused, not guessed",
  nothing: "a window that no value gives is no number"
}

/** Windows of the vectors: what goes wrong under others only, the vectors do not see. */
const pinned: ReadonlySet<number> = new Set(
  Object.values(schemeVectors().vectors)
    .flat()
    .map(({ config }) => config.window)
)

const laws =
  <Name extends SchemeName>(scheme: Name, over: Partial<SchemeCoder<Name>>, anywhere = false) =>
  () => {
    const sound = referenceScheme(scheme)
    const broken = { ...sound, ...over }
    const coder: SchemeCoder<Name> = {
      encode: (config, ...rest) => (anywhere || !pinned.has(config.window) ? broken : sound).encode(config, ...rest),
      decode: (config, window) => (anywhere || !pinned.has(config.window) ? broken : sound).decode(config, window)
    }
    return schemeLaws({ scheme, coder })
  }

/** Broken coders that any scheme can have. */
const commonRows = <Name extends SchemeName>(scheme: Name): ReadonlyArray<Row> => {
  const { encode, decode } = referenceScheme(scheme)
  const halvesDown = (bits: number, value: number): number => {
    const top = 2 ** bits - 1
    return value >= 0 && value <= 1 ? Math.ceil(value * top - 0.5) / top : value
  }
  let last = -1
  return [
    [
      "rounds halves down",
      laws(
        scheme,
        {
          encode: (config, values, burst) =>
            encode(
              config,
              values.map((each) => halvesDown(config.bits, each)),
              burst
            )
        },
        true
      ),
      law.vectors
    ],
    [
      "says little for much, and reads it so",
      laws(scheme, {
        encode: (config, values, burst) =>
          encode(
            config,
            values.map((each) => 1 - each),
            burst
          ),
        decode: (config, window) => {
          const read = decode(config, window)
          return read === null ? null : 1 - read
        }
      }),
      law.monotone
    ],
    [
      "divides by one step too many",
      laws(scheme, {
        decode: (config, window) => {
          const read = decode(config, window)
          const { steps } = schemeStep(scheme, config, 0)
          return read === null ? null : (read * steps) / (steps + 1)
        }
      }),
      law.near
    ],
    [
      "rounds down to a step, not to the nearest",
      laws(scheme, {
        encode: (config, values, burst) => {
          const { steps } = schemeStep(scheme, config, 0)
          return encode(
            config,
            values.map((each) => (each >= 0 && each <= 1 ? Math.floor(each * steps) / steps : each)),
            burst
          )
        }
      }),
      law.near
    ],
    [
      "lets a strong value silence the others of its burst",
      laws(scheme, {
        encode: (config, values, burst) =>
          encode(config, values, burst).map((spike, index) => (values.length > 1 && (values[index] ?? 0) < 1 ? null : spike))
      }),
      law.order
    ],
    [
      "goes forward only",
      laws(scheme, {
        encode: (config, values, burst) => {
          const back = burst === last - 1
          last = burst
          return encode(config, values, burst).map((spike) => (back ? null : spike))
        }
      }),
      law.order
    ],
    [
      "counts bursts in 16 bits",
      laws(scheme, { encode: (config, values, burst) => encode(config, values, burst % 2 ** 16) }),
      law.synchronised
    ],
    [
      "takes what is no number for the smallest one, and clips the rest",
      laws(
        scheme,
        {
          encode: (config, values, burst) =>
            encode(
              config,
              values.map((each) => (each > 0 ? Math.min(each, 1) : 0)),
              burst
            )
        },
        true
      ),
      law.refusal
    ],
    ["reads silence as 0", laws(scheme, { decode: (config, window) => decode(config, window) ?? 0 }, true), law.nothing]
  ]
}

const dim = (window: SpikeWindow): SpikeWindow => window.map((each) => (each === null ? null : each / 2))

const rate = referenceScheme("rate")
proveRed("schemeLaws of rate", () => schemeLaws({ scheme: "rate", coder: rate }), [
  ...commonRows("rate"),
  [
    "fires all of its spikes at once",
    laws("rate", {
      encode: (config, values, burst) =>
        values.map((each) => (burst % config.window < config.least + schemeStep("rate", config, each).step ? 1 : null))
    }),
    law.form
  ],
  ["fires at half strength", laws("rate", { encode: (...request) => dim(rate.encode(...request)) }), law.form],
  ...[
    ["late", 0],
    ["early", 1]
  ].map(
    ([name, head]): Row => [
      `spreads its spikes evenly, half of one too ${name}`,
      laws("rate", {
        encode: (config, values, burst) =>
          values.map((each) => {
            const count = config.least + schemeStep("rate", config, each).step
            const held = Number(head) * (config.window - 1)
            return (((burst % config.window) * count + held) % config.window) + count >= config.window ? 1 : null
          })
      }),
      law.form
    ]
  ),
  [
    "scatters its spikes",
    laws("rate", {
      encode: (config, values, burst) =>
        values.map((each) => {
          const count = config.least + schemeStep("rate", config, each).step
          const place = ((burst % config.window) * 7919 + 13) % config.window
          return place < count ? 1 : null
        })
    }),
    law.form
  ]
])

const temporal = referenceScheme("temporal")
proveRed("schemeLaws of temporal", () => schemeLaws({ scheme: "temporal", coder: temporal }), [
  ...commonRows("temporal"),
  [
    "has an echo, and reads the first of the two",
    laws("temporal", {
      encode: (config, values, burst) =>
        temporal
          .encode(config, values, burst)
          .map((spike, index) => (burst % config.window === config.window - 1 && (values[index] ?? 0) > 0.9 && spike === null ? 1 : spike)),
      decode: (config, window) => {
        const heard = window.findIndex((each) => each !== null) < config.window - 1
        return temporal.decode(config, heard ? window.with(config.window - 1, null) : window)
      }
    }),
    law.form
  ],
  ["fires at half strength", laws("temporal", { encode: (...request) => dim(temporal.encode(...request)) }), law.form]
])

const value = referenceScheme("value")
proveRed("schemeLaws of value", () => schemeLaws({ scheme: "value", coder: value }), [
  ...commonRows("value"),
  [
    "fires at the end of the window",
    laws("value", {
      encode: (config, values, burst) => value.encode(config, values, burst + 1),
      decode: (config, window) => value.decode(config, [...window.slice(-1), ...window.slice(0, -1)])
    }),
    law.form
  ]
])

it("the laws draw windows that no vector has", () => {
  expect([...pinned].sort((a, b) => a - b)).toEqual([1, 2, 8, 10, 16, 32_768])
})
