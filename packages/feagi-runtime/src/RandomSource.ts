/**
 * Where an engine instance gets its chance from. The engine draws from it while it develops a brain (which candidate synapse
 * grows, which number an area gets) and for the keys of its maps; a developed brain runs without it.
 * Sharp edge: the host fetches in blocks of 4,096 bytes, so a source that is shared with others must be a stream of its own.
 */
export interface RandomSource {
  /** Fills all of `bytes` with the next bytes of the stream. */
  fill(bytes: Uint8Array): void
}
