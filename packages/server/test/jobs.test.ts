/** Commands as processes: what they say, how they end, how many there may be; and files that come over the network. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Job } from "@feagi-trainer/control-api"
import { describe, expect, it } from "vitest"
import { type Answer, type Tested, withServer } from "./support/withServer.ts"

const jobOf = (answer: Answer): Job => (JSON.parse(answer.body) as { readonly data: Job }).data
const verify = ({ ask }: Tested) => ask({ method: "POST", path: "/api/v1/datasets/iris@1/verify" })
const show = async ({ ask }: Tested, { job_id }: Job) => jobOf(await ask({ path: `/api/v1/jobs/${job_id}` }))
const settled = async (tested: Tested, job: Job): Promise<Job> => {
  let now = job
  for (let turn = 0; turn < 500 && now.state === "running"; turn++) now = await show(tested, job)
  return now
}

describe("a job", () => {
  it("answers at once with 202 and where it is, and in the end with the document of its command", async () => {
    await withServer(async (tested) => {
      const answer = await verify(tested)
      const job = jobOf(answer)
      expect(answer.status).toBe(202)
      expect(answer.headers.location).toBe(`/api/v1/jobs/${job.job_id}`)
      expect(job).toMatchObject({
        operation: "dataset.verify",
        command: ["dataset", "verify", "iris@1"],
        state: "running",
        result: null,
        exit_code: null
      })
      const [started] = tested.host.jobs
      started?.listener.line("reading \u001b[31miris.csv\u001b[0m")
      started?.listener.progress(3, 10)
      expect(await show(tested, job)).toMatchObject({ lines: ["reading iris.csv"], progress: { done: 3, total: 10 } })
      started?.end("dataset-verification", { verified: true }, 0)
      const done = await settled(tested, job)
      expect(done).toMatchObject({ state: "done", exit_code: 0, result: { kind: "dataset-verification", data: { verified: true } } })
      expect(done.ended_at).toBeGreaterThanOrEqual(done.started_at)
      expect(JSON.parse((await tested.ask({ path: "/api/v1/jobs" })).body).data).toHaveLength(1)
    })
  })

  it("that fails has the failure as its result", async () => {
    await withServer(async (tested) => {
      const job = jobOf(await verify(tested))
      tested.host.jobs[0]?.end("error", { reason: "integrity", diagnostics: [] }, 6)
      expect(await settled(tested, job)).toMatchObject({ state: "failed", exit_code: 6, result: { kind: "error" } })
    })
  })

  it("can be cancelled, once and again", async () => {
    await withServer(async (tested) => {
      const job = jobOf(await verify(tested))
      const cancel = () => tested.ask({ method: "POST", path: `/api/v1/jobs/${job.job_id}/cancel` })
      expect((await cancel()).status).toBe(200)
      expect(tested.host.jobs[0]?.cancelled).toBe(true)
      expect(await settled(tested, job)).toMatchObject({ state: "cancelled", exit_code: 143, result: null })
      expect(jobOf(await cancel()).state).toBe("cancelled")
    })
  })

  it("keeps its last 200 lines, each of them short", async () => {
    await withServer(async (tested) => {
      const job = jobOf(await verify(tested))
      for (let at = 0; at < 450; at++) tested.host.jobs[0]?.listener.line(`line ${at} ${"x".repeat(5000)}`)
      const { lines } = await show(tested, job)
      expect(lines).toHaveLength(200)
      expect(lines[0]?.startsWith("line 250 ")).toBe(true)
      expect(Math.max(...lines.map(({ length }) => length))).toBe(2000)
    })
  })

  it("is refused while four others run, and the old ones are forgotten first", async () => {
    await withServer(async (tested) => {
      for (let at = 0; at < 4; at++) expect((await verify(tested)).status).toBe(202)
      const refused = await verify(tested)
      expect(refused.status).toBe(503)
      expect(refused.headers["retry-after"]).toBe("5")
      expect(refused.body).toContain("FT6009")
      expect(tested.host.jobs).toHaveLength(4)
      const [oldest] = JSON.parse((await tested.ask({ path: "/api/v1/jobs" })).body).data as ReadonlyArray<Job>
      if (oldest === undefined) throw new Error("no job")
      tested.host.jobs[0]?.end("done", {}, 0)
      await settled(tested, oldest)
      for (let at = 0; at < 100; at++) {
        const job = jobOf(await verify(tested))
        tested.host.jobs.at(-1)?.end("done", {}, 0)
        await settled(tested, job)
      }
      const kept = JSON.parse((await tested.ask({ path: "/api/v1/jobs" })).body).data as ReadonlyArray<Job>
      expect(kept).toHaveLength(100)
      expect(kept.filter(({ state }) => state === "running")).toHaveLength(3)
      expect((await tested.ask({ path: `/api/v1/jobs/${oldest.job_id}` })).status).toBe(404)
    })
  })

  it("ends with the server", async () => {
    let host: Tested["host"] | undefined
    await withServer(async (tested) => {
      await verify(tested)
      host = tested.host
      expect(host.jobs[0]?.cancelled).toBe(false)
    })
    expect(host?.jobs[0]?.cancelled).toBe(true)
  })
})

describe("a file that is sent", () => {
  const withFolder = async (test: (folder: string) => Promise<void>): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), "ftr-uploads-"))
    try {
      await test(folder)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
  const upload = ({ ask }: Tested, name: string, body = "a,b\n1,2\n") =>
    ask({
      method: "POST",
      path: `/api/v1/sources/uploads?name=${encodeURIComponent(name)}`,
      body,
      headers: { "content-type": "application/octet-stream" }
    })

  it("is kept under its hash and a tame name, readable by its owner alone, once", async () => {
    await withFolder(async (parent) => {
      const folder = join(parent, "uploads")
      await withServer(
        async (tested) => {
          const answer = await upload(tested, "Iris données (1).csv")
          const { data } = JSON.parse(answer.body)
          expect(data).toMatchObject({
            name: "Iris_donn_es__1_.csv",
            bytes: 8,
            existing: false,
            path: join(folder, `${data.sha256.slice(0, 12)}-Iris_donn_es__1_.csv`)
          })
          expect(readFileSync(data.path, "utf8")).toBe("a,b\n1,2\n")
          expect(statSync(data.path).mode & 0o777).toBe(0o600)
          expect(statSync(folder).mode & 0o777).toBe(0o700)
          expect(JSON.parse((await upload(tested, "Iris données (1).csv")).body).data).toMatchObject({ existing: true, path: data.path })
          expect(readdirSync(folder)).toHaveLength(1)
        },
        { options: { uploads: folder } }
      )
    })
  })

  it("cannot leave the folder by its name, nor write through a link", async () => {
    await withFolder(async (folder) => {
      await withServer(
        async (tested) => {
          for (const name of ["../../plugin.js", "..\\plugin.js", "/etc/passwd", "C:\\x", ".", "..", "a\0b", "a/b", "", "x".repeat(256)])
            expect((await upload(tested, name)).status, name).toBe(400)
          expect(readdirSync(folder)).toEqual([])
          for (const name of [".htaccess", "-rf", "...", "~root"]) {
            const { data } = JSON.parse((await upload(tested, name, name)).body)
            expect(data.path.startsWith(join(folder, data.sha256.slice(0, 12)))).toBe(true)
          }
          const target = join(folder, "target")
          writeFileSync(target, "mine")
          const { data } = JSON.parse((await upload(tested, "x.csv", "theirs")).body)
          rmSync(data.path)
          symlinkSync(target, data.path)
          expect((await upload(tested, "x.csv", "theirs")).status).toBe(200)
          expect(readFileSync(target, "utf8")).toBe("mine")
          expect(readFileSync(data.path, "utf8")).toBe("theirs")
        },
        { options: { uploads: folder } }
      )
    })
  })

  it("is refused where nobody asked for files, and beyond the limit", async () => {
    await withServer(async (tested) => expect((await upload(tested, "a.csv")).status).toBe(403))
    await withFolder(async (folder) => {
      await withServer(async (tested) => expect((await upload(tested, "a.csv", "x".repeat(101))).status).toBe(413), {
        options: { uploads: folder },
        limits: { upload: 100 }
      })
      expect(readdirSync(folder)).toEqual([])
    })
  })
})
