/** What a task template makes for a registered dataset: a run file, and the genome where the learner is a brain. */
import { type Mistake, mistakeDiagnostic, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { Catalogue, findVersion, Registry, readScan } from "@feagi-trainer/core"
import { sha256Hex } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import { optionValues } from "../../optionValues.ts"

/** The template of this name; with a family of learners, the one of that family for the task. */
const findTemplate = (template: string, learner: string | undefined) =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    if (learner === undefined || learner === "brain") return yield* catalogue.lookup("task-template", template)
    const templates = catalogue.entries.filter(({ manifest }) => manifest.kind === "task-template" && manifest.provides.learner === learner)
    const fit = templates.filter(({ manifest }) => manifest.id === template || manifest.provides.task === template)
    const [only, ...others] = fit
    if (only !== undefined && others.length === 0) return yield* catalogue.lookup("task-template", only.id)
    return yield* trainerError("missing", {
      code: "FT1201",
      field: "--learner",
      message:
        only === undefined
          ? `no installed plugin has a template "${template}" for the learner "${learner}"`
          : `several templates "${template}" are for the learner "${learner}"`,
      expected:
        (only === undefined ? templates : fit).map(({ id, manifest }) => `${id} (${String(manifest.provides.task)})`).join(" or ") ||
        `a template for the learner "${learner}"; brain templates need no --learner`,
      help: "see  feagi-trainer plugin ls --kind task-template"
    })
  })

/** What a template needs to know of a registered dataset, and its options: defaults, then what was given. */
export const prepareTemplate = (template: string, dataset: string, texts: ReadonlyArray<string>, learner?: string) =>
  Effect.gen(function* () {
    const registry = yield* Registry
    const { entry } = yield* findTemplate(template, learner)
    const found = findVersion("dataset", dataset, yield* registry.datasets, "feagi-trainer dataset add FILE --adapter csv --name NAME")
    if (!found.ok) return yield* trainerErrors("invalid", [found.diagnostic])
    const scan = yield* readScan(found.value.scan_sha256)
    const request = {
      dataset: found.value.dataset_version_id,
      shape: scan.shape,
      output_type: scan.output_type,
      classes: scan.classes,
      samples: found.value.sample_count,
      parts: Object.keys(scan.summary.part_counts),
      part_sizes: scan.summary.part_counts
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
    const genome = entry.genome?.(decoded.value, request)
    if (genome?.ok === false) return yield* invalid(genome.mistakes)
    return {
      entry,
      request,
      options: decoded.value as Record<string, unknown>,
      /** Undefined where the learner is no brain. */
      genome: genome?.value,
      genome_sha256: genome === undefined ? "" : sha256Hex(genome.value)
    }
  })
