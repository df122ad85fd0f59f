/** The control API as a server on this machine alone. */
export type { EventSource, Host, JobListener, JobProcess, NumberedEvent, RunningServer, ServerOptions, VerbAnswer } from "./Host.ts"
export { defaultLimits, type Limits } from "./limits.ts"
export { makeServer } from "./makeServer.ts"
