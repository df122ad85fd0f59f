/** A stream of text as lines. What stands behind the last line end is one too: it is often the last word of what broke. */

/** Calls back for every line of a stream, and for what stands behind the last line end. */
export const eachLine = (stream: NodeJS.ReadableStream, each: (line: string) => void): void => {
  let rest = ""
  stream.setEncoding("utf8")
  stream.on("data", (chunk: string) => {
    const parts = `${rest}${chunk}`.split(/\r\n|\r|\n/)
    rest = parts.pop() ?? ""
    for (const part of parts) if (part.trim() !== "") each(part)
  })
  stream.on("end", () => {
    if (rest.trim() !== "") each(rest)
  })
}
