import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { gradientTrainingClient, gradientWeights, makeNoopTrainingClient } from "../src/index.ts"
import { clientLaws } from "./clientLaws.ts"
import { actorModel, actorShape, forgetfulModel, rowModel, rowShape, sessionConfig, textModel, textShape } from "./models.ts"

const init = { type: "glorot-uniform" }
/** One answer to a text: six tokens and one that fills up. */
const wholeModel = {
  input: { ...textModel.input, vocabulary: 7, pad: 6 },
  layers: [
    { type: "embedding", width: 6, init: { type: "normal", deviation: 0.5 } },
    { type: "mean-over-positions" },
    { type: "dense", units: 3, bias: true, init }
  ]
}

const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)
const gradient = (model_ref: unknown) => ({ client: gradientTrainingClient, model_ref, learns: true })

clientLaws("gradient, rows", { ...gradient(rowModel), shape: rowShape })
clientLaws("gradient, a policy and a value", { ...gradient(actorModel), shape: actorShape })
clientLaws("gradient, texts", { ...gradient(textModel), shape: textShape })
clientLaws("gradient, texts as a whole", { ...gradient(wholeModel), shape: { ...textShape, vocabulary: 7, width: 3, rows: "each-item" } })
clientLaws("gradient, texts with dropout", { ...gradient(forgetfulModel), shape: textShape, learns: false })
for (const [title, shape] of Object.entries({ rows: rowShape, "a policy and a value": actorShape, texts: textShape }))
  clientLaws(`no-op, ${title}`, { client: () => makeNoopTrainingClient().service, model_ref: shape, shape, learns: false })

describe("the gradient client", () => {
  const begin = (model_ref: unknown, models = {}) =>
    gradientTrainingClient(models).startSession({ model_ref, training_config: sessionConfig })

  it("knows models by name, with what they have learnt", async () => {
    const session = await run(begin(rowModel))
    await run(
      session.forwardBackward({
        loss: "cross_entropy",
        denominator: 1,
        items: [{ input: { features: [1, 2] }, targets: [1], weights: [1] }]
      })
    )
    await run(session.optimStep({ learning_rate: 0.1 }))
    const weights = gradientWeights(await run(session.saveState))
    const named = await run(begin("learnt", { learnt: { policy: rowModel, weights } }))
    expect(await run(named.weightsSha256)).toBe(await run(session.weightsSha256))
    expect(named.fingerprint).toEqual({ client: "gradient", kernels_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
  })

  it.each([
    ["an unknown layer", { ...rowModel, layers: [{ type: "magic" }] }, "policy.layers.0.type"],
    ["a value of another input", { policy: actorModel.policy, value: rowModel }, "the value of a row is one number for the same input"],
    [
      "attention that looks behind a token",
      { ...textModel, layers: textModel.layers.map((layer) => ("causal" in layer ? { ...layer, causal: false } : layer)) },
      "let attention be causal"
    ],
    ["a number", 7, "policy: has the wrong value: expected object, found 7"],
    [
      "attention that looks behind a token, inside of another layer",
      {
        ...textModel,
        layers: [
          ...textModel.layers.slice(0, 2),
          { type: "residual", layers: [{ type: "attention", heads: 2, causal: false, init }] },
          ...textModel.layers.slice(3)
        ]
      },
      "let attention be causal"
    ],
    ["a text that is answered as a whole, without a pad", { ...wholeModel, input: textModel.input }, "give its input a pad"]
  ])("refuses %s with the place", async (_, model, text) => {
    const failure = await run(Effect.flip(begin(model)))
    expect(failure.diagnostics[0]).toMatchObject({ code: "training-stages/UNKNOWN-MODEL", field: "model_ref" })
    expect(failure.diagnostics[0].actual).toContain(text)
  })

  it("clips gradients by their norm, and says so", async () => {
    const batch = { loss: "cross_entropy", denominator: 1, items: [{ input: { features: [8, -8] }, targets: [2], weights: [5] }] } as const
    const step = async (gradient_clipping: number | "none") => {
      const session = await run(
        gradientTrainingClient().startSession({
          model_ref: rowModel,
          training_config: { ...sessionConfig, optimizer: "sgd", gradient_clipping }
        })
      )
      await run(session.forwardBackward(batch))
      const { gradient_norm, clipped } = await run(session.optimStep({ learning_rate: 0.1 }))
      return { gradient_norm, clipped, weights: await run(session.weightsSha256) }
    }
    const [free, wide, narrow] = [await step("none"), await step(1e6), await step(0.5)]
    expect(wide).toEqual(free)
    expect(narrow.gradient_norm).toBe(free.gradient_norm)
    expect({ free: free.clipped, narrow: narrow.clipped, moved: narrow.weights === free.weights }).toEqual({
      free: false,
      narrow: true,
      moved: false
    })
  })
})

describe("the no-op client", () => {
  it("records its calls in order", async () => {
    const { service, calls } = makeNoopTrainingClient()
    const session = await run(service.startSession({ model_ref: rowShape, training_config: sessionConfig }))
    await run(
      session.forwardBackward({
        loss: "cross_entropy",
        denominator: 1,
        items: [{ input: { features: [0, 0] }, targets: [0], weights: [1] }]
      })
    )
    await run(session.optimStep({ learning_rate: 0.25 }))
    expect(calls).toEqual([
      { method: "startSession", detail: { model_ref: rowShape, training_config: sessionConfig } },
      { method: "forwardBackward", detail: { loss: "cross_entropy", items: 1 } },
      { method: "optimStep", detail: { learning_rate: 0.25 } }
    ])
  })
})
