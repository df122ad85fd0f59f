/** A wire to the engine: one socket that answers, one that takes sensory frames, one that brings motor frames. */
import type { TrainerError } from "@feagi-trainer/contracts"
import type { Effect, Scope } from "effect"
import type { Inbox } from "./Inbox.ts"

/** Sends what it is given; whatever comes back lies in the inbox. Closed with its scope. */
export interface Socket {
  readonly send: (bytes: Uint8Array) => Effect.Effect<void, TrainerError>
  readonly inbox: Inbox
}

export interface Transport {
  /** As the registration request names it. */
  readonly protocol: "WebSocket" | "Zmq"
  /** Asks and is answered, in order. */
  readonly control: (url: string) => Effect.Effect<Socket, TrainerError, Scope.Scope>
  /** Only sends. */
  readonly sensory: (url: string) => Effect.Effect<Socket, TrainerError, Scope.Scope>
  /** Only receives. */
  readonly motor: (url: string) => Effect.Effect<Socket, TrainerError, Scope.Scope>
}
