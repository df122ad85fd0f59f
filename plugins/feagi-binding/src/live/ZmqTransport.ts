/**
 * The wire over ZeroMQ: DEALER for control, PUSH for sensory, SUB for motor frames, one container per message. The package `zeromq` is
 * not installed with this one and is loaded when a run asks for it. Sharp edge: a ZeroMQ socket does not say when its peer is gone; a
 * time limit does.
 */
import { createRequire } from "node:module"
import type { TrainerError } from "@feagi-trainer/contracts"
import { Effect, type Scope } from "effect"
import { Inbox } from "./Inbox.ts"
import { engineLost, liveError, passOn, whyOf } from "./LiveFailure.ts"
import type { LiveOptions } from "./LiveOptions.ts"
import type { Meter } from "./Meter.ts"
import type { Socket, Transport } from "./Transport.ts"

interface ZmqSocket {
  readonly connect: (url: string) => void
  readonly close: () => void
}
interface Sending {
  readonly send: (message: Uint8Array | ReadonlyArray<Uint8Array>) => Promise<void>
}
type Receiving = AsyncIterable<ReadonlyArray<Uint8Array>>

/** The part of the package `zeromq` (6.1 or later) that is used here. */
export interface Zmq {
  readonly Dealer: new (options: object) => ZmqSocket & Sending & Receiving
  readonly Push: new (options: object) => ZmqSocket & Sending
  readonly Subscriber: new (options: object) => ZmqSocket & Receiving & { readonly subscribe: () => void }
}

/** The package as this file, or another one, finds it. */
export const loadZmq = (from: string): Effect.Effect<Zmq, TrainerError> =>
  Effect.try({
    try: () => createRequire(from)("zeromq") as Zmq,
    catch: (error) =>
      liveError("ZMQ-MISSING", `the transport zmq needs the package zeromq: ${whyOf(error).split("\n")[0]}`, {
        field: "learner.backend.options.transport",
        expected: "the package zeromq, version 6.1 or later",
        help: 'npm install zeromq@6, or write transport = "websocket"'
      })
  })

const received = async (socket: Receiving, inbox: Inbox, meter: Meter, api: string): Promise<void> => {
  try {
    for await (const parts of socket) {
      // A DEALER's messages begin with an empty part; the container is the last.
      const message = parts.at(-1)
      if (message === undefined) continue
      meter.bytes += message.length
      inbox.push(Uint8Array.from(message))
    }
  } catch (error) {
    inbox.end(engineLost(api, whyOf(error)))
  }
}

const noInput: Socket["send"] = () => Effect.die(new Error("a motor socket only receives"))

export const zmqTransport = ({ api }: LiveOptions, meter: Meter, zmq: Zmq): Transport => {
  const opened = <S extends ZmqSocket>(make: () => S, url: string): Effect.Effect<S, TrainerError, Scope.Scope> =>
    Effect.acquireRelease(
      Effect.try({
        try: () => {
          const socket = make()
          socket.connect(url)
          return socket
        },
        catch: (error) => passOn(error, (why) => engineLost(api, why))
      }),
      (socket) => Effect.sync(() => socket.close())
    )
  const sender =
    (socket: Sending, parts: (bytes: Uint8Array) => Uint8Array | ReadonlyArray<Uint8Array>): Socket["send"] =>
    (bytes) =>
      Effect.tryPromise({
        try: async () => {
          meter.bytes += bytes.length
          await socket.send(parts(bytes))
        },
        catch: (error) => engineLost(api, whyOf(error))
      })
  const listening = (socket: Receiving): Inbox => {
    const inbox = new Inbox()
    void received(socket, inbox, meter, api)
    return inbox
  }
  return {
    protocol: "Zmq",
    control: (url) =>
      Effect.map(
        opened(() => new zmq.Dealer({ linger: 0 }), url),
        (socket) => ({ inbox: listening(socket), send: sender(socket, (bytes) => [new Uint8Array(0), bytes]) })
      ),
    sensory: (url) =>
      Effect.map(
        opened(() => new zmq.Push({ linger: 0 }), url),
        (socket) => ({ inbox: new Inbox(), send: sender(socket, (bytes) => bytes) })
      ),
    motor: (url) =>
      Effect.map(
        opened(() => {
          const socket = new zmq.Subscriber({ linger: 0 })
          socket.subscribe()
          return socket
        }, url),
        (socket) => ({ inbox: listening(socket), send: noInput })
      )
  }
}
