/** `scorecard keygen`, `scorecard sign` and `scorecard export`: what is handed to somebody else. */
import { writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { encodeDocument, trainerErrors } from "@feagi-trainer/contracts"
import { documentOf, readGenomeEvaluation, viewRun } from "@feagi-trainer/core"
import { fromCanonical, type JsonValue } from "@feagi-trainer/determinism"
import { signStatement, statementOf } from "@feagi-trainer/evaluation"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { findRun } from "../../findRun.ts"
import { json } from "../../flags.ts"
import { jsonText } from "../../jsonText.ts"
import { makeKey, readSigner } from "../../keys.ts"
import { emit } from "../../Out.ts"
import { emptyFolder, writeOut } from "../../outFiles.ts"
import { reading } from "../../services.ts"
import { cardText, findCard, scorecardId } from "./cards.ts"

const out = (what: string) => Flag.String("out").pipe(Flag.withMetavar("path"), Flag.withDescription(what))

export const keygen = Command.make("keygen", { out: out("File of the private key; the public one is FILE.pub"), json }, (flags) =>
  Effect.gen(function* () {
    const made = yield* makeKey(flags.out)
    yield* emit(flags.json, {
      kind: "signing-key",
      data: made,
      human: [
        `private key  ${made.key}  (only you can read it; keep a copy, and give it to nobody)`,
        `public key   ${made.public_key}  (give it to whoever is to check your signatures)`,
        `key id       ${made.keyid}`
      ].join("\n")
    })
  })
).pipe(
  Command.withExamples([
    { command: "feagi-trainer scorecard keygen --out lab.key", description: "Writes lab.key (mode 600) and lab.key.pub" }
  ])
)

const key = Flag.String("key").pipe(Flag.withMetavar("file"), Flag.withDescription("The private key, which only you may be able to read"))

export const sign = Command.make("sign", { scorecard: scorecardId, key, out: out("File to write the signature to"), json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const row = yield* findCard(flags.scorecard)
      const run = yield* findRun(row.run_id)
      const { protocol } = yield* documentOf(run)
      const stated = statementOf(fromCanonical(yield* cardText(row.document_sha256)), protocol as unknown as JsonValue)
      if (!stated.ok) return yield* trainerErrors("invalid", stated.diagnostics)
      const signer = yield* readSigner(flags.key)
      const envelope = signStatement(stated.statement, signer)
      yield* writeOut(flags.out, () => writeFileSync(resolve(flags.out), `${jsonText(envelope)}\n`, { flag: "wx" }))
      const { subject } = stated.statement
      yield* emit(flags.json, {
        kind: "signature",
        data: { scorecard_id: row.scorecard_id, keyid: signer.keyid, file: flags.out, subjects: subject },
        human: [
          `${flags.out}: ${row.scorecard_id} signed by ${signer.keyid.slice(0, 16)}, with`,
          ...subject.map(({ name, digest }) => `  ${digest.sha256}  ${name}`)
        ].join("\n")
      })
    })
  )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer scorecard sign latest --key lab.key --out card.dsse.json", description: "Sign the last scorecard" }
  ])
)

export const exportCard = Command.make("export", { scorecard: scorecardId, out: out("A folder that does not exist yet"), json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const row = yield* findCard(flags.scorecard)
      const run = yield* findRun(row.run_id)
      const evaluation = yield* readGenomeEvaluation(yield* documentOf(run), (yield* viewRun(run)).state.phases)
      const files = [
        { file: "scorecard.json", text: yield* cardText(row.document_sha256) },
        ...(evaluation === undefined
          ? []
          : [{ file: "genome-evaluation.json", text: `${encodeDocument("GenomeEvaluation", evaluation, { pretty: true })}\n` }])
      ]
      yield* emptyFolder(flags.out)
      yield* writeOut(flags.out, () => {
        for (const { file, text } of files) writeFileSync(join(resolve(flags.out), file), text, { flag: "wx" })
      })
      yield* emit(flags.json, {
        kind: "scorecard-export",
        data: { scorecard_id: row.scorecard_id, folder: flags.out, files: files.map(({ file }) => file) },
        human: files.map(({ file }) => join(flags.out, file)).join("\n")
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer scorecard export latest --out card", description: "Its bytes as they are stored" }]))
