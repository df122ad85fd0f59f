/**
 * Which kind of annotations a file holds, judged by the keys at its beginning and at its end.
 *
 * Sharp edge: this is evidence and no proof. A file of gigabytes is not read for it; the scan finds out.
 */
import { nameOf } from "./Layout.ts"

export type Flavour = "instances" | "keypoints" | "stuff" | "hagrid" | "panoptic" | "captions" | "labels" | "image-info"

export interface Evidence {
  readonly flavour: Flavour
  /** The keys that tell. */
  readonly because: string
  /** There are polygons or runs. */
  readonly masks: boolean
  /** No box has a number above 1. */
  readonly shares: boolean
  /** File name of the first picture; HaGRID leaves the extension out. */
  readonly picture: string
}

const keysOf = (text: string): ReadonlySet<string> => new Set(Array.from(text.matchAll(/"([A-Za-z_]+)"\s*:/g), ([, key]) => key ?? ""))

/** Undefined when nothing looks like annotations. */
export const flavourOf = (path: string, head: string, tail: string): Evidence | undefined => {
  if (!/^(?:\u00ef\u00bb\u00bf)?\s*\{/.test(head)) return undefined
  const text = head + tail
  const keys = keysOf(text)
  const boxes = Array.from(text.matchAll(/"bbox"\s*:\s*\[([^\]]*)\]/g), ([, numbers]) => (numbers ?? "").split(",").map(Number))
  const common = {
    masks: /"segmentation"\s*:\s*(?:\[\s*\[|\{)/.test(text),
    shares: boxes.length > 0 && boxes.every((box) => box.every((each) => each <= 1)),
    picture: /"file_name"\s*:\s*"([^"\\]+)"/.exec(text)?.[1] ?? ""
  }
  const found = (flavour: Flavour, because: string): Evidence => ({ flavour, because, ...common })
  if (keys.has("bboxes") && keys.has("labels") && !keys.has("annotations")) {
    const picture = /^[^"]*"([^"\\]+)"/.exec(head)?.[1] ?? ""
    return { flavour: "hagrid", because: "records with bboxes and labels", masks: false, shares: true, picture }
  }
  if (!keys.has("annotations") && !keys.has("images")) return undefined
  if (keys.has("segments_info")) return found("panoptic", "annotations with segments_info")
  if (keys.has("caption")) return found("captions", "annotations with a caption")
  if (keys.has("num_keypoints")) return found("keypoints", "annotations with keypoints")
  if (keys.has("bbox") || keys.has("segmentation"))
    return nameOf(path).startsWith("stuff_")
      ? found("stuff", "the file name and annotations with a mask")
      : found("instances", "annotations with a box")
  if (keys.has("image_id")) return found("labels", "annotations with a category and nothing else")
  return found("image-info", "no annotations, only pictures")
}
