/** A recording as asciicast v2 keeps it: a line of JSON that says of what, then one for every write. https://docs.asciinema.org/manual/asciicast/v2/ */

/** Seconds since the begin, `o` for output, what was written. */
export type CastEvent = readonly [number, "o", string]

export interface Cast {
  readonly header: { readonly version: 2; readonly width: number; readonly height: number; readonly title: string }
  readonly events: ReadonlyArray<CastEvent>
}

export const castText = ({ header, events }: Cast): string => [header, ...events].map((line) => `${JSON.stringify(line)}\n`).join("")

export const readCast = (text: string): Cast => {
  const [header, ...events] = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown)
  return { header: header as Cast["header"], events: events as Cast["events"] }
}
