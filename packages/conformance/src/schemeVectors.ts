/**
 * Test vectors of the encoding schemes: a value, a config, a stretch of bursts, and the spikes in it. Plain JSON, so that a coder in any
 * language can be held to them; docs/reference/encoding-schemes.md has the format.
 *
 * Sharp edge: every value is exact in binary32 and its bits stand beside it. Some of them lie so near to the middle between two levels that
 * arithmetic in binary32 ends in the wrong one.
 */
import { referenceScheme, type SchemeConfigs, type SchemeName, schemeStep } from "./EncodingSchemes.ts"

export interface SchemeVector<Name extends SchemeName> {
  readonly config: SchemeConfigs[Name]
  readonly value: number
  /** The binary32 of the value, as eight hexadecimal digits. */
  readonly value_bits: string
  readonly level: number
  readonly step: number
  /** The last step: a whole window reads as step / steps. */
  readonly steps: number
  /** The first burst of the stretch. */
  readonly from: number
  readonly bursts: number
  /** Burst and potential of every spike in the stretch, in order. */
  readonly spikes: ReadonlyArray<readonly [burst: number, potential: number]>
}

export interface SchemeVectors {
  readonly format: "feagi-trainer/encoding-schemes"
  readonly version: 1
  readonly rules: Readonly<Record<"level" | "step" | "phase" | SchemeName, string>>
  readonly vectors: { readonly [Name in SchemeName]: ReadonlyArray<SchemeVector<Name>> }
}

const rules: SchemeVectors["rules"] = {
  level: "floor(value * (2^bits - 1) + 1/2), exact; binary64 is enough, binary32 is not",
  step: "(2 * level * steps + top) div (2 * top), where top = 2^bits - 1; fits 32 bits without a sign",
  phase: "burst mod window",
  rate: "steps = most - least; count = least + step; a spike of potential 1 where (phase * count + window div 2) mod window + count >= window",
  temporal: "steps = window - 1; one spike of potential 1, where phase = window - 1 - step",
  value: "steps = 2^bits - 1; one spike of potential (step + 1) / 2^bits, where phase = 0"
}

const values: ReadonlyArray<number> = [
  0,
  // The smallest number above 0.
  2 ** -149,
  // Binary32 gets the level of these wrong: with 16 bits, with 8, with 4, with 8.
  0.00002288853283971548,
  0.0019607841968536377,
  0.5666666626930237,
  0.5039215683937073,
  // 1/10 and 1/3 as binary32 has them.
  0.10000000149011612,
  0.3333333432674408,
  // Half, and the number below it; the same of 1.
  0.5 - 2 ** -25,
  0.5,
  0.75,
  1 - 2 ** -24,
  1
].sort((a, b) => a - b)

/** Where to look: from this burst on, so many. */
type Stretch = readonly [from: number, bursts: number]
const twoWindows = ({ window }: { readonly window: number }): Stretch => [0, 2 * window]
/** Begins inside of a window, at a burst beyond 32 bits, and holds a whole one. */
const far = ({ window }: { readonly window: number }): Stretch => [2 ** 32 + 5, 2 * window]

const bitsOf = (value: number): string => {
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, value)
  return view.getUint32(0).toString(16).padStart(8, "0")
}

const vectorsOf = <Name extends SchemeName>(
  name: Name,
  cases: ReadonlyArray<readonly [config: SchemeConfigs[Name], stretch: (config: SchemeConfigs[Name], step: number) => Stretch]>
): ReadonlyArray<SchemeVector<Name>> => {
  const { encode } = referenceScheme(name)
  return cases.flatMap(([config, stretch]) =>
    values.map((value) => {
      const place = schemeStep(name, config, value)
      const [from, bursts] = stretch(config, place.step)
      const spikes = Array.from({ length: bursts }, (_, index) => {
        const [potential = null] = encode(config, [value], from + index)
        return potential === null ? [] : [[from + index, potential] as const]
      }).flat()
      return { config, value, value_bits: bitsOf(value), ...place, from, bursts, spikes }
    })
  )
}

/** All vectors, made anew by the reference: the same in every call and on every machine. */
export const schemeVectors = (): SchemeVectors => ({
  format: "feagi-trainer/encoding-schemes",
  version: 1,
  rules,
  vectors: {
    rate: vectorsOf("rate", [
      [{ window: 8, bits: 8, least: 0, most: 8 }, twoWindows],
      // As many levels as counts: each level is a count.
      [{ window: 16, bits: 4, least: 0, most: 15 }, twoWindows],
      [{ window: 10, bits: 8, least: 1, most: 5 }, far],
      [{ window: 1, bits: 1, least: 0, most: 1 }, twoWindows],
      // The largest numbers there are, where the second window begins.
      [{ window: 32_768, bits: 16, least: 0, most: 32_768 }, ({ window }) => [window - 8, 16]]
    ]),
    temporal: vectorsOf("temporal", [
      [{ window: 8, bits: 8 }, twoWindows],
      [{ window: 16, bits: 4 }, twoWindows],
      [{ window: 10, bits: 8 }, far],
      [{ window: 2, bits: 1 }, twoWindows],
      // Around the spike.
      [{ window: 32_768, bits: 16 }, ({ window }, step) => [2 * window - 3 - step, 5]]
    ]),
    value: vectorsOf("value", [
      [{ window: 8, bits: 8 }, twoWindows],
      [{ window: 1, bits: 8 }, twoWindows],
      [{ window: 10, bits: 4 }, far],
      [{ window: 2, bits: 16 }, twoWindows]
    ])
  }
})
