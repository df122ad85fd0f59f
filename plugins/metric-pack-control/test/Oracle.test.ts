/** Every value against the numbers of oracle/control.py, over drawn rollouts and over recorded ones of gymnasium's environments. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { close, type Fields, resultOf, scored, scoreFile } from "./support.ts"

interface Case {
  readonly about: string
  readonly episodes: ReadonlyArray<{
    readonly target: Fields
    readonly prediction: (Fields & { readonly step_rewards: ReadonlyArray<number> }) | null
  }>
  readonly expected: Readonly<Record<string, number | null>>
}

const { cases } = JSON.parse(readFileSync(new URL("./oracle/control.json", import.meta.url), "utf8")) as {
  readonly cases: ReadonlyArray<Case>
}
const drawn = ({ episodes }: Case) => episodes.map(({ target, prediction }, index) => scored(`e-${index}`, target, prediction))
const named = (part: string): Case => {
  const found = cases.find(({ about }) => about.includes(part))
  if (found === undefined) throw new Error(`no case about ${part}`)
  return found
}

describe("control against its oracle", () => {
  it("has 203 cases with 26 values each, 3 of them recorded, and every value occurs with and without data", () => {
    expect(cases).toHaveLength(203)
    expect(cases.filter(({ about }) => about.includes("-v"))).toHaveLength(3)
    for (const { expected } of cases) expect(Object.keys(expected)).toHaveLength(26)
    const numbers = cases.flatMap(({ expected }) => Object.values(expected)).filter((value) => value !== null)
    expect(numbers.length).toBeGreaterThan(3500)
  })

  it.each(cases)("equals it to 1e-12: $about", (given) => {
    const { values } = resultOf(drawn(given))
    expect(Object.keys(values).sort()).toEqual(Object.keys(given.expected).sort())
    for (const [name, expected] of Object.entries(given.expected)) {
      if (expected === null) expect(values[name], name).toHaveProperty("insufficient")
      else close(values[name], expected, name)
    }
  })

  it.each(cases)("gives a file the values of a run, to the last bit: $about", (given) => {
    const rows = given.episodes.map((episode, index) => ({ sample_id: `e-${index}`, ...episode }))
    const { diagnostics, result } = scoreFile(JSON.stringify(rows))
    expect(diagnostics).toEqual([])
    expect(result?.values).toEqual(resultOf(drawn(given)).values)
  })
})

describe("recorded rollouts", () => {
  it("of CartPole-v1 from seed 42 with the actions 0 1 0 1 … last 23 steps and fail", () => {
    const { values } = resultOf(drawn(named("actions 0 1 0 1")))
    expect([values.return, values.episode_length, values.success_rate, values.terminated]).toEqual([23, 23, 0, 1])
    expect(values.stability).toBe(12 / 23)
  })

  it("of a pushed CartPole-v1 recover six times, 24 steps at the latest", () => {
    const { values } = resultOf(drawn(named("CartPole-v1 under")))
    expect([values.perturbations, values.recovered, values["recovery_latency/max"], values.success_rate]).toEqual([6, 1, 24, 1])
  })

  it("of a pushed InvertedPendulum-v5 last 200 steps", () => {
    const { values } = resultOf(drawn(named("InvertedPendulum-v5")))
    expect([values.episode_length, values.perturbations, values.success_rate]).toEqual([200, 6, 1])
  })
})
