/** Losses: one number for the pass, one for each sample, and the slopes, which are computed along with them. */
import { GradientError } from "../GradientError.ts"
import type { Recorder } from "../Recorder.ts"
import type { LossNode, Tensor } from "../Tensor.ts"
import { shapeText, type Value } from "../Value.ts"

const checkDenominator = (operation: string, denominator: number): void => {
  if (!(denominator > 0 && denominator < Number.POSITIVE_INFINITY)) {
    throw new GradientError(operation, "a positive denominator (the effective batch size)", String(denominator))
  }
}

const lossNode = (pass: Recorder, operation: string, x: Value, rows: Tensor, slopes: Tensor, total: number): LossNode => {
  const y = pass.tensor(operation, [])
  pass.raw.fill(y.at, total, 1)
  const node = pass.record(y, [x], (dy) => {
    const dx = pass.tensor(operation, x.shape)
    pass.raw.scale(slopes.at, dx.at, pass.number(dy), dx.length)
    pass.give(x, dx)
  })
  return Object.assign(node, { rows, total })
}

export const softmaxCrossEntropy = (
  pass: Recorder,
  logits: Value,
  classes: Int32Array,
  { denominator, label_smoothing }: { readonly denominator: number; readonly label_smoothing: number }
): LossNode => {
  const operation = "softmaxCrossEntropy"
  const [n, c] = logits.shape
  if (logits.shape.length !== 2 || n === undefined || c === undefined)
    throw new GradientError(operation, "logits [n, c]", shapeText(logits.shape))
  checkDenominator(operation, denominator)
  if (!(label_smoothing >= 0 && label_smoothing < 1)) {
    throw new GradientError(operation, "a label smoothing of at least 0 and below 1", String(label_smoothing))
  }
  const at = pass.integers(operation, classes, n, c)
  const rows = pass.tensor(operation, [n])
  const slopes = pass.tensor(operation, logits.shape)
  const total = pass.raw.cross_entropy(logits.value.at, at, rows.at, slopes.at, n, c, denominator, label_smoothing)
  return lossNode(pass, operation, logits, rows, slopes, total)
}

const kinds = { meanSquaredError: 0, binaryCrossEntropy: 1, huber: 2 } as const

export const elementLoss = (
  pass: Recorder,
  operation: keyof typeof kinds,
  x: Value,
  target: Float32Array,
  denominator: number,
  delta: number
): LossNode => {
  checkDenominator(operation, denominator)
  if (!(delta > 0 && delta < Number.POSITIVE_INFINITY)) throw new GradientError(operation, "a positive delta", String(delta))
  const wanted = pass.filled(operation, x.shape, target)
  if (operation === "binaryCrossEntropy") {
    const wrong = target.findIndex((t) => !(t >= 0 && t <= 1))
    if (wrong >= 0) throw new GradientError(operation, "targets of 0 to 1", `${target[wrong]} at index ${wrong}`)
  }
  const n = x.shape[0] ?? 1
  const rows = pass.tensor(operation, [n])
  const slopes = pass.tensor(operation, x.shape)
  const sizes = [n, x.value.length / n, denominator, delta]
  const total = pass.raw.element_loss(kinds[operation], x.value.at, wanted.at, rows.at, slopes.at, ...sizes)
  return lossNode(pass, operation, x, rows, slopes, total)
}
