/** Closed forms, the rule of one rollout for each initial state, refusals, resamples, figures, protocols: what no oracle has. */
import type { Scored } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import * as plugin from "../src/index.ts"
import { latencies } from "../src/Recovery.ts"
import { context, type Fields, foldOf, resultOf, rollout, scored, silent } from "./support.ts"

const { control, controlHoldout } = plugin

describe("one rollout for each initial state", () => {
  const fold = foldOf(3)
  const one = fold.add(fold.empty, rollout(1, [1]))

  it("refuses a second rollout from a state that is consumed", () => {
    const again: Scored = { ...rollout(1, [5]), sample_id: "other" }
    expect(() => fold.add(one, again)).toThrow(RangeError)
    expect(() => fold.add(one, again)).toThrow('sample "other": it began from initial state 1, which the rollout "e-1" has consumed')
  })

  it("refuses it in another shard as well, in either direction", () => {
    const other = fold.add(fold.empty, { ...rollout(1, [5]), sample_id: "other" })
    expect(() => fold.merge(one, other)).toThrow('which the rollout "e-1" has consumed')
    expect(() => fold.merge(other, fold.add(one, rollout(0, [1])))).toThrow("has consumed")
  })

  it("refuses it in a state that was stored and read back", () => {
    const stored = Schema.decodeUnknownSync(control.state)(JSON.parse(JSON.stringify(Schema.encodeSync(control.state)(one))))
    expect(() => fold.add(stored, { ...rollout(1, [5]), sample_id: "other" })).toThrow("has consumed")
  })

  it("refuses a stored state in which a state was consumed twice", () => {
    const [entry] = Schema.encodeSync(control.state)(one) as ReadonlyArray<{ readonly summary: object }>
    const forged = [entry, { ...entry, summary: { ...entry?.summary, sample_id: "other" } }]
    expect(() => Schema.decodeUnknownSync(control.state)(forged)).toThrow('which the rollout "e-1" has consumed')
  })

  it("refuses it when the rollout that consumed the state has no record", () => {
    expect(() => fold.add(fold.add(fold.empty, silent(1)), { ...rollout(1, [5]), sample_id: "other" })).toThrow("has consumed")
    expect(() => fold.add(one, { ...silent(1), sample_id: "other" })).toThrow("has consumed")
  })

  it("refuses a state that is not configured", () => {
    expect(() => fold.add(fold.empty, rollout(3, [1]))).toThrow('sample "e-3": initial state 3 is not configured, expected one of 0 to 2')
    expect(() => fold.add(fold.empty, rollout(-1, [1]))).toThrow(
      "initial_state_index has the wrong value (expected an integer from 0, got -1)"
    )
    expect(() => fold.add(fold.empty, rollout(0.5, [1]))).toThrow("expected an integer from 0, got 0.5")
  })

  it("refuses a rollout that began elsewhere than its target says", () => {
    expect(() => fold.add(fold.empty, rollout(1, [1], true, { initial_state_index: 2 }))).toThrow(
      "initial_state_index the rollout began elsewhere (expected 1, the initial state of its target, got 2)"
    )
  })

  it("refuses one rollout that consumes two states", () => {
    expect(() => fold.add(one, { ...rollout(2, [1]), sample_id: "e-1" })).toThrow('sample "e-1": it began from initial state 2 and from 1')
  })

  it("refuses one rollout with two records", () => {
    expect(() => fold.add(one, rollout(1, [2]))).toThrow('sample "e-1": it comes with two records that differ')
    expect(() => fold.add(one, { ...silent(1), sample_id: "e-1" })).toThrow("two records that differ")
  })

  it("takes the very same rollout again, as a resample does", () => {
    expect(fold.result(fold.add(one, rollout(1, [1]))).values).toMatchObject({ return: 1, return_std: 0, success_rate: 1 })
  })

  it("takes every configured state once, in any order", () => {
    const all = [rollout(2, [1]), rollout(0, [2]), silent(1)].reduce(fold.add, fold.empty)
    expect(fold.result(all).values).toMatchObject({ return: 1.5, answered: 2 / 3, success_rate: 2 / 3 })
  })
})

describe("success", () => {
  const judged = (success: Fields, rewards: ReadonlyArray<number>) =>
    resultOf([scored("e", { initial_state_index: 0, success }, { initial_state_index: 0, step_rewards: rewards, outcome: "truncated" })])
      .values.success_rate

  it("is a return or a length of at least the threshold", () => {
    expect(judged({ rule: "min_return", threshold: 3 }, [1, 2])).toBe(1)
    expect(judged({ rule: "min_return", threshold: 3.01 }, [1, 2])).toBe(0)
    expect(judged({ rule: "min_return", threshold: -1 }, [])).toBe(1)
    expect(judged({ rule: "min_steps", threshold: 2 }, [0, 0])).toBe(1)
    expect(judged({ rule: "min_steps", threshold: 3 }, [0, 0])).toBe(0)
  })

  it("sums small rewards without losing them: ten times 0.1 is 1", () => {
    expect(
      judged(
        { rule: "min_return", threshold: 1 },
        Array.from({ length: 10 }, () => 0.1)
      )
    ).toBe(1)
  })

  it("of equal returns has no spread: three times 0.1 is not 0.3", () => {
    expect(resultOf([0, 1, 2].map((index) => rollout(index, [0.1]))).values).toMatchObject({ return: 0.1, return_std: 0 })
  })

  it("is what the record says under the rule flag, whatever the rewards", () => {
    expect(resultOf([rollout(0, [100], false), rollout(1, [-100], true)]).values.success_rate).toBe(0.5)
  })

  it("is denied to a rollout without a record, which then is in no return", () => {
    expect(resultOf([rollout(0, [4]), silent(1)]).values).toMatchObject({ success_rate: 0.5, return: 4, episode_length: 1, answered: 0.5 })
    expect(resultOf([silent(0)]).values).toMatchObject({ success_rate: 0, return: { insufficient: "no rollout has a record" } })
  })

  it("stands with its rule in the signature of success_rate alone", () => {
    const { signatures = {} } = resultOf([rollout(0, [1])])
    expect(Object.keys(signatures)).toEqual(["success_rate"])
    expect(signatures.success_rate).toBe(`${control.signature({ initial_states: 1 })}|success=flag`)
    const mixed = resultOf([
      rollout(
        0,
        [1],
        true,
        { violations: [0], deviation: [0], perturbations: [] },
        { constraints: ["a", "b"], recovery: { band: 0.5, hold: 2 } }
      ),
      scored("x", { initial_state_index: 1, success: { rule: "min_return", threshold: 475 } }, null)
    ]).signatures
    expect(mixed?.success_rate).toMatch(/\|success=flag;min_return>=475$/)
    expect(mixed?.["violations/per_step"]).toMatch(/\|constraints=a\+b$/)
    expect(mixed?.stability).toMatch(/\|recovery=band=0\.5,hold=2$/)
  })
})

describe("recovery", () => {
  const rule = { band: 1, hold: 2 }

  it.each([
    ["never left the band", [0, 1, -1, 0], [0], [0]],
    ["left it for one step", [5, 1, -1, 0], [0], [1]],
    ["came back for one step only", [5, 0, 5, 0, 0], [0], [3]],
    ["came back too late to hold", [5, 5, 5, 0], [0], [null]],
    ["was pushed again before it held", [5, 0, 5, 0, 0], [0, 2], [null, 1]],
    ["was pushed at the last step", [0, 0, 0], [2], [null]],
    ["was pushed in the middle", [9, 9, 5, 0, 0], [2], [1]],
    ["was never pushed", [9, 9], [], []]
  ])("of a rollout that %s", (_, deviation, perturbations, expected) => {
    expect(latencies(deviation, perturbations, rule)).toEqual(expected)
  })

  it("that never came is no latency, and lowers the share of the recovered", () => {
    const task = { recovery: rule }
    const { values } = resultOf([
      rollout(0, [0, 0, 0], true, { deviation: [5, 0, 0], perturbations: [0] }, task),
      rollout(1, [0, 0, 0], true, { deviation: [5, 5, 5], perturbations: [0] }, task)
    ])
    expect(values).toMatchObject({ recovery_latency: 1, "recovery_latency/max": 1, recovered: 0.5, perturbations: 2, stability: 2 / 6 })
    const never = resultOf([rollout(0, [0], true, { deviation: [5], perturbations: [0] }, task)]).values
    expect(never.recovery_latency).toEqual({ insufficient: "none of 1 perturbations was recovered from" })
    expect(never.recovered).toBe(0)
    const calm = resultOf([rollout(0, [0], true, { deviation: [5], perturbations: [] }, task)]).values
    expect(calm.recovered).toEqual({ insufficient: "no rollout was perturbed" })
    expect(calm.stability).toBe(0)
  })

  it("is not judged where no task asks for it", () => {
    expect(resultOf([rollout(0, [0])]).values.recovered).toEqual({ insufficient: "no rollout with a record has a recovery band" })
  })
})

describe("violations and spikes", () => {
  it("count a violation for each constraint of a step", () => {
    const task = { constraints: ["fence", "torque"] }
    const { values } = resultOf([
      rollout(0, [0, 0, 0], true, { violations: [0, 2, 1] }, task),
      rollout(1, [0], true, { violations: [0] }, task),
      rollout(2, [0, 0, 0, 0])
    ])
    expect([values.violations, values["violations/per_step"], values["violations/episodes"]]).toEqual([1.5, 0.75, 0.5])
  })

  it("have no value where a rollout has no count of spikes", () => {
    const counted = rollout(0, [0], true, { cost: { spikes: 6, bursts: 3, neurons: 2 } })
    expect(resultOf([counted, silent(1)]).values).toMatchObject({
      "cost/total_spikes": 6,
      "cost/spikes_per_burst": 2,
      "cost/spike_density": 1
    })
    expect(resultOf([counted, rollout(1, [0])]).values["cost/total_spikes"]).toEqual({
      insufficient: "1 of 2 rollouts have no count of spikes"
    })
  })
})

describe("a task and a record that do not belong together are refused by the id of their sample", () => {
  const steps2 = { step_rewards: [0, 0] }
  it.each<readonly [string, Fields, Fields, string]>([
    [
      "no flag under the rule flag",
      { success: undefined },
      {},
      "success has the wrong value (expected true or false: the rule of success is flag, got nothing)"
    ],
    ["a flag under another rule", {}, { success: { rule: "min_steps", threshold: 1 } }, "success the task does not judge this"],
    ["violations without constraints", { violations: [0] }, {}, 'violations the task does not judge this (expected no "violations"'],
    [
      "constraints without violations",
      {},
      { constraints: ["a"] },
      "violations has the wrong value (expected a list of integers from 0 to 1"
    ],
    [
      "more violations than constraints",
      { ...steps2, violations: [0, 2] },
      { constraints: ["a"] },
      "violations[1] has the wrong value (expected integers from 0 to 1, got 2)"
    ],
    [
      "fewer violations than steps",
      { ...steps2, violations: [0] },
      { constraints: ["a"] },
      "violations a step has one of these (expected 2 numbers, one per step, got 1)"
    ],
    ["a deviation that is not judged", { deviation: [0] }, {}, "deviation the task does not judge this"],
    [
      "a push after the end",
      { ...steps2, deviation: [0, 0], perturbations: [2] },
      { recovery: { band: 1, hold: 1 } },
      "perturbations[0] has the wrong value (expected steps from 0 to 1, ascending, got 2)"
    ],
    [
      "pushes out of order",
      { ...steps2, deviation: [0, 0], perturbations: [1, 0] },
      { recovery: { band: 1, hold: 1 } },
      "perturbations[1]"
    ],
    ["pushes given twice", { ...steps2, deviation: [0, 0], perturbations: [1, 1] }, { recovery: { band: 1, hold: 1 } }, "perturbations[1]"],
    [
      "a band below 0",
      { deviation: [0], perturbations: [] },
      { recovery: { band: -1, hold: 1 } },
      "recovery.band has the wrong value (expected a finite number from 0, got -1)"
    ],
    ["a hold of nothing", { deviation: [0], perturbations: [] }, { recovery: { band: 1, hold: 0 } }, "recovery.hold"],
    ["no constraint in the list", {}, { constraints: [] }, "constraints these are no constraints"],
    ["a constraint given twice", { violations: [0] }, { constraints: ["a", "a"] }, "constraints these are no constraints"],
    ["a reward that is none", { step_rewards: [1, Number.NaN] }, {}, "step_rewards[1] has the wrong value (expected finite numbers"],
    [
      "an outcome that is none",
      { outcome: "success" },
      {},
      'outcome has the wrong value (expected "terminated" or "truncated", got "success")'
    ],
    ["a key that nobody knows", { reward: 3 }, {}, 'reward unknown key "reward"'],
    ["a rule that nobody knows", {}, { success: { rule: "max" } }, "success this is no rule of success"],
    ["a threshold of the rule flag", {}, { success: { rule: "flag", threshold: 1 } }, 'success.threshold unknown key "threshold"'],
    ["rewards beyond a double", { step_rewards: [1e308, 1e308] }, {}, "the sum of its rewards is beyond the range of a double"]
  ])("%s", (_, record, task, message) => {
    const act = () => resultOf([rollout(0, [0], true, record, task)])
    expect(act).toThrow(RangeError)
    expect(act).toThrow('sample "e-0": ')
    expect(act).toThrow(message)
  })

  it("and so are a target of another type and an output type of another pack", () => {
    const fold = foldOf(1)
    expect(() => fold.add(fold.empty, { ...rollout(0, [1]), target: { scalar: 1 } })).toThrow('sample "e-0": its target is of type scalar')
    expect(() => control.start({ initial_states: 1 }, { output_type: "scalar", classes: [] })).toThrow('not "scalar"')
  })

  it("all at once", () => {
    expect(() => resultOf([rollout(0, [0], true, { outcome: 1, reward: 2, cost: { spikes: -1, bursts: 0 } })])).toThrow(
      /reward unknown key.*outcome.*cost\.spikes.*cost\.bursts.*cost\.neurons/
    )
  })
})

describe("a resample has the values of its rollouts, to the last bit", () => {
  const task = { recovery: { band: 1, hold: 1 }, constraints: ["a"] }
  const samples = [
    rollout(4, [0.1, 0.2], true, { deviation: [2, 0], perturbations: [0], violations: [0, 1] }, task),
    rollout(0, [1 / 3], false, { deviation: [2], perturbations: [0], violations: [0] }, task),
    silent(2),
    rollout(1, [0.7, 0.7, 0.1], true, { deviation: [0, 0, 0], perturbations: [], violations: [1, 1, 1] }, task)
  ]
  const atoms = control.atoms?.({ initial_states: 5 }, context, samples)

  it.each([[[1, 1, 1, 1]], [[0, 3, 1, 2]], [[0, 0, 4, 0]], [[5, 0, 0, 0]], [[0, 0, 0, 0]]])("taken %j times", (times) => {
    if (atoms === undefined) throw new Error("no atoms")
    const multiplicity = new Uint32Array(atoms.count)
    for (const [index, atom] of atoms.atomOf.entries()) multiplicity[atom] = times[index] ?? 0
    const some = samples.flatMap((each, index) => Array.from({ length: times[index] ?? 0 }, () => each))
    expect(atoms.values(multiplicity)).toEqual(resultOf(some, 5).values)
  })

  it("has one atom for a rollout that is given twice", () => {
    const twice = control.atoms?.({ initial_states: 5 }, context, [...samples, ...samples])
    expect([twice?.count, [...(twice?.atomOf ?? [])]]).toEqual([4, [3, 0, 2, 1, 3, 0, 2, 1]])
  })
})

describe("figures", () => {
  it("are the returns over the initial states with a gap for what has no record, and a row per rollout", () => {
    const { figures } = resultOf([rollout(2, [3], false), silent(1), rollout(0, [1])])
    expect(figures.map(({ id }) => id)).toEqual(["returns", "episodes"])
    expect(figures[0]).toMatchObject({
      series: [
        {
          points: [
            [0, 1],
            [1, null],
            [2, 3]
          ]
        }
      ],
      reference: [{ label: "mean", y: 2 }]
    })
    expect(figures[1]).toMatchObject({
      rows: [
        [0, "e-0", 1, 1, "terminated", "yes", null, null],
        [1, "e-1", null, null, "no record", "no", null, null],
        [2, "e-2", 3, 1, "terminated", "no", null, null]
      ]
    })
  })

  it("stay small for many rollouts", () => {
    const [curve, table] = resultOf(Array.from({ length: 1000 }, (_, index) => rollout(index, [index]))).figures
    if (curve?.kind !== "curve" || table?.kind !== "table") throw new Error("expected a curve and a table")
    expect([curve.series[0]?.points.length, table.rows.length]).toEqual([200, 100])
    expect(curve.series[0]?.points.at(-1)).toEqual([999, 999])
  })
})

describe("the protocols", () => {
  it("say in examples what each of the six measures of a rollout is", () => {
    const said = new Set((controlHoldout.vectors ?? []).flatMap(({ values }) => Object.keys(values)))
    for (const name of ["return", "success_rate", "episode_length", "violations", "recovery_latency", "stability"])
      expect([...said]).toContain(name)
    expect(Object.keys(controlHoldout.rules ?? {})).toEqual(["episode", "windows", "thresholds", "averaging"])
  })
})
