/**
 * Who may come in: looked at before anything else, for every request alike, whatever its path. Deny by default.
 *
 * A page in a browser can make its user send requests here. `Host` tells a name that was rebound to this machine, `Origin` and
 * `Sec-Fetch-Site` tell another site, the marker header cannot be sent by a form, and the token is known to none of them. Sharp edge: the
 * raw headers count, for Node silently keeps the first of two.
 */
import { createHash, timingSafeEqual } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { notAdmitted, refuse } from "./Reply.ts"

export interface Door {
  readonly port: number
  readonly token: string
}

/** Named after the port: a browser keeps cookies by host alone. */
export const cookieName = (port: number): string => `feagi-trainer-${port}`

const mostHeaders = 64
/** What must not be there twice, because two readers may take different ones. */
const single: ReadonlySet<string> = new Set([
  "host",
  "origin",
  "authorization",
  "cookie",
  "content-type",
  "content-length",
  "content-encoding",
  "transfer-encoding",
  "sec-fetch-site",
  "x-feagi-trainer",
  "idempotency-key",
  "if-match",
  "last-event-id"
])

/** Header names in lower case, each with its only value. */
export type Headers = ReadonlyMap<string, string>

const headersOf = (request: IncomingMessage): Headers => {
  const raw = request.rawHeaders
  if (raw.length / 2 > mostHeaders)
    throw refuse(431, { code: "FT6012", message: "the request has too many headers", expected: `at most ${mostHeaders}` })
  const found = new Map<string, string>()
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? "").toLowerCase()
    if (single.has(name) && found.has(name)) throw notAdmitted(403)
    found.set(name, raw[at + 1] ?? "")
  }
  return found
}

const digest = (text: string): Buffer => createHash("sha256").update(text, "utf8").digest()
/** Takes the same time wherever two texts begin to differ, and however long they are. */
export const sameSecret = (given: string, secret: string): boolean => timingSafeEqual(digest(given), digest(secret))

/** What a request says to be let in. A header that is there decides alone, so that a bad one is not saved by a cookie. */
const isKnown = (headers: Headers, { port, token }: Door): boolean => {
  const authorization = headers.get("authorization")
  if (authorization !== undefined) return authorization.startsWith("Bearer ") && sameSecret(authorization.slice(7), token)
  const name = `${cookieName(port)}=`
  const cookies = (headers.get("cookie") ?? "").split(";").map((each) => each.trim())
  const ours = cookies.filter((each) => each.startsWith(name))
  const [only] = ours
  return only !== undefined && ours.length === 1 && sameSecret(only.slice(name.length), token)
}

export const hostsOf = (port: number): ReadonlyArray<string> => [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]

const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD"])

/** The token in the address of the front door, or nothing where it is another request. */
const entranceToken = (request: IncomingMessage): string | undefined => {
  const [path, query, ...more] = (request.url ?? "").split("?")
  if (request.method !== "GET" || path !== "/" || query === undefined || more.length > 0) return undefined
  return /^token=([A-Za-z0-9_-]+)$/.exec(query)?.[1]
}

export type Admitted = { readonly headers: Headers; readonly entered: boolean }

/**
 * Lets a request in or throws a `Refusal`. `entered` says that it came through the front door with the token in the address: it is to be
 * sent on with the cookie.
 */
export const admit = (request: IncomingMessage, door: Door): Admitted => {
  const headers = headersOf(request)
  const hosts = hostsOf(door.port)
  const host = headers.get("host")
  if (host === undefined || !hosts.includes(host)) throw notAdmitted(403)
  const origin = headers.get("origin")
  if (origin !== undefined && origin !== `http://${host}`) throw notAdmitted(403)
  const site = headers.get("sec-fetch-site")
  if (site !== undefined && site !== "same-origin" && site !== "none") throw notAdmitted(403)
  const token = entranceToken(request)
  if (token !== undefined) {
    if (!sameSecret(token, door.token)) throw notAdmitted(401)
    return { headers, entered: true }
  }
  if (!isKnown(headers, door)) throw notAdmitted(401)
  if (!safeMethods.has(request.method ?? "") && headers.get("x-feagi-trainer") !== "1") throw notAdmitted(403)
  return { headers, entered: false }
}
