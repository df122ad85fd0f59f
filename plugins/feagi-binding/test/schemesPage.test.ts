/** The reference page of the encoding schemes names those of the manifest, with the encoders that have or know them, and the reasons. */
import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }

it("docs/reference/encoding-schemes.md lists every scheme as the manifest has it", () => {
  const page = readFileSync(new URL("../../../docs/reference/encoding-schemes.md", import.meta.url), "utf8")
  const table = page.split("\n\n").find((part) => part.startsWith("| scheme")) ?? ""
  const listed = table
    .split("\n")
    .slice(2)
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, scheme = "", available, encoders = "", what = ""]) => ({
      scheme: scheme.replaceAll("`", ""),
      available: available === "yes",
      encoders: [...encoders.matchAll(/`([a-z-]+)`/g)].map((match) => match[1] ?? "").sort(),
      what
    }))
  const declared = manifest.entries.flatMap(({ id, provides }) =>
    "schemes" in provides
      ? Object.entries(provides.schemes as Record<string, { available: boolean; because?: string }>).map(([scheme, fact]) => ({
          id,
          scheme,
          ...fact
        }))
      : []
  )
  expect(listed.map(({ scheme }) => scheme).sort()).toEqual([...new Set(declared.map(({ scheme }) => scheme))].sort())
  for (const { scheme, available, encoders, what } of listed) {
    const facts = declared.filter((each) => each.scheme === scheme)
    expect(facts.map(({ id }) => id).sort(), scheme).toEqual(encoders)
    expect(
      facts.map((each) => each.available),
      scheme
    ).toEqual(facts.map(() => available))
    for (const { because } of facts)
      if (because !== undefined) expect(because).toBe(`${what}; test vectors for one: schemeVectors of @feagi-trainer/conformance`)
  }
})
