/**
 * From a node as it is written to its operation, or to all that is wrong with it. Nothing here reads a sample.
 *
 * Sharp edge: the version of an operation has to be the installed one. A newer one gives other bytes, and a run that names one and gets
 * the other would not be the run that was asked for.
 */
import { type Diagnostic, type EntryLookup, mistakeDiagnostic } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import { type ChosenNode, contained, fieldOf } from "./BoundNode.ts"
import type { TransformNode } from "./TransformNode.ts"

export interface Choice {
  /** Absent when the operation or its options are not to be had. */
  readonly node?: ChosenNode
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

const wrong = (code: string, field: string, message: string, expected: string, actual: string, help: string): Diagnostic => ({
  code,
  severity: "error",
  field,
  message,
  expected,
  actual,
  help
})

/** @param node the part of a node that is decided before anything is fitted */
export const chooseNode = (
  node: Pick<TransformNode, "plugin" | "version" | "phases" | "options">,
  index: number,
  lookup: EntryLookup
): Effect.Effect<Choice> =>
  Effect.gen(function* () {
    const field = fieldOf(index)
    const { ref, entry } = yield* lookup("transform", node.plugin)
    const diagnostics: Array<Diagnostic> = []
    if (entry.version !== node.version)
      diagnostics.push(
        wrong(
          "FT2301",
          `${field}.version`,
          `${ref.id} ${ref.version} is installed with another version of its operation`,
          `version = ${entry.version}`,
          `version = ${node.version}`,
          `write version = ${entry.version}, or install a release of the package that has version ${node.version}`
        )
      )
    if (entry.phases === "train" && node.phases === "all")
      diagnostics.push(
        wrong(
          "FT2302",
          `${field}.phases`,
          `${ref.id} is an augmentation: a sample that is measured must never see it`,
          'phases = "train"',
          'phases = "all"',
          'write phases = "train", or remove the node'
        )
      )
    const chosen = { index, ref, entry, phases: node.phases }
    const decoded = yield* contained({ ...chosen, options: undefined }, () => Effect.sync(() => entry.decodeOptions(node.options)))
    if (!decoded.ok)
      return { diagnostics: [...diagnostics, ...decoded.mistakes.map((each) => mistakeDiagnostic(`${field}.options`, each))] }
    return { node: { ...chosen, options: decoded.value }, diagnostics }
  }).pipe(
    Effect.catch((error) =>
      Effect.succeed<Choice>({
        diagnostics: error.diagnostics.map((each) => ({ ...each, field: each.field ?? `${fieldOf(index)}.plugin` }))
      })
    )
  )
