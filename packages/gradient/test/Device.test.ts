import { describe, expect, it } from "vitest"
import { GradientError, openDevice } from "../src/index.ts"
import { at, bits, device, ofShape } from "./Reference.ts"

const f = Math.fround

describe("the memory of a device", () => {
  it("gives every tensor 64 bytes of alignment and takes the arena back with the next pass", async () => {
    const machine = await openDevice()
    const lasting = machine.allocate([3])
    const places = [1, 2].map(() => {
      const tape = machine.pass()
      return [tape.constant([5], ofShape([5])), tape.constant([17], ofShape([17]))].map((node) => node.value.at)
    })
    expect(places[0]).toEqual(places[1])
    expect([lasting.at, ...places.flat()].map((place) => place % 64)).toEqual([0, 0, 0, 0, 0])
  })

  it("keeps what is allocated during a pass, and later passes step over it", async () => {
    const machine = await openDevice()
    const tape = machine.pass()
    tape.constant([1000], ofShape([1000]))
    const kept = machine.parameter("kept", [100], ofShape([100], 7))
    tape.constant([1000], ofShape([1000], 2))
    for (let i = 0; i < 3; i++) {
      const next = machine.pass()
      for (const length of [10, 900, 80, 3000]) next.constant([length], new Float32Array(length).fill(i))
      machine.parameter(`more ${i}`, [50], new Float32Array(50).fill(9))
    }
    expect(bits(machine.read(kept.value))).toEqual(bits(ofShape([100], 7)))
    expect(machine.read(kept.gradient).every((value) => value === 0)).toBe(true)
  })

  it("keeps apart what was allocated in passes of different lengths", async () => {
    const machine = await openDevice()
    const kept = [1000, 10, 400].map((used, i) => {
      machine.pass().constant([used], new Float32Array(used))
      return machine.parameter(`p${i}`, [30], ofShape([30], i))
    })
    for (const first of [10, 500, 2000]) {
      const tape = machine.pass()
      for (const length of [first, 20, 960, 300]) tape.constant([length], new Float32Array(length).fill(5))
      expect(kept.map(({ value }) => bits(machine.read(value)))).toEqual([0, 1, 2].map((i) => bits(ofShape([30], i))))
      expect(machine.gradientNorm(kept)).toBe(0)
    }
  })

  it("grows as needed and keeps the numbers", async () => {
    const machine = await openDevice()
    const values = ofShape([1000], 3)
    const first = machine.parameter("first", [1000], values)
    const before = machine.bytes()
    const large = machine.allocate([10_000_000])
    expect(machine.bytes()).toBeGreaterThanOrEqual(before + 39_000_000)
    expect(bits(machine.read(first.value))).toEqual(bits(values))
    expect(machine.firstNotFinite(large)).toBe(-1)
  })

  it("ends at 4 GiB with an error that says what was wanted", async () => {
    const machine = await openDevice()
    machine.allocate([4])
    expect(() => machine.allocate([2 ** 30 - 1])).toThrow("allocate: expected at most 4 GiB of tensors")
    expect(() => machine.allocate([2 ** 15, 2 ** 16])).toThrow(
      "allocate: expected positive whole axes of less than 2^30 elements together; got [32768, 65536]"
    )
  })

  it("refuses nodes of a former pass and of another tape", async () => {
    const machine = await openDevice()
    const old = machine.pass()
    const stale = old.constant([1], Float32Array.of(1))
    const tape = machine.pass()
    expect(() => old.relu(stale)).toThrow("relu: expected a node of the present pass; got a tape that the device's next pass() has ended")
    expect(() => tape.relu(stale)).toThrow("relu: expected a node of this tape; got a node of another tape")
  })
})

describe("what does not fit is refused with what was expected and what came", () => {
  it("for each operation", async () => {
    const machine = await device()
    const tape = machine.pass()
    const node = (...shape: ReadonlyArray<number>) => tape.constant(shape, ofShape(shape))
    const windows = { stride: [1, 1], padding: "valid" } as const
    const refusals: ReadonlyArray<readonly [() => unknown, string]> = [
      [() => tape.constant([2, 2], new Float32Array(3)), "constant: expected 4 values for the shape [2, 2]; got 3 values"],
      [
        () => tape.constant([2, 0], new Float32Array(0)),
        "constant: expected positive whole axes of less than 2^30 elements together; got [2, 0]"
      ],
      [() => tape.add(node(2, 3), node(2)), "add: expected operands of one shape, or a second one of the last axes of [2, 3]; got [2]"],
      [() => tape.minimum(node(2, 3), node(3)), "minimum: expected a second operand [2, 3]; got [3]"],
      [() => tape.linear(node(2, 3), node(4, 5), undefined), "linear: expected an input [.., 4] for the weights [4, 5]; got [2, 3]"],
      [() => tape.linear(node(2, 4), node(4, 5), node(4)), "linear: expected a bias [5]; got [4]"],
      [() => tape.matmul(node(2, 3, 4), node(2, 5, 6)), "matmul: expected b [.., k, n] with k = 4; got [2, 3, 4] and [2, 5, 6]"],
      [
        () => tape.matmul(node(2, 3, 4), node(3, 4, 6)),
        "matmul: expected a [.., m, k] and b [.., k, n] with the same leading axes; got [2, 3, 4] and [3, 4, 6]"
      ],
      [
        () => tape.conv2d(node(1, 4, 4, 2), node(3, 3, 3, 8), undefined, windows),
        "conv2d: expected an input [n, h, w, 3] for the weights [3, 3, 3, 8]; got [1, 4, 4, 2]"
      ],
      [
        () => tape.conv2d(node(1, 2, 4, 3), node(3, 3, 3, 8), undefined, windows),
        "conv2d: expected a picture of at least 3 x 3 for a valid window; got [1, 2, 4, 3]"
      ],
      [
        () => tape.conv2d(node(1, 4, 4, 3), node(3, 3, 3, 8), undefined, { ...windows, stride: [0, 1] }),
        "conv2d: expected a stride of two positive whole numbers; got [0, 1]"
      ],
      [() => tape.maxPool2d(node(2, 2), { size: [2, 2], stride: [2, 2] }), "maxPool2d: expected pictures [n, h, w, c]; got [2, 2]"],
      [() => tape.layerNorm(node(2, 3), node(2), node(3), 1e-5), "layerNorm: expected a gain [3] for the input [2, 3]; got [2]"],
      [() => tape.layerNorm(node(2, 3), node(3), node(3), 0), "layerNorm: expected a positive epsilon; got 0"],
      [
        () => tape.groupNorm(node(2, 6), node(6), node(6), 4, 1e-5),
        "groupNorm: expected a number of groups that divides the 6 channels; got 4"
      ],
      [() => tape.dropout(node(2), 1, () => {}), "dropout: expected a rate of at least 0 and below 1; got 1"],
      [() => tape.embedding(node(4, 2), Int32Array.of(0, 4), [2]), "embedding: expected ids of 0 to 3; got 4 at index 1"],
      [() => tape.gather(node(2, 3), Int32Array.of(0, -1)), "gather: expected ids of 0 to 2; got -1 at index 1"],
      [() => tape.reshape(node(2, 3), [4]), "reshape: expected a shape of 6 elements for [2, 3]; got [4]"],
      [() => tape.transpose(node(2, 3), [0, 0]), "transpose: expected every axis of [2, 3] once, from 0; got [0, 0]"],
      [() => tape.slice(node(2, 3), 1, 2, 4), "slice: expected 0 <= from < to <= 3; got 2 to 4"],
      [() => tape.concat([node(2, 3), node(3, 3)], 1), "concat: expected parts like [2, 3] but for axis 1; got [3, 3]"],
      [() => tape.meanOver(node(2, 3), 2), "meanOver: expected an axis of [2, 3], counted from 0; got 2"],
      [() => tape.clamp(node(2), 1, 0), "clamp: expected low <= high; got 1 and 0"],
      [
        () => tape.softmaxCrossEntropy(node(2, 3), Int32Array.of(0, 3), { denominator: 2, label_smoothing: 0 }),
        "softmaxCrossEntropy: expected ids of 0 to 2; got 3 at index 1"
      ],
      [
        () => tape.meanSquaredError(node(2), new Float32Array(2), { denominator: 0 }),
        "meanSquaredError: expected a positive denominator (the effective batch size); got 0"
      ],
      [
        () => tape.binaryCrossEntropy(node(2), Float32Array.of(0, 2), { denominator: 1 }),
        "binaryCrossEntropy: expected targets of 0 to 1; got 2 at index 1"
      ],
      [() => tape.scalar(node(2)), "scalar: expected a node of one element; got [2]"],
      [() => tape.backward(node(2)), "backward: expected a loss of the shape []; got [2]"],
      [
        () => tape.backward(tape.sumAll(node(2))),
        "backward: expected a loss that depends on a parameter or a variable; got one that depends on constants only"
      ],
      [() => machine.write(machine.allocate([2]), new Float32Array(3)), "write: expected 2 values for the shape [2]; got 3 values"],
      [() => machine.dot(machine.allocate([2]), machine.allocate([3])), "dot: expected tensors of 2 elements; got [3]"],
      [() => machine.parameter("w", [2], new Float32Array(1)), "parameter w: expected 2 values for the shape [2]; got 1 values"]
    ]
    for (const [act, message] of refusals) {
      expect(act).toThrow(GradientError)
      expect(act).toThrow(message)
    }
  })

  it("a second backward of one tape", async () => {
    const tape = (await device()).pass()
    const loss = tape.sumAll(tape.variable([2], Float32Array.of(1, 2)))
    tape.backward(loss)
    expect(() => tape.backward(loss)).toThrow("one backward per tape")
  })
})

describe("numbers that are none", () => {
  it("come through a loss and the norm, and are named with step, parameter and element", async () => {
    const machine = await device()
    const good = machine.parameter("dense.bias", [3], Float32Array.of(1, 2, 3))
    const bad = machine.parameter("dense.weights", [2, 3], ofShape([2, 3]))
    expect(machine.refuseNotFinite([good, bad], 7)).toBeUndefined()
    const tape = machine.pass()
    const x = tape.constant([1, 2], Float32Array.of(1, Number.POSITIVE_INFINITY))
    const loss = tape.meanSquaredError(tape.relu(tape.linear(x, tape.parameter(bad), tape.parameter(good))), new Float32Array(3), {
      denominator: 1
    })
    expect(Number.isFinite(loss.total)).toBe(false)
    machine.write(bad.gradient, Float32Array.of(0, 0, 0, 0, Number.NaN, 0))
    expect(machine.gradientNorm([good, bad])).toBeNaN()
    expect(machine.firstNotFinite(bad.gradient)).toBe(4)
    expect(() => machine.refuseNotFinite([good, bad], 8)).toThrow(
      "optimiser step 8: expected a finite gradient of dense.weights (a lower learning rate or clipping may help); got NaN at element 4"
    )
    machine.write(good.value, Float32Array.of(0, Number.NEGATIVE_INFINITY, 0))
    expect(() => machine.refuseNotFinite([good], 9)).toThrow("expected a finite value of dense.bias")
  })

  it("are not hidden by relu, clamp, minimum or softmax", async () => {
    const machine = await device()
    const tape = machine.pass()
    const x = tape.constant([1, 3], Float32Array.of(1, Number.NaN, 2))
    for (const y of [tape.relu(x), tape.clamp(x, -1, 1), tape.minimum(x, tape.negate(x)), tape.softmax(x), tape.logSoftmax(x)]) {
      expect(at(machine.read(y.value), 1)).toBeNaN()
    }
  })
})

describe("sums over gradients", () => {
  it("are taken in f64, in order", async () => {
    const machine = await device()
    const parameters = [5, 33].map((n, i) => machine.parameter(`p${i}`, [n], new Float32Array(n)))
    for (const [i, { gradient }] of parameters.entries()) machine.write(gradient, ofShape([gradient.length], i + 4))
    const all = parameters.flatMap(({ gradient }) => [...machine.read(gradient)])
    expect(machine.gradientNorm(parameters)).toBe(Math.sqrt(all.reduce((sum, g) => sum + g * g, 0)))
    const [, second] = parameters
    if (second === undefined) throw new RangeError("no second parameter")
    machine.write(second.value, ofShape([33], 9))
    expect(machine.dot(second.value, second.gradient)).toBe(
      machine.read(second.value).reduce((sum, v, i) => sum + v * at(machine.read(second.gradient), i), 0)
    )
    machine.scaleGradients(parameters, 0.3)
    expect(parameters.flatMap(({ gradient }) => [...machine.read(gradient)])).toEqual(all.map((g) => f(g * f(0.3))))
    machine.zeroGradients(parameters)
    expect(machine.gradientNorm(parameters)).toBe(0)
  })
})

describe("the update of", () => {
  const n = 21
  const setUp = async () => {
    const machine = await device()
    const parameter = machine.parameter("w", [n], ofShape([n], 1))
    machine.write(parameter.gradient, ofShape([n], 2))
    const [first, second] = [machine.allocate([n]), machine.allocate([n])]
    return { machine, parameter, first, second }
  }

  it("plain descent equals its formula to the bit", async () => {
    const { machine, parameter } = await setUp()
    const [w, g] = [machine.read(parameter.value), machine.read(parameter.gradient)]
    machine.kernels.sgd(parameter.value, parameter.gradient, 0.1)
    expect(bits(machine.read(parameter.value))).toEqual(bits(w.map((v, i) => f(v - f(f(0.1) * at(g, i))))))
  })

  it("momentum equals its formula to the bit, in both forms", async () => {
    for (const nesterov of [false, true]) {
      const { machine, parameter, first: velocity } = await setUp()
      const [w, g, v] = [machine.read(parameter.value), machine.read(parameter.gradient), new Float32Array(n)]
      for (let step = 0; step < 3; step++) {
        machine.kernels.momentum(parameter.value, parameter.gradient, velocity, { rate: 0.1, momentum: 0.9, nesterov })
        for (let i = 0; i < n; i++) {
          v[i] = f(f(f(0.9) * at(v, i)) + at(g, i))
          const move = nesterov ? f(at(g, i) + f(f(0.9) * at(v, i))) : at(v, i)
          w[i] = f(at(w, i) - f(f(0.1) * move))
        }
      }
      expect(bits(machine.read(velocity))).toEqual(bits(v))
      expect(bits(machine.read(parameter.value))).toEqual(bits(w))
    }
  })

  it("Adam equals its formula to the bit, without and with decoupled decay", async () => {
    for (const weightDecay of [0, 0.01]) {
      const { machine, parameter, first, second } = await setUp()
      const [rate, beta1, beta2, epsilon] = [0.01, 0.9, 0.999, 1e-8]
      const [w, g] = [machine.read(parameter.value), machine.read(parameter.gradient)]
      const [m, v] = [new Float32Array(n), new Float32Array(n)]
      let [power1, power2] = [1, 1]
      for (let t = 1; t <= 2; t++) {
        const numbers = { rate, beta1, beta2, epsilon, t }
        if (weightDecay === 0) machine.kernels.adam(parameter.value, parameter.gradient, first, second, numbers)
        else machine.kernels.adamw(parameter.value, parameter.gradient, first, second, { ...numbers, weightDecay })
        power1 *= beta1
        power2 *= beta2
        for (let i = 0; i < n; i++) {
          const slope = at(g, i)
          m[i] = f(at(m, i) + f(f(1 - beta1) * f(slope - at(m, i))))
          v[i] = f(f(at(v, i) * f(beta2)) + f(f(f(1 - beta2) * slope) * slope))
          const below = f(f(f(Math.sqrt(at(v, i))) / f(Math.sqrt(1 - power2))) + f(epsilon))
          const move = f(f(f(rate / (1 - power1)) * at(m, i)) / below)
          w[i] = f(f(f(1 - rate * weightDecay) * at(w, i)) - move)
        }
      }
      expect(bits(machine.read(parameter.value))).toEqual(bits(w))
      expect(bits(machine.read(second))).toEqual(bits(v))
    }
  })
})
