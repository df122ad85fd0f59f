/**
 * One vocabulary over text, images and data sets: a document of typed segments to ids and back.
 *
 * Ids: 0 begins a text and 1 ends it; then the special tokens as they are listed; then the ids of the text tokenizer, of the chromatic one, of
 * the medical one, each moved by what comes before it. `layout` says where each begins and `sha256` records all that decides them.
 *
 * Sharp edges: a special token is a segment of its own; in a text it is plain text, so that no text forges one. Two neighbouring texts stay two.
 */
import type { Diagnostic, TrainerError } from "@feagi-trainer/contracts"
import { hashOf } from "@feagi-trainer/determinism"
import * as Result from "effect/Result"
import type { BpeTokenizer } from "./BpeTokenizer.ts"
import { type ChromaticImage, type ChromaticOptions, ChromaticTokenizer } from "./Chromatic.ts"
import { dicomEdition, dicomTable } from "./dicomTable.ts"
import { type DicomDataSet, MedicalTokenizer } from "./Medical.ts"
import { attempt, failed, refuse } from "./Refusal.ts"
import { listOf, TokenReader } from "./TokenStream.ts"
import { unicodeVersion } from "./unicodeTable.ts"

export type Segment =
  | { readonly kind: "special"; readonly token: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "image"; readonly image: ChromaticImage; readonly palette: "none" | "exact" }
  | { readonly kind: "data-set"; readonly elements: DicomDataSet }

export interface CompositeOptions {
  readonly specialTokens: ReadonlyArray<string>
  readonly text: BpeTokenizer
  readonly chromatic: ChromaticOptions
}

/** Where the ids of each part begin. */
export interface CompositeLayout {
  readonly special: number
  readonly text: number
  readonly chromatic: number
  readonly medical: number
}

const code = "tokenizer/DOCUMENT"
const [textBegin, textEnd, firstSpecial] = [0, 1, 2]

const findings = ({ specialTokens, text }: CompositeOptions): ReadonlyArray<Diagnostic> => {
  const found: Array<Diagnostic> = []
  for (const [place, token] of specialTokens.entries()) {
    const wrong =
      token === "" || !token.isWellFormed() ? "is no name" : specialTokens.indexOf(token) === place ? undefined : "is listed twice"
    if (wrong === undefined) continue
    const finding = { message: `the special token ${wrong}`, expected: "names, each once", actual: JSON.stringify(token) }
    found.push({ code: "tokenizer/OPTIONS", severity: "error", field: `specialTokens.${place}`, ...finding })
  }
  if (!text.isLossless)
    found.push({
      code: "tokenizer/OPTIONS",
      severity: "error",
      field: "text",
      message: "the text tokenizer normalises, so that a document would not come back",
      expected: "a tokenizer without a normalizer",
      actual: text.specification.normalizer
    })
  return found
}

export class CompositeTokenizer {
  /** Ids are 0 … `vocabularySize` - 1. */
  readonly vocabularySize: number
  readonly layout: CompositeLayout
  /** What the hash is made of, as JSON data. */
  readonly specification: object
  /** SHA-256 of the canonical JSON of `specification`: equal hashes, equal ids. Recorded as `tokenizer_sha256`. */
  readonly sha256: string
  readonly #special: ReadonlyArray<string>
  readonly #specialIds: ReadonlyMap<string, number>
  readonly #text: BpeTokenizer
  readonly #chromatic: ChromaticTokenizer
  readonly #medical = new MedicalTokenizer()

  private constructor({ specialTokens, text, chromatic }: CompositeOptions) {
    this.#special = specialTokens
    this.#text = text
    this.#chromatic = new ChromaticTokenizer(chromatic)
    this.#specialIds = new Map(specialTokens.map((token, place) => [token, firstSpecial + place]))
    const textAt = firstSpecial + specialTokens.length
    const chromaticAt = textAt + text.vocabularySize
    const medicalAt = chromaticAt + this.#chromatic.vocabularySize
    this.layout = { special: firstSpecial, text: textAt, chromatic: chromaticAt, medical: medicalAt }
    this.vocabularySize = medicalAt + this.#medical.vocabularySize
    this.specification = {
      format: "feagi-trainer/tokenizer@1",
      unicode: unicodeVersion,
      special_tokens: specialTokens,
      text: { sha256: text.sha256, size: text.vocabularySize },
      chromatic: { colours: chromatic.colours, size: this.#chromatic.vocabularySize },
      medical: { edition: dicomEdition, sha256: hashOf(dicomTable), size: this.#medical.vocabularySize }
    }
    this.sha256 = hashOf(this.specification)
  }

  /** Fails with `tokenizer/OPTIONS` and every option that is wrong. */
  static make(options: CompositeOptions): Result.Result<CompositeTokenizer, TrainerError> {
    const wrong = findings(options)
    return wrong.length > 0 ? failed(wrong) : Result.succeed(new CompositeTokenizer(options))
  }

  /** The ids of a document. Fails as the tokenizers of its segments do, with the number of the segment. */
  encode(document: ReadonlyArray<Segment>): Result.Result<Uint32Array, TrainerError> {
    return attempt(() => {
      const parts = document.map((segment, place) => this.#encodeSegment(segment, place))
      const ids = new Uint32Array(parts.reduce((size, part) => size + part.length, 0))
      let at = 0
      for (const part of parts) {
        ids.set(part, at)
        at += part.length
      }
      return ids
    })
  }

  #encodeSegment(segment: Segment, place: number): Uint32Array {
    switch (segment.kind) {
      case "special": {
        const id = this.#specialIds.get(segment.token)
        if (id === undefined)
          return refuse(code, {
            field: `${place}.token`,
            message: "is no special token of this vocabulary",
            expected: this.#special.join(", "),
            actual: JSON.stringify(segment.token)
          })
        return Uint32Array.of(id)
      }
      case "text": {
        const ids = this.#text.encodeOrdinary(segment.text)
        const moved = new Uint32Array(ids.length + 2)
        moved[0] = textBegin
        for (const [at, id] of ids.entries()) moved[at + 1] = id + this.layout.text
        moved[ids.length + 1] = textEnd
        return moved
      }
      case "image":
        return this.#moved(this.#chromatic.encode(segment.image, { palette: segment.palette }), this.layout.chromatic, place)
      case "data-set":
        return this.#moved(this.#medical.encode(segment.elements), this.layout.medical, place)
    }
  }

  #moved(encoded: Result.Result<Uint32Array, TrainerError>, by: number, place: number): Uint32Array {
    if (Result.isSuccess(encoded)) return encoded.success.map((id) => id + by)
    const [{ code: own, severity: _, field, ...finding }] = encoded.failure.diagnostics
    return refuse(own, { ...finding, field: field === undefined ? `${place}` : `${place}.${field}` })
  }

  /** The document of ids. Fails at the first token that is not as `encode` writes it. */
  decode(ids: Iterable<number>): Result.Result<ReadonlyArray<Segment>, TrainerError> {
    return attempt(() => {
      const tokens = listOf(ids)
      const segments: Array<Segment> = []
      for (let at = 0; at < tokens.length; ) {
        const [segment, next] = this.#segmentAt(tokens, at)
        segments.push(segment)
        at = next
      }
      return segments
    })
  }

  #segmentAt(tokens: ArrayLike<number>, at: number): readonly [Segment, number] {
    const id = tokens[at] ?? -1
    const special = this.#special[id - firstSpecial]
    if (special !== undefined) return [{ kind: "special", token: special }, at + 1]
    if (id === textBegin) return this.#textAt(tokens, at)
    const { chromatic, medical } = this.layout
    if (id >= medical && id < this.vocabularySize) {
      const reader = new TokenReader(tokens, "tokenizer/DICOM", medical, at)
      return [{ kind: "data-set", elements: this.#medical.read(reader) }, reader.place]
    }
    if (id >= chromatic && id < medical) {
      const reader = new TokenReader(tokens, "tokenizer/IMAGE", chromatic, at)
      // 257 begins an image with a palette.
      const palette = id - chromatic === 257 ? "exact" : "none"
      return [{ kind: "image", image: this.#chromatic.read(reader), palette }, reader.place]
    }
    return new TokenReader(tokens, code, 0, at).refuse({
      message: "no segment begins here",
      expected: `a text (${textBegin}), a special token (${firstSpecial} to ${this.layout.text - 1}), an image or a data set (${chromatic} to ${this.vocabularySize - 1})`
    })
  }

  #textAt(tokens: ArrayLike<number>, start: number): readonly [Segment, number] {
    const { text, chromatic } = this.layout
    const own: Array<number> = []
    for (let at = start + 1; at < tokens.length; at++) {
      const id = tokens[at] ?? -1
      if (id === textEnd) {
        const decoded = this.#text.decode(own)
        if (Result.isSuccess(decoded)) return [{ kind: "text", text: decoded.success }, at + 1]
        const [{ code: failure, severity: _, ...finding }] = decoded.failure.diagnostics
        return refuse(failure, { ...finding, message: `the text that begins at token ${start}: ${finding.message}` })
      }
      if (!(Number.isInteger(id) && id >= text && id < chromatic))
        new TokenReader(tokens, code, 0, at).refuse({
          message: "stands within a text",
          expected: `${text} to ${chromatic - 1}, or ${textEnd} at its end`
        })
      own.push(id - text)
    }
    return new TokenReader(tokens, code, 0, tokens.length).refuse({
      message: `the text that begins at token ${start} never ends`,
      expected: String(textEnd)
    })
  }
}
