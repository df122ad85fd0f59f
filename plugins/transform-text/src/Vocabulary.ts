/**
 * The tokens that are known: those of the declared part, the frequent ones first, equally frequent ones by code unit, at most so many.
 *
 * Sharp edge: memory grows with the number of different tokens, before the list is cut.
 */
import type { SampleFold, SampleShape, Selected } from "@feagi-trainer/contracts"
import { TrainerError } from "@feagi-trainer/contracts"
import { mistake, readText, refused, textShape } from "./Texts.ts"
import { type TokeniserName, tokenisers } from "./Tokenisers.ts"

export interface Vocabulary {
  readonly tokens: ReadonlyArray<string>
  /** Different tokens that occurred, those that were left out as well. */
  readonly seen: number
}

const byUse = ([left, often]: readonly [string, number], [right, other]: readonly [string, number]): number =>
  other - often || (left < right ? -1 : 1)

export const vocabularyFold = (
  operation: string,
  { tokeniser, max_size }: { readonly tokeniser: TokeniserName; readonly max_size: number },
  shape: SampleShape
): Selected<SampleFold<Vocabulary>> => {
  const texts = textShape(operation, shape)
  if (!texts.ok) return texts
  const counts = new Map<string, number>()
  let broken: TrainerError | undefined
  return {
    ok: true,
    value: {
      add: (sample) => {
        const text = readText(operation, sample)
        if (text instanceof TrainerError) broken ??= text
        else for (const token of tokenisers[tokeniser].tokens(text)) counts.set(token, (counts.get(token) ?? 0) + 1)
      },
      result: () => {
        if (broken !== undefined) return refused(mistake([], broken.message, "texts", `sample ${broken.diagnostics[0].sample_id}`))
        if (counts.size === 0) return refused(mistake([], "there is nothing to learn from", "at least one token", "none"))
        const tokens = [...counts].sort(byUse).slice(0, max_size)
        return { ok: true, value: { tokens: tokens.map(([token]) => token), seen: counts.size } }
      }
    }
  }
}
