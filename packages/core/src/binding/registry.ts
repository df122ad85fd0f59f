/**
 * Which coder can carry what: the rows that the manifests of installed encoders and decoders declare, and nothing else. A package that
 * brings an output type, a coder or a scheme adds rows by its own manifest.
 *
 * Sharp edge: many to many. An output type has several value types of FEAGI that can carry it and the other way round, so that a question
 * may have several answers; then the question is refused with all of them, and a run file names the entry.
 */
import type { EntryManifest, OutputType, SampleShape } from "@feagi-trainer/contracts"
import * as Schema from "effect/Schema"
import { textOf } from "../dataset/chainMismatches.ts"

/** An entry as the catalogue knows it: its id is `<package>#<id>`. */
export interface BindingEntry {
  readonly id: string
  readonly manifest: EntryManifest
}

/** `in`: samples of a shape become values; `out`: values become answers of an output type. */
export interface BindingRow {
  readonly direction: "in" | "out"
  /** Kind of sample (`tabular`, `image`, …), or output type (`class`, `@scope/package#name`). */
  readonly subject: string
  /** FEAGI's WrappedIOType. */
  readonly io_type: string
  readonly entry: string
  /** Codes of the units that can hold it. */
  readonly units: ReadonlyArray<string>
}

/** What is known and cannot be had, with the reason that its entry gives. */
export interface UnavailableRow {
  readonly direction: "in" | "out"
  readonly subject: string
  readonly entry: string
  readonly because: string
}

/** What a manifest says in `bindings` or `unavailable` and nobody can read. */
export interface UnreadableRow {
  readonly entry: string
  readonly message: string
}

export interface BindingRegistry {
  /** By direction, subject, value type, entry: the same manifests give the same rows in the same order. */
  readonly rows: ReadonlyArray<BindingRow>
  readonly unavailable: ReadonlyArray<UnavailableRow>
  readonly unreadable: ReadonlyArray<UnreadableRow>
}

const oneOrMore = <S extends Schema.Codec<unknown>>(one: S) => Schema.Union([one, Schema.NonEmptyArray(one)])
const Text = Schema.NonEmptyString
const Type = Schema.Union([Text, Schema.Struct({ custom: Text })])
const carried = { io_type: oneOrMore(Text), units: Schema.NonEmptyArray(Text) }

/** `provides.bindings` and `provides.unavailable` of an encoder. A list stands for each of its members. */
const Inward = Schema.Struct({ shape: oneOrMore(Text), ...carried })
const InwardUnavailable = Schema.Struct({ shape: oneOrMore(Text), because: Text })
/** The same of a decoder. */
const Outward = Schema.Struct({ output_type: oneOrMore(Type), ...carried })
const OutwardUnavailable = Schema.Struct({ output_type: oneOrMore(Type), because: Text })

const listOf = <A>(value: A | ReadonlyArray<A>): ReadonlyArray<A> => (Array.isArray(value) ? value : [value as A])

interface Side {
  readonly direction: "in" | "out"
  readonly subjects: (row: unknown) => ReadonlyArray<unknown>
  readonly binding: Schema.Codec<{ readonly io_type: string | ReadonlyArray<string>; readonly units: ReadonlyArray<string> }, unknown>
  readonly unavailable: Schema.Codec<{ readonly because: string }, unknown>
  readonly form: string
}

const sides: Partial<Readonly<Record<EntryManifest["kind"], Side>>> = {
  encoder: {
    direction: "in",
    subjects: (row) => listOf((row as typeof Inward.Type).shape),
    binding: Inward,
    unavailable: InwardUnavailable,
    form: "{ shape, io_type, units } or { shape, because }"
  },
  decoder: {
    direction: "out",
    subjects: (row) => listOf((row as typeof Outward.Type).output_type),
    binding: Outward,
    unavailable: OutwardUnavailable,
    form: "{ output_type, io_type, units } or { output_type, because }"
  }
}

/** Rows of a fact that can be read; how many cannot. */
const read = <A>(
  schema: Schema.Codec<A, unknown>,
  fact: unknown
): { readonly rows: ReadonlyArray<A>; readonly bad: ReadonlyArray<number> } => {
  if (fact === undefined) return { rows: [], bad: [] }
  const is = Schema.is(schema)
  const all: ReadonlyArray<unknown> = Array.isArray(fact) ? fact : [fact]
  return { rows: all.filter(is), bad: all.flatMap((row, index) => (is(row) ? [] : [index])) }
}

const order =
  <A>(...keys: ReadonlyArray<(row: A) => string>) =>
  (a: A, b: A): number => {
    for (const key of keys) {
      const [left, right] = [key(a), key(b)]
      if (left !== right) return left < right ? -1 : 1
    }
    return 0
  }

/** @param entries all entries of the catalogue; only encoders and decoders have rows */
export const bindingRegistry = (entries: ReadonlyArray<BindingEntry>): BindingRegistry => {
  const rows: Array<BindingRow> = []
  const unavailable: Array<UnavailableRow> = []
  const unreadable: Array<UnreadableRow> = []
  for (const { id, manifest } of entries) {
    const side = sides[manifest.kind]
    if (side === undefined) continue
    const { direction } = side
    const bound = read(side.binding, manifest.provides.bindings)
    const absent = read(side.unavailable, manifest.provides.unavailable)
    for (const row of bound.rows)
      for (const subject of side.subjects(row))
        for (const io_type of listOf(row.io_type)) rows.push({ direction, subject: textOf(subject), io_type, entry: id, units: row.units })
    for (const row of absent.rows)
      for (const subject of side.subjects(row)) unavailable.push({ direction, subject: textOf(subject), entry: id, because: row.because })
    const tell = (fact: string) => (index: number) =>
      void unreadable.push({ entry: id, message: `provides.${fact}[${index}] is no ${side.form}` })
    bound.bad.forEach(tell("bindings"))
    absent.bad.forEach(tell("unavailable"))
  }
  return {
    rows: rows.sort(
      order(
        (row) => row.direction,
        (row) => row.subject,
        (row) => row.io_type,
        (row) => row.entry
      )
    ),
    unavailable: unavailable.sort(
      order(
        (row) => row.direction,
        (row) => row.subject,
        (row) => row.entry
      )
    ),
    unreadable: unreadable.sort(
      order(
        (row) => row.entry,
        (row) => row.message
      )
    )
  }
}

/** What is asked for: a side, and as much of the rest as is known. */
export interface BindingQuestion {
  readonly direction: "in" | "out"
  readonly subject: SampleShape["kind"] | OutputType
  readonly io_type?: string
  readonly unit?: string
  /** `<package>#<id>`, or the id alone. */
  readonly entry?: string
}

export type BindingAnswer =
  | { readonly ok: true; readonly row: BindingRow; readonly because: string }
  | {
      readonly ok: false
      readonly problem: "none" | "unavailable" | "ambiguous"
      readonly message: string
      /** The rows that the question cannot tell apart. */
      readonly candidates: ReadonlyArray<BindingRow>
      readonly help: string
    }

const showRow = ({ entry, io_type, units }: BindingRow): string => `${entry} (${io_type} on ${units.join(", ")})`

/** The one binding that a question means; or why it is none, with every candidate when it is several. */
export const resolveBinding = (registry: BindingRegistry, question: BindingQuestion): BindingAnswer => {
  const { direction, io_type, unit, entry } = question
  const subject = textOf(question.subject)
  const named = (id: string): boolean => entry === undefined || id === entry || id.endsWith(`#${entry}`)
  const asked = [
    ...(io_type === undefined ? [] : [`io_type ${io_type}`]),
    ...(unit === undefined ? [] : [`unit ${unit}`]),
    ...(entry === undefined ? [] : [`entry ${entry}`])
  ]
  const what = `${direction === "in" ? "samples of shape" : "output type"} ${subject}${asked.length === 0 ? "" : ` with ${asked.join(", ")}`}`
  const candidates = registry.rows.filter(
    (row) =>
      row.direction === direction &&
      row.subject === subject &&
      (io_type === undefined || row.io_type === io_type) &&
      (unit === undefined || row.units.includes(unit)) &&
      named(row.entry)
  )
  const [row, second] = candidates
  if (row !== undefined && second === undefined)
    return { ok: true, row, because: `${what}: ${showRow(row)} is the only binding that the installed manifests declare` }
  if (row !== undefined) {
    const several = (of: (each: BindingRow) => string): boolean => new Set(candidates.map(of)).size > 1
    const ways = [...(several((each) => each.entry) ? ["the entry"] : []), ...(several((each) => each.io_type) ? ["the io_type"] : [])]
    return {
      ok: false,
      problem: "ambiguous",
      message: `${what} can be bound in ${candidates.length} ways: ${candidates.map(showRow).join("; ")}`,
      candidates,
      help: `name ${ways.join(" and ") || "the options of the entry"}`
    }
  }
  const absent = registry.unavailable.find((each) => each.direction === direction && each.subject === subject && named(each.entry))
  if (absent !== undefined)
    return {
      ok: false,
      problem: "unavailable",
      message: `${what} cannot be bound: ${absent.because}`,
      candidates,
      help: `${absent.entry} knows it and declares it as unavailable`
    }
  const near = registry.rows.filter((each) => each.direction === direction && each.subject === subject)
  return {
    ok: false,
    problem: "none",
    message: `no installed ${direction === "in" ? "encoder" : "decoder"} declares a binding for ${what}`,
    candidates: near,
    help:
      near.length === 0
        ? `install a package whose manifest has it in provides.bindings, and list it under  plugins  in feagi-trainer.toml`
        : `there is ${near.map(showRow).join("; ")}`
  }
}
