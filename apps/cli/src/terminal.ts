/** What the process knows of the terminal that stdout leads to: the one place that asks. */

/** Lines of a pipe are as long as what they say. */
const unbounded = Number.POSITIVE_INFINITY

/** Columns of the terminal behind stdout, at least 40; without a terminal there is no end to a line. */
export const stdoutColumns = (): number => (process.stdout.isTTY === true ? Math.max(40, process.stdout.columns ?? 80) : unbounded)

/** Whether text for a stream may have colours, as the environment asks for it. */
export const canColor = (environment: NodeJS.ProcessEnv, isTerminal: boolean): boolean => {
  const { TERM, NO_COLOR = "", FORCE_COLOR = "" } = environment
  if (TERM === "dumb" || NO_COLOR !== "") return false
  return isTerminal || !["", "0", "false"].includes(FORCE_COLOR.toLowerCase())
}

/** How help looks here: a reader of a pipe, a pager most often, has 80 columns. */
export const helpLook = () => {
  const columns = stdoutColumns()
  return { colors: canColor(process.env, process.stdout.isTTY === true), columns: columns === unbounded ? 80 : columns }
}
