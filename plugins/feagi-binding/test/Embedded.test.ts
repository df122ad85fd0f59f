import { createHash } from "node:crypto"
import { EngineError } from "@feagi-trainer/feagi-runtime"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { areaId } from "../src/CorticalId.ts"
import { callEngine } from "../src/EngineFailure.ts"
import { boolean, miscClass, percentage } from "../src/index.ts"
import { randomStream } from "../src/RandomStream.ts"
import { tabularGenome } from "../src/TabularGenome.ts"
import { tile } from "../src/Tiling.ts"
import {
  backendOptions,
  classes,
  encoderOptions,
  failure,
  fitOf,
  genome,
  inputs,
  must,
  refusal,
  reinforce,
  request,
  rows,
  sampleOf,
  seedOf,
  shape,
  templateOptions,
  training,
  withBrain
} from "./support.ts"

const input = areaId("iinf", "Percentage", 0)
const output = areaId("omis", "MiscData", 0)
const fitted = must(fitOf(percentage, encoderOptions, shape, training))
const valuesOf = (row: ReadonlyArray<number>) => must(percentage.values(encoderOptions, { shape, fitted }, sampleOf("probe", row)))
const batch = rows.map(valuesOf)
const first = batch.slice(0, 1)

/** The text of a genome with one piece changed; a piece that is not there would make the test vacuous. */
const changed = (from: string, to: string, text = genome): string => {
  if (!text.includes(from)) throw new Error(`the genome does not say ${from}`)
  return text.replaceAll(from, to)
}

describe("the random stream", () => {
  it("is ChaCha with 8 rounds", () => {
    const bytes = new Uint8Array(64)
    randomStream(new Uint8Array(32)).fill(bytes)
    expect(Buffer.from(bytes).toString("hex")).toBe(
      "3e00ef2f895f40d67f5bb8e81f09a5a12c840ec3ce9a7f3b181be188ef711a1e984ce172b9216f419f445367456d5619314a42a3da86b001387bfdb80e0cfe42"
    )
  })

  it("does not depend on the sizes in which it is taken", () => {
    const whole = new Uint8Array(300)
    randomStream(seedOf(3)).fill(whole)
    const source = randomStream(seedOf(3))
    const parts = [1, 63, 64, 100, 72].map((size) => {
      const part = new Uint8Array(size)
      source.fill(part)
      return Array.from(part)
    })
    expect(parts.flat()).toEqual(Array.from(whole))
  })
})

describe("errors of the engine", () => {
  it.each([
    ["genome-invalid", "invalid"],
    ["budget-exceeded", "invalid"],
    ["mapping-empty", "invalid"],
    ["payload-invalid", "invalid"],
    ["coder", "invalid"],
    ["snapshot-invalid", "integrity"],
    ["trap", "failed"],
    ["disposed", "failed"],
    ["module-invalid", "missing"]
  ] as const)("of kind %s are %s", async (kind, reason) => {
    const raised = callEngine(() => {
      throw new EngineError(kind, "why")
    })
    expect(await failure(raised)).toMatchObject({ reason, diagnostics: [{ code: `embedded/${kind.toUpperCase()}`, message: "why" }] })
  })

  it("leave a defect a defect", async () => {
    const raised = callEngine(() => {
      throw new RangeError("ours")
    })
    await expect(Effect.runPromise(raised)).rejects.toThrow("ours")
  })
})

describe("opening a brain", () => {
  it("tells engine, areas, mappings and affect channels", () =>
    withBrain((brain) =>
      Effect.sync(() => {
        expect(brain.info.engine).toMatchObject({ engine: expect.any(String), "feagi-npu-burst-engine": "0.0.53" })
        expect(brain.info.mappings).toEqual([{ from: input, to: output, synapses: 24, plastic: true }])
        expect(brain.info.affect_channels.map(({ name }) => name)).toEqual(["pain", "pleasure"])
        expect(brain.info.areas.find(({ id }) => id === input)).toMatchObject({ dimensions: [2, 1, 4], neurons: 8 })
      })
    ))

  it("says what it verified", () =>
    withBrain((brain) =>
      Effect.sync(() => expect(new Set(brain.preconditions.map(({ status }) => status))).toEqual(new Set(["verified"])))
    ))

  it("does not call verified what the genome leaves to chance", async () => {
    const unsure = await withBrain((brain) => Effect.succeed(brain.preconditions.filter(({ status }) => status === "unknown")), {
      genome: changed('synatt-f":100', 'synatt-f":99')
    })
    expect(unsure.map(({ name }) => name)).toEqual(["development-attractivity"])
  })

  it("refuses a seed of another length and a reading before its time, both at once", async () => {
    const { reason, diagnostics } = await refusal({ seed: new Uint8Array(31), schedule: { hold_bursts: 2, read_burst: 2 } })
    expect(reason).toBe("invalid")
    expect(diagnostics.map(({ code }) => code)).toEqual(["embedded/SEED", "embedded/SCHEDULE"])
    expect(diagnostics[1]).toMatchObject({ field: "learner.schedule.read_burst", help: expect.stringContaining("read_burst = 3") })
  })

  it("refuses a genome beyond the budget before it grows", async () => {
    const { reason, diagnostics } = await refusal({ options: { ...backendOptions, max_voxels: 5 } })
    expect(reason).toBe("invalid")
    expect(diagnostics).toMatchObject([{ code: "embedded/BUDGET-EXCEEDED", help: expect.stringContaining("max_voxels") }])
    expect((await refusal({ options: { ...backendOptions, max_synapses: 23 } })).diagnostics).toMatchObject([
      { code: "embedded/BUDGET-EXCEEDED" }
    ])
  })

  it("refuses what is no genome", async () => {
    expect(await refusal({ genome: "{}" })).toMatchObject({ reason: "invalid", diagnostics: [{ code: "embedded/GENOME-INVALID" }] })
  })

  it("names both sides of every missing area, and the near one", async () => {
    const elsewhere = must(percentage.select({ ...encoderOptions, group: 1 }, { shape, fitted }))
    const otherOutput = must(miscClass.select({ area: "omis", group: 9 }, { shape, output_type: "class", classes }))
    const { diagnostics } = await refusal({ inputs: elsewhere, outputs: otherOutput })
    expect(diagnostics).toMatchObject([
      {
        code: "embedded/AREA-MISSING",
        field: "learner.binding.encoder.options",
        expected: "iinf/1 Percentage Linear",
        actual: "a genome with iinf/0 Percentage Linear",
        help: "did you mean iinf/0 Percentage Linear?"
      },
      { code: "embedded/AREA-MISSING", field: "learner.binding.decoder.options", help: "did you mean omis/0 MiscData?" }
    ])
  })

  it("names both sizes when bins or classes disagree", async () => {
    const fewer = must(miscClass.select({ area: "omis", group: 0 }, { shape, output_type: "class", classes: classes.slice(0, 2) }))
    const { diagnostics } = await refusal({ outputs: fewer })
    expect(diagnostics).toMatchObject([{ code: "embedded/AREA-SIZE", expected: "2 x 1 x 1 (coder)", actual: "3 x 1 x 1 (genome)" }])
  })

  it("refuses a mapping that grew nothing", async () => {
    const { reason, diagnostics } = await refusal({
      genome: changed('"morphology_id":"all_to_all"', '"morphology_id":"al_to_all"'),
      options: { ...backendOptions, validation: "lenient" }
    })
    expect(reason).toBe("invalid")
    expect(new Set(diagnostics.map(({ code }) => code))).toEqual(new Set(["embedded/MAPPING-EMPTY"]))
    expect(diagnostics[0]?.message).toContain("iinf/0 Percentage Linear -> omis/0 MiscData")
  })

  it("refuses an affect whose name and sign contradict each other", async () => {
    const { diagnostics } = await refusal({ genome: changed('"magnitude_percent":-100', '"magnitude_percent":100') })
    expect(diagnostics).toMatchObject([{ code: "embedded/AFFECT-SIGN", expected: "magnitude_percent < 0", actual: "100" }])
  })

  it("refuses coders that name no unit", async () => {
    const [one] = inputs
    if (one === undefined) throw new Error("no input")
    const strange = { ...one, binding: { ...one.binding, properties: { bins: 4 } } }
    expect((await refusal({ inputs: [strange] })).diagnostics).toMatchObject([{ code: "embedded/CODER" }])
  })

  it("lets go of the brain when the scope closes", async () => {
    const escaped = await withBrain(Effect.succeed)
    expect(await failure(escaped.rest(1))).toMatchObject({ reason: "failed", diagnostics: [{ code: "embedded/DISPOSED" }] })
  })
})

describe("a brain", () => {
  it("lights the bin of each value, the largest value in bin 0", () =>
    withBrain((brain) =>
      Effect.gen(function* () {
        const voxels = yield* brain.explain([0, 1])
        expect(voxels).toEqual([
          { area: input, x: 0, y: 0, z: 3, potential: 1 },
          { area: input, x: 1, y: 0, z: 0, potential: 1 }
        ])
      })
    ))

  it("scores with weight over the largest possible sum, and is read without a fired output as silent", () =>
    withBrain((brain) =>
      Effect.gen(function* () {
        // Two of two inputs fire through weights of 1 of at most 4.
        expect(yield* brain.present(first, 0)).toEqual([[{ silent: false, value: [0.25, 0.25, 0.25] }]])
        expect(yield* brain.weights(input, output)).toEqual(new Array(24).fill(1))
      })
    ))

  it("reads a batch as it reads its samples one by one, whatever the number", async () => {
    const many = Array.from({ length: 130 }, (_, index) => batch[index % batch.length] ?? [])
    const teach = Effect.fnUntraced(function* (brain: Parameters<Parameters<typeof withBrain>[0]>[0]) {
      yield* brain.present(first, 0)
      yield* brain.feedback(reinforce("pleasure", 1))
    })
    const together = await withBrain((brain) => Effect.andThen(teach(brain), brain.present(many, 1)))
    const single = await withBrain((brain) =>
      Effect.andThen(
        teach(brain),
        Effect.forEach(many, (row) => brain.present([row], 1))
      )
    )
    expect(single.flat()).toEqual(together)
    expect(together).toHaveLength(130)
  })

  it("reads the burst that the schedule names, and no earlier one", async () => {
    const late = await withBrain((brain) => brain.present(batch, 0), { schedule: { hold_bursts: 1, read_burst: 3 } })
    expect(late.map(([reading]) => reading?.silent)).toEqual([true, true, true, true])
    const held = await withBrain((brain) => brain.present(first, 0), { schedule: { hold_bursts: 3, read_burst: 4 } })
    expect(held).toEqual([[{ silent: false, value: [0.25, 0.25, 0.25] }]])
  })

  it("changes exactly the synapses of the sample and class that were reinforced", () =>
    withBrain((brain) =>
      Effect.gen(function* () {
        yield* brain.present(first, 0)
        yield* brain.feedback(reinforce("pleasure", 1))
        expect((yield* brain.weights(input, output)).filter((weight) => weight === 1.5)).toHaveLength(2)
        expect(yield* brain.present(first, 0)).toEqual([[{ silent: false, value: [0.25, 0.375, 0.25] }]])
        yield* brain.feedback(reinforce("pain", 2))
        expect(yield* brain.present(first, 0)).toEqual([[{ silent: false, value: [0.25, 0.375, 0.125] }]])
      })
    ))

  it("learns nothing without the affect, and nothing while frozen", () =>
    withBrain((brain) =>
      Effect.gen(function* () {
        const before = yield* brain.hash("connectome")
        yield* brain.present(first, 0)
        yield* brain.feedback(reinforce("pleasure", 1).slice(1))
        yield* brain.freeze(true)
        yield* brain.present(first, 0)
        yield* brain.feedback(reinforce("pleasure", 1))
        expect(yield* brain.hash("connectome")).toBe(before)
        yield* brain.freeze(false)
        yield* brain.present(first, 0)
        yield* brain.feedback(reinforce("pleasure", 1))
        expect(yield* brain.hash("connectome")).not.toBe(before)
      })
    ))

  it("separates the classes of a table after a few rewarded visits", () =>
    withBrain((brain) =>
      Effect.gen(function* () {
        for (let visit = 0; visit < 3; visit++)
          for (const [index, values] of batch.entries()) {
            yield* brain.present([values], 0)
            yield* brain.feedback(reinforce("pleasure", index % 2))
          }
        const readings = yield* brain.present(batch, 0)
        const answers = readings.map(
          (row) => miscClass.read({ area: "omis", group: 0 }, { shape, output_type: "class", classes }, row).answer
        )
        expect(answers.map((answer) => ("class" in answer ? answer.class.class_id : "none"))).toEqual([0, 1, 0, 1])
      })
    ))

  it("counts every burst once", () =>
    withBrain((brain) =>
      Effect.gen(function* () {
        const start = yield* brain.bursts
        yield* brain.present(batch, 3)
        yield* brain.feedback(reinforce("pain", 0))
        yield* brain.feedback([])
        yield* brain.rest(7)
        expect((yield* brain.bursts) - start).toBe(4 * (2 + 3) + 2 + 7)
      })
    ))

  it("is the same brain for the same seed, and the same connectome for every seed of this genome", async () => {
    const learn = (seed: number) =>
      withBrain(
        Effect.fnUntraced(function* (brain) {
          yield* brain.present(batch, 0)
          yield* brain.feedback(reinforce("pleasure", 2))
          return { full: yield* brain.hash("full"), connectome: yield* brain.hash("connectome") }
        }),
        { seed: seedOf(seed) }
      )
    const once = await learn(1)
    expect(await learn(1)).toEqual(once)
    expect((await learn(2)).connectome).toBe(once.connectome)
  })

  it("goes on from a checkpoint as it would have gone on itself, clock included", async () => {
    const learn = Effect.fnUntraced(function* (brain: Parameters<Parameters<typeof withBrain>[0]>[0]) {
      yield* brain.present(first, 0)
      yield* brain.feedback(reinforce("pleasure", 1))
    })
    const state = Effect.fnUntraced(function* (brain: Parameters<Parameters<typeof withBrain>[0]>[0]) {
      return { full: yield* brain.hash("full"), bursts: yield* brain.bursts, readings: yield* brain.present(batch, 0) }
    })
    const saved = await withBrain(
      Effect.fnUntraced(function* (brain) {
        yield* learn(brain)
        const bytes = yield* brain.checkpoint
        yield* learn(brain)
        return { bytes, state: yield* state(brain) }
      })
    )
    const restored = await withBrain(
      Effect.fnUntraced(function* (brain) {
        yield* brain.restore(saved.bytes)
        yield* learn(brain)
        return yield* state(brain)
      })
    )
    expect(restored).toEqual(saved.state)
  })

  it("refuses a checkpoint that is damaged, or of another seed", async () => {
    const bytes = await withBrain((brain) => brain.checkpoint)
    const damaged = Uint8Array.from(bytes)
    damaged[100] = (damaged[100] ?? 0) ^ 1
    const integrity = { reason: "integrity", diagnostics: [{ code: "embedded/SNAPSHOT-INVALID" }] }
    await withBrain((brain) => Effect.promise(async () => expect(await failure(brain.restore(damaged))).toMatchObject(integrity)))
    await withBrain((brain) => Effect.promise(async () => expect(await failure(brain.restore(bytes))).toMatchObject(integrity)), {
      seed: seedOf(8)
    })
  })

  it("refuses magnitudes that its genome cannot give, and channels that it does not have", () =>
    withBrain((brain) =>
      Effect.gen(function* () {
        const give = (channel: string, magnitude: number) =>
          Effect.promise(() => failure(brain.feedback([{ offset: 0, affect: { channel, magnitude } }])))
        const before = yield* brain.bursts
        expect(yield* give("pleasure", 50)).toMatchObject({
          reason: "invalid",
          diagnostics: [
            {
              code: "embedded/AFFECT-MAGNITUDE",
              field: "learner.reward.options",
              actual: "50",
              help: expect.stringContaining("magnitude = 100")
            }
          ]
        })
        expect(yield* give("plesure", 100)).toMatchObject({
          reason: "invalid",
          diagnostics: [{ code: "embedded/AFFECT-UNKNOWN", expected: "one of pain, pleasure", help: 'did you mean "pleasure"?' }]
        })
        expect(yield* brain.bursts).toBe(before)
      })
    ))

  it("gives a graded affect in the strength that was asked for", async () => {
    const graded = changed('"graded":false', '"graded":true,"full_scale_potential":2')
    const gain = (magnitude: number) =>
      withBrain(
        Effect.fnUntraced(function* (brain) {
          yield* brain.present(first, 0)
          const [, ...teaching] = reinforce("pleasure", 1)
          yield* brain.feedback([{ offset: 0, affect: { channel: "pleasure", magnitude } }, ...teaching])
          return Math.max(...(yield* brain.weights(input, output))) - 1
        }),
        { genome: graded }
      )
    expect(await gain(100)).toBe(0.5)
    expect(await gain(50)).toBe(0.25)
    expect(await gain(10)).toBeCloseTo(0.05, 6)
  })

  it("refuses rows and lessons of another length, and values that are no share", () =>
    withBrain((brain) =>
      Effect.promise(async () => {
        const invalid = { reason: "invalid", diagnostics: [{ code: "embedded/PAYLOAD-INVALID" }] }
        expect(await failure(brain.present([[0.5]], 0))).toMatchObject(invalid)
        expect(await failure(brain.present([[0.5, 1.5]], 0))).toMatchObject(invalid)
        expect(await failure(brain.present([[0.5, Number.NaN]], 0))).toMatchObject(invalid)
        expect(await failure(brain.feedback([{ offset: 0, teach: [[1, 0]] }]))).toMatchObject(invalid)
      })
    ))

  it("lights one bin in each channel of a tiled feature", async () => {
    const options = { ...encoderOptions, scheme: { ...encoderOptions.scheme, tilings: 2 } }
    const tiled = must(percentage.select(options, { shape, fitted }))
    const voxels = await withBrain((brain) => brain.explain([...tile(0, 4, 2), ...tile(1, 4, 2)]), {
      inputs: tiled,
      genome: tabularGenome({ ...templateOptions, tilings: 2 }, 2, 3)
    })
    expect(voxels.map(({ x, z }) => [x, z])).toEqual([
      [0, 3],
      [1, 3],
      [2, 0],
      [3, 0]
    ])
  })

  it("fires a boolean that is 1 and keeps one that is 0 silent", async () => {
    const options = { area: "idgp", first_group: 0 } as const
    const selections = must(boolean.select(options, { shape: { kind: "tabular", features: shape.features.slice(0, 1) }, fitted: {} }))
    const from = JSON.stringify(input).slice(1, -1)
    const switched = changed(from, areaId("idgp", "Boolean", 0), tabularGenome({ ...templateOptions, bins: 2 }, 1, 3))
    const text = switched.replace(/(-cx-___bbz-i":)2/g, "$11")
    const read = await withBrain((brain) => brain.present([[1], [0]], 1), { inputs: selections, genome: text })
    expect(read.map(([reading]) => reading?.silent)).toEqual([false, true])
  })
})

describe("the connectome", () => {
  it("that develops from this genome is always this one", async () => {
    const hash = await withBrain((brain) => brain.hash("connectome"))
    expect(createHash("sha256").update(request.genome).digest("hex")).toBe(
      "06e707aa86faaffcbfac8e4ee987e9f7d81d5e0b2739029a858ca6fd58d53235"
    )
    expect(hash).toBe("fdb649256d4a95db7f84e507e28e329003eb016485c4b7a8ce336015ba0e7565")
  })
})

describe("looking at every burst", () => {
  const opened = { schedule: { hold_bursts: 2, read_burst: 4 } }

  it("finds the spikes that a presentation counts, the lit voxels first and the answer in the burst that is read", () =>
    withBrain(
      (brain) =>
        Effect.gen(function* () {
          const [row] = batch
          const { trace } = brain
          if (row === undefined || trace === undefined) throw new Error("there is nothing to look at")
          for (const each of batch) {
            yield* brain.present([each], 0)
            yield* brain.feedback(reinforce("pleasure", 1))
          }
          yield* brain.freeze(true)
          const saved = yield* brain.checkpoint
          const before = yield* brain.activity
          const [readings] = yield* brain.present([row], 3)
          const spikes = ((yield* brain.activity).spikes ?? 0) - (before.spikes ?? 0)
          yield* brain.restore(saved)
          const found = yield* trace(row, 7)
          const firings = Array.from({ length: found.count }, (_, at) => ({
            burst: found.burst[at] ?? 0,
            area: brain.info.areas[found.area[at] ?? 0]?.id ?? "",
            voxel: Array.from(found.voxel.subarray(3 * at, 3 * at + 3))
          }))
          const power = brain.info.areas.find(({ name }) => name === "Brain_Power")?.id
          expect(spikes).toBeGreaterThan(0)
          expect(firings.filter(({ area }) => area !== power)).toHaveLength(spikes)
          const lit = (yield* brain.explain(row)).map(({ x, y, z }) => [x, y, z])
          const ofInput = (burst: number) => firings.filter((each) => each.area === input && each.burst === burst).map(({ voxel }) => voxel)
          expect([ofInput(1), ofInput(2), ofInput(3)]).toEqual([lit, lit, []])
          const read = firings.some(({ area, burst }) => area === output && burst === 4)
          expect(read).toBe(readings?.some(({ silent }) => !silent))
        }),
      opened
    ))

  it("leaves a brain thawed that was thawed", () =>
    withBrain((brain) =>
      Effect.gen(function* () {
        yield* brain.trace?.(batch[0] ?? [], 3) ?? Effect.die("no trace")
        const before = yield* brain.hash("connectome")
        yield* brain.present(first, 0)
        yield* brain.feedback(reinforce("pleasure", 1))
        expect(yield* brain.hash("connectome")).not.toBe(before)
      })
    ))

  it("refuses bursts that are none", async () => {
    const { reason, diagnostics } = await withBrain((brain) =>
      Effect.promise(() => failure(brain.trace?.(batch[0] ?? [], 0.5) ?? Effect.void))
    )
    expect(reason).toBe("usage")
    expect(diagnostics).toMatchObject([{ code: "embedded/TRACE", actual: "0.5" }])
  })
})
