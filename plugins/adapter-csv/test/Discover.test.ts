import { describe, expect, it } from "vitest"
import { csv } from "../src/index.ts"
import { world } from "./World.ts"

const discover = (content: string | Uint8Array, path = "data.csv") => world({ [path]: content }).run(csv.discover({ path }))
const best = async (content: string, path = "data.csv") => (await discover(content, path))[0]

describe("discover", () => {
  it("proposes options that decode, scan and name the classes", async () => {
    const content = "x,y,kind\n1,2,b\n3,4,a\n"
    const [candidate, ...others] = await discover(content)
    expect(others).toEqual([])
    expect(candidate).toEqual({
      confidence: 0.9,
      title: 'Table of 3 columns, label "kind"',
      options: {
        delimiter: ",",
        quote: '"',
        decimal: ".",
        header: true,
        label_column: "kind",
        id_column: null,
        group_column: null,
        split_column: null,
        columns: "scan",
        classes: "scan"
      },
      because: "3 of the first 3 records have 3 cells when cut at the comma; it is the only column that is not numbers"
    })
    const decoded = csv.decodeOptions(candidate?.options)
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.mistakes))
    const report = await world({ "data.csv": content }).run(csv.validate({ path: "data.csv" }, decoded.value))
    expect(report.resolved_options).toEqual({
      ...candidate?.options,
      columns: { x: { type: "number" }, y: { type: "number" } },
      classes: ["a", "b"]
    })
    expect(csv.decodeOptions(report.resolved_options).ok).toBe(true)
  })

  it("takes another label column on top of the best candidate", async () => {
    const content = "kind,x,code\na,1,7\nb,2,8\n"
    const candidate = await best(content)
    expect(candidate?.options.label_column).toBe("kind")
    const decoded = csv.decodeOptions({
      ...candidate?.options,
      label_column: "code",
      columns: { "*": { type: "number" }, kind: { type: "ignore" } }
    })
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.mistakes))
    const { resolved_options } = await world({ "data.csv": content }).run(csv.validate({ path: "data.csv" }, decoded.value))
    expect(resolved_options).toMatchObject({
      label_column: "code",
      classes: ["7", "8"],
      columns: { kind: { type: "ignore" }, x: { type: "number" } }
    })
  })

  it.each([
    ["x,y,k\n1,2,a\n", ","],
    ["x;y;k\n1,5;2,5;a\n", ";"],
    ["x\ty\tk\n1\t2\ta\n", "\t"],
    ["x|y|k\n1|2|a\n", "|"],
    ['x,y,k\n1,2,"a;b;c;d"\n', ","],
    ["x;y;k\n1;2;a, b, c, d\n3;4;b\n", ";"],
    ["a,b;c,d\n1,2;3,k\n", ","]
  ])("finds the delimiter of %j", async (content, delimiter) => {
    expect((await best(content))?.options.delimiter).toBe(delimiter)
  })

  it("finds a decimal comma, and no other mark when both occur", async () => {
    expect((await best("x;k\n1,5;a\n2;b\n"))?.options.decimal).toBe(",")
    expect((await best("x;y;k\n1,5;2.5;a\n"))?.options.decimal).toBe(".")
    expect((await best('x,y,k\n"1,5",2,a\n'))?.options.decimal).toBe(".")
  })

  it("prefers a column that is named like a label, even of numbers", async () => {
    const candidates = await discover("Class,x,note\n0,1.5,hm\n1,2.5,ok\n")
    expect(candidates.map(({ options, confidence }) => [options.label_column, confidence])).toEqual([
      ["Class", 0.95],
      ["note", 0.3]
    ])
  })

  it("is in no doubt between several without saying so", async () => {
    const named = await discover("target,x,label\n0,1,1\n1,2,0\n")
    expect(named.map(({ options, confidence }) => [options.label_column, confidence])).toEqual([
      ["target", 0.5],
      ["label", 0.5]
    ])
    const text = await discover("city,x,kind\nBern,1,a\nRom,2,b\n")
    expect(text.map(({ options, confidence }) => [options.label_column, confidence])).toEqual([
      ["kind", 0.6],
      ["city", 0.3]
    ])
    const numbers = await discover("x,y\n1,2\n3,4\n")
    expect(numbers.map(({ options, confidence }) => [options.label_column, confidence])).toEqual([
      ["y", 0.2],
      ["x", 0.1]
    ])
  })

  it("takes a column named id for ids only when its values differ", async () => {
    expect((await best("id,x,k\ns1,1,a\ns2,2,b\n"))?.options.id_column).toBe("id")
    expect((await best("id,x,k\ns1,1,a\ns1,2,b\n"))?.options.id_column).toBe(null)
  })

  it("trusts a ragged file and a strange ending less", async () => {
    expect((await best("x,y,k\n1,2,a\n1,a\n1,2,b\n"))?.confidence).toBe(0.68)
    expect((await best("x,y,k\n1,2,a\n", "notes.md"))?.confidence).toBe(0.45)
  })

  it("has no confidence in what is no table, so that the scan says where it is wrong", async () => {
    for (const content of [
      "",
      "just a text\nof two lines\n",
      "x,y,k\n",
      new Uint8Array([0x89, 0x50, 0, 1, 2]),
      new Uint8Array([0xff, 0xfe, 65, 0])
    ])
      expect((await discover(content)).map((each) => each.confidence)).toEqual([0])
    expect(await world({ "a.png": "", "b/c.json": "{}" }).run(csv.discover({ path: "" }))).toEqual([])
  })

  it("proposes the tables of a folder that have one header, and trusts them less among other files", async () => {
    const files = {
      "d/train.csv": "x,k\n1,a\n",
      "d/test.csv": "x,k\n2,b\n",
      "d/other.csv": "x,y,k\n1,2,a\n",
      "d/notes.md": "",
      "e.csv": "x,k\n"
    }
    const [candidate] = await world(files).run(csv.discover({ path: "d" }))
    expect([candidate?.confidence, candidate?.options.files, candidate?.options.file_split]).toEqual([
      0.45,
      ["test.csv", "train.csv"],
      { "train.csv": "train", "test.csv": "test" }
    ])
    expect(candidate?.because).toContain('2 of 4 files are tables with the columns of "test.csv"')
    expect(csv.decodeOptions(candidate?.options).ok).toBe(true)
  })

  it("takes a column of fractions for a target number", async () => {
    const [named] = await discover("x,target\n1,0.5\n2,3\n")
    expect([named?.options.label_column, named?.options.target_column, named?.options.classes]).toEqual([null, "target", undefined])
    const all = await discover("x,y\n1,0.5\n3,4\n")
    expect(all.map(({ options }) => [options.label_column, options.target_column])).toEqual([
      [null, "y"],
      ["x", undefined]
    ])
    for (const { options } of [named, ...all].flatMap((each) => each ?? [])) expect(csv.decodeOptions(options).ok).toBe(true)
  })

  it("fails when there is nothing at the path", async () => {
    await expect(world({}).run(csv.discover({ path: "data.csv" }))).rejects.toMatchObject({ reason: "missing" })
  })

  it("reads the head of a large file only, and cuts it at a whole record", async () => {
    const large = world({ "data.csv": `x,y,k\n${"1,2,a\n".repeat(20_000)}` })
    const [candidate] = await large.run(csv.discover({ path: "data.csv" }))
    expect(candidate?.because).toContain("101 of the first 101 records")
    expect(large.reads).toEqual([{ offset: 0, length: 65_536 }])
  })
})
