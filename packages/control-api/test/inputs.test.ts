/** What no field takes, whatever operation it belongs to. */
import { describe, expect, it } from "vitest"
import { inputProblems, operationIds, routeOf } from "../src/index.ts"

/** Every field of a type in every operation, with what is wrong with a value. */
const refused = (type: string, value: unknown): ReadonlyArray<boolean> =>
  operationIds.flatMap((operation) => {
    const route = routeOf(operation)
    return Object.entries(route.fields)
      .filter(([, field]) => field.type === type && field.in !== "header" && field.argv !== "stdin" && field.argv !== "--note")
      .map(([name]) => inputProblems(route, { [name]: type === "texts" ? [value] : value }).some(({ field }) => field === name))
  })

describe("a field", () => {
  it.each([
    ["path", "--out=x"],
    ["path", ""],
    ["path", "a\0b"],
    ["path", "a\nb"],
    ["text", "a\u001b[31mb"],
    ["text", "a\ud800"],
    ["text", "x".repeat(4097)],
    ["texts", "a\nb"],
    ["seed", "18446744073709551616"],
    ["seed", "007"],
    ["seed", -1],
    ["seed", 2 ** 53],
    ["seed", 18_446_744_073_709_551_616n],
    ["integer", 0.5],
    ["number", Number.NaN]
  ])("of type %s has values that it does not take (%#)", (type, value) => {
    const found = refused(type, value)
    expect(found.length).toBeGreaterThan(0)
    expect(new Set(found)).toEqual(new Set([true]))
  })

  it.each([
    ["path", "-/../x".slice(1)],
    ["text", "ä = 1"],
    ["seed", "18446744073709551615"],
    ["seed", 0],
    ["integer", -1]
  ])("of type %s has values that it takes (%#)", (type, value) => {
    expect(new Set(refused(type, value))).toEqual(new Set([false]))
  })
})
