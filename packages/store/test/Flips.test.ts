/** Any single byte that changes in registered files is found, in the right file and range. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { CHUNK_BYTES, chunkHasher, hashFile, hashRegistry, verifyRegistry } from "@feagi-trainer/core"
import { SeedTree } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { approvedRoots } from "../src/index.ts"
import { cleanUp, run, scratch } from "./harness.ts"

cleanUp()

describe("a hash registry of a folder", () => {
  it("tells each of 1 000 flipped bytes by file and range", async () => {
    const folder = scratch()
    const draw = SeedTree.root(2026n).child("flips").random()
    const files = Array.from({ length: 40 }, (_, k) => {
      const path = `${k % 4}/file-${k}.bin`
      const bytes = new Uint8Array(k === 39 ? CHUNK_BYTES * 2 + 5 : 1 + draw.below(4000))
      draw.fill(bytes)
      mkdirSync(`${folder}/${k % 4}`, { recursive: true })
      writeFileSync(`${folder}/${path}`, bytes)
      return { path, bytes }
    })
    const registry = hashRegistry(
      files.map(({ path, bytes }) => {
        const hasher = chunkHasher()
        hasher.update(bytes)
        return { path, ...hasher.result() }
      })
    )
    const roots = await run(approvedRoots(folder))
    const verify = (only: string) =>
      // All files the first time; then the one that was touched, beside the next, so that a thousand rounds stay short.
      run(
        verifyRegistry({ ...registry, files: registry.files.filter(({ path }) => only === "" || path === only) }, (path) =>
          Effect.flatMap(roots.info(path), ({ bytes }) => hashFile(roots, path, bytes))
        )
      )
    expect(await verify("")).toMatchObject({ ok: true, files: 40, bad: [] })
    for (let round = 0; round < 1000; round++) {
      const { path } = files[draw.below(round % 100 === 0 ? 40 : 39)] ?? { path: "" }
      const bytes = readFileSync(`${folder}/${path}`)
      const at = draw.below(bytes.length)
      const was = bytes[at] ?? 0
      bytes[at] = was ^ (1 << draw.below(8))
      writeFileSync(`${folder}/${path}`, bytes)
      const { bad } = await verify(round % 50 === 0 ? "" : path)
      const from = at - (at % CHUNK_BYTES)
      expect(bad).toMatchObject([{ path, problem: "changed", range: { from, to: Math.min(from + CHUNK_BYTES, bytes.length) } }])
      bytes[at] = was
      writeFileSync(`${folder}/${path}`, bytes)
    }
    expect(await verify("")).toMatchObject({ ok: true })
  })
})
