/**
 * A checkpoint of a brain learner: the reward policy's state beside the backend's own bytes.
 *
 * Layout: `FTBL` · SHA-256 of all that follows as 64 hex digits · u32 little-endian length of the header · header (canonical JSON) ·
 * backend bytes. A flipped bit anywhere is refused before the engine sees it.
 */
import { trainerError } from "@feagi-trainer/contracts"
import { canonicalBytes, Json, sha256Hex } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"

const magic = [0x46, 0x54, 0x42, 0x4c] as const

export interface Snapshot {
  readonly reward: unknown
  readonly frozen: boolean
  readonly brain: Uint8Array
}

const toUtf8 = new TextEncoder()
// What is not UTF-8 turns into something that no hash and no JSON has: it is refused like any other damage.
const fromUtf8 = new TextDecoder("utf-8", { ignoreBOM: true })

/** Where the bytes begin that the SHA-256 is taken over, and where the header begins. */
const start = { body: 68, header: 72 } as const

export const writeSnapshot = (snapshot: Snapshot): Uint8Array => {
  const header = canonicalBytes({ reward: snapshot.reward, frozen: snapshot.frozen })
  const bytes = new Uint8Array(start.header + header.length + snapshot.brain.length)
  new DataView(bytes.buffer).setUint32(start.body, header.length, true)
  bytes.set(header, start.header)
  bytes.set(snapshot.brain, start.header + header.length)
  bytes.set(magic, 0)
  bytes.set(toUtf8.encode(sha256Hex(bytes.subarray(start.body))), magic.length)
  return bytes
}

const refused = (why: string) =>
  trainerError("integrity", { code: "FT3001", message: `this is not an intact checkpoint of a brain: ${why}` })

export const readSnapshot = (bytes: Uint8Array) =>
  Effect.gen(function* () {
    if (bytes.length < start.header || magic.some((byte, index) => bytes[index] !== byte))
      return yield* refused("it does not begin with FTBL")
    const actual = sha256Hex(bytes.subarray(start.body))
    const recorded = fromUtf8.decode(bytes.subarray(magic.length, start.body))
    if (recorded !== actual) return yield* refused(`its bytes have SHA-256 ${actual}, it names ${JSON.stringify(recorded)}`)
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(start.body, true)
    const end = start.header + length
    if (end > bytes.length) return yield* refused(`its header of ${length} bytes does not fit into ${bytes.length} bytes`)
    const parsed = Json.parse(fromUtf8.decode(bytes.subarray(start.header, end)))
    if (!parsed.ok) return yield* refused("its header is not JSON")
    const header = parsed.value
    if (typeof header !== "object" || header === null || Array.isArray(header)) return yield* refused("its header is not an object")
    const { reward, frozen } = header as { readonly [key: string]: unknown }
    if (typeof frozen !== "boolean") return yield* refused("its header lacks a field")
    return { reward, frozen, brain: bytes.slice(end) } satisfies Snapshot
  })
