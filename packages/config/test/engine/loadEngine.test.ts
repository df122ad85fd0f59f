/** The engine file: strict, whole, and every mistake of every file at its place. */
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { changed, engineJson, engineToml, engineYaml, load, loaded, mistakes } from "./files.ts"

const splitsLine = `splits = { method = "stratified", seed = "per-run", fractions = { train = 0.6, val = 0.2, test = 0.2 } }`
const splitsFile = `method = "stratified"\nseed = "per-run"\nfractions = { train = 0.6, val = 0.2, test = 0.2 }\n`
const scheduleTables = engineToml.slice(engineToml.indexOf("[schedule]"), engineToml.indexOf("[training]"))
/** The engine file with its schedule in a file. */
const scheduleNamed = (name: string): string =>
  engineToml.replace(scheduleTables, "").replace("schema_version = 1\n", `schema_version = 1\nschedule = ${JSON.stringify(name)}\n`)

describe("loadEngine()", () => {
  it("reads TOML, YAML and JSON as the same configuration", () => {
    const toml = loaded({ "engine.toml": engineToml })
    expect(toml.config).toEqual(loaded({ "engine.yaml": engineYaml }, "engine.yaml").config)
    expect(toml.config).toEqual(loaded({ "engine.json": engineJson }, "engine.json").config)
    expect([toml.config.engine.seed, toml.config.optimizer, toml.parts]).toEqual([
      18_446_744_073_709_551_615n,
      { type: "adamw", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.01 },
      []
    ])
  })

  const wrong: ReadonlyArray<readonly [what: string, text: string, mistakes: ReadonlyArray<string>]> = [
    [
      "an unknown key, with the one that was meant",
      changed("epochs = 3", "epoch = 3"),
      [
        "engine.toml:56:2 FT1003 is required and missing [training.epochs]",
        'engine.toml:57:1 FT1002 unknown key "epoch"; did you mean "epochs"?'
      ]
    ],
    ["an unknown section", changed("[outputs]", "[extra]\n[outputs]"), ['engine.toml:71:2 FT1002 unknown key "extra"']],
    [
      "a missing section",
      changed(/\[outputs\][\s\S]*$/.exec(engineToml)?.[0] ?? "", ""),
      ["engine.toml:1:1 FT1003 is required and missing [outputs]"]
    ],
    ["a precision that is not there", changed('"fp32"', '"fp16"'), ["engine.toml:6:13 FT1004 has the wrong value [engine.precision]"]],
    [
      "an integer with a point",
      changed("micro_batch = 8", "micro_batch = 8.0"),
      ["engine.toml:59:15 FT1004 has the wrong value [training.micro_batch]"]
    ],
    [
      "a micro-batch that divides no batch",
      changed("micro_batch = 8", "micro_batch = 7"),
      ["engine.toml:59:15 FT1004 has the wrong value [training.micro_batch]"]
    ],
    ["a dataset without a version", changed('"digits@1"', '"digits"'), ["engine.toml:9:8 FT1004 has the wrong value [dataset.name]"]],
    ["an optimiser with a slip", changed('"adamw"', '"adma"'), ["engine.toml:40:8 FT1004 has the wrong value [optimizer.type]"]],
    [
      "an option of another optimiser",
      changed('type = "adamw"', 'type = "sgd"'),
      [
        'engine.toml:41:1 FT1002 unknown key "beta1"',
        'engine.toml:42:1 FT1002 unknown key "beta2"',
        'engine.toml:43:1 FT1002 unknown key "epsilon"',
        'engine.toml:44:1 FT1002 unknown key "weight_decay"'
      ]
    ],
    ["a decay of 1", changed("beta1 = 0.9", "beta1 = 1.0"), ["engine.toml:41:9 FT1004 has the wrong value [optimizer.beta1]"]],
    ["a schedule in a schedule", changed('"cosine"', '"cosin"'), ["engine.toml:51:8 FT1004 has the wrong value [schedule.then.type]"]],
    [
      "a layer without a type",
      changed('\ntype = "relu"', '\ntyp = "relu"'),
      ["engine.toml:36:1 FT1003 is required and missing [model.layers[1].type]"]
    ],
    [
      "a loss that is a word",
      changed('loss = { type = "cross-entropy", label_smoothing = 0.0 }', 'loss = "x"'),
      ["engine.toml:60:8 FT1004 has the wrong value [training.loss]"]
    ],
    [
      "clipping that is a number",
      changed("{ max_norm = 1.0 }", "1.0"),
      ["engine.toml:61:21 FT1004 has the wrong value [training.gradient_clipping]"]
    ],
    [
      "a seed of 2^64",
      changed("18446744073709551615", "18446744073709551616"),
      ["engine.toml:5:8 FT1004 has the wrong value [engine.seed]"]
    ],
    [
      "mistakes of five sections at once, in the order of the file",
      engineToml
        .replace('"fp32"', "32")
        .replace("version = 2", "version = 0")
        .replace('"adamw"', '"adagrad"')
        .replace("learning_rate = 0.5", "learning_rate = -0.5")
        .replace("folder =", "folders ="),
      [
        "engine.toml:6:13 FT1004 has the wrong value [engine.precision]",
        "engine.toml:21:11 FT1004 has the wrong value [tokenizer.version]",
        "engine.toml:40:8 FT1004 has the wrong value [optimizer.type]",
        "engine.toml:52:17 FT1004 has the wrong value [schedule.then.learning_rate]",
        "engine.toml:71:2 FT1003 is required and missing [outputs.folder]",
        'engine.toml:72:1 FT1002 unknown key "folders"; did you mean "folder"?'
      ]
    ],
    ["no layout version", changed("schema_version = 1\n", ""), ["engine.toml:1:1 FT1009 is required and missing [schema_version]"]],
    [
      "a newer layout",
      changed("schema_version = 1\n", "schema_version = 2\n"),
      ["engine.toml:1:18 FT1010 the document has version 2, this program reads up to 1 [schema_version]"]
    ]
  ]
  for (const [what, text, expected] of wrong) {
    it(`refuses ${what}`, () => expect(mistakes({ "engine.toml": text })).toEqual(expected))
  }

  it("says which words there are and which was meant", () => {
    const error = Effect.runSync(Effect.flip(load({ "engine.toml": changed('"adamw"', '"adma"') })))
    expect(error.diagnostics[0]).toMatchObject({
      expected: '"sgd" | "momentum" | "adam" | "adamw"',
      actual: '"adma"',
      help: 'did you mean "adam"?'
    })
  })
})

describe("files that an engine file names", () => {
  const folder = {
    "engine.toml": scheduleNamed("parts/warm.yaml").replace(splitsLine, 'splits = "splits.toml"'),
    "splits.toml": splitsFile,
    "parts/warm.yaml": "type: warm-up\nsteps: 10\nthen: deeper/cosine.json\n",
    "parts/deeper/cosine.json": '{"type": "cosine", "learning_rate": 0.5, "end": 0, "steps": 90}'
  }

  it("stand in their places, each relative to the file that names it", () => {
    const engine = loaded(folder)
    expect(engine.config).toEqual(loaded({ "engine.toml": engineToml }).config)
    expect(engine.parts).toEqual(["splits.toml", "parts/warm.yaml", "parts/deeper/cosine.json"])
  })

  it("have their mistakes in their own lines, all of them together with those of the engine file", () => {
    expect(
      mistakes({
        ...folder,
        "engine.toml": folder["engine.toml"].replace("epochs = 3", "epochs = 0"),
        "splits.toml": 'method = "stratified"\nsed = "per-run"\n',
        "parts/warm.yaml": "type: warm-up\nsteps: -1\nthen: deeper/cosine.json\n",
        "parts/deeper/cosine.json": '{"type": "cosine", "learning_rate": 0.5,\n "end": "0", "steps": 90}'
      })
    ).toEqual([
      "engine.toml:48:10 FT1004 has the wrong value [training.epochs]",
      "splits.toml:1:1 FT1003 is required and missing [dataset.splits.seed]",
      'splits.toml:2:1 FT1002 unknown key "sed"; did you mean "seed"?',
      "parts/warm.yaml:2:8 FT1004 has the wrong value [schedule.steps]",
      "parts/deeper/cosine.json:2:9 FT1004 has the wrong value [schedule.then.end]"
    ])
  })

  it("are refused where their text cannot be read, at its place", () => {
    expect(mistakes({ ...folder, "splits.toml": "method = \n" })).toEqual([expect.stringMatching(/^splits\.toml:1:\d+ FT1001 /)])
  })

  it.each([
    ["../splits.toml", 'the name of the file holds an empty segment, "." or ".."'],
    ["/splits.toml", "the name of the file is absolute"],
    ["C:/splits.toml", "the name of the file is absolute"],
    ["a\\splits.toml", "the name of the file holds a backslash"],
    ["./splits.toml", 'the name of the file holds an empty segment, "." or ".."'],
    ["splits.ini", "the name of the file ends neither in .toml nor .yaml nor .json"],
    ["nowhere.toml", 'cannot read "nowhere.toml": no such file (FT4043)']
  ])("are refused by the name %s, where it is written", (name, message) => {
    const text = engineToml.replace(splitsLine, `splits = ${JSON.stringify(name)}`)
    expect(mistakes({ "engine.toml": text })).toEqual([`engine.toml:10:10 FT1011 ${message} [dataset.splits]`])
  })

  it("may not name each other in a circle", () => {
    expect(
      mistakes({
        "engine.toml": scheduleNamed("a.toml"),
        "a.toml": 'type = "warm-up"\nsteps = 1\nthen = "b.toml"\n',
        "b.toml": 'type = "warm-up"\nsteps = 1\nthen = "a.toml"\n'
      })
    ).toEqual(["b.toml:3:8 FT1011 the files name each other in a circle: a.toml → b.toml → a.toml [schedule.then.then]"])
    expect(mistakes({ "engine.toml": scheduleNamed("a.toml"), "a.toml": 'type = "warm-up"\nsteps = 1\nthen = "a.toml"\n' })).toEqual([
      "a.toml:3:8 FT1011 the files name each other in a circle: a.toml → a.toml [schedule.then]"
    ])
  })

  it("may not form a chain of more than 8", () => {
    const chain = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`s${index}.toml`, `type = "warm-up"\nsteps = 1\nthen = "s${index + 1}.toml"\n`])
    )
    expect(mistakes({ "engine.toml": scheduleNamed("s0.toml"), ...chain })).toEqual([
      expect.stringMatching(/^s7\.toml:3:8 FT1011 more than 8 files name one another/)
    ])
  })

  it("name no further files but by `then`", () => {
    expect(mistakes({ ...folder, "splits.toml": 'method = "hash"\nseed = "per-run"\nfractions = "f.toml"\n' })).toEqual([
      "splits.toml:3:13 FT1004 has the wrong value [dataset.splits.fractions]"
    ])
  })
})
