import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { defineLayer, gives } from "../src/LayerKind.ts"
import { layerKinds } from "../src/LayerKinds.ts"
import { specProblems, specReport } from "../src/ModelSpec.ts"
import { showProblem } from "../src/SpecProblem.ts"
import { architectures } from "./support/architectures.ts"

const values = (...shape: ReadonlyArray<number>) => ({ kind: "values", shape })
const tokens = { kind: "tokens", length: 5, vocabulary: 10 }
const he = { type: "he-normal" }
const dense = { type: "dense", units: 4, bias: true, init: he }
const conv = { type: "conv2d", filters: 6, kernel: [3, 3], stride: [1, 1], padding: "valid", bias: true, init: he }
const embedding = { type: "embedding", width: 8, init: { type: "zeros" } }
const attention = { type: "attention", heads: 2, causal: true, init: he }

const told = (input: unknown, ...layers: ReadonlyArray<unknown>): ReadonlyArray<string> => specProblems({ input, layers }).map(showProblem)

/** The shape behind each layer, as text. */
const shapes = (input: unknown, ...layers: ReadonlyArray<unknown>): ReadonlyArray<string> => {
  const { problems, signals } = specReport({ input, layers })
  return [...problems.map(showProblem), ...signals.map((signal) => (signal.kind === "values" ? signal.shape.join("x") : "tokens"))]
}

describe("specReport() chains shapes through the layers", () => {
  it.each(Object.entries(architectures))("finds no problem in %s", (_, { spec }) => {
    expect(specProblems(spec)).toEqual([])
  })

  it("of pictures", () => {
    const pool = { type: "max-pool2d", size: [2, 2], stride: [2, 2] }
    expect(shapes(values(9, 12, 2), conv, pool, { ...conv, padding: "same", stride: [2, 2] }, { type: "flatten" }, dense)).toEqual([
      "7x10x6",
      "3x5x6",
      "2x3x6",
      "36",
      "4"
    ])
    expect(shapes(values(5, 5, 3), { type: "average-pool2d", size: [3, 2], stride: [1, 3] }, { type: "global-average-pool" })).toEqual([
      "3x2x3",
      "3"
    ])
  })

  it("of sequences", () => {
    const layers = [embedding, { type: "positional", kind: "sinusoidal" }, attention, dense, { type: "mean-over-positions" }]
    expect(shapes(tokens, ...layers)).toEqual(["5x8", "5x8", "5x8", "5x4", "4"])
  })

  it("of layers inside of a layer", () => {
    const residual = { type: "residual", layers: [dense, { type: "relu" }] }
    expect(shapes(values(4), residual)).toEqual(["4"])
    expect(shapes(values(5), residual)[0]).toContain("layers.0.layers: does not fit")
  })
})

describe("specProblems() names what does not fit, and the way out", () => {
  it.each<[string, unknown, ReadonlyArray<unknown>, string]>([
    [
      "a picture into a dense layer",
      values(8, 8, 1),
      [dense],
      'layers.0: does not fit its input: expected values of shape [width] or [length, width] per sample, found values of shape [8, 8, 1] per sample; put a layer of type "flatten"'
    ],
    ["tokens into a dense layer", tokens, [dense], 'tokens become values in a layer of type "embedding"'],
    ["tokens into an activation", tokens, [{ type: "relu" }], 'tokens become values in a layer of type "embedding"'],
    ["values into an embedding", values(8), [embedding], 'an embedding is the first layer behind an input of kind "tokens"'],
    ["a vector into a convolution", values(8), [conv], "pictures have the axes height, width, channels"],
    [
      "a kernel larger than the picture",
      values(2, 8, 1),
      [conv],
      "layers.0.kernel: does not fit: expected a window within the picture of 2 x 8, found 3 x 3"
    ],
    [
      "heads that do not divide the width",
      tokens,
      [embedding, { ...attention, heads: 3 }],
      "layers.1.heads: does not fit: expected a divisor of the width 8, found 3"
    ],
    [
      "groups that do not divide the channels",
      values(4, 6),
      [{ type: "group-norm", groups: 4, epsilon: 1e-5 }],
      "layers.0.groups: does not fit: expected a divisor of the 6 channels, found 4"
    ],
    [
      "a kind that nobody knows",
      values(4),
      [{ type: "dence" }],
      'layers.0.type: names no kind of layer: expected one of "dense", "conv2d"'
    ],
    ["a slip in a type", values(4), [{ type: "relo" }], 'did you mean "relu"?'],
    ["no type", values(4), [{ units: 3 }], "layers.0.type: is required and missing"],
    [
      "a padding id outside of the vocabulary",
      { ...tokens, pad: 10 },
      [embedding],
      "input.pad: is no id of the vocabulary: expected an integer from 0 to 9, found 10"
    ],
    ["no layers", values(4), [], "layers: has the wrong value"],
    ["an input of four axes", values(1, 2, 3, 4), [{ type: "relu" }], "input.shape: has the wrong value"],
    ["an init that needs fans, for a table", tokens, [{ ...embedding, init: he }], "layers.0.init"],
    ["an option that is no number", values(4), [{ ...dense, units: "4" }], "layers.0.units: has the wrong value: expected"],
    ["a missing option", values(4), [{ type: "dense", units: 4, bias: true }], "layers.0.init: is required and missing"],
    ["an unknown option", values(4), [{ ...dense, biass: 4 }], 'layers.0.biass: unknown key "biass"; did you mean "bias"?'],
    ["a rate of 1", values(4), [{ type: "dropout", rate: 1 }], "layers.0.rate: has the wrong value"]
  ])("%s", (_, input, layers, message) => {
    const found = told(input, ...layers)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(message)
  })

  it("tells all at once, and options behind a layer whose output is not known", () => {
    const inner = { type: "residual", layers: [dense, { ...dense, units: 0 }] }
    expect(
      told({ kind: "values", shape: [0] }, { type: "dens" }, inner, { type: "dropout", rate: 2 }).map((text) => text.split(":")[0])
    ).toEqual(["input.shape.0", "layers.0.type", "layers.1.layers.1.units", "layers.2.rate"])
  })

  it.each([undefined, null, 3, "mlp", [], {}])("refuses %s, which is no description", (spec) => {
    expect(specProblems(spec).length).toBeGreaterThan(0)
  })

  it("judges a kind that was passed in like its own", () => {
    const double = defineLayer({
      type: "double",
      schema: Schema.Struct({ type: Schema.Literal("double"), times: Schema.Int }),
      shape: ({ times }, input) => gives(input.kind === "values" ? [...input.shape.slice(0, -1), (input.shape.at(-1) ?? 0) * times] : []),
      build: () => () => {
        throw new Error("not built here")
      }
    })
    const kinds = new Map([...layerKinds, [double.type, double]])
    const spec = {
      input: values(3),
      layers: [
        { type: "double", times: 4 },
        { type: "double", times: "x" }
      ]
    }
    expect(specProblems(spec, kinds).map(showProblem)).toEqual(['layers.1.times: has the wrong value: expected number, found "x"'])
    expect(specProblems(spec)[0]?.message).toBe("names no kind of layer")
  })
})
