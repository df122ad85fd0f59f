/** A whole graph over files: decoded, resized, augmented, flattened and standardised, planned and opened again from its pins. */
import { type EntryLookup, type IRSample, trainerError } from "@feagi-trainer/contracts"
import { Effect, Stream } from "effect"
import { describe, expect, it } from "vitest"
import { fromCanonical, SeedTree, sha256Hex } from "../../../packages/determinism/src/index.ts"
import { graphHash, openGraph, planGraph, type TransformNode } from "../../../packages/transforms/src/index.ts"
import * as tables from "../../transform-tabular/src/index.ts"
import type { AnyTransform } from "../../transform-tabular/test/support.ts"
import * as pictures from "../src/index.ts"
import { file, files } from "./cases.ts"

const lookup: EntryLookup = (kind, reference) => {
  const entry: AnyTransform | undefined = [...Object.values(pictures), ...Object.values(tables)].find(({ id }) => reference.endsWith(id))
  if (entry === undefined) return Effect.fail(trainerError("missing", { code: "FT1201", message: `no ${kind} "${reference}"` }))
  // The type of what is found belongs to the caller, as in the real catalogue.
  return Effect.succeed({ ref: { id: `test#${entry.id}`, version: "0.1.0" }, manifest: {}, entry } as never)
}
const node = (plugin: string, options: Readonly<Record<string, unknown>>, over: Partial<TransformNode> = {}): TransformNode => ({
  plugin,
  version: 1,
  phases: "all",
  options,
  ...over
})
const nodes = [
  node("image-decode", { channels: 1, alpha: "refuse", orientation: "apply" }),
  node("image-resize", { width: 6, height: 5, kernel: "lanczos3", fit: "cover" }),
  node("image-random-flip", { axis: "horizontal", probability: 0.5 }, { phases: "train" }),
  node("flatten", { range: "declared" }),
  node("standardise", { constant: "refuse" }, { fit_on: "train" })
]
const learnt = ["astronaut.png", "brick.png", "camera.png", "cell.png", "chelsea.png", "coffee-turned.jpg"].map((name) => file(name))
const measured = file("gravel.png")
const plan = (list: ReadonlyArray<TransformNode>) =>
  Effect.runPromise(
    planGraph({
      nodes: list,
      shape: files,
      lookup,
      parts: [{ name: "train", split_hash: "1".repeat(64) }],
      learns: "train",
      samples: () => Stream.fromIterable(learnt)
    })
  )
const rng = (epoch: number, sample: IRSample) => (index: number) =>
  SeedTree.root("graph").child(`${index}/${epoch}/${sample.sample_id}`).random()
const row = ({ payload }: IRSample) => ("tabular" in payload ? payload.tabular : [])

describe("a graph over pictures", () => {
  it("gives rows of mean 0, the same from its pins, and is augmented where it learns only", async () => {
    const planned = await plan(nodes)
    if (!planned.ok) throw new Error(JSON.stringify(planned.diagnostics))
    const { graph, pinned, blobs } = planned
    const texts = new Map(blobs.map((bytes) => [sha256Hex(bytes), new TextDecoder().decode(bytes)]))
    const again = await Effect.runPromise(
      openGraph({ pinned, shape: files, lookup, fitted: (sha256) => Effect.sync(() => fromCanonical(texts.get(sha256) ?? "null")) })
    )
    const rows = await Promise.all(learnt.map(async (each) => row(await Effect.runPromise(graph.apply(each, "measure", rng(0, each))))))
    for (const feature of rows[0]?.keys() ?? [])
      expect(rows.reduce((sum, each) => sum + (each[feature] ?? Number.NaN), 0)).toBeCloseTo(0, 12)
    expect(rows[0]).toHaveLength(30)
    const seen = new Set<string>()
    for (let epoch = 0; epoch < 8; epoch += 1) {
      const trained = await Effect.runPromise(graph.apply(measured, "train", rng(epoch, measured)))
      expect(await Effect.runPromise(again.apply(measured, "train", rng(epoch, measured)))).toEqual(trained)
      seen.add(row(trained).join())
    }
    expect(seen.size).toBe(2)
    expect(seen).toContain(row(await Effect.runPromise(again.apply(measured, "measure", rng(0, measured)))).join())
  })
  it("is another graph with another kernel, and says what is wrong with it in one go", async () => {
    const hashed = async (list: ReadonlyArray<TransformNode>) => {
      const planned = await plan(list)
      return planned.ok ? graphHash(planned.pinned) : planned.diagnostics.map(({ code, field }) => `${code} ${field}`)
    }
    const cubic = nodes.with(1, node("image-resize", { width: 6, height: 5, kernel: "cubic", fit: "cover" }))
    expect(await hashed(nodes)).toBe(await hashed(nodes))
    expect(await hashed(cubic)).not.toBe(await hashed(nodes))
    expect(await hashed([...nodes.slice(2), node("image-random-crop", { padding: 1 })])).toEqual([
      "FT2302 transforms.3.phases",
      "FT1003 transforms.3.options.outside",
      "FT1004 transforms.0.options"
    ])
  })
})
