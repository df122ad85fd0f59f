/** Scored samples of class tasks, outcomes of class tasks and of environments: drawn ones for authors, particular ones that laws need. */
import type { ClassLabel, Outcome, Rng, Scored, TypedPrediction } from "@feagi-trainer/contracts"

const scoresFor = (classes: number, best: number): ReadonlyArray<number> =>
  Array.from({ length: classes }, (_, index) => (index === best ? 1 : (classes - index) / (4 * classes)))

/**
 * Draws up to 12 samples of a class task: right and wrong answers, abstentions, a score per class with ties among them. A third of the
 * draws leaves the scores out when `scores` is false; with `true` every answered sample has them.
 */
export const classSamples =
  (classes: ReadonlyArray<ClassLabel>, { scores }: { readonly scores: boolean }) =>
  (rng: Rng): ReadonlyArray<Scored> =>
    Array.from({ length: rng.below(13) }, (_, index): Scored => {
      const target = classes[rng.below(classes.length)]
      // Quarters make ties likely.
      const drawn = classes.map(() => rng.below(5) / 4)
      const best = drawn.reduce((found, score, at) => (score > (drawn[found] ?? score) ? at : found), 0)
      const answer = classes[best]
      if (target === undefined || answer === undefined) throw new RangeError("classSamples() needs at least one class")
      const silent = rng.below(5) === 0
      const bare = !scores && rng.below(3) === 0
      return {
        sample_id: `sample-${index}`,
        target: { class: { class_id: target.class_id, label: target.label } },
        prediction: silent ? { abstain: { reason: "silent" } } : { class: { class_id: answer.class_id, scores: bare ? [] : drawn } },
        ...(silent || bare ? {} : { scores: drawn })
      }
    })

/** Four samples of every class. All are answered with their own class, or with the class at position `always`. */
export const answeredSamples = (classes: ReadonlyArray<ClassLabel>, always?: number): ReadonlyArray<Scored> =>
  classes.flatMap((target, position) =>
    [0, 1, 2, 3].map((repeat): Scored => {
      const best = always ?? position
      const scores = scoresFor(classes.length, best)
      return {
        sample_id: `class-${target.class_id}-${repeat}`,
        target: { class: { class_id: target.class_id, label: target.label } },
        prediction: { class: { class_id: classes[best]?.class_id ?? target.class_id, scores } },
        scores
      }
    })
  )

/** A sample whose target, and one whose answer, is a class beyond all declared ones. */
export const undeclaredClass = (classes: ReadonlyArray<ClassLabel>): ReadonlyArray<readonly ["target" | "prediction", Scored]> => {
  const beyond = Math.max(...classes.map(({ class_id }) => class_id)) + 1
  const [known] = answeredSamples(classes)
  if (known === undefined) return []
  const scores = known.scores ?? []
  return [
    ["target", { ...known, sample_id: "beyond-target", target: { class: { class_id: beyond, label: null } } }],
    ["prediction", { ...known, sample_id: "beyond-prediction", prediction: { class: { class_id: beyond, scores } } }]
  ]
}

const foreign: TypedPrediction = { custom: { type: "@feagi-trainer/conformance#nothing", value: null } }

/** The sample with an answer of a type that no plugin knows. */
export const foreignAnswer = (sample: Scored): Scored => {
  const { scores: _, ...rest } = sample
  return { ...rest, sample_id: "foreign-answer", prediction: foreign }
}

/** Draws up to 12 outcomes of a class task: right, wrong and missing answers, with scores, without, and with too few. */
export const classOutcomes =
  (classes: number) =>
  (rng: Rng): ReadonlyArray<Outcome> =>
    Array.from({ length: rng.below(13) }, (): Outcome => {
      const scores = Array.from({ length: classes }, () => rng.below(9) / 4 - 1)
      const label = rng.below(classes)
      const best = scores.reduce((found, score, at) => (score > (scores[found] ?? score) ? at : found), 0)
      const kind = rng.below(4)
      return {
        kind: "sample",
        target: { class: { class_id: label, label: null } },
        prediction: rng.below(4) === 0 ? { abstain: { reason: "silent" } } : { class: { class_id: best, scores: [] } },
        phase: "train",
        ...(kind === 0 ? {} : { scores: kind === 1 ? scores.slice(1) : scores })
      }
    })

/**
 * Draws up to three episodes of an environment, one after the other, of up to 6 steps each: observations of so many quarters from -1
 * to 1, rewards from -2 to 2 in quarters, most of them 0. An episode ends by termination or truncation; the last one may be cut.
 */
export const episodeOutcomes =
  (numbers: number) =>
  (rng: Rng): ReadonlyArray<Outcome> => {
    const observe = (): ReadonlyArray<number> => Array.from({ length: numbers }, () => rng.below(9) / 4 - 1)
    const steps: Array<Outcome> = []
    for (let episode = rng.below(4); episode > 0; episode--) {
      const length = 1 + rng.below(6)
      const truncated = rng.below(3) === 0
      let observation = observe()
      for (let at = 1; at <= length; at++) {
        const next_observation = observe()
        const last = at === length && !(episode === 1 && rng.below(3) === 0)
        const reward = rng.below(2) === 0 ? 0 : rng.below(17) / 4 - 2
        const ended = { terminated: last && !truncated, truncated: last && truncated }
        steps.push({ kind: "step", observation, next_observation, reward, ...ended, phase: "train" })
        observation = next_observation
      }
    }
    return steps
  }
