/**
 * FEAGI's device registrations: which coder serves which channel of which unit. This JSON is the whole configuration of the
 * real coders; keep it in the record of a run. `registrations` writes the form that the crates read.
 */

/** `"Boolean"`, `{ Percentage: [{ value: bins }, "Linear" | "Fractional", signed, "D1" | …] }`, `{ MiscData: { width, height, depth } }`, … */
export type CoderProperties = string | Readonly<Record<string, unknown>>

export interface UnitRegistration {
  /** Unit name of the crates: `Infrared`, `DigitalGPIO`, `MiscData`, … */
  readonly unit: string
  /** Unit index; it tells units of one name apart and is part of the cortical id. */
  readonly group: number
  /** Channels lie side by side along x. */
  readonly channels: number
  /**
   * `frame_change_handling`, `percentage_neuron_positioning`, … : the part of the cortical id that the unit needs. A Gaze whose
   * eccentricity area is a plane says `eccentricity_plane: [width, height]`.
   */
  readonly flags: Readonly<Record<string, unknown>>
  readonly coder: CoderProperties
  /**
   * Pipeline stages of every channel. A bound unit takes none but one `ImageFrameSegmentator`, for SegmentedVision: its input is
   * then one frame, which a gaze cuts into nine.
   */
  readonly stages?: ReadonlyArray<Readonly<Record<string, unknown>>>
}

export interface Registrations {
  readonly input_units_and_encoder_properties: Readonly<Record<string, ReadonlyArray<unknown>>>
  readonly output_units_and_decoder_properties: Readonly<Record<string, ReadonlyArray<unknown>>>
  readonly feedbacks: { readonly registered_feedbacks: ReadonlyArray<never> }
}

const definitions = (units: ReadonlyArray<UnitRegistration>): Record<string, Array<unknown>> => {
  const found: Record<string, Array<unknown>> = {}
  for (const { unit, group, channels, flags, coder, stages = [] } of units) {
    const device = { friendly_name: null, device_properties: {}, channel_index_override: null, pipeline_stages: stages }
    const definition = {
      friendly_name: null,
      cortical_unit_index: group,
      io_configuration_flags: flags,
      device_grouping: Array.from({ length: channels }, () => device)
    }
    found[unit] = [...(found[unit] ?? []), [definition, coder]]
  }
  return found
}

export const registrations = (inputs: ReadonlyArray<UnitRegistration>, outputs: ReadonlyArray<UnitRegistration>): Registrations => ({
  input_units_and_encoder_properties: definitions(inputs),
  output_units_and_decoder_properties: definitions(outputs),
  feedbacks: { registered_feedbacks: [] }
})
