/**
 * `tokenizer.json` of HF tokenizers: the byte-level BPE among them, read and written.
 *
 * Sharp edge: whatever is not known here may change ids, so that every unknown key, kind or value is refused by name and place, also where
 * the other library would pass over it. What would lose a byte (spaces eaten around a token, a vocabulary without some bytes, text cut to a
 * length) is refused too. A pattern is run as it stands: one with nested repetitions can take very long on a text made for it.
 */
import { type Diagnostic, didYouMean, showValue, type TrainerError } from "@feagi-trainer/contracts"
import { Json, type JsonPath, type JsonValue, type Positions } from "@feagi-trainer/determinism"
import * as Result from "effect/Result"
import type { AddedToken } from "./AddedTokens.ts"
import type { BpeSpecification } from "./BpeSpecification.ts"
import { byteSymbols, readsAsOtherBytes } from "./ByteSymbols.ts"
import { type Merge, maxVocabulary } from "./MergeTable.ts"
import { patterns, translatePattern } from "./Pattern.ts"
import type { SplitRule } from "./PreTokenizer.ts"
import { failed } from "./Refusal.ts"

export interface JsonOptions {
  /** Name of the file, for messages. */
  readonly file?: string
  /** Longest text that is read, in UTF-8 bytes; 256 MiB unless told otherwise. */
  readonly maxBytes?: number
}

const defaultMaxBytes = 256 * 2 ** 20
const maxFindings = 50

type Fields = { readonly [key: string]: JsonValue }
type Code = "JSON" | "UNSUPPORTED" | "VOCABULARY"

const isFields = (value: JsonValue | undefined): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value)
const isList = (value: JsonValue | undefined): value is ReadonlyArray<JsonValue> => Array.isArray(value)

class Reader {
  readonly diagnostics: Array<Diagnostic> = []
  readonly #positions: Positions
  readonly #file: string | undefined

  constructor(positions: Positions, file: string | undefined) {
    this.#positions = positions
    this.#file = file
  }

  /** Notes a finding at a path; beyond the fiftieth they are counted in the last. */
  note(code: Code, path: JsonPath, message: string, expected: string, actual: JsonValue | undefined): void {
    const last = this.diagnostics.at(-1)
    if (this.diagnostics.length === maxFindings && last !== undefined) {
      this.diagnostics[maxFindings - 1] = { ...last, count: (last.count ?? 1) + 1 }
      return
    }
    const position = this.#positions.of(path)
    this.diagnostics.push({
      code: `tokenizer/${code}`,
      severity: "error",
      message,
      ...(this.#file === undefined ? {} : { file: this.#file }),
      ...(position === undefined ? {} : { line: position.line, column: position.column }),
      ...(path.length === 0 ? {} : { field: path.join(".") }),
      expected,
      actual: showValue(actual)
    })
  }

  /** The fields of an object without keys that are not known; `undefined` and a finding where there is no object. */
  fields(value: JsonValue | undefined, path: JsonPath, known: ReadonlyArray<string>): Fields | undefined {
    if (!isFields(value)) {
      this.note("JSON", path, "has the wrong type", "an object", value)
      return undefined
    }
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue
      const near = didYouMean(key, known)
      this.note(
        "UNSUPPORTED",
        [...path, key],
        `unknown key "${key}"`,
        near === undefined ? `one of ${known.join(", ")}` : `"${near}"`,
        value[key]
      )
    }
    return value
  }

  /** Notes a value that is none of those allowed; a missing key counts as the first of them where that is null or false. */
  only(owner: Fields, path: JsonPath, key: string, allowed: ReadonlyArray<JsonValue>, why: string): void {
    const value = owner[key]
    if (value === undefined ? allowed.includes(null) || allowed.includes(false) : allowed.includes(value)) return
    this.note("UNSUPPORTED", [...path, key], why, allowed.map(showValue).join(" or "), value)
  }

  flag(owner: Fields, path: JsonPath, key: string): boolean {
    const value = owner[key]
    if (typeof value !== "boolean") this.note("JSON", [...path, key], "has the wrong type", "true or false", value)
    return value === true
  }
}

/** A component, or the components of a `Sequence` of them. */
const components = (
  reader: Reader,
  value: JsonValue | undefined,
  path: JsonPath,
  list: string
): ReadonlyArray<readonly [JsonValue, JsonPath]> => {
  if (value === null || value === undefined) return []
  if (!isFields(value) || value.type !== "Sequence") return [[value, path]]
  reader.fields(value, path, ["type", list])
  const parts = value[list]
  if (!isList(parts)) {
    reader.note("JSON", [...path, list], "has the wrong type", "a list", parts)
    return []
  }
  return parts.map((part, place) => [part, [...path, list, place]])
}

const kindOf = (value: JsonValue): JsonValue | undefined => (isFields(value) ? value.type : undefined)

const unsupported = (reader: Reader, what: string, value: JsonValue, path: JsonPath, supported: string): void =>
  reader.note("UNSUPPORTED", isFields(value) ? [...path, "type"] : path, `this ${what} is not supported`, supported, kindOf(value) ?? value)

const readNormalizer = (reader: Reader, value: JsonValue | undefined): BpeSpecification["normalizer"] => {
  let normalizer: BpeSpecification["normalizer"] = "none"
  for (const [part, path] of components(reader, value, ["normalizer"], "normalizers")) {
    if (kindOf(part) !== "NFC") unsupported(reader, "normalizer", part, path, `null or "NFC"`)
    else reader.fields(part, path, ["type"])
    normalizer = "nfc"
  }
  return normalizer
}

const readPattern = (reader: Reader, value: JsonValue | undefined, path: JsonPath): SplitRule | undefined => {
  const fields = reader.fields(value, path, ["Regex", "String"])
  if (fields === undefined) return undefined
  const { Regex: regex, String: text } = fields
  if (typeof text === "string" && text !== "" && regex === undefined) return { text }
  if (typeof regex !== "string" || text !== undefined) {
    reader.note("JSON", path, "is no pattern", `{"Regex": "…"} or {"String": "…"} with a text that is not empty`, value)
    return undefined
  }
  const translated = translatePattern(regex)
  if (translated.ok) return { regex }
  const { offset, message } = translated.problem
  reader.note("UNSUPPORTED", [...path, "Regex"], `character ${offset} of the pattern: ${message}`, "a pattern that is supported", regex)
  return undefined
}

const readSplit = (reader: Reader, part: JsonValue, path: JsonPath): ReadonlyArray<SplitRule> => {
  const fields = reader.fields(part, path, ["type", "pattern", "behavior", "invert"])
  if (fields === undefined) return []
  reader.only(fields, path, "behavior", ["Isolated"], "a split that removes or joins what it finds is not supported")
  reader.flag(fields, path, "invert")
  const rule = readPattern(reader, fields.pattern, [...path, "pattern"])
  return rule === undefined ? [] : [rule]
}

const readByteLevel = (reader: Reader, part: JsonValue, path: JsonPath): ReadonlyArray<SplitRule> => {
  const fields = reader.fields(part, path, ["type", "add_prefix_space", "trim_offsets", "use_regex"])
  if (fields === undefined) return []
  reader.only(fields, path, "add_prefix_space", [false], "a space that is put before the text does not come off again")
  if (fields.trim_offsets !== undefined) reader.flag(fields, path, "trim_offsets")
  // The key is younger than the component, which always used its pattern before.
  const splits = fields.use_regex === undefined || reader.flag(fields, path, "use_regex")
  return splits ? [{ regex: patterns.gpt2 }] : []
}

const readPreTokenizer = (reader: Reader, value: JsonValue | undefined): ReadonlyArray<SplitRule> => {
  const parts = components(reader, value, ["pre_tokenizer"], "pretokenizers")
  const rules: Array<SplitRule> = []
  for (const [place, [part, path]] of parts.entries()) {
    const kind = kindOf(part)
    if (kind === "Split") rules.push(...readSplit(reader, part, path))
    else if (kind === "ByteLevel") {
      rules.push(...readByteLevel(reader, part, path))
      if (place + 1 < parts.length)
        reader.note("UNSUPPORTED", path, "splits after ByteLevel would see byte symbols instead of text", "ByteLevel last", kind)
    } else unsupported(reader, "pre-tokenizer", part, path, `"Split" and "ByteLevel"`)
  }
  const last = parts.at(-1)
  if (last === undefined || kindOf(last[0]) !== "ByteLevel")
    reader.note(
      "UNSUPPORTED",
      ["pre_tokenizer"],
      "the tokenizer does not work on bytes",
      `"ByteLevel" as the last pre-tokenizer`,
      kindOf(value ?? null) ?? value
    )
  return rules
}

const readDecoder = (reader: Reader, value: JsonValue | undefined): void => {
  const parts = components(reader, value, ["decoder"], "decoders")
  const [first] = parts
  if (parts.length !== 1 || first === undefined || kindOf(first[0]) !== "ByteLevel") {
    reader.note("UNSUPPORTED", ["decoder"], "this decoder is not supported", `"ByteLevel"`, kindOf(value ?? null) ?? value)
    return
  }
  const fields = reader.fields(first[0], first[1], ["type", "add_prefix_space", "trim_offsets", "use_regex"])
  for (const key of ["add_prefix_space", "trim_offsets", "use_regex"]) if (fields?.[key] !== undefined) reader.flag(fields, first[1], key)
}

const idOf = (reader: Reader, value: JsonValue | undefined, path: JsonPath): number | undefined => {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < maxVocabulary) return value
  reader.note("VOCABULARY", path, "is no id", `an integer from 0 to ${maxVocabulary - 1}`, value)
  return undefined
}

const readVocabulary = (reader: Reader, value: JsonValue | undefined): ReadonlyArray<string> => {
  const path = ["model", "vocab"]
  if (!isFields(value)) {
    reader.note("JSON", path, "has the wrong type", "an object from tokens to ids", value)
    return []
  }
  const tokens: Array<string | undefined> = []
  const entries = Object.entries(value)
  for (const [token, written] of entries) {
    const id = idOf(reader, written, [...path, token])
    if (id === undefined) continue
    const other = tokens[id]
    if (other !== undefined) reader.note("VOCABULARY", [...path, token], `has the id of ${showValue(other)}`, "an id of its own", id)
    if (token === "")
      reader.note("VOCABULARY", [...path, token], "an empty token stands for nothing", "a token of at least one byte", token)
    // An id far beyond the others is told as a gap below, and takes no memory.
    if (id < entries.length) tokens[id] = token
  }
  const found = Array.from({ length: entries.length }, (_, id) => tokens[id])
  const gap = found.indexOf(undefined)
  if (gap !== -1)
    reader.note(
      "VOCABULARY",
      path,
      `no token has the id ${gap}`,
      `each id from 0 to ${entries.length - 1} once`,
      `${entries.length} tokens`
    )
  const missing = byteSymbols.filter((symbol) => !Object.hasOwn(value, symbol))
  if (missing.length > 0)
    reader.note(
      "VOCABULARY",
      path,
      `${missing.length} of the 256 bytes have no token, so that text would be lost`,
      "all byte symbols",
      missing.join("")
    )
  return found.map((token) => token ?? "")
}

const readMerges = (reader: Reader, value: JsonValue | undefined, vocabulary: ReadonlyArray<string>): ReadonlyArray<Merge> => {
  const path = ["model", "merges"]
  if (!isList(value)) {
    reader.note("JSON", path, "has the wrong type", "a list of pairs", value)
    return []
  }
  const ids = new Map(vocabulary.map((token, id) => [token, id]))
  const seen = new Map<number, number>()
  const merges: Array<Merge> = []
  for (const [place, written] of value.entries()) {
    const parts = typeof written === "string" ? written.split(" ") : isList(written) ? written : []
    const [first, second] = parts
    if (parts.length !== 2 || typeof first !== "string" || typeof second !== "string" || first === "" || second === "") {
      reader.note("VOCABULARY", [...path, place], "is no merge", `two tokens, as "a b" or ["a", "b"]`, written)
      continue
    }
    const [left, right, token] = [ids.get(first), ids.get(second), ids.get(first + second)]
    for (const [name, id] of [[first, left] as const, [second, right] as const, [first + second, token] as const])
      if (id === undefined)
        reader.note("VOCABULARY", [...path, place], `the merge needs the token ${showValue(name)}`, "tokens of the vocabulary", written)
    if (left === undefined || right === undefined || token === undefined) continue
    const key = left * maxVocabulary + right
    const earlier = seen.get(key)
    if (earlier !== undefined)
      reader.note("VOCABULARY", [...path, place], `the merge stands at place ${earlier} too`, "each merge once", written)
    seen.set(key, place)
    merges.push({ left, right, token })
  }
  return merges
}

const modelKeys = [
  "type",
  "dropout",
  "unk_token",
  "continuing_subword_prefix",
  "end_of_word_suffix",
  "fuse_unk",
  "byte_fallback",
  "ignore_merges",
  "vocab",
  "merges"
]

const readModel = (reader: Reader, value: JsonValue | undefined): Pick<BpeSpecification, "vocabulary" | "merges" | "ignoreMerges"> => {
  const path = ["model"]
  if (isFields(value) && value.type !== "BPE" && !(value.type === undefined && value.merges !== undefined)) {
    unsupported(reader, "model", value, path, `"BPE"`)
    return { vocabulary: [], merges: [], ignoreMerges: false }
  }
  const fields = reader.fields(value, path, modelKeys)
  if (fields === undefined) return { vocabulary: [], merges: [], ignoreMerges: false }
  reader.only(fields, path, "dropout", [null, 0], "merges that are left out by chance give other ids each time")
  // With a token for each byte nothing is unknown, so that `unk_token`, `fuse_unk` and `byte_fallback` change nothing.
  if (fields.unk_token !== undefined && fields.unk_token !== null && typeof fields.unk_token !== "string")
    reader.note("JSON", [...path, "unk_token"], "has the wrong type", "a token or null", fields.unk_token)
  for (const key of ["fuse_unk", "byte_fallback", "ignore_merges"]) if (fields[key] !== undefined) reader.flag(fields, path, key)
  for (const key of ["continuing_subword_prefix", "end_of_word_suffix"])
    reader.only(fields, path, key, [null, ""], "marks within or after words are not supported")
  const vocabulary = readVocabulary(reader, fields.vocab)
  return { vocabulary, merges: readMerges(reader, fields.merges, vocabulary), ignoreMerges: fields.ignore_merges === true }
}

const addedKeys = ["id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"]

const readAdded = (reader: Reader, value: JsonValue | undefined, vocabulary: ReadonlyArray<string>): ReadonlyArray<AddedToken> => {
  const path = ["added_tokens"]
  if (value === undefined || value === null) return []
  if (!isList(value)) {
    reader.note("JSON", path, "has the wrong type", "a list", value)
    return []
  }
  const ids = new Map(vocabulary.map((token, id) => [token, id]))
  const added: Array<AddedToken> = []
  const [contents, taken] = [new Set<string>(), new Set<number>()]
  for (const [place, written] of value.entries()) {
    const at = [...path, place]
    const fields = reader.fields(written, at, addedKeys)
    if (fields === undefined) continue
    const { content } = fields
    const id = idOf(reader, fields.id, [...at, "id"])
    reader.only(fields, at, "single_word", [false], "a token that is found only as a whole word is not supported")
    for (const key of ["lstrip", "rstrip"])
      reader.only(fields, at, key, [false], "white space that a token takes with it does not come back")
    const normalized = reader.flag(fields, at, "normalized")
    const special = reader.flag(fields, at, "special")
    if (typeof content !== "string" || content === "") {
      reader.note("VOCABULARY", [...at, "content"], "is no token", "a text that is not empty", content)
      continue
    }
    if (id === undefined) continue
    const own = ids.get(content)
    if (contents.has(content)) reader.note("VOCABULARY", [...at, "content"], "is added twice", "each token once", content)
    if (taken.has(id)) reader.note("VOCABULARY", [...at, "id"], "is the id of another added token", "an id of its own", id)
    else if (own === undefined ? id < vocabulary.length : id !== own)
      reader.note(
        "VOCABULARY",
        [...at, "id"],
        "is not the id that the model gives",
        own === undefined ? `${vocabulary.length} or above` : String(own),
        id
      )
    if (own !== undefined && readsAsOtherBytes(content))
      reader.note(
        "VOCABULARY",
        [...at, "content"],
        "is also the model's name for other bytes",
        "a token that the model does not have",
        content
      )
    contents.add(content)
    taken.add(id)
    added.push({ id, content, special, normalized })
  }
  const beyond = [...taken].filter((id) => id >= vocabulary.length).sort((left, right) => left - right)
  const gap = beyond.findIndex((id, place) => id !== vocabulary.length + place)
  if (gap !== -1)
    reader.note(
      "VOCABULARY",
      path,
      `no token has the id ${vocabulary.length + gap}`,
      "ids without a gap after those of the model",
      beyond[gap]
    )
  return added
}

const noTemplate = { before: [], after: [] }

/** The ids before and after the text in the template of a single text. */
const readTemplate = (reader: Reader, part: JsonValue, path: JsonPath, size: number): BpeSpecification["template"] => {
  const fields = reader.fields(part, path, ["type", "single", "pair", "special_tokens"])
  const { single, special_tokens: tokens } = fields ?? {}
  if (!isList(single)) {
    reader.note("JSON", [...path, "single"], "has the wrong type", "a list", single)
    return noTemplate
  }
  const template = { before: [] as number[], after: [] as number[] }
  let texts = 0
  for (const [place, piece] of single.entries()) {
    const special = isFields(piece) && isFields(piece.SpecialToken) ? piece.SpecialToken.id : undefined
    if (isFields(piece) && isFields(piece.Sequence)) texts += 1
    else if (typeof special !== "string")
      reader.note("JSON", [...path, "single", place], "is no piece of a template", `{"SpecialToken": …} or {"Sequence": …}`, piece)
    else {
      const entry = isFields(tokens) ? tokens[special] : undefined
      const ids = isFields(entry) && isList(entry.ids) ? entry.ids : undefined
      if (ids === undefined || ids.length === 0) {
        reader.note("VOCABULARY", [...path, "single", place], "the template needs ids of this token", `it in "special_tokens"`, special)
        continue
      }
      for (const id of ids) {
        const known = idOf(reader, id, [...path, "special_tokens", special, "ids"])
        if (known !== undefined && known >= size)
          reader.note("VOCABULARY", [...path, "special_tokens", special, "ids"], "no token has this id", `0 to ${size - 1}`, id)
        if (known !== undefined) (texts === 0 ? template.before : template.after).push(known)
      }
    }
  }
  if (texts !== 1)
    reader.note("UNSUPPORTED", [...path, "single"], "the template holds the text not once", `one {"Sequence": …}`, `${texts} of them`)
  return template
}

const readPostProcessor = (reader: Reader, value: JsonValue | undefined, size: number): BpeSpecification["template"] => {
  let template: BpeSpecification["template"] | undefined
  for (const [part, path] of components(reader, value, ["post_processor"], "processors")) {
    const kind = kindOf(part)
    if (kind === "TemplateProcessing" && template === undefined) template = readTemplate(reader, part, path, size)
    // It changes offsets only, which nobody asks for here.
    else if (kind === "ByteLevel") reader.fields(part, path, ["type", "add_prefix_space", "trim_offsets", "use_regex"])
    else unsupported(reader, "post-processor", part, path, `null, "ByteLevel" or one "TemplateProcessing"`)
  }
  return template ?? noTemplate
}

const documentKeys = [
  "version",
  "truncation",
  "padding",
  "added_tokens",
  "normalizer",
  "pre_tokenizer",
  "post_processor",
  "decoder",
  "model"
]

/** See `BpeTokenizer.fromJson`. */
export const readTokenizerJson = (
  text: string,
  { file, maxBytes = defaultMaxBytes }: JsonOptions
): Result.Result<BpeSpecification, TrainerError> => {
  const parsed = Json.parse(text, { maxBytes })
  if (!parsed.ok)
    return failed(
      parsed.problems.map(({ message, line, column }) => ({
        code: "tokenizer/JSON",
        severity: "error",
        message,
        ...(file === undefined ? {} : { file }),
        line,
        column
      }))
    )
  const reader = new Reader(parsed.positions, file)
  const document = reader.fields(parsed.value, [], documentKeys)
  if (document === undefined) return failed(reader.diagnostics)
  reader.only(document, [], "version", ["1.0", null], "this version of the format is not known")
  reader.only(document, [], "truncation", [null], "a text that is cut does not come back")
  reader.only(document, [], "padding", [null], "padding is not part of a text; pad batches where they are made")
  const model = readModel(reader, document.model)
  const added = readAdded(reader, document.added_tokens, model.vocabulary)
  const size = added.reduce((most, { id }) => Math.max(most, id + 1), model.vocabulary.length)
  const specification: BpeSpecification = {
    normalizer: readNormalizer(reader, document.normalizer),
    splits: readPreTokenizer(reader, document.pre_tokenizer),
    ...model,
    added,
    template: readPostProcessor(reader, document.post_processor, size)
  }
  readDecoder(reader, document.decoder)
  if (reader.diagnostics.length > 0) return failed(reader.diagnostics)
  return Result.succeed(specification)
}

const byteLevel = (useRegex: boolean) => ({ type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: useRegex })

const preTokenizerOf = (splits: ReadonlyArray<SplitRule>): object => {
  const [only] = splits
  if (only === undefined) return byteLevel(false)
  if (splits.length === 1 && "regex" in only && only.regex === patterns.gpt2) return byteLevel(true)
  const rules = splits.map((rule) => ({
    type: "Split",
    pattern: "regex" in rule ? { Regex: rule.regex } : { String: rule.text },
    behavior: "Isolated",
    invert: false
  }))
  return { type: "Sequence", pretokenizers: [...rules, byteLevel(false)] }
}

const postProcessorOf = ({ template, added, vocabulary }: BpeSpecification): object | null => {
  const ids = [...template.before, ...template.after]
  if (ids.length === 0) return null
  const nameOf = (id: number): string => added.find((token) => token.id === id)?.content ?? vocabulary[id] ?? ""
  const special = (id: number) => ({ SpecialToken: { id: nameOf(id), type_id: 0 } })
  const single = [...template.before.map(special), { Sequence: { id: "A", type_id: 0 } }, ...template.after.map(special)]
  const pair = [
    ...single,
    ...single.map((piece) =>
      "Sequence" in piece ? { Sequence: { id: "B", type_id: 1 } } : { SpecialToken: { ...piece.SpecialToken, type_id: 1 } }
    )
  ]
  const special_tokens = Object.fromEntries(ids.map((id) => [nameOf(id), { id: nameOf(id), ids: [id], tokens: [nameOf(id)] }]))
  return { type: "TemplateProcessing", single, pair, special_tokens }
}

/** Lines of a list or an object, one entry each. */
const lines = (entries: ReadonlyArray<string>, indent: string): string =>
  entries.length === 0 ? "" : `\n${entries.map((entry) => `${indent}  ${entry}`).join(",\n")}\n${indent}`

const entriesOf = (fields: object): ReadonlyArray<string> =>
  Object.entries(fields).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)

/** See `BpeTokenizer.toJson`. The vocabulary is written by hand, for an object would bring tokens that look like numbers to the front. */
export const writeTokenizerJson = (specification: BpeSpecification): string => {
  const { normalizer, splits, vocabulary, merges, ignoreMerges, added } = specification
  const tokens = added
    .toSorted((left, right) => left.id - right.id)
    .map(({ id, content, special, normalized }) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized, special }))
  const model = {
    type: "BPE",
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: ignoreMerges
  }
  const vocab = lines(
    vocabulary.map((token, id) => `${JSON.stringify(token)}: ${id}`),
    "    "
  )
  const pairs = lines(
    merges.map(({ left, right }) => JSON.stringify([vocabulary[left], vocabulary[right]])),
    "    "
  )
  return `{${lines(
    [
      ...entriesOf({ version: "1.0", truncation: null, padding: null }),
      `"added_tokens": [${lines(
        tokens.map((token) => JSON.stringify(token)),
        "  "
      )}]`,
      ...entriesOf({
        normalizer: normalizer === "nfc" ? { type: "NFC" } : null,
        pre_tokenizer: preTokenizerOf(splits),
        post_processor: postProcessorOf(specification),
        decoder: byteLevel(true)
      }),
      `"model": {${lines([...entriesOf(model), `"vocab": {${vocab}}`, `"merges": [${pairs}]`], "  ")}}`
    ],
    ""
  )}}\n`
}
