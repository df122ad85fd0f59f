/** The files of the Studio: looked up by name, never by path, with headers that keep a page to itself. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { readAssets } from "../src/Assets.ts"
import { makeServer } from "../src/index.ts"
import { makeFakeHost } from "./support/fakeHost.ts"
import { type Tested, token, withServer } from "./support/withServer.ts"

const withStudio = async (test: (tested: Tested) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "ftr-assets-"))
  try {
    const app = join(folder, "app")
    mkdirSync(join(app, "assets"), { recursive: true })
    writeFileSync(join(folder, "secret.json"), "{}")
    writeFileSync(join(app, "index.html"), "<!doctype html><title>Studio</title>")
    writeFileSync(join(app, "icon.svg"), "<svg/>")
    writeFileSync(join(app, "assets", "index-1a2B3c4D.js"), "export {}")
    writeFileSync(join(app, "assets", "plain.js"), "export {}")
    writeFileSync(join(app, "run.sh"), "exit")
    await withServer(test, { options: { assets: app } })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe("assets", () => {
  it("have their types, and are kept for good where their name has their hash", async () => {
    await withStudio(async ({ ask }) => {
      const page = await ask({ path: "/" })
      expect(page.body).toContain("Studio")
      expect(page.headers["cache-control"]).toBe("no-cache")
      expect(page.headers["content-security-policy"]).toBe(
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
      )
      expect(page.headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin"
      })
      const script = await ask({ path: "/assets/index-1a2B3c4D.js" })
      expect(script.headers).toMatchObject({
        "content-type": "text/javascript; charset=utf-8",
        "cache-control": "private, max-age=31536000, immutable"
      })
      expect((await ask({ path: "/assets/plain.js" })).headers["cache-control"]).toBe("no-cache")
      expect((await ask({ path: "/icon.svg" })).headers["content-type"]).toBe("image/svg+xml")
      const again = await ask({ path: "/", headers: { "if-none-match": page.headers.etag } })
      expect([again.status, again.body]).toEqual([304, ""])
      const head = await ask({ path: "/", method: "HEAD", headers: { "x-feagi-trainer": undefined } })
      expect([head.status, head.body, head.headers["content-length"]]).toEqual([200, "", String(page.body.length)])
    })
  })

  it("are the Studio itself for an address of one of its views, and for nothing else", async () => {
    await withStudio(async ({ ask }) => {
      const html = { accept: "text/html,*/*" }
      for (const path of ["/runs", "/datasets/iris.v2@1?tab=samples", "/runs/r-0123456789ab-1"])
        expect((await ask({ path, headers: html })).body, path).toContain("Studio")
      for (const path of ["/missing.js", "/assets/index-00000000.js", "/run.sh", "/secret.json"])
        expect((await ask({ path })).status, path).toBe(404)
      expect((await ask({ path: "/api/v1/nothing", headers: html })).status).toBe(404)
      expect((await ask({ path: "/", method: "POST", body: "{}" })).status).toBe(405)
    })
  })

  it("let no way out of their folder", async () => {
    await withStudio(async ({ ask, raw, server }) => {
      const ways = [
        "/../secret.json",
        "/%2e%2e/secret.json",
        "/..%2fsecret.json",
        "/%252e%252e/secret.json",
        "/assets/..%2f..%2fsecret.json",
        "/..%5csecret.json",
        "/assets//../../secret.json",
        "/%00/secret.json",
        "/assets/%2e%2e/%2e%2e/secret.json",
        "/C:/secret.json",
        "//secret.json",
        "/./secret.json",
        "/proc/self/environ"
      ]
      for (const path of ways) {
        const answer = await ask({ path })
        expect([400, 404], path).toContain(answer.status)
        // Nothing corrects the address on its way here.
        expect(
          await raw(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`)
        ).toMatch(/^HTTP\/1.1 40[04] /)
      }
    })
  })

  it("that are not there say how to get them", async () => {
    const failure = await Effect.runPromise(Effect.flip(readAssets(join(tmpdir(), "no-such-folder-of-the-studio"))))
    expect(failure).toMatchObject({ reason: "missing", diagnostics: [{ code: "FT6015" }] })
    await withServer(async ({ ask }) => {
      const answer = await ask({ path: "/" })
      expect(answer.status).toBe(404)
      expect(answer.body).toContain("ftr ui")
    })
  })
})

describe("a server", () => {
  const start = (port: number, secret: string) => Effect.scoped(makeServer({ host: makeFakeHost(), port, token: secret }))

  it("does not start with a token that could be guessed", async () => {
    for (const weak of ["", "password1234", "x".repeat(31), "with spaces and more than thirty-two characters"])
      expect(await Effect.runPromise(Effect.flip(start(0, weak)))).toMatchObject({ reason: "usage", diagnostics: [{ code: "FT6018" }] })
  })

  it("says that its port is taken", async () => {
    await withServer(async ({ server }) => {
      expect(await Effect.runPromise(Effect.flip(start(server.port, token)))).toMatchObject({
        reason: "locked",
        diagnostics: [{ code: "FT6017", actual: "EADDRINUSE" }]
      })
    })
  })

  it("gives its port back when its scope ends", async () => {
    const port = await Effect.runPromise(
      Effect.scoped(Effect.map(makeServer({ host: makeFakeHost(), port: 0, token }), (server) => server.port))
    )
    expect(
      await Effect.runPromise(Effect.scoped(Effect.map(makeServer({ host: makeFakeHost(), port, token }), (server) => server.port)))
    ).toBe(port)
  })
})
