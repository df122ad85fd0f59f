/** The templates: which data they are for, what they write, and that the learner takes it behind the transforms that it names. */
import type { SampleShape, TaskRequest, TaskTemplate, Transform } from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { describe, expect, it } from "vitest"
import { decodeDocument, parseDocument } from "../../../packages/config/src/index.ts"
import { RunFile } from "../../../packages/core/src/index.ts"
import * as image from "../../transform-image/src/index.ts"
import * as tabular from "../../transform-tabular/src/index.ts"
import * as text from "../../transform-text/src/index.ts"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import * as plugin from "../src/index.ts"
import { planRequest } from "./support.ts"

const [imageClassification, tabularClassification, textClassification] = [
  plugin.imageClassification as TaskTemplate,
  plugin.tabularClassification as TaskTemplate,
  plugin.textClassification as TaskTemplate
]

/** `max_size` of the text template. */
const VOCABULARY = 4000
const classes = ["cat", "dog", "eel"].map((label, class_id) => ({ class_id, label }))
const requestOf = (shape: SampleShape, over: Partial<TaskRequest> = {}): TaskRequest => ({
  dataset: "d@1",
  shape,
  classes,
  output_type: "class",
  samples: 1000,
  parts: [],
  ...over
})
const written = (template: TaskTemplate, request: TaskRequest, over: Readonly<Record<string, unknown>> = {}): string => {
  const defaults = template.defaults(request)
  if (!defaults.ok) throw new Error(JSON.stringify(defaults.mistakes))
  const options = template.decodeOptions({ ...(defaults.value as object), ...over })
  if (!options.ok) throw new Error(JSON.stringify(options.mistakes))
  return template.runFile(options.value, { ...request, name: "n", seeds: [1n, 2n], genome_sha256: "" })
}
const decoded = (toml: string) => {
  const parsed = parseDocument({ text: toml, file: "n.run.toml", format: "toml" })
  if (!parsed.ok) throw new Error(parsed.diagnostics.map(({ message }) => message).join("; "))
  const file = decodeDocument(RunFile, parsed.document)
  if (!file.ok) throw new Error(file.diagnostics.map(({ field, message }) => `${field} ${message}`).join("; "))
  return file.value
}

const operations = new Map(
  (Object.values({ ...image, ...tabular, ...text }) as unknown as ReadonlyArray<Transform>).map((each) => [each.id, each])
)
/** What the operations with something to learn found in a training part: a full vocabulary, and no feature that never changes. */
const fitted: Readonly<Record<string, (shape: SampleShape) => unknown>> = {
  tokenise: () => ({ tokens: Array.from({ length: VOCABULARY }, (_, at) => `w${at}`) }),
  standardise: (shape) => {
    const features = shape.kind === "tabular" ? shape.features : []
    return { mean: features.map(() => 0), deviation: features.map(() => 1) }
  }
}
/** The shape behind the transforms of a run file, as the operations themselves say it. */
const behind = (file: typeof RunFile.Type, shape: SampleShape): SampleShape =>
  file.transforms.reduce<SampleShape>((from, node) => {
    const operation = operations.get(node.plugin)
    if (operation === undefined) throw new Error(`no operation ${node.plugin}`)
    expect([node.plugin, operation.version, operation.fit !== undefined]).toEqual([node.plugin, node.version, "fit_on" in node])
    const options = operation.decodeOptions(node.options)
    if (!options.ok) throw new Error(`${node.plugin}: ${JSON.stringify(options.mistakes)}`)
    const to = operation.shape({ options: options.value, shape: from, fitted: fitted[node.plugin]?.(from) })
    if (!to.ok) throw new Error(`${node.plugin}: ${JSON.stringify(to.mistakes)}`)
    return to.value
  }, shape)

const planned = (file: typeof RunFile.Type, shape: SampleShape, over: Partial<TaskRequest> = {}) =>
  Effect.runPromise(
    Effect.scoped(
      plugin.gradient.plan(
        planRequest({
          section: file.learner as Readonly<Record<string, unknown>>,
          shape: behind(file, shape),
          classes: [...(over.classes ?? classes)],
          checkpoint_every: file.checkpoint_every,
          epochs: file.training.epochs,
          controls: file.controls
        })
      )
    )
  )

type Span = readonly [number, number]
const pictures = (values: "encoded" | "uint8" | "float", width: Span, height: Span, channels: Span): SampleShape => ({
  kind: "image",
  values,
  width,
  height,
  channels
})
const table = (count: number): SampleShape => ({
  kind: "tabular",
  features: Array.from({ length: count }, (_, at) => ({ name: `f${at}`, min: 0, max: 9 }))
})
const texts: SampleShape = { kind: "text", length: [3, 900] }

const fits: ReadonlyArray<readonly [string, TaskTemplate, SampleShape, ReadonlyArray<string>, unknown]> = [
  ["bytes of one size", imageClassification, pictures("uint8", [28, 28], [28, 28], [1, 1]), [], [28, 28, 1]],
  ["square files of one size", imageClassification, pictures("encoded", [32, 32], [32, 32], [3, 3]), ["image-decode"], [32, 32, 3]],
  [
    "files that may be turned",
    imageClassification,
    pictures("encoded", [32, 32], [24, 24], [3, 3]),
    ["image-decode", "image-resize"],
    [24, 32, 3]
  ],
  ["numbers with five channels", imageClassification, pictures("float", [12, 12], [9, 9], [5, 5]), [], [9, 12, 5]],
  ["many numbers", imageClassification, pictures("float", [90, 90], [9, 9], [2, 2]), [], [9, 90, 2]],
  ["bytes in colour", imageClassification, pictures("uint8", [32, 32], [32, 32], [3, 3]), [], [32, 32, 3]],
  ["grey and colour mixed", imageClassification, pictures("encoded", [20, 20], [20, 20], [1, 4]), ["image-decode"], [20, 20, 3]],
  ["grey with alpha", imageClassification, pictures("encoded", [20, 20], [20, 20], [2, 2]), ["image-decode"], [20, 20, 1]],
  ["several sizes", imageClassification, pictures("uint8", [20, 28], [10, 14], [1, 1]), ["image-resize"], [14, 28, 1]],
  [
    "photographs",
    imageClassification,
    pictures("encoded", [300, 4000], [200, 3000], [3, 3]),
    ["image-decode", "image-resize"],
    [48, 64, 3]
  ],
  ["a long strip", imageClassification, pictures("encoded", [2000, 2000], [3, 3], [1, 1]), ["image-decode", "image-resize"], [4, 64, 1]],
  ["a table", tabularClassification, table(7), ["standardise"], [7]],
  ["a table of one feature", tabularClassification, table(1), ["standardise"], [1]],
  ["texts", textClassification, texts, ["text-normalise", "tokenise"], undefined]
]

describe("a template of the gradient learner", () => {
  it.each(fits)("writes for %s a run file that the learner takes as it is", async (_, template, shape, transforms, input) => {
    const file = decoded(written(template, requestOf(shape)))
    expect(file.transforms.map(({ plugin }) => plugin)).toEqual(transforms)
    const plan = await planned(file, shape)
    expect(plan.ok ? [] : plan.diagnostics).toEqual([])
    if (input !== undefined) expect(file.learner.options).toMatchObject({ model: { input: { kind: "values", shape: input } } })
    expect(file).toMatchObject({ protocol: "classification-holdout@1", seeds: [1, 2], metrics: { plugin: "classification" } })
  })

  it("lets the last layer have a unit for every class", async () => {
    const many = Array.from({ length: 57 }, (_, class_id) => ({ class_id, label: `c${class_id}` }))
    const file = decoded(written(tabularClassification, requestOf(table(4), { classes: many })))
    expect((await planned(file, table(4), { classes: many })).ok).toBe(true)
    const fewer = await planned(file, table(4))
    expect(fewer.ok ? [] : fewer.diagnostics.map(({ code }) => code)).toEqual(["gradient/WIDTH"])
  })

  it("has names of the data in it as they are, whatever their signs", () => {
    const request = { ...requestOf(table(2)), dataset: 'a "b"\\\u007f\n@1' }
    expect(decoded(written(tabularClassification, request)).dataset).toBe(request.dataset)
  })
})

describe("data that a template is not for", () => {
  const refused = (template: TaskTemplate, request: TaskRequest) => {
    const said = template.defaults(request)
    return said.ok ? [] : said.mistakes.map(({ expected, actual }) => [expected, actual])
  }
  const templates = [
    [imageClassification, "pictures", texts],
    [tabularClassification, "tables", pictures("uint8", [8, 8], [8, 8], [1, 1])],
    [textClassification, "texts", table(3)]
  ] as const

  it.each(templates)("are refused by $id with every reason", (template, wanted, other) => {
    expect(refused(template, requestOf(other))).toEqual([[wanted, `${other.kind} samples`]])
    expect(refused(template, requestOf(other, { classes: classes.slice(0, 1) }))).toEqual([
      [wanted, `${other.kind} samples`],
      ["at least 2 classes", "1 in d@1"]
    ])
    expect(refused(template, requestOf(other, { output_type: "scalar", classes: [] })).at(-1)).toEqual([
      "at least 2 classes",
      "scalar in d@1"
    ])
    expect(refused(template, requestOf(other, { output_type: { custom: "p#tags" } })).at(-1)).toEqual([
      "at least 2 classes",
      "p#tags in d@1"
    ])
  })
})

describe("pictures of numbers", () => {
  it("are refused where they differ, with every axis, beside everything else that is wrong", () => {
    const said = imageClassification.defaults(requestOf(pictures("float", [8, 9], [9, 9], [1, 3]), { classes: [] }))
    expect(said.ok ? [] : said.mistakes.map(({ expected, actual }) => [expected, actual])).toEqual([
      ["at least 2 classes", "0 in d@1"],
      ["one number of pixels in width", "8 to 9"],
      ["one number of channels", "1 to 3"]
    ])
  })
})

describe("the options of a template", () => {
  it("are written into the file", () => {
    const file = decoded(written(tabularClassification, requestOf(table(4)), { epochs: 7, batch_size: 10, learning_rate: 0.25 }))
    expect(file).toMatchObject({ training: { epochs: 7 }, checkpoint_every: 1000 })
    expect(file.learner.options).toMatchObject({ batch_size: 10, micro_batch: 10 })
    expect(JSON.stringify(file.learner.options)).toContain('"learning_rate":0.25,')
  })

  it("keep their type where a number is whole", async () => {
    const toml = written(tabularClassification, requestOf(table(4)), { learning_rate: 1 })
    expect(toml).toContain("learning_rate = 1.0,")
    expect((await planned(decoded(toml), table(4))).ok).toBe(true)
  })

  it.each([
    ["epochs", 0],
    ["epochs", 1.5],
    ["batch_size", 0],
    ["learning_rate", 0],
    ["learning_rate", 11],
    ["momentum", 0.9]
  ])("refuse %s = %d, in the template as in the manifest", (name, value) => {
    const recipe = { epochs: 1, batch_size: 1, learning_rate: 0.1 }
    for (const template of [imageClassification, tabularClassification, textClassification]) {
      expect(template.decodeOptions(recipe).ok).toBe(true)
      const said = template.decodeOptions({ ...recipe, [name]: value })
      expect(said.ok ? [] : said.mistakes.map(({ path }) => path)).toEqual([[name]])
      const entry = manifest.entries.find(({ id }) => id === template.id)
      const names = Object.keys(entry?.options_schema.properties ?? {}).sort()
      expect(names).toEqual(Object.keys(recipe).sort())
    }
  })
})

describe("the steps of the schedule", () => {
  // biome-ignore lint/suspicious/noThenProperty: a schedule is data that nobody awaits
  const Warm = Schema.Struct({ schedule: Schema.Struct({ steps: Schema.Int, then: Schema.Struct({ steps: Schema.Int }) }) })
  /** Steps of the ramp, and all steps of the training. */
  const stepsOf = (over: Partial<TaskRequest>, options: Readonly<Record<string, unknown>>) => {
    const file = decoded(written(tabularClassification, requestOf(table(4), over), options))
    const { schedule } = Schema.decodeUnknownSync(Warm)(file.learner.options)
    return [schedule.steps, schedule.steps + schedule.then.steps]
  }

  it.each([
    ["60 of 100 samples that are dealt out", { samples: 1000 }, { epochs: 3, batch_size: 50 }, [4, 3 * 12]],
    ["a last batch that is not full", { samples: 1000 }, { epochs: 3, batch_size: 64 }, [3, 3 * 10]],
    [
      "90 of 100 of the training part that is declared",
      { samples: 70_000, parts: ["test", "train"], part_sizes: { test: 10_000, train: 60_000 } },
      { epochs: 4, batch_size: 64 },
      [100, 4 * 844]
    ],
    [
      "all of it where val is declared as well",
      { samples: 1000, parts: ["train", "val", "test"], part_sizes: { train: 500, val: 300, test: 200 } },
      { epochs: 2, batch_size: 100 },
      [1, 10]
    ],
    ["one step, which is the ramp, and one behind it", { samples: 10 }, { epochs: 1, batch_size: 100 }, [1, 2]]
  ] as const)("count %s", (_, over, options, expected) => {
    expect(stepsOf(over, options)).toEqual(expected)
  })

  it("follow the declared parts only when they are those of the protocol", () => {
    const splitOf = (parts: ReadonlyArray<string>) => decoded(written(tabularClassification, requestOf(table(4), { parts }))).split
    expect(splitOf(["val", "train", "test"])).toEqual({ method: "given", seed: 0 })
    expect(splitOf(["train", "test"])).toEqual({ method: "given", seed: "per-run", fractions: { train: 0.9, val: 0.1 } })
    for (const parts of [[], ["train"], ["a", "b"], ["train", "val", "test", "more"]])
      expect(splitOf(parts)).toMatchObject({ method: "stratified", fractions: { train: 0.6, val: 0.2, test: 0.2 } })
  })
})
