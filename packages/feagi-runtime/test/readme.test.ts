/** The example of the README is run as it stands there. */
import { readFileSync } from "node:fs"
import { runInThisContext } from "node:vm"
import { expect, it } from "vitest"
import { type Brain, Brain as BrainClass, registrations } from "../src/index.ts"
import { engine, seeded } from "./support/brains.ts"
import { classifier, joy } from "./support/genomes.ts"

it("the README's example presents a batch and teaches the last sample", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1]?.replace(/^import .*$/gm, "")
  const names = "{ Brain, registrations, loadEngineModule, genome, random, batch, joyDriver }"
  const run = runInThisContext(`(async (${names}) => { ${example}\nreturn { brain, readings, silent } })`) as (
    given: Readonly<Record<string, unknown>>
  ) => Promise<{ readonly brain: Brain; readonly readings: Float32Array; readonly silent: Uint8Array }>
  const spec = classifier(4, 10, 3)
  const { brain, readings, silent } = await run({
    Brain: BrainClass,
    registrations,
    loadEngineModule: engine,
    genome: spec.genome,
    random: seeded(1),
    batch: Float32Array.of(0, 0.25, 0.5, 1, 1, 0.5, 0.25, 0),
    joyDriver: joy
  })
  expect([readings.length, ...silent]).toEqual([6, 0, 0])
  const { target, weight } = brain.weights(spec.input, spec.output)
  expect([...weight].filter((_, i) => target[3 * i] === 1).filter((one) => one > 1).length).toBe(4)
})
