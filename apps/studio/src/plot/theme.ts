/** Colours of the theme for canvases, which know no style sheets: read from custom properties, and again when the theme changes. */
import { useEffect, useState } from "preact/hooks"

/** The colour behind a custom property at an element, as canvases understand it; what is no `--name` is a colour already. */
export const colourAt = (element: Element, name: string): string => {
  if (!name.startsWith("--")) return name
  // A custom property is text: the browser makes a colour of it where it is used.
  const probe = document.createElement("i")
  probe.style.color = `var(${name})`
  probe.hidden = true
  element.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

/** A number that grows whenever the colours of the page have changed. */
export const useThemeTurn = (): number => {
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    const changed = () => setTurn((now) => now + 1)
    const scheme = matchMedia("(prefers-color-scheme: dark)")
    const contrast = matchMedia("(forced-colors: active)")
    scheme.addEventListener("change", changed)
    contrast.addEventListener("change", changed)
    const observer = new MutationObserver(changed)
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["class", "style", "data-theme"] })
    return () => {
      scheme.removeEventListener("change", changed)
      contrast.removeEventListener("change", changed)
      observer.disconnect()
    }
  }, [])
  return turn
}

/** Whether the reader asked for less motion. */
export const prefersStill = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches

/** Width of an element in CSS pixels, as it changes; 0 before it is laid out. */
export const useWidth = (element: { readonly current: HTMLElement | null }): number => {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const target = element.current
    if (target === null) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.floor(entry.contentRect.width))
    })
    observer.observe(target)
    setWidth(Math.floor(target.getBoundingClientRect().width))
    return () => observer.disconnect()
  }, [element])
  return width
}
