import { execFileSync } from "node:child_process"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { sha256Hex } from "@feagi-trainer/determinism"
import { unzipSync } from "fflate"
import { describe, expect, it } from "vitest"
import { archiveBytes, readArchive, readBundle, writeArchive, writeBundle, writeBundleArchive } from "../src/index.ts"
import { cleanUp, codesOf, failure, run, scratch } from "./harness.ts"
import { type CraftedEntry, craftZip } from "./zip.ts"

cleanUp()

const entry = (name: string, text = `bytes of ${name}`) => ({ name, bytes: new TextEncoder().encode(text) })
const entries = [entry("run.json"), entry("data/é.csv"), entry("7"), entry("data/empty", ""), entry("__proto__")]
const plain = (files: ReadonlyMap<string, Uint8Array>) => [...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString()] as const)

/** A file with these bytes. */
const fileOf = (bytes: Uint8Array): string => {
  const file = `${scratch()}/a.zip`
  writeFileSync(file, bytes)
  return file
}

describe("writeArchive()", () => {
  it("gives the same bytes for the same entries in any order, as it did in its first release", () => {
    const bytes = archiveBytes(entries)
    expect(Buffer.compare(bytes, archiveBytes(entries.toReversed()))).toBe(0)
    expect(sha256Hex(bytes)).toBe("81e22585943de6378ea9eacac92cbedbe7aa208e17ec5ab71ca6644ed011c6a5")
  })

  it("gives the same bytes in every time zone", () => {
    const source = fileURLToPath(new URL("../src/index.ts", import.meta.url))
    const script = `import { archiveBytes } from ${JSON.stringify(source)}
      const bytes = archiveBytes([{ name: "a", bytes: new Uint8Array([1]) }])
      process.stdout.write(Buffer.from(bytes).toString("hex"))`
    const expected = Buffer.from(archiveBytes([{ name: "a", bytes: new Uint8Array([1]) }])).toString("hex")
    for (const TZ of ["Pacific/Kiritimati", "America/Los_Angeles"]) {
      const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
        env: { PATH: process.env.PATH, TZ },
        encoding: "utf8"
      })
      expect([TZ, said]).toEqual([TZ, expected])
    }
  })

  it("stores every file as it is, in byte order, so that other programs read it", () => {
    const bytes = archiveBytes(entries)
    const others = unzipSync(bytes)
    const usual = entries.filter(({ name }) => name !== "__proto__")
    expect(usual.map(({ name }) => Buffer.from(others[name] ?? "nothing").toString())).toEqual(
      usual.map(({ bytes: of }) => Buffer.from(of).toString())
    )
    expect(Buffer.from(bytes).includes(Buffer.from("bytes of run.json"))).toBe(true)
  })

  it("is read back equal", async () => {
    const file = `${scratch()}/a.zip`
    await run(writeArchive(file, entries))
    const expected = new Map(entries.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]))
    expect(new Map(plain(await run(readArchive(file))))).toEqual(expected)
  })

  it("refuses unsafe and repeated names, and a file that is there; nothing is left behind", async () => {
    const folder = scratch()
    expect(codesOf(await failure(writeArchive(`${folder}/a.zip`, [entry("../up"), entry("x"), entry("X")])))).toEqual(["FT4031", "FT4031"])
    writeFileSync(`${folder}/a.zip`, "mine")
    expect(codesOf(await failure(writeArchive(`${folder}/a.zip`, entries)))).toEqual(["FT4030"])
    expect(codesOf(await failure(writeArchive(`${folder}/no/a.zip`, entries)))).toEqual(["FT4009"])
    expect([readdirSync(folder), readFileSync(`${folder}/a.zip`, "utf8")]).toEqual([["a.zip"], "mine"])
  })
})

const unixMode = (mode: number): number => (mode << 16) >>> 0
const good: CraftedEntry = { name: "good.txt" }
const zeros = new Uint8Array(4 << 20)

/** What is wrong, the archive, the code, and what the message names. */
const hostile: ReadonlyArray<readonly [string, Buffer, string, string]> = [
  ["a name that climbs", craftZip([good, { name: "../evil" }]), "FT4031", "../evil"],
  ["a name that climbs later", craftZip([good, { name: "a/../../evil" }]), "FT4031", "a/../../evil"],
  ["an absolute name", craftZip([good, { name: "/etc/passwd" }]), "FT4031", "/etc/passwd"],
  ["a drive", craftZip([good, { name: "C:/x" }]), "FT4031", "C:/x"],
  ["a backslash", craftZip([good, { name: "a\\..\\x" }]), "FT4031", "a\\..\\x"],
  ["a device of Windows", craftZip([good, { name: "nul.txt" }]), "FT4031", "nul.txt"],
  ["a control character", craftZip([good, { name: "a\u0000b" }]), "FT4031", "a\u0000b"],
  ["a folder that climbs", craftZip([good, { name: "../out/", bytes: Buffer.alloc(0) }]), "FT4031", "../out/.folder"],
  ["a name twice", craftZip([good, good]), "FT4031", "good.txt"],
  ["a name twice but for case", craftZip([good, { name: "GOOD.txt" }]), "FT4031", "GOOD.txt"],
  ["a file that is a folder too", craftZip([{ name: "a" }, { name: "a/b" }]), "FT4031", "a/b"],
  ["a symbolic link", craftZip([good, { name: "link", bytes: Buffer.from("/etc"), attributes: unixMode(0o120777) }]), "FT4037", "link"],
  ["a pipe", craftZip([good, { name: "pipe", attributes: unixMode(0o010644) }]), "FT4037", "pipe"],
  ["a folder's mode on a file", craftZip([good, { name: "x", attributes: unixMode(0o040755) }]), "FT4037", "x"],
  ["an encrypted file", craftZip([good, { name: "secret", flags: 0x801, deflate: true }]), "FT4037", "secret"],
  ["an unknown packing", craftZip([good, { name: "x", method: 12 }]), "FT4037", "x"],
  ["a folder with bytes", craftZip([good, { name: "folder/", bytes: Buffer.from("x") }]), "FT4037", "folder/"],
  ["another name in its own header", craftZip([good, { name: "seen", localName: "real" }]), "FT4037", "seen"],
  ["another size in its own header", craftZip([good, { name: "x", localSize: 3 }]), "FT4037", "x"],
  ["encrypted in its own header alone", craftZip([good, { name: "x", localFlags: 0x801 }]), "FT4037", "x"],
  ["a bomb", craftZip([good, { name: "bomb", bytes: zeros, deflate: true }]), "FT4037", "bomb"],
  [
    "more bytes than it says",
    craftZip([good, { name: "x", bytes: zeros.subarray(0, 60_000), deflate: true, size: 10, localSize: 10 }]),
    "FT4037",
    ""
  ],
  [
    "fewer bytes than it says",
    craftZip([good, { name: "x", bytes: zeros.subarray(0, 10), deflate: true, size: 99, localSize: 99 }]),
    "FT4037",
    ""
  ],
  ["two names for the same bytes", craftZip([{ name: "x" }, { name: "x", offset: 0, localName: "y" }]), "FT4031", "x"],
  ["bytes that overlap", craftZip([{ name: "a", packedSize: 60, size: 60 }, { name: "b" }]), "FT4037", "b"],
  ["a name that is no UTF-8", craftZip([good, { name: Buffer.from([0x61, 0xff]) }]), "FT4037", "a\u00ff"],
  ["a name outside of ASCII without saying so", craftZip([good, { name: "é", flags: 0 }]), "FT4037", "Ã©"],
  [
    "a second name for other programs",
    craftZip([good, { name: "x", extra: Buffer.from([0x75, 0x70, 6, 0, 1, 0, 0, 0, 0, 0x79]) }]),
    "FT4037",
    "x"
  ],
  ["more entries than there are", craftZip([good], { count: 9 }), "FT4037", ""],
  ["64-bit sizes that are none", craftZip([good, { name: "x", size: 0xffff_ffff, packedSize: 0xffff_ffff }]), "FT4037", ""],
  ["no zip file", Buffer.from("PK nothing of the kind"), "FT4037", ""],
  ["an empty file", Buffer.alloc(0), "FT4037", ""],
  ["a cut file", craftZip([good, { name: "x" }]).subarray(0, -30), "FT4037", ""]
]

describe("readArchive()", () => {
  it.each(hostile)("refuses %s", async (_, bytes, code, name) => {
    const error = await failure(readArchive(fileOf(bytes)))
    expect(error.reason).toBe("integrity")
    expect(codesOf(error)).toContain(code)
    if (name !== "") expect(error.diagnostics.map(({ file }) => file)).toContain(name)
  })

  it("names everything that is wrong at once", async () => {
    const error = await failure(
      readArchive(fileOf(craftZip([{ name: "../a" }, { name: "b", flags: 0x801, deflate: true }, { name: "C", method: 12 }])))
    )
    expect(error.diagnostics.map(({ file, code }) => [file, code])).toEqual([
      ["b", "FT4037"],
      ["C", "FT4037"],
      ["../a", "FT4031"]
    ])
  })

  it("keeps its limits on bytes, files and the size of the archive itself", async () => {
    const file = fileOf(craftZip([{ name: "a", bytes: zeros.subarray(0, 50_000), deflate: true }, good, { name: "c" }]))
    expect(codesOf(await failure(readArchive(file, { maxBytes: 40_000 })))).toEqual(["FT4037"])
    expect(codesOf(await failure(readArchive(file, { maxEntries: 2 })))).toEqual(["FT4037"])
    expect(codesOf(await failure(readArchive(file, { maxBytes: 50 })))).toEqual(["FT4044"])
    expect([...(await run(readArchive(file))).keys()]).toEqual(["a", "good.txt", "c"])
  })

  it("reads what another program packed, folders and all", async () => {
    const file = fileOf(
      craftZip([
        { name: "d/", bytes: Buffer.alloc(0), attributes: unixMode(0o040755) },
        { name: "d/x", bytes: Buffer.from("abc".repeat(99)), deflate: true, attributes: unixMode(0o100600) }
      ])
    )
    expect(plain(await run(readArchive(file)))).toEqual([["d/x", "abc".repeat(99)]])
  })

  it("says what there is in place of a file", async () => {
    const folder = scratch()
    mkdirSync(`${folder}/d`)
    expect(codesOf(await failure(readArchive(`${folder}/d`)))).toEqual(["FT4042"])
    expect(codesOf(await failure(readArchive(`${folder}/none`)))).toEqual(["FT4043"])
  })
})

describe("a bundle as a zip file", () => {
  const packed = async (): Promise<string> => {
    const file = `${scratch()}/b.zip`
    await run(writeBundleArchive(file, entries, { run_id: "r-1" }))
    return file
  }
  /** The bundle with one entry changed in what the archive holds, and nothing else. */
  const changed = async (change: (files: Map<string, Uint8Array>) => void): Promise<string> => {
    const files = new Map(await run(readArchive(await packed())))
    change(files)
    return fileOf(archiveBytes([...files].map(([name, bytes]) => ({ name, bytes }))))
  }
  const problemsOf = async (file: string) => (await run(readBundle(file))).problems.map(({ code, file: name }) => [code, name])

  it("has the manifest and the files of the folder", async () => {
    const folder = `${scratch()}/b`
    await run(writeBundle(folder, entries, { run_id: "r-1" }))
    const [zip, plainFolder] = [await run(readBundle(await packed())), await run(readBundle(folder))]
    expect(zip.problems).toEqual([])
    expect(zip.manifest).toEqual(plainFolder.manifest)
    expect(plain(zip.files)).toEqual(plain(plainFolder.files))
  })

  it("names an altered, a missing and an extra file", async () => {
    const file = await changed((files) => {
      files.set("run.json", new Uint8Array([1]))
      files.delete("7")
      files.set("more", new Uint8Array())
    })
    expect(await problemsOf(file)).toEqual([
      ["FT4035", "7"],
      ["FT4034", "run.json"],
      ["FT4036", "more"]
    ])
  })

  it("says when it holds no bundle.json", async () => {
    expect(codesOf(await failure(readBundle(await changed((files) => files.delete("bundle.json")))))).toEqual(["FT4032"])
  })

  it("with any one bit flipped is refused, named, or still says exactly the same", async () => {
    const whole = readFileSync(await packed())
    const { files } = await run(readBundle(fileOf(whole)))
    let noticed = 0
    for (let at = 0; at < whole.length; at += 5) {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8))
      const read = await run(readBundle(fileOf(bytes))).catch(() => undefined)
      if (read === undefined || read.problems.length > 0) noticed += 1
      else expect([at, plain(read.files)]).toEqual([at, plain(files)])
    }
    // What is left are times and the like, which no reader of ours looks at.
    expect(noticed / Math.ceil(whole.length / 5)).toBeGreaterThan(0.7)
  })

  it("may be packed again by another program", async () => {
    const files = await run(readArchive(await packed()))
    const again = craftZip([...files].map(([name, bytes]) => ({ name, bytes, deflate: true })))
    expect(await problemsOf(fileOf(again))).toEqual([])
  })
})
