/**
 * Encoder and decoder: the two sides of the coder axis.
 *
 * A plugin selects which of FEAGI's own coders is used, with which properties, on which cortical area, and translates between a
 * typed sample and plain channel values. It never sees a voxel: the backend runs the coder.
 */
import type { Mistake } from "../error/decodeStrict.ts"
import type { CoderBinding, IRSample, OutputType, TypedTarget } from "../wire/index.ts"
import type { ClassLabel, SampleShape } from "./Adapter.ts"
import type { SampleFold } from "./Fold.ts"
import type { OptionsDecoder } from "./Options.ts"
import type { Answer } from "./Scored.ts"

/** A value for one channel: a number, or as many numbers as the channel has elements. A picture's bytes may be given as they are. */
export type CoderValue = number | ArrayLike<number>

/** What one channel was read as. `silent` says that none of its voxels fired: there is no value then. */
export interface CoderReading {
  readonly silent: boolean
  readonly value: CoderValue
}

/** One coder on one cortical area, as far as a backend has to know it. */
export interface CoderSelection {
  readonly direction: "input" | "output"
  /** As it stands in documents: io type, coder, area, JSON properties. */
  readonly binding: CoderBinding
  readonly channels: number
  /** Voxels of one channel: width (x), height (y), depth (z). */
  readonly channel_dimensions: readonly [number, number, number]
}

/** Which code carries a value: part of what makes two results comparable. */
export interface SchemeIdentity {
  readonly scheme: string
  readonly version: string
  readonly bins: number | null
  readonly spacing: string | null
}

export type Selected<A> = { readonly ok: true; readonly value: A } | { readonly ok: false; readonly mistakes: ReadonlyArray<Mistake> }

export interface EncoderContext<Fitted> {
  readonly shape: SampleShape
  readonly fitted: Fitted
}

/** `Fitted` is what was learnt from the training split alone (a range per feature, say). It is plain JSON and is pinned in the plan. */
export interface Encoder<Options = unknown, Fitted = unknown> {
  readonly kind: "encoder"
  readonly spec: 1
  readonly id: string
  readonly decodeOptions: OptionsDecoder<Options>
  /** The fold sees the training samples only, in the order of the split. */
  readonly fit: (options: Options, shape: SampleShape) => Selected<SampleFold<Fitted>>
  readonly select: (options: Options, context: EncoderContext<Fitted>) => Selected<ReadonlyArray<CoderSelection>>
  readonly identity: (options: Options) => SchemeIdentity
  /** Values of all channels of all selections, in order, every time. Refuses what it would have to guess. */
  readonly values: (options: Options, context: EncoderContext<Fitted>, sample: IRSample) => Selected<ReadonlyArray<CoderValue>>
}

export interface DecoderContext {
  /** Of the samples that are answered: a mask has the size of its picture. */
  readonly shape: SampleShape
  readonly output_type: OutputType
  readonly classes: ReadonlyArray<ClassLabel>
}

/** Where positions of an answer are to be read: the frame by its id (see `imageFrame`), and its size in the frame's unit. */
export interface AnswerFrame {
  readonly frame_id: string
  readonly width: number
  readonly height: number
}

export interface Decoder<Options = unknown> {
  readonly kind: "decoder"
  readonly spec: 1
  readonly id: string
  readonly decodeOptions: OptionsDecoder<Options>
  readonly select: (options: Options, context: DecoderContext) => Selected<ReadonlyArray<CoderSelection>>
  /**
   * The coordinate frames of its answers, asked after `select` held. The plan refuses samples with another one, whose targets would be
   * compared with answers of another place. Left out where an answer has no position.
   */
  readonly frames?: (options: Options, context: DecoderContext) => ReadonlyArray<AnswerFrame>
  /** Silence is an abstention, never class 0. */
  readonly read: (
    options: Options,
    context: DecoderContext,
    readings: ReadonlyArray<CoderReading>
  ) => { readonly answer: Answer; readonly scores?: ReadonlyArray<number> }
  /** Why no target at all can be taught under these options; nothing where `write` can force one. Asked at the plan. */
  readonly cannotTeach: (options: Options) => ReadonlyArray<Mistake>
  /** What the output channels would read had the brain given this answer: the values a teacher forces. */
  readonly write: (options: Options, context: DecoderContext, target: TypedTarget) => Selected<ReadonlyArray<CoderValue>>
}

const defineEncoder = <Options, Fitted>(encoder: Omit<Encoder<Options, Fitted>, "kind" | "spec">): Encoder<Options, Fitted> => ({
  kind: "encoder",
  spec: 1,
  ...encoder
})
export const Encoder = { define: defineEncoder, async: defineEncoder }

const defineDecoder = <Options>(decoder: Omit<Decoder<Options>, "kind" | "spec">): Decoder<Options> => ({
  kind: "decoder",
  spec: 1,
  ...decoder
})
export const Decoder = { define: defineDecoder, async: defineDecoder }
