/** A little world for graphs: rows of one number, operations whose effect can be seen in it, and a split of two parts. */
import {
  type Diagnostic,
  type EntryLookup,
  type IRSample,
  optionsFrom,
  type Rng,
  type SampleShape,
  type TrainerError,
  Transform,
  trainerError
} from "@feagi-trainer/contracts"
import { SeedTree } from "@feagi-trainer/determinism"
import { Effect, Schema, Stream } from "effect"
import { openGraph, type PinnedNode, type PlanGraphRequest, type PlannedGraph, planGraph, type TransformNode } from "../src/index.ts"

export const row = (sample_id: string, values: ReadonlyArray<number>, split: "train" | "test" = "train"): IRSample => ({
  schema_version: 1,
  sample_id,
  dataset_version_id: "world@1",
  split,
  modality: "tabular",
  payload: { tabular: values },
  target: null,
  output_type: "class",
  coordinate_frame: null,
  timestamp: null,
  metadata: {}
})
export const numbers = (sample: IRSample): ReadonlyArray<number> => ("tabular" in sample.payload ? sample.payload.tabular : [])
export const shape: SampleShape = { kind: "tabular", features: [{ name: "x", min: 0, max: 9 }] }

const By = Schema.Struct({ by: Schema.Finite })
const None = Schema.Struct({ mode: Schema.Literal("on") })
const each = (sample: IRSample, change: (value: number) => number): IRSample => ({
  ...sample,
  payload: { tabular: numbers(sample).map(change) }
})
const keeps = { shape: ({ shape }: { readonly shape: SampleShape }) => ({ ok: true as const, value: shape }) }

const times = Transform.define<typeof By.Type>({
  id: "times",
  version: 2,
  phases: "all",
  decodeOptions: optionsFrom(By),
  ...keeps,
  apply: ({ options }, sample) => Effect.succeed(each(sample, (value) => value * options.by))
})
const plus = Transform.define<typeof By.Type>({
  ...times,
  id: "plus",
  version: 1,
  apply: ({ options }, sample) => Effect.succeed(each(sample, (value) => value + options.by))
})
/** One feature more, so that the shape is another one. */
const twice = Transform.define<typeof None.Type>({
  id: "twice",
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(None),
  shape: ({ shape }) =>
    shape.kind === "tabular"
      ? {
          ok: true,
          value: { ...shape, features: [...shape.features, ...shape.features.map(({ name, ...rest }) => ({ name: `${name}'`, ...rest }))] }
        }
      : { ok: false, mistakes: [{ path: [], problem: "invalid", message: "takes rows", expected: "tabular", actual: shape.kind }] },
  apply: (_, sample) => Effect.succeed({ ...sample, payload: { tabular: [...numbers(sample), ...numbers(sample)] } })
})
/** Chance added: a sample that is learnt from only. */
const noise = Transform.define<typeof By.Type>({
  ...times,
  id: "noise",
  version: 1,
  phases: "train",
  apply: ({ options }, sample, rng) => Effect.succeed(each(sample, (value) => value + options.by * (1 + rng.below(1000))))
})
/** The same, and made for every sample. */
const dither = Transform.define<typeof By.Type>({ ...noise, id: "dither", phases: "all" })
interface Sum {
  readonly sum: number
  readonly seen: ReadonlyArray<string>
}
/** Minus the sum of what was learnt from. */
const minusSum = Transform.define<typeof None.Type, Sum>({
  id: "minus-sum",
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(None),
  fit: () => {
    let sum = 0
    const seen: Array<string> = []
    return {
      ok: true,
      value: {
        add: (sample) => {
          sum += numbers(sample)[0] ?? 0
          seen.push(`${sample.sample_id}=${numbers(sample)}`)
        },
        result: () => ({ ok: true, value: { sum, seen } })
      }
    }
  },
  ...keeps,
  apply: ({ fitted }, sample) => Effect.succeed(each(sample, (value) => value - fitted.sum))
})
const learnsNaN = Transform.define<typeof None.Type, Sum>({
  ...minusSum,
  id: "learns-nan",
  fit: () => ({ ok: true, value: { add: () => {}, result: () => ({ ok: true, value: { sum: Number.NaN, seen: [] } }) } })
})
const refuses = Transform.define<typeof None.Type, Sum>({
  ...minusSum,
  id: "refuses",
  fit: () => ({
    ok: true,
    value: {
      add: () => {},
      result: () => ({
        ok: false,
        mistakes: [{ path: ["mode"], problem: "invalid", message: "cannot be fitted", expected: "variance", actual: "none" }]
      })
    }
  })
})
const throwing = (id: string, over: Partial<Transform<typeof None.Type, undefined>>) =>
  Transform.define<typeof None.Type>({ ...twice, ...keeps, id, apply: (_, sample) => Effect.succeed(sample), ...over })
const boom = (): never => {
  throw new Error("boom")
}

const entries: ReadonlyArray<unknown> = [
  times,
  plus,
  twice,
  noise,
  dither,
  minusSum,
  learnsNaN,
  refuses,
  throwing("throws", { apply: boom }),
  throwing("dies", { apply: () => Effect.sync(boom) }),
  throwing("fails", { apply: () => Effect.fail(trainerError("invalid", { code: "fails/NO", message: "not this one" })) }),
  throwing("bad-shape", { shape: boom }),
  throwing("renames", { apply: (_, sample) => Effect.succeed({ ...sample, sample_id: "other" }) }),
  throwing("moves", { apply: (_, sample) => Effect.succeed({ ...sample, split: "test" }) })
]

export const lookup: EntryLookup = (kind, reference) => {
  const id = reference.replace(/^.*#/, "")
  const entry = entries.find((each) => (each as Transform).id === id)
  return entry === undefined
    ? Effect.fail(trainerError("missing", { code: "FT1201", message: `no ${kind} "${reference}"` }))
    : // The type of what is found belongs to the caller, as in the real catalogue.
      Effect.succeed({ ref: { id: `world#${id}`, version: "1.2.3" }, manifest: {}, entry } as never)
}

export const node = (plugin: string, over: Partial<TransformNode> = {}): TransformNode => ({
  plugin,
  version: plugin === "times" ? 2 : 1,
  phases: "all",
  options: ["times", "plus", "noise", "dither"].includes(plugin) ? { by: 1 } : { mode: "on" },
  ...over
})

export const train = [row("a", [1]), row("b", [2]), row("c", [4])]
export const reads: Array<string> = []
export const request = (nodes: ReadonlyArray<TransformNode>, over: Partial<PlanGraphRequest> = {}): PlanGraphRequest => ({
  nodes,
  shape,
  lookup,
  parts: [
    { name: "train", split_hash: "1".repeat(64) },
    { name: "test", split_hash: "2".repeat(64) }
  ],
  learns: "train",
  samples: (part) => {
    reads.push(part)
    return Stream.fromIterable(part === "train" ? train : [row("t", [100], "test")])
  },
  ...over
})

export const plan = (nodes: ReadonlyArray<TransformNode>, over: Partial<PlanGraphRequest> = {}): Promise<PlannedGraph> =>
  Effect.runPromise(planGraph(request(nodes, over)))
export const planned = async (nodes: ReadonlyArray<TransformNode>) => {
  const found = await plan(nodes)
  if (!found.ok) throw new Error(JSON.stringify(found.diagnostics))
  return found
}
/** Code and field of every finding. */
export const findings = async (
  nodes: ReadonlyArray<TransformNode>,
  over: Partial<PlanGraphRequest> = {}
): Promise<ReadonlyArray<string>> => {
  const found = await plan(nodes, over)
  return found.ok ? [] : found.diagnostics.map(({ code, field }) => `${code} ${field}`)
}
export const failure = async (effect: Effect.Effect<unknown, TrainerError>): Promise<readonly [string, Diagnostic]> => {
  const { reason, diagnostics } = await Effect.runPromise(Effect.flip(effect))
  return [reason, diagnostics[0]]
}
export const rngs =
  (sample: string, asked: Array<number> = []) =>
  (index: number): Rng => {
    asked.push(index)
    return SeedTree.root("world").child(`transforms/${index}/epoch-0/${sample}`).random()
  }
export const open = (pinned: ReadonlyArray<PinnedNode>, fitted: (sha256: string) => unknown, over: { readonly shape?: SampleShape } = {}) =>
  openGraph({ pinned, shape, lookup, fitted: (sha256) => Effect.sync(() => fitted(sha256)), ...over })
