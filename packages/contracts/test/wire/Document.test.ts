import { describe, expect, it } from "vitest"
import {
  type Contract,
  type ContractName,
  contractNames,
  decodeDocument,
  documentNames,
  encodeDocument,
  InvalidDocumentError,
  type Problem,
  stripExtensions,
  toJsonSchema,
  upstreamReadable
} from "../../src/wire/index.ts"

const read = <N extends ContractName>(name: N, text: string): Contract<N> => {
  const decoded = decodeDocument(name, text)
  if (!decoded.ok) throw new Error(decoded.problems.map(({ message }) => message).join("\n"))
  return decoded.value
}

const problems = (name: ContractName, text: string): ReadonlyArray<Problem> => {
  const decoded = decodeDocument(name, text)
  return decoded.ok ? [] : decoded.problems
}

const place = ({ line, column, path, kind }: Problem) => `${line}:${column} ${kind} ${path}`

const sample = {
  schema_version: 1,
  sample_id: "s-1",
  dataset_version_id: "d@1",
  split: "train",
  modality: "image",
  payload: { tabular: [1, 2] },
  target: null,
  output_type: "class",
  coordinate_frame: null,
  timestamp: null,
  metadata: {}
}

const record = {
  schema_version: 1,
  run_id: "r-1",
  sample_id: "s-1",
  output_type: "class",
  prediction: { class: { class_id: 1, scores: [] } },
  target: null,
  timestamp: null,
  metadata: {}
}

const spec = {
  schema_version: 1,
  run_id: "r-1",
  dataset_version_id: "d@1",
  split_id: "train",
  adapter: { id: "a", version: "1" },
  sampler: { plugin: { id: "s", version: "1" }, seed: 1 },
  transform_graph_version: null,
  binding: {
    encoder: { io_type: "MiscData", coder_id: "e", cortical_area_id: "i", properties: {} },
    decoder: { io_type: "Percentage", coder_id: "d", cortical_area_id: "o", properties: null }
  },
  reward_policy: { plugin: { id: "p", version: "1" }, config: null },
  metric_pack: { id: "m", version: "1" },
  evaluation_protocol_version: "v1",
  connectome_hash: "sha256:0",
  genome_version_id: null,
  execution_mode: "embedded",
  backend: "cpu",
  quantization: null
}

describe("reading and writing", () => {
  it("keeps every digit of integers beyond 2^53", () => {
    const text = JSON.stringify(spec).replace('"seed":1', '"seed":18446744073709551615')
    const value = read("RunSpec", text)
    expect(value.sampler.seed).toBe(18_446_744_073_709_551_615n)
    expect(encodeDocument("RunSpec", value)).toBe(text)
  })

  it("holds u64 and i64 as bigint even when they are small", () => {
    expect(read("HoldEnd", '{"sample_index":7,"class_id":7}')).toEqual({ sample_index: 7n, class_id: 7 })
    expect(read("IRSample", JSON.stringify({ ...sample, timestamp: -5 })).timestamp).toBe(-5n)
  })

  it("keeps the digits of large integers in metadata and free JSON, and the sign of zero", () => {
    const text = '{"frame_id":"f","properties":{"n":9007199254740993,"z":-0.0}}'
    expect(encodeDocument("CoordinateFrame", read("CoordinateFrame", text))).toBe(text)
    expect(encodeDocument("MetadataMap", read("MetadataMap", '{"n":9007199254740993}'))).toBe('{"n":9007199254740993}')
  })

  it("keeps unknown members at every level", () => {
    const text = JSON.stringify({
      ...sample,
      payload: {
        time_series: {
          sample_rate_hz: 1,
          channel_ids: [],
          samples: [],
          hold_ends: [{ sample_index: 1, class_id: 1, why: "x" }],
          unit: "mV"
        }
      },
      target: { class: { class_id: 1, label: null, weight: 0.5 } },
      coordinate_frame: { frame_id: "f", properties: 1, axis: "z" },
      note: { nested: [1, { deep: true }] }
    })
    expect(encodeDocument("IRSample", read("IRSample", text))).toBe(text)
  })

  it("keeps members called __proto__ and constructor as data", () => {
    const text = '{"id":"a","version":"1","__proto__":{"x":1},"constructor":2}'
    expect(encodeDocument("PluginRef", read("PluginRef", text))).toBe(text)
    expect(encodeDocument("MetadataMap", read("MetadataMap", '{"__proto__":1}'))).toBe('{"__proto__":1}')
  })

  it("writes declared members first, then the others and all maps by UTF-8 bytes", () => {
    const value = read("RunSpec", JSON.stringify({ zz: 1, é: 2, "\u{10000}": 3, "\uFFFF": 4, ...spec }))
    const keys = Object.keys(JSON.parse(encodeDocument("RunSpec", value)))
    expect(keys).toEqual([...Object.keys(spec), "zz", "é", "\uFFFF", "\u{10000}"])
    expect(encodeDocument("MetadataMap", { b: 1, a: [true, "x"], B: 2n })).toBe('{"B":2,"a":[true,"x"],"b":1}')
  })

  it("writes a missing Option as null or leaves it out, as upstream does", () => {
    const { target: _target, timestamp: _timestamp, ...rest } = record
    expect(encodeDocument("PredictionRecord", read("PredictionRecord", JSON.stringify(rest)))).toBe(JSON.stringify(record))
    const summary = '{"samples_planned":1,"samples_done":1,"evaluated_samples":1}'
    expect(encodeDocument("ScorecardSkip", read("ScorecardSkip", summary))).toBe(summary)
    const mask = '{"segmentation_mask":{"width":1,"height":1,"labels":[0],"unpredicted_label":null}}'
    expect(encodeDocument("TypedPrediction", read("TypedPrediction", mask))).toBe(mask.replace(',"unpredicted_label":null', ""))
    const progress = '{"type":"progress","samples_done":1,"samples_total":1,"repeat_index":0,"repeat_total":1}'
    expect(read("RunEventKind", progress)).toMatchObject({ sent_values: [], class_scores: [] })
    expect(encodeDocument("RunEventKind", read("RunEventKind", progress))).toBe(progress)
  })

  it("writes pretty text that reads as the same document", () => {
    const value = read("PluginRef", '{"id":"a","version":"1","list":[1],"none":{}}')
    expect(encodeDocument("PluginRef", value, { pretty: true })).toBe(
      '{\n  "id": "a",\n  "version": "1",\n  "list": [\n    1\n  ],\n  "none": {}\n}\n'
    )
  })

  it("refuses to write what is no such document, naming every mistake", () => {
    // A value as a JavaScript caller could hand it in.
    const broken = { id: 1, version: "1" } as unknown as Contract<"PluginRef">
    expect(() => encodeDocument("PluginRef", broken)).toThrow(InvalidDocumentError)
    expect(() => encodeDocument("PluginRef", broken)).toThrow("/id: expected a string, found 1")
    expect(() => encodeDocument("TypedTarget", { scalar: Number.NaN })).toThrow("/scalar: expected a finite number (f64), found NaN")
  })
})

describe("problems", () => {
  it("are all told at once, each at its line and column, in the order of the text", () => {
    const text = [
      "{",
      '  "schema_version": 1,',
      '  "sample_id": 5,',
      '  "split": "tain",',
      '  "modality": "image",',
      '  "payload": {"bytes": [1, 256, "x"]},'
    ]
    const rest = ['  "target": {"clas": {}},', '  "output_type": "pose_6dof",', '  "timestamp": 1.5,', '  "metadata": {"a": {"b": 1}}', "}"]
    expect(problems("IRSample", [...text, ...rest].join("\n")).map(place)).toEqual([
      "1:1 missing /dataset_version_id",
      "3:16 invalid /sample_id",
      "4:12 invalid /split",
      "6:28 invalid /payload/bytes/1",
      "6:33 invalid /payload/bytes/2",
      "7:13 invalid /target",
      "8:18 invalid /output_type",
      "9:16 invalid /timestamp",
      "10:21 invalid /metadata/a"
    ])
  })

  it("say what was expected, what came, and what was probably meant", () => {
    const [problem] = problems("TypedTarget", '{"clas":{"class_id":1}}')
    expect(problem).toEqual({
      kind: "invalid",
      path: "",
      line: 1,
      column: 1,
      expected:
        'an object with exactly one of the keys "class", "class_set", "segmentation_mask", "scalar", "vector", "pose6_dof", "keypoints", "bbox_set", "custom"',
      actual: 'an object with "clas"',
      message:
        'the document: expected an object with exactly one of the keys "class", "class_set", "segmentation_mask", "scalar", "vector", "pose6_dof", "keypoints", "bbox_set", "custom", found an object with "clas"; did you mean "class"?'
    })
    expect(problems("Split", '"trian"')[0]?.message).toContain('did you mean "train"?')
    expect(problems("PluginRef", '{"id":"a","verison":"1"}')[0]?.message).toBe(
      '/version is missing: expected a string; is "verison" a slip for it?'
    )
  })

  it("of a union are those of the variant that was meant", () => {
    expect(problems("TypedPrediction", '{"class":{"class_id":-1}}').map(place)).toEqual([
      "1:10 missing /class/scores",
      "1:22 invalid /class/class_id"
    ])
    expect(problems("EncodingScheme", '{"scheme":"rate","window_ticks":1}').map(place)).toEqual(["1:1 missing /max_rate"])
    const { binding: _binding, reward_policy: _reward, connectome_hash: _hash, ...rest } = spec
    const learner = { kind: "gradient", plugin: { id: "l", version: "1" } }
    expect(problems("RunSpec", JSON.stringify({ ...rest, learner })).map(({ path }) => path)).toEqual(["/learner/config"])
  })

  it("name the place of a slash or tilde in a member by JSON pointer", () => {
    expect(problems("MetadataMap", '{"a/b~c":null}')[0]?.path).toBe("/a~1b~0c")
  })

  it("of a text that is no JSON carry its position", () => {
    expect(problems("PluginRef", '{"id":"a",\n "id":"b"}').map(place)).toEqual(["2:2 syntax "])
  })

  it("refuse a fraction where an integer stands, also when it is whole", () => {
    const [problem] = problems("TypedTarget", '{"class":{"class_id":1.0}}')
    expect(problem?.message).toBe(
      "/class/class_id: expected an integer from 0 to 4294967295 (u32), found 1 written with a fraction or an exponent"
    )
    expect(problems("HoldEnd", '{"sample_index":1e3,"class_id":0}').map(place)).toEqual(["1:17 invalid /sample_index"])
    expect(problems("TypedTarget", '{"scalar":1.0}')).toEqual([])
    expect(problems("CoordinateFrame", '{"frame_id":"f","properties":[1.0]}')).toEqual([])
  })

  it("begin where upstream's parser ends: at the 128th level of nesting", () => {
    const nested = (levels: number) => `{"frame_id":"f","properties":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`
    expect(problems("CoordinateFrame", nested(127))).toEqual([])
    expect(encodeDocument("CoordinateFrame", read("CoordinateFrame", nested(127)))).toBe(nested(127))
    expect(problems("CoordinateFrame", nested(128)).map(({ kind }) => kind)).toEqual(["syntax"])
  })

  it("refuse integers out of range by one", () => {
    const verdict = (n: string) => problems("HoldEnd", `{"sample_index":${n},"class_id":0}`).length
    expect([verdict("0"), verdict("18446744073709551615"), verdict("18446744073709551616"), verdict("-1")]).toEqual([0, 0, 1, 1])
    const time = (n: string) => problems("IRSample", JSON.stringify(sample).replace('"timestamp":null', `"timestamp":${n}`)).length
    expect([time("-9223372036854775808"), time("-9223372036854775809"), time("9223372036854775808")]).toEqual([0, 1, 1])
  })
})

describe("schema_version", () => {
  it("that is larger than ours gives that one problem and no other", () => {
    const found = problems("IRSample", '{"schema_version":2,"sample_id":5}')
    expect(found.map(place)).toEqual(["1:19 newer /schema_version"])
    expect(found[0]?.message).toBe(
      "/schema_version: expected at most 1, found 2; a newer release wrote this document, read it with that one"
    )
  })

  it("is judged inside other documents, and left alone where it is data", () => {
    const config = JSON.stringify({ run_spec: { ...spec, schema_version: 3 } })
    expect(problems("RunConfig", config).map(place)).toEqual(["1:31 newer /run_spec/schema_version"])
    expect(problems("IRSample", JSON.stringify({ ...sample, metadata: { schema_version: 9 } }))).toEqual([])
  })

  it("that is missing, 0 or no number is a plain mistake", () => {
    const kinds = ["0", '"1"', "null", "1.0"].map(
      (version) => problems("PredictionRecord", JSON.stringify(record).replace(":1,", `:${version},`))[0]?.kind
    )
    expect(kinds).toEqual(["invalid", "invalid", "invalid", "invalid"])
    const { schema_version: _version, ...rest } = record
    expect(problems("PredictionRecord", JSON.stringify(rest)).map(place)).toEqual(["1:1 missing /schema_version"])
  })
})

describe("variants of ours", () => {
  const targets: ReadonlyArray<readonly [string, string]> = [
    ["pose6_dof", '{"pose6_dof":{"position":[1,2,3],"orientation":{"w":1,"x":0,"y":0,"z":0}}}'],
    ["keypoints", '{"keypoints":[{"x":1,"y":2},{"x":1,"y":2,"visibility":2,"score":0.5}]}'],
    ["bbox_set", '{"bbox_set":[{"class_id":1,"x":0,"y":0,"width":4,"height":2,"score":0.5,"crowd":false}]}'],
    ["custom", '{"custom":{"type":"pkg#graph","value":{"nodes":[1,null]}}}']
  ]

  for (const [variant, text] of targets) {
    it(`${variant} is read and written as target and prediction, and closes a document to upstream`, () => {
      expect(encodeDocument("TypedTarget", read("TypedTarget", text))).toBe(text)
      expect(encodeDocument("TypedPrediction", read("TypedPrediction", text))).toBe(text)
      const value = read("PredictionRecord", JSON.stringify({ ...record, prediction: JSON.parse(text) }))
      expect(upstreamReadable("PredictionRecord", value)).toEqual({ readable: false, variant: `${variant} at /prediction` })
    })
  }

  it("abstain, statuses, events, payload references and learners each say why upstream cannot read them", () => {
    const variant = (name: ContractName, document: unknown): string => {
      const text = JSON.stringify(document)
      const value = read(name, text)
      expect(JSON.parse(encodeDocument(name, value))).toEqual(document)
      const answer = upstreamReadable(name, value)
      return answer.readable ? "readable" : answer.variant
    }
    const { binding: _binding, reward_policy: _reward, genome_version_id: _genome, ...rest } = spec
    const summary = {
      schema_version: 1,
      run_id: "r",
      status: "paused",
      total_samples: 1,
      evaluated_samples: 0,
      metrics: {},
      started_at: null,
      completed_at: null,
      scorecard_id: null,
      metadata: {}
    }
    const ref = { sha256: "0".repeat(64), media_type: "image/png", bytes: 7 }
    const learner = { kind: "gradient", plugin: { id: "l", version: "1" }, config: {} }
    const event = { schema_version: 1, run_id: "r", timestamp: null, kind: { type: "resumed", samples_done: 1, samples_total: 2 } }
    expect([
      variant("PredictionRecord", { ...record, prediction: { abstain: { reason: "silence" } } }),
      variant("RunSummary", summary),
      variant("RunSummary", { ...summary, status: "interrupted" }),
      variant("RunSummary", { ...summary, status: "skipped" }),
      variant("RunEvent", event),
      variant("IRSample", { ...sample, payload: { ref } }),
      variant("IRSample", { ...sample, output_type: { custom: "pkg#graph" } }),
      variant("IRSample", { ...sample, split: { custom: "fold-1" } }),
      variant("RunSpec", { ...rest, learner }),
      variant("RunSpec", spec)
    ]).toEqual([
      "abstain at /prediction",
      "paused at /status",
      "interrupted at /status",
      "readable",
      "resumed at /kind",
      "ref at /payload",
      "custom at /output_type",
      "readable",
      "learner at the root",
      "readable"
    ])
  })

  it("a payload reference needs a whole SHA-256", () => {
    const text = JSON.stringify({ ref: { sha256: "abc", media_type: "image/png", bytes: 1 } })
    expect(problems("Payload", text)[0]?.message).toBe('/ref/sha256: expected 64 lower-case hex digits, found "abc"')
  })

  it("two variants in one object are refused", () => {
    expect(problems("Payload", '{"tabular":[1],"text":"x"}')[0]?.message).toBe(
      '/payload: expected an object with the one key "tabular", found an object with "tabular", "text"'.replace("/payload", "the document")
    )
  })
})

describe("x_feagi_trainer", () => {
  const extension = {
    phase: "train",
    epochs: 3,
    sampler_stream: "run/sampler",
    present: { hold_bursts: 2, read_burst: 3, settle_bursts: 1 },
    checkpoint_every: 100,
    later: { than: "ours" }
  }
  const text = JSON.stringify({ ...spec, x_feagi_trainer: extension })

  it("is read, kept with its unknown members, and does not close a document to upstream", () => {
    const value = read("RunSpec", text)
    expect(value.x_feagi_trainer?.present).toEqual({ hold_bursts: 2, read_burst: 3, settle_bursts: 1 })
    expect(encodeDocument("RunSpec", value)).toBe(text)
    expect(upstreamReadable("RunSpec", value)).toEqual({ readable: true })
  })

  it("is removed by stripExtensions, and nothing else is", () => {
    expect(encodeDocument("RunSpec", stripExtensions(read("RunSpec", text)))).toBe(JSON.stringify(spec))
  })

  it("is checked where it is declared", () => {
    const broken = JSON.stringify({ ...spec, x_feagi_trainer: { epochs: -1 } })
    expect(problems("RunSpec", broken).map(({ path }) => path)).toEqual(["/x_feagi_trainer/epochs"])
    expect(problems("IRSample", JSON.stringify({ ...sample, x_feagi_trainer: 1 })).map(({ path }) => path)).toEqual(["/x_feagi_trainer"])
  })

  it("is declared by every document that stands alone", () => {
    const declared = documentNames.filter((name) => JSON.stringify(toJsonSchema(name)).includes('"x_feagi_trainer"'))
    expect(declared).toEqual([...documentNames])
  })
})

describe("JSON Schemas", () => {
  it("exist for every document, in draft 2020-12, as plain JSON", () => {
    for (const name of contractNames) {
      const schema = toJsonSchema(name)
      expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema")
      expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
    }
  })

  it("say integers with their bounds, allow undeclared members, and require what the decoder requires", () => {
    expect(toJsonSchema("HoldEnd")).toEqual({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "HoldEnd",
      type: "object",
      properties: {
        sample_index: { type: "integer", minimum: 0, exclusiveMaximum: 2 ** 64 },
        class_id: { type: "integer", minimum: 0, maximum: 4_294_967_295 }
      },
      required: ["sample_index", "class_id"],
      additionalProperties: true
    })
    expect(toJsonSchema("PredictionRecord").required).toEqual([
      "schema_version",
      "run_id",
      "sample_id",
      "output_type",
      "prediction",
      "metadata"
    ])
  })
})
