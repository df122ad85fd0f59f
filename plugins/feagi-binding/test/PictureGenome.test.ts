/** The genome of a picture classifier on the real engine: what fires for a picture, what is read, and which synapses a reward changes. */
import type { SampleShape, TaskRequest } from "@feagi-trainer/contracts"
import { Brain, type Voxel } from "@feagi-trainer/feagi-runtime"
import { loadEngineModule } from "@feagi-trainer/feagi-runtime/node"
import { describe, expect, it } from "vitest"
import { parseDocument } from "../../../packages/config/src/index.ts"
import { areaId, driverId, namedId } from "../src/CorticalId.ts"
import { imageClassification, imageFrame, miscClass } from "../src/index.ts"
import { pictureGenome, pictureTiming, pooledPotential, pooledSize } from "../src/PictureGenome.ts"
import { decodePictureOptions, type PictureOptions } from "../src/PictureOptions.ts"
import { randomStream } from "../src/RandomStream.ts"
import { boundUnits } from "../src/Selection.ts"
import { classes, fitOf, mistakesOf, must } from "./support.ts"

const engine = await loadEngineModule()
const [pixels, edges, pooled, output] = [
  areaId("iimg", "CartesianPlane", 0),
  namedId("cedges"),
  namedId("cpooled"),
  areaId("omis", "MiscData", 0)
]
const options: PictureOptions = {
  width: 10,
  height: 8,
  light: 100,
  contrast: 3,
  pool: 2,
  initial_weight: 1,
  max_weight: 4,
  learning_rate: 0.5
}
const encoderOptions = { area: "iimg", group: 0, frame: "Absolute", color_space: "Linear" } as const

const open = (given: PictureOptions): Brain => {
  const { width, height } = given
  const shape: SampleShape = { kind: "image", values: "uint8", width: [width, width], height: [height, height], channels: [1, 1] }
  const inputs = must(imageFrame.select(encoderOptions, { shape, fitted: must(fitOf(imageFrame, encoderOptions, shape, [])) }))
  const outputs = must(miscClass.select({ area: "omis", group: 0 }, { shape, output_type: "class", classes }))
  const brain = Brain.develop(engine, {
    genome: pictureGenome(given, classes.length),
    random: randomStream(new Uint8Array(32)),
    budget: { voxels: 100_000, synapses: 100_000 },
    reliesOn: []
  })
  const units = boundUnits(inputs, outputs)
  if (!units.ok) throw new Error(units.messages.join("; "))
  brain.bind(units.value)
  return brain
}

/** A bright square in the dark, off the middle. */
const picture = ({ width, height }: PictureOptions, bright = 255, left = 3): Uint8Array =>
  Uint8Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)]
    return x >= left && x < left + 4 && y >= 2 && y < 6 ? bright : 0
  })

type Place = readonly [number, number, number]
const key = ([x, y, z]: Place): string => `${x} ${y} ${z}`
const firing = (brain: Brain, area: string): ReadonlyArray<string> =>
  brain
    .fired()
    .flatMap((each) => (each.area === area ? [key([each.x, each.y, each.z])] : []))
    .sort()

/** What fires burst by burst while a picture goes through, and what is read at last. */
const through = (brain: Brain, bytes: Uint8Array) => {
  const seen = [pixels, edges, pooled].map((area, before) => {
    brain.present(bytes, { hold: 1, read: 0, settle: before })
    const fired = firing(brain, area)
    brain.rest(pictureTiming.read)
    return fired
  })
  const { readings } = brain.present(bytes, { hold: 1, read: pictureTiming.read - 1, settle: pictureTiming.settle })
  return { pixels: seen[0] ?? [], edges: seen[1] ?? [], pooled: seen[2] ?? [], scores: Array.from(readings) }
}

/** Directions, worked out from what they mean: the side that is light, as a step from the middle of 3 x 3 places. */
const lightSides = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [1, -1],
  [-1, -1],
  [-1, 1],
  [1, 1]
] as const

const expectedEdges = ({ width, height, contrast }: PictureOptions, lit: ReadonlySet<string>): ReadonlyArray<string> => {
  const found: Array<string> = []
  for (let x = 0; x <= width - 3; x++)
    for (let y = 0; y <= height - 3; y++)
      lightSides.forEach(([dx, dy], z) => {
        let sum = 0
        for (const i of [-1, 0, 1])
          for (const j of [-1, 0, 1]) {
            const towards = Math.sign(i * dx + j * dy)
            // Of a straight edge a whole side counts, of a slanted one the corner and its two neighbours.
            if (lit.has(key([x + 1 + i, y + 1 + j, 0]))) sum += towards
          }
        if (sum >= contrast) found.push(key([x, y, z]))
      })
  return found.sort()
}

const weightsOf = (brain: Brain): ReadonlyMap<string, number> => {
  const { count, source, target, weight } = brain.weights(pooled, output)
  return new Map(
    Array.from({ length: count }, (_, k) => [
      `${key([source[3 * k] ?? -1, source[3 * k + 1] ?? -1, source[3 * k + 2] ?? -1])} > ${target[3 * k]}`,
      weight[k] ?? Number.NaN
    ])
  )
}

const voxel: ReadonlyArray<Voxel> = [[0, 0, 0]]
/** What a trainer does, with its offsets; `late` shifts the rewards. */
const judge = (brain: Brain, right: number, wrong: number, late = 0): void => {
  const { reinforce, reinforce_present, suppress, suppress_present } = pictureTiming
  brain.feedback([
    { offset: reinforce + late, force: { area: driverId(0), voxels: voxel } },
    { offset: reinforce_present, represent: true },
    { offset: reinforce_present, force: { area: output, voxels: [[right, 0, 0]] } },
    { offset: suppress + late, force: { area: driverId(1), voxels: voxel } },
    { offset: suppress_present, represent: true },
    { offset: suppress_present, force: { area: output, voxels: [[wrong, 0, 0]] } }
  ])
  brain.rest(pictureTiming.settle)
}

describe("the genome of pictures", () => {
  it("lets light pixels fire, edges where light meets dark, and a feature wherever its square has such an edge", () => {
    for (const contrast of [1, 2, 3]) {
      const given = { ...options, contrast }
      const brain = open(given)
      const seen = through(brain, picture(given))
      expect(seen.pixels).toHaveLength(16)
      expect(seen.edges).toEqual(expectedEdges(given, new Set(seen.pixels)))
      const squares = seen.edges.map((place) => {
        const [x = 0, y = 0, z = 0] = place.split(" ").map(Number)
        return key([Math.floor(x / 2), Math.floor(y / 2), z])
      })
      expect(seen.pooled).toEqual([...new Set(squares)].sort())
      brain.dispose()
    }
  })

  it("reads as score the weights of the features that fire", () => {
    const brain = open(options)
    const seen = through(brain, picture(options))
    expect(seen.scores).toHaveLength(classes.length)
    for (const score of seen.scores) expect(score).toBeCloseTo(seen.pooled.length * pooledPotential(options), 6)
    brain.dispose()
  })

  it("sees nothing in a picture that is too dark, and the next picture as if there had been none before", () => {
    const brain = open(options)
    expect(through(brain, picture(options, options.light - 1)).scores.every(Number.isNaN)).toBe(true)
    const [first, second] = [picture(options), picture(options, 255, 5)]
    const alone = through(open(options), second)
    expect(through(brain, first).pooled).not.toEqual(alone.pooled)
    expect(through(brain, second)).toEqual(alone)
    brain.dispose()
  })

  it("changes by a reward the synapses of the features that fired, for the class that was taught and for the one that was blamed", () => {
    const brain = open(options)
    const active = new Set(through(brain, picture(options)).pooled)
    const before = weightsOf(brain)
    judge(brain, 2, 0)
    const changes = [...weightsOf(brain)].flatMap(([synapse, weight]) => {
      const [feature = "", target] = synapse.split(" > ")
      const change = weight - (before.get(synapse) ?? Number.NaN)
      return change === 0 ? [] : [{ change, active: active.has(feature), target }]
    })
    expect(changes).toHaveLength(2 * active.size)
    for (const { change, active: fired, target } of changes)
      expect([fired, target, change]).toEqual([true, target, target === "2" ? options.learning_rate : -options.learning_rate])
    expect(new Set(changes.map(({ target }) => target))).toEqual(new Set(["2", "0"]))
    brain.dispose()
  })

  it("learns two pictures apart within a few rewards", () => {
    const brain = open(options)
    const shown = [picture(options, 255, 1), picture(options, 255, 5)]
    const answer = (bytes: Uint8Array): number => {
      const { scores } = through(brain, bytes)
      return scores.indexOf(Math.max(...scores))
    }
    for (const [at, bytes] of shown.entries()) {
      through(brain, bytes)
      judge(brain, at + 1, 2 - at)
    }
    expect(shown.map(answer)).toEqual([1, 2])
    brain.dispose()
  })

  it("learns something else from a reward that comes a burst too late", () => {
    const [inTime, late] = [0, 1].map((shift) => {
      const brain = open(options)
      through(brain, picture(options))
      judge(brain, 2, 0, shift)
      const weights = weightsOf(brain)
      brain.dispose()
      return weights
    })
    expect(late).not.toEqual(inTime)
  })

  it("gives every edge a feature where places do not divide evenly", () => {
    const uneven = { ...options, width: 13, height: 9, pool: 3 }
    const brain = open(uneven)
    const { count, target } = brain.weights(edges, pooled)
    expect(pooledSize(uneven)).toEqual([3, 2, 8])
    expect(count).toBe(11 * 7 * 8)
    const reached = new Set(
      Array.from({ length: count }, (_, k) => key([target[3 * k] ?? -1, target[3 * k + 1] ?? -1, target[3 * k + 2] ?? -1]))
    )
    expect(reached.size).toBe(3 * 2 * 8)
    brain.dispose()
  })

  it("keeps every score within the range of the decoder", () => {
    const [width, height, directions] = pooledSize(options)
    expect(pooledPotential(options) * width * height * directions * options.max_weight).toBeCloseTo(1, 12)
  })
})

describe("the options of pictures", () => {
  it("are refused where there is no room for an edge, and all reasons are named", () => {
    expect(mistakesOf(decodePictureOptions({ ...options, width: 2, light: 256, contrast: 4 }))).toHaveLength(3)
    expect(mistakesOf(decodePictureOptions({ ...options, pool: 7 }))).toMatchObject([{ expected: "width and height of at least pool + 2" }])
    expect(mistakesOf(decodePictureOptions({ ...options, initial_weight: 5 }))).toMatchObject([
      { expected: "initial_weight at most max_weight" }
    ])
    expect(decodePictureOptions({ ...options, pool: 6 }).ok).toBe(true)
  })
})

describe("the run file of pictures", () => {
  it("has the bursts that the genome needs", () => {
    const request: TaskRequest = {
      dataset: "d@1",
      shape: { kind: "image", values: "encoded", width: [28, 28], height: [28, 28], channels: [1, 1] },
      classes,
      output_type: "class",
      samples: 9,
      parts: []
    }
    const text = imageClassification.runFile(must(imageClassification.defaults(request)), {
      ...request,
      name: "n",
      seeds: [1n],
      genome_sha256: "0".repeat(64)
    })
    const parsed = parseDocument({ text, file: "n.run.toml", format: "toml" })
    expect(parsed).toMatchObject({
      ok: true,
      document: {
        value: {
          learner: {
            schedule: { hold_bursts: 1, read_burst: pictureTiming.read, settle_bursts: pictureTiming.settle },
            reward: { options: { timing: { reinforce: 0, reinforce_present: 1, suppress: 4, suppress_present: 5 } } }
          }
        }
      }
    })
  })
})
