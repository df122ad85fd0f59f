#!/usr/bin/env node
/** The door: what has to be settled before anything is loaded, then the program. */
import { setFlagsFromString } from "node:v8"
import "./compileCache.ts"
import "./quiet.ts"

// A scan makes much that dies soon, and V8 would rather let its heap grow than look: 50 to 200 MB that nothing needs, and no faster. It can
// be held only from the start: a young generation that stays small, and a look at the old one whenever it grew by half.
if (process.argv[2] === "dataset")
  for (const flag of ["--semi-space-growth-factor=1", "--heap-growing-percent=50"]) setFlagsFromString(flag)

// A reader that goes away ends the pipe, not the work: `run start … | head -1` runs to its end.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error
  })

/** What a shell asks for; undefined of every other call. */
const completionOf = async (words: ReadonlyArray<string>): Promise<string | undefined> => {
  if (words[0] === "__complete")
    return (await import("./completion/candidates.ts")).completions(words.slice(1), { folder: process.cwd(), environment: process.env })
  return words[0]?.startsWith("--completions") === true ? (await import("./completion/scripts.ts")).completionScript(words) : undefined
}

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
if (major > 22 || (major === 22 && minor >= 19)) {
  const { nounHelp } = await import("./nounHelp.ts")
  const { helpLook } = await import("./terminal.ts")
  const { wordsOf } = await import("./wordsOf.ts")
  const words = wordsOf(process.argv.slice(2))
  const told = nounHelp(words, helpLook()) ?? (await completionOf(words))
  if (told === undefined) await import("./runProgram.ts")
  else process.stdout.write(told)
} else {
  process.stderr.write(
    `error[FT1402] feagi-trainer needs Node 22.19 or newer, this is ${process.versions.node}\n  help: install it, or put it first on PATH\n`
  )
  process.exitCode = 7
}
