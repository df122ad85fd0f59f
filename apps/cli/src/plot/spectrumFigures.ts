/**
 * What frequencies a line of a run is made of, and how that drifts: the line is cut into windows of equal length, each window is
 * transformed as it is, without taper and padding, and compared with the first.
 *
 * Energy of a window: the mean of x², with its mean taken away. Distance of two spectra: half the sum of |p − q| over their shares of
 * power, from 0 (the same) to 1 (nothing in common). Every picture is measured: the power in its points is compared with that of the samples
 * (Parseval), in decibels. Sharp edges: points are taken as evenly spaced, one cycle per step being the unit; what is left behind the last
 * whole window is not shown, and is told; a logarithmic picture has no place for next to nothing, see `leastShare`.
 */
import type { Figure } from "@feagi-trainer/charts"
import { decibels, energyDrift, powerSpectrum, type SpectrumLine } from "@feagi-trainer/evaluation"

/** What a picture may lose or gain, in decibels. */
export const largestDrift = 0.5

/**
 * A line with a smaller share of its window's power is rounding, and not drawn: the one at frequency 0, where the mean was taken away, and
 * those between the lines of a pure tone.
 */
const leastShare = 1e-9

export interface WindowSpectrum {
  /** Index of the first sample. */
  readonly from: number
  readonly energy: number
  /** Against the first window, in decibels; null where one of them is silent. */
  readonly energy_db: number | null
  /** Against the first window; null where one of them is silent. */
  readonly distance: number | null
  readonly lines: ReadonlyArray<SpectrumLine>
}

export interface SpectralDrift {
  readonly window: number
  readonly samples: number
  /** Samples behind the last whole window. */
  readonly left_out: number
  readonly windows: ReadonlyArray<WindowSpectrum>
  /** The power in the points of each figure against that of the samples behind it, in decibels; null: all is silent on one side only. */
  readonly energy_drift_db: Readonly<Record<string, number | null>>
}

const totalOf = (lines: ReadonlyArray<SpectrumLine>): number => lines.reduce((sum, { power }) => sum + power, 0)

const distanceOf = (a: ReadonlyArray<SpectrumLine>, b: ReadonlyArray<SpectrumLine>): number | null => {
  const [all, other] = [totalOf(a), totalOf(b)]
  if (all === 0 || other === 0) return null
  return a.reduce((sum, { power }, at) => sum + Math.abs(power / all - (b[at]?.power ?? 0) / other), 0) / 2
}

const detrend = true

/** Equal values are silence; their mean, when it is taken away, leaves its rounding, which is none. */
const withoutRounding = (values: ReadonlyArray<number>): ReadonlyArray<number> =>
  values.every((value) => value === values[0]) ? values.map(() => 0) : values

/** Of lines that are drawn; null for the others. */
const drawnPower = (lines: ReadonlyArray<SpectrumLine>): ReadonlyArray<number | null> => {
  const least = leastShare * totalOf(lines)
  return lines.map(({ power }) => (power > least ? power : null))
}

/** @param window from 4 to the number of values */
export const spectralDrift = (
  name: string,
  values: ReadonlyArray<number>,
  window: number
): SpectralDrift & { readonly figures: ReadonlyArray<Figure> } => {
  const count = Math.floor(values.length / window)
  const parts = Array.from({ length: count }, (_, index) => withoutRounding(values.slice(index * window, (index + 1) * window)))
  const spectra = parts.map((part) => powerSpectrum(part, { rate: 1, detrend }))
  const [first = []] = spectra
  const windows = spectra.map((lines, index): WindowSpectrum => {
    const energy = totalOf(lines)
    return { from: index * window, energy, energy_db: decibels(energy, totalOf(first)) ?? null, distance: distanceOf(lines, first), lines }
  })
  const frequency = { label: "frequency", unit: "cycles per step", scale: "linear" } as const
  const spectrumLine = ({ lines }: WindowSpectrum) => {
    const drawn = drawnPower(lines)
    return lines.map(({ frequency: at }, index) => [at, drawn[index] ?? null] as const)
  }
  // One row for each frequency, the highest above, and without that of the mean, which is nothing.
  const columns = windows.map(({ lines }) => drawnPower(lines).map((power) => (power === null ? null : (decibels(power, 1) ?? null))))
  const rows = first.map((_, at) => columns.map((column) => column[at] ?? null))
  const sheet = (rows[0]?.every((value) => value === null) === true ? rows.slice(1) : rows).reverse()
  const shown = windows.length > 1 ? [windows[0], windows.at(-1)].flatMap((each) => each ?? []) : windows
  const figures: ReadonlyArray<Figure> = [
    {
      kind: "curve",
      id: `spectrum/${name}`,
      title: `Power spectrum of ${name}`,
      description: `Power by frequency in ${shown.length > 1 ? "the first and the last window" : "the only window"} of ${window} steps, without its mean; what has less than a billionth of it is not drawn.`,
      x: frequency,
      y: { label: "power", scale: "log" },
      series: shown.map((each) => ({ name: `steps ${each.from + 1} to ${each.from + window}`, points: spectrumLine(each) }))
    },
    {
      kind: "grid",
      id: `spectrogram/${name}`,
      title: `Spectrogram of ${name}`,
      description: `Power of each frequency, up to half a cycle per step, in ${count} windows of ${window} steps (across), in decibels of power 1; hatched: less than a billionth of its window's.`,
      x: { label: `window of ${window} steps` },
      y: { label: "frequency →" },
      colours: "sequential",
      unit: "dB",
      panels: [{ title: "power", values: sheet }]
    },
    {
      kind: "curve",
      id: `drift/${name}`,
      title: `Spectral drift of ${name}`,
      description: "Distance of the spectrum of each window from that of the first: 0 the same, 1 nothing in common.",
      x: { label: "step", scale: "linear" },
      y: { label: "distance", scale: "linear", reaches: [0, 1] },
      series: [{ name: "distance to the first window", points: windows.map(({ from, distance }) => [from + 1, distance] as const) }]
    }
  ]
  return {
    window,
    samples: values.length,
    left_out: values.length - count * window,
    windows,
    energy_drift_db: Object.fromEntries(
      figures.flatMap((figure) => {
        const drift = pictureDrift(figure, parts)
        return drift === undefined ? [] : [[figure.id, drift === null ? null : told(drift)]]
      })
    ),
    figures
  }
}

const worst = (drifts: ReadonlyArray<number | undefined>): number | null =>
  drifts.reduce<number | null>((most, each) => {
    if (most === null || each === undefined) return null
    return Math.abs(each) > Math.abs(most) ? each : most
  }, 0)

const asLines = (powers: ReadonlyArray<number | null>): ReadonlyArray<SpectrumLine> =>
  powers.map((power) => ({ frequency: 0, power: power ?? 0 }))

/** The power that decibels stand for. */
const powerOf = (level: number | null): number | null => (level === null ? null : 10 ** (level / 10))

/** A billionth of a decibel is as fine as it is told: below that is the rounding of powers, which machines need not share. */
const told = (drift: number): number => Math.round(drift * 1e9) / 1e9 + 0

/** The largest drift of a picture of power, read back from its points; undefined for a picture of something else. */
export const pictureDrift = (figure: Figure, parts: ReadonlyArray<ReadonlyArray<number>>): number | null | undefined => {
  const drift = (part: ReadonlyArray<number> | undefined, powers: ReadonlyArray<number | null>) =>
    energyDrift(part ?? [], asLines(powers), { detrend })
  if (figure.kind === "grid")
    return worst(parts.map((part, at) => drift(part, figure.panels[0]?.values.map((row) => powerOf(row[at] ?? null)) ?? [])))
  if (figure.kind !== "curve" || !figure.id.startsWith("spectrum/")) return undefined
  const [first, last] = [parts[0], parts.at(-1)]
  return worst(
    figure.series.map(({ points }, at) =>
      drift(
        at === 0 ? first : last,
        points.map(([, power]) => power)
      )
    )
  )
}
