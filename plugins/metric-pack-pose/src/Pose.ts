/**
 * The metric pack `pose`: where an object is and how it is turned, in six degrees of freedom.
 *
 * Sharp edges: lengths are metres and orientations unit quaternions; one that is further than 1e-6 from length 1 is refused by its sample.
 * Errors are of the answered samples, recalls of all of them.
 */
import { type MetricContext, MetricPack, type MetricResult } from "@feagi-trainer/contracts"
import { Chunk } from "effect"
import { figuresOf } from "./Figures.ts"
import { poseFiles } from "./Files.ts"
import { type Model, modelsOf, signatureOf } from "./Models.ts"
import { decodePoseOptions, type PoseOptions } from "./Options.ts"
import { bounds } from "./PoseErrors.ts"
import { mergeRows, noRows, objectPoseType, type Row, Rows, rowOf } from "./Rows.ts"
import { tableOf, valuesOf } from "./Values.ts"

const checkContext = ({ output_type }: MetricContext): void => {
  const type = typeof output_type === "string" ? output_type : output_type.custom
  if (type !== "pose6_dof" && type !== objectPoseType)
    throw new RangeError(`the metric pack pose scores output type pose6_dof or ${objectPoseType}, not ${JSON.stringify(output_type)}`)
}

const resultOf = (options: PoseOptions, models: ReadonlyArray<Model>, rows: ReadonlyArray<Row>): MetricResult => {
  const table = tableOf(rows, models, options)
  return { values: valuesOf(table, new Uint32Array(rows.length).fill(1)), figures: figuresOf(rows, models, table) }
}

const errorNames = ["add", "adds", "add_or_adds", "mssd", "rotation_deg", "rotation_rad", "translation"]
const shareNames = ["add_recall", "adds_recall", "add_or_adds_recall", "add_auc", "adds_auc", ...bounds.map(({ name }) => name), "answered"]
const lower = [...errorNames, ...errorNames.map((name) => `${name}_median`), "abstained"]

export const pose = MetricPack.define({
  id: "pose",
  output_types: ["pose6_dof", objectPoseType],
  decodeOptions: decodePoseOptions,
  state: Rows,
  signature: signatureOf,
  // What has no direction is not listed: samples says what the data is like.
  directions: Object.fromEntries([
    ...lower.map((name) => [name, "lower-is-better" as const] as const),
    ...shareNames.map((name) => [name, "higher-is-better" as const] as const)
  ]),
  ranges: Object.fromEntries([
    ...[...shareNames, "abstained"].map((name) => [name, [0, 1] as const] as const),
    ...["rotation_deg", "rotation_deg_median"].map((name) => [name, [0, 180] as const] as const),
    ...["rotation_rad", "rotation_rad_median"].map((name) => [name, [0, Math.PI] as const] as const)
  ]),
  headline: ["add_or_adds_recall", "add_auc", "adds_auc", "rotation_deg", "translation"],
  start: (options, context) => {
    checkContext(context)
    const models = modelsOf(options)
    return {
      empty: noRows,
      add: (rows, scored) => Chunk.append(rows, rowOf(models, scored)),
      merge: mergeRows,
      result: (rows) => resultOf(options, models, Chunk.toReadonlyArray(rows))
    }
  },
  atoms: (options, context, samples) => {
    checkContext(context)
    const models = modelsOf(options)
    const table = tableOf(
      samples.map((scored) => rowOf(models, scored)),
      models,
      options
    )
    return {
      count: samples.length,
      atomOf: Uint32Array.from(samples, (_, index) => index),
      values: (multiplicity) => valuesOf(table, multiplicity)
    }
  },
  files: poseFiles
})
