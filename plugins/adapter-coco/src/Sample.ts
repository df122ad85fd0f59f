/**
 * One record as a sample: the picture as payload, its annotations as target, in the frame of the picture.
 *
 * - `instances`: every box of the picture, in the order of the file, in pixels.
 * - `keypoints`: one sample per annotated person, because a target is one list of keypoints; its box stands in the metadata.
 * - `segmentation`: a class per pixel, 0 where no annotation is. Later annotations lie over earlier ones; a crowd is 255, to be ignored.
 *
 * Sharp edge: positions are those of the file. COCO counts pixels from 0 and a keypoint names a pixel, while 0 of our frame is the outer
 * corner of the first pixel; nobody says where within its pixel a keypoint lies, so half a pixel is not added.
 */
import {
  type BoundingBox,
  type IRSample,
  imageFrame,
  type Keypoint,
  type OutputType,
  type Payload,
  type Split,
  type TypedTarget
} from "@feagi-trainer/contracts"
import type { Annotation } from "./Annotation.ts"
import { type Box, boxInPixels, type Size } from "./Box.ts"
import { IGNORE_LABEL } from "./Classes.ts"
import type { Options, Task } from "./Options.ts"
import { paint } from "./Segmentation.ts"

export interface Labelled extends Pick<Annotation, "area" | "crowd" | "mask" | "keypoints" | "box"> {
  /** Absent with HaGRID. */
  readonly id?: number
  readonly class_id: number
  readonly label: string
}

/** A sample as it was read. */
export interface CocoData extends Size {
  readonly file_name: string
  /** Absent with HaGRID. */
  readonly image_id?: number
  readonly channels: number
  /** The bytes of the picture, or the annotation file that stands for it. */
  readonly payload: Payload
  readonly annotations: ReadonlyArray<Labelled>
}

export const outputTypeOf = (task: Task): OutputType =>
  task === "instances" ? "bbox_set" : task === "keypoints" ? "keypoints" : "segmentation_mask"

export const sampleOf = (sample_id: string, data: CocoData, options: Options, split: Split, dataset_version_id: string): IRSample => {
  const { file_name, image_id, width, height, channels, payload, annotations } = data
  const [person] = annotations
  const ids = annotations.map(({ id }) => id).filter((id) => id !== undefined)
  return {
    schema_version: 1,
    sample_id,
    dataset_version_id,
    split,
    modality: "image",
    payload,
    target: targetOf(data, options),
    output_type: outputTypeOf(options.task),
    coordinate_frame: imageFrame({ width, height, channels }),
    timestamp: null,
    metadata: {
      file_name,
      ...(image_id === undefined ? {} : { image_id }),
      ...(ids.length === 0 ? {} : { annotation_ids: ids }),
      ...(options.task === "keypoints" && person !== undefined ? personOf(person, options, data) : {})
    }
  }
}

const personOf = ({ box, area, crowd, label }: Labelled, { boxes }: Options, size: Size) => ({
  label,
  crowd,
  ...(box === null ? {} : { bbox: [...boxInPixels(box, boxes, size)] }),
  ...(area === null ? {} : { area })
})

const targetOf = (data: CocoData, { task, boxes }: Options): TypedTarget => {
  const { annotations, width, height } = data
  if (task === "keypoints") return { keypoints: keypointsOf(annotations[0]?.keypoints ?? []) }
  if (task === "instances")
    return { bbox_set: annotations.flatMap((each) => (each.box === null ? [] : [boundingBox(each, boxInPixels(each.box, boxes, data))])) }
  const pixels = new Uint8Array(width * height)
  for (const { mask, crowd, class_id } of annotations) if (mask !== null) paint(mask, data, pixels, crowd ? IGNORE_LABEL : class_id)
  return { segmentation_mask: { width, height, labels: Array.from(pixels), ignore_label: IGNORE_LABEL } }
}

const boundingBox = ({ class_id, label, area, crowd }: Labelled, [x, y, width, height]: Box): BoundingBox => ({
  class_id,
  x,
  y,
  width,
  height,
  label,
  crowd,
  ...(area === null ? {} : { area })
})

const keypointsOf = (numbers: ReadonlyArray<number>): ReadonlyArray<Keypoint> =>
  Array.from({ length: numbers.length / 3 }, (_, index) => ({
    x: numbers[index * 3] ?? 0,
    y: numbers[index * 3 + 1] ?? 0,
    visibility: numbers[index * 3 + 2] ?? 0
  }))
