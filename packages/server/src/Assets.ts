/**
 * The files of the Studio, read once when the server starts: an address is looked up among their names and never becomes a path.
 *
 * Sharp edge: what is not there is answered with the Studio itself where a page is asked for, since its views are addresses too.
 */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { extname, join, relative, sep } from "node:path"
import { trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import type { Reply } from "./Reply.ts"

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json"
}

/** A page may load and ask this server alone, run no text as a script, and be framed by nobody. */
export const pagePolicy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const mostFiles = 2000
const mostBytes = 64 * 1024 * 1024
/** Vite puts a hash of the bytes in the name. */
const hashed = /-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/

export interface Asset {
  readonly bytes: Buffer
  readonly type: string
  readonly etag: string
  readonly immutable: boolean
}

export type Assets = ReadonlyMap<string, Asset>

const filesOf = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesOf(path) : entry.isFile() ? [path] : []
  })

/** Names are relative with `/` between their parts, `assets/index-1a2b3c4d.js` say. */
export const readAssets = (folder: string) =>
  Effect.try({
    try: (): Assets => {
      const files = filesOf(folder)
      const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
      if (files.length > mostFiles || bytes > mostBytes) throw new RangeError(`${files.length} files with ${bytes} bytes are too many`)
      const assets = new Map<string, Asset>()
      for (const file of files) {
        const type = types[extname(file)]
        if (type === undefined) continue
        const content = readFileSync(file)
        const name = relative(folder, file).split(sep).join("/")
        assets.set(name, {
          bytes: content,
          type,
          etag: `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`,
          immutable: name.startsWith("assets/") && hashed.test(name)
        })
      }
      if (!assets.has("index.html")) throw new RangeError("there is no index.html")
      return assets
    },
    catch: (cause) =>
      trainerError("missing", {
        code: "FT6015",
        message: "the files of the Studio cannot be read",
        actual: cause instanceof Error ? cause.message : String(cause),
        help: "install feagi-trainer again; in a working copy run  npm run build"
      })
  })

export interface AssetRequest {
  readonly segments: ReadonlyArray<string>
  readonly accept: string
  readonly ifNoneMatch: string | undefined
}

/** Nothing where there is no such file and no page is asked for. */
export const assetReply = (assets: Assets, { segments, accept, ifNoneMatch }: AssetRequest): Reply | undefined => {
  const named = assets.get(segments.length === 0 ? "index.html" : segments.join("/"))
  const asset = named ?? (accept.includes("text/html") ? assets.get("index.html") : undefined)
  if (asset === undefined) return undefined
  const headers = {
    "content-security-policy": pagePolicy,
    "cache-control": asset.immutable ? "private, max-age=31536000, immutable" : "no-cache",
    etag: asset.etag,
    vary: "Accept"
  }
  if (ifNoneMatch === asset.etag) return { status: 304, headers, body: "" }
  return { status: 200, headers: { ...headers, "content-type": asset.type }, body: asset.bytes }
}
