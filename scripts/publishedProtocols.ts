/** The protocols that the plugins of this workspace offer, the metric packs that measure them, and where versions are kept. */
import { globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import type { EntryOf, PluginManifest, Protocol } from "../packages/contracts/src/index.ts"
import { root } from "./steps.ts"

export interface OfferedProtocol {
  /** Relative to the repository. */
  readonly folder: string
  readonly protocol: Protocol
}

const manifests = (): ReadonlyArray<{ readonly folder: string; readonly manifest: PluginManifest }> =>
  globSync("plugins/*/feagi-trainer.plugin.json", { cwd: root })
    .sort()
    .map((file) => ({
      folder: dirname(file).replaceAll("\\", "/"),
      manifest: JSON.parse(readFileSync(join(root, file), "utf8")) as PluginManifest
    }))

const entriesOf = async <Kind extends "protocol" | "metric-pack">(
  kind: Kind
): Promise<ReadonlyArray<{ readonly folder: string; readonly entry: EntryOf[Kind] }>> => {
  const found: Array<{ readonly folder: string; readonly entry: EntryOf[Kind] }> = []
  for (const { folder, manifest } of manifests()) {
    const entries = manifest.entries.filter((entry) => entry.kind === kind)
    if (entries.length === 0) continue
    const module = (await import(pathToFileURL(join(root, folder, "src", "index.ts")).href)) as Readonly<Record<string, EntryOf[Kind]>>
    for (const { export: name } of entries) {
      const entry = module[name]
      if (entry === undefined) throw new Error(`${folder} does not export ${name}`)
      found.push({ folder, entry })
    }
  }
  return found
}

export const protocolsOfPlugins = async (): Promise<ReadonlyArray<OfferedProtocol>> =>
  (await entriesOf("protocol")).map(({ folder, entry }) => ({ folder, protocol: entry }))

export const packsOfPlugins = async (): Promise<ReadonlyArray<EntryOf["metric-pack"]>> =>
  (await entriesOf("metric-pack")).map(({ entry }) => entry)

/** Relative to the repository. */
export const keptFile = (folder: string, { id, version }: Pick<Protocol, "id" | "version">): string =>
  `${folder}/published/${id}@${version}.json`

/** Every kept version of a protocol, in the order of the names of their files. */
export const keptVersions = (folder: string, { id }: Pick<Protocol, "id">): ReadonlyArray<unknown> =>
  globSync(`${folder}/published/${id}@*.json`, { cwd: root })
    .sort()
    .map((file) => JSON.parse(readFileSync(join(root, file), "utf8")) as unknown)
