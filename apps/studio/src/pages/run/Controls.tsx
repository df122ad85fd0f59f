/**
 * What can be asked of a run. Every press carries a key of its own, so that an answer that was lost on its way and is asked for again does
 * the thing once. Ending a run for good is asked back in place, without a dialog in the way of the page.
 */
import { useEffect, useRef, useState } from "preact/hooks"
import { type ApiError, asApiError, call, touched } from "../../api.ts"
import { Button, Diagnostics, toast } from "../../ui/index.ts"
import { type Control, controlsOf, isRunning, type RunStatus } from "./model.ts"

const faces: Readonly<
  Record<Control, { readonly label: string; readonly icon: string; readonly title: string; readonly tone?: "primary" | "danger" }>
> = {
  "run.start": { label: "Start", icon: "play", title: "Run it from the beginning", tone: "primary" },
  "run.resume": { label: "Resume", icon: "play", title: "Go on from the last committed step", tone: "primary" },
  "run.pause": { label: "Pause", icon: "pause", title: "Pause behind the current sample" },
  "run.skip": {
    label: "Skip phase",
    icon: "skip",
    title: "End this phase behind the current sample, score what was met, and go on with the next"
  },
  "run.stop": { label: "Stop", icon: "stop", title: "End the run for good", tone: "danger" }
}

const answers: Readonly<Record<string, string>> = {
  requested: "The run was told; it acts behind its current sample",
  done: "Done",
  started: "The run goes on in a process of its own",
  "running-already": "The run goes on already",
  "finished-already": "The run is finished already"
}

/** A press that was refused, or that got no answer, and how to press again. */
export interface Problem {
  readonly label: string
  readonly error: ApiError
  readonly again: () => void
}

const ControlButton = ({
  control,
  run,
  pending,
  onProblem
}: {
  readonly control: Control
  readonly run: string
  readonly pending: RunStatus["pending"]
  readonly onProblem: (problem: Problem | null) => void
}) => {
  const [busy, setBusy] = useState(false)
  const [asking, setAsking] = useState(false)
  const keep = useRef<HTMLButtonElement>(null)
  const key = useRef<string | undefined>(undefined)
  const { label, icon, title, tone } = faces[control]
  const waiting = pending !== null && control === `run.${pending === "skip-rest" ? "skip" : pending}`
  useEffect(() => {
    if (asking) keep.current?.focus()
  }, [asking])
  const press = async () => {
    setAsking(false)
    setBusy(true)
    onProblem(null)
    key.current ??= crypto.randomUUID()
    try {
      const { data } = await call<{ readonly outcome?: string; readonly status?: string }>(
        control,
        { run },
        { idempotencyKey: key.current }
      )
      key.current = undefined
      const idle = data.outcome === "nothing-to-do" ? `Nothing to do: the run is ${data.status}` : undefined
      toast(idle ?? answers[data.outcome ?? "done"] ?? `${label}: ${data.outcome}`)
    } catch (error) {
      const known = asApiError(error)
      // What got no answer may have been done: it is asked for again under its own key. What was refused was not.
      if (known.status !== 0) key.current = undefined
      onProblem({ label, error: known, again: press })
    } finally {
      touched(control)
      setBusy(false)
    }
  }
  if (asking)
    return (
      // biome-ignore lint/a11y/useSemanticElements: a question with two answers, not a set of fields
      <span class="confirm row" role="group" aria-label="End this run for good?">
        <span>End this run for good?</span>
        <Button tone="danger" icon={icon} onClick={press}>
          Stop the run
        </Button>
        <button
          type="button"
          class="button"
          ref={keep}
          onClick={() => setAsking(false)}
          onKeyDown={(event) => event.key === "Escape" && setAsking(false)}
        >
          Keep it
        </button>
      </span>
    )
  return (
    <Button
      icon={icon}
      title={title}
      busy={busy || waiting}
      {...(tone === undefined ? {} : { tone })}
      onClick={control === "run.stop" ? () => setAsking(true) : press}
    >
      {waiting ? `${label} …` : label}
    </Button>
  )
}

export const Controls = ({ status, onProblem }: { readonly status: RunStatus; readonly onProblem: (problem: Problem | null) => void }) => (
  <>
    {controlsOf(status).map((control) => (
      <ControlButton
        key={control}
        control={control}
        run={status.run_id}
        pending={isRunning(status.status) ? status.pending : null}
        onProblem={onProblem}
      />
    ))}
  </>
)

export const ControlProblem = ({ problem, onClose }: { readonly problem: Problem; readonly onClose: () => void }) => (
  <div class="control-error" role="alert">
    <Diagnostics list={problem.error.diagnostics} />
    <div class="row">
      <Button onClick={problem.again}>{problem.label} again</Button>
      <Button tone="quiet" onClick={onClose}>
        Dismiss
      </Button>
    </div>
  </div>
)
