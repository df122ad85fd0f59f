/** The example of the README is `example.ts`, word for word, and does what it says; codes are those of the sources. */
import { readFileSync } from "node:fs"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { learn } from "./example.ts"
import { classes, lessons } from "./support.ts"

const here = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8")
const codesIn = (text: string, pattern: RegExp): ReadonlyArray<string> =>
  [...new Set([...text.matchAll(pattern)].map((match) => match.slice(1).find((each) => each !== undefined) ?? ""))].sort()

describe("README", () => {
  it("shows the example that runs", () => {
    expect(here("../README.md")).toContain(`\`\`\`ts\n${here("example.ts")}\`\`\`\n`)
  })

  it("promises what the example gives: a loss that falls, and the same weights each time", async () => {
    const position = new Map<number, number>(classes.map(({ class_id }, at) => [class_id, at]))
    const mine = lessons.map(({ sample, target }) => {
      const class_id = "class" in target ? (position.get(target.class.class_id) ?? -1) : -1
      return { sample, target: { class: { class_id, label: null } } }
    })
    const [one, other] = [await Effect.runPromise(learn(mine, 10)), await Effect.runPromise(learn(mine, 10))]
    expect(one.losses).toHaveLength(60)
    expect(one.losses.at(-1)).toBeLessThan(0.25 * (one.losses[0] ?? 0))
    expect(other).toEqual(one)
  })

  it.each(["../README.md", "../../../docs/reference/errors.md"])("and errors: %s lists every code of the sources, and no other", (page) => {
    const sources = here("../../../packages/gradient/src/learner/gradientLearner.ts") + here("../src/Gradient.ts")
    const used = codesIn(sources, /"([A-Z]{5,})"|\}\/([A-Z]+)`|"gradient\/([A-Z]+)"/g)
    expect(used.length).toBeGreaterThan(11)
    expect(codesIn(here(page), /^\| `?gradient\/([A-Z]+)`? /gm)).toEqual(used)
  })
})
