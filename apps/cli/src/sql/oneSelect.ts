/**
 * Whether an SQL text is one statement that only reads: what stands outside of its quotes and comments begins with SELECT or WITH, and
 * nothing follows its end.
 *
 * Sharp edge: this is the first of three locks, and the one that explains itself. The connection is opened for reading alone, and what a
 * statement touches is asked of SQLite itself.
 */

/** The text with everything in quotes and comments blanked, position by position; undefined where something is never closed. */
const bare = (sql: string): string | undefined => {
  const blank = (text: string): string => text.replace(/[^\n]/g, " ")
  let out = ""
  let at = 0
  while (at < sql.length) {
    const rest = sql.slice(at)
    const opened = /^(?:--|\/\*|['"`[])/.exec(rest)?.[0]
    if (opened === undefined) {
      out += sql[at] ?? ""
      at += 1
      continue
    }
    const found = closedBy[opened]?.exec(rest)?.[0]
    if (found === undefined) return undefined
    // A quoted text is something, a comment is nothing.
    out += opened === "--" || opened === "/*" ? blank(found) : `'${blank(found.slice(1))}`
    at += found.length
  }
  return out
}

const closedBy: Readonly<Record<string, RegExp>> = {
  "--": /^--[^\n]*/,
  "/*": /^\/\*[\s\S]*?\*\//,
  "'": /^'(?:[^']|'')*'/,
  '"': /^"(?:[^"]|"")*"/,
  "`": /^`(?:[^`]|``)*`/,
  "[": /^\[[^\]]*\]/
}

/** Why a text is not one reading statement; undefined where it is. */
export const whyNotOneSelect = (sql: string): string | undefined => {
  if (sql.includes("\u0000")) return "holds a NUL"
  const text = bare(sql)
  if (text === undefined) return "a quotation mark or a comment is never closed"
  const [first = "", ...more] = text.split(";").map((part) => part.trim())
  if (first === "") return "is empty"
  if (more.some((part) => part !== "")) return "is more than one statement"
  const word = /^[A-Za-z]+/.exec(first)?.[0].toUpperCase()
  return word === "SELECT" || word === "WITH" ? undefined : `begins with ${word ?? JSON.stringify(first[0])}`
}
