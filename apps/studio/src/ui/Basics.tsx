/** The small parts of every page: badges, numbers with names, buttons that copy, fields, progress, times and hashes. */
import { type ComponentChildren, Fragment, type JSX } from "preact"
import { useEffect, useId, useRef, useState } from "preact/hooks"
import { copy } from "../files.ts"
import { ago, dateTime, inline, number, short } from "../format.ts"
import { Icon } from "./Icon.tsx"
import type { Tone } from "./Toast.tsx"

export const Badge = ({
  tone = "neutral",
  title,
  children
}: {
  readonly tone?: Tone
  readonly title?: string
  readonly children: ComponentChildren
}) => (
  <span class={`badge tone-${tone}`} title={title}>
    {children}
  </span>
)

const statusTones: Readonly<Record<string, Tone>> = {
  completed: "good",
  running: "info",
  preparing: "info",
  draining: "info",
  queued: "neutral",
  created: "neutral",
  planned: "neutral",
  paused: "warn",
  interrupted: "warn",
  pausing: "warn",
  stopped: "warn",
  aborted: "bad",
  stopping: "warn",
  partial: "warn",
  failed: "bad"
}

/** The state of a run: a word and a sign, so that colour says nothing alone. */
export const Status = ({ status }: { readonly status: string }) => (
  <span class={`status tone-${statusTones[status] ?? "neutral"}`} data-status={status}>
    <span class="status-sign" aria-hidden="true" />
    {status}
  </span>
)

/** Texts beside each other, each in its own direction of writing, so that none turns its neighbours around. */
export const Parts = ({ of }: { readonly of: ReadonlyArray<string> }) => (
  <>
    {of
      .filter((part) => part !== "")
      .map((part, index) => (
        <Fragment key={`${index}`}>
          {index === 0 ? "" : " · "}
          <bdi>{part}</bdi>
        </Fragment>
      ))}
  </>
)

/** One number that matters, with its name, and what it rests on. */
export const Stat = ({
  label,
  value,
  unit,
  hint,
  tone
}: {
  readonly label: string
  readonly value: ComponentChildren
  readonly unit?: string
  readonly hint?: ComponentChildren
  readonly tone?: Tone
}) => (
  <div class={`stat${tone === undefined ? "" : ` tone-${tone}`}`}>
    <div class="stat-label">{label}</div>
    <div class="stat-value">
      {typeof value === "number" || typeof value === "bigint" ? number(value) : value}
      {unit === undefined ? null : <span class="stat-unit"> {unit}</span>}
    </div>
    {hint === undefined ? null : <div class="stat-hint">{hint}</div>}
  </div>
)

/** Names and values beside each other. A value that is no element is written as one line; a missing one is "–". */
export const KeyValue = ({ items }: { readonly items: ReadonlyArray<readonly [name: string, value: unknown] | null> }) => (
  <dl class="key-value">
    {items.map((item) =>
      item === null ? null : (
        <div key={item[0]}>
          <dt>{item[0]}</dt>
          <dd>{isElement(item[1]) ? item[1] : inline(item[1])}</dd>
        </div>
      )
    )}
  </dl>
)
const isElement = (value: unknown): value is JSX.Element =>
  typeof value === "object" && value !== null && "type" in value && "props" in value

export const Button = ({
  icon,
  tone,
  busy = false,
  children,
  ...rest
}: {
  readonly icon?: string
  readonly tone?: "primary" | "quiet" | "danger"
  readonly busy?: boolean
  readonly children?: ComponentChildren
} & Omit<JSX.IntrinsicElements["button"], "icon">) => (
  <button type="button" {...rest} class={`button ${tone ?? ""}`} aria-busy={busy} disabled={busy || rest.disabled === true}>
    {busy ? <span class="spinner" aria-hidden="true" /> : icon === undefined ? null : <Icon name={icon} />}
    {children}
  </button>
)

/** A button of one drawing; `label` is its name for everybody. */
export const IconButton = ({
  icon,
  label,
  pressed,
  filled,
  onClick
}: {
  readonly icon: string
  readonly label: string
  readonly pressed?: boolean
  readonly filled?: boolean
  readonly onClick: (event: MouseEvent) => void
}) => (
  <button type="button" class="icon" aria-label={label} title={label} aria-pressed={pressed} onClick={onClick}>
    <Icon name={icon} fill={filled === true} />
  </button>
)

export const CopyButton = ({
  text,
  label,
  what,
  icon = "copy"
}: {
  readonly text: string
  readonly label: string
  readonly what?: string
  readonly icon?: string
}) => (
  <Button tone="quiet" icon={icon} title={text.length > 300 ? label : text} onClick={() => copy(text, what ?? "Copied")}>
    {label}
  </Button>
)

/** The head of a hash or id; a click copies all of it. */
export const Hash = ({ value, length = 12 }: { readonly value: string | null | undefined; readonly length?: number }) =>
  value === null || value === undefined ? (
    <span class="muted">–</span>
  ) : (
    <button type="button" class="hash" title={`${value} – copy`} onClick={() => copy(value, `Copied ${short(value)}`)}>
      {short(value, length)}
    </button>
  )

let clock = 0
/** When something was: how long ago, with the exact time behind the pointer. Times are milliseconds since 1970 or ISO 8601. */
export const Time = ({ at }: { readonly at: number | string | null | undefined }) => {
  const [now, setNow] = useState(() => Math.max(clock, Date.now()))
  useEffect(() => {
    const timer = setInterval(() => {
      clock = Date.now()
      setNow(clock)
    }, 15_000)
    return () => clearInterval(timer)
  }, [])
  const millis = typeof at === "string" ? Date.parse(at) : at
  if (millis === null || millis === undefined || Number.isNaN(millis)) return <span class="muted">–</span>
  return (
    <time dateTime={new Date(millis).toISOString()} title={dateTime(millis)}>
      {ago(millis, now)}
    </time>
  )
}

/** How far something is; without a total only that it moves. */
export const Progress = ({
  done,
  total,
  label
}: {
  readonly done: number
  readonly total: number | null | undefined
  readonly label: string
}) => (
  <div class="progress">
    {total === null || total === undefined || total <= 0 ? (
      <progress aria-label={label} />
    ) : (
      <progress aria-label={label} max={total} value={Math.min(done, total)} />
    )}
    <span class="muted">
      {number(done)}
      {total === null || total === undefined ? "" : ` / ${number(total)}`}
    </span>
  </div>
)

/** A control with its name, a hint, and what is wrong with it. The control is given `id`, `aria-describedby` and `aria-invalid`. */
export const Field = ({
  label,
  hint,
  error,
  children
}: {
  readonly label: ComponentChildren
  readonly hint?: ComponentChildren
  readonly error?: ComponentChildren
  readonly children: (wiring: {
    readonly id: string
    readonly "aria-describedby": string
    readonly "aria-invalid"?: true
  }) => ComponentChildren
}) => {
  const id = useId()
  const wrong = error !== undefined && error !== null && error !== ""
  return (
    <div class={wrong ? "field invalid" : "field"}>
      <label for={id}>{label}</label>
      {children({ id, "aria-describedby": `${id}-hint`, ...(wrong ? { "aria-invalid": true } : {}) })}
      <div id={`${id}-hint`} class="field-hint">
        {wrong ? <span class="field-error">{error}</span> : hint}
      </div>
    </div>
  )
}

/** A framed part of a page with a heading. */
export const Panel = ({
  title,
  actions,
  children
}: {
  readonly title?: ComponentChildren
  readonly actions?: ComponentChildren
  readonly children: ComponentChildren
}) => (
  <section class="panel">
    {title === undefined && actions === undefined ? null : (
      <header class="panel-head">
        <h2>{title}</h2>
        <div class="row">{actions}</div>
      </header>
    )}
    <div class="panel-body">{children}</div>
  </section>
)

/** Items behind a button; closes on choice, Escape and a click elsewhere. */
export const Menu = ({
  label,
  icon,
  children
}: {
  readonly label: string
  readonly icon?: string
  readonly children: ComponentChildren
}) => {
  const details = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const close = (event: Event) => {
      const element = details.current
      if (element === null || !element.open) return
      if (event instanceof KeyboardEvent) {
        if (event.key !== "Escape") return
        element.querySelector("summary")?.focus()
      } else if (event.target instanceof Node && element.contains(event.target)) return
      element.open = false
    }
    document.addEventListener("pointerdown", close)
    document.addEventListener("keydown", close)
    return () => {
      document.removeEventListener("pointerdown", close)
      document.removeEventListener("keydown", close)
    }
  }, [])
  return (
    <details class="menu" ref={details}>
      <summary class="button quiet">
        {icon === undefined ? null : <Icon name={icon} />}
        {label}
        <Icon name="down" />
      </summary>
      <div class="menu-items">{children}</div>
    </details>
  )
}
