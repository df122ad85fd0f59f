/**
 * The value of a loss and its gradient with respect to the outputs of the model, in 64 bits and in one fixed order: item by item,
 * position by position, column by column. Gradients are rounded once to the 32 bits of the outputs. Pure: what a model does with the
 * gradients is its own affair, so that each loss is written once for every client.
 */
import { BatchError, type OutputGradients, type Outputs } from "../client/Outputs.ts"
import { exp, logSoftmax, sigmoid, softplus } from "../scalar/Scalar.ts"
import type {
  ActionItem,
  CrossEntropyBatch,
  DivergenceBatch,
  DpoBatch,
  LossBatch,
  MeanSquaredErrorBatch,
  PolicyGradientBatch,
  PpoBatch,
  TargetItem
} from "./LossBatch.ts"

export interface Loss {
  /** Sum over the items over the denominator. */
  readonly loss: number
  /** Sums over the batch, by name, not divided by anything: the caller knows what a mean is to be over. */
  readonly sums: Readonly<Record<string, number>>
  readonly gradients: OutputGradients
}

/** Rows of outputs, and the gradients that are gathered for them. */
class Rows {
  readonly outputs: Outputs
  readonly denominator: number
  readonly logits: Float32Array
  readonly values: Float32Array | undefined
  readonly logprobs: Float64Array

  constructor(outputs: Outputs, denominator: number) {
    if (!(denominator > 0 && denominator < Number.POSITIVE_INFINITY))
      throw new BatchError("denominator", "a finite number above 0", String(denominator))
    this.outputs = outputs
    this.denominator = denominator
    this.logits = new Float32Array(outputs.logits.length)
    this.values = outputs.values === undefined ? undefined : new Float32Array(outputs.values.length)
    this.logprobs = new Float64Array(outputs.width)
  }

  /** Row of a position of an item, after a look at whether the item has so many positions. */
  first(item: number, positions: number): number {
    const from = this.outputs.offsets[item] ?? Number.NaN
    const rows = (this.outputs.offsets[item + 1] ?? Number.NaN) - from
    if (rows !== positions) throw new BatchError(`item ${item}`, `${rows} positions, as the model gives`, String(positions))
    return from
  }

  /** ln p of a row; the array is used again for the next. */
  logSoftmax(row: number): Float64Array {
    return logSoftmax(this.outputs.logits, row * this.outputs.width, this.outputs.width, this.logprobs)
  }

  column(item: number, column: number): number {
    if (Number.isInteger(column) && column >= 0 && column < this.outputs.width) return column
    throw new BatchError(`item ${item}`, `a target from 0 to ${this.outputs.width - 1}`, String(column))
  }

  /** Puts d loss / d logits of a row, before the division. */
  put(row: number, gradientOf: (column: number) => number): void {
    const at = row * this.outputs.width
    for (let j = 0; j < this.outputs.width; j += 1) this.logits[at + j] = gradientOf(j) / this.denominator
  }

  result(total: number, sums: Readonly<Record<string, number>>): Loss {
    const gradients = this.values === undefined ? { logits: this.logits } : { logits: this.logits, values: this.values }
    return { loss: total / this.denominator, sums, gradients }
  }
}

const isLargest = (row: Float64Array, column: number): boolean => {
  const value = row[column] ?? Number.NaN
  return row.every((other, at) => other < value || at === column || (other === value && at > column))
}

/** Positions of weight 0 are passed over. */
const eachPosition = (rows: Rows, items: ReadonlyArray<TargetItem>, visit: (row: number, target: number, weight: number) => void): void => {
  for (const [at, { targets, weights }] of items.entries()) {
    if (weights.length !== targets.length) throw new BatchError(`item ${at}`, `${targets.length} weights`, String(weights.length))
    const first = rows.first(at, targets.length)
    for (const [position, weight] of weights.entries()) {
      if (!Number.isFinite(weight)) throw new BatchError(`item ${at}, position ${position}`, "a finite weight", String(weight))
      if (weight !== 0) visit(first + position, rows.column(at, targets[position] ?? Number.NaN), weight)
    }
  }
}

const crossEntropy = (batch: CrossEntropyBatch, outputs: Outputs): Loss => {
  const rows = new Rows(outputs, batch.denominator)
  let nll = 0
  let weightSum = 0
  let correct = 0
  eachPosition(rows, batch.items, (row, target, weight) => {
    const logprobs = rows.logSoftmax(row)
    nll -= weight * (logprobs[target] ?? Number.NaN)
    weightSum += weight
    if (isLargest(logprobs, target)) correct += weight
    rows.put(row, (j) => weight * (exp(logprobs[j] ?? Number.NaN) - (j === target ? 1 : 0)))
  })
  return rows.result(nll, { nll, weight: weightSum, correct })
}

const meanSquaredError = (batch: MeanSquaredErrorBatch, outputs: Outputs): Loss => {
  const { width, logits } = outputs
  const rows = new Rows(outputs, batch.denominator)
  let squares = 0
  let weightSum = 0
  let correct = 0
  let nll = 0
  eachPosition(rows, batch.items, (row, target, weight) => {
    const error = (j: number) => (logits[row * width + j] ?? Number.NaN) - (j === target ? 1 : 0)
    let sum = 0
    for (let j = 0; j < width; j += 1) sum += error(j) * error(j)
    squares += (weight * sum) / width
    weightSum += weight
    const logprobs = rows.logSoftmax(row)
    nll -= weight * (logprobs[target] ?? Number.NaN)
    if (isLargest(logprobs, target)) correct += weight
    rows.put(row, (j) => (2 * weight * error(j)) / width)
  })
  return rows.result(squares, { nll, weight: weightSum, correct, squared_error: squares })
}

interface Policy {
  readonly logprob: number
  readonly entropy: number
  /** Puts the gradients, given d loss / d ln p(action) and d loss / d entropy. */
  readonly put: (ofLogprob: number, ofEntropy: number) => void
}

const policyAt = (rows: Rows, at: number, item: ActionItem): Policy => {
  const row = rows.first(at, 1)
  const action = rows.column(at, item.action)
  const logprobs = rows.logSoftmax(row)
  let entropy = 0
  for (const logprob of logprobs) entropy -= exp(logprob) * logprob
  return {
    logprob: logprobs[action] ?? Number.NaN,
    entropy,
    // d ln p(a) / d z_j = [j = a] - p_j; d H / d z_j = -p_j (ln p_j + H)
    put: (ofLogprob, ofEntropy) =>
      rows.put(row, (j) => {
        const logprob = logprobs[j] ?? Number.NaN
        const p = exp(logprob)
        return ofLogprob * ((j === action ? 1 : 0) - p) - ofEntropy * p * (logprob + entropy)
      })
  }
}

/** Adds value_coefficient · (v - R)² of a row and puts its gradient; 0 where the model has no values. */
const valueLoss = (
  rows: Rows,
  at: number,
  target: number,
  coefficient: number,
  clip?: { readonly around: number; readonly by: number }
) => {
  const row = rows.first(at, 1)
  const value = rows.outputs.values?.[row]
  if (value === undefined || rows.values === undefined) return 0
  const free = value - target
  const held = clip === undefined ? value : Math.min(Math.max(value, clip.around - clip.by), clip.around + clip.by)
  const bound = held - target
  const [error, moves] = bound * bound > free * free ? [bound, held === value] : [free, true]
  rows.values[row] = moves ? (2 * coefficient * error) / rows.denominator : 0
  return error * error
}

const policyGradient = (batch: PolicyGradientBatch, outputs: Outputs): Loss => {
  const rows = new Rows(outputs, batch.denominator)
  const sums = { policy_loss: 0, value_loss: 0, entropy: 0 }
  for (const [at, item] of batch.items.entries()) {
    const policy = policyAt(rows, at, item)
    policy.put(-item.advantage, -batch.entropy_coefficient)
    sums.policy_loss -= item.advantage * policy.logprob
    sums.entropy += policy.entropy
    sums.value_loss += valueLoss(rows, at, item.return, batch.value_coefficient)
  }
  return rows.result(sums.policy_loss - batch.entropy_coefficient * sums.entropy + batch.value_coefficient * sums.value_loss, sums)
}

const ppo = (batch: PpoBatch, outputs: Outputs): Loss => {
  const rows = new Rows(outputs, batch.denominator)
  const sums = { policy_loss: 0, value_loss: 0, entropy: 0, clipped: 0, approximate_kl: 0 }
  const { clip_range, value_clip } = batch
  for (const [at, item] of batch.items.entries()) {
    const policy = policyAt(rows, at, item)
    const difference = policy.logprob - item.old_logprob
    const ratio = exp(difference)
    const held = Math.min(Math.max(ratio, 1 - clip_range), 1 + clip_range)
    const free = ratio * item.advantage
    const bound = held * item.advantage
    // The bound one has no gradient where it is the smaller: there the ratio is held.
    const moves = free <= bound
    policy.put(moves ? -free : 0, -batch.entropy_coefficient)
    sums.policy_loss -= Math.min(free, bound)
    sums.entropy += policy.entropy
    sums.clipped += held === ratio ? 0 : 1
    // The estimate (r - 1) - ln r, which is never negative.
    sums.approximate_kl += ratio - 1 - difference
    const clip = value_clip === "none" ? undefined : { around: item.old_value, by: value_clip }
    sums.value_loss += valueLoss(rows, at, item.return, batch.value_coefficient, clip)
  }
  return rows.result(sums.policy_loss - batch.entropy_coefficient * sums.entropy + batch.value_coefficient * sums.value_loss, sums)
}

const dpo = (batch: DpoBatch, outputs: Outputs): Loss => {
  const rows = new Rows(outputs, batch.denominator)
  const items = batch.pairs.flatMap(({ chosen, rejected }) => [chosen, rejected])
  const logprobs = sequenceLogprobs(items, outputs)
  const sums = { loss: 0, preferred: 0, margin: 0, chosen_reward: 0, rejected_reward: 0 }
  const pulls: Array<number> = []
  for (const [at, { chosen, rejected }] of batch.pairs.entries()) {
    const better = (logprobs[2 * at] ?? Number.NaN) - chosen.reference_logprob
    const worse = (logprobs[2 * at + 1] ?? Number.NaN) - rejected.reference_logprob
    const margin = batch.beta * (better - worse)
    sums.loss += softplus(-margin)
    sums.preferred += margin > 0 ? 1 : 0
    sums.margin += margin
    sums.chosen_reward += batch.beta * better
    sums.rejected_reward += batch.beta * worse
    const pull = batch.beta * sigmoid(-margin)
    pulls.push(-pull, pull)
  }
  let item = -1
  let ends = 0
  eachPosition(rows, items, (row, target, weight) => {
    while (row >= ends) {
      item += 1
      ends = outputs.offsets[item + 1] ?? Number.POSITIVE_INFINITY
    }
    const ofLogprob = (pulls[item] ?? Number.NaN) * weight
    const row64 = rows.logSoftmax(row)
    rows.put(row, (j) => ofLogprob * ((j === target ? 1 : 0) - exp(row64[j] ?? Number.NaN)))
  })
  return rows.result(sums.loss, sums)
}

const divergence = (batch: DivergenceBatch, outputs: Outputs): Loss => {
  const { width } = outputs
  const rows = new Rows(outputs, batch.denominator)
  let kl = 0
  let weightSum = 0
  for (const [at, { weights, teacher_logprobs }] of batch.items.entries()) {
    const first = rows.first(at, weights.length)
    if (teacher_logprobs.length !== weights.length * width)
      throw new BatchError(`item ${at}`, `${weights.length * width} logarithms of the teacher`, String(teacher_logprobs.length))
    for (const [position, weight] of weights.entries()) {
      if (weight === 0) continue
      const student = rows.logSoftmax(first + position)
      const teacher = teacher_logprobs.subarray(position * width, (position + 1) * width)
      const own = (j: number) => student[j] ?? Number.NaN
      const other = (j: number) => teacher[j] ?? Number.NaN
      let here = 0
      for (let j = 0; j < width; j += 1) {
        const [by, from, to] = batch.loss === "forward_kl" ? [exp(other(j)), other(j), own(j)] : [exp(own(j)), own(j), other(j)]
        // 0 ln 0 is 0.
        if (by > 0) here += by * (from - to)
      }
      kl += weight * here
      weightSum += weight
      rows.put(
        first + position,
        batch.loss === "forward_kl"
          ? (j) => weight * (exp(own(j)) - exp(other(j)))
          : (j) => (exp(own(j)) > 0 ? weight * exp(own(j)) * (own(j) - other(j) - here) : 0)
      )
    }
  }
  return rows.result(kl, { kl, weight: weightSum })
}

/** Sum of weight · ln p(target) of each item. Throws a BatchError where items and outputs do not fit. */
export const sequenceLogprobs = (items: ReadonlyArray<TargetItem>, outputs: Outputs): ReadonlyArray<number> =>
  targetLogprobs(items, outputs).map((logprobs, at) =>
    logprobs.reduce((sum, logprob, position) => {
      const weight = items[at]?.weights[position] ?? Number.NaN
      return weight === 0 ? sum : sum + weight * logprob
    }, 0)
  )

/** ln p(target) of each position of each item. Throws a BatchError where items and outputs do not fit. */
export const targetLogprobs = (
  items: ReadonlyArray<Pick<TargetItem, "targets">>,
  outputs: Outputs
): ReadonlyArray<ReadonlyArray<number>> => {
  const rows = new Rows(outputs, 1)
  return items.map(({ targets }, at) => {
    const first = rows.first(at, targets.length)
    return targets.map((target, position) => rows.logSoftmax(first + position)[rows.column(at, target)] ?? Number.NaN)
  })
}

/** The loss of a batch whose inputs gave these outputs. Throws a BatchError where the two do not fit. */
export const lossOf = (batch: LossBatch, outputs: Outputs): Loss => {
  switch (batch.loss) {
    case "cross_entropy":
      return crossEntropy(batch, outputs)
    case "mean_squared_error":
      return meanSquaredError(batch, outputs)
    case "policy_gradient":
      return policyGradient(batch, outputs)
    case "ppo":
      return ppo(batch, outputs)
    case "dpo":
      return dpo(batch, outputs)
    case "forward_kl":
    case "reverse_kl":
      return divergence(batch, outputs)
  }
}
