/**
 * Task template of pictures with class labels: a small convolutional network, in the manner of LeNet-5 (LeCun et al., 1998) with rectified
 * units and dropout. Sharp edge: pictures of several sizes, or larger than 64 pixels, are resized by a transform of the run file; so are
 * files that are wider than high, because one of them may be stored on its side.
 */
import { type ImageShape, type Mistake, type SampleShape, TaskTemplate } from "@feagi-trainer/contracts"
import { type Recipe, runFileText } from "./RunFileText.ts"
import { decodeRecipe, dense, dropout, he, mistake, recipeFor, relu, toClasses } from "./TemplateParts.ts"

const ID = "image-classification-gradient"
const LARGEST = 64

const conv = (filters: number): string =>
  `{ type = "conv2d", filters = ${filters}, kernel = [3, 3], stride = [1, 1], padding = "same", bias = true, init = ${he} }`
const pool = '{ type = "max-pool2d", size = [2, 2], stride = [2, 2] }'

interface Size {
  readonly width: number
  readonly height: number
  readonly channels: number
}

/** Pictures of numbers have to be alike as they are: what decodes and resizes takes files and bytes. */
const unevenNumbers = (shape: SampleShape): ReadonlyArray<Mistake> =>
  shape.kind !== "image" || shape.values !== "float"
    ? []
    : (["width", "height", "channels"] as const).flatMap((axis) => {
        const [least, most] = shape[axis]
        return least === most
          ? []
          : [
              mistake(
                `template ${ID} cannot make pictures of numbers alike`,
                `one number of ${axis === "channels" ? axis : `pixels in ${axis}`}`,
                `${least} to ${most}`
              )
            ]
      })

const sizeOf = ({ values, width, height, channels }: ImageShape): Size => {
  if (values === "float") return { width: width[1], height: height[1], channels: channels[1] }
  const scale = Math.min(1, LARGEST / Math.max(width[1], height[1]))
  return {
    width: Math.max(4, Math.round(width[1] * scale)),
    height: Math.max(4, Math.round(height[1] * scale)),
    channels: channels[1] >= 3 ? 3 : 1
  }
}

const transformsOf = (shape: ImageShape, { width, height, channels }: Size): string => {
  const decoded = shape.values !== "encoded" && shape.channels[0] === channels && shape.channels[1] === channels
  // A file may say that it is to be turned, so that width and height change places.
  const upright = shape.values !== "encoded" || width === height
  const sized = upright && [shape.width, shape.height].every(([least, most], at) => least === most && most === (at === 0 ? width : height))
  const nodes = [
    ...(decoded
      ? []
      : [
          `# Decoded to pixels of ${channels === 1 ? "one grey channel" : "three colours"}.
[[transforms]]
plugin = "image-decode"
version = 1
phases = "all"
options = { channels = ${channels}, alpha = "drop", orientation = "apply" }`
        ]),
    ...(sized
      ? []
      : [
          `# A model has one input size.
[[transforms]]
plugin = "image-resize"
version = 1
phases = "all"
options = { width = ${width}, height = ${height}, kernel = "linear", fit = "fill" }`
        ])
  ]
  return nodes.length === 0 ? "# The pixels go to the model as they are.\ntransforms = []" : nodes.join("\n\n")
}

export const imageClassification = TaskTemplate.define<Recipe>({
  id: ID,
  version: 1,
  learner: "gradient",
  decodeOptions: decodeRecipe,
  defaults: (request) => {
    const recipe = recipeFor(ID, "image", "pictures", () => ({ epochs: 4, batch_size: 64, learning_rate: 0.002 }))(request)
    const mistakes = [...(recipe.ok ? [] : recipe.mistakes), ...unevenNumbers(request.shape)]
    return mistakes.length > 0 ? { ok: false, mistakes } : recipe
  },
  runFile: (recipe, request) => {
    const { shape } = request
    if (shape.kind !== "image") throw new Error("unreachable: a template is asked for the defaults first, which refuse other samples")
    const size = sizeOf(shape)
    return runFileText(
      {
        recipe,
        weight_decay: 0.01,
        model: "a convolutional network",
        transforms: transformsOf(shape, size),
        ...(shape.values === "float" ? {} : { pixels: "unit" }),
        input: `{ kind = "values", shape = [${size.height}, ${size.width}, ${size.channels}] }`,
        layers: [conv(16), relu, pool, conv(32), relu, pool, '{ type = "flatten" }', dense(128), relu, dropout(0.25), toClasses(request)]
      },
      request
    )
  }
})
