/** Holds a README to an example that runs: the page shows its text, and what stands above each export is what it is. */
import { readFileSync } from "node:fs"

/** @param test the folder of `example.ts`; the README stands beside it */
export const exampleOf = (test: URL, name: string) => {
  const text = readFileSync(new URL("example.ts", test), "utf8")
  return {
    shown: readFileSync(new URL("../README.md", test), "utf8").includes(
      `\`\`\`ts\n${text.replace('"../src/index.ts"', JSON.stringify(name))}\`\`\``
    ),
    claims: Object.fromEntries(
      [...text.matchAll(/\/\*\* (.*) \*\/\nexport const (\w+)/g)].map(([, value = "", key = ""]): [string, unknown] => [
        key,
        JSON.parse(value)
      ])
    )
  }
}
