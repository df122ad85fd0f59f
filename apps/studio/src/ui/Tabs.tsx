/** Tabs after the ARIA pattern: arrows move and choose, Home and End jump. Sharp edge: only the chosen panel exists. */
import type { ComponentChildren } from "preact"
import { useEffect, useId, useRef } from "preact/hooks"

export interface Tab {
  readonly id: string
  readonly title: string
  /** A count or state beside the title. */
  readonly badge?: ComponentChildren
}

export const Tabs = ({
  label,
  tabs,
  value,
  onChange,
  children
}: {
  readonly label: string
  readonly tabs: ReadonlyArray<Tab>
  readonly value: string
  readonly onChange: (id: string) => void
  readonly children: ComponentChildren
}) => {
  const base = useId()
  const list = useRef<HTMLDivElement>(null)
  // On a narrow screen the list scrolls, and the chosen tab may lie outside.
  useEffect(() => {
    const [strip, tab] = [list.current, list.current?.querySelector<HTMLElement>('[aria-selected="true"]')]
    if (strip === null || tab === null || tab === undefined) return
    const [from, to] = [tab.offsetLeft - strip.offsetLeft, tab.offsetLeft - strip.offsetLeft + tab.offsetWidth]
    if (from < strip.scrollLeft) strip.scrollLeft = from
    else if (to > strip.scrollLeft + strip.clientWidth) strip.scrollLeft = to - strip.clientWidth
  }, [value])
  const chosen = tabs.some(({ id }) => id === value) ? value : (tabs[0]?.id ?? "")
  const go = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ id }) => id === chosen)
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key]
    if (next === undefined) return
    event.preventDefault()
    const tab = tabs[(next + tabs.length) % tabs.length]
    if (tab === undefined) return
    onChange(tab.id)
    list.current?.querySelector<HTMLElement>(`[data-tab="${CSS.escape(tab.id)}"]`)?.focus()
  }
  return (
    <div class="tabs">
      <div class="tab-list" role="tablist" aria-label={label} ref={list} onKeyDown={go}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${base}-${tab.id}`}
            data-tab={tab.id}
            aria-selected={tab.id === chosen}
            {...(tab.id === chosen ? { "aria-controls": `${base}-panel` } : {})}
            tabIndex={tab.id === chosen ? 0 : -1}
            onClick={() => onChange(tab.id)}
          >
            {tab.title}
            {tab.badge === undefined ? null : <span class="tab-badge">{tab.badge}</span>}
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the pattern wants the panel reachable by Tab, as it may hold nothing that is */}
      <div class="tab-panel" role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-${chosen}`} tabIndex={0}>
        {children}
      </div>
    </div>
  )
}
