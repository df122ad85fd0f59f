import { decodeStrict } from "@feagi-trainer/contracts"
import { canonical, fromCanonical, sha256Hex } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { graphHash, PinnedNode, TransformNode } from "../src/index.ts"
import { failure, node, numbers, open, plan, planned, rngs, row } from "./World.ts"

const nodes = [
  node("times", { options: { by: 10 } }),
  node("minus-sum", { fit_on: "train" }),
  node("noise", { phases: "train", options: { by: 0.5 } }),
  node("twice")
]
const stored = (blobs: ReadonlyArray<Uint8Array>) => {
  const texts = new Map(blobs.map((bytes) => [sha256Hex(bytes), new TextDecoder().decode(bytes)]))
  return (sha256: string) => fromCanonical(texts.get(sha256) ?? "null")
}

describe("a graph that is opened from its pins", () => {
  it("gives what the planned one gave, for samples learnt from and measured", async () => {
    const { graph, pinned, blobs } = await planned(nodes)
    const again = await Effect.runPromise(open(fromCanonical(canonical(pinned)) as unknown as typeof pinned, stored(blobs)))
    expect(again.output).toEqual(graph.output)
    for (const phase of ["train", "measure"] as const)
      for (const value of [0, 3, -2.5])
        expect(await Effect.runPromise(again.apply(row("s", [value]), phase, rngs("s")))).toEqual(
          await Effect.runPromise(graph.apply(row("s", [value]), phase, rngs("s")))
        )
  })
  it("computes with doubles where canonical JSON reads a bigint", async () => {
    const { graph, pinned, blobs } = await planned([node("times", { options: { by: 1e17 } }), node("minus-sum", { fit_on: "train" })])
    const again = await Effect.runPromise(open(pinned, stored(blobs)))
    for (const each of [graph, again])
      expect(numbers(await Effect.runPromise(each.apply(row("s", [8]), "measure", rngs("s"))))).toEqual([1e17])
  })
  it("refuses a fitted value that is not the pinned one", async () => {
    const { pinned } = await planned(nodes)
    const [reason, diagnostic] = await failure(open(pinned, () => ({ sum: 71, seen: [] })))
    expect([reason, diagnostic.code, diagnostic.field]).toEqual(["integrity", "FT2311", "transforms.1"])
    const [, nothing] = await failure(open(pinned, () => undefined))
    expect(nothing).toMatchObject({ code: "FT2311", actual: "no plain JSON" })
  })
  it("refuses what the installed operation does not take", async () => {
    const { pinned, blobs } = await planned(nodes)
    const with0 = (over: Partial<PinnedNode>) => pinned.map((each, index) => (index === 0 ? { ...each, ...over } : each))
    const code = async (over: Partial<PinnedNode>) => {
      const [reason, diagnostic] = await failure(open(with0(over), stored(blobs)))
      return `${reason} ${diagnostic.code} ${diagnostic.field}`
    }
    expect(await code({ version: 1 })).toBe("missing FT2301 transforms.0.version")
    expect(await code({ options: { by: "ten" } })).toBe("missing FT1004 transforms.0.options.by")
    expect(await code({ plugin: { id: "world#gone", version: "1" } })).toBe("missing FT1201 transforms.0.plugin")
    expect(await code({ plugin: { id: "world#minus-sum", version: "1" }, version: 1, options: { mode: "on" } })).toBe(
      "invalid FT2310 transforms.0"
    )
    const [, diagnostic] = await failure(open(pinned.slice(3), stored(blobs), { shape: { kind: "text", length: [1, 2] } }))
    expect(diagnostic.code).toBe("FT2310")
  })
})

describe("graphHash()", () => {
  const hash = async (over: Partial<TransformNode>) => graphHash((await planned([{ ...node("times"), ...over }])).pinned)

  it("is the same for the same graph and another one for one parameter", async () => {
    expect(await hash({})).toBe(await hash({}))
    expect(await hash({})).toMatch(/^[0-9a-f]{64}$/)
    expect(await hash({ options: { by: 1.0000001 } })).not.toBe(await hash({}))
    expect(await hash({ phases: "train" })).not.toBe(await hash({}))
  })
  it("changes with what was fitted", async () => {
    const before = async (by: number) =>
      graphHash((await planned([node("plus", { options: { by } }), node("minus-sum", { fit_on: "train" })])).pinned.slice(1))
    expect(await before(0)).not.toBe(await before(1))
  })
  it("stands on pins that survive JSON and their own schema", async () => {
    const { pinned } = await planned(nodes)
    const back = pinned.map((each) => decodeStrict(PinnedNode, JSON.parse(JSON.stringify(each))))
    expect(graphHash(back.map((each) => (each.ok ? each.value : (each as never))))).toBe(graphHash(pinned))
  })
})

describe("a plugin that fails", () => {
  const apply = async (plugin: string) => {
    const { graph } = await planned([node("plus"), node(plugin)])
    return failure(graph.apply(row("s-17", [3]), "measure", rngs("s-17")))
  }
  it.each(["throws", "dies"])("%s in its own name, with the operation and the sample", async (plugin) => {
    expect(await apply(plugin)).toMatchObject([
      "failed",
      { code: "FT2307", field: "transforms.1", sample_id: "s-17", message: `world#${plugin} 1.2.3 (version 1) failed: boom` }
    ])
  })
  it("keeps its own code and reason, and gets the place that it did not name", async () => {
    expect(await apply("fails")).toMatchObject(["invalid", { code: "fails/NO", field: "transforms.1", sample_id: "s-17" }])
  })
  it.each(["renames", "moves"])("%s a sample and is found", async (plugin) => {
    expect(await apply(plugin)).toMatchObject(["failed", { code: "FT2308", field: "transforms.1", sample_id: "s-17" }])
  })
  it("fails at plan as one finding among the others", async () => {
    expect(await plan([node("bad-shape"), node("minus-sum")])).toMatchObject({
      ok: false,
      diagnostics: [
        { code: "FT2303", field: "transforms.1.fit_on" },
        { code: "FT2307", field: "transforms.0" }
      ]
    })
  })
})

describe("TransformNode", () => {
  it("refuses unknown keys, versions below 1 and phases of other names, all at once", () => {
    const decoded = decodeStrict(TransformNode, { plugin: "x", version: 0, phases: "test", options: {}, fit: "train" })
    expect(decoded.ok ? [] : decoded.mistakes.map(({ path, problem }) => `${path.join(".")} ${problem}`).sort()).toEqual([
      "fit unknown-key",
      "phases invalid",
      "version invalid"
    ])
    expect(decodeStrict(TransformNode, node("times", { fit_on: "train" })).ok).toBe(true)
  })
})
