import { createHash } from "node:crypto"
import { memoryRoot } from "@feagi-trainer/conformance"
import { ApprovedRoots, type RootFiles } from "@feagi-trainer/contracts"
import { Tokenizer, TokenType } from "@streamparser/json"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { type Json, type JsonFault, JsonStop, jsonCursor, MAX_DEPTH, pointerOf } from "../src/json/JsonCursor.ts"
import { type JsonProblem, MAX_RECORD_BYTES, type Place, readJson } from "../src/json/readJson.ts"

const read = (text: string | Uint8Array) => {
  const faults: Array<JsonFault> = []
  const cursor = jsonCursor(Buffer.from(text), true, faults)
  return { value: cursor.value(), faults, at: cursor.at }
}
const stopOf = (text: string | Uint8Array): JsonStop => {
  try {
    read(text)
  } catch (caught) {
    if (caught instanceof JsonStop) return caught
  }
  throw new Error("it did not stop")
}

describe("jsonCursor()", () => {
  it.each([
    "{}",
    "[]",
    "[[],{}]",
    " \t\r\n[ 1 , 2 ] ",
    '"é\\u00e9\\n\\\\ \\"\u{1f600}\\ud83d\\ude00"',
    '{"a":{"b":[true,false,null,""]},"é":0}'
  ])("reads %s as JSON.parse() does", (text) => {
    expect(JSON.stringify(read(text).value)).toBe(JSON.stringify(JSON.parse(text)))
  })

  it("reads numbers to the last bit, short ones and long ones", () => {
    const texts = ["0", "-0", "0.1", "-12.75", "123456789012345", "1234567.89012345", "0.000001", "100", "9007199254740993", "5e-324"]
    const more = Array.from({ length: 2000 }, (_, index) => String(Math.fround(Math.sin(index) * 10 ** (index % 9))).slice(0, 17))
    const fixed = Array.from({ length: 2000 }, (_, index) => (Math.cos(index) * 700).toFixed(index % 12))
    for (const text of [...texts, ...more, ...fixed, "1.7976931348623157e308", "2E3", "2e+3", "0.30000000000000004"])
      expect(Object.is(read(`${text} `).value, Number(text)), text).toBe(true)
  })

  it.each([
    "01",
    "+1",
    "1.",
    ".5",
    "1e",
    "--1",
    "nul",
    "tru",
    "{a:1}",
    "{'a':1}",
    '{"a" 1}',
    "[1,]",
    '{"a":1,}',
    "[1 2]",
    '"\\x"',
    '"a\nb"',
    "-"
  ])("stops at %s", (text) => {
    expect(stopOf(`${text} `).why).toBe("syntax")
  })

  it("goes on after a word for no number, and after what no double holds", () => {
    const { value, faults } = read('{"a":[1,NaN,-Infinity,Infinity,1e999]}')
    expect(faults.map(({ path, at, text }) => [pointerOf(path), at, text])).toEqual([
      ["/a/1", 8, "NaN"],
      ["/a/2", 12, "-Infinity"],
      ["/a/3", 22, "Infinity"],
      ["/a/4", 31, "1e999"]
    ])
    expect(value).toMatchObject({ a: [1, Number.NaN, Number.NaN, Number.NaN, Number.NaN] })
  })

  it("tells a key that stands twice, at the second", () => {
    expect(read('{"x":{"a~/b":1, "a~/b":2}}').faults).toEqual([{ kind: "duplicate-key", path: ["x", "a~/b"], at: 16, text: "a~/b" }])
    expect(pointerOf(["x", "a~/b"])).toBe("/x/a~0~1b")
  })

  it("keeps keys that objects have by themselves as keys", () => {
    const { value, faults } = read('{"__proto__":1,"toString":2}')
    expect(faults).toEqual([])
    expect(Object.entries(value as object)).toEqual([
      ["__proto__", 1],
      ["toString", 2]
    ])
  })

  it.each([
    ["bytes that are not UTF-8", Buffer.from([0x22, 0xc3, 0x28, 0x22]), "utf8"],
    ["an overlong character", Buffer.from([0x22, 0xc0, 0xaf, 0x22]), "utf8"],
    ["half of a surrogate pair", Buffer.from('"\\ud800"'), "syntax"],
    ["a bomb of lists", Buffer.from("[".repeat(100_000)), "depth"],
    ["a bomb of objects", Buffer.from('{"a":'.repeat(100_000)), "depth"],
    ["an end within a word", Buffer.from("[tru"), "truncated"],
    ["an end within a string", Buffer.from('["abc'), "truncated"]
  ])("stops at %s", (_, bytes, why) => {
    expect(stopOf(bytes).why).toBe(why)
  })

  it(`reads ${MAX_DEPTH} levels`, () => {
    expect(read(`${"[".repeat(MAX_DEPTH)}${"]".repeat(MAX_DEPTH)}`).faults).toEqual([])
  })

  it("finds a part of a value at the offset that another tokenizer gives its tokens", () => {
    const text = '{ "é\\n": [1, {"b": "\u{1f600}" , "c":\n[2.5,true]}], "d": null }'
    const tokens: Array<number> = []
    const tokenizer = new Tokenizer()
    tokenizer.onToken = ({ token, offset }) => {
      if (![TokenType.COLON, TokenType.COMMA].includes(token)) tokens.push(offset)
    }
    tokenizer.write(Buffer.from(text))
    const paths = [[], ["é\n"], ["é\n", 0], ["é\n", 1], ["é\n", 1, "b"], ["é\n", 1, "c"], ["é\n", 1, "c", 0], ["é\n", 1, "c", 1], ["d"]]
    const found = paths.map((path) => jsonCursor(Buffer.from(text), true, []).find(path))
    for (const at of found) expect(tokens).toContain(at)
    expect(found.map((at) => Buffer.from(text).toString("utf8", at, at + 1))).toEqual(["{", "[", "1", "{", '"', "[", "2", "t", "n"])
  })
})

interface Told {
  readonly pointer: string
  readonly value: Json
  readonly start: number
  readonly place: Place
  readonly inner: Place
}

/** Everything that is told, when reads give at most so many bytes at a time. */
const readAll = async (content: string | Uint8Array, most: number, root: RootFiles = memoryRoot({ f: content })) => {
  const records: Array<Told> = []
  const problems: Array<JsonProblem> = []
  const members: Array<string> = []
  const small: RootFiles = { ...root, read: (path, offset, length) => root.read(path, offset, Math.min(length, most)) }
  const work = Effect.gen(function* () {
    return yield* readJson(yield* root.info("f"), {
      onMember: (key, isList) => void members.push(`${key}${isList ? "[]" : ""}`),
      onProblem: (problem) => void problems.push(problem),
      onProgress: () => Effect.void,
      onRecord: ({ path, value, start, place }) =>
        void records.push({ pointer: pointerOf(path), value, start, place: place([]), inner: place(["b", 1]) })
    })
  })
  const reading = await Effect.runPromise(Effect.provideService(work, ApprovedRoots, small))
  return { records, problems, members, reading }
}

describe("readJson()", () => {
  const text = '\uFEFF{"info": {"b": [0, 7]},\n "list": [\n  {"é": "\u{1f600}", "b": [1,\n 2]},\n\t{}],\r\n "none": [], "list": [3]}\n '

  it("tells members and elements with their places", async () => {
    const { records, problems, members, reading } = await readAll(text, 1 << 20)
    expect(members).toEqual(["info", "list[]", "none[]", "list[]"])
    expect(records.map(({ pointer, place, inner }) => [pointer, place.line, place.column, inner.line, inner.column])).toEqual([
      ["/info", 1, 10, 1, 20],
      ["/list/0", 3, 3, 4, 2],
      ["/list/1", 5, 2, 5, 2],
      ["/list/0", 6, 23, 6, 23]
    ])
    const bytes = Buffer.from(text)
    for (const { start, value } of records) expect(read(bytes.subarray(start)).value).toEqual(value)
    expect(problems).toMatchObject([{ kind: "duplicate-key", path: ["list"], place: { line: 6, column: 14 } }])
    expect(reading).toEqual({ sha256: createHash("sha256").update(text).digest("hex"), whole: true })
  })

  it("tells the same, however the file is cut into reads", async () => {
    const whole = await readAll(text, 1 << 20)
    for (const most of [1, 2, 3, 5, 7, 11, 50]) expect(await readAll(text, most), `${most} bytes`).toEqual(whole)
  })

  const stops: ReadonlyArray<readonly [string, string | Uint8Array, JsonProblem["kind"], string, number, number]> = [
    ["nothing", "", "empty", "", 1, 1],
    ["white space", " \n ", "empty", "", 2, 2],
    ["a list", "[1]", "no-object", "", 1, 1],
    ["a word", "hello", "syntax", "", 1, 1],
    ["UTF-16", Buffer.from('\uFEFF{"a":1}', "utf16le"), "utf8", "", 1, 1],
    ["a second byte order mark", '\uFEFF\uFEFF{"a":1}', "syntax", "", 1, 1],
    ["an end after the brace", "{", "truncated", "", 1, 2],
    ["an end within a list", '{"a":[1,\n 2', "truncated", "/a/1", 2, 3],
    ["an end after a list", '{"a":[1]', "truncated", "/a", 1, 9],
    ["an end within a record", '{"a":[{"b":[1', "truncated", "/a/0/b/0", 1, 14],
    ["a missing comma", '{"a":[1 2]}', "syntax", "/a", 1, 9],
    ["a word within a member", '{"a":{"b":[tru]}}', "syntax", "/a/b/0", 1, 12],
    ["something behind the end", '{"a":[1]}\nx', "syntax", "", 2, 1],
    ["a second document", '{"a":[1]}{}', "syntax", "", 1, 10],
    ["a depth bomb", `{"a":[${"[".repeat(1000)}`, "depth", "/a/0", 1, 7 + MAX_DEPTH + 1]
  ]
  it.each(stops)("stops at %s, and says where", async (_, content, kind, pointer, line, column) => {
    for (const most of [1 << 20, 1, 4]) {
      const { problems, reading } = await readAll(content, most)
      expect(problems.map((each) => [each.kind, pointerOf(each.path), each.place.line, each.place.column])).toEqual([
        [kind, pointer, line, column]
      ])
      expect(reading.whole).toBe(false)
      expect(reading.sha256).toBe(createHash("sha256").update(content).digest("hex"))
    }
  })

  /** A file of `count` records that nobody holds in memory as a whole. */
  const endless = (record: string, count: number): { readonly root: RootFiles; readonly bytes: number; readonly largest: () => number } => {
    const [head, tail] = ['{"a":[\n', "0]}"]
    const bytes = head.length + record.length * count + tail.length
    let largest = 0
    const at = (offset: number): string => {
      if (offset < head.length) return head[offset] ?? ""
      const inner = offset - head.length
      return inner < record.length * count ? (record[inner % record.length] ?? "") : (tail[inner - record.length * count] ?? "")
    }
    const block = Buffer.from(record.repeat(Math.ceil((1 << 21) / record.length)))
    const readAt: RootFiles["read"] = (_, offset, length) => {
      largest = Math.max(largest, length)
      const out = Buffer.alloc(Math.max(0, Math.min(length, bytes - offset)))
      for (let done = 0; done < out.length; ) {
        const inner = offset + done - head.length
        const run = Math.min(out.length - done, record.length * count - inner)
        if (inner < 0 || run <= 0) out[done] = at(offset + done++).charCodeAt(0)
        else done += block.copy(out, done, inner % record.length, Math.min(block.length, (inner % record.length) + run))
      }
      return Effect.succeed(Uint8Array.from(out))
    }
    const info: RootFiles["info"] = (path) => Effect.succeed({ path, bytes })
    return { root: { ...memoryRoot({}), info, read: readAt }, bytes, largest: () => largest }
  }

  it("reads a large file in windows of the same size, and counts its lines", async () => {
    const { root, bytes, largest } = endless(`{"id":1,"t":"${"x".repeat(60)}"},\n`, 300_000)
    let [count, line] = [0, 0]
    const work = Effect.gen(function* () {
      return yield* readJson(yield* root.info("f"), {
        onMember: () => undefined,
        onProblem: (problem) => expect(problem).toBeUndefined(),
        onProgress: () => Effect.void,
        onRecord: ({ place }) => {
          count++
          if (count === 300_001) line = place([]).line
        }
      })
    })
    expect((await Effect.runPromise(Effect.provideService(work, ApprovedRoots, root))).whole).toBe(true)
    expect([count, line]).toEqual([300_001, 300_002])
    expect(bytes).toBeGreaterThan(20e6)
    expect(largest()).toBe(1 << 20)
  })

  it("refuses a record that is larger than a window may be", async () => {
    const head = '{"a":{"b":"'
    const root: RootFiles = {
      ...memoryRoot({}),
      info: (path) => Effect.succeed({ path, bytes: 4 * MAX_RECORD_BYTES }),
      read: (_, offset, length) =>
        Effect.succeed(
          offset > 4 * MAX_RECORD_BYTES ? new Uint8Array(0) : Buffer.alloc(length, "x").fill(offset === 0 ? head : "x", 0, head.length)
        )
    }
    const { problems } = await readAll("", 1 << 30, root)
    expect(problems.map(({ kind, path, place }) => [kind, pointerOf(path), place.byte_offset])).toEqual([["too-long", "/a", 1]])
  })
})
