/**
 * The keyboard map: one key (`x`), two behind each other (`g r`), or with Shift as the letter it gives (`?`). Sharp edge: nothing fires while
 * the reader types, while a dialog other than the caller's is open, or with Ctrl, Alt or Meta, which belong to the browser.
 */
import { useEffect, useRef } from "preact/hooks"

export interface Shortcut {
  readonly keys: string
  /** What it does, for the list behind `?`. */
  readonly says: string
  /** Heading of that list. */
  readonly group: string
  readonly run: () => void
}

/** What a key press comes to: a shortcut, the first half of some, or nothing. */
export const resolve = <S extends { readonly keys: string }>(
  shortcuts: ReadonlyArray<S>,
  pending: string,
  key: string
): { readonly hit: S | undefined; readonly pending: string } => {
  // The newest wins, so that a page may take over a key of the frame.
  const find = (keys: string) => shortcuts.findLast((shortcut) => shortcut.keys === keys)
  const sequence = pending === "" ? key : `${pending} ${key}`
  const hit = find(sequence)
  if (hit !== undefined) return { hit, pending: "" }
  if (shortcuts.some((shortcut) => shortcut.keys.startsWith(`${sequence} `))) return { hit: undefined, pending: sequence }
  return pending === "" ? { hit: undefined, pending: "" } : resolve(shortcuts, "", key)
}

/** Whether what has the focus takes letters. */
export const isTyping = (tag: string, type: string, editable: boolean): boolean =>
  editable ||
  tag === "TEXTAREA" ||
  tag === "SELECT" ||
  (tag === "INPUT" && !["checkbox", "radio", "button", "submit", "reset", "range", "color", "file"].includes(type))

const active: Array<Shortcut> = []
let pending = ""
let pendingSince: ReturnType<typeof setTimeout> | undefined

/** Every shortcut that works now; a later one of the same keys hides the earlier. */
export const shortcuts = (): ReadonlyArray<Shortcut> =>
  active.filter((shortcut, index) => active.findLastIndex(({ keys }) => keys === shortcut.keys) === index)

/** Shortcuts that work while the calling component is shown. */
export const useShortcuts = (list: ReadonlyArray<Shortcut>): void => {
  const now = useRef(list)
  now.current = list
  const names = list.map(({ keys }) => keys).join("|")
  useEffect(() => {
    const mine = now.current.map((shortcut, index): Shortcut => ({ ...shortcut, run: () => now.current[index]?.run() }))
    active.push(...mine)
    return () => {
      for (const shortcut of mine) active.splice(active.indexOf(shortcut), 1)
    }
  }, [names])
}

export const startKeys = (): void => {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const target = event.target instanceof HTMLElement ? event.target : null
    if (target !== null && isTyping(target.tagName, target.getAttribute("type") ?? "text", target.isContentEditable)) return
    if (document.querySelector("dialog[open]") !== null) return
    const { hit, pending: next } = resolve(active, pending, event.key)
    pending = next
    clearTimeout(pendingSince)
    if (pending !== "")
      pendingSince = setTimeout(() => {
        pending = ""
      }, 1200)
    if (hit === undefined) return
    event.preventDefault()
    hit.run()
  })
}
