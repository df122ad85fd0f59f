/** A protocol that says by what its runs are measured is measured by nothing else: the run file names the same pack with the same options. */
import type { Diagnostic, JsonValue, LoadedEntry, Protocol } from "@feagi-trainer/contracts"
import { canonical } from "@feagi-trainer/determinism"
import type { RunFile } from "./RunFile.ts"

/** Both members in which they differ; options are compared as canonical JSON. */
export const otherMeasure = (
  fixed: NonNullable<Protocol["metric_pack"]>,
  { ref }: Pick<LoadedEntry, "ref">,
  { metrics }: Pick<RunFile, "metrics">
): ReadonlyArray<Diagnostic> => {
  const differs = (field: string, expected: string, actual: string): ReadonlyArray<Diagnostic> =>
    expected === actual
      ? []
      : [
          {
            code: "FT2024",
            severity: "error",
            field,
            message: "the protocol says by what its runs are measured, and the run file says something else",
            expected,
            actual,
            help: "write what the protocol says, or choose another protocol"
          }
        ]
  return [
    ...differs("metrics.plugin", fixed.plugin, ref.id),
    ...differs("metrics.options", canonical(fixed.options), canonical(metrics.options as JsonValue))
  ]
}
