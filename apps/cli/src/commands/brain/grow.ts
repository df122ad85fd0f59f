/**
 * A brain of a genome for looking at it, and the record of what grew: the backend that grows it, how strictly it looks, and the seed.
 */
import { developBrain } from "@feagi-trainer/brain"
import type { BrainInput, BrainSession, Diagnostic, LoadedEntry, TrainerError } from "@feagi-trainer/contracts"
import { type BrainDevelopment, Catalogue, type GenomeDocument, genomeView, grownIds, toHex } from "@feagi-trainer/core"
import { Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { optionValues } from "../../optionValues.ts"

/** Flags of every command that develops a genome which no run and no registered brain says how to develop. */
export const growFlags = {
  backend: Flag.String("backend").pipe(
    Flag.withDescription("Id of the brain backend that develops the genome"),
    Flag.withDefault("embedded")
  ),
  validation: Flag.Literals("validation", ["strict", "lenient"]).pipe(
    Flag.withDescription("strict refuses what the engine calls an error; lenient takes what it can load and warns"),
    Flag.withDefault("strict")
  ),
  maxVoxels: Flag.Int("max-voxels").pipe(Flag.withDescription("Largest number of voxels that may grow"), Flag.withDefault(100_000_000)),
  maxSynapses: Flag.Int("max-synapses").pipe(
    Flag.withDescription("Largest number of synapses that may grow"),
    Flag.withDefault(100_000_000)
  ),
  seed: Flag.String("seed").pipe(
    Flag.withDescription("Seed to develop with, 0 to 2^64 − 1: the brain is the one that a run with this seed begins with"),
    Flag.withDefault("0")
  ),
  backendOption: Flag.String("backend-option").pipe(
    Flag.withMetavar("key=value"),
    Flag.withDescription("A further option of the backend, written as in TOML; may be repeated"),
    Flag.atLeast(0)
  )
} as const

export interface ChosenBackend {
  readonly loaded: LoadedEntry<"brain-backend">
  readonly options: Readonly<Record<string, unknown>>
}

export interface BackendFlags {
  readonly backend: string
  readonly validation: "strict" | "lenient"
  readonly maxVoxels: number
  readonly maxSynapses: number
  readonly backendOption: ReadonlyArray<string>
}

/** A backend is given the options that its manifest knows, and what `--backend-option` adds. */
export const chooseBackend = (flags: BackendFlags): Effect.Effect<ChosenBackend, TrainerError, Catalogue> =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const loaded = yield* catalogue.lookup("brain-backend", flags.backend)
    const { properties } = loaded.manifest.options_schema
    const known = typeof properties === "object" && properties !== null ? Object.keys(properties) : []
    const common = { max_voxels: flags.maxVoxels, max_synapses: flags.maxSynapses, validation: flags.validation }
    const fitting = Object.entries(common).filter(([key]) => known.includes(key))
    return { loaded, options: { ...Object.fromEntries(fitting), ...(yield* optionValues(flags.backendOption)) } }
  })

export interface GrowRequest {
  readonly chosen: ChosenBackend
  readonly brain: BrainInput
  /** 32 bytes; a snapshot brings its own. */
  readonly seed: Uint8Array
}

export interface Grown {
  readonly session: BrainSession
  readonly development: BrainDevelopment
}

/** Develops the brain. What a strict validation holds against it becomes a warning when the validation is lenient. */
export const grow = ({ chosen, brain, seed }: GrowRequest): Effect.Effect<Grown, TrainerError, Scope.Scope> =>
  Effect.gen(function* () {
    const { loaded, options } = chosen
    const findings = options.validation === "lenient" ? yield* strictFindings({ chosen, brain, seed }) : []
    const session = yield* developBrain({ backend: loaded, options, brain, seed })
    const { info } = session
    const development: BrainDevelopment = {
      schema_version: 1,
      backend: { plugin: loaded.ref, options },
      core_version: info.core_version,
      engine: info.engine,
      seed: toHex(brain.connectome?.seed ?? seed),
      areas: info.areas,
      mappings: info.mappings,
      affect_channels: info.affect_channels.map(({ name }) => name),
      neurons: info.areas.reduce((sum, { neurons }) => sum + neurons, 0),
      synapses: info.mappings.reduce((sum, { synapses }) => sum + synapses, 0),
      learned_hash: yield* session.hash("connectome"),
      findings
    }
    return { session, development }
  })

const strictFindings = ({ chosen, brain, seed }: GrowRequest): Effect.Effect<ReadonlyArray<Diagnostic>> =>
  Effect.scoped(developBrain({ backend: chosen.loaded, options: { ...chosen.options, validation: "strict" }, brain, seed })).pipe(
    Effect.match({
      onFailure: (error) => error.diagnostics.map((each): Diagnostic => ({ ...each, severity: "warning" })),
      onSuccess: () => []
    })
  )

/** Morphologies whose synapses grow while the brain learns: none is there at first. */
const growsLater: ReadonlyArray<string> = ["associative_memory", "episodic_memory"]

const morphologiesOf = (rules: ReadonlyArray<unknown>): ReadonlyArray<unknown> =>
  rules.map((rule) =>
    Array.isArray(rule) ? rule[0] : typeof rule === "object" && rule !== null && "morphology_id" in rule ? rule.morphology_id : undefined
  )

/** Mappings of the genome that grew no synapse. FEAGI says nothing of them: an unknown destination or morphology grows nothing. */
export const emptyMappings = (document: GenomeDocument, { areas, mappings }: BrainDevelopment): ReadonlyArray<Diagnostic> => {
  const view = genomeView(document)
  const ids = grownIds(view.areas, areas)
  const name = (id: string) => view.areas.find((area) => area.id === id)?.name ?? id
  const said = new Set(view.areas.map(({ id }) => id))
  const synapses = (from: string, to: string) =>
    mappings.find((mapping) => mapping.from === ids.get(from) && mapping.to === ids.get(to))?.synapses ?? 0
  return (
    view.mappings
      // An area that cannot be told in the brain says nothing about its mappings; one that is in no list of areas has grown none.
      .filter(({ from, to }) => ids.has(from) && (ids.has(to) || !said.has(to)))
      .filter(({ rules }) => rules.length > 0 && !morphologiesOf(rules).every((each) => growsLater.includes(String(each))))
      .filter(({ from, to }) => synapses(from, to) === 0)
      .map(({ from, to, rules }) => ({
        code: "FT2603",
        severity: "warning",
        message: `the mapping ${name(from)} → ${name(to)} has grown no synapse`,
        expected: ids.has(to) ? "at least one synapse" : `a destination that is an area of the genome; there is no ${to}`,
        actual: `rules ${morphologiesOf(rules).join(", ")}`,
        help: "FEAGI grows nothing, and says nothing, for an unknown destination or morphology: check both in the genome"
      }))
  )
}
