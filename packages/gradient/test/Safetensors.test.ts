import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { float32Bytes, float32Values, readSafetensors, SafetensorsError, type StoredTensor, writeSafetensors } from "../src/Safetensors.ts"

const f32 = (name: string, shape: ReadonlyArray<number>, ...values: ReadonlyArray<number>): StoredTensor => ({
  name,
  dtype: "F32",
  shape,
  bytes: float32Bytes(Float32Array.from(values))
})

/** A file with this header, byte for byte, and this many bytes of data. */
const fileOf = (header: string | Uint8Array, data: number | Uint8Array, stated?: bigint): Uint8Array => {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header
  const bytes = typeof data === "number" ? new Uint8Array(data) : data
  const file = new Uint8Array(8 + text.length + bytes.length)
  new DataView(file.buffer).setBigUint64(0, stated ?? BigInt(text.length), true)
  file.set(text, 8)
  file.set(bytes, 8 + text.length)
  return file
}

const entry = (dtype: string, shape: string, offsets: string): string => `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`
const good = entry('"F32"', "[2]", "[0,8]")

/** The rules that a file breaks, each with its place. */
const brokenBy = (bytes: Uint8Array, expected?: Parameters<typeof readSafetensors>[1]): ReadonlyArray<string> => {
  try {
    readSafetensors(bytes, expected)
  } catch (error) {
    if (error instanceof SafetensorsError) return error.problems.map(({ rule, byte_offset }) => `${rule} at ${byte_offset}`)
    throw error
  }
  return []
}

describe("writeSafetensors()", () => {
  it("writes the length, the header filled up to 8 bytes, and the tensors by name", () => {
    const bytes = writeSafetensors([f32("b", [2], 1, -2), f32("a", [], 0.5)], { z: "last", k: 'quoted "text"' })
    const header =
      '{"__metadata__":{"k":"quoted \\"text\\"","z":"last"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},' +
      '"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}'
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8)
    expect(new DataView(bytes.buffer).getBigUint64(0, true)).toBe(BigInt(padded.length))
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + padded.length))).toBe(padded)
    expect([...bytes.subarray(8 + padded.length)]).toEqual([0, 0, 0, 0x3f, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
  })

  it("gives the same bytes whatever the order of tensors and metadata", () => {
    const tensors = [f32("x/10", [1], 1), f32("x/2", [1], 2), f32("ä", [1], 3), f32("😀", [1], 4), f32("\uFFFD", [1], 5)]
    const first = writeSafetensors(tensors, { a: "1", b: "2" })
    expect(writeSafetensors(tensors.toReversed(), { b: "2", a: "1" })).toEqual(first)
    expect(readSafetensors(first).tensors.map(({ name }) => name)).toEqual(["x/10", "x/2", "ä", "\uFFFD", "😀"])
  })

  it("puts larger elements first, so that every tensor is aligned", () => {
    const bytes = writeSafetensors(
      [
        { name: "a", dtype: "U8", shape: [3], bytes: Uint8Array.of(1, 2, 3) },
        { name: "b", dtype: "I64", shape: [1], bytes: new Uint8Array(8) },
        f32("c", [1], 1)
      ],
      {}
    )
    expect(readSafetensors(bytes).tensors.map(({ name, bytes: part }) => [name, part.byteOffset % 8])).toEqual([
      ["b", 0],
      ["c", 0],
      ["a", 4]
    ])
  })

  it("writes the bytes of the format's own writer, and reads them", () => {
    // safetensors 0.8.0 for Python, save() of two arrays of every type numpy has and four more of F32, with one entry of metadata
    const theirs = new Uint8Array(readFileSync(new URL("./golden/official.safetensors", import.meta.url)))
    const { tensors, metadata } = readSafetensors(theirs)
    expect(tensors).toHaveLength(28)
    expect(writeSafetensors(tensors.toReversed(), metadata)).toEqual(theirs)
  })

  it("reads back what it wrote, a tensor without elements and a name like a key of objects included", () => {
    const bytes = writeSafetensors([f32("__proto__", [2, 1], 1.5, -0), f32("none", [0, 3])], { constructor: "x" })
    const { tensors, metadata } = readSafetensors(bytes)
    const values = tensors.map((tensor) => [tensor.name, tensor.shape, [...float32Values(tensor)]])
    expect(values).toContainEqual(["__proto__", [2, 1], [1.5, -0]])
    expect(values).toContainEqual(["none", [0, 3], []])
    expect(metadata.constructor).toBe("x")
  })

  it.each<[string, ReadonlyArray<StoredTensor>]>([
    ['two tensors are named "a"', [f32("a", [1], 1), f32("a", [1], 2)]],
    ['"a" is F32 of shape [2] and needs 8 bytes, not 4', [f32("a", [2], 1)]],
    ['element 1 of "a" is NaN or infinite', [f32("a", [2], 1, Number.NaN)]],
    ['element 0 of "a" is NaN or infinite', [f32("a", [1], Number.NEGATIVE_INFINITY)]],
    ['a tensor cannot be named "__metadata__"', [f32("__metadata__", [1], 1)]],
    ['"a" has the shape [-1]', [f32("a", [-1])]]
  ])("refuses what could not be read back: %s", (reason, tensors) => {
    expect(() => writeSafetensors(tensors, {})).toThrow(reason)
  })
})

describe("readSafetensors() refuses a file by the rule that it breaks", () => {
  it("accepts the file that the cases below spoil", () => {
    expect(brokenBy(fileOf(`{"a":${good}}   `, 8))).toEqual([])
    expect(brokenBy(fileOf("{}", 0))).toEqual([])
  })

  it.each<[string, Uint8Array]>([
    ["header-length at 0", Uint8Array.of(1, 2, 3)],
    ["header-too-long at 0", fileOf("{}", 0, 100_000_001n)],
    ["header-too-long at 0", fileOf("{}", 0, 2n ** 64n - 1n)],
    ["header-incomplete at 0", fileOf("{}", 0, 3n)],
    ["header-start at 8", fileOf("", 0)],
    ["header-start at 8", fileOf(" {}", 0)],
    ["header-start at 8", fileOf("[]", 0)],
    ["header-padding at 10", fileOf("{}\n", 0)],
    ["header-padding at 10", fileOf("{}\0", 0)],
    ["header-utf8 at 11", fileOf(Uint8Array.of(0x7b, 0x22, 0xc3, 0xff, 0x22, 0x7d), 0)],
    ["header-json at 9", fileOf("{a:1}", 0)],
    ["header-json at 13", fileOf('{"ä",}', 0)],
    ["header-json at 28", fileOf('{"a":{"b":{"c":{"d":{"e":1}}}}}', 0)],
    ["duplicate-key at 62", fileOf(`{"a":${good},"a":${good}}`, 8)],
    ["duplicate-key at 28", fileOf(`{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8)],
    ["metadata at 24", fileOf('{"__metadata__":[]}', 0)],
    ["metadata at 29", fileOf('{"__metadata__":{"a":1}}', 0)],
    ["entry at 13", fileOf('{"a":[]}', 0)],
    ["entry at 13", fileOf('{"a":{"dtype":"F32","shape":[2]}}', 8)],
    ["entry at 32", fileOf('{"a":{"dtype":"F32","x":1,"shape":[2],"data_offsets":[0,8]}}', 8)],
    ["dtype at 22", fileOf(`{"a":${entry('"F31"', "[2]", "[0,8]")}}`, 8)],
    ["dtype at 22", fileOf(`{"a":${entry("32", "[2]", "[0,8]")}}`, 8)],
    ["shape at 36", fileOf(`{"a":${entry('"F32"', "[-2]", "[0,8]")}}`, 8)],
    ["shape at 36", fileOf(`{"a":${entry('"F32"', "[2.5]", "[0,8]")}}`, 8)],
    ["shape at 36", fileOf(`{"a":${entry('"F32"', "2", "[0,8]")}}`, 8)],
    ["offsets at 55", fileOf(`{"a":${entry('"F32"', "[2]", "[8,0]")}}`, 8)],
    ["offsets at 55", fileOf(`{"a":${entry('"F32"', "[2]", "[0]")}}`, 8)],
    ["offsets at 55", fileOf(`{"a":${entry('"F32"', "[2]", "[0,8,9]")}}`, 8)],
    ["offsets at 55", fileOf(`{"a":${entry('"F32"', "[2]", "[-1,7]")}}`, 8)],
    ["size at 55", fileOf(`{"a":${entry('"F32"', "[3]", "[0,8]")}}`, 8)],
    ["size at 87", fileOf(`{"a":${entry('"F32"', "[9007199254740991,9007199254740991]", "[0,8]")}}`, 8)]
  ])("%s", (rule, bytes) => {
    expect(brokenBy(bytes)).toEqual([rule])
  })

  it("overlap: two tensors share bytes", () => {
    const header = `{"a":${good},"b":${entry('"F32"', "[1]", "[4,8]")}}`
    expect(brokenBy(fileOf(header, 8))).toEqual([`overlap at ${8 + header.indexOf("[4,8]")}`])
  })

  it("hole: bytes between two tensors belong to none", () => {
    const header = `{"a":${entry('"F32"', "[1]", "[0,4]")},"b":${entry('"F32"', "[1]", "[8,12]")}}`
    expect(brokenBy(fileOf(header, 12))).toEqual([`hole at ${8 + header.indexOf("[8,12]")}`])
  })

  it("hole: the first tensor does not begin with the data", () => {
    const header = `{"a":${entry('"F32"', "[1]", "[4,8]")}}`
    expect(brokenBy(fileOf(header, 8))).toEqual([`hole at ${8 + header.indexOf("[4,8]")}`])
  })

  it("truncated and trailing-bytes: the data end before or behind the last tensor", () => {
    const header = `{"a":${good}}`
    expect(brokenBy(fileOf(header, 7))).toEqual([`truncated at ${8 + header.length + 7}`])
    expect(brokenBy(fileOf(header, 11))).toEqual([`trailing-bytes at ${8 + header.length + 8}`])
  })

  it.each<[string, ReadonlyArray<number>]>([
    ["F32", [0, 0, 0xc0, 0x7f]],
    ["F32", [0, 0, 0x80, 0xff]],
    ["F64", [0, 0, 0, 0, 0, 0, 0xf0, 0x7f]],
    ["F16", [0, 0x7c]],
    ["BF16", [0x80, 0x7f]]
  ])("not-finite: an element of type %s whose bytes are %s", (dtype, element) => {
    const data = Uint8Array.from([...element.map(() => 0), ...element])
    const header = `{"a":${entry(`"${dtype}"`, "[2]", `[0,${data.length}]`)}}`
    expect(brokenBy(fileOf(header, data))).toEqual([`not-finite at ${8 + header.length + element.length}`])
  })

  it("tells every broken rule of the entries at once", () => {
    const header = `{"a":${entry('"F99"', "[-1]", "[8,0]")},"b":1}`
    const at = (text: string): number => 8 + header.indexOf(text)
    expect(brokenBy(fileOf(header, 8))).toEqual([
      `dtype at ${at('"F99"')}`,
      `shape at ${at("[-1]")}`,
      `offsets at ${at("[8,0]")}`,
      `entry at ${8 + header.lastIndexOf("1}")}`
    ])
  })

  it("missing-tensor, unexpected-tensor, wrong-dtype and wrong-shape: the tensors are not those that were expected", () => {
    const bytes = writeSafetensors([f32("a", [2, 1], 1, 2), f32("b", [1], 1), f32("c", [1], 1)], {})
    const expected = [
      { name: "a", dtype: "F32", shape: [1, 2] },
      { name: "b", dtype: "F64", shape: [1] },
      { name: "d", dtype: "F32", shape: [1] }
    ] as const
    expect(brokenBy(bytes, expected).map((text) => text.split(" ")[0])).toEqual([
      "wrong-shape",
      "wrong-dtype",
      "missing-tensor",
      "unexpected-tensor"
    ])
    expect(() => readSafetensors(bytes, expected)).toThrow('the tensor "a": expected the shape [1, 2], found [2, 1]')
  })

  it("accepts no file in which the top bit of a byte before the data was flipped", () => {
    const bytes = writeSafetensors([f32("a", [2], 1, 2)], { k: "v" })
    const data = bytes.length - 8
    const accepted: Array<number> = []
    for (let at = 0; at < data; at += 1) {
      const spoilt = bytes.slice()
      spoilt[at] = (spoilt[at] ?? 0) ^ 0x80
      if (brokenBy(spoilt).length === 0) accepted.push(at)
    }
    expect(accepted).toEqual([])
  })

  it("leaves a file of nothing but problems after a hundred of them", () => {
    const wrong = Array.from({ length: 300 }, (_, at) => `"ä${at}":1`)
    expect(brokenBy(fileOf(`{${wrong.join(",")}}`, 0))).toHaveLength(100)
    const apart = Array.from({ length: 300 }, (_, at) => `"ä${at}":${entry('"U8"', "[1]", `[${2 * at + 1},${2 * at + 2}]`)}`)
    expect(brokenBy(fileOf(`{${apart.join(",")}}`, 600))).toHaveLength(100)
  })

  it("shows rule, byte and tensor in its message", () => {
    expect(() => readSafetensors(fileOf(`{"a":${good}}`, 9))).toThrow(
      "safetensors, byte 70, rule trailing-bytes: 1 bytes stand behind the last tensor"
    )
  })
})
