/** A part that scrolls sideways by itself, such as a wide table on a narrow screen: named, and in the way of Tab, so that keys can scroll it. */
import type { ComponentChildren } from "preact"

export const Scroll = ({ label, children }: { readonly label: string; readonly children: ComponentChildren }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
  <section class="scroll" aria-label={label} tabIndex={0}>
    {children}
  </section>
)
