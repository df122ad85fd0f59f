/**
 * Brains in which every voxel of every output area has a neuron of its own before it: what is put in comes out, potential included. The
 * coders are the real ones, and nothing learns.
 */
import type { CoderReading, CoderSelection, CoderValue, Decoder, DecoderContext, TypedTarget } from "@feagi-trainer/contracts"
import { Brain, type EngineModule } from "@feagi-trainer/feagi-runtime"
import { flatValues } from "../src/ChannelValues.ts"
import { miscForm } from "../src/CoderForm.ts"
import { genomeText } from "../src/Genome.ts"
import { randomStream } from "../src/RandomStream.ts"
import { areasOf, boundUnits, numbersPerChannel, type SelectedArea } from "../src/Selection.ts"
import { selectUnits } from "../src/UnitSelection.ts"
import { unitOf } from "../src/Units.ts"
import { must } from "./support.ts"

export type Lit = readonly [x: number, y: number, z: number, potential?: number]

const least = { "fire_t-f": 1e-6 }
const oneToOne = (gain: number) => [
  {
    morphology_id: "block_to_block",
    morphology_scalar: [1, 1, 1],
    postSynapticCurrent_multiplier: gain,
    plasticity_flag: false
  }
]

/** Pictures come out as bytes, and nothing above 1 goes into MiscData. */
const gainOf = (outputs: ReadonlyArray<CoderSelection>): number =>
  outputs.some(({ binding }) => binding.io_type === "ImageFrame") ? 255 : 1

/** Genome with an input area of MiscData before every area of the outputs, and the selections of those inputs. */
export const wiredGenome = (outputs: ReadonlyArray<CoderSelection>) => {
  const areas = outputs.flatMap(areasOf)
  const inputs = must(
    selectUnits(
      areas.map(({ size: [x, y, z] }, index) => ({
        unit: unitOf("imis"),
        group: index,
        form: miscForm(x, y, z),
        flags: { frame: "Absolute" },
        channels: 1,
        layout: {}
      }))
    )
  )
  const genome = genomeText({
    id: "wired",
    title: "One to one",
    description: "Every voxel of an output has a neuron before it",
    areas: [
      ...inputs.map(({ binding }, index) => ({
        id: binding.cortical_area_id,
        name: `before ${index}`,
        group: "IPU" as const,
        size: areas[index]?.size ?? [1, 1, 1],
        mappings: { [areas[index]?.id ?? ""]: oneToOne(gainOf(outputs)) },
        cortex: {},
        // The potential of a neuron is what it hands on.
        neurons: { ...least, "mp_psp-b": true }
      })),
      ...areas.map(({ id, size }) => ({ id, name: id, group: "OPU" as const, size, mappings: {}, cortex: {}, neurons: least }))
    ],
    modulators: [],
    morphologies: {}
  })
  return { genome, inputs, areas }
}

const numbersOfArea = ({ size: [width, height, depth] }: SelectedArea, lit: ReadonlyArray<Lit>): Float32Array => {
  const numbers = new Float32Array(width * height * depth)
  for (const [x, y, z, potential = 1] of lit) numbers[(x * height + y) * depth + z] = potential
  return numbers
}

export interface Wired {
  /** What the coders of the outputs read when these voxels fire, area by area. */
  readonly read: (lit: ReadonlyArray<ReadonlyArray<Lit>>) => ReadonlyArray<CoderReading>
  /** What they read of the voxels that FEAGI's encoders make of these values. */
  readonly written: (values: ReadonlyArray<CoderValue>) => ReadonlyArray<CoderReading>
  readonly dispose: () => void
}

export const wire = (engine: EngineModule, outputs: ReadonlyArray<CoderSelection>): Wired => {
  const { genome, inputs, areas } = wiredGenome(outputs)
  const brain = Brain.develop(engine, {
    genome,
    random: randomStream(new Uint8Array(32)),
    budget: { voxels: 1_000_000, synapses: 1_000_000 },
    reliesOn: []
  })
  const units = boundUnits(inputs, outputs)
  if (!units.ok) throw new Error(units.messages.join("; "))
  brain.bind(units.value)
  const gain = gainOf(outputs)
  const widths = outputs.flatMap(numbersPerChannel)
  const readingsOf = (rows: Float32Array, silent: Uint8Array): ReadonlyArray<CoderReading> => {
    let at = 0
    return widths.map((width, channel) => {
      const value = Array.from(rows.subarray(at, at + width))
      at += width
      return { silent: silent[channel] === 1, value: width === 1 ? (value[0] ?? Number.NaN) : value }
    })
  }
  const read: Wired["read"] = (lit) => {
    const { readings, silent } = brain.present(flatValues(areas.map((area, index) => numbersOfArea(area, lit[index] ?? []))), {
      hold: 1,
      read: 1,
      settle: 2
    })
    return readingsOf(readings, silent)
  }
  return {
    read,
    written: (values) => {
      const flat = flatValues(values)
      const lit = new Map<string, Array<Lit>>()
      let at = 0
      widths.forEach((width, output) => {
        const { area, voxels } = brain.writeTarget(output, flat.subarray(at, at + width))
        const put = voxels.map(([x, y, z, p = 1]): Lit => [x, y, z, p / gain])
        lit.set(area, [...(lit.get(area) ?? []), ...put])
        at += width
      })
      return read(areas.map(({ id }) => lit.get(id) ?? []))
    },
    dispose: () => brain.dispose()
  }
}

/** A decoder on a wired brain. */
export const onBrain = <Options>(engine: EngineModule, decoder: Decoder<Options>, written: unknown, context: DecoderContext) => {
  const options = must(decoder.decodeOptions(written))
  const brain = wire(engine, must(decoder.select(options, context)))
  return {
    /** The answer to voxels that fire, area by area. */
    answer: (...lit: ReadonlyArray<ReadonlyArray<Lit>>) => decoder.read(options, context, brain.read(lit)),
    /** The answer to what the decoder teaches for this target. */
    taught: (target: TypedTarget) => decoder.read(options, context, brain.written(must(decoder.write(options, context, target)))),
    dispose: brain.dispose
  }
}
