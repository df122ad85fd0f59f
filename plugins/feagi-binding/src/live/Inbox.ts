/**
 * Messages that arrive by themselves, taken one by one with a time limit. The limit is a timer of its own, so that it holds within
 * finalizers too. Sharp edge: one reader at a time.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"

export class Inbox {
  #messages: Array<Uint8Array> = []
  #ended: TrainerError | undefined
  #wake: (() => void) | undefined

  push(message: Uint8Array): void {
    this.#messages.push(message)
    this.#wake?.()
  }

  /** No more messages come; whoever waits, now or later, fails with this once everything is taken. The first reason stays. */
  end(error: TrainerError): void {
    this.#ended ??= error
    this.#wake?.()
  }

  /** Messages that are there and were not taken. */
  get waiting(): number {
    return this.#messages.length
  }

  clear(): void {
    this.#messages = []
  }

  /** The next message; fails with `late()` after `limit` milliseconds. */
  take(limit: number, late: () => TrainerError): Effect.Effect<Uint8Array, TrainerError> {
    return Effect.callback<Uint8Array, TrainerError>((resume) => {
      const answer = (): boolean => {
        const message = this.#messages.shift()
        if (message !== undefined) resume(Effect.succeed(message))
        else if (this.#ended !== undefined) resume(Effect.fail(this.#ended))
        else return false
        return true
      }
      if (answer()) return
      const wake = (): void => {
        if (answer()) stop()
      }
      const stop = (): void => {
        clearTimeout(timer)
        if (this.#wake === wake) this.#wake = undefined
      }
      const timer = setTimeout(() => {
        stop()
        resume(Effect.fail(late()))
      }, limit)
      this.#wake = wake
      return Effect.sync(stop)
    })
  }
}
