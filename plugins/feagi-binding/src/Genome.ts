/**
 * Genomes as JSON text (flat blueprint, version 3.0, schema 7), written key by key in one order, so that the same parts give the
 * same bytes. Sharp edge: FEAGI reads a missing property as a default of its own; every property that matters is written.
 */
import { driverId, namedId } from "./CorticalId.ts"

export type Size = readonly [x: number, y: number, z: number]
export type Fields = Readonly<Record<string, unknown>>

export interface GenomeArea {
  readonly id: string
  readonly name: string
  readonly group: "IPU" | "OPU" | "CORE" | "CUSTOM" | "MODULATOR"
  readonly size: Size
  /** Mapping rules by destination id. */
  readonly mappings: Readonly<Record<string, ReadonlyArray<Fields>>>
  readonly cortex: Fields
  readonly neurons: Fields
}

/** A modulator of type `synaptic.reward`; it is driven by an area of one voxel, whose number is its place in the list. */
export interface RewardModulator {
  readonly name: string
  readonly magnitude_percent: number
  /** The modulator whose driver makes this one's fire, so many bursts later; null: only the trainer fires it. */
  readonly follows: { readonly name: string; readonly bursts: number } | null
}

/**
 * `vectors`: a synapse from every voxel to those that lie by these offsets from it, where there are such. `function`: one that FEAGI knows
 * by its id.
 */
export type Morphology = { readonly vectors: ReadonlyArray<Size> } | "function"

export interface GenomeParts {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly areas: ReadonlyArray<GenomeArea>
  readonly modulators: ReadonlyArray<RewardModulator>
  /** Morphologies beside FEAGI's own, by id. */
  readonly morphologies: Readonly<Record<string, Morphology>>
}

const ROOT_REGION = "5f1d6f6e-6f43-4f52-8f4d-0d2a3c5b7e10"
const CIRCUIT_REGION = "5f1d6f6e-6f43-4f52-8f4d-0d2a3c5b7e11"

const one: Size = [1, 1, 1]

const cortexFields = ({ name, group, size, mappings, cortex }: GenomeArea): Fields => ({
  "___bbx-i": size[0],
  "___bby-i": size[1],
  "___bbz-i": size[2],
  "__name-t": name,
  "_group-t": group,
  "_n_cnt-i": 1,
  "subgrp-t": "",
  "de_gen-f": 0,
  "synatt-f": 100,
  "gd_vis-b": true,
  "pspuni-b": true,
  "memory-b": false,
  "mem__t-i": 100,
  "mem_gr-i": 1,
  "mem_ls-i": 9,
  "rcordx-i": 0,
  "rcordy-i": 0,
  "rcordz-i": 0,
  "2dcorx-i": 0,
  "2dcory-i": 0,
  "dstmap-d": mappings,
  ...(group === "IPU" || group === "OPU" ? { "devcnt-i": 1 } : {}),
  ...cortex
})

/** Neurons that fire at a potential of 1 and forget what did not make them fire: no leak, no refractory period, no noise. */
const neuronFields = ({ neurons }: GenomeArea): Fields => ({
  "fire_t-f": 1,
  "fthlim-f": 0,
  "ftincx-f": 0,
  "ftincy-f": 0,
  "ftincz-f": 0,
  "leak_c-f": 0,
  "leak_v-f": 0,
  "c_fr_c-i": 0,
  "refrac-i": 0,
  "snooze-i": 0,
  "pstcr_-f": 1,
  "pstcrm-f": 35,
  "excite-f": 100,
  "mp_acc-b": false,
  "mp_psp-b": false,
  ...neurons
})

const blueprintOf = (area: GenomeArea): Fields =>
  Object.fromEntries(
    [["cx", cortexFields(area)] as const, ["nx", neuronFields(area)] as const].flatMap(([table, fields]) =>
      Object.entries(fields).map(([key, value]) => [`_____10c-${area.id}-${table}-${key}`, value])
    )
  )

const plainArea = (id: string, name: string, group: GenomeArea["group"]): GenomeArea => ({
  id,
  name,
  group,
  size: one,
  mappings: {},
  cortex: {},
  neurons: {}
})

/** A mapping that never changes: `weight` below 0 inhibits. */
export const fixedRule = (morphology_id: string, weight: number, delay_bursts: number): Fields => ({
  morphology_id,
  morphology_scalar: [1, 1, 1],
  postSynapticCurrent_multiplier: weight,
  plasticity_flag: false,
  plasticity_constant: 1,
  ltp_multiplier: 1,
  ltd_multiplier: 1,
  synaptic_delay_bursts: delay_bursts
})

const driverArea = ({ name, follows }: RewardModulator, serial: number, all: ReadonlyArray<RewardModulator>): GenomeArea => ({
  ...plainArea(driverId(serial), `driver_${name}`, "MODULATOR"),
  mappings: Object.fromEntries(
    all.flatMap((other, at) => (other.follows?.name === name ? [[driverId(at), [fixedRule("all_to_all", 1, other.follows.bursts)]]] : []))
  ),
  // A limit of consecutive firings would let a driver that is fired by a synapse answer every other time only.
  ...(follows === null
    ? { cortex: { "spike_train-b": true }, neurons: { "c_fr_c-i": 1, "snooze-i": 0, "mp_psp-b": false } }
    : { cortex: {}, neurons: {} })
})

const modulatorFields = ({ magnitude_percent }: RewardModulator, serial: number): Fields => ({
  type: "synaptic.reward",
  magnitude_percent,
  effect_duration_bursts: 1,
  rest_bursts: 0,
  graded: false,
  driver_cortical_id: driverId(serial)
})

const ownMorphologies: Fields = {
  block_to_block: { class: "core", type: "vectors", parameters: { vectors: [[0, 0, 0]] } },
  all_to_all: {
    class: "core",
    type: "patterns",
    parameters: {
      patterns: [
        [
          ["*", "*", "*"],
          ["*", "*", "*"]
        ]
      ]
    }
  },
  episodic_memory: { class: "core", type: "functions", parameters: {} },
  associative_memory: { class: "core", type: "functions", parameters: {} }
}

const physiology: Fields = {
  simulation_timestep: 0.025,
  quantization_precision: "fp32",
  max_age: 10_000_000,
  evolution_burst_count: 50,
  ipu_idle_threshold: 1000,
  plasticity_queue_depth: 3,
  lifespan_mgmt_interval: 10
}

const regions = (areas: ReadonlyArray<GenomeArea>): Fields => {
  const region = (id: string, name: string, cortical_areas: ReadonlyArray<GenomeArea>, properties: Fields): Fields => ({
    name,
    region_id: id,
    region_type: "undefined",
    cortical_areas: cortical_areas.map((area) => area.id),
    properties
  })
  const inner = areas.filter(({ group }) => group === "CUSTOM")
  const outer = areas.filter(({ group }) => group !== "CUSTOM")
  const place = { coordinate_2d: [0, 0], coordinate_3d: [0, 0, 0], parent_region_id: ROOT_REGION }
  return {
    [ROOT_REGION]: region(ROOT_REGION, "Root Brain Region", outer, {}),
    ...(inner.length === 0 ? {} : { [CIRCUIT_REGION]: region(CIRCUIT_REGION, "Circuit", inner, place) })
  }
}

/** One compact line of JSON. Areas of the core and the drivers of the modulators are added to those given. */
export const genomeText = ({ id, title, description, areas, modulators, morphologies }: GenomeParts): string => {
  const all = [
    plainArea(namedId("___power"), "Brain_Power", "CORE"),
    plainArea(namedId("___death"), "Brain_Death", "CORE"),
    ...areas,
    ...modulators.map(driverArea)
  ]
  return JSON.stringify({
    genome_id: id,
    genome_title: title,
    genome_description: description,
    version: "3.0",
    genome_schema_version: 7,
    timestamp: 0,
    hosts: {},
    classifiers: {},
    modulators: Object.fromEntries(modulators.map((modulator, serial) => [modulator.name, modulatorFields(modulator, serial)])),
    neuron_morphologies: {
      ...ownMorphologies,
      ...Object.fromEntries(
        Object.entries(morphologies).map(([name, morphology]) => [
          name,
          morphology === "function"
            ? { class: "core", type: "functions", parameters: {} }
            : { class: "custom", type: "vectors", parameters: morphology }
        ])
      )
    },
    physiology,
    brain_regions_root: ROOT_REGION,
    brain_regions: regions(all),
    stats: { innate_cortical_area_count: all.length, innate_neuron_count: 0, innate_synapse_count: 0 },
    blueprint: Object.assign({}, ...all.map(blueprintOf)) as Fields
  })
}
