/** Installed plugins as packages with their entries, and what works together as a matrix. */
export interface Capabilities {
  readonly fs: boolean
  readonly net: boolean
  readonly child_process: boolean
}

export interface Entry {
  readonly id: string
  readonly kind: string
  readonly title: string
  readonly qualified_id: string
  readonly package: string
  readonly version: string
  readonly source: string
  readonly deterministic: boolean
  readonly files_sha256: string
  readonly capabilities: Capabilities
}

export interface Missing {
  readonly kind: string
  readonly because: string
  readonly help: string
}

export interface Chain {
  readonly modality: string
  readonly output_type: string
  readonly fits: Readonly<Record<string, ReadonlyArray<string>>>
  readonly learnt_by: ReadonlyArray<string>
  readonly missing: ReadonlyArray<Missing>
}

export interface Matrix {
  readonly entries: ReadonlyArray<Entry>
  readonly chains: ReadonlyArray<Chain>
}

export interface PackageRow {
  readonly name: string
  readonly version: string
  readonly source: string
  readonly files_sha256: string
  /** Of any of its entries. */
  readonly capabilities: Capabilities
  readonly deterministic: boolean
  readonly entries: ReadonlyArray<Entry>
  /** `2 encoder, 1 decoder`. */
  readonly kinds: string
}

const some = (entries: ReadonlyArray<Entry>, name: keyof Capabilities): boolean => entries.some(({ capabilities }) => capabilities[name])

const counted = (entries: ReadonlyArray<Entry>): string => {
  const counts = new Map<string, number>()
  for (const { kind } of entries) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].map(([kind, count]) => (count === 1 ? kind : `${count} × ${kind}`)).join(", ")
}

/** By name of the package. What one of its entries may do, the package may do; it is deterministic when all are. */
export const packageRows = (entries: ReadonlyArray<Entry>): ReadonlyArray<PackageRow> => {
  const groups = new Map<string, Array<Entry>>()
  for (const entry of entries) groups.set(entry.package, [...(groups.get(entry.package) ?? []), entry])
  return [...groups].flatMap(([name, all]) => {
    const [first] = all
    if (first === undefined) return []
    return [
      {
        name,
        version: first.version,
        source: first.source,
        files_sha256: first.files_sha256,
        capabilities: { fs: some(all, "fs"), net: some(all, "net"), child_process: some(all, "child_process") },
        deterministic: all.every(({ deterministic }) => deterministic),
        entries: all,
        kinds: counted(all)
      }
    ]
  })
}

/** `reads files, opens connections`; `computes only` where it may do nothing of it. */
export const mayText = ({ fs, net, child_process }: Capabilities): string => {
  const may = [...(fs ? ["files"] : []), ...(net ? ["network"] : []), ...(child_process ? ["processes"] : [])]
  return may.length === 0 ? "computes only" : may.join(", ")
}

/** The part of an id that people know: `class` or, of `@scope/package#name`, the name. */
export const shortId = (id: string): string => id.split("#")[1] ?? id

/** How far a pair of samples and answers gets. */
export type Reach = "learnt" | "measured" | "read" | "none"

/**
 * `learnt`: something installed learns it. `measured`: it is read and measured and nobody learns it. `read`: an adapter reads it, no more.
 * `none`: nothing reads it.
 */
export const reachOf = (chain: Chain): Reach => {
  if (chain.learnt_by.length > 0) return "learnt"
  if ((chain.fits.adapter ?? []).length === 0) return "none"
  return (chain.fits["metric-pack"] ?? []).length > 0 ? "measured" : "read"
}

export interface Grid {
  readonly modalities: ReadonlyArray<string>
  readonly outputs: ReadonlyArray<string>
  readonly at: (modality: string, output: string) => Chain | undefined
}

/** Rows of answers, columns of samples; answers that an adapter reads first, those of packages last. */
export const gridOf = (chains: ReadonlyArray<Chain>): Grid => {
  const cells = new Map(chains.map((chain) => [`${chain.modality} ${chain.output_type}`, chain]))
  const modalities = [...new Set(chains.map(({ modality }) => modality))]
  const rank = (output: string): number => {
    const reaches = chains.filter(({ output_type }) => output_type === output).map(reachOf)
    return reaches.includes("learnt") ? 0 : reaches.includes("measured") ? 1 : reaches.includes("read") ? 2 : output.includes("#") ? 4 : 3
  }
  const outputs = [...new Set(chains.map(({ output_type }) => output_type))].toSorted(
    (a, b) => rank(a) - rank(b) || (shortId(a) < shortId(b) ? -1 : shortId(a) > shortId(b) ? 1 : 0)
  )
  return { modalities, outputs, at: (modality, output) => cells.get(`${modality} ${output}`) }
}

export interface Scheme {
  readonly scheme: string
  readonly version: string | null
  readonly available: boolean
  readonly entries: ReadonlyArray<string>
  readonly because: string | null
}

export interface BindingRow {
  readonly direction: "in" | "out"
  readonly subject: string
  readonly io_type: string
  readonly entry: string
  readonly units: ReadonlyArray<string>
}

export interface Bindings {
  readonly rows: ReadonlyArray<BindingRow>
  readonly unavailable: ReadonlyArray<{
    readonly direction: "in" | "out"
    readonly subject: string
    readonly entry: string
    readonly because: string
  }>
}
