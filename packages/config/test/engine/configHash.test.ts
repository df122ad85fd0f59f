/** What the configuration hash sees, and what it does not. */
import { TrainerError } from "@feagi-trainer/contracts"
import { canonical, type JsonPath, type JsonValue, type Random, SeedTree, sha256Hex } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import { configHash, isTable, toJson, toToml, toYaml } from "../../src/index.ts"
import { changed, engineJson, engineToml, engineYaml, loaded } from "./files.ts"

const engine = loaded({ "engine.toml": engineToml })
const hash = configHash(engine)
const hashOfText = (text: string): string => configHash(loaded({ "engine.toml": text }))
const isList: (value: unknown) => value is ReadonlyArray<JsonValue> = Array.isArray

describe("configHash()", () => {
  it("is the SHA-256 of the canonical JSON of configuration and splits", () => {
    const text = canonical({ config: engine.document.value, splits: null })
    expect(text.startsWith('{"config":{"dataset":{"name":"digits@1","splits":{"fractions":{"test":0.2,"train":0.6,"val":0.2},')).toBe(true)
    expect(hash).toBe(sha256Hex(text))
    // the same hash by Python: tomllib, json.dumps with sorted keys, hashlib
    expect(hash).toBe("134fc515ef71f83ee2777e2af12404b7c18504c0443eb4d862a18fe93e272d03")
  })

  it("is the same for TOML, YAML and JSON, other orders, other spellings and comments", () => {
    expect(configHash(loaded({ "e.yaml": engineYaml }, "e.yaml"))).toBe(hash)
    expect(configHash(loaded({ "e.json": engineJson }, "e.json"))).toBe(hash)
    expect(hashOfText(engineToml.replaceAll("\n", "\r\n"))).toBe(hash)
    expect(hashOfText(`# a comment\n${engineToml}# another\n`)).toBe(hash)
    expect(hashOfText(changed("max_norm = 1.0", "max_norm = 1"))).toBe(hash)
    expect(hashOfText(changed("epsilon = 1e-8", "epsilon = 0.000_000_01"))).toBe(hash)
  })

  it("is the same wherever the splits and the schedule stand", () => {
    const line = /splits = (\{.*\})\n/.exec(engineToml)
    const text = changed(line?.[0] ?? "", 'splits = "s.json"\n')
    expect(
      configHash(
        loaded({
          "engine.toml": text,
          "s.json": '{"seed": "per-run", "method": "stratified", "fractions": {"test": 0.2, "train": 0.6, "val": 0.2}}'
        })
      )
    ).toBe(hash)
    expect(
      configHash(
        loaded({
          "engine.toml": text,
          "s.json": '{"seed": "per-run", "method": "stratified", "fractions": {"test": 0.3, "train": 0.5, "val": 0.2}}'
        })
      )
    ).not.toBe(hash)
  })

  /** Every scalar of the configuration, by path. */
  const leaves = (value: JsonValue, path: JsonPath = []): ReadonlyArray<readonly [JsonPath, JsonValue]> => {
    if (isList(value)) return value.flatMap((item, index) => leaves(item, [...path, index]))
    if (isTable(value)) return Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]))
    return [[path, value]]
  }
  const other = (value: JsonValue): JsonValue => {
    if (typeof value === "bigint") return value - 1n
    if (typeof value === "number") return value + 0.5
    return typeof value === "boolean" ? !value : `${String(value)}x`
  }
  const withValue = (target: JsonValue, path: JsonPath, value: JsonValue): JsonValue => {
    const [step, ...rest] = path
    if (step === undefined) return value
    if (isList(target)) return target.with(Number(step), withValue(target[Number(step)] ?? null, rest, value))
    return isTable(target) ? { ...target, [step]: withValue(target[step] ?? null, rest, value) } : target
  }

  it("changes with every single value", () => {
    const all = leaves(engine.document.value)
    const hashes = all.map(([path, value]) =>
      configHash({ ...engine, document: { ...engine.document, value: withValue(engine.document.value, path, other(value)) } })
    )
    expect(all.length).toBe(58)
    expect(new Set([hash, ...hashes]).size).toBe(1 + all.length)
  })

  it.each([
    ["seed", "18446744073709551615", "18446744073709551614"],
    ["fraction", "train = 0.6, val = 0.2", "train = 0.4, val = 0.4"],
    ["rate", "learning_rate = 0.5", "learning_rate = 0.25"],
    ["layer", "filters = 8", "filters = 9"],
    ["order of a list", "shape = [8, 8, 1]", "shape = [1, 8, 8]"],
    ["folder", "results/digits", "results/other"],
    [
      "optional table",
      'validate = { part = "val", every = 1 }\nearly_stop = { metric = "accuracy", patience = 2, min_delta = 0.001 }\n',
      ""
    ]
  ])("changes with the %s in the file", (_, from, to) => {
    expect(hashOfText(changed(from, to))).not.toBe(hash)
  })

  /** The same value, its keys in a random order at every level. */
  const shuffled = (value: JsonValue, random: Random): JsonValue => {
    if (isList(value)) return value.map((item) => shuffled(item, random))
    if (!isTable(value)) return value
    return Object.fromEntries(random.shuffle(Object.entries(value)).map(([key, member]) => [key, shuffled(member, random)]))
  }

  it("is the same for 100 orders of the keys, written in all three formats (seed 7)", () => {
    const random = SeedTree.root(7).child("orders").random()
    const texts = new Set<string>()
    for (let round = 0; round < 100; round += 1) {
      const value = shuffled(engine.document.value, random)
      for (const [file, text] of [
        ["e.toml", toToml(value)],
        ["e.yaml", toYaml(value)],
        ["e.json", toJson(value)]
      ] as const) {
        texts.add(text)
        const again = loaded({ [file]: text }, file)
        expect(configHash(again), `round ${round}: ${text}`).toBe(hash)
        expect(again.config).toEqual(engine.config)
      }
    }
    expect(texts.size).toBe(300)
  })

  it("takes the hashes of id lists in, whatever their order", () => {
    const [a, b] = [sha256Hex("a"), sha256Hex("b")]
    const both = configHash(engine, { train: a, test: b })
    expect(both).toBe(configHash(engine, { test: b, train: a }))
    expect(
      new Set([hash, both, configHash(engine, { train: b, test: a }), configHash(engine, { train: a }), configHash(engine, {})]).size
    ).toBe(5)
  })

  it("refuses what is no hash and parts that the split does not make, all at once", () => {
    const found = ((): unknown => {
      try {
        return configHash(engine, { train: "A".repeat(64), tset: sha256Hex("a") })
      } catch (error) {
        return error
      }
    })()
    if (!(found instanceof TrainerError)) throw new Error("the hashes went through")
    expect(found.diagnostics.map((each) => [each.code, each.field, each.expected])).toEqual([
      ["FT1004", "splits.train", "64 lower-case hex digits"],
      ["FT1004", "splits.tset", "test or train or val"]
    ])
  })
})
