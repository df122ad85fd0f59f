import { coco } from "@feagi-trainer/adapter-coco"
import { Effect } from "effect"

export const scanned = Effect.gen(function* () {
  const [best] = yield* coco.discover({ path: "" })
  const options = coco.decodeOptions({ ...best?.options, task: "segmentation" })
  if (!options.ok) throw new Error(JSON.stringify(options.mistakes))
  return yield* coco.validate({ path: "" }, options.value) // => {scan, resolved_options, diagnostics, …}
}) // needs ApprovedRoots, IndexSink and Progress of the host
