/**
 * What the engine's brain is made of, keyed by (cortical id, x, y, z): neuron ids differ from load to load. Synapses in canonical order,
 * and the hash of all that was learnt.
 *
 * Sharp edge: the engine tells the place of one neuron per call. Within an area ids follow x, then y, then z, then the neurons of one
 * voxel; this order is used, and looked at for a share of the neurons of every area.
 */
import { Buffer } from "node:buffer"
import { createHash } from "node:crypto"
import type { SynapseTable, TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import type { EngineApi, EngineArea, EngineSynapse } from "./EngineApi.ts"
import { liveError } from "./LiveFailure.ts"

/** Neurons of an area whose places are asked for one by one; all of them in an area of that size or less. */
const LOOKED_AT = 32

interface Placed {
  /** Index in the sorted list of areas. */
  readonly area: number
  readonly place: readonly [number, number, number]
}

export interface Connectome {
  /** Cortical ids by their bytes. */
  readonly areas: ReadonlyArray<string>
  readonly properties: Readonly<Record<string, EngineArea>>
  readonly placed: ReadonlyMap<number, Placed>
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a, "base64"), Buffer.from(b, "base64"))

const memory = (id: string, what: string): TrainerError =>
  liveError("BRAIN-WRONG", `${what} of area ${id} are not one row of voxels`, {
    help: "brains with memory areas cannot be read from a live engine; use the embedded backend"
  })

const lookedAt = (count: number): ReadonlyArray<number> =>
  count <= LOOKED_AT
    ? Array.from({ length: count }, (_, i) => i)
    : Array.from({ length: LOOKED_AT }, (_, i) => Math.floor((i * (count - 1)) / (LOOKED_AT - 1)))

/** Where every neuron is. Asked for once after a brain came into the engine. */
export const readConnectome = Effect.fnUntraced(function* (engine: EngineApi): Effect.fn.Return<Connectome, TrainerError> {
  const properties = yield* engine.areas
  const areas = Object.keys(properties).toSorted(byBytes)
  const placed = new Map<number, Placed>()
  for (const [number, id] of areas.entries()) {
    const found = properties[id]
    if (found === undefined) continue
    const { cortical_dimensions: size, neuron_count, neurons_per_voxel } = found
    const [, height, depth] = size
    const ids = yield* engine.neurons(id)
    if (ids.length !== neuron_count || neuron_count !== size[0] * height * depth * neurons_per_voxel)
      return yield* memory(id, `${ids.length} neurons`)
    const sorted = ids.toSorted((a, b) => a - b)
    const placeOf = (i: number): Placed["place"] => {
      const voxel = Math.floor(i / neurons_per_voxel)
      return [Math.floor(voxel / (height * depth)), Math.floor(voxel / depth) % height, voxel % depth]
    }
    for (const i of lookedAt(sorted.length)) {
      const { x, y, z } = yield* engine.place(sorted[i] ?? 0)
      const place = placeOf(i)
      if (place[0] !== x || place[1] !== y || place[2] !== z)
        return yield* liveError("VERSION", `the engine numbers the neurons of area ${id} in an order that is not known`, {
          expected: `neuron ${sorted[i]} at ${place.join(", ")}`,
          actual: `at ${x}, ${y}, ${z}`,
          help: "use feagi-core 2.6.10"
        })
    }
    for (const [i, neuron] of sorted.entries()) placed.set(neuron, { area: number, place: placeOf(i) })
  }
  return { areas, properties, placed }
})

interface Row {
  readonly from: Placed
  readonly to: Placed
  readonly synapse: EngineSynapse
}

const comparePlaces = (a: Placed, b: Placed): number =>
  a.area - b.area || a.place[0] - b.place[0] || a.place[1] - b.place[1] || a.place[2] - b.place[2]

/** All synapses of the areas in `sources`, by source, then target, then weight. */
export const readSynapses = Effect.fnUntraced(function* (
  engine: EngineApi,
  { areas, placed }: Connectome,
  sources: ReadonlyArray<string>
): Effect.fn.Return<SynapseTable, TrainerError> {
  const rows: Array<Row> = []
  for (const source of sources)
    for (const synapse of yield* engine.synapses(source)) {
      const from = placed.get(synapse.source_neuron_id)
      const to = placed.get(synapse.target_neuron_id)
      if (from === undefined || to === undefined) return yield* memory(source, "the synapses")
      rows.push({ from, to, synapse })
    }
  rows.sort((a, b) => comparePlaces(a.from, b.from) || comparePlaces(a.to, b.to) || a.synapse.weight - b.synapse.weight)
  return {
    areas,
    count: rows.length,
    source_area: Uint32Array.from(rows, ({ from }) => from.area),
    source: Uint32Array.from(rows.flatMap(({ from }) => from.place)),
    target_area: Uint32Array.from(rows, ({ to }) => to.area),
    target: Uint32Array.from(rows.flatMap(({ to }) => to.place)),
    weight: Float32Array.from(rows, ({ synapse }) => synapse.weight),
    potential: Float32Array.from(rows, ({ synapse }) => synapse.postsynaptic_potential),
    inhibitory: Uint8Array.from(rows, ({ synapse }) => Number(synapse.synapse_type !== 0))
  }
})

const numberText = (value: number): string => String(Math.fround(value))

/** One line for an area: its size and what its neurons are made of. */
const areaLine = (id: string, area: EngineArea): string =>
  [
    id,
    ...area.cortical_dimensions,
    area.neurons_per_voxel,
    ...[
      area.neuron_fire_threshold,
      area.neuron_excitability,
      area.neuron_leak_coefficient,
      area.neuron_refractory_period,
      area.neuron_snooze_period,
      area.neuron_consecutive_fire_count,
      area.neuron_post_synaptic_potential
    ].map(numberText),
    area.neuron_mp_charge_accumulation,
    area.neuron_mp_driven_psp
  ].join(" ")

/** SHA-256 (hex) of areas, neuron constants and synapses. */
export const connectomeHash = ({ areas, properties }: Connectome, table: SynapseTable): string => {
  const hash = createHash("sha256")
  for (const id of areas) {
    const found = properties[id]
    if (found !== undefined) hash.update(`${areaLine(id, found)}\n`)
  }
  const columns = [table.source_area, table.source, table.target_area, table.target, table.weight, table.potential, table.inhibitory]
  for (const { buffer, byteOffset, byteLength } of columns) hash.update(new Uint8Array(buffer, byteOffset, byteLength))
  return hash.digest("hex")
}
