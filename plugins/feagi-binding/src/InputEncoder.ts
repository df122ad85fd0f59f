/**
 * What all encoders over numbers share: take the numbers of a sample, bring them into the range of the coder, deal them out to the channels.
 * An encoder says which unit and coder it is, and where it needs to, how the numbers are laid out.
 */
import {
  type CoderSelection,
  type CoderValue,
  type Decoded,
  Encoder,
  type IRSample,
  type SampleShape,
  type SchemeIdentity,
  type Selected
} from "@feagi-trainer/contracts"
import { checkedFold } from "./CheckedFold.ts"
import { type NumberRange, numbersIn } from "./CoderForm.ts"
import { type NumbersShape, numbersOfSample, numbersShape } from "./SampleNumbers.ts"
import { fitScaling, type Scaled, type Scaling, scaleNumbers } from "./Scaling.ts"
import { selectUnits, type UnitUse } from "./UnitSelection.ts"

export interface InputLayout {
  readonly uses: ReadonlyArray<UnitUse>
  /** Range of each number of a sample before it is arranged; left out, that of the coder at its place. */
  readonly target?: (index: number) => NumberRange
  /** From the scaled numbers of a sample to those of all channels, one after the other; left out, they are the same. */
  readonly arrange?: (numbers: Float64Array) => Float64Array
}

export interface InputDefinition<Options> {
  readonly id: string
  readonly decodeOptions: (input: unknown) => Decoded<Options>
  readonly takes: ReadonlyArray<NumbersShape["kind"]>
  readonly scaling: (options: Options) => Scaling
  readonly layout: (options: Options, shape: NumbersShape) => Selected<InputLayout>
  readonly identity: (options: Options) => SchemeIdentity
}

/** Bytes that a picture coder takes as they are need no copy. */
const passes = ({ range }: Scaling, numbers: ArrayLike<number>, { uses, arrange, target }: InputLayout): numbers is Uint8Array =>
  numbers instanceof Uint8Array &&
  range === "given" &&
  arrange === undefined &&
  target === undefined &&
  uses.every(({ form }) => form.ranges.every(({ low, high, whole }) => low === 0 && high === 255 && whole))

/** The range of every number of all channels, in order. */
const rangeAt = (uses: ReadonlyArray<UnitUse>): ((index: number) => NumberRange) => {
  const all = uses.flatMap(({ form, channels }) => {
    const one = form.ranges.flatMap((each) => Array.from({ length: each.count }, () => each))
    return Array.from({ length: channels }, () => one).flat()
  })
  return (index) => all[index] ?? { count: 1, low: 0, high: 1, whole: false }
}

/** Numbers of all channels, cut into one value for each. */
const dealt = (numbers: Float64Array | Uint8Array, uses: ReadonlyArray<UnitUse>): ReadonlyArray<CoderValue> => {
  let at = 0
  return uses.flatMap(({ form, channels }) => {
    const width = numbersIn(form)
    return Array.from({ length: channels }, (): CoderValue => {
      const from = at
      at += width
      return width === 1 ? (numbers[from] ?? Number.NaN) : numbers.subarray(from, at)
    })
  })
}

interface Known {
  readonly numbers: NumbersShape
  readonly layout: InputLayout
  readonly target: (index: number) => NumberRange
}

/** @param definition what the encoder differs in; the rest is the same for all */
export const defineInput = <Options>(definition: InputDefinition<Options>): Encoder<Options, Scaled> => {
  const { id, takes, scaling } = definition
  const layoutOf = (options: Options, shape: SampleShape): Selected<Known> => {
    const numbers = numbersShape(id, shape, takes)
    if (!numbers.ok) return numbers
    const layout = definition.layout(options, numbers.value)
    if (!layout.ok) return layout
    const { uses, target = rangeAt(uses) } = layout.value
    return { ok: true, value: { numbers: numbers.value, layout: layout.value, target } }
  }
  // Channels and ranges follow from options and shape alone: they are laid out once, not once for a sample.
  const known = new WeakMap<SampleShape, { readonly options: Options; readonly made: ReturnType<typeof layoutOf> }>()
  const knownLayout = (options: Options, shape: SampleShape): ReturnType<typeof layoutOf> => {
    const found = known.get(shape)
    if (found?.options === options) return found.made
    const made = layoutOf(options, shape)
    known.set(shape, { options, made })
    return made
  }
  /** Numbers of all channels of one sample, or every reason why there are none. */
  const encode = (
    options: Options,
    { numbers, layout, target }: Known,
    fitted: Scaled,
    sample: IRSample
  ): Selected<Float64Array | Uint8Array> => {
    const taken = numbersOfSample(id, numbers, sample)
    if (!taken.ok) return taken
    if (passes(scaling(options), taken.value, layout)) return { ok: true, value: taken.value }
    const scaled = scaleNumbers(scaling(options), fitted, numbers, sample, taken.value, target)
    return scaled.ok ? { ok: true, value: layout.arrange?.(scaled.value) ?? scaled.value } : scaled
  }
  return Encoder.define<Options, Scaled>({
    id,
    decodeOptions: definition.decodeOptions,
    fit: (options, shape) => {
      const found = knownLayout(options, shape)
      if (!found.ok) return found
      const selected = selectUnits(found.value.layout.uses)
      if (!selected.ok) return selected
      const { range } = scaling(options)
      const fold = fitScaling(id, scaling(options), found.value.numbers)
      // Ranges that were learnt from these very samples hold all of them.
      if (!fold.ok || range === "train") return fold
      const fitted = { ranges: range === "given" ? null : range }
      return { ok: true, value: checkedFold(fold.value, (sample) => encode(options, found.value, fitted, sample)) }
    },
    select: (options, { shape }): Selected<ReadonlyArray<CoderSelection>> => {
      const found = knownLayout(options, shape)
      return found.ok ? selectUnits(found.value.layout.uses) : found
    },
    identity: definition.identity,
    values: (options, { shape, fitted }, sample: IRSample) => {
      const found = knownLayout(options, shape)
      if (!found.ok) return found
      const encoded = encode(options, found.value, fitted, sample)
      return encoded.ok ? { ok: true, value: dealt(encoded.value, found.value.layout.uses) } : encoded
    }
  })
}

/** So many channels as fill the numbers of a sample, or why there is no such number. */
export const channelsFor = (encoder: string, numbers: number, shape: NumbersShape, what: string): Selected<number> =>
  shape.count % numbers === 0
    ? { ok: true, value: shape.count / numbers }
    : {
        ok: false,
        mistakes: [
          {
            path: [],
            problem: "invalid",
            message: `encoder ${encoder} takes ${numbers} numbers for ${what}`,
            expected: `a multiple of ${numbers} numbers in a sample`,
            actual: String(shape.count)
          }
        ]
      }
