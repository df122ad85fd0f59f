/** A scaffolded plugin outside of this workspace: it passes its tests, is packed whole, and its tests can fail. */
import { spawnSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { create, link, listed, temporary, test, typeCheck } from "./scaffold.ts"

const { folder, remove } = temporary()
const plugin = join(folder, "my-metric")

beforeAll(() => {
  const ran = create(folder, ["metric-pack", "my-metric"])
  expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 0, stdout: "my-metric\n" })
  link(plugin)
})
afterAll(remove)

describe("a scaffolded metric pack", () => {
  it("passes all of its tests at once", () => {
    const ran = test(plugin)
    expect({ passed: ran.passed, failed: ran.failed, status: ran.status }, ran.stdout).toEqual({ passed: 31, failed: 0, status: 0 })
  })

  it("has types that hold, in sources and tests", () => {
    const ran = typeCheck(plugin)
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 0, stdout: "" })
  })

  it("publishes its code and its manifest, and nothing else", () => {
    expect(listed(plugin)).toEqual(["LICENSE", "README.md", "feagi-trainer.plugin.json", "package.json", "score.js", "src/index.js"])
  })

  it("turns red by the names of the laws when it drops abstentions", () => {
    const file = join(plugin, "src", "index.js")
    const sound = readFileSync(file, "utf8")
    const planted = sound.replace("abstained: state.abstained + 1", "abstained: state.abstained")
    expect(planted).not.toBe(sound)
    writeFileSync(file, planted)
    try {
      const ran = test(plugin)
      expect(ran.status).toBe(1)
      const red = [...ran.stdout.matchAll(/^ +not ok \d+ - (.*)$/gm)].map(([, name]) => name)
      expect(red).toEqual([
        "an abstention is counted",
        "equals its reference: four samples by hand, k = 2",
        "counts an abstention as a miss and never as the first class"
      ])
    } finally {
      writeFileSync(file, sound)
    }
  })

  it("scores the stored predictions of a bundle", () => {
    const bundle = join(folder, "bundle")
    mkdirSync(bundle)
    const line = (phase: string, sample_id: string, prediction: unknown) => {
      const answer = { phase, epoch: 0, index: 0, sample_id, prediction, target: { class: { class_id: 1, label: null } } }
      return JSON.stringify({ phase, epoch: 0, index: 0, sample_id, tick: 0, line: JSON.stringify(answer) })
    }
    const classes = ["ant", "bee"].map((label, class_id) => ({ class_id, label }))
    writeFileSync(join(bundle, "run.json"), JSON.stringify({ dataset: { output_type: "class", classes } }))
    writeFileSync(
      join(bundle, "predictions.ndjson"),
      [
        line("train", "a", { class: { class_id: 1, scores: [0, 1] } }),
        line("test", "b", { class: { class_id: 0, scores: [1, 0] } }),
        line("test", "c", { abstain: { reason: null } }),
        ""
      ].join("\n")
    )
    const ran = spawnSync(process.execPath, ["score.js", bundle, "test", "2"], { cwd: plugin, encoding: "utf8" })
    expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: "" })
    expect(JSON.parse(ran.stdout)).toEqual({
      signature: "my-metric:1|k=2|ties=lower-class-first|abstention=miss",
      values: { accuracy: 0, top_k_accuracy: 0.5, mean_reciprocal_rank: 0.25, answered: 0.5 }
    })
  })
})

interface Scaffold {
  readonly axis: string
  /** Laws, and what is particular to the example. */
  readonly tests: number
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
  }
]

describe.each(scaffolds)("a scaffolded $axis", ({ axis, tests, slip, red }) => {
  const own = join(folder, `my-${axis}`)
  beforeAll(() => {
    expect(create(folder, [axis, `my-${axis}`])).toMatchObject({ status: 0, stdout: `my-${axis}\n` })
    link(own)
  })

  it("passes all of its tests at once", () => {
    const ran = test(own)
    expect({ passed: ran.passed, failed: ran.failed, status: ran.status }, ran.stdout).toEqual({ passed: tests, failed: 0, status: 0 })
  })

  it("has types that hold, in sources and tests", () => {
    const ran = typeCheck(own)
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 0, stdout: "" })
  })

  it("publishes its code and its manifest, and nothing else", () => {
    expect(listed(own)).toEqual(["LICENSE", "README.md", "feagi-trainer.plugin.json", "package.json", "src/index.js"])
  })

  it("turns red when a slip is planted", () => {
    const file = join(own, "src", "index.js")
    const planted = readFileSync(file, "utf8").replace(...slip)
    expect(planted).not.toBe(readFileSync(file, "utf8"))
    writeFileSync(file, planted)
    const ran = test(own)
    expect([...ran.stdout.matchAll(/^ +not ok \d+ - (.*)$/gm)].map(([, name]) => name)).toEqual(red)
  })
})
