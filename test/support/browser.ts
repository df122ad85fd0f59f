/**
 * A real browser for tests: the Chromium that `npm run ci:optional` put into .cache/optional. Without it a suite is one skipped line that
 * says why. Sharp edge: the package brings the libraries that a bare machine lacks, and unpacks them only when it believes to be where
 * they lack.
 */
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { type Browser, chromium, type Page } from "playwright-core"
import { describe, it } from "vitest"

export type { Browser, Page } from "playwright-core"

const optional = join(dirname(fileURLToPath(import.meta.url)), "../../.cache/optional/node_modules")

interface PackedChromium {
  readonly default: { readonly args: Array<string>; readonly executablePath: () => Promise<string> }
}

/**
 * Whoever launches it closes it, in a `finally` or an `afterAll`.
 *
 * @param more variables of its environment
 */
export const launchBrowser = async (more: Readonly<Record<string, string>> = {}): Promise<Browser> => {
  process.env.AWS_EXECUTION_ENV ??= "AWS_Lambda_nodejs22.x"
  const resolved = createRequire(join(optional, "x.js")).resolve("@sparticuz/chromium")
  const { default: packed } = (await import(pathToFileURL(resolved).href)) as PackedChromium
  const executablePath = await packed.executablePath()
  const environment = Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return chromium.launch({
    executablePath,
    args: packed.args,
    headless: true,
    env: { ...Object.fromEntries(environment), LD_LIBRARY_PATH: join(tmpdir(), "al2023", "lib"), ...more }
  })
}

/** A suite that needs the browser. */
export const withBrowser = (name: string, body: () => void): void => {
  if (existsSync(join(optional, "@sparticuz/chromium"))) describe(name, body)
  else it.skip(`browser: no Chromium, npm run ci:optional brings it: ${name}`, () => undefined)
}

/** Everything a page asked for and everything it complained about, from now on. */
export const heardOf = (page: Page): { readonly requests: Array<string>; readonly errors: Array<string> } => {
  const heard = { requests: [] as string[], errors: [] as string[] }
  page.on("request", (request) => heard.requests.push(request.url()))
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) heard.errors.push(message.text())
  })
  page.on("pageerror", (error) => heard.errors.push(String(error)))
  return heard
}
