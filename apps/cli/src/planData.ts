/** What `run plan` says of each run beside its document: bindings, counts, and what it will be comparable with. */
import { outputTypeName, type SampleShape } from "@feagi-trainer/contracts"
import {
  type ComparableRuns,
  comparableRuns,
  knownComparands,
  type PlanCost,
  type PlannedRun,
  planCost,
  type RunDocument
} from "@feagi-trainer/core"
import * as Effect from "effect/Effect"

/** One way between samples and a brain. */
export interface PlannedBinding {
  readonly direction: "input" | "output"
  /** The encoder or decoder. */
  readonly plugin: string
  readonly area: string
  readonly coder: string
  readonly channels: number
  /** Voxels of a channel along x, y and z. */
  readonly channel_dimensions: ReadonlyArray<number>
  /** What of a sample is encoded there, or what an answer is. */
  readonly fields: ReadonlyArray<string>
}

export interface PlannedData {
  readonly spec_sha256: string
  readonly document: RunDocument
  /** Empty where the learner is no brain. */
  readonly bindings: ReadonlyArray<PlannedBinding>
  readonly cost: PlanCost
  readonly comparable: ComparableRuns
}

interface Resolved {
  readonly binding: { readonly coder_id: string; readonly cortical_area_id: string }
  readonly channels: number
  readonly channel_dimensions: ReadonlyArray<number>
}
interface ResolvedBrain {
  readonly inputs?: ReadonlyArray<Resolved>
  readonly outputs?: ReadonlyArray<Resolved>
  readonly plugins?: Readonly<Record<string, { readonly id: string }>>
}

const fieldsOf = (shape: SampleShape): ReadonlyArray<string> =>
  shape.kind === "tabular" ? shape.features.map(({ name }) => name) : [shape.kind === "custom" ? shape.type : shape.kind]

/** The name that a genome has for an area: the printable beginning of its id, which is Base64. */
const areaName = (id: string): string => /^[\x21-\x7e]+/.exec(Buffer.from(id, "base64").toString("latin1"))?.[0] ?? id

const bindingsOf = ({ learner, input_shape, dataset }: RunDocument): ReadonlyArray<PlannedBinding> => {
  if (learner.kind !== "brain") return []
  const { inputs = [], outputs = [], plugins = {} } = learner.resolved as ResolvedBrain
  const one = (direction: "input" | "output", fields: ReadonlyArray<string>) => (resolved: Resolved) => ({
    direction,
    plugin: plugins[direction === "input" ? "encoder" : "decoder"]?.id ?? resolved.binding.coder_id,
    area: areaName(resolved.binding.cortical_area_id),
    coder: resolved.binding.coder_id,
    channels: resolved.channels,
    channel_dimensions: resolved.channel_dimensions,
    fields
  })
  return [...inputs.map(one("input", fieldsOf(input_shape))), ...outputs.map(one("output", [outputTypeName(dataset.output_type)]))]
}

export const planData = (planned: ReadonlyArray<PlannedRun>) =>
  Effect.map(knownComparands, (known) =>
    planned.map(
      ({ document, spec_sha256 }): PlannedData => ({
        spec_sha256,
        document,
        bindings: bindingsOf(document),
        cost: planCost(document),
        comparable: comparableRuns(document, known)
      })
    )
  )

const named = 6

const listed = (names: ReadonlyArray<string>): string =>
  names.length <= named ? names.join(", ") : `${names.slice(0, named).join(", ")} and ${names.length - named} more`

export const bindingLines = (bindings: ReadonlyArray<PlannedBinding>): ReadonlyArray<string> =>
  bindings.map(({ direction, plugin, area, channels, channel_dimensions, fields }) => {
    const [label, way] = direction === "input" ? ["encoder  ", `${listed(fields)} → ${area}`] : ["decoder  ", `${area} → ${listed(fields)}`]
    return `  ${label} ${plugin}   ${way}, ${channels} ${channels === 1 ? "channel" : "channels"} of ${channel_dimensions.join(" × ")} voxels`
  })

export const costLines = ({ phases, steps, validation_samples, bursts_at_least, may_end_early }: PlanCost): ReadonlyArray<string> => {
  const each = phases.map(({ phase, epochs, samples }) =>
    epochs === 1 ? `${phase} ${samples}` : `${phase} ${epochs} × ${samples / epochs} = ${samples}`
  )
  return [
    `  samples   ${each.join(", ")}${validation_samples === 0 ? "" : `, between epochs ${validation_samples}`}${may_end_early ? ", at most" : ""}`,
    `  steps     ${steps}${bursts_at_least === null ? "" : `, and at least ${bursts_at_least} bursts: feedback adds to them`}`
  ]
}

/** Ways to be comparable that are shown for people; the document has them all. */
const ways = 4

export const comparableLines = ({ alike, looked_at }: ComparableRuns): ReadonlyArray<string> => {
  if (alike.length === 0) return [`  compare   with none of ${looked_at} scored ${looked_at === 1 ? "run" : "runs"}`]
  const lines = alike.slice(0, ways).map(({ across, count, run_ids }) => {
    const shown = run_ids.slice(0, 3)
    const ids = `${shown.join(", ")}${count > shown.length ? ` and ${count - shown.length} more` : ""}`
    return across.length === 0 ? `with ${ids}` : `with ${ids}  --across ${across.join(",")}`
  })
  const more = alike.length > ways ? [`and ${alike.length - ways} more ways, see --json`] : []
  return [...lines, ...more].map((line, at) => `  ${at === 0 ? "compare  " : "         "} ${line}`)
}
