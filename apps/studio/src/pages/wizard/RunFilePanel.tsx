/**
 * The run file, always in view: numbered lines, the lines that the server has something to say about, and the command that writes it.
 * It can be typed into; from then on it is a text of its own. Sharp edge: the marks lie behind a transparent text box of the same metrics,
 * so both must keep the same font, padding and line height.
 */
import { Fragment } from "preact"
import { useEffect, useMemo, useRef, useState } from "preact/hooks"
import type { Diagnostic } from "../../api.ts"
import { save } from "../../files.ts"
import { shellLine } from "../../format.ts"
import { Badge, Button, CopyButton, Diagnostics, Icon } from "../../ui/index.ts"
import { wordsOf } from "./command.ts"
import { fileName, startedAgain } from "./draft.ts"
import type { Wizard } from "./useWizard.ts"

/** Puts the caret of the editor on a line. */
export const showLine = (line: number, column = 1): void => {
  const editor = document.querySelector<HTMLTextAreaElement>("#run-file-text")
  if (editor === null) return
  const details = editor.closest("details")
  if (details !== null) details.open = true
  const lines = editor.value.split("\n")
  const offset = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1
  editor.focus()
  editor.setSelectionRange(offset, offset)
  const box = editor.closest<HTMLElement>(".run-file-box")
  if (box !== null) box.scrollTop = Math.max(0, (line - 4) * 20)
  editor.scrollIntoView({ block: "nearest" })
}

export const RunFilePanel = ({ wizard }: { readonly wizard: Wizard }) => {
  const { draft, findings, judgement } = wizard
  const lines = useMemo(() => draft.text.split("\n"), [draft.text])
  const marks = useMemo(() => {
    const byLine = new Map<number, Diagnostic>()
    for (const finding of findings)
      if (finding.line !== undefined && byLine.get(finding.line)?.severity !== "error") byLine.set(finding.line, finding)
    return byLine
  }, [findings])
  const words = wordsOf(draft)
  const file = fileName(draft)
  const [asking, setAsking] = useState(false)
  const details = useRef<HTMLDetailsElement>(null)
  const box = useRef<HTMLDivElement>(null)
  const [lit, setLit] = useState("")
  const litField = lit === "" ? undefined : wizard.fields.at(lit)
  // The line of the control that has the focus stands out, and is scrolled to.
  useEffect(() => {
    const look = (event: FocusEvent) => {
      const path = event.target instanceof Element ? event.target.closest("[data-field]")?.getAttribute("data-field") : undefined
      if (path !== undefined && path !== null) setLit(path)
    }
    document.addEventListener("focusin", look)
    return () => document.removeEventListener("focusin", look)
  }, [])
  const litLine = litField?.line
  useEffect(() => {
    if (litLine !== undefined && box.current !== null) box.current.scrollTop = Math.max(0, (litLine - 8) * 20)
  }, [litLine])
  // Beside the steps on wide screens, folded under them on narrow ones.
  useEffect(() => {
    const element = details.current
    if (element !== null && window.matchMedia("(max-width: 1100px)").matches) element.open = false
  }, [])
  return (
    <details class="panel run-file" open ref={details}>
      <summary class="panel-head">
        <h2>Run file</h2>
        <span class="row">
          {draft.origin === "hand" ? <Badge tone="warn">edited by hand</Badge> : draft.origin === "run" ? <Badge>of a run</Badge> : null}
          <Verdict wizard={wizard} />
        </span>
      </summary>
      <div class="panel-body">
        {draft.text === "" ? (
          <p class="muted">
            {wizard.refused !== undefined
              ? "The template wrote no file; what it said stands below."
              : wizard.writing
                ? "Being written …"
                : "It appears here as soon as a template and a dataset are chosen. Every choice is a line in it."}
          </p>
        ) : (
          <div class="run-file-box" ref={box} data-judgement={judgement.state}>
            <div class="run-file-gutter" aria-hidden="true">
              {lines.map((_, index) => {
                const mark = marks.get(index + 1)
                return (
                  <div key={`${index}`} class={mark === undefined ? "" : mark.severity === "error" ? "bad" : "warn"}>
                    {mark === undefined ? "" : mark.severity === "error" ? "x " : "! "}
                    {index + 1}
                  </div>
                )
              })}
            </div>
            <div class="run-file-text">
              <div class="run-file-marks" aria-hidden="true">
                {litField === undefined ? null : (
                  <div
                    class="lit"
                    style={{ top: `${(litField.line - 1) * 20 + 8}px`, height: `${litField.literal.split("\n").length * 20}px` }}
                  />
                )}
                {[...marks].map(([line, mark]) => (
                  <div key={line} class={mark.severity === "error" ? "bad" : "warn"} style={{ top: `${(line - 1) * 20 + 8}px` }} />
                ))}
              </div>
              <textarea
                id="run-file-text"
                aria-label={`Run file ${file}`}
                aria-describedby="run-file-findings"
                class="mono"
                spellcheck={false}
                autocomplete="off"
                wrap="off"
                rows={lines.length}
                value={draft.text}
                onInput={(event) => wizard.type(event.currentTarget.value)}
              />
            </div>
          </div>
        )}
        <div id="run-file-findings">
          {findings.length === 0 ? null : (
            <Diagnostics
              list={findings}
              onPlace={(finding) => (finding.line === undefined ? undefined : showLine(finding.line, finding.column))}
            />
          )}
        </div>
        <div class="run-file-command">
          {words === null ? (
            draft.text === "" ? null : (
              <p>
                <span class="muted">Save it as </span>
                <code>{file}</code>
                <span class="muted"> and run</span> <code>ftr run start {file}</code>
              </p>
            )
          ) : (
            <p>
              <code class="wizard-command">
                <CommandWords words={words} /> &gt; {file}
              </code>
            </p>
          )}
        </div>
        <div class="row">
          <CopyButton text={draft.text} label="Copy file" what="Copied the run file" />
          {words === null ? null : (
            <CopyButton icon="terminal" text={`ftr ${shellLine(words)} > ${file}`} label="Copy command" what="Copied the command" />
          )}
          <Button tone="quiet" icon="download" disabled={draft.text === ""} onClick={() => save(file, draft.text, "application/toml")}>
            Save as {file}
          </Button>
          {draft.origin !== "hand" || draft.template === "" ? null : asking ? (
            <span class="row">
              <span>Your edits are lost.</span>
              <Button
                tone="danger"
                onClick={() => {
                  setAsking(false)
                  wizard.replace(startedAgain(draft))
                }}
              >
                Write it again
              </Button>
              <Button tone="quiet" onClick={() => setAsking(false)}>
                Keep my text
              </Button>
            </span>
          ) : (
            <Button tone="quiet" icon="history" onClick={() => setAsking(true)}>
              Back to the template's text
            </Button>
          )}
        </div>
        {wizard.stored ? null : (
          <p class="field-error" role="alert">
            This browser keeps nothing for this page, so the draft is gone with the tab: save the file.
          </p>
        )}
      </div>
    </details>
  )
}

/** Words of a command that break between words and not inside of flags. */
const CommandWords = ({ words }: { readonly words: ReadonlyArray<string> }) => (
  <>
    ftr
    {words.map((word, index) => (
      <Fragment key={`${index}`}>
        {" "}
        <span class={word.length < 42 ? "nowrap" : ""}>{shellLine([word])}</span>
      </Fragment>
    ))}
  </>
)

const Verdict = ({ wizard: { judgement, refused, online } }: { readonly wizard: Wizard }) => {
  const [tone, icon, text] = !online
    ? (["warn", "warning", "not checked: no server"] as const)
    : refused !== undefined
      ? (["bad", "cross", "not written"] as const)
      : judgement.state === "fits"
        ? (["good", "check", "can run"] as const)
        : judgement.state === "blocked"
          ? (["bad", "cross", `${judgement.blocks.length} to mend`] as const)
          : judgement.state === "waiting"
            ? (["info", "", "being checked …"] as const)
            : (["neutral", "", "empty"] as const)
  return (
    <span role="status">
      <Badge tone={tone}>
        {icon === "" ? null : <Icon name={icon} />} {text}
      </Badge>
    </span>
  )
}
