/**
 * Something that is held only while the page is seen, such as a stream of events: a browser keeps six connections to a server at most, and a
 * hidden page that kept one would take it from those that are looked at. Sharp edge: whoever holds it anew asks for what it missed.
 */
type Seen = Pick<Document, "hidden" | "addEventListener" | "removeEventListener">

/** Calls `hold` now and whenever the page is seen again; its signal says when to let go. Returns how to end it. */
export const whileSeen = (hold: (signal: AbortSignal) => void, page: Seen = document): (() => void) => {
  let held: AbortController | undefined
  const look = () => {
    if (page.hidden) {
      held?.abort()
      held = undefined
    } else if (held === undefined) {
      held = new AbortController()
      hold(held.signal)
    }
  }
  page.addEventListener("visibilitychange", look)
  look()
  return () => {
    page.removeEventListener("visibilitychange", look)
    held?.abort()
  }
}
