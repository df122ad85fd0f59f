/**
 * The one draft of the wizard: the run file's text, which alone is the truth, and the words of the command that wrote it. As long as only
 * controls were used, the text is byte for byte what that command prints; from the first letter typed by hand it is a text of its own
 * (`origin: "hand"`), and controls then put literals into it or write it anew.
 *
 * Sharp edge: `set` and `option` keep their order, since the command does; setting a path again moves nothing.
 */

export interface Draft {
  readonly version: 1
  readonly template: string
  readonly learner: string
  readonly dataset: string
  readonly seed: string
  readonly name: string
  /** `key=literal` of the template's options. */
  readonly option: ReadonlyArray<string>
  /** `path=literal` of fields of the run file. */
  readonly set: ReadonlyArray<string>
  readonly text: string
  /** `none`: there is no text yet. `template`: the command wrote it. `hand`: edited. `run`: the file of a run that is there. */
  readonly origin: "none" | "template" | "hand" | "run"
  /** The words that the text answers, when a template wrote it; another choice makes the text out of date. */
  readonly written: string
  /** The group that was made of this text, so that a reload finds it. */
  readonly group: string
  readonly runs: ReadonlyArray<string>
  /** The text those runs were made of. */
  readonly ran: string
}

export const emptyDraft: Draft = {
  version: 1,
  template: "",
  learner: "",
  dataset: "",
  seed: "1",
  name: "",
  option: [],
  set: [],
  text: "",
  origin: "none",
  written: "",
  group: "",
  runs: [],
  ran: ""
}

export interface TemplateInput {
  readonly template: string
  readonly dataset: string
  readonly seed: string
  readonly learner?: string
  readonly name?: string
  readonly option?: ReadonlyArray<string>
  readonly set?: ReadonlyArray<string>
}

/** What to ask `template.show` for; null until template, dataset and seeds are there. */
export const templateInput = (draft: Draft): TemplateInput | null =>
  draft.template === "" || draft.dataset === "" || draft.seed.trim() === ""
    ? null
    : {
        template: draft.template,
        dataset: draft.dataset,
        seed: draft.seed.trim(),
        ...(draft.learner === "" ? {} : { learner: draft.learner }),
        ...(draft.name === "" ? {} : { name: draft.name }),
        ...(draft.option.length === 0 ? {} : { option: draft.option }),
        ...(draft.set.length === 0 ? {} : { set: draft.set })
      }

/** One text for one command: equal exactly where the command is. */
export const wordsKey = (input: TemplateInput): string =>
  JSON.stringify([input.template, input.dataset, input.seed, input.learner ?? "", input.name ?? "", input.option ?? [], input.set ?? []])

/** Whether the server has to write the text anew: the command changed, and nobody wrote by hand. */
export const outOfDate = (draft: Draft): boolean => {
  const input = templateInput(draft)
  return input !== null && (draft.origin === "none" || draft.origin === "template") && draft.written !== wordsKey(input)
}

/** The answer to `input`; one that came late, for a choice that is gone, changes nothing. */
export const textWritten = (draft: Draft, input: TemplateInput, text: string): Draft => {
  const now = templateInput(draft)
  if (now === null || wordsKey(now) !== wordsKey(input) || draft.origin === "hand" || draft.origin === "run") return draft
  return { ...draft, text, origin: "template", written: wordsKey(input) }
}

/** The text as somebody typed it. */
export const textTyped = (draft: Draft, text: string): Draft =>
  text === draft.text ? draft : { ...draft, text, origin: "hand", written: "" }

/** Leaves the typed text behind: the command writes it again. */
export const startedAgain = (draft: Draft): Draft => ({ ...draft, text: "", origin: "none", written: "" })

/** The text of a run that is there, as a text of its own. */
export const ofRun = (text: string, dataset: string): Draft => ({ ...emptyDraft, text, dataset, origin: "run" })

const put = (list: ReadonlyArray<string>, key: string, literal: string): ReadonlyArray<string> => {
  const word = `${key}=${literal}`
  return list.some((each) => keyOfWord(each) === key) ? list.map((each) => (keyOfWord(each) === key ? word : each)) : [...list, word]
}

/** The key of `key=literal`; the first equals sign parts them, as a quoted key holds none in run files. */
export const keyOfWord = (word: string): string => {
  const quoted = /^(?:[^"'=]|"(?:[^"\\]|\\.)*"|'[^']*')*/.exec(word)?.[0] ?? ""
  return quoted.trim()
}

export const literalOfWord = (word: string): string => word.slice(word.indexOf("=", keyOfWord(word).length) + 1)

export const withSet = (draft: Draft, path: string, literal: string): Draft => ({ ...draft, set: put(draft.set, path, literal) })
export const withOption = (draft: Draft, key: string, literal: string): Draft => ({ ...draft, option: put(draft.option, key, literal) })
export const withoutSet = (draft: Draft, path: string): Draft => ({ ...draft, set: draft.set.filter((each) => keyOfWord(each) !== path) })
export const withoutOption = (draft: Draft, key: string): Draft => ({
  ...draft,
  option: draft.option.filter((each) => keyOfWord(each) !== key)
})
export const setOf = (draft: Draft, path: string): string | undefined => {
  const word = draft.set.find((each) => keyOfWord(each) === path)
  return word === undefined ? undefined : literalOfWord(word)
}

/**
 * Another template: options and set fields were for the old one and go, dataset, seeds and name stay. The protocol and the sampler are
 * the template's to choose as well.
 */
export const withTemplate = (draft: Draft, template: string, learner: string): Draft =>
  draft.template === template && draft.learner === learner ? draft : { ...draft, template, learner, option: [], set: [] }

/** Another dataset: fields set for the old one, split fractions say, may not fit; they stay and the server judges. */
export const withDataset = (draft: Draft, dataset: string): Draft => (draft.dataset === dataset ? draft : { ...draft, dataset })

/** Whether the runs that were made are of the text that is shown. */
export const runsAreOfText = (draft: Draft): boolean => draft.group !== "" && draft.ran === draft.text

const texts = ["template", "learner", "dataset", "seed", "name", "text", "written", "group", "ran"] as const
const origins: ReadonlyArray<string> = ["none", "template", "hand", "run"]
const isTexts = (value: unknown): value is ReadonlyArray<string> => Array.isArray(value) && value.every((each) => typeof each === "string")

/** The draft that was stored; null for anything else, such as the draft of an older version of this page. */
export const readDraft = (stored: string | null): Draft | null => {
  if (stored === null) return null
  let value: unknown
  try {
    value = JSON.parse(stored)
  } catch {
    return null
  }
  if (typeof value !== "object" || value === null) return null
  const draft = value as Readonly<Record<string, unknown>>
  const sound =
    draft.version === 1 &&
    texts.every((name) => typeof draft[name] === "string") &&
    isTexts(draft.option) &&
    isTexts(draft.set) &&
    isTexts(draft.runs) &&
    origins.includes(String(draft.origin))
  return sound ? (value as Draft) : null
}

export const storedDraft = (draft: Draft): string => JSON.stringify(draft)

/** How many runs seeds such as `7`, `1..5` or `1,2,9` mean; a reason where they are none. The server has the last word. */
export const seedCount = (
  text: string
): { readonly ok: true; readonly count: number } | { readonly ok: false; readonly reason: string } => {
  const trimmed = text.trim()
  const refuse = {
    ok: false,
    reason: `expected a seed such as 7, a range such as 1..5, or a list such as 1,2,9; got ${JSON.stringify(trimmed)}`
  } as const
  const largest = (1n << 64n) - 1n
  const range = /^(\d{1,20})\.\.(\d{1,20})$/.exec(trimmed)
  if (range !== null) {
    const [from, to] = [BigInt(range[1] ?? 0), BigInt(range[2] ?? 0)]
    return from > to || to > largest || to - from >= 10_000n ? refuse : { ok: true, count: Number(to - from) + 1 }
  }
  const parts = trimmed.split(",")
  if (!parts.every((part) => /^\d{1,20}$/.test(part) && BigInt(part) <= largest)) return refuse
  if (new Set(parts.map((part) => BigInt(part))).size !== parts.length)
    return { ok: false, reason: `expected different seeds; got ${JSON.stringify(trimmed)}` }
  return { ok: true, count: parts.length }
}

/** Seeds such as `1..3` as the list that a run file has; null where they are none. */
export const seedsLiteral = (text: string): string | null => {
  if (!seedCount(text).ok) return null
  const range = /^(\d+)\.\.(\d+)$/.exec(text.trim())
  const seeds =
    range === null
      ? text.split(",").map((part) => BigInt(part.trim()))
      : Array.from(
          { length: Number(BigInt(range[2] ?? 0) - BigInt(range[1] ?? 0)) + 1 },
          (_, index) => BigInt(range[1] ?? 0) + BigInt(index)
        )
  return `[${seeds.join(", ")}]`
}

/** A file name for a run file: the runs' name with everything else than letters, digits, dot and dashes taken out. */
export const fileName = (draft: Draft): string => {
  const name = (draft.name === "" ? (draft.dataset.split("@")[0] ?? "") : draft.name)
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[-.]+/, "")
  return `${name === "" ? "new" : name}.run.toml`
}
