/** What is asked for: paths that try to get out, bodies that are none, keys that poison, calls that are sent twice. */
import { type OperationId, operationIds, routeOf } from "@feagi-trainer/control-api"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { type Answer, token, withServer } from "./support/withServer.ts"

interface Failed {
  readonly kind: string
  readonly data: {
    readonly reason: string
    readonly diagnostics: ReadonlyArray<{
      readonly code: string
      readonly field?: string
      readonly help?: string
      readonly line?: number
      readonly column?: number
    }>
  }
}
const failureOf = (answer: Answer): Failed["data"] => {
  const document = JSON.parse(answer.body) as Failed
  expect(document.kind).toBe("error")
  return document.data
}
const codeOf = (answer: Answer): string | undefined => failureOf(answer).diagnostics[0]?.code

/** Ways out of a folder that servers of this kind have let through. */
const ways = [
  "..",
  ".",
  "%2e%2e",
  "%2E%2e",
  "..%2f..%2fetc%2fpasswd",
  "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
  "%252e%252e%252fetc%252fpasswd",
  "..%5c..%5cetc%5cpasswd",
  "..%255c..%255cetc",
  "%2fetc%2fpasswd",
  "%2f%2fhost%2fshare",
  "%5c%5chost%5cshare",
  "C:%5cWindows%5cwin.ini",
  "C:%2fWindows",
  "file:%2f%2f%2fetc%2fpasswd",
  "http:%2f%2f%23%2f..%2fetc",
  "%00",
  "iris@1%00.png",
  "iris@1%0d%0aX-Evil:1",
  "..;",
  ";%2f..%2f..",
  "%c0%ae%c0%ae",
  "%",
  "%zz",
  "--json",
  "-rf",
  "--help",
  "%2d%2dstore=x",
  "%EF%BC%8E%EF%BC%8E",
  "__proto__",
  "a".repeat(300)
]

describe("addresses", () => {
  it("let no way out into any id of any route", async () => {
    await withServer(async ({ ask, host }) => {
      let tried = 0
      for (const operation of operationIds) {
        const { path, method, fields } = routeOf(operation)
        for (const name of Object.keys(fields).filter((each) => path.includes(`{${each}}`)))
          for (const way of ways) {
            const filled = path.replace(`{${name}}`, way).replaceAll(/\{[a-z0-9_]+\}/g, "iris@1")
            const answer = await ask({ method, path: `/api/v1${filled}`, ...(method === "GET" ? {} : { body: "{}" }) })
            expect([400, 404, 405, 415], `${operation} ${way}: ${answer.status}`).toContain(answer.status)
            failureOf(answer)
            tried += 1
          }
      }
      expect(tried).toBeGreaterThan(1000)
      expect(host.calls).toEqual([])
    })
  }, 60_000)

  it("decode each part once and pass it on as one word", async () => {
    await withServer(async ({ ask, host }) => {
      expect((await ask({ path: "/api/v1/datasets/iris%401" })).status).toBe(200)
      expect((await ask({ path: "/api/v1/plugins/%40feagi-trainer%2Fadapter-csv%23csv" })).status).toBe(400)
      expect((await ask({ path: "/api/v1/datasets/iris%25401" })).status).toBe(400)
      expect((await ask({ path: "/api/v1/runs?where=metric.accuracy+%3E+0.9&sort=-score" })).status).toBe(200)
      expect((await ask({ path: "/api/v1/runs?where=a%252541%2Bb" })).status).toBe(200)
      expect(host.calls).toEqual([
        "call dataset show iris@1",
        "call run ls --table --where=metric.accuracy > 0.9 --sort=-score",
        "call run ls --table --where=a%2541+b"
      ])
    })
  })

  it("are refused where they are no paths of this server", async () => {
    await withServer(async ({ ask, raw, server, host }) => {
      for (const path of [
        "//evil.example/api/v1/runs",
        "/api//v1/runs",
        "/api/v1/runs/",
        "/api/v1/../v1/runs",
        "/api/v1/runs#x",
        `/${"a".repeat(5000)}`
      ])
        expect([400, 414], path).toContain((await ask({ path })).status)
      const rest = `Host: 127.0.0.1:${server.port}\r\nAuthorization: Bearer a-token-of-this-test-0123456789abcdefghij\r\nConnection: close\r\n\r\n`
      for (const target of ["*", "api/v1/runs", "/api\\v1\\runs", "/api/v1/runs\x80"])
        expect(await raw(`GET ${target} HTTP/1.1\r\n${rest}`), target).toMatch(/^HTTP\/1.1 400 /)
      expect(host.calls).toEqual([])
    })
  })

  it("say what is not there, and which methods an address takes", async () => {
    await withServer(async ({ ask }) => {
      const missing = await ask({ path: "/api/v1/runz" })
      expect(missing.status).toBe(404)
      expect(codeOf(missing)).toBe("FT6002")
      const wrong = await ask({ method: "DELETE", path: "/api/v1/runs" })
      expect(wrong.status).toBe(405)
      expect(wrong.headers.allow).toBe("GET, POST")
      expect(codeOf(wrong)).toBe("FT6003")
    })
  })
})

describe("queries", () => {
  it("name every mistake at once, with the name that was meant", async () => {
    await withServer(async ({ ask, host }) => {
      const answer = await ask({ path: "/api/v1/runs?limt=3&offset=many&offset=1&sort=a" })
      expect(answer.status).toBe(400)
      const { diagnostics } = failureOf(answer)
      expect(diagnostics.map(({ code, field }) => [code, field])).toEqual([
        ["FT6004", "limt"],
        ["FT6004", "offset"],
        ["FT6004", "offset"]
      ])
      expect(diagnostics[0]?.help).toBe('did you mean "limit"?')
      expect(host.calls).toEqual([])
    })
  })

  it("take truth values in four spellings and lists by repetition", async () => {
    await withServer(async ({ ask, host }) => {
      for (const word of ["1", "true", "0", "false"]) expect((await ask({ path: `/api/v1/runs/latest?document=${word}` })).status).toBe(200)
      expect((await ask({ path: "/api/v1/runs/latest?document=yes" })).status).toBe(400)
      expect((await ask({ path: "/api/v1/runs/latest/series?name=a&name=b%2Cc" })).status).toBe(200)
      expect(host.calls).toEqual([
        "call run show latest --document",
        "call run show latest --document",
        "call run show latest --no-document",
        "call run show latest --no-document",
        "call run series latest --name=a --name=b,c"
      ])
    })
  })

  it("cannot turn into a flag or a second word", async () => {
    await withServer(async ({ ask, host }) => {
      expect((await ask({ path: "/api/v1/runs?where=--help" })).status).toBe(200)
      expect((await ask({ path: "/api/v1/runs?where=a%0Ab" })).status).toBe(400)
      expect((await ask({ path: "/api/v1/runs?where=a%00b" })).status).toBe(400)
      expect(host.calls).toEqual(["call run ls --table --where=--help"])
    })
  })
})

describe("bodies", () => {
  const plan = (body: string | Buffer, headers: Record<string, string | undefined> = {}) => ({
    method: "POST",
    path: "/api/v1/runs/plan",
    body,
    headers
  })

  it("give the text to the command and the seed with all its digits back", async () => {
    await withServer(async ({ ask, host }) => {
      const answer = await ask(plan(JSON.stringify({ text: "seeds = [1]\n", format: "toml", set: ["a=1"] })))
      expect(answer.status).toBe(200)
      expect(host.calls).toEqual(["call run plan - --format=toml --set=a=1"])
      expect(host.stdins).toEqual(["seeds = [1]\n"])
      expect(answer.body).toContain('"seed":18446744073709551615')
      expect(JSON.parse(answer.body).command).toEqual(["run", "plan", "-", "--format=toml", "--set=a=1"])
    })
  })

  it("are refused where they are no JSON, with the place", async () => {
    await withServer(async ({ ask, host }) => {
      const broken = await ask(plan('{\n  "text": tru\n}'))
      expect(broken.status).toBe(400)
      expect(failureOf(broken).diagnostics[0]).toMatchObject({ code: "FT6005", line: 2 })
      for (const body of [
        "[]",
        '"text"',
        "null",
        "7",
        '{"text":"a","text":"b","format":"toml"}',
        `${"[".repeat(100)}${"]".repeat(100)}`,
        '{"text":"\\ud800"}'
      ])
        expect((await ask(plan(body))).status, body).toBe(400)
      expect((await ask(plan(Buffer.from([0x7b, 0xff, 0x7d])))).status).toBe(400)
      expect((await ask(plan('\ufeff{"text":"a","format":"toml"}'))).status).toBe(400)
      expect(host.calls).toEqual([])
    })
  })

  it("are refused with a name that the operation does not have, or that poisons", async () => {
    await withServer(async ({ ask, host }) => {
      const near = await ask(plan('{"text":"a","formt":"toml"}'))
      expect(failureOf(near).diagnostics.map(({ field }) => field)).toEqual(["formt", "format"])
      expect(failureOf(near).diagnostics[0]?.help).toBe('did you mean "format"?')
      for (const key of ["__proto__", "constructor", "prototype"])
        for (const body of [`{"${key}":{"admin":true},"text":"a","format":"toml"}`, `{"text":"a","format":"toml","set":[{"${key}":1}]}`])
          expect((await ask(plan(body))).status, body).toBe(400)
      expect(({} as Record<string, unknown>).admin).toBeUndefined()
      expect(host.calls).toEqual([])
    })
  })

  it("are refused with a value of another type, and an id that is none", async () => {
    await withServer(async ({ ask, host }) => {
      for (const body of [
        { text: 1, format: "toml" },
        { text: "a", format: "xml" },
        { text: "a", format: "toml", set: "a=1" },
        { text: "a", format: "toml", set: [1] },
        { text: null, format: "toml" },
        { text: "a\0", format: "toml" }
      ])
        expect((await ask(plan(JSON.stringify(body)))).status, JSON.stringify(body)).toBe(400)
      const compare = (runs: unknown) => ask({ method: "POST", path: "/api/v1/runs/compare", body: JSON.stringify({ runs }) })
      for (const runs of [["../etc"], ["--exploratory"], "latest", [["latest"]], ["r-0123456789ab-1", 2]])
        expect((await compare(runs)).status).toBe(400)
      const split = (seed: string) =>
        ask({ method: "POST", path: "/api/v1/datasets/iris@1/split", body: `{"method":"hash","seed":${seed}}` })
      for (const seed of ["-1", "1.5", "18446744073709551616", '"07"', '"x"']) expect((await split(seed)).status, seed).toBe(400)
      expect(host.calls).toEqual([])
      expect((await split("18446744073709551615")).status).toBe(200)
      expect(host.calls).toEqual(["call dataset split iris@1 --method=hash --seed=18446744073709551615"])
    })
  })

  it("are refused beyond the limit, declared or not, and the answer still arrives", async () => {
    await withServer(
      async ({ ask, raw, server, host }) => {
        const large = await ask(plan(JSON.stringify({ text: "x".repeat(5000), format: "toml" })))
        expect(large.status).toBe(413)
        expect(codeOf(large)).toBe("FT6006")
        expect(large.headers.connection).toBe("close")
        const head = `POST /api/v1/runs/plan HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer a-token-of-this-test-0123456789abcdefghij\r\nX-Feagi-Trainer: 1\r\nContent-Type: application/json\r\n`
        const chunk = `${(2000).toString(16)}\r\n${"x".repeat(2000)}\r\n`
        expect(await raw(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(4)}`)).toMatch(/^HTTP\/1.1 413 /)
        expect(await raw(`${head}Content-Length: 99999999999\r\n\r\n`)).toMatch(/^HTTP\/1.1 413 /)
        expect(host.calls).toEqual([])
      },
      { limits: { body: 4096 } }
    )
  })

  it("are never unpacked and never guessed", async () => {
    await withServer(async ({ ask, host }) => {
      const body = '{"text":"a","format":"toml"}'
      for (const type of [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin1",
        "application/jsonx",
        undefined
      ])
        expect((await ask(plan(body, { "content-type": type }))).status, String(type)).toBe(415)
      expect((await ask(plan(body, { "content-encoding": "gzip" }))).status).toBe(415)
      expect(host.calls).toEqual([])
      expect((await ask(plan(body, { "content-type": "application/json; charset=utf-8" }))).status).toBe(200)
    })
  })
})

describe("answers", () => {
  it("have a status by the reason of the failure, and say an unknown id with 404", async () => {
    await withServer(async ({ ask }) => {
      const answer = await ask({ path: "/api/v1/runs/r-ffffffffffff-9" })
      expect(answer.status).toBe(404)
      expect(JSON.parse(answer.body)).toEqual({
        schema_version: 1,
        kind: "error",
        data: { reason: "invalid", diagnostics: [{ code: "FT1301", severity: "error", message: "there is no run" }] },
        warnings: [],
        command: ["run", "show", "r-ffffffffffff-9"]
      })
    })
  })

  it("of a host that breaks say that it is a bug and nothing about it", async () => {
    const lines: Array<string> = []
    await withServer(
      async ({ ask, host }) => {
        Object.assign(host, {
          call: () => {
            throw new Error("secret detail")
          }
        })
        const answer = await ask({ path: "/api/v1/doctor" })
        expect(answer.status).toBe(500)
        expect(codeOf(answer)).toBe("FT9001")
        expect(answer.body).not.toContain("secret")
      },
      { options: { log: (line) => lines.push(line) } }
    )
    expect(lines).toEqual(["FT9001 secret detail"])
  })

  it("of foreign bytes are inert, whatever they say of themselves", async () => {
    await withServer(async ({ ask, host }) => {
      const page = await ask({ path: "/api/v1/datasets/iris@1/picture?sample=2%2F007.png", headers: { accept: "text/html" } })
      expect(host.calls).toEqual(["picture iris@1 2/007.png"])
      expect(page.headers["content-type"]).toBe("text/plain; charset=utf-8")
      expect(page.headers["content-security-policy"]).toContain("sandbox")
      expect(page.headers["x-content-type-options"]).toBe("nosniff")
      const picture = await ask({ path: `/api/v1/artifacts/${"0".repeat(64)}` })
      expect(picture.headers["content-type"]).toBe("image/png")
      expect((await ask({ path: `/api/v1/artifacts/${"0".repeat(63)}` })).status).toBe(400)
    })
  })

  it("start a run once by its id", async () => {
    await withServer(async ({ ask, host }) => {
      const answer = await ask({ method: "POST", path: "/api/v1/runs/g-0123456789ab/start", body: '{"workers":2}' })
      expect(JSON.parse(answer.body)).toMatchObject({
        kind: "run-start",
        data: { outcome: "started" },
        command: ["run", "resume", "g-0123456789ab", "--workers=2"]
      })
      expect(host.calls).toEqual(['start g-0123456789ab {"workers":2}'])
    })
  })
})

describe("an Idempotency-Key", () => {
  const create = (key: string | undefined, text = "a") => ({
    method: "POST",
    path: "/api/v1/runs",
    body: JSON.stringify({ text, format: "toml" }),
    headers: { "idempotency-key": key }
  })

  it("lets a call be sent twice and carried out once, also while the first one goes on", async () => {
    await withServer(async ({ ask, host }) => {
      const answers = await Promise.all([ask(create("k1")), ask(create("k1")), ask(create("k1"))])
      expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
      expect(answers.map(({ headers }) => headers["idempotency-replayed"]).filter((each) => each === "true")).toHaveLength(2)
      expect(host.calls).toHaveLength(1)
      expect((await ask(create("k2"))).headers["idempotency-replayed"]).toBeUndefined()
      expect(host.calls).toHaveLength(2)
    })
  })

  it("stands for one call alone", async () => {
    await withServer(async ({ ask, host }) => {
      expect((await ask(create("k"))).status).toBe(200)
      const other = await ask(create("k", "b"))
      expect(other.status).toBe(409)
      expect(codeOf(other)).toBe("FT6007")
      for (const bad of ["", " ", "ä", "x".repeat(129), "a b"]) expect([400], bad).toContain((await ask(create(bad))).status)
      expect(host.calls).toHaveLength(1)
    })
  })

  it("does not keep an answer that says that the server could not", async () => {
    await withServer(async ({ ask, host }) => {
      let broken = true
      const { call } = host
      Object.assign(host, {
        call: (argv: ReadonlyArray<string>) => {
          if (broken) throw new Error("once")
          return call(argv)
        }
      })
      expect((await ask(create("k"))).status).toBe(500)
      broken = false
      expect((await ask(create("k"))).status).toBe(200)
    })
  })
})

describe("conditions", () => {
  const tag = "r-0123456789ab-1:3"
  const change = (headers: Readonly<Record<string, string>>, method = "PUT", path = "/api/v1/runs/latest/marks") => ({
    method,
    path,
    body: '{"note":"a"}',
    headers
  })

  it("go to the command as the etag that the answer had as its header", async () => {
    await withServer(async ({ ask, host }) => {
      const { call } = host
      Object.assign(host, {
        call: (argv: ReadonlyArray<string>) =>
          Effect.map(call(argv), (answer) => ({
            ...answer,
            envelope: { ...answer.envelope, data: { etag: argv[1] === "marks" || argv[1] === "mark" ? tag : "of no matter" } }
          }))
      })
      const { etag } = (await ask({ path: "/api/v1/runs/latest/marks" })).headers
      expect(etag).toBe(`"${tag}"`)
      expect((await ask(change({ "if-match": etag ?? "" }))).headers.etag).toBe(etag)
      expect((await ask({ path: "/api/v1/runs/latest" })).headers.etag).toBeUndefined()
      expect(host.calls).toEqual(["call run marks latest", `call run mark latest --note=a --if-match=${tag}`, "call run show latest"])
    })
  })

  it("are never passed over: neither one that cannot be read nor one that an operation does not keep", async () => {
    await withServer(async ({ ask, raw, server, host }) => {
      for (const text of ["*", tag, `W/"${tag}"`, `"a", "b"`, '""', '"a b"', `"${"x".repeat(201)}"`]) {
        const answer = await ask(change({ "if-match": text }))
        expect([answer.status, failureOf(answer).diagnostics[0]?.field], text).toEqual([400, "if-match"])
      }
      for (const name of ["if-match", "if-unmodified-since"])
        for (const [method, path] of [
          ["POST", "/api/v1/runs/latest/stop"],
          ["GET", "/api/v1/runs"]
        ] as const) {
          const answer = await ask({ method, path, headers: { [name]: '"x"' } })
          expect([answer.status, failureOf(answer).diagnostics[0]?.field], path).toEqual([400, name])
        }
      const twice = `PUT /api/v1/runs/latest/marks HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${token}\r\nX-Feagi-Trainer: 1\r\nConnection: close\r\n`
      expect(await raw(`${twice}If-Match: "a"\r\nIf-Match: "b"\r\n\r\n`)).toMatch(/^HTTP\/1.1 403 /)
      expect(host.calls).toEqual([])
    })
  })

  it("make another call of the same key and body", async () => {
    await withServer(async ({ ask }) => {
      const keyed = (etag: string) => change({ "if-match": etag, "idempotency-key": "k" })
      expect((await ask(keyed('"a"'))).status).toBe(200)
      expect((await ask(keyed('"b"'))).status).toBe(409)
    })
  })
})

describe("every operation that is a command", () => {
  it("has words, and those that are the server's own have none", () => {
    const own: ReadonlyArray<OperationId> = [
      "health",
      "session",
      "openapi",
      "events",
      "job.ls",
      "job.show",
      "job.cancel",
      "dataset.picture",
      "source.upload",
      "artifact.show"
    ]
    for (const operation of operationIds) expect(routeOf(operation).words.length === 0, operation).toBe(own.includes(operation))
  })
})
