/**
 * Everything that decides which ids a text has, as plain data.
 *
 * Sharp edge: nothing of it is checked here; what reads or trains one does that.
 */
import type { AddedToken } from "./AddedTokens.ts"
import type { Merge } from "./MergeTable.ts"
import type { SplitRule } from "./PreTokenizer.ts"

export interface BpeSpecification {
  readonly normalizer: "none" | "nfc"
  /** Applied one after the other; none of them makes a whole text one word. */
  readonly splits: ReadonlyArray<SplitRule>
  /** Tokens of the model by id, as byte symbols (see `ByteSymbols.ts`). A token that is also an added one stands here as its content. */
  readonly vocabulary: ReadonlyArray<string>
  readonly merges: ReadonlyArray<Merge>
  /** Whether a word that is a token as a whole is that token, whatever its merges would make of it. */
  readonly ignoreMerges: boolean
  readonly added: ReadonlyArray<AddedToken>
  /** What a complete input has before and after its ids, such as `<|begin_of_text|>`. */
  readonly template: { readonly before: ReadonlyArray<number>; readonly after: ReadonlyArray<number> }
}
