/**
 * Answers by the key that the caller gave: a call that is sent again because its answer was lost is not carried out again.
 *
 * Sharp edge: what is remembered is bounded in number and bytes and gone with the process; the oldest answers go first. An answer that
 * says that the server could not is not remembered, so that the call may be tried again.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { type Reply, refuse } from "./Reply.ts"

const mostKeys = 1000
const mostBytes = 64 * 1024 * 1024

interface Kept {
  readonly fingerprint: string
  readonly reply: Deferred.Deferred<Reply>
  bytes: number | undefined
}

export class Idempotency {
  readonly #kept = new Map<string, Kept>()
  #bytes = 0

  /** @param fingerprint SHA-256 over method, address, If-Match and body. @throws Refusal 409 where the key stands for another call */
  once(key: string, fingerprint: string, carryOut: Effect.Effect<Reply>): Effect.Effect<Reply> {
    const before = this.#kept.get(key)
    if (before !== undefined) {
      if (before.fingerprint !== fingerprint)
        throw refuse(409, {
          code: "FT6007",
          message: "this Idempotency-Key was used for another call",
          help: "make a new key for each call"
        })
      return Effect.map(Deferred.await(before.reply), (reply) => ({
        ...reply,
        headers: { ...reply.headers, "idempotency-replayed": "true" }
      }))
    }
    const kept: Kept = { fingerprint, reply: Deferred.makeUnsafe<Reply>(), bytes: undefined }
    this.#kept.set(key, kept)
    return Effect.tap(carryOut, (reply) => {
      Deferred.doneUnsafe(kept.reply, Effect.succeed(reply))
      if (reply.status >= 500) this.#kept.delete(key)
      else {
        kept.bytes = reply.body.length
        this.#bytes += kept.bytes
        this.#forget()
      }
      return Effect.void
    })
  }

  #forget(): void {
    for (const [key, { bytes }] of this.#kept) {
      if (this.#kept.size <= mostKeys && this.#bytes <= mostBytes) return
      if (bytes === undefined) continue
      this.#kept.delete(key)
      this.#bytes -= bytes
    }
  }
}

/** @throws Refusal 400 */
export const checkKey = (key: string): void => {
  if (!/^[\x21-\x7e]{1,128}$/.test(key))
    throw refuse(400, { code: "FT6007", message: "the Idempotency-Key is none", expected: "1 to 128 visible ASCII characters" })
}
