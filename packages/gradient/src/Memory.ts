/**
 * Who owns which bytes. Lasting blocks are placed one behind the other; behind them lies the arena of the present pass. A lasting block that is
 * asked for while a pass is under way is placed behind what the pass has used, and later passes step over it.
 */
import { GradientError } from "./GradientError.ts"
import type { RawKernels, WasmMemory } from "./Wasm.ts"

const page = 65_536
/** WebAssembly with 32-bit addresses ends here. */
const largest = 65_536 * page
const alignment = 64
const growth = 16 * 1024 * 1024

const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment

export class Memory {
  readonly raw: RawKernels
  readonly #memory: WasmMemory
  #floats: Float32Array
  /** End of the lasting blocks in front of the arena. */
  #lasting: number
  /** Next free byte of the arena. */
  #top: number
  /** Lasting blocks inside of the arena, by address. */
  #islands: Array<{ readonly from: number; readonly to: number }> = []

  constructor(raw: RawKernels, memory: WasmMemory) {
    this.raw = raw
    this.#memory = memory
    this.#floats = new Float32Array(memory.buffer)
    this.#lasting = aligned(raw.free_from())
    this.#top = this.#lasting
  }

  /** All memory as floats. Not to be kept: it dies when the memory grows. */
  get floats(): Float32Array {
    if (this.#floats.buffer !== this.#memory.buffer) this.#floats = new Float32Array(this.#memory.buffer)
    return this.#floats
  }

  get bytes(): number {
    return this.#memory.buffer.byteLength
  }

  /** A block for good; its content is not cleared. */
  reserve(operation: string, elements: number): number {
    const size = aligned(4 * elements)
    const at = this.#place(size)
    this.#require(operation, at + size)
    if (this.#top === this.#lasting && at === this.#top) this.#lasting = at + size
    else this.#islands = [...this.#islands, { from: at, to: at + size }].toSorted((a, b) => a.from - b.from)
    this.#top = at + size
    return at
  }

  /** A block until the next `clear`; its content is whatever lay there. */
  take(operation: string, elements: number): number {
    const size = aligned(4 * elements)
    const at = this.#place(size)
    this.#require(operation, at + size)
    this.#top = at + size
    return at
  }

  /** Frees everything that was taken. */
  clear(): void {
    this.#top = this.#lasting
    while (this.#islands[0]?.from === this.#top) {
      this.#lasting = this.#islands[0].to
      this.#top = this.#lasting
      this.#islands.shift()
    }
  }

  #place(size: number): number {
    let at = this.#top
    for (const { from, to } of this.#islands) if (from < at + size && to > at) at = to
    return at
  }

  #require(operation: string, end: number): void {
    const have = this.#memory.buffer.byteLength
    if (end <= have) return
    if (end > largest)
      throw new GradientError(operation, "at most 4 GiB of tensors (fewer samples per micro-batch, or a smaller model)", `${end} bytes`)
    const wanted = Math.min(largest, Math.ceil(end / growth) * growth)
    try {
      this.#memory.grow((wanted - have) / page)
    } catch {
      throw new GradientError(operation, `${wanted} bytes of memory from this machine`, "a refusal to grow beyond what it has")
    }
  }
}
