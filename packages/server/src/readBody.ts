/** The body of a request as bytes, up to a limit. Sharp edge: it is read as it is declared; what is compressed is refused, never unpacked. */
import type { IncomingMessage } from "node:http"
import * as Effect from "effect/Effect"
import type { Headers } from "./guard.ts"
import { Refusal, refuse } from "./Reply.ts"

const tooLarge = (limit: number): Refusal =>
  refuse(413, { code: "FT6006", message: "the body is too large", expected: `at most ${limit} bytes` })

/** Whether a body comes, by its headers. */
export const hasBody = (headers: Headers): boolean => headers.has("transfer-encoding") || (headers.get("content-length") ?? "0") !== "0"

/** Refuses by the headers alone, before a byte is read. @throws Refusal */
export const checkBody = (headers: Headers, type: "json" | "bytes", limit: number): void => {
  const encoding = headers.get("content-encoding")
  if (encoding !== undefined && encoding !== "identity")
    throw refuse(415, { code: "FT6005", message: "the body is encoded", expected: "no Content-Encoding", actual: encoding.slice(0, 40) })
  if (Number(headers.get("content-length") ?? 0) > limit) throw tooLarge(limit)
  if (!hasBody(headers)) return
  const given = (headers.get("content-type") ?? "").toLowerCase().replaceAll(" ", "")
  const fits =
    type === "json" ? given === "application/json" || given === "application/json;charset=utf-8" : given === "application/octet-stream"
  if (!fits)
    throw refuse(415, {
      code: "FT6005",
      message: "the body is of another type",
      expected: type === "json" ? "Content-Type: application/json" : "Content-Type: application/octet-stream",
      actual: given === "" ? "no Content-Type" : given.slice(0, 80)
    })
}

export const readBody = (request: IncomingMessage, limit: number): Effect.Effect<Buffer, Refusal> =>
  Effect.callback<Buffer, Refusal>((resume) => {
    const pieces: Array<Buffer> = []
    let length = 0
    const data = (piece: Buffer) => {
      length += piece.length
      if (length > limit) {
        stop()
        return resume(Effect.fail(tooLarge(limit)))
      }
      pieces.push(piece)
    }
    const end = () => {
      stop()
      resume(Effect.succeed(Buffer.concat(pieces)))
    }
    const broken = () => {
      stop()
      resume(Effect.fail(refuse(400, { code: "FT6012", message: "the request ended before its body did" })))
    }
    const stop = () => {
      request.off("data", data).off("end", end).off("error", broken).off("aborted", broken)
    }
    request.on("data", data).on("end", end).on("error", broken).on("aborted", broken)
    return Effect.sync(stop)
  })

export const textOf = (bytes: Buffer): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw refuse(400, { code: "FT6005", message: "the body is not UTF-8" })
  }
}

export const isRefusal = (error: unknown): error is Refusal => error instanceof Refusal
