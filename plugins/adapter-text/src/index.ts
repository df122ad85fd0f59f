/**
 * Adapter `text`: corpora of texts with classes or labelled tokens, as folders, JSON Lines, tables, lines and token columns.
 *
 * Strict: a byte that the declared encoding does not know is an error with file, line and offset, and no text is trimmed or repaired.
 * Sharp edge: payloads keep the characters of the file, line breaks and Unicode forms too; only hashes look at them in one form.
 */
import { Adapter } from "@feagi-trainer/contracts"
import { discover } from "./Discover.ts"
import { open } from "./Open.ts"
import { decodeOptions, type Options } from "./Options.ts"
import { validate } from "./Validate.ts"

export { TOKEN_LABELS, TokenLabels, tokensOf } from "./TokenLabels.ts"

export const text: Adapter<Options> = Adapter.define<Options>({ id: "text", decodeOptions, discover, validate, open })
