/**
 * What a session reads of one sample, and the sample that it becomes.
 *
 * Sharp edge: the size of an encoded picture is that of the scan. Its bytes are compared with those of the scan at every read, so that
 * nothing has to be decoded to know it.
 */
import { type IRSample, imageFrame, type RawSample, type Split } from "@feagi-trainer/contracts"

type Target =
  | { readonly kind: "class"; readonly class_id: number; readonly label: string }
  | { readonly kind: "mask"; readonly labels: Uint8Array; readonly ignore_label: number | null }

export interface ReadSample {
  /** The encoded file, or the pixels of an idx file. */
  readonly bytes: Uint8Array
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly media_type: string
  /** Relative to the root of the dataset. */
  readonly path: string
  readonly target: Target
  /** Whether the bytes are a file that has to be decoded, or pixels. */
  readonly encoded: boolean
}

export const isRead = (data: unknown): data is ReadSample =>
  typeof data === "object" && data !== null && "bytes" in data && "encoded" in data

export const toIr =
  (dataset_version_id: string) =>
  ({ sample_id, data }: RawSample, split: Split): IRSample => {
    if (!isRead(data)) throw new TypeError(`sample ${sample_id} was not read by the adapter image-folder`)
    const { bytes, width, height, channels, media_type, path, target } = data
    return {
      schema_version: 1,
      sample_id,
      dataset_version_id,
      split,
      modality: "image",
      payload: { bytes },
      target:
        target.kind === "class"
          ? { class: { class_id: target.class_id, label: target.label } }
          : { segmentation_mask: { width, height, labels: Array.from(target.labels), ignore_label: target.ignore_label } },
      output_type: target.kind === "class" ? "class" : "segmentation_mask",
      coordinate_frame: imageFrame({ width, height, channels }),
      timestamp: null,
      metadata: { media_type, path }
    }
  }
