/** How this program looks at the machine: files, and the first words of tools. A test gives a machine of its own. */
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import * as os from "node:os"
import { parse } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

export interface ProbeShape {
  readonly platform: string
  readonly arch: string
  readonly release: string
  readonly cpuModel: string | null
  readonly cores: number
  readonly memoryBytes: number
  /** Text of a file, or undefined where there is none. */
  readonly read: (path: string) => string | undefined
  /** What a tool prints to either stream, or undefined where it is not there, fails or takes more than ten seconds. */
  readonly run: (tool: string, args: ReadonlyArray<string>) => Effect.Effect<string | undefined>
}

const live: ProbeShape = {
  platform: os.platform(),
  arch: os.arch(),
  release: os.release(),
  cpuModel: os.cpus()[0]?.model.trim() ?? null,
  cores: os.availableParallelism(),
  memoryBytes: os.totalmem(),
  read: (path) => {
    try {
      return readFileSync(path, "utf8")
    } catch {
      return undefined
    }
  },
  run: (tool, args) =>
    Effect.promise(
      () =>
        new Promise<string | undefined>((resolve) => {
          // From the root folder: what a project pins for itself, as rustup does, would have the tool look for another version of itself.
          execFile(
            tool,
            [...args],
            {
              cwd: parse(process.cwd()).root,
              timeout: 10_000,
              windowsHide: true,
              maxBuffer: 1 << 20,
              env: { ...process.env, LC_ALL: "C" }
            },
            (error, stdout, stderr) => resolve(error === null ? `${stdout}${stderr}` : undefined)
          )
        })
    )
}

export const Probe: Context.Reference<ProbeShape> = Context.Reference<ProbeShape>("@feagi-trainer/cli/Probe", { defaultValue: () => live })
