/** Where the limits lie exactly, and what is left behind when something breaks at one. */
import { createHash } from "node:crypto"
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { Idempotency } from "../src/Idempotency.ts"
import { failureDocument, type Reply, statusOf } from "../src/Reply.ts"
import { keepUpload, nameOf } from "../src/uploads.ts"
import { token, withServer } from "./support/withServer.ts"

const post = (path: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}) => ({
  method: "POST",
  path: `/api/v1${path}`,
  body,
  headers
})
const codesOf = ({ body }: { readonly body: string }): ReadonlyArray<string> =>
  (JSON.parse(body) as { readonly data: { readonly diagnostics: ReadonlyArray<{ readonly code: string }> } }).data.diagnostics.map(
    ({ code }) => code
  )

describe("a request", () => {
  it("may have 64 headers and not one more", async () => {
    await withServer(async ({ raw, server }) => {
      const withHeaders = (count: number) =>
        raw(
          [
            "GET /api/v1/health HTTP/1.1",
            `Host: 127.0.0.1:${server.port}`,
            `Authorization: Bearer ${token}`,
            "Connection: close",
            ...Array.from({ length: count - 3 }, (_, at) => `X-${at}: 1`),
            "",
            ""
          ].join("\r\n")
        )
      expect(await withHeaders(64)).toMatch(/^HTTP\/1.1 200 /)
      expect(await withHeaders(65)).toMatch(/^HTTP\/1.1 431 /)
    })
  })

  it("has its text refused where it is not UTF-8, and its names however deep they lie", async () => {
    await withServer(async ({ ask, host }) => {
      const bytes = Buffer.concat([Buffer.from('{"format":"toml","text":"'), Buffer.of(0xff), Buffer.from('"}')])
      const unreadable = await ask(post("/runs/plan", bytes))
      expect([unreadable.status, ...codesOf(unreadable)]).toEqual([400, "FT6005"])
      expect(unreadable.body).toContain("not UTF-8")
      const poisoned = await ask(post("/runs/compare", '{"runs":["latest",[{"constructor":1}]]}'))
      expect([poisoned.status, ...codesOf(poisoned)]).toEqual([400, "FT6005"])
      expect(host.calls).toEqual([])
    })
  })
})

describe("calls", () => {
  it("are carried out so many at a time, the others in their turn, and none is lost", async () => {
    await withServer(
      async ({ ask, host }) => {
        const { call } = host
        const open: Array<() => void> = []
        let [now, most] = [0, 0]
        Object.assign(host, {
          call: (argv: ReadonlyArray<string>) =>
            Effect.gen(function* () {
              now += 1
              most = Math.max(most, now)
              yield* Effect.promise(() => new Promise<void>((resolve) => open.push(resolve)))
              now -= 1
              return yield* call(argv, undefined)
            })
        })
        const asked = Array.from({ length: 4 }, () => ask({ path: "/api/v1/datasets" }))
        while (open.length < 2) await new Promise((resolve) => setTimeout(resolve, 1))
        // What asks for nothing of the store is answered while all places are taken; behind it, the others have come.
        for (let turn = 0; turn < 5; turn++)
          expect((await ask({ path: "/api/v1/health", headers: { connection: "close" } })).status).toBe(200)
        expect([open.length, most]).toEqual([2, 2])
        for (let done = 0; done < 4; done++) {
          while (open.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
          open.shift()?.()
        }
        expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
        expect([most, now]).toEqual([2, 0])
      },
      { limits: { calls: 2 } }
    )
  })
})

describe("a call that breaks", () => {
  it("is carried out again under its key, as it left no answer that holds", async () => {
    await withServer(async ({ ask, host }) => {
      const { call } = host
      let broken = true
      Object.assign(host, { call: (argv: ReadonlyArray<string>) => (broken ? Effect.die(new Error("once")) : call(argv, undefined)) })
      const create = post("/runs", '{"text":"a","format":"toml"}', { "idempotency-key": "k" })
      expect((await ask(create)).status).toBe(500)
      broken = false
      const again = await ask(create)
      expect([again.status, again.headers["idempotency-replayed"]]).toEqual([200, undefined])
    })
  })

  it("as a process leaves no job, and takes no place of one", async () => {
    await withServer(async ({ ask, host }) => {
      const { spawn } = host
      Object.assign(host, { spawn: () => Effect.die(new Error("no process")) })
      for (let turn = 0; turn < 5; turn++) expect((await ask(post("/datasets/iris@1/verify", "{}"))).status).toBe(500)
      expect(JSON.parse((await ask({ path: "/api/v1/jobs" })).body).data).toEqual([])
      Object.assign(host, { spawn })
      expect((await ask(post("/datasets/iris@1/verify", "{}"))).status).toBe(202)
    })
  })
})

describe("answers by key", () => {
  const filled = async (count: number, bytes: number) => {
    const kept = new Idempotency()
    const carried: Array<string> = []
    const once = (key: string) =>
      Effect.runPromise(
        kept.once(
          key,
          "f",
          Effect.sync((): Reply => {
            carried.push(key)
            return { status: 200, headers: {}, body: "x".repeat(bytes) }
          })
        )
      )
    for (let at = 0; at < count; at++) await once(`k${at}`)
    return { once, carried }
  }

  it("are 1000, and the oldest goes first", async () => {
    const { once, carried } = await filled(1001, 1)
    for (const key of ["k1000", "k1", "k0"]) await once(key)
    expect(carried.slice(1001)).toEqual(["k0"])
  })

  it("are 64 MiB together", async () => {
    const { once, carried } = await filled(3, 30 * 1024 * 1024)
    for (const key of ["k2", "k1", "k0"]) await once(key)
    expect(carried.slice(3)).toEqual(["k0"])
  })
})

describe("a file that comes", () => {
  it("has a name that no shell and no listing of a folder takes for something else", () => {
    expect([".htaccess", "-rf", "...", "a b(1).csv", `${"x".repeat(200)}.csv`].map(nameOf)).toEqual([
      "htaccess",
      "rf",
      "file",
      "a_b_1_.csv",
      `${"x".repeat(96)}.csv`
    ])
  })

  it("leaves nothing where it cannot have its name", async () => {
    const folder = mkdtempSync(join(tmpdir(), "uploads-"))
    try {
      const bytes = new TextEncoder().encode("a,b")
      const name = `${createHash("sha256").update(bytes).digest("hex").slice(0, 12)}-x.csv`
      mkdirSync(join(folder, name))
      const error = await Effect.runPromise(Effect.flip(keepUpload(folder, "x.csv", bytes)))
      expect(error.diagnostics[0].code).toBe("FT6014")
      expect(readdirSync(folder)).toEqual([name])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe("the status of a failure", () => {
  it("is 404 where the id of the address is unknown, and not where a field of the input names something unknown", () => {
    const unknown = { code: "FT1301", severity: "error", message: "there is no such run" } as const
    expect(statusOf(failureDocument("invalid", [unknown]))).toBe(404)
    expect(statusOf(failureDocument("invalid", [{ ...unknown, field: "baseline" }]))).toBe(422)
    expect(statusOf(failureDocument("invalid", [unknown, { ...unknown, code: "FT1302" }]))).toBe(422)
    expect(statusOf(failureDocument("usage", []))).toBe(400)
  })
})
