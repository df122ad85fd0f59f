/**
 * Task template `image-classification`: from registered pictures with class labels to a genome and a complete run file.
 *
 * A picture is decoded to grey, resized, and goes to the brain pixel by pixel; what the brain makes of it stands in PictureGenome.ts.
 * Sharp edge: the genome has a voxel for every pixel, so that width and height of the template and of its transforms have to agree;
 * planning refuses a pair that does not.
 */
import { type BrainTemplate, type Mistake, type Selected, type TaskRequest, TaskTemplate } from "@feagi-trainer/contracts"
import { type Bursts, classificationRunFile, learningLines } from "./ClassificationRunFile.ts"
import { classFaults } from "./classFaults.ts"
import { pictureGenome, pictureTiming } from "./PictureGenome.ts"
import { decodePictureOptions, type PictureOptions } from "./PictureOptions.ts"
import { refused } from "./Tabular.ts"

const TEMPLATE_ID = "image-classification"
const VERSION = 2

/** Longer side of the resized picture that the defaults ask for, unless the picture is smaller; and the shortest side they make. */
const WANTED = 22
const SHORTEST = 4

/** Picked by accuracy on a part of the training pictures of MNIST, see docs/guides/brains-that-learn.md. */
const defaultsFor = (width: number, height: number): PictureOptions => {
  const scale = Math.min(1, WANTED / Math.max(width, height))
  return {
    width: Math.max(SHORTEST, Math.round(width * scale)),
    height: Math.max(SHORTEST, Math.round(height * scale)),
    light: 77,
    contrast: 3,
    pool: 2,
    initial_weight: 1,
    max_weight: 4,
    learning_rate: 0.01
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

const transformsOf = ({ width, height }: PictureOptions): string =>
  `# Decoded to grey pixels, and resized.
[[transforms]]
plugin = "image-decode"
version = 1
phases = "all"
options = { channels = 1, alpha = "drop", orientation = "apply" }

[[transforms]]
plugin = "image-resize"
version = 1
phases = "all"
options = { width = ${width}, height = ${height}, kernel = "linear", fit = "fill" }`

const encoder = `# FEAGI's image frame coder: one voxel per pixel, whose potential is the grey value. The genome says which of them fire.
[learner.binding.encoder]
plugin = "image-frame"
options = { area = "iimg", group = 0, frame = "Absolute", color_space = "Linear" }`

const bursts: Bursts = {
  timingSays: `# Bursts after the reading. The class fires with the first pixels; the picture takes two bursts to the neurons that learn from it, and an
# affect as many longer, so that all three meet there. The second pair waits until the answer to the first is over.`,
  timing: {
    reinforce: pictureTiming.reinforce,
    reinforce_present: pictureTiming.reinforce_present,
    suppress: pictureTiming.suppress,
    suppress_present: pictureTiming.suppress_present
  },
  scheduleSays: `# Burst 1: the pixels fire; 2: edges; 3: pooled edges; 4: classes, which are read. What was shown last in a feedback needs two more bursts.`,
  schedule: { hold_bursts: 1, read_burst: pictureTiming.read, settle_bursts: pictureTiming.settle }
}

const linesOf = (options: PictureOptions): string =>
  `# Pixels of the resized picture: those of image-resize.
width = ${options.width}
height = ${options.height}
# A pixel fires from this grey value on, of 255.
light = ${options.light}
# An edge has three light and three dark places; it fires when so many more of the light ones fire.
contrast = ${options.contrast}
# Edges of one direction in pool x pool places are one feature.
pool = ${options.pool}
${learningLines("Every synapse that learns", options)}`

export const imageClassification: BrainTemplate<PictureOptions> = TaskTemplate.brain<PictureOptions>({
  id: TEMPLATE_ID,
  version: VERSION,
  decodeOptions: decodePictureOptions,
  defaults: (request): Selected<PictureOptions> => {
    const faults = faultsOf(request)
    return faults.length > 0 || request.shape.kind !== "image"
      ? refused(faults)
      : { ok: true, value: defaultsFor(request.shape.width[1], request.shape.height[1]) }
  },
  genome: (options, request) => {
    const faults = faultsOf(request)
    return faults.length > 0 ? refused(faults) : { ok: true, value: pictureGenome(options, request.classes.length) }
  },
  runFile: (options, request) =>
    classificationRunFile(
      {
        template: TEMPLATE_ID,
        version: VERSION,
        recipe: { epochs: 1, margin: 0.001, fractions: { train: 0.6, val: 0.2, test: 0.2 }, checkpoint_every: 5000 },
        what: `${options.width} × ${options.height} pixels after resizing`,
        transforms: transformsOf(options),
        encoder,
        bursts,
        generate: linesOf(options)
      },
      request
    )
})
