/**
 * The index of a scan in a temporary SQLite database: bounded memory for any number of samples.
 *
 * A database without a name lies on disk, where SQLite puts temporary files, and is unlinked as soon as it is open: a killed process
 * leaves nothing. Sharp edges: the entries are sorted by SQLite, which needs about as much disk again; near-duplicate vectors stay in
 * memory, 4 bytes for each element.
 */
import { hash as hash256 } from "node:crypto"
import { DatabaseSync } from "node:sqlite"
import { type ClassLabel, type Diagnostic, didYouMean, type ScannedEntry, trainerError } from "@feagi-trainer/contracts"
import { type BuiltIndex, type IndexBuilder, Indexer, type IndexSummary } from "@feagi-trainer/core"
import { canonical } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { attempt, fromSqlite } from "./StoreError.ts"

/** Findings that are told in full. All are counted. */
const shownFindings = 20
/** Near pairs that are kept. A dataset with more of them is one large copy, and the first million say so. */
const mostPairs = 1_000_000
/** Lines of a piece: few enough that they die young. */
const linesAtOnce = 100
/** Above this, a set of samples that share a key is told as pairs with its first sample. */
const largeSet = 200

type Row = Readonly<Record<string, unknown>>

const schema = `
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA cache_size = -16384;
PRAGMA temp_store = FILE;
CREATE TABLE entries (
  position INTEGER PRIMARY KEY,
  -- the first 52 bits of each hash beside it: what is looked for by equality is sorted as numbers
  short INTEGER NOT NULL,
  hash BLOB NOT NULL,
  decoded_short INTEGER,
  decoded BLOB,
  near_short INTEGER,
  near BLOB,
  label INTEGER,
  id TEXT,
  part TEXT,
  grp TEXT,
  at TEXT,
  time INTEGER,
  vals TEXT,
  file TEXT,
  line INTEGER
) STRICT;
CREATE TABLE numbered (position INTEGER PRIMARY KEY, k INTEGER NOT NULL) STRICT;
`

/** The bytes of a hash; undefined for any other text. */
const hashBytes = (hex: string): Uint8Array | undefined => {
  const bytes = hex.length === 64 ? Buffer.from(hex, "hex") : undefined
  return bytes?.length === 32 ? bytes : undefined
}
/** 52 bits: the most whole hex digits that a number holds exactly. */
const shortOf = (hex: string): number => Number.parseInt(hex.slice(0, 13), 16)

const hexOf = (bytes: unknown): string =>
  bytes instanceof Uint8Array ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex") : ""

/** Runs SQL; what SQLite says becomes a TrainerError. */
const sql = <A>(action: string, body: () => A): A => {
  try {
    return body()
  } catch (cause) {
    throw fromSqlite(cause, action, "the temporary index")
  }
}

/** A member of a line where the column is there, with the comma that belongs to it. */
const member = (column: string, text: string): string => `CASE WHEN ${column} IS NULL THEN '' ELSE ${text} END`

/** The canonical JSON of an IndexEntry, and a line feed: members in the order of their names, `content_hash` being always there. */
const lineOf = [
  "'{'",
  member("at", `'"at":' || at || ','`),
  member("class_id", `'"class_id":' || class_id || ','`),
  `'"content_hash":"' || lower(hex(hash)) || '"'`,
  member("decoded", `',"decoded_hash":"' || lower(hex(decoded)) || '"'`),
  member("part", `',"given_split":' || json_quote(part)`),
  member("grp", `',"group":' || json_quote(grp)`),
  `',"sample_id":' || json_quote(coalesce(id, lower(hex(substr(hash, 1, 8))) || '-' || coalesce(k, 0)))`,
  member("time", `',"time":' || time`),
  member("vals", `',"values":' || vals`),
  "'}' || char(10)"
].join(" || ")

/** Canonical JSON of a place, which most samples have: whole numbers need none of the care that canonical JSON takes. */
const placeText = (at: ReadonlyArray<number>): string =>
  at.every((each) => Number.isSafeInteger(each) && each >= 1) ? `[${at.join(",")}]` : canonical(at)

class TemporaryIndex {
  readonly #database = sql("open a temporary index", () => new DatabaseSync("", { readBigInts: false }))
  readonly #insert
  readonly #labels = new Map<string, number>()
  readonly #parts = new Map<string, number>()
  readonly #files = new Map<string, string>()
  #count = 0
  #declared = 0
  #grouped = 0
  #timed = 0
  #keyed = false
  #decoded = false
  #values: ReadonlyArray<string> | undefined
  #vectors = new Float32Array(0)
  #dimensions: number | undefined

  constructor() {
    sql("prepare a temporary index", () => this.#database.exec(schema))
    this.#insert = sql("prepare a temporary index", () =>
      this.#database.prepare(
        "INSERT INTO entries (position, short, hash, decoded_short, decoded, near_short, near, label, id, part, grp, at, time, vals, file, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      )
    )
  }

  close(): void {
    this.#database.close()
  }

  add(entries: ReadonlyArray<ScannedEntry>): void {
    sql("write a temporary index", () => {
      this.#database.exec("BEGIN")
      for (const entry of entries) this.#addOne(entry)
      this.#database.exec("COMMIT")
    })
  }

  #addOne(entry: ScannedEntry): void {
    const { sample_id, content_hash, decoded_hash, label, group, given_split, near, file, line } = entry
    const position = this.#count
    const hash = hashBytes(content_hash)
    const decoded = decoded_hash === undefined ? null : hashBytes(decoded_hash)
    if (hash === undefined || decoded === undefined)
      throw broken(`sample ${position}`, "content hashes of 64 hex digits", `${content_hash} ${decoded_hash ?? ""}`)
    const names = Object.keys(entry.values ?? {}).sort()
    if (this.#values !== undefined && names.join() !== this.#values.join())
      throw broken(`sample ${position}`, `the values ${this.#values.join(", ") || "(none)"}`, names.join(", "))
    this.#values ??= names
    this.#addVector(position, near?.vector)
    if (sample_id !== undefined) this.#declared++
    if (group !== undefined) this.#grouped++
    if (entry.time !== undefined) this.#timed++
    if (given_split !== undefined) this.#parts.set(given_split, (this.#parts.get(given_split) ?? 0) + 1)
    const key = near?.key
    if (key !== undefined) this.#keyed = true
    if (decoded !== null) this.#decoded = true
    const near_hash = key === undefined ? null : hashBytes(key) === undefined ? hash256("sha256", key) : key
    this.#insert.run(
      position,
      shortOf(content_hash),
      hash,
      decoded_hash === undefined ? null : shortOf(decoded_hash),
      decoded,
      near_hash === null ? null : shortOf(near_hash),
      near_hash === null ? null : Buffer.from(near_hash, "hex"),
      label === undefined ? null : this.#labelOf(label),
      sample_id ?? null,
      given_split ?? null,
      group ?? null,
      entry.at === undefined ? null : placeText(entry.at),
      entry.time ?? null,
      entry.values === undefined ? null : canonical(entry.values),
      file === undefined ? null : this.#interned(file),
      line ?? null
    )
    this.#count++
  }

  #labelOf(label: string): number {
    const known = this.#labels.get(label)
    if (known !== undefined) return known
    this.#labels.set(label, this.#labels.size)
    return this.#labels.size - 1
  }

  /** One string for each file and not one for each sample. */
  #interned(file: string): string {
    const known = this.#files.get(file) ?? file
    if (this.#files.size < 1000) this.#files.set(known, known)
    return known
  }

  #addVector(position: number, vector: ReadonlyArray<number> | undefined): void {
    if (position === 0) this.#dimensions = vector?.length
    if (vector?.length !== this.#dimensions)
      throw broken(`sample ${position}`, `a near-duplicate vector of ${this.#dimensions ?? 0} numbers`, String(vector?.length ?? 0))
    if (vector === undefined || this.#dimensions === undefined) return
    const end = (position + 1) * this.#dimensions
    if (end > this.#vectors.length) {
      const grown = new Float32Array(Math.max(1024 * this.#dimensions, this.#vectors.length * 2))
      grown.set(this.#vectors)
      this.#vectors = grown
    }
    this.#vectors.set(vector, end - this.#dimensions)
  }

  #all(text: string, ...values: ReadonlyArray<number | string>): ReadonlyArray<Row> {
    return sql("read a temporary index", () => this.#database.prepare(text).all(...values))
  }

  #each(text: string): IterableIterator<Row> {
    return sql("read a temporary index", () => this.#database.prepare(text).iterate())
  }

  finish(
    classes: ReadonlyArray<ClassLabel>
  ):
    | { readonly ok: true; readonly index: BuiltIndex }
    | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic>; readonly error_count: number } {
    if (this.#count === 0) return refused([{ code: "FT2211", severity: "error", message: "the scan found no sample" }], 1)
    if (this.#declared !== 0 && this.#declared !== this.#count)
      throw broken("the scan", "an id of every sample or of none", `${this.#declared} ids of ${this.#count} samples`)
    const repeated = this.#repeatedIds()
    if (repeated.error_count > 0) return refused(repeated.diagnostics, repeated.error_count)
    const unknown = this.#unknownLabels(classes)
    if (unknown.length > 0) return refused(unknown, unknown.length)
    if (this.#declared === 0) this.#number()
    return { ok: true, index: this.#built(classes) }
  }

  /**
   * The rows whose number in this column occurs more than once, as what follows FROM. The column is sorted once, on disk; in most data
   * hardly a number repeats, and no row is looked at then.
   */
  #repeated(column: "short" | "decoded_short" | "near_short"): string {
    sql("sort a temporary index", () =>
      this.#database.exec(`
        CREATE INDEX IF NOT EXISTS by_${column} ON entries (${column});
        CREATE TABLE IF NOT EXISTS repeated_${column} AS
          SELECT ${column} AS value FROM entries WHERE ${column} IS NOT NULL GROUP BY ${column} HAVING count(*) > 1`)
    )
    // A cross join is done in the order in which it is written.
    return `repeated_${column} CROSS JOIN entries INDEXED BY by_${column} ON entries.${column} = repeated_${column}.value`
  }

  #repeatedIds(): { readonly diagnostics: ReadonlyArray<Diagnostic>; readonly error_count: number } {
    const counted = this.#all(
      "SELECT coalesce(sum(n - 1), 0) AS more FROM (SELECT count(*) AS n FROM entries WHERE id IS NOT NULL GROUP BY id HAVING n > 1)"
    )
    const error_count = Number(counted[0]?.more ?? 0)
    if (error_count === 0) return { diagnostics: [], error_count }
    const rows = this.#all(
      "SELECT later.id AS id, later.file AS file, later.line AS line, first.file AS file0, first.line AS line0 FROM entries AS later JOIN (SELECT id, min(position) AS position FROM entries GROUP BY id HAVING count(*) > 1) AS seen ON later.id = seen.id AND later.position <> seen.position JOIN entries AS first ON first.position = seen.position ORDER BY later.position LIMIT ?",
      shownFindings
    )
    const diagnostics = rows.map(
      ({ id, file, line, file0, line0 }): Diagnostic => ({
        code: "FT2210",
        severity: "error",
        message: `the id is that of ${typeof line0 === "number" ? `line ${line0}` : "another sample"}${file0 === file || typeof file0 !== "string" ? "" : ` of ${file0}`} already`,
        ...(typeof file === "string" ? { file } : {}),
        ...(typeof line === "number" ? { line } : {}),
        sample_id: String(id),
        expected: "an id that no other sample has",
        actual: JSON.stringify(id),
        help: "give every sample an id of its own, or declare no id: the trainer then makes one of the content"
      })
    )
    return { diagnostics, error_count }
  }

  #unknownLabels(classes: ReadonlyArray<ClassLabel>): ReadonlyArray<Diagnostic> {
    const known = classes.map(({ label }) => label)
    return [...this.#labels.keys()]
      .filter((label) => !known.includes(label))
      .map((label) => {
        const near = didYouMean(label, known)
        return {
          code: "FT2212",
          severity: "error",
          message: "the scan found a label that it does not list as a class",
          expected: `one of ${known.slice(0, 20).join(", ")}`,
          actual: JSON.stringify(label),
          ...(near === undefined ? {} : { help: `did you mean ${JSON.stringify(near)}?` })
        }
      })
  }

  /** Samples that share the first 16 digits of their hash are counted, in the order of the scan; all others have k = 0. */
  #number(): void {
    sql("number equal samples", () => {
      const insert = this.#database.prepare("INSERT INTO numbered (position, k) VALUES (?, ?)")
      const sets = this.#database.prepare(
        `SELECT position, substr(hash, 1, 8) AS short FROM ${this.#repeated("short")} ORDER BY substr(hash, 1, 8), position`
      )
      let last = ""
      let k = 0
      let page: Array<readonly [number, number]> = []
      this.#database.exec("BEGIN")
      for (const row of sets.iterate()) {
        const short = hexOf(row.short)
        k = short === last ? k + 1 : 0
        last = short
        if (k > 0) page.push([Number(row.position), k])
        if (page.length === 10_000) {
          for (const [position, count] of page) insert.run(position, count)
          page = []
        }
      }
      for (const [position, count] of page) insert.run(position, count)
      this.#database.exec("COMMIT")
    })
  }

  #built(classes: ReadonlyArray<ClassLabel>): BuiltIndex {
    const byLabel = new Map(classes.map(({ label, class_id }) => [label, class_id]))
    const classOf = [...this.#labels.keys()].map((label) => byLabel.get(label) ?? -1)
    const dimensions = this.#dimensions
    return {
      summary: this.#summary(classes, classOf),
      lines: () => this.#lines(classOf),
      decoded: () => this.#equalDecoded(),
      sharedKeys: () => this.#sharedKeys(),
      vectors: dimensions === undefined ? undefined : { values: this.#vectors.subarray(0, this.#count * dimensions), dimensions },
      hasKeys: this.#keyed
    }
  }

  #summary(classes: ReadonlyArray<ClassLabel>, classOf: ReadonlyArray<number>): IndexSummary {
    const class_counts = classes.map(() => 0)
    for (const { label, n } of this.#all("SELECT label, count(*) AS n FROM entries WHERE label IS NOT NULL GROUP BY label"))
      class_counts[classOf[Number(label)] ?? -1] = Number(n)
    const groups = this.#grouped > 0 ? this.#all("SELECT count(DISTINCT grp) AS n FROM entries") : []
    return {
      sample_count: this.#count,
      class_counts,
      part_counts: Object.fromEntries([...this.#parts].sort(([left], [right]) => (left < right ? -1 : 1))),
      group_count: Number(groups[0]?.n ?? 0),
      grouped_count: this.#grouped,
      time_count: this.#timed,
      values: this.#values ?? []
    }
  }

  /** SQLite writes the lines, a hundred at a time: as objects of ours, each of them would be garbage a moment later. */
  *#lines(classOf: ReadonlyArray<number>): Generator<Uint8Array> {
    sql("number the classes", () => {
      this.#database.exec("CREATE TABLE IF NOT EXISTS classes (label INTEGER PRIMARY KEY, class_id INTEGER NOT NULL)")
      const insert = this.#database.prepare("INSERT OR REPLACE INTO classes (label, class_id) VALUES (?, ?)")
      for (const [label, class_id] of classOf.entries()) insert.run(label, class_id)
    })
    const page = sql("read a temporary index", () =>
      this.#database.prepare(
        `SELECT group_concat(line, '') AS lines FROM (SELECT ${lineOf} AS line FROM entries LEFT JOIN numbered USING (position) LEFT JOIN classes USING (label) WHERE position >= ? AND position < ? ORDER BY position)`
      )
    )
    let buffer = Buffer.alloc(1 << 16)
    for (let from = 0; from < this.#count; from += linesAtOnce) {
      const text = String(sql("read a temporary index", () => page.get(from, from + linesAtOnce))?.lines)
      if (buffer.length < text.length * 3) buffer = Buffer.alloc(text.length * 6)
      yield buffer.subarray(0, buffer.write(text))
    }
  }

  #equalDecoded(): ReadonlyArray<ReadonlyArray<number>> {
    const sets: Array<ReadonlyArray<number>> = []
    if (!this.#decoded) return sets
    for (const set of setsOf(
      this.#each(`SELECT position, decoded AS key, hash FROM ${this.#repeated("decoded_short")} ORDER BY decoded, position`)
    ))
      if (set.some(({ hash }) => hash !== set[0]?.hash)) sets.push(set.map(({ position }) => position))
    return sets.sort((left, right) => (left[0] ?? 0) - (right[0] ?? 0))
  }

  #sharedKeys(): { readonly pairs: ReadonlyArray<readonly [number, number]>; readonly truncated: boolean } {
    const pairs: Array<readonly [number, number]> = []
    let truncated = false
    const sets = setsOf(
      this.#each(
        `SELECT position, near AS key, coalesce(decoded, hash) AS hash FROM ${this.#repeated("near_short")} ORDER BY near, position`
      )
    )
    for (const set of sets) {
      if (set.every(({ hash }) => hash === set[0]?.hash)) continue
      const large = set.length > largeSet
      truncated ||= large
      for (const [at, left] of set.entries()) {
        if (large && at > 0) break
        for (const right of set.slice(at + 1)) {
          if (left.hash === right.hash) continue
          if (pairs.length >= mostPairs) return { pairs, truncated: true }
          pairs.push([left.position, right.position])
        }
      }
    }
    return { pairs: pairs.sort(([a, b], [c, d]) => a - c || b - d), truncated }
  }
}

interface SetMember {
  readonly position: number
  readonly hash: string
}

/** Consecutive rows of one key. */
function* setsOf(rows: Iterable<Row>): Generator<ReadonlyArray<SetMember>> {
  let key = ""
  let set: Array<SetMember> = []
  for (const row of rows) {
    const next = hexOf(row.key)
    if (next !== key && set.length > 0) {
      yield set
      set = []
    }
    key = next
    set.push({ position: Number(row.position), hash: hexOf(row.hash) })
  }
  if (set.length > 0) yield set
}

const refused = (diagnostics: ReadonlyArray<Diagnostic>, error_count: number) => ({ ok: false, diagnostics, error_count }) as const

/** An adapter that does not keep its contract. */
const broken = (what: string, expected: string, actual: string) =>
  trainerError("failed", {
    code: "FT2213",
    message: `the adapter broke its contract at ${what}`,
    expected,
    actual,
    help: "this is a bug of the adapter"
  })

const open = Effect.gen(function* () {
  const index = yield* Effect.acquireRelease(
    attempt(() => new TemporaryIndex()),
    (opened) => Effect.ignore(attempt(() => opened.close()))
  )
  return {
    sink: { add: (entries) => attempt(() => index.add(entries)) },
    finish: (classes) => attempt(() => index.finish(classes))
  } satisfies IndexBuilder
})

/** {@link Indexer} on a temporary SQLite database. */
export const indexerLayer: Layer.Layer<Indexer> = Layer.succeed(Indexer, { open })
