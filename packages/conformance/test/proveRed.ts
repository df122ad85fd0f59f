/**
 * Proves a suite: the sound plugin keeps every law, each broken one fails exactly the laws that are named, and no law is left without
 * a plugin that breaks it alone.
 */
import { describe, expect, it } from "vitest"
import { checkLaws, type Law } from "../src/index.ts"

export type Row = readonly [broken: string, laws: () => ReadonlyArray<Law>, fails: string | ReadonlyArray<string>]

/** @param together laws that no plugin can break without breaking another one of the suite */
export const proveRed = (
  suite: string,
  sound: () => ReadonlyArray<Law>,
  rows: ReadonlyArray<Row>,
  together: ReadonlyArray<string> = []
): void => {
  describe(suite, () => {
    it("passes a sound plugin", async () => {
      const { failed, passed } = await checkLaws("sound", sound())
      expect(failed).toEqual([])
      expect(passed).toEqual(sound().map(({ name }) => name))
      expect(new Set(passed).size).toBe(passed.length)
    })

    it.each(rows)("fails a plugin that %s", async (_, laws, fails) => {
      const { failed } = await checkLaws("broken", laws())
      expect(failed.map(({ law }) => law).sort()).toEqual([fails].flat().sort())
      for (const { message } of failed) expect(message).toMatch(/expected: .*\n {2}got: /s)
    })

    it("has for each law a plugin that breaks it", () => {
      const alone = rows.flatMap(([, , fails]) => (typeof fails === "string" ? [fails] : []))
      const unproven = sound()
        .map(({ name }) => name)
        .filter((name) => !alone.includes(name) && !together.includes(name))
      expect(unproven).toEqual([])
      for (const name of together) expect(rows.some(([, , fails]) => fails.includes(name))).toBe(true)
    })
  })
}

export const entryOf = (kind: string, id: string, provides: Readonly<Record<string, unknown>> = {}) => ({
  kind: kind as "metric-pack",
  id,
  spec: 1 as const,
  title: id,
  options_schema: { $schema: "https://json-schema.org/draft/2020-12/schema", type: "object", additionalProperties: false },
  provides,
  requires: {},
  deterministic: true,
  capabilities: { fs: false, net: false, child_process: false },
  export: id
})
