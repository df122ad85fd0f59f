/** The control API end to end: what it starts is what the command line starts, and nothing that happens to it loses a run. */
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { cloneOf, irisProject, type Project, type RunShown } from "./support/project.ts"
import { type Served, serve as start } from "./support/server.ts"

interface Created {
  readonly group_id: string
  readonly run_ids: ReadonlyArray<string>
}
interface Started {
  readonly run_id: string
  readonly outcome: string
}
interface Status {
  readonly status: string
  readonly held: boolean
  readonly pending: string | null
}

const short = ["training.epochs=2", "checkpoint_every=60"]
/** Long enough to be caught in the middle; no test waits for its end but the one that pauses it. */
const long = ["training.epochs=400", "checkpoint_every=60"]

/** Whatever a test that fails leaves behind ends with the file. */
const servers: Array<Served> = []
const serve = async (...given: Parameters<typeof start>): Promise<Served> => {
  const served = await start(...given)
  servers.push(served)
  return served
}

let project: Project
let text: string
let server: Served
beforeAll(async () => {
  project = await irisProject("7")
  text = project.read("x.run.toml")
  server = await serve(project)
})
afterAll(() => {
  for (const { process } of servers) process.child.kill("SIGKILL")
  project.close()
})

const create = async (at: Served, set: ReadonlyArray<string>): Promise<string> => {
  const { status, data } = await at.post<Created>("/runs", { text, format: "toml", set })
  expect([status, data.run_ids.length]).toEqual([200, 1])
  return data.run_ids[0] ?? ""
}
const statusOf = async (at: Served, run: string): Promise<Status> => (await at.get<Status>(`/runs/${run}/status`)).data
const sleep = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))
/** Asks until it is so; the test's own time limit says when that is too long. */
const until = async (at: Served, run: string, wanted: (status: Status) => boolean): Promise<Status> => {
  for (;;) {
    const found = await statusOf(at, run)
    if (wanted(found)) return found
    await sleep(50)
  }
}
/** The process that executes a run: a child of the server that was told its id. */
const processOf = (at: Served, run: string): number => {
  const lines = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n")
  const line = lines.find((each) => each.includes(` run resume ${run} `) && each.trim().split(/\s+/)[1] === String(at.process.child.pid))
  return Number(line?.trim().split(/\s+/)[0])
}

describe("what a server says", () => {
  it("answers with what the command says, and with the command", async () => {
    const listed = await server.get("/datasets")
    expect([listed.status, listed.kind, listed.command]).toEqual([200, "datasets", ["dataset", "ls"]])
    expect(listed.data).toEqual(JSON.parse((await project.ftr("dataset", "ls", "--json")).stdout).data)
  })

  it("says what the project has, and that runs can be started", async () => {
    const { data } = await server.get<Record<string, unknown>>("/session")
    expect(data).toMatchObject({ datasets: 1, plugins: 6, store: { present: true }, can_run: { ok: true, reasons: [] } })
  })

  it("locates every mistake of a run file that comes over the wire", async () => {
    const broken = text.replace("checkpoint_every", "checkpoint_evry")
    const { status, data } = await server.post<{ readonly diagnostics: ReadonlyArray<Record<string, unknown>> }>("/runs/plan", {
      text: broken,
      format: "toml"
    })
    expect(status).toBe(422)
    const line = broken.split("\n").findIndex((each) => each.startsWith("checkpoint_evry")) + 1
    expect(data.diagnostics).toContainEqual(expect.objectContaining({ code: "FT1002", line, column: 1 }))
  })

  it("does not answer without its token, and does not say it where it was given", async () => {
    expect((await fetch(`${server.url}/api/v1/runs`)).status).toBe(401)
    const given = "abcdefghijklmnopqrstuvwxyz0123456789"
    const other = await serve(project, { FEAGI_TRAINER_TOKEN: given })
    expect(other.token).toBe(given)
    expect((await other.get("/health")).status).toBe(200)
    other.process.child.kill("SIGINT")
    const said = await other.process.ended
    expect([said.code, said.stderr.includes(given)]).toEqual([130, false])
  })

  it("refuses a token that could be guessed, with the way out", async () => {
    const said = await project.spawn(["serve", "--port", "0"], { FEAGI_TRAINER_TOKEN: "secret" }).ended
    expect([said.code, said.stderr.includes("FT1360"), said.stderr.includes("secret")]).toEqual([2, true, false])
  })
})

describe("a run that is started over the API", () => {
  it("tells all its events and is the run that the command line makes, byte for byte", { timeout: 180_000 }, async () => {
    const twin = cloneOf(project)
    try {
      const run = await create(server, short)
      expect((await statusOf(server, run)).status).toBe("created")
      expect((await server.post<Started>(`/runs/${run}/start`)).data.outcome).toBe("started")
      const events = await server.events(run)
      expect(events.at(-1)?.event).toBe("end")
      const told = events.filter(({ event }) => event === "run-event")
      expect(told.map(({ id }) => Number(id))).toEqual(told.map((_, at) => at))
      const kinds = told.map(({ data }) => (data.kind as { readonly type: string }).type)
      expect([kinds[0], kinds.at(-1)]).toEqual(["created", "completed"])
      expect((await server.post<Started>(`/runs/${run}/start`)).data.outcome).toBe("finished-already")

      const [cli] = (
        await twin.data<{ readonly runs: ReadonlyArray<RunShown> }>(
          "run",
          "start",
          "x.run.toml",
          ...short.flatMap((each) => ["--set", each])
        )
      ).runs
      const api = (await server.get<RunShown & { readonly document: unknown }>(`/runs/${run}?document=true`)).data
      const [ours, theirs] = await Promise.all([
        project.data("run", "show", run, "--document"),
        twin.data("run", "show", cli?.run_id ?? "", "--document")
      ])
      const sha = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex")
      expect(sha(ours.document)).toBe(sha(theirs.document))
      expect([api.predictions_sha256, api.connectome_hash, api.run_id]).toEqual([
        cli?.predictions_sha256,
        cli?.connectome_hash,
        cli?.run_id
      ])
    } finally {
      twin.close()
    }
  })

  it("is created once, however often the request comes", async () => {
    const count = async () => (await server.get<{ readonly runs: number }>("/session")).data.runs
    const before = await count()
    const key = { "idempotency-key": "once" }
    const body = { text, format: "toml", set: ["training.epochs=3"] }
    const [first, again] = [await server.post<Created>("/runs", body, key), await server.post<Created>("/runs", body, key)]
    expect(again.data).toEqual(first.data)
    expect(await count()).toBe(before + 1)
  })

  it("is paused, resumed and stopped, and every wish may come twice", { timeout: 180_000 }, async () => {
    const run = await create(server, long)
    expect((await server.post<Started>(`/runs/${run}/start`)).data.outcome).toBe("started")
    expect((await server.post<Started>(`/runs/${run}/start`)).data.outcome).toBe("running-already")
    const wish = (verb: string) => server.post<{ readonly outcome: string }>(`/runs/${run}/${verb}`)
    expect((await wish("pause")).data.outcome).toBe("requested")
    expect(["requested", "nothing-to-do"]).toContain((await wish("pause")).data.outcome)
    await until(server, run, ({ status }) => status === "paused")
    expect((await wish("pause")).data.outcome).toBe("nothing-to-do")
    // At once: the process that paused it may still be there.
    expect((await server.post<Started>(`/runs/${run}/resume`)).data.outcome).toBe("started")
    expect((await statusOf(server, run)).held).toBe(true)
    expect((await wish("stop")).data.outcome).toBe("requested")
    await until(server, run, ({ status }) => status === "cancelled")
    expect((await wish("stop")).data.outcome).toBe("nothing-to-do")
    // What was given up does not go on by being sent again: the command's own refusal.
    const told = await project.ftr("run", "resume", run, "--json")
    const { diagnostics } = JSON.parse(told.stdout).data as { readonly diagnostics: ReadonlyArray<{ readonly code: string }> }
    for (const verb of ["start", "resume"]) {
      const refused = await server.post<{ readonly diagnostics: typeof diagnostics }>(`/runs/${run}/${verb}`)
      expect([verb, refused.kind, refused.data.diagnostics[0]?.code]).toEqual([verb, "error", "FT3103"])
    }
    expect([told.code, diagnostics[0]?.code]).toEqual([2, "FT3103"])
  })

  it("is said to be interrupted when its process is killed, and can be resumed", { timeout: 180_000 }, async () => {
    const run = await create(server, [...long, 'name="killed"'])
    await server.post(`/runs/${run}/start`)
    await until(server, run, ({ status }) => status === "running")
    process.kill(processOf(server, run), "SIGKILL")
    expect((await until(server, run, ({ held }) => !held)).status).toBe("interrupted")
    expect((await server.post<Started>(`/runs/${run}/resume`)).data.outcome).toBe("started")
    await server.post(`/runs/${run}/stop`)
    await until(server, run, ({ status }) => status === "cancelled")
  })
})

describe("the end of a server", () => {
  it("pauses what it started behind the current sample, and says how to go on", { timeout: 180_000 }, async () => {
    const other = await serve(project)
    const run = await create(other, [...long, 'name="paused"'])
    await other.post(`/runs/${run}/start`)
    other.process.child.kill("SIGTERM")
    const said = await other.process.ended
    expect(said.code).toBe(143)
    expect(said.stderr).toContain(`feagi-trainer run resume ${run}`)
    expect((await statusOf(server, run)).status).toBe("paused")
  })

  it("takes its runs with it when it is killed, and they can be resumed", { timeout: 180_000 }, async () => {
    const other = await serve(project)
    const run = await create(other, [...long, 'name="orphan"'])
    await other.post(`/runs/${run}/start`)
    await until(other, run, ({ status }) => status === "running")
    other.process.child.kill("SIGKILL")
    await other.process.ended
    expect((await until(server, run, ({ held }) => !held)).status).toBe("interrupted")
    expect((await server.post<Started>(`/runs/${run}/resume`)).data.outcome).toBe("started")
    await server.post(`/runs/${run}/stop`)
    await until(server, run, ({ status }) => status === "cancelled")
  })
})

describe("the Studio", () => {
  it("is the one that is installed beside the project, behind the cookie that its first address gives", async () => {
    const app = project.path("node_modules/@feagi-trainer/studio/dist/app")
    mkdirSync(app, { recursive: true })
    writeFileSync(
      project.path("node_modules/@feagi-trainer/studio/package.json"),
      JSON.stringify({ name: "@feagi-trainer/studio", version: "0.0.0" })
    )
    writeFileSync(join(app, "index.html"), "<!doctype html><title>here it is</title>")
    const ui = await serve(project, {}, ["ui", "--no-open"])
    expect((await fetch(`${ui.url}/`)).status).toBe(401)
    const first = await fetch(`${ui.url}/?token=${ui.token}`, { redirect: "manual" })
    const cookie = first.headers.get("set-cookie") ?? ""
    expect([first.headers.get("location"), /HttpOnly/i.test(cookie), /SameSite=Strict/i.test(cookie)]).toEqual(["/", true, true])
    const page = await fetch(`${ui.url}/runs`, { headers: { accept: "text/html", cookie: cookie.split(";")[0] ?? "" } })
    expect([page.status, await page.text()]).toEqual([200, "<!doctype html><title>here it is</title>"])
    ui.process.child.kill("SIGINT")
    const said = await ui.process.ended
    expect([said.code, said.stderr.includes(`${ui.url}/?token=${ui.token}`)]).toEqual([130, true])
  })
})

describe("a job", () => {
  it("is a verb in a process of its own, whose document is its result", { timeout: 180_000 }, async () => {
    interface Job {
      readonly job_id: string
      readonly state: string
      readonly result: { readonly kind: string; readonly data: Record<string, unknown> } | null
    }
    const asked = await server.post<Job>("/datasets/iris@1/verify")
    expect(asked.status).toBe(202)
    let job = asked.data
    while (job.state === "running") {
      await sleep(50)
      job = (await server.get<Job>(`/jobs/${job.job_id}`)).data
    }
    expect([job.state, job.result?.kind]).toEqual(["done", "dataset-verification"])
    expect(job.result?.data).toEqual(await project.data("dataset", "verify", "iris@1"))
  })
})
