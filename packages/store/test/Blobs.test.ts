import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { TrainerError } from "@feagi-trainer/contracts"
import { sha256Hex } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { Blobs } from "../src/Blobs.ts"
import { Health } from "../src/Health.ts"
import type { BlobFilesShape, ProcessFactsShape } from "../src/index.ts"
import { nodeBlobFiles } from "../src/index.ts"
import { identityText } from "../src/ProcessFacts.ts"
import { faultFs } from "./FaultFs.ts"
import { cleanUp, codesOf, failure, machine, run, scratch, withStore } from "./harness.ts"
import { MemoryDisk } from "./MemoryDisk.ts"

cleanUp()

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const open = (folder: string, files: BlobFilesShape, facts: ProcessFactsShape): Blobs =>
  Blobs.open({ folder, files, facts, health: new Health() })
const pathIn = (folder: string, sha256: string): string => `${folder}/objects/sha256/${sha256.slice(0, 2)}/${sha256.slice(2)}`
/** The real file system without the waiting: what a sync is for is tested with the power loss of the disk in memory. */
const unsynced: BlobFilesShape = { ...nodeBlobFiles, sync: () => undefined, syncFolder: () => undefined }
const texts = ["first", "second ".repeat(50), "third", ""]

/** Stores the texts one after the other until something fails; the ones that were acknowledged. */
const storeAll = async (folder: string, files: BlobFilesShape, facts: ProcessFactsShape) => {
  const acknowledged: Array<string> = []
  try {
    const blobs = open(folder, files, facts)
    for (const text of texts) {
      await run(blobs.service.put(bytesOf(text)))
      acknowledged.push(text)
    }
    return { acknowledged, error: undefined }
  } catch (error) {
    if (!(error instanceof TrainerError)) throw error
    return { acknowledged, error }
  }
}

/** What must hold for every disk that a process left behind, however it ended. */
const expectSound = async (folder: string, files: BlobFilesShape, facts: ProcessFactsShape, acknowledged: ReadonlyArray<string>) => {
  const blobs = open(folder, files, facts)
  for (const text of acknowledged) expect(Buffer.from(await run(blobs.service.get(sha256Hex(text)))).toString()).toBe(text)
  const { blobs: stored, strays } = blobs.survey()
  for (const { sha256 } of stored) expect(blobs.inspect(sha256)).toBe("whole")
  expect(strays).toEqual([])
  // And whatever was not acknowledged can be stored now.
  for (const text of texts) expect(await run(blobs.service.put(bytesOf(text)))).toBe(sha256Hex(text))
}

describe("BlobStore", () => {
  it("returns the bytes it was given, under the SHA-256 that names them", async () => {
    await withStore(scratch(), ({ blobs }) =>
      Effect.gen(function* () {
        const sha256 = yield* blobs.put(bytesOf("abc"))
        expect(sha256).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        expect(Buffer.from(yield* blobs.get(sha256)).toString()).toBe("abc")
        expect(yield* blobs.has(sha256)).toBe(true)
        expect(yield* blobs.has("0".repeat(64))).toBe(false)
      })
    )
  })

  it("stores the same bytes once and lists blobs in order of their hash", async () => {
    await withStore(scratch(), ({ blobs }) =>
      Effect.gen(function* () {
        for (const text of ["a", "b", "c", "a"]) yield* blobs.put(bytesOf(text))
        const listed = yield* blobs.list
        expect(listed.map(({ sha256 }) => sha256)).toEqual(["a", "b", "c"].map((text) => sha256Hex(text)).sort())
        expect(listed.map(({ bytes }) => bytes)).toEqual([1, 1, 1])
      })
    )
  })

  it("keeps blobs of more than one chunk whole", async () => {
    const bytes = new Uint8Array(3_000_001)
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = (at * 31 + (at >> 8)) & 255
    await withStore(scratch(), ({ blobs }) =>
      Effect.gen(function* () {
        const found = yield* blobs.get(yield* blobs.put(bytes))
        expect(sha256Hex(found)).toBe(sha256Hex(bytes))
        expect(found.length).toBe(3_000_001)
      })
    )
  })

  it("makes files and folders that only their owner can read", async () => {
    const folder = `${scratch()}/store`
    const sha256 = await withStore(folder, ({ blobs }) => blobs.put(bytesOf("secret")))
    const modes = [pathIn(folder, sha256), `${folder}/objects/sha256/${sha256.slice(0, 2)}`, folder].map(
      (path) => statSync(path).mode & 0o777
    )
    expect(modes).toEqual([0o600, 0o700, 0o700])
  })

  it("names a missing blob and its path", async () => {
    const error = await withStore(scratch(), ({ blobs }) => Effect.flip(blobs.get("f".repeat(64))))
    expect(error.reason).toBe("integrity")
    expect(error.diagnostics[0].message).toBe(`blob ${"f".repeat(64)} is missing`)
    expect(error.diagnostics[0].file).toMatch(/objects\/sha256\/ff\/f{62}$/)
  })

  it("refuses a name that is no hash, before it becomes a path", async () => {
    for (const name of ["../../etc/passwd", "AB".repeat(32), "ab", `${"a".repeat(63)}/`]) {
      const error = await withStore(scratch(), ({ blobs }) => Effect.flip(blobs.get(name)))
      expect(codesOf(error)).toEqual(["FT4012"])
    }
  })

  it("refuses to read a symbolic link in the place of a blob", async () => {
    const folder = scratch()
    chmodSync(folder, 0o700)
    const sha256 = await withStore(folder, ({ blobs }) => blobs.put(bytesOf("real")))
    const twin = sha256.slice(0, 2) + "0".repeat(62)
    symlinkSync(pathIn(folder, sha256), pathIn(folder, twin))
    expect(codesOf(await withStore(folder, ({ blobs }) => Effect.flip(blobs.get(twin))))).toEqual(["FT4009"])
  })

  it("finds and names one flipped bit at every 97th byte of several blobs", async () => {
    const folder = scratch()
    const contents = ["x", "spikes ".repeat(40), "synapse ".repeat(100)]
    await withStore(folder, ({ blobs, verify }) =>
      Effect.gen(function* () {
        let flips = 0
        for (const text of contents) yield* blobs.put(bytesOf(text))
        expect(yield* verify).toEqual([])
        for (const text of contents) {
          const sha256 = sha256Hex(text)
          const path = pathIn(folder, sha256)
          const whole = readFileSync(path)
          for (let at = 0; at < whole.length; at += 97) {
            const altered = Buffer.from(whole)
            altered[at] = (altered[at] ?? 0) ^ (1 << (flips % 8))
            writeFileSync(path, altered)
            const found = yield* verify
            expect(found.map(({ code, file }) => [code, file])).toEqual([["FT4011", path]])
            expect(found[0]?.message).toContain(sha256)
            expect(codesOf(yield* Effect.flip(blobs.get(sha256)))).toEqual(["FT4011"])
            // The altered blob does not count as stored, and is not overwritten without a word.
            expect(codesOf(yield* Effect.flip(blobs.put(bytesOf(text))))).toEqual(["FT4011"])
            flips += 1
          }
          writeFileSync(path, whole)
        }
        expect(flips).toBe(1 + 3 + 9)
        expect(yield* verify).toEqual([])
      })
    )
  })

  it("takes a cut or lengthened blob for altered", async () => {
    const folder = scratch()
    await withStore(folder, ({ blobs, verify }) =>
      Effect.gen(function* () {
        const sha256 = yield* blobs.put(bytesOf("whole"))
        for (const text of ["", "whol", "whole "]) {
          writeFileSync(pathIn(folder, sha256), text)
          expect((yield* verify).map(({ code }) => code)).toEqual(["FT4011"])
        }
      })
    )
  })

  it("sweeps what a process that is gone left half written, and nothing of one that lives or cannot be seen", () => {
    const folder = scratch()
    const box = machine()
    const [self, living, gone] = [box.start(1), box.start(2), box.start(3)]
    open(folder, nodeBlobFiles, self)
    const elsewhere = { ...gone.self, pid_namespace: "ns2" }
    const names = [gone.self, living.self, elsewhere].map((each) => `${identityText(each)}.n-1.1`)
    for (const name of [...names, "notes.txt"]) writeFileSync(`${folder}/objects/tmp/${name}`, "half")
    box.kill(3)
    const blobs = open(folder, nodeBlobFiles, self)
    expect(readdirSync(`${folder}/objects/tmp`).sort()).toEqual([names[1], names[2], "notes.txt"].sort())
    expect(
      blobs
        .survey()
        .strays.map(({ path }) => path.slice(path.lastIndexOf("/") + 1))
        .sort()
    ).toEqual([names[2], "notes.txt"].sort())
  })
})

describe("BlobStore on a disk that fails", () => {
  for (const code of ["ENOSPC", "EIO", "EACCES", "EMFILE"] as const) {
    it(`keeps every promise when call N fails with ${code}, for every N until none fails`, async () => {
      let through = false
      let failed = 0
      for (let call = 1; !through; call += 1) {
        // One error on the real file system; the others on the disk in memory, which answers alike and leaves no files behind.
        const folder = code === "ENOSPC" ? scratch() : "/store"
        const disk = code === "ENOSPC" ? unsynced : bound(new MemoryDisk(folder))
        const box = machine()
        const fault = faultFs(disk, { call, code, forGood: false, shortWrites: 16 })
        const { acknowledged, error } = await storeAll(folder, fault.files, box.start(1))
        box.kill(1)
        await expectSound(folder, disk, box.start(2), acknowledged)
        if (error !== undefined) {
          failed += 1
          expect(error.diagnostics[0].file).toContain(folder)
          expect(error.diagnostics[0].message).toContain(code)
        }
        through = !fault.hit()
        expect(call).toBeLessThan(1000)
      }
      expect(failed).toBeGreaterThan(40)
    })
  }

  it("keeps every promise when the power goes at call N, whatever of the unsynced names survives", async () => {
    const choices: ReadonlyArray<(path: string) => boolean> = [
      () => false,
      () => true,
      (path) => sha256Hex(path).charCodeAt(0) % 2 === 0,
      (path) => !path.includes("/tmp/")
    ]
    let through = false
    let losses = 0
    for (let call = 1; !through; call += 1) {
      const disk = new MemoryDisk("/store")
      const box = machine()
      const fault = faultFs(disk, { call, code: "EIO", forGood: true, shortWrites: 7 })
      const { acknowledged } = await storeAll("/store", fault.files, box.start(1))
      box.kill(1)
      for (const survives of choices) {
        const left = disk.afterPowerLoss((path) => path === "/store" || survives(path))
        await expectSound("/store", left, box.start(2), acknowledged)
        expect(left.openFiles).toBe(0)
        losses += 1
      }
      through = !fault.hit()
    }
    expect(losses).toBeGreaterThan(200)
  })

  it("would lose acknowledged bytes if the file were not synced: the power loss of these tests bites", async () => {
    const disk = new MemoryDisk("/store")
    const box = machine()
    const lazy: BlobFilesShape = { ...bound(disk), sync: () => undefined }
    const { acknowledged } = await storeAll("/store", lazy, box.start(1))
    expect(acknowledged).toEqual(texts)
    const left = open(
      "/store",
      disk.afterPowerLoss(() => true),
      box.start(2)
    )
    expect(left.inspect(sha256Hex("first"))).toBe("altered")
  })

  it("would lose acknowledged names if the folder were not synced", async () => {
    const disk = new MemoryDisk("/store")
    const box = machine()
    const lazy: BlobFilesShape = { ...bound(disk), syncFolder: () => undefined }
    await storeAll("/store", lazy, box.start(1))
    expect(
      open(
        "/store",
        disk.afterPowerLoss(() => false),
        box.start(2)
      ).inspect(sha256Hex("first"))
    ).toBe("missing")
  })

  it("writes nothing more after a failed sync, always with the same error, and never tries the sync again", async () => {
    const folder = scratch()
    let syncs = 0
    const files: BlobFilesShape = {
      ...nodeBlobFiles,
      sync: (file) => {
        syncs += 1
        if (syncs === 2) throw Object.assign(new Error("EIO"), { code: "EIO" })
        nodeBlobFiles.sync(file)
      }
    }
    const { service } = open(folder, files, machine().start(1))
    const kept = await run(service.put(bytesOf("kept")))
    const first = await failure(service.put(bytesOf("lost")))
    expect(codesOf(first)).toEqual(["FT4003"])
    for (const text of ["lost", "other", "kept"]) expect(await failure(service.put(bytesOf(text)))).toBe(first)
    expect(syncs).toBe(2)
    expect(Buffer.from(await run(service.get(kept))).toString()).toBe("kept")
    expect(existsSync(pathIn(folder, sha256Hex("lost")))).toBe(false)
    expect(readdirSync(`${folder}/objects/tmp`)).toEqual([])
  })

  it("goes on after a full disk: nothing of the blob that failed is left", async () => {
    const folder = scratch()
    let full = true
    const files: BlobFilesShape = {
      ...nodeBlobFiles,
      write: (file, bytes) => {
        if (full) throw Object.assign(new Error("full"), { code: "ENOSPC" })
        return nodeBlobFiles.write(file, bytes)
      }
    }
    const { service } = open(folder, files, machine().start(1))
    const error = await failure(service.put(bytesOf("big")))
    expect([error.reason, ...codesOf(error)]).toEqual(["failed", "FT4001"])
    expect(readdirSync(`${folder}/objects/tmp`)).toEqual([])
    full = false
    expect(await run(service.put(bytesOf("big")))).toBe(sha256Hex("big"))
  })
})

/** The calls of a disk as plain members, so that one of them can be replaced. */
const bound = (disk: MemoryDisk): BlobFilesShape => ({
  makeFolder: disk.makeFolder,
  create: disk.create,
  write: disk.write,
  sync: disk.sync,
  close: disk.close,
  rename: disk.rename,
  syncFolder: disk.syncFolder,
  open: disk.open,
  read: disk.read,
  size: disk.size,
  remove: disk.remove,
  list: disk.list
})
