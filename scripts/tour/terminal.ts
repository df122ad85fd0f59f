/**
 * Loaded into the program before anything else: lets it write to what it takes for a terminal, and keeps every write by itself.
 *
 * Its clock goes on by a second whenever somebody looks at it, so that no line of progress is left out for coming too soon after another:
 * which ones there are must not depend on how fast a machine is. Sharp edge: speeds and times left that follow from such a clock mean nothing.
 */
import { openSync, writeSync } from "node:fs"
import { isMainThread } from "node:worker_threads"

const { TOUR_WRITES: file, TOUR_STREAMS: streams = "", TOUR_COLUMNS: columns, TOUR_ROWS: rows } = process.env

if (isMainThread && file !== undefined) {
  const kept = openSync(file, "a")
  for (const name of ["stdout", "stderr"] as const) {
    if (!streams.split(",").includes(name)) continue
    const stream = process[name]
    const write = stream.write.bind(stream) as (...args: ReadonlyArray<unknown>) => boolean
    const keep = (chunk: string | Uint8Array, ...rest: ReadonlyArray<unknown>): boolean => {
      writeSync(kept, `${JSON.stringify(typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk))}\n`)
      return write(chunk, ...rest)
    }
    Object.assign(stream, { isTTY: true, columns: Number(columns), rows: Number(rows), write: keep })
  }
  let now = Date.UTC(2026, 0, 1)
  Date.now = () => {
    now += 1000
    return now
  }
}
