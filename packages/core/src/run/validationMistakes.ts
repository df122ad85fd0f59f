/** What `training.validate` and `training.early_stop` ask for and protocol, pack and split do not give: all of it. */
import { type Diagnostic, directionOf, type MetricPack, type Protocol } from "@feagi-trainer/contracts"
import type { MadePart } from "./makeParts.ts"
import type { RunFile } from "./RunFile.ts"

export const validationMistakes = (
  { validate, early_stop }: RunFile["training"],
  { protocol, pack, parts }: { readonly protocol: Protocol; readonly pack: MetricPack; readonly parts: ReadonlyArray<MadePart> }
): ReadonlyArray<Diagnostic> => {
  const found: Array<Diagnostic> = []
  const add = (field: string, message: string, more: Pick<Diagnostic, "expected" | "actual" | "help">) =>
    void found.push({ code: "FT2025", severity: "error", field, message, ...more })
  const learnt = protocol.phases.flatMap(({ learns, split }) => (learns ? [split] : []))
  const judged = protocol.phases.at(-1)
  const fit = parts.filter(({ name, count }) => count > 0 && !learnt.includes(name) && name !== judged?.split).map(({ name }) => name)
  if (validate !== undefined && !fit.includes(validate.part))
    add("training.validate.part", "the training cannot be validated on this part", {
      expected:
        fit.length === 0
          ? "a part of the split that neither is learnt from nor is judged at the end: this split makes none"
          : fit.map((name) => JSON.stringify(name)).join(" or "),
      actual: JSON.stringify(validate.part),
      help: learnt.includes(validate.part)
        ? "what is learnt from says nothing of what is new"
        : validate.part === judged?.split
          ? `phase "${judged.name}" judges the run by it: whoever chooses by it judges nothing any more`
          : "name a part that the split makes"
    })
  if (early_stop === undefined) return found
  if (validate === undefined)
    add("training.early_stop", "there is nothing to stop by", {
      expected: "a table [training.validate] with part and every",
      actual: "no validation",
      help: "add training.validate, or take training.early_stop out"
    })
  if (directionOf(pack, early_stop.metric) === undefined)
    add("training.early_stop.metric", `metric pack ${pack.id} has no such metric, or does not say whether more of it is better`, {
      expected: Object.keys(pack.directions).sort().join(", "),
      actual: JSON.stringify(early_stop.metric)
    })
  return found
}
