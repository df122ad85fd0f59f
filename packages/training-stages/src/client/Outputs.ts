/**
 * What goes into a model and what comes out, in the one form that every loss and every client shares: some items, each with one or
 * several positions, and for each position a row of logits. Sharp edge: a row is found by the offset of its item, for items may have
 * different lengths.
 */

/** Token ids of one sequence, or the numbers of one row. */
export type ModelInput = { readonly tokens: ReadonlyArray<number> } | { readonly features: ReadonlyArray<number> }

export const lengthOf = (input: ModelInput): number => ("tokens" in input ? input.tokens.length : input.features.length)

/** What a model takes and gives. */
export interface ModelShape {
  readonly input: "tokens" | "features"
  /** Of a row of features: how many numbers. Of tokens: the longest sequence. */
  readonly length: number
  /** Ids are below it. Only of tokens. */
  readonly vocabulary?: number
  /** Logits of one position: classes, actions or vocabulary. */
  readonly width: number
  /** A row for each token, or one for each item. */
  readonly rows: "each-token" | "each-item"
  /** Whether there is a value for each row besides its logits. */
  readonly values: boolean
}

export interface Outputs {
  readonly width: number
  /** Row of the first position of each item; one more at the end: the count of rows. */
  readonly offsets: ReadonlyArray<number>
  /** [rows, width] */
  readonly logits: Float32Array
  /** [rows]; absent where the model has no values. */
  readonly values?: Float32Array
}

/** d loss / d output, in the form of the outputs. */
export interface OutputGradients {
  readonly logits: Float32Array
  readonly values?: Float32Array
}

/** A batch that does not fit its model or its loss. */
export class BatchError extends Error {
  override readonly name = "BatchError"
  readonly expected: string
  readonly actual: string

  constructor(place: string, expected: string, actual: string) {
    super(`${place}: expected ${expected}; got ${actual}`)
    this.expected = expected
    this.actual = actual
  }
}

/** Row of the first position of each item, and the count of rows. */
export const offsetsOf = (shape: ModelShape, inputs: ReadonlyArray<ModelInput>): ReadonlyArray<number> => {
  const offsets = [0]
  for (const input of inputs) offsets.push((offsets.at(-1) ?? 0) + (shape.rows === "each-token" ? lengthOf(input) : 1))
  return offsets
}

/** Throws a BatchError for the first input that the model cannot take. */
export const checkInputs = (shape: ModelShape, inputs: ReadonlyArray<ModelInput>): void => {
  if (inputs.length === 0) throw new BatchError("the batch", "at least one item", "none")
  for (const [at, input] of inputs.entries()) {
    if (shape.input === "features") {
      if (!("features" in input)) throw new BatchError(`item ${at}`, "a row of features", "tokens")
      if (input.features.length !== shape.length)
        throw new BatchError(`item ${at}`, `${shape.length} features`, String(input.features.length))
      const wrong = input.features.findIndex((number) => !Number.isFinite(number))
      if (wrong !== -1) throw new BatchError(`item ${at}, feature ${wrong}`, "a finite number", String(input.features[wrong]))
    } else {
      if (!("tokens" in input)) throw new BatchError(`item ${at}`, "tokens", "a row of features")
      const { length } = input.tokens
      if (length < 1 || length > shape.length) throw new BatchError(`item ${at}`, `1 to ${shape.length} tokens`, String(length))
      const vocabulary = shape.vocabulary ?? shape.width
      const wrong = input.tokens.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary)
      if (wrong !== -1) throw new BatchError(`item ${at}, token ${wrong}`, `an id from 0 to ${vocabulary - 1}`, String(input.tokens[wrong]))
    }
  }
}
