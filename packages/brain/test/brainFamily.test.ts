import {
  type BrainInput,
  type CoordinateFrame,
  type Diagnostic,
  type Experience,
  type IRSample,
  imageFrame,
  type LearnerPins,
  type OutputType,
  type Reason
} from "@feagi-trainer/contracts"
import { Effect, Stream } from "effect"
import { describe, expect, it } from "vitest"
import { brainFamily } from "../src/index.ts"
import { classes, lesson, lookupIn, type Paper, paper, sampleOf, section, shape } from "./support.ts"

const seed = new Uint8Array(32).fill(7)
const genome = { json: "{}", sha256: "a".repeat(64) }

const planned = (
  sheet: Paper,
  change: object = {},
  more: {
    readonly genome?: BrainInput | undefined
    readonly refuse?: string
    readonly reason?: Reason
    readonly experience?: Experience
    readonly output_type?: OutputType
    readonly training?: Stream.Stream<IRSample>
  } = { genome }
) =>
  Effect.runPromise(
    Effect.scoped(
      brainFamily.plan({
        section: section(change),
        experience: more.experience ?? "sample",
        ...(more.genome === undefined ? {} : { genome: more.genome }),
        shape,
        output_type: more.output_type ?? "class",
        classes,
        training: more.training ?? Stream.empty,
        training_samples: 0,
        epochs: 1,
        checkpoint_every: 1,
        controls: { silent_reward: false },
        seed,
        lookup: lookupIn(sheet, more.refuse, more.reason)
      })
    )
  )
const refused = async (change: object, more?: Parameters<typeof planned>[2], sheet = paper()): Promise<ReadonlyArray<Diagnostic>> => {
  const outcome = await planned(sheet, change, more)
  if (outcome.ok) throw new Error("the plan was not refused")
  return outcome.diagnostics
}
const pinned = async (sheet: Paper, change: object = {}): Promise<LearnerPins> => {
  const outcome = await planned(sheet, change)
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics))
  return outcome.pins
}
const open = (sheet: Paper, pins: LearnerPins, silent_reward = false) =>
  Effect.scoped(
    Effect.flatMap(
      brainFamily.open({
        pins,
        genome,
        shape,
        output_type: "class",
        classes,
        seed,
        controls: { silent_reward },
        lookup: lookupIn(sheet)
      }),
      (session) => session.train([lesson("a", 0.9)])
    )
  )

describe("planning a brain", () => {
  it("refuses a policy that cannot judge what the run learns from", async () => {
    const [first] = await refused({}, { genome, experience: "step" })
    expect(first).toMatchObject({ code: "FT2018", field: "learner.reward.plugin", actual: 'kinds "sample"' })
  })

  it("begins a snapshot with the seed and the connectome that it brings, whatever the seed of the run", async () => {
    const sheet = paper()
    const snapshot = { bytes: Uint8Array.of(1, 2), sha256: "b".repeat(64), seed: new Uint8Array(32).fill(9) }
    const outcome = await planned(sheet, {}, { genome: { ...genome, connectome: snapshot } })
    expect(sheet.asked[0]).toMatchObject({ open: { seed: [...snapshot.seed], connectome: snapshot.bytes } })
    expect(outcome.ok && outcome.pins).toMatchObject({
      resolved: { connectome_sha256: snapshot.sha256 },
      treatment: { connectome: snapshot.sha256 }
    })
  })

  it("pins every choice, what makes two brains comparable, and the brain before it learnt", async () => {
    const pins = await pinned(paper())
    expect(pins.resolved).toMatchObject({
      section: section(),
      fitted: { low: 0, high: 1 },
      genome_sha256: genome.sha256,
      plugins: { encoder: { id: "toys#one-number", version: "1.0.0" }, reward: { id: "toys#counting", version: "1.0.0" } }
    })
    expect(pins.treatment).toMatchObject({
      learner: "brain",
      genome: genome.sha256,
      "encoding.scheme": "population_single_spike",
      "encoding.bins": 5,
      "encoding.area": "in",
      "decoding.area": "out",
      "reward.plugin": "toys#counting",
      "reward.config": { channel: "pleasure" },
      backend: "embedded",
      "engine.versions": { feagi: "0.0.53" }
    })
    expect(pins.initial_hash).toMatch(/^[0-9a-f]{64}$/)
  })

  it("develops the brain with genome, coders, schedule and seed", async () => {
    const sheet = paper()
    await pinned(sheet)
    expect(sheet.asked).toEqual([
      {
        open: expect.objectContaining({ genome: "{}", schedule: { hold_bursts: 1, read_burst: 2 }, options: { size: 3 }, seed: [...seed] })
      }
    ])
  })

  it("needs a genome", async () => {
    expect((await refused({}, {})).map((each) => [each.code, each.field])).toEqual([["FT2011", "brain"]])
  })

  it("lists every unknown, missing and wrong field of the table, with its full path", async () => {
    const found = await refused({ rewrd: 1, schedule: { hold_bursts: 0, read_burst: 2.5 }, reward: { plugin: "counting" } })
    expect(found.map((each) => [each.code, each.field])).toEqual(
      expect.arrayContaining([
        ["FT1002", "learner.rewrd"],
        ["FT1003", "learner.reward.options"],
        ["FT1003", "learner.schedule.settle_bursts"],
        ["FT1004", "learner.schedule.hold_bursts"],
        ["FT1004", "learner.schedule.read_burst"]
      ])
    )
    expect(found.length).toBe(5)
    expect(found.find((each) => each.field === "learner.rewrd")?.help).toBe('did you mean "reward"?')
  })

  it("lists what is wrong in all four plugins at once", async () => {
    const found = await refused({
      backend: { plugin: "live", options: {} },
      binding: { encoder: { plugin: "one-number", options: { aria: "in" } }, decoder: { plugin: "none", options: {} } },
      reward: { plugin: "counting", options: { channel: 3 } }
    })
    expect(found.map((each) => each.field)).toEqual([
      "learner.backend.plugin",
      "learner.binding.encoder.options.aria",
      "learner.binding.encoder.options.area",
      "learner.binding.decoder.plugin",
      "learner.reward.options.channel"
    ])
  })

  it("refuses an affect channel that the genome does not have, and suggests the one that was meant", async () => {
    const [found] = await refused({ reward: { plugin: "counting", options: { channel: "plesure" } } })
    expect(found).toMatchObject({ code: "FT2010", expected: "one of pleasure, pain", help: 'did you mean "pleasure"?' })
    const dry = paper()
    dry.affect = []
    expect((await refused({}, { genome }, dry))[0]).toMatchObject({ code: "FT2010", expected: "a genome with reward modulators" })
  })

  it("refuses an affect that the brain cannot give in every strength that the policy uses, at the option that says it", async () => {
    const asked = async (graded: boolean, least: number, limit: number) => {
      const outcome = await planned({ ...paper(), graded, magnitudes: { least, limit } })
      return outcome.ok ? [] : outcome.diagnostics
    }
    expect(await asked(true, 0, 1)).toEqual([])
    expect(await asked(false, 1, 1)).toEqual([])
    expect(await asked(true, 2, 2)).toMatchObject([
      { code: "FT2019", field: "learner.reward.options.channel", expected: "a magnitude above 0 and at most 1", actual: "2" }
    ])
    expect(await asked(false, 0, 1)).toMatchObject([
      {
        code: "FT2019",
        field: "learner.reward.options.channel",
        expected: "the magnitude 1: the modulator is not graded and has one strength",
        actual: "anything above 0 up to 1",
        help: 'write the magnitude 1 and options under which nothing less is given, or make the modulator "pleasure" graded in the genome'
      }
    ])
    expect(await asked(false, 0.5, 0.5)).toMatchObject([{ code: "FT2019", actual: "0.5" }])
  })

  it("refuses a policy that teaches through a decoder that cannot, and lets one pass that does not", async () => {
    const change = { binding: { ...section().binding, decoder: { plugin: "one-class", options: { area: "mute" } } } }
    expect(await refused(change)).toMatchObject([
      {
        code: "FT2020",
        field: "learner.binding.decoder.options.area",
        message: "reward policy toys#counting teaches, and decoder toys#one-class cannot: nothing is written to mute"
      }
    ])
    expect((await planned({ ...paper(), teaches: false }, change)).ok).toBe(true)
  })

  it("tries every target of the training part on the decoder of a policy that teaches, and names the first that does not fit", async () => {
    const scalar = (id: string) => ({ ...sampleOf(id, 0.5), target: { scalar: 1 } })
    const training = Stream.fromIterable([sampleOf("a", 0.5), scalar("b"), scalar("c")])
    expect(await refused({}, { genome, training })).toMatchObject([
      {
        code: "FT2021",
        field: "learner.binding.decoder.options",
        sample_id: "b",
        message:
          "reward policy toys#counting teaches, and decoder toys#one-class cannot teach the targets of 2 training samples: is no class"
      }
    ])
    expect((await planned({ ...paper(), teaches: false }, {}, { genome, training })).ok).toBe(true)
  })

  it("refuses samples in another coordinate frame than the answers, whether anything is taught or not", async () => {
    const change = { binding: { ...section().binding, decoder: { plugin: "one-class", options: { area: "eye" } } } }
    const framed = (id: string, coordinate_frame: CoordinateFrame | null) => ({ ...sampleOf(id, 0.5), coordinate_frame })
    const from = (...samples: ReadonlyArray<IRSample>) =>
      planned({ ...paper(), teaches: false }, change, { genome, training: Stream.fromIterable(samples) })
    const fits = framed("a", imageFrame({ width: 4, height: 3, channels: 1 }))
    expect((await from(fits, framed("b", null))).ok).toBe(true)
    const wide = framed("c", imageFrame({ width: 8, height: 3, channels: 1 }))
    const shares = framed("d", { frame_id: "shares-of-the-picture", properties: {} })
    expect(await from(fits, wide, shares)).toMatchObject({
      diagnostics: [
        {
          code: "FT2023",
          field: "learner.binding.decoder.options",
          sample_id: "c",
          message: "decoder toys#one-class answers in another coordinate frame than the targets of 2 training samples",
          expected: "image-pixels, 8 x 3",
          actual: "image-pixels, 4 x 3"
        }
      ]
    })
    expect(await from(shares)).toMatchObject({ diagnostics: [{ code: "FT2023", expected: "shares-of-the-picture" }] })
  })

  it("refuses a policy whose manifest names other output types than that of the dataset", async () => {
    expect(await refused({}, { genome, output_type: "scalar" })).toMatchObject([
      { code: "FT2022", field: "learner.reward.plugin", expected: "class", actual: "scalar" }
    ])
  })

  it("passes on why the backend does not open", async () => {
    expect((await refused({}, { genome, refuse: "the area in is missing" }))[0]).toMatchObject({
      code: "paper/NO",
      message: "the area in is missing"
    })
  })

  it("fails with what keeps a backend from opening that no run file can mend", async () => {
    const away = planned(paper(), {}, { genome, refuse: "nothing answers", reason: "missing" })
    await expect(away).rejects.toMatchObject({ reason: "missing", diagnostics: [{ code: "paper/NO", message: "nothing answers" }] })
  })
})

describe("opening a planned brain", () => {
  it("develops from the pins alone, silent reward being a matter of the run", async () => {
    const sheet = paper()
    const pins = JSON.parse(JSON.stringify(await pinned(sheet))) as LearnerPins
    sheet.feedback = [{ offset: 0, affect: { channel: "pleasure", magnitude: 1 } }]
    await Effect.runPromise(open(sheet, pins))
    expect(sheet.asked.filter((each) => "feedback" in (each as object)).length).toBe(1)
    await Effect.runPromise(open(sheet, pins, true))
    expect(sheet.asked.filter((each) => "feedback" in (each as object)).length).toBe(1)
  })

  it("refuses a brain that develops into another one than was planned", async () => {
    const sheet = paper()
    const pins = { ...(await pinned(sheet)), initial_hash: "0".repeat(64) }
    const error = await Effect.runPromise(Effect.flip(open(sheet, pins)))
    expect([error.reason, error.diagnostics[0].code]).toEqual(["integrity", "FT3002"])
    expect(error.diagnostics[0].expected).toBe("0".repeat(64))
  })

  it("names a pinned plugin that is not installed any more", async () => {
    const sheet = paper()
    const pins = await pinned(sheet)
    const resolved = {
      ...pins.resolved,
      plugins: { ...(pins.resolved.plugins as object), reward: { id: "gone#counting", version: "1.0.0" } }
    }
    const error = await Effect.runPromise(Effect.flip(open(sheet, { ...pins, resolved })))
    expect([error.reason, error.diagnostics[0].field]).toEqual(["missing", "learner.reward.plugin"])
  })
})
