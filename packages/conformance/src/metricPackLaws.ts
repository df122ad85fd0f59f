/**
 * The laws of a metric pack: a monoid whose result is measured, never invented.
 *
 * Sharp edge: results are compared to the last bit. A pack that adds up floating-point numbers breaks "order does not matter"; count
 * integers, or sum exactly (`ExactSum` of @feagi-trainer/determinism), and divide once, at the end.
 */
import {
  directionOf,
  type EntryManifest,
  isAbstain,
  isInsufficient,
  type MetricContext,
  type MetricPack,
  type MetricResult,
  type MetricValue,
  type Rng,
  type Scored,
  showValue
} from "@feagi-trainer/contracts"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { atomLaws } from "./atomLaws.ts"
import { breakLaw, expectDifferent, expectSame, expectThrow, plain } from "./Broken.ts"
import { casesOf, rngOf, suiteSeed } from "./Cases.ts"
import { entryLaw } from "./EntryLaw.ts"
import { fileLaws, type MetricFilesCase } from "./fileLaws.ts"
import type { Law } from "./Law.ts"
import { decodedOptions, optionsLaw } from "./Options.ts"
import { answeredSamples, foreignAnswer, undeclaredClass } from "./Samples.ts"

/** Values that were computed elsewhere: by hand, by another library, in a paper. */
export interface MetricReference {
  readonly name: string
  readonly samples: ReadonlyArray<Scored>
  /** Every name has to occur in the result; the result may have more. */
  readonly values: Readonly<Record<string, MetricValue>>
  /** Largest absolute difference of a number; 0 is bit for bit. */
  readonly tolerance: number
}

export interface MetricPackSubject<Options, State, FileOptions = unknown> {
  readonly pack: MetricPack<Options, State, FileOptions>
  /** As they stand in a run file. */
  readonly options: unknown
  readonly context: MetricContext
  /** Draws samples that the pack has to be able to score, abstentions among them. Any number, none included. */
  readonly scored: (rng: Rng) => ReadonlyArray<Scored>
  readonly reference?: ReadonlyArray<MetricReference>
  /** Files in the form that the pack reads, small ones: each is damaged in every way. The laws about files need at least one. */
  readonly files?: ReadonlyArray<MetricFilesCase>
  readonly manifest?: EntryManifest
  /** Other draws than those of the suite. */
  readonly seed?: string
}

const badNumber = (value: unknown, path: string): string | undefined => {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `${path} = ${value}`
  if (typeof value !== "object" || value === null) return undefined
  for (const [key, inner] of Object.entries(value)) {
    const found = badNumber(inner, `${path}.${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

/** Left out one by one as long as the check still fails, so that the message shows few samples. At most 200 tries. */
const smallest = (samples: ReadonlyArray<Scored>, fails: (samples: ReadonlyArray<Scored>) => boolean): ReadonlyArray<Scored> => {
  let kept = samples
  let tries = 0
  for (let at = 0; at < kept.length && tries < 200; tries += 1) {
    const fewer = kept.filter((_, index) => index !== at)
    if (fails(fewer)) kept = fewer
    else at += 1
  }
  return kept
}

/** The sample as it would be without an answer. */
const silenced = ({ scores: _, ...sample }: Scored): Scored => ({ ...sample, prediction: { abstain: { reason: "silent" } } })

const showSamples = (samples: ReadonlyArray<Scored>): string =>
  samples.map(({ target, prediction, scores }) => JSON.stringify({ target, prediction, scores })).join("\n    ")

/**
 * The laws for this pack under these options and this context. Laws about classes are left out where the output type is another one or
 * fewer than two classes are declared; those about atoms and files where the pack has none or no file is given; the law about the manifest
 * where none is given.
 */
export const metricPackLaws = <Options, State, FileOptions>(
  subject: MetricPackSubject<Options, State, FileOptions>
): ReadonlyArray<Law> => {
  const { pack, context } = subject
  const { atoms, files } = pack
  const seed = subject.seed ?? suiteSeed
  const open = pack as unknown as MetricPack<never, never>
  const options = (): Options => decodedOptions(pack.decodeOptions, subject.options)

  /** Each fold is started, filled and read before the next one starts; only the law about instances does otherwise. */
  const stateOf = (samples: ReadonlyArray<Scored>): State => {
    const fold = pack.start(options(), context)
    return samples.reduce(fold.add, fold.empty)
  }
  const read = (state: State): MetricResult => pack.start(options(), context).result(state)
  const resultOf = (samples: ReadonlyArray<Scored>): MetricResult => {
    const fold = pack.start(options(), context)
    return fold.result(samples.reduce(fold.add, fold.empty))
  }
  const encode = (what: string, state: State, from: string): unknown => {
    const encoded = Schema.encodeUnknownResult(pack.state)(state)
    return Result.isSuccess(encoded)
      ? encoded.success
      : breakLaw(what, "a state that its own schema encodes", String(encoded.failure), from)
  }

  /** One law over all cases; a failing case is made small before it is shown. */
  const forCases = (name: string, check: (samples: ReadonlyArray<Scored>, rng: () => Rng, from: string) => void): Law => ({
    name,
    check: () => {
      for (const [index, { rng, from }] of casesOf(seed).entries()) {
        const samples = subject.scored(rng)
        const again = () => rngOf(seed, `law-${index}`)
        const failure = (some: ReadonlyArray<Scored>): { readonly error: unknown } | undefined => {
          try {
            check(some, again, from)
            return undefined
          } catch (error) {
            return { error }
          }
        }
        const found = failure(samples)
        if (found === undefined) continue
        const few = smallest(samples, (some) => failure(some) !== undefined)
        check(few, again, `${from}, made small:\n    ${showSamples(few)}`)
        // It failed, and now it does not: a pack with a memory. The first failure stands.
        throw found.error
      }
    }
  })

  const classes = context.output_type === "class" && context.classes.length > 1 ? context.classes : undefined

  return [
    optionsLaw(pack.decodeOptions, subject.options),
    {
      name: "the output type of the context is among those that the pack declares",
      check: () => {
        const type = typeof context.output_type === "string" ? context.output_type : context.output_type.custom
        if (!pack.output_types.includes(type)) breakLaw("output_types", `a list with ${type}`, showValue(pack.output_types))
      }
    },
    {
      name: "the signature is one line of text and the same every time",
      check: () => {
        const first = pack.signature(options())
        if (!/^\S.*$/.test(first) || /[\r\n]/.test(first)) breakLaw("signature(options)", "one line that is not empty", showValue(first))
        expectSame("signature(options), asked twice", first, pack.signature(options()))
      }
    },
    {
      name: "nothing scored is no measurement",
      check: () => {
        const { values } = resultOf([])
        for (const [name, value] of Object.entries(values)) {
          if (isInsufficient(value)) continue
          if (directionOf(open, name) !== undefined)
            breakLaw(`the value "${name}" of no sample`, "{insufficient: why}, or no such value", String(value))
          if (value !== 0) breakLaw(`the value "${name}" of no sample, which has no direction and so counts something`, "0", String(value))
        }
      }
    },
    forCases("shards that are merged give what one pass gives", (samples, rng, from) => {
      const draw = rng()
      const cuts = [draw.below(samples.length + 1), draw.below(samples.length + 1)].sort((left, right) => left - right)
      const [first = 0, second = 0] = cuts
      const shards = [samples.slice(0, first), samples.slice(first, second), samples.slice(second)].map(stateOf)
      const whole = read(stateOf(samples))
      const [a, b, c] = shards
      if (a === undefined || b === undefined || c === undefined) return
      const { merge } = pack.start(options(), context)
      const sizes = `${first}, ${second - first} and ${samples.length - second} samples`
      expectSame(`merge(merge(a, b), c) of shards of ${sizes}, against one pass`, whole, read(merge(merge(a, b), c)), from)
      expectSame(`merge(a, merge(b, c)) of shards of ${sizes}, against one pass`, whole, read(merge(a, merge(b, c))), from)
    }),
    forCases("the order of the samples does not matter", (samples, rng, from) => {
      expectSame("the result of the samples in another order", resultOf(samples), resultOf(rng().shuffle(samples)), from)
    }),
    forCases("a state survives JSON and goes on as if nothing had happened", (samples, rng, from) => {
      const cut = rng().below(samples.length + 1)
      const before = stateOf(samples.slice(0, cut))
      const encoded = encode(`the state after ${cut} samples`, before, from)
      const text = plain("the encoded state", encoded, from)
      const back: unknown = JSON.parse(JSON.stringify(encoded))
      if (plain("the encoded state", back, from) !== text) expectSame("the encoded state, through JSON text", encoded, back, from)
      const decoded = Schema.decodeUnknownResult(pack.state)(back)
      if (!Result.isSuccess(decoded)) return breakLaw("the encoded state, read back", "a state", String(decoded.failure), from)
      const fold = pack.start(options(), context)
      const after = fold.result(samples.slice(cut).reduce(fold.add, decoded.success))
      expectSame(`the result when the state is stored and read back after ${cut} samples`, resultOf(samples), after, from)
    }),
    forCases("add and merge leave what they are given as it is", (samples, _rng, from) => {
      const fold = pack.start(options(), context)
      const given = structuredClone(samples)
      const state = given.slice(1).reduce(fold.add, fold.empty)
      const [first] = given
      if (first === undefined) return
      const shown = (): ReadonlyArray<unknown> => [encode("the state", state, from), encode("the empty state", fold.empty, from), given]
      const before = structuredClone(shown())
      const more = fold.add(state, first)
      expectSame("state, empty state and samples after one more add()", before, shown(), from)
      fold.merge(state, more)
      fold.merge(more, state)
      expectSame("state, empty state and samples after merge()", before, shown(), from)
    }),
    forCases("two folds do not know of each other", (samples, _rng, from) => {
      const alone = resultOf(samples)
      const left = pack.start(options(), context)
      const right = pack.start(options(), context)
      let leftState = left.empty
      let rightState = right.empty
      for (const sample of samples) {
        leftState = left.add(leftState, sample)
        rightState = right.add(right.add(rightState, sample), sample)
      }
      expectSame("a fold beside which another one was filled", alone, left.result(leftState), from)
      expectSame(
        "a fold that was filled beside another one",
        resultOf(samples.flatMap((each) => [each, each])),
        right.result(rightState),
        from
      )
    }),
    forCases("every number of a result is finite, and every other value says what is missing", (samples, _rng, from) => {
      // Denominators run empty where nothing was answered and where there is but one sample.
      for (const some of [samples, samples.map(silenced), ...samples.map((each) => [each])]) {
        const result = resultOf(some)
        const bad = badNumber(result, "$")
        if (bad !== undefined)
          breakLaw(`the result of ${some.length} samples`, "finite numbers, {insufficient: why} or, in a figure, null", bad, from)
        for (const [name, value] of Object.entries(result.values))
          if (typeof value !== "number" && !(typeof value?.insufficient === "string" && value.insufficient !== ""))
            breakLaw(`the value "${name}" of ${some.length} samples`, "a number or {insufficient: why}", showValue(value), from)
      }
    }),
    forCases("figures are plain data with an id of their own, a title and a description", (samples, _rng, from) => {
      const { figures } = resultOf(samples)
      plain("the figures", figures, from)
      const ids = figures.map(({ id }) => id)
      if (new Set(ids).size !== ids.length) breakLaw("the ids of the figures", "each id once", ids.join(", "), from)
      for (const { id, title, description } of figures)
        if (id === "" || title === "" || description === "")
          breakLaw("a figure", "an id, a title and a description", showValue({ id, title, description }), from)
    }),
    forCases("a signature of its own is one line, and that of a value", (samples, _rng, from) => {
      const { values, signatures = {} } = resultOf(samples)
      for (const [name, text] of Object.entries(signatures)) {
        if (!Object.hasOwn(values, name))
          breakLaw(`the signature of "${name}"`, `one of ${Object.keys(values).join(", ")}`, "no such value", from)
        if (!/^\S.*$/.test(text) || /[\r\n]/.test(text))
          breakLaw(`the signature of "${name}"`, "one line that is not empty", showValue(text), from)
      }
    }),
    {
      name: "every direction is that of a value",
      check: () => {
        const names = new Set(
          [subject.scored(rngOf(seed, "directions")), []]
            .flatMap((samples) => Object.keys(resultOf(samples).values))
            .flatMap((name) => [name, name.split("/")[0] ?? name])
        )
        for (const name of Object.keys(pack.directions))
          if (!names.has(name)) breakLaw(`the direction of "${name}"`, `one of ${[...names].join(", ")}`, "no such value")
      }
    },
    ...(pack.shares === undefined
      ? []
      : [
          forCases("every share is a whole number of all samples", (samples, _rng, from) => {
            const { values } = resultOf(samples)
            for (const name of pack.shares ?? []) {
              const value = values[name]
              if (value === undefined) breakLaw(`the share "${name}"`, "a value of this name", "none", from)
              if (value === undefined || isInsufficient(value)) continue
              const count = value * samples.length
              if (!(Math.abs(count - Math.round(count)) <= 1e-9 * Math.max(1, samples.length)))
                breakLaw(`the share "${name}" of ${samples.length} samples`, "a whole number of them", `${value}, which is ${count}`, from)
            }
          })
        ]),
    forCases("an abstention is counted", (samples, _rng, from) => {
      const asked = samples.map(silenced)
      if (asked.length === 0) return
      expectDifferent(
        `the result of ${asked.length} samples without an answer, against that of no sample`,
        "that unanswered samples show in the result",
        resultOf([]),
        resultOf(asked),
        from
      )
    }),
    ...(classes === undefined
      ? []
      : [
          {
            name: "an abstention is no answer of the first class",
            check: () => {
              const asked = answeredSamples(classes)
              const silent = asked.map((each, index) => (index % 2 === 1 ? each : silenced(each)))
              const first = asked.map((each, index): Scored => (index % 2 === 1 ? each : (answeredSamples(classes, 0)[index] ?? each)))
              expectDifferent(
                "every other sample abstained from, against answered with the first class",
                "two results that differ",
                resultOf(silent),
                resultOf(first)
              )
            }
          },
          {
            name: "a class that is not declared is refused by the id of its sample",
            check: () => {
              for (const [side, sample] of undeclaredClass(classes)) {
                const message = expectThrow(`a ${side} of a class that is not declared`, "a RangeError that names the sample", () =>
                  resultOf([sample])
                )
                if (!message.includes(sample.sample_id))
                  breakLaw(`the refusal of a ${side} of a class that is not declared`, `the id ${sample.sample_id} in it`, message)
              }
            }
          }
        ]),
    {
      name: "an answer of another type is refused by the id of its sample",
      check: () => {
        const sample = casesOf(seed)
          .flatMap(({ rng }) => subject.scored(rng))
          .find(({ prediction }) => !isAbstain(prediction))
        if (sample === undefined) return breakLaw("scored(rng)", "samples with answers", "nothing but abstentions")
        const foreign = foreignAnswer(sample)
        const message = expectThrow("an answer of a type that nobody knows", "a RangeError that names the sample", () =>
          resultOf([foreign])
        )
        if (!message.includes(foreign.sample_id))
          breakLaw("the refusal of an answer of a type that nobody knows", `the id ${foreign.sample_id} in it`, message)
      }
    },
    ...(subject.reference ?? []).map(
      ({ name, samples, values, tolerance }): Law => ({
        name: `equals its reference: ${name}`,
        check: () => {
          const result = resultOf(samples).values
          for (const [key, expected] of Object.entries(values)) {
            const actual = result[key]
            const same =
              typeof expected === "number"
                ? typeof actual === "number" && Math.abs(actual - expected) <= tolerance
                : actual !== undefined && typeof actual !== "number" && actual.insufficient === expected.insufficient
            if (!same)
              breakLaw(
                `the value "${key}" of the reference "${name}"`,
                `${showValue(expected)} (tolerance ${tolerance})`,
                showValue(actual)
              )
          }
        }
      })
    ),
    ...(atoms === undefined
      ? []
      : atomLaws({ atoms: (samples) => atoms(options(), context, samples), fold: (samples) => resultOf(samples).values, forCases })),
    ...(files === undefined || subject.files === undefined || subject.files.length === 0
      ? []
      : fileLaws({
          packId: pack.id,
          files,
          cases: subject.files,
          score: (given, about, samples) => {
            const fold = pack.start(given, about)
            return fold.result(samples.reduce(fold.add, fold.empty))
          },
          signature: pack.signature
        })),
    ...entryLaw(pack, subject.manifest)
  ]
}
