/** What axe-core finds on a page: every rule of WCAG 2.2, A and AA, and its best practices. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { Page } from "../../../../test/support/browser.ts"

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

interface Found {
  readonly violations: ReadonlyArray<{
    readonly id: string
    readonly help: string
    readonly nodes: ReadonlyArray<{ readonly html: string; readonly failureSummary?: string }>
  }>
}

const everything = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

/** One line for every element that breaks a rule, of all of them or of those that are named. */
export const violationsOf = async (page: Page, rules?: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  // Evaluated and not added as a script: the page forbids foreign ones, as it should.
  if (!(await page.evaluate<boolean>(`"axe" in window`))) await page.evaluate(source)
  const runOnly = rules === undefined ? everything : { type: "rule", values: rules }
  const { violations } = await page.evaluate<Found>(`axe.run(document, ${JSON.stringify({ resultTypes: ["violations"], runOnly })})`)
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ html, failureSummary = "" }) =>
        `${id} (${help}): ${html.slice(0, 120)} ${failureSummary.split("\n").slice(1).join(" ").slice(0, 160)}`
    )
  )
}
