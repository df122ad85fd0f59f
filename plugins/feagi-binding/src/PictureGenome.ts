/**
 * The genome of a picture classifier. Pixels that are light enough fire; neurons behind them fire where light and dark meet in one of
 * eight directions; the next ones fire when such an edge lies anywhere in their small square of places; and one plastic mapping leads from
 * these to a motor area with one voxel per class. Only that last mapping learns.
 *
 * Sharp edge: a picture takes PATH_BURSTS bursts from the pixels to the neurons whose synapses learn. What is taught and the reward have
 * to meet it there: the mapping pairs what fired within that many bursts and one more, and listens to modulators that follow pleasure and
 * pain by as many. `pictureTiming` says the bursts that this leaves to a trainer.
 */
import { areaId, namedId } from "./CorticalId.ts"
import { fixedRule, genomeText, type Size } from "./Genome.ts"
import type { PictureOptions } from "./PictureOptions.ts"

/** Bursts between the firing of a pixel and that of a pooled edge. */
const PATH_BURSTS = 2

/** Any potential at all makes an output fire: its potential is the score. */
const OUTPUT_THRESHOLD = 1e-9

/** One edge in each of eight directions, 3 × 3 places, row by row: 1 is a light place, -1 a dark one, 0 is not looked at. */
const EDGES: ReadonlyArray<ReadonlyArray<number>> = [
  [-1, 0, 1, -1, 0, 1, -1, 0, 1],
  [1, 0, -1, 1, 0, -1, 1, 0, -1],
  [-1, -1, -1, 0, 0, 0, 1, 1, 1],
  [1, 1, 1, 0, 0, 0, -1, -1, -1],
  [0, 1, 1, -1, 0, 1, -1, -1, 0],
  [1, 1, 0, 1, 0, -1, 0, -1, -1],
  [0, -1, -1, 1, 0, -1, 1, 1, 0],
  [-1, -1, 0, -1, 0, 1, 0, 1, 1]
]
const EDGE_SIDE = 3

/**
 * When a trainer shows, teaches and rewards, in bursts. `read` counts from the injection; the others from the end of the reading, as the
 * policy `supervised` does. The second pair waits until the answer to the first has left the window of the mapping.
 */
export const pictureTiming = {
  read: PATH_BURSTS + 2,
  reinforce: 0,
  reinforce_present: 1,
  suppress: PATH_BURSTS + 2,
  suppress_present: PATH_BURSTS + 3,
  settle: PATH_BURSTS
} as const

/** Offsets from a pixel to the edges that see it as light (1) or dark (-1); the direction of an edge is its z. */
const edgeVectors = (sign: 1 | -1): ReadonlyArray<Size> =>
  EDGES.flatMap((places, direction) =>
    places.flatMap(
      (place, at): ReadonlyArray<Size> => (place === sign ? [[0 - (at % EDGE_SIDE), 0 - Math.floor(at / EDGE_SIDE), direction]] : [])
    )
  )

const edgeSize = ({ width, height }: PictureOptions): Size => [width - EDGE_SIDE + 1, height - EDGE_SIDE + 1, EDGES.length]

/** Size of the area whose synapses learn. */
export const pooledSize = (options: PictureOptions): Size => {
  const [width, height, directions] = edgeSize(options)
  return [Math.floor(width / options.pool), Math.floor(height / options.pool), directions]
}

/** Postsynaptic potential of the pooled edges: were all of them to fire at the largest weight, a class would get 1, where the decoder clamps. */
export const pooledPotential = (options: PictureOptions): number => {
  const [width, height, directions] = pooledSize(options)
  return 1 / (width * height * directions * options.max_weight)
}

export const pictureGenome = (options: PictureOptions, classes: number): string => {
  const [pixels, edges, pooled, output] = [
    areaId("iimg", "CartesianPlane", 0),
    namedId("cedges"),
    namedId("cpooled"),
    areaId("omis", "MiscData", 0)
  ]
  const learns = {
    morphology_id: "all_to_all",
    morphology_scalar: [1, 1, 1],
    postSynapticCurrent_multiplier: options.initial_weight,
    plasticity_flag: true,
    plasticity_mode: "stdp",
    plasticity_window: PATH_BURSTS + 1,
    plasticity_constant: 1,
    ltp_multiplier: 1,
    // A class that stays silent beside a firing input is not at fault: only pairs that fire together change.
    ltd_multiplier: 0,
    plasticity_eta: options.learning_rate,
    max_weight: options.max_weight,
    modulators: ["late_pleasure", "late_pain"]
  }
  const area = { group: "CUSTOM" as const, cortex: {} }
  return genomeText({
    id: `image-classification-2-${options.width}x${options.height}-${options.light}-${options.contrast}-${options.pool}x${classes}`,
    title: "Image classification",
    description: `${options.width} x ${options.height} pixels, edges in ${EDGES.length} directions, ${classes} classes, learning by reward`,
    areas: [
      {
        id: pixels,
        name: "pixels",
        group: "IPU",
        size: [options.width, options.height, 1],
        mappings: { [edges]: [fixedRule("edge_light", 1, 1), fixedRule("edge_dark", -1, 1)] },
        cortex: {},
        neurons: { "fire_t-f": options.light }
      },
      {
        ...area,
        id: edges,
        name: "edges",
        size: edgeSize(options),
        mappings: { [pooled]: [fixedRule("projector", 1, 1)] },
        neurons: { "fire_t-f": options.contrast }
      },
      {
        ...area,
        id: pooled,
        name: "pooled_edges",
        size: pooledSize(options),
        mappings: { [output]: [learns] },
        neurons: { "pstcr_-f": pooledPotential(options) }
      },
      {
        id: output,
        name: "classes",
        group: "OPU",
        size: [classes, 1, 1],
        mappings: {},
        cortex: {},
        neurons: { "fire_t-f": OUTPUT_THRESHOLD }
      }
    ],
    modulators: [
      { name: "pleasure", magnitude_percent: 100, follows: null },
      { name: "pain", magnitude_percent: -100, follows: null },
      { name: "late_pleasure", magnitude_percent: 100, follows: { name: "pleasure", bursts: PATH_BURSTS } },
      { name: "late_pain", magnitude_percent: -100, follows: { name: "pain", bursts: PATH_BURSTS } }
    ],
    morphologies: {
      edge_light: { vectors: edgeVectors(1) },
      edge_dark: { vectors: edgeVectors(-1) },
      // FEAGI's own: the places of an area that is larger are shared out evenly among those of the smaller one.
      projector: "function"
    }
  })
}
