import { fromUtf8, SeedTree, sha256Hex, toUtf8 } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import {
  CHUNK_BYTES,
  chunkHasher,
  decodeHashRegistry,
  encodeHashRegistry,
  firstBadRange,
  hashRegistry,
  verifyRegistry
} from "../../src/dataset/ChunkHashes.ts"
import answers from "./oracle/chunk-hashes.json" with { type: "json" }

const content = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 7 + Math.floor(at / 4096)) % 251)
const hashesOf = (bytes: Uint8Array, piece = bytes.length) => {
  const hasher = chunkHasher()
  for (let at = 0; at < bytes.length; at += piece) hasher.update(bytes.subarray(at, at + piece))
  return hasher.result()
}
const with_ = (bytes: Uint8Array, at: number) => {
  const changed = bytes.slice()
  changed[at] = (changed[at] ?? 0) ^ 1
  return changed
}

describe("hashes of chunks", () => {
  it("are those of hashlib, with the root of RFC 6962", () => {
    for (const answer of answers) expect(hashesOf(content(answer.bytes))).toEqual(answer)
  })

  it("do not depend on the pieces in which the bytes come", () => {
    const bytes = content(2 * CHUNK_BYTES + 77)
    for (const piece of [65_537, CHUNK_BYTES, CHUNK_BYTES - 1, CHUNK_BYTES + 1]) expect(hashesOf(bytes, piece)).toEqual(hashesOf(bytes))
    const hasher = chunkHasher()
    hasher.update(bytes.subarray(0, 5))
    expect(hasher.result()).toEqual(hashesOf(bytes.subarray(0, 5)))
    hasher.update(new Uint8Array(0))
    hasher.update(bytes.subarray(5))
    expect(hasher.result()).toEqual(hashesOf(bytes))
  })
})

describe("the first bad range", () => {
  const bytes = content(3 * CHUNK_BYTES + 100)
  const whole = hashesOf(bytes)

  it("is none of equal files, empty ones included", () => {
    expect(firstBadRange(whole, hashesOf(bytes.slice()))).toBeUndefined()
    expect(firstBadRange(hashesOf(content(0)), hashesOf(content(0)))).toBeUndefined()
  })

  it("holds the byte that was flipped, wherever it lies", () => {
    const random = SeedTree.root(5n).child("flips").random()
    for (const at of [0, CHUNK_BYTES - 1, CHUNK_BYTES, bytes.length - 1, ...Array.from({ length: 30 }, () => random.below(bytes.length))]) {
      const from = at - (at % CHUNK_BYTES)
      expect(firstBadRange(whole, hashesOf(with_(bytes, at)))).toEqual({ from, to: Math.min(from + CHUNK_BYTES, bytes.length) })
    }
  })

  it("is the first of several", () => {
    const changed = with_(with_(bytes, 3 * CHUNK_BYTES + 1), CHUNK_BYTES + 9)
    expect(firstBadRange(whole, hashesOf(changed))).toEqual({ from: CHUNK_BYTES, to: 2 * CHUNK_BYTES })
  })

  it("reaches to the end of the longer file", () => {
    const range = { from: 3 * CHUNK_BYTES, to: 3 * CHUNK_BYTES + 100 }
    expect(firstBadRange(whole, hashesOf(bytes.subarray(0, bytes.length - 1)))).toEqual(range)
    expect(firstBadRange(hashesOf(bytes.subarray(0, bytes.length - 1)), whole)).toEqual(range)
    expect(firstBadRange(whole, hashesOf(bytes.subarray(0, 3 * CHUNK_BYTES)))).toEqual(range)
    expect(firstBadRange(hashesOf(bytes.subarray(0, 3 * CHUNK_BYTES)), whole)).toEqual(range)
    expect(firstBadRange(whole, hashesOf(content(0)))).toEqual({ from: 0, to: CHUNK_BYTES })
    expect(firstBadRange(hashesOf(content(0)), hashesOf(content(1)))).toEqual({ from: 0, to: 1 })
  })
})

describe("the hash registry", () => {
  const files = new Map([
    ["b/2.png", content(CHUNK_BYTES + 3)],
    ["a.csv", content(17)],
    ["\u{1f600}.png", content(2)],
    ["\uff01.png", content(3)],
    ["empty", content(0)]
  ])
  const registry = hashRegistry([...files].map(([path, bytes]) => ({ path, ...hashesOf(bytes) })))
  const sorted = ["a.csv", "b/2.png", "empty", "\uff01.png", "\u{1f600}.png"]
  const verify = (there: ReadonlyMap<string, Uint8Array>, listing?: ReadonlyArray<string>) =>
    Effect.runSync(
      verifyRegistry(
        registry,
        (path) => Effect.sync(() => (there.has(path) ? hashesOf(there.get(path) ?? content(0)) : undefined)),
        listing
      )
    )

  it("is sorted by the bytes of the paths, whichever order they come in", () => {
    expect(registry.files.map((each) => each.path)).toEqual(sorted)
    const again = hashRegistry([...registry.files].reverse())
    expect(sha256Hex(encodeHashRegistry(again))).toBe(sha256Hex(encodeHashRegistry(registry)))
  })

  it("is the same after it was written and read", () => {
    expect(decodeHashRegistry(encodeHashRegistry(registry))).toEqual({ ok: true, value: registry })
    expect(decodeHashRegistry(encodeHashRegistry(hashRegistry([])))).toMatchObject({ ok: true, value: { files: [] } })
  })

  it("is refused when it was edited, with the place and what was expected", () => {
    const text = fromUtf8(encodeHashRegistry(registry))
    const refusal = (edited: string) => {
      const decoded = decodeHashRegistry(toUtf8(edited))
      if (decoded.ok) throw new Error(`was taken: ${edited}`)
      return decoded.mistakes.map((each) => `${each.path.join(".")} ${each.expected ?? each.message}`)
    }
    const edit = (change: (document: typeof registry) => unknown) => refusal(JSON.stringify(change(JSON.parse(text))))
    expect(edit((document) => ({ ...document, schema_version: 2 }))).toEqual(["schema_version 1"])
    expect(edit((document) => ({ ...document, chunk_bytes: 4096 }))).toEqual(["chunk_bytes 1048576"])
    expect(edit((document) => ({ ...document, note: "hello" }))).toEqual(['note unknown key "note"'])
    expect(edit((document) => ({ ...document, files: [...document.files].reverse() }))).toEqual([
      "files files in the order of the bytes of their paths, each path once"
    ])
    expect(edit((document) => ({ ...document, files: [document.files[0], ...document.files] }))).toEqual([
      "files files in the order of the bytes of their paths, each path once"
    ])
    const first = (more: object) =>
      edit((document) => ({ ...document, files: [{ ...document.files[0], ...more }, ...document.files.slice(1)] }))
    expect(first({ bytes: CHUNK_BYTES + 1 })).toEqual(["files.0 as many chunks as `bytes` asks for"])
    expect(first({ chunks: ["0".repeat(64)] })).toEqual(["files.0 the `merkle_root` of the chunks"])
    expect(first({ sha256: "ABC" })).toEqual(["files.0.sha256 64 lower-case hex digits"])
    expect(first({ bytes: -1 })[0]).toMatch(/^files\.0\.bytes /)
    expect(refusal(text.slice(0, -1))).toHaveLength(1)
    expect(decodeHashRegistry(Uint8Array.of(0xff)).ok).toBe(false)
  })

  it("finds nothing wrong with the files that it was made of", () => {
    expect(verify(files, [...files.keys()])).toEqual({ ok: true, files: 5, bytes: CHUNK_BYTES + 25, bad: [] })
  })

  it("names every file that is missing, changed or too many, in order", () => {
    const there = new Map(files)
    there.delete("empty")
    there.set("b/2.png", with_(content(CHUNK_BYTES + 3), CHUNK_BYTES + 1))
    there.set("\u{1f600}.png", content(1))
    const { ok, bad } = verify(there, [...there.keys(), "b/1.png", "zz"])
    expect(ok).toBe(false)
    expect(bad.map(({ path, problem, range }) => [path, problem, range])).toEqual([
      ["b/1.png", "extra", undefined],
      ["b/2.png", "changed", { from: CHUNK_BYTES, to: CHUNK_BYTES + 3 }],
      ["empty", "missing", undefined],
      ["zz", "extra", undefined],
      ["\u{1f600}.png", "changed", { from: 0, to: 2 }]
    ])
    expect(bad[1]?.expected).toBe(sha256Hex(content(CHUNK_BYTES + 3)))
    expect(bad[1]?.actual).not.toBe(bad[1]?.expected)
  })

  it("looks for other files only where it is told what is there", () =>
    expect(verify(new Map([...files, ["new", content(1)]])).ok).toBe(true))

  it("does not trust a whole hash that its chunks do not bear out", () => {
    const lying = { ...registry, files: registry.files.map((each, at) => (at === 0 ? { ...each, sha256: "0".repeat(64) } : each)) }
    const { bad } = Effect.runSync(verifyRegistry(lying, (path) => Effect.sync(() => hashesOf(files.get(path) ?? content(0)))))
    expect(bad).toEqual([{ path: "a.csv", problem: "changed", expected: "0".repeat(64), actual: sha256Hex(content(17)) }])
  })

  it("fails as its reader fails", () => {
    const failed = Effect.runSync(Effect.flip(verifyRegistry(registry, (path) => Effect.fail(`cannot read ${path}`))))
    expect(failed).toBe("cannot read a.csv")
  })
})
