/**
 * A client that learns nothing: every distribution is uniform and every value 0, whatever it is taught. It counts its steps, records
 * its calls, and keeps every law of the port, so that a loop can be tested, or a pipeline rehearsed, without a model.
 */
import { trainerError } from "@feagi-trainer/contracts"
import { canonicalBytes, fromCanonical, fromUtf8, hashOf } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { type LocalModel, localSession } from "./localSession.ts"
import { type ModelShape, offsetsOf } from "./Outputs.ts"
import { type SessionRequest, TrainingClient, type TrainingSession } from "./TrainingClient.ts"

/** The description of a model that is not there: the shape of what it would take and give. */
export const NoopModel = Schema.Struct({
  input: Schema.Literals(["tokens", "features"]),
  length: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
  vocabulary: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
  width: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
  rows: Schema.Literals(["each-token", "each-item"]),
  values: Schema.Boolean
})

const SavedSteps = Schema.Struct({ noop_steps: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)) })

/** One call of a session, with what is worth knowing of it. */
export interface RecordedCall {
  readonly method: string
  readonly detail: Readonly<Record<string, unknown>>
}

const noopModel = (shape: ModelShape, request: SessionRequest): LocalModel => {
  let steps = 0
  const outputs: LocalModel["outputs"] = (inputs) => {
    const offsets = offsetsOf(shape, inputs)
    const rows = offsets.at(-1) ?? 0
    const logits = new Float32Array(rows * shape.width)
    return { width: shape.width, offsets, logits, ...(shape.values ? { values: new Float32Array(rows) } : {}) }
  }
  return {
    shape,
    fingerprint: { client: "noop" },
    outputs,
    accumulate: (inputs, gradientsOf) => void gradientsOf(outputs(inputs)),
    step: () => {
      steps += 1
      return { step: steps, gradient_norm: 0, clipped: false }
    },
    save: () => canonicalBytes({ noop_steps: steps }),
    load: (bytes) => {
      steps = Schema.decodeUnknownSync(SavedSteps)(fromCanonical(fromUtf8(bytes))).noop_steps
    },
    weightsSha256: () => hashOf({ noop: shape, seed: request.training_config.seed })
  }
}

const recorded = (session: TrainingSession, record: (call: RecordedCall) => void): TrainingSession => ({
  ...session,
  outputs: (inputs) => {
    record({ method: "outputs", detail: { items: inputs.length } })
    return session.outputs(inputs)
  },
  logprobs: (items) => {
    record({ method: "logprobs", detail: { items: items.length } })
    return session.logprobs(items)
  },
  sample: (requests, random) => {
    record({ method: "sample", detail: { requests: requests.length } })
    return session.sample(requests, random)
  },
  forwardBackward: (batch) => {
    record({
      method: "forwardBackward",
      detail: { loss: batch.loss, items: batch.loss === "dpo" ? batch.pairs.length : batch.items.length }
    })
    return session.forwardBackward(batch)
  },
  optimStep: (request) => {
    record({ method: "optimStep", detail: { ...request } })
    return session.optimStep(request)
  },
  saveState: Effect.suspend(() => {
    record({ method: "saveState", detail: {} })
    return session.saveState
  }),
  loadState: (bytes) => {
    record({ method: "loadState", detail: { bytes: bytes.length } })
    return session.loadState(bytes)
  }
})

export interface NoopTrainingClient {
  readonly service: TrainingClient["Service"]
  /** All calls of all its sessions, in order. */
  readonly calls: ReadonlyArray<RecordedCall>
  readonly layer: Layer.Layer<TrainingClient>
}

/** A fresh one, without calls. `model_ref` of its sessions is a {@link NoopModel}. */
export const makeNoopTrainingClient = (): NoopTrainingClient => {
  const calls: Array<RecordedCall> = []
  const record = (call: RecordedCall) => void calls.push(call)
  const service = TrainingClient.of({
    startSession: (request) =>
      Effect.suspend(() => {
        record({ method: "startSession", detail: { ...request } })
        const shape = Schema.decodeUnknownOption(NoopModel, { onExcessProperty: "error" })(request.model_ref)
        return shape._tag === "Some"
          ? Effect.succeed(recorded(localSession(noopModel(shape.value, request)), record))
          : Effect.fail(
              trainerError("invalid", {
                code: "training-stages/UNKNOWN-MODEL",
                message: "the no-op client has no such model",
                field: "model_ref",
                expected: 'the shape of a model: {"input", "length", "width", "rows", "values"}',
                actual: hashable(request.model_ref),
                help: 'write for instance {"input": "features", "length": 4, "width": 2, "rows": "each-item", "values": true}'
              })
            )
      })
  })
  return { service, calls, layer: Layer.succeed(TrainingClient, service) }
}

const hashable = (value: unknown): string => JSON.stringify(value) ?? String(value)
