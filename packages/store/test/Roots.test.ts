import { execFileSync, spawn } from "node:child_process"
import { linkSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs"
import { ApprovedRoots } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { approvedRoots, approvedRootsLayer, readFileLimited } from "../src/index.ts"
import { cleanUp, codesOf, failure, run, scratch } from "./harness.ts"

cleanUp()

/** A root with `files` in it, beside a secret that must never be read. */
const dataset = (files: ReadonlyArray<string>): { readonly root: string; readonly outside: string } => {
  const outside = scratch()
  const root = `${outside}/root`
  mkdirSync(root)
  writeFileSync(`${outside}/secret`, "secret")
  for (const file of files) {
    mkdirSync(`${root}/${file}`.slice(0, `${root}/${file}`.lastIndexOf("/")), { recursive: true })
    writeFileSync(`${root}/${file}`, `bytes of ${file}`)
  }
  return { root, outside }
}

/** Puts a link to the folder outside in the place of `root/folder`, and the folder back, without end. */
const swapForever = `
  const { renameSync } = require("node:fs")
  const [root, outside] = process.argv.slice(1)
  process.stdout.write("started")
  for (;;) {
    renameSync(root + "/folder", outside + "/folder")
    renameSync(outside + "/link", root + "/folder")
    renameSync(root + "/folder", outside + "/link")
    renameSync(outside + "/folder", root + "/folder")
  }`

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** Matrix C1: [path, code, words of the message]. */
const refused: ReadonlyArray<readonly [string, string, string]> = [
  ["../../etc/passwd", "FT4040", 'climbs with ".."'],
  ["a/../../secret", "FT4040", 'climbs with ".."'],
  ["..", "FT4040", 'climbs with ".."'],
  ["a;/../b", "FT4040", 'climbs with ".."'],
  ["x#/../y", "FT4040", 'climbs with ".."'],
  ["..\\..\\x", "FT4040", "backslash"],
  ["\\\\srv\\x", "FT4040", "backslash"],
  ["C:\\Windows", "FT4040", "backslash"],
  ["C:/Windows", "FT4040", "drive letter"],
  ["c:secret", "FT4040", "drive letter"],
  ["/etc/passwd", "FT4040", "is absolute"],
  ["//proc/self/root", "FT4040", "is absolute"],
  ["//srv/share", "FT4040", "is absolute"],
  ["file:///etc/passwd", "FT4040", "empty segment"],
  ["a//b", "FT4040", "empty segment"],
  ["a/", "FT4040", "empty segment"],
  ["", "FT4040", "is empty"],
  [".", "FT4040", 'the segment "."'],
  ["a/./b", "FT4040", 'the segment "."'],
  ["a\0.csv", "FT4040", "control character"],
  ["a\n.csv", "FT4040", "control character"],
  ["a\u0085", "FT4040", "control character"],
  ["\ud800", "FT4040", "lone surrogate"],
  ["x".repeat(5000), "FT4040", "longer than 4096 bytes"],
  [`a/${"é".repeat(128)}`, "FT4040", "more than 255 bytes"],
  ["CON", "FT4040", "device name"],
  ["a/nul.txt", "FT4040", "device name"],
  ["Com1", "FT4040", "device name"],
  ["a/b.", "FT4040", "ends in a dot or a space"],
  ["a /b", "FT4040", "ends in a dot or a space"],
  // Taken literally: no decoding makes these climb, there is just no such file.
  ["%2e%2e%2fsecret", "FT4043", "no such file"],
  ["%252e%252e%252fsecret", "FT4043", "no such file"],
  ["..%c0%afsecret", "FT4043", "no such file"],
  ["~/secret", "FT4043", "no such file"],
  ["$HOME", "FT4043", "no such file"],
  ["file.csv/x", "FT4043", "no such file"],
  ["a", "FT4042", "no regular file"]
]

describe("ApprovedRoots", () => {
  it("reads exactly the bytes that were asked for, fewer only at the end", async () => {
    const { root } = dataset(["a/file.csv"])
    const program = Effect.gen(function* () {
      const files = yield* ApprovedRoots
      expect(yield* files.info("a/file.csv")).toEqual({ path: "a/file.csv", bytes: 19 })
      expect(text(yield* files.read("a/file.csv", 6, 2))).toBe("of")
      expect(text(yield* files.read("a/file.csv", 9, 1000))).toBe("a/file.csv")
      expect(text(yield* files.read("a/file.csv", 19, 5))).toBe("")
      expect(text(yield* files.read("a/file.csv", 500, Number.MAX_SAFE_INTEGER))).toBe("")
    })
    await run(Effect.provide(program, approvedRootsLayer(root)))
  })

  for (const [path, code, words] of refused) {
    it(`refuses ${JSON.stringify(path.length > 40 ? `${path.slice(0, 37)}...` : path)} for every call that takes a path`, async () => {
      const { root } = dataset(["file.csv", "a/x"])
      const files = await run(approvedRoots(root))
      for (const call of [Effect.asVoid(files.info(path)), Effect.asVoid(files.read(path, 0, 10))]) {
        const error = await failure(call)
        expect([error.reason, ...codesOf(error)]).toEqual(["invalid", code])
        expect(error.message).toContain(words)
      }
      if (code === "FT4040" && path !== "") expect(codesOf(await failure(files.list(path)))).toEqual(["FT4040"])
    })
  }

  it("takes names as they are: spaces, dots in front, emoji, a leading minus, percent signs", async () => {
    const names = ["-rf", ".hidden", "%2e%2e", "a b.csv", "con1", "constant.txt", "é.csv", "\u{1f9e0}"]
    const files = await run(approvedRoots(dataset(names).root))
    for (const name of names) expect(text(await run(files.read(name, 0, 100)))).toBe(`bytes of ${name}`)
  })

  it("lists recursively in the order of the bytes of the NFC names", async () => {
    const names = ["b", "B", "a/z", "a-b", "a/10", "a/9", "é", "z", "e\u0301b", "\u{1f9e0}", "\uff5e"]
    const files = await run(approvedRoots(dataset(names).root))
    const listed = (await run(files.list(""))).map(({ path }) => path)
    expect(listed).toEqual(["B", "a-b", "a/10", "a/9", "a/z", "b", "z", "é", "e\u0301b", "\uff5e", "\u{1f9e0}"])
    expect((await run(files.list("a"))).map(({ path, bytes }) => [path, bytes])).toEqual([
      ["a/10", 13],
      ["a/9", 12],
      ["a/z", 12]
    ])
  })

  it("follows a link that stays under the root and refuses one that leaves it", async () => {
    const { root, outside } = dataset(["real.csv", "deep/x"])
    symlinkSync("real.csv", `${root}/inner`)
    symlinkSync("../secret", `${root}/outer`)
    symlinkSync(outside, `${root}/up`)
    const files = await run(approvedRoots(root))
    expect(text(await run(files.read("inner", 0, 100)))).toBe("bytes of real.csv")
    for (const path of ["outer", "up/secret", "up"]) {
      for (const call of [Effect.asVoid(files.info(path)), Effect.asVoid(files.read(path, 0, 10))]) {
        const error = await failure(call)
        expect(codesOf(error)).toEqual(["FT4041"])
        expect(error.message).not.toContain(outside)
      }
    }
    const error = await failure(files.list(""))
    expect(error.diagnostics.map(({ code, file }) => [code, file])).toEqual([
      ["FT4041", "outer"],
      ["FT4041", "up"]
    ])
  })

  it("refuses links in a circle, links to nothing and links to folders, all in one listing", async () => {
    const { root } = dataset(["ok.csv", "folder/x"])
    symlinkSync("b", `${root}/a`)
    symlinkSync("a", `${root}/b`)
    symlinkSync("nothing", `${root}/dangling`)
    symlinkSync("..", `${root}/folder/loop`)
    symlinkSync("folder", `${root}/twice`)
    const files = await run(approvedRoots(root))
    const error = await failure(files.list(""))
    expect(error.diagnostics.map(({ code, file, message }) => [code, file, message])).toEqual([
      ["FT4041", "a", "symbolic links lead in a circle"],
      ["FT4041", "b", "symbolic links lead in a circle"],
      ["FT4041", "dangling", "a symbolic link leads to nothing"],
      ["FT4041", "folder/loop", "a symbolic link leads in a circle, to a folder that it lies in"],
      ["FT4041", "twice", "a symbolic link leads to a folder, whose files would be listed twice"]
    ])
    expect(codesOf(await failure(files.read("a", 0, 1)))).toEqual(["FT4041"])
  })

  it("does not hang on a named pipe, and names it", async () => {
    const { root } = dataset(["ok.csv"])
    execFileSync("mkfifo", [`${root}/pipe`])
    const files = await run(approvedRoots(root))
    for (const call of [Effect.asVoid(files.info("pipe")), Effect.asVoid(files.read("pipe", 0, 1)), Effect.asVoid(files.list(""))]) {
      const error = await failure(call)
      expect([...codesOf(error), error.diagnostics[0].actual]).toEqual(["FT4042", "a named pipe"])
    }
  })

  it("never reads outside while a file is swapped for a link and back", async () => {
    const { root, outside } = dataset(["swap", "other"])
    const files = await run(approvedRoots(root))
    symlinkSync(`${outside}/secret`, `${outside}/link`)
    linkSync(`${root}/swap`, `${outside}/file`)
    const seen = new Set<string>()
    for (let round = 0; round < 200; round += 1) {
      renameSync(`${outside}/${round % 2 === 0 ? "link" : "file"}`, `${root}/swap`)
      const result = await Effect.runPromise(Effect.exit(files.read("swap", 0, 100)))
      seen.add(result._tag === "Success" ? text(result.value) : "refused")
      if (round % 2 === 0) symlinkSync(`${outside}/secret`, `${outside}/link`)
      else linkSync(`${root}/swap`, `${outside}/file`)
    }
    expect([...seen].sort()).toEqual(["bytes of swap", "refused"])
  })

  // Only Linux tells where an open file lies; elsewhere the gap is documented.
  it.skipIf(process.platform !== "linux")("never reads outside while another process swaps a folder for a link and back", async () => {
    const { root, outside } = dataset(["folder/secret"])
    symlinkSync(outside, `${outside}/link`)
    const swapper = spawn(process.execPath, ["-e", swapForever, root, outside], { stdio: ["ignore", "pipe", "inherit"] })
    try {
      await new Promise((resolve) => swapper.stdout.once("data", resolve))
      const files = await run(approvedRoots(root))
      const seen = new Set<string>()
      for (let round = 0; round < 20_000; round += 1) {
        const result = Effect.runSyncExit(files.read("folder/secret", 0, 100))
        seen.add(result._tag === "Success" ? text(result.value) : "refused")
      }
      expect([...seen].sort()).toEqual(["bytes of folder/secret", "refused"])
    } finally {
      swapper.kill("SIGKILL")
    }
  })

  it("resolves a root that is itself a link, once", async () => {
    const { root, outside } = dataset(["x"])
    symlinkSync(root, `${outside}/root-link`)
    const files = await run(approvedRoots(`${outside}/root-link`))
    expect(text(await run(files.read("x", 0, 9)))).toBe("bytes of ")
  })

  it("refuses a root that is missing or no folder, and ranges that are no whole numbers", async () => {
    const { root } = dataset(["x"])
    for (const wrong of [`${root}/nothing`, `${root}/x`, `${root}/x/y`])
      expect(codesOf(await failure(Effect.asVoid(approvedRoots(wrong))))).toEqual(["FT4045"])
    const files = await run(approvedRoots(root))
    for (const [offset, length] of [
      [-1, 1],
      [0, -1],
      [0.5, 1],
      [0, Number.NaN],
      [0, Number.POSITIVE_INFINITY]
    ] as const) {
      expect(codesOf(await failure(files.read("x", offset, length)))).toEqual(["FT4046"])
    }
  })
})

describe("readFileLimited()", () => {
  it("reads a file of at most as many bytes as the limit", async () => {
    const { root } = dataset(["x"])
    expect(text(await run(readFileLimited(`${root}/x`, 10)))).toBe("bytes of x")
    const error = await failure(readFileLimited(`${root}/x`, 9))
    expect([...codesOf(error), error.diagnostics[0].expected, error.diagnostics[0].actual]).toEqual([
      "FT4044",
      "at most 9 bytes",
      "10 bytes"
    ])
  })

  it("names a folder, a pipe and a device, does not hang, and says when nothing is there", async () => {
    const { root } = dataset(["x"])
    execFileSync("mkfifo", [`${root}/pipe`])
    const cases = [
      [root, "FT4042", "a folder"],
      [`${root}/pipe`, "FT4042", "a named pipe"],
      ["/dev/zero", "FT4042", "a device"],
      [`${root}/nothing`, "FT4043", undefined],
      [`${root}/x/y`, "FT4043", undefined]
    ] as const
    for (const [path, code, actual] of cases) {
      const error = await failure(readFileLimited(path, 100))
      expect([...codesOf(error), error.diagnostics[0].actual, error.diagnostics[0].file]).toEqual([code, actual, path])
    }
  })
})
