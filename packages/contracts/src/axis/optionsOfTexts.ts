/**
 * Options as a command line has them (`--option name=value`), every value a text: `true`, `false` and decimal numbers become what they
 * say, and everything else stays a text.
 *
 * Sharp edge: nothing is refused here. A text where a number belongs is refused by the decoder of the options, under its name; so are
 * `0x1`, `01`, `1,5`, ` 1` and `NaN`, which are no decimal numbers.
 */
import type { OptionsDecoder } from "./Options.ts"

const decimal = /^-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/

const read = (text: unknown): unknown => {
  if (text === "true") return true
  if (text === "false") return false
  return typeof text === "string" && decimal.test(text) ? Number(text) : text
}

/**
 * The decoder for the texts of a command line.
 *
 * @param decode of the options as a document has them
 * @param texts names of the options whose value is a text even if it looks like a number
 */
export const optionsOfTexts =
  <Options>(decode: OptionsDecoder<Options>, texts: ReadonlyArray<string> = []): OptionsDecoder<Options> =>
  (input) =>
    typeof input === "object" && input !== null
      ? decode(Object.fromEntries(Object.entries(input).map(([name, text]) => [name, texts.includes(name) ? text : read(text)])))
      : decode(input)
