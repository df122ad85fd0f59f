import { type Random, SeedTree } from "@feagi-trainer/determinism"
import { beforeAll, describe, expect, it } from "vitest"
import type { Device } from "../src/Device.ts"
import type { Mode } from "../src/LayerKind.ts"
import { sinusoids } from "../src/layers/Sequences.ts"
import { buildModel, type Model } from "../src/Model.ts"
import type { LayerSpec, ModelSpec } from "../src/ModelSpec.ts"
import { openDevice } from "../src/node.ts"
import { SpecError } from "../src/SpecProblem.ts"

let device: Device
beforeAll(async () => {
  device = await openDevice()
})

const tree = SeedTree.root("layers")
const seeds = (stream: string): Random => tree.child(stream).random()
const measuring: Mode = { training: false }
const noise = { type: "normal", deviation: 0.5 }

const built = (input: ModelSpec["input"], ...layers: ReadonlyArray<LayerSpec>): Model => buildModel(device, { input, layers }, seeds)

const answer = (model: Model, ids: ReadonlyArray<number>, batch: number, mode: Mode = measuring): ReadonlyArray<number> => {
  const output = model.forward(device.pass(), { kind: "tokens", batch, ids: Int32Array.from(ids) }, mode)
  return [...device.read(output.value)]
}

const answerValues = (model: Model, values: ReadonlyArray<number>, batch: number, mode: Mode = measuring): ReadonlyArray<number> => {
  const output = model.forward(device.pass(), { kind: "values", batch, values: Float32Array.from(values) }, mode)
  return [...device.read(output.value)]
}

const named = (model: Model, name: string): Float32Array => {
  const found = model.parameters.find((parameter) => parameter.name === name)
  if (found === undefined) throw new Error(`no parameter is named ${name}`)
  return device.read(found.value)
}

describe("buildModel()", () => {
  it("names parameters after the path of their layer and lists the layers", () => {
    const block = { type: "transformer-block", heads: 2, hidden: 6, dropout: 0, causal: true, norm: "pre", activation: "gelu", init: noise }
    const model = built({ kind: "tokens", length: 3, vocabulary: 5 }, { type: "embedding", width: 4, init: noise }, block, {
      type: "residual",
      layers: [{ type: "dense", units: 4, bias: true, init: noise }]
    })
    expect(model.parameters.map(({ name, value }) => `${name} ${value.shape.join("x")}`)).toEqual([
      "layers.0.table 5x4",
      "layers.1.attention-norm.gain 4",
      "layers.1.attention-norm.shift 4",
      ...["query", "key", "value", "output"].flatMap((part) => [
        `layers.1.attention.${part}.weight 4x4`,
        `layers.1.attention.${part}.bias 4`
      ]),
      "layers.1.dense-norm.gain 4",
      "layers.1.dense-norm.shift 4",
      "layers.1.inner.weight 4x6",
      "layers.1.inner.bias 6",
      "layers.1.outer.weight 6x4",
      "layers.1.outer.bias 4",
      "layers.2.layers.0.weight 4x4",
      "layers.2.layers.0.bias 4"
    ])
    expect(model.layers.map(({ name, type, parameters }) => `${name} ${type} ${parameters}`)).toEqual([
      "layers.0 embedding 20",
      "layers.1 transformer-block 154",
      "layers.2 residual 20"
    ])
    expect(model.outputShape).toEqual([3, 4])
  })

  it("throws every problem of a description it cannot build", () => {
    expect(() => built({ kind: "values", shape: [2] }, { type: "dense" }, { type: "relo" })).toThrow(SpecError)
    expect(() => built({ kind: "values", shape: [2] }, { type: "dense" }, { type: "relo" })).toThrow(/units.*\n[\s\S]*layers\.1\.type/)
  })

  it("refuses a parameter that no device can hold, before it is drawn", () => {
    const huge = { type: "dense", units: 2 ** 28, bias: false, init: noise }
    expect(() => built({ kind: "values", shape: [3] }, huge)).toThrow(
      "parameter layers.0.weight: expected at most 536870912 numbers; got 805306368 of shape [3, 268435456]"
    )
  })

  it.each<[string, number]>([
    ["glorot-uniform", Math.sqrt(6 / (40 + 30)) / Math.sqrt(3)],
    ["glorot-normal", Math.sqrt(2 / (40 + 30))],
    ["he-uniform", Math.sqrt(6 / 40) / Math.sqrt(3)],
    ["he-normal", Math.sqrt(2 / 40)],
    ["lecun-normal", Math.sqrt(1 / 40)]
  ])("draws %s with the deviation of its formula", (type, deviation) => {
    const model = built({ kind: "values", shape: [40] }, { type: "dense", units: 30, bias: false, init: { type } })
    const values = [...named(model, "layers.0.weight")]
    const squares = values.reduce((sum, value) => sum + value * value, 0)
    const largest = Math.max(...values.map(Math.abs))
    expect(Math.sqrt(squares / values.length) / deviation).toBeGreaterThan(0.96)
    expect(Math.sqrt(squares / values.length) / deviation).toBeLessThan(1.04)
    if (type.endsWith("uniform")) expect(largest).toBeLessThanOrEqual(Math.fround(deviation * Math.sqrt(3)))
    else expect(largest).toBeGreaterThan(deviation * 2)
  })
})

describe("dropout", () => {
  const layers = [{ type: "dropout", rate: 0.25 }]
  const ones = Array.from({ length: 4000 }, () => 1)
  const training = (stream: string): Mode => {
    const random = tree.child(stream).random()
    return { training: true, chance: () => random }
  }

  it("drops its rate in training, scales the rest, and does nothing in measuring", () => {
    const model = built({ kind: "values", shape: [4000] }, ...layers)
    expect(answerValues(model, ones, 1)).toEqual(ones)
    const dropped = answerValues(model, ones, 1, training("a"))
    const zeros = dropped.filter((value) => value === 0).length
    expect(zeros).toBeGreaterThan(900)
    expect(zeros).toBeLessThan(1100)
    expect(new Set(dropped)).toEqual(new Set([0, Math.fround(1 / 0.75)]))
  })

  it("continues its stream from one micro-batch to the next, and draws nothing at rate 0", () => {
    const model = built({ kind: "values", shape: [10] }, ...layers)
    const together = answerValues(model, ones.slice(0, 40), 4, training("b"))
    const mode = training("b")
    const parts = [1, 3].flatMap((samples) => answerValues(model, ones.slice(0, samples * 10), samples, mode))
    expect(parts).toEqual(together)
    const refusing: Mode = {
      training: true,
      chance: () => {
        throw new Error("chance was asked for")
      }
    }
    const none = built({ kind: "values", shape: [10] }, { type: "dropout", rate: 0 })
    expect(answerValues(none, ones.slice(0, 10), 1, refusing)).toEqual(ones.slice(0, 10))
    expect(() => answerValues(model, ones.slice(0, 10), 1, refusing)).toThrow("chance was asked for")
  })
})

describe("sequences", () => {
  const input = { kind: "tokens", length: 4, vocabulary: 7 } as const
  const embedding = { type: "embedding", width: 6, init: noise }
  const attention = (causal: boolean) => ({ type: "attention", heads: 2, causal, init: noise })

  it("have the sinusoids of the formula", () => {
    const table = sinusoids(50, 8)
    for (let at = 0; at < table.length; at += 1) {
      const angle = Math.floor(at / 8) / 10000 ** ((2 * Math.floor((at % 8) / 2)) / 8)
      expect(Math.abs((table[at] ?? 9) - (at % 2 === 0 ? Math.sin(angle) : Math.cos(angle)))).toBeLessThan(1e-7)
    }
    expect([...sinusoids(1, 3)]).toEqual([0, 1, 0])
  })

  it("see no later position where attention is causal, and see it where it is not", () => {
    const one = [1, 2, 3, 4]
    const other = [1, 2, 3, 5]
    const causal = built(input, embedding, attention(true))
    expect(answer(causal, one, 1).slice(0, 18)).toEqual(answer(causal, other, 1).slice(0, 18))
    expect(answer(causal, one, 1).slice(18)).not.toEqual(answer(causal, other, 1).slice(18))
    const open = built(input, embedding, attention(false))
    expect(answer(open, one, 1).slice(0, 6)).not.toEqual(answer(open, other, 1).slice(0, 6))
  })

  it("give padding no say: a padded sample is answered as a short one", () => {
    const layers = [embedding, attention(false), { type: "mean-over-positions" }]
    const padded = built({ ...input, pad: 0 }, ...layers)
    const short = built({ ...input, length: 2 }, ...layers)
    expect(answer(padded, [3, 4, 0, 0], 1)).toEqual(answer(short, [3, 4], 1))
    const unaware = built(input, ...layers)
    expect(answer(unaware, [3, 4, 0, 0], 1)).not.toEqual(answer(short, [3, 4], 1))
  })

  it("refuse a sample of padding alone where a mean is taken", () => {
    const model = built({ ...input, pad: 0 }, embedding, { type: "mean-over-positions" })
    expect(() => answer(model, [1, 0, 0, 0, 0, 0, 0, 0], 2)).toThrow("padding only in sample 1 of the batch")
  })

  it("are answered alike alone and in a batch", () => {
    const model = built(
      { ...input, pad: 0 },
      embedding,
      attention(true),
      { type: "layer-norm", epsilon: 1e-5 },
      { type: "mean-over-positions" }
    )
    const samples = [
      [1, 2, 3, 4],
      [5, 6, 0, 0],
      [4, 0, 0, 0]
    ]
    expect(answer(model, samples.flat(), 3)).toEqual(samples.flatMap((ids) => answer(model, ids, 1)))
  })

  it("attend as the formula says", () => {
    const model = built({ kind: "values", shape: [3, 4] }, { ...attention(false), heads: 2 })
    const random = tree.child("data").random()
    const x = Array.from({ length: 12 }, () => Math.fround(random.normal()))
    const project = (part: string, rows: ReadonlyArray<ReadonlyArray<number>>) => {
      const weight = named(model, `layers.0.${part}.weight`)
      return rows.map((row) =>
        [0, 1, 2, 3].map((column) => row.reduce((sum, value, at) => sum + value * (weight[at * 4 + column] ?? 0), 0))
      )
    }
    const rows = [0, 1, 2].map((at) => x.slice(at * 4, at * 4 + 4))
    const [q, k, v] = [project("query", rows), project("key", rows), project("value", rows)]
    const mixed = q.map((query) =>
      [0, 1].flatMap((head) => {
        const own = [head * 2, head * 2 + 1]
        const scores = k.map((key) => own.reduce((sum, at) => sum + (query[at] ?? 0) * (key[at] ?? 0), 0) / Math.SQRT2)
        const powers = scores.map(Math.exp)
        const total = powers.reduce((sum, value) => sum + value, 0)
        return own.map((at) => v.reduce((sum, value, row) => sum + ((powers[row] ?? 0) / total) * (value[at] ?? 0), 0))
      })
    )
    const expected = project("output", mixed).flat()
    for (const [at, value] of answerValues(model, x, 1).entries()) expect(Math.abs(value - (expected[at] ?? 9))).toBeLessThan(1e-6)
  })
})
