/**
 * This program as an agent of the engine: registration, configuration, signs of life, and leaving. The slot that it takes is given back
 * when the scope closes, whether the run ended, failed or was interrupted.
 */
import { Buffer } from "node:buffer"
import type { TrainerError } from "@feagi-trainer/contracts"
import { Effect, Schedule, Schema, type Scope, Semaphore } from "effect"
import { liveError, tooSlow } from "./LiveFailure.ts"
import type { LiveOptions } from "./LiveOptions.ts"
import type { Socket, Transport } from "./Transport.ts"
import { AGENT_BYTES, checkHeader, type Wire } from "./Wire.ts"

/** Capability to `{ protocol: { url } }`. */
const Capabilities = Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Struct({ url: Schema.String })))
const Registered = Schema.Struct({
  agent_registration: Schema.Struct({
    server_responds_registration: Schema.Struct({ success: Schema.Tuple([Schema.String, Capabilities]) })
  })
})
const Refused = Schema.Struct({ agent_registration: Schema.Struct({ server_responds_registration: Schema.String }) })

const HEARTBEAT = "heart_beat"
/** FEAGI's format asks for a token of 32 bytes and its engine does not look at it. */
const NO_TOKEN = new Array<number>(32).fill(0)

export interface Agent {
  readonly sensory: Socket
  readonly motor: Socket
  /** The engine answered: everything that was sent before on this machine has reached it. */
  readonly heartbeat: Effect.Effect<void, TrainerError>
}

/** How long a slot is waited for at most, and how often it is asked for. */
const LONGEST_SLOT_WAIT_MS = 5_000
const SLOT_PAUSE_MS = 250

const registration = (protocol: Transport["protocol"]): unknown => ({
  agent_registration: {
    client_request_registration: {
      agent_descriptor: { manufacturer: "feagi-trainer", agent_name: "trainer", agent_version: 1 },
      auth_token: { value: NO_TOKEN },
      requested_capabilities: ["send_sensor_data", "receive_motor_data"],
      connection_protocol: protocol,
      api_version: { version: 1 }
    }
  }
})

const deregistration = { agent_registration: { client_request_deregistration: { reason: "the run is over" } } }

const refusal = (answer: string, protocol: Transport["protocol"]): TrainerError => {
  if (answer === "already_registered")
    return liveError("AGENTS", "another trainer is registered at this engine", {
      expected: "an engine of one's own",
      actual: answer,
      help: 'wait for the other run, use another engine, or write agents = "displace" when that trainer is gone'
    })
  if (answer === "failed_invalid_request")
    return liveError("SLOTS", `the engine has no slot left for an agent over ${protocol}`, {
      expected: "a free slot: one over WebSocket, eight over ZMQ",
      actual: answer,
      help: "close the other agents of this engine, or start another engine"
    })
  return liveError("REGISTRATION", "the engine refused this agent", { expected: "success", actual: answer })
}

/** Registers over `transport`, tells the engine the device registrations, and connects both streams. */
export const registerAgent = Effect.fnUntraced(function* (
  transport: Transport,
  url: string,
  wire: Wire,
  registrations: unknown,
  options: LiveOptions
): Effect.fn.Return<Agent, TrainerError, Scope.Scope> {
  const { timeouts, heartbeat_ms } = options
  const control = yield* transport.control(url)
  const turn = yield* Semaphore.make(1)

  const ask = (message: unknown, what: string): Effect.Effect<Uint8Array, TrainerError> =>
    Semaphore.withPermit(
      turn,
      Effect.suspend(() => {
        // An answer that came too late for its question is no answer to this one.
        control.inbox.clear()
        return Effect.andThen(
          control.send(wire.json(message)),
          control.inbox.take(timeouts.request_ms, () => tooSlow(what, "request_ms", timeouts.request_ms))
        )
      })
    )

  // Before the question: the engine may have given a slot although its answer never came. An engine that is gone has no slots either,
  // so that a failure is not looked at.
  yield* Effect.addFinalizer(() => Effect.ignore(ask(deregistration, "the deregistration of this agent")))
  const registering = Effect.gen(function* () {
    const first = yield* ask(registration(transport.protocol), "the registration of this agent")
    yield* checkHeader(first)
    const reply = yield* wire.readJson(first, "the reply to the registration")
    const refused = Schema.decodeUnknownOption(Refused)(reply)
    return refused._tag === "None"
      ? reply
      : yield* refusal(refused.value.agent_registration.server_responds_registration, transport.protocol)
  })
  // An engine gives a slot back a moment after its agent is gone, so that a run right behind another one would find none.
  const reply = yield* registering.pipe(
    Effect.retry({
      while: ({ diagnostics: [{ code }] }: TrainerError) => code === "live/SLOTS",
      schedule: Schedule.spaced(SLOT_PAUSE_MS),
      times: Math.floor(Math.min(LONGEST_SLOT_WAIT_MS, timeouts.request_ms) / SLOT_PAUSE_MS)
    })
  )
  const registered = Schema.decodeUnknownOption(Registered)(reply)
  if (registered._tag === "None")
    return yield* liveError("REGISTRATION", "the engine's reply to the registration is not understood", {
      expected: "server_responds_registration",
      actual: JSON.stringify(reply).slice(0, 200)
    })
  const [id, endpoints] = registered.value.agent_registration.server_responds_registration.success
  const bytes = Buffer.from(id, "base64")
  if (bytes.length !== AGENT_BYTES)
    return yield* liveError("HEADER", "the engine gave an agent id of another size", {
      expected: `${AGENT_BYTES} bytes`,
      actual: `${bytes.length} bytes`
    })
  wire.become(bytes)

  const endpoint = (capability: string): Effect.Effect<string, TrainerError> => {
    const found = endpoints[capability]?.[transport.protocol]?.url
    return found === undefined
      ? Effect.fail(
          liveError("REGISTRATION", `the engine gave no endpoint for ${capability} over ${transport.protocol}`, {
            actual: JSON.stringify(endpoints)
          })
        )
      : Effect.succeed(found)
  }

  yield* ask({ agent_configuration: { AgentConfigurationDetails: registrations } }, "the configuration of this agent")
  const sensory = yield* transport.sensory(yield* endpoint("send_sensor_data"))
  const motor = yield* transport.motor(yield* endpoint("receive_motor_data"))
  const heartbeat = Effect.asVoid(ask(HEARTBEAT, "a heartbeat"))
  // A missed sign of life is no failure of the run: the next call that matters finds out.
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(heartbeat_ms), Effect.ignore(heartbeat))))
  return { sensory, motor, heartbeat }
})
