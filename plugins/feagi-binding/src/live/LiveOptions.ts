/**
 * Options of the live backend: which engine, over which wire, at which pace, and how long each kind of call may take. There is no
 * default: an engine that is too slow for a limit is a finding, not something to wait for in silence.
 */
import { optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { EmbeddedOptions } from "../EmbeddedOptions.ts"

const milliseconds = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 600_000 }))

export const LiveMode = Schema.Union([
  /** One burst at a time: the engine stands still between them. Exact, and some 15 bursts per second. */
  Schema.Struct({ kind: Schema.Literals(["stepped"]) }),
  /** The engine runs by itself and its motor frames are the clock. Fast, and inputs may come a burst late. */
  Schema.Struct({
    kind: Schema.Literals(["streaming"]),
    burst_hz: Schema.Finite.check(Schema.isBetween({ minimum: 0.2, maximum: 1000 })),
    /** How often a sample without any answer is presented again before its silence counts. */
    resends: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 }))
  })
])
export type LiveMode = typeof LiveMode.Type

export const LiveOptions = Schema.Struct({
  /** Of the engine's REST interface: `http://host:port`. It tells where the wire's endpoints are. */
  api: Schema.String.check(
    Schema.isPattern(/^https?:\/\/[^/\s?#]+$/, { expected: "an address without a path, http://127.0.0.1:8000 say" })
  ),
  transport: Schema.Literals(["websocket", "zmq"]),
  mode: LiveMode,
  /** What to do with other agents of this engine, which an upload throws out: `refuse` to open, or `displace` them. */
  agents: Schema.Literals(["refuse", "displace"]),
  /** Milliseconds that one call of a kind may take. */
  timeouts: Schema.Struct({
    /** Opening a connection. */
    connect_ms: milliseconds,
    /** A question to the engine, by REST or on the wire. */
    request_ms: milliseconds,
    /** Genomes, connectomes and lists of synapses. */
    upload_ms: milliseconds,
    /** From the start of a burst to its motor frame. */
    motor_ms: milliseconds
  }),
  /** Milliseconds between two signs of life on the wire. */
  heartbeat_ms: milliseconds,
  /** As for the embedded backend: the genome is developed here too, by the same coders' crates, to compare what the engine holds. */
  max_voxels: EmbeddedOptions.fields.max_voxels,
  max_synapses: EmbeddedOptions.fields.max_synapses,
  validation: EmbeddedOptions.fields.validation
})
export type LiveOptions = typeof LiveOptions.Type

export const decodeLiveOptions = optionsFrom(LiveOptions)
