/**
 * A text box with suggestions after the ARIA combobox pattern: arrows walk, Enter or Tab takes, Escape closes. What is suggested comes from
 * the caller for every text and caret. Sharp edge: nothing is taken unasked; Enter without a marked suggestion submits the text.
 */
import type { ComponentChildren } from "preact"
import { useId, useRef, useState } from "preact/hooks"

export interface Suggestion {
  /** What the box holds when this is taken, and where the caret then stands (its end when left out). */
  readonly text: string
  readonly caret?: number
  readonly label: string
  readonly detail?: ComponentChildren
}

export const Combobox = ({
  label,
  value,
  onInput,
  onSubmit,
  suggest,
  placeholder,
  inputId,
  invalid = false,
  mono = false
}: {
  readonly label: string
  readonly value: string
  readonly onInput: (text: string) => void
  readonly onSubmit?: (text: string) => void
  readonly suggest: (text: string, caret: number) => ReadonlyArray<Suggestion>
  readonly placeholder?: string
  readonly inputId?: string
  readonly invalid?: boolean
  readonly mono?: boolean
}) => {
  const id = useId()
  const box = useRef<HTMLInputElement>(null)
  const [open, setOpen] = useState(false)
  const [at, setAt] = useState(-1)
  const [list, setList] = useState<ReadonlyArray<Suggestion>>([])
  const refresh = (text: string) => {
    setList(suggest(text, box.current?.selectionStart ?? text.length).slice(0, 12))
    setAt(-1)
    setOpen(true)
  }
  const take = (suggestion: Suggestion) => {
    onInput(suggestion.text)
    const caret = suggestion.caret ?? suggestion.text.length
    requestAnimationFrame(() => {
      box.current?.focus()
      box.current?.setSelectionRange(caret, caret)
      refresh(suggestion.text)
    })
  }
  const shown = open && list.length > 0
  return (
    <div class="combobox">
      <input
        ref={box}
        id={inputId}
        class={mono ? "mono" : ""}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-invalid={invalid}
        {...(shown && at >= 0 ? { "aria-activedescendant": `${id}-${at}` } : {})}
        autoComplete="off"
        autoCapitalize="off"
        spellcheck={false}
        placeholder={placeholder}
        value={value}
        onInput={(event) => {
          onInput(event.currentTarget.value)
          refresh(event.currentTarget.value)
        }}
        onFocus={(event) => refresh(event.currentTarget.value)}
        onBlur={() => setTimeout(() => setOpen(false), 120)}
        onKeyDown={(event) => {
          const marked = shown ? list[at] : undefined
          if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault()
            if (!shown) refresh(event.currentTarget.value)
            else setAt((at + (event.key === "ArrowDown" ? 1 : at <= 0 ? list.length - at - 1 : -1) + list.length) % list.length)
          } else if ((event.key === "Enter" || event.key === "Tab") && marked !== undefined) {
            event.preventDefault()
            take(marked)
          } else if (event.key === "Enter") {
            setOpen(false)
            onSubmit?.(event.currentTarget.value)
          } else if (event.key === "Escape") {
            if (shown) {
              event.preventDefault()
              setOpen(false)
            } else event.currentTarget.blur()
          }
        }}
      />
      <div id={`${id}-list`} class="suggestions" role="listbox" aria-label={`${label}: suggestions`} hidden={!shown}>
        {list.map((suggestion, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the box keeps the focus and names the marked option
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the box
          <div
            key={`${suggestion.label} ${index}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => take(suggestion)}
          >
            <span class={mono ? "mono" : ""}>{suggestion.label}</span>
            {suggestion.detail === undefined ? null : <span class="muted">{suggestion.detail}</span>}
          </div>
        ))}
      </div>
    </div>
  )
}
