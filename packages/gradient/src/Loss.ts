/**
 * Losses of supervised training: how far outputs are from targets, as one number per row and their sum over a denominator. The denominator
 * is that of the whole optimiser step, so the gradients of micro-batches add up to that of the batch.
 *
 * Sharp edge: a row is what is counted: a sample for vectors and pictures, a position for sequences of classes.
 */
import * as Schema from "effect/Schema"
import { GradientError } from "./GradientError.ts"
import { unknownType } from "./Schedule.ts"
import { decodeOrThrow } from "./SpecProblem.ts"
import type { Tape } from "./Tape.ts"
import { elementsOf, type Node, type Tensor } from "./Tensor.ts"

/** What a model is taught: a class for each row, or numbers of the shape of the output, row-major. */
export type Target = { readonly kind: "classes"; readonly classes: Int32Array } | { readonly kind: "values"; readonly values: Float32Array }

/** A loss of one pass: the scalar to go backward from, and the loss of each row before the division. */
export interface LossValue {
  readonly loss: Node
  readonly rows: Tensor
}

export interface Loss {
  /** How many rows a target counts for in the denominator; `samples` is the size of its batch. */
  readonly terms: (target: Target, samples: number) => number
  /** Throws {@link GradientError} where the target does not fit the output. */
  readonly apply: (tape: Tape, output: Node, target: Target, denominator: number) => LossValue
}

/** Description of a loss. */
export interface LossSpec {
  readonly type: string
  readonly [option: string]: unknown
}

/** How one kind of loss is decoded and opened. */
export interface LossKind {
  readonly type: string
  readonly schema: Schema.Codec<unknown, unknown>
  readonly open: (spec: unknown) => Loss
}

/** Makes a kind of loss; its options are decoded strictly before `open` sees them. */
export const defineLoss = <S>(type: string, schema: Schema.Codec<S, unknown>, open: (spec: S) => Loss): LossKind => ({
  type,
  schema,
  open: (spec) => open(decodeOrThrow(`loss of type "${type}"`, schema, spec))
})

const classesOf = (type: string, target: Target): Int32Array => {
  if (target.kind === "classes") return target.classes
  throw new GradientError(`loss "${type}"`, "classes as target", "values")
}

const valuesOf = (type: string, target: Target): Float32Array => {
  if (target.kind === "values") return target.values
  throw new GradientError(`loss "${type}"`, "values as target", "classes")
}

/** [.., classes] as [rows, classes]. */
const rowsOf = (tape: Tape, logits: Node): Node => {
  const classes = logits.shape.at(-1) ?? 1
  return logits.shape.length === 2 ? logits : tape.reshape(logits, [elementsOf(logits.shape) / classes, classes])
}

const Smoothing = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0), Schema.isLessThan(1))

/**
 * −Σⱼ tⱼ·log softmax(x)ⱼ with t = (1 − s)·[j = class] + s / classes (label smoothing: Szegedy et al., CVPR 2016, §7), for each row of
 * logits; of [samples, length, classes] every position is a row.
 */
export const crossEntropy = defineLoss(
  "cross-entropy",
  Schema.Struct({ type: Schema.Literal("cross-entropy"), label_smoothing: Smoothing }),
  ({ label_smoothing }) => ({
    terms: (target) => classesOf("cross-entropy", target).length,
    apply: (tape, output, target, denominator) => {
      const classes = classesOf("cross-entropy", target)
      const loss = tape.softmaxCrossEntropy(rowsOf(tape, output), classes, { denominator, label_smoothing })
      return { loss, rows: loss.rows }
    }
  })
)

/** The class of a row that does not count in "token-cross-entropy". */
export const IGNORED_CLASS = -1

/** Cross-entropy of rows, of which those of class {@link IGNORED_CLASS} count neither in the sum nor in the denominator. */
export const tokenCrossEntropy = defineLoss("token-cross-entropy", Schema.Struct({ type: Schema.Literal("token-cross-entropy") }), () => ({
  terms: (target) => classesOf("token-cross-entropy", target).reduce((sum, id) => sum + (id === IGNORED_CLASS ? 0 : 1), 0),
  apply: (tape, output, target, denominator) => {
    const classes = classesOf("token-cross-entropy", target)
    const counts = Float32Array.from(classes, (id) => (id === IGNORED_CLASS ? 0 : -1))
    const ids = classes.map((id) => (id === IGNORED_CLASS ? 0 : id))
    const scores = tape.gather(tape.logSoftmax(rowsOf(tape, output)), ids)
    const rows = tape.multiply(scores, tape.constant([classes.length], counts))
    return { loss: tape.scale(tape.sumAll(rows), 1 / denominator), rows: rows.value }
  }
}))

/** The mean of (x − t)² over the values of each sample. */
export const meanSquaredError = defineLoss("mean-squared-error", Schema.Struct({ type: Schema.Literal("mean-squared-error") }), () => ({
  terms: (_, samples) => samples,
  apply: (tape, output, target, denominator) => {
    const loss = tape.meanSquaredError(output, valuesOf("mean-squared-error", target), { denominator })
    return { loss, rows: loss.rows }
  }
}))

/** The mean of −t·log σ(x) − (1 − t)·log(1 − σ(x)) over the values of each sample; targets from 0 to 1. */
export const binaryCrossEntropy = defineLoss(
  "binary-cross-entropy",
  Schema.Struct({ type: Schema.Literal("binary-cross-entropy") }),
  () => ({
    terms: (_, samples) => samples,
    apply: (tape, output, target, denominator) => {
      const loss = tape.binaryCrossEntropy(output, valuesOf("binary-cross-entropy", target), { denominator })
      return { loss, rows: loss.rows }
    }
  })
)

/** The mean over the values of each sample of d² / 2 where |d| ≤ delta and delta·(|d| − delta / 2) elsewhere (Huber, 1964). */
export const huber = defineLoss(
  "huber",
  Schema.Struct({ type: Schema.Literal("huber"), delta: Schema.Finite.check(Schema.isGreaterThan(0)) }),
  ({ delta }) => ({
    terms: (_, samples) => samples,
    apply: (tape, output, target, denominator) => {
      const loss = tape.huber(output, valuesOf("huber", target), { denominator, delta })
      return { loss, rows: loss.rows }
    }
  })
)

/** The losses that come with the package, by type. */
export const lossKinds: ReadonlyMap<string, LossKind> = new Map(
  [crossEntropy, tokenCrossEntropy, meanSquaredError, binaryCrossEntropy, huber].map((kind) => [kind.type, kind])
)

/** The loss that `spec` describes, or one of `kinds`. Throws `SpecError` with every mistake of the description. */
export const lossOf = (spec: LossSpec, kinds: ReadonlyMap<string, LossKind> = lossKinds): Loss => {
  const kind = kinds.get(spec.type)
  if (kind === undefined) throw unknownType("loss", spec.type, kinds.keys())
  return kind.open(spec)
}
