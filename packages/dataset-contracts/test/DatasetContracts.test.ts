import { Exit, Schema } from "effect"
import { describe, expect, it } from "vitest"
import {
  AnyNumber,
  F64,
  I64,
  isJsonValue,
  JsonObject,
  MetadataValue,
  OutputType,
  omitEmpty,
  omittable,
  orNull,
  PluginRef,
  Split,
  tagged,
  U8,
  U16,
  U32,
  U64,
  wireStruct,
  withDefault
} from "../src/index.ts"

const reads = (schema: Schema.Codec<unknown, unknown>, value: unknown): boolean => Exit.isSuccess(Schema.decodeUnknownExit(schema)(value))

describe("integers", () => {
  const ranges = [
    { name: "U8", schema: U8, least: 0n, most: 255n },
    { name: "U16", schema: U16, least: 0n, most: 65_535n },
    { name: "U32", schema: U32, least: 0n, most: 2n ** 32n - 1n },
    { name: "U64", schema: U64, least: 0n, most: 2n ** 64n - 1n },
    { name: "I64", schema: I64, least: -(2n ** 63n), most: 2n ** 63n - 1n }
  ]

  for (const { name, schema, least, most } of ranges) {
    it(`${name} holds its range and nothing beside it`, () => {
      expect([least, most, least - 1n, most + 1n].map((value) => reads(schema, value))).toEqual([true, true, false, false])
      expect([1.5, Number.NaN, Number.POSITIVE_INFINITY, "1", null, true, [1]].map((value) => reads(schema, value))).toEqual(
        Array.from({ length: 7 }, () => false)
      )
    })
  }

  it("of 64 bits are bigint in memory, smaller ones are number", () => {
    expect(Schema.decodeUnknownSync(U64)(7)).toBe(7n)
    expect(Schema.decodeUnknownSync(I64)(-7)).toBe(-7n)
    expect(Schema.decodeUnknownSync(U32)(7n)).toBe(7)
  })

  it("given as a number beyond 2^53 are refused, because digits were already lost", () => {
    expect(reads(U64, 2 ** 53)).toBe(false)
    expect(reads(U64, 2n ** 53n)).toBe(true)
  })
})

describe("numbers", () => {
  it("F64 takes integers of any size that a double can reach, and no more", () => {
    expect(Schema.decodeUnknownSync(F64)(2n ** 64n)).toBe(2 ** 64)
    expect([1, -0, 1n, 10n ** 400n, Number.NaN, "1"].map((value) => reads(F64, value))).toEqual([true, true, true, false, false, false])
  })

  it("AnyNumber keeps a bigint a bigint", () => {
    expect(Schema.decodeUnknownSync(AnyNumber)(2n ** 70n)).toBe(2n ** 70n)
  })
})

describe("kinds", () => {
  it("Split and OutputType take their words and one custom form", () => {
    expect(
      ["train", "val", "test", { custom: "fold" }, "custom", "Train", { custom: 1 }, { custom: "a", x: 1 }].map((value) =>
        reads(Split, value)
      )
    ).toEqual([true, true, true, true, false, false, false, false])
    expect(["pose6_dof", { custom: "pkg#id" }, "pose_6dof"].map((value) => reads(OutputType, value))).toEqual([true, true, false])
  })

  it("metadata refuses null and objects, also inside lists", () => {
    expect([true, 1, 2n ** 60n, "a", [1, ["b", [false]]], null, {}, [null], [{}]].map((value) => reads(MetadataValue, value))).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false
    ])
  })
})

describe("JSON values", () => {
  it("are made of JSON and bigint, and of nothing else", () => {
    expect([null, 1n, { a: [1, { b: "c" }] }, Object.create(null)].map(isJsonValue)).toEqual([true, true, true, true])
    expect([undefined, Number.NaN, { a: undefined }, new Map(), new Date(0), [() => 1], Symbol("s")].map(isJsonValue)).toEqual(
      Array.from({ length: 7 }, () => false)
    )
    expect([{}, [], null].map((value) => reads(JsonObject, value))).toEqual([true, false, false])
  })
})

describe("structs of the wire", () => {
  const Thing = wireStruct({
    plain: Schema.String,
    maybe: orNull(U32),
    gone: omittable(U64),
    list: omitEmpty(U64),
    count: withDefault(U32, 5)
  })

  it("fill in what may be missing and write it as upstream does", () => {
    const value = Schema.decodeUnknownSync(Thing)({ plain: "a", gone: null })
    expect(value).toEqual({ plain: "a", maybe: null, list: [], count: 5 })
    expect(Schema.encodeSync(Thing)(value)).toEqual({ plain: "a", maybe: null, count: 5 })
  })

  it("carry values through all kinds of member", () => {
    const value = Schema.decodeUnknownSync(Thing)({ plain: "a", maybe: 1, gone: 2, list: [3], count: 4 })
    expect(value).toEqual({ plain: "a", maybe: 1, gone: 2n, list: [3n], count: 4 })
    expect(Schema.encodeSync(Thing)(value)).toEqual({ plain: "a", maybe: 1, gone: 2n, list: [3n], count: 4 })
  })

  it("refuse null where only a missing member is allowed", () => {
    expect([{ list: null }, { count: null }, { maybe: "1" }, { gone: "1" }].map((part) => reads(Thing, { plain: "a", ...part }))).toEqual([
      false,
      false,
      false,
      false
    ])
  })

  it("put declared members first and keep the others unread", () => {
    const value = Schema.decodeUnknownSync(PluginRef)({ extra: { deep: [1] }, version: "1", id: "a" })
    expect(Object.keys(value)).toEqual(["id", "version", "extra"])
    expect(Schema.encodeSync(PluginRef)(value)).toEqual({ id: "a", version: "1", extra: { deep: [1] } })
  })

  it("are not read from lists", () => {
    expect(reads(PluginRef, ["a", "1"])).toBe(false)
  })

  it("tagged variants have exactly one key", () => {
    const Shape = tagged({ circle: F64, square: wireStruct({ side: F64 }) })
    expect(
      [{ circle: 1 }, { square: { side: 1 } }, {}, { circle: 1, square: { side: 1 } }, { round: 1 }].map((value) => reads(Shape, value))
    ).toEqual([true, true, false, false, false])
  })
})
