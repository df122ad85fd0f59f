/**
 * How much of a document is read before it is refused, so that time and memory are bounded on any input. Every refusal names the
 * limit, what it is, and what came.
 */

export interface Limits {
  /** The longest text, in UTF-8 bytes. */
  readonly maxBytes: number
  /** The deepest nesting of tables and arrays; the document itself is the first level. */
  readonly maxDepth: number
  /** Tables, arrays and values together. */
  readonly maxNodes: number
  /** Nodes that YAML aliases may add to those that are written out. */
  readonly maxAliasNodes: number
  /** Words, marks, line ends and comments of a YAML text; its parser keeps something for each of them. */
  readonly maxTokens: number
  /** Digits of one number, because reading digits is quadratic in their count. */
  readonly maxDigits: number
}

export const defaultLimits: Limits = {
  maxBytes: 8 * 1024 * 1024,
  maxDepth: 64,
  maxNodes: 100_000,
  maxAliasNodes: 10_000,
  maxTokens: 250_000,
  maxDigits: 4096
}

/** Ends a reading at the place where a limit is passed. */
export class LimitPassed extends Error {
  override readonly name = "LimitPassed"
  readonly offset: number
  readonly help: string

  constructor(message: string, help: string, offset: number) {
    super(message)
    this.offset = offset
    this.help = help
  }
}

export const tooDeep = (limits: Limits, offset: number): LimitPassed =>
  new LimitPassed(`nested deeper than ${limits.maxDepth} levels (limit maxDepth)`, "flatten the document", offset)

export const tooMany = (limits: Limits, offset: number): LimitPassed =>
  new LimitPassed(`more than ${limits.maxNodes} values (limit maxNodes)`, "keep data in a dataset; a document only names it", offset)

export const tooManyDigits = (limits: Limits, digits: number, offset: number): LimitPassed =>
  new LimitPassed(
    `a number of ${digits} characters; at most ${limits.maxDigits} are read (limit maxDigits)`,
    "write it as a string in quotes",
    offset
  )

/** The UTF-8 length of a well-formed text, counted without making the bytes. */
export const utf8Length = (text: string): number => {
  let bytes = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    // each half of a surrogate pair stands for two of its four bytes
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 2 : 3
  }
  return bytes
}
