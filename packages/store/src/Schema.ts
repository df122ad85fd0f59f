/**
 * The tables of the store, version 1.
 *
 * Sharp edge: events, predictions and scorecards only grow; triggers refuse to change or delete them, also for a slip of our own.
 */

/** "FTR1" in ASCII: how the header of our SQLite files is told from that of others. */
export const applicationId = 0x46545231

/** Grows with every change of the tables; a store with a larger one is refused. */
export const storeVersion = 1

const appendOnly = (table: string): string => `
CREATE TRIGGER ${table}_never_change BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} only grow'); END;
CREATE TRIGGER ${table}_never_leave BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} only grow'); END;`

export const schema = `
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${storeVersion};
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
