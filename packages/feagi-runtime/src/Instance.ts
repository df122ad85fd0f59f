/**
 * One instance of the module and all that it may ask of the world: seven WASI calls. Time is a counter (it starts above ten
 * seconds, because the engine subtracts ten seconds from now, and gains a microsecond with every look), chance is the
 * injected source, there is no environment, and what the engine prints is kept for the message of a trap.
 * Sharp edge: any call may grow the memory, which detaches every view; a view is good only as long as the memory has the same buffer.
 */
import { EngineError, isEngineErrorKind } from "./EngineError.ts"
import type { RandomSource } from "./RandomSource.ts"
import { textOf, utf8 } from "./Text.ts"
import { type WasmFunction, type WasmInstance, type WasmMemory, type WasmModule, wasm } from "./Wasm.ts"

const poolBytes = 4096
const nanosecondsPerLook = 1000
const two32 = 0x100000000
/** 256 x 2^32 ns is about eighteen minutes: far enough above ten seconds. */
const clockStartHigh = 256
const keptOutput = 4000

/** The exports that this host calls; a module without them is another module. */
export const requiredExports: ReadonlyArray<string> = [
  "memory",
  "ft_alloc",
  "ft_free",
  "ft_answer_at",
  "ft_answer_length",
  "ft_call",
  "ft_present",
  "ft_feedback",
  "ft_target",
  "ft_explain",
  "ft_voxels",
  "ft_fired",
  "ft_rest",
  "ft_reset",
  "ft_freeze",
  "ft_weights",
  "ft_synapses",
  "ft_checkpoint",
  "ft_restore"
]

export class Instance {
  #exports: Readonly<Record<string, unknown>>
  #memory: WasmMemory
  #printed = ""
  #ended: EngineError | undefined
  #scratch = 0
  #scratchBytes = 0

  constructor(module: WasmModule, random: RandomSource) {
    const imports: Record<string, Record<string, unknown>> = {}
    const offered = this.#wasi(random)
    for (const { module: from, name } of wasm.Module.imports(module)) {
      const given = from === "wasi_snapshot_preview1" ? offered[name] : undefined
      if (given === undefined) {
        throw new EngineError("module-invalid", `the module imports ${from}.${name}, which this host does not offer`)
      }
      imports[from] = { ...imports[from], [name]: given }
    }
    const instance: WasmInstance = new wasm.Instance(module, imports)
    this.#exports = instance.exports
    this.#memory = instance.exports.memory as WasmMemory
    // A reactor without constructors of its own has none.
    if ("_initialize" in this.#exports) this.call("_initialize")
  }

  #wasi(random: RandomSource): Readonly<Record<string, WasmFunction>> {
    let low = 0
    let high = clockStartHigh
    const pool = new Uint8Array(poolBytes)
    let used = poolBytes
    // The engine looks at the clock several times in a burst.
    let seen = new DataView(new ArrayBuffer(0))
    let seenBytes = new Uint8Array(0)
    const view = () => {
      const { buffer } = this.#memory
      if (seen.buffer !== buffer) {
        seen = new DataView(buffer)
        seenBytes = new Uint8Array(buffer)
      }
      return seen
    }
    return {
      // Development asks for four bytes for every candidate synapse: this loop must not allocate.
      random_get: (at = 0, length = 0) => {
        view()
        for (let i = at; i < at + length; i++) {
          if (used === poolBytes) {
            random.fill(pool)
            used = 0
          }
          seenBytes[i] = pool[used++] ?? 0
        }
        return 0
      },
      clock_time_get: (_clock = 0, _precision = 0, at = 0) => {
        low += nanosecondsPerLook
        if (low >= two32) {
          low -= two32
          high += 1
        }
        const memory = view()
        memory.setUint32(at, low, true)
        memory.setUint32(at + 4, high, true)
        return 0
      },
      environ_sizes_get: (count = 0, bytes = 0) => {
        view().setUint32(count, 0, true)
        view().setUint32(bytes, 0, true)
        return 0
      },
      environ_get: () => 0,
      fd_write: (_file = 0, parts = 0, count = 0, written = 0) => {
        let total = 0
        for (let i = 0; i < count; i++) {
          const at = view().getUint32(parts + 8 * i, true)
          const length = view().getUint32(parts + 8 * i + 4, true)
          this.#printed = (this.#printed + textOf(new Uint8Array(this.#memory.buffer, at, length))).slice(-keptOutput)
          total += length
        }
        view().setUint32(written, total, true)
        return 0
      },
      proc_exit: (code = 0) => {
        throw new Error(`the engine wanted to exit with ${code}`)
      },
      sched_yield: () => 0
    }
  }

  /** Calls an export; a fault of the engine or a trap becomes an `EngineError`. */
  call(name: string, ...values: ReadonlyArray<number>): number {
    if (this.#ended !== undefined) throw this.#ended
    const callee = this.#exports[name]
    if (typeof callee !== "function") throw new EngineError("module-invalid", `the module exports no function ${name}`)
    let result: number
    try {
      result = (callee as WasmFunction)(...values)
    } catch (error) {
      const panic = /(?:panicked at|memory allocation of)[\s\S]*/.exec(this.#printed)?.[0].trim() ?? String(error)
      const advice = "This brain is dead; develop a new one from the same module"
      this.#ended = new EngineError("trap", `${panic}\n${advice}`)
      throw this.#ended
    }
    if (result === -1) throw this.#fault()
    return result
  }

  #fault(): EngineError {
    const text = textOf(this.answer())
    const end = text.indexOf("\n")
    const kind = text.slice(0, end)
    return new EngineError(isEngineErrorKind(kind) ? kind : "payload-invalid", text.slice(end + 1))
  }

  /** A cold call: JSON in, JSON out. */
  ask(method: string, request: Readonly<Record<string, unknown>>): unknown {
    const bytes = utf8(JSON.stringify({ ...request, method }))
    this.call("ft_call", this.put(bytes), bytes.length)
    return JSON.parse(textOf(this.answer()))
  }

  /** Room for `bytes` bytes in the module's memory, until the next call of `room` or `put`. */
  room(bytes: number): number {
    if (this.#ended !== undefined) throw this.#ended
    if (bytes > this.#scratchBytes) {
      if (this.#scratchBytes > 0) this.call("ft_free", this.#scratch, this.#scratchBytes)
      const wanted = Math.max(65536, 2 ** Math.ceil(Math.log2(bytes)))
      this.#scratch = this.call("ft_alloc", wanted)
      this.#scratchBytes = wanted
    }
    return this.#scratch
  }

  put(bytes: Uint8Array): number {
    const at = this.room(bytes.length)
    new Uint8Array(this.#memory.buffer, at, bytes.length).set(bytes)
    return at
  }

  /** Puts numbers as they are, with `more` bytes of room behind them (aligned for words), and says whether they are bytes. */
  putNumbers(numbers: Float32Array | Uint8Array, more: number): { readonly at: number; readonly end: number; readonly asBytes: number } {
    const end = Math.ceil(numbers.byteLength / 4) * 4
    const at = this.room(Math.max(end + more, 4))
    const bytes = numbers instanceof Uint8Array
    if (bytes) new Uint8Array(this.#memory.buffer, at, numbers.length).set(numbers)
    else new Float32Array(this.#memory.buffer, at, numbers.length).set(numbers)
    return { at, end: at + end, asBytes: Number(bytes) }
  }

  get buffer(): ArrayBuffer {
    return this.#memory.buffer
  }

  /** The answer of the last call, as a view that the next call may detach. */
  answer(): Uint8Array {
    const at = (this.#exports.ft_answer_at as WasmFunction)()
    const length = (this.#exports.ft_answer_length as WasmFunction)()
    return new Uint8Array(this.#memory.buffer, at, length)
  }

  /** The answer of the last call as little-endian words, copied. */
  words(): Uint32Array {
    return new Uint32Array(this.answer().slice().buffer)
  }

  /** Lets go of the instance; every later call fails. */
  end(error: EngineError): void {
    this.#ended ??= error
    this.#exports = {}
    this.#memory = { buffer: new ArrayBuffer(0) }
  }
}
