/** A job from its first line to its result: progress, a way to stop it, and every finding with a link to its sample. */

import type { Diagnostic, useJob } from "../api.ts"
import { Badge, Button, Progress } from "./Basics.tsx"
import { Icon } from "./Icon.tsx"
import { Diagnostics, Failed } from "./States.tsx"

type RunningJob = ReturnType<typeof useJob>

export const JobView = ({
  what,
  job,
  error,
  cancel,
  onFinding,
  summary = summaryOf
}: {
  readonly what: string
  readonly job: RunningJob["job"]
  readonly error: RunningJob["error"]
  readonly cancel: () => void
  readonly onFinding?: (finding: Diagnostic) => void
  /** The result in a sentence. */
  readonly summary?: (data: unknown) => string
}) => {
  if (error !== undefined) return <Failed error={error} />
  if (job === undefined) return null
  if (job.state === "running")
    return (
      <div class="row" role="status">
        <span>{what} …</span>
        <Progress label={what} done={job.progress?.done ?? 0} total={job.progress?.total ?? null} />
        <span class="muted mono">{job.lines.at(-1)}</span>
        <Button tone="danger" icon="stop" onClick={cancel}>
          Cancel
        </Button>
      </div>
    )
  if (job.state === "cancelled")
    return (
      <p role="status">
        <Badge tone="warn">cancelled</Badge> {what} was stopped; nothing was changed.
      </p>
    )
  const result = job.result
  const findings: ReadonlyArray<Diagnostic> =
    result === null
      ? []
      : result.kind === "error"
        ? ((result.data as { readonly diagnostics?: ReadonlyArray<Diagnostic> }).diagnostics ?? [])
        : (result.warnings as ReadonlyArray<Diagnostic>)
  return (
    <div role="status">
      {job.state === "done" ? (
        <p>
          <Badge tone="good">
            <Icon name="check" /> done
          </Badge>{" "}
          {summary(result?.data)}
        </p>
      ) : (
        <p>
          <Badge tone="bad">
            <Icon name="cross" /> refused
          </Badge>{" "}
          {findings.length} {findings.length === 1 ? "finding" : "findings"}
        </p>
      )}
      {findings.length === 0 ? null : <Diagnostics list={findings} {...(onFinding === undefined ? {} : { onPlace: onFinding })} />}
      {job.state !== "failed" || findings.length > 0 ? null : <pre class="excerpt">{job.lines.slice(-12).join("\n")}</pre>}
    </div>
  )
}

const summaryOf = (data: unknown): string => {
  const known = typeof data === "object" && data !== null ? (data as Readonly<Record<string, unknown>>) : {}
  return [
    typeof known.dataset_version_id === "string" ? `registered as ${known.dataset_version_id}` : "",
    typeof known.sample_count === "number" ? `${known.sample_count} samples` : "",
    typeof known.errors === "number" ? `${known.errors} errors` : "",
    typeof known.warnings === "number" ? `${known.warnings} warnings` : ""
  ]
    .filter((part) => part !== "")
    .join(", ")
}
