/**
 * Decoder `segmentation-mask`: a voxel for each pixel in an ObjectSegmentation area; class c of C fires with potential (c + 1) / C, as
 * FEAGI's class potential has it.
 *
 * A pixel that did not fire, or with a potential of no class, is unpredicted (255); a mask without any predicted pixel is an abstention.
 * A mask of another size than the picture has lost what the README says before it comes here.
 * Sharp edge: teaching forces these very voxels after the answer was read, in training alone, so that no label enters by an input area.
 */
import { type CoderValue, Decoder, optionsFrom, type Selected, UNPREDICTED_PIXEL } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { abstain, classFaultsOf, fault, heard, noTarget, pixelFrames, type Size, silent, sizeOf, typeFaults } from "./AnswerContext.ts"
import { miscForm } from "./CoderForm.ts"
import { LAST_GROUP } from "./CorticalId.ts"
import { refused } from "./Tabular.ts"
import { selectUnits } from "./UnitSelection.ts"
import { unitOf } from "./Units.ts"

const side = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4096 }))
export const SizeOption = Schema.Union([Schema.Literal("sample"), Schema.Struct({ width: side, height: side })]).annotate({
  expected: '"sample" or { width, height }'
})

const SegmentationMaskOptions = Schema.Struct({
  area: Schema.Literals(["oseg"]),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP })),
  /** `sample`: as large as the pictures; or written, where the encoder takes something else. */
  size: SizeOption
})
export type SegmentationMaskOptions = typeof SegmentationMaskOptions.Type

/** Labels are bytes, and the last one says that nothing was predicted. */
const MOST = 255

const sized = (context: Parameters<typeof sizeOf>[1], size: SegmentationMaskOptions["size"]): Size => {
  const found = sizeOf("segmentation-mask", context, size)
  return found.ok ? found.value : { width: 0, height: 0 }
}

/** Class of a potential, by FEAGI's rule: round(p · count) − 1, or none. */
export const classOfPotential = (potential: number, count: number): number | undefined => {
  const level = Math.round(potential * count)
  return level >= 1 && level <= count ? level - 1 : undefined
}

export const segmentationMask: Decoder<SegmentationMaskOptions> = Decoder.define<SegmentationMaskOptions>({
  id: "segmentation-mask",
  decodeOptions: optionsFrom(SegmentationMaskOptions),
  select: ({ area, group, size }, context) => {
    const found = sizeOf("segmentation-mask", context, size)
    const mistakes = [
      ...typeFaults("segmentation-mask", context, ["segmentation_mask"]),
      ...classFaultsOf("segmentation-mask", context, 1, MOST, "a potential for each class"),
      ...(found.ok ? [] : found.mistakes)
    ]
    if (mistakes.length > 0 || !found.ok) return refused(mistakes)
    const { width, height } = found.value
    const layout = { class_potential: "(class + 1) / classes", classes: context.classes.length }
    return selectUnits([{ unit: unitOf(area), group, form: miscForm(width, height, 1), flags: { frame: "Absolute" }, channels: 1, layout }])
  },
  frames: ({ size }, context) => pixelFrames("segmentation-mask", context, size),
  read: ({ size }, context, [reading]) => {
    const potentials = heard(reading)
    if (potentials === undefined) return silent
    const { width, height } = sized(context, size)
    const count = context.classes.length
    const labels = new Uint8Array(width * height).fill(UNPREDICTED_PIXEL)
    let predicted = 0
    for (let x = 0; x < width; x++)
      for (let y = 0; y < height; y++) {
        const label = classOfPotential(potentials[x * height + y] ?? 0, count)
        if (label === undefined) continue
        labels[y * width + x] = label
        predicted++
      }
    if (predicted === 0) return abstain("no pixel has the potential of a class")
    return { answer: { segmentation_mask: { width, height, labels: Array.from(labels), unpredicted_label: UNPREDICTED_PIXEL } } }
  },
  cannotTeach: () => [],
  write: ({ size }, context, target): Selected<ReadonlyArray<CoderValue>> => {
    if (!("segmentation_mask" in target)) return noTarget("segmentation-mask", "masks", target)
    const { width, height } = sized(context, size)
    const mask = target.segmentation_mask
    if (mask.width !== width || mask.height !== height || mask.labels.length !== width * height)
      return refused([
        fault(
          "the mask of the target has another size than the output",
          `${width} x ${height}`,
          `${mask.width} x ${mask.height}, ${mask.labels.length} labels`
        )
      ])
    const count = context.classes.length
    const strangers = [...new Set(mask.labels)].filter((label) => label !== mask.ignore_label && label >= count)
    if (strangers.length > 0)
      return refused(strangers.map((label) => fault("is not a class of the dataset", `0 to ${count - 1}`, String(label), ["labels"])))
    const potentials = new Float32Array(width * height)
    mask.labels.forEach((label, index) => {
      const [x, y] = [index % width, Math.floor(index / width)]
      // A pixel that counts nowhere teaches nothing: a potential of 0 forces no voxel.
      if (label !== mask.ignore_label) potentials[x * height + y] = (label + 1) / count
    })
    return { ok: true, value: [potentials] }
  }
})
