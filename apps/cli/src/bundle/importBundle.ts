/**
 * Takes the run of a bundle over into the store in the context.
 *
 * The hashes of a bundle say that nobody altered it by accident; whoever made it may have sealed anything. So every file is made again from
 * the journal in the bundle, and one that says something else is named. What no look can tell, whether the answers are those of the brain,
 * a replay tells.
 */
import {
  type Diagnostic,
  decodeDocument,
  type GenomeEvaluation,
  type Scorecard,
  TrainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import {
  applyMark,
  type EventPayloads,
  genomeEvaluationOfRun,
  genomeSchemaVersion,
  type MarkChange,
  type MarkDifference,
  marksTag,
  mergeMarks,
  noMarks,
  type PredictionRow,
  predictionsHash,
  type RegisteredScan,
  type RewardRow,
  type RunRow,
  type SaidOfRun,
  type ScorecardRow,
  type StoredEvent,
  type Supersession,
  specHash,
  stateOf,
  type TelemetryRow,
  trainerVersion,
  UserMarks,
  type VerifiedScorecardRow
} from "@feagi-trainer/core"
import { fromCanonical, fromUtf8, hashOf, sha256Hex } from "@feagi-trainer/determinism"
import { genomeEvaluationProblems, scorecardBodySha256, scorecardId, verifiedScorecard } from "@feagi-trainer/evaluation"
import { type Imported, markProblem, Store, storeCodes } from "@feagi-trainer/store"
import * as Effect from "effect/Effect"
import { filesUnder, type OpenedBundle, openRunBundle } from "../bundle.ts"
import { bundleEntries, bundleFacts } from "./bundleEntries.ts"
import { type BundleEnvelope, evaluationFile, journal, marksFile, rewardsFile, rowsOf } from "./layout.ts"
import { blobsOfRun, isAbout, nothingSaid, type RunContent } from "./RunContent.ts"

const contradiction = (
  file: string,
  message: string,
  sides: { readonly expected?: string; readonly actual?: string } = {}
): Diagnostic => ({
  code: "FT4038",
  severity: "error",
  file,
  message,
  ...sides,
  help: storeCodes.FT4038.help
})

type Without<Row> = Omit<Row, "created_at">

interface StoredScorecards {
  readonly scorecards: ReadonlyArray<Without<ScorecardRow>>
  readonly verified: ReadonlyArray<Without<VerifiedScorecardRow>>
  readonly supersessions: ReadonlyArray<Without<Supersession>>
}

/** The content of a bundle that has a journal. Throws where the files are not of the form that bundles have. */
const contentOf = ({ files, manifest, recording, dataset }: OpenedBundle): RunContent => {
  const bytes = (name: string): Uint8Array => files.get(name) ?? new Uint8Array()
  const document = <A>(name: string): A => fromCanonical(fromUtf8(bytes(name))) as unknown as A
  const envelope = document<BundleEnvelope>(journal.envelope)
  const stored = document<StoredScorecards>(journal.scorecards)
  const events = rowsOf<Pick<StoredEvent, "seq" | "type" | "payload">>(bytes(journal.events))
  const created = events[0]?.payload as unknown as EventPayloads["created"] & Omit<RunRow, "run_id" | "attempt" | "created_at">
  const at = <Row extends { readonly scorecard_id: string }>(row: Row) => ({
    ...row,
    created_at: envelope.scorecards[row.scorecard_id] ?? Number.NaN
  })
  const run_id = String(manifest.run_id)
  const { group_id, name, seed, spec_sha256, document_sha256 } = created
  return {
    row: {
      run_id,
      attempt: Number(run_id.split("-").at(-1)),
      group_id,
      name,
      seed,
      spec_sha256,
      document_sha256,
      created_at: envelope.created_at
    },
    origin: envelope.origin,
    document: recording.document,
    events: events.map(({ type, payload }, seq) => ({ type, payload, at_wall: envelope.events[seq] ?? Number.NaN })),
    predictions: recording.predictions as ReadonlyArray<PredictionRow>,
    rewards: rowsOf<RewardRow>(bytes(rewardsFile)),
    telemetry: rowsOf<TelemetryRow>(bytes(journal.telemetry)),
    dataset,
    data: filesUnder(files, "data"),
    blobs: filesUnder(files, "blobs"),
    scorecards: stored.scorecards.map(at),
    verified: stored.verified.map(at),
    marks: files.has(marksFile) ? document<SaidOfRun>(marksFile) : nothingSaid,
    evaluation: evaluationOf(files.get(evaluationFile)),
    supersessions: stored.supersessions.map((link, index) => ({ ...link, created_at: envelope.supersessions[index] ?? Number.NaN }))
  }
}

const evaluationOf = (bytes: Uint8Array | undefined): GenomeEvaluation | undefined => {
  if (bytes === undefined) return undefined
  const decoded = decodeDocument("GenomeEvaluation", fromUtf8(bytes))
  if (decoded.ok) return decoded.value
  throw trainerErrors(
    "integrity",
    decoded.problems.map((each) => contradiction(evaluationFile, `${each.path}: ${each.message}`))
  )
}

/** Where what is said of the run could not have been said. */
const marksProblems = ({ marks: { tags, note, starred, ...rest } }: RunContent): ReadonlyArray<Diagnostic> => {
  const formed =
    Array.isArray(tags) &&
    tags.every((tag) => typeof tag === "string") &&
    hashOf(tags) === hashOf([...new Set(tags)].sort()) &&
    (note === null || (typeof note === "string" && note !== "")) &&
    typeof starred === "boolean" &&
    Object.keys(rest).length === 0
  const problem = formed ? markProblem({ add_tags: tags, note }) : undefined
  if (formed && problem === undefined) return []
  const [first] = problem?.diagnostics ?? []
  return [contradiction(marksFile, `is nothing that can be said of a run${first === undefined ? "" : `: ${first.field} ${first.message}`}`)]
}

/** Only whether more or less is better is taken from the record itself: the metric pack says it, and need not be installed here. */
const evaluationProblems = ({ evaluation, document, events, blobs }: RunContent): ReadonlyArray<Diagnostic> => {
  if (evaluation === undefined) return []
  const genome = blobs.get(document.brain?.genome_sha256 ?? "")
  const version = genome === undefined ? undefined : genomeSchemaVersion(genome)
  const { objective } = evaluation.key.fitness
  const made = version === undefined ? undefined : genomeEvaluationOfRun(document, stateOf(events).phases, objective, version)
  return made?.evaluation_id === evaluation.evaluation_id && hashOf(made) === hashOf(evaluation)
    ? genomeEvaluationProblems(evaluation).map((each) => contradiction(evaluationFile, `${each.field}: ${each.message}`))
    : [contradiction(evaluationFile, "is not the evaluation of the genome that the run gives")]
}

/** Where the times and ids that no other file repeats are not what they have to be. */
const factProblems = (content: RunContent, bundle: OpenedBundle): ReadonlyArray<Diagnostic> => {
  const { row, origin, document, events, scorecards, verified, supersessions } = content
  const times = [
    row.created_at,
    ...events.map((each) => each.at_wall),
    ...[...scorecards, ...verified, ...supersessions].map((each) => each.created_at)
  ]
  const facts = bundleFacts(content)
  const named = bundle.manifest
  const found: Array<Diagnostic> = []
  if (!times.every((time) => Number.isSafeInteger(time)))
    found.push(contradiction(journal.envelope, "lacks the time of an event or a Scorecard, or has one that is no whole number"))
  if (!/^st-[0-9a-f]{32}$/.test(origin)) found.push(contradiction(journal.envelope, "names no store of origin", { actual: String(origin) }))
  if (row.spec_sha256 !== specHash(document) || row.document_sha256 !== row.spec_sha256)
    found.push(contradiction(journal.events, "begins with another run document", { expected: specHash(document), actual: row.spec_sha256 }))
  for (const key of ["predictions_sha256", "journal_body_sha256"] as const)
    if (named[key] !== facts[key])
      found.push(
        contradiction("bundle.json", `names another ${key} than its files give`, { expected: facts[key], actual: String(named[key]) })
      )
  return found
}

const cardOf = (content: RunContent, sha256: string): Scorecard | undefined => {
  const decoded = decodeDocument("Scorecard", fromUtf8(content.blobs.get(sha256) ?? new Uint8Array()))
  return decoded.ok ? decoded.value : undefined
}

/** Where Scorecards, answers and events do not say the same. */
const resultProblems = (content: RunContent): ReadonlyArray<Diagnostic> => {
  const { row, events, predictions, scorecards, verified, supersessions } = content
  const found: Array<Diagnostic> = []
  const other = (file: string, message: string) => found.push(contradiction(file, message))
  const { phases } = stateOf(events)
  for (const { phase, predictions_sha256 } of phases)
    if (predictions_sha256 !== undefined && predictions_sha256 !== predictionsHash(predictions.filter((each) => each.phase === phase)))
      other("predictions.ndjson", `the answers of phase ${phase} are not those that its end was recorded with`)
  const scored = phases.filter((each) => each.scorecard_id !== undefined)
  if (scored.length !== scorecards.length) other(journal.scorecards, "lists other Scorecards than were made")
  for (const card of scorecards) {
    const phase = scored.find((each) => each.phase === card.phase)
    const document = cardOf(content, card.document_sha256)
    const same =
      card.run_id === row.run_id &&
      phase?.scorecard_id === card.scorecard_id &&
      phase.scorecard_body_sha256 === card.body_sha256 &&
      phase.scorecard_sha256 === card.document_sha256
    const whole =
      document !== undefined && scorecardId(document) === card.scorecard_id && scorecardBodySha256(document) === card.body_sha256
    if (!same || !whole || document.scorecard_id !== card.scorecard_id || document.status !== "self_reported")
      other(journal.scorecards, `Scorecard ${card.scorecard_id} is not the one that phase ${card.phase} made`)
  }
  for (const card of verified) {
    const own = scorecards.find((each) => each.scorecard_id === card.verifies && each.phase === card.phase)
    const [about, document] = [own === undefined ? undefined : cardOf(content, own.document_sha256), cardOf(content, card.document_sha256)]
    const made = about === undefined ? undefined : verifiedScorecard(about, { created_at: 0n, verified_in: "", origin: "" })
    if (
      card.run_id !== row.run_id ||
      made?.scorecard_id !== card.scorecard_id ||
      document?.scorecard_id !== card.scorecard_id ||
      scorecardBodySha256(made) !== card.body_sha256 ||
      scorecardBodySha256(document) !== card.body_sha256
    )
      other(journal.scorecards, `Scorecard ${card.scorecard_id} does not verify a Scorecard of this run`)
  }
  if (!supersessions.every((link) => isAbout([...scorecards, ...verified], link)))
    other(journal.scorecards, "lists a supersession of Scorecards that are none of this run")
  return found
}

/** Where the data, and what was recorded of them, are not those of the run. */
const dataProblems = ({ document, dataset, data, blobs, ...content }: RunContent): ReadonlyArray<Diagnostic> => {
  const bytes = blobs.get(dataset.scan_sha256)
  const of = document.dataset
  const { name, version, content_hash, scan_sha256 } = dataset
  if (
    bytes === undefined ||
    of.name !== name ||
    of.version !== version ||
    of.content_hash !== content_hash ||
    of.scan_sha256 !== scan_sha256
  )
    return [contradiction("dataset.json", "is not the record of the dataset that the run pins")]
  const scan = fromCanonical(fromUtf8(bytes)) as unknown as RegisteredScan
  const wanted = new Set(blobsOfRun({ ...content, document, dataset }, scan))
  return [
    ...scan.files.flatMap((file) =>
      sha256Hex(data.get(file.path) ?? "") === file.sha256
        ? []
        : [contradiction(`data/${file.path}`, "is not the file that was registered")]
    ),
    ...[...data.keys()].flatMap((path) =>
      scan.files.some((file) => file.path === path) ? [] : [contradiction(`data/${path}`, "is no file of the dataset")]
    ),
    ...[...blobs].flatMap(([sha256, blob]) =>
      !wanted.has(sha256)
        ? [contradiction(`blobs/${sha256}`, "is named by nothing of the run")]
        : sha256Hex(blob) === sha256
          ? []
          : [contradiction(`blobs/${sha256}`, "does not have the hash that names it")]
    ),
    ...[...wanted].flatMap((sha256) =>
      blobs.has(sha256) ? [] : [contradiction(`blobs/${sha256}`, "is not in the bundle, and the run needs it")]
    )
  ]
}

/** Every file that is not what the journal of the bundle gives. Tables of another release may have other columns. */
const fileProblems = async (content: RunContent, { files, manifest }: OpenedBundle): Promise<ReadonlyArray<Diagnostic>> => {
  const sameRelease = manifest.trainer_version === trainerVersion
  const compared = (name: string): boolean => sameRelease || !name.startsWith("tables/")
  const made = new Map((await bundleEntries(content)).map(({ name, bytes }) => [name, bytes]))
  return [...new Set([...made.keys(), ...files.keys()])].filter(compared).flatMap((name) => {
    const [expected, actual] = [made.get(name), files.get(name)]
    if (expected === undefined) return [contradiction(name, "is no file of a bundle of this run")]
    if (actual === undefined) return [contradiction(name, "is not in the bundle")]
    if (Buffer.compare(expected, actual) === 0) return []
    return [
      contradiction(name, "says something else than the journal of the bundle", {
        expected: sha256Hex(expected),
        actual: sha256Hex(actual)
      })
    ]
  })
}

/** The content of a bundle in which everything fits together; FT4038 for each file that does not. */
const checkedContent = (bundle: OpenedBundle): Effect.Effect<RunContent, TrainerError> =>
  Effect.tryPromise({
    try: async () => {
      const content = contentOf(bundle)
      const problems = [
        ...factProblems(content, bundle),
        ...resultProblems(content),
        ...dataProblems(content),
        ...evaluationProblems(content),
        ...marksProblems(content)
      ]
      const found = problems.length > 0 ? problems : await fileProblems(content, bundle)
      if (found.length > 0) throw trainerErrors("integrity", found)
      return content
    },
    catch: (cause) => {
      if (cause instanceof TrainerError) return cause
      // A stranger may seal any JSON: what cannot be read as a journal is no bug of ours.
      const why = cause instanceof Error ? cause.message : String(cause)
      return trainerErrors("integrity", [contradiction("bundle.json", `the bundle cannot be read as a run: ${why}`)])
    }
  })

/** What an import did. */
export interface ImportedRun extends Imported {
  readonly origin: string
  readonly content: RunContent
  /** What was said of the run where it comes from: what was taken over, and what was not because something else was said here. */
  readonly marks: { readonly taken: MarkChange; readonly differences: ReadonlyArray<MarkDifference> }
}

/** What is said of a run beside its record comes behind it: an import that ends in between is simply repeated. */
const takeMarks = (run_id: string, theirs: SaidOfRun) =>
  Effect.gen(function* () {
    const service = yield* UserMarks
    const history = yield* service.history(run_id)
    const { change, differences } = mergeMarks(history, theirs)
    if (Object.keys(change).length > 0) yield* service.mark(run_id, change, marksTag(run_id, history.reduce(applyMark, noMarks)))
    return { taken: change, differences }
  })

export const importBundle = (path: string): Effect.Effect<ImportedRun, TrainerError, Store | UserMarks> =>
  Effect.gen(function* () {
    const bundle = yield* openRunBundle(path)
    const absent = Object.values(journal).filter((name) => !bundle.files.has(name))
    if (absent.length > 0)
      return yield* trainerErrors("invalid", [
        {
          code: "FT3117",
          severity: "error",
          file: path,
          message: "the bundle has no journal: it can be replayed, and not imported",
          expected: absent.join(", "),
          help: "export the run again with this version of feagi-trainer"
        }
      ])
    const content = yield* checkedContent(bundle)
    const store = yield* Store
    const imported = yield* store.importRun({ ...content, blobs: [documentBytesOf(bundle), ...content.blobs.values()] })
    return { ...imported, origin: content.origin, content, marks: yield* takeMarks(imported.run_id, content.marks) }
  })

/** The run document is a file of its own in a bundle, and a blob in a store. */
const documentBytesOf = ({ files }: OpenedBundle): Uint8Array => files.get("run.json") ?? new Uint8Array()
