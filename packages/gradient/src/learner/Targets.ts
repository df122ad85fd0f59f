/**
 * What a model is taught and what it answers: classes by softmax scores, or numbers. One object for an output type, so that the training
 * knows none. Sharp edge: the score of two classes may be equal to the last bit; then the class that is declared first is the answer.
 */
import {
  type Answer,
  type ClassLabel,
  type LearnerSample,
  type OutputType,
  outputTypeName,
  type TypedTarget
} from "@feagi-trainer/contracts"
import type { Target } from "../Loss.ts"
import { SpecError } from "../SpecProblem.ts"
import type { LossOption } from "./Options.ts"

export interface Targets {
  /** Numbers that the model gives for a sample; undefined where the targets decide. */
  readonly width: number | undefined
  /** The position of the class among the declared ones, or the numbers in rows. */
  readonly batch: (lessons: ReadonlyArray<LearnerSample>, width: number) => Target
  /** @param row what the model says to one sample, after the softmax where targets are classes */
  readonly answer: (row: Float32Array) => Answer
  /** Whether the answer is the target; undefined where it is not a question of right and wrong. */
  readonly hit: (answer: Answer, target: TypedTarget) => boolean | undefined
}

const classTargets = (classes: ReadonlyArray<ClassLabel>): Targets => {
  const position = new Map(classes.map(({ class_id }, at) => [class_id, at]))
  return {
    width: classes.length,
    batch: (lessons) => ({
      kind: "classes",
      classes: Int32Array.from(lessons, ({ sample, target }) => {
        const at = "class" in target ? position.get(target.class.class_id) : undefined
        if (at === undefined)
          throw new RangeError(
            `sample "${sample.sample_id}": expected a target that is one of ${classes.length} declared classes; got ${JSON.stringify(target)}`
          )
        return at
      })
    }),
    answer: (row) => {
      let best = 0
      for (let at = 1; at < row.length; at++) if ((row[at] ?? 0) > (row[best] ?? 0)) best = at
      return { class: { class_id: classes[best]?.class_id ?? 0, scores: Array.from(row) } }
    },
    hit: (answer, target) => "class" in answer && "class" in target && answer.class.class_id === target.class.class_id
  }
}

const numberTargets = (output: "scalar" | "vector"): Targets => ({
  width: output === "scalar" ? 1 : undefined,
  batch: (lessons, width) => {
    const values = new Float32Array(lessons.length * width)
    for (const [row, { sample, target }] of lessons.entries()) {
      const numbers = "scalar" in target ? [target.scalar] : "vector" in target ? target.vector : []
      if (numbers.length !== width)
        throw new RangeError(
          `sample "${sample.sample_id}": expected a target of ${width} numbers, as many as the model gives; got ${numbers.length}`
        )
      values.set(numbers, row * width)
    }
    return { kind: "values", values }
  },
  answer: (row) => (output === "scalar" ? { scalar: row[0] ?? 0 } : { vector: Array.from(row) }),
  hit: () => undefined
})

/** Throws {@link SpecError} where output type and loss do not go together. */
export const targetsOf = (output: OutputType, classes: ReadonlyArray<ClassLabel>, loss: LossOption): Targets => {
  const wants = loss.type === "cross-entropy" ? ["class"] : ["scalar", "vector"]
  const named = outputTypeName(output)
  if (!wants.includes(named))
    throw new SpecError("loss", [
      {
        path: ["loss", "type"],
        message: "does not fit the targets of the dataset",
        expected:
          named === "class"
            ? '"cross-entropy"'
            : named === "scalar" || named === "vector"
              ? '"mean-squared-error" or "huber"'
              : "targets that are classes or numbers",
        actual: `"${loss.type}" for targets of type ${named}`
      }
    ])
  return named === "class" ? classTargets(classes) : numberTargets(named === "scalar" ? "scalar" : "vector")
}
