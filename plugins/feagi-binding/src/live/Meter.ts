/** Counters of one session: bytes in either direction, by REST and on the wire. */
export interface Meter {
  bytes: number
}
