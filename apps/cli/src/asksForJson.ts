/**
 * Whether a call asks for its answer as one JSON document, told from its words alone: a call that cannot be understood has to be answered
 * in the form that was asked for as well.
 */

/** How the command library writes that a flag is off. */
const off: ReadonlySet<string> = new Set(["false", "no", "off", "0", "n"])

/** Commands whose `--format json` is the document; elsewhere it is the form of what is printed or read, and not of the answer. */
const formatted: ReadonlyArray<string> = ["compare", "measures"]

/** @param argv the words behind the program's name */
export const asksForJson = (argv: ReadonlyArray<string>): boolean => {
  const end = argv.indexOf("--")
  const words = end < 0 ? argv : argv.slice(0, end)
  return words.some(
    (word, at) =>
      word === "--json" ||
      (word.startsWith("--json=") && !off.has(word.slice("--json=".length))) ||
      (formatted.includes(words[1] ?? "") && (word === "--format=json" || (word === "--format" && words[at + 1] === "json")))
  )
}
