/**
 * The sensory half of a brain without the brain: the encoder of a run file, fitted on its training samples, on the backend's own coders.
 *
 * Nothing develops and nothing fires, so that the voxels of a sample can be looked at, and a code can be measured, before there is a
 * run. Everything is chosen as `brainFamily` chooses it.
 */
import {
  type BrainBackend,
  type ClassLabel,
  type CoderSelection,
  type CoderValue,
  type Decoder,
  type DecoderContext,
  type Diagnostic,
  decodeStrict,
  type Encoder,
  type EntryLookup,
  type IRSample,
  type Mistake,
  mistakeDiagnostic,
  type OutputType,
  type SampleShape,
  type SchemeIdentity,
  type Selected,
  type TrainerError,
  type TypedTarget,
  trainerErrors,
  type Voxel
} from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { findPart, type Part } from "./Parts.ts"
import { Section } from "./Section.ts"

export interface BindingRequest {
  /** The `[learner]` table of a run file. */
  readonly section: Readonly<Record<string, unknown>>
  readonly shape: SampleShape
  readonly output_type: OutputType
  readonly classes: ReadonlyArray<ClassLabel>
  /** The training samples as the learner sees them: what the encoder is fitted on. */
  readonly training: Stream.Stream<IRSample, TrainerError>
  readonly lookup: EntryLookup
}

/** One channel of a selection, as the brain sees it. */
export interface InputChannel {
  /** Index into the channels of all selections. */
  readonly index: number
  /** Cortical id, base64. */
  readonly area: string
  /** Place among the channels of its area. */
  readonly channel: number
  /** First x and number of voxels along x in its area. */
  readonly from: number
  readonly width: number
  /** Index of the feature that it carries; null where the encoder does not say. */
  readonly feature: number | null
}

export interface OpenBinding {
  readonly encoder: { readonly id: string; readonly version: string; readonly identity: SchemeIdentity; readonly options: unknown }
  readonly decoder: { readonly id: string; readonly version: string }
  readonly backend: { readonly id: string; readonly version: string }
  readonly inputs: ReadonlyArray<CoderSelection>
  readonly outputs: ReadonlyArray<CoderSelection>
  readonly fitted: unknown
  readonly channels: ReadonlyArray<InputChannel>
  /** The channel values of a sample. */
  readonly values: (sample: IRSample) => Effect.Effect<ReadonlyArray<CoderValue>, TrainerError>
  readonly voxels: (values: ReadonlyArray<CoderValue>) => Effect.Effect<ReadonlyArray<Voxel>, TrainerError>
  /** What the output channels are forced to read when this target is taught. */
  readonly taught: (target: TypedTarget) => Selected<ReadonlyArray<CoderValue>>
}

export type BindingResult =
  | { readonly ok: true; readonly binding: OpenBinding }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

const refused = (diagnostics: ReadonlyArray<Diagnostic>): BindingResult => ({ ok: false, diagnostics })

const told = (base: string, mistakes: ReadonlyArray<Mistake>): ReadonlyArray<Diagnostic> =>
  mistakes.map((each) => mistakeDiagnostic(base, each))

interface Half {
  readonly backend: Part<BrainBackend>
  readonly encoder: Part<Encoder>
  readonly decoder: Part<Decoder>
}

const findHalf = Effect.fnUntraced(function* (section: Section, lookup: EntryLookup) {
  const backend = yield* findPart("brain-backend", "learner.backend", section.backend, lookup)
  const encoder = yield* findPart("encoder", "learner.binding.encoder", section.binding.encoder, lookup)
  const decoder = yield* findPart("decoder", "learner.binding.decoder", section.binding.decoder, lookup)
  const diagnostics = [backend, encoder, decoder].flatMap((each) => each.diagnostics)
  return backend.part === undefined || encoder.part === undefined || decoder.part === undefined
    ? { ok: false as const, diagnostics }
    : { ok: true as const, half: { backend: backend.part, encoder: encoder.part, decoder: decoder.part } satisfies Half }
})

/** `layout.channels_per_feature` of a selection: how its encoder says which channels carry which feature. */
const channelsPerFeature = ({ binding: { properties } }: CoderSelection): number | undefined => {
  if (typeof properties !== "object" || properties === null || !("layout" in properties)) return undefined
  const { layout } = properties as { readonly layout: unknown }
  if (typeof layout !== "object" || layout === null || !("channels_per_feature" in layout)) return undefined
  const { channels_per_feature: count } = layout
  return typeof count === "number" && Number.isInteger(count) && count > 0 ? count : undefined
}

/**
 * The channels of all selections in order. Features are told apart only where every selection says how many channels carry one and
 * the numbers add up: a wrong name would be worse than none.
 */
export const channelsOf = (inputs: ReadonlyArray<CoderSelection>, features: number | undefined): ReadonlyArray<InputChannel> => {
  const said = inputs.map(channelsPerFeature)
  const carried = inputs.reduce((sum, { channels }, at) => sum + channels / (said[at] ?? Number.NaN), 0)
  const known = features !== undefined && carried === features
  let index = 0
  let feature = 0
  return inputs.flatMap(({ binding, channels, channel_dimensions: [width] }, at) => {
    const each = said[at] ?? 1
    const first = feature
    feature += channels / each
    return Array.from(
      { length: channels },
      (_, channel): InputChannel => ({
        index: index++,
        area: binding.cortical_area_id,
        channel,
        from: channel * width,
        width,
        feature: known ? first + Math.floor(channel / each) : null
      })
    )
  })
}

/** The letters in a cortical id: a unit's code, or the name of a core area; the id itself where there are none. */
export const areaCode = (id: string): string => {
  const [code = ""] = /^[\x21-\x7e]+/.exec(atob(id)) ?? []
  return code === "" ? id : code
}

/** Names of the numbers of one sample, in their order; undefined where the shape is not one of numbers of one length. */
export const featureNames = (shape: SampleShape): ReadonlyArray<string> | undefined => {
  switch (shape.kind) {
    case "tabular":
      return shape.features.map(({ name }) => name)
    case "image": {
      const [width, height, channels] = [shape.width, shape.height, shape.channels].map(([least, most]) => (least === most ? least : 0))
      if (shape.values === "encoded" || !width || !height || !channels) return undefined
      return Array.from({ length: width * height * channels }, (_, at) => {
        const pixel = Math.floor(at / channels)
        return `y${Math.floor(pixel / width)}x${pixel % width}c${at % channels}`
      })
    }
    default:
      return undefined
  }
}

/** The numbers of one sample; undefined where its payload is none. */
export const featureValues = (sample: IRSample): ReadonlyArray<number> | undefined => {
  if ("tabular" in sample.payload) return sample.payload.tabular
  return "bytes" in sample.payload ? Array.from(sample.payload.bytes) : undefined
}

/** Opens the encoders of a run file; every mismatch at once. */
export const openBinding = Effect.fnUntraced(function* (
  request: BindingRequest
): Effect.fn.Return<BindingResult, TrainerError, Scope.Scope> {
  const decoded = decodeStrict(Section, request.section)
  if (!decoded.ok) return refused(told("learner", decoded.mistakes))
  const found = yield* findHalf(decoded.value, request.lookup)
  if (!found.ok) return refused(found.diagnostics)
  const { backend, encoder, decoder } = found.half
  const options = "learner.binding.encoder.options"
  const fold = encoder.entry.fit(encoder.options, request.shape)
  if (!fold.ok) return refused(told(options, fold.mistakes))
  yield* Stream.runForEach(request.training, (sample) => Effect.sync(() => fold.value.add(sample)))
  const fitted = fold.value.result()
  if (!fitted.ok) return refused(told(options, fitted.mistakes))
  const context = { shape: request.shape, fitted: fitted.value }
  const answers: DecoderContext = { shape: request.shape, output_type: request.output_type, classes: request.classes }
  const inputs = encoder.entry.select(encoder.options, context)
  const outputs = decoder.entry.select(decoder.options, answers)
  if (!inputs.ok || !outputs.ok)
    return refused([
      ...(inputs.ok ? [] : told(options, inputs.mistakes)),
      ...(outputs.ok ? [] : told("learner.binding.decoder.options", outputs.mistakes))
    ])
  const bench = yield* backend.entry.bench(inputs.value)
  return {
    ok: true,
    binding: {
      encoder: { ...encoder.ref, identity: encoder.entry.identity(encoder.options), options: encoder.written },
      decoder: decoder.ref,
      backend: backend.ref,
      inputs: inputs.value,
      outputs: outputs.value,
      fitted: fitted.value,
      channels: channelsOf(inputs.value, featureNames(request.shape)?.length),
      values: (sample) => {
        const values = encoder.entry.values(encoder.options, context, sample)
        return values.ok
          ? Effect.succeed(values.value)
          : Effect.fail(
              trainerErrors("failed", [
                ...told("", values.mistakes).map((each) => ({
                  ...each,
                  code: "FT3010",
                  message: `encoder ${encoder.ref.id} refuses the sample: ${each.message}`,
                  sample_id: sample.sample_id
                }))
              ])
            )
      },
      voxels: bench.voxels,
      taught: (target) => decoder.entry.write(decoder.options, answers, target)
    }
  }
})
