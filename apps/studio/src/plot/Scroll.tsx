/** A part of a page that scrolls by itself: it has a name and can be reached by keys, as whoever has no pointer could not scroll it otherwise. */
import type { ComponentChildren } from "preact"

export const Scroll = ({ label, children }: { readonly label: string; readonly children: ComponentChildren }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys
  <section class="scroll" aria-label={label} tabIndex={0}>
    {children}
  </section>
)
