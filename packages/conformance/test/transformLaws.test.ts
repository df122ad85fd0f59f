/** A sound transform that fits and a sound augmentation, and ones that are broken for each law. */
import { type IRSample, optionsFrom, type SampleShape, Transform, trainerError } from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { describe, expect, it } from "vitest"
import { checkLaws, type TransformSubject, transformLaws } from "../src/index.ts"
import { entryOf, proveRed } from "./proveRed.ts"
import { tabular } from "./samples.ts"

const Options = Schema.Struct({ mode: Schema.Literal("plain") })
type Options = typeof Options.Type
const options: Options = { mode: "plain" }
const refused = (message: string) => ({ ok: false as const, mistakes: [{ path: [], problem: "invalid" as const, message }] })
const shape: SampleShape = { kind: "tabular", features: ["x", "y"].map((name) => ({ name, min: 0, max: 9 })) }
const samples = [tabular("c", [5, 6], 0), tabular("d", [7, 8], 1)]
const rowOf = (sample: IRSample): ReadonlyArray<number> | undefined => ("tabular" in sample.payload ? sample.payload.tabular : undefined)
const noRow = Effect.fail(trainerError("invalid", { code: "plain/NO-ROW", message: "expected a row" }))
const changed = (sample: IRSample, change: (row: ReadonlyArray<number>) => ReadonlyArray<number>) => {
  const row = rowOf(sample)
  return row === undefined ? noRow : Effect.succeed({ ...sample, payload: { tabular: change(row) } })
}

interface Fitted {
  readonly low: number
}
type Plain = Transform<Options, Fitted>

/** Every feature minus the smallest one that was learnt from. */
const sound: Plain = Transform.define({
  id: "plain",
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(Options),
  fit: () => {
    let low = Number.POSITIVE_INFINITY
    return {
      ok: true,
      value: {
        add: (sample) => {
          low = Math.min(low, ...(rowOf(sample) ?? []))
        },
        result: () => (Number.isFinite(low) ? { ok: true, value: { low } } : refused("nothing to learn from"))
      }
    }
  },
  shape: ({ shape: given, fitted }) =>
    given.kind === "tabular"
      ? {
          ok: true,
          value: {
            kind: "tabular",
            features: given.features.map(({ name, min, max }) => ({ name, min: min - fitted.low, max: max - fitted.low }))
          }
        }
      : refused("takes rows"),
  apply: ({ fitted }, sample) => changed(sample, (row) => row.map((value) => value - fitted.low))
})

const subject: TransformSubject<Options, Fitted> = {
  transform: sound,
  options,
  shape,
  training: [tabular("a", [1, 2], 0), tabular("b", [3, 4], 1)],
  samples,
  golden: [
    { sample_id: "d", seed: "golden", output: { payload: { tabular: [6, 7] }, target: samples[1]?.target, coordinate_frame: null } }
  ],
  manifest: entryOf("transform", "plain")
}
const suite = (over: Partial<Plain>, more: Partial<typeof subject> = {}) =>
  transformLaws({ ...subject, ...more, transform: { ...sound, ...over } })
/** Every sample after the sound one. */
const after =
  (change: (sample: IRSample) => IRSample): Plain["apply"] =>
  (context, sample, rng) =>
    Effect.map(sound.apply(context, sample, rng), change)
const withRow = (change: (row: ReadonlyArray<number>) => ReadonlyArray<number>) =>
  after((sample) => ({ ...sample, payload: { tabular: change(rowOf(sample) ?? []) } }))

let calls = 0
let fits = 0
let last = ""

proveRed("transformLaws", () => suite({}), [
  [
    "takes options that nobody declared",
    () => suite({ decodeOptions: () => ({ ok: true, value: options }) }),
    "options decode, and an unknown key is refused by name"
  ],
  ["has a version that is no number of a version", () => suite({ version: 0.5 }), "the version is an integer from 1"],
  [
    "declares another shape every time",
    () =>
      suite({
        shape: (context) =>
          context.shape.kind === "tabular"
            ? {
                ok: true,
                value: { kind: "tabular", features: context.shape.features.map(({ name }) => ({ name, min: -9, max: 9 + fits })) }
              }
            : refused("takes rows"),
        fit: (...given) => {
          fits += 1
          return sound.fit?.(...given) ?? refused("no fit")
        }
      }),
    "the shape that comes out is plain data, the same every time"
  ],
  ["adds a feature", () => suite({ apply: withRow((row) => [...row, 0]) }, { golden: [] }), "every sample comes out in the declared shape"],
  [
    "leaves the range that it declares",
    () => suite({ apply: withRow((row) => row.map((value) => value + 9)) }, { golden: [] }),
    "every sample comes out in the declared shape"
  ],
  [
    "calls a sample by another name",
    () => suite({ apply: after((sample) => ({ ...sample, sample_id: `${sample.sample_id}'` })) }),
    "id, dataset, split and output type of a sample stay as they are"
  ],
  [
    "remembers the sample before",
    () =>
      suite(
        {
          apply: (context, sample, rng) => {
            const again = last === sample.sample_id
            last = sample.sample_id
            return Effect.map(sound.apply(context, sample, rng), (came) => ({ ...came, metadata: { again } }))
          },
          fit: (...given) => {
            last = ""
            return sound.fit?.(...given) ?? refused("no fit")
          }
        },
        { golden: [] }
      ),
    "the same sample and chance give the same bytes, whatever was applied before"
  ],
  [
    "marks what it has seen",
    () =>
      suite(
        {
          apply: (context, sample, rng) => {
            const came = sound.apply(context, structuredClone(sample), rng)
            Object.assign(sample.metadata, { seen: ++calls })
            return Effect.map(came, (each) => ({ ...each, metadata: {} }))
          }
        },
        { samples: samples.map((each) => structuredClone(each)) }
      ),
    "options, shape, fitted value and samples are left as they are"
  ],
  [
    "takes a sample that it cannot read for zeros",
    () =>
      suite({
        apply: (context, sample, rng) => (rowOf(sample) === undefined ? Effect.succeed(sample) : sound.apply(context, sample, rng))
      }),
    "a sample of another kind is refused, not guessed"
  ],
  [
    "throws at a sample that it cannot read",
    () =>
      suite({
        apply: (context, sample, rng) => {
          if (rowOf(sample) === undefined) throw new Error("no row")
          return sound.apply(context, sample, rng)
        }
      }),
    "a sample of another kind is refused, not guessed"
  ],
  [
    "passes every other shape on",
    () => suite({ shape: (context) => (context.shape.kind === "custom" ? { ok: true, value: context.shape } : sound.shape(context)) }),
    "a shape of another kind is refused, not guessed"
  ],
  [
    "draws chance for samples that are measured",
    () =>
      suite({
        apply: (context, sample, rng) => after((each) => ({ ...each, metadata: { drawn: rng.below(1000) } }))(context, sample, rng)
      }),
    "what every sample goes through does not depend on chance"
  ],
  [
    "learns what JSON cannot say",
    () =>
      suite({
        fit: () => ({
          ok: true,
          value: (() => {
            let some = false
            return {
              add: () => {
                some = true
              },
              result: () => (some ? { ok: true as const, value: { low: -0 } } : refused("nothing to learn from"))
            }
          })()
        }),
        apply: ({ fitted }, sample) => changed(sample, (row) => row.map((value) => value - (Object.is(fitted.low, -0) ? 1 : 2))),
        shape: (context) => sound.shape({ ...context, fitted: { low: 1 } })
      }),
    "what fit learnt is plain JSON and gives the same after a round trip"
  ],
  [
    "learns how often it learnt",
    () =>
      suite({
        fit: (...given) => {
          const fold = sound.fit?.(...given)
          if (fold?.ok !== true) return refused("no fit")
          return {
            ok: true,
            value: {
              add: fold.value.add,
              result: () => {
                const came = fold.value.result()
                return came.ok ? { ok: true, value: { ...came.value, times: ++calls } } : came
              }
            }
          }
        }
      }),
    "fit learns the same from the same samples"
  ],
  [
    "learns a number from nothing",
    () => suite({ fit: () => ({ ok: true, value: { add: () => {}, result: () => ({ ok: true, value: { low: 1 } }) } }) }),
    "nothing to learn from is refused, not guessed"
  ],
  [
    "gives other bytes than were written down",
    () => suite({ apply: withRow((row) => row.map((value) => value / 2)) }),
    'equals its golden output: sample "d", seed "golden"'
  ],
  ["is not what its manifest says", () => suite({}, { manifest: entryOf("transform", "other") }), "the entry is what its manifest says"]
])

/** One feature taken from the other end of its range, or not. */
const augmentation: Transform<Options> = Transform.define({
  id: "turned",
  version: 1,
  phases: "train",
  decodeOptions: optionsFrom(Options),
  shape: ({ shape: given }) => (given.kind === "tabular" ? { ok: true, value: given } : refused("takes rows")),
  apply: (_, sample, rng) => changed(sample, (row) => row.map((value) => (rng.below(2) === 0 ? value : 9 - value)))
})
const augmenting = (over: Partial<typeof augmentation>) =>
  transformLaws({ transform: { ...augmentation, ...over }, options, shape, samples })
const inCommon = transformLaws({ transform: augmentation, options, shape, samples })
  .map(({ name }) => name)
  .filter((name) => !name.startsWith("an augmentation"))

describe("laws that every transform shares", () => {
  it("are the first ones of both suites", () => {
    expect(
      suite({})
        .map(({ name }) => name)
        .slice(0, inCommon.length)
    ).toEqual(inCommon)
  })
})

describe("transformLaws of an augmentation", () => {
  const failed = async (over: Partial<typeof augmentation>) =>
    (await checkLaws("augmentation", augmenting(over))).failed.map(({ law }) => law)

  it("passes a sound one", async () => expect(await failed({})).toEqual([]))
  it("fails one that changes the shape", async () => {
    const wider: typeof augmentation.shape = ({ shape: given }) =>
      given.kind === "tabular"
        ? { ok: true, value: { kind: "tabular", features: given.features.map((each) => ({ ...each, min: -1 })) } }
        : refused("takes rows")
    expect(await failed({ shape: wider })).toEqual(["an augmentation leaves the shape as it is"])
  })
  it("fails one that draws nothing", async () =>
    expect(await failed({ apply: (_, sample) => changed(sample, (row) => row.map((value) => 9 - value)) })).toEqual([
      "an augmentation draws from the chance that it is handed"
    ]))
})

describe("the shape of a picture, a text and a signal", () => {
  const fault = async (given: SampleShape, sample: Partial<IRSample>) => {
    const echo = {
      ...augmentation,
      shape: () => ({ ok: true as const, value: given }),
      apply: (_: unknown, each: IRSample) => Effect.succeed(each)
    }
    const [law] = transformLaws({ transform: echo, options, shape: given, samples: [{ ...tabular("a", [], 0), ...sample }] }).filter(
      ({ name }) => name === "every sample comes out in the declared shape"
    )
    return Promise.resolve(law?.check()).then(
      () => "fits",
      (error: Error) => /got: (.*)/.exec(error.message)?.[1]
    )
  }
  const picture = { kind: "image", values: "uint8", width: [2, 2], height: [1, 3], channels: [1, 1] } as const
  const frame = (width: number, height: number) => ({
    frame_id: "image-pixels",
    properties: { width, height, channels: 1, unit: "pixel", origin: "top-left", x: "right", y: "down", pixel_centre: 0.5 }
  })
  const signal = { kind: "time_series", channels: [{ name: "a", min: 0, max: 1 }], length: [2, 3], sample_rate_hz: 5 } as const
  const series = (values: ReadonlyArray<number>, rate = 5) => ({
    payload: { time_series: { sample_rate_hz: rate, channel_ids: ["a"], samples: values } }
  })
  it.each<readonly [string, SampleShape, Partial<IRSample>, string]>([
    ["pixels", picture, { payload: { bytes: new Uint8Array(4) }, coordinate_frame: frame(2, 2) }, "fits"],
    ["pixels without a frame", picture, { payload: { bytes: new Uint8Array(4) } }, "no coordinate frame of a picture"],
    ["too few pixels", picture, { payload: { bytes: new Uint8Array(3) }, coordinate_frame: frame(2, 2) }, "3 bytes"],
    ["a picture too high", picture, { payload: { bytes: new Uint8Array(8) }, coordinate_frame: frame(2, 4) }, "a height of 4"],
    ["numbers for pixels", picture, { coordinate_frame: frame(2, 2) }, "no payload bytes"],
    [
      "an encoded picture",
      { ...picture, values: "encoded" },
      { payload: { bytes: new Uint8Array(9) }, coordinate_frame: frame(2, 2) },
      "fits"
    ],
    ["a picture of numbers", { ...picture, values: "float" }, { payload: { tabular: [1, 2] }, coordinate_frame: frame(2, 1) }, "fits"],
    ["a number too many", { ...picture, values: "float" }, { payload: { tabular: [1, 2, 3] }, coordinate_frame: frame(2, 1) }, "3 values"],
    ["a text", { kind: "text", length: [2, 2] }, { payload: { text: "a\u{1f600}" } }, "fits"],
    ["a text too long", { kind: "text", length: [0, 1] }, { payload: { text: "ab" } }, "2 characters"],
    ["a signal", signal, series([0, 1]), "fits"],
    ["a signal of another rate", signal, series([0, 1], 6), "a rate of 6 Hz"],
    ["a signal too long", signal, series([0, 1, 0, 1]), "4 points in time"],
    ["a signal out of range", signal, series([0, 2]), '2 for "a", which goes from 0 to 1']
  ])("knows %s", async (_, given, sample, expected) => expect(await fault(given, sample)).toBe(expected))
})
