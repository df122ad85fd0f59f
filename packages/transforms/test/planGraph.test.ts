import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { findings, node, numbers, plan, planned, reads, rngs, row, train } from "./World.ts"

const through = async (nodes: Parameters<typeof planned>[0], phase: "train" | "measure", value = 3) => {
  const { graph } = await planned(nodes)
  return numbers(await Effect.runPromise(graph.apply(row("s", [value]), phase, rngs("s"))))
}

describe("the order of a graph", () => {
  it("is the order of its nodes", async () => {
    const [times, plus] = [node("times", { options: { by: 10 } }), node("plus", { options: { by: 1 } })]
    expect(await through([times, plus], "measure")).toEqual([31])
    expect(await through([plus, times], "measure")).toEqual([40])
  })
  it("is nothing at all without a node", async () => {
    const { graph, pinned, blobs } = await planned([])
    expect([graph.output, pinned, blobs]).toEqual([graph.input, [], []])
    expect(await through([], "train")).toEqual([3])
  })
  it("carries the shape from node to node", async () => {
    const { graph } = await planned([node("twice"), node("twice")])
    expect(graph.output).toMatchObject({ features: [{ name: "x" }, { name: "x'" }, { name: "x'" }, { name: "x''" }] })
  })
})

describe("phase tags", () => {
  it("refuse an augmentation in a graph that measures", async () => {
    expect(await findings([node("noise")])).toEqual(["FT2302 transforms.0.phases"])
  })
  it("leave an augmentation out where samples are measured, and do not ask for its chance", async () => {
    const nodes = [node("noise", { phases: "train" }), node("plus", { options: { by: 5 } })]
    expect(await through(nodes, "measure")).toEqual([8])
    const [trained] = await through(nodes, "train")
    expect(trained).toBeGreaterThan(8)
    const { graph } = await planned(nodes)
    const asked: Array<number> = []
    await Effect.runPromise(graph.apply(row("s", [3]), "measure", rngs("s", asked)))
    expect(asked).toEqual([1])
    await Effect.runPromise(graph.apply(row("s", [3]), "train", rngs("s", asked)))
    expect(asked).toEqual([1, 0, 1])
  })
  it("refuse a change of shape that samples to be measured would not see", async () => {
    expect(await findings([node("twice", { phases: "train" })])).toEqual(["FT2306 transforms.0.phases"])
    expect(await findings([node("plus", { phases: "train" })])).toEqual([])
  })
})

describe("fitting", () => {
  const fitted = node("minus-sum", { fit_on: "train" })

  it("sees the learning part alone, in the order of the split, behind the nodes before it", async () => {
    reads.length = 0
    const { graph, pinned, blobs } = await planned([node("times", { options: { by: 10 } }), fitted])
    expect(reads).toEqual(["train"])
    expect(new TextDecoder().decode(blobs[0])).toBe('{"seen":["a=10","b=20","c=40"],"sum":70}')
    expect(pinned[1]?.fit).toMatchObject({ part: "train", split_hash: "1".repeat(64) })
    expect(numbers(await Effect.runPromise(graph.apply(row("t", [100], "test"), "measure", rngs("t"))))).toEqual([930])
  })
  it("does not see augmentation", async () => {
    const { blobs } = await planned([node("noise", { phases: "train" }), fitted])
    expect(new TextDecoder().decode(blobs[0])).toBe('{"seen":["a=1","b=2","c=4"],"sum":7}')
  })
  it("reads its part once for each node that fits", async () => {
    reads.length = 0
    const { blobs } = await planned([fitted, fitted])
    expect(reads).toEqual(["train", "train"])
    expect(new TextDecoder().decode(blobs[1])).toBe('{"seen":["a=-6","b=-5","c=-3"],"sum":-14}')
  })
  it("is refused on a part that is not learnt from, and on one that is not there", async () => {
    expect(await findings([node("minus-sum", { fit_on: "test" })])).toEqual(["FT2305 transforms.0.fit_on"])
    expect(await findings([node("minus-sum", { fit_on: "trian" })])).toEqual(["FT2304 transforms.0.fit_on"])
    const found = await plan([node("minus-sum", { fit_on: "test" })])
    expect(found).toMatchObject({ ok: false, diagnostics: [{ message: expect.stringContaining('"test" would leak') }] })
  })
  it("has to be declared, and where nothing is learnt it must not be", async () => {
    expect(await findings([node("minus-sum")])).toEqual(["FT2303 transforms.0.fit_on"])
    expect(await findings([node("plus", { fit_on: "train" })])).toEqual(["FT2303 transforms.0.fit_on"])
  })
  it("tells what cannot be fitted or stored as a finding", async () => {
    expect(await findings([node("refuses", { fit_on: "train" })])).toEqual(["FT1004 transforms.0.options.mode"])
    expect(await findings([node("learns-nan", { fit_on: "train" })])).toEqual(["FT2309 transforms.0.plugin"])
  })
  it("is not possible behind chance that every sample sees", async () => {
    await expect(plan([node("dither"), fitted])).rejects.toThrow("FT2307 world#dither 1.2.3 (version 1) failed: it draws chance")
    expect(train.map(numbers)).toEqual([[1], [2], [4]])
  })
})

describe("all problems", () => {
  it("are told at once, each with its field, and no sample is read", async () => {
    reads.length = 0
    expect(
      await findings([
        node("times", { version: 1, options: { bye: 2 } }),
        node("nothing-of-this-name"),
        node("minus-sum", { options: { mode: "off" }, fit_on: "test" }),
        node("noise", { fit_on: "train" }),
        node("twice", { phases: "train" })
      ])
    ).toEqual([
      "FT2301 transforms.0.version",
      "FT1002 transforms.0.options.bye",
      "FT1003 transforms.0.options.by",
      "FT1201 transforms.1.plugin",
      "FT1004 transforms.2.options.mode",
      "FT2302 transforms.3.phases",
      "FT2303 transforms.3.fit_on"
    ])
    expect(reads).toEqual([])
  })
  it("stand before any sample: a wrong option further down keeps a node from being fitted", async () => {
    reads.length = 0
    expect(await findings([node("minus-sum", { fit_on: "train" }), node("plus", { options: {} })])).toEqual([
      "FT1003 transforms.1.options.by"
    ])
    expect(reads).toEqual([])
  })
  it("include the shapes before the first node that is unknown", async () => {
    const image = { kind: "text", length: [1, 2] } as const
    expect(await findings([node("twice"), node("nothing-of-this-name")], { shape: image })).toEqual([
      "FT1201 transforms.1.plugin",
      "FT1004 transforms.0.options"
    ])
  })
  it("name both versions when another one is installed", async () => {
    const found = await plan([node("times", { version: 3 })])
    expect(found).toMatchObject({ diagnostics: [{ expected: "version = 2", actual: "version = 3" }] })
  })
})
