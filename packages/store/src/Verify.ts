/**
 * Looks at every byte of a store and names each damage by hash, run and path. It repairs nothing.
 *
 * Sharp edge: a row that an attacker rewrote together with all its hashes is found only by a hash that was kept elsewhere, such as the
 * scorecard that names the predictions.
 */
import type { Diagnostic, TrainerError } from "@feagi-trainer/contracts"
import { blobsOf, type RegisteredScan } from "@feagi-trainer/core"
import { fromCanonical, fromUtf8 } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import type { Blobs } from "./Blobs.ts"
import type { CampaignStore } from "./Campaigns.ts"
import type { Database } from "./Database.ts"
import type { Journal } from "./Journal.ts"
import type { Records } from "./Records.ts"
import { attempt, storeCodes, storeError } from "./StoreError.ts"
import type { MarkStore } from "./UserMarks.ts"

interface Parts {
  readonly database: Database
  readonly blobs: Blobs
  readonly journal: Journal
  readonly campaigns: CampaignStore
  readonly records: Records
  readonly marks: MarkStore
}

type Findings = ReadonlyArray<Diagnostic>

/** What a check finds, or the error that it ended with: one damage must not hide the others. */
const findings = (body: () => Findings): Effect.Effect<Findings, never> =>
  attempt(body).pipe(Effect.catch((error: TrainerError) => Effect.succeed<Findings>(error.diagnostics)))

const checkDatabase = (database: Database): Findings => {
  const rows = database.all("PRAGMA integrity_check(100)").map((row) => String(row.integrity_check))
  if (rows.length === 1 && rows[0] === "ok") return []
  return rows.flatMap((message) => storeError("FT4005", { message: `SQLite reports: ${message}`, file: database.file }).diagnostics)
}

const checkBlob = ({ blobs }: Parts, sha256: string): Findings =>
  blobs.inspect(sha256) === "whole"
    ? []
    : storeError("FT4011", { message: `blob ${sha256} is altered`, file: blobs.pathOf(sha256), expected: `SHA-256 ${sha256}` }).diagnostics

const checkStrays = ({ blobs }: Parts): Findings =>
  blobs.survey().strays.map(({ path, why }) => ({
    code: "FT4013",
    severity: "warning",
    message: `a stray file ${why}`,
    file: path,
    help: storeCodes.FT4013.help
  }))

/** Every blob that a row or an event names, with who names it. */
const references = function* ({
  blobs,
  database,
  records,
  journal,
  campaigns
}: Parts): Iterable<{ readonly sha256: string; readonly by: string }> {
  for (const run of journal.rows()) yield { sha256: run.document_sha256, by: `the document of run ${run.run_id}` }
  for (const row of campaigns.rows()) yield { sha256: row.document_sha256, by: `the document of campaign ${row.campaign_id}` }
  for (const dataset of records.datasets()) {
    yield { sha256: dataset.scan_sha256, by: `the scan of dataset ${dataset.dataset_version_id}` }
    // A scan that is missing or altered is told by itself; what it named is not known then.
    if (blobs.inspect(dataset.scan_sha256) === "whole")
      for (const sha256 of blobsOf(fromCanonical(fromUtf8(blobs.get(dataset.scan_sha256))) as unknown as RegisteredScan))
        yield { sha256, by: `part of the scan of dataset ${dataset.dataset_version_id}` }
  }
  for (const { name, version, genome_sha256, connectome, development_sha256 } of records.brains()) {
    yield { sha256: genome_sha256, by: `the genome of brain ${name}@${version}` }
    if (connectome !== null) yield { sha256: connectome.sha256, by: `the connectome of brain ${name}@${version}` }
    if (development_sha256 !== null) yield { sha256: development_sha256, by: `what grew of brain ${name}@${version}` }
  }
  for (const card of [...records.cards(), ...records.verified()])
    yield { sha256: card.document_sha256, by: `scorecard ${card.scorecard_id} of run ${card.run_id}` }
  const checkpoints = database.all(
    // A run that came from another store is over, and came without the checkpoints inside of its phases.
    "SELECT run_id, seq, json_extract(payload, '$.checkpoint_sha256') AS sha256 FROM events WHERE json_valid(payload) AND json_type(payload, '$.checkpoint_sha256') = 'text' AND run_id NOT IN (SELECT run_id FROM origins) ORDER BY run_id, seq"
  )
  for (const row of checkpoints) {
    yield { sha256: String(row.sha256), by: `the checkpoint in event ${String(row.seq)} of run ${String(row.run_id)}` }
  }
}

const checkReferences = (parts: Parts, stored: ReadonlySet<string>): Findings => {
  const found: Array<Diagnostic> = []
  for (const { sha256, by } of references(parts)) {
    if (stored.has(sha256)) continue
    const place = /^[0-9a-f]{64}$/.test(sha256) ? { file: parts.blobs.pathOf(sha256) } : {}
    found.push(...storeError("FT4010", { message: `blob ${sha256} is missing: it is ${by}`, ...place }).diagnostics)
  }
  return found
}

/** Every damage of a store, in the order database, blobs, runs, references, stray files. */
export const verify = (parts: Parts): Effect.Effect<Findings, TrainerError> =>
  Effect.gen(function* () {
    const found: Array<Diagnostic> = [...(yield* findings(() => checkDatabase(parts.database)))]
    const stored = new Set<string>()
    for (const { sha256 } of (yield* attempt(() => parts.blobs.survey())).blobs) {
      stored.add(sha256)
      found.push(...(yield* findings(() => checkBlob(parts, sha256))))
      // A large store takes minutes; the rest of the process goes on, and an interruption is heard.
      yield* Effect.yieldNow
    }
    const runs = yield* attempt(() => parts.journal.rows().map(({ run_id }) => run_id)).pipe(
      Effect.catch((error: TrainerError) => {
        found.push(...error.diagnostics)
        return Effect.succeed<ReadonlyArray<string>>([])
      })
    )
    for (const run_id of runs) {
      found.push(...(yield* findings(() => parts.journal.inspect(run_id).flatMap((error) => error.diagnostics))))
      yield* Effect.yieldNow
    }
    found.push(
      ...(yield* findings(() =>
        parts.campaigns
          .rows()
          .flatMap(({ campaign_id }) => parts.campaigns.inspect(campaign_id))
          .flatMap((error) => error.diagnostics)
      ))
    )
    found.push(...(yield* findings(() => parts.marks.inspect().flatMap((error) => error.diagnostics))))
    found.push(...(yield* findings(() => checkReferences(parts, stored))))
    found.push(...(yield* findings(() => checkStrays(parts))))
    return found
  })
