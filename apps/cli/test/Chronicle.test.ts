/** The chronicle: what is registered is there as a whole, whoever dies when, and what is altered afterwards is found. */
import { type ChildProcess, spawn } from "node:child_process"
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { TrainerError } from "@feagi-trainer/contracts"
import { fromCanonical, hashOf, sha256Hex } from "@feagi-trainer/determinism"
import { Effect, Result } from "effect"
import { afterAll, describe, expect, it } from "vitest"
import { type NewResult, readEntries, register, registryPath, resultsFolder, verifyChronicle } from "../src/chronicle/Chronicle.ts"
import { insideRoot } from "../src/chronicle/insideRoot.ts"
import {
  appended,
  chainProblems,
  decodeManifest,
  type Entry,
  emptyManifest,
  encodeManifest,
  type Manifest,
  manifestPath
} from "../src/chronicle/Manifest.ts"

const folders: Array<string> = []
const emptyRoot = (): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "feagi-trainer-chronicle-")))
  folders.push(folder)
  return folder
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const at = 1_700_000_000_000
const result = (more: Partial<NewResult> = {}): NewResult => ({
  script: "time_utils",
  body: { found: 1 },
  envelope: { took: 5 },
  seeds: [{ name: "run", seed: 18_446_744_073_709_551_615n }],
  artifacts: [],
  changing: [],
  recordedAt: at,
  ...more
})
const add = (root: string, more: Partial<NewResult> = {}) => Effect.runPromise(register(root, result(more)))
const verified = (root: string) => Effect.runPromise(verifyChronicle(root))
const codes = async (effect: Effect.Effect<unknown, TrainerError>): Promise<ReadonlyArray<string>> => {
  const outcome = await Effect.runPromise(Effect.result(effect))
  return Result.isFailure(outcome) ? outcome.failure.diagnostics.map(({ code }) => code) : []
}
const manifestOf = (root: string): Manifest => {
  const manifest = decodeManifest(readFileSync(join(root, manifestPath)))
  if (manifest instanceof TrainerError) throw manifest
  return manifest
}
const resultsOf = (root: string): ReadonlyArray<string> => readdirSync(join(root, resultsFolder)).sort()
const inside = (root: string, path: string) => {
  const found = insideRoot(root, path)
  if (found instanceof TrainerError) throw found
  return found
}

describe("a registration", () => {
  it("leaves a result, an entry bound to the one before it, and hashes, all of which agree", async () => {
    const root = emptyRoot()
    writeFileSync(join(root, "made.csv"), "a,b\n")
    const first = await add(root, { artifacts: [inside(root, "made.csv")] })
    const second = await add(root)
    expect(first.entry.path).toBe("experiments/results/time_utils_20231114T221320000Z.json")
    expect(second.entry.path).toBe("experiments/results/time_utils_20231114T221320000Z-2.json")
    expect([first.entry.prev_sha256, second.entry.prev_sha256]).toEqual(["0".repeat(64), first.entry.entry_sha256])
    const { entry_sha256, ...rest } = second.entry
    expect(hashOf(rest)).toBe(entry_sha256)
    const document = fromCanonical(readFileSync(join(root, first.entry.path), "utf8")) as { body: unknown; body_sha256: string }
    expect(hashOf(document.body)).toBe(document.body_sha256)
    expect(document.body_sha256).toBe(first.entry.body_sha256)
    const registry = fromCanonical(readFileSync(join(root, registryPath), "utf8")) as {
      files: ReadonlyArray<{ path: string; sha256: string }>
    }
    expect(registry.files.map(({ path, sha256 }) => [path, sha256])).toEqual([
      [second.entry.path, sha256Hex(readFileSync(join(root, second.entry.path)))],
      [first.entry.path, sha256Hex(readFileSync(join(root, first.entry.path)))],
      ["made.csv", sha256Hex("a,b\n")]
    ])
    expect(await verified(root)).toEqual({ entries: 2, files: 3, head_sha256: second.entry.entry_sha256 })
    expect((await Effect.runPromise(readEntries(root))).map(({ seeds }) => seeds[0]?.seed)).toEqual([
      18_446_744_073_709_551_615n,
      18_446_744_073_709_551_615n
    ])
  })

  it("has the same body another time, with other times and another envelope beside it", async () => {
    const [one, two] = [emptyRoot(), emptyRoot()]
    const a = await add(one)
    const b = await add(two, { recordedAt: at + 5000, envelope: { took: 7 } })
    expect(a.entry.body_sha256).toBe(b.entry.body_sha256)
    expect(a.entry.sha256).not.toBe(b.entry.sha256)
    expect((await add(two, { body: { found: 2 } })).entry.body_sha256).not.toBe(a.entry.body_sha256)
    expect((await add(two, { seeds: [] })).entry.body_sha256).not.toBe(a.entry.body_sha256)
  })

  it("notes a file that changes by itself in the entry, and not in the body", async () => {
    const root = emptyRoot()
    writeFileSync(join(root, "now.json"), "1")
    const { entry, body } = await add(root, { changing: [inside(root, "now.json")] })
    expect([entry.artifacts.map(({ path }) => path), body.artifacts]).toEqual([["now.json"], []])
    writeFileSync(join(root, "now.json"), "2")
    expect(await codes(verifyChronicle(root))).toEqual(["FT3402"])
  })

  it("takes over a hash registry that is there, and refuses one that is none", async () => {
    const root = emptyRoot()
    await add(root)
    const registry = join(root, registryPath)
    const before = readFileSync(registry, "utf8")
    writeFileSync(registry, `${before} nonsense`)
    expect(await codes(register(root, result()))).toEqual(["FT3407"])
    expect(manifestOf(root).count).toBe(1)
    writeFileSync(registry, before)
    await add(root)
    expect((await verified(root)).entries).toBe(2)
  })
})

describe("a process that dies", () => {
  /** The state in which a process dies, made of a whole one. */
  const dying = async (change: (root: string, last: Entry) => void): Promise<string> => {
    const root = emptyRoot()
    await add(root)
    const { entry } = await add(root, { body: { found: 2 } })
    change(root, entry)
    return root
  }
  const beside = (root: string, { path }: Entry): string => join(root, resultsFolder, `.${path.slice(resultsFolder.length + 1)}.pending`)
  const manifestWithoutLast = (root: string): void => {
    const { entries } = manifestOf(root)
    let shorter = emptyManifest
    for (const { seq: _, prev_sha256: __, entry_sha256: ___, ...entry } of entries.slice(0, -1)) shorter = appended(shorter, entry)
    writeFileSync(join(root, manifestPath), encodeManifest(shorter))
  }

  /** The registry without the hash of the second result, which comes first in it: `-` stands before `.`. */
  const forgetLast = (root: string): void => {
    const registry = fromCanonical(readFileSync(join(root, registryPath), "utf8")) as { files: ReadonlyArray<unknown> }
    writeFileSync(join(root, registryPath), JSON.stringify({ ...registry, files: registry.files.slice(1) }))
  }

  it("before its entry is written leaves nothing: neither entry nor result", async () => {
    const root = await dying((folder, last) => {
      renameSync(join(folder, last.path), beside(folder, last))
      manifestWithoutLast(folder)
    })
    expect(await verified(root)).toMatchObject({ entries: 1, files: 1 })
    expect(resultsOf(root).length).toBe(1)
  })

  it("half-way through its result leaves nothing", async () => {
    const root = await dying((folder, last) => {
      writeFileSync(beside(folder, last), readFileSync(join(folder, last.path)).subarray(0, 20))
      rmSync(join(folder, last.path))
      manifestWithoutLast(folder)
    })
    expect(await verified(root)).toMatchObject({ entries: 1 })
    expect(readdirSync(join(root, resultsFolder)).filter((name) => name.startsWith("."))).toEqual([])
  })

  it("half-way through the manifest leaves the old one", async () => {
    const root = await dying((folder, last) => {
      const whole = readFileSync(join(folder, manifestPath))
      writeFileSync(join(folder, `${manifestPath}.pending`), whole.subarray(0, whole.length - 30))
      renameSync(join(folder, last.path), beside(folder, last))
      manifestWithoutLast(folder)
    })
    expect(await verified(root)).toMatchObject({ entries: 1 })
    expect(existsSync(join(root, `${manifestPath}.pending`))).toBe(false)
    await add(root)
    expect(await verified(root)).toMatchObject({ entries: 2 })
  })

  it("behind its entry leaves both: whoever looks or writes next puts the result in its place", async () => {
    for (const next of [verified, (root: string) => add(root)]) {
      const root = await dying((folder, last) => {
        renameSync(join(folder, last.path), beside(folder, last))
        forgetLast(folder)
      })
      await next(root)
      const { entries } = manifestOf(root)
      expect(resultsOf(root).length).toBe(entries.length)
      expect(existsSync(join(root, entries[1]?.path ?? ""))).toBe(true)
    }
  })

  it("behind its result leaves the hash to whoever comes next", async () => {
    const root = await dying(forgetLast)
    expect(await verified(root)).toMatchObject({ entries: 2, files: 2 })
  })

  it("cannot have its result replaced by another file that waits under its name", async () => {
    const root = await dying((folder, last) => {
      rmSync(join(folder, last.path))
      writeFileSync(beside(folder, last), "{}")
    })
    expect(await codes(verifyChronicle(root))).toEqual(["FT3402"])
  })
})

const childFile = fileURLToPath(new URL("./support/registering.ts", import.meta.url))
interface Child {
  readonly child: ChildProcess
  readonly lines: () => number
  readonly ended: Promise<number | null>
}
const registering = (root: string, script: string, count: number, seen: (child: ChildProcess, lines: number) => void = () => {}): Child => {
  const child = spawn(process.execPath, [childFile, root, script, String(count)], { stdio: ["ignore", "pipe", "inherit"] })
  let lines = 0
  child.stdout.on("data", (chunk: Buffer) => {
    lines += chunk.toString("utf8").split("\n").length - 1
    seen(child, lines)
  })
  return { child, lines: () => lines, ended: new Promise((resolve) => child.on("close", (code) => resolve(code))) }
}

describe("processes", () => {
  it("that register at once all land, each once, in one chain", async () => {
    const root = emptyRoot()
    const both = [registering(root, "one", 15), registering(root, "two", 15)]
    expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0])
    const { entries } = manifestOf(root)
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, seq) => seq))
    for (const script of ["one", "two"])
      expect(entries.filter((entry) => entry.script === script).map(({ seeds }) => seeds[0]?.seed)).toEqual(
        Array.from({ length: 15 }, (_, seed) => seed)
      )
    expect(await verified(root)).toMatchObject({ entries: 30, files: 30 })
  })

  it("that are killed leave what they said they registered, and at most one more, whole", async () => {
    const root = emptyRoot()
    let said = 0
    for (const until of [1, 4, 9]) {
      const { ended, lines } = registering(root, "killed", 1000, (child, count) => count >= until && child.kill("SIGKILL"))
      expect(await ended).toBeNull()
      said += lines()
      const { entries } = await verified(root)
      expect(resultsOf(root).length).toBe(entries)
      expect([said, said + 1]).toContain(entries)
      said = entries
    }
  })
})

describe("verifying", () => {
  const whole = async (): Promise<string> => {
    const root = emptyRoot()
    writeFileSync(join(root, "made.csv"), "a,b\n")
    for (const found of [1, 2, 3, 4])
      await add(root, { body: { found }, recordedAt: at + found, artifacts: found === 2 ? [inside(root, "made.csv")] : [] })
    expect((await verified(root)).entries).toBe(4)
    return root
  }
  const changed = async (change: (manifest: Manifest) => Manifest): Promise<string> => {
    const root = await whole()
    writeFileSync(join(root, manifestPath), encodeManifest(change(manifestOf(root))))
    return root
  }
  const without = (manifest: Manifest, seq: number): Manifest => ({
    ...manifest,
    entries: manifest.entries.filter((entry) => entry.seq !== seq)
  })

  it("finds an entry that was changed, in every member of it", async () => {
    const root = await whole()
    const manifest = manifestOf(root)
    const edits: ReadonlyArray<(entry: Entry) => Entry> = [
      (entry) => ({ ...entry, script: "other" }),
      (entry) => ({ ...entry, body_sha256: "0".repeat(64) }),
      (entry) => ({ ...entry, recorded_at: "2000-01-01T00:00:00.000Z" }),
      (entry) => ({ ...entry, seeds: [{ name: "run", seed: 8n }] }),
      (entry) => ({ ...entry, artifacts: [] }),
      (entry) => ({ ...entry, bytes: entry.bytes + 1 }),
      (entry) => ({ ...entry, prev_sha256: "1".repeat(64) })
    ]
    for (const edit of edits) {
      const entries = manifest.entries.map((entry) => (entry.seq === 1 ? edit(entry) : entry))
      const problems = chainProblems({ ...manifest, entries })
      expect(problems.map(({ code, field }) => [code, field])).toEqual([["FT3401", "entries.1"]])
    }
  })

  it.each([
    ["was removed from the middle", (manifest: Manifest) => without(manifest, 1)],
    ["was removed from the beginning", (manifest: Manifest) => without(manifest, 0)],
    ["was removed from the end", (manifest: Manifest) => without(manifest, 3)],
    ["changed its place", (manifest: Manifest) => ({ ...manifest, entries: [0, 2, 1, 3].flatMap((seq) => manifest.entries[seq] ?? []) })],
    ["stands twice", (manifest: Manifest) => ({ ...manifest, entries: [...manifest.entries, ...manifest.entries.slice(3)] })]
  ])("finds that an entry %s, and nothing is added to such a chronicle", async (_, change) => {
    const root = await changed(change)
    expect(await codes(verifyChronicle(root))).toContain("FT3401")
    expect(await codes(register(root, result()))).toContain("FT3401")
    expect(await codes(readEntries(root))).toContain("FT3401")
  })

  it("finds an entry that was replaced by one with a hash of its own", async () => {
    const manifest = manifestOf(await whole())
    const entries = manifest.entries.map((entry) => {
      if (entry.seq !== 1) return entry
      const { entry_sha256: _, ...rest } = { ...entry, script: "other" }
      return { ...rest, entry_sha256: hashOf(rest) }
    })
    expect(chainProblems({ ...manifest, entries }).map(({ code, field }) => [code, field])).toEqual([["FT3401", "entries.2"]])
  })

  it("finds the result of an entry that was taken away with a new chain made behind it", async () => {
    const root = await changed((manifest) => {
      let shorter = emptyManifest
      for (const { seq, prev_sha256: _, entry_sha256: __, ...entry } of manifest.entries) if (seq !== 2) shorter = appended(shorter, entry)
      return shorter
    })
    expect(await codes(verifyChronicle(root))).toEqual(["FT3403"])
  })

  it("finds results and artefacts that were changed or removed, all at once", async () => {
    const root = await whole()
    const [first, second, third] = manifestOf(root).entries
    writeFileSync(join(root, "made.csv"), "a,c\n")
    rmSync(join(root, first?.path ?? ""))
    const text = readFileSync(join(root, third?.path ?? ""), "utf8")
    writeFileSync(join(root, third?.path ?? ""), text.replace('"found": 3', '"found": 5'))
    const outcome = await Effect.runPromise(Effect.result(verifyChronicle(root)))
    if (!Result.isFailure(outcome)) throw new Error("three files are not what they were")
    expect(outcome.failure.reason).toBe("integrity")
    expect(outcome.failure.diagnostics.map(({ code, file }) => [code, file]).sort()).toEqual(
      [first?.path, "made.csv", third?.path].map((file) => ["FT3402", file]).sort()
    )
    expect(second?.artifacts.map(({ path }) => path)).toEqual(["made.csv"])
  })

  it("finds a hash that the registry lacks or has otherwise", async () => {
    const root = await whole()
    const registry = fromCanonical(readFileSync(join(root, registryPath), "utf8")) as { files: ReadonlyArray<{ path: string }> }
    writeFileSync(
      join(root, registryPath),
      JSON.stringify({ ...registry, files: registry.files.filter(({ path }) => path !== "made.csv") })
    )
    expect(await codes(verifyChronicle(root))).toEqual(["FT3407"])
  })

  it.each(["", "{", "[]", '{"schema_version":2}', "\u0000", '{"__proto__":{}}'])("refuses a manifest that is %j", async (text) => {
    const root = await whole()
    writeFileSync(join(root, manifestPath), text)
    expect(new Set(await codes(verifyChronicle(root)))).toEqual(new Set(["FT3404"]))
    expect(new Set(await codes(register(root, result())))).toEqual(new Set(["FT3404"]))
    expect(readFileSync(join(root, manifestPath), "utf8")).toBe(text)
  })

  it("is content where nothing was registered, and not where a result lies there alone", async () => {
    const root = emptyRoot()
    expect(await verified(root)).toMatchObject({ entries: 0 })
    expect(readdirSync(root)).toEqual([])
    mkdirSync(join(root, resultsFolder), { recursive: true })
    writeFileSync(join(root, resultsFolder, "notes.txt"), "mine")
    expect(await verified(root)).toMatchObject({ entries: 0 })
    writeFileSync(join(root, resultsFolder, "env_check_20231114T221320000Z.json"), "{}")
    expect(await codes(verifyChronicle(root))).toEqual(["FT3403"])
  })

  it("finds a chronicle whole that was copied with its files to another place", async () => {
    const root = await whole()
    const copy = emptyRoot()
    cpSync(root, copy, { recursive: true })
    expect(await verified(copy)).toEqual(await verified(root))
  })
})

describe("paths", () => {
  it.each(["../out", "a/../../out", "/etc/passwd", "", "a\u0000b", "a\nb", "\ud800", "loop/x", "away/x", "away", "dangling/x"])(
    "refuse %j, which leads out of the root or is none",
    (path) => {
      const [root, other] = [emptyRoot(), emptyRoot()]
      symlinkSync(other, join(root, "away"))
      symlinkSync("loop", join(root, "loop"))
      symlinkSync(join(other, "nothing"), join(root, "dangling"))
      const found = insideRoot(root, path)
      expect(found instanceof TrainerError ? found.diagnostics[0].code : found).toBe("FT3406")
    }
  )

  it("are told with forward slashes, and may be absolute or lead through a folder that is not there yet", () => {
    const root = emptyRoot()
    mkdirSync(join(root, "real"))
    symlinkSync("real", join(root, "link"))
    expect(inside(root, "a/./b/../c").shown).toBe("a/c")
    expect(inside(root, join(root, "x")).shown).toBe("x")
    expect(inside(root, "link/file").shown).toBe("link/file")
    expect(inside(root, "..a/b").shown).toBe("..a/b")
    expect(inside(root, ".").shown).toBe(".")
  })

  it("of the chronicle itself that are links out of the root are refused before anything is written there", async () => {
    const [root, other] = [emptyRoot(), emptyRoot()]
    symlinkSync(other, join(root, "experiments"))
    expect(await codes(register(root, result()))).toEqual(["FT3406"])
    expect(readdirSync(other)).toEqual([])
  })
})
