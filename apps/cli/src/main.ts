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

await import("./runProgram.ts")

export {}
