import { SeedTree } from "@feagi-trainer/determinism"
import { beforeAll, describe, expect, it } from "vitest"
import { CheckpointError, restoreCheckpoint, saveCheckpoint } from "../src/Checkpoint.ts"
import type { Device } from "../src/Device.ts"
import { buildModel } from "../src/Model.ts"
import { openDevice } from "../src/node.ts"
import { readSafetensors, SafetensorsError, writeSafetensors } from "../src/Safetensors.ts"
import { makeTraining } from "../src/TrainStep.ts"
import { restoreWeights, weightsBytes, weightsSha256 } from "../src/WeightsHash.ts"
import { architectureOf, architectures, type Opened, open } from "./support/architectures.ts"

let device: Device
beforeAll(async () => {
  device = await openDevice()
})

const steps = 12
const none = { random: {}, counters: {} }

/** The checkpoint before each step and behind the last one, and what each step told. */
const straight = (name: string) => {
  const opened = open(device, name)
  const files = [saveCheckpoint(opened.training, none)]
  const results = Array.from({ length: steps }, () => {
    const result = opened.step(6, 4)
    files.push(saveCheckpoint(opened.training, none))
    return result
  })
  return { files, results, weights: weightsSha256(opened.model) }
}

describe("a checkpoint", () => {
  it.each(Object.keys(architectures))("resumes at every step as if it had never stopped: %s", (name) => {
    const { files, results, weights } = straight(name)
    for (let at = 0; at <= steps; at += 1) {
      const { model, training, step } = open(device, name)
      expect(restoreCheckpoint(training, files[at] ?? new Uint8Array()).step).toBe(at)
      expect(saveCheckpoint(training, none)).toEqual(files[at])
      const rest = Array.from({ length: Math.min(2, steps - at) }, () => step(6, 4))
      expect(rest).toEqual(results.slice(at, at + 2))
      expect(saveCheckpoint(training, none)).toEqual(files[at + rest.length])
      if (at + rest.length === steps) expect(weightsSha256(model)).toBe(weights)
    }
  })

  it("holds weights, optimiser state and former gradient, and in its metadata the rest", () => {
    const { training, step } = open(device, "cnn")
    const random = SeedTree.root(1).random()
    const extras = { random: { sampler: random.state() }, counters: { epoch: 3, "samples/seen": -7 } }
    expect(readSafetensors(saveCheckpoint(training, extras)).tensors.map(({ name }) => name.split("/")[0])).not.toContain("gradient")
    step(4, 4)
    const bytes = saveCheckpoint(training, extras)
    const { tensors, metadata } = readSafetensors(bytes)
    expect(tensors.map(({ name }) => name)).toEqual(
      ["gradient/", "optimiser/momentum/", "weights/"].flatMap((prefix) =>
        ["layers.0.bias", "layers.0.weight", "layers.3.bias", "layers.3.weight", "layers.6.bias", "layers.6.weight"].map(
          (name) => prefix + name
        )
      )
    )
    expect(metadata).toMatchObject({
      step: "1",
      "counter/epoch": "3",
      "random/sampler": random.state(),
      module_sha256: device.module_sha256
    })
    expect(restoreCheckpoint(training, bytes)).toEqual({ step: 1, module_sha256: device.module_sha256, ...extras })
  })

  it("refuses a counter that is no integer", () => {
    const { training } = open(device, "mlp")
    expect(() => saveCheckpoint(training, { random: {}, counters: { epoch: 0.5 } })).toThrow('the counter "epoch" has to be a safe integer')
  })
})

/** The weights that are there behind an attempt that has to fail. */
const afterRefusal = ({ model, training }: Opened, bytes: Uint8Array, error: RegExp | typeof SafetensorsError): string => {
  expect(() => restoreCheckpoint(training, bytes)).toThrow(error)
  expect(training.step).toBe(0)
  return weightsSha256(model)
}

describe("restoreCheckpoint() refuses and leaves the training as it was", () => {
  const saved = () => {
    const { training, step } = open(device, "mlp")
    step(4, 4)
    return saveCheckpoint(training, none)
  }

  it("the checkpoint of another model, optimiser, schedule and clipping, naming each", () => {
    const other = open(device, "cnn")
    other.step(4, 4)
    const bytes = saveCheckpoint(other.training, none)
    const opened = open(device, "mlp")
    const before = weightsSha256(opened.model)
    const parts = /the model differs.*\n.*the optimiser differs.*\n.*the schedule differs.*\n.*the clip_norm differs/
    expect(afterRefusal(opened, bytes, parts)).toBe(before)
  })

  it("the checkpoint of a model that differs by one option without a weight", () => {
    const { spec, ...rest } = architectureOf("deep-cnn")
    const seeds = (stream: string) => SeedTree.root(2).child(stream).random()
    const trainingOf = (rate: number) => {
      const layers = spec.layers.map((layer, at) => (at === 8 ? { ...layer, rate } : layer))
      return makeTraining({ model: buildModel(device, { ...spec, layers }, seeds), ...rest, chance: seeds })
    }
    const bytes = saveCheckpoint(trainingOf(0.5), none)
    expect(() => restoreCheckpoint(trainingOf(0.4), bytes)).toThrow(/^this checkpoint cannot be restored:\n {2}the model differs[^\n]*$/)
    expect(restoreCheckpoint(trainingOf(0.5), bytes).step).toBe(0)
  })

  it("a file of weights alone, another version, a step that is none", () => {
    const opened = open(device, "mlp")
    const before = weightsSha256(opened.model)
    expect(afterRefusal(opened, weightsBytes(opened.model), /is it a file of weights alone\?/)).toBe(before)
    const { tensors, metadata } = readSafetensors(saved())
    const changed = (change: Readonly<Record<string, string>>) => writeSafetensors(tensors, { ...metadata, ...change })
    expect(afterRefusal(opened, changed({ version: "2" }), /metadata "version": expected "1", found "2"/)).toBe(before)
    expect(afterRefusal(opened, changed({ step: "-1" }), /metadata "step"/)).toBe(before)
    expect(afterRefusal(opened, changed({ step: "1e3", "counter/x": "y" }), /metadata "step".*\n.*"counter\/x"/)).toBe(before)
    expect(() => restoreCheckpoint(opened.training, changed({ step: "x" }))).toThrow(CheckpointError)
  })

  it("a file without one of its tensors, with one more, with another shape", () => {
    const opened = open(device, "mlp")
    const before = weightsSha256(opened.model)
    const { tensors, metadata } = readSafetensors(saved())
    const [first, ...others] = tensors
    if (first === undefined) throw new Error("a checkpoint without tensors")
    expect(afterRefusal(opened, writeSafetensors(others, metadata), /rule missing-tensor: .*"gradient\/layers.0.bias"/)).toBe(before)
    const more = [...tensors, { ...first, name: "weights/more" }]
    expect(afterRefusal(opened, writeSafetensors(more, metadata), /rule unexpected-tensor: .*"weights\/more"/)).toBe(before)
    const turned = [{ ...first, shape: [1, ...first.shape] }, ...others]
    expect(afterRefusal(opened, writeSafetensors(turned, metadata), /rule wrong-shape/)).toBe(before)
  })

  it("a file whose last weight is NaN", () => {
    const opened = open(device, "mlp")
    const before = weightsSha256(opened.model)
    const bytes = saved()
    bytes.set([0, 0, 0xc0, 0x7f], bytes.length - 4)
    expect(afterRefusal(opened, bytes, /rule not-finite: element 35 of the tensor "weights\/layers.4.weight" is NaN or infinite/)).toBe(
      before
    )
  })

  it("a file that is cut anywhere", () => {
    const opened = open(device, "mlp")
    const before = weightsSha256(opened.model)
    const bytes = saved()
    for (let length = 0; length < bytes.length; length += 97) {
      expect(afterRefusal(opened, bytes.subarray(0, length), SafetensorsError)).toBe(before)
    }
  })
})

describe("restoreWeights()", () => {
  it("puts the weights of one model into another of the same parameters, and nothing else fits", () => {
    const trained = open(device, "mlp")
    trained.step(4, 4)
    const bytes = weightsBytes(trained.model)
    const fresh = open(device, "mlp")
    expect(weightsSha256(fresh.model)).not.toBe(weightsSha256(trained.model))
    restoreWeights(fresh.model, bytes)
    expect(weightsSha256(fresh.model)).toBe(weightsSha256(trained.model))
    expect(() => restoreWeights(open(device, "cnn").model, bytes)).toThrow(SafetensorsError)
  })
})
