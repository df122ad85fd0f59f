/** A part that scrolls by itself: reached by Tab, since arrows scroll it only then, and named for readers who do not see it. */
import type { ComponentChildren } from "preact"

export const Scroll = ({
  label,
  tall = false,
  children
}: {
  readonly label: string
  readonly tall?: boolean
  readonly children: ComponentChildren
}) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard (WCAG 2.1.1)
  <section class={tall ? "scroll sample-scroll" : "scroll"} aria-label={label} tabIndex={0}>
    {children}
  </section>
)
