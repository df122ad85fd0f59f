/**
 * Named seeds from one master seed. Each consumer of chance asks for the seed of its own name (`run/sampler/epoch-3`), so a new consumer,
 * or one that draws more, shifts no other.
 *
 * A node's key is SHA-256("feagi-trainer/seed-tree/child" 00, key of the parent, length of the name in UTF-8 as 4 bytes little-endian,
 * name); the root's is SHA-256("feagi-trainer/seed-tree/root" 00, `i` and digits, or `s` and text). What a node gives out is hashed once
 * more under a tag of its own, so no seed reveals its children.
 *
 * Sharp edges: the number 42 and the bigint 42n are one master, the text "42" is another; `child("a/b")` is `child("a").child("b")`.
 */
import { ChaCha8 } from "./ChaCha8.ts"
import { Random } from "./Random.ts"
import { sha256 } from "./Sha256.ts"

const utf8 = new TextEncoder()

/** SHA-256 over a domain tag, a zero byte and the parts in a row. */
const digest = (domain: string, ...parts: ReadonlyArray<Uint8Array>): Uint8Array =>
  sha256(Uint8Array.from([utf8.encode(`feagi-trainer/seed-tree/${domain}\0`), ...parts].flatMap((part) => Array.from(part))))

const masterText = (master: bigint | number | string): string => {
  if (typeof master === "string") {
    if (!master.isWellFormed()) throw new RangeError("a master seed text must not hold a lone surrogate: it has no UTF-8 form")
    return `s${master}`
  }
  if (typeof master === "number" && !Number.isSafeInteger(master)) {
    throw new RangeError(
      `a master seed that is a number must be an integer from 0 to 2^53 - 1, not ${master}; write larger seeds as bigint`
    )
  }
  const value = BigInt(master)
  if (value < 0n || value >= 1n << 64n) throw new RangeError(`a master seed must be an integer from 0 to 2^64 - 1, not ${value}`)
  return `i${value}`
}

const segmentsOf = (name: string): ReadonlyArray<string> => {
  const segments = name.split("/")
  if (segments.includes("")) {
    throw new RangeError(`a seed name must be segments joined by "/", none of them empty, not ${JSON.stringify(name)}`)
  }
  if (!name.isWellFormed()) throw new RangeError(`a seed name must not hold a lone surrogate: ${JSON.stringify(name)}`)
  return segments
}

/** A node of the tree of named seeds. Immutable. */
export class SeedTree {
  readonly #key: Uint8Array
  /** The names from the root to this node, joined by `/`; the root's is empty. */
  readonly path: string

  private constructor(key: Uint8Array, path: string) {
    this.#key = key
    this.path = path
  }

  /** The root of a master seed: an integer from 0 to 2^64 - 1, or a text. Throws `RangeError` on any other. */
  static root(master: bigint | number | string): SeedTree {
    return new SeedTree(digest("root", utf8.encode(masterText(master))), "")
  }

  /** The node of a name, or of several joined by `/`. Throws `RangeError` on an empty segment or a lone surrogate. */
  child(name: string): SeedTree {
    const segments = segmentsOf(name)
    const key = segments.reduce((parent, segment) => {
      const bytes = utf8.encode(segment)
      const length = new Uint8Array(4)
      new DataView(length.buffer).setUint32(0, bytes.length, true)
      return digest("child", parent, length, bytes)
    }, this.#key)
    return new SeedTree(key, this.path === "" ? name : `${this.path}/${name}`)
  }

  /** The 32 bytes that seed this node's generator. */
  seed(): Uint8Array {
    return digest("seed", this.#key)
  }

  /** A seed of 64 bits, for an engine that takes no more: an integer from 0 to 2^64 - 1. */
  u64(): bigint {
    const bytes = digest("u64", this.#key)
    return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  }

  /** A fresh generator at the start of this node's stream; each call gives the same draws again. */
  random(): Random {
    return new Random(ChaCha8.fromSeed(this.seed()))
  }
}
