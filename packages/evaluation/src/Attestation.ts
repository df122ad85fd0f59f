/**
 * A signed statement about a Scorecard: an in-toto Statement v1 in a DSSE envelope, and the check that names whatever in either was forged.
 *
 * The statement is a function of the Scorecard and of the document of its protocol, so that the check makes it again and compares field by
 * field; it names by hash what a result stands on: data, brain, protocol, answers, run document. Layout: in-toto Statement v1 and DSSE v1
 * (the envelope of OpenSSF model signing, which wraps it in a Sigstore bundle); the payload is canonical JSON. Pure: the bytes are signed
 * and verified by whoever holds the key. Sharp edge: a signature says who vouches, not that a result is right; a replay says that.
 */
import { type Diagnostic, showValue } from "@feagi-trainer/contracts"
import type { JsonValue } from "@feagi-trainer/dataset-contracts"
import { CanonicalError, canonical, fromCanonical, fromUtf8, hashOf, JsonSyntaxError, toUtf8 } from "@feagi-trainer/determinism"
import { scorecardBodySha256, scorecardId } from "./Scorecard.ts"

export const payloadType = "application/vnd.in-toto+json"
export const statementType = "https://in-toto.io/Statement/v1"
/** Names the form of the predicate; nothing is to be found there. */
export const predicateType = "https://feagi_trainer/scorecard/v1"

export interface Subject {
  readonly name: string
  readonly digest: { readonly sha256: string }
}

/** The in-toto Statement of a Scorecard. */
export interface ScorecardStatement {
  readonly _type: typeof statementType
  readonly subject: ReadonlyArray<Subject>
  readonly predicateType: typeof predicateType
  readonly predicate: {
    /** The whole document as it was signed, also what its own hash leaves out. */
    readonly scorecard: JsonValue
    /** The protocol as the run pinned it; the hash of it is a subject. */
    readonly protocol: JsonValue
  }
}

export interface DsseEnvelope {
  readonly payloadType: string
  /** Base64. */
  readonly payload: string
  /** `keyid`: SHA-256 (hex) of the public key as SubjectPublicKeyInfo; `sig`: base64. */
  readonly signatures: ReadonlyArray<{ readonly keyid: string; readonly sig: string }>
}

/** Signs with one key. */
export interface Signer {
  readonly keyid: string
  readonly sign: (bytes: Uint8Array) => Uint8Array
}

/** Verifies with one key. */
export interface Verifier {
  readonly keyid: string
  readonly verify: (bytes: Uint8Array, signature: Uint8Array) => boolean
}

export type Stated =
  | { readonly ok: true; readonly statement: ScorecardStatement }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

const isHash = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{64}$/.test(value)

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Reflect.get(value, key) : undefined

const forged = (field: string, message: string, expected?: string, actual?: string): Diagnostic => ({
  code: "FT5211",
  severity: "error",
  field,
  message,
  ...(expected === undefined ? {} : { expected }),
  ...(actual === undefined ? {} : { actual })
})

/** What a Scorecard stands on, by role, as its own fields say it. */
const subjectsOf = (scorecard: JsonValue, protocol: JsonValue): ReadonlyArray<readonly [string, unknown]> => {
  const text = (key: string): string => String(memberOf(scorecard, key))
  const extension = memberOf(scorecard, "x_feagi_trainer")
  const genome = memberOf(scorecard, "genome_version_id")
  return [
    [`scorecard/${text("scorecard_id")}`, scorecardBodySha256(scorecard as object)],
    [`dataset/${text("dataset_asset_id")}`, memberOf(scorecard, "dataset_content_hash")],
    ["brain/connectome", memberOf(scorecard, "connectome_hash")],
    ...(genome === null || genome === undefined ? [] : [["brain/genome", genome] as const]),
    [`protocol/${text("evaluation_protocol_version")}`, hashOf(protocol)],
    ["predictions", memberOf(extension, "predictions_sha256")],
    ["run", memberOf(extension, "spec_sha256")]
  ]
}

/**
 * The statement about a Scorecard.
 *
 * @param scorecard the JSON of the document
 * @param protocol the document of its protocol, as the run pinned it
 * Not ok (FT5216) where something that it stands on has no SHA-256, as in cards of other programs.
 */
export const statementOf = (scorecard: JsonValue, protocol: JsonValue): Stated => {
  const subjects = subjectsOf(scorecard, protocol)
  const wrong = subjects.filter(([, sha256]) => !isHash(sha256))
  if (wrong.length > 0)
    return {
      ok: false,
      diagnostics: wrong.map(([name, found]) => ({
        code: "FT5216",
        severity: "error",
        field: name,
        message: "the Scorecard names no SHA-256 of it, so that nothing can be vouched for",
        expected: "64 lower-case hex digits",
        actual: found === undefined ? "nothing" : showValue(found)
      }))
    }
  const subject = subjects.map(([name, sha256]) => ({ name, digest: { sha256: String(sha256) } }))
  return { ok: true, statement: { _type: statementType, subject, predicateType, predicate: { scorecard, protocol } } }
}

/** DSSE's pre-authentication encoding: what is really signed. */
export const preAuthentication = (type: string, payload: Uint8Array): Uint8Array => {
  const head = toUtf8(`DSSEv1 ${toUtf8(type).length} ${type} ${payload.length} `)
  const joined = new Uint8Array(head.length + payload.length)
  joined.set(head)
  joined.set(payload, head.length)
  return joined
}

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")

/** Undefined unless the text is the one base64 form of its bytes. */
const fromBase64 = (text: string): Uint8Array | undefined => {
  const bytes = new Uint8Array(Buffer.from(text, "base64"))
  return toBase64(bytes) === text ? bytes : undefined
}

/** The envelope of a statement, signed once. */
export const signStatement = (statement: ScorecardStatement, signer: Signer): DsseEnvelope => {
  const payload = toUtf8(canonical(statement))
  const sig = toBase64(signer.sign(preAuthentication(payloadType, payload)))
  return { payloadType, payload: toBase64(payload), signatures: [{ keyid: signer.keyid, sig }] }
}

const isPlain = (value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

interface Differing {
  readonly path: string
  readonly expected: JsonValue | undefined
  readonly actual: JsonValue | undefined
}

/** Every leaf in which two JSON values differ, by its path; a member that one of them lacks is a leaf. */
const differences = (expected: JsonValue | undefined, actual: JsonValue | undefined, path: string): ReadonlyArray<Differing> => {
  const inside = (key: string): string => `${path}${path === "" || key.startsWith("[") ? "" : "."}${key}`
  if (isPlain(expected) && isPlain(actual))
    return [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort().flatMap((key) => {
      const at = inside(/^[\w$]+$/.test(key) ? key : `[${JSON.stringify(key)}]`)
      return differences(Object.hasOwn(expected, key) ? expected[key] : undefined, Object.hasOwn(actual, key) ? actual[key] : undefined, at)
    })
  if (Array.isArray(expected) && Array.isArray(actual))
    return Array.from({ length: Math.max(expected.length, actual.length) }, (_, index) =>
      differences(expected[index], actual[index], inside(`[${index}]`))
    ).flat()
  const same = expected !== undefined && actual !== undefined && canonical(expected) === canonical(actual)
  return same || expected === actual ? [] : [{ path, expected, actual }]
}

const shown = (value: JsonValue | undefined): string => (value === undefined ? "nothing" : showValue(value))

const named = (found: ReadonlyArray<Differing>, prefix: string, message: string): ReadonlyArray<Diagnostic> =>
  found.map(({ path, expected, actual }) => forged(path === "" ? prefix : `${prefix}.${path}`, message, shown(expected), shown(actual)))

/** JSON of a stranger: every key once, or nothing. */
const parsed = (text: string): JsonValue | undefined => {
  try {
    return fromCanonical(text)
  } catch (cause) {
    if (cause instanceof JsonSyntaxError || cause instanceof CanonicalError) return undefined
    throw cause
  }
}

interface Opened {
  readonly envelope: DsseEnvelope
  readonly payload: Uint8Array
  readonly statement: JsonValue
  readonly signature: Uint8Array | undefined
}

/** The parts of an envelope, or everything in its form that is not as it has to be. */
const open = (text: string): Opened | ReadonlyArray<Diagnostic> => {
  const value = parsed(text)
  if (!isPlain(value)) return [forged("envelope", "is no JSON object in which every key stands once")]
  const found: Array<Diagnostic> = []
  const strangers = (of: { readonly [key: string]: JsonValue }, known: ReadonlyArray<string>, at: string) => {
    for (const key of Object.keys(of)) if (!known.includes(key)) found.push(forged(`${at}.${key}`, "is no field of a DSSE envelope"))
  }
  strangers(value, ["payloadType", "payload", "signatures"], "envelope")
  if (value.payloadType !== payloadType)
    found.push(forged("envelope.payloadType", "is not the type of an in-toto statement", payloadType, shown(value.payloadType)))
  const { signatures } = value
  const one = Array.isArray(signatures) && signatures.length === 1
  const first: JsonValue | undefined = one ? signatures[0] : undefined
  if (!one) {
    const actual = Array.isArray(signatures) ? `${signatures.length} signatures` : "no list"
    found.push(forged("envelope.signatures", "is not a list of one signature", "one signature", actual))
  }
  if (isPlain(first)) strangers(first, ["keyid", "sig"], "envelope.signatures[0]")
  const [keyid, sig] = isPlain(first) ? [first.keyid, first.sig] : []
  const signature = typeof sig === "string" ? fromBase64(sig) : undefined
  if (one && typeof keyid !== "string") found.push(forged("envelope.signatures[0].keyid", "is no text"))
  if (one && signature === undefined) found.push(forged("envelope.signatures[0].sig", "is no base64"))
  const payload = typeof value.payload === "string" ? fromBase64(value.payload) : undefined
  if (payload === undefined) return [...found, forged("envelope.payload", "is no base64")]
  const statement = statementIn(payload)
  if (statement === undefined) return [...found, forged("envelope.payload", "does not hold a statement in canonical JSON")]
  if (found.length > 0) return found
  const envelope = { payloadType, payload: String(value.payload), signatures: [{ keyid: String(keyid), sig: String(sig) }] }
  return { envelope, payload, statement, signature }
}

const statementIn = (payload: Uint8Array): JsonValue | undefined => {
  try {
    const text = fromUtf8(payload)
    const value = parsed(text)
    return isPlain(value) && canonical(value) === text ? value : undefined
  } catch {
    return undefined
  }
}

export interface AttestationRequest {
  /** The text of the signature file. */
  readonly envelope: string
  /** The JSON of the Scorecard that is looked at. */
  readonly scorecard: JsonValue
  /** Of the run, where the run is at hand; otherwise the one in the statement has to fit its own hash. */
  readonly protocol?: JsonValue
  readonly verifier: Verifier
}

/** Where a statement is not the one that its own Scorecard and protocol give. */
const selfProblems = (statement: JsonValue): ReadonlyArray<Diagnostic> => {
  const predicate = memberOf(statement, "predicate")
  const [scorecard, protocol] = [memberOf(predicate, "scorecard"), memberOf(predicate, "protocol")]
  if (!isPlain(scorecard as JsonValue)) return [forged("statement.predicate.scorecard", "is no Scorecard")]
  if (!isPlain(protocol as JsonValue)) return [forged("statement.predicate.protocol", "is no protocol")]
  const wanted = statementOf(scorecard as JsonValue, protocol as JsonValue)
  if (!wanted.ok) return wanted.diagnostics.map((each) => ({ ...each, code: "FT5211" }))
  const found = named(
    differences(wanted.statement as unknown as JsonValue, statement, ""),
    "statement",
    "is not what the Scorecard and the protocol in the statement give"
  )
  const at = wanted.statement.subject.findIndex(({ name }) => name.startsWith("protocol/"))
  // A hash and what it is the hash of contradict each other: either may be the forged one.
  const protocolToo = found.some(({ field }) => field === `statement.subject[${at}].digest.sha256`)
  const scorecardToo = found.some(({ field }) => field === "statement.subject[0].digest.sha256")
  return [
    ...found,
    ...(protocolToo ? [forged("statement.predicate.protocol", `does not have the hash that statement.subject[${at}] names`)] : []),
    ...(scorecardToo ? [forged("statement.predicate.scorecard", "does not have the hash that statement.subject[0] names")] : [])
  ]
}

/**
 * Everything that was forged, by its field: of the Scorecard (`scorecard.…`), of the statement (`statement.…`), of the envelope around it
 * (`envelope.…`). Empty when the key vouches for exactly this Scorecard. Where a hash and what it is the hash of contradict each other,
 * both are named.
 */
export const verifyAttestation = ({ envelope: text, scorecard, protocol, verifier }: AttestationRequest): ReadonlyArray<Diagnostic> => {
  const opened = open(text)
  if (!("statement" in opened)) return opened
  const { envelope, payload, statement, signature } = opened
  const [{ keyid } = { keyid: "" }] = envelope.signatures
  const holds = signature !== undefined && verifier.verify(preAuthentication(payloadType, payload), signature)
  const predicate = memberOf(statement, "predicate")
  const inStatement = memberOf(predicate, "scorecard") as JsonValue | undefined
  // What is signed is what was vouched for; where nothing is, the Scorecard that is whole by its own hash is.
  const cardIsWhole = isPlain(scorecard) && scorecard.scorecard_id === scorecardId(scorecard)
  const changed = holds
    ? named(differences(inStatement, scorecard, ""), "scorecard", "is not what was signed")
    : named(differences(scorecard, inStatement, ""), "statement.predicate.scorecard", "is not what the Scorecard says")
  const wrongCard = cardIsWhole
    ? []
    : [
        forged(
          "scorecard",
          "does not have the id that its own body gives",
          isPlain(scorecard) ? scorecardId(scorecard) : "a Scorecard",
          shown(memberOf(scorecard, "scorecard_id") as JsonValue | undefined)
        )
      ]
  const otherProtocol =
    protocol === undefined
      ? []
      : named(
          differences(protocol, memberOf(predicate, "protocol") as JsonValue | undefined, ""),
          "statement.predicate.protocol",
          "is not what the run was measured by"
        )
  const statementProblems = selfProblems(statement)
  const keyProblems =
    keyid === verifier.keyid ? [] : [forged("envelope.signatures[0].keyid", "is not the id of this key", verifier.keyid, keyid)]
  const found = [...changed, ...wrongCard, ...otherProtocol, ...statementProblems, ...keyProblems]
  if (holds) return found
  const untouched = changed.length + statementProblems.length + otherProtocol.length === 0
  return [
    ...found,
    forged(
      "envelope.signatures[0].sig",
      untouched
        ? "is not the signature of this statement by this key: it was altered, or another key made it"
        : "does not hold for the statement, which was altered after it was signed"
    )
  ]
}
