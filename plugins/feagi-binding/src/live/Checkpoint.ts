/**
 * A checkpoint of a live brain: the engine's own connectome file with what the session must know beside it.
 *
 * Layout: 8 bytes of magic, u32 le length, that many bytes of JSON, the connectome, SHA-256 over all before it. Sharp edge: the
 * engine's file differs from download to download (it holds a time), so that two checkpoints of one brain have different bytes and one
 * hash.
 */
import { Buffer } from "node:buffer"
import { createHash } from "node:crypto"
import { decodeStrict, type TrainerError } from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { liveError } from "./LiveFailure.ts"

const MAGIC = "FTRLIVE1"
const HEADER_AT = MAGIC.length + 4
const SUM_BYTES = 32

const sha256 = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/))

const Head = Schema.Struct({
  genome_sha256: sha256,
  /** Crates version of the engine that wrote the connectome. */
  core_version: Schema.String,
  bursts: Schema.Int,
  /** The engine's own burst counter, which the connectome brings along. Absent where bursts were not counted one by one. */
  engine_bursts: Schema.optionalKey(Schema.Int),
  frozen: Schema.Boolean,
  /** Hash of the connectome, to see that it came back. */
  connectome: sha256
})
export type CheckpointHead = typeof Head.Type

const digest = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest()

export const writeCheckpoint = (head: CheckpointHead, connectome: Uint8Array): Uint8Array => {
  const json = Buffer.from(JSON.stringify(head))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(json.length)
  const body = Buffer.concat([Buffer.from(MAGIC), length, json, connectome])
  return Uint8Array.from(Buffer.concat([body, digest(body)]))
}

const broken = (message: string): Effect.Effect<never, TrainerError> =>
  Effect.fail(liveError("SNAPSHOT", message, { expected: "a checkpoint of the live backend" }))

/** Checks everything that can be told without an engine. */
export const readCheckpoint = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (whole.length < HEADER_AT + SUM_BYTES || whole.toString("latin1", 0, MAGIC.length) !== MAGIC)
    return yield* broken("these bytes are no checkpoint of a live brain")
  const body = whole.subarray(0, whole.length - SUM_BYTES)
  if (!digest(body).equals(whole.subarray(body.length)))
    return yield* broken("the checkpoint is damaged: its checksum does not fit its bytes")
  const end = HEADER_AT + body.readUInt32LE(MAGIC.length)
  const head = decodeStrict(Head, JSON.parse(body.toString("utf8", HEADER_AT, end)))
  if (!head.ok) return yield* broken(`the checkpoint has another format: ${head.mistakes.map(({ path }) => path.join(".")).join(", ")}`)
  return { head: head.value, connectome: Uint8Array.from(body.subarray(end)) }
})
