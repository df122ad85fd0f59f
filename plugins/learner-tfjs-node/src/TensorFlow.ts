/**
 * The part of @tensorflow/tfjs-node that is used here, and how it is loaded: when a run asks for it, from the folder of the project,
 * because the package is not installed with this one.
 *
 * Sharp edges: TensorFlow reads how many threads it may use, and whether oneDNN's kernels are on, from the environment when its addon is
 * loaded, and each of them changes the last bits of what is learnt. So they are compared with what the run pinned, set where nobody set
 * them, and a process that has them otherwise is refused. A worker thread has a copy of the environment that TensorFlow does not see, so
 * that there they have to be set before the process starts. This file alone reads and writes the environment.
 */
import { createRequire } from "node:module"
import { isMainThread } from "node:worker_threads"
import { type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"

export type Numbers = Float32Array | Int32Array

/** A tensor of TensorFlow. It holds memory until it is disposed. */
export interface TfTensor {
  readonly shape: ReadonlyArray<number>
  readonly dataSync: () => Numbers
  readonly dispose: () => void
}

type Type = "float32" | "int32" | "bool"
type Pair = readonly [number, number]
type Unary = (x: TfTensor) => TfTensor
type Binary = (a: TfTensor, b: TfTensor | number) => TfTensor
type Reduction = (x: TfTensor, axis?: number | ReadonlyArray<number>, keepDims?: boolean) => TfTensor
type Pooling = (x: TfTensor, size: Pair, stride: Pair, padding: "valid") => TfTensor

/** Operations of @tensorflow/tfjs-node 4.22.0 under the names that it gives them. */
export interface TensorFlow {
  readonly version: { readonly "tfjs-node": string }
  readonly backend: () => { readonly binding: { readonly TF_Version: string } }
  readonly tidy: <A>(work: () => A) => A
  readonly keep: (x: TfTensor) => TfTensor
  readonly engine: () => {
    readonly runKernel: (
      name: string,
      inputs: Readonly<Record<string, TfTensor>>,
      attributes: Readonly<Record<string, unknown>>
    ) => TfTensor
  }
  readonly tensor: (values: Numbers, shape: ReadonlyArray<number>, type: Type) => TfTensor
  readonly scalar: (value: number) => TfTensor
  readonly zeros: (shape: ReadonlyArray<number>) => TfTensor
  readonly fill: (shape: ReadonlyArray<number>, value: number) => TfTensor
  readonly cast: (x: TfTensor, type: Type) => TfTensor
  readonly add: Binary
  readonly sub: Binary
  readonly mul: Binary
  readonly div: Binary
  readonly minimum: Binary
  readonly lessEqual: Binary
  readonly greater: Binary
  readonly square: Unary
  readonly sqrt: Unary
  readonly rsqrt: Unary
  readonly exp: Unary
  readonly log: Unary
  readonly log1p: Unary
  readonly abs: Unary
  readonly neg: Unary
  readonly erf: Unary
  readonly relu: Unary
  readonly tanh: Unary
  readonly sigmoid: Unary
  readonly softmax: Unary
  readonly logSoftmax: Unary
  readonly clipByValue: (x: TfTensor, low: number, high: number) => TfTensor
  readonly sum: Reduction
  readonly mean: Reduction
  readonly matMul: (a: TfTensor, b: TfTensor, transposeA?: boolean, transposeB?: boolean) => TfTensor
  readonly reshape: (x: TfTensor, shape: ReadonlyArray<number>) => TfTensor
  readonly transpose: (x: TfTensor, axes: ReadonlyArray<number>) => TfTensor
  readonly slice: (x: TfTensor, begin: ReadonlyArray<number>, size: ReadonlyArray<number>) => TfTensor
  readonly concat: (parts: ReadonlyArray<TfTensor>, axis: number) => TfTensor
  readonly pad: (x: TfTensor, paddings: ReadonlyArray<Pair>) => TfTensor
  readonly gather: (x: TfTensor, indices: TfTensor) => TfTensor
  readonly unsortedSegmentSum: (x: TfTensor, ids: TfTensor, count: number) => TfTensor
  readonly oneHot: (ids: TfTensor, depth: number) => TfTensor
  readonly conv2d: (x: TfTensor, filter: TfTensor, stride: Pair, padding: "same" | "valid") => TfTensor
  readonly maxPool: Pooling
  readonly avgPool: Pooling
}

/** What decides the last bits besides the machine. */
export const Settings = Schema.Struct({
  /** Threads of one operation, and operations at a time. */
  threads: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1024 })),
  /** Whether oneDNN's kernels are used. */
  onednn: Schema.Boolean
})
export type Settings = typeof Settings.Type

const INSTALL = "npm install @tensorflow/tfjs-node@4.22.0"

/** The variables that TensorFlow reads, with the values that the settings mean. */
export const environmentOf = ({ threads, onednn }: Settings): Readonly<Record<string, string>> => ({
  TF_NUM_INTRAOP_THREADS: String(threads),
  TF_NUM_INTEROP_THREADS: String(threads),
  TF_ENABLE_ONEDNN_OPTS: onednn ? "1" : "0"
})

type Environment = Record<string, string | undefined>

/**
 * Sets in `environment` what the settings mean and nobody set. Fails with every variable that is set otherwise, or that cannot be set
 * from here because `settable` is false.
 */
export const settle = (settings: Settings, environment: Environment, settable: boolean): Effect.Effect<void, TrainerError> =>
  Effect.suspend(() => {
    const wanted = Object.entries(environmentOf(settings))
    const command = wanted.map(([name, value]) => `${name}=${value}`).join(" ")
    const wrong = wanted.filter(([name, value]) => environment[name] !== value && !(settable && environment[name] === undefined))
    if (wrong.length > 0)
      return Effect.fail(
        trainerErrors(
          "invalid",
          wrong.map(([name, value]) => ({
            code: "tfjs/ENVIRONMENT",
            severity: "error",
            message: `TensorFlow would not run as this run pins it: ${name} ${environment[name] === undefined ? "is not set, and a worker thread cannot set it" : "is set otherwise"}`,
            field: "learner.options",
            expected: `${name}=${value}`,
            actual: environment[name] === undefined ? "not set" : `${name}=${environment[name]}`,
            help: `start the program with ${command}, or pin other values in options.threads and options.onednn`
          }))
        )
      )
    for (const [name, value] of wanted) environment[name] = value
    // Warnings and errors; what it merely tells changes with every processor.
    environment.TF_CPP_MIN_LOG_LEVEL ??= "1"
    return Effect.void
  })

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? ""

/**
 * The package as the file `from` finds it. Two functions that it calls, and that newer versions of Node lack in `node:util`, are put there
 * first, for this thread alone.
 */
export const loadTensorFlow = (from: string, settings: Settings): Effect.Effect<TensorFlow, TrainerError> =>
  Effect.gen(function* () {
    const require = createRequire(from)
    const missing = (error: unknown) =>
      trainerErrors("missing", [
        {
          code: "tfjs/MISSING",
          severity: "error",
          message: `the learner tfjs needs the package @tensorflow/tfjs-node: ${firstLine(error)}`,
          field: "learner.plugin",
          expected: "the package @tensorflow/tfjs-node, version 4.22.0, with its addon",
          help: `${INSTALL}, or write plugin = "gradient", which needs nothing besides`
        }
      ])
    // Before anything is settled: who has no TensorFlow is not to be told of its environment.
    const path = yield* Effect.try({ try: () => require.resolve("@tensorflow/tfjs-node"), catch: missing })
    yield* settle(settings, process.env, isMainThread)
    return yield* Effect.try({
      try: () => {
        // It calls two functions of old Nodes: one is gone since Node 23, the other warns on standard error.
        Object.assign(require("node:util"), {
          isNullOrUndefined: (value: unknown) => value === undefined || value === null,
          isArray: Array.isArray
        })
        return require(path) as TensorFlow
      },
      catch: missing
    })
  })
