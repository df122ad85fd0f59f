/** The pages about the API, carried out as they stand there: every line that a reader would type, against a real server. */
import { spawnSync } from "node:child_process"
import { mkdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, it } from "vitest"
import { parseJsonText } from "../src/jsonText.ts"
import { irisProject, type Project } from "./support/project.ts"
import { type Served, serve } from "./support/server.ts"

const page = (name: string): string => readFileSync(fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url)), "utf8")

/** What a page tells to type, one after the other. */
const script = (text: string): string => [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((fence) => fence[1]).join("\n")

const curl = spawnSync("curl", ["--version"]).status === 0

let project: Project
let server: Served
beforeAll(async () => {
  if (!curl) return
  project = await irisProject("7")
  server = await serve(project)
  mkdirSync(project.path("typed"))
})
afterAll(() => {
  server?.process.child.kill("SIGKILL")
  project?.close()
})

const typed = (lines: string) =>
  spawnSync("bash", ["--norc", "-euo", "pipefail", "-c", lines], {
    cwd: project.path("typed"),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, API: `${server.url}/api/v1`, FEAGI_TRAINER_TOKEN: server.token }
  })

const documents = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => parseJsonText(line) as { readonly kind: string; readonly data: Readonly<Record<string, unknown>> })

it.skipIf(!curl)("carries out every line of the guide (needs curl)", () => {
  const { status, stdout, stderr } = typed(script(page("guides/use-the-api.md")))
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
  expect(documents(stdout).map(({ kind }) => kind)).toEqual([
    ...["health", "session", "run-start", "run-status", "run-metrics", "run-series", "run-predictions", "run-figures"],
    ...["run-marks", "run-table", "comparison"]
  ])
  const [status7] = documents(stdout).filter(({ kind }) => kind === "run-status")
  expect(status7?.data).toMatchObject({ status: "completed", name: "by-api" })
  expect(documents(stdout).find(({ kind }) => kind === "run-table")?.data).toMatchObject({ matched: 1 })
  expect(stdout).toMatch(/^422$/m)
  expect(stdout).toMatch(/^FT\d{4} /m)
  const events = readFileSync(project.path("typed", "events.txt"), "utf8")
  expect(events).toMatch(/^event: end$/m)
  expect(events.match(/^event: run-event$/gm)?.length).toBeGreaterThan(5)
})

it.skipIf(!curl)("carries out what the reference shows (needs curl)", () => {
  const lines = script(page("reference/http-api.md"))
    .split("\n")
    .filter((line) => line.startsWith("curl "))
    .map((line) => line.replaceAll("http://127.0.0.1:4270", server.url))
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) {
    const { status, stdout, stderr } = typed(line.replace("curl ", "curl -sS --fail-with-body "))
    expect([line, status, stderr]).toEqual([line, 0, ""])
    expect(documents(stdout)[0]?.kind).toBe("run-table")
  }
})
