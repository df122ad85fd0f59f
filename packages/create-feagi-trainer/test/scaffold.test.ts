import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Axis, axes, main } from "../src/index.ts"
import { create, link, listed, temporary, test, testAll, typeCheck } from "./scaffold.ts"

const { folder, remove } = temporary()
const nameOf = (axis: Axis) => `my-${axis}`
afterAll(remove)

beforeAll(async () => {
  link(folder)
  for (const axis of axes) expect(await main([axis, nameOf(axis)], { cwd: folder, out: () => undefined, error: () => undefined })).toBe(0)
})

interface Scaffold {
  readonly axis: Axis
  /** Laws, and what is particular to the example. */
  readonly tests: number
  /** Published beside licence, README and package.json. */
  readonly files?: ReadonlyArray<string>
  /** A slip that somebody could make, and the tests that turn red. */
  readonly slip: readonly [sound: string, planted: string]
  readonly red: ReadonlyArray<string>
}

const scaffolds: ReadonlyArray<Scaffold> = [
  {
    axis: "adapter",
    tests: 39,
    slip: ["if (found?.sha256 !== expected)", "if (found === undefined)"],
    red: ["a file that changed is refused by its path"]
  },
  {
    axis: "sampler",
    tests: 21,
    slip: ["start < longest;", "start + per_turn < longest;"],
    red: [
      "an order is a permutation of the positions, or says what it leaves out or repeats",
      "no sample and one sample are planned",
      'equals its golden order: 9 samples, seed "golden", epoch 0',
      "lets classes take turns, and the large one end the epoch"
    ]
  },
  {
    axis: "transform",
    tests: 22,
    slip: ["max: limited(options, max) }", "max }"],
    red: ["declares the range that is left"]
  },
  {
    axis: "metric-pack",
    tests: 32,
    slip: ["abstained: state.abstained + 1", "abstained: state.abstained"],
    red: [
      "an abstention is counted",
      "equals its reference: four samples by hand, k = 2",
      "counts an abstention as a miss and never as the first class"
    ]
  },
  {
    axis: "protocol",
    tests: 17,
    files: ["feagi-trainer.plugin.json", "published/README.md", "src/index.js"],
    slip: ['"f1/macro": 1 / 2', '"f1/macro": 1'],
    red: ["the metric packs give what the examples say"]
  },
  {
    axis: "encoder",
    tests: 25,
    slip: [
      "values: ({ bins }, { fitted }, sample) => {",
      "values: ({ bins }, { fitted }, sample) => {\n    if (rowOf(sample).length === 0) return { ok: true, value: [0, 0] }"
    ],
    red: ["a sample of another kind is refused, not guessed"]
  },
  {
    axis: "decoder",
    tests: 26,
    slip: ['if (scores.every((score) => score === 0)) return { answer: { abstain: { reason: "silent" } } }\n', ""],
    red: ["tells silence from doubt", "scores, where there are any, are one finite number for each class"]
  },
  {
    axis: "reward",
    tests: 25,
    slip: ["limit: magnitude", "limit: magnitude / 2"],
    red: ["every affect is above 0 and within what channels() declares"]
  },
  {
    axis: "brain-backend",
    tests: 32,
    files: ["feagi-trainer.plugin.json", "src/LinearBrain.js", "src/index.js"],
    slip: ["if (connectome !== undefined) yield* restore(connectome)\n", ""],
    red: ["a brain that is opened with a connectome is the brain that it was taken from"]
  },
  {
    axis: "learner",
    tests: 24,
    files: ["feagi-trainer.plugin.json", "src/index.js"],
    slip: ["taught = [...found.taught]\n", ""],
    red: [
      "a restored checkpoint has the full hash of the session that it was taken from",
      "a session that promises an identical continuation goes on after restore() like the one that was saved",
      "a restored checkpoint replaces what was learnt before"
    ]
  }
]

describe("a scaffolded plugin", () => {
  it("is tried for every axis", () => {
    expect(scaffolds.map(({ axis }) => axis)).toEqual(axes)
  })

  it("is written by the program as by its library", () => {
    const own = join(folder, "by-program")
    mkdirSync(own)
    expect(create(own, ["sampler", "mine"])).toMatchObject({ status: 0, stdout: "mine\n" })
    expect(readFileSync(join(own, "mine", "src", "index.js"), "utf8")).toContain('id: "mine"')
  })

  it.each(scaffolds)("passes all of its tests at once: $axis", ({ axis, tests }) => {
    const ran = test(join(folder, nameOf(axis)))
    expect({ passed: ran.passed, failed: ran.failed, status: ran.status }, ran.stdout).toEqual({ passed: tests, failed: 0, status: 0 })
  })

  it("has types that hold, in sources and tests", () => {
    const ran = typeCheck(folder)
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 0, stdout: "" })
  })

  it("publishes its code and its manifest, and nothing else", () => {
    const published = listed(folder, axes.map(nameOf))
    const expected = scaffolds.map(({ files = ["feagi-trainer.plugin.json", "src/index.js"] }) =>
      ["LICENSE", "README.md", "package.json", ...files].sort()
    )
    expect(published).toEqual(expected)
  })

  it("turns red by the names of what a slip breaks", () => {
    const sound = scaffolds.map(({ axis, slip }) => {
      const file = join(folder, nameOf(axis), "src", "index.js")
      const text = readFileSync(file, "utf8")
      const planted = text.replace(...slip)
      expect([axis, planted]).not.toEqual([axis, text])
      writeFileSync(file, planted)
      return { file, text }
    })
    try {
      const ran = testAll(folder)
      expect(ran.status).toBe(1)
      expect([...ran.red].sort()).toEqual(scaffolds.flatMap(({ red }) => red).sort())
    } finally {
      for (const { file, text } of sound) writeFileSync(file, text)
    }
  })
})
