/** Every decoder at the end of a brain: voxels fire, FEAGI's own coder reads them, the decoder answers. */
import { readFileSync } from "node:fs"
import { type DecoderContext, type ImageShape, TypedPrediction } from "@feagi-trainer/contracts"
import { loadEngineModule } from "@feagi-trainer/feagi-runtime/node"
import { Schema } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { COMPOSITE_TYPE } from "../src/CompositeDecoder.ts"
import { classSet, composite, countClass, keypoints, miscClass, motor, pose, scalar, segmentationMask, vector } from "../src/index.ts"
import { levelOf, readingOfLevel } from "../src/OutputScale.ts"
import { classes, mistakesOf, shape } from "./support.ts"
import { type Lit, onBrain } from "./wired.ts"

const engine = await loadEngineModule()
const open: Array<() => void> = []
const at: typeof onBrain = (...request) => {
  const brain = onBrain(...request)
  open.push(brain.dispose)
  return brain
}
afterAll(() => {
  for (const dispose of open) dispose()
})

const context = (output_type: DecoderContext["output_type"]): DecoderContext => ({ shape, output_type, classes })
const picture: ImageShape = { kind: "image", values: "uint8", width: [4, 4], height: [3, 3], channels: [1, 1] }
const silent = { answer: { abstain: { reason: "silent" } } }
const close = (values: ReadonlyArray<number>) => values.map((value) => expect.closeTo(value, 5))

describe("decoder misc-class", () => {
  const brain = at(engine, miscClass, { area: "omis", group: 0 }, context("class"))

  it("reads the potential that each voxel fired with", () => {
    const { answer, scores } = brain.answer([
      [0, 0, 0, 0.25],
      [2, 0, 0, 0.75]
    ])
    expect(answer).toMatchObject({ class: { class_id: 2 } })
    expect(scores).toEqual([0.25, 0, 0.75])
    expect(brain.answer([])).toEqual(silent)
  })

  it("answers with what it teaches", () => {
    for (const { class_id } of classes)
      expect(brain.taught({ class: { class_id, label: null } }).answer).toMatchObject({ class: { class_id } })
  })
})

describe("decoder count-class", () => {
  const brain = at(engine, countClass, { area: "ocnt", group: 3, bins: 5 }, context("class"))

  it("takes the class whose bin is the highest, and the lower index of two", () => {
    const { answer, scores } = brain.answer([
      [0, 0, 3],
      [1, 0, 1],
      [2, 0, 1]
    ])
    expect(answer).toMatchObject({ class: { class_id: 1 } })
    expect(scores).toEqual(close([0.25, 0.75, 0.75]))
  })

  it("never answers with a class that did not fire", () => {
    expect(brain.answer([[2, 0, 4]])).toMatchObject({ answer: { class: { class_id: 2, scores: [0, 0, 0] } } })
    expect(brain.answer([])).toEqual(silent)
  })

  it("averages the bins of a channel, as FEAGI does", () => {
    expect(
      brain.answer([
        [0, 0, 0],
        [0, 0, 4]
      ]).scores
    ).toEqual(close([0.5, 0, 0]))
  })

  it("answers with what it teaches", () => {
    for (const { class_id } of classes)
      expect(brain.taught({ class: { class_id, label: null } }).answer).toMatchObject({ class: { class_id } })
  })
})

describe("decoder class-set", () => {
  const brain = at(engine, classSet, { area: "omis", group: 0, threshold: 0.5 }, context("class_set"))

  it("takes every class from the threshold on", () => {
    expect(
      brain.answer([
        [0, 0, 0, 0.5],
        [1, 0, 0, 0.4],
        [2, 0, 0, 1]
      ]).answer
    ).toEqual({ class_set: [0, 2] })
  })

  it("tells an empty set from silence", () => {
    expect(brain.answer([[1, 0, 0, 0.4]]).answer).toEqual({ class_set: [] })
    expect(brain.answer([])).toEqual(silent)
  })

  it("answers with what it teaches", () => {
    for (const class_set of [[0], [1, 2], [0, 1, 2]]) expect(brain.taught({ class_set }).answer).toEqual({ class_set })
    const options = { area: "omis", group: 0, threshold: 0.5 } as const
    expect(mistakesOf(classSet.write(options, context("class_set"), { class_set: [0, 7] }))).toMatchObject([{ actual: "7" }])
  })
})

describe("decoders scalar and vector", () => {
  const range = [10, 20] as const

  it("moves an unsigned bin into the range of the answer", () => {
    const brain = at(engine, scalar, { code: { area: "ocnt", group: 0, bins: 11 }, range }, context("scalar"))
    for (let z = 0; z < 11; z++) expect(brain.answer([[0, 0, z]]).answer).toEqual({ scalar: expect.closeTo(20 - z, 5) })
    expect(brain.answer([])).toEqual(silent)
  })

  it("moves a signed bin into the range of the answer", () => {
    const brain = at(engine, scalar, { code: { area: "omot", group: 0, bins: 5 }, range: [-2, 2] }, context("scalar"))
    for (let z = 0; z < 5; z++) expect(brain.answer([[0, 0, z]]).answer).toEqual({ scalar: expect.closeTo(2 - z, 5) })
  })

  it.each(["ocnt", "omot"] as const)("teaches the nearest bin of %s, never a neighbour of it", (area) => {
    for (const bins of [2, 3, 10, 33]) {
      const brain = at(engine, scalar, { code: { area, group: 0, bins }, range }, context("scalar"))
      for (let i = 0; i <= 40; i++) {
        const wanted = 10 + i / 4
        const { answer } = brain.taught({ scalar: wanted })
        const read = "scalar" in answer ? answer.scalar : Number.NaN
        expect(Math.abs(read - wanted)).toBeLessThanOrEqual(10 / (bins - 1) / 2 + 1e-5)
      }
    }
  })

  it("predicts what FEAGI reads of a level that was written", () => {
    for (const signed of [false, true])
      for (const bins of [2, 7, 64])
        for (let i = 0; i <= 20; i++) {
          const written = levelOf(i / 20, bins, signed)
          const share = signed ? (readingOfLevel(written, bins, true) + 1) / 2 : readingOfLevel(written, bins, false)
          expect(Math.abs(share - i / 20)).toBeLessThanOrEqual(0.5 / (bins - 1) + 1e-9)
        }
  })

  it("reads potentials as numbers", () => {
    const ranges = [
      [0, 10],
      [-1, 1]
    ] as const
    const brain = at(engine, vector, { code: { area: "omis", group: 1 }, ranges }, context("vector"))
    expect(
      brain.answer([
        [0, 0, 0, 0.5],
        [1, 0, 0, 0.25]
      ]).answer
    ).toEqual({ vector: close([7.5, 0.25]) })
    expect(brain.answer([])).toEqual(silent)
    expect(brain.taught({ vector: [10, 0.5] }).answer).toEqual({ vector: close([10, 0.5]) })
  })

  it("does not make up a number for a channel that did not fire", () => {
    const ranges = [range, range, range]
    const brain = at(engine, vector, { code: { area: "ocnt", group: 0, bins: 5 }, ranges }, context("vector"))
    expect(brain.answer([[1, 0, 0]]).answer).toEqual({ abstain: { reason: "silent: number 0, number 2" } })
    expect(
      brain.answer([
        [0, 0, 4],
        [1, 0, 0],
        [2, 0, 2]
      ]).answer
    ).toEqual({ vector: close([10, 20, 15]) })
  })

  it("refuses a target outside of the range, each number by its place", () => {
    const options = {
      code: { area: "ocnt", group: 0, bins: 5 },
      ranges: [
        [0, 1],
        [0, 2]
      ]
    } as const
    expect(mistakesOf(vector.write(options, context("vector"), { vector: [2, 3] }))).toMatchObject([
      { message: "number 0 is outside of its range", expected: "0 to 1" },
      { message: "number 1 is outside of its range", expected: "0 to 2" }
    ])
    expect(mistakesOf(vector.write(options, context("vector"), { vector: [1] }))).toMatchObject([{ expected: "2", actual: "1" }])
  })
})

describe("decoder pose", () => {
  const position = [
    [-1, 1],
    [0, 2],
    [0, 4]
  ] as const
  const brain = at(engine, pose, { area: "omot", group: 0, bins: 21, position }, context("pose6_dof"))

  it("brings the orientation to length 1", () => {
    const half = Math.sqrt(0.5)
    const { answer } = brain.taught({
      pose6_dof: { position: [0.5, 1, 3], orientation: { w: half, x: half, y: 0, z: 0 } }
    })
    expect(answer).toEqual({
      pose6_dof: {
        position: close([0.5, 1, 3]),
        orientation: { w: expect.closeTo(half, 5), x: expect.closeTo(half, 5), y: expect.closeTo(0, 5), z: expect.closeTo(0, 5) }
      }
    })
  })

  it("reads a taught pose as its nearest bins, the error being what the closed form says", () => {
    const bin = (wanted: number, [low, high]: readonly [number, number]) =>
      low + (1 - Math.round((1 - (wanted - low) / (high - low)) * 20) / 20) * (high - low)
    for (let step = 0; step < 12; step++) {
      const place = position.map(([low, high], axis) => low + (((step * 7 + axis * 3 + 1) % 12) / 11) * (high - low))
      const turn = [1, 0.37 * step - 2, 0.61, 1.3 - 0.29 * step]
      const norm = Math.hypot(...turn)
      const [w = 0, x = 0, y = 0, z = 0] = turn.map((each) => each / norm)
      const [bw = 0, bx = 0, by = 0, bz = 0] = [w, x, y, z].map((each) => bin(each, [-1, 1]))
      const length = Math.hypot(bw, bx, by, bz)
      const target = { position: [place[0] ?? 0, place[1] ?? 0, place[2] ?? 0] as const, orientation: { w, x, y, z } }
      expect(brain.taught({ pose6_dof: target }).answer).toEqual({
        pose6_dof: {
          position: close(position.map((range, axis) => bin(place[axis] ?? 0, range))),
          orientation: {
            w: expect.closeTo(bw / length, 5),
            x: expect.closeTo(bx / length, 5),
            y: expect.closeTo(by / length, 5),
            z: expect.closeTo(bz / length, 5)
          }
        }
      })
    }
  })

  it("abstains without an orientation", () => {
    const middle = Array.from({ length: 7 }, (_, channel) => [channel, 0, 10] as const)
    expect(brain.answer(middle).answer).toEqual({ abstain: { reason: "no orientation" } })
    expect(brain.answer(middle.slice(1)).answer).toEqual({ abstain: { reason: "silent: number 0" } })
  })
})

describe("decoder segmentation-mask", () => {
  const masks: DecoderContext = { shape: picture, output_type: "segmentation_mask", classes }
  const options = { area: "oseg", group: 0, size: "sample" } as const
  const brain = at(engine, segmentationMask, options, masks)

  it("reads row by row what fired column by column", () => {
    expect(
      brain.answer([
        [1, 0, 0, 1 / 3],
        [3, 2, 0, 1]
      ]).answer
    ).toEqual({
      segmentation_mask: {
        width: 4,
        height: 3,
        labels: [255, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2],
        unpredicted_label: 255
      }
    })
  })

  it("abstains when no pixel has the potential of a class", () => {
    expect(brain.answer([])).toEqual(silent)
    expect(brain.answer([[0, 0, 0, 0.1]]).answer).toEqual({ abstain: { reason: "no pixel has the potential of a class" } })
  })

  it("answers with every mask that it teaches, but for ignored pixels", () => {
    const labels = [0, 1, 2, 0, 1, 2, 9, 1, 2, 0, 1, 2]
    const mask = { width: 4, height: 3, labels, ignore_label: 9 }
    expect(brain.taught({ segmentation_mask: mask }).answer).toMatchObject({
      segmentation_mask: { labels: labels.map((label) => (label === 9 ? 255 : label)) }
    })
  })

  it("loses nothing at the size of the picture, and what the README says below it", () => {
    const side = 24
    const shapes: Readonly<Record<string, (x: number, y: number) => boolean>> = {
      "rectangle, 13 × 9": (x, y) => x >= 5 && x < 18 && y >= 7 && y < 16,
      "disc, radius 8": (x, y) => (x - 11.5) ** 2 + (y - 11.5) ** 2 <= 64,
      "half plane, slanted": (x, y) => 2 * x + 3 * y < 57,
      "ring, 2 wide": (x, y) => Math.abs((x - 11.5) ** 2 + (y - 11.5) ** 2 - 68) <= 17,
      "line, 1 wide": (x, y) => x === y,
      "draughts, 1 wide": (x, y) => (x + y) % 2 === 0
    }
    const factors = [1, 2, 3, 4, 6, 8]
    // Which pixel stands at a place after a resize: the rule of image-resize for masks.
    const nearest = (place: number, before: number, after: number) => Math.floor(((2 * place + 1) * before) / (2 * after))
    const resized = (labels: ReadonlyArray<number>, before: number, after: number) =>
      Array.from({ length: after * after }, (_, index) => {
        const [x, y] = [nearest(index % after, before, after), nearest(Math.floor(index / after), before, after)]
        return labels[y * before + x] ?? Number.NaN
      })
    const whole: DecoderContext = {
      ...masks,
      shape: { ...picture, width: [side, side], height: [side, side] },
      classes: classes.slice(0, 2)
    }
    const brains = factors.map((factor) => {
      const size = factor === 1 ? "sample" : { width: side / factor, height: side / factor }
      return { small: side / factor, brain: at(engine, segmentationMask, { ...options, size }, whole) }
    })
    const table = Object.entries(shapes).map(([name, inside]) => {
      const native = Array.from({ length: side * side }, (_, index) => Number(inside(index % side, Math.floor(index / side))))
      const shares = brains.map(({ small, brain }) => {
        const labels = resized(native, side, small)
        const { answer } = brain.taught({ segmentation_mask: { width: small, height: small, labels, ignore_label: null } })
        if (!("segmentation_mask" in answer)) throw new Error("no mask")
        // FEAGI's coder takes nothing away: all of the loss is in the resize.
        expect(answer.segmentation_mask.labels).toEqual(labels)
        const back = resized(answer.segmentation_mask.labels, small, side)
        const both = back.filter((label, index) => label === 1 && native[index] === 1).length
        const either = back.filter((label, index) => label === 1 || native[index] === 1).length
        return (both / either).toFixed(3)
      })
      return [name, ...shares]
    })
    expect(table.map(([, native]) => native)).toEqual(table.map(() => "1.000"))
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const [, section = ""] = readme.split("\n## Masks below the size of the picture\n")
    const [, , ...rows] = (section.split("\n\n").find((part) => part.startsWith("|")) ?? "").split("\n")
    const cells = (line: string) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim())
    expect(rows.map(cells)).toEqual(table)
  })

  it("keeps every class of 254 apart", () => {
    const many = Array.from({ length: 254 }, (_, class_id) => ({ class_id, label: `c${class_id}` }))
    const wide: DecoderContext = {
      shape: { ...picture, width: [254, 254], height: [1, 1] },
      output_type: "segmentation_mask",
      classes: many
    }
    const labels = many.map(({ class_id }) => class_id)
    const row = at(engine, segmentationMask, options, wide)
    expect(row.taught({ segmentation_mask: { width: 254, height: 1, labels, ignore_label: null } }).answer).toMatchObject({
      segmentation_mask: { labels }
    })
  })

  it("refuses labels that are no classes and masks of another size", () => {
    const mask = { width: 4, height: 3, labels: Array.from({ length: 12 }, () => 7), ignore_label: null }
    expect(mistakesOf(segmentationMask.write(options, masks, { segmentation_mask: mask }))).toMatchObject([{ actual: "7" }])
    expect(mistakesOf(segmentationMask.write(options, masks, { segmentation_mask: { ...mask, width: 3 } }))).toMatchObject([
      { expected: "4 x 3" }
    ])
  })

  it("names every reason at once why there can be no mask", () => {
    expect(
      mistakesOf(segmentationMask.select(options, { shape, output_type: "class", classes: [] })).map(({ expected }) => expected)
    ).toEqual(["output type segmentation_mask", "1 to 255 classes", "size = { width, height }"])
    const several = { ...masks, shape: { ...picture, width: [3, 4] as const } }
    expect(mistakesOf(segmentationMask.select(options, several))).toMatchObject([{ expected: "one width and one height" }])
  })
})

describe("decoder keypoints", () => {
  const people: DecoderContext = {
    shape: { ...picture, width: [100, 100], height: [50, 50] },
    output_type: "keypoints",
    classes: []
  }
  const options = {
    area: "opos",
    group: 0,
    pose_schema: "HumanBody",
    width: 5,
    height: 3,
    joints: 2,
    y_axis: "down",
    size: "sample"
  } as const
  const brain = at(engine, keypoints, options, people)

  it("puts the corners of a layer at the centres of the corner pixels", () => {
    expect(
      brain.answer([
        [0, 0, 0, 0.5],
        [4, 2, 1]
      ]).answer
    ).toEqual({
      keypoints: [
        { x: 0.5, y: 0.5, visibility: 2, score: expect.closeTo(0.5, 5) },
        { x: 99.5, y: 49.5, visibility: 2, score: expect.closeTo(1, 5) }
      ]
    })
  })

  it("counts y from the bottom where it is told so", () => {
    const flipped = at(engine, keypoints, { ...options, y_axis: "up" }, people)
    expect(flipped.answer([[2, 0, 0]]).answer).toMatchObject({
      keypoints: [
        { x: 50, y: 49.5 },
        { visibility: 0, score: 0 }
      ]
    })
  })

  it("weighs voxels near each other by their potential, and takes scattered ones for nothing", () => {
    const wide = at(engine, keypoints, { ...options, width: 21, joints: 1 }, people)
    const { answer } = wide.answer([
      [10, 1, 0, 0.25],
      [11, 1, 0, 0.75]
    ])
    expect(answer).toMatchObject({ keypoints: [{ x: expect.closeTo((10.75 / 20) * 99 + 0.5, 3), score: expect.closeTo(0.5, 5) }] })
    expect(
      wide.answer([
        [0, 0, 0],
        [20, 2, 0]
      ])
    ).toEqual(silent)
  })

  it("puts a cluster of voxels at its centre of mass, with the mean of its potentials", () => {
    const wide = at(engine, keypoints, { ...options, width: 21, height: 11, joints: 2 }, people)
    const clusters = [
      { x: 4, y: 3, potentials: [1, 0.5, 0.25, 0.25, 1, 0.5, 0.125, 0.75, 1] },
      { x: 18, y: 8, potentials: [0.25, 1, 0.5, 1, 0.125, 0.75, 0.5, 0.25, 1] },
      { x: 0, y: 0, potentials: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5] },
      { x: 11, y: 5, potentials: [1, 0.125, 1, 0.125, 1, 0.125, 1, 0.125, 0.5] }
    ].map(({ x, y, potentials }) => potentials.map((p, index) => ({ x: x + (index % 3), y: y + Math.floor(index / 3), p })))
    const closed = (cluster: (typeof clusters)[number]) => {
      const mass = cluster.reduce((sum, { p }) => sum + p, 0)
      const centre = (axis: "x" | "y") => cluster.reduce((sum, voxel) => sum + voxel.p * voxel[axis], 0) / mass
      return {
        x: expect.closeTo((centre("x") / 20) * 99 + 0.5, 3),
        y: expect.closeTo((centre("y") / 10) * 49 + 0.5, 3),
        visibility: 2,
        score: expect.closeTo(mass / cluster.length, 5)
      }
    }
    for (const [index, first] of clusters.entries()) {
      const second = clusters[(index + 1) % clusters.length] ?? first
      const lit = [first, second].flatMap((cluster, joint) => cluster.map(({ x, y, p }): Lit => [x, y, joint, p]))
      expect(wide.answer(lit).answer).toEqual({ keypoints: [closed(first), closed(second)] })
    }
  })

  it("abstains without any joint and says that it cannot teach", () => {
    expect(brain.answer([])).toEqual(silent)
    expect(mistakesOf(keypoints.write(options, people, { keypoints: [] }))[0]?.message).toContain("no encoder for poses")
  })
})

describe("decoder motor", () => {
  const servo = { PositionalServo: [{ value: 5 }, "Linear"] }
  const base = { group: 0, frame: "Absolute", channels: 1, ranges: "given" } as const
  const vectors = context("vector")

  it("reads the position of a servo", () => {
    const brain = at(
      engine,
      motor,
      {
        ...base,
        area: "opse",
        coder: servo,
        channels: 2,
        ranges: [
          [0, 180],
          [0, 180]
        ]
      },
      vectors
    )
    expect(
      brain.answer([
        [0, 0, 0],
        [1, 0, 4]
      ]).answer
    ).toEqual({ vector: close([180, 0]) })
    expect(brain.answer([[0, 0, 0]]).answer).toEqual({ abstain: { reason: "silent: channel 1" } })
  })

  it("reads where a gaze goes", () => {
    const coder = { GazeProperties: [{ value: 5 }, { value: 3 }, "Linear"] }
    const brain = at(engine, motor, { ...base, area: "ogaz", coder }, vectors)
    expect(
      brain.answer(
        [
          [0, 0, 0],
          [1, 0, 4]
        ],
        [[0, 0, 1]]
      ).answer
    ).toEqual({ vector: close([1, 0, 0.5]) })
  })

  it.each([
    ["optr", "SpatialPointer", [1, 0.5, 0]],
    ["oang", "AngularPointer", [1, 0, -1]]
  ] as const)("reads the three numbers of %s", (area, name, numbers) => {
    const brain = at(engine, motor, { ...base, area, coder: { [name]: { width: 3, height: 1, depth: 5, window_ms: null } } }, vectors)
    expect(
      brain.answer([
        [0, 0, 0],
        [1, 0, 2],
        [2, 0, 4]
      ]).answer
    ).toEqual({ vector: close(numbers) })
  })

  it("reads filter settings", () => {
    const coder = { ImageFilteringSettings: [{ value: 5 }, { value: 5 }, { value: 5 }, "Linear"] }
    const brain = at(engine, motor, { ...base, area: "oifs", coder }, vectors)
    const { answer } = brain.answer([
      [0, 0, 0],
      [1, 0, 2],
      [2, 0, 4]
    ])
    expect(answer).toEqual({ vector: close([0.5, 0, 1, 1]) })
    expect(brain.answer([[1, 0, 2]]).answer).toEqual({ abstain: { reason: "number 1 was not read" } })
  })

  it("reads the mean place of a gaze on a plane", () => {
    const coder = { GazeProperties: [{ value: 1 }, { value: 3 }, "Linear"] }
    const brain = at(engine, motor, { ...base, area: "ogaz", coder, eccentricity_plane: [5, 3] }, vectors)
    expect(brain.answer([[3, 1, 0]], [[0, 0, 0]]).answer).toEqual({ vector: close([0.75, 0.5, 1]) })
    expect(mistakesOf(motor.decodeOptions({ ...base, area: "ogaz", coder, eccentricity_plane: [2, 1] }))).toHaveLength(1)
  })

  const taught = [
    ["omot", { Percentage: [{ value: 5 }, "Linear", true, "D1"] }, [0.5]],
    ["ocnt", { Percentage: [{ value: 5 }, "Linear", false, "D3"] }, [0.25, 0.5, 1]],
    ["ocnt", { Percentage: [{ value: 8 }, "Fractional", false, "D2"] }, [0.25, 0.625]],
    ["omot", { Percentage: [{ value: 8 }, "Fractional", true, "D1"] }, [-0.75]],
    ["omis", { MiscData: { width: 2, height: 1, depth: 2 } }, [0.25, 0, 0.5, 1]],
    ["oten", { MiscData: { width: 1, height: 1, depth: 4 } }, [1, 0, 1, 1]],
    ["oseg", { MiscData: { width: 2, height: 2, depth: 1 } }, [0.25, 0.5, 0.75, 1]],
    [
      "oimg",
      { CartesianPlane: { image_resolution: { width: 2, height: 1 }, color_space: "Gamma", color_channel_layout: "RGB" } },
      [2, 3, 4, 100, 200, 255]
    ],
    [
      "oaud",
      {
        AudioSpectrum: {
          bin_count: 3,
          phase_steps: 4,
          sample_rate_hz: 16_000,
          window_size: 4,
          hop_size: 2,
          spacing: "Linear",
          min_frequency_hz: 0,
          max_frequency_hz: 8000,
          magnitude_floor_db: -80,
          magnitude_ceiling_db: 0
        }
      },
      [0.5, 1, 0, 3, 0, 0]
    ]
  ] as const

  it.each(taught)("answers on %s with what it teaches", (area, coder, numbers) => {
    const brain = at(engine, motor, { ...base, area, coder }, vectors)
    expect(brain.taught({ vector: numbers }).answer).toEqual({ vector: close(numbers) })
    expect(brain.answer([])).toEqual(silent)
  })

  it("refuses what FEAGI's decoders are known to get wrong", () => {
    const refusal = (area: string, coder: unknown) =>
      mistakesOf(motor.decodeOptions({ ...base, area, coder })).map(({ message }) => message)
    expect(refusal("omot", { Percentage: [{ value: 5 }, "Linear", true, "D2"] })).toEqual([
      "FEAGI's decoder reads only the first axis of a signed vector"
    ])
    expect(refusal("ocnt", { Percentage: [{ value: 1 }, "Linear", false, "D1"] })).toEqual(["one bin reads the same whatever fires"])
    const clear = { CartesianPlane: { image_resolution: { width: 2, height: 1 }, color_space: "Gamma", color_channel_layout: "RGBA" } }
    expect(refusal("oimg", clear)).toEqual(["FEAGI's picture decoder never reads transparency"])
    expect(refusal("opse", { PositionalServo: [{ value: 5 }, "Fractional"] })).toEqual([
      "FEAGI's decoder takes Fractional values for others"
    ])
    expect(refusal("oifs", { ImageFilteringSettings: [{ value: 5 }, { value: 4 }, { value: 5 }, "Linear"] })).toHaveLength(1)
    expect(refusal("omis", "Boolean")).toEqual(["FEAGI has no decoder boolean"])
    expect(refusal("ogaz", { MiscData: { width: 1, height: 1, depth: 1 } })[0]).toContain("another number of areas")
    expect(refusal("omis", { Misc: {} })).toEqual(["is no coder of FEAGI"])
  })

  it("says that nothing can be forced where FEAGI has no encoder", () => {
    const options = motor.decodeOptions({ ...base, area: "opse", coder: servo })
    expect(options.ok && mistakesOf(motor.write(options.value, vectors, { vector: [0.5] }))).toMatchObject([
      { expected: "a reward policy without teach events" }
    ])
  })
})

describe("decoder composite", () => {
  const parts = [
    { name: "kind", decoder: "misc-class", output_type: "class", options: { area: "omis", group: 0 } },
    { name: "weight", decoder: "scalar", output_type: "scalar", options: { code: { area: "ocnt", group: 0, bins: 5 }, range: [0, 100] } }
  ]

  it("joins a class and a number to a vector", () => {
    const brain = at(engine, composite, { join: "vector", parts }, context("vector"))
    expect(brain.answer([[2, 0, 0]], [[0, 0, 1]]).answer).toEqual({ vector: [2, expect.closeTo(75, 4)] })
    expect(brain.taught({ vector: [1, 50] }).answer).toEqual({ vector: [1, expect.closeTo(50, 4)] })
  })

  it("abstains with a part, and says which", () => {
    const brain = at(engine, composite, { join: "vector", parts }, context("vector"))
    expect(brain.answer([[2, 0, 0]], []).answer).toEqual({ abstain: { reason: "part weight: silent" } })
    expect(brain.answer([], [])).toEqual(silent)
  })

  it("gives each part a field of one value", () => {
    const fields = at(engine, composite, { join: "fields", parts }, context({ custom: COMPOSITE_TYPE }))
    const { answer } = fields.answer([[2, 0, 0]], [[0, 0, 1]])
    expect(answer).toEqual({
      custom: {
        type: COMPOSITE_TYPE,
        value: { kind: { class: { class_id: 2, scores: [0, 0, 1] } }, weight: { scalar: expect.closeTo(75, 4) } }
      }
    })
    const value = { kind: { class: { class_id: 0, label: null } }, weight: { scalar: 25 } }
    expect(fields.taught({ custom: { type: COMPOSITE_TYPE, value } }).answer).toMatchObject({
      custom: { value: { kind: { class: { class_id: 0 } }, weight: { scalar: expect.closeTo(25, 4) } } }
    })
  })

  it("refuses parts that share an area, and names the mistakes of every part", () => {
    const decoded = composite.decodeOptions({ join: "vector", parts: [parts[0], { ...parts[0], name: "again" }] })
    expect(decoded.ok && mistakesOf(composite.select(decoded.value, context("vector")))).toMatchObject([
      { message: "two parts read area omis/0 MiscData" }
    ])
    expect(
      mistakesOf(
        composite.decodeOptions({
          join: "vector",
          parts: [
            { ...parts[0], options: { area: "ocnt" } },
            { ...parts[1], options: {} },
            { name: "kind", decoder: "keypoints", output_type: "keypoints", options: {} }
          ]
        })
      ).map(({ path }) => path.join("."))
    ).toEqual(
      expect.arrayContaining([
        "parts.0.options.group",
        "parts.0.options.area",
        "parts.1.options.code",
        "parts.2.name",
        "parts.2.output_type"
      ])
    )
  })
})

describe("every answer", () => {
  beforeAll(() => {})
  it("is a prediction as documents hold it", () => {
    const is = Schema.is(TypedPrediction)
    const brain = at(engine, countClass, { area: "ocnt", group: 0, bins: 3 }, context("class"))
    expect(is(brain.answer([[0, 0, 0]]).answer)).toBe(true)
    expect(is(brain.answer([]).answer)).toBe(true)
  })
})
