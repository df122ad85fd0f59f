/**
 * Task template `image-classification`: from registered pictures with class labels to a genome and a complete run file.
 *
 * A picture becomes a table: it is decoded to grey, resized, and laid out as one feature per pixel. Sharp edge: the genome has a channel
 * for every pixel, so that width and height of the template and of its transforms have to agree; planning refuses a pair that does not.
 */
import { type Mistake, optionsFrom, type Selected, type TaskRequest, TaskTemplate } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { classificationRunFile } from "./ClassificationRunFile.ts"
import { classFaults } from "./classFaults.ts"
import { refused } from "./Tabular.ts"
import { tabularGenome } from "./TabularGenome.ts"
import { consistent, tabularFields } from "./TabularOptions.ts"

const TEMPLATE_ID = "image-classification"

const side = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 256 }))

export const ImageOptions = Schema.Struct({
  /** Pixels of the resized picture: features are width times height. */
  width: side,
  height: side,
  ...tabularFields
}).check(...consistent)
export type ImageOptions = typeof ImageOptions.Type

/** Largest side of the resized picture that the defaults ask for. */
const wanted = 14

/** Picked by accuracy on a part of the training pictures of MNIST, see the README. */
const defaultsFor = (width: number, height: number): ImageOptions => {
  const scale = Math.min(1, wanted / Math.max(width, height))
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
    bins: 3,
    spacing: "linear",
    tilings: 2,
    initial_weight: 1,
    max_weight: 4,
    learning_rate: 0.02,
    plasticity_window: 1
  }
}

/** Every reason why this template is not for that dataset. */
const faultsOf = (request: TaskRequest): ReadonlyArray<Mistake> => [
  ...(request.shape.kind === "image"
    ? []
    : [
        {
          path: [],
          problem: "invalid" as const,
          message: `template ${TEMPLATE_ID} is for pictures`,
          expected: "pictures",
          actual: `${request.shape.kind} samples`
        }
      ]),
  ...classFaults(TEMPLATE_ID, request)
]

const transformsOf = ({ width, height }: ImageOptions): string =>
  `# Decoded to grey pixels, resized, and laid out as one feature per pixel.
[[transforms]]
plugin = "image-decode"
version = 1
phases = "all"
options = { channels = 1, alpha = "drop", orientation = "apply" }

[[transforms]]
plugin = "image-resize"
version = 1
phases = "all"
options = { width = ${width}, height = ${height}, kernel = "linear", fit = "fill" }

[[transforms]]
plugin = "flatten"
version = 1
phases = "all"
options = { range = "declared" }`

export const imageClassification: TaskTemplate<ImageOptions> = TaskTemplate.define<ImageOptions>({
  id: TEMPLATE_ID,
  version: 1,
  decodeOptions: optionsFrom(ImageOptions),
  defaults: (request): Selected<ImageOptions> => {
    const faults = faultsOf(request)
    return faults.length > 0 || request.shape.kind !== "image"
      ? refused(faults)
      : { ok: true, value: defaultsFor(request.shape.width[1], request.shape.height[1]) }
  },
  genome: (options, request) => {
    const faults = faultsOf(request)
    if (faults.length > 0) return refused(faults)
    return { ok: true, value: tabularGenome(options, options.width * options.height, request.classes.length) }
  },
  runFile: (options, request) =>
    classificationRunFile(
      {
        template: TEMPLATE_ID,
        version: 1,
        recipe: { epochs: 1, margin: 0.03, fractions: { train: 0.6, val: 0.2, test: 0.2 }, checkpoint_every: 5000 },
        what: `${options.width} × ${options.height} pixels after resizing`,
        transforms: transformsOf(options),
        generate: `# Pixels of the resized picture: one feature each.
width = ${options.width}
height = ${options.height}
`
      },
      options,
      request
    )
})
