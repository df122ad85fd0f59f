/**
 * New run: six steps, one draft. Each step is an address (`/new?step=3`) and can be opened at any time; what is missing is said, with the
 * place where it can be mended. Beside the steps stands the run file, which is what the steps write.
 */
import { useEffect, useRef } from "preact/hooks"
import { call } from "../../api.ts"
import { useShortcuts } from "../../keys.ts"
import { navigate, setSearch, useSearch } from "../../router.ts"
import { announce, Button, Dialog, Icon, Page, toast } from "../../ui/index.ts"
import { Bindings } from "./Bindings.tsx"
import { Compatibility } from "./Compatibility.tsx"
import { focusField } from "./Controls.tsx"
import { wordsOf } from "./command.ts"
import { type Draft, emptyDraft, ofRun, templateInput } from "./draft.ts"
import { Launch } from "./Launch.tsx"
import { Results } from "./Results.tsx"
import { RunFilePanel } from "./RunFilePanel.tsx"
import { readFields } from "./readFields.ts"
import { Setup } from "./Setup.tsx"
import { Source } from "./Source.tsx"
import { type StepId, stepOf, stepTitles } from "./steps.ts"
import { useWizard, type Wizard } from "./useWizard.ts"
import "./style.css"

const signs = { done: "check", open: "right", blocked: "warning" } as const
const says = { done: "done", open: "open", blocked: "something is missing" } as const

export default function NewRunPage() {
  const wizard = useWizard()
  const [text] = useSearch("step", "1")
  const step = stepOf(text)
  useLinks(wizard)
  const title = useRef<HTMLHeadingElement>(null)
  const first = useRef(true)
  useEffect(() => {
    if (first.current) {
      first.current = false
      return
    }
    announce(`Step ${step} of 6, ${stepTitles[step]}`)
  }, [step])
  const goto = (next: StepId, field?: string) => {
    if (next !== step) setSearch({ step: next, source: null }, { push: true })
    if (field === undefined) window.scrollTo(0, 0)
    focusField(field)
  }
  useShortcuts([
    { keys: "[", says: "The step before", group: "New run", run: () => step > 1 && goto((step - 1) as StepId) },
    { keys: "]", says: "The next step", group: "New run", run: () => step < 6 && goto((step + 1) as StepId) }
  ])
  const now = wizard.steps[step - 1]
  const words = wordsOf(wizard.draft)
  const canBeWritten = wizard.pending !== null && templateInput(wizard.pending.draft(wizard.draft)) !== null
  return (
    <Page
      title="New run"
      {...(words === null ? {} : { command: words })}
      actions={
        <Button
          tone="quiet"
          icon="plus"
          disabled={wizard.draft === emptyDraft}
          onClick={() => {
            const before = wizard.draft
            wizard.replace(emptyDraft)
            goto(1)
            toast("A new draft", { actions: [{ label: "Undo", run: () => wizard.replace(before) }] })
          }}
        >
          Start anew
        </Button>
      }
    >
      {wizard.online ? null : (
        <div class="wizard-banner" role="alert">
          <strong>The server does not answer.</strong> Nothing is lost: the draft is kept in this browser, and runs that were started go on.
          Start it again with <code>ftr ui</code> in the folder of the project.{" "}
          <Button icon="history" onClick={wizard.again}>
            Try again
          </Button>
        </div>
      )}
      <nav aria-label="Steps" class="wizard-steps">
        <ol>
          {wizard.steps.map((each) => (
            <li key={each.id} class={`${each.state}${each.id === step ? " now" : ""}`}>
              <a
                href={`/new?step=${each.id}`}
                {...(each.id === step ? { "aria-current": "step" as const } : {})}
                onClick={(event) => {
                  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
                  event.preventDefault()
                  goto(each.id)
                }}
              >
                <span class="wizard-sign" aria-hidden="true">
                  <Icon name={signs[each.state]} />
                </span>
                <span class="wizard-number">{each.id}</span> <span class="wizard-name">{titleOf(each.id, wizard)}</span>
                <span class="visually-hidden">, {says[each.state]}</span>
              </a>
            </li>
          ))}
        </ol>
      </nav>
      <div class="wizard">
        <section class="wizard-main" aria-labelledby="wizard-step-title">
          <h2 id="wizard-step-title" class="wizard-title" tabIndex={-1} ref={title}>
            <span class="muted">Step {step} of 6</span> {titleOf(step, wizard)}
          </h2>
          {step === 1 ? <Setup wizard={wizard} /> : null}
          {step === 2 ? <Source wizard={wizard} /> : null}
          {step === 3 ? <Compatibility wizard={wizard} goto={goto} /> : null}
          {step === 4 ? <Bindings wizard={wizard} goto={goto} /> : null}
          {step === 5 ? <Launch wizard={wizard} goto={goto} /> : null}
          {step === 6 ? <Results wizard={wizard} goto={goto} /> : null}
          <footer class="wizard-foot">
            <Button icon="left" disabled={step === 1} onClick={() => goto((step - 1) as StepId)}>
              Back
            </Button>
            <div class="wizard-why" id="wizard-why">
              {now === undefined || now.reasons.length === 0 || step === 5 || step === 6 ? null : (
                <>
                  <span>Before a run can start: </span>
                  {now.reasons.slice(0, 3).map((reason) => (
                    <button
                      key={`${reason.text} ${reason.goto}`}
                      type="button"
                      class="quiet"
                      onClick={() => goto(reason.goto, reason.field)}
                    >
                      {reason.text.length > 90 ? `${reason.text.slice(0, 88)}…` : reason.text}
                    </button>
                  ))}
                </>
              )}
            </div>
            {step === 6 ? (
              <a class="button primary" href="/runs">
                All runs
              </a>
            ) : (
              <Button
                {...(step === 5 ? {} : { tone: "primary" as const })}
                icon="right"
                aria-describedby="wizard-why"
                onClick={() => goto((step + 1) as StepId)}
              >
                {titleOf((step + 1) as StepId, wizard)}
              </Button>
            )}
          </footer>
        </section>
        <aside class="wizard-side" aria-label="Run file">
          <RunFilePanel wizard={wizard} />
        </aside>
      </div>
      <Dialog
        open={wizard.pending !== null}
        onClose={() => wizard.decide("cancel")}
        title={wizard.draft.origin === "run" ? "This run file is that of a run" : "You have edited the run file"}
        footer={
          <div class="row">
            {wizard.pending?.text == null ? null : (
              <Button tone="primary" onClick={() => wizard.decide("text")}>
                Put it into my text
              </Button>
            )}
            {canBeWritten ? (
              <Button tone="danger" onClick={() => wizard.decide("again")}>
                Write the file anew
              </Button>
            ) : null}
            <Button onClick={() => wizard.decide("cancel")}>Cancel</Button>
          </div>
        }
      >
        <p>
          You chose <code>{wizard.pending?.what}</code>.
        </p>
        <p>
          {wizard.pending?.text == null
            ? "Only a template can do that, and it writes the whole file: your edits would be lost."
            : canBeWritten
              ? "It can be put into your text, with nothing else changed; or the template writes the whole file again, without your edits."
              : "It can be put into the text, with nothing else changed."}
        </p>
      </Dialog>
    </Page>
  )
}

const titleOf = (id: StepId, wizard: Wizard): string => {
  const kind = wizard.fields.at("learner.kind")?.value
  return id === 4 ? (kind === "brain" ? "Brain bindings" : typeof kind === "string" ? "Model" : stepTitles[4]) : stepTitles[id]
}

/** `/new?template=…&dataset=…` begins a draft with these, `/new?from=r-…` with the file of a run; the address then is the step's again. */
const useLinks = (wizard: Wizard): void => {
  const [template] = useSearch("template")
  const [dataset] = useSearch("dataset")
  const [learner] = useSearch("learner")
  const [from] = useSearch("from")
  const { draft, replace } = wizard
  useEffect(() => {
    if (template === "" && dataset === "") return
    const next: Draft = {
      ...(draft.origin === "hand" || draft.origin === "run" || template !== "" ? emptyDraft : draft),
      ...(template === "" ? {} : { template, learner: learner === "brain" ? "" : learner }),
      ...(dataset === "" ? {} : { dataset })
    }
    const before = draft
    replace(next)
    if (before.text !== "") toast("A new draft", { actions: [{ label: "Back to the one before", run: () => replace(before) }] })
    setSearch({ template: null, dataset: null, learner: null })
  }, [template, dataset, learner])
  useEffect(() => {
    if (from === "") return
    const before = draft
    call<{ readonly text: string }>("run.file", { run: from }).then(
      (answer) => {
        const { text } = answer.data
        replace(ofRun(text, String(readFields(text).at("dataset")?.value ?? "")))
        if (before.text !== "")
          toast(`The file of ${from}`, { actions: [{ label: "Back to the draft before", run: () => replace(before) }] })
        navigate("/new?step=4", { replace: true })
      },
      (cause: unknown) => toast(cause instanceof Error ? cause.message : String(cause), { tone: "bad" })
    )
  }, [from])
}
