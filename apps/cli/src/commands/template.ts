/**
 * `template`: what a run file can be begun with, from the plugins' manifests and, with a dataset, from its record. No plugin is loaded.
 */
import { pluginKinds } from "@feagi-trainer/contracts"
import { Catalogue, type CatalogueEntry, checkCompatibility, factsOf, readScan } from "@feagi-trainer/core"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json } from "../flags.ts"
import { emit, next } from "../Out.ts"
import { reading, withPlugins } from "../services.ts"
import { textTable } from "../textTable.ts"
import { findDataset } from "./dataset/find.ts"

const listOf = (fact: unknown): ReadonlyArray<string> => (Array.isArray(fact) ? fact.map(String) : [])

/** A manifest names a backend as a run file does. */
const kindOf = (named: string): string => (named === "backend" ? "brain-backend" : named)

/** What a template needs beside it and nothing installed offers. */
const lackingOf = ({ manifest }: CatalogueEntry, entries: ReadonlyArray<CatalogueEntry>): ReadonlyArray<string> =>
  Object.entries(manifest.requires).flatMap(([named, id]) => {
    const kind = kindOf(named)
    // What is no kind of plugin is a fact of another sort, which the plan looks at.
    if (typeof id !== "string" || !pluginKinds.some((each) => each === kind)) return []
    const there = entries.some((each) => each.manifest.kind === kind && (each.manifest.id === id || each.id === id))
    return there ? [] : [`needs the ${kind} "${id}", which no listed plugin offers`]
  })

type Fits = ReadonlyMap<string, { readonly applies: "yes" | "no" | "unknown"; readonly reasons: ReadonlyArray<string> }>

const rowOf = (entry: CatalogueEntry, entries: ReadonlyArray<CatalogueEntry>, fits: Fits | undefined) => {
  const { manifest, package: from, id } = entry
  const lacking = lackingOf(entry, entries)
  const fit = fits?.get(id)
  // A template of the same name in two packages is told by its package.
  const alone = entries.filter((each) => each.manifest.kind === manifest.kind && each.manifest.id === manifest.id).length === 1
  const applies = fits === undefined ? null : (fit?.applies ?? "unknown")
  return {
    template: alone ? manifest.id : id,
    entry_id: id,
    title: manifest.title,
    task: typeof manifest.provides.task === "string" ? manifest.provides.task : manifest.id,
    learner: typeof manifest.provides.learner === "string" ? manifest.provides.learner : "brain",
    package: from.name,
    version: from.version,
    modalities: listOf(manifest.provides.modalities),
    output_types: listOf(manifest.provides.output_types),
    options_schema: manifest.options_schema,
    applies,
    available: lacking.length === 0 && applies !== "no",
    reasons: [...new Set([...(fit?.reasons ?? []), ...lacking])]
  }
}

const rowsOf = (fits: Fits | undefined, learner: string | undefined) =>
  Effect.map(Catalogue, ({ entries }) =>
    entries
      .filter(({ manifest }) => manifest.kind === "task-template")
      .map((each) => rowOf(each, entries, fits))
      .filter((row) => learner === undefined || row.learner === learner)
      // What can be begun with comes first.
      .sort((a, b) => Number(b.available) - Number(a.available) || (a.template < b.template ? -1 : 1))
  )

const fitsOf = (reference: string) =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const dataset = yield* findDataset(reference)
    const facts = factsOf(yield* readScan(dataset.scan_sha256))
    return new Map(checkCompatibility(facts, catalogue.entries).entries.map((each) => [each.id, each]))
  })

type Row = ReturnType<typeof rowOf>

/** Of a template that does not fit, the first reason why; a whole list is in the JSON. */
const because = ({ available, reasons }: Row): string =>
  available ? "" : (reasons.find((each) => each.includes("not ") || each.includes("no listed")) ?? reasons[0] ?? "")

const show = (asJson: boolean, rows: ReadonlyArray<Row>, dataset: string | undefined) =>
  emit(asJson, {
    kind: "templates",
    data: rows,
    human: textTable(
      [
        { title: "TEMPLATE", cell: (row) => row.template },
        { title: "LEARNER", cell: (row) => row.learner },
        ...(dataset === undefined
          ? [{ title: "TAKES", cell: (row: Row) => `${row.modalities.join(", ")} → ${row.output_types.join(", ")}` }]
          : [
              { title: "FITS", cell: (row: Row) => row.applies },
              { title: "BECAUSE", cell: because }
            ])
      ],
      rows,
      "no listed plugin offers a task template"
    )
  })

export const ls = Command.make(
  "ls",
  {
    dataset: Flag.String("dataset").pipe(
      Flag.withDescription("name@version of a registered dataset: says which templates fit it"),
      Flag.optional
    ),
    learner: Flag.String("learner").pipe(Flag.withDescription("Templates of one family of learners alone, such as brain"), Flag.optional),
    json
  },
  (flags) => {
    const learner = Option.getOrUndefined(flags.learner)
    const dataset = Option.getOrUndefined(flags.dataset)
    if (dataset === undefined) return withPlugins(Effect.flatMap(rowsOf(undefined, learner), (rows) => show(flags.json, rows, undefined)))
    return reading(
      Effect.gen(function* () {
        const rows = yield* rowsOf(yield* fitsOf(dataset), learner)
        yield* show(flags.json, rows, dataset)
        const first = rows.find((row) => row.available)
        if (first !== undefined) yield* next(`feagi-trainer init --template ${first.template} --dataset ${dataset} --seed 1 > my.run.toml`)
      })
    )
  }
).pipe(Command.withExamples([{ command: "feagi-trainer template ls --dataset iris@1", description: "What a run on iris can begin with" }]))
