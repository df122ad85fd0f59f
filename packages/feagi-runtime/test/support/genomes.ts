/**
 * Small flat genomes for the tests of this package: version 3.0, schema 7. Only what the tests need, all of it explicit.
 */
import { Buffer } from "node:buffer"

type Size = readonly [number, number, number]
type Fields = Readonly<Record<string, unknown>>

const base64 = (bytes: ReadonlyArray<number>): string => Buffer.from(bytes).toString("base64")
const ascii = (text: string): Array<number> => [...Buffer.from(text, "ascii")]
const word = (value: number): Array<number> => [value & 255, value >> 8]

export const kinds = { boolean: 0, percentage: 1, misc: 10 } as const

/** Cortical id of an input or output area: code, kind of data in the low bits of the flags, group. */
export const ioId = (code: string, kind: number, group = 0, fractional = false): string =>
  base64([...ascii(code), ...word(kind | (fractional ? 512 : 0)), ...word(group)])
export const plainId = (text: string): string => base64(ascii(text.padEnd(8, "_").slice(0, 8)))
const driverId = (serial: number): string => base64([...ascii("g___"), ...word(serial), 0, 0])

export interface AreaSpec {
  readonly id: string
  readonly name: string
  readonly group: string
  readonly dims: Size
  readonly to?: Readonly<Record<string, ReadonlyArray<Fields>>>
  readonly cortex?: Fields
  readonly neurons?: Fields
}

export const rule = (morphology: string, fields: Fields = {}): Fields => ({
  morphology_id: morphology,
  morphology_scalar: [1, 1, 1],
  postSynapticCurrent_multiplier: 1,
  plasticity_flag: false,
  plasticity_constant: 1,
  ltp_multiplier: 1,
  ltd_multiplier: 1,
  ...fields
})

export const reward = (serial: number, percent: number, fields: Fields = {}) => ({
  type: "synaptic.reward",
  magnitude_percent: percent,
  effect_duration_bursts: 1,
  rest_bursts: 0,
  graded: false,
  driver_cortical_id: driverId(serial),
  ...fields
})

type Modulator = ReturnType<typeof reward>

const areaFields = ({ id, name, group, dims, to = {}, cortex = {}, neurons = {} }: AreaSpec): Fields => {
  const cx = {
    "___bbx-i": dims[0],
    "___bby-i": dims[1],
    "___bbz-i": dims[2],
    "__name-t": name,
    "_group-t": group,
    "_n_cnt-i": 1,
    "subgrp-t": "",
    "de_gen-f": 0,
    "synatt-f": 100,
    "gd_vis-b": true,
    "pspuni-b": true,
    "memory-b": group === "MEMORY",
    "mem__t-i": 100,
    "mem_gr-i": 1,
    "mem_ls-i": 9,
    "rcordx-i": 0,
    "rcordy-i": 0,
    "rcordz-i": 0,
    "2dcorx-i": 0,
    "2dcory-i": 0,
    "dstmap-d": to,
    ...(group === "IPU" || group === "OPU" ? { "devcnt-i": 1 } : {}),
    ...cortex
  }
  const nx = {
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
  }
  const fields: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(cx)) fields[`_____10c-${id}-cx-${key}`] = value
  for (const [key, value] of Object.entries(nx)) fields[`_____10c-${id}-nx-${key}`] = value
  return fields
}

const root = "01a1fc41-dd1a-739a-82c9-4eabe50658a2"
const circuit = "01a1fc45-9df6-71d4-86fd-9accbf45a309"
const one: Size = [1, 1, 1]

export const genome = (
  areas: ReadonlyArray<AreaSpec>,
  modulators: Readonly<Record<string, Modulator>> = {},
  precision = "fp32",
  morphologies: Fields = {}
): string => {
  const drivers = Object.entries(modulators).map(
    ([name, modulator]): AreaSpec => ({
      id: modulator.driver_cortical_id,
      name: `driver_${name}`,
      group: "MODULATOR",
      dims: one,
      cortex: { "spike_train-b": true },
      neurons: { "c_fr_c-i": modulator.effect_duration_bursts, "snooze-i": modulator.rest_bursts, "mp_psp-b": modulator.graded }
    })
  )
  const all: ReadonlyArray<AreaSpec> = [
    { id: plainId("___power"), name: "Brain_Power", group: "CORE", dims: one },
    { id: plainId("___death"), name: "Brain_Death", group: "CORE", dims: one },
    ...areas,
    ...drivers
  ]
  const inner = (area: AreaSpec) => area.group === "CUSTOM" || area.group === "MEMORY"
  const ids = (wanted: boolean) => all.filter((area) => inner(area) === wanted).map((area) => area.id)
  const region = { name: "Root", region_id: root, region_type: "undefined", cortical_areas: ids(false), properties: {} }
  const sub = {
    name: "circuit",
    region_id: circuit,
    region_type: "undefined",
    cortical_areas: ids(true),
    properties: { coordinate_2d: [0, 0], coordinate_3d: [0, 0, 0], parent_region_id: root }
  }
  const core = (type: string, parameters: unknown) => ({ class: "core", type, parameters })
  const anywhere = ["*", "*", "*"]
  return JSON.stringify({
    genome_id: "test",
    genome_title: "test",
    genome_description: "",
    version: "3.0",
    genome_schema_version: 7,
    timestamp: 0,
    hosts: {},
    classifiers: {},
    modulators,
    neuron_morphologies: {
      block_to_block: core("vectors", { vectors: [[0, 0, 0]] }),
      all_to_all: core("patterns", { patterns: [[anywhere, anywhere]] }),
      episodic_memory: core("functions", {}),
      associative_memory: core("functions", {}),
      ...morphologies
    },
    physiology: {
      simulation_timestep: 0.025,
      quantization_precision: precision,
      max_age: 10000000,
      evolution_burst_count: 50,
      ipu_idle_threshold: 1000,
      plasticity_queue_depth: 3,
      lifespan_mgmt_interval: 10
    },
    brain_regions_root: root,
    brain_regions: { [root]: region, ...(ids(true).length > 0 ? { [circuit]: sub } : {}) },
    stats: { innate_cortical_area_count: all.length, innate_neuron_count: 0, innate_synapse_count: 0 },
    blueprint: Object.assign({}, ...all.map(areaFields))
  })
}

export const joy = driverId(0)
export const ouch = driverId(1)

/** Features x 1 x bins, all to all and plastic, onto classes x 1 x 1; two reward modulators. */
export const classifier = (
  features: number,
  bins: number,
  classes: number,
  fields: Fields = {},
  modulators: Readonly<Record<string, Modulator>> = { joy: reward(0, 100), ouch: reward(1, -100) }
) => {
  const input = ioId("iinf", kinds.percentage)
  const output = ioId("omis", kinds.misc)
  const maxWeight = 4
  const plastic = rule("all_to_all", {
    plasticity_flag: true,
    plasticity_window: 1,
    plasticity_mode: "stdp",
    plasticity_eta: 0.02,
    ltd_multiplier: 0,
    max_weight: maxWeight,
    modulators: Object.keys(modulators),
    ...fields
  })
  const potential = 1 / (features * maxWeight)
  const text = genome(
    [
      { id: input, name: "in", group: "IPU", dims: [features, 1, bins], neurons: { "pstcr_-f": potential }, to: { [output]: [plastic] } },
      { id: output, name: "out", group: "OPU", dims: [classes, 1, 1], neurons: { "fire_t-f": 1e-6 } }
    ],
    modulators
  )
  return { genome: text, input, output, features, bins, classes }
}
