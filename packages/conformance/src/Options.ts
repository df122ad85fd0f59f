/** The options of a subject: given to a suite as they stand in a run file, so that the plugin's own decoder is tried as well. */
import { type OptionsDecoder, showValue } from "@feagi-trainer/contracts"
import { breakLaw } from "./Broken.ts"
import type { Law } from "./Law.ts"

/** The decoded options; breaks the law with every mistake when they do not decode. */
export const decodedOptions = <Options>(decode: OptionsDecoder<Options>, options: unknown): Options => {
  const decoded = decode(options)
  if (decoded.ok) return decoded.value
  const mistakes = decoded.mistakes.map(({ path, message }) => `${path.join(".") || "(top)"}: ${message}`).join("; ")
  return breakLaw(
    "the options that the suite was given do not decode",
    "options as they stand in a run file",
    `${showValue(options)}: ${mistakes}`
  )
}

const stray = "conformance_stray_key"

/** The law that every axis shares: what nobody declared is refused, by name. */
export const optionsLaw = <Options>(decode: OptionsDecoder<Options>, options: unknown): Law => ({
  name: "options decode, and an unknown key is refused by name",
  check: () => {
    decodedOptions(decode, options)
    const decoded = decode({ ...(options as object), [stray]: true })
    const what = `the options with one more key, "${stray}"`
    if (decoded.ok) return breakLaw(what, "a mistake that names the key", "they decode")
    if (!decoded.mistakes.some(({ path, message }) => [...path, message].join(" ").includes(stray)))
      breakLaw(what, "a mistake that names the key", decoded.mistakes.map(({ message }) => message).join("; "))
  }
})
