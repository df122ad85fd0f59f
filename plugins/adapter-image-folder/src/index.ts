/**
 * Adapter `image-folder`: pictures in class folders, pictures with mask pictures beside them, and the idx files of MNIST.
 *
 * Every picture is decoded once before it is registered. Sharp edge: the payload of a folder layout is the encoded file, so a model
 * that wants pixels needs a transform that decodes; idx gives raw pixels.
 */
import { Adapter } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { openClassFolders, validateClassFolders } from "./ClassFolders.ts"
import { discover } from "./Discover.ts"
import { openIdx, validateIdx } from "./Idx.ts"
import { openMaskFolders, validateMaskFolders } from "./MaskFolders.ts"
import { decodeOptions, type Options } from "./Options.ts"
import { requireSameOptions } from "./Scan.ts"

export const imageFolder: Adapter<Options> = Adapter.define<Options>({
  id: "image-folder",
  decodeOptions,
  discover,
  validate: (source, options) => {
    if (options.layout === "idx") return validateIdx(source, options)
    return options.layout === "class-folders" ? validateClassFolders(source, options) : validateMaskFolders(source, options)
  },
  open: (source, options, scan, version) =>
    Effect.andThen(requireSameOptions(source, options, scan), () => {
      if (options.layout === "idx") return openIdx(scan, version)
      return options.layout === "class-folders" ? openClassFolders(source, scan, version) : openMaskFolders(options, scan, version)
    })
})
