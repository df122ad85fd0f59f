/**
 * The options of `ftr score --pack segmentation`, as texts: `--option empty_class=zero`.
 *
 * Sharp edge: what is left out takes the documented value and stands in the signature, so no convention is silent.
 */
import { type ClassLabel, decodeStrict, type OptionsDecoder, optionsOfTexts } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { EmptyClass } from "./Options.ts"

export interface SegmentationFileOptions {
  readonly empty_class: EmptyClass
  /** Left out: the labels that occur in the files. */
  readonly classes?: ReadonlyArray<ClassLabel>
  /** For targets that name none. Left out: such a target ignores nothing. */
  readonly ignore_label?: number
  /** For predictions that name none. Left out: every label of such a prediction is an answer. */
  readonly unpredicted_label?: number
}

/** A label as it is written: 0 to 255 without a sign or a leading zero. */
const labelOf = (text: string): number | undefined => {
  const label = /^(?:0|[1-9][0-9]{0,2})$/.test(text) ? Number(text) : Number.NaN
  return label <= 255 ? label : undefined
}

const classesOf = (text: string): ReadonlyArray<ClassLabel> | undefined => {
  const classes: Array<ClassLabel> = []
  for (const item of text.split(",")) {
    const colon = item.indexOf(":")
    const class_id = labelOf((colon === -1 ? item : item.slice(0, colon)).trim())
    const label = colon === -1 ? item.trim() : item.slice(colon + 1).trim()
    if (class_id === undefined || label === "" || classes.some((each) => each.class_id === class_id || each.label === label))
      return undefined
    classes.push({ class_id, label })
  }
  return classes
}

const Label = Schema.Int.check(Schema.makeFilter((label) => (label >= 0 && label <= 255 ? undefined : "a label from 0 to 255")))

const Written = Schema.Struct({
  empty_class: Schema.optionalKey(EmptyClass),
  classes: Schema.optionalKey(
    Schema.String.check(
      Schema.makeFilter((text) =>
        classesOf(text) === undefined ? "labels from 0 to 255, each once, with names if you like (0:road,1:car)" : undefined
      )
    )
  ),
  ignore_label: Schema.optionalKey(Label),
  unpredicted_label: Schema.optionalKey(Label)
})

export const decodeSegmentationFileOptions: OptionsDecoder<SegmentationFileOptions> = optionsOfTexts(
  (input) => {
    const decoded = decodeStrict(Written, input)
    if (!decoded.ok) return decoded
    const { classes: text, ...others } = decoded.value
    const classes = text === undefined ? undefined : classesOf(text)
    return { ok: true, value: { empty_class: "excluded", ...others, ...(classes === undefined ? {} : { classes }) } }
  },
  ["classes"]
)
