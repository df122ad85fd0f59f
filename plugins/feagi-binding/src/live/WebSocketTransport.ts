/**
 * The wire over WebSockets of the platform: one binary message is one container. Sharp edge: the engine has one WebSocket slot for an
 * agent; a second agent is refused as an invalid request.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import { Effect, type Scope } from "effect"
import { Inbox } from "./Inbox.ts"
import { engineDown, engineLost, liveError, tooSlow } from "./LiveFailure.ts"
import type { LiveOptions } from "./LiveOptions.ts"
import type { Meter } from "./Meter.ts"
import type { Socket, Transport } from "./Transport.ts"

const connect = (
  url: string,
  api: string,
  limit: number,
  meter: Meter
): Effect.Effect<WebSocket & { readonly inbox: Inbox }, TrainerError> =>
  Effect.callback((resume) => {
    const inbox = new Inbox()
    const socket = Object.assign(new WebSocket(url), { inbox })
    socket.binaryType = "arraybuffer"
    const timer = setTimeout(() => {
      socket.close()
      resume(Effect.fail(tooSlow(`connecting to ${url}`, "connect_ms", limit)))
    }, limit)
    socket.onopen = () => {
      clearTimeout(timer)
      resume(Effect.succeed(socket))
    }
    socket.onerror = () => {
      clearTimeout(timer)
      resume(Effect.fail(engineDown(api, `nothing listens at ${url}`)))
    }
    socket.onclose = () => inbox.end(engineLost(api, `it closed ${url}`))
    socket.onmessage = (event) => {
      const data: unknown = event.data
      if (!(data instanceof ArrayBuffer)) return inbox.end(liveError("GARBAGE", `${url} sent a text, and containers are binary`))
      meter.bytes += data.byteLength
      inbox.push(new Uint8Array(data))
    }
    return Effect.sync(() => {
      clearTimeout(timer)
      socket.close()
    })
  })

export const webSocketTransport = ({ api, timeouts }: LiveOptions, meter: Meter): Transport => {
  const open = (url: string): Effect.Effect<Socket, TrainerError, Scope.Scope> =>
    Effect.acquireRelease(connect(url, api, timeouts.connect_ms, meter), (socket) => Effect.sync(() => socket.close()), {
      interruptible: true
    }).pipe(
      Effect.map((socket) => ({
        inbox: socket.inbox,
        send: (bytes) =>
          Effect.suspend(() => {
            if (socket.readyState !== WebSocket.OPEN) return Effect.fail(engineLost(api, `${url} is closed`))
            meter.bytes += bytes.length
            socket.send(bytes)
            return Effect.void
          })
      }))
    )
  return { protocol: "WebSocket", control: open, sensory: open, motor: open }
}
