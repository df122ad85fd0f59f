/** The example of the README is run as it stands there. */
import { readFileSync } from "node:fs"
import { runInThisContext } from "node:vm"
import { Effect } from "effect"
import { expect, it } from "vitest"
import * as plugin from "../src/index.ts"

it("the README's example says what it says", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ""
  const said: Array<unknown> = []
  const code = example
    .replace(/^import .*$/gm, "")
    .replaceAll(" as const", "")
    .replace("console.log(", "say(")
  const run = runInThisContext(`(async ({ embedded, miscClass, percentage, tabularClassification, Effect, say }) => { ${code} })`) as (
    given: Readonly<Record<string, unknown>>
  ) => Promise<void>
  await run({ ...plugin, Effect, say: (value: unknown) => said.push(value) })
  const written = /\/\/ (\[\[.*\]\])$/m.exec(example)?.[1] ?? ""
  expect(written).not.toBe("")
  expect(said).toEqual([runInThisContext(`(${written})`)])
})
