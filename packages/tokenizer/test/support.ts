/** What the tests of this package share: files of golden/, seeded chance, results unwrapped. */
import { readFileSync } from "node:fs"
import { Result } from "effect"
import type { Diagnostic, TrainerError } from "../../contracts/src/index.ts"
import { type Random, SeedTree } from "../../determinism/src/index.ts"

export const isFull = process.env.FEAGI_TRAINER_TEST_FULL === "1"

export const golden = (name: string): string => readFileSync(new URL(`golden/${name}`, import.meta.url), "utf8")

export const randomOf = (name: string): Random => SeedTree.root(11).child(name).random()

/** The value of a success; a failure is thrown with all it says. */
export const succeeded = <A>(result: Result.Result<A, TrainerError>): A => {
  if (Result.isFailure(result)) throw new Error(result.failure.message)
  return result.success
}

/** The findings of a failure. */
export const findingsOf = <A>(result: Result.Result<A, TrainerError>): ReadonlyArray<Diagnostic> => {
  if (Result.isSuccess(result)) throw new Error("this should have been refused")
  return result.failure.diagnostics
}

/** Any string of JavaScript, lone surrogates, controls, white space and signs of markup among it. */
export const anyText = (random: Random, longest: number): string => {
  const length = random.below(longest + 1)
  const kind = random.below(6)
  let text = ""
  while (text.length < length) {
    if (kind === 0) text += String.fromCharCode(random.below(0x10000))
    else if (kind === 1) text += String.fromCodePoint(random.below(0x110000))
    else if (kind === 2) text += random.choice([" ", "  ", "\n", "\r\n", "\t", "\u0085", "\u3000", "a", "1"])
    else if (kind === 3) text += String.fromCharCode(0xd700 + random.below(0x1000))
    else if (kind === 4)
      text += random.choice(["<|endoftext|>", "<|", "neurons", "é", "e\u0301", "'s", "'LL", "ſ", "Ġ", "👩🏽‍🔬", "\ufeff"])
    else text += String.fromCharCode(random.below(0x250))
  }
  return text
}
