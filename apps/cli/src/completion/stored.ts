/**
 * Names that a project has, for completion: of the store, by one SELECT that only reads, and of its plugins, from their manifests.
 *
 * It has to be done before a person looks up, so that nothing of what usually reads a project is loaded. What cannot be read has no names:
 * nobody who presses a key asked for an error.
 */
import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join, resolve } from "node:path"
import { findFolder, projectFiles } from "../projectFolder.ts"

export interface Candidate {
  readonly value: string
  readonly about: string
}

/** As many as a person would look through. */
const most = 200

const statements = {
  run: `SELECT run_id AS value, name || ', seed ' || seed AS about FROM runs ORDER BY position DESC LIMIT ${most}`,
  group: `SELECT group_id AS value, name || ', ' || count(*) || ' runs' AS about FROM runs GROUP BY group_id ORDER BY max(position) DESC LIMIT ${most}`,
  dataset: `SELECT name || '@' || version AS value, '' AS about FROM datasets ORDER BY position DESC LIMIT ${most}`,
  brain: `SELECT name || '@' || version AS value, '' AS about FROM brains ORDER BY position DESC LIMIT ${most}`,
  campaign: `SELECT campaign_id AS value, name AS about FROM campaigns ORDER BY position DESC LIMIT ${most}`,
  scorecard: `SELECT scorecard_id AS value, run_id || ', ' || phase AS about FROM scorecards ORDER BY position DESC LIMIT ${most}`
} as const

export type Stored = keyof typeof statements
export const isStored = (name: string): name is Stored => name in statements

interface Found {
  readonly folder: string
  readonly text: string
}

const projectOf = (from: string): Found | undefined => {
  const folder = findFolder(from)
  const name = folder === undefined ? undefined : projectFiles.find((each) => existsSync(join(folder, each)))
  return folder === undefined || name === undefined ? undefined : { folder, text: readFileSync(join(folder, name), "utf8") }
}

/** Newest first. */
export const storedNames = async (
  kind: Stored,
  from: string,
  environment: Readonly<Record<string, string | undefined>>
): Promise<ReadonlyArray<Candidate>> => {
  try {
    const project = projectOf(from)
    if (project === undefined) return []
    const said = /^\s*"?store"?\s*[=:]\s*["']?([^"'\n]+)/m.exec(project.text)?.[1]
    const file = join(resolve(project.folder, environment.FEAGI_TRAINER_STORE ?? said ?? ".feagi-trainer"), "store.sqlite")
    const { DatabaseSync } = await import("node:sqlite")
    const database = new DatabaseSync(file, { readOnly: true, timeout: 200 })
    const rows = database.prepare(statements[kind]).all()
    database.close()
    return rows.map(({ value, about }) => ({ value: String(value), about: String(about) }))
  } catch {
    return []
  }
}

interface Manifest {
  readonly entries: ReadonlyArray<{ readonly kind: string; readonly id: string; readonly title?: string }>
}

const read = <A>(file: string): A => JSON.parse(readFileSync(file, "utf8")) as A

const entriesOf = (folder: string, listed: string): Manifest["entries"] => {
  try {
    const packageFile = /^[./]/.test(listed)
      ? join(resolve(folder, listed), "package.json")
      : createRequire(join(folder, "feagi-trainer.toml")).resolve(`${listed}/package.json`)
    const { feagiTrainer } = read<{ readonly feagiTrainer: string }>(packageFile)
    return read<Manifest>(join(dirname(packageFile), feagiTrainer)).entries
  } catch {
    return []
  }
}

/** What the listed plugins offer, of one kind or of all. */
export const pluginNames = (kind: string | undefined, from: string): ReadonlyArray<Candidate> => {
  const project = projectOf(from)
  const list = /plugins"?\s*[=:]\s*\[([^\]]*)\]/.exec(project?.text ?? "")?.[1] ?? ""
  return [...list.matchAll(/"([^"]+)"|'([^']+)'/g)]
    .flatMap((match) => entriesOf(project?.folder ?? "", match[1] ?? match[2] ?? ""))
    .filter((entry) => kind === undefined || entry.kind === kind)
    .map(({ id, title = "" }) => ({ value: id, about: title }))
}
