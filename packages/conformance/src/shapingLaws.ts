/**
 * The laws of reward shaping: whatever it adds to the rewards of a task, the best policies stay the best.
 *
 * Ng, Harada and Russell, Policy invariance under reward transformations, ICML 1999, theorem 1: a bonus γΦ(s′) - Φ(s), with Φ = 0 where
 * the episode is over, changes no optimal policy of any decision process, and no other bonus has that property. It is asked here of
 * drawn processes, solved with the bonus and without it. Sharp edge: all that is seen of a bonus is what it adds to the first step of an
 * episode; one that depends on the steps before is not found.
 */
import type { StepOutcome } from "@feagi-trainer/contracts"
import { breakLaw, expectSame } from "./Broken.ts"
import { casesOf, suiteSeed } from "./Cases.ts"
import type { Law } from "./Law.ts"
import { actionValues, type Bonus, bestActions, drawnMdp, valueTolerance } from "./TabularMdp.ts"

export interface ShapingSubject {
  /** What is added to the reward of this step: `shaped - raw` of a policy at the first step of an episode. */
  readonly bonus: (step: StepOutcome) => number
  /** The discount that the shaping is made for, from 0 to 0.99. */
  readonly gamma: number
  /** How many states can be observed; the last one ends the episode. */
  readonly states: number
  /** What is observed in a state. */
  readonly observe: (state: number) => ReadonlyArray<number>
  readonly seed?: string
}

const unshaped: Bonus = () => 0

/** The laws for this bonus; each law solves processes of its own. */
export const shapingLaws = ({ bonus: bonusOf, gamma, states, observe, seed = suiteSeed }: ShapingSubject): ReadonlyArray<Law> => {
  const bonus: Bonus = (from, to, terminated) =>
    bonusOf({
      kind: "step",
      observation: observe(from),
      next_observation: observe(to),
      reward: 0,
      terminated,
      truncated: false,
      phase: "train"
    })
  const steps = Array.from({ length: states - 1 }, (_, from) => Array.from({ length: states }, (__, to) => ({ from, to }))).flat()
  const all = () => steps.map(({ from, to }) => bonus(from, to, to === states - 1))

  return [
    {
      name: "the bonus of every step is a finite number, and the same every time",
      check: () => {
        const first = all()
        for (const [index, value] of first.entries()) {
          const { from, to } = steps[index] ?? { from: 0, to: 0 }
          if (!Number.isFinite(value)) breakLaw(`the bonus of the step ${from} → ${to}`, "a finite number", String(value))
        }
        expectSame("the bonuses of all steps, asked twice", first, all())
      }
    },
    {
      name: "the best policies of a task are the best ones with the bonus",
      check: () => {
        for (const { rng, from } of casesOf(seed)) {
          const mdp = drawnMdp(rng, { states, actions: 3, gamma })
          const without = actionValues(mdp, unshaped)
          for (const [state, shaped] of actionValues(mdp, bonus).entries()) {
            const own = without[state] ?? []
            expectSame(`the best actions in state ${state}, without the bonus and with it`, bestActions(own), bestActions(shaped), from)
            // The same best actions by luck: what one action is better than another may change nowhere.
            for (const [action, value] of shaped.entries()) {
              const [before, after] = [(own[action] ?? 0) - (own[0] ?? 0), value - (shaped[0] ?? 0)]
              if (Math.abs(before - after) > valueTolerance)
                breakLaw(
                  `how much better action ${action} is than action 0 in state ${state}`,
                  `${before}, as without the bonus`,
                  `${after}`,
                  from
                )
            }
          }
        }
      }
    }
  ]
}
