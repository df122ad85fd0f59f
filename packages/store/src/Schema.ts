/**
 * The tables of the store, as the steps that lead from one version to the next. A new store takes all of them, so that it is the same as an
 * old one that was migrated.
 *
 * Sharp edges: a step that was released is never edited, a change is a new step at the end. What a run recorded only grows; triggers refuse
 * to change or delete it, also for a slip of our own.
 */

/** "FTR1" in ASCII: how the header of our SQLite files is told from that of others. */
export const applicationId = 0x46545231

const appendOnly = (table: string): string => `
CREATE TRIGGER ${table}_never_change BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} only grow'); END;
CREATE TRIGGER ${table}_never_leave BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} only grow'); END;`

const version1 = `
PRAGMA application_id = ${applicationId};
CREATE TABLE runs (
  position INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE,
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  group_id TEXT NOT NULL,
  name TEXT NOT NULL,
  seed TEXT NOT NULL,
  spec_sha256 TEXT NOT NULL,
  document_sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  -- the head: how far the chain goes, so that a tail that was cut off is noticed
  events INTEGER NOT NULL,
  head_sha256 TEXT NOT NULL,
  predictions INTEGER NOT NULL
) STRICT;
CREATE TABLE events (
  run_id TEXT NOT NULL REFERENCES runs (run_id),
  seq INTEGER NOT NULL CHECK (seq >= 0),
  prev_sha256 TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  type TEXT NOT NULL,
  payload TEXT NOT NULL,
  at_wall INTEGER NOT NULL,
  PRIMARY KEY (run_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE predictions (
  run_id TEXT NOT NULL REFERENCES runs (run_id),
  position INTEGER NOT NULL CHECK (position >= 0),
  phase TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  sample_id TEXT NOT NULL,
  line TEXT NOT NULL,
  tick INTEGER NOT NULL,
  -- over every other column of the row
  sha256 TEXT NOT NULL,
  PRIMARY KEY (run_id, position),
  UNIQUE (run_id, phase, epoch, idx)
) STRICT, WITHOUT ROWID;
CREATE TABLE leases (
  run_id TEXT PRIMARY KEY REFERENCES runs (run_id),
  nonce TEXT NOT NULL,
  pid INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  pid_namespace TEXT NOT NULL,
  started TEXT NOT NULL,
  host TEXT NOT NULL,
  since INTEGER NOT NULL
) STRICT;
CREATE TABLE requests (
  run_id TEXT PRIMARY KEY REFERENCES runs (run_id),
  request TEXT NOT NULL CHECK (request IN ('pause', 'stop'))
) STRICT;
CREATE TABLE datasets (
  position INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  record TEXT NOT NULL,
  -- over the record without its version: the same content under the same name is one version
  identity_sha256 TEXT NOT NULL,
  root TEXT NOT NULL,
  path TEXT NOT NULL,
  UNIQUE (name, version),
  UNIQUE (name, identity_sha256)
) STRICT;
CREATE TABLE brains (
  position INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  genome_sha256 TEXT NOT NULL,
  source TEXT NOT NULL,
  UNIQUE (name, version),
  UNIQUE (name, genome_sha256)
) STRICT;
CREATE TABLE scorecards (
  position INTEGER PRIMARY KEY,
  scorecard_id TEXT NOT NULL,
  run_id TEXT NOT NULL REFERENCES runs (run_id),
  phase TEXT NOT NULL,
  body_sha256 TEXT NOT NULL,
  document_sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (run_id, phase)
) STRICT;
${["events", "predictions", "scorecards"].map(appendOnly).join("")}
`

/** What an answer was worth, what a step cost, the request to end a phase early, and what a brain had learnt and what grew of it. */
const version2 = `
ALTER TABLE runs ADD COLUMN rewards INTEGER NOT NULL DEFAULT 0;
CREATE TABLE rewards (
  run_id TEXT NOT NULL REFERENCES runs (run_id),
  position INTEGER NOT NULL CHECK (position >= 0),
  phase TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  sample_id TEXT NOT NULL,
  line TEXT NOT NULL,
  -- over every other column of the row
  sha256 TEXT NOT NULL,
  PRIMARY KEY (run_id, position),
  UNIQUE (run_id, phase, epoch, idx)
) STRICT, WITHOUT ROWID;
CREATE TABLE telemetry (
  position INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs (run_id),
  phase TEXT NOT NULL,
  samples INTEGER NOT NULL,
  figures TEXT NOT NULL
) STRICT;
CREATE INDEX telemetry_of_run ON telemetry (run_id, position);
CREATE TABLE wider_requests (
  run_id TEXT PRIMARY KEY REFERENCES runs (run_id),
  request TEXT NOT NULL CHECK (request IN ('pause', 'stop', 'skip', 'skip-rest'))
) STRICT;
INSERT INTO wider_requests SELECT run_id, request FROM requests;
DROP TABLE requests;
ALTER TABLE wider_requests RENAME TO requests;
CREATE TABLE known_brains (
  position INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  -- genome and connectome: the same brain under the same name is one version
  content TEXT NOT NULL,
  source TEXT NOT NULL,
  genome_sha256 TEXT NOT NULL,
  -- NULL in a row of version 1, which knows the genome alone
  record TEXT,
  record_sha256 TEXT,
  UNIQUE (name, version),
  UNIQUE (name, content)
) STRICT;
INSERT INTO known_brains (position, name, version, content, source, genome_sha256)
  SELECT position, name, version, genome_sha256, source, genome_sha256 FROM brains;
DROP TABLE brains;
ALTER TABLE known_brains RENAME TO brains;
${["rewards", "telemetry"].map(appendOnly).join("")}
`

/** Campaigns: what was asked for, an event chain for each, and which process drives it. */
const version3 = `
CREATE TABLE campaigns (
  position INTEGER PRIMARY KEY,
  campaign_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  document_sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  -- the head: how far the chain goes
  events INTEGER NOT NULL,
  head_sha256 TEXT NOT NULL
) STRICT;
CREATE TABLE campaign_events (
  campaign_id TEXT NOT NULL REFERENCES campaigns (campaign_id),
  seq INTEGER NOT NULL CHECK (seq >= 0),
  prev_sha256 TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  type TEXT NOT NULL,
  payload TEXT NOT NULL,
  at_wall INTEGER NOT NULL,
  PRIMARY KEY (campaign_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE campaign_leases (
  campaign_id TEXT PRIMARY KEY REFERENCES campaigns (campaign_id),
  nonce TEXT NOT NULL,
  pid INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  pid_namespace TEXT NOT NULL,
  started TEXT NOT NULL,
  host TEXT NOT NULL,
  since INTEGER NOT NULL
) STRICT;
${appendOnly("campaign_events")}
`

/** Which store this is, which runs came from another one, and what was said about Scorecards after they were made. */
const version4 = `
CREATE TABLE identity (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  store_id TEXT NOT NULL
) STRICT;
INSERT INTO identity (only_row, store_id) VALUES (1, 'st-' || lower(hex(randomblob(16))));
CREATE TABLE origins (
  run_id TEXT PRIMARY KEY REFERENCES runs (run_id),
  -- the store that executed the run; a run without a row was executed in this one
  store_id TEXT NOT NULL
) STRICT;
CREATE TABLE verified_scorecards (
  position INTEGER PRIMARY KEY,
  scorecard_id TEXT NOT NULL UNIQUE,
  -- the self-reported one, which stays as it is
  verifies TEXT NOT NULL,
  run_id TEXT NOT NULL REFERENCES runs (run_id),
  phase TEXT NOT NULL,
  body_sha256 TEXT NOT NULL,
  document_sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE supersessions (
  position INTEGER PRIMARY KEY,
  old_id TEXT NOT NULL,
  old_body_sha256 TEXT NOT NULL,
  new_id TEXT NOT NULL,
  new_body_sha256 TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (old_id, new_id)
) STRICT;
${["identity", "origins", "verified_scorecards", "supersessions"].map(appendOnly).join("")}
`

/** What people say of runs, and the facts of runs as a cache for tables of them. */
const version5 = `
CREATE TABLE run_marks (
  position INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs (run_id),
  revision INTEGER NOT NULL CHECK (revision >= 1),
  -- what changed, as canonical JSON
  change TEXT NOT NULL,
  at_wall INTEGER NOT NULL,
  -- over every other column but the position
  sha256 TEXT NOT NULL,
  UNIQUE (run_id, revision)
) STRICT;
CREATE TABLE fact_shapes (
  -- the hash of the names
  shape TEXT PRIMARY KEY,
  names TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE run_facts (
  run_id TEXT PRIMARY KEY REFERENCES runs (run_id),
  version INTEGER NOT NULL,
  -- of the journal that they were made of
  head_sha256 TEXT NOT NULL,
  shape TEXT NOT NULL,
  cells TEXT NOT NULL,
  sha256 TEXT NOT NULL
) STRICT;
${appendOnly("run_marks")}
`

const steps: ReadonlyArray<string> = [version1, version2, version3, version4, version5]

/** Grows with every change of the tables; a store with a larger one is refused. */
export const storeVersion = steps.length

/** The SQL that leads from a version to the newest one; version 0 is an empty file. To be run inside of one transaction. */
export const upgradeFrom = (version: number): string => `${steps.slice(version).join("")}\nPRAGMA user_version = ${storeVersion};`
