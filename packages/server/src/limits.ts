/** How much the server takes, of everything. Each has a default that is meant to be right; tests make them small. */
export interface Limits {
  /** Bytes of a JSON body, and of an upload. */
  readonly body: number
  readonly upload: number
  /** Connections at the same time; what comes beyond is let go unheard. */
  readonly connections: number
  /** Clients that listen to events at the same time. */
  readonly listeners: number
  /** Events of a run that a listener may be behind. */
  readonly ring: number
  /** Milliseconds between two signs of life to a listener. */
  readonly heartbeat: number
  /** Milliseconds that a listener may take nothing before it is let go. */
  readonly stalled: number
  /** Milliseconds between two looks at how all runs stand, while somebody watches. */
  readonly look: number
  /** Milliseconds that the headers of a request may take, and all of it. */
  readonly headersTimeout: number
  readonly requestTimeout: number
  /** Commands that are carried out in this process at the same time. */
  readonly calls: number
}

export const defaultLimits: Limits = {
  body: 8 * 1024 * 1024,
  upload: 64 * 1024 * 1024,
  connections: 512,
  listeners: 200,
  ring: 4096,
  heartbeat: 15_000,
  stalled: 60_000,
  look: 1000,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  calls: 8
}
