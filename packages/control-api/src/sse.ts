/** Server-sent events as text: read piece by piece, however the pieces are cut, and written. Browser-safe. */

/** Takes pieces of text; says each message with its event, its data and its id, where it has one. */
export const makeSseReader = (onMessage: (event: string, data: string, id: string | undefined) => void): ((piece: string) => void) => {
  let rest = ""
  let event = ""
  let data: Array<string> = []
  let id: string | undefined
  const line = (text: string): void => {
    if (text === "") {
      if (data.length > 0) onMessage(event === "" ? "message" : event, data.join("\n"), id)
      event = ""
      data = []
      id = undefined
      return
    }
    const colon = text.indexOf(":")
    if (colon === 0) return
    const name = colon < 0 ? text : text.slice(0, colon)
    const value = colon < 0 ? "" : text.slice(colon + (text[colon + 1] === " " ? 2 : 1))
    if (name === "event") event = value
    else if (name === "data") data.push(value)
    else if (name === "id" && !value.includes("\0")) id = value
  }
  return (piece) => {
    const lines = (rest + piece).split("\n")
    rest = lines.pop() ?? ""
    for (const each of lines) line(each.endsWith("\r") ? each.slice(0, -1) : each)
  }
}

/** One message. `data` is one line, as JSON without indentation is. */
export const sseMessage = (event: string, data: string, id?: string): string =>
  `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`
