/**
 * `audit`: everything that a project stored looked at once, as one report with a hash, and signed where a key is given.
 *
 * Sharp edge: an audit says that what is stored is what was written and that hashes agree; that a result can be had again is for
 * `run replay`, which an audit does not do.
 */
import { existsSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { type Diagnostic, type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { documentOf, RunJournal, type RunRow, resultOf, Scorecards, trainerVersion, viewRun } from "@feagi-trainer/core"
import { canonical, fromCanonical, fromUtf8, hashOf, type JsonValue, toUtf8 } from "@feagi-trainer/determinism"
import { type DsseEnvelope, payloadType, preAuthentication, statementType } from "@feagi-trainer/evaluation"
import { readFileLimited, verifyStore } from "@feagi-trainer/store"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { failAfterData } from "../afterData.ts"
import { verifyChronicle } from "../chronicle/Chronicle.ts"
import { manifestPath } from "../chronicle/Manifest.ts"
import { json } from "../flags.ts"
import { jsonText } from "../jsonText.ts"
import { readSigner, readVerifier } from "../keys.ts"
import { emit } from "../Out.ts"
import { writeOut } from "../outFiles.ts"
import { Project } from "../Project.ts"
import { reading } from "../services.ts"

const predicateType = "https://feagi_trainer/audit/v1"
const maxBytes = 256 << 20

/** Findings of a check in place of its failure; what is no TrainerError is a bug and goes on. */
const findings = <A, R>(check: Effect.Effect<A, TrainerError, R>) =>
  check.pipe(
    Effect.map((value) => ({ value, found: [] as ReadonlyArray<Diagnostic> })),
    Effect.catch((error) => Effect.succeed({ value: undefined, found: error.diagnostics as ReadonlyArray<Diagnostic> }))
  )

const auditRun = (row: RunRow) =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const view = yield* viewRun(row)
    const document = yield* documentOf(row)
    const { predictions_sha256 } = yield* resultOf(view)
    const events = yield* journal.events(row.run_id)
    return {
      run_id: row.run_id,
      status: view.status,
      spec_sha256: row.spec_sha256,
      protocol: `${document.protocol.id}@${document.protocol.version}`,
      predictions_sha256,
      /** Of its last event, and with it of all. */
      head_sha256: events.at(-1)?.sha256 ?? null,
      brain_mutated: view.state.brain_mutated !== undefined,
      continued_not_identical: view.state.continued.length > 0
    }
  })

const audited = Effect.gen(function* () {
  const project = yield* yield* Project
  const journal = yield* RunJournal
  const stored = yield* findings(verifyStore())
  const looked = yield* Effect.forEach(yield* journal.runs, (row) => findings(auditRun(row)))
  const scorecards = yield* Scorecards
  const cards = (yield* scorecards.list).map(({ scorecard_id, run_id, phase, body_sha256 }) => ({
    scorecard_id,
    run_id,
    phase,
    body_sha256
  }))
  const verified = (yield* scorecards.verified).map(({ scorecard_id, verifies, body_sha256 }) => ({ scorecard_id, verifies, body_sha256 }))
  const chronicle = existsSync(join(project.folder, manifestPath)) ? yield* findings(verifyChronicle(project.folder)) : undefined
  const all = [...stored.found, ...(stored.value ?? []), ...looked.flatMap(({ found }) => found), ...(chronicle?.found ?? [])]
  // The store and the journal tell of the same break; it is one finding.
  const found = [...new Map(all.map((each) => [canonical(each), each])).values()]
  const body = {
    schema_version: 1,
    trainer_version: trainerVersion,
    whole: found.every(({ severity }) => severity !== "error"),
    runs: looked.flatMap(({ value }) => value ?? []),
    scorecards: cards,
    verified_scorecards: verified,
    chronicle: chronicle?.value ?? null,
    findings: found
  } as const
  return { ...body, report_sha256: hashOf(body) }
})

type Report = Effect.Success<typeof audited>

const signed = (report: Report, file: string, keyFile: string) =>
  Effect.gen(function* () {
    const signer = yield* readSigner(keyFile)
    const subject = [
      { name: "audit", digest: { sha256: report.report_sha256 } },
      ...report.runs.flatMap(({ run_id, head_sha256 }) => (head_sha256 === null ? [] : [{ name: run_id, digest: { sha256: head_sha256 } }]))
    ]
    const payload = toUtf8(canonical({ _type: statementType, subject, predicateType, predicate: report }))
    const sig = Buffer.from(signer.sign(preAuthentication(payloadType, payload))).toString("base64")
    const envelope: DsseEnvelope = {
      payloadType,
      payload: Buffer.from(payload).toString("base64"),
      signatures: [{ keyid: signer.keyid, sig }]
    }
    yield* writeOut(file, () => writeFileSync(resolve(file), `${jsonText(envelope)}\n`, { flag: "wx" }))
    return { file, keyid: signer.keyid }
  })

const text = (report: Report): string =>
  [
    `${report.runs.length} runs, ${report.scorecards.length} scorecards, ${report.verified_scorecards.length} of them verified elsewhere`,
    `chronicle: ${report.chronicle === null ? "none, or not whole" : `${report.chronicle.entries} entries`}`,
    ...report.findings.map(({ code, severity, message }) => `${severity}[${code}] ${message}`),
    report.whole ? "all as it was written" : "not all is as it was written",
    `report ${report.report_sha256}`
  ].join("\n")

const noAudit = (file: string, why: string): TrainerError =>
  trainerError("integrity", {
    code: "FT3471",
    file,
    message: `is no signed audit that holds: ${why}`,
    help: "ask whoever signed it for the file as it was, and for the public key"
  })

/** Throws Error with what is wrong. */
const opened = (bytes: Uint8Array) => {
  const envelope = fromCanonical(fromUtf8(bytes)) as unknown as DsseEnvelope
  const [signature] = envelope.signatures
  if (envelope.payloadType !== payloadType || signature === undefined) throw new Error("it is no envelope of this kind")
  const payload = new Uint8Array(Buffer.from(envelope.payload, "base64"))
  const statement = fromCanonical(fromUtf8(payload)) as { readonly predicateType?: unknown; readonly predicate?: JsonValue }
  if (statement.predicateType !== predicateType) throw new Error("the statement is about something else")
  const { report_sha256, ...body } = statement.predicate as unknown as Report
  return { payload, signature, report_sha256, whole: body.whole, runs: body.runs.length, holds: hashOf(body) === report_sha256 }
}

export const check = Command.make(
  "check",
  {
    file: Argument.String("file").pipe(Argument.withDescription("A file that  audit --out  wrote")),
    publicKey: Flag.String("public-key").pipe(Flag.withMetavar("file"), Flag.withDescription("The public key of whoever signed")),
    json
  },
  (flags) =>
    Effect.gen(function* () {
      const verifier = yield* readVerifier(flags.publicKey)
      const bytes = yield* readFileLimited(flags.file, maxBytes)
      const found = yield* Effect.try({
        try: () => opened(bytes),
        catch: (cause) => noAudit(flags.file, cause instanceof Error ? cause.message : String(cause))
      })
      const { payload, signature, report_sha256, whole, runs, holds } = found
      if (signature.keyid !== verifier.keyid) return yield* noAudit(flags.file, `it was signed with the key ${signature.keyid}`)
      if (!verifier.verify(preAuthentication(payloadType, payload), new Uint8Array(Buffer.from(signature.sig, "base64"))))
        return yield* noAudit(flags.file, "the signature is not over this report")
      if (!holds) return yield* noAudit(flags.file, "the report does not have the hash that it names")
      yield* emit(flags.json, {
        kind: "audit-check",
        data: { file: flags.file, keyid: verifier.keyid, report_sha256, whole, runs },
        human: `signed by ${verifier.keyid.slice(0, 16)}: ${runs} runs, ${whole ? "all as it was written" : "not all as it was written"}\nreport ${report_sha256}`
      })
    })
).pipe(
  Command.withExamples([
    {
      command: "feagi-trainer audit check audit.dsse.json --public-key lab.key.pub",
      description: "Whether it is signed by this key, and unchanged"
    }
  ])
)

export const audit = Command.make(
  "audit",
  {
    key: Flag.String("key").pipe(
      Flag.withMetavar("file"),
      Flag.withDescription("Private key to sign the report with; needs --out"),
      Flag.optional
    ),
    out: Flag.String("out").pipe(
      Flag.withMetavar("file"),
      Flag.withDescription("File for the signed report; it must not exist"),
      Flag.optional
    ),
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        if (Option.isSome(flags.key) !== Option.isSome(flags.out))
          return yield* trainerError("usage", {
            code: "FT3470",
            message: "a signature needs a key and a file to write to",
            expected: "--key FILE --out FILE",
            help: "feagi-trainer scorecard keygen --out lab.key   makes a key"
          })
        const report = yield* audited
        const signature =
          Option.isSome(flags.key) && Option.isSome(flags.out) ? yield* signed(report, flags.out.value, flags.key.value) : null
        yield* emit(flags.json, { kind: "audit", data: { ...report, signature }, human: text(report) })
        if (!report.whole)
          return yield* failAfterData(
            trainerErrors(
              "integrity",
              report.findings.filter(({ severity }) => severity === "error")
            )
          )
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer audit --key lab.key --out audit.dsse.json", description: "A report that others can check" },
    { command: "feagi-trainer audit check audit.dsse.json --public-key lab.key.pub", description: "What they do" }
  ])
)
