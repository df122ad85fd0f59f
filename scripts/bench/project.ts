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
import {
  ApprovedRoots,
  type BrainTemplate,
  IndexSink,
  type LoadedEntry,
  Progress,
  type RootFiles,
  type Source,
  type ValidationReport
} from "../../packages/contracts/src/index.ts"
import {
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
  recordOf,
  type Scorecards,
  scanDataset,
  storeScan
} from "../../packages/core/src/index.ts"
import { sha256Hex } from "../../packages/determinism/src/index.ts"
import { approvedRoots, indexerLayer, Store } from "../../packages/store/src/index.ts"
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

const silent = Effect.provideService(Progress, { report: () => Effect.void })

/** An installed adapter on a folder of the disk, with its options decoded. */
export interface Opened {
  readonly adapter: LoadedEntry<"adapter">
  readonly options: unknown
  readonly source: Source
  readonly files: RootFiles
}

/** @param given options in place of those that the adapter is most sure of */
export const openAdapter = (id: string, folder: string, source: Source, given: Readonly<Record<string, unknown>>) =>
  Effect.gen(function* () {
    const adapter = yield* (yield* Catalogue).lookup("adapter", id)
    const files = yield* (yield* Roots).open(folder)
    const candidates = yield* Effect.provideService(adapter.entry.discover(source), ApprovedRoots, files)
    const written = { ...candidates[0]?.options, ...given }
    const decoded = adapter.entry.decodeOptions(written)
    if (!decoded.ok) throw new Error(decoded.mistakes.map((each) => `${each.path.join(".")} ${each.message}`).join("; "))
    return { adapter, options: decoded.value, written, source, files } satisfies Opened & { readonly written: unknown }
  })

const failed = ({ diagnostics }: Pick<ValidationReport, "diagnostics">): Error =>
  new Error(diagnostics.map((each) => `${each.code} ${each.message}`).join("; "))

/** The scan of the adapter alone; `sink` takes the samples. */
export const validate = ({ adapter, options, source, files }: Opened, sink: IndexSink["Service"]) =>
  adapter.entry.validate(source, options).pipe(
    Effect.provideService(ApprovedRoots, files),
    Effect.provideService(IndexSink, sink),
    silent,
    Effect.flatMap(({ scan, ...report }) => (scan === undefined ? Effect.die(failed(report)) : Effect.succeed(scan)))
  )

/** The scan of a registration. The temporary index that it made is gone when the scope closes. */
export const scan = (opened: Opened) =>
  scanDataset({ ...opened, labelMap: undefined }).pipe(
    Effect.provide(indexerLayer),
    silent,
    Effect.flatMap(({ scanned, report }) => (scanned === undefined ? Effect.die(failed(report)) : Effect.succeed({ scanned, report })))
  )

/** Scans a CSV completely and registers it. */
export const addDataset = (file: string, label: string, name: string) =>
  Effect.gen(function* () {
    const opened = yield* openAdapter("csv", dirname(file), { path: basename(file) }, { label_column: label })
    const { scanned, report } = yield* scan(opened)
    const scan_sha256 = yield* storeScan(scanned)
    const options = report.resolved_options ?? opened.written
    yield* (yield* Registry).addDataset(recordOf(scanned, { name, adapter: opened.adapter.ref, options, scan_sha256 }), {
      root: dirname(file),
      path: opened.source.path
    })
    return `${name}@1`
  }).pipe(Effect.scoped)

/** The run file that the template writes for a dataset, changed by `edit`, and planned for seed 1. */
export const planTemplate = (dataset: string, options: Readonly<Record<string, unknown>>, edit: (text: string) => string) =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const registry = yield* Registry
    const template = (yield* catalogue.lookup("task-template", "tabular-classification")).entry as BrainTemplate
    const stored = (yield* registry.datasets).find((each) => each.dataset_version_id === dataset)
    if (stored === undefined) throw new Error(`${dataset} is not registered`)
    const scan = yield* readScan(stored.scan_sha256)
    const request = {
      dataset,
      shape: scan.shape,
      output_type: scan.output_type,
      classes: scan.classes,
      samples: stored.sample_count,
      parts: Object.keys(scan.summary.part_counts)
    }
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
