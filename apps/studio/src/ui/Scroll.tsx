/** A part of a page that scrolls by itself: it has a name and can be reached by Tab, as arrows scroll only what has the focus. */
import type { ComponentChildren } from "preact"

/** `tall`: of limited height, for lists that may be long. */
export const Scroll = ({
  label,
  tall = false,
  children
}: {
  readonly label: string
  readonly tall?: boolean
  readonly children: ComponentChildren
}) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys (WCAG 2.1.1)
  <section class={tall ? "scroll tall" : "scroll"} aria-label={label} tabIndex={0}>
    {children}
  </section>
)
