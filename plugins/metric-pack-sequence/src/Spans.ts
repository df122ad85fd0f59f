/**
 * Spans (chunks, named entities) out of tags such as `B-NP`: a letter for the place in the span, and the type. Equal to seqeval: `conlleval`
 * is its default, which takes every reading as it comes; the other names are schemes, read strictly.
 *
 * Sharp edges: under `conlleval` an `I-NP` after `O` begins a span; in strict IOB2 it is none. Strictly, a span whose end the scheme
 * does not allow is dropped without a word, on both sides: a wrong scheme shows as few spans, not as an error.
 */
import { Schema } from "effect"

export const SpanScheme = Schema.Literals(["none", "conlleval", "IOB1", "IOB2", "IOE1", "IOE2", "IOBES", "BILOU"])
export type SpanScheme = typeof SpanScheme.Type

/** Tags `from` to before `to`. */
export interface Span {
  readonly type: string
  readonly from: number
  readonly to: number
}

interface Part {
  readonly letter: string
  readonly type: string
}

/** Type of a tag that has none. */
const UNTYPED = "_"

/** A rule: letters before, letters now, and whether the types have to be the same. */
type Rule = readonly [before: string, now: string, types: "any" | "same" | "different"]

interface Grammar {
  readonly start: ReadonlyArray<Rule>
  readonly inside: ReadonlyArray<Rule>
  /** Says of the tag behind a span whether the span may end there. */
  readonly end: ReadonlyArray<Rule>
}

const every = "IOBESUL"

/** The rules of seqeval 1.2.2, its gap in IOE1 (a span that ends in E before another type) included. */
const grammars: Readonly<Record<Exclude<SpanScheme, "none" | "conlleval">, Grammar>> = {
  IOB1: {
    start: [
      ["O", "I", "any"],
      ["I", "I", "different"],
      ["B", "I", "any"],
      ["IB", "B", "same"]
    ],
    inside: [["BI", "I", "same"]],
    end: [
      ["IB", "I", "different"],
      ["IB", "O", "any"],
      ["I", "B", "any"],
      ["B", "B", "same"]
    ]
  },
  IOB2: {
    start: [[every, "B", "any"]],
    inside: [["BI", "I", "same"]],
    end: [
      ["IB", "OB", "any"],
      ["IB", "I", "different"]
    ]
  },
  IOE1: {
    start: [
      ["OE", "I", "any"],
      ["I", "I", "different"],
      ["E", "E", "same"]
    ],
    inside: [["I", "IE", "same"]],
    end: [
      ["I", "IE", "different"],
      ["I", "O", "any"],
      ["E", "IE", "same"]
    ]
  },
  IOE2: {
    start: [
      ["OE", "IE", "any"],
      ["I", "IE", "different"]
    ],
    inside: [["I", "IE", "same"]],
    end: [["E", every, "any"]]
  },
  IOBES: {
    start: [[every, "BS", "any"]],
    inside: [["BI", "IE", "same"]],
    end: [["SE", every, "any"]]
  },
  BILOU: {
    start: [[every, "BU", "any"]],
    inside: [["BI", "IL", "same"]],
    end: [["UL", every, "any"]]
  }
}

/** The letters of each reading, without the O. */
const letters: Readonly<Record<Exclude<SpanScheme, "none">, string>> = {
  conlleval: "BIES",
  IOB1: "IB",
  IOB2: "IB",
  IOE1: "IE",
  IOE2: "IE",
  IOBES: "IBES",
  BILOU: "BILU"
}

const readable = new Map(Object.entries(letters).map(([scheme, own]) => [scheme, new RegExp(`^(O|[${own}](-.+)?)$`, "s")]))

/** Why a tag cannot be read under a scheme; undefined when it can. */
export const tagFault = (tag: string, scheme: SpanScheme): string | undefined =>
  scheme === "none" || readable.get(scheme)?.test(tag) === true
    ? undefined
    : `O, or one of the letters ${[...letters[scheme]].join(" ")}, alone or with a type as in ${letters[scheme].charAt(0)}-NP`

const holds = (rules: ReadonlyArray<Rule>, before: Part, now: Part): boolean =>
  rules.some(
    ([from, to, types]) =>
      from.includes(before.letter) && to.includes(now.letter) && (types === "any" || (types === "same") === (before.type === now.type))
  )

/** As conlleval.pl reads tags. It knows B, I, E, S and O. */
const loose = (tags: ReadonlyArray<string>): ReadonlyArray<Span> => {
  const spans: Array<Span> = []
  let from = 0
  let before: Part = { letter: "O", type: UNTYPED }
  for (let at = 0; at <= tags.length; at++) {
    const tag = tags[at] ?? "O"
    const now = { letter: tag.charAt(0), type: tag.slice(2) || UNTYPED }
    const outside = before.letter === "O"
    const other = before.type !== now.type
    const closed = "ES".includes(before.letter)
    if (!outside && (closed || "BSO".includes(now.letter) || other)) spans.push({ type: before.type, from, to: at })
    if (now.letter !== "O" && (outside || closed || "BS".includes(now.letter) || other)) from = at
    before = now
  }
  return spans
}

const trimmed = (tag: string): string => tag.slice(1).replace(/^-+|-+$/g, "") || UNTYPED

const strict = (tags: ReadonlyArray<string>, { start, inside, end }: Grammar): ReadonlyArray<Span> => {
  const parts = [...tags, "O"].map((tag): Part => ({ letter: tag.charAt(0), type: trimmed(tag) }))
  const outside: Part = { letter: "O", type: UNTYPED }
  const spans: Array<Span> = []
  let before = outside
  for (let at = 0; at < parts.length; ) {
    const now = parts[at] ?? outside
    let next = at + 1
    if (holds(start, before, now)) {
      while (next < parts.length && holds(inside, parts[next - 1] ?? outside, parts[next] ?? outside)) next += 1
      if (holds(end, parts[next - 1] ?? outside, parts[next] ?? outside)) spans.push({ type: now.type, from: at, to: next })
    }
    at = next
    before = parts[at - 1] ?? outside
  }
  return spans
}

/** The spans of one sequence of tags, all of which the scheme can read. */
export const spansOf = (tags: ReadonlyArray<string>, scheme: Exclude<SpanScheme, "none">): ReadonlyArray<Span> =>
  scheme === "conlleval" ? loose(tags) : strict(tags, grammars[scheme])
