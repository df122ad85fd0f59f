import { readFileSync } from "node:fs"
import { SeedTree, sha256Hex } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import { buildModel } from "../src/Model.ts"
import { openDevice } from "../src/node.ts"
import { weightsBytes, weightsSha256 } from "../src/WeightsHash.ts"
import { architectures, open } from "./support/architectures.ts"

const golden: { readonly hashes: Readonly<Record<string, { readonly initial: string; readonly trained: string }>> } = JSON.parse(
  readFileSync(new URL("./golden/weights.json", import.meta.url), "utf8")
)

describe("the weights of five architectures", () => {
  it("are those that are pinned", () => {
    expect(Object.keys(golden.hashes)).toEqual(Object.keys(architectures))
  })

  it.each(Object.entries(golden.hashes))("have the pinned hash, initially and after 5 steps: %s", async (name, { initial, trained }) => {
    const { model, step } = open(await openDevice(), name)
    expect(weightsSha256(model)).toBe(initial)
    for (let at = 0; at < 5; at += 1) step(8, 8)
    expect(weightsSha256(model)).toBe(trained)
  })

  it("hash as the bytes of a file without metadata, and change with one bit", async () => {
    const device = await openDevice()
    const { model } = open(device, "mlp")
    const hash = weightsSha256(model)
    expect(hash).toBe(sha256Hex(weightsBytes(model)))
    const [first] = model.parameters
    if (first === undefined) throw new Error("a model without parameters")
    const values = device.read(first.value)
    new Uint32Array(values.buffer)[0] = (new Uint32Array(values.buffer)[0] ?? 0) ^ 1
    device.write(first.value, values)
    expect(weightsSha256(model)).not.toBe(hash)
  })

  it("are drawn for each parameter from a stream of its name, so a wider layer in front shifts no other", async () => {
    const device = await openDevice()
    const dense = (units: number) => ({ type: "dense", units, bias: false, init: { type: "normal", deviation: 1 } })
    const built = (units: number) =>
      buildModel(
        device,
        { input: { kind: "values", shape: [2, 3] }, layers: [dense(units), { type: "mean-over-positions" }, dense(4)] },
        (stream) => SeedTree.root(5).child(stream).random()
      )
    const values = [3, 4].map((units) => built(units).parameters.map(({ value }) => [...device.read(value)]))
    const [narrow, wide] = [values[0]?.[1] ?? [], values[1]?.[1] ?? []]
    expect(narrow).toHaveLength(12)
    expect(wide.slice(0, 12)).toEqual(narrow)
    expect(values[0]?.[0]?.slice(0, 9)).not.toEqual(narrow.slice(0, 9))
  })
})
