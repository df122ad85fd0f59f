/**
 * Labels that are almost the same: other Unicode forms, other case, blanks around, a slip of the keyboard.
 *
 * They are shown and never merged. Sharp edge: "é" as one code point and as "e" with an accent look alike in every editor, so the
 * message has to say so.
 */
import { didYouMean, showValue } from "@feagi-trainer/contracts"

/** How a label differs from a declared one that it nearly is; absent when it is near none. */
export const nearLabel = (label: string, classes: Iterable<string>): { readonly label: string; readonly how: string } | undefined => {
  const known = [...classes]
  const same = (fold: (text: string) => string): string | undefined => known.find((each) => each !== label && fold(each) === fold(label))
  const folds: ReadonlyArray<readonly [(text: string) => string, string]> = [
    [(text) => text.normalize("NFC"), "looks the same and has other code points (Unicode forms NFC and NFD)"],
    [(text) => text.trim(), "differs in the blanks around it only"],
    [(text) => text.normalize("NFC").trim().toLowerCase(), "differs in upper and lower case only"]
  ]
  for (const [fold, how] of folds) {
    const found = same(fold)
    if (found !== undefined) return { label: found, how }
  }
  const near = didYouMean(label, known)
  return near === undefined ? undefined : { label: near, how: "is written nearly like it" }
}

/** A few labels for a message. */
export const showLabels = (classes: ReadonlyArray<string>): string => {
  const shown = classes
    .slice(0, 8)
    .map((label) => showValue(label))
    .join(", ")
  return classes.length > 8 ? `${shown} and ${classes.length - 8} more` : shown
}
