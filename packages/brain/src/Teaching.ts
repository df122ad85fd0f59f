/**
 * Whether a reward policy, a decoder and a brain fit together, as far as it can be known before anything is learnt: what is judged, what is
 * taught, where answers and targets lie, and which affects there are.
 *
 * Sharp edge: a policy that teaches may teach any target of the training part, so that all of them are tried on the decoder. What a policy
 * teaches besides them, it answers for itself.
 */
import {
  type AffectChannel,
  type AffectUse,
  type AnswerFrame,
  type DecoderContext,
  type Diagnostic,
  didYouMean,
  type IRSample,
  imageSize,
  type LearnerPlanRequest,
  type Mistake,
  mistakeDiagnostic,
  type RewardPolicy,
  type Selected,
  showValue
} from "@feagi-trainer/contracts"
import { canonical } from "@feagi-trainer/determinism"
import type { Part, Parts } from "./Parts.ts"

const DECODER = "learner.binding.decoder.options"
const REWARD = "learner.reward.options"

/** What cannot be right whatever brain grows: the policy judges other things, or teaches through a decoder that cannot. */
export const misfits = (
  { reward, decoder }: Pick<Parts, "reward" | "decoder">,
  { experience, output_type }: Pick<LearnerPlanRequest, "experience" | "output_type">
): ReadonlyArray<Diagnostic> => {
  const kinds = reward.entry.experience
  const types = reward.manifest.provides.output_types
  const found: Array<Diagnostic> = []
  if (!kinds.includes(experience))
    found.push({
      code: "FT2018",
      severity: "error",
      field: "learner.reward.plugin",
      message: `reward policy ${reward.ref.id} cannot judge what this run learns from`,
      expected: `a policy that judges outcomes of kind "${experience}"`,
      actual: `kinds ${kinds.map((kind) => `"${kind}"`).join(", ")}`,
      help: "see  feagi-trainer plugin ls --kind reward"
    })
  // A manifest that does not say what it judges says nothing against it.
  if (Array.isArray(types) && !types.some((each) => canonical(each) === canonical(output_type)))
    found.push({
      code: "FT2022",
      severity: "error",
      field: "learner.reward.plugin",
      message: `reward policy ${reward.ref.id} does not judge the output type of the dataset`,
      expected: types.map(textOf).join(" or "),
      actual: textOf(output_type),
      help: "see  feagi-trainer plugin ls --kind reward"
    })
  if (reward.entry.teaches(reward.options))
    for (const mistake of decoder.entry.cannotTeach(decoder.options))
      found.push({
        ...mistakeDiagnostic(DECODER, mistake),
        code: "FT2020",
        message: `reward policy ${reward.ref.id} teaches, and decoder ${decoder.ref.id} cannot: ${mistake.message}`,
        help: "choose a policy or options of it that do not teach, or another decoder"
      })
  return found
}

const textOf = (type: unknown): string => (typeof type === "string" ? type : showValue(type))

/** What is looked for in the samples of the training part while they go by. */
export interface SampleCheck {
  readonly add: (sample: IRSample) => void
  readonly findings: () => ReadonlyArray<Diagnostic>
}

/** The first of them and how many there are. */
const counter = <A>() => {
  let first: { readonly sample_id: string; readonly fact: A } | undefined
  let count = 0
  return {
    add: (sample_id: string, fact: A) => {
      first ??= { sample_id, fact }
      count += 1
    },
    first: () => first,
    of: (what: string) => (count === 1 ? `the ${what} of a training sample` : `the ${what}s of ${count} training samples`)
  }
}

const frameText = ({ frame_id, width, height }: Pick<AnswerFrame, "frame_id"> & Partial<AnswerFrame>): string =>
  width === undefined || height === undefined ? frame_id : `${frame_id}, ${width} x ${height}`

/**
 * Targets that the decoder cannot teach, where the policy teaches; and samples with another coordinate frame than the answers have, whose
 * targets lie elsewhere. A sample without a frame says nothing. Nothing is looked for where the decoder does not answer this dataset at all.
 */
export const checkSamples = ({ reward, decoder }: Pick<Parts, "reward" | "decoder">, context: DecoderContext): SampleCheck => {
  const answers = decoder.entry.select(decoder.options, context).ok
  const taught = answers && reward.entry.teaches(reward.options)
  const frames = answers ? (decoder.entry.frames?.(decoder.options, context) ?? []) : []
  const refused = counter<ReadonlyArray<Mistake>>()
  const elsewhere = counter<{ readonly answer: AnswerFrame; readonly sample: string }>()
  return {
    add: ({ sample_id, target, coordinate_frame }) => {
      const size = imageSize(coordinate_frame)
      const other = frames.find(
        (answer) =>
          coordinate_frame !== null &&
          (coordinate_frame.frame_id !== answer.frame_id || size?.width !== answer.width || size.height !== answer.height)
      )
      if (other !== undefined && coordinate_frame !== null)
        elsewhere.add(sample_id, { answer: other, sample: frameText({ frame_id: coordinate_frame.frame_id, ...size }) })
      if (!taught || target === null) return
      const written = attempt(() => decoder.entry.write(decoder.options, context, target))
      if (!written.ok) refused.add(sample_id, written.mistakes)
    },
    findings: () => {
      const found: Array<Diagnostic> = []
      const frame = elsewhere.first()
      if (frame !== undefined)
        found.push({
          code: "FT2023",
          severity: "error",
          field: DECODER,
          sample_id: frame.sample_id,
          message: `decoder ${decoder.ref.id} answers in another coordinate frame than ${elsewhere.of("target")}`,
          expected: frame.fact.sample,
          actual: frameText(frame.fact.answer),
          help: "give the decoder the frame of the samples, or put a transform before it that brings them into its own, such as image-resize"
        })
      const untaught = refused.first()
      for (const mistake of untaught?.fact ?? [])
        found.push({
          // The path of such a mistake leads into the target and not into the options.
          ...mistakeDiagnostic("", { ...mistake, path: [] }),
          code: "FT2021",
          field: DECODER,
          sample_id: untaught?.sample_id ?? "",
          message: `reward policy ${reward.ref.id} teaches, and decoder ${decoder.ref.id} cannot teach ${refused.of("target")}: ${[
            ...mistake.path,
            mistake.message
          ].join(" ")}`,
          help: "give the decoder options that fit the targets, or choose a policy or options of it that do not teach"
        })
      return found
    }
  }
}

/** A decoder that throws cannot teach the target either. */
const attempt = (write: () => Selected<unknown>): Selected<unknown> => {
  try {
    return write()
  } catch (error) {
    const message = `it failed: ${error instanceof Error ? error.message : String(error)}`
    return { ok: false, mistakes: [{ path: [], problem: "invalid", message }] }
  }
}

/** Affects of the policy that this brain does not have, or cannot give in every strength that the policy uses. */
export const affectFaults = (
  { entry, options }: Pick<Part<RewardPolicy>, "entry" | "options">,
  channels: ReadonlyArray<AffectChannel>
): ReadonlyArray<Diagnostic> =>
  entry.channels(options).flatMap((use): ReadonlyArray<Diagnostic> => {
    const found = channels.find(({ name }) => name === use.channel)
    const field = [REWARD, ...use.path].join(".")
    if (found === undefined) return [unknownChannel(use, channels, field)]
    const fits = found.graded ? use.limit <= found.limit : use.least === found.limit && use.limit === found.limit
    return fits ? [] : [wrongMagnitude(use, found, field)]
  })

const unknownChannel = ({ channel }: AffectUse, channels: ReadonlyArray<AffectChannel>, field: string): Diagnostic => {
  const names = channels.map(({ name }) => name)
  const near = didYouMean(channel, names)
  return {
    code: "FT2010",
    severity: "error",
    field,
    message: `the reward policy uses the affect channel "${channel}", which the genome does not have`,
    expected: names.length === 0 ? "a genome with reward modulators" : `one of ${names.join(", ")}`,
    ...(near === undefined ? {} : { help: `did you mean "${near}"?` })
  }
}

const wrongMagnitude = ({ channel, least, limit }: AffectUse, found: AffectChannel, field: string): Diagnostic => ({
  code: "FT2019",
  severity: "error",
  field,
  message: `the reward policy uses the affect channel "${channel}" with a magnitude that the brain cannot give`,
  expected: found.graded
    ? `a magnitude above 0 and at most ${found.limit}`
    : `the magnitude ${found.limit}: the modulator is not graded and has one strength`,
  actual: least === limit ? String(limit) : least === 0 ? `anything above 0 up to ${limit}` : `anything from ${least} to ${limit}`,
  help: found.graded
    ? `write a magnitude of at most ${found.limit}`
    : `write the magnitude ${found.limit}${least === limit ? "" : " and options under which nothing less is given"}, or make the modulator "${channel}" graded in the genome`
})
