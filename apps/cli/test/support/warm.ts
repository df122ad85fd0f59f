/**
 * The program again and again in one process: `runProgram.ts` is evaluated afresh for every command, with its own arguments, folder and
 * streams, while everything that it imports stays loaded. What is tested is the real program; what is saved is a second per command.
 */
import { pathToFileURL } from "node:url"

export interface Asked {
  readonly id: number
  readonly argv: ReadonlyArray<string>
  readonly cwd: string
  readonly program: string
  /** Stdout is a terminal of this width. */
  readonly columns?: number
}
export interface Answered {
  readonly id: number
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const collect = (stream: NodeJS.WriteStream): { readonly text: () => string; readonly restore: () => void } => {
  const chunks: Array<string> = []
  const write = stream.write
  stream.write = ((chunk: string | Uint8Array) => {
    chunks.push(typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk))
    return true
  }) as typeof stream.write
  return {
    text: () => chunks.join(""),
    restore: () => {
      stream.write = write
    }
  }
}

const answer = async ({ id, argv, cwd, program, columns }: Asked): Promise<Answered> => {
  process.chdir(cwd)
  process.argv = [process.execPath, program, ...argv]
  process.exitCode = 0
  Object.assign(process.stdout, { isTTY: columns !== undefined, columns })
  const [out, err] = [collect(process.stdout), collect(process.stderr)]
  try {
    await import(`${pathToFileURL(program).href}?${id}`)
    return { id, code: Number(process.exitCode ?? 0), stdout: out.text(), stderr: err.text() }
  } catch (error) {
    return { id, code: -1, stdout: out.text(), stderr: `${err.text()}${error instanceof Error ? error.stack : String(error)}` }
  } finally {
    out.restore()
    err.restore()
    process.exitCode = 0
  }
}

let last: Promise<unknown> = Promise.resolve()
process.on("message", (asked: Asked) => {
  last = last.then(async () => process.send?.(await answer(asked)))
})
