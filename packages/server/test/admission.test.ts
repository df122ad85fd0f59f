/** Who is let in: every route of the table, refused before anything is called, whatever is wrong with the request. */
import { type Field, idPatterns, operationIds, routeOf } from "@feagi-trainer/control-api"
import { describe, expect, it } from "vitest"
import { cookieName } from "../src/guard.ts"
import { type Asked, token, withServer } from "./support/withServer.ts"

const samples: Readonly<Record<string, string>> = {
  run: "r-0123456789ab-1",
  runs: "g-0123456789ab",
  dataset: "iris@1",
  brain: "brain@2",
  brainState: "r-0123456789ab-1:train",
  scorecard: "sc-0123456789ab",
  sample: "b4c099acd8d1862d-0",
  template: "tabular-classification",
  plugin: "csv",
  document: "RunSpec",
  sha256: "0".repeat(64),
  job: "j-0123456789abcdef"
}

const fitValue = (field: Field): unknown => {
  const id = samples[field.is ?? "sample"] ?? ""
  const values = {
    id,
    ids: [id],
    text: "word",
    texts: ["a=1"],
    path: "data/iris.csv",
    integer: 3,
    number: 0.5,
    boolean: true,
    choice: field.choices?.[0],
    seed: 7,
    document: { a: 1 }
  }
  return values[field.type]
}

/** A request that every operation takes. */
const fitting = (operation: (typeof operationIds)[number]): Asked => {
  const { method, path, fields, sends } = routeOf(operation)
  const entries = Object.entries(fields)
  const filled = entries.reduce((text, [name, field]) => text.replace(`{${name}}`, encodeURIComponent(String(fitValue(field)))), path)
  const query = entries.filter(([, field]) => field.in === "query" && field.required).map(([name, field]) => `${name}=${fitValue(field)}`)
  const body = Object.fromEntries(
    entries.filter(([, field]) => field.in === "body" && field.required).map(([name, field]) => [name, fitValue(field)])
  )
  return {
    method,
    path: `/api/v1${filled}${query.length > 0 ? `?${query.join("&")}` : ""}`,
    ...(method === "GET"
      ? {}
      : sends === "bytes"
        ? { body: "bytes", headers: { "content-type": "application/octet-stream" } }
        : { body: JSON.stringify(body) })
  }
}

const refusals: ReadonlyArray<{ readonly what: string; readonly status: number; readonly headers: (port: number) => Asked["headers"] }> = [
  { what: "no token", status: 401, headers: () => ({ authorization: undefined }) },
  { what: "another token", status: 401, headers: () => ({ authorization: `Bearer ${token}x` }) },
  { what: "the token in another scheme", status: 401, headers: () => ({ authorization: token }) },
  {
    what: "another cookie",
    status: 401,
    headers: (port) => ({ authorization: undefined, cookie: `${cookieName(port)}=${"x".repeat(40)}` })
  },
  {
    what: "two cookies of ours",
    status: 401,
    headers: (port) => ({ authorization: undefined, cookie: `${cookieName(port)}=${token}; ${cookieName(port)}=x` })
  },
  {
    what: "the cookie of another port",
    status: 401,
    headers: (port) => ({ authorization: undefined, cookie: `${cookieName(port + 1)}=${token}` })
  },
  {
    what: "a bad token beside the right cookie",
    status: 401,
    headers: (port) => ({ authorization: "Bearer no", cookie: `${cookieName(port)}=${token}` })
  },
  { what: "no Host", status: 403, headers: () => ({ host: undefined }) },
  { what: "a rebound Host", status: 403, headers: (port) => ({ host: `evil.example:${port}` }) },
  { what: "a Host that only begins like ours", status: 403, headers: (port) => ({ host: `127.0.0.1.nip.io:${port}` }) },
  { what: "a Host below localhost", status: 403, headers: (port) => ({ host: `localhost.evil:${port}` }) },
  { what: "a Host in upper case", status: 403, headers: (port) => ({ host: `LOCALHOST:${port}` }) },
  { what: "a Host without the port", status: 403, headers: () => ({ host: "127.0.0.1" }) },
  { what: "a Host of another port", status: 403, headers: (port) => ({ host: `127.0.0.1:${port + 1}` }) },
  { what: "another Origin", status: 403, headers: () => ({ origin: "https://evil.example" }) },
  { what: "the Origin null", status: 403, headers: () => ({ origin: "null" }) },
  { what: "an empty Origin", status: 403, headers: () => ({ origin: "" }) },
  { what: "the Origin of another port", status: 403, headers: (port) => ({ origin: `http://127.0.0.1:${port + 1}` }) },
  { what: "the Origin of the other name", status: 403, headers: (port) => ({ origin: `http://localhost:${port}` }) },
  { what: "https as Origin", status: 403, headers: (port) => ({ origin: `https://127.0.0.1:${port}` }) },
  { what: "a request of another site", status: 403, headers: () => ({ "sec-fetch-site": "cross-site" }) },
  { what: "a request of a neighbour site", status: 403, headers: () => ({ "sec-fetch-site": "same-site" }) }
]

const markers: typeof refusals = [
  { what: "no marker", status: 403, headers: () => ({ "x-feagi-trainer": undefined }) },
  { what: "another marker", status: 403, headers: () => ({ "x-feagi-trainer": "true" }) }
]

describe("every route of the table", () => {
  it("has samples for its ids that fit their patterns", () => {
    for (const [name, pattern] of Object.entries(idPatterns)) expect(samples[name], name).toMatch(pattern)
    expect(operationIds.length).toBeGreaterThan(60)
  })

  it("is refused before anything is called, for each thing that can be wrong, with one and the same body", async () => {
    await withServer(async ({ ask, server, host }) => {
      const bodies = new Set<string>()
      let refused = 0
      for (const operation of operationIds) {
        const request = fitting(operation)
        for (const { what, status, headers } of request.method === "GET" ? refusals : [...refusals, ...markers]) {
          const answer = await ask({ ...request, headers: { ...request.headers, ...headers(server.port) } })
          expect(answer.status, `${operation} with ${what}`).toBe(status)
          expect(answer.headers["access-control-allow-origin"]).toBeUndefined()
          bodies.add(answer.body)
          refused += 1
        }
      }
      expect(host.calls).toEqual([])
      expect(bodies.size).toBe(1)
      expect(refused).toBeGreaterThan(operationIds.length * refusals.length)
    })
  })

  it("is reached by a request that is in order, and by none with another method", async () => {
    await withServer(
      async ({ ask, host }) => {
        for (const operation of operationIds) {
          if (routeOf(operation).answers === "events") continue
          const request = fitting(operation)
          const answer = await ask(request)
          const job = operation === "job.show" || operation === "job.cancel"
          expect(
            [200, 202, ...(job ? [404] : []), ...(operation === "source.upload" ? [403] : []), 503],
            `${operation} ${answer.body}`
          ).toContain(answer.status)
          expect(answer.headers["x-content-type-options"]).toBe("nosniff")
          for (const method of ["PATCH", "OPTIONS", "TRACE", "PROPFIND"]) {
            const other = await ask({ path: request.path, method })
            expect(other.status, `${method} ${request.path}`).toBe(405)
            expect(other.headers.allow).toContain(request.method)
          }
        }
        expect(host.calls.length).toBeGreaterThan(40)
      },
      { limits: {} }
    )
  })

  it("is found at one address alone", () => {
    const places = operationIds.map(
      (operation) => `${routeOf(operation).method} ${routeOf(operation).path.replaceAll(/\{[a-z0-9_]+\}/g, "{}")}`
    )
    expect(new Set(places).size).toBe(places.length)
  })
})

describe("the door", () => {
  it("refuses what is not in the table, pages and assets alike, before it is looked for", async () => {
    await withServer(async ({ ask }) => {
      for (const path of [
        "/",
        "/index.html",
        "/api",
        "/api/v1",
        "/api/v2/runs",
        "/ajax-api/v1/runs",
        "/favicon.ico",
        "/%2e%2e/etc/passwd"
      ]) {
        expect((await ask({ path, headers: { authorization: undefined } })).status, path).toBe(401)
        expect((await ask({ path, headers: { host: "evil.example" } })).status, path).toBe(403)
      }
    })
  })

  it("refuses a header twice, for the second reader may take the other one", async () => {
    await withServer(async ({ raw, server, host }) => {
      const lines = (more: ReadonlyArray<string>) =>
        [
          "GET /api/v1/runs HTTP/1.1",
          `Host: 127.0.0.1:${server.port}`,
          `Authorization: Bearer ${token}`,
          "Connection: close",
          ...more,
          "",
          ""
        ].join("\r\n")
      expect(await raw(lines([]))).toMatch(/^HTTP\/1.1 200 /)
      expect(host.calls).toEqual(["call run ls --table"])
      for (const twice of [
        "Host: evil.example",
        `Host: 127.0.0.1:${server.port}`,
        "Authorization: Bearer x",
        "Sec-Fetch-Site: none\r\nSec-Fetch-Site: none"
      ])
        expect(await raw(lines([twice])), twice).toMatch(/^HTTP\/1.1 40[03] /)
      expect(await raw(lines([`Origin: http://127.0.0.1:${server.port}`, "Origin: http://evil.example"]))).toMatch(/^HTTP\/1.1 403 /)
      expect(host.calls).toHaveLength(1)
    })
  })

  it("refuses a full address as the target, tunnels, other protocols and what is no HTTP", async () => {
    await withServer(async ({ raw, server, host }) => {
      const rest = `Host: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`
      expect(await raw(`GET http://127.0.0.1:${server.port}/api/v1/runs HTTP/1.1\r\n${rest}`)).toMatch(/^HTTP\/1.1 400 /)
      expect(await raw(`CONNECT evil.example:443 HTTP/1.1\r\n${rest}`)).toBe("")
      expect(await raw(`GET /api/v1/runs HTTP/1.1\r\nUpgrade: websocket\r\n${rest.replace("close", "Upgrade")}`)).toBe("")
      expect(await raw("\x16\x03\x01\x02\x00\r\n\r\n")).toMatch(/^HTTP\/1.1 400 /)
      expect(await raw(`GET /api/v1/runs HTTP/1.1\r\nX: ${"x".repeat(20_000)}\r\n${rest}`)).toMatch(/^HTTP\/1.1 431 /)
      expect(await raw(`GET /api/v1/runs HTTP/1.1\r\n${Array.from({ length: 80 }, (_, at) => `X-${at}: 1\r\n`).join("")}${rest}`)).toMatch(
        /^HTTP\/1.1 431 /
      )
      expect(await raw(`POST /api/v1/runs HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n${rest}`)).toMatch(
        /^HTTP\/1.1 400 /
      )
      expect(host.calls).toEqual([])
    })
  })

  it("does not wait for whoever sends a request letter by letter", async () => {
    await withServer(
      async ({ raw, server, host }) => {
        const head = `POST /api/v1/runs/plan HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n`
        expect(await raw(head)).toMatch(/^HTTP\/1.1 408 /)
        // One that was opened ahead of its request is let go without a word.
        expect(await raw("")).toBe("")
        const whole = `${head}Authorization: Bearer ${token}\r\nX-Feagi-Trainer: 1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`
        expect(await raw(whole)).toMatch(/^HTTP\/1.1 408 /)
        expect(host.calls).toEqual([])
      },
      { limits: { headersTimeout: 20, requestTimeout: 60 } }
    )
  })

  it("takes the simple form of another page for what it is", async () => {
    await withServer(async ({ ask, host, server }) => {
      for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
        const form = { method: "POST", path: "/api/v1/runs/latest/stop", body: '{"a":"="}' }
        // A form brings cookie and Origin with it, and no header of its own.
        const headers = {
          authorization: undefined,
          cookie: `${cookieName(server.port)}=${token}`,
          "content-type": type,
          "x-feagi-trainer": undefined
        }
        expect((await ask({ ...form, headers: { ...headers, origin: "https://evil.example" } })).status).toBe(403)
        expect((await ask({ ...form, headers })).status).toBe(403)
        expect((await ask({ ...form, headers: { ...headers, "x-feagi-trainer": "1" } })).status).toBe(415)
      }
      expect(host.calls).toEqual([])
    })
  })

  it("does not let a header or a query name another method", async () => {
    await withServer(async ({ ask, host }) => {
      const headers = { "x-http-method-override": "POST", "x-method-override": "POST", "x-http-method": "POST" }
      expect((await ask({ path: "/api/v1/runs/latest/stop", headers })).status).toBe(405)
      expect((await ask({ path: "/api/v1/runs?_method=POST" })).status).toBe(400)
      expect(host.calls).toEqual([])
    })
  })

  it("takes the token in the address at the front door alone, and hands out a cookie that no script reads", async () => {
    await withServer(async ({ ask, server }) => {
      const anonymous = { authorization: undefined }
      const entered = await ask({ path: `/?token=${token}`, headers: { ...anonymous, "sec-fetch-site": "none" } })
      expect(entered.status).toBe(303)
      expect(entered.headers.location).toBe("/")
      expect(entered.headers["set-cookie"]).toBe(`${cookieName(server.port)}=${token}; HttpOnly; SameSite=Strict; Path=/`)
      expect(entered.headers["referrer-policy"]).toBe("no-referrer")
      expect(entered.body).not.toContain(token)
      expect(server.entrance).toBe(`http://127.0.0.1:${server.port}/?token=${token}`)
      for (const path of [
        `/api/v1/runs?token=${token}`,
        `/x?token=${token}`,
        `/?token=${token}x`,
        `/?token=`,
        `/?a=1&token=${token}`,
        `/?token=${token}&next=//evil`
      ])
        expect((await ask({ path, headers: anonymous })).status, path).toBe(401)
      expect((await ask({ path: `/?token=${token}`, method: "POST", headers: anonymous })).status).toBe(401)
      expect((await ask({ path: `/?token=${token}`, headers: { ...anonymous, host: "evil.example" } })).status).toBe(403)
      const cookie = `other=1; ${cookieName(server.port)}=${token}`
      expect((await ask({ path: "/api/v1/health", headers: { ...anonymous, cookie } })).status).toBe(200)
    })
  })

  it("answers to each of its names", async () => {
    await withServer(async ({ ask, server }) => {
      for (const name of ["127.0.0.1", "localhost", "[::1]"]) {
        const host = `${name}:${server.port}`
        expect(
          (await ask({ path: "/api/v1/health", headers: { host, origin: `http://${host}`, "sec-fetch-site": "same-origin" } })).status
        ).toBe(200)
      }
    })
  })

  it("tells whoever opens the address in a browser what to do, and says nothing else", async () => {
    await withServer(async ({ ask }) => {
      const answer = await ask({ path: "/runs", headers: { authorization: undefined, accept: "text/html" } })
      expect(answer.status).toBe(401)
      expect(answer.body).toContain("ftr ui")
      expect(answer.headers["content-security-policy"]).toContain("default-src 'none'")
    })
  })

  it("never writes the token into its log", async () => {
    const lines: Array<string> = []
    await withServer(
      async ({ ask }) => {
        await ask({ path: `/?token=${token}x` })
        await ask({ path: "/api/v1/runs", headers: { authorization: `Bearer ${token}y` } })
        await ask({ path: `/api/v1/runs?x=${token}` })
      },
      { options: { log: (line) => lines.push(line) } }
    )
    expect(lines).toHaveLength(2)
    expect(lines.join()).not.toContain(token.slice(0, 8))
  })
})
