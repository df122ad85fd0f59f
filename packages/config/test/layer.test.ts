/** Layers: who wins, who was overridden, and where each said so. */
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { decodeDocument, layer, parseSet, setLayer, setPath } from "../src/index.ts"
import { read, shown, toml } from "./check.ts"

const user = read("json", '{"store": "a",\n "log": {"level": "info", "colour": true}}')
const project = toml('store = "b"\npaths = ["x", "y"]\n[log]\nlevel = "debug"\n')
const layers = layer([
  { name: "defaults", value: { store: ".store", log: { level: "warn", width: 100 }, paths: ["d"] } },
  { name: "user", document: user },
  { name: "project", document: project },
  { name: "environment", value: { store: "c" }, describe: () => "FEAGI_TRAINER_STORE" }
])

describe("layer()", () => {
  it("merges tables, replaces everything else, later over earlier", () => {
    expect(layers.value).toEqual({ store: "c", log: { level: "debug", width: 100, colour: true }, paths: ["x", "y"] })
    expect(layers.layers).toEqual(["defaults", "user", "project", "environment"])
  })

  it("knows the origin of a value and all it overrode, strongest first", () => {
    expect(layers.originOf(["store"])).toEqual({
      layer: "environment",
      file: "FEAGI_TRAINER_STORE",
      value: "c",
      overrode: [
        { layer: "project", file: "run.toml", line: 1, column: 1, value: "b" },
        { layer: "user", file: "run.json", line: 1, column: 2, value: "a" },
        { layer: "defaults", file: "defaults", value: ".store" }
      ]
    })
    expect(layers.originOf(["log", "colour"])).toEqual({ layer: "user", file: "run.json", line: 2, column: 27, value: true, overrode: [] })
    expect(layers.originOf(["log"])).toMatchObject({ layer: "project", line: 3, overrode: [] })
    expect(layers.originOf(["nowhere"])).toBe(undefined)
  })

  it("gives items of an array to the layer of the whole array", () => {
    expect(layers.originOf(["paths", 1])).toMatchObject({
      layer: "project",
      line: 2,
      value: "y",
      overrode: [{ layer: "defaults", value: ["d"] }]
    })
    expect(layers.originOf(["paths", 2])).toBe(undefined)
  })

  it("lets a value hide a table and a table hide a value", () => {
    const hidden = layer([
      { name: "1", value: { a: { b: 1 } } },
      { name: "2", value: { a: 2 } },
      { name: "3", value: { a: { c: 3 } } }
    ])
    expect(hidden.value).toEqual({ a: { c: 3 } })
    expect(hidden.originOf(["a", "b"])).toBe(undefined)
    expect(hidden.originOf(["a", "c"])).toEqual({ layer: "3", file: "3", value: 3, overrode: [] })
    expect(hidden.originOf(["a"])?.overrode).toEqual([{ layer: "2", file: "2", value: 2 }])
    const over = layer([
      { name: "1", value: { a: { b: 1 } } },
      { name: "2", value: { a: 2 } }
    ])
    expect(over.originOf(["a"])).toMatchObject({ layer: "2", overrode: [{ layer: "1", value: { b: 1 } }] })
  })

  it("can be decoded, and each mistake stands in its own layer", () => {
    const Schema_ = Schema.Struct({
      store: Schema.Int,
      log: Schema.Struct({ level: Schema.Literals(["info", "warn"]), width: Schema.Int }),
      paths: Schema.Array(Schema.Int)
    })
    const decoded = decodeDocument(Schema_, layers)
    if (decoded.ok) throw new Error("mistakes went through")
    expect(new Set(decoded.diagnostics.map((each) => `${each.file}:${each.line} ${each.code} ${each.field ?? each.message}`))).toEqual(
      new Set([
        "FEAGI_TRAINER_STORE:undefined FT1004 store",
        "run.toml:4 FT1004 log.level",
        'run.json:2 FT1002 unknown key "colour"',
        "run.toml:2 FT1004 paths[0]",
        "run.toml:2 FT1004 paths[1]"
      ])
    )
  })

  it("keeps keys named like members of objects plain data", () => {
    const hostile = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}')
    const merged = layer([
      { name: "1", value: { a: 1 } },
      { name: "2", value: hostile },
      { name: "3", value: hostile }
    ])
    expect(Object.keys(merged.value ?? {})).toEqual(["a", "__proto__", "constructor"])
    expect(Object.getPrototypeOf(merged.value)).toBe(null)
    expect(Reflect.get({}, "polluted")).toBe(undefined)
    expect(merged.originOf(["__proto__", "polluted"])).toMatchObject({ layer: "3" })
    expect(merged.originOf(["toString"])).toBe(undefined)
  })
})

describe("parseSet()", () => {
  const values: ReadonlyArray<readonly [text: string, path: ReadonlyArray<string>, value: unknown]> = [
    ["seed=7", ["seed"], 7],
    ["a.b.c = 1.5", ["a", "b", "c"], 1.5],
    ['a."b.c"="x=y # z"', ["a", "b.c"], "x=y # z"],
    ["a=true", ["a"], true],
    ["a=[1, 2]", ["a"], [1, 2]],
    ["a={ b = 1 }", ["a"], { b: 1 }],
    ["a=''", ["a"], ""],
    ["n=18446744073709551615", ["n"], 18446744073709551615n],
    ["constructor.prototype.x=1", ["constructor", "prototype", "x"], 1]
  ]
  for (const [text, path, value] of values) {
    it(`reads ${text}`, () => {
      const set = parseSet(text)
      expect(set.ok && [set.path, set.value]).toEqual([path, value])
    })
  }

  const refused: ReadonlyArray<readonly [text: string, problem: string, help: string | undefined]> = [
    ["seed", "1:1 FT1001 no `=` in the assignment", "write path.to.key=value"],
    ["=7", "1:1 FT1001 no key before the `=`", "write path.to.key=value"],
    ["seed=", "1:6 FT1001 no value after the `=`", 'write path.to.key=value; the empty string is ""'],
    ["id=random", "1:4 FT1001 invalid value", "strings need quotes, which a shell takes away: 'id=\"random\"'"],
    ["a=1 # b", "1:1 FT1001 there is more after the value", undefined],
    ["a=1\nb=2", "1:1 FT1001 a line end in an assignment", "write one assignment for each --set"],
    ["[a]=1", "1:1 FT1001 no key before the `=`", undefined],
    ["__proto__.polluted=1", '1:1 FT1002 the key "__proto__" is refused everywhere', undefined],
    ["a=2026-11-21", "1:3 FT1008 the date or time 2026-11-21 stands without quotes", 'write "2026-11-21"']
  ]
  for (const [text, problem, help] of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      const set = parseSet(text)
      if (set.ok) throw new Error("the assignment went through")
      expect(shown(set.diagnostics)).toEqual([problem])
      expect(set.diagnostics[0]?.file).toBe("--set")
      if (help !== undefined) expect(set.diagnostics[0]?.help).toBe(help)
    })
  }
})

describe("setPath()", () => {
  it("makes tables on the way and leaves its input alone", () => {
    const before = { a: { b: 1 }, list: [{ k: 1 }, { k: 2 }] }
    expect(setPath(before, ["a", "c", "d"], 2)).toEqual({ ok: true, value: { a: { b: 1, c: { d: 2 } }, list: before.list } })
    expect(setPath(before, ["list", "1", "k"], 3)).toEqual({ ok: true, value: { a: { b: 1 }, list: [{ k: 1 }, { k: 3 }] } })
    expect(before).toEqual({ a: { b: 1 }, list: [{ k: 1 }, { k: 2 }] })
  })

  it("refuses what cannot be reached", () => {
    const message = (path: ReadonlyArray<string | number>) => {
      const set = setPath({ a: 1, list: [1] }, path, 2)
      return set.ok ? "set" : set.diagnostics[0]?.message
    }
    expect(message(["__proto__", "polluted"])).toBe('the key "__proto__" is refused everywhere')
    expect(message(["x", "__proto__"])).toBe('the key "__proto__" is refused everywhere')
    expect(message(["a", "b"])).toBe("a is a single value, so it has no members")
    expect(message(["list", 1])).toBe("there is no item 1 in an array of 1")
    expect(message(["list", "length"])).toBe('there is no item "length" in an array of 1')
    expect(message([0])).toBe("the document is a single value, so it has no members")
    expect(message(["constructor", "prototype", "polluted"])).toBe("set")
    expect(Reflect.get({}, "polluted")).toBe(undefined)
  })
})

describe("setLayer()", () => {
  it("joins assignments to one layer whose places are the assignments", () => {
    const set = setLayer(["log.level='info'", "log.width=1", "store='z'"])
    if (!set.ok) throw new Error("refused")
    const merged = layer([{ name: "project", document: project }, set.layer])
    expect(merged.value).toMatchObject({ store: "z", log: { level: "info", width: 1 } })
    expect(merged.originOf(["log", "level"])).toMatchObject({ layer: "--set", file: "--set log.level='info'", overrode: [{ line: 4 }] })
  })

  it("remembers how a number was written, so that 1e3 is no integer here either", () => {
    const set = setLayer(["seed=1e3", "rate=1e3"])
    if (!set.ok) throw new Error("refused")
    const merged = layer([{ name: "project", document: toml("seed = 1\nrate = 0.5") }, set.layer])
    expect(merged.isFloatText(["seed"])).toBe(true)
    const decoded = decodeDocument(Schema.Struct({ seed: Schema.Int, rate: Schema.Finite }), merged)
    if (decoded.ok) throw new Error("a float went through")
    expect(decoded.diagnostics).toEqual([
      {
        severity: "error",
        code: "FT1004",
        file: "--set seed=1e3",
        field: "seed",
        message: "has the wrong value",
        expected: "an integer",
        actual: "1e3",
        help: "write seed = 1000"
      }
    ])
  })

  it("reports all mistakes, and refuses two that set the same place", () => {
    const set = setLayer(["a=1", "b", "a=2", "a.c=3", "d=x"])
    expect(set.ok ? [] : set.diagnostics.map((each) => `${each.code} ${each.message}`)).toEqual([
      "FT1001 no `=` in the assignment",
      "FT1005 a=2 and a=1 set the same place",
      "FT1005 a.c=3 and a=1 set the same place",
      "FT1001 invalid value"
    ])
  })
})
