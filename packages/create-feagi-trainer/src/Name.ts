/**
 * The name of a plugin: the id in its manifest, the folder it is written to, and the end of its package name.
 *
 * Sharp edge: the id has to be unique per kind within a project, so the ids of the trainer's own plugins of that kind are refused here;
 * whether a package of that name is taken on the registry is seen only when it is published.
 */
import type { Axis } from "./Axis.ts"

/** Device names of Windows, where no folder can be called so; folders that npm and Node treat in their own way. */
const unusable = new Set([
  "con",
  "prn",
  "aux",
  "nul",
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((n) => [`com${n}`, `lpt${n}`]),
  "node-modules",
  "test"
])

/** Ids that the trainer's own plugins have: an id is unique per kind. */
const taken: Readonly<Record<Axis, ReadonlyArray<string>>> = {
  adapter: ["coco", "csv", "image-folder", "text", "time-series"],
  sampler: ["curriculum", "random", "sequential", "stratified", "time-window"],
  transform: [
    "flatten",
    "image-crop",
    "image-decode",
    "image-flip",
    "image-mask",
    "image-normalise",
    "image-random-brightness",
    "image-random-crop",
    "image-random-flip",
    "image-random-rotate",
    "image-resize",
    "image-rotate",
    "image-standardise",
    "min-max",
    "select",
    "series-jitter",
    "series-min-max",
    "series-resample",
    "series-window",
    "series-z-normalise",
    "standardise",
    "text-normalise",
    "tokenise"
  ],
  "metric-pack": [
    "classification",
    "control",
    "detection",
    "pose",
    "segmentation",
    "sequence",
    "sequence-tags",
    "time-series",
    "time-series-events"
  ],
  protocol: [
    "classification-holdout",
    "classification-train-test",
    "control-holdout",
    "control-train-test",
    "detection-holdout",
    "detection-train-test",
    "pose-holdout",
    "pose-train-test",
    "segmentation-holdout",
    "segmentation-train-test",
    "sequence-holdout",
    "sequence-train-test",
    "spans-holdout",
    "spans-train-test",
    "time-series-events-holdout",
    "time-series-events-train-test",
    "time-series-scalar-holdout",
    "time-series-scalar-train-test",
    "time-series-vector-holdout",
    "time-series-vector-train-test",
    "token-tags-holdout",
    "token-tags-train-test"
  ],
  encoder: [
    "audio-spectrum",
    "boolean",
    "category",
    "image-frame",
    "misc-data",
    "percentage",
    "percentage-vector",
    "raw-imu",
    "segmented-vision",
    "sensory",
    "text-token",
    "time-series"
  ],
  decoder: ["class-set", "composite", "count-class", "keypoints", "misc-class", "motor", "pose", "scalar", "segmentation-mask", "vector"],
  reward: ["correctness", "margin", "prediction-error", "return", "sparse-outcome", "supervised"],
  "brain-backend": ["embedded", "live"],
  learner: ["brain", "gradient", "stages", "tfjs"]
}

const longest = 60

/** What is wrong with the name of a plugin of this axis, or nothing. Without an axis it is seen only whether it can be a name at all. */
export const problemOfName = (name: string, axis?: Axis): string | undefined => {
  const shown = JSON.stringify(name)
  if (name.length > longest) return `the name has ${name.length} characters; at most ${longest} are allowed`
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    return `the name ${shown} is not kebab-case: lower-case letters and digits, words joined by one hyphen, a letter first, as in my-metric`
  if (unusable.has(name)) return `the name ${shown} is reserved: no folder or package can be called so on every system`
  if (axis !== undefined && taken[axis].includes(name))
    return `the name ${shown} is reserved: it is the id of a plugin of the trainer, and ids are unique within a project`
  return undefined
}
