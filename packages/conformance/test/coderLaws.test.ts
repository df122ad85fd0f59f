/** A sound encoder and decoder, and ones that are broken for each law. */
import {
  type CoderReading,
  type CoderSelection,
  type CoderValue,
  Decoder,
  Encoder,
  type IRSample,
  optionsFrom,
  type SampleShape,
  type TypedTarget
} from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { type DecoderSubject, decoderLaws, type EncoderSubject, encoderLaws } from "../src/index.ts"
import { entryOf, proveRed } from "./proveRed.ts"
import { tabular } from "./samples.ts"

const Options = Schema.Struct({ mode: Schema.Literal("plain") })
type Options = typeof Options.Type
const options: Options = { mode: "plain" }
const selection = (direction: "input" | "output", channels: number): CoderSelection => ({
  direction,
  binding: { io_type: "percentage", coder_id: "plain", cortical_area_id: "area", properties: {} },
  channels,
  channel_dimensions: [1, 1, 10]
})
const refused = (message: string) => ({ ok: false as const, mistakes: [{ path: [], problem: "invalid" as const, message }] })
const stray = "options decode, and an unknown key is refused by name"
const manifestLaw = "the entry is what its manifest says"

const shape: SampleShape = { kind: "tabular", features: ["x", "y"].map((name) => ({ name, min: 0, max: 9 })) }

interface Fitted {
  readonly low: number
}
type PlainEncoder = Encoder<Options, Fitted>
const rowOf = (sample: IRSample): ReadonlyArray<number> | undefined => ("tabular" in sample.payload ? sample.payload.tabular : undefined)

/** Every feature minus the smallest one of the training split. */
const soundEncoder: PlainEncoder = Encoder.define({
  id: "plain",
  decodeOptions: optionsFrom(Options),
  fit: () => {
    let low = Number.POSITIVE_INFINITY
    return {
      ok: true,
      value: {
        add: (sample) => {
          low = Math.min(low, ...(rowOf(sample) ?? []))
        },
        result: () => ({ ok: true, value: { low } })
      }
    }
  },
  select: () => ({ ok: true, value: [selection("input", 2)] }),
  identity: () => ({ scheme: "plain", version: "1", bins: null, spacing: null }),
  values: (_, { fitted }, sample) => {
    const row = rowOf(sample)
    return row === undefined ? refused("expected a table") : { ok: true, value: row.map((value) => value - fitted.low) }
  }
})

const encoderSuite = (over: Partial<PlainEncoder>, more: Partial<EncoderSubject<Options, Fitted>> = {}) =>
  encoderLaws({
    options,
    shape,
    training: [tabular("a", [1, 2], 0), tabular("b", [3, 4], 1)],
    samples: [tabular("c", [5, 6], 0), tabular("d", [7, 8], 1)],
    manifest: entryOf("encoder", "plain"),
    ...more,
    encoder: { ...soundEncoder, ...over }
  })
const encoding =
  (over: (values: ReadonlyArray<CoderValue>, sample: IRSample) => ReadonlyArray<CoderValue>): PlainEncoder["values"] =>
  (given, context, sample) => {
    const values = soundEncoder.values(given, context, sample)
    return values.ok ? { ok: true, value: over(values.value, sample) } : values
  }

/** Learns this, whatever the samples are. */
const learning =
  (low: () => number): PlainEncoder["fit"] =>
  () => ({ ok: true, value: { add: () => {}, result: () => ({ ok: true, value: { low: low() } }) } })

const sameCoders = "select gives the same coders every time"
const anew = "fit learns the same from the same samples, each time anew"
let fits = 0
let selects = 0
let seen = 0
let memory: { last: string; before: string } = { last: "", before: "" }

proveRed("encoderLaws", () => encoderSuite({}), [
  ["takes options that nobody declared", () => encoderSuite({ decodeOptions: () => ({ ok: true, value: options }) }), stray],
  [
    "selects an output coder",
    () => encoderSuite({ select: () => ({ ok: true, value: [selection("output", 2)] }) }),
    "select gives input coders with channels and dimensions"
  ],
  [
    "leaves a channel out",
    () => encoderSuite({ values: encoding((values) => values.slice(1)) }),
    "every sample gives one value for each declared channel, every time"
  ],
  [
    "encodes what is no number",
    () => encoderSuite({ values: encoding((values) => values.map((value, channel) => (channel === 0 ? value : Number.NaN))) }),
    "every sample gives one value for each declared channel, every time"
  ],
  [
    "learns what JSON cannot say",
    () =>
      encoderSuite({
        fit: learning(() => Number.NEGATIVE_INFINITY),
        values: (given, context, sample) =>
          soundEncoder.values(given, { ...context, fitted: { low: context.fitted.low === null ? 1 : 0 } }, sample)
      }),
    "what fit learnt is plain JSON and encodes the same after a round trip"
  ],
  [
    "remembers the sample before",
    () =>
      encoderSuite({
        fit: (...given) => {
          memory = { last: "", before: "" }
          return soundEncoder.fit(...given)
        },
        values: encoding((values, sample) => {
          const row = String(rowOf(sample))
          if (memory.last !== row) memory = { last: row, before: memory.last }
          return values.map((value) => Number(value) + memory.before.length)
        })
      }),
    "the same sample gives the same values, whatever was encoded before"
  ],
  [
    "numbers its coders anew each time",
    () =>
      encoderSuite({
        select: () => {
          const plain = selection("input", 2)
          return { ok: true, value: [{ ...plain, binding: { ...plain.binding, properties: { number: ++selects } } }] }
        }
      }),
    sameCoders
  ],
  [
    "encodes nothing of what it sees",
    () => encoderSuite({ values: encoding((values) => values.map(() => 1)) }),
    "samples that differ are not all encoded alike"
  ],
  [
    "has a number more in one sample than in the other",
    () =>
      encoderSuite({
        values: encoding((values, { sample_id }) => (sample_id.startsWith("c") ? values : values.map((value) => [Number(value), 0])))
      }),
    "every sample gives one value for each declared channel, every time"
  ],
  [
    "whispers the class of a sample",
    () =>
      encoderSuite({
        values: encoding((values, { target }) =>
          values.map((value) => Number(value) + (target !== null && "class" in target ? target.class.class_id : 0))
        )
      }),
    "neither the target nor the id of a sample reaches its values"
  ],
  [
    "whispers the id of a sample",
    () => encoderSuite({ values: encoding((values, { sample_id }) => values.map((value) => Number(value) + sample_id.length)) }),
    "neither the target nor the id of a sample reaches its values"
  ],
  ["learns how often it learnt", () => encoderSuite({ fit: learning(() => ++fits) }), anew],
  [
    "has one fold for all who ask",
    () => {
      let sum = 0
      const add = (sample: IRSample) => {
        sum += rowOf(sample)?.[0] ?? 0
      }
      return encoderSuite({
        fit: () => {
          sum = 0
          return { ok: true, value: { add, result: () => ({ ok: true, value: { low: sum } }) } }
        }
      })
    },
    anew
  ],
  [
    "marks the samples that it has seen",
    () =>
      encoderSuite({
        values: encoding((values, sample) => {
          Object.assign(sample.metadata, { seen: ++seen })
          return values
        })
      }),
    "samples, shape and fitted value are left as they are"
  ],
  [
    "encodes a sample that it cannot read as zeros",
    () =>
      encoderSuite({
        values: (given, context, sample) =>
          rowOf(sample) === undefined ? { ok: true, value: [0, 0] } : soundEncoder.values(given, context, sample)
      }),
    "a sample of another kind is refused, not guessed"
  ],
  [
    "has a scheme without a name",
    () => encoderSuite({ identity: () => ({ scheme: "", version: "1", bins: null, spacing: null }) }),
    "the scheme has a name and is the same every time"
  ],
  ["is not what its manifest says", () => encoderSuite({}, { manifest: entryOf("encoder", "other") }), manifestLaw]
])

type PlainDecoder = Decoder<Options>
const classes = ["ant", "bee", "cat"].map((label, class_id) => ({ class_id, label }))
const classTarget = (class_id: number): TypedTarget => ({ class: { class_id, label: null } })
const oneHot = (at: number) => [0, 1, 2].map((index) => (index === at ? 1 : 0))

/** One channel for each class; the strongest one that is not silent wins. */
const soundDecoder: PlainDecoder = Decoder.define({
  id: "winner",
  decodeOptions: optionsFrom(Options),
  select: () => ({ ok: true, value: [selection("output", 3)] }),
  read: (_, __, readings) => {
    const scores = [0, 1, 2].map((index) => (readings[index]?.silent === false ? Number(readings[index]?.value) : 0))
    if (readings.every(({ silent }) => silent)) return { answer: { abstain: { reason: "silent" } }, scores }
    return { answer: { class: { class_id: scores.indexOf(Math.max(...scores)), scores } }, scores }
  },
  cannotTeach: () => [],
  write: (_, __, target) =>
    "class" in target && target.class.class_id < 3
      ? { ok: true, value: oneHot(target.class.class_id) }
      : refused("expected a class of three")
})

const decoderSuite = (over: Partial<PlainDecoder>, more: Partial<DecoderSubject<Options>> = {}) =>
  decoderLaws({
    options,
    context: { shape, output_type: "class", classes },
    targets: [0, 1, 2].map(classTarget),
    manifest: entryOf("decoder", "winner"),
    ...more,
    decoder: { ...soundDecoder, ...over }
  })
const readingAs = (
  over: (output: ReturnType<PlainDecoder["read"]>, readings: ReadonlyArray<CoderReading>) => ReturnType<PlainDecoder["read"]>
) => decoderSuite({ read: (given, context, readings) => over(soundDecoder.read(given, context, readings), readings) })

const honestDecoder = "whether anything can be taught is what cannotTeach() declares"
let reads = 0

proveRed("decoderLaws", () => decoderSuite({}), [
  ["takes options that nobody declared", () => decoderSuite({ decodeOptions: () => ({ ok: true, value: options }) }), stray],
  [
    "selects channels without depth",
    () => decoderSuite({ select: () => ({ ok: true, value: [{ ...selection("output", 3), channel_dimensions: [1, 1, 0] }] }) }),
    "select gives output coders with channels and dimensions"
  ],
  [
    "reads silence as class 0",
    () =>
      readingAs((output, readings) =>
        readings.every(({ silent }) => silent) ? { ...output, answer: { class: { class_id: 0, scores: [] } } } : output
      ),
    "silence is an abstention, whatever values stand beside it"
  ],
  [
    "says that it cannot teach, and can",
    () => decoderSuite({ cannotTeach: () => [{ path: [], problem: "invalid", message: "no" }] }),
    honestDecoder
  ],
  ["does not say that it cannot teach", () => decoderSuite({ write: () => refused("never") }), honestDecoder],
  [
    "writes one channel too many",
    () =>
      decoderSuite({
        write: (given, context, target) => {
          const values = soundDecoder.write(given, context, target)
          return values.ok ? { ok: true, value: [...values.value, 0] } : values
        }
      }),
    "a target that can be written fills every declared channel"
  ],
  [
    "writes the class beside",
    () =>
      decoderSuite({
        write: (given, context, target) =>
          soundDecoder.write(
            given,
            context,
            "class" in target && target.class.class_id < 3 ? classTarget((target.class.class_id + 1) % 3) : target
          )
      }),
    "what is written is read as what it was"
  ],
  [
    "scores by how often it read",
    // Whoever writes makes it forget, so that two readings that follow upon a writing are read alike.
    () =>
      decoderSuite({
        write: (...given) => {
          reads = 0
          return soundDecoder.write(...given)
        },
        read: (...given) => ({ ...soundDecoder.read(...given), scores: [++reads < 4 ? 1 : 2, 0, 0].map((_, __, all) => all[0] ?? 0) })
      }),
    "the same readings give the same answer, whatever was read before"
  ],
  [
    "writes zeros for a target that it does not know",
    () =>
      decoderSuite({
        write: (given, context, target) => ("class" in target ? soundDecoder.write(given, context, target) : { ok: true, value: [0, 0, 0] })
      }),
    "a target of another type is refused, not guessed"
  ],
  [
    "numbers its coders anew each time",
    () =>
      decoderSuite({
        select: () => {
          const plain = selection("output", 3)
          return { ok: true, value: [{ ...plain, binding: { ...plain.binding, properties: { number: ++selects } } }] }
        }
      }),
    sameCoders
  ],
  [
    "answers with a number where a class was asked for",
    () =>
      readingAs((output) =>
        "class" in output.answer && output.scores?.every((score) => score > 0) ? { ...output, answer: { scalar: 1 } } : output
      ),
    "every answer is of the output type, and a class is a declared one"
  ],
  [
    "prefers the class that stands first",
    () =>
      readingAs((output, readings) => {
        const scores = readings.map(({ silent, value }, index) => (silent ? 0 : Number(value) + (index === 0 ? 0.5 : 0)))
        return "class" in output.answer && readings.every(({ silent }) => !silent)
          ? { answer: { class: { class_id: scores.indexOf(Math.max(...scores)), scores } }, scores }
          : output
      }),
    "classes are treated alike: permuted readings give the permuted answer"
  ],
  [
    "teaches a class that nobody declared as the last one",
    () =>
      decoderSuite({
        write: (given, context, target) =>
          soundDecoder.write(given, context, "class" in target ? classTarget(Math.min(target.class.class_id, 2)) : target)
      }),
    "a class that was not declared cannot be taught"
  ],
  [
    "leaves a score out",
    () => readingAs((output) => ({ ...output, scores: [0, 0] })),
    "scores, where there are any, are one finite number for each class"
  ],
  ["is not what its manifest says", () => decoderSuite({}, { manifest: entryOf("decoder", "other") }), manifestLaw]
])
