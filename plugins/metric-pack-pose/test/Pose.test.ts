/** The cases that no oracle has: closed forms by hand, abstention, refusal, options, areas, resampling, figures, protocols. */
import { PluginManifest, Protocol, type Scored } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import { areaOf, columnOf, meanOf, medianOf } from "../src/Columns.ts"
import { type PoseOptions, pose, poseHoldout, poseTrainTest } from "../src/index.ts"
import { nearestIn } from "../src/Nearest.ts"
import { angleBetween, composed, movedPoints } from "../src/Quaternion.ts"
import { objectPoseType } from "../src/Rows.ts"
import { noModels, poseOf, resultOf, type Seven, scored, upright } from "./support.ts"

/** Park and Miller's generator, from -1 to 1: enough disorder for a test, the same everywhere. */
const drawn = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return (2 * state) / 2147483647 - 1
  }
}

/** Turned about z by so many degrees, whose sine and cosine are those of the engine. */
const aboutZ = (degrees: number, x = 0): Seven => {
  const half = (degrees * Math.PI) / 360
  return [x, 0, 0, Math.cos(half), 0, 0, Math.sin(half)]
}

const rod: PoseOptions["objects"] = {
  rod: {
    points: [
      [1, 0, 0],
      [-1, 0, 0]
    ]
  }
}
const symmetricRod: PoseOptions["objects"] = {
  rod: {
    points: [
      [1, 0, 0],
      [-1, 0, 0]
    ],
    symmetries: [poseOf([0, 0, 0, 0, 0, 0, 1])]
  }
}
const withObjects = (objects: PoseOptions["objects"]): PoseOptions => ({ objects, add_threshold: 0.1, auc_max: 0.1 })
const valuesOf = (options: PoseOptions, samples: ReadonlyArray<Scored>) => resultOf(options, samples).values

describe("the errors of a pose", () => {
  it("are exactly 180° for half a turn and exactly 0 for the same orientation, q or -q", () => {
    const angle = (estimate: Seven) => valuesOf(noModels, [scored("s", upright, estimate)]).rotation_deg
    expect(angle([0, 0, 0, 0, 0, 0, 1])).toBe(180)
    expect(angle([0, 0, 0, 0, 0.6, -0.8, 0])).toBe(180)
    expect(angle(upright)).toBe(0)
    expect(angle([0, 0, 0, -1, 0, 0, 0])).toBe(0)
    const random = drawn(17)
    for (let round = 0; round < 500; round += 1) {
      const [w, x, y, z] = [random(), random(), random(), random()]
      expect(angleBetween({ w, x, y, z }, { w, x, y, z })).toBe(0)
      expect(angleBetween({ w, x, y, z }, { w: -w, x: -x, y: -y, z: -z })).toBe(0)
    }
  })

  it("keep their digits near 0, where an arc cosine says 0 or 1e-8", () => {
    for (const tiny of [1e-4, 1e-8, 1e-12, 1e-15]) {
      const angle = angleBetween({ w: 1, x: 0, y: 0, z: 0 }, { w: 1, x: tiny / 2, y: 0, z: 0 })
      expect(Math.abs(angle / tiny - 1)).toBeLessThan(1e-8)
    }
  })

  it("are those of the hand: a rod of 2 m, turned by 60° about its middle", () => {
    const values = valuesOf(withObjects(rod), [scored("s", upright, aboutZ(60))])
    // Both ends move along a chord of 60° with radius 1; an end is as far from the other end's old place.
    expect(values.add).toBeCloseTo(1, 14)
    expect(values.adds).toBeCloseTo(1, 14)
    expect(values.rotation_deg).toBeCloseTo(60, 12)
    expect(values.rotation_rad).toBeCloseTo(Math.PI / 3, 14)
    expect(values.translation).toBe(0)
  })

  it("see a rod that is turned end to end as wrong by ADD and as right by ADD-S", () => {
    const turned = scored("s", upright, [0, 0, 0, 0, 0, 0, 1])
    const values = valuesOf(withObjects(rod), [turned])
    expect([values.add, values.adds, values.add_or_adds, values.mssd, values.rotation_deg]).toEqual([2, 0, 2, 2, 180])
    expect([values.add_recall, values.adds_recall, values.recall_2deg_2cm]).toEqual([0, 1, 0])
    const symmetric = valuesOf(withObjects(symmetricRod), [turned])
    expect([symmetric.add, symmetric.adds, symmetric.add_or_adds, symmetric.mssd, symmetric.rotation_deg]).toEqual([2, 0, 0, 0, 0])
    expect([symmetric.add_recall, symmetric.adds_recall, symmetric.recall_2deg_2cm]).toEqual([0, 1, 1])
  })

  it("are least over symmetries that shift as well as turn", () => {
    // Half a turn about an axis at x = 1.
    const symmetries = [poseOf([2, 0, 0, 0, 0, 0, 1])]
    const objects: PoseOptions["objects"] = { it: { points: [[0, 0, 0]], diameter: 1, symmetries } }
    const values = valuesOf(withObjects(objects), [scored("s", upright, [2, 0, 0, 0, 0, 0, 1])])
    expect([values.translation, values.rotation_deg, values.recall_5deg_5cm]).toEqual([0, 0, 1])
  })

  it("are within a bound only under one symmetry that brings both below it", () => {
    const symmetries = [poseOf([2, 0, 0, 0, 0, 0, 1])]
    const objects: PoseOptions["objects"] = { it: { points: [[0, 0, 0]], diameter: 1, symmetries } }
    // The place of the one, the orientation of the other.
    const values = valuesOf(withObjects(objects), [scored("s", upright, [2, 0, 0, 1, 0, 0, 0])])
    expect([values.translation, values.rotation_deg, values.recall_5deg_5cm]).toEqual([0, 0, 0])
  })

  it("are below a bound and not at it", () => {
    const at = (metres: number) => valuesOf(noModels, [scored("s", upright, [metres, 0, 0, 1, 0, 0, 0])])
    expect([at(0.05).recall_5deg_5cm, at(0.0499).recall_5deg_5cm, at(0.02).recall_2deg_2cm, at(0.0199).recall_2deg_2cm]).toEqual([
      0, 1, 0, 1
    ])
    const share = (metres: number) =>
      valuesOf(withObjects({ it: { points: [[0, 0, 0]], diameter: 1 } }), [scored("s", upright, [metres, 0, 0, 1, 0, 0, 0])])
    expect([share(0.1).add_recall, share(0.0999).add_recall]).toEqual([0, 1])
  })

  it("take the largest distance of two points for a diameter that is not given", () => {
    // 0.15 m of 2 m is below a tenth; of 1 m it is not.
    const moved = [scored("s", upright, [0.15, 0, 0, 1, 0, 0, 0])]
    expect(valuesOf(withObjects(rod), moved).add_recall).toBe(1)
    expect(
      valuesOf(
        withObjects({
          rod: {
            points: [
              [1, 0, 0],
              [-1, 0, 0]
            ],
            diameter: 1
          }
        }),
        moved
      ).add_recall
    ).toBe(0)
  })
})

describe("sums and shares of many poses", () => {
  const ones = (count: number): Uint32Array => new Uint32Array(count).fill(1)
  const column = (...values: ReadonlyArray<number>) => columnOf(values.map((value, index) => [index, value]))

  it("are mean and median of the answered, and recalls of all samples", () => {
    const samples = [0, 0.01, 0.03, 1].map((x, index) => scored(`s${index}`, upright, [x, 0, 0, 1, 0, 0, 0]))
    const values = valuesOf(noModels, [...samples, scored("silent", upright, null)])
    expect([values.translation, values.translation_median]).toEqual([1.04 / 4, 0.02])
    expect([values.recall_5deg_5cm, values.recall_2deg_2cm, values.answered, values.abstained]).toEqual([3 / 5, 2 / 5, 4 / 5, 1 / 5])
  })

  it("are compensated, so that many small terms are not lost beside a large one", () => {
    const many = column(1e16, ...Array.from({ length: 1000 }, () => 1))
    expect(meanOf(many, ones(1001), "")).toBe((1e16 + 1000) / 1001)
    // Ten tenths are 0.9999999999999999 when they are added one by one.
    expect(meanOf(columnOf([[0, 0.1]]), Uint32Array.of(10), "")).toBe(0.1)
    expect(medianOf(column(3, 1, 2), ones(3), "")).toBe(2)
    expect(medianOf(column(3, 1, 2), Uint32Array.of(3, 1, 1), "")).toBe(3)
  })

  it("have the area under the recall of YCB-Video, by hand", () => {
    // 0.02 m with a share of 1/4, another 0.02 m with 2/4, the last 0.06 m with 2/4; one beyond, one abstained.
    const two = column(0.02, 0.04, 0.2)
    expect(areaOf(two, ones(3), 0.1, 4)).toBeCloseTo((0.02 * 0.25 + 0.02 * 0.5 + 0.06 * 0.5) / 0.1, 14)
    expect(areaOf(column(0, 0), ones(2), 0.1, 2)).toBe(1)
    expect(areaOf(column(0.2), ones(1), 0.1, 1)).toBe(0)
    expect(areaOf(column(0.1), ones(1), 0.1, 1)).toBe(1)
  })

  it("say what is missing: a sample, an answer, a model, an object", () => {
    expect(valuesOf(noModels, []).rotation_deg).toEqual({ insufficient: "no sample was scored" })
    const silent = valuesOf(withObjects(rod), [scored("s", upright, null)])
    expect(silent.add).toEqual({ insufficient: "every sample was abstained from" })
    expect([silent.add_recall, silent.add_auc, silent.recall_5deg_5cm, silent.answered]).toEqual([0, 0, 0, 0])
    expect(valuesOf(noModels, [scored("s", upright, upright)]).add).toEqual({
      insufficient: "no object model is declared, and this value needs its points"
    })
    const two = valuesOf(withObjects({ ...rod, cup: { points: [[0, 0, 0]], diameter: 1 } }), [scored("s", upright, upright, "rod")])
    expect([two["add/rod"], two["samples/cup"]]).toEqual([0, 0])
    expect(two["add_recall/cup"]).toEqual({ insufficient: 'no sample is of "cup"' })
  })
})

describe("pose refuses", () => {
  const add = (options: PoseOptions, sample: Scored) => () => resultOf(options, [sample])

  it("a quaternion that is further than 1e-6 from length 1, by its sample", () => {
    expect(add(noModels, scored("long", upright, [0, 0, 0, 1.00001, 0, 0, 0]))).toThrow(
      'sample "long": the orientation of its prediction is a quaternion of length 1.00001, expected 1 to within 0.000001'
    )
    expect(add(noModels, scored("zero", [0, 0, 0, 0, 0, 0, 0], upright))).toThrow(
      "the orientation of its target is a quaternion of length 0"
    )
    expect(add(noModels, scored("close", upright, [0, 0, 0, 1 + 9e-7, 0, 0, 0]))).not.toThrow()
  })

  it("numbers that are not finite, and other types, by their sample", () => {
    expect(add(noModels, scored("nan", upright, [Number.NaN, 0, 0, 1, 0, 0, 0]))).toThrow(
      'sample "nan": its prediction is no pose of finite numbers'
    )
    const scalar = { ...scored("s", upright, upright), prediction: { scalar: 1 } }
    expect(add(noModels, scalar)).toThrow('sample "s": its prediction is of type scalar, expected pose6_dof')
    const custom = { ...scored("s", upright, upright), target: { custom: { type: "other#thing", value: null } } }
    expect(add(noModels, custom)).toThrow(`its target is of type other#thing, expected pose6_dof or ${objectPoseType}`)
  })

  it("a target that does not say its object where there are several, or says one without a model", () => {
    const two = withObjects({ ...rod, cup: { points: [[0, 0, 0]], diameter: 1 } })
    expect(add(two, scored("s", upright, upright))).toThrow('sample "s": its target does not say which of the 2 objects it is of')
    expect(add(two, scored("s", upright, upright, "mug"))).toThrow('sample "s": its object is "mug", which is none of "cup", "rod"')
    expect(add(noModels, scored("s", upright, upright, "mug"))).not.toThrow()
  })

  it("options with every mistake: no bounds, no points, no diameter to be found, symmetries that are no rotations", () => {
    const mistakes = (options: unknown) => {
      const decoded = pose.decodeOptions(options)
      return decoded.ok ? [] : decoded.mistakes.map(({ path }) => path.join("."))
    }
    expect(mistakes({})).toEqual(["objects", "add_threshold", "auc_max"])
    expect(mistakes({ ...noModels, auc_max: 0 })).toEqual(["auc_max"])
    expect(mistakes(withObjects({ it: { points: [[0, 0, 0]] } }))).toEqual(["objects.it.diameter"])
    expect(
      mistakes({
        ...noModels,
        objects: {
          a: {
            points: [
              [0, 0, 0],
              [1, 0, 0]
            ],
            symmetries: [poseOf(upright), poseOf([0, 0, 0, 2, 0, 0, 0])]
          },
          b: {
            points: [
              [0, 0, 0],
              [0, 0, 0]
            ]
          }
        }
      })
    ).toEqual(["objects.a.symmetries.1", "objects.b.diameter"])
    expect(mistakes({ ...noModels, objects: { a: { points: [] } } })).toHaveLength(1)
  })

  it("another output type", () => {
    expect(() => pose.start(noModels, { output_type: "class", classes: [] })).toThrow("scores output type pose6_dof")
  })
})

describe("the signature of pose", () => {
  it("names every convention and every model", () => {
    const signature = pose.signature(
      withObjects({ b: { points: [[0, 0, 0]], diameter: 0.5 }, a: symmetricRod.rod ?? { points: [[0, 0, 0]] } })
    )
    expect(signature.replaceAll(/fnv1a=[0-9a-f]{8}/g, "fnv1a=…")).toBe(
      'pose:1|unit=m|rotation=geodesic,least-over-symmetries|translation=euclidean,least-over-symmetries|add=mean-of-points|adds=mean-of-nearest,target-to-estimate|add_or_adds=adds-if-symmetric|mssd=greatest-of-points,least-over-symmetries|recall=below,of-all-samples|add_threshold=0.1diameter|auc=ycb-video,max=0.1|mean,median=of-answered|abstention=never-recalled,no-error|objects="a"(points=2,diameter=2:of-points,symmetries=1,fnv1a=…),"b"(points=1,diameter=0.5,symmetries=0,fnv1a=…)'
    )
  })

  it("differs when one number of a model does", () => {
    const of = (x: number) => pose.signature(withObjects({ it: { points: [[x, 0, 0]], diameter: 1 } }))
    expect(of(0.1)).not.toBe(of(0.1000001))
    expect(pose.signature(noModels)).toContain("|objects=none")
  })
})

describe("the parts", () => {
  it("find the nearest point as a search through all of them does, ties and repeated points included", () => {
    const random = drawn(5)
    for (const count of [1, 2, 9, 100, 333]) {
      const points = Float64Array.from({ length: 3 * count }, () => Math.round(random() * 8) / 8)
      const nearest = nearestIn(points)
      const square = (index: number, [x, y, z]: readonly [number, number, number]): number =>
        ((points[3 * index] ?? 0) - x) ** 2 + ((points[3 * index + 1] ?? 0) - y) ** 2 + ((points[3 * index + 2] ?? 0) - z) ** 2
      for (let round = 0; round < 50; round += 1) {
        const asked = [random(), random(), random()] as const
        const least = Math.min(...Array.from({ length: count }, (_, index) => square(index, asked)))
        expect(square(nearest(...asked), asked)).toBe(least)
      }
    }
  })

  it("compose transforms as applying one after the other does, and keep distances", () => {
    const random = drawn(9)
    const transform = () => {
      const [w, x, y, z] = [random(), random(), random(), random()]
      const length = Math.sqrt(w * w + x * x + y * y + z * z)
      return { rotation: { w: w / length, x: x / length, y: y / length, z: z / length }, shift: [random(), random(), random()] as const }
    }
    for (let round = 0; round < 50; round += 1) {
      const [outer, inner] = [transform(), transform()]
      const points = Float64Array.of(random(), random(), random(), 0, 0, 0)
      const once = movedPoints(composed(outer, inner), points)
      const twice = movedPoints(outer, movedPoints(inner, points))
      for (const [at, value] of twice.entries()) expect(once[at]).toBeCloseTo(value, 13)
      const length = (of: Float64Array): number =>
        Math.sqrt([0, 1, 2].reduce((sum, at) => sum + ((of[at] ?? 0) - (of[at + 3] ?? 0)) ** 2, 0))
      expect(length(once)).toBeCloseTo(length(points), 13)
    }
  })
})

describe("resampling", () => {
  it("gives the values of the fold, bit for bit, for the samples and for a multiset of them", () => {
    const random = drawn(23)
    const samples = Array.from({ length: 30 }, (_, index) =>
      scored(
        `s${index}`,
        aboutZ(90 * random(), random()),
        index % 7 === 0 ? null : aboutZ(90 * random(), random()),
        index % 3 === 0 ? "rod" : "cup"
      )
    )
    const options = withObjects({
      ...symmetricRod,
      cup: {
        points: [
          [0, 0.1, 0],
          [0.3, 0, 0.2]
        ]
      }
    })
    const atoms = pose.atoms?.(options, { output_type: { custom: objectPoseType }, classes: [] }, samples)
    expect(atoms?.count).toBe(30)
    const times = Uint32Array.from(samples, (_, index) => (index * 5) % 4)
    const repeated = samples.flatMap((sample, index) => Array.from({ length: times[index] ?? 0 }, () => sample))
    expect(atoms?.values(new Uint32Array(30).fill(1))).toEqual(valuesOf(options, samples))
    expect(atoms?.values(times)).toEqual(valuesOf(options, repeated))
    expect(atoms?.values(new Uint32Array(30))).toEqual(valuesOf(options, []))
  })
})

describe("the figures", () => {
  const samples = [0, 3, 12, 180].map((degrees, index) => scored(`s${index}`, upright, aboutZ(degrees, index / 100)))
  const figure = (options: PoseOptions, id: string, some: ReadonlyArray<Scored> = samples) =>
    resultOf(options, some).figures.find((each) => each.id === id)

  it("count every answered sample in the histograms, half a turn in the last bin", () => {
    const found = figure(noModels, "rotation-errors", [...samples, scored("silent", upright, null)])
    if (found?.kind !== "histogram") throw new Error("there is no histogram")
    expect([found.edges.length, found.edges.at(-1), found.counts.at(-1)]).toEqual([21, 180, 1])
    expect(found.counts.reduce((sum, count) => sum + count, 0)).toBe(4)
    expect(figure(noModels, "translation-errors")).toMatchObject({ unit: "m", edges: expect.arrayContaining([0, 0.05]) })
  })

  it("draw the recall of ADD and ADD-S over 101 thresholds, rising, an abstention keeping it below 1", () => {
    const found = figure(withObjects(rod), "recall", [...samples, scored("silent", upright, null)])
    if (found?.kind !== "curve") throw new Error("there is no curve")
    expect(found.series.map(({ name, points }) => [name, points.length, points[0]])).toEqual([
      ["ADD", 101, [0, 0]],
      ["ADD-S", 101, [0, 0]]
    ])
    expect(found.series[0]?.points.at(-1)).toEqual([0.1, 2 / 5])
    expect(found.series[1]?.points.at(-1)).toEqual([0.1, 3 / 5])
  })

  it("list the worst ten, the worst first, and none where nothing was answered", () => {
    const found = figure(noModels, "worst")
    if (found?.kind !== "table") throw new Error("there is no table")
    expect(found.rows.map(([sample]) => sample)).toEqual(["s3", "s2", "s1", "s0"])
    expect(found.rows[0]).toEqual(["s3", null, 180, 0.03, null, null])
    const many = Array.from({ length: 12 }, (_, index) => scored(`m${index}`, upright, upright, undefined))
    expect(figure(noModels, "worst", many)).toMatchObject({ description: expect.stringContaining("The 10 answered samples") })
    expect(resultOf(withObjects(rod), [scored("silent", upright, null)]).figures.map(({ id }) => id)).toEqual(["recall"])
    expect(resultOf(withObjects(rod), []).figures).toEqual([])
  })

  it("compare the objects where there are several", () => {
    const objects = { ...rod, cup: { points: [[0, 0, 0]] as const, diameter: 1 }, jar: { points: [[0, 0, 0]] as const, diameter: 1 } }
    const some = [scored("a", upright, upright, "rod"), scored("b", upright, [1, 0, 0, 1, 0, 0, 0], "cup")]
    expect(figure(withObjects(objects), "per-object", some)).toMatchObject({
      categories: ["cup", "jar", "rod"],
      series: [{ values: [0, null, 1] }, { values: [0, null, 1] }]
    })
  })
})

describe("the protocols", () => {
  it.each([poseHoldout, poseTrainTest])("$id is a protocol whose examples the pack computes", (protocol) => {
    expect(Schema.decodeUnknownSync(Protocol)(JSON.parse(JSON.stringify(protocol)))).toEqual(protocol)
    expect(protocol.vectors).toHaveLength(2)
    for (const { metric_pack, classes, samples, values } of protocol.vectors ?? []) {
      const options = pose.decodeOptions(metric_pack.options)
      if (!options.ok) throw new Error("the options of the protocol do not decode")
      const fold = pose.start(options.value, { output_type: "pose6_dof", classes })
      const found = fold.result(samples.reduce(fold.add, fold.empty)).values
      for (const [name, value] of Object.entries(values))
        expect(Math.abs(Number(found[name]) - Number(value)), `${name}: ${String(found[name])}`).toBeLessThanOrEqual(
          protocol.verification_tolerance
        )
    }
  })

  it("are in the manifest with their version and phases", () => {
    const { entries } = Schema.decodeUnknownSync(PluginManifest)(manifest)
    const provided = entries.filter(({ kind }) => kind === "protocol").map(({ provides }) => provides)
    expect(provided).toEqual(
      [poseHoldout, poseTrainTest].map(({ version, output_type, phases }) => ({
        version,
        output_type,
        phases: phases.map(({ name }) => name)
      }))
    )
  })
})
