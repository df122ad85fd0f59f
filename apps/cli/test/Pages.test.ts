/**
 * The front page and the tutorial, carried out as they stand there: every line behind a `$`, in a project of its own, and below it what is
 * printed. `…` stands for anything, alone for any number of lines.
 */
import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { environmentOf, isFull, mainFile, makeProject } from "./support/project.ts"

const repository = fileURLToPath(new URL("../../../", import.meta.url))

interface Told {
  readonly command: string
  readonly output: string
}

/** What stands in fences of sessions, command by command. */
const toldOn = (page: string): ReadonlyArray<Told> =>
  [...readFileSync(join(repository, page), "utf8").matchAll(/^```console\n([\s\S]*?)^```$/gm)].flatMap(([, text = ""]) =>
    text
      .split(/^\$ /m)
      .slice(1)
      .map((each) => {
        const [command = "", ...output] = each.trimEnd().split("\n")
        return { command, output: output.join("\n") }
      })
  )

const pattern = (output: string): RegExp => {
  const line = (each: string) =>
    each
      .split("…")
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"))
      .join(".*")
  return new RegExp(
    `^${output
      .split("\n")
      .map((each) => (each.trim() === "…" ? "(?:.*\n)*" : `${line(each)}\n`))
      .join("")}$`
  )
}

/** A slow machine says now and then how far it is. */
const withoutProgress = (text: string): string => text.replace(/^seed \d+ {2}.*\d+\/\d+.*\n/gm, "")
const fits = (output: string, said: string): boolean => (output === "" ? said === "" : pattern(output).test(withoutProgress(said)))

/** Lines that need what no reader has here. */
const elsewhere: ReadonlyArray<string> = ["ftr score --pack detection --predictions results.json --targets instances.json --report report"]

describe("a session in the documentation", () => {
  it("is told by what it left out, and by nothing else", () => {
    expect([fits("a\n  …\nd", "a\nb\nc\nd\n"), fits("a …\nb", "a 1 2\nb\n"), fits("", ""), fits("b", "seed 1  train  3/9\nb\n")]).toEqual([
      true,
      true,
      true,
      true
    ])
    expect([fits("a\nc", "a\nb\nc\n"), fits("a", "a\nb\n"), fits("", "a\n"), fits("a.b", "acb\n")]).toEqual([false, false, false, false])
  })

  for (const page of ["README.md", "docs/tutorial/first-experiment.md"])
    it.skipIf(!isFull)(
      `of ${page} prints what stands there${isFull ? "" : " (skipped: FEAGI_TRAINER_TEST_FULL is not 1)"}`,
      () => {
        const project = makeProject()
        try {
          mkdirSync(project.path("docs/examples"), { recursive: true })
          cpSync(join(repository, "docs/examples/iris"), project.path("docs/examples/iris"), { recursive: true })
          const told = toldOn(page).filter(({ command }) => !elsewhere.includes(command))
          expect(told.length).toBeGreaterThan(8)
          for (const { command, output } of told) {
            const program = `ftr() { "$NODE" "$MAIN" "$@"; }; exec 2>&1; ${command}`
            const { stdout } = spawnSync("bash", ["--norc", "-c", program], {
              cwd: project.folder,
              encoding: "utf8",
              env: environmentOf({ NODE: process.execPath, MAIN: mainFile })
            })
            expect.soft(fits(output, stdout), `$ ${command}\n${stdout}\nand there stands\n${output}`).toBe(true)
          }
        } finally {
          project.close()
        }
      },
      1_200_000
    )
})
