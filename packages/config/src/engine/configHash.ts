/**
 * `config_hash`: the SHA-256 that says whether two configurations are the same one. It covers the whole engine file with the files that it
 * names in their places, and the hashes of the id lists of the split where they are known.
 *
 * Sharp edge: a hash with id lists and one without them are different hashes of the same file; compare like with like.
 */
import { trainerErrors } from "@feagi-trainer/contracts"
import { hashOf } from "@feagi-trainer/determinism"
import { Code } from "../Code.ts"
import type { LoadedEngine } from "./loadEngine.ts"

/** SHA-256 (64 lower-case hex digits) of the id list of each part, by name: `split_hash` of a made split. */
export type SplitHashes = Readonly<Record<string, string>>

/**
 * SHA-256 over the canonical JSON of `{"config": …, "splits": …}`: the configuration as it was written, and the hashes or `null`. Order of
 * keys, comments, format, the spelling of numbers and whether a part stands in a file of its own change nothing.
 *
 * Throws `TrainerError` (invalid, FT1004) when a hash is none, or when a part is named that `fractions` does not have.
 */
export const configHash = (engine: LoadedEngine, splits?: SplitHashes): string => {
  const parts = engine.config.dataset.splits.fractions
  const wrong = Object.entries(splits ?? {}).flatMap(([part, hash]) => [
    ...(/^[0-9a-f]{64}$/.test(hash)
      ? []
      : [
          {
            field: `splits.${part}`,
            message: "is no hash of an id list",
            expected: "64 lower-case hex digits",
            actual: JSON.stringify(hash)
          }
        ]),
    // `given` may leave it to the data which parts there are
    ...(parts === undefined || engine.config.dataset.splits.method === "given" || Object.hasOwn(parts, part)
      ? []
      : [
          {
            field: `splits.${part}`,
            message: "the split makes no such part",
            expected: Object.keys(parts).sort().join(" or "),
            actual: JSON.stringify(part)
          }
        ])
  ])
  if (wrong.length > 0)
    throw trainerErrors(
      "invalid",
      wrong.map((each) => ({ severity: "error", code: Code.wrongValue, ...each }))
    )
  return hashOf({ config: engine.document.value, splits: splits ?? null })
}
