/**
 * The options of `ftr score --pack pose`, as texts: `--option auc_max=0.05`.
 *
 * Sharp edge: what is left out takes the documented value and stands in the signature, so no convention is silent.
 */
import { decodeStrict, type OptionsDecoder, optionsOfTexts } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { PoseOptions } from "./Options.ts"

/** The bounds of ADD and of the area under its recall. */
export type PoseFileOptions = Omit<PoseOptions, "objects">

const Written = Schema.Struct({
  add_threshold: Schema.optionalKey(PoseOptions.fields.add_threshold),
  auc_max: Schema.optionalKey(PoseOptions.fields.auc_max)
})

/** A tenth of the diameter (Hinterstoisser et al. 2012) and ten centimetres (Xiang et al. 2018). */
const defaults: PoseFileOptions = { add_threshold: 0.1, auc_max: 0.1 }

export const decodePoseFileOptions: OptionsDecoder<PoseFileOptions> = optionsOfTexts((input) => {
  const decoded = decodeStrict(Written, input)
  return decoded.ok ? { ok: true, value: { ...defaults, ...decoded.value } } : decoded
})
