/** The signed statement: its layout, and that whatever is forged is named, field by field. */
import { execFileSync } from "node:child_process"
import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { encodeDocument, type Scorecard } from "@feagi-trainer/contracts"
import { canonical, fromCanonical, hashOf, type JsonValue } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import {
  payloadType,
  preAuthentication,
  type ScorecardInputs,
  type Signer,
  scorecardBodySha256,
  scorecardId,
  scorecardOf,
  signStatement,
  statementOf,
  type Verifier,
  verifiedScorecard,
  verifyAttestation
} from "../src/index.ts"

const hex = (digit: string): string => digit.repeat(64)

const inputs: ScorecardInputs = {
  connectome_hash: hex("1"),
  genome_version_id: hex("2"),
  genome_schema_version: 7,
  dataset_asset_id: "ds-333333333333",
  dataset_version: "1",
  dataset_content_hash: hex("3"),
  evaluation_protocol_version: "classification-holdout@1",
  metric_pack: { id: "p#classification", version: "0.1.0" },
  split_id: "test@444444444444",
  backend_fingerprint: {
    backend: "cpu",
    descriptor: "brain embedded",
    quantization: null,
    trainer_version: "0.1.0",
    feagi_core_version: "0.0.53"
  },
  elapsed_ms: 12n,
  sample_draw_seed: 18446744073709551615n,
  metadata: {},
  values: { accuracy: 0.1 + 0.2, empty: { insufficient: "nothing there" } },
  signature: "classification:1",
  scored_samples: 30,
  abstained_samples: 1,
  extension: {
    learner: "brain",
    adapter: { id: "p#csv", version: "0.1.0" },
    controls: { silent_reward: false, shuffled_labels: false },
    split_sha256: { test: hex("4") },
    spec_sha256: hex("5"),
    predictions_sha256: hex("6"),
    envelope: { created_at: 1n, host: "here" }
  }
}
const document: Scorecard = scorecardOf(inputs)
const card = fromCanonical(encodeDocument("Scorecard", document))
const protocol: JsonValue = {
  id: "classification-holdout",
  version: 1,
  phases: [{ name: "test", scored: true }],
  primary_metric: "accuracy"
}

/** Test keys are made of a fixed seed, so that every run signs the same bytes. */
const keyOf = (seed: number): Signer & Verifier & { readonly pem: string } => {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, seed)])
  const secret = createPrivateKey({ key: der, format: "der", type: "pkcs8" })
  const shared = createPublicKey(secret)
  return {
    pem: String(shared.export({ type: "spki", format: "pem" })),
    keyid: createHash("sha256")
      .update(shared.export({ type: "spki", format: "der" }))
      .digest("hex"),
    sign: (bytes) => new Uint8Array(sign(null, bytes, secret)),
    verify: (bytes, signature) => verify(null, bytes, shared, signature)
  }
}
const key = keyOf(7)

const stated = statementOf(card, protocol)
if (!stated.ok) throw new Error("the card cannot be stated")
const { statement } = stated
const envelope = signStatement(statement, key)
const text = JSON.stringify(envelope)

const named = (request: {
  readonly envelope?: string
  readonly scorecard?: JsonValue
  readonly protocol?: JsonValue
  readonly verifier?: Verifier
}) => verifyAttestation({ envelope: text, scorecard: card, verifier: key, ...request }).map(({ field }) => field ?? "")

type Path = ReadonlyArray<string | number>

/** Every place in a value that holds no other. */
const leaves = (value: JsonValue, path: Path = []): ReadonlyArray<Path> =>
  typeof value === "object" && value !== null && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([at, inner]) => leaves(inner as JsonValue, [...path, Array.isArray(value) ? Number(at) : at]))
    : [path]

/** The value with another one at a place. */
const forgedAt = (value: JsonValue, [at, ...rest]: Path): JsonValue => {
  if (at === undefined) {
    if (typeof value === "string") return `${value}x`
    if (typeof value === "bigint") return value + 1n
    if (typeof value === "number") return value + 1
    return typeof value === "boolean" ? !value : "forged"
  }
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, JsonValue>
  copy[at] = forgedAt(copy[at] as JsonValue, rest)
  return copy as JsonValue
}

const without = (value: JsonValue, [at, ...rest]: Path): JsonValue => {
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, JsonValue>
  if (at === undefined) throw new Error("nothing to take away")
  if (rest.length > 0) copy[at] = without(copy[at] as JsonValue, rest)
  else if (Array.isArray(copy)) copy.splice(Number(at), 1)
  else delete copy[at]
  return copy as JsonValue
}

const shown = (path: Path): string =>
  path.reduce<string>((all, at) => {
    if (typeof at === "number") return `${all}[${at}]`
    return /^[\w$]+$/.test(at) ? (all === "" ? at : `${all}.${at}`) : `${all}.[${JSON.stringify(at)}]`
  }, "")

/** The envelope with another payload and the old signature. */
const withStatement = (value: JsonValue): string =>
  JSON.stringify({ ...envelope, payload: Buffer.from(canonical(value)).toString("base64") })

describe("statementOf()", () => {
  it("is an in-toto Statement v1 whose subjects name by SHA-256 what the result stands on", () => {
    expect(statement._type).toBe("https://in-toto.io/Statement/v1")
    expect(statement.subject.map(({ name, digest }) => [name, digest.sha256])).toEqual([
      [`scorecard/${document.scorecard_id}`, scorecardBodySha256(document)],
      ["dataset/ds-333333333333", hex("3")],
      ["brain/connectome", hex("1")],
      ["brain/genome", hex("2")],
      ["protocol/classification-holdout@1", hashOf(protocol)],
      ["predictions", hex("6")],
      ["run", hex("5")]
    ])
  })

  it("names no genome for a learner that has none", () => {
    const bare = statementOf({ ...(card as object), genome_version_id: null } as JsonValue, protocol)
    expect(bare.ok && bare.statement.subject.map(({ name }) => name)).not.toContain("brain/genome")
  })

  it("is refused for a card that names something by no SHA-256, with each of them", () => {
    const refused = statementOf({ ...(card as object), connectome_hash: "siphash64:00", x_feagi_trainer: {} } as JsonValue, protocol)
    expect(refused.ok ? [] : refused.diagnostics.map(({ code, field, actual }) => [code, field, actual])).toEqual([
      ["FT5216", "brain/connectome", '"siphash64:00"'],
      ["FT5216", "predictions", "nothing"],
      ["FT5216", "run", "nothing"]
    ])
  })
})

describe("signStatement()", () => {
  it("signs what DSSE says: its own example has these bytes", () => {
    expect(Buffer.from(preAuthentication("http://example.com/HelloWorld", Buffer.from("hello world"))).toString()).toBe(
      "DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
  })

  it("counts bytes and not characters", () => {
    expect(Buffer.from(preAuthentication("é", Buffer.from("ü"))).toString()).toBe("DSSEv1 2 é 2 ü")
  })

  it("gives an envelope with one signature by the named key over the canonical statement", () => {
    expect(Object.keys(envelope)).toEqual(["payloadType", "payload", "signatures"])
    expect(envelope.payloadType).toBe(payloadType)
    expect(Buffer.from(envelope.payload, "base64").toString()).toBe(canonical(statement))
    expect(envelope.signatures.map(({ keyid }) => keyid)).toEqual([key.keyid])
  })
})

/** Python with the libraries of DSSE and in-toto; see `npm run ci:optional`. */
const python = fileURLToPath(new URL("../../../.cache/optional/python/bin/python", import.meta.url))
const hasPython = existsSync(python)

const pythonScript = `
import json, sys
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from in_toto.models.metadata import Envelope as InTotoEnvelope
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

asked = json.load(sys.stdin)
key = SSlibKey.from_crypto(load_pem_public_key(asked["key"].encode()), keyid=asked["keyid"])

def says(kind, data):
    try:
        envelope = kind.from_dict(json.loads(data))
        if kind is InTotoEnvelope:
            envelope.verify_signature({**key.to_dict(), "keyid": key.keyid})
        else:
            envelope.verify([key], 1)
        return "valid"
    except VerificationError:
        return "refused"
    except Exception as error:
        return "refused" if "ignature" in type(error).__name__ + str(error) else repr(error)

statement = json.loads(Envelope.from_dict(json.loads(asked["envelopes"][0])).payload)
print(json.dumps({
    "dsse": [says(Envelope, each) for each in asked["envelopes"]],
    "in_toto": [says(InTotoEnvelope, each) for each in asked["envelopes"]],
    "type": statement["_type"],
    "subjects": [[each["name"], each["digest"]["sha256"]] for each in statement["subject"]],
    "accuracy": statement["predicate"]["scorecard"]["metrics"]["accuracy"].hex(),
    "seed": str(statement["predicate"]["scorecard"]["sample_draw_seed"]),
}))
`

describe("other programs", () => {
  it.skipIf(!hasPython)(
    "verify the envelope and refuse the forged ones: securesystemslib and in-toto, where npm run ci:optional installed them",
    () => {
      const forged = withStatement(forgedAt(statement as unknown as JsonValue, ["predicate", "scorecard", "metrics", "accuracy"]))
      const envelopes = [
        text,
        forged,
        JSON.stringify({ ...envelope, payloadType: "application/json" }),
        JSON.stringify(signStatement(statement, keyOf(8)))
      ]
      const asked = JSON.stringify({ key: key.pem, keyid: key.keyid, envelopes })
      const said: unknown = JSON.parse(execFileSync(python, ["-c", pythonScript], { input: asked, encoding: "utf8" }))
      expect(said).toEqual({
        dsse: ["valid", "refused", "refused", "refused"],
        in_toto: ["valid", "refused", "refused", "refused"],
        type: "https://in-toto.io/Statement/v1",
        subjects: statement.subject.map(({ name, digest }) => [name, digest.sha256]),
        accuracy: "0x1.3333333333334p-2",
        seed: "18446744073709551615"
      })
    }
  )
})

describe("verifyAttestation()", () => {
  it("finds nothing in what was signed, with and without the protocol of the run", () => {
    expect(named({})).toEqual([])
    expect(named({ protocol })).toEqual([])
  })

  it("takes a verified card as well as a self-reported one", () => {
    const verified = verifiedScorecard(document, { created_at: 5n, verified_in: "st-b", origin: "st-a" })
    const json = fromCanonical(encodeDocument("Scorecard", verified))
    const said = statementOf(json, protocol)
    if (!said.ok) throw new Error("no statement")
    expect(named({ envelope: JSON.stringify(signStatement(said.statement, key)), scorecard: json })).toEqual([])
    expect(named({ scorecard: json }).length).toBeGreaterThan(0)
  })

  const cardFields = leaves(card)
  it("knows every field of the card", () => {
    expect(cardFields.length).toBeGreaterThan(35)
  })

  it.each(cardFields.map((path) => [shown(path), path] as const))("names the field %s of the card when it is forged", (name, path) => {
    expect(named({ scorecard: forgedAt(card, path) })).toContain(`scorecard.${name}`)
  })

  it.each(cardFields.map((path) => [shown(path), path] as const))("names the field %s of the card when it is taken away", (name, path) => {
    expect(named({ scorecard: without(card, path) })).toContain(`scorecard.${name}`)
  })

  it("names a field of the card that was added", () => {
    expect(named({ scorecard: { ...(card as object), extra: 1 } as JsonValue })).toContain("scorecard.extra")
  })

  it("names a field that was forged together with the id of the card", () => {
    const forged = forgedAt(card, ["metrics", "accuracy"]) as { readonly [key: string]: JsonValue }
    const sealed = { ...forged, scorecard_id: scorecardId(forged) }
    expect(named({ scorecard: sealed })).toEqual(["scorecard.metrics.accuracy", "scorecard.scorecard_id"])
  })

  const statementFields = leaves(statement as unknown as JsonValue)
  it.each(statementFields.map((path) => [shown(path), path] as const))(
    "names the field %s of the statement when it is forged",
    (name, path) => {
      const found = named({ envelope: withStatement(forgedAt(statement as unknown as JsonValue, path)) })
      const ofProtocol = name.startsWith("predicate.protocol")
      expect(found).toContain(ofProtocol ? "statement.predicate.protocol" : `statement.${name}`)
      expect(found).toContain("envelope.signatures[0].sig")
      // With the run at hand the protocol is known to the field.
      if (ofProtocol)
        expect(named({ protocol, envelope: withStatement(forgedAt(statement as unknown as JsonValue, path)) })).toContain(
          `statement.${name}`
        )
    }
  )

  it("names a member of the statement that was added, and a subject", () => {
    expect(named({ envelope: withStatement({ ...(statement as unknown as object), more: 1 } as JsonValue) })).toContain("statement.more")
    const subject = [...statement.subject, { name: "other", digest: { sha256: hex("9") } }]
    expect(named({ envelope: withStatement({ ...statement, subject } as unknown as JsonValue) })).toContain("statement.subject[7]")
  })

  it.each([
    ["envelope.payloadType", { ...envelope, payloadType: "application/json" }],
    ["envelope.payload", { ...envelope, payload: `${envelope.payload.slice(0, -4)}!!!!` }],
    ["envelope.payload", { ...envelope, payload: Buffer.from("{}x").toString("base64") }],
    ["envelope.payload", { ...envelope, payload: Buffer.from(` ${canonical(statement)}`).toString("base64") }],
    ["envelope.payload", { payloadType, signatures: envelope.signatures }],
    ["envelope.more", { ...envelope, more: 1 }],
    ["envelope.signatures", { ...envelope, signatures: [] }],
    ["envelope.signatures", { ...envelope, signatures: [...envelope.signatures, ...envelope.signatures] }],
    ["envelope.signatures[0].keyid", { ...envelope, signatures: [{ ...envelope.signatures[0], keyid: hex("a") }] }],
    ["envelope.signatures[0].keyid", { ...envelope, signatures: [{ sig: envelope.signatures[0]?.sig }] }],
    ["envelope.signatures[0].sig", { ...envelope, signatures: [{ keyid: key.keyid, sig: Buffer.alloc(64).toString("base64") }] }],
    ["envelope.signatures[0].sig", { ...envelope, signatures: [{ keyid: key.keyid, sig: "AAAA" }] }],
    ["envelope.signatures[0].sig", { ...envelope, signatures: [{ keyid: key.keyid, sig: "?" }] }],
    ["envelope.signatures[0].alg", { ...envelope, signatures: [{ ...envelope.signatures[0], alg: "none" }] }]
  ])("names %s", (field, value) => {
    expect(named({ envelope: JSON.stringify(value) })).toEqual([field])
  })

  it("refuses an envelope in which a key stands twice, and what is no envelope", () => {
    const twice = text.replace('{"payloadType"', '{"payloadType":"x","payloadType"')
    for (const value of [twice, "", "[]", "null", "{"]) expect(named({ envelope: value })).toEqual(["envelope"])
  })

  it("names every bit of the signature that is flipped as the signature", () => {
    const sig = Buffer.from(envelope.signatures[0]?.sig ?? "", "base64")
    for (let at = 0; at < sig.length; at += 1) {
      const flipped = Buffer.from(sig)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      const forged = { ...envelope, signatures: [{ keyid: key.keyid, sig: flipped.toString("base64") }] }
      expect([at, ...named({ envelope: JSON.stringify(forged) })]).toEqual([at, "envelope.signatures[0].sig"])
    }
  })

  it("names the key where another one signed, also under the id of ours", () => {
    const other = keyOf(8)
    expect(named({ verifier: other })).toEqual(["envelope.signatures[0].keyid", "envelope.signatures[0].sig"])
    const pretended = signStatement(statement, { ...other, keyid: key.keyid })
    expect(named({ envelope: JSON.stringify(pretended) })).toEqual(["envelope.signatures[0].sig"])
  })

  it("does not take a signature over another card for one over this", () => {
    const other = scorecardOf({ ...inputs, connectome_hash: hex("f") })
    const json = fromCanonical(encodeDocument("Scorecard", other))
    expect(named({ scorecard: json })).toEqual(["scorecard.connectome_hash", "scorecard.scorecard_id"])
  })

  it("names the protocol where the run was measured by another one", () => {
    expect(named({ protocol: { ...(protocol as object), version: 2 } as JsonValue })).toEqual(["statement.predicate.protocol.version"])
  })
})
