/**
 * The laws of a transform: what comes out is made of the sample, the options, what was fitted and the chance that was handed over, and it
 * has the shape that was declared before the first sample was seen.
 *
 * Sharp edge: whether a target moved with its pixels is not seen here. A law knows no picture; the author's own tests do.
 */
import {
  type EntryManifest,
  type IRSample,
  imageSize,
  type Mistake,
  type Rng,
  type SampleShape,
  type Selected,
  showValue,
  TrainerError,
  type Transform
} from "@feagi-trainer/contracts"
import { canonical } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import { breakLaw, expectDifferent, expectSame, messageOf, plain } from "./Broken.ts"
import { rngOf, suiteSeed } from "./Cases.ts"
import { entryLaw } from "./EntryLaw.ts"
import type { Law } from "./Law.ts"
import { decodedOptions, optionsLaw } from "./Options.ts"

/** What comes out of one sample, written down once; it holds on every machine. */
export interface GoldenOutput {
  /** One of the samples of the subject. */
  readonly sample_id: string
  /** The chance that is handed over is `transformRng(seed, sample_id)`. */
  readonly seed: string
  /** Bytes are lists of numbers, as in a document. */
  readonly output: { readonly payload: unknown; readonly target: unknown; readonly coordinate_frame: unknown }
}

export interface TransformSubject<Options, Fitted> {
  readonly transform: Transform<Options, Fitted>
  /** As they stand in a run file. */
  readonly options: unknown
  /** Of the samples that come in. */
  readonly shape: SampleShape
  /** What is learnt from, in the order of the split: at least one sample where the operation fits. Left out: the samples. */
  readonly training?: ReadonlyArray<IRSample>
  /** Samples that the operation has to take: at least two that differ. */
  readonly samples: ReadonlyArray<IRSample>
  readonly golden?: ReadonlyArray<GoldenOutput>
  readonly manifest?: EntryManifest
  readonly seed?: string
}

/** The stream that is handed to an operation for one sample. */
export const transformRng = (seed: string, sample_id: string): Rng => rngOf(seed, `transform-${sample_id}`)

const tell = (mistakes: ReadonlyArray<Mistake>): string => mistakes.map(({ path, message }) => [...path, message].join(" ")).join("; ")

const must = <A>(what: string, selected: Selected<A>): A =>
  selected.ok ? selected.value : breakLaw(what, "a value", `refused: ${tell(selected.mistakes)}`)

type Named = { readonly name: string; readonly min: number; readonly max: number }

const within = (value: number, { min, max }: { readonly min: number; readonly max: number }): boolean => value >= min && value <= max

const rowFault = (values: ReadonlyArray<number>, features: ReadonlyArray<Named>): string | undefined => {
  if (values.length % features.length !== 0) return `${values.length} numbers for ${features.length} names`
  const at = values.findIndex((value, index) => {
    const feature = features[index % features.length]
    return feature === undefined || !within(value, feature)
  })
  if (at < 0) return undefined
  const { name, min, max } = features[at % features.length] ?? { name: "?", min: 0, max: 0 }
  return `${showValue(values[at])} for "${name}", which goes from ${min} to ${max}`
}

const imageFault = (shape: SampleShape & { readonly kind: "image" }, { payload, coordinate_frame }: IRSample): string | undefined => {
  const size = imageSize(coordinate_frame)
  if (size === undefined) return "no coordinate frame of a picture"
  for (const side of ["width", "height", "channels"] as const)
    if (!within(size[side], { min: shape[side][0], max: shape[side][1] })) return `a ${side} of ${size[side]}`
  const values = size.width * size.height * size.channels
  if (shape.values === "float") {
    if (!("tabular" in payload)) return "no payload tabular"
    return payload.tabular.length === values && payload.tabular.every(Number.isFinite) ? undefined : `${payload.tabular.length} values`
  }
  if (!("bytes" in payload)) return "no payload bytes"
  return shape.values === "encoded" || payload.bytes.length === values ? undefined : `${payload.bytes.length} bytes`
}

/** Why a sample is not of a shape; undefined when it is. A custom shape is known to its own plugins alone. */
const shapeFault = (shape: SampleShape, sample: IRSample): string | undefined => {
  const { payload } = sample
  if (shape.kind === "custom") return undefined
  if (shape.kind === "image") return imageFault(shape, sample)
  if (shape.kind === "tabular") {
    if (!("tabular" in payload)) return "no payload tabular"
    return payload.tabular.length === shape.features.length
      ? rowFault(payload.tabular, shape.features)
      : `${payload.tabular.length} numbers`
  }
  if (shape.kind === "text") {
    if (!("text" in payload)) return "no payload text"
    const length = Array.from(payload.text).length
    return within(length, { min: shape.length[0], max: shape.length[1] }) ? undefined : `${length} characters`
  }
  if (!("time_series" in payload)) return "no payload time_series"
  const { samples, channel_ids, sample_rate_hz } = payload.time_series
  if (canonical(channel_ids) !== canonical(shape.channels.map(({ name }) => name))) return `the channels ${channel_ids.join(", ")}`
  if (sample_rate_hz !== shape.sample_rate_hz) return `a rate of ${sample_rate_hz} Hz`
  const length = samples.length / shape.channels.length
  if (!within(length, { min: shape.length[0], max: shape.length[1] })) return `${length} points in time`
  return rowFault(samples, shape.channels)
}

const identityOf = ({ sample_id, dataset_version_id, split, output_type }: IRSample) => ({
  sample_id,
  dataset_version_id,
  split,
  output_type
})

const essenceOf = ({ payload, target, coordinate_frame }: IRSample) => ({ payload, target, coordinate_frame })

const foreignShape: SampleShape = { kind: "custom", type: "@feagi-trainer/conformance#nothing", detail: null }

const foreign = (sample: IRSample): IRSample => ({
  ...sample,
  payload: { ref: { sha256: "0".repeat(64), media_type: "application/octet-stream", bytes: 0n } }
})

/** The laws for this operation under these options, on these samples. Samples are the author's; chance is drawn from `seed`. */
export const transformLaws = <Options, Fitted>(subject: TransformSubject<Options, Fitted>): ReadonlyArray<Law> => {
  const { transform, shape, samples } = subject
  const { fit } = transform
  const seed = subject.seed ?? suiteSeed
  const training = subject.training ?? samples
  const options = (): Options => decodedOptions(transform.decodeOptions, subject.options)
  const learn = (from: ReadonlyArray<IRSample>): Selected<Fitted> => {
    // An operation without `fit` has nothing fitted: its `Fitted` is undefined.
    if (fit === undefined) return { ok: true, value: undefined as Fitted }
    const fold = must("fit()", fit(options(), shape))
    for (const sample of from) fold.add(sample)
    return fold.result()
  }
  const fitted = (): Fitted => must("the fold of fit() after the training samples", learn(training))
  const context = (value = fitted()) => ({ options: options(), shape, fitted: value })
  const shapeOf = (given = context()) => must("shape()", transform.shape(given))
  const apply = async (sample: IRSample, given = context(), from = seed): Promise<IRSample> => {
    const came = await Effect.runPromise(Effect.result(transform.apply(given, sample, transformRng(from, sample.sample_id))))
    if (came._tag === "Success") return came.success
    return breakLaw(`apply() to the sample "${sample.sample_id}"`, "a sample", `an error: ${came.failure.message}`)
  }
  const applyAll = async (list: ReadonlyArray<IRSample>, given = context(), from = seed) => {
    const came: Array<IRSample> = []
    for (const sample of list) came.push(await apply(sample, given, from))
    return came
  }

  const always: ReadonlyArray<Law> = [
    optionsLaw(transform.decodeOptions, subject.options),
    {
      name: "the version is an integer from 1",
      check: () => {
        if (!Number.isSafeInteger(transform.version) || transform.version < 1)
          breakLaw("version", "an integer from 1", showValue(transform.version))
      }
    },
    {
      name: "the shape that comes out is plain data, the same every time",
      check: () => {
        const first = shapeOf()
        plain("shape()", first)
        expectSame("shape(), asked twice", first, shapeOf())
      }
    },
    {
      name: "every sample comes out in the declared shape",
      check: async () => {
        const declared = shapeOf()
        for (const sample of samples) {
          const fault = shapeFault(declared, await apply(sample))
          if (fault !== undefined)
            breakLaw(`apply() to the sample "${sample.sample_id}"`, `a sample of the shape ${canonical(declared)}`, fault)
        }
      }
    },
    {
      name: "id, dataset, split and output type of a sample stay as they are",
      check: async () => {
        for (const sample of samples)
          expectSame(`what the sample "${sample.sample_id}" is known by`, identityOf(sample), identityOf(await apply(sample)))
      }
    },
    {
      name: "the same sample and chance give the same bytes, whatever was applied before",
      check: async () => {
        const given = context()
        const first = await applyAll(samples, given)
        const second = await applyAll([...samples].reverse(), given)
        expectSame("apply() to all samples, in one order and in the other", first, second.reverse())
      }
    },
    {
      name: "options, shape, fitted value and samples are left as they are",
      check: async () => {
        const given = context()
        const before = structuredClone({ given, samples, training })
        shapeOf(given)
        await applyAll(samples, given)
        expectSame("what was handed to shape() and apply()", before, { given, samples, training })
      }
    },
    {
      name: "a sample of another kind is refused, not guessed",
      check: async () => {
        const [sample] = samples
        if (sample === undefined) return breakLaw("samples", "at least two", "none")
        const what = "apply() to a sample whose payload is a reference"
        const other = foreign(sample)
        const exit = await Effect.runPromise(
          Effect.suspend(() => transform.apply(context(), other, transformRng(seed, other.sample_id))).pipe(
            Effect.catchDefect((defect) => Effect.sync(() => breakLaw(what, "a TrainerError", `thrown: ${messageOf(defect)}`))),
            Effect.result
          )
        )
        if (exit._tag === "Success" || !(exit.failure instanceof TrainerError))
          breakLaw(what, "a TrainerError", exit._tag === "Success" ? "a sample" : showValue(exit.failure))
      }
    },
    {
      name: "a shape of another kind is refused, not guessed",
      check: () => {
        const came = transform.shape({ ...context(), shape: foreignShape })
        if (came.ok || came.mistakes.length === 0) breakLaw("shape() of a custom shape", "{ok: false, mistakes}", showValue(came))
      }
    }
  ]

  const ofPhase: ReadonlyArray<Law> =
    transform.phases === "all"
      ? [
          {
            name: "what every sample goes through does not depend on chance",
            check: async () =>
              expectSame(
                "apply() to all samples, with one stream and with another",
                await applyAll(samples),
                await applyAll(samples, context(), `${seed}-other`)
              )
          }
        ]
      : [
          {
            name: "an augmentation leaves the shape as it is",
            check: () => expectSame("shape()", shape, shapeOf())
          },
          {
            name: "an augmentation draws from the chance that it is handed",
            check: async () => {
              const given = context()
              const drawn = await Promise.all(Array.from({ length: 8 }, (_, index) => applyAll(samples, given, `${seed}-${index}`)))
              const other = drawn.find((each) => canonical(each) !== canonical(drawn[0])) ?? drawn[0]
              expectDifferent("apply() to all samples, with eight streams", "other bytes for one of them", drawn[0], other)
            }
          }
        ]

  const ofFit: ReadonlyArray<Law> =
    fit === undefined
      ? []
      : [
          {
            name: "what fit learnt is plain JSON and gives the same after a round trip",
            check: async () => {
              const value = fitted()
              plain("the fitted value", value)
              const back = JSON.parse(JSON.stringify(value)) as Fitted
              expectSame(
                "shape() and apply() with what fit() learnt, through JSON",
                { shape: shapeOf(context(value)), samples: await applyAll(samples, context(value)) },
                { shape: shapeOf(context(back)), samples: await applyAll(samples, context(back)) }
              )
            }
          },
          { name: "fit learns the same from the same samples", check: () => expectSame("fit(), called twice", fitted(), fitted()) },
          {
            name: "nothing to learn from is refused, not guessed",
            check: () => {
              const came = learn([])
              if (came.ok) breakLaw("fit() of no sample", "{ok: false, mistakes}", showValue(came.value))
            }
          }
        ]

  return [
    ...always,
    ...ofPhase,
    ...ofFit,
    ...(subject.golden ?? []).map(
      ({ sample_id, seed: from, output }): Law => ({
        name: `equals its golden output: sample ${JSON.stringify(sample_id)}, seed ${JSON.stringify(from)}`,
        check: async () => {
          const sample = samples.find((each) => each.sample_id === sample_id)
          if (sample === undefined) return breakLaw("the golden output", "one of the samples", sample_id)
          // Through canonical text: a golden file knows lists where a sample has bytes.
          expectSame("apply()", JSON.parse(canonical(output)), JSON.parse(canonical(essenceOf(await apply(sample, context(), from)))))
        }
      })
    ),
    ...entryLaw(transform, subject.manifest)
  ]
}
