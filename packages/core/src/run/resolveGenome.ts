/**
 * The brain that a run file names: a genome that a template generates from its options, or a registered brain with what it learnt
 * before. The hash of the genome has to be the one that the file pins, whichever way it comes.
 */
import { type BrainInput, type Diagnostic, mistakeDiagnostic, type SampleShape } from "@feagi-trainer/contracts"
import { sha256Hex } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import { brainInput } from "../brain/brainInput.ts"
import { readGenome } from "../brain/Genome.ts"
import { Catalogue } from "../catalogue/Catalogue.ts"
import { contained } from "../catalogue/contained.ts"
import type { BlobStore } from "../port/BlobStore.ts"
import type { BrainConnectome, BrainRecord, StoredDataset } from "../port/Registry.ts"
import type { RegisteredScan } from "../registry/RegisteredScan.ts"
import { finding } from "./finding.ts"
import { findVersion, versioned } from "./findVersion.ts"
import type { RunDocument } from "./RunDocument.ts"
import type { RunFile } from "./RunFile.ts"

export interface ResolvedBrain {
  readonly input: BrainInput
  /** What the run document says of it. */
  readonly pinned: NonNullable<RunDocument["brain"]>
}

interface NamedBrain {
  readonly input: BrainInput
  readonly source: Readonly<Record<string, unknown>>
  readonly connectome: BrainConnectome | null
}

const generateGenome = (
  generate: Readonly<Record<string, unknown>>,
  dataset: StoredDataset,
  scan: RegisteredScan,
  transformed: SampleShape | undefined,
  found: Array<Diagnostic>
): Effect.Effect<NamedBrain | undefined, never, Catalogue> =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const { template, version, ...options } = generate
    if (typeof template !== "string" || typeof version !== "number") {
      found.push({
        code: "FT1003",
        severity: "error",
        field: "brain.generate",
        message: "needs a template and its version",
        expected: '{ template = "<id>", version = <integer>, … }'
      })
      return undefined
    }
    const loaded = yield* finding("brain.generate.template", found, catalogue.lookup("task-template", template))
    if (loaded === undefined) return undefined
    const { entry } = loaded
    if (entry.version !== version) {
      found.push({
        code: "FT2004",
        severity: "error",
        field: "brain.generate.version",
        message: `template ${template} is installed in another version`,
        expected: String(version),
        actual: String(entry.version)
      })
      return undefined
    }
    const decoded = entry.decodeOptions(options)
    if (!decoded.ok) {
      found.push(...decoded.mistakes.map((each) => mistakeDiagnostic("brain.generate", each)))
      return undefined
    }
    const { genome: makeGenome } = entry
    if (makeGenome === undefined) {
      found.push({
        code: "FT2026",
        severity: "error",
        field: "brain.generate.template",
        message: `template ${template} makes no genome: it is for the learner "${entry.learner}"`,
        expected: "a template whose learner is a brain",
        help: "take the table [brain] out of the run file, or name another template"
      })
      return undefined
    }
    const genome = yield* finding(
      "brain.generate",
      found,
      contained(loaded.ref, () =>
        makeGenome(decoded.value, {
          dataset: dataset.dataset_version_id,
          shape: scan.shape,
          ...(transformed === undefined ? {} : { transformed }),
          output_type: scan.output_type,
          classes: scan.classes,
          samples: dataset.sample_count,
          parts: Object.keys(scan.summary.part_counts)
        })
      )
    )
    if (genome === undefined) return undefined
    if (!genome.ok) {
      found.push(...genome.mistakes.map((each) => mistakeDiagnostic("brain.generate", each)))
      return undefined
    }
    return {
      input: { json: genome.value, sha256: sha256Hex(genome.value) },
      source: { ...generate, plugin: loaded.ref },
      connectome: null
    }
  })

const registeredBrain = (
  reference: string,
  brains: ReadonlyArray<BrainRecord>,
  found: Array<Diagnostic>
): Effect.Effect<NamedBrain | undefined, never, BlobStore> =>
  Effect.gen(function* () {
    const brain = findVersion("brain", reference, brains, `feagi-trainer brain add FILE --name ${versioned(reference).name}`)
    if (!brain.ok) {
      found.push({ ...brain.diagnostic, field: "brain.registered" })
      return undefined
    }
    const { connectome } = brain.value
    const input = yield* finding("brain.registered", found, brainInput(brain.value))
    return input === undefined ? undefined : { input, source: { registered: reference }, connectome }
  })

/** What is wrong goes into `found`; nothing is returned then, or where the file names no brain. */
export const resolveGenome = (
  file: RunFile,
  dataset: StoredDataset,
  scan: RegisteredScan,
  transformed: SampleShape | undefined,
  brains: ReadonlyArray<BrainRecord>,
  found: Array<Diagnostic>
): Effect.Effect<ResolvedBrain | undefined, never, Catalogue | BlobStore> =>
  Effect.gen(function* () {
    if (file.brain === undefined) return undefined
    const { generate, registered, genome_sha256 } = file.brain
    if ((generate === undefined) === (registered === undefined)) {
      found.push({
        code: "FT2012",
        severity: "error",
        field: "brain",
        message: "needs exactly one of  generate  and  registered"
      })
      return undefined
    }
    const named =
      generate === undefined
        ? yield* registeredBrain(registered ?? "", brains, found)
        : yield* generateGenome(generate, dataset, scan, transformed, found)
    if (named === undefined) return undefined
    const { input, source, connectome } = named
    if (input.sha256 !== genome_sha256) {
      found.push({
        code: "FT2013",
        severity: "error",
        field: "brain.genome_sha256",
        message: "the run file pins another genome than it names",
        expected: input.sha256,
        actual: genome_sha256,
        help: "if the genome is the one that you want, write its hash"
      })
    }
    const genome = readGenome(input.json)
    if (!genome.ok) {
      found.push(
        ...genome.diagnostics.map(({ field, line: _, column: __, ...each }) => ({
          ...each,
          field: "brain",
          message: field === undefined ? `the genome: ${each.message}` : `${field} of the genome: ${each.message}`
        }))
      )
      return undefined
    }
    const pinned = {
      genome_sha256: input.sha256,
      canonical_sha256: genome.genome.canonical_sha256,
      ...(connectome === null ? {} : { connectome }),
      source
    }
    return { input, pinned }
  })
