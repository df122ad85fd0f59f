/** An answer before it is sent, and refusals as answers. Sharp edge: who is not admitted learns nothing but that, whatever the reason. */
import type { Diagnostic, Reason } from "@feagi-trainer/contracts"
import { type Document, type Failure, isFailure, printJson } from "@feagi-trainer/control-api"

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** Thrown while a request is looked at, and sent. */
export class Refusal extends Error {
  readonly reply: Reply
  constructor(reply: Reply) {
    super(`refused with ${reply.status}`)
    this.reply = reply
  }
}

/** Everything the API answers: it belongs to one moment and to nobody else, and is neither a page nor a script. */
const apiHeaders = {
  "content-type": "application/json; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox"
} as const

export const documentReply = (
  status: number,
  document: Document,
  command: ReadonlyArray<string>,
  headers: Readonly<Record<string, string>> = {}
): Reply => ({ status, headers: { ...apiHeaders, ...headers }, body: `${printJson({ ...document, command })}\n` })

export const dataReply = (status: number, kind: string, data: unknown, headers?: Readonly<Record<string, string>>): Reply =>
  documentReply(status, { schema_version: 1, kind, data, warnings: [] }, [], headers)

export const failureDocument = (reason: Reason, diagnostics: ReadonlyArray<Diagnostic>): Document<Failure> => ({
  schema_version: 1,
  kind: "error",
  data: { reason, diagnostics },
  warnings: []
})

const statuses: Readonly<Record<Reason, number>> = {
  usage: 400,
  invalid: 422,
  gate: 422,
  integrity: 422,
  incomparable: 409,
  locked: 423,
  missing: 424,
  failed: 500
}

/** No such id: what the address names is not there. */
const unknownIds: ReadonlySet<string> = new Set(["FT1301", "FT1309", "FT2001"])

/** What stands is no longer what the call was made for. */
const stale = "FT4053"

/** The status of a document that a command printed: 200 for every answer, also one that says no. */
export const statusOf = (document: Document): number => {
  if (!isFailure(document)) return 200
  const { reason, diagnostics } = document.data
  if (diagnostics.length > 0 && diagnostics.every(({ code, field }) => unknownIds.has(code) && field === undefined)) return 404
  if (diagnostics.some(({ code }) => code === stale)) return 412
  return Object.hasOwn(statuses, reason) ? statuses[reason as Reason] : 500
}

export const refuse = (
  status: number,
  diagnostic: Omit<Diagnostic, "severity">,
  headers: Readonly<Record<string, string>> = {},
  reason: Reason = "usage"
): Refusal => refuseAll(status, [{ severity: "error", ...diagnostic }], headers, reason)

export const refuseAll = (
  status: number,
  diagnostics: ReadonlyArray<Diagnostic>,
  headers: Readonly<Record<string, string>> = {},
  reason: Reason = "usage"
): Refusal => new Refusal(documentReply(status, failureDocument(reason, diagnostics), [], headers))

/** The one answer to whoever is not admitted, with 401 where a token would help and 403 where none would. */
export const notAdmitted = (status: 401 | 403): Refusal =>
  refuse(
    status,
    {
      code: "FT6001",
      message: "this server answers only to whoever started it",
      help: "open the address that  ftr ui  printed, or send the token of  ftr serve  as  Authorization: Bearer TOKEN  to 127.0.0.1; what changes something also needs the header  X-Feagi-Trainer: 1"
    },
    status === 401 ? { "www-authenticate": "Bearer" } : {}
  )

/** A bug of ours: no detail leaves the process. */
export const bugReply = (): Reply =>
  refuse(
    500,
    { code: "FT9001", message: "this is a bug of feagi-trainer", help: "report it with the output of  feagi-trainer env --json" },
    {},
    "failed"
  ).reply
