/**
 * One rollout and what it was to do: the output type `@feagi-trainer/metric-pack-control#episode`. The target defines the task, the
 * prediction is the record of the rollout. A rollout may reset its environment inside as it likes; it still consumes one initial state.
 *
 * Sharp edge: a record says exactly what its task asks for. A signal that the task does not judge is refused like one that is missing,
 * because either means that task and record do not belong together.
 */
import { showValue } from "@feagi-trainer/contracts"

export const episodeType = "@feagi-trainer/metric-pack-control#episode"

/** When a rollout is a success: as its record says, by its return, or by its length. */
export type SuccessRule = { readonly rule: "flag" } | { readonly rule: "min_return" | "min_steps"; readonly threshold: number }

/** Within the band is |deviation| ≤ band; recovered is within it for `hold` steps one after the other. */
export interface RecoveryRule {
  readonly band: number
  readonly hold: number
}

export interface Task {
  readonly initial_state_index: number
  readonly success: SuccessRule
  /** Names of what must not happen; empty where nothing is forbidden. */
  readonly constraints: ReadonlyArray<string>
  readonly recovery: RecoveryRule | null
}

/** Spikes of the whole network over the bursts of the rollout. */
export interface SpikeCount {
  readonly spikes: number
  readonly bursts: number
  readonly neurons: number
}

export interface EpisodeRecord {
  readonly initial_state_index: number
  readonly step_rewards: ReadonlyArray<number>
  /** `terminated`: by the environment; `truncated`: by the limit of steps. */
  readonly outcome: "terminated" | "truncated"
  /** Where the rule is `flag`. */
  readonly success: boolean | null
  /** How many constraints each step violated, where there are any. */
  readonly violations: ReadonlyArray<number> | null
  /** Distance from the set point after each step, where recovery is judged. */
  readonly deviation: ReadonlyArray<number> | null
  /** Steps, from 0, before which the plant was pushed: the deviation of that step is the first one with the push in it. */
  readonly perturbations: ReadonlyArray<number> | null
  readonly cost: SpikeCount | null
}

/** What is wrong at one place of a task or of a record. */
export interface Fault {
  readonly path: string
  readonly message: string
  readonly expected: string
  readonly actual: string
}

export type Read<A> = { readonly ok: true; readonly value: A } | { readonly ok: false; readonly faults: ReadonlyArray<Fault> }

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value)

/** Reads fields one by one and remembers every fault; what is returned counts only where there is none. */
const reader = (root: Fields, faults: Array<Fault>, base = "") => {
  const path = (key: string): string => (base === "" ? key : `${base}.${key}`)
  const fault = (key: string, expected: string, message = "has the wrong value"): void => {
    faults.push({ path: path(key), message, expected, actual: showValue(root[key]) })
  }
  return {
    fault,
    only: (...keys: ReadonlyArray<string>): void => {
      for (const key of Object.keys(root)) if (!keys.includes(key)) fault(key, `one of ${keys.join(", ")}`, `unknown key "${key}"`)
    },
    integer: (key: string, least: number): number => {
      const value = root[key]
      if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value
      fault(key, `an integer from ${least}`)
      return least
    },
    number: (key: string, least = Number.NEGATIVE_INFINITY): number => {
      const value = root[key]
      if (typeof value === "number" && Number.isFinite(value) && value >= least) return value
      fault(key, least === Number.NEGATIVE_INFINITY ? "a finite number" : `a finite number from ${least}`)
      return 0
    },
    numbers: (key: string, fits: (value: number, index: number) => boolean, expected: string): ReadonlyArray<number> => {
      const value = root[key]
      if (!Array.isArray(value)) {
        fault(key, `a list of ${expected}`)
        return []
      }
      const bad = value.findIndex((each, index) => typeof each !== "number" || !Number.isFinite(each) || !fits(each, index))
      if (bad >= 0)
        faults.push({
          path: `${path(key)}[${bad}]`,
          message: "has the wrong value",
          expected,
          actual: showValue(value[bad])
        })
      return value as ReadonlyArray<number>
    }
  }
}

const successOf = (value: unknown, faults: Array<Fault>): SuccessRule => {
  const rule = isFields(value) ? value.rule : undefined
  if (!isFields(value) || (rule !== "flag" && rule !== "min_return" && rule !== "min_steps")) {
    faults.push({
      path: "success",
      message: "this is no rule of success",
      expected: '{"rule": "flag"}, or {"rule": "min_return" or "min_steps", "threshold": number}',
      actual: showValue(value)
    })
    return { rule: "flag" }
  }
  const { only, number, integer } = reader(value, faults, "success")
  if (rule === "flag") {
    only("rule")
    return { rule }
  }
  only("rule", "threshold")
  return { rule, threshold: rule === "min_steps" ? integer("threshold", 1) : number("threshold") }
}

const constraintsOf = (value: unknown, faults: Array<Fault>): ReadonlyArray<string> => {
  if (value === undefined) return []
  const names = Array.isArray(value) ? (value as ReadonlyArray<unknown>) : []
  if (names.length > 0 && names.every((name) => typeof name === "string" && name !== "") && new Set(names).size === names.length)
    return names as ReadonlyArray<string>
  faults.push({
    path: "constraints",
    message: "these are no constraints",
    expected: "a list of at least one name, each once; leave the key out where nothing is forbidden",
    actual: showValue(value)
  })
  return []
}

const recoveryOf = (value: unknown, faults: Array<Fault>): RecoveryRule | null => {
  if (value === undefined) return null
  if (!isFields(value)) {
    faults.push({
      path: "recovery",
      message: "this is no rule of recovery",
      expected: '{"band": number from 0, "hold": steps from 1}',
      actual: showValue(value)
    })
    return null
  }
  const { only, number, integer } = reader(value, faults, "recovery")
  only("band", "hold")
  return { band: number("band", 0), hold: integer("hold", 1) }
}

const finished = <A>(value: A, faults: ReadonlyArray<Fault>): Read<A> => (faults.length === 0 ? { ok: true, value } : { ok: false, faults })

const noObject = (value: unknown, what: string): Read<never> => ({
  ok: false,
  faults: [{ path: "", message: `this is no ${what}`, expected: "an object", actual: showValue(value) }]
})

/** The value of a target. */
export const readTask = (value: unknown): Read<Task> => {
  if (!isFields(value)) return noObject(value, "task")
  const faults: Array<Fault> = []
  const { only, integer } = reader(value, faults)
  only("initial_state_index", "success", "constraints", "recovery")
  return finished(
    {
      initial_state_index: integer("initial_state_index", 0),
      success: successOf(value.success, faults),
      constraints: constraintsOf(value.constraints, faults),
      recovery: recoveryOf(value.recovery, faults)
    },
    faults
  )
}

const costOf = (value: unknown, faults: Array<Fault>): SpikeCount | null => {
  if (value === undefined) return null
  if (!isFields(value)) {
    faults.push({
      path: "cost",
      message: "this is no count of spikes",
      expected: '{"spikes": from 0, "bursts": from 1, "neurons": from 1}',
      actual: showValue(value)
    })
    return null
  }
  const { only, integer } = reader(value, faults, "cost")
  only("spikes", "bursts", "neurons")
  return { spikes: integer("spikes", 0), bursts: integer("bursts", 1), neurons: integer("neurons", 1) }
}

/** The value of a prediction, as `task` asks for it. */
export const readRecord = (value: unknown, task: Task): Read<EpisodeRecord> => {
  if (!isFields(value)) return noObject(value, "record of a rollout")
  const faults: Array<Fault> = []
  const { only, fault, integer, numbers } = reader(value, faults)
  only("initial_state_index", "step_rewards", "outcome", "success", "violations", "deviation", "perturbations", "cost")
  /** A field is there exactly where the task asks for it. */
  const asked = <A>(key: string, wanted: boolean, why: string, read: () => A): A | null => {
    if (wanted) return read()
    if (value[key] !== undefined) fault(key, `no "${key}": ${why}`, "the task does not judge this")
    return null
  }
  const initial_state_index = integer("initial_state_index", 0)
  if (initial_state_index !== task.initial_state_index)
    fault("initial_state_index", `${task.initial_state_index}, the initial state of its target`, "the rollout began elsewhere")
  const step_rewards = numbers("step_rewards", () => true, "finite numbers")
  const steps = step_rewards.length
  const perStep = (key: string, fits: (each: number) => boolean, expected: string): ReadonlyArray<number> => {
    const list = numbers(key, fits, expected)
    if (Array.isArray(value[key]) && list.length !== steps)
      faults.push({
        path: key,
        message: "a step has one of these",
        expected: `${steps} numbers, one per step`,
        actual: String(list.length)
      })
    return list
  }
  if (value.outcome !== "terminated" && value.outcome !== "truncated") fault("outcome", '"terminated" or "truncated"')
  const success = asked("success", task.success.rule === "flag", `success is judged by ${task.success.rule}`, () => {
    if (typeof value.success !== "boolean") fault("success", "true or false: the rule of success is flag")
    return value.success === true
  })
  const most = task.constraints.length
  const violations = asked("violations", most > 0, "the task has no constraints", () =>
    perStep("violations", (each) => Number.isInteger(each) && each >= 0 && each <= most, `integers from 0 to ${most}`)
  )
  const deviation = asked("deviation", task.recovery !== null, "the task has no recovery", () =>
    perStep("deviation", () => true, "finite numbers")
  )
  const perturbations = asked("perturbations", task.recovery !== null, "the task has no recovery", () => {
    const given = value.perturbations
    const before = (index: number): number => (Array.isArray(given) && index > 0 ? Number(given[index - 1]) : -1)
    return numbers(
      "perturbations",
      (each, index) => Number.isInteger(each) && each > before(index) && each < steps,
      `steps from 0 to ${steps - 1}, ascending`
    )
  })
  const cost = costOf(value.cost, faults)
  const outcome = value.outcome === "truncated" ? "truncated" : "terminated"
  return finished({ initial_state_index, step_rewards, outcome, success, violations, deviation, perturbations, cost }, faults)
}
