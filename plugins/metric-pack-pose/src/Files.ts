/**
 * `ftr score --pack pose`: a file of estimates and one of true poses, with the models of their objects, become samples.
 *
 * Sharp edge: a target without a line in the predictions is scored as an abstention, which no recall counts as right.
 */
import {
  cappedDiagnostics,
  type Diagnostic,
  didYouMean,
  type FilesRead,
  type FilesRefused,
  type MetricFiles,
  type Pose6Dof,
  type Scored,
  type ScoreFiles,
  type TypedTarget
} from "@feagi-trainer/contracts"
import { codes } from "./Codes.ts"
import { decodePoseFileOptions, type PoseFileOptions } from "./FileOptions.ts"
import type { PoseOptions } from "./Options.ts"
import { type PoseFile, type PoseLine, readPoseFile } from "./PoseFile.ts"
import { objectPoseType } from "./Rows.ts"

const targetOf = (pose: Pose6Dof, object: string | undefined): TypedTarget =>
  object === undefined
    ? { pose6_dof: pose }
    : {
        custom: {
          type: objectPoseType,
          value: { object, position: [...pose.position], orientation: { ...pose.orientation } }
        }
      }

const scoredOf = ({ sample_id, pose, object }: PoseLine, answer: PoseLine | undefined): ReadonlyArray<Scored> => {
  if (pose === undefined) return []
  const prediction =
    answer?.pose === undefined ? { abstain: { reason: answer === undefined ? "missing" : null } } : { pose6_dof: answer.pose }
  return [{ sample_id, target: targetOf(pose, object), prediction }]
}

/** What is wrong between the two files, found only where each sample of its own is right. */
const mismatches = (predictions: PoseFile, targets: PoseFile): ReadonlyArray<Diagnostic> =>
  [...predictions.lines.values()].flatMap(({ sample_id, object, offset }): ReadonlyArray<Diagnostic> => {
    const place = { severity: "error" as const, file: predictions.text.name, ...predictions.text.placeOf(offset), sample_id }
    if (!targets.ids.has(sample_id)) {
      // A whole file of other ids gets one look-up each; past a thousand targets a neighbour says little.
      const near = targets.ids.size > 1000 ? undefined : didYouMean(sample_id, targets.ids)
      return [
        {
          code: codes.noTarget,
          message: `prediction "${sample_id}": ${targets.text.name} has no sample of this id`,
          ...place,
          field: "sample_id",
          help: near === undefined ? "leave the prediction out, or add its target" : `did you mean "${near}"?`
        }
      ]
    }
    const target = targets.lines.get(sample_id)
    if (object === undefined || target === undefined || object === target.object) return []
    return [
      {
        code: codes.otherObject,
        message: `prediction "${sample_id}": it is of another object than its target`,
        ...place,
        field: "object",
        expected: target.object === undefined ? "no object, as in the target" : JSON.stringify(target.object),
        actual: JSON.stringify(object)
      }
    ]
  })

const refused = (diagnostics: ReadonlyArray<Diagnostic>): FilesRefused => ({
  ok: false,
  diagnostics: cappedDiagnostics(diagnostics, codes.more)
})

const read = (files: ScoreFiles, options: PoseFileOptions): FilesRead<PoseOptions> | FilesRefused => {
  const [targetFile, ...more] = files.targets
  if (targetFile === undefined || more.length > 0)
    return refused([
      {
        code: codes.wrongTargets,
        severity: "error",
        message: `${files.targets.length} files of targets were given, expected one`,
        help: "--targets poses.json, once"
      }
    ])
  const predictions = readPoseFile(files.predictions, "prediction")
  const targets = readPoseFile(targetFile, "target")
  const wrong = [
    ...predictions.diagnostics,
    ...targets.diagnostics,
    // Without any target every prediction would be one too many.
    ...(targets.ids.size === 0 ? [] : mismatches(predictions, targets))
  ]
  if (wrong.length > 0) return refused(wrong)
  const lines = [...targets.lines.values()]
  const named = lines.some(({ object }) => object !== undefined)
  return {
    ok: true,
    options: { objects: targets.objects, ...options },
    context: { output_type: named ? { custom: objectPoseType } : "pose6_dof", classes: [] },
    scored: lines.flatMap((line) => scoredOf(line, predictions.lines.get(line.sample_id))),
    missing: lines.map(({ sample_id }) => sample_id).filter((id) => !predictions.lines.has(id))
  }
}

export const poseFiles: MetricFiles<PoseOptions, PoseFileOptions> = {
  about: {
    predictions:
      "a JSON array of {sample_id, position: [x, y, z] in metres, orientation: {w, x, y, z}}; position: null and orientation: null for no answer",
    targets:
      "the same array, or {objects, samples}: objects name the models as {points: [[x, y, z], …], diameter, symmetries: [{position, orientation}, …]}, and each sample names its object"
  },
  targets: "one",
  decodeOptions: decodePoseFileOptions,
  read,
  names: Object.fromEntries(
    [
      "add",
      "adds",
      "add_or_adds",
      "mssd",
      "add_recall",
      "adds_recall",
      "add_or_adds_recall",
      "add_auc",
      "adds_auc",
      "rotation_deg",
      "rotation_deg_median",
      "rotation_rad",
      "translation",
      "translation_median",
      "recall_5deg_5cm",
      "recall_2deg_2cm"
    ].map((name) => [name, name])
  )
}
