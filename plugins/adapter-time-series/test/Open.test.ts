import { memoryRoot } from "@feagi-trainer/conformance"
import { CONTENT_CHANGED, type RootFiles } from "@feagi-trainer/contracts"
import { Effect, Stream } from "effect"
import { describe, expect, it } from "vitest"
import { CACHED_BLOCK_BYTES } from "../src/Blocks.ts"
import { BLOCK_BYTES } from "../src/Lines.ts"
import { cases } from "./cases.ts"
import { collect, opened, scanOf, scanOn, seriesOf } from "./World.ts"

/** A root that says how many bytes were asked for, and whose files can change while a session is open. */
const watched = (files: Readonly<Record<string, string | Uint8Array>>) => {
  let root = memoryRoot(files)
  const reads = { count: 0, longest: 0 }
  const served: RootFiles = {
    info: (path) => root.info(path),
    list: (folder) => root.list(folder),
    read: (path, offset, length) => {
      reads.count++
      reads.longest = Math.max(reads.longest, length)
      return root.read(path, offset, length)
    }
  }
  return {
    root: served,
    reads,
    change: (changed: Readonly<Record<string, string | Uint8Array>>): void => {
      root = memoryRoot({ ...files, ...changed })
    }
  }
}

const head = "@timestamps false\n@univariate true\n@classLabel true a b\n@data\n"
const all = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, at) => at)

describe("open", () => {
  it("reads a file of many blocks in blocks, in any order, each series as it stands there", async () => {
    const lines = all(4000).map(
      (at) =>
        `${all(40)
          .map((point) => at + point / 8)
          .join(",")}:${at % 2 === 0 ? "a" : "b"}`
    )
    const { root, reads } = watched({ "X.ts": head + lines.join("\n") })
    const scan = (await scanOn(root, cases.ts.options)).scan()
    const order = all(4000).map((at) => (at * 1237) % 4000)
    const samples = await opened(root, cases.ts.options, scan, (session) => collect(session, order))
    expect(samples.map((sample) => seriesOf(sample).samples[0])).toEqual(order)
    expect(samples.every((sample) => seriesOf(sample).samples.length === 40)).toBe(true)
    expect(reads.longest).toBe(BLOCK_BYTES)
    // The scan and the two passes of opening read every block once, and so does the session, which keeps them.
    const bytes = head.length + lines.join("\n").length
    expect(reads.count).toBe(3 * Math.ceil(bytes / BLOCK_BYTES) + Math.ceil(bytes / CACHED_BLOCK_BYTES))
  })

  it("hands over as few series at once as many numbers fit into a page", async () => {
    const line = `${all(200_000)
      .map(() => 1)
      .join(",")}:a`
    const { root } = watched({ "X.ts": `${head}${line}\n${line}\n${line}\n${line}\n` })
    const { scan } = await scanOn(root, cases.ts.options)
    const pages = await opened(root, cases.ts.options, scan(), (session) =>
      Effect.map(Stream.runCollect(Stream.chunks(session.stream([0, 1, 2, 3], 0))), (chunks) => [...chunks].map((chunk) => chunk.length))
    )
    expect(pages).toEqual([2, 2])
  })

  it.each(["ts", "row", "long", "wfdb"] as const)(
    "%s: says which file changed, with both hashes, when any byte of any file did",
    async (name) => {
      const { files, options } = cases[name]
      const scan = (await scanOf(files, options)).scan()
      for (const { path, sha256 } of scan.files) {
        const bytes = Buffer.from(files[path] ?? "")
        for (const at of [0, bytes.length - 1]) {
          const changed = Buffer.from(bytes)
          changed[at] = (changed[at] ?? 0) ^ 1
          const error = await opened(memoryRoot({ ...files, [path]: changed }), options, scan, () => Effect.void).catch(
            (failure: unknown) => failure
          )
          expect(error).toMatchObject({ reason: "integrity", diagnostics: [{ code: CONTENT_CHANGED, file: path, expected: sha256 }] })
        }
      }
      const { [scan.files[0]?.path ?? ""]: _, ...rest } = files
      const gone = await opened(memoryRoot(rest), options, scan, () => Effect.void).catch((failure: unknown) => failure)
      expect(gone).toMatchObject({ reason: "integrity", diagnostics: [{ code: CONTENT_CHANGED, actual: "no file" }] })
    }
  )

  it.each([
    ["ts", "Toy_TRAIN.ts", "-1.5", "-1.6"],
    ["long", "walks.csv", "a,3,9", "a,3,8"]
  ] as const)(
    "%s: compares every record when it is read, because a file may change while a session is open",
    async (name, path, before, after) => {
      const { files, options } = cases[name]
      const world = watched(files)
      const scan = (await scanOn(world.root, options)).scan()
      const error = await opened(world.root, options, scan, (session) => {
        world.change({ [path]: String(files[path]).replace(before, after) })
        return collect(session, all(scan.index.length))
      }).catch((failure: unknown) => failure)
      expect(error).toMatchObject({
        diagnostics: [{ code: CONTENT_CHANGED, file: path, sample_id: scan.index[1]?.sample_id, expected: scan.index[1]?.content_hash }]
      })
    }
  )

  it("wfdb: compares every window when it is read", async () => {
    const { files, options } = cases.wfdb
    const world = watched(files)
    const scan = (await scanOn(world.root, options)).scan()
    const dat = Uint8Array.from(files["one12.dat"] as Uint8Array)
    dat[40] = (dat[40] ?? 0) ^ 1
    const error = await opened(world.root, options, scan, (session) => {
      world.change({ "one12.dat": dat })
      return collect(session, [2, 1])
    }).catch((failure: unknown) => failure)
    expect(error).toMatchObject({ diagnostics: [{ code: CONTENT_CHANGED, file: "one12.dat", sample_id: "one12/30" }] })
  })

  it("refuses options other than those of the scan, and positions that are not there", async () => {
    const { files, options } = cases.ts
    const scan = (await scanOf(files, options)).scan()
    const other = opened(memoryRoot(files), { ...options, missing: { value: 0 } }, scan, () => Effect.void)
    await expect(other).rejects.toMatchObject({ reason: "invalid", diagnostics: [{ code: "time-series/OTHER-OPTIONS" }] })
    const outside = opened(memoryRoot(files), options, scan, (session) => collect(session, [0, 4]))
    await expect(outside).rejects.toMatchObject({ diagnostics: [{ code: "time-series/NO-SAMPLE", actual: "4" }] })
  })

  it("reads a registered version with its resolved options, also when other files came into the folder", async () => {
    const { report, scan } = await scanOf(cases.ts.files, cases.ts.options)
    const files = { ...cases.ts.files, "Other_TRAIN.ts": "" }
    const samples = await opened(memoryRoot(files), report.resolved_options, scan(), (session) => collect(session, [3]))
    expect(seriesOf(samples[0] ?? Effect.runSync(Effect.die("no sample"))).samples).toEqual([7, 9, 8, 10])
  })
})
