/** The files of a bundle, from what is known of the run and nothing else: equal content is equal bytes, wherever it came from. */
import { encodeDocument } from "@feagi-trainer/contracts"
import { documentBytes, predictionsHash, stateOf, trainerVersion } from "@feagi-trainer/core"
import { canonicalBytes, hashOf, toUtf8 } from "@feagi-trainer/determinism"
import { type BundleEntry, journalBodySha256 } from "@feagi-trainer/store"
import { recordingFrom } from "../recording.ts"
import { type BundleEnvelope, evaluationFile, journal, linesOf, marksFile, required, rewardsFile, statusOf } from "./layout.ts"
import { nothingSaid, type RunContent } from "./RunContent.ts"
import { tableEntries } from "./tables.ts"

const envelopeOf = ({ row, origin, events, scorecards, verified, supersessions }: RunContent): BundleEnvelope => ({
  origin,
  created_at: row.created_at,
  events: events.map(({ at_wall }) => at_wall),
  scorecards: Object.fromEntries([...scorecards, ...verified].map(({ scorecard_id, created_at }) => [scorecard_id, created_at])),
  supersessions: supersessions.map(({ created_at }) => created_at)
})

const withoutTime = <Row extends { readonly created_at: number }>({ created_at: _, ...row }: Row): Omit<Row, "created_at"> => row

export const bundleEntries = async (content: RunContent): Promise<ReadonlyArray<BundleEntry>> => {
  const { row, document, dataset, events, predictions, telemetry } = content
  const recording = recordingFrom({ ...content, run_id: row.run_id }, document)
  const { location, ...record } = dataset
  return [
    { name: required.document, bytes: documentBytes(document) },
    {
      name: required.recording,
      bytes: canonicalBytes({
        run_id: row.run_id,
        status: statusOf(stateOf(events)),
        phases: recording.phases,
        steps: recording.steps,
        continued_not_identical: recording.continued_not_identical,
        brain_mutated: recording.brain_mutated
      })
    },
    { name: required.predictions, bytes: linesOf(predictions) },
    ...(recording.rewards === undefined ? [] : [{ name: rewardsFile, bytes: linesOf(recording.rewards) }]),
    { name: required.dataset, bytes: canonicalBytes({ ...record, path: location.path }) },
    { name: journal.events, bytes: linesOf(events.map(({ type, payload }, seq) => ({ seq, type, payload }))) },
    { name: journal.telemetry, bytes: linesOf(telemetry) },
    {
      name: journal.scorecards,
      bytes: canonicalBytes({
        scorecards: content.scorecards.map(withoutTime),
        verified: content.verified.map(withoutTime),
        supersessions: content.supersessions.map(withoutTime)
      })
    },
    ...(hashOf(content.marks) === hashOf(nothingSaid) ? [] : [{ name: marksFile, bytes: canonicalBytes(content.marks) }]),
    { name: journal.envelope, bytes: canonicalBytes(envelopeOf(content)) },
    ...(content.evaluation === undefined
      ? []
      : [{ name: evaluationFile, bytes: toUtf8(`${encodeDocument("GenomeEvaluation", content.evaluation, { pretty: true })}\n`) }]),
    ...(await tableEntries(content)),
    ...[...content.data].map(([path, bytes]) => ({ name: `data/${path}`, bytes })),
    ...[...content.blobs].map(([sha256, bytes]) => ({ name: `blobs/${sha256}`, bytes }))
  ]
}

/** What `bundle.json` says beside the list of files. */
export const bundleFacts = ({ row, events, predictions }: RunContent) => ({
  run_id: row.run_id,
  spec_sha256: row.spec_sha256,
  predictions_sha256: predictionsHash(predictions),
  journal_body_sha256: journalBodySha256(events),
  trainer_version: trainerVersion
})
