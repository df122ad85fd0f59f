/**
 * Registry and Scorecards on SQLite.
 *
 * Sharp edges: a dataset version is everything its record pins (content, adapter with version and options, scan), so a new adapter version
 * over the same content is a new version; registering it again from elsewhere moves the location and nothing else.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import type {
  BrainRecord,
  DatasetLocation,
  DatasetRecord,
  Registered,
  Registry,
  ScorecardRow,
  Scorecards,
  StoredDataset,
  Supersession,
  VerifiedScorecardRow
} from "@feagi-trainer/core"
import { CanonicalError, canonical, fromCanonical, JsonSyntaxError, type JsonValue, sha256Hex } from "@feagi-trainer/determinism"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type Database, integerAt, type Row, textAt } from "./Database.ts"
import { attempt, storeError } from "./StoreError.ts"

export interface Records {
  readonly registry: Registry["Service"]
  readonly scorecards: Scorecards["Service"]
  readonly datasets: () => ReadonlyArray<StoredDataset>
  readonly brains: () => ReadonlyArray<BrainRecord>
  readonly cards: () => ReadonlyArray<ScorecardRow>
  readonly verified: () => ReadonlyArray<VerifiedScorecardRow>
  readonly supersessions: () => ReadonlyArray<Supersession>
}

type NewDataset = Omit<DatasetRecord, "version" | "dataset_version_id">

/** Only what the contract names, so that a wider object of a caller adds nothing to the identity. */
const pinned = (record: NewDataset): NewDataset => ({
  name: record.name,
  dataset_asset_id: record.dataset_asset_id,
  content_hash: record.content_hash,
  schema_fingerprint: record.schema_fingerprint,
  modality: record.modality,
  output_type: record.output_type,
  adapter: { id: record.adapter.id, version: record.adapter.version },
  adapter_options: record.adapter_options,
  sample_count: record.sample_count,
  scan_sha256: record.scan_sha256
})

const storedText = (what: string, value: unknown): string => {
  try {
    return canonical(value)
  } catch (cause) {
    if (!(cause instanceof CanonicalError)) throw cause
    throw storeError("FT4026", { message: `${what} cannot be stored: ${cause.message}` })
  }
}

type NewBrain = Omit<BrainRecord, "version">

const pinnedBrain = (record: NewBrain): NewBrain => ({
  name: record.name,
  genome_sha256: record.genome_sha256,
  canonical_sha256: record.canonical_sha256,
  source: record.source,
  connectome:
    record.connectome === null
      ? null
      : { sha256: record.connectome.sha256, seed: record.connectome.seed, learned_hash: record.connectome.learned_hash },
  lineage:
    record.lineage === null
      ? null
      : {
          parent: record.lineage.parent,
          run_id: record.lineage.run_id,
          spec_sha256: record.lineage.spec_sha256,
          phase: record.lineage.phase,
          dataset_version_id: record.lineage.dataset_version_id,
          dataset_content_hash: record.lineage.dataset_content_hash
        },
  development_sha256: record.development_sha256
})

const brainOf = (database: Database, row: Row): BrainRecord => {
  const [name, version] = [textAt(row, "name"), integerAt(row, "version")]
  const genome_sha256 = textAt(row, "genome_sha256")
  const bare = { canonical_sha256: null, connectome: null, lineage: null, development_sha256: null }
  if (row.record === null) return { name, version, genome_sha256, source: textAt(row, "source"), ...bare }
  const text = textAt(row, "record")
  // The hash held, so that the text is one that `addBrain` wrote.
  const record = sha256Hex(text) === textAt(row, "record_sha256") ? (fromCanonical(text) as unknown as NewBrain) : undefined
  if (record?.name !== name || record.genome_sha256 !== genome_sha256)
    throw storeError("FT4028", {
      message: `brain ${name}@${version} was altered: its record does not have the hash stored with it`,
      file: database.file
    })
  return { ...record, version }
}

/** What a version is told by. A genome alone is its own hash, as version 1 of the tables had it. */
const contentOf = ({ genome_sha256, connectome }: NewBrain): string =>
  connectome === null ? genome_sha256 : `${genome_sha256}+${connectome.sha256}+${connectome.seed}`

const cardOf = (row: Row): ScorecardRow => ({
  scorecard_id: textAt(row, "scorecard_id"),
  run_id: textAt(row, "run_id"),
  phase: textAt(row, "phase"),
  body_sha256: textAt(row, "body_sha256"),
  document_sha256: textAt(row, "document_sha256"),
  created_at: integerAt(row, "created_at")
})

const alteredDataset = (database: Database, row: Row): TrainerError =>
  storeError("FT4028", {
    message: `dataset ${textAt(row, "name")}@${integerAt(row, "version")} was altered: its record does not have the hash stored with it`,
    file: database.file
  })

const datasetOf = (database: Database, row: Row): StoredDataset => {
  const text = textAt(row, "record")
  const record = datasetRecord(text)
  if (record === undefined || record.name !== textAt(row, "name") || sha256Hex(text) !== textAt(row, "identity_sha256"))
    throw alteredDataset(database, row)
  const version = integerAt(row, "version")
  return {
    ...record,
    version,
    dataset_version_id: `${record.name}@${version}`,
    location: { root: textAt(row, "root"), path: textAt(row, "path") }
  }
}

const nextVersion = (database: Database, table: "datasets" | "brains", name: string): number =>
  integerAt(database.get(`SELECT coalesce(max(version), 0) AS last FROM ${table} WHERE name = ?`, name) ?? {}, "last") + 1

const addDataset = (database: Database, given: NewDataset, location: DatasetLocation): Registered<StoredDataset> => {
  const record = pinned(given)
  const text = storedText(`dataset "${given.name}"`, record)
  const identity = sha256Hex(text)
  storedText(`the location of dataset "${given.name}"`, [location.root, location.path])
  return database.write("register a dataset", () => {
    const row = database.get("SELECT * FROM datasets WHERE name = ? AND identity_sha256 = ?", record.name, identity)
    if (row !== undefined) {
      database.run("UPDATE datasets SET root = ?, path = ? WHERE position = ?", location.root, location.path, integerAt(row, "position"))
      return { record: { ...datasetOf(database, row), location: { root: location.root, path: location.path } }, existing: true }
    }
    const version = nextVersion(database, "datasets", record.name)
    database.run(
      "INSERT INTO datasets (name, version, record, identity_sha256, root, path) VALUES (?, ?, ?, ?, ?, ?)",
      record.name,
      version,
      text,
      identity,
      location.root,
      location.path
    )
    const stored = {
      ...record,
      version,
      dataset_version_id: `${record.name}@${version}`,
      location: { root: location.root, path: location.path }
    }
    return { record: stored, existing: false }
  })
}

/**
 * Registers a dataset under the version that a run of another store knows it by, or finds it there. Inside of a transaction. FT4039 where
 * the name and version are those of other data, or the same data has another version.
 */
export const insertDatasetVersion = (database: Database, given: StoredDataset): StoredDataset => {
  const record = pinned(given)
  const text = storedText(`dataset "${given.name}"`, record)
  const identity = sha256Hex(text)
  const row = database.get(
    "SELECT * FROM datasets WHERE name = ? AND (version = ? OR identity_sha256 = ?)",
    record.name,
    given.version,
    identity
  )
  if (row !== undefined) {
    const there = datasetOf(database, row)
    if (there.version === given.version && textAt(row, "identity_sha256") === identity) return there
    throw storeError("FT4039", {
      message:
        there.version === given.version
          ? `${there.dataset_version_id} is registered here and is other data, or was read in another way`
          : `the data of ${given.dataset_version_id} is registered here as ${there.dataset_version_id}`,
      expected: `${given.dataset_version_id}, content ${given.content_hash}`,
      actual: `${there.dataset_version_id}, content ${there.content_hash}`
    })
  }
  const { root, path } = given.location
  database.run(
    "INSERT INTO datasets (name, version, record, identity_sha256, root, path) VALUES (?, ?, ?, ?, ?, ?)",
    record.name,
    given.version,
    text,
    identity,
    root,
    path
  )
  return { ...record, version: given.version, dataset_version_id: `${record.name}@${given.version}`, location: { root, path } }
}

const addBrain = (database: Database, given: NewBrain): Registered<BrainRecord> => {
  const record = pinnedBrain(given)
  const { name, genome_sha256, source } = record
  const text = storedText(`brain "${name}"`, record)
  const content = contentOf(record)
  return database.write("register a brain", () => {
    const row = database.get("SELECT * FROM brains WHERE name = ? AND content = ?", name, content)
    if (row !== undefined) {
      const there = brainOf(database, row)
      if (row.record !== null) return { record: there, existing: true }
      // A row of an older store gets what is known now, and keeps what made it.
      const known = { ...record, source: there.source }
      const knownText = storedText(`brain "${name}"`, known)
      const position = integerAt(row, "position")
      database.run("UPDATE brains SET record = ?, record_sha256 = ? WHERE position = ?", knownText, sha256Hex(knownText), position)
      return { record: { ...known, version: there.version }, existing: true }
    }
    const version = nextVersion(database, "brains", name)
    database.run(
      "INSERT INTO brains (name, version, content, source, genome_sha256, record, record_sha256) VALUES (?, ?, ?, ?, ?, ?, ?)",
      name,
      version,
      content,
      source,
      genome_sha256,
      text,
      sha256Hex(text)
    )
    return { record: { ...record, version }, existing: false }
  })
}

const addCard = (database: Database, card: Omit<ScorecardRow, "created_at">, now: number): ScorecardRow => {
  const { scorecard_id, run_id, phase, body_sha256, document_sha256 } = card
  storedText("a scorecard", [scorecard_id, run_id, phase, body_sha256, document_sha256])
  return database.write("add a scorecard", () => {
    if (database.get("SELECT 1 AS there FROM runs WHERE run_id = ?", run_id) === undefined) {
      throw storeError("FT4020", { message: `no run "${run_id}", so it has no scorecard` })
    }
    const row = database.get("SELECT * FROM scorecards WHERE run_id = ? AND phase = ?", run_id, phase)
    if (row !== undefined) {
      const there = cardOf(row)
      if (there.body_sha256 === body_sha256) return there
      throw storeError("FT4027", {
        message: `run ${run_id} has another scorecard for phase ${phase}: ${there.scorecard_id}`,
        expected: `body ${there.body_sha256}`,
        actual: `body ${body_sha256}`
      })
    }
    database.run(
      "INSERT INTO scorecards (scorecard_id, run_id, phase, body_sha256, document_sha256, created_at) VALUES (?, ?, ?, ?, ?, ?)",
      scorecard_id,
      run_id,
      phase,
      body_sha256,
      document_sha256,
      now
    )
    return { scorecard_id, run_id, phase, body_sha256, document_sha256, created_at: now }
  })
}

const verifiedOf = (row: Row): VerifiedScorecardRow => ({ ...cardOf(row), verifies: textAt(row, "verifies") })

const supersessionOf = (row: Row): Supersession => ({
  old_id: textAt(row, "old_id"),
  old_body_sha256: textAt(row, "old_body_sha256"),
  new_id: textAt(row, "new_id"),
  new_body_sha256: textAt(row, "new_body_sha256"),
  reason: textAt(row, "reason"),
  created_at: integerAt(row, "created_at")
})

/** Adds a verified Scorecard unless it is there. Inside of a transaction. */
export const insertVerified = (database: Database, card: VerifiedScorecardRow): VerifiedScorecardRow => {
  const { scorecard_id, verifies, run_id, phase, body_sha256, document_sha256, created_at } = card
  storedText("a scorecard", [scorecard_id, verifies, run_id, phase, body_sha256, document_sha256])
  const row = database.get("SELECT * FROM verified_scorecards WHERE scorecard_id = ?", scorecard_id)
  if (row !== undefined) return verifiedOf(row)
  const about = database.get(
    "SELECT 1 AS there FROM scorecards WHERE scorecard_id = ? AND run_id = ? AND phase = ?",
    verifies,
    run_id,
    phase
  )
  if (about === undefined)
    throw storeError("FT4027", { message: `run ${run_id} has no scorecard ${verifies} for phase ${phase}, which ${scorecard_id} verifies` })
  database.run(
    "INSERT INTO verified_scorecards (scorecard_id, verifies, run_id, phase, body_sha256, document_sha256, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    scorecard_id,
    verifies,
    run_id,
    phase,
    body_sha256,
    document_sha256,
    created_at
  )
  return card
}

/** Adds a supersession unless it is there. Inside of a transaction. */
export const insertSupersession = (database: Database, link: Supersession): Supersession => {
  const { old_id, old_body_sha256, new_id, new_body_sha256, reason, created_at } = link
  storedText("a supersession", [old_id, old_body_sha256, new_id, new_body_sha256, reason])
  const row = database.get("SELECT * FROM supersessions WHERE old_id = ? AND new_id = ?", old_id, new_id)
  if (row !== undefined) return supersessionOf(row)
  database.run(
    "INSERT INTO supersessions (old_id, old_body_sha256, new_id, new_body_sha256, reason, created_at) VALUES (?, ?, ?, ?, ?, ?)",
    old_id,
    old_body_sha256,
    new_id,
    new_body_sha256,
    reason,
    created_at
  )
  return { old_id, old_body_sha256, new_id, new_body_sha256, reason, created_at }
}

/** Whether `to` is reached from `from` by going from old to new. */
const leadsTo = (links: ReadonlyArray<Supersession>, from: string, to: string): boolean => {
  const seen = new Set<string>()
  const open = [from]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === to) return true
    if (seen.has(at)) continue
    seen.add(at)
    for (const { old_id, new_id } of links) if (old_id === at) open.push(new_id)
  }
  return false
}

const supersede = (database: Database, link: Omit<Supersession, "created_at">, now: number): Supersession =>
  database.write("supersede a scorecard", () => {
    const links = database.all("SELECT * FROM supersessions ORDER BY position").map(supersessionOf)
    if (leadsTo(links, link.new_id, link.old_id))
      throw storeError("FT4047", { message: `${link.new_id} cannot supersede ${link.old_id}: it is the same one, or is superseded by it` })
    return insertSupersession(database, { ...link, created_at: now })
  })

/** Opens the registers of a store. */
export const openRecords = (database: Database): Records => {
  const datasets = (): ReadonlyArray<StoredDataset> =>
    database.all("SELECT * FROM datasets ORDER BY position").map((row) => datasetOf(database, row))
  const brains = (): ReadonlyArray<BrainRecord> =>
    database.all("SELECT * FROM brains ORDER BY position").map((row) => brainOf(database, row))
  const cards = (): ReadonlyArray<ScorecardRow> => database.all("SELECT * FROM scorecards ORDER BY position").map(cardOf)
  const verified = (): ReadonlyArray<VerifiedScorecardRow> =>
    database.all("SELECT * FROM verified_scorecards ORDER BY position").map(verifiedOf)
  const supersessions = (): ReadonlyArray<Supersession> => database.all("SELECT * FROM supersessions ORDER BY position").map(supersessionOf)
  const timed = <A>(body: (now: number) => A): Effect.Effect<A, TrainerError> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => attempt(() => body(now)))

  return {
    datasets,
    brains,
    cards,
    verified,
    supersessions,
    registry: {
      addDataset: (record, location) => attempt(() => addDataset(database, record, location)),
      datasets: attempt(datasets),
      addBrain: (record) => attempt(() => addBrain(database, record)),
      brains: attempt(brains)
    },
    scorecards: {
      add: (card) => timed((now) => addCard(database, card, now)),
      list: attempt(cards),
      addVerified: (card) =>
        timed((created_at) => database.write("add a verified scorecard", () => insertVerified(database, { ...card, created_at }))),
      verified: attempt(verified),
      supersede: (link) => timed((now) => supersede(database, link, now)),
      supersessions: attempt(supersessions)
    }
  }
}

/** The record of a text that {@link pinned} made; undefined for any other text. */
const datasetRecord = (text: string): NewDataset | undefined => {
  try {
    const value = fromCanonical(text)
    return isDataset(value) && canonical(value) === text ? pinned(value) : undefined
  } catch (cause) {
    if (cause instanceof CanonicalError || cause instanceof JsonSyntaxError) return undefined
    throw cause
  }
}

const textFields = [
  "name",
  "dataset_asset_id",
  "content_hash",
  "schema_fingerprint",
  "modality",
  "output_type",
  "adapter_options",
  "scan_sha256"
] as const

const isDataset = (value: unknown): value is NewDataset => {
  const adapter = member(value, "adapter")
  return (
    textFields.every((field) => typeof member(value, field) === "string") &&
    Number.isSafeInteger(member(value, "sample_count")) &&
    typeof member(adapter, "id") === "string" &&
    typeof member(adapter, "version") === "string"
  )
}

const member = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? (value as { readonly [key: string]: JsonValue })[key] : undefined
