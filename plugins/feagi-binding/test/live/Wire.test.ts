/** Containers against messages that a real engine and its client exchanged; see golden/README.md. */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { beforeAll, describe, expect, it } from "vitest"
import { loadedEngine } from "../../src/Engine.ts"
import { agentBytes, checkHeader, Wire } from "../../src/live/Wire.ts"
import { failure } from "../support.ts"

const folder = join(dirname(fileURLToPath(import.meta.url)), "golden")
const golden = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, `${name}.bin`)))

const input = "aW1pcwoAAAA="
const output = "b21pcwoAAAA="
/** Of the session that was recorded. */
const agent = golden("ws-01-rx-register").subarray(4, 52)

let wire: Wire
beforeAll(async () => {
  wire = new Wire((await Effect.runPromise(loadedEngine)).module)
})

/** All but bytes 1 and 2, which count the messages of a client. */
const uncounted = (message: Uint8Array): ReadonlyArray<number> => [message[0] ?? -1, ...message.subarray(3)]

describe("what is written", () => {
  it("is byte for byte what the engine understood", () => {
    wire.become(agent)
    expect(uncounted(wire.json("heart_beat"))).toEqual(uncounted(golden("ws-04-tx-heartbeat")))
    const voxels = [
      [0, 0, 0, 1],
      [7, 0, 0, 1]
    ] as const
    expect(uncounted(wire.voxels([{ area: input, voxels }]))).toEqual(uncounted(golden("ws-07-tx-sensory")))
  })

  it("counts the messages of a session", () => {
    const counterOf = (message: Uint8Array): number => (message[1] ?? 0) + 256 * (message[2] ?? 0)
    const first = counterOf(wire.json("heart_beat"))
    expect(counterOf(wire.json("heart_beat"))).toBe(first + 1)
    expect(counterOf(wire.voxels([]))).toBe(first + 2)
  })
})

describe("what is read", () => {
  it.each(["ws-01-rx-register", "zmq-01-rx-register"])("is the reply of %s, with id and endpoints", async (name) => {
    const message = golden(name)
    expect(agentBytes(message)).toBe(48)
    await Effect.runPromise(checkHeader(message))
    const success = [
      Buffer.from(message.subarray(4, 52)).toString("base64"),
      expect.objectContaining({ send_sensor_data: expect.anything() })
    ]
    expect(await Effect.runPromise(wire.readJson(message, "the reply"))).toEqual({
      agent_registration: { server_responds_registration: { success } }
    })
  })

  it("are the answers to configuration and deregistration", async () => {
    expect(await Effect.runPromise(wire.readJson(golden("ws-03-rx-configure"), "the reply"))).toBe("heart_beat")
    expect(await Effect.runPromise(wire.readJson(golden("ws-10-rx-deregister"), "the reply"))).toEqual({
      agent_registration: { server_responds_deregistration: "success" }
    })
  })

  it.each(["ws-08-rx-motor", "zmq-08-rx-motor"])("is the motor frame %s, with the voxels of every area", async (name) => {
    const { voxels } = await Effect.runPromise(wire.readMotor(golden(name)))
    expect(Object.keys(voxels)).toEqual([output])
    expect(voxels[output]?.x.toSorted((a, b) => a - b)).toEqual([0, 7])
    expect(voxels[output]).toMatchObject({ y: [0, 0], z: [0, 0], p: [1, 1] })
  })

  it("is a motor frame in which nothing fired, and the number of its burst", async () => {
    expect(await Effect.runPromise(wire.readMotor(golden("ws-06-rx-motor-empty")))).toEqual({ counter: 0x51, voxels: {} })
  })

  it("is never less than a whole message", async () => {
    const message = golden("ws-08-rx-motor")
    for (let length = 0; length < message.length; length++)
      expect((await failure(wire.readMotor(message.subarray(0, length)))).diagnostics).toMatchObject([{ code: "live/GARBAGE" }])
  })
})

describe("a header with an agent id of 8 bytes", () => {
  it("is told from one with 48, and refused", async () => {
    const message = golden("ws-01-rx-register")
    const old = Uint8Array.from([...message.subarray(0, 12), ...message.subarray(52)])
    expect(agentBytes(old)).toBe(8)
    expect(await failure(checkHeader(old))).toMatchObject({ reason: "invalid", diagnostics: [{ code: "live/HEADER" }] })
  })
})
