/**
 * The options of the pack `sequence`: those of sacreBLEU, under the names of its command line. What is left out has the value that
 * sacreBLEU gives it, and stands in the signature like what is written.
 *
 * Sharp edge: `tokenize`, `smooth_…`, `lowercase` and `effective_order` are about BLEU alone; chrF and TER have their own.
 */
import { type OptionsDecoder, optionsFrom } from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { BleuTokenizer } from "./BleuTokenizers.ts"

const flag = Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false)))

const wholeFrom = (least: number, most: number, missing: number) =>
  Schema.Int.check(Schema.isGreaterThanOrEqualTo(least), Schema.isLessThanOrEqualTo(most)).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(missing))
  )

const Fields = Schema.Struct({
  /** Tokeniser of BLEU. */
  tokenize: BleuTokenizer.pipe(Schema.withDecodingDefaultKey(Effect.succeed("13a" as const))),
  /** What BLEU does about an order without a match (Chen and Cherry 2014): `exp` halves, `floor` and `add-k` put in `smooth_value`. */
  smooth_method: Schema.Literals(["exp", "floor", "add-k", "none"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("exp" as const))),
  /** 0.1 for `floor` and 1 for `add-k` when it is left out. */
  smooth_value: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
  /** BLEU in lower case. */
  lowercase: flag,
  /** BLEU of the orders only that the answers are long enough for: for single segments, not for a corpus. */
  effective_order: flag,
  chrf_char_order: wholeFrom(1, 32, 6),
  /** 2 is chrF++. */
  chrf_word_order: wholeFrom(0, 32, 0),
  chrf_beta: wholeFrom(1, 1000, 2),
  chrf_whitespace: flag,
  chrf_lowercase: flag,
  chrf_eps_smoothing: flag,
  ter_normalized: flag,
  ter_no_punct: flag,
  ter_asian_support: flag,
  ter_case_sensitive: flag
})

const takesValue = ["floor", "add-k"]

export const TextOptions = Fields.check(
  Schema.makeFilter(({ smooth_method, smooth_value }) =>
    smooth_value === undefined || takesValue.includes(smooth_method)
      ? undefined
      : {
          path: ["smooth_value"],
          issue: `no smooth_value: only smooth_method floor and add-k take one, and it is ${smooth_method}`
        }
  )
)
export type TextOptions = typeof TextOptions.Type

export const decodeTextOptions: OptionsDecoder<TextOptions> = optionsFrom(TextOptions)
