/**
 * Controls of single fields of the run file. A control shows what the text says at its path, names the line, and writes a literal of the
 * same type back; what the server finds wrong with the field stands under it.
 */
import type { ComponentChildren } from "preact"
import { useEffect, useId, useState } from "preact/hooks"
import { Badge } from "../../ui/index.ts"
import { setOf, withoutOption, withoutSet } from "./draft.ts"
import { literalOf, typedLiteral } from "./readFields.ts"
import { sentence } from "./steps.ts"
import type { Wizard } from "./useWizard.ts"

export interface Choice {
  readonly value: string
  readonly label: string
  readonly disabled?: boolean
}

export interface FieldControlProps {
  readonly wizard: Wizard
  readonly path: string
  readonly label: string
  readonly unit?: string
  readonly hint?: ComponentChildren
  /** Texts to choose from; one that stands in the file and is not among them is shown as well. */
  readonly choices?: ReadonlyArray<Choice>
  /** The field holds a whole number or one of these texts, whichever stands there now. */
  readonly words?: ReadonlyArray<string>
  readonly readOnly?: boolean
}

/** The control of the value at `path`; nothing where the run file has no such value. */
export const FieldControl = ({ wizard, path, label, unit, hint, choices, words = [], readOnly = false }: FieldControlProps) => {
  const id = useId()
  const field = wizard.fields.at(path)
  const shown = field === undefined ? "" : typeof field.value === "string" ? field.value : field.literal
  const [typed, setTyped] = useState(shown)
  const [wrong, setWrong] = useState("")
  useEffect(() => {
    setTyped(shown)
    setWrong("")
    // A question that was answered with Cancel leaves the value as it was.
  }, [shown, wizard.pending === null])
  if (field === undefined) return null
  const option = path.replace(/^brain\.generate\./, "")
  const { origin } = wizard.draft
  const own = origin === "template" || origin === "none"
  const isSet =
    own &&
    (setOf(wizard.draft, path) !== undefined || (path !== option && wizard.draft.option.some((word) => word.startsWith(`${option}=`))))
  // A finding about a small table is one about every value in it, and the other way round; one about a whole section is none.
  const findings = wizard.findings.filter(
    ({ field: found }) =>
      found !== undefined &&
      (found === path || found.startsWith(`${path}.`) || (found.split(".").length > 2 && path.startsWith(`${found}.`)))
  )
  const error = wrong !== "" ? wrong : (findings.find((finding) => finding.severity === "error")?.message ?? "")
  const commit = (text: string) => {
    if (text === shown) return setWrong("")
    const literal = typedLiteral(field, text, words)
    if (!literal.ok) return setWrong(literal.reason)
    setWrong("")
    wizard.setField(path, literal.literal)
  }
  const wiring = {
    id,
    "aria-describedby": `${id}-hint`,
    ...(error === "" ? {} : { "aria-invalid": true as const })
  }
  const help = hint ?? (field.comment === "" ? undefined : field.comment)
  return (
    <div class={error === "" ? "field" : "field invalid"} data-field={path}>
      {typeof field.value === "boolean" ? (
        <label class="row wizard-check">
          <input
            type="checkbox"
            {...wiring}
            checked={field.value}
            disabled={readOnly}
            onChange={(event) => wizard.setField(path, String(event.currentTarget.checked))}
          />
          {label}
        </label>
      ) : (
        <>
          <label for={id}>
            {label}
            {unit === undefined ? null : <span class="muted"> in {unit}</span>}
          </label>
          {choices !== undefined && typeof field.value === "string" ? (
            <select
              {...wiring}
              value={field.value}
              disabled={readOnly}
              onChange={(event) => wizard.setField(path, literalOf(event.currentTarget.value))}
            >
              {choices.some(({ value }) => value === field.value) ? null : <option value={field.value}>{field.value}</option>}
              {choices.map((choice) => (
                <option key={choice.value} value={choice.value} disabled={choice.disabled === true}>
                  {choice.label}
                </option>
              ))}
            </select>
          ) : field.literal.includes("\n") ? (
            <textarea
              {...wiring}
              class="mono"
              rows={Math.min(8, field.literal.split("\n").length + 1)}
              spellcheck={false}
              value={typed}
              readOnly={readOnly}
              onInput={(event) => setTyped(event.currentTarget.value)}
              onChange={(event) => commit(event.currentTarget.value)}
            />
          ) : (
            <input
              type="text"
              {...wiring}
              class={typeof field.value === "string" ? "" : "mono"}
              inputMode={typeof field.value === "number" ? "decimal" : "text"}
              spellcheck={false}
              autocomplete="off"
              value={typed}
              readOnly={readOnly}
              onInput={(event) => setTyped(event.currentTarget.value)}
              onChange={(event) => commit(event.currentTarget.value)}
            />
          )}
        </>
      )}
      <div id={`${id}-hint`} class="field-hint">
        {error === "" ? null : (
          <span class="field-error">
            {wrong !== "" ? wrong : brief(findings)}
            {". "}
          </span>
        )}
        {help} <span class={help === undefined ? "wizard-line" : "wizard-line behind"}>line {field.line}</span>
        {isSet ? (
          <>
            {" "}
            <Badge tone="info">changed</Badge>{" "}
            <button
              type="button"
              class="quiet"
              onClick={() =>
                wizard.change({
                  what: `${path} as the template has it`,
                  draft: (draft) => withoutSet(path === option ? draft : withoutOption(draft, option), path),
                  text: null
                })
              }
            >
              back to the template's
              <span class="visually-hidden"> value of {label}</span>
            </button>
          </>
        ) : null}
      </div>
    </div>
  )
}

/** The first finding, and how many more there are: step 3 has them all. */
const brief = (findings: Wizard["findings"]): string => {
  const [first, ...more] = findings
  if (first === undefined) return ""
  const { field: _, ...rest } = first
  return `${sentence(rest)}${more.length === 0 ? "" : `; and ${more.length} more, see step 3`}`
}

/** A control for a text that is typed and taken over when it is left or Enter is pressed. */
export const TextControl = ({
  label,
  value,
  onCommit,
  hint,
  error,
  name,
  mono = false
}: {
  readonly label: string
  readonly value: string
  readonly onCommit: (text: string) => void
  readonly hint?: ComponentChildren
  readonly error?: string
  /** The field's name, so that a finding can lead here. */
  readonly name: string
  readonly mono?: boolean
}) => {
  const id = useId()
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  const wrong = error !== undefined && error !== ""
  return (
    <div class={wrong ? "field invalid" : "field"} data-field={name}>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        class={mono ? "mono" : ""}
        aria-describedby={`${id}-hint`}
        {...(wrong ? { "aria-invalid": true } : {})}
        autocomplete="off"
        spellcheck={false}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onChange={(event) => onCommit(event.currentTarget.value)}
      />
      <div id={`${id}-hint`} class="field-hint">
        {wrong ? <span class="field-error">{error}</span> : hint}
      </div>
    </div>
  )
}

/** Moves the focus to the control of a field, or to the heading of the step where there is none. */
export const focusField = (field: string | undefined): void => {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const parts = field === undefined ? [] : field.split(".")
      for (let length = parts.length; length > 0; length -= 1) {
        const name = CSS.escape(parts.slice(0, length).join("."))
        // The control itself, or the first of the values inside of a table.
        const box =
          document.querySelector(`[data-field="${name}"]`) ?? (length > 1 ? document.querySelector(`[data-field^="${name}."]`) : null)
        const control = box?.querySelector<HTMLElement>("input, select, textarea, button")
        if (control !== null && control !== undefined) {
          const closed = control.closest("details:not([open])")
          if (closed instanceof HTMLDetailsElement) closed.open = true
          control.focus()
          control.scrollIntoView({ block: "center" })
          return
        }
      }
      document.querySelector<HTMLElement>("#wizard-step-title")?.focus()
    })
  )
}
