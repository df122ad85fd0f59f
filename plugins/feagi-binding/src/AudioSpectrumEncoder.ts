/**
 * Encoder `audio-spectrum`: one spectrum per sample, a row of magnitudes from 0 to 1 and, if given, a row of phase steps, as FEAGI's audio
 * frame. The Fourier transform is a matter of the data; FEAGI's coder takes its result.
 *
 * Sharp edge: window, hop, rate and limits describe the spectrum and compute nothing. A magnitude of 0 fires nothing.
 */
import { optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { AudioSpectrum, coderForm } from "./CoderForm.ts"
import { LAST_GROUP } from "./CorticalId.ts"
import { channelsFor, defineInput } from "./InputEncoder.ts"
import { scalingFields } from "./Scaling.ts"
import { SCHEME_VERSION } from "./Scheme.ts"
import { unitOf } from "./Units.ts"

const AudioSpectrumOptions = Schema.Struct({
  area: Schema.Literals(["iaud"]),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP })),
  spectrum: AudioSpectrum,
  /** `given`: a sample has all magnitudes, then all phase steps; `zero`: magnitudes alone, and every phase step is 0. */
  phases: Schema.Literals(["given", "zero"]),
  ...scalingFields
})
export type AudioSpectrumOptions = typeof AudioSpectrumOptions.Type

export const audioSpectrum = defineInput<AudioSpectrumOptions>({
  id: "audio-spectrum",
  decodeOptions: optionsFrom(AudioSpectrumOptions),
  takes: ["tabular"],
  scaling: (options) => options,
  layout: ({ area, group, spectrum, phases }, shape) => {
    const bins = spectrum.bin_count
    const channels = channelsFor("audio-spectrum", phases === "given" ? 2 * bins : bins, shape, "a spectrum")
    if (!channels.ok) return channels
    const form = coderForm("AudioSpectrum", spectrum)
    const uses = [{ unit: unitOf(area), group, form, flags: { frame: "Absolute" as const }, channels: channels.value, layout: { phases } }]
    if (phases === "given") return { ok: true, value: { uses } }
    return {
      ok: true,
      value: {
        uses,
        target: () => ({ count: 1, low: 0, high: 1, whole: false }),
        arrange: (magnitudes) => {
          const placed = new Float64Array(2 * magnitudes.length)
          for (let i = 0; i < magnitudes.length; i++) placed[Math.floor(i / bins) * 2 * bins + (i % bins)] = magnitudes[i] ?? 0
          return placed
        }
      }
    }
  },
  identity: ({ spectrum }) => ({
    scheme: "audio_spectrum",
    version: SCHEME_VERSION,
    bins: spectrum.bin_count,
    spacing: spectrum.spacing.toLowerCase()
  })
})
