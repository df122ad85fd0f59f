/** Files that are right and files that are not: everything that is wrong is said at once, with its place. */
import { describe, expect, it } from "vitest"
import { control } from "../src/index.ts"
import { type Fields, scoreFile } from "./support.ts"

const episode = (index: number, more: Fields = {}): Fields => ({
  sample_id: `e-${index}`,
  target: { initial_state_index: index, success: { rule: "min_return", threshold: 2 } },
  prediction: { initial_state_index: index, step_rewards: [1, index], outcome: "truncated" },
  ...more
})
const lines = (...rows: ReadonlyArray<unknown>): string => `[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]\n`
const told = (text: string | Uint8Array, given: Readonly<Record<string, string>> = {}) =>
  scoreFile(text, given).diagnostics.map(
    (each) => `${each.code} ${"line" in each ? (each.line ?? "-") : "-"} ${each.field ?? "-"} ${each.message}`
  )

describe("a file of rollouts", () => {
  it("is scored with as many initial states as it has rows", () => {
    const { result, signature } = scoreFile(lines(episode(1), episode(0), episode(2, { prediction: null })))
    expect(result?.values).toMatchObject({ return: 1.5, success_rate: 1 / 3, answered: 2 / 3, episode_length: 2 })
    expect(signature).toContain("|initial_states=3,one-rollout-each|")
  })

  it("reports every name of the pack, and the slashes are gone", () => {
    const names = control.files?.names ?? {}
    const { result } = scoreFile(lines(episode(0)))
    for (const name of Object.keys(names)) expect(Object.keys(result?.values ?? {})).toContain(name)
    expect(Object.values(names)).toEqual([
      "return",
      "return_std",
      "success_rate",
      "episode_length",
      "episode_length_std",
      "violations",
      "violations_per_step",
      "violation_episodes",
      "recovery_latency",
      "recovered",
      "stability",
      "total_spikes",
      "spikes_per_burst",
      "spike_density",
      "answered"
    ])
  })
})

describe("a file with an initial state too many, too few, or twice", () => {
  it("is refused with the sample and its line", () => {
    expect(told(lines(episode(0), episode(1), { ...episode(1), sample_id: "again" }))).toEqual([
      'control/WRONG-STATES 4 target.initial_state_index the rollout "e-1" has consumed this initial state'
    ])
    expect(told(lines(episode(0), episode(5), episode(1)))).toEqual([
      "control/WRONG-STATES 3 target.initial_state_index this initial state is not configured"
    ])
    expect(scoreFile(lines(episode(0), episode(5))).diagnostics[0]).toMatchObject({
      sample_id: "e-5",
      expected: "0 to 1",
      actual: "5",
      help: "number the initial states from 0, or say how many there are: --option initial_states=6"
    })
  })

  it("is refused with the states that nobody began from", () => {
    expect(scoreFile(lines(episode(0), episode(1)), { initial_states: "900000000" }).diagnostics).toEqual([
      {
        code: "control/WRONG-STATES",
        severity: "error",
        file: "episodes.json",
        message: "899999998 of 900000000 initial states have no rollout",
        expected: "a row for every initial state",
        actual: "none for 2, 3, 4, 5, 6, …",
        help: 'a rollout that did not happen is a row with "prediction": null'
      }
    ])
    expect(told(lines(episode(0), episode(1), episode(2)), { initial_states: "2" })).toEqual([
      "control/WRONG-STATES 4 target.initial_state_index this initial state is not configured"
    ])
  })
})

describe("a file that is wrong", () => {
  it("is refused with all mistakes in the order of its lines", () => {
    expect(
      told(
        lines(
          episode(0, { target: { initial_state_index: 0 } }),
          episode(1, { prediction: { initial_state_index: 2, step_rewards: [1, "2"], outcome: "done", violations: [] } }),
          { sample_id: "x", target: 3 },
          episode(3, { extra: 1 }),
          episode(4, { target: { initial_state_index: "4", success: { rule: "min_return", treshold: 1 } } })
        )
      )
    ).toEqual([
      "control/WRONG-ROW 2 target.success this is no rule of success",
      "control/WRONG-ROW 3 prediction.initial_state_index the rollout began elsewhere",
      "control/WRONG-ROW 3 prediction.step_rewards[1] has the wrong value",
      "control/WRONG-ROW 3 prediction.outcome has the wrong value",
      "control/WRONG-ROW 3 prediction.violations the task does not judge this",
      'control/WRONG-ROW 4 prediction "prediction" is required and missing',
      'control/WRONG-ROW 5 extra unknown key "extra"',
      "control/WRONG-ROW 6 target.initial_state_index has the wrong value",
      'control/WRONG-ROW 6 target.success.treshold unknown key "treshold"',
      "control/WRONG-ROW 6 target.success.threshold has the wrong value"
    ])
  })

  it.each([
    ["[]", "control/WRONG-ROW 1 - the list is empty"],
    ["[", "control/NOT-JSON 1 - this is no JSON"],
    ['[{"a": -Infinity}]', "control/NOT-JSON 1 - JSON has no NaN and no infinity"],
    ["{}", "control/WRONG-ROW 1 - the file is no list"],
    ["\ufeff[]", "control/NOT-TEXT 1 - the file begins with a byte order mark"]
  ])("is refused: %s", (text, message) => {
    expect(told(text)).toEqual([message])
  })

  it("is refused when it is not UTF-8", () => {
    expect(told(Uint8Array.from([0xff]))).toEqual(["control/NOT-TEXT 1 - the line is not UTF-8"])
  })

  it("is not read with an option that is wrong", () => {
    expect(told("[]", { initial_states: "0" })).toEqual(["option - initial_states has the wrong value"])
    expect(told("[]", { states: "3" })).toEqual(['option - states unknown key "states"'])
  })
})
