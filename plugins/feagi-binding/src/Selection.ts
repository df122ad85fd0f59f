/**
 * What encoders and decoders of this package put into the `properties` of a coder binding, and how the backend reads it back: a
 * unit of FEAGI's device registrations. Another package's coders work with this backend when their properties have this shape.
 */
import { type CoderSelection, decodeStrict } from "@feagi-trainer/contracts"
import { type ChannelRef, type Registrations, registrations, type UnitRegistration } from "@feagi-trainer/feagi-runtime"
import { Schema } from "effect"
import { numbersIn, readCoder } from "./CoderForm.ts"

/** Plain JSON, as FEAGI's registrations name them. */
export const UnitProperties = Schema.Struct({
  /** FEAGI's name of the unit, `Infrared` say. */
  unit: Schema.String,
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 })),
  flags: Schema.Record(Schema.String, Schema.Unknown),
  coder: Schema.Union([Schema.String, Schema.Record(Schema.String, Schema.Unknown)]),
  /** Stages of every channel, as device registrations have them: the gaze of segmented vision. */
  stages: Schema.optionalKey(Schema.NonEmptyArray(Schema.Record(Schema.String, Schema.Unknown))),
  /** All areas, of a unit that has several. Left out, there is the one that the binding names. */
  areas: Schema.optionalKey(
    Schema.NonEmptyArray(
      Schema.Struct({
        id: Schema.String,
        /** Voxels of one channel: x, y, z. */
        dimensions: Schema.Tuple([Schema.Int, Schema.Int, Schema.Int])
      })
    )
  ),
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
      const { unit, group, flags, coder, stages } = decoded.value
      return [{ unit, group, flags, coder, channels: selection.channels, ...(stages === undefined ? {} : { stages }) }]
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

export interface SelectedArea {
  readonly id: string
  /** Voxels of all channels: x, y, z. */
  readonly size: readonly [number, number, number]
}

/** Areas of a selection, the one that its binding names first. */
export const areasOf = ({ binding, channels, channel_dimensions }: CoderSelection): ReadonlyArray<SelectedArea> => {
  const decoded = decodeStrict(UnitProperties, binding.properties)
  const areas = (decoded.ok ? decoded.value.areas : undefined) ?? [{ id: binding.cortical_area_id, dimensions: channel_dimensions }]
  return areas.map(({ id, dimensions: [x, y, z] }) => ({ id, size: [x * channels, y, z] }))
}

/** Whether the channels of an input are pictures of bytes. */
export const takesBytes = ({ binding }: CoderSelection): boolean =>
  binding.io_type === "ImageFrame" || binding.io_type === "SegmentedImageFrame"

/** Numbers that each channel of an output is read as, by its coder. */
export const numbersPerChannel = ({ binding, channels }: CoderSelection): ReadonlyArray<number> => {
  const { properties } = binding
  const coder = readCoder(typeof properties === "object" && properties !== null && "coder" in properties ? properties.coder : undefined)
  return Array.from({ length: channels }, () => (coder.ok ? numbersIn(coder.value) : 1))
}
