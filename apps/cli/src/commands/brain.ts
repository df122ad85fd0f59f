/** `brain`: genomes as named, versioned inputs. */
import { basename, resolve } from "node:path"
import { type Mistake, mistakeDiagnostic, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { BlobStore, Catalogue, findVersion, Registry, readScan } from "@feagi-trainer/core"
import { canonical, fromUtf8, Json, sha256Hex, toUtf8 } from "@feagi-trainer/determinism"
import { readFileLimited } from "@feagi-trainer/store"
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { json, name, option } from "../flags.ts"
import { checkName } from "../ids.ts"
import { emit, say } from "../Out.ts"
import { optionValues } from "../optionValues.ts"
import { reading, writing } from "../services.ts"
import { textTable } from "../textTable.ts"

/** Largest genome that is read: 256 MiB. */
const maxGenomeBytes = 256 * 1024 * 1024

/** What a template needs to know of a registered dataset, and its options: defaults, then what was given. */
export const prepareTemplate = (template: string, dataset: string, texts: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const registry = yield* Registry
    const loaded = yield* catalogue.lookup("task-template", template)
    const { entry } = loaded
    const found = findVersion("dataset", dataset, yield* registry.datasets, "feagi-trainer dataset add FILE --adapter csv --name NAME")
    if (!found.ok) return yield* trainerErrors("invalid", [found.diagnostic])
    const scan = yield* readScan(found.value.scan_sha256)
    const request = {
      dataset: found.value.dataset_version_id,
      shape: scan.shape,
      output_type: scan.output_type,
      classes: scan.classes,
      samples: found.value.sample_count,
      parts: Object.keys(scan.summary.part_counts)
    }
    const invalid = (mistakes: ReadonlyArray<Mistake>) =>
      trainerErrors(
        "invalid",
        mistakes.map((each) => mistakeDiagnostic("", each))
      )
    const defaults = entry.defaults(request)
    if (!defaults.ok) return yield* invalid(defaults.mistakes)
    const decoded = entry.decodeOptions({ ...(defaults.value as Record<string, unknown>), ...(yield* optionValues(texts)) })
    if (!decoded.ok) return yield* invalid(decoded.mistakes)
    const genome = entry.genome(decoded.value, request)
    if (!genome.ok) return yield* invalid(genome.mistakes)
    return {
      entry,
      request,
      options: decoded.value as Record<string, unknown>,
      genome: genome.value,
      genome_sha256: sha256Hex(genome.value)
    }
  })

const register = (registered: string, genome: string, source: string, asJson: boolean) =>
  Effect.gen(function* () {
    const blobs = yield* BlobStore
    const registry = yield* Registry
    const genome_sha256 = yield* blobs.put(toUtf8(genome))
    const { record, existing } = yield* registry.addBrain({ name: registered, genome_sha256, source })
    yield* emit(asJson, { kind: "brain", data: { ...record, existing }, human: `${record.name}@${record.version}` })
    yield* say(`${existing ? "already registered" : "registered"} ${record.name}@${record.version}: genome ${genome_sha256.slice(0, 12)}`)
  })

const create = Command.make(
  "new",
  {
    template: Flag.String("template").pipe(Flag.withDescription("Id of a task template; see  plugin ls")),
    dataset: Flag.String("dataset").pipe(Flag.withDescription("name@version of the dataset that it is for")),
    name,
    option,
    json
  },
  (flags) =>
    writing(
      Effect.gen(function* () {
        yield* checkName(flags.name)
        const { genome, options, entry } = yield* prepareTemplate(flags.template, flags.dataset, flags.option)
        yield* register(
          flags.name,
          genome,
          canonical({ template: entry.id, version: entry.version, dataset: flags.dataset, options }),
          flags.json
        )
      })
    )
).pipe(Command.withDescription("Generate a genome from a template and register it"))

const add = Command.make(
  "add",
  { file: Argument.String("file").pipe(Argument.withDescription("Genome file (JSON)")), name, json },
  (flags) =>
    writing(
      Effect.gen(function* () {
        yield* checkName(flags.name)
        const bytes = yield* readFileLimited(resolve(flags.file), maxGenomeBytes)
        const text = yield* Effect.try({
          try: () => fromUtf8(bytes),
          catch: () => trainerError("invalid", { code: "FT1007", file: flags.file, message: "is not UTF-8 text" })
        })
        const parsed = Json.parse(text)
        if (!parsed.ok)
          return yield* trainerErrors(
            "invalid",
            parsed.problems.map(({ message, line, column }) => ({
              code: "FT1001",
              severity: "error" as const,
              file: flags.file,
              line,
              column,
              message
            }))
          )
        yield* register(flags.name, text, basename(flags.file), flags.json)
      })
    )
).pipe(Command.withDescription("Register a genome file; the engine checks it when a run is planned"))

const ls = Command.make("ls", { json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const registry = yield* Registry
      const brains = yield* registry.brains
      yield* emit(flags.json, {
        kind: "brains",
        data: brains,
        human: textTable(
          [
            { title: "BRAIN", cell: (each) => `${each.name}@${each.version}` },
            { title: "GENOME", cell: (each) => each.genome_sha256.slice(0, 12) },
            { title: "SOURCE", cell: (each) => each.source }
          ],
          brains,
          "no brain is registered yet"
        )
      })
    })
  )
).pipe(Command.withDescription("List registered brains"))

const show = Command.make(
  "show",
  { brain: Argument.String("brain").pipe(Argument.withDescription("name@version"), Argument.withDefault("latest")), json },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const registry = yield* Registry
        const blobs = yield* BlobStore
        const brains = yield* registry.brains
        const last = brains.at(-1)
        const found =
          flags.brain === "latest" && last !== undefined
            ? { ok: true as const, value: last }
            : findVersion("brain", flags.brain, brains, "feagi-trainer brain add FILE --name NAME")
        if (!found.ok) return yield* trainerErrors("invalid", [found.diagnostic])
        const bytes = yield* blobs.get(found.value.genome_sha256)
        yield* emit(flags.json, {
          kind: "brain",
          data: { ...found.value, bytes: bytes.length },
          human: [
            `${found.value.name}@${found.value.version}`,
            `  genome  ${found.value.genome_sha256}  (${bytes.length} bytes)`,
            `  source  ${found.value.source}`
          ].join("\n")
        })
      })
    )
).pipe(Command.withDescription("Show a registered brain"))

export const brain = Command.make("brain").pipe(
  Command.withDescription("Generate, register and look at genomes"),
  Command.withSubcommands([create, add, ls, show])
)
