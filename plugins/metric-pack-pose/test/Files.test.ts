/** The file form: what is read, and everything that is refused with its place. */
import type { Diagnostic, MetricValue } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { pose } from "../src/index.ts"

const { files } = pose
if (files === undefined) throw new Error("the pack reads no files")

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const json = (value: unknown): string => JSON.stringify(value)

const readTexts = (predictions: string, targets: string, given: Readonly<Record<string, string>> = {}) => {
  const options = files.decodeOptions(given)
  if (!options.ok) throw new Error(options.mistakes.map(({ message }) => message).join("; "))
  return files.read(
    { predictions: { name: "p.json", bytes: bytes(predictions) }, targets: [{ name: "t.json", bytes: bytes(targets) }] },
    options.value
  )
}

const scoreOf = (predictions: unknown, targets: unknown, given: Readonly<Record<string, string>> = {}) => {
  const read = readTexts(json(predictions), json(targets), given)
  if (!read.ok) throw new Error(json(read.diagnostics))
  const fold = pose.start(read.options, read.context)
  const { values } = fold.result(read.scored.reduce(fold.add, fold.empty))
  const named: Record<string, MetricValue | undefined> = {}
  for (const [value, name] of Object.entries(files.names)) named[name] = values[value]
  return { ...read, values, named, signature: pose.signature(read.options) }
}

const refusal = (predictions: string, targets: string): ReadonlyArray<Diagnostic> => {
  const read = readTexts(predictions, targets)
  return read.ok ? [] : read.diagnostics
}

const upright = { w: 1, x: 0, y: 0, z: 0 }
const quarter = { w: Math.SQRT1_2, x: 0, y: 0, z: Math.SQRT1_2 }
const good = { sample_id: "a", position: [0, 0, 1], orientation: upright }
const cup = {
  points: [
    [0.05, 0, 0],
    [-0.05, 0, 0],
    [0, 0, 0.1]
  ]
}

describe("files of poses", () => {
  it("score as the README shows", () => {
    const targets = {
      objects: {
        cup: { ...cup, diameter: 0.12 },
        box: { ...cup, symmetries: [{ position: [0, 0, 0], orientation: { w: 0, x: 0, y: 0, z: 1 } }] }
      },
      samples: [
        { sample_id: "1", object: "cup", position: [0, 0, 1], orientation: upright },
        { sample_id: "2", object: "box", position: [0, 0, 1], orientation: upright },
        { sample_id: "3", object: "cup", position: [0, 0, 1], orientation: upright }
      ]
    }
    const predictions = [
      { sample_id: "1", position: [0.01, 0, 1], orientation: upright },
      { sample_id: "2", position: [0, 0, 1], orientation: { w: 0, x: 0, y: 0, z: 1 }, object: "box" },
      { sample_id: "3", position: null, orientation: null }
    ]
    const { named, values, missing, signature, context } = scoreOf(predictions, targets)
    expect(Object.keys(named)).toHaveLength(16)
    expect(Object.values(named)).not.toContain(undefined)
    // The box is turned end to end: two of its points move by 0.1 m, the third stays.
    expect(named.add).toBeCloseTo((0.01 + 0.2 / 3) / 2, 15)
    expect(named.adds).toBeCloseTo(0.01 / 2, 15)
    expect([named.rotation_deg, named.recall_5deg_5cm, named.recall_2deg_2cm]).toEqual([0, 2 / 3, 2 / 3])
    expect([named.add_recall, named.add_or_adds_recall, named.adds_recall]).toEqual([1 / 3, 2 / 3, 2 / 3])
    expect([values["samples/cup"], values["abstained/cup"]]).toEqual([2, 0.5])
    expect(missing).toEqual([])
    expect(context.output_type).toEqual({ custom: "@feagi-trainer/metric-pack-pose#object_pose" })
    expect(signature).toContain('|objects="box"(points=3,')
  })

  it("need no models for rotation and translation", () => {
    const { named, context, missing } = scoreOf([{ ...good, orientation: quarter }], [good, { ...good, sample_id: "gone" }])
    expect(context.output_type).toBe("pose6_dof")
    expect(named.rotation_deg).toBeCloseTo(90, 12)
    expect(named.add).toHaveProperty("insufficient")
    expect([missing, named.recall_5deg_5cm]).toEqual([["gone"], 0])
  })

  it("take the only model for targets that name none, and the bounds from the options", () => {
    const targets = { objects: { cup }, samples: [good] }
    const { named, signature } = scoreOf([{ ...good, position: [0, 0.02, 1] }], targets, { add_threshold: "0.5", auc_max: "4e-2" })
    expect([named.add, named.add_recall]).toEqual([0.02, 1])
    expect(named.add_auc).toBeCloseTo(1, 14)
    expect(signature).toContain("|add_threshold=0.5diameter|auc=ycb-video,max=0.04|")
  })
})

describe("files of poses are refused", () => {
  const target = json([good])

  it.each([
    ["", "EMPTY-FILE", {}],
    ["\ufeff[]", "NOT-TEXT", {}],
    ['[{"position": [NaN]}]', "NOT-JSON", { message: "JSON has no NaN and no infinity", column: 16 }],
    ['[{"a": 1, "a": 2}]', "REPEATED-KEY", { column: 11 }],
    ["{}", "NOT-A-LIST", {}],
    ["[]", "NO-SAMPLE", {}],
    ["[7]", "NOT-AN-OBJECT", { actual: "7" }],
    [`[${json(good)},\n${json(good)}]`, "REPEATED-SAMPLE", { line: 2, column: 1, sample_id: "a" }],
    [json([{ ...good, sample_id: "" }]), "WRONG-ID", { actual: '""' }],
    [json([{ ...good, sample_id: undefined }]), "MISSING-FIELD", { field: "sample_id" }],
    [json([{ ...good, orientaton: 1 }]), "UNKNOWN-KEY", { help: 'did you mean "orientation"?' }],
    [json([{ ...good, position: [0, 0] }]), "WRONG-POSITION", { expected: "[x, y, z] in metres", actual: "[0,0]" }],
    [json([{ ...good, position: undefined }]), "MISSING-FIELD", { field: "position" }],
    [json([{ ...good, position: null }]), "WRONG-POSITION", { actual: "null" }],
    [json([{ ...good, orientation: [1, 0, 0, 0] }]), "WRONG-ORIENTATION", { help: "name the parts, because tools differ in their order" }],
    [json([{ ...good, orientation: { w: 1, x: 0, y: 0 } }]), "WRONG-ORIENTATION", { expected: "{w, x, y, z}, a unit quaternion" }],
    [json([{ ...good, orientation: { ...upright, q: 0 } }]), "WRONG-ORIENTATION", {}],
    [json([{ ...good, orientation: { ...upright, w: 0.99 } }]), "NOT-UNIT", { actual: "length 0.99", sample_id: "a" }],
    [json([{ ...good, object: 3 }]), "WRONG-OBJECT", { actual: "3" }],
    [json([{ ...good, sample_id: "b" }]), "NO-TARGET", { sample_id: "b", help: 'did you mean "a"?' }],
    [json([{ ...good, object: "cup" }]), "OTHER-OBJECT", { expected: "no object, as in the target", actual: '"cup"' }]
  ])("predictions %j: %s", (text, code, rest) => {
    const [first] = refusal(text, target)
    expect(first).toMatchObject({ code: `pose/${code}`, severity: "error", file: "p.json", ...rest })
  })

  it.each([
    [{ objects: { cup }, sample: [good] }, "UNKNOWN-KEY", { help: 'did you mean "samples"?' }],
    [{ objects: { cup: { points: [] } }, samples: [good] }, "WRONG-MODEL", { field: expect.stringContaining("objects.cup.points") }],
    [{ objects: { cup: { points: [[0, 0, 0]] } }, samples: [good] }, "WRONG-MODEL", { field: "objects.cup.diameter" }],
    [{ objects: { cup: { ...cup, symetries: [] } }, samples: [good] }, "WRONG-MODEL", { help: 'did you mean "symmetries"?' }],
    [{ objects: { cup, box: cup }, samples: [good] }, "WRONG-OBJECT", { expected: '"cup", "box"', actual: "nothing", sample_id: "a" }],
    [{ objects: { cup }, samples: [{ ...good, object: "cap" }] }, "WRONG-OBJECT", { help: 'did you mean "cup"?' }],
    [{ objects: { cup }, samples: [{ ...good, position: null, orientation: null }] }, "WRONG-POSITION", {}]
  ])("targets %j: %s", (targets, code, rest) => {
    const [first] = refusal(target, json(targets))
    expect(first).toMatchObject({ code: `pose/${code}`, file: "t.json", ...rest })
  })

  it("with the line on which the sample begins, in an object of models and samples too", () => {
    const text = `{"objects": {"samples": ${json(cup)}},\n "samples": [\n  ${json(good)},\n  ${json({ ...good, sample_id: "b", position: 1 })}\n]}`
    expect(refusal(target, text)).toMatchObject([{ code: "pose/WRONG-POSITION", line: 4, column: 3, sample_id: "b" }])
  })

  it("with all mistakes of both files at once, at most a hundred", () => {
    const found = refusal(json([{ ...good, position: 0, orientation: 0 }]), json([{ ...good, sample_id: 1, orientation: 0 }]))
    expect(found.map(({ file, code }) => `${file} ${code}`)).toEqual([
      "p.json pose/WRONG-POSITION",
      "p.json pose/WRONG-ORIENTATION",
      "t.json pose/WRONG-ID",
      "t.json pose/WRONG-ORIENTATION"
    ])
    const many = Array.from({ length: 120 }, (_, index) => ({ ...good, sample_id: `s${index}` }))
    expect(refusal(json(many), target).at(-1)).toMatchObject({ code: "pose/MORE", count: 20 })
  })

  it("when there is not exactly one file of targets", () => {
    const none = files.read({ predictions: { name: "p.json", bytes: bytes(target) }, targets: [] }, { add_threshold: 0.1, auc_max: 0.1 })
    expect(none).toMatchObject({ ok: false, diagnostics: [{ code: "pose/WRONG-TARGETS" }] })
  })
})

describe("the options of the command line", () => {
  it("are refused by name, with the nearest one, and all at once", () => {
    const decoded = files.decodeOptions({ auc_mx: "1", add_threshold: "-1", auc_max: "0x10" })
    expect(decoded.ok ? [] : decoded.mistakes.map(({ path, suggestion }) => [path[0], suggestion])).toEqual([
      ["auc_mx", "auc_max"],
      ["add_threshold", undefined],
      ["auc_max", undefined]
    ])
    for (const auc_max of ["", "0", "NaN", "Infinity", "1e999", "1,5", " 1"])
      expect(files.decodeOptions({ auc_max }).ok, auc_max).toBe(false)
  })

  it("take the documented values when they are left out", () => {
    expect(files.decodeOptions({})).toEqual({ ok: true, value: { add_threshold: 0.1, auc_max: 0.1 } })
  })
})
