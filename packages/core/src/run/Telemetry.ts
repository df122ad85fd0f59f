/**
 * What a run cost, apart from what it is worth: figures by name with unit and whether they were measured or estimated. They stand beside
 * the results and in no hash; no metric is made of them.
 *
 * Activation sparsity and synaptic operations are counted as NeuroBench does (Yik et al., "The neurobench framework for benchmarking
 * neuromorphic computing algorithms and systems", Nature Communications 16, 2025): the share of neurons that stay silent, over all neurons
 * and all bursts, and one operation for each synapse that a spike goes through. Sharp edge: a figure that one step of a phase lacks is
 * lacking for the phase; a sum over a part would look like one over the whole.
 */
import type { TelemetryRow } from "../port/RunJournal.ts"

export interface TelemetryFigure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly label: "measured" | "estimated"
  /** What an estimate rests on. */
  readonly model?: string
}

export interface PhaseTelemetry {
  readonly phase: string
  readonly samples: number
  /** Durable steps that the figures are made of. */
  readonly steps: number
  readonly figures: ReadonlyArray<TelemetryFigure>
}

/** How the rows of the steps come together. */
type Fold = "sum" | "most" | "last"

/**
 * What steps record, in the order that it is shown in. `bytes_written` are the checkpoint and the lines of answers
 * and rewards, without what the database adds. A counter of a learner that is not listed is shown behind these, with its own name as unit.
 */
const recorded: Readonly<Record<string, { readonly unit: string; readonly fold: Fold }>> = {
  wall_seconds: { unit: "s", fold: "sum" },
  cpu_user_seconds: { unit: "s", fold: "sum" },
  cpu_system_seconds: { unit: "s", fold: "sum" },
  rss_peak_bytes: { unit: "byte", fold: "most" },
  bytes_written: { unit: "byte", fold: "sum" },
  wire_bytes: { unit: "byte", fold: "sum" },
  bursts: { unit: "burst", fold: "sum" },
  spikes: { unit: "spike", fold: "sum" },
  synaptic_events: { unit: "synaptic operation", fold: "sum" },
  neurons: { unit: "neuron", fold: "last" },
  synapses: { unit: "synapse", fold: "last" }
}

/** Figures of a learner's activity that say how large it is; all others count from the opening of the session. */
export const isGauge = (name: string): boolean => recorded[name]?.fold === "last"

/** Units of figures that are made of others. */
const derivedUnits: Readonly<Record<string, string>> = {
  samples_per_second: "sample/s",
  bursts_per_second: "burst/s",
  activation_sparsity: "1",
  synaptic_events_per_sample: "synaptic operation/sample",
  energy_joules: "J"
}

/** The unit of a figure by its name; undefined for a counter of a learner that is not listed. */
export const recordedUnit = (name: string): string | undefined =>
  Object.hasOwn(recorded, name) ? recorded[name]?.unit : Object.hasOwn(derivedUnits, name) ? derivedUnits[name] : undefined

const fold = (name: string, rows: ReadonlyArray<TelemetryRow>): number | undefined => {
  const values = rows.flatMap(({ figures }) => figures[name] ?? [])
  if (values.length < rows.length || values.length === 0) return undefined
  const how = recorded[name]?.fold ?? "sum"
  if (how === "last") return values.at(-1)
  return how === "most" ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0)
}

/**
 * Joules of one synaptic operation: a 32-bit floating-point addition in 45 nm CMOS, 0.9 pJ (Horowitz, "Computing's energy problem (and what
 * we can do about it)", ISSCC 2014). What hardware made for spikes would add, not what this machine drew.
 */
const energyPerOperation = 0.9e-12
export const energyModel = "synops-fp32-add-45nm-0.9pJ"

const per = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined || b <= 0 ? undefined : a / b

/** The figures of each phase, in the order in which the phases ran. */
export const telemetryOf = (rows: ReadonlyArray<TelemetryRow>): ReadonlyArray<PhaseTelemetry> =>
  [...Map.groupBy(rows, ({ phase }) => phase)].map(([phase, of]) => {
    const samples = of.reduce((sum, row) => sum + row.samples, 0)
    const names = [...new Set([...Object.keys(recorded), ...of.flatMap(({ figures }) => Object.keys(figures)).sort()])]
    const value = new Map(
      names.flatMap((name) => {
        const folded = fold(name, of)
        return folded === undefined ? [] : [[name, folded] as const]
      })
    )
    const [wall, bursts, spikes, operations] = ["wall_seconds", "bursts", "spikes", "synaptic_events"].map((name) => value.get(name))
    const neurons = value.get("neurons")
    const cells = bursts === undefined || neurons === undefined ? undefined : bursts * neurons
    const firing = per(spikes, cells)
    const figure = (name: string, found: number | undefined, unit: string): ReadonlyArray<TelemetryFigure> =>
      found === undefined ? [] : [{ name, value: found, unit, label: "measured" }]
    const derived = (name: string, found: number | undefined): ReadonlyArray<TelemetryFigure> =>
      figure(name, found, derivedUnits[name] ?? name)
    return {
      phase,
      samples,
      steps: of.length,
      figures: [
        ...[...value].flatMap(([name, found]) => figure(name, found, recorded[name]?.unit ?? name)),
        ...derived("samples_per_second", per(samples, wall)),
        ...derived("bursts_per_second", per(bursts, wall)),
        ...derived("activation_sparsity", firing === undefined ? undefined : 1 - firing),
        ...derived("synaptic_events_per_sample", per(operations, samples)),
        ...(operations === undefined
          ? []
          : [{ name: "energy_joules", value: operations * energyPerOperation, unit: "J", label: "estimated", model: energyModel } as const])
      ]
    }
  })
