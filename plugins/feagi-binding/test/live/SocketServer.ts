/** As much of a WebSocket server (RFC 6455) as a fake engine needs: binary messages of any size, unfragmented, and a rude end. */
import { Buffer } from "node:buffer"
import { createHash } from "node:crypto"
import { createServer, type Server } from "node:http"
import type { AddressInfo, Socket } from "node:net"

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
const BINARY = 2
const CLOSE = 8

const framed = (opcode: number, payload: Uint8Array): Buffer => {
  const head =
    payload.length < 126
      ? Buffer.from([0x80 | opcode, payload.length])
      : Buffer.from([0x80 | opcode, 126, payload.length >> 8, payload.length & 0xff])
  return Buffer.concat([head, payload])
}

/** One frame at the start of the bytes, and what is behind it. Undefined when it is not whole. */
const unframed = (bytes: Buffer): { readonly opcode: number; readonly payload: Buffer; readonly rest: Buffer } | undefined => {
  if (bytes.length < 2) return undefined
  const short = (bytes[1] ?? 0) & 0x7f
  const at = short === 126 ? 4 : 2
  if (bytes.length < at) return undefined
  const length = short === 126 ? bytes.readUInt16BE(2) : short
  const end = at + 4 + length
  if (bytes.length < end) return undefined
  const mask = bytes.subarray(at, at + 4)
  const payload = Buffer.from(bytes.subarray(at + 4, end).map((byte, i) => byte ^ (mask[i % 4] ?? 0)))
  return { opcode: (bytes[0] ?? 0) & 0xf, payload, rest: bytes.subarray(end) }
}

export interface SocketServer {
  readonly url: string
  readonly broadcast: (message: Uint8Array) => void
  /** Open connections. */
  readonly count: () => number
  readonly close: () => Promise<void>
}

/** Listens on a free loopback port. `heard` answers a message through `reply`. */
export const socketServer = async (heard: (message: Buffer, reply: (answer: Uint8Array) => void) => void): Promise<SocketServer> => {
  const sockets = new Set<Socket>()
  const server: Server = createServer()
  server.on("upgrade", (request, socket: Socket) => {
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${GUID}`).digest("base64")
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
    socket.on("error", () => sockets.delete(socket))
    let bytes: Buffer = Buffer.alloc(0)
    socket.on("data", (data: Buffer) => {
      bytes = Buffer.concat([bytes, data])
      for (let frame = unframed(bytes); frame !== undefined; frame = unframed(bytes)) {
        bytes = frame.rest
        if (frame.opcode === CLOSE) socket.end(framed(CLOSE, new Uint8Array(0)))
        else heard(frame.payload, (answer) => socket.write(framed(BINARY, answer)))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    broadcast: (message) => {
      for (const socket of sockets) socket.write(framed(BINARY, message))
    },
    count: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}
