/**
 * The laws of encoders and decoders: what they declare at plan is what they deliver at every sample, and silence is no answer.
 *
 * Sharp edge: a round trip through the brain's own coders is the backend's business. Here `write` and `read` of one decoder meet
 * directly, through `readingOf`, which says what a channel that was given a value would be read as.
 */
import {
  type ClassLabel,
  type CoderReading,
  type CoderSelection,
  type CoderValue,
  type Decoder,
  type DecoderContext,
  type Encoder,
  type EntryManifest,
  type IRSample,
  isAbstain,
  type Mistake,
  type Rng,
  type SampleShape,
  type Selected,
  showValue,
  type TypedPrediction,
  type TypedTarget
} from "@feagi-trainer/contracts"
import { breakLaw, expectSame, messageOf, plain } from "./Broken.ts"
import { casesOf, suiteSeed } from "./Cases.ts"
import { entryLaw } from "./EntryLaw.ts"
import type { Law } from "./Law.ts"
import { decodedOptions, optionsLaw } from "./Options.ts"

export interface EncoderSubject<Options, Fitted> {
  readonly encoder: Encoder<Options, Fitted>
  /** As they stand in a run file. */
  readonly options: unknown
  readonly shape: SampleShape
  /** The training split: at least one sample. */
  readonly training: ReadonlyArray<IRSample>
  /** Samples that the encoder has to be able to encode: at least two that differ. */
  readonly samples: ReadonlyArray<IRSample>
  readonly manifest?: EntryManifest
}

export interface DecoderSubject<Options> {
  readonly decoder: Decoder<Options>
  /** As they stand in a run file. */
  readonly options: unknown
  readonly context: DecoderContext
  /** Targets that can occur: at least one. */
  readonly targets: ReadonlyArray<TypedTarget>
  /** What a channel that was given this value reads as. Left out: silent when the value is 0, else the value itself. */
  readonly readingOf?: (value: CoderValue) => CoderReading
  /**
   * The readings had the classes stood in another order: what belongs to position i of the result belonged to position `order[i]`.
   * Left out where each class has one channel, or one voxel of the only channel: then the order of the numbers is that of the
   * classes. A decoder of any other layout, for which it is left out, is not asked whether it treats classes alike.
   */
  readonly permuted?: (readings: ReadonlyArray<CoderReading>, order: ReadonlyArray<number>) => ReadonlyArray<CoderReading>
  readonly manifest?: EntryManifest
  readonly seed?: string
}

const tell = (mistakes: ReadonlyArray<Mistake>): string => mistakes.map(({ path, message }) => [...path, message].join(" ")).join("; ")

const must = <A>(what: string, selected: Selected<A>): A =>
  selected.ok ? selected.value : breakLaw(what, "a value", `refused: ${tell(selected.mistakes)}`)

const channelsOf = (selections: ReadonlyArray<CoderSelection>): number => selections.reduce((sum, { channels }) => sum + channels, 0)

const checkSelections = (selections: ReadonlyArray<CoderSelection>, direction: CoderSelection["direction"]): void => {
  if (selections.length === 0) breakLaw("select()", `at least one ${direction} coder`, "none")
  for (const each of selections) {
    const name = `the selection of ${each.binding.coder_id} on ${each.binding.cortical_area_id}`
    if (each.direction !== direction) breakLaw(name, `direction ${direction}`, each.direction)
    for (const [what, count] of [
      ["channels", each.channels] as const,
      ...each.channel_dimensions.map((size) => ["every channel dimension", size] as const)
    ])
      if (!Number.isSafeInteger(count) || count < 1) breakLaw(name, `${what} to be an integer from 1`, String(count))
    plain(name, each)
  }
}

const numbersOf = (value: CoderValue): ReadonlyArray<number> => (typeof value === "number" ? [value] : Array.from(value))

/** As plain data: a picture's bytes are the list of their numbers, so that a list and a typed array of the same numbers are equal. */
const plainValues = (values: ReadonlyArray<CoderValue>): ReadonlyArray<number | ReadonlyArray<number>> =>
  values.map((value) => (typeof value === "number" ? value : Array.from(value)))

const checkValues = (what: string, values: ReadonlyArray<CoderValue>, channels: number): void => {
  if (values.length !== channels) breakLaw(what, `${channels} values, one for each channel that select() declared`, `${values.length}`)
  for (const [channel, value] of values.entries()) {
    const numbers = numbersOf(value)
    if (numbers.length === 0 || numbers.some((each) => !Number.isFinite(each)))
      breakLaw(`${what}, channel ${channel}`, "finite numbers", showValue(numbers))
  }
}

/** The laws for this encoder under these options, on these samples. Nothing is drawn: samples are the author's. */
export const encoderLaws = <Options, Fitted>(subject: EncoderSubject<Options, Fitted>): ReadonlyArray<Law> => {
  const { encoder, shape, training, samples } = subject
  const options = (): Options => decodedOptions(encoder.decodeOptions, subject.options)
  const fit = (): Fitted => {
    const fold = must("fit()", encoder.fit(options(), shape))
    for (const sample of training) fold.add(sample)
    return must("the fold of fit() after the training samples", fold.result())
  }
  const select = (fitted: Fitted) => must("select()", encoder.select(options(), { shape, fitted }))
  const encodeRaw = (fitted: Fitted, sample: IRSample) =>
    must(`values() of the sample "${sample.sample_id}"`, encoder.values(options(), { shape, fitted }, sample))
  const encode = (fitted: Fitted, sample: IRSample) => plainValues(encodeRaw(fitted, sample))

  return [
    optionsLaw(encoder.decodeOptions, subject.options),
    { name: "select gives input coders with channels and dimensions", check: () => checkSelections(select(fit()), "input") },
    {
      name: "select gives the same coders every time",
      check: () => {
        const fitted = fit()
        expectSame("select(), asked twice", select(fitted), select(fitted))
      }
    },
    {
      name: "every sample gives one value for each declared channel, every time",
      check: () => {
        const fitted = fit()
        const channels = channelsOf(select(fitted))
        const [first] = samples
        const widths = first === undefined ? [] : encodeRaw(fitted, first).map((value) => numbersOf(value).length)
        for (const sample of samples) {
          const what = `values() of the sample "${sample.sample_id}"`
          const values = encodeRaw(fitted, sample)
          checkValues(what, values, channels)
          expectSame(
            `${what}: how many numbers each channel has, beside "${first?.sample_id}"`,
            widths,
            values.map((value) => numbersOf(value).length)
          )
        }
      }
    },
    {
      name: "samples that differ are not all encoded alike",
      check: () => {
        const fitted = fit()
        const [first, ...rest] = samples.map((sample) => plain("values()", encode(fitted, sample)))
        if (rest.length === 0) breakLaw("samples", "at least two that differ", `${samples.length}`)
        if (rest.every((each) => each === first))
          breakLaw(`values() of ${samples.length} samples`, "values that tell at least two of them apart", `the same for all: ${first}`)
      }
    },
    {
      name: "neither the target nor the id of a sample reaches its values",
      check: () => {
        const fitted = fit()
        for (const [index, sample] of samples.entries()) {
          const before = encode(fitted, sample)
          const other = samples[(index + 1) % samples.length]?.target ?? null
          const foreign = { custom: { type: "@feagi-trainer/conformance#nothing", value: null } } as const
          for (const target of [other, foreign, null])
            expectSame(
              `values() of the sample "${sample.sample_id}" under another id, with the target ${showValue(target)}`,
              before,
              encode(fitted, { ...sample, sample_id: `${sample.sample_id}-again`, target })
            )
        }
      }
    },
    {
      name: "what fit learnt is plain JSON and encodes the same after a round trip",
      check: () => {
        const fitted = fit()
        plain("the fitted value", fitted)
        const back = JSON.parse(JSON.stringify(fitted)) as Fitted
        for (const sample of samples)
          expectSame(
            `values() of the sample "${sample.sample_id}" with what fit() learnt, through JSON`,
            encode(fitted, sample),
            encode(back, sample)
          )
      }
    },
    {
      name: "the same sample gives the same values, whatever was encoded before",
      check: () => {
        const fitted = fit()
        const first = samples.map((sample) => encode(fitted, sample))
        const second = [...samples]
          .reverse()
          .map((sample) => encode(fitted, sample))
          .reverse()
        expectSame("values() of all samples, in one order and in the other", first, second)
      }
    },
    {
      name: "fit learns the same from the same samples, each time anew",
      check: () => {
        const alone = fit()
        expectSame("fit(), called twice", alone, fit())
        const folds = [0, 1].map(() => must("fit()", encoder.fit(options(), shape)))
        for (const fold of folds) for (const sample of training) fold.add(sample)
        for (const fold of folds) expectSame("one of two folds that were begun together", alone, must("its result", fold.result()))
      }
    },
    {
      name: "samples, shape and fitted value are left as they are",
      check: () => {
        const fitted = fit()
        const before = structuredClone({ fitted, shape, samples, training })
        select(fitted)
        for (const sample of samples) encode(fitted, sample)
        expectSame("what was handed to fit(), select() and values()", before, { fitted, shape, samples, training })
      }
    },
    {
      name: "a sample of another kind is refused, not guessed",
      check: () => {
        const [sample] = samples
        if (sample === undefined) return breakLaw("samples", "at least two", "none")
        const other: IRSample = {
          ...sample,
          payload: { ref: { sha256: "0".repeat(64), media_type: "application/octet-stream", bytes: 0n } }
        }
        let came: Selected<ReadonlyArray<CoderValue>>
        try {
          came = encoder.values(options(), { shape, fitted: fit() }, other)
        } catch (error) {
          return breakLaw("values() of a sample whose payload is a reference", "{ok: false, mistakes}", `an error: ${messageOf(error)}`)
        }
        if (came.ok || came.mistakes.length === 0)
          breakLaw("values() of a sample whose payload is a reference", "{ok: false, mistakes}", showValue(came))
      }
    },
    {
      name: "the scheme has a name and is the same every time",
      check: () => {
        const first = encoder.identity(options())
        if (first.scheme === "" || first.version === "") breakLaw("identity()", "a scheme and a version", showValue(first))
        expectSame("identity(), asked twice", first, encoder.identity(options()))
      }
    },
    ...entryLaw(encoder, subject.manifest)
  ]
}

const isZero = (value: CoderValue): boolean => numbersOf(value).every((each) => each === 0)

type Permuted = NonNullable<DecoderSubject<unknown>["permuted"]>

/** Items of `order` at their new places. */
const inOrder = <A>(items: ReadonlyArray<A>, order: ReadonlyArray<number>): ReadonlyArray<A> =>
  order.flatMap((at) => items.slice(at, at + 1))

/** How classes are permuted where the layout says it by itself: a channel for each class, or a voxel of the only channel for each. */
const layoutOf = (selections: ReadonlyArray<CoderSelection>, classes: number): Permuted | undefined => {
  const channels = channelsOf(selections)
  if (channels === classes) return inOrder
  const [width, height, depth] = selections[0]?.channel_dimensions ?? [0, 0, 0]
  if (channels !== 1 || width * height * depth !== classes) return undefined
  return (readings, order) => readings.map(({ silent, value }) => ({ silent, value: inOrder(numbersOf(value), order) }))
}

/** Names the type of an answer: its kind, and of a custom one the type that it says. */
const typeOf = (answer: TypedPrediction): string => ("custom" in answer ? answer.custom.type : (Object.keys(answer)[0] ?? "nothing"))
const nameOf = (outputType: DecoderContext["output_type"]): string => (typeof outputType === "string" ? outputType : outputType.custom)

/** What could not be asked is not known; the law that asks for it in earnest says why. */
const quietly = <A>(ask: () => A): A | undefined => {
  try {
    return ask()
  } catch {
    return undefined
  }
}

const plainReadings = (readings: ReadonlyArray<CoderReading>): ReadonlyArray<unknown> =>
  readings.map(({ silent, value }) => ({ silent, value: typeof value === "number" ? value : Array.from(value) }))

/** An answer by the position of its class, and whether two scores are the highest. */
const positions = (classes: ReadonlyArray<ClassLabel>, { answer, scores }: ReturnType<Decoder["read"]>) => {
  const best = Math.max(...(scores ?? []))
  const answered = "class" in answer ? classes.findIndex(({ class_id }) => class_id === answer.class.class_id) : undefined
  return { answered, scores, tied: (scores ?? []).filter((score) => score === best).length > 1 }
}

/** A class is its id: a decoder need not know labels and may add scores. */
const essence = (value: TypedTarget): unknown => ("class" in value ? { class: value.class.class_id } : value)

/** The laws for this decoder under these options. Targets that `write` refuses are taken for what it cannot teach and left out. */
export const decoderLaws = <Options>(subject: DecoderSubject<Options>): ReadonlyArray<Law> => {
  const { decoder, context, targets } = subject
  const options = (): Options => decodedOptions(decoder.decodeOptions, subject.options)
  const readingOf = subject.readingOf ?? ((value: CoderValue): CoderReading => ({ silent: isZero(value), value }))
  const select = () => must("select()", decoder.select(options(), context))
  const read = (readings: ReadonlyArray<CoderReading>) => decoder.read(options(), context, readings)
  const write = (target: TypedTarget) => decoder.write(options(), context, target)
  /** Everything that can be written, and silence in the shape of it. */
  const written = (): ReadonlyArray<{ readonly target: TypedTarget; readonly values: ReadonlyArray<CoderValue> }> =>
    targets.flatMap((target) => {
      const values = write(target)
      return values.ok ? [{ target, values: values.value }] : []
    })
  const silences = (): ReadonlyArray<ReadonlyArray<CoderReading>> => {
    const blank = Array.from({ length: channelsOf(select()) }, (): CoderReading => ({ silent: true, value: 0 }))
    return [blank, ...written().map(({ values }) => values.map((value): CoderReading => ({ silent: true, value })))]
  }
  const classes: ReadonlyArray<ClassLabel> | undefined = context.output_type === "class" ? context.classes : undefined
  const permuted =
    subject.permuted ??
    quietly(() => {
      const selected = decoder.select(options(), context)
      return selected.ok ? layoutOf(selected.value, context.classes.length) : undefined
    })
  /** Readings that fired in every channel, in the form of what `write` fills, all numbers different and within 0 … 1. */
  const drawnReadings = (rng: Rng): ReadonlyArray<CoderReading> => {
    const form = written()[0]?.values ?? Array.from({ length: channelsOf(select()) }, () => 0)
    const widths = form.map((value) => numbersOf(value).length)
    const total = widths.reduce((sum, width) => sum + width, 0)
    const numbers = rng.shuffle(Array.from({ length: total }, (_, index) => (index + 1) / total))
    let at = 0
    return form.map((value, channel): CoderReading => {
      const own = numbers.slice(at, at + (widths[channel] ?? 0))
      at += own.length
      return { silent: false, value: typeof value === "number" ? (own[0] ?? 0) : own }
    })
  }
  const allReadings = () => [
    ...silences(),
    ...written().map(({ values }) => values.map(readingOf)),
    ...casesOf(subject.seed ?? suiteSeed).map(({ rng }) => drawnReadings(rng))
  ]

  return [
    optionsLaw(decoder.decodeOptions, subject.options),
    { name: "select gives output coders with channels and dimensions", check: () => checkSelections(select(), "output") },
    { name: "select gives the same coders every time", check: () => expectSame("select(), asked twice", select(), select()) },
    {
      name: "silence is an abstention, whatever values stand beside it",
      check: () => {
        for (const readings of silences()) {
          const { answer } = read(readings)
          if (!isAbstain(answer))
            breakLaw(
              `read() of ${readings.length} silent channels, ${showValue(plainReadings(readings))}`,
              "{abstain: …}",
              showValue(answer)
            )
        }
      }
    },
    {
      name: "whether anything can be taught is what cannotTeach() declares",
      check: () => {
        const reasons = decoder.cannotTeach(options())
        const able = written().length > 0
        if (able === reasons.length > 0)
          breakLaw(
            `cannotTeach(), with ${targets.length} targets to write`,
            able ? "no mistake: some can be written" : "at least one mistake: none can be written",
            tell(reasons) || "no mistake"
          )
      }
    },
    {
      name: "a target that can be written fills every declared channel",
      check: () => {
        const channels = channelsOf(select())
        for (const { target, values } of written()) checkValues(`write() of ${showValue(target)}`, values, channels)
      }
    },
    {
      name: "what is written is read as what it was",
      check: () => {
        for (const { target, values } of written()) {
          const { answer } = read(values.map(readingOf))
          if (isAbstain(answer)) breakLaw(`read() of what write() made of ${showValue(target)}`, "an answer", showValue(answer))
          else expectSame(`read() of what write() made of ${showValue(target)}`, essence(target), essence(answer as TypedTarget))
        }
      }
    },
    {
      name: "the same readings give the same answer, whatever was read before",
      check: () => {
        const rows = allReadings()
        const before = structuredClone(rows)
        const first = rows.map(read)
        const second = [...rows].reverse().map(read).reverse()
        expectSame("read() of all rows, in one order and in the other", first, second)
        expectSame("the readings after read()", before.map(plainReadings), rows.map(plainReadings))
      }
    },
    {
      name: "every answer is of the output type, and a class is a declared one",
      check: () => {
        for (const readings of allReadings()) {
          const { answer } = read(readings)
          if (isAbstain(answer)) continue
          const what = `read() of ${showValue(plainReadings(readings))}`
          if (typeOf(answer) !== nameOf(context.output_type))
            breakLaw(what, `an answer of type ${nameOf(context.output_type)}, or an abstention`, showValue(answer))
          if (classes !== undefined && "class" in answer && !classes.some(({ class_id }) => class_id === answer.class.class_id))
            breakLaw(what, `one of the classes ${classes.map(({ class_id }) => class_id).join(", ")}`, showValue(answer))
        }
      }
    },
    {
      name: "a target of another type is refused, not guessed",
      check: () => {
        const foreign: TypedTarget = { custom: { type: "@feagi-trainer/conformance#nothing", value: null } }
        let came: Selected<ReadonlyArray<CoderValue>>
        try {
          came = write(foreign)
        } catch (error) {
          return breakLaw("write() of a target of a type that nobody knows", "{ok: false, mistakes}", `an error: ${messageOf(error)}`)
        }
        if (came.ok || came.mistakes.length === 0)
          breakLaw("write() of a target of a type that nobody knows", "{ok: false, mistakes}", showValue(came))
      }
    },
    ...(classes === undefined || permuted === undefined
      ? []
      : [
          {
            name: "classes are treated alike: permuted readings give the permuted answer",
            check: () => {
              for (const { rng, from } of casesOf(subject.seed ?? suiteSeed)) {
                const readings = drawnReadings(rng)
                const order = rng.shuffle(classes.map((_, position) => position))
                const plainOne = positions(classes, read(readings))
                const moved = positions(classes, read(permuted(readings, order)))
                expectSame(
                  `the scores for ${showValue(plainReadings(readings))} with the classes in the order ${order.join(", ")}`,
                  plainOne.scores === undefined ? null : inOrder(plainOne.scores, order),
                  moved.scores ?? null,
                  from
                )
                // Of equal scores any rule may pick one.
                if (plainOne.tied) continue
                const expected = plainOne.answered === undefined ? "abstain" : order.indexOf(plainOne.answered)
                expectSame("the position of the answer", expected, moved.answered ?? "abstain", from)
              }
            }
          }
        ]),
    ...(classes === undefined
      ? []
      : [
          {
            name: "a class that was not declared cannot be taught",
            check: () => {
              const class_id = Math.max(-1, ...classes.map((each) => each.class_id)) + 1
              const came = write({ class: { class_id, label: null } })
              if (came.ok || came.mistakes.length === 0)
                breakLaw(`write() of class ${class_id}, which was not declared`, "{ok: false, mistakes}", showValue(came))
            }
          },
          {
            name: "scores, where there are any, are one finite number for each class",
            check: () => {
              for (const readings of allReadings()) {
                const { scores } = read(readings)
                if (scores !== undefined && (scores.length !== classes.length || scores.some((score) => !Number.isFinite(score))))
                  breakLaw(
                    `the scores of ${showValue(plainReadings(readings))}`,
                    `${classes.length} finite numbers, or none`,
                    showValue(scores)
                  )
              }
            }
          }
        ]),
    ...entryLaw(decoder, subject.manifest)
  ]
}
