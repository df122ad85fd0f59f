/**
 * A project in a temporary folder with a store on its disk: a CSV is registered as `ftr dataset add` does it, a run file is planned as
 * `ftr run start` does it. Nothing is mocked but the plugins that a row adds.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { Effect, Exit, Layer, Scope } from "effect"
import { brainFamily } from "../../packages/brain/src/index.ts"
import { decodeDocument, parseDocument } from "../../packages/config/src/index.ts"
import { type Adapter, ApprovedRoots, Progress, type TaskTemplate } from "../../packages/contracts/src/index.ts"
import {
  BlobStore,
  Catalogue,
  carryOn,
  createRun,
  type ExecuteServices,
  installedPackages,
  makeCatalogue,
  type PlannedRun,
  type PluginPackage,
  plan,
  Registry,
  Roots,
  RunFile,
  type RunJournal,
  RunObserver,
  type RunView,
  readScan,
  type Scorecards
} from "../../packages/core/src/index.ts"
import { canonical, canonicalBytes, sha256Hex } from "../../packages/determinism/src/index.ts"
import { approvedRoots, Store } from "../../packages/store/src/index.ts"
import { pluginFolders } from "../project.ts"
import { root } from "../steps.ts"

export type Services = ExecuteServices | RunJournal | Scorecards

const families = [brainFamily]

export interface Project {
  readonly folder: string
  readonly run: <A, E>(effect: Effect.Effect<A, E, Services>) => Promise<A>
  readonly close: () => Promise<void>
}

/** @param added plugin packages that are made for a row */
export const openProject = async (added: ReadonlyArray<PluginPackage> = []): Promise<Project> => {
  const folder = mkdtempSync(join(tmpdir(), "feagi-bench-"))
  const catalogue = Layer.effect(
    Catalogue,
    Effect.flatMap(installedPackages(pluginFolders, root), (found) => makeCatalogue([...found, ...added]))
  )
  const layer = Layer.mergeAll(
    catalogue,
    Layer.succeed(Roots, { open: approvedRoots }),
    Store.layer(join(folder, "store")),
    RunObserver.silent
  )
  const scope = Effect.runSync(Scope.make())
  const services = await Effect.runPromise(Layer.buildWithScope(layer, scope))
  return {
    folder,
    run: (effect) => Effect.runPromise(Effect.provideContext(effect, services)),
    close: async () => {
      await Effect.runPromise(Scope.close(scope, Exit.void))
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** Scans a CSV completely and registers it. */
export const addDataset = (file: string, label: string, name: string) =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const roots = yield* Roots
    const blobs = yield* BlobStore
    const registry = yield* Registry
    const loaded = yield* catalogue.lookup("adapter", "csv")
    const adapter = loaded.entry as Adapter
    const source = { path: basename(file) }
    const services = <A, E>(effect: Effect.Effect<A, E, ApprovedRoots | Progress>) =>
      Effect.flatMap(roots.open(dirname(file)), (files) =>
        effect.pipe(Effect.provideService(ApprovedRoots, files), Effect.provideService(Progress, { report: () => Effect.void }))
      )
    const candidates = yield* services(adapter.discover(source))
    const written = { ...candidates[0]?.options, label_column: label }
    const decoded = adapter.decodeOptions(written)
    if (!decoded.ok) throw new Error(decoded.mistakes.map((each) => each.message).join("; "))
    const report = yield* services(adapter.validate(source, decoded.value))
    if (report.scan === undefined) throw new Error(report.diagnostics.map((each) => each.message).join("; "))
    const scan = report.scan
    const scanBytes = canonicalBytes(scan)
    yield* blobs.put(scanBytes)
    yield* registry.addDataset(
      {
        name,
        dataset_asset_id: `ds-${scan.content_hash.slice(0, 12)}`,
        content_hash: scan.content_hash,
        schema_fingerprint: scan.schema_fingerprint,
        modality: scan.modality,
        output_type: String(scan.output_type),
        adapter: loaded.ref,
        adapter_options: canonical(report.resolved_options ?? written),
        sample_count: scan.index.length,
        scan_sha256: sha256Hex(scanBytes)
      },
      { root: dirname(file), path: source.path }
    )
    return `${name}@1`
  })

/** The run file that the template writes for a dataset, changed by `edit`, and planned for seed 1. */
export const planTemplate = (dataset: string, options: Readonly<Record<string, unknown>>, edit: (text: string) => string) =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const registry = yield* Registry
    const template = (yield* catalogue.lookup("task-template", "tabular-classification")).entry as TaskTemplate
    const stored = (yield* registry.datasets).find((each) => each.dataset_version_id === dataset)
    if (stored === undefined) throw new Error(`${dataset} is not registered`)
    const scan = yield* readScan(stored.scan_sha256)
    const request = { dataset, shape: scan.shape, classes: scan.classes, samples: stored.sample_count }
    const defaults = template.defaults(request)
    if (!defaults.ok) throw new Error(defaults.mistakes.map((each) => each.message).join("; "))
    const chosen = template.decodeOptions({ ...(defaults.value as object), ...options })
    if (!chosen.ok) throw new Error(chosen.mistakes.map((each) => each.message).join("; "))
    const genome = template.genome(chosen.value, request)
    if (!genome.ok) throw new Error(genome.mistakes.map((each) => each.message).join("; "))
    const text = template.runFile(chosen.value, { ...request, name: "bench", seeds: [1n], genome_sha256: sha256Hex(genome.value) })
    const parsed = parseDocument({ text: edit(text), file: "bench.run.toml", format: "toml" })
    if (!parsed.ok) throw new Error(parsed.diagnostics.map((each) => each.message).join("; "))
    const file = decodeDocument(RunFile, parsed.document)
    if (!file.ok) throw new Error(file.diagnostics.map((each) => `${each.field}: ${each.message}`).join("; "))
    return yield* Effect.scoped(plan({ file: file.value, seed: 1n, families }))
  })

/** A planned run from its creation to its end, durably. */
export const execute = (planned: PlannedRun): Effect.Effect<RunView, unknown, Services> =>
  Effect.flatMap(createRun(planned, "g-bench"), (row) => carryOn(row, { families, asked: Effect.succeed(undefined) })).pipe(
    Effect.tap((view) =>
      view.status === "completed" ? Effect.void : Effect.die(new Error(`the run is ${view.status}: ${view.state.failure ?? ""}`))
    )
  )

/** Samples that a run answered, over all phases. */
export const samplesOf = (view: RunView): number => view.state.phases.reduce((sum, phase) => sum + phase.samples, 0)
