/**
 * What encoders and decoders of this package put into the `properties` of a coder binding, and how the backend reads it back: a
 * unit of FEAGI's device registrations. Another package's coders work with this backend when their properties have this shape.
 */
import { type CoderSelection, decodeStrict } from "@feagi-trainer/contracts"
import { type ChannelRef, type Registrations, registrations, type UnitRegistration } from "@feagi-trainer/feagi-runtime"
import { Schema } from "effect"

/** Plain JSON, as FEAGI's registrations name them. */
export const UnitProperties = Schema.Struct({
  /** FEAGI's name of the unit, `Infrared` say. */
  unit: Schema.String,
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 })),
  flags: Schema.Record(Schema.String, Schema.Unknown),
  coder: Schema.Union([Schema.String, Schema.Record(Schema.String, Schema.Unknown)]),
  /** How channels come from features. The engine does not read it; it is part of what a result was made with. */
  layout: Schema.Record(Schema.String, Schema.Unknown)
})
export type UnitProperties = typeof UnitProperties.Type

export interface BoundUnits {
  readonly registrations: Registrations
  readonly inputs: ReadonlyArray<ChannelRef>
  readonly outputs: ReadonlyArray<ChannelRef>
}

export type BoundUnitsResult =
  | { readonly ok: true; readonly value: BoundUnits }
  | { readonly ok: false; readonly messages: ReadonlyArray<string> }

const refs = ({ unit, group, channels }: UnitRegistration): ReadonlyArray<ChannelRef> =>
  Array.from({ length: channels }, (_, channel) => ({ unit, group, channel }))

/** Registrations of all selections, and their channels in the order of the selections. */
export const boundUnits = (inputs: ReadonlyArray<CoderSelection>, outputs: ReadonlyArray<CoderSelection>): BoundUnitsResult => {
  const messages: Array<string> = []
  const unitOf = (selection: CoderSelection): ReadonlyArray<UnitRegistration> => {
    const decoded = decodeStrict(UnitProperties, selection.binding.properties)
    if (decoded.ok) {
      const { unit, group, flags, coder } = decoded.value
      return [{ unit, group, flags, coder, channels: selection.channels }]
    }
    const why = decoded.mistakes.map((each) => `${each.path.join(".")} ${each.message}`).join("; ")
    messages.push(`coder ${selection.binding.coder_id} has properties that name no unit {unit, group, flags, coder, layout}: ${why}`)
    return []
  }
  const sensors = inputs.flatMap(unitOf)
  const motors = outputs.flatMap(unitOf)
  return messages.length > 0
    ? { ok: false, messages }
    : {
        ok: true,
        value: { registrations: registrations(sensors, motors), inputs: sensors.flatMap(refs), outputs: motors.flatMap(refs) }
      }
}

/** Numbers that each channel of a selection is read as: one per voxel for MiscData, one for a coder with one axis. */
export const numbersPerChannel = ({ binding, channels, channel_dimensions: [x, y, z] }: CoderSelection): ReadonlyArray<number> => {
  const { properties } = binding
  const coder = typeof properties === "object" && properties !== null && "coder" in properties ? properties.coder : undefined
  const everyVoxel = typeof coder === "object" && coder !== null && "MiscData" in coder
  return Array.from({ length: channels }, () => (everyVoxel ? x * y * z : 1))
}
