/**
 * Opens an address in the browser that the system prefers. Sharp edge: what a process is started with can be read by everybody on the
 * machine, and the address holds a secret; so a file that only we can read leads there, and is removed once it was read.
 */
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

const openers: Partial<Record<NodeJS.Platform, readonly [string, ...ReadonlyArray<string>]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""]
}

const pageOf = (address: string): string =>
  `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>FEAGI Trainer</title><meta http-equiv="refresh" content="0; url=${address}"><a href="${address}">FEAGI Trainer</a>\n`

/** Whether there is a screen that a browser could come up on. */
const hasScreen = (): boolean =>
  process.platform === "darwin" ||
  process.platform === "win32" ||
  process.env.DISPLAY !== undefined ||
  process.env.WAYLAND_DISPLAY !== undefined ||
  process.env.WSL_DISTRO_NAME !== undefined

/** How long a browser may take to read the page, in milliseconds. */
const readWithin = 30_000

/** True when something was started to open it. The page is gone when the scope closes, at the latest. */
export const openBrowser = (address: string): Effect.Effect<boolean, never, Scope.Scope> =>
  Effect.gen(function* () {
    if (!hasScreen()) return false
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "feagi-trainer-"))),
      (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true }))
    )
    const page = join(folder, "studio.html")
    const [command, ...args] = openers[process.platform] ?? ["xdg-open"]
    return yield* Effect.callback<boolean>((resume) => {
      writeFileSync(page, pageOf(address), { mode: 0o600 })
      setTimeout(() => rmSync(page, { force: true }), readWithin).unref()
      const child = spawn(command, [...args, pathToFileURL(page).href], { stdio: "ignore", detached: true })
      child.on("error", () => resume(Effect.succeed(false)))
      child.on("spawn", () => {
        child.unref()
        resume(Effect.succeed(true))
      })
    })
  })
