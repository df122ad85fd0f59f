/** Every kind of data through the program itself: registered, looked at, learnt from where a brain can, and replayed to the same bytes. */
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { crc32, deflateSync } from "node:zlib"
import type { Diagnostic } from "@feagi-trainer/contracts"
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { flip as flipByte, makeProject, type Project, type RunShown, started } from "./support/project.ts"

let project: Project
beforeAll(() => {
  project = makeProject([
    ...["adapter-coco", "adapter-image-folder", "adapter-text", "adapter-time-series"],
    ...["sampler-curriculum", "sampler-stratified", "sampler-time-window"],
    ...["transform-image", "transform-series", "transform-tabular", "transform-text"]
  ])
})
afterAll(() => project.close())

const put = (name: string, content: string | Uint8Array): void => {
  mkdirSync(dirname(project.path(name)), { recursive: true })
  writeFileSync(project.path(name), content)
}

/** Numbers from 0 to 1 that look like chance and are the same everywhere. */
const draws = (seed: number): (() => number) => {
  let state = Math.imul(seed, 7919) >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const ajv = new Ajv2020({ strict: false })
const schemas = new Map<string, ValidateFunction>()
const schemaOf = async (name: string): Promise<ValidateFunction> => {
  const known = schemas.get(name) ?? ajv.compile(JSON.parse((await project.ftr("schema", "show", name)).stdout) as object)
  schemas.set(name, known)
  return known
}
const fits = async (name: string, document: unknown): Promise<void> => {
  const check = await schemaOf(name)
  check(document)
  expect([name, check.errors ?? []]).toEqual([name, []])
}

const documents = {
  discover: "DatasetCandidatesOutput",
  validate: "DatasetValidationOutput",
  add: "DatasetOutput",
  show: "DatasetOutput",
  preview: "DatasetPreviewOutput",
  verify: "DatasetVerificationOutput",
  split: "DatasetSplitOutput",
  diff: "DatasetDiffOutput",
  "check-compat": "DatasetCompatibilityOutput"
} as const

/** The data of a `dataset` command, whose document is the published one. */
const dataset = async <A = Record<string, unknown>>(verb: keyof typeof documents, ...argv: ReadonlyArray<string>): Promise<A> => {
  const said = await project.ftr("dataset", verb, ...argv, "--json")
  expect([verb, argv, said.code], said.stderr).toEqual([verb, argv, 0])
  const document = JSON.parse(said.stdout) as { readonly data: A }
  await fits(documents[verb], document)
  return document.data
}

interface Sample {
  readonly sample_id: string
  readonly split: string | null
  readonly payload: Readonly<Record<string, unknown>>
  readonly target: unknown
}
/** The first samples of a version; each is the sample that the contract describes. */
const preview = async (version: string, ...argv: ReadonlyArray<string>): Promise<ReadonlyArray<Sample>> => {
  const { samples } = await dataset<{ samples: ReadonlyArray<Sample> }>("preview", version, ...argv)
  for (const sample of samples) await fits("IRSample", { ...sample, split: sample.split ?? "train" })
  return samples
}

/** What the plan finds wrong. */
const refusedPlan = async (file: string, ...argv: ReadonlyArray<string>): Promise<ReadonlyArray<Diagnostic>> => {
  const said = await project.ftr("run", "plan", file, ...argv, "--json")
  expect(said.code).toBe(3)
  return (JSON.parse(said.stdout) as { data: { diagnostics: ReadonlyArray<Diagnostic> } }).data.diagnostics
}

/** A run file of a template, changed where a person would change it. */
const runFile = async (name: string, template: string, version: string, edit = (text: string) => text): Promise<string> => {
  const init = await project.ftr("init", "--template", template, "--dataset", version, "--seed", "1")
  expect(init.code, init.stderr).toBe(0)
  return project.write(`${name}.run.toml`, edit(init.stdout))
}

const replayed = async (of: string): Promise<unknown> => {
  const said = await project.ftr("run", "replay", of, "--json")
  return (JSON.parse(said.stdout) as { data: { verdict: unknown } }).data.verdict
}
const metricsOf = (run: RunShown): Readonly<Record<string, unknown>> => run.phases.at(-1)?.metrics ?? {}

interface Answer {
  readonly phase: string
  readonly epoch: number
  readonly sample_id: string
  readonly prediction: unknown
  readonly target: unknown
}
/** Every answer of a run in visiting order. */
const answersOf = async ({ run_id }: RunShown): Promise<ReadonlyArray<Answer>> => {
  expect((await project.ftr("run", "export", run_id, "--bundle", run_id)).code).toBe(0)
  return project
    .read(join(run_id, "predictions.ndjson"))
    .trimEnd()
    .split("\n")
    .map((row) => JSON.parse((JSON.parse(row) as { line: string }).line) as Answer)
}

/** A grey PNG, a byte for each pixel. */
const png = (width: number, height: number, pixels: Uint8Array): Buffer => {
  const u32 = (...values: ReadonlyArray<number>) =>
    Buffer.from(values.flatMap((each) => [24, 16, 8, 0].map((shift) => (each >>> shift) & 255)))
  const chunk = (type: string, body: Uint8Array) => {
    const named = Buffer.concat([Buffer.from(type, "latin1"), body])
    return Buffer.concat([u32(body.length), named, u32(crc32(named))])
  }
  const rows = Array.from({ length: height }, (_, y) => [0, ...pixels.subarray(y * width, (y + 1) * width)])
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", Buffer.concat([u32(width, height), Uint8Array.of(8, 0, 0, 0, 0)])),
    chunk("IDAT", deflateSync(Uint8Array.from(rows.flat()))),
    chunk("IEND", new Uint8Array(0))
  ])
}

/** How many samples of each class a part has. */
const parts = { train: 16, test: 8 } as const

describe("a folder of pictures", () => {
  const side = 8
  /** The left half is bright in one class, the right half in the other. */
  const picture = (kind: number, seed: number): Uint8Array => {
    const draw = draws(seed)
    return Uint8Array.from({ length: side * side }, (_, at) => {
      const bright = at % side < side / 2 === (kind === 0)
      return Math.floor((bright ? 170 : 20) + draw() * 60)
    })
  }
  /** In the order of their paths, and so in that of the idx files. */
  const drawn = Object.entries(parts).flatMap(([part, count], which) =>
    [0, 1].flatMap((kind) =>
      Array.from({ length: count }, (_, k) => ({
        part,
        kind,
        name: String(k).padStart(2, "0"),
        pixels: picture(kind, 100 * which + 50 * kind + k + 1)
      }))
    )
  )
  const idx = (dimensions: ReadonlyArray<number>, data: Uint8Array): Buffer =>
    Buffer.concat([Buffer.from([0, 0, 8, dimensions.length, ...dimensions.flatMap((size) => [0, 0, size >>> 8, size & 255])]), data])

  let plain: RunShown
  beforeAll(async () => {
    for (const { part, kind, name, pixels } of drawn) put(`pictures/${part}/${kind}/${name}.png`, png(side, side, pixels))
    for (const [part, prefix] of [
      ["train", "train"],
      ["test", "t10k"]
    ] as const) {
      const own = drawn.filter((each) => each.part === part)
      put(`idx/${prefix}-images-idx3-ubyte`, idx([own.length, side, side], Buffer.concat(own.map(({ pixels }) => pixels))))
      put(
        `idx/${prefix}-labels-idx1-ubyte`,
        idx(
          [own.length],
          Uint8Array.from(own, ({ kind }) => kind)
        )
      )
    }
    await project.data("dataset", "add", "pictures", "--name", "pictures")
    plain = await started(project, await runFile("pictures", "image-classification", "pictures@1"))
  })

  it("is one version however often it is registered, with its parts, classes and bytes", async () => {
    const [best] = await dataset<ReadonlyArray<Record<string, unknown>>>("discover", "pictures")
    expect(best).toMatchObject({
      adapter: "@feagi-trainer/adapter-image-folder#image-folder",
      options: { layout: "class-folders", splits: { test: "test", train: "train" } }
    })
    expect(await dataset("validate", "pictures")).toMatchObject({ sample_count: 48, errors: 0, warnings: 0 })
    expect(await dataset("add", "pictures", "--name", "pictures")).toMatchObject({ dataset_version_id: "pictures@1", existing: true })
    expect(await dataset("show", "pictures@1")).toMatchObject({
      modality: "image",
      output_type: "class",
      shape: { kind: "image", values: "encoded", width: [side, side], height: [side, side], channels: [1, 1] },
      classes: [
        { class_id: 0, label: "0", samples: 24 },
        { class_id: 1, label: "1", samples: 24 }
      ],
      parts: { test: 16, train: 32 },
      leakage: { exact: { pairs: 0 }, decoded: { pairs: 0 }, near: { pairs: 0 } }
    })
    const [first] = await preview("pictures@1", "--count", "1")
    expect(first).toMatchObject({ sample_id: "test/0/00.png", split: "test", target: { class: { class_id: 0, label: "0" } } })
    expect(first?.payload).toEqual({ bytes: [...readFileSync(project.path("pictures/test/0/00.png"))] })
    expect(await dataset("verify", "pictures@1")).toMatchObject({ verified: true, files: 48 })
    expect(await dataset("check-compat", "pictures@1")).toMatchObject({ complete: true, missing: [] })
  })

  it("is learnt with the run file of the template, and replays EQUAL", async () => {
    expect(plain.phases.map(({ phase, samples }) => [phase, samples])).toEqual([
      ["train", 32],
      ["test", 16]
    ])
    expect(metricsOf(plain).accuracy).toBeGreaterThan(0.9)
    expect(await replayed(plain.run_id)).toBe("EQUAL")
  })

  it("names the picture that changed since, and not the learner", async () => {
    const picture = project.path("pictures", "test", "0", "00.png")
    flipByte(picture, 60)
    const said = await project.ftr("run", "replay", plain.run_id, "--json")
    flipByte(picture, 60)
    expect(said.code).toBe(6)
    const { data } = JSON.parse(said.stdout) as { readonly data: { readonly changed: ReadonlyArray<{ readonly message: string }> } }
    expect(data).toMatchObject({ verdict: "INPUT_CHANGED", changed: [{ input: "dataset pictures@1" }] })
    expect(data.changed[0]?.message).toContain("test/0/00.png")
  })

  it("is the same to a brain as the idx files of the same pixels", async () => {
    expect(await dataset("add", "idx", "--name", "idx")).toMatchObject({ dataset_version_id: "idx@1", sample_count: 48 })
    const [first] = await preview("idx@1", "--count", "1")
    expect(first).toMatchObject({ sample_id: "train-00000", split: "train", payload: { bytes: [...(drawn[0]?.pixels ?? [])] } })
    const run = await started(project, await runFile("idx", "image-classification", "idx@1"))
    expect(run.connectome_hash).toBe(plain.connectome_hash)
    expect(metricsOf(run)).toEqual(metricsOf(plain))
    const but = (answers: ReadonlyArray<Answer>) => answers.map(({ sample_id: _, ...answer }) => answer)
    expect(but(await answersOf(run))).toEqual(but(await answersOf(plain)))
  })

  const flip = (phases: string, probability: number) => (text: string) =>
    text.replace(
      /(?=\[\[transforms\]\]\nplugin = "image-resize")/,
      `[[transforms]]\nplugin = "image-random-flip"\nversion = 1\nphases = "${phases}"\noptions = { axis = "horizontal", probability = ${probability} }\n\n`
    )

  it("is augmented where it is learnt from and nowhere else, and replays EQUAL", async () => {
    const file = await runFile("flip", "image-classification", "pictures@1", flip("train", 0.5))
    const run = await started(project, file, "--set", "training.epochs=2", "--set", "checkpoint_every=7")
    expect(run.connectome_hash).not.toBe(plain.connectome_hash)
    expect(await replayed(run.run_id)).toBe("EQUAL")
    // Who has seen every picture mirrored takes one class for the other: those that are measured were not mirrored.
    const mirrored = await started(project, await runFile("mirror", "image-classification", "pictures@1", flip("train", 1)))
    expect(metricsOf(mirrored)["recall/0"]).toBeLessThan(0.2)
  })

  it("is not augmented where it is measured: the plan says at which line", async () => {
    const file = await runFile("all", "image-classification", "pictures@1", flip("all", 0.5))
    const [before = ""] = project.read(file).split('"image-random-flip"')
    // Two lines after that of the plugin.
    const line = before.split("\n").length + 2
    expect(await refusedPlan(file)).toMatchObject([{ code: "FT2302", file, line, column: 1, field: "transforms.1.phases" }])
  })

  it("has no value and no time to go by: samplers that need them say so at the plan", async () => {
    const file = await runFile("sampled", "image-classification", "pictures@1")
    const by = (plugin: string, options: string) =>
      refusedPlan(file, "--set", `sampler.plugin="${plugin}"`, "--set", `sampler.options=${options}`)
    const schedule = '{ epochs_to_full = 2, start_fraction = 0.5, pacing = "linear" }'
    const curriculum = await by("curriculum", `{ by = "difficulty", order = "rising", schedule = ${schedule}, within = "sorted" }`)
    expect(curriculum).toMatchObject([
      { code: "FT1004", field: "sampler.options.by", expected: expect.stringContaining("the dataset has the values (none)") },
      { code: "FT1004", field: "sampler.options.schedule.epochs_to_full", expected: "less than the 1 epochs of training", actual: "2" }
    ])
    const window = await by("time-window", '{ length = 4, stride = 4, order = "time", incomplete = "keep" }')
    expect(window.map(({ expected }) => expected)).toEqual(["a time in every entry of the index", "a group in every entry of the index"])
  })
})

describe("series in .ts files", () => {
  const header =
    "@problemName Waves\n@timeStamps false\n@missing false\n@univariate true\n@equalLength true\n@seriesLength 24\n@classLabel true rise fall\n@data\n"
  /** Up or down by two, and as much noise as a step of ten points. */
  const series = (kind: number, seed: number): string => {
    const draw = draws(seed)
    return Array.from({ length: 24 }, (_, t) => ((kind === 0 ? t : -t) / 12 + draw()).toFixed(3)).join(",")
  }
  const file = (count: number, from: number) =>
    header + Array.from({ length: 2 * count }, (_, k) => `${series(k % 2, from + k)}:${k % 2 === 0 ? "rise" : "fall"}\n`).join("")

  it("are registered with both files as parts, learnt, and replay EQUAL", async () => {
    put("waves/Waves_TRAIN.ts", file(parts.train, 1))
    put("waves/Waves_TEST.ts", file(parts.test, 1000))
    const add = ["waves", "--adapter", "time-series", "--option", "sample_rate_hz=25", "--name", "waves"] as const
    expect(await dataset("add", ...add)).toMatchObject({ dataset_version_id: "waves@1", existing: false })
    expect(await dataset("add", ...add)).toMatchObject({ dataset_version_id: "waves@1", existing: true })
    expect(await dataset("show", "waves@1")).toMatchObject({
      shape: { kind: "time_series", length: [24, 24], sample_rate_hz: 25, channels: [{ name: "dim_0" }] },
      classes: [
        { label: "rise", samples: 24 },
        { label: "fall", samples: 24 }
      ],
      parts: { test: 16, train: 32 }
    })
    const [first] = await preview("waves@1", "--count", "1")
    expect(first).toMatchObject({ split: "train", target: { class: { class_id: 0, label: "rise" } } })
    expect(first?.payload).toEqual({
      time_series: { sample_rate_hz: 25, channel_ids: ["dim_0"], samples: series(0, 1).split(",").map(Number) }
    })
    expect(await dataset("verify", "waves@1")).toMatchObject({ verified: true, files: 2 })
    const run = await started(project, await runFile("waves", "time-series-classification", "waves@1"))
    expect(metricsOf(run).accuracy).toBeGreaterThan(0.9)
    expect(await replayed(run.run_id)).toBe("EQUAL")
  })
})

describe("pictures with boxes", () => {
  const boxes = [
    { id: 1, image_id: 1, category_id: 3, bbox: [1, 1, 4, 5], area: 20, iscrowd: 0 },
    { id: 2, image_id: 1, category_id: 7, bbox: [0, 2.5, 3, 3], area: 9, iscrowd: 0 },
    { id: 3, image_id: 3, category_id: 7, bbox: [6, 0, 6, 8], area: 48, iscrowd: 0 }
  ]
  const annotations = (annotations: ReadonlyArray<object>) =>
    JSON.stringify({
      images: [1, 2, 3].map((id) => ({ id, file_name: `${id}.png`, width: 12, height: 8 })),
      categories: [
        { id: 3, name: "cup" },
        { id: 7, name: "cat" }
      ],
      annotations
    })

  it("are registered as COCO writes them, a picture without a box included", async () => {
    for (const k of [1, 2, 3])
      put(
        `coco/pictures/${k}.png`,
        png(
          12,
          8,
          Uint8Array.from({ length: 96 }, (_, at) => (at * k * 5) % 256)
        )
      )
    put("coco/annotations.json", annotations(boxes))
    expect(await dataset("validate", "coco")).toMatchObject({ modality: "image", output_type: "bbox_set", sample_count: 3, errors: 0 })
    expect(await dataset("add", "coco", "--name", "coco")).toMatchObject({ dataset_version_id: "coco@1", existing: false })
    expect(await dataset("add", "coco", "--name", "coco")).toMatchObject({ dataset_version_id: "coco@1", existing: true })
    expect(await dataset("show", "coco@1")).toMatchObject({
      shape: { kind: "image", width: [12, 12], height: [8, 8] },
      classes: [{ label: "cup" }, { label: "cat" }]
    })
    const samples = await preview("coco@1")
    expect(samples.map(({ target }) => target)).toMatchObject([
      {
        bbox_set: [
          { class_id: 0, x: 1, y: 1, width: 4, height: 5 },
          { class_id: 1, x: 0, y: 2.5, width: 3, height: 3 }
        ]
      },
      { bbox_set: [] },
      { bbox_set: [{ class_id: 1, label: "cat", x: 6, y: 0, width: 6, height: 8 }] }
    ])
    expect(await dataset("verify", "coco@1")).toMatchObject({ verified: true, files: 4 })
    const { complete, missing } = await dataset<{ complete: boolean; missing: ReadonlyArray<{ kind: string }> }>("check-compat", "coco@1")
    expect([complete, missing.map(({ kind }) => kind)]).toEqual([false, ["decoder", "reward", "metric-pack", "protocol"]])
  })

  it("are another version when a box moves, which the difference names, and refused when it leaves the picture", async () => {
    const [cup, ...others] = boxes
    put("coco/annotations.json", annotations([{ ...cup, bbox: [2, 1, 4, 5] }, ...others]))
    expect(await dataset("add", "coco", "--name", "coco")).toMatchObject({ dataset_version_id: "coco@2" })
    expect(await dataset("diff", "coco@1", "coco@2")).toMatchObject({ counts: { changed: 1, same: 2 }, changed: [{ sample_id: "1.png" }] })
    put("coco/annotations.json", annotations([{ ...cup, bbox: [9, 1, 4, 5] }, ...others]))
    const said = await project.ftr("dataset", "validate", "coco", "--json")
    expect([said.code, JSON.parse(said.stdout).data.diagnostics]).toMatchObject([
      3,
      [{ code: "coco/BOX-OUTSIDE", file: "coco/annotations.json", line: 1, field: "/annotations/0/bbox", sample_id: "1.png" }]
    ])
  })
})

describe("texts", () => {
  const words = [
    ["quiet", "lake", "evening", "reed"],
    ["drum", "march", "hall", "brass"]
  ] as const
  const labels = ["calm", "loud"] as const
  /** Words of a class between words of both. */
  const text = (kind: 0 | 1, seed: number): string => {
    const draw = draws(seed)
    const pick = (list: ReadonlyArray<string>) => list[Math.floor(draw() * list.length)] ?? ""
    return Array.from({ length: 10 }, (_, k) => pick(k % 2 === 0 ? words[kind] : ["the", "a", "of", "and"])).join(" ")
  }

  it("lie in a folder for each class, or in the lines of a file", async () => {
    for (const [part, count] of Object.entries(parts))
      for (const kind of [0, 1] as const)
        for (let k = 0; k < count; k++) put(`notes/${part}/${labels[kind]}/${k}.txt`, `${text(kind, count * 100 + kind * 50 + k)}\n`)
    expect(await dataset("add", "notes", "--name", "notes")).toMatchObject({ dataset_version_id: "notes@1", sample_count: 48 })
    expect(await dataset("add", "notes", "--name", "notes")).toMatchObject({ dataset_version_id: "notes@1", existing: true })
    expect(await dataset("show", "notes@1")).toMatchObject({ modality: "text", parts: { test: 16, train: 32 }, values: ["length"] })
    const [note] = await preview("notes@1", "--count", "1")
    expect(note).toMatchObject({ sample_id: "test/calm/0.txt", split: "test", payload: { text: project.read("notes/test/calm/0.txt") } })
    expect(await dataset("verify", "notes@1")).toMatchObject({ verified: true, files: 48 })

    const lines = Array.from({ length: 40 }, (_, k) => ({ id: `n${k}`, text: text(k % 2 === 0 ? 0 : 1, k + 1), label: labels[k % 2] }))
    put("notes.jsonl", lines.map((line) => `${JSON.stringify(line)}\n`).join(""))
    const jsonl = ["notes.jsonl", "--adapter", "text", "--option", 'id_field="id"'] as const
    expect(await dataset("validate", ...jsonl)).toMatchObject({
      sample_count: 40,
      errors: 0,
      adapter_options: { layout: "jsonl", label_field: "label" }
    })
    expect(await dataset("add", ...jsonl, "--name", "lines")).toMatchObject({ dataset_version_id: "lines@1" })
    expect(await preview("lines@1", "--from", "1", "--count", "1")).toMatchObject([
      { sample_id: "n1", split: null, payload: { text: lines[1]?.text }, target: { class: { class_id: 1, label: "loud" } } }
    ])
    expect(await dataset("verify", "lines@1")).toMatchObject({ verified: true, files: 1 })
    expect(
      await dataset("split", "lines@1", "--method", "stratified", "--fraction", "train=0.5", "--fraction", "test=0.5", "--seed", "3")
    ).toMatchObject({
      parts: [
        { name: "train", class_counts: [10, 10] },
        { name: "test", class_counts: [10, 10] }
      ]
    })
  })

  it("become counts of the words that were learnt, which a brain learns from, and replay EQUAL without the folder", async () => {
    // Twelve words and one place for all others: a table of as many columns has the genome for it.
    const columns = Array.from({ length: 13 }, (_, k) => `f${k}`)
    put(
      "counts.csv",
      [columns.join(",").concat(",label"), ...labels.map((label, k) => `${columns.map(() => k).join(",")},${label}`), ""].join("\n")
    )
    await dataset("add", "counts.csv", "--adapter", "csv", "--label-column", "label", "--name", "counts")
    await project.data("brain", "new", "--template", "tabular-classification", "--dataset", "counts@1", "--name", "words")
    const nodes = `[[transforms]]
plugin = "text-normalise"
version = 1
phases = "all"
options = { unicode = "nfkc", case = "lower", white_space = "collapse" }

[[transforms]]
plugin = "tokenise"
version = 1
phases = "all"
options = { tokeniser = "white-space", max_size = 12, unknown = "index", output = { form = "bag-of-tokens" } }
fit_on = "train"`
    const file = await runFile("words", "tabular-classification", "counts@1", (made) =>
      made
        .replaceAll("counts@1", "notes@1")
        .replace("transforms = []", nodes)
        .replace("classification-holdout@1", "classification-train-test@1")
        .replace(/\n\[split\]\n[\s\S]*?\n\n/, '\n[split]\nmethod = "given"\nseed = 0\n\n')
        .replace(/\n\[brain\.generate\]\n[\s\S]*?\n\n/, 'registered = "words@1"\n\n')
    )
    const run = await started(project, file)
    expect(metricsOf(run).accuracy).toBeGreaterThan(0.9)
    expect(await replayed(run.run_id)).toBe("EQUAL")
    expect((await project.ftr("run", "export", run.run_id, "--bundle", "words")).code).toBe(0)
    renameSync(project.path("notes"), project.path("elsewhere"))
    expect([await replayed("words"), await replayed(run.run_id)]).toEqual(["EQUAL", "INPUT_CHANGED"])
    renameSync(project.path("elsewhere"), project.path("notes"))
  })
})

describe("a table of numbers to be estimated", () => {
  it("is registered, and refused by everything that is for classes", async () => {
    put("prices.csv", ["size,rooms,price", ...Array.from({ length: 30 }, (_, k) => `${k},${k % 5},${k * 3.5}`), ""].join("\n"))
    const add = await dataset("add", "prices.csv", "--adapter", "csv", "--option", 'target_column="price"', "--name", "prices")
    expect(add).toMatchObject({ output_type: "scalar", sample_count: 30 })
    expect((await preview("prices@1", "--from", "3", "--count", "1"))[0]).toMatchObject({
      payload: { tabular: [3, 3] },
      target: { scalar: 10.5 }
    })
    await dataset("add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
    const file = await runFile("prices", "tabular-classification", "iris@1", (text) => text.replaceAll("iris@1", "prices@1"))
    const found = await refusedPlan(
      file,
      "--set",
      'sampler.plugin="stratified"',
      "--set",
      "sampler.options.window=4",
      "--set",
      'split.method="hash"'
    )
    expect(found.find(({ code }) => code === "FT2008")).toMatchObject({
      file,
      field: "protocol",
      expected: "a dataset of class",
      actual: "scalar"
    })
    expect(found.find(({ code }) => code === "FT2009")).toMatchObject({
      file,
      field: "metrics.plugin",
      expected: "class",
      actual: "scalar"
    })
    expect(found.find(({ message }) => message.includes("stratified"))).toMatchObject({
      code: "FT1003",
      actual: expect.stringContaining("none in ")
    })
    const refused = await project.ftr("init", "--template", "tabular-classification", "--dataset", "prices@1", "--seed", "1")
    expect([refused.code, refused.stdout]).toEqual([3, ""])
  })
})

describe("samplers", () => {
  interface Row {
    readonly id: string
    readonly kind: number
    readonly session: number
    readonly difficulty: number
  }
  const rows: ReadonlyArray<Row> = Array.from({ length: 40 }, (_, k) => ({
    ...{ id: `r${String(k).padStart(2, "0")}`, kind: k % 2, session: Math.floor(k / 7), difficulty: (k * 11) % 40 }
  }))
  const learnt = rows.slice(0, 28)
  const rowOf = (id: string) => rows.find((row) => row.id === id) ?? { id, kind: -1, session: -1, difficulty: -1 }
  const epochs = 3

  beforeAll(async () => {
    const cells = rows.map(({ id, kind, session, difficulty }, k) => {
      const draw = draws(k + 1)
      const row = [
        id,
        kind * 5 + draw(),
        draw(),
        ["a", "b"][kind],
        `s${session}`,
        1_700_000_000_000 + k * 40,
        difficulty,
        k < 28 ? "train" : "test"
      ]
      return row.join(",")
    })
    put("sessions.csv", ["id,x,y,kind,session,at,difficulty,part", ...cells, ""].join("\n"))
    const columns = ["id", "label=kind", "group=session", "split=part"].flatMap((each) => {
      const [role = "", column = role] = each.split("=")
      return [`--${role}-column`, column]
    })
    const options = ['time_column="at"', 'time_format="unix-ms"', 'values_columns=["difficulty"]'].flatMap((each) => ["--option", each])
    await dataset("add", "sessions.csv", "--adapter", "csv", ...columns, ...options, "--name", "sessions")
  })

  /** The training rows of every epoch in visiting order. */
  const visited = async (plugin: string, options: string): Promise<ReadonlyArray<ReadonlyArray<Row>>> => {
    const file = await runFile(plugin, "tabular-classification", "sessions@1", (text) =>
      text.replace('plugin = "random"\noptions = {}', `plugin = "${plugin}"\noptions = ${options}`)
    )
    const run = await started(project, file, "--set", `training.epochs=${epochs}`, "--set", "checkpoint_every=9")
    expect(metricsOf(run).accuracy).toBeGreaterThan(0.9)
    expect(await replayed(run.run_id)).toBe("EQUAL")
    const answers = (await answersOf(run)).filter(({ phase }) => phase === "train")
    return Array.from({ length: epochs }, (_, epoch) =>
      answers.filter((answer) => answer.epoch === epoch).map(({ sample_id }) => rowOf(sample_id))
    )
  }

  it("stratified: every window has each class in its share", async () => {
    for (const epoch of await visited("stratified", "{ window = 4 }")) {
      expect(epoch.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(learnt)
      for (const at of epoch.keys()) {
        const window = epoch.slice(at, at + 4)
        if (window.length === 4) expect(window.filter(({ kind }) => kind === 0).length).toBeOneOf([1, 2, 3])
      }
    }
  })

  it("curriculum: the easiest first, and at the end all", async () => {
    const schedule = '{ epochs_to_full = 2, start_fraction = 0.5, pacing = "linear" }'
    const orders = await visited("curriculum", `{ by = "difficulty", order = "rising", schedule = ${schedule}, within = "sorted" }`)
    const easiest = learnt.toSorted((a, b) => a.difficulty - b.difficulty)
    expect(orders).toEqual([easiest.slice(0, 14), easiest.slice(0, 21), easiest])
  })

  it("time-window: whole stretches of one session", async () => {
    for (const epoch of await visited("time-window", '{ length = 3, stride = 2, order = "shuffled-windows", incomplete = "drop" }')) {
      // Seven samples of a session are three windows, and there are four sessions.
      expect(epoch).toHaveLength(3 * 3 * 4)
      for (let at = 0; at < epoch.length; at += 3) {
        const [first, ...rest] = epoch.slice(at, at + 3).map(({ id }) => rows.findIndex((row) => row.id === id))
        expect(rest).toEqual([(first ?? 0) + 1, (first ?? 0) + 2])
        expect(new Set(epoch.slice(at, at + 3).map(({ session }) => session)).size).toBe(1)
      }
    }
  })
})

describe("an adapter of one's own", () => {
  const outside = realpathSync(mkdtempSync(join(tmpdir(), "feagi-trainer-own-")))
  afterAll(() => rmSync(outside, { recursive: true, force: true }))

  it("is scaffolded outside of the workspace, listed, and reads data that a brain learns from", async () => {
    const create = fileURLToPath(new URL("../../../packages/create-feagi-trainer/src/bin.ts", import.meta.url))
    execFileSync(process.execPath, [create, "adapter", "my-rows"], { cwd: outside, stdio: "ignore" })
    const listed = project.read("feagi-trainer.toml")
    project.write("feagi-trainer.toml", listed.replace("plugins = [", `plugins = [${JSON.stringify(join(outside, "my-rows"))}, `))
    const draw = draws(1)
    const rows = Array.from({ length: 40 }, (_, k) => ({ x: (k % 2) * 3 + draw(), y: draw(), kind: k % 2 === 0 ? "ant" : "bee" }))
    put("rows.jsonl", rows.map((row) => `${JSON.stringify(row)}\n`).join(""))
    const add = ["rows.jsonl", "--adapter", "my-rows", "--name", "rows"] as const
    expect(await dataset("validate", ...add.slice(0, 3))).toMatchObject({ sample_count: 40, errors: 0 })
    expect(await dataset("add", ...add)).toMatchObject({ existing: false, adapter: { id: "feagi-trainer-adapter-my-rows#my-rows" } })
    expect(await dataset("add", ...add)).toMatchObject({ dataset_version_id: "rows@1", existing: true })
    expect(await dataset("show", "rows@1")).toMatchObject({
      classes: [
        { label: "ant", samples: 20 },
        { label: "bee", samples: 20 }
      ]
    })
    expect((await preview("rows@1", "--count", "1"))[0]?.payload).toEqual({ tabular: [rows[0]?.x, rows[0]?.y] })
    expect(await dataset("verify", "rows@1")).toMatchObject({ verified: true, files: 1 })
    const run = await started(project, await runFile("rows", "tabular-classification", "rows@1"))
    expect(metricsOf(run).accuracy).toBeGreaterThan(0.9)
    expect(await replayed(run.run_id)).toBe("EQUAL")
    put("rows.jsonl", rows.map((row) => `${JSON.stringify({ ...row, y: 0 })}\n`).join(""))
    expect(await replayed(run.run_id)).toBe("INPUT_CHANGED")
    project.write("feagi-trainer.toml", listed)
    expect((await project.ftr("dataset", "preview", "rows@1")).stderr).toContain("FT1201")
  })
})
