/**
 * Samples of a run as examples of a stage. A text is its bytes in UTF-8, each a token from 0 to 255; a table is its row of numbers.
 *
 * Sharp edge: the first `max_bytes` bytes of a text are what the model sees, so that a character may be cut in its middle.
 */
import { type ClassLabel, type Diagnostic, type IRSample, type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import type { ClassDataset, Dataset, EnvironmentDataset, PreferenceExample } from "@feagi-trainer/training-stages"
import { Effect } from "effect"
import type { Examples } from "./Section.ts"

export interface ReaderRequest {
  readonly examples: Examples
  /** Of a text. */
  readonly max_bytes: number
  readonly classes: ReadonlyArray<ClassLabel>
}

type Input = ClassDataset["train"][number]["input"]

/** A pair as it stands in a text, whichever of the two is preferred. */
export interface Pair {
  readonly prompt: ReadonlyArray<number>
  readonly a: ReadonlyArray<number>
  readonly b: ReadonlyArray<number>
}

const utf8 = new TextEncoder()
const tokensOf = (text: string): ReadonlyArray<number> => Array.from(utf8.encode(text))

const wrong = (sample: IRSample, message: string, expected: string, actual: string): TrainerError =>
  trainerError("invalid", {
    code: "stages/SAMPLE",
    sample_id: sample.sample_id,
    message,
    expected,
    actual,
    help: "correct the sample, leave it out, or put a transform before the learner"
  })

const payloadOf = ({ payload }: IRSample): string => `a payload of ${Object.keys(payload).join(", ")}`

const text = (sample: IRSample): Effect.Effect<string, TrainerError> =>
  "text" in sample.payload ? Effect.succeed(sample.payload.text) : Effect.fail(wrong(sample, "is no text", "a text", payloadOf(sample)))

const bytesOf = (sample: IRSample, whole: string, max_bytes: number, least: number): Effect.Effect<ReadonlyArray<number>, TrainerError> => {
  const tokens = tokensOf(whole).slice(0, max_bytes)
  return tokens.length < least
    ? Effect.fail(wrong(sample, "is too short", `at least ${least} bytes`, String(tokens.length)))
    : Effect.succeed(tokens)
}

const rowOf = (sample: IRSample): Effect.Effect<ReadonlyArray<number>, TrainerError> =>
  "tabular" in sample.payload
    ? Effect.succeed(sample.payload.tabular)
    : Effect.fail(wrong(sample, "is no row of numbers", "a table", payloadOf(sample)))

/** What the model is asked with for a class. */
export const classInput = (sample: IRSample, max_bytes: number): Effect.Effect<Input, TrainerError> =>
  "text" in sample.payload
    ? Effect.map(bytesOf(sample, sample.payload.text, max_bytes, 1), (tokens) => ({ tokens }))
    : Effect.map(rowOf(sample), (features) => ({ features }))

const isText = (value: unknown): value is string => typeof value === "string" && value.length > 0

const parsed = (source: string): unknown => {
  try {
    return JSON.parse(source)
  } catch {
    return undefined
  }
}

/** The pair of a text `{"prompt": …, "a": …, "b": …}`, each part being no longer than the limit. */
export const pairOf = (sample: IRSample, max_bytes: number): Effect.Effect<Pair, TrainerError> =>
  Effect.gen(function* () {
    const source = yield* text(sample)
    const found = parsed(source)
    const { prompt, a, b, ...more } = (typeof found === "object" && found !== null ? found : {}) as Readonly<Record<string, unknown>>
    if (!isText(prompt) || !isText(a) || !isText(b) || Object.keys(more).length > 0)
      return yield* wrong(sample, "is no pair", 'the JSON text {"prompt", "a", "b"} of three texts that are not empty', source.slice(0, 80))
    const [head, one, two] = [prompt, a, b].map((part) => tokensOf(part).slice(0, max_bytes))
    return { prompt: head ?? [], a: one ?? [], b: two ?? [] }
  })

/** The initial-state index that a sample is. */
export const indexOf = (sample: IRSample): Effect.Effect<number, TrainerError> =>
  Effect.flatMap(rowOf(sample), (row) => {
    const [index] = row
    return row.length === 1 && index !== undefined && Number.isSafeInteger(index) && index >= 0
      ? Effect.succeed(index)
      : Effect.fail(wrong(sample, "is no initial-state index", "one integer from 0", JSON.stringify(row)))
  })

const labelOf = (sample: IRSample, classes: ReadonlyArray<ClassLabel>): Effect.Effect<number, TrainerError> => {
  const { target } = sample
  const at = target !== null && "class" in target ? classes.findIndex(({ class_id }) => class_id === target.class.class_id) : -1
  return at >= 0
    ? Effect.succeed(at)
    : Effect.fail(wrong(sample, "has no class to be learnt", `a target that is one of ${classes.length} classes`, JSON.stringify(target)))
}

/** As many findings as a person reads at once. */
const shown = 20

/** One example of each sample, or what is wrong with the first of those that are none. */
const each = <A>(
  samples: ReadonlyArray<IRSample>,
  example: (sample: IRSample) => Effect.Effect<A, TrainerError>
): Effect.Effect<ReadonlyArray<A>, TrainerError> =>
  Effect.gen(function* () {
    const examples: Array<A> = []
    const found: Array<Diagnostic> = []
    for (const sample of samples) {
      if (found.length >= shown) break
      const error = yield* Effect.match(example(sample), {
        onFailure: ({ diagnostics }) => diagnostics,
        onSuccess: (value) => {
          examples.push(value)
          return []
        }
      })
      found.push(...error)
    }
    return found.length > 0 ? yield* trainerErrors("invalid", found) : examples
  })

/** What an environment is without the indices of its training. */
export type World = Pick<EnvironmentDataset, "environment" | "options">

/** The training part as the dataset of a stage; its evaluation part is empty, because the run has phases for that. */
export const datasetOf = (
  samples: ReadonlyArray<IRSample>,
  { examples, max_bytes, classes }: ReaderRequest,
  world: World | undefined
): Effect.Effect<Dataset, TrainerError> =>
  Effect.gen(function* () {
    switch (examples) {
      case "classes": {
        const train = yield* each(samples, (sample) =>
          Effect.map(Effect.all([classInput(sample, max_bytes), labelOf(sample, classes)]), ([input, label]) => ({ input, class: label }))
        )
        return { kind: "classification", train, evaluation: [] }
      }
      case "sequences": {
        const train = yield* each(samples, (sample) =>
          Effect.map(
            Effect.flatMap(text(sample), (whole) => bytesOf(sample, whole, max_bytes, 2)),
            (tokens) => ({ tokens })
          )
        )
        return { kind: "sequence", train, evaluation: [] }
      }
      case "prompts": {
        const train = yield* each(samples, (sample) =>
          Effect.map(
            Effect.flatMap(text(sample), (whole) => bytesOf(sample, whole, max_bytes, 1)),
            (prompt) => ({ prompt })
          )
        )
        return { kind: "prompt", train, evaluation: [] }
      }
      case "preferences": {
        const train = yield* each(samples, (sample) =>
          Effect.map(
            Effect.all([pairOf(sample, max_bytes), labelOf(sample, classes)]),
            ([{ prompt, a, b }, label]): PreferenceExample =>
              classes[label]?.label === "a" ? { prompt, chosen: a, rejected: b } : { prompt, chosen: b, rejected: a }
          )
        )
        return { kind: "preference", train, evaluation: [] }
      }
      case "initial-states": {
        if (world === undefined) return yield* Effect.die(new Error("a section of rl has an environment"))
        return { kind: "environment", ...world, initial_states: yield* each(samples, indexOf) }
      }
    }
  })
