/** `plot`: pictures of what was recorded, each with its numbers, the same bytes every time. */
import { Command } from "effect/cli"
import { dream } from "./dream.ts"
import { fft } from "./fft.ts"
import { metrics } from "./metrics.ts"
import { raster } from "./raster.ts"
import { tensor } from "./tensor.ts"
import { voxels } from "./voxels.ts"

export const plot = Command.make("plot").pipe(
  Command.withDescription("Draw metrics, spectra, tensors, spikes and voxels, as SVG, PNG, CSV, Markdown or Vega-Lite"),
  Command.withSubcommands([metrics, fft, tensor, raster, voxels, dream])
)
