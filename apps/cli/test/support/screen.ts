/**
 * What a person sees: the screen of a terminal after some bytes, by the few control sequences that the program writes. Anything else that
 * begins with an escape is an error.
 */
export interface Screen {
  readonly columns: number
  readonly rows: number
  readonly write: (text: string) => void
  /** All lines from the first one on, those that scrolled away included, without blanks at their ends. */
  readonly lines: () => ReadonlyArray<string>
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the sequences of a terminal
const token = /\x1b\[(\??\d*)([A-Za-z])|[\s\S]/gu

export const makeScreen = (columns = 80, rows = 24): Screen => {
  const all: Array<Array<string>> = [[]]
  let [row, column, wraps] = [0, 0, true]
  const down = () => {
    row += 1
    all[row] ??= []
  }
  const put = (character: string) => {
    if (column === columns && wraps) {
      down()
      column = 0
    }
    const line = all[row] ?? []
    line[Math.min(column, columns - 1)] = character
    column = Math.min(column + 1, columns)
  }
  const control = (argument: string, command: string) => {
    // A cursor cannot leave the window upwards.
    if (command === "A") row = Math.max(row - Number(argument === "" ? 1 : argument), all.length - rows, 0)
    else if (command === "J" && argument === "") {
      all.length = row + 1
      all[row]?.splice(column)
    } else if (argument === "?7") wraps = command === "h"
    else throw new Error(`a sequence that this screen does not know: ${JSON.stringify(`${argument}${command}`)}`)
  }
  return {
    columns,
    rows,
    write: (text) => {
      for (const [whole, argument, command] of text.matchAll(token)) {
        if (command !== undefined) control(argument ?? "", command)
        else if (whole === "\n") {
          down()
          column = 0
        } else if (whole === "\r") column = 0
        else if (whole === "\x1b") throw new Error("half a control sequence")
        else put(whole)
      }
    },
    lines: () =>
      all.map((line) =>
        Array.from(line, (character) => character ?? " ")
          .join("")
          .trimEnd()
      )
  }
}
