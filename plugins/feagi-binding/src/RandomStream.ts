/**
 * The stream that everything the engine draws comes from: ChaCha with 8 rounds, keyed by the 32 bytes of the session's seed, block
 * counter from 0, nonce 0. Sharp edge: development takes four bytes for every candidate synapse, so that the loop works on plain
 * 32-bit integers and allocates nothing.
 */
import type { RandomSource } from "@feagi-trainer/feagi-runtime"

const constants = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const
const blockBytes = 64
const doubleRounds = 4

/** `seed` is 32 bytes; the same bytes give the same stream on every platform. */
export const randomStream = (seed: Uint8Array): RandomSource => {
  const key = new DataView(seed.buffer, seed.byteOffset, seed.byteLength)
  const input = new Uint32Array(16)
  input.set(constants)
  for (let i = 0; i < 8; i++) input[4 + i] = key.getUint32(4 * i, true)
  const state = new Uint32Array(16)
  const block = new Uint8Array(blockBytes)
  const view = new DataView(block.buffer)
  let used = blockBytes

  const word = (i: number): number => state[i] ?? 0
  const turn = (value: number, by: number): number => (value << by) | (value >>> (32 - by))
  const quarter = (a: number, b: number, c: number, d: number): void => {
    state[a] = word(a) + word(b)
    state[d] = turn(word(d) ^ word(a), 16)
    state[c] = word(c) + word(d)
    state[b] = turn(word(b) ^ word(c), 12)
    state[a] = word(a) + word(b)
    state[d] = turn(word(d) ^ word(a), 8)
    state[c] = word(c) + word(d)
    state[b] = turn(word(b) ^ word(c), 7)
  }
  const refill = (): void => {
    state.set(input)
    for (let round = 0; round < doubleRounds; round++) {
      quarter(0, 4, 8, 12)
      quarter(1, 5, 9, 13)
      quarter(2, 6, 10, 14)
      quarter(3, 7, 11, 15)
      quarter(0, 5, 10, 15)
      quarter(1, 6, 11, 12)
      quarter(2, 7, 8, 13)
      quarter(3, 4, 9, 14)
    }
    for (let i = 0; i < 16; i++) view.setUint32(4 * i, (word(i) + (input[i] ?? 0)) >>> 0, true)
    input[12] = (input[12] ?? 0) + 1
    if (input[12] === 0) input[13] = (input[13] ?? 0) + 1
    used = 0
  }

  return {
    fill: (bytes) => {
      for (let i = 0; i < bytes.length; i++) {
        if (used === blockBytes) refill()
        bytes[i] = block[used++] ?? 0
      }
    }
  }
}
