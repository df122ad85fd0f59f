/**
 * FEAGI's byte container as this backend uses it: JSON messages and voxels, written and read by the crates in the engine module.
 *
 * Sharp edge: engines before crates 0.0.40 or so write an agent id of 8 bytes under the same version byte as those with 48. The
 * first reply tells which it is, by where the length of its only structure fits.
 */
import { Buffer } from "node:buffer"
import type { TrainerError } from "@feagi-trainer/contracts"
import { type EngineModule, EngineTools } from "@feagi-trainer/feagi-runtime"
import { Effect } from "effect"
import { callEngine } from "../EngineFailure.ts"
import type { Wanted } from "./Coders.ts"
import { inLiveName, liveError } from "./LiveFailure.ts"

export const AGENT_BYTES = 48
const SHORT_AGENT_BYTES = 8
const CONTAINER_VERSION = 4
const BEFORE_AGENT = 4
const COUNTERS = 65_536

export interface VoxelColumns {
  readonly x: ReadonlyArray<number>
  readonly y: ReadonlyArray<number>
  readonly z: ReadonlyArray<number>
  readonly p: ReadonlyArray<number | string>
}

/** A motor frame: its counter, which counts bursts since the burst loop was started, and what fired, by cortical id. */
export interface MotorFrame {
  readonly counter: number
  readonly voxels: Readonly<Record<string, VoxelColumns>>
}

/** Bytes of the agent id in a message with one structure: 48, 8, or undefined when it is neither. */
export const agentBytes = (message: Uint8Array): 48 | 8 | undefined => {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  if (message.length < BEFORE_AGENT || message[0] !== CONTAINER_VERSION || message[3] !== 1) return undefined
  const fits = (agent: number): boolean => {
    const at = BEFORE_AGENT + agent
    return message.length > at + 4 && at + 4 + view.getUint32(at, true) === message.length
  }
  return fits(AGENT_BYTES) ? 48 : fits(SHORT_AGENT_BYTES) ? 8 : undefined
}

const start = (message: Uint8Array): string => Buffer.from(message.subarray(0, 16)).toString("hex") || "nothing"

const badHeader = (actual: string): TrainerError =>
  liveError("HEADER", "the engine's messages have a header that this backend does not speak", {
    expected: "container version 4 with an agent id of 48 bytes",
    actual,
    help: "use the engine of feagi-core 2.6.10 (crates 0.0.49) or a newer one"
  })

/** Fails unless this reply has the header of today's engines. */
export const checkHeader = (reply: Uint8Array): Effect.Effect<void, TrainerError> => {
  const size = agentBytes(reply)
  if (size === AGENT_BYTES) return Effect.void
  return Effect.fail(badHeader(size === undefined ? `${reply.length} bytes that begin with ${start(reply)}` : "an agent id of 8 bytes"))
}

interface Structure {
  readonly type: number
  readonly json_text?: string
  readonly voxels?: Readonly<Record<string, VoxelColumns>>
}

interface Container {
  readonly increment: number
  readonly structures: ReadonlyArray<Structure>
}

export class Wire {
  readonly #tools: EngineTools
  /** 48 zero bytes until the engine gave an id. */
  #agent = new Uint8Array(AGENT_BYTES)
  #sent = 0

  constructor(module: EngineModule) {
    this.#tools = new EngineTools(module)
  }

  /** Takes over the id that the engine gave this agent. */
  become(agent: Uint8Array): void {
    this.#agent = Uint8Array.from(agent)
  }

  #write(structure: Readonly<Record<string, unknown>>): Uint8Array {
    const increment = this.#sent % COUNTERS
    this.#sent += 1
    const request = { agent: Buffer.from(this.#agent).toString("hex"), increment, structures: [structure] }
    const { bytes } = this.#tools.containerWrite(request) as { readonly bytes: string }
    return Buffer.from(bytes, "hex")
  }

  json(message: unknown): Uint8Array {
    return this.#write({ jsonText: JSON.stringify(message) })
  }

  voxels(areas: ReadonlyArray<Wanted>): Uint8Array {
    const columns = areas.map(({ area, voxels }) => [
      area,
      { x: voxels.map(([x]) => x), y: voxels.map(([, y]) => y), z: voxels.map(([, , z]) => z), p: voxels.map(([, , , p]) => p) }
    ])
    return this.#write({ voxels: Object.fromEntries(columns) })
  }

  #read(message: Uint8Array, what: string): Effect.Effect<Container, TrainerError> {
    return callEngine(() => this.#tools.containerRead({ bytes: Buffer.from(message).toString("hex") }) as Container).pipe(
      inLiveName,
      Effect.mapError((error) =>
        liveError("GARBAGE", `${what} cannot be read: ${error.diagnostics[0].message}`, {
          actual: `${message.length} bytes that begin with ${start(message)}`
        })
      )
    )
  }

  readJson(message: Uint8Array, what: string): Effect.Effect<unknown, TrainerError> {
    return Effect.flatMap(this.#read(message, what), ({ structures }) => {
      const text = structures[0]?.json_text
      return text === undefined
        ? Effect.fail(
            liveError("GARBAGE", `${what} holds no JSON`, { actual: `${message.length} bytes that begin with ${start(message)}` })
          )
        : Effect.sync(() => JSON.parse(text) as unknown)
    })
  }

  readMotor(message: Uint8Array): Effect.Effect<MotorFrame, TrainerError> {
    return Effect.map(this.#read(message, "a motor frame"), ({ increment, structures }) => ({
      counter: increment,
      voxels: Object.assign({}, ...structures.map(({ voxels }) => voxels ?? {})) as MotorFrame["voxels"]
    }))
  }
}
