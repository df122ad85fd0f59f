/**
 * `scorecard verify`: three questions that nobody should mix up. Does it say what its predictions give (always); do its pins give these
 * predictions (`--replay`); did the holder of a key vouch for it (`--signature`).
 *
 * Sharp edge: only a replay in another store than the one that executed makes a verified Scorecard. A replay at home proves that the run can
 * be repeated there, and not that anybody else looked.
 */
import { decodeText } from "@feagi-trainer/config"
import { encodeDocument, type Scorecard, type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { BlobStore, documentOf, type ReplayVerdict, replayRun, Scorecards, viewRun } from "@feagi-trainer/core"
import { fromCanonical, type JsonValue, toUtf8 } from "@feagi-trainer/determinism"
import { scorecardBodySha256, verifiedScorecard, verifyAttestation } from "@feagi-trainer/evaluation"
import { readFileLimited, Store } from "@feagi-trainer/store"
import * as Clock from "effect/Clock"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { families } from "../../families.ts"
import { findRun } from "../../findRun.ts"
import { json } from "../../flags.ts"
import { readVerifier } from "../../keys.ts"
import { emit } from "../../Out.ts"
import { recordingOf } from "../../recording.ts"
import { Stopped } from "../../Stopped.ts"
import { reading } from "../../services.ts"
import { replayExitCodes, replayText } from "../runReplay.ts"
import { type Card, cardText, decodeCard, findCard, scorecardId } from "./cards.ts"
import { recompute } from "./recompute.ts"

const maxFileBytes = 16 << 20

const file = (name: string, what: string) => Flag.String(name).pipe(Flag.withMetavar("file"), Flag.withDescription(what), Flag.optional)

const replay = Flag.Boolean("replay").pipe(
  Flag.withDescription("Execute the run again from its pins; EQUAL in another store than the one that executed makes a verified scorecard"),
  Flag.withDefault(false)
)

/** A verified Scorecard has no other numbers than the one that it verifies, and may be read alone. */
const isDerived = (card: Scorecard, own: Scorecard): boolean =>
  card.scorecard_id === verifiedScorecard(own, { created_at: 0n, verified_in: "", origin: "" }).scorecard_id

/** The self-reported card behind a row: itself, or the one that it verifies. */
const selfReported = (row: Card) =>
  Effect.gen(function* () {
    if (row.verifies === null) return { row, card: yield* decodeCard(yield* cardText(row.document_sha256)) }
    const own = yield* findCard(row.verifies)
    const [card, verified] = [
      yield* decodeCard(yield* cardText(own.document_sha256)),
      yield* decodeCard(yield* cardText(row.document_sha256))
    ]
    if (!isDerived(verified, card) || verified.scorecard_id !== row.scorecard_id || scorecardBodySha256(verified) !== row.body_sha256)
      return yield* trainerError("integrity", {
        code: "FT5206",
        message: `${row.scorecard_id} is not what a verification of ${own.scorecard_id} gives`,
        help: `feagi-trainer scorecard verify ${own.scorecard_id} --replay`
      })
    return { row: own, card }
  })

interface Replayed {
  readonly verdict: ReplayVerdict
  readonly origin: string
  readonly store: string
  readonly independent: boolean
  readonly verified_scorecard_id: string | null
}

const replayed = (row: Card, card: Scorecard) =>
  Effect.gen(function* () {
    const [store, scorecards, blobs] = [yield* Store, yield* Scorecards, yield* BlobStore]
    const run = yield* findRun(row.run_id)
    const view = yield* viewRun(run)
    const verdict = yield* replayRun(yield* recordingOf(view, yield* documentOf(run)), families)
    const origin = yield* store.originOf(row.run_id)
    const independent = origin !== store.identity
    const facts = { verdict, origin, store: store.identity, independent }
    if (verdict.verdict !== "EQUAL" || !independent) return { ...facts, verified_scorecard_id: null } satisfies Replayed
    const document = verifiedScorecard(card, {
      created_at: BigInt(yield* Clock.currentTimeMillis),
      verified_in: store.identity,
      origin
    })
    const known = (yield* scorecards.verified).find((each) => each.scorecard_id === document.scorecard_id)
    if (known !== undefined) return { ...facts, verified_scorecard_id: known.scorecard_id } satisfies Replayed
    const document_sha256 = yield* blobs.put(toUtf8(encodeDocument("Scorecard", document, { pretty: true })))
    const { scorecard_id } = yield* scorecards.addVerified({
      scorecard_id: document.scorecard_id,
      verifies: card.scorecard_id,
      run_id: row.run_id,
      phase: row.phase,
      body_sha256: scorecardBodySha256(document),
      document_sha256
    })
    return { ...facts, verified_scorecard_id: scorecard_id } satisfies Replayed
  })

const replayedText = (id: string, { verdict, origin, independent, verified_scorecard_id }: Replayed): string => {
  if (verdict.verdict !== "EQUAL") return `${id}: not verified\n${replayText(verdict)}`
  if (!independent || verified_scorecard_id === null)
    return [
      `${id}: the replay is EQUAL, and the scorecard stays self-reported: this store, ${origin}, executed the run itself`,
      "  an independent replay is one in another store:",
      "    feagi-trainer run export RUN --bundle run.zip      here",
      `    feagi-trainer run import run.zip                   there, then  feagi-trainer scorecard verify ${id} --replay`
    ].join("\n")
  return `${id}: verified by a replay of the run that ${origin} executed: ${verified_scorecard_id}`
}

const readText = (path: string): Effect.Effect<string, TrainerError> =>
  Effect.flatMap(readFileLimited(path, maxFileBytes), (bytes) => {
    const text = decodeText(bytes, path)
    return text.ok ? Effect.succeed(text.text) : trainerErrors("integrity", text.diagnostics)
  })

/** A Scorecard as JSON, with every key once; where it is no such JSON it is no Scorecard. */
const cardJson = (text: string, shown: string): Effect.Effect<JsonValue, TrainerError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(fromCanonical(text))
    } catch (cause) {
      if (!(cause instanceof Error)) return Effect.die(cause)
      return trainerError("integrity", { code: "FT5203", file: shown, message: `is no Scorecard: ${cause.message}` })
    }
  })

const checkSignature = (signature: string, key: string, text: string, shown: string, protocol?: JsonValue) =>
  Effect.gen(function* () {
    const verifier = yield* readVerifier(key)
    const problems = verifyAttestation({
      envelope: yield* readText(signature),
      scorecard: yield* cardJson(text, shown),
      ...(protocol === undefined ? {} : { protocol }),
      verifier
    })
    if (problems.length > 0)
      return yield* trainerErrors(
        "integrity",
        problems.map((each) => ({ ...each, file: each.field?.startsWith("scorecard") === true ? shown : signature }))
      )
    return verifier.keyid
  })

/** A card in a file: nothing but the file, the signature and the key is needed. */
const verifyFile = (card: string, signature: string, key: string, asJson: boolean) =>
  Effect.gen(function* () {
    const text = yield* readText(card)
    const keyid = yield* checkSignature(signature, key, text, card)
    const { scorecard_id, status } = yield* decodeCard(text, card)
    yield* emit(asJson, {
      kind: "scorecard-verification",
      data: { scorecard_id, verified: true, status, keyid },
      human: `${scorecard_id}: ${status}; the key ${keyid.slice(0, 16)} vouches for every field of it`
    })
  })

export const verify = Command.make(
  "verify",
  {
    scorecard: scorecardId,
    replay,
    signature: file("signature", "A signature that `scorecard sign` wrote: check it, with --key"),
    key: file("key", "The public key of whoever signed"),
    card: file("card", "A scorecard in a file, of which no store is needed; with --signature and --key"),
    json
  },
  (flags) =>
    Effect.gen(function* () {
      const [signature, key, card] = [flags.signature, flags.key, flags.card].map(Option.getOrUndefined)
      if ((signature === undefined) !== (key === undefined) || (card !== undefined && (signature === undefined || flags.replay)))
        return yield* trainerError("usage", {
          code: "FT1331",
          message: "a signature is checked with a key, and a card in a file by its signature alone",
          help: "feagi-trainer scorecard verify SCORECARD --signature FILE --key FILE.pub,  or  --card FILE --signature FILE --key FILE.pub"
        })
      if (card !== undefined && signature !== undefined && key !== undefined) return yield* verifyFile(card, signature, key, flags.json)
      return yield* verifyStored(
        flags.scorecard,
        flags.replay,
        signature === undefined || key === undefined ? undefined : { signature, key },
        flags.json
      )
    })
).pipe(
  Command.withExamples([
    { command: "feagi-trainer scorecard verify sc-0123 --replay", description: "Make a verified scorecard of an imported run" },
    {
      command: "feagi-trainer scorecard verify --card card.json --signature card.dsse.json --key lab.pub",
      description: "Offline, without a store"
    }
  ])
)

const verifyStored = (
  reference: string,
  wantsReplay: boolean,
  signed: { readonly signature: string; readonly key: string } | undefined,
  asJson: boolean
) =>
  reading(
    Effect.gen(function* () {
      const asked = yield* findCard(reference)
      const { row, card } = yield* selfReported(asked)
      const { view, predictions, problems } = yield* recompute(row, card)
      if (problems.length > 0) return yield* trainerErrors("integrity", problems)
      const base = { scorecard_id: asked.scorecard_id, verified: true, predictions }
      const said = `${asked.scorecard_id}: says what its ${predictions} predictions give`
      if (signed !== undefined) {
        const protocol = (yield* documentOf(view.row)).protocol as unknown as JsonValue
        const text = yield* cardText(asked.document_sha256)
        const keyid = yield* checkSignature(signed.signature, signed.key, text, asked.scorecard_id, protocol)
        if (!wantsReplay)
          return yield* emit(asJson, {
            kind: "scorecard-verification",
            data: { ...base, keyid },
            human: `${said}, and the key ${keyid.slice(0, 16)} vouches for every field of it`
          })
      }
      if (!wantsReplay) return yield* emit(asJson, { kind: "scorecard-verification", data: base, human: said })
      const { verdict, ...facts } = yield* replayed(row, card)
      yield* emit(asJson, {
        kind: "scorecard-verification",
        data: {
          ...base,
          scorecard_id: row.scorecard_id,
          verified: verdict.verdict === "EQUAL" && facts.independent,
          ...facts,
          replay: verdict
        },
        human: replayedText(row.scorecard_id, { verdict, ...facts })
      })
      const code = replayExitCodes[verdict.verdict]
      if (code !== 0) return yield* Effect.fail(new Stopped(code))
    })
  )
