/**
 * Every way in which the store can fail, with its code, and the translation of what SQLite and the operating system say into it.
 *
 * Sharp edge: only errors that are known here become a TrainerError. Anything else is a bug and stays a defect, with its stack.
 */
import { type Reason, TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"

/** One code: what it means, when it appears, the way out. The README lists the same table. */
export interface StoreCode {
  readonly reason: Reason
  readonly title: string
  readonly when: string
  readonly help: string
}

const code = (reason: Reason, title: string, when: string, help: string): StoreCode => ({ reason, title, when, help })

const restore = "restore the store folder from a backup, or move it away and import and run again"

export const storeCodes = {
  FT4001: code(
    "failed",
    "disk full",
    "a write found no space, quota or file size left",
    "free space on the disk of the store, then repeat: what was acknowledged is kept"
  ),
  FT4002: code(
    "failed",
    "permission denied",
    "the operating system refused a file",
    "give the user who runs this access to the file, and for a file of the store to its folder"
  ),
  FT4003: code(
    "failed",
    "disk failed",
    "a sync failed, or SQLite met an I/O error; this process writes no more",
    "check the disk, then start again: the store continues from what was acknowledged"
  ),
  FT4004: code(
    "locked",
    "store busy",
    "another process wrote for longer than the waiting time",
    "wait until the other process is done, then repeat"
  ),
  FT4005: code("integrity", "store file damaged", "store.sqlite is empty, cut, altered or no database", restore),
  FT4006: code(
    "integrity",
    "not a store",
    "store.sqlite is a database of another program",
    "choose another store folder; nothing was changed in this one"
  ),
  FT4007: code("integrity", "newer store", "the store was written by a newer version", "upgrade feagi-trainer; nothing was changed"),
  FT4008: code(
    "invalid",
    "unsafe store folder",
    "the folder of the store is no folder, or others may write to it",
    "chmod 700 the folder, or choose another one"
  ),
  FT4009: code(
    "failed",
    "file error",
    "the operating system failed for another reason, which the message names",
    "remove the cause that the message names, then repeat"
  ),
  FT4010: code(
    "integrity",
    "blob missing",
    "a blob that was asked for or referred to is not there",
    "store the same bytes again (repeat the import or the run), or restore the file from a backup"
  ),
  FT4011: code(
    "integrity",
    "blob altered",
    "the bytes of a blob do not have the hash that names it",
    "delete the named file and store the same bytes again, or restore it from a backup"
  ),
  FT4012: code("usage", "no hash", "a blob was asked for by something that is no SHA-256", "give 64 lower-case hex digits"),
  FT4013: code(
    "invalid",
    "stray file",
    "a file that the store did not write lies among its blobs (a warning of verify)",
    "move the file out of the store"
  ),
  FT4020: code("usage", "unknown run", "no run or campaign has this id", "list the runs or campaigns to see their ids"),
  FT4021: code("locked", "run held", "another live process holds the run or campaign", "wait for that process, or ask it to pause or stop"),
  FT4022: code(
    "locked",
    "lease lost",
    "the run or campaign was taken over by another process since it was acquired",
    "stop this process; the other one continues from the last commit"
  ),
  FT4023: code("integrity", "event chain broken", "an event of a run or campaign was altered, removed, moved or cut off", restore),
  FT4024: code("integrity", "prediction altered", "a prediction of a run was altered or removed", restore),
  FT4025: code(
    "failed",
    "committed twice",
    "a step holds a sample that is committed already",
    "report this with the run id: the executor repeated a committed step"
  ),
  FT4026: code(
    "failed",
    "value not storable",
    "an event or a prediction holds something that has no exact stored form",
    "correct what made the value: JSON data, safe integers and well-formed text can be stored"
  ),
  FT4027: code(
    "integrity",
    "scorecard differs",
    "the phase of a run has a scorecard with another body",
    "keep the stored one; run again to get a new run id for a new result"
  ),
  FT4028: code("integrity", "record altered", "a row of the store contradicts the journal or holds what the store never writes", restore),
  FT4029: code("integrity", "reward altered", "a reward of a run was altered or removed", restore),
  FT4030: code(
    "usage",
    "bundle exists",
    "the folder or file to write a bundle to is there already",
    "choose a path that does not exist, or remove what is there"
  ),
  FT4031: code(
    "usage",
    "bundle entry refused",
    "an entry of a bundle has an unsafe, reserved or repeated name",
    "use relative names with forward slashes, each once"
  ),
  FT4032: code("integrity", "no bundle", "bundle.json is missing, unreadable or altered", "export the bundle again"),
  FT4033: code("integrity", "newer bundle", "the bundle was written by a newer version", "upgrade feagi-trainer"),
  FT4034: code(
    "integrity",
    "bundle file altered",
    "a file of a bundle does not have the bytes that bundle.json names",
    "export the bundle again, or fetch the file from its source"
  ),
  FT4035: code(
    "integrity",
    "bundle file missing",
    "a file that bundle.json names is not there",
    "export the bundle again, or fetch the file from its source"
  ),
  FT4036: code(
    "integrity",
    "bundle file extra",
    "a file is there that bundle.json does not name",
    "remove the file: it is no part of the bundle"
  ),
  FT4037: code(
    "integrity",
    "archive refused",
    "a zip file is none, or holds a link, an encrypted, overlapping or lying entry, or more than its limits",
    "export the bundle again with feagi-trainer, or use the folder"
  ),
  FT4038: code(
    "integrity",
    "bundle contradicts itself",
    "files of a bundle have their hashes, and say something else than its journal",
    "export the bundle again from the store that made the run"
  ),
  FT4039: code(
    "invalid",
    "import in the way",
    "the store holds another run, dataset or scorecard under a name that the bundle needs",
    "import into a store of its own: set FEAGI_TRAINER_STORE to another folder"
  ),
  FT4040: code(
    "invalid",
    "path refused",
    "a path is absolute, climbs with .. or has a form that some system reads in its own way",
    "give a relative path under the root, with forward slashes"
  ),
  FT4041: code(
    "invalid",
    "path leaves the root",
    "a symbolic link leads out of the root, in a circle or to nothing",
    "replace the link by the file it points to, or choose the root above it"
  ),
  FT4042: code(
    "invalid",
    "no regular file",
    "a folder, pipe, socket or device stands where a file is needed",
    "give the path of a regular file"
  ),
  FT4043: code("invalid", "no such file", "nothing is at the path", "check the spelling and the folder it is relative to"),
  FT4044: code(
    "invalid",
    "file too large",
    "a file is larger than the limit of its reader",
    "make the file smaller: the limit stands in the message"
  ),
  FT4045: code("invalid", "root not usable", "the root of a dataset is no folder that can be read", "give an existing folder"),
  FT4046: code("usage", "range refused", "an offset or a length is no whole number from 0", "give whole numbers from 0"),
  FT4047: code(
    "usage",
    "superseded in a circle",
    "a scorecard is to supersede itself, or one that supersedes it already",
    "name the scorecard that is out of date first, and the one to be read instead second"
  ),
  FT4048: code(
    "invalid",
    "diagnostics refused",
    "a line of a file of diagnostics is no event, or is out of its sequence",
    "correct the line that is named, or record the diagnostics again"
  ),
  FT4049: code(
    "invalid",
    "dream pool refused",
    "the manifest of a dream pool does not fit its schema, its folder or its samples",
    "write the manifest again from the samples that are there"
  ),
  FT4050: code(
    "integrity",
    "input altered",
    "a file of diagnostics or of a dream pool does not have the hash that names it",
    "restore the file, or pin the new hash: it is another input then"
  ),
  FT4051: code("integrity", "mark altered", "a tag, note or star of a run was altered or removed in the store", restore),
  FT4052: code("usage", "mark refused", "a tag or note is none that can be kept", "write what was expected"),
  FT4053: code(
    "invalid",
    "marked meanwhile",
    "the marks of a run are no longer those that a change was made for",
    "read them again with run marks, then repeat with its etag, or without one to overwrite"
  )
} as const satisfies Readonly<Record<string, StoreCode>>

export type StoreCodeId = keyof typeof storeCodes

/** What a diagnostic says beyond its code. */
export interface Finding {
  readonly message: string
  readonly file?: string
  readonly field?: string
  readonly sample_id?: string
  readonly expected?: string
  readonly actual?: string
  readonly help?: string
  readonly count?: number
}

/** The failure of one code; the help of the code stands in unless the finding has a better one. */
export const storeError = (id: StoreCodeId, finding: Finding): TrainerError =>
  trainerError(storeCodes[id].reason, { code: id, help: storeCodes[id].help, ...finding })

/** `cause` as a TrainerError when the operating system said it; anything else comes back as it is. */
export const fromSystem = (cause: unknown, action: string, file: string): unknown => {
  if (cause instanceof TrainerError || !(cause instanceof Error)) return cause
  const errno: unknown = Reflect.get(cause, "code")
  if (typeof errno !== "string" || !/^E[A-Z0-9]+$/.test(errno)) return cause
  const found = (id: StoreCodeId): TrainerError =>
    storeError(id, { message: `could not ${action}: ${storeCodes[id].title} (${errno})`, file })
  switch (errno) {
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return found("FT4001")
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return found("FT4002")
    default:
      return storeError("FT4009", { message: `could not ${action}: ${errno}`, file })
  }
}

const sqliteCodes: ReadonlyMap<number, StoreCodeId> = new Map([
  [3, "FT4002"],
  [5, "FT4004"],
  [6, "FT4004"],
  [8, "FT4002"],
  [10, "FT4003"],
  [11, "FT4005"],
  [13, "FT4001"],
  [14, "FT4002"],
  [15, "FT4004"],
  [26, "FT4005"]
] as const)

/** `cause` as a TrainerError when SQLite said it (by its primary result code); anything else comes back as it is. */
export const fromSqlite = (cause: unknown, action: string, file: string): unknown => {
  if (cause instanceof TrainerError || !(cause instanceof Error)) return cause
  const result: unknown = Reflect.get(cause, "errcode")
  if (typeof result !== "number") return fromSystem(cause, action, file)
  const id = sqliteCodes.get(result & 0xff)
  // A constraint that no rule of ours caught first is a bug, and keeps its stack.
  return id === undefined
    ? cause
    : storeError(id, { message: `could not ${action}: ${storeCodes[id].title} (SQLite ${result}: ${cause.message})`, file })
}

/** Runs synchronous code; a thrown TrainerError becomes the failure, everything else a defect. */
export const attempt = <A>(body: () => A): Effect.Effect<A, TrainerError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(body())
    } catch (cause) {
      return cause instanceof TrainerError ? Effect.fail(cause) : Effect.die(cause)
    }
  })
