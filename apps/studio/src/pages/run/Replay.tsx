/** Executes a run again from its pins and says whether everything came out the same. Nothing of the record changes by it. */
import { useJob } from "../../api.ts"
import { Badge, Button, Diagnostics, KeyValue, type Tone } from "../../ui/index.ts"

interface Verdict {
  readonly verdict: "EQUAL" | "DIVERGED" | "INPUT_CHANGED"
  readonly first: Readonly<Record<string, unknown>> | null
  readonly changed: ReadonlyArray<{ readonly input: string; readonly message: string }>
}

const faces: Readonly<Record<Verdict["verdict"], { readonly tone: Tone; readonly says: string }>> = {
  EQUAL: { tone: "good", says: "Every answer, every hash and every metric came out the same, to the last bit." },
  DIVERGED: { tone: "bad", says: "The replay is another run from here on:" },
  INPUT_CHANGED: { tone: "warn", says: "It cannot be executed as it was, because these inputs are not those that it pins:" }
}

export const Replay = ({ run }: { readonly run: string }) => {
  const { start, job, error, cancel } = useJob("run.replay")
  const result = job?.result ?? undefined
  const verdict = result !== undefined && result.kind !== "error" ? (result.data as Verdict) : undefined
  const refused =
    result?.kind === "error"
      ? (result.data as { readonly diagnostics: Parameters<typeof Diagnostics>[0]["list"] }).diagnostics
      : error?.diagnostics
  const running = job?.state === "running"
  return (
    <div class="replay" aria-live="polite">
      <div class="row">
        <Button icon="play" busy={running} onClick={() => void start({ run })}>
          {running ? "Replaying …" : "Replay"}
        </Button>
        {running ? (
          <Button tone="quiet" onClick={cancel}>
            Cancel
          </Button>
        ) : null}
        {verdict === undefined ? null : <Badge tone={faces[verdict.verdict].tone}>{verdict.verdict}</Badge>}
        <code class="muted">ftr run replay {run}</code>
      </div>
      {verdict === undefined ? (
        <p class="muted">Executes the run again from these pins and compares everything that it answered; nothing is written.</p>
      ) : (
        <p>{faces[verdict.verdict].says}</p>
      )}
      {verdict?.first ? <KeyValue items={Object.entries(verdict.first)} /> : null}
      {verdict === undefined || verdict.changed.length === 0 ? null : (
        <ul>
          {verdict.changed.map((each) => (
            <li key={each.input}>
              {each.input}: {each.message}
            </li>
          ))}
        </ul>
      )}
      {refused === undefined || running ? null : <Diagnostics list={refused} />}
    </div>
  )
}
