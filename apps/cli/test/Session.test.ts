/** Whether runs can be started, as a server says it: one project for each thing that may be missing. */
import { describe, expect, it } from "vitest"
import { makeProject, type Project } from "./support/project.ts"
import { serve } from "./support/server.ts"

interface Session {
  readonly plugins: number
  readonly datasets: number
  readonly store: { readonly present: boolean }
  readonly can_run: { readonly ok: boolean; readonly reasons: ReadonlyArray<string> }
}

const sessionOf = async (change: (project: Project) => unknown): Promise<Session> => {
  const project = makeProject()
  try {
    await change(project)
    const server = await serve(project)
    const { data } = await server.get<Session>("/session")
    server.process.child.kill("SIGINT")
    await server.process.ended
    return data
  } finally {
    project.close()
  }
}
const listing = (...plugins: ReadonlyArray<string>) => `schema_version = 1\nplugins = ${JSON.stringify(plugins)}\n`
const register = (project: Project) =>
  project.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")

describe("runs cannot be started", () => {
  it("without a dataset", async () => {
    const { can_run, datasets, store } = await sessionOf(() => undefined)
    expect({ can_run, datasets, store }).toMatchObject({
      can_run: { ok: false, reasons: ["no dataset is registered"] },
      datasets: 0,
      store: { present: false }
    })
  })

  it("without a brain or another learner among the plugins", async () => {
    const { can_run, plugins } = await sessionOf(async (project) => {
      await register(project)
      project.write("feagi-trainer.toml", listing("./plugins/adapter-csv"))
    })
    expect(can_run).toEqual({ ok: false, reasons: ["no listed plugin offers a brain backend or a learner"] })
    expect(plugins).toBe(1)
  })

  it("with a listed plugin that is not there, which is named", async () => {
    const { can_run } = await sessionOf(async (project) => {
      await register(project)
      project.write("feagi-trainer.toml", listing("./plugins/adapter-csv", "./plugins/gone"))
    })
    expect(can_run.ok).toBe(false)
    expect(can_run.reasons).toHaveLength(1)
    expect(can_run.reasons[0]).toContain("./plugins/gone")
  })
})
