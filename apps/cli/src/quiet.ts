/**
 * Older Nodes announce with every start, in every thread, that node:sqlite is young; whoever runs this program cannot do anything about
 * it. Imported for its effect, before anything that opens a store.
 */
const emitWarning = process.emitWarning.bind(process)
process.emitWarning = ((warning: string | Error, ...rest: ReadonlyArray<never>) => {
  if (!String(warning).includes("SQLite is an experimental feature")) emitWarning(warning, ...rest)
}) as typeof process.emitWarning
