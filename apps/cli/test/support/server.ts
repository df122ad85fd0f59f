/** `feagi-trainer serve` in a process of its own, and calls to it as a program would make them. */
import { parseJson } from "@feagi-trainer/control-api"
import type { Process, Project } from "./project.ts"

export interface Reply<Data = Record<string, unknown>> {
  readonly status: number
  readonly kind: string
  readonly data: Data
  readonly command: ReadonlyArray<string>
}

export interface Served {
  readonly url: string
  readonly token: string
  readonly process: Process
  readonly get: <Data>(path: string) => Promise<Reply<Data>>
  readonly post: <Data>(path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Reply<Data>>
  /** Events of a run until its stream ends, or until `enough` says so. */
  readonly events: (run: string, enough?: (event: RunEventShown) => boolean) => Promise<ReadonlyArray<RunEventShown>>
}

export interface RunEventShown {
  readonly id: string
  readonly event: string
  readonly data: Record<string, unknown>
}

const readSse = (block: string): RunEventShown => {
  const field = (name: string): string =>
    block
      .split("\n")
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trimStart())
      .join("\n")
  return { id: field("id"), event: field("event"), data: JSON.parse(field("data") || "{}") }
}

/** Starts it on a free port; fails with what it said when it does not come up. */
export const serve = async (
  project: Project,
  environment: Readonly<Record<string, string>> = {},
  verb: ReadonlyArray<string> = ["serve"]
): Promise<Served> => {
  const running = project.spawn([...verb, "--port", "0", "--json"], environment)
  const first = await new Promise<string>((resolve, reject) => {
    let text = ""
    running.child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8")
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")))
    })
    running.ended.then((said) => reject(new Error(`serve ended with ${said.code}: ${said.stderr}`)), reject)
  })
  const { url, token } = (JSON.parse(first) as { readonly data: { readonly url: string; readonly token: string } }).data
  const headers = { authorization: `Bearer ${token}`, "x-feagi-trainer": "1", "content-type": "application/json" }
  const reply = async <Data>(response: Response): Promise<Reply<Data>> => ({
    status: response.status,
    ...(parseJson(await response.text()) as Omit<Reply<Data>, "status">)
  })
  return {
    url,
    token,
    process: running,
    get: async (path) => reply(await fetch(`${url}/api/v1${path}`, { headers })),
    post: async (path, body = {}, more = {}) =>
      reply(await fetch(`${url}/api/v1${path}`, { method: "POST", headers: { ...headers, ...more }, body: JSON.stringify(body) })),
    events: async (run, enough = () => false) => {
      const ended = new AbortController()
      const response = await fetch(`${url}/api/v1/runs/${run}/events`, {
        headers: { ...headers, accept: "text/event-stream" },
        signal: ended.signal
      })
      const found: Array<RunEventShown> = []
      const decoder = new TextDecoder()
      let rest = ""
      for await (const chunk of response.body ?? []) {
        rest += decoder.decode(chunk, { stream: true })
        const blocks = rest.split("\n\n")
        rest = blocks.pop() ?? ""
        for (const block of blocks) {
          if (!block.includes("data:")) continue
          const event = readSse(block)
          found.push(event)
          if (enough(event)) {
            ended.abort()
            return found
          }
        }
      }
      return found
    }
  }
}
