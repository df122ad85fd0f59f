/** Clients that mean harm or are broken: what they send costs them their connection and nobody else an answer. */
import { connect } from "node:net"
import { describe, expect, it } from "vitest"
import { eventOf, knownRun } from "./support/fakeHost.ts"
import { token, withServer } from "./support/withServer.ts"

const authorization = `Authorization: Bearer ${token}\r\n`

describe("a request", () => {
  it("of HTTP/1.0 without a Host is refused, and one with its Host is answered", async () => {
    await withServer(async ({ raw, server, host }) => {
      expect(await raw(`GET /api/v1/runs HTTP/1.0\r\n${authorization}\r\n`)).toMatch(/^HTTP\/1\.[01] 403 /)
      expect(host.calls).toEqual([])
      expect(await raw(`GET /api/v1/runs HTTP/1.0\r\nHost: 127.0.0.1:${server.port}\r\n${authorization}\r\n`)).toMatch(
        /^HTTP\/1\.[01] 200 /
      )
    })
  })

  it("with a Host that only begins or ends like ours, or hides another one, is refused", async () => {
    await withServer(async ({ raw, server, host }) => {
      const { port } = server
      for (const name of [
        `127.0.0.1:${port}.evil.example`,
        `127.0.0.1:${port}@evil.example`,
        `evil.example@127.0.0.1:${port}`,
        `127.0.0.1:${port}, evil.example`,
        `127.0.0.1:${port}/`,
        `127.0.0.1.:${port}`,
        `127.1:${port}`,
        `2130706433:${port}`,
        `0.0.0.0:${port}`,
        `[::ffff:127.0.0.1]:${port}`,
        `127.0.0.1:0${port}`,
        ""
      ])
        expect(await raw(`GET /api/v1/runs HTTP/1.1\r\nHost: ${name}\r\n${authorization}Connection: close\r\n\r\n`), name).toMatch(
          /^HTTP\/1.1 40[03] /
        )
      expect(host.calls).toEqual([])
    })
  })

  it("asks by HEAD, OPTIONS or TRACE for nothing that it would not get, and TRACE says nothing of it back", async () => {
    await withServer(async ({ ask, raw, server, host }) => {
      for (const method of ["HEAD", "OPTIONS", "TRACE"]) {
        expect((await ask({ method, path: "/api/v1/runs" })).status, method).toBe(405)
        expect((await ask({ method, path: "/api/v1/runs", headers: { authorization: undefined } })).status, method).toBe(401)
        expect((await ask({ method, path: "/api/v1/runs", headers: { origin: "https://evil.example" } })).status, method).toBe(403)
      }
      const answer = await raw(
        `TRACE / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n${authorization}X-Feagi-Trainer: 1\r\nConnection: close\r\n\r\n`
      )
      expect(answer).toMatch(/^HTTP\/1.1 405 /)
      expect(answer).not.toContain(token)
      expect(host.calls).toEqual([])
    })
  })

  it("with a null byte, a bare line feed or a folded line in its head is no request", async () => {
    await withServer(async ({ raw, server, host }) => {
      const head = `Host: 127.0.0.1:${server.port}\r\n${authorization}Connection: close\r\n`
      for (const text of [
        `GET /api/v1/runs\x00 HTTP/1.1\r\n${head}\r\n`,
        `GET /api/v1/runs HTTP/1.1\r\nX: a\x00b\r\n${head}\r\n`,
        `GET /api/v1/runs HTTP/1.1\r\nX: a\r\n b\r\n${head}\r\n`,
        `GET /api/v1/runs HTTP/1.1\r\nX : a\r\n${head}\r\n`,
        `GET /api/v1/runs HTTP/9.9\r\n${head}\r\n`
      ])
        expect(await raw(text), JSON.stringify(text.slice(0, 50))).toMatch(/^HTTP\/1.1 (?:400|505) |^$/)
      expect(host.calls).toEqual([])
    })
  })

  it("that promises more than it sends, or sends more than it promised, carries nothing out", async () => {
    await withServer(
      async ({ raw, socket, server, host }) => {
        const head = `Host: 127.0.0.1:${server.port}\r\n${authorization}X-Feagi-Trainer: 1\r\nContent-Type: application/json\r\nConnection: close\r\n`
        const post = "POST /api/v1/runs/latest/stop HTTP/1.1\r\n"
        // The rest never comes.
        expect(await raw(`${post}${head}Content-Length: 50\r\n\r\n{}`)).toMatch(/^HTTP\/1.1 408 /)
        const cut = socket(`${post}${head}Content-Length: 50\r\n\r\n{`)
        cut.resume().end()
        await new Promise((resolve) => cut.on("close", resolve))
        expect(host.calls).toEqual([])
        for (const lie of ["-1", "+2", "2, 2", "0x2", "1e1", "2 2", ""])
          expect(await raw(`${post}${head}Content-Length: ${lie}\r\n\r\n{}`), lie).toMatch(/^HTTP\/1.1 400 /)
        expect(await raw(`${post}${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 /)
        expect(await raw(`${post}${head}Transfer-Encoding: gzip, chunked, identity\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 /)
        expect(host.calls).toEqual([])
        // What comes behind a body is another request, or nothing.
        const said = await raw(`${post}${head}Content-Length: 2\r\n\r\n{}GET /api/v1/health HTTP/1.1\r\n\r\n`)
        expect(said.match(/^HTTP\/1.1 /gm)).toHaveLength(1)
        expect(host.calls).toEqual(["call run stop latest"])
      },
      { limits: { headersTimeout: 100, requestTimeout: 200 } }
    )
  })
})

describe("many connections", () => {
  it("beyond the limit are let go, and the server answers again when they are gone", async () => {
    await withServer(
      async ({ ask, server }) => {
        const opened = Array.from({ length: 20 }, () =>
          connect(server.port, "127.0.0.1")
            .on("error", () => {})
            .resume()
        )
        const closed = opened.map((one) => new Promise<void>((resolve) => one.on("close", () => resolve())))
        while (opened.filter((one) => one.destroyed).length < 12) await new Promise((resolve) => setTimeout(resolve, 5))
        expect(opened.filter((one) => !one.destroyed)).toHaveLength(8)
        await expect(ask({ path: "/api/v1/health" })).rejects.toThrow()
        for (const one of opened) one.destroy()
        await Promise.all(closed)
        const answered = (): Promise<number> => ask({ path: "/api/v1/health" }).then(({ status }) => status, answered)
        expect(await answered()).toBe(200)
      },
      { limits: { connections: 8 } }
    )
  })
})

describe("a listener that never reads", () => {
  it("is let go, and what it did not take does not pile up", async () => {
    await withServer(
      async ({ socket, host, run, server, ask }) => {
        const deaf = socket(
          `GET /api/v1/runs/${knownRun}/events HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n${authorization}Accept: text/event-stream\r\n\r\n`
        )
        deaf.pause()
        const gone = new Promise<void>((resolve) => deaf.on("close", () => resolve()))
        for (let seq = 0; seq < 400; seq += 1) await run(host.say(eventOf(seq, "x".repeat(64 * 1024))))
        await new Promise((resolve) => setTimeout(resolve, 400))
        deaf.resume()
        await gone
        // 26 MB were told; more than a socket and one piece hold was never written.
        expect(deaf.bytesRead).toBeLessThan(12 * 1024 * 1024)
        expect((await ask({ path: "/api/v1/health" })).status).toBe(200)
      },
      { limits: { ring: 8, stalled: 100 } }
    )
  })
})
