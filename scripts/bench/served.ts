/** The program as a server of a project, in a process of its own, and a bare server to hold it against. Both end with `close`. */
import { spawn } from "node:child_process"
import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { root } from "../steps.ts"

export interface Served {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  readonly token: string
  readonly close: () => Promise<void>
}

/**
 * @param verb `ui` with the Studio, `serve` without
 * @param heap how large the server's heap may become, in megabytes; left out: what Node thinks fit
 */
export const served = async (folder: string, verb: "ui" | "serve", heap?: number): Promise<Served> => {
  const node = heap === undefined ? [] : [`--max-old-space-size=${heap}`]
  const words = [verb, "--port", "0", "--json", ...(verb === "ui" ? ["--no-open"] : [])]
  const program = [...node, join(root, "apps/cli/src/main.ts"), ...words]
  const child = spawn(process.execPath, program, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] })
  let said = ""
  child.stderr.on("data", (chunk) => {
    said += chunk
  })
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()))
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve)
    ended.then(() => reject(new Error(`ftr ${verb} ended: ${said}`)))
  })
  const { data } = JSON.parse(line) as { readonly data: { readonly url: string; readonly token: string } }
  return {
    ...data,
    close: async () => {
      child.kill("SIGTERM")
      await ended
    }
  }
}

/** A bare `node:http` server in this process. */
export const bareServer = async (listener: RequestListener): Promise<Pick<Served, "url" | "close">> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}
