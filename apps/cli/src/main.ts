#!/usr/bin/env node
/** The door: quiets one warning before anything is loaded that gives it, then runs the program. */

// Older Nodes announce with every start that node:sqlite is young; whoever runs this program cannot do anything about it.
const emitWarning = process.emitWarning.bind(process)
process.emitWarning = ((warning: string | Error, ...rest: ReadonlyArray<never>) => {
  if (!String(warning).includes("SQLite is an experimental feature")) emitWarning(warning, ...rest)
}) as typeof process.emitWarning

// A reader that goes away ends the pipe, not the work: `run start … | head -1` runs to its end.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error
  })

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
if (major > 22 || (major === 22 && minor >= 19)) await import("./runProgram.ts")
else {
  process.stderr.write(
    `error[FT1402] feagi-trainer needs Node 22.19 or newer, this is ${process.versions.node}\n  help: install it, or put it first on PATH\n`
  )
  process.exitCode = 7
}

export {}
