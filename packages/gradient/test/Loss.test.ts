import { beforeAll, describe, expect, it } from "vitest"
import type { Device } from "../src/Device.ts"
import { IGNORED_CLASS, type LossSpec, lossOf, type Target } from "../src/Loss.ts"
import { openDevice } from "../src/node.ts"

let device: Device
beforeAll(async () => {
  device = await openDevice()
})

const logits = [0.5, -1, 2, 1, 1, -0.5, 3, 0, 0.25, -2, 0, 1]
const classes = (...ids: ReadonlyArray<number>): Target => ({ kind: "classes", classes: Int32Array.from(ids) })
const values = (...numbers: ReadonlyArray<number>): Target => ({ kind: "values", values: Float32Array.from(numbers) })

/** Loss, rows, and the gradient of the output. */
const run = (spec: LossSpec, shape: ReadonlyArray<number>, output: ReadonlyArray<number>, target: Target) => {
  const loss = lossOf(spec)
  const tape = device.pass()
  const x = tape.variable(shape, Float32Array.from(output))
  const value = loss.apply(tape, x, target, loss.terms(target, shape[0] ?? 0))
  const scalar = tape.scalar(value.loss)
  const rows = [...device.read(value.rows)]
  tape.backward(value.loss)
  const slope = tape.gradientOf(x)
  return { scalar, rows, gradient: slope === undefined ? [] : [...device.read(slope)] }
}

const logSoftmax = (row: ReadonlyArray<number>): ReadonlyArray<number> => {
  const total = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0))
  return row.map((value) => value - total)
}

const near = (found: ReadonlyArray<number>, expected: ReadonlyArray<number>): void => {
  expect(found).toHaveLength(expected.length)
  for (const [at, value] of found.entries()) expect(Math.abs(value - (expected[at] ?? Number.NaN))).toBeLessThan(1e-6)
}

describe("a loss is its formula", () => {
  const ids = [2, 0, 1, 2]
  const rows = [0, 1, 2, 3].map((at) => logSoftmax(logits.slice(at * 3, at * 3 + 3)))
  const plain = rows.map((row, at) => -(row[ids[at] ?? 0] ?? 0))

  it.each([
    ["samples", [4, 3]],
    ["positions", [2, 2, 3]]
  ])("cross-entropy, over %s", (_, shape) => {
    const found = run({ type: "cross-entropy", label_smoothing: 0 }, shape, logits, classes(...ids))
    near(found.rows, plain)
    near([found.scalar], [plain.reduce((sum, value) => sum + value, 0) / 4])
  })

  it("cross-entropy with smoothed labels", () => {
    const found = run({ type: "cross-entropy", label_smoothing: 0.3 }, [4, 3], logits, classes(...ids))
    near(
      found.rows,
      rows.map((row, at) => 0.7 * (plain[at] ?? 0) - 0.1 * row.reduce((sum, value) => sum + value, 0))
    )
  })

  it("token-cross-entropy leaves out rows of the ignored class, in sum, denominator and gradient", () => {
    const found = run({ type: "token-cross-entropy" }, [2, 2, 3], logits, classes(2, IGNORED_CLASS, 1, IGNORED_CLASS))
    near([found.scalar], [((plain[0] ?? 0) + (plain[2] ?? 0)) / 2])
    near(found.gradient.slice(3, 6), [0, 0, 0])
    near(
      found.gradient.slice(0, 3),
      (rows[0] ?? []).map((value, at) => (Math.exp(value) - (at === 2 ? 1 : 0)) / 2)
    )
    const all = run({ type: "token-cross-entropy" }, [4, 3], logits, classes(...ids))
    near([all.scalar], [run({ type: "cross-entropy", label_smoothing: 0 }, [4, 3], logits, classes(...ids)).scalar])
  })

  it("mean squared error, huber and binary cross-entropy, per sample the mean of its values", () => {
    const output = [0.5, -1, 2, 4]
    const target = values(0, 0, 1, 1)
    near(run({ type: "mean-squared-error" }, [2, 2], output, target).rows, [(0.25 + 1) / 2, (1 + 9) / 2])
    near(run({ type: "huber", delta: 1 }, [2, 2], output, target).rows, [(0.125 + 0.5) / 2, (0.5 + 2.5) / 2])
    const cross = (x: number, t: number): number => Math.log(1 + Math.exp(x)) - t * x
    near(run({ type: "binary-cross-entropy" }, [2, 2], output, target).rows, [
      (cross(0.5, 0) + cross(-1, 0)) / 2,
      (cross(2, 1) + cross(4, 1)) / 2
    ])
    near([run({ type: "mean-squared-error" }, [2, 2], output, target).scalar], [(0.625 + 5) / 2])
  })
})

describe("lossOf()", () => {
  it("refuses targets of the other kind, unknown types and wrong options", () => {
    expect(() => run({ type: "mean-squared-error" }, [2, 2], [1, 2, 3, 4], classes(0, 1))).toThrow("expected values as target; got classes")
    expect(() => run({ type: "cross-entropy", label_smoothing: 0 }, [2, 2], [1, 2, 3, 4], values(0, 1))).toThrow(
      "expected classes as target; got values"
    )
    expect(() => lossOf({ type: "hubre", delta: 1 })).toThrow('did you mean "huber"?')
    expect(() => lossOf({ type: "huber", delta: 0 })).toThrow("delta: has the wrong value")
  })
})
