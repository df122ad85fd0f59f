/**
 * What the three metrics of sacreBLEU share: the version whose numbers these are, and the form of its signatures.
 *
 * Sharp edge: a signature of sacreBLEU is meant to be compared letter by letter, so that nothing of ours is put into it.
 */
import { numberOfReferences, type ReferenceCounts } from "./References.ts"

/** The release of sacreBLEU that the numbers and the signatures are equal to. */
export const SACREBLEU = "2.6.0"

const yesNo = (value: string | number | boolean): string => (typeof value === "boolean" ? (value ? "yes" : "no") : String(value))

/** `nrefs:…|<what the metric says>|version:…` */
export const sacreBleuSignature = (references: ReferenceCounts, parts: Readonly<Record<string, string | number | boolean>>): string =>
  [
    `nrefs:${numberOfReferences(references)}`,
    ...Object.entries(parts).map(([key, value]) => `${key}:${yesNo(value)}`),
    `version:${SACREBLEU}`
  ].join("|")
