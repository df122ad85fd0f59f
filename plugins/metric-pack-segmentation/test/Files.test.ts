/** The file form: what is read, and everything that is refused with its place. */
import type { Diagnostic, MetricValue } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { segmentation } from "../src/index.ts"

const { files } = segmentation
if (files === undefined) throw new Error("the pack reads no files")

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const json = (value: unknown): string => JSON.stringify(value)

const readTexts = (predictions: string | Uint8Array, targets: string, given: Readonly<Record<string, string>> = {}) => {
  const options = files.decodeOptions(given)
  if (!options.ok) throw new Error(options.mistakes.map(({ message }) => message).join("; "))
  return files.read(
    {
      predictions: { name: "p.json", bytes: typeof predictions === "string" ? bytes(predictions) : predictions },
      targets: [{ name: "t.json", bytes: bytes(targets) }]
    },
    options.value
  )
}

const scoreOf = (predictions: unknown, targets: unknown, given: Readonly<Record<string, string>> = {}) => {
  const read = readTexts(json(predictions), json(targets), given)
  if (!read.ok) throw new Error(json(read.diagnostics))
  const fold = segmentation.start(read.options, read.context)
  const { values } = fold.result(read.scored.reduce(fold.add, fold.empty))
  const named: Record<string, MetricValue | undefined> = {}
  for (const [value, name] of Object.entries(files.names)) named[name] = values[value]
  return { ...read, values, named, signature: segmentation.signature(read.options) }
}

const refusal = (
  predictions: string | Uint8Array,
  targets: string,
  given: Readonly<Record<string, string>> = {}
): ReadonlyArray<Diagnostic> => {
  const read = readTexts(predictions, targets, given)
  return read.ok ? [] : read.diagnostics
}

const good = { sample_id: "a", width: 2, height: 2, labels: [0, 0, 1, 1] }

describe("files of masks", () => {
  it("score as the README shows", () => {
    const targets = [
      { sample_id: "a", width: 4, height: 2, labels: [0, 0, 1, 1, 0, 0, 1, 255], ignore_label: 255 },
      {
        sample_id: "b",
        width: 3,
        height: 1,
        rle: [
          [0, 1],
          [1, 2]
        ]
      },
      { sample_id: "c", width: 2, height: 1, labels: [0, 1] }
    ]
    const predictions = [
      {
        sample_id: "a",
        width: 4,
        height: 2,
        rle: [
          [0, 3],
          [1, 1],
          [0, 2],
          [1, 2]
        ],
        unpredicted_label: 254
      },
      { sample_id: "b", width: 3, height: 1, labels: [0, 1, 254], unpredicted_label: 254 },
      { sample_id: "c", labels: null }
    ]
    const { named, missing, signature, context } = scoreOf(predictions, targets)
    // 0: 5 right of 6 pixels, 1 false alarm; 1: 3 right of 6.
    expect(named).toEqual({
      miou: (5 / 7 + 3 / 6) / 2,
      pixel_accuracy: 8 / 12,
      mean_accuracy: (5 / 6 + 3 / 6) / 2,
      dice: (10 / 12 + 6 / 9) / 2,
      fw_iou: (6 * (5 / 7) + 6 * (3 / 6)) / 12,
      unpredicted: 3 / 12
    })
    expect(missing).toEqual([])
    expect(context.classes).toEqual([
      { class_id: 0, label: "0" },
      { class_id: 1, label: "1" }
    ])
    expect(signature).toContain("|classes=observed|")
    expect(signature).toContain("|empty-class=excluded")
  })

  it("score a target without a line in the predictions as an abstention, and say which", () => {
    const { missing, named, values } = scoreOf([good], [good, { ...good, sample_id: "gone" }])
    expect(missing).toEqual(["gone"])
    expect([named.pixel_accuracy, values.abstained]).toEqual([0.5, 0.5])
  })

  it("take classes, names and special labels from the options and show them in the signature", () => {
    const target = { ...good, labels: [0, 9, 1, 1] }
    const { values, signature } = scoreOf([{ ...good, labels: [0, 1, 8, 1] }], [target], {
      classes: "0:road, 1:car,2",
      empty_class: "zero",
      ignore_label: "9",
      unpredicted_label: "8"
    })
    expect([values["iou/road"], values["iou/car"], values.miou]).toEqual([1, 0.5, 0.5])
    expect(values["iou/2"]).toHaveProperty("insufficient")
    expect(signature).toContain("|classes=declared|ignored=nowhere,default:9|unpredicted=total,false-negative,default:8|")
    expect(signature).toContain("|empty-class=zero")
  })

  it("prefer the special labels of a mask to those of the options", () => {
    const { values } = scoreOf([good], [{ ...good, ignore_label: 1 }], { ignore_label: "0" })
    expect([values["pixels/0"], values["pixels/1"]]).toEqual([2, undefined])
  })

  it("do not take a label for a class that occurs on ignored pixels only", () => {
    const { context } = scoreOf([{ ...good, labels: [0, 0, 7, 1] }], [{ ...good, labels: [0, 0, 9, 1], ignore_label: 9 }])
    expect(context.classes.map(({ class_id }) => class_id)).toEqual([0, 1])
  })

  it("give no number when every pixel is ignored", () => {
    const { named } = scoreOf([good], [{ ...good, labels: [9, 9, 9, 9], ignore_label: 9 }])
    for (const value of Object.values(named)) expect(value).toHaveProperty("insufficient")
  })
})

describe("files of masks are refused", () => {
  const target = json([good])

  it.each([
    ["", "EMPTY-FILE", {}],
    ["\ufeff[]", "NOT-TEXT", { line: 1, column: 1 }],
    ['[\n{"sample_id": NaN}]', "NOT-JSON", { line: 2, column: 15, actual: "NaN", message: "JSON has no NaN and no infinity" }],
    ['[{"sample_id": -Infinity}]', "NOT-JSON", { message: "JSON has no NaN and no infinity" }],
    ['[{"sample_id": "a",}]', "NOT-JSON", { line: 1, column: 20, expected: "a key in double quotes", actual: "}" }],
    ["[1 2]", "NOT-JSON", { column: 4, expected: '"," or "]"', actual: "2" }],
    ["[01]", "NOT-JSON", { column: 2, actual: "01" }],
    ["[", "NOT-JSON", { column: 2, actual: "the end of the file" }],
    ["[] []", "NOT-JSON", { column: 4, expected: "the end of the file" }],
    ['["a\nb"]', "NOT-JSON", { line: 1, column: 2 }],
    ['[{"sample_id": "a",\n "sample_id": "b"}]', "REPEATED-KEY", { line: 2, column: 2, field: "sample_id" }],
    ['[{"labels": [], "\\u006cabels": []}]', "REPEATED-KEY", { field: "labels" }],
    ['{"a": 1}', "NOT-A-LIST", { actual: '{"a":1}' }],
    ["[]", "NO-SAMPLE", {}],
    ["[7]", "NOT-AN-OBJECT", { line: 1, column: 2, actual: "7" }],
    [json([{ ...good, lables: [] }]), "UNKNOWN-KEY", { field: "lables", help: 'did you mean "labels"?', sample_id: "a" }],
    [json([{ ...good, ignore_label: 3 }]), "UNKNOWN-KEY", { field: "ignore_label" }],
    [json([{ ...good, sample_id: 3 }]), "WRONG-ID", { actual: "3" }],
    [json([{ ...good, sample_id: undefined }]), "MISSING-FIELD", { field: "sample_id" }],
    [`[${json(good)},\n  ${json(good)}]`, "REPEATED-SAMPLE", { line: 2, column: 3, sample_id: "a" }],
    [json([{ ...good, width: 0 }]), "WRONG-SIZE", { field: "width", actual: "0" }],
    [json([{ ...good, height: undefined }]), "MISSING-FIELD", { field: "height" }],
    [json([{ ...good, width: 2 ** 20, height: 2 ** 20 }]), "WRONG-SIZE", { actual: "1048576 × 1048576" }],
    [json([{ ...good, labels: [0, 0, 1] }]), "WRONG-SIZE", { expected: "4 labels (width × height)", actual: "3 labels" }],
    [json([{ ...good, labels: [0, 256, 1.5, 1] }]), "WRONG-LABEL", { field: "labels.1", actual: "256" }],
    [
      json([
        {
          ...good,
          labels: [
            [0, 0],
            [1, 1]
          ]
        }
      ]),
      "WRONG-SIZE",
      { actual: "2 labels" }
    ],
    [
      json([
        {
          ...good,
          width: 1,
          labels: [
            [0, 0],
            [1, 1]
          ]
        }
      ]),
      "WRONG-LABEL",
      { actual: "[0,0]", help: "write one flat list, row by row" }
    ],
    [json([{ ...good, labels: "0011" }]), "WRONG-LABEL", { field: "labels", actual: '"0011"' }],
    [json([{ ...good, labels: undefined }]), "MISSING-FIELD", { help: "labels: null says that there is no answer" }],
    [json([{ ...good, rle: [[0, 4]] }]), "MISSING-FIELD", { expected: "one of labels and rle" }],
    [json([{ ...good, labels: undefined, rle: [[0, 0]] }]), "WRONG-RUN", { field: "rle.0", actual: "[0,0]" }],
    [json([{ ...good, labels: undefined, rle: [[0, 5]] }]), "WRONG-SIZE", { expected: "4 pixels (width × height)", actual: "5 pixels" }],
    [json([{ ...good, labels: undefined, rle: [[0, 3]] }]), "WRONG-SIZE", { actual: "3 pixels" }],
    [json([{ ...good, unpredicted_label: -1 }]), "WRONG-LABEL", { field: "unpredicted_label", actual: "-1" }],
    [json([{ ...good, width: 1, height: 4 }]), "WRONG-SIZE", { expected: "2 × 2, as in t.json", actual: "1 × 4" }],
    [json([{ ...good, sample_id: "b" }]), "NO-TARGET", { sample_id: "b", help: 'did you mean "a"?' }]
  ])("predictions %j: %s", (text, code, rest) => {
    const [first] = refusal(text, target)
    expect(first).toMatchObject({ code: `segmentation/${code}`, severity: "error", file: "p.json", ...rest })
  })

  it("bytes that are no UTF-8, with their line", () => {
    const broken = Uint8Array.from([...bytes('[\n{"sample_id": "'), 0xff, ...bytes('"}]')])
    expect(refusal(broken, target)).toMatchObject([{ code: "segmentation/NOT-TEXT", line: 2 }])
  })

  it("targets with labels: null, because a target is never missing", () => {
    expect(refusal(target, json([{ ...good, labels: null }]))).toMatchObject([
      { code: "segmentation/WRONG-LABEL", file: "t.json", field: "labels" }
    ])
  })

  it("labels outside of the classes that were given, with sample, side and number of pixels", () => {
    const found = refusal(json([{ ...good, labels: [0, 5, 5, 1] }]), json([{ ...good, labels: [0, 0, 7, 1] }]), { classes: "0,1" })
    expect(found.map(({ message, file }) => [file, message])).toEqual([
      ["t.json", 'target "a": 1 pixel has label 7, which is no class'],
      ["p.json", 'prediction "a": 2 pixels have label 5, which is no class']
    ])
  })

  it("with all mistakes of both files at once", () => {
    const found = refusal(json([{ ...good, width: 0, lables: 1, labels: [300] }]), json([{ ...good, ignore_label: 300, height: "2" }]))
    expect(found.map(({ code, file, field }) => `${file} ${code} ${field}`)).toEqual([
      "p.json segmentation/UNKNOWN-KEY lables",
      "p.json segmentation/WRONG-SIZE width",
      "t.json segmentation/WRONG-LABEL ignore_label",
      "t.json segmentation/WRONG-SIZE height"
    ])
  })

  it("with a hundred findings at most, and the number of the others", () => {
    const many = Array.from({ length: 130 }, (_, index) => ({ ...good, sample_id: `s${index}`, labels: [0] }))
    const found = refusal(json(many), json([good]))
    expect(found).toHaveLength(101)
    expect(found.at(-1)).toMatchObject({ code: "segmentation/MORE", count: 30 })
  })

  it("when there is not exactly one file of targets", () => {
    const none = files.read({ predictions: { name: "p.json", bytes: bytes(target) }, targets: [] }, { empty_class: "excluded" })
    expect(none).toMatchObject({ ok: false, diagnostics: [{ code: "segmentation/WRONG-TARGETS" }] })
  })
})

describe("the options of the command line", () => {
  const mistakes = (given: Readonly<Record<string, string>>) => {
    const decoded = files.decodeOptions(given)
    return decoded.ok ? [] : decoded.mistakes.map(({ path, problem, suggestion }) => [path[0], problem, suggestion])
  }

  it("are refused by name, with the nearest one, and all at once", () => {
    expect(mistakes({ empty_clas: "zero", classes: "0,0", ignore_label: "256", unpredicted_label: "0x1", empty_class: "none" })).toEqual([
      ["empty_clas", "unknown-key", "empty_class"],
      ["empty_class", "invalid", undefined],
      ["classes", "invalid", undefined],
      ["ignore_label", "invalid", undefined],
      ["unpredicted_label", "invalid", undefined]
    ])
    for (const classes of ["", "a", "0,", "0:", "0:x,1:x", "-1", "01"]) expect(mistakes({ classes }), classes).toHaveLength(1)
  })

  it("take the documented values when they are left out", () => {
    expect(files.decodeOptions({})).toEqual({ ok: true, value: { empty_class: "excluded" } })
  })
})
