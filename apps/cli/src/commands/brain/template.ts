/** The genome that a task template makes for a registered dataset. */
import { type Mistake, mistakeDiagnostic, trainerErrors } from "@feagi-trainer/contracts"
import { Catalogue, findVersion, Registry, readScan } from "@feagi-trainer/core"
import { sha256Hex } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { optionValues } from "../../optionValues.ts"

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
