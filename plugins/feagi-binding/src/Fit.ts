/**
 * Whether a developed brain fits the coders: every area is there in the size its coder needs, inputs reach outputs by synapses that
 * grew, and no mapping that is meant to learn is empty. Reports every mismatch, with what either side says.
 */
import { type CoderSelection, type Diagnostic, didYouMean } from "@feagi-trainer/contracts"
import type { BrainInfo } from "@feagi-trainer/feagi-runtime"
import { showArea } from "./CorticalId.ts"
import { areasOf, type SelectedArea } from "./Selection.ts"

const fieldOf = ({ direction }: CoderSelection): string =>
  direction === "input" ? "learner.binding.encoder.options" : "learner.binding.decoder.options"

const checkArea = (selection: CoderSelection, needed: SelectedArea, info: BrainInfo): ReadonlyArray<Diagnostic> => {
  const { coder_id } = selection.binding
  const wanted = showArea(needed.id)
  const size = needed.size.join(" x ")
  const area = info.areas.find(({ id }) => id === needed.id)
  if (area === undefined) {
    const side = selection.direction === "input" ? "i" : "o"
    const offered = info.areas.map(({ id }) => showArea(id)).filter((name) => name.startsWith(side) && name.includes("/"))
    const near = didYouMean(wanted, offered)
    return [
      {
        code: "embedded/AREA-MISSING",
        severity: "error",
        field: fieldOf(selection),
        message: `coder ${coder_id} needs ${selection.direction} area ${wanted} of ${size}, and the genome does not have it`,
        expected: wanted,
        actual: offered.length === 0 ? `a genome without ${selection.direction} areas` : `a genome with ${offered.join(", ")}`,
        help: near === undefined ? "change area, group or spacing of the coder, or the genome" : `did you mean ${near}?`
      }
    ]
  }
  const actual = area.dims.join(" x ")
  if (actual === size) return []
  return [
    {
      code: "embedded/AREA-SIZE",
      severity: "error",
      field: fieldOf(selection),
      message: `coder ${coder_id} with ${selection.channels} channels and the genome disagree about the size of area ${wanted}`,
      expected: `${size} (coder)`,
      actual: `${actual} (genome)`,
      help: "bins, features and classes must be those that the genome was made for"
    }
  ]
}

/** Areas that a firing can reach, against the direction of the mappings if `backwards`. */
const reached = (from: string, edges: ReadonlyArray<readonly [string, string]>): ReadonlySet<string> => {
  const seen = new Set([from])
  for (const at of seen) for (const [source, target] of edges) if (source === at) seen.add(target)
  return seen
}

/** A unit is on a path when one of its areas is: a servo need not be driven step by step as well. */
const checkPaths = (
  inputs: ReadonlyArray<ReadonlyArray<string>>,
  outputs: ReadonlyArray<ReadonlyArray<string>>,
  info: BrainInfo
): ReadonlyArray<Diagnostic> => {
  const edges = info.mappings.filter(({ synapses }) => synapses > 0).map(({ from, to }) => [from, to] as const)
  const backwards = edges.map(([from, to]) => [to, from] as const)
  const unreachable = (
    own: ReadonlyArray<ReadonlyArray<string>>,
    others: ReadonlyArray<ReadonlyArray<string>>,
    along: ReadonlyArray<readonly [string, string]>,
    says: (area: string) => string
  ): ReadonlyArray<Diagnostic> =>
    own.flatMap((unit): ReadonlyArray<Diagnostic> => {
      const found = unit.map((id) => reached(id, along))
      if (others.flat().some((other) => found.some((each) => each.has(other)))) return []
      return [
        {
          code: "embedded/MAPPING-EMPTY",
          severity: "error",
          field: "brain",
          message: says(unit.map(showArea).join(", ")),
          expected: "a path of mappings with synapses",
          actual:
            info.mappings.map(({ from, to, synapses }) => `${showArea(from)} -> ${showArea(to)}: ${synapses}`).join(", ") || "no mapping",
          help: "FEAGI grows nothing, and says nothing, for an unknown destination or morphology: check both in the genome"
        }
      ]
    })
  return [
    ...unreachable(inputs, outputs, edges, (area) => `no synapse leads from input area ${area} to an output area`),
    ...unreachable(outputs, inputs, backwards, (area) => `no synapse leads from an input area to output area ${area}`)
  ]
}

/** A plastic mapping that is empty can never learn; an associative one grows its synapses while it learns. */
const checkPlastic = (info: BrainInfo): ReadonlyArray<Diagnostic> =>
  info.mappings
    .filter(({ plastic, synapses, morphologies }) => plastic && synapses === 0 && !morphologies.includes("associative_memory"))
    .map(({ from, to, morphologies }) => ({
      code: "embedded/MAPPING-EMPTY",
      severity: "error",
      field: "brain",
      message: `the plastic mapping ${showArea(from)} -> ${showArea(to)} has no synapse`,
      expected: "at least one synapse",
      actual: `morphology ${morphologies.join(", ")}`,
      help: "check the morphology and both areas in the genome"
    }))

export const checkFit = (
  inputs: ReadonlyArray<CoderSelection>,
  outputs: ReadonlyArray<CoderSelection>,
  info: BrainInfo
): ReadonlyArray<Diagnostic> => {
  const areas = [...inputs, ...outputs].flatMap((selection) => areasOf(selection).flatMap((area) => checkArea(selection, area, info)))
  if (areas.length > 0) return areas
  const ids = (selections: ReadonlyArray<CoderSelection>) => selections.map((selection) => areasOf(selection).map(({ id }) => id))
  return [...checkPlastic(info), ...checkPaths(ids(inputs), ids(outputs), info)]
}
