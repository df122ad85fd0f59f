/**
 * Keeps answers about runs up to date for as long as the page is seen. All windows of a browser share one stream: the one that holds the
 * lock listens and tells the others, because six connections to a server are all that a browser keeps. Sharp edge: the stream of changes is
 * not numbered, so that whoever begins to listen asks for everything once.
 */
import { cache, client } from "./api.ts"
import { throttled } from "./throttled.ts"
import { whileSeen } from "./whileSeen.ts"

const name = "feagi-trainer/runs"

/** At most this often are answers asked for again, in milliseconds, as a run changes with every sample. */
const every = 1000

/** Answers that were asked for less than this ago are not asked for again when the stream opens. */
const young = 2000

export const startLive = (): void => {
  const begun = performance.now()
  const stale = throttled(() => cache.invalidate("run.ls", "run.show", "run.status", "group.ls", "session"), every)
  const windows = new BroadcastChannel(name)
  windows.onmessage = () => {
    if (!document.hidden) stale.call()
  }
  const changed = () => {
    stale.call()
    windows.postMessage(null)
  }
  const missed = () => {
    if (performance.now() - begun > young) changed()
  }
  whileSeen((signal) => {
    missed()
    const listen = () =>
      client.watch({
        onChange: changed,
        onState: (state) => {
          if (state === "open") missed()
        },
        signal
      })
    // A refusal that stays, such as a wrong token, is shown by the strip, whose question is refused as well; an end is no failure.
    const ended = () => undefined
    // Only a page that is served to this very machine, or over HTTPS, has locks.
    if ("locks" in navigator) navigator.locks.request(name, { signal }, listen).catch(ended)
    else listen().catch(ended)
  })
}
