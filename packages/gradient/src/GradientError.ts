/** The error of this package: which operation, what it expected, what came. */
export class GradientError extends Error {
  readonly operation: string
  readonly expected: string
  readonly actual: string

  constructor(operation: string, expected: string, actual: string) {
    super(`${operation}: expected ${expected}; got ${actual}`)
    this.name = "GradientError"
    this.operation = operation
    this.expected = expected
    this.actual = actual
  }
}
