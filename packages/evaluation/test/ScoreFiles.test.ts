/** Files in, reported numbers out: what a pack reads, what it refuses, and under which names and signatures the rest is told. */
import { isAbstain, MetricPack, type Scored } from "@feagi-trainer/contracts"
import { toUtf8 } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import { scoreFiles } from "../src/index.ts"
import { answeredWith, context, hitPack } from "./support.ts"

/** Reads lines `id answer`; with `--option strict=yes` an unknown answer is refused. */
const reading = (over: Partial<typeof hitPack> = {}) =>
  MetricPack.define({
    ...hitPack,
    files: {
      about: { predictions: "a line for each sample: its id and 1, 0 or -", targets: "none" },
      targets: "none",
      decodeOptions: (input) => {
        const unknown = Object.keys(input as object).filter((name) => name !== "scale")
        return unknown.length === 0
          ? { ok: true, value: input as { readonly scale?: string } }
          : { ok: false, mistakes: unknown.map((name) => ({ path: [name], problem: "unknown-key", message: "no such option" })) }
      },
      read: ({ predictions }) => {
        const lines = new TextDecoder().decode(predictions.bytes).trimEnd().split("\n")
        const scored = lines.map((line): Scored => {
          const [id = "", answer] = line.split(" ")
          return answeredWith(id, answer === "-" || answer === "?" ? -1 : Number(answer))
        })
        const missing = lines.filter((line) => line.endsWith("?")).map((line) => line.split(" ")[0] ?? "")
        return predictions.bytes.length === 0
          ? { ok: false, diagnostics: [{ code: "hits/EMPTY", severity: "error", file: predictions.name, message: "is empty" }] }
          : { ok: true, options: {}, context, scored, missing }
      },
      names: { "hits/answered": "precision", hits: "accuracy", never: "never" }
    },
    ...over
  })

const files = (text: string) => ({ predictions: { name: "answers.txt", bytes: toUtf8(text) }, targets: [] })

describe("scoreFiles()", () => {
  it("reports the names of the pack in their order, each with a signature, and counts what was not answered", () => {
    const result = scoreFiles(reading(), files("a 1\nb 0\nc -\nd ?\n"), {})
    expect(result).toMatchObject({
      ok: true,
      metrics: { precision: 0.5, accuracy: 0.25 },
      signatures: { precision: "hits:1", accuracy: "hits:1" },
      n: 4,
      missing: ["d"],
      abstained: 1
    })
    if (result.ok) expect(Object.keys(result.metrics)).toEqual(["precision", "accuracy"])
  })

  it("gives a metric its own signature where the result has one", () => {
    const { start } = hitPack
    const signing = reading({
      start: (options, given) => {
        const fold = start(options, given)
        return { ...fold, result: (state) => ({ ...fold.result(state), signatures: { hits: `hits:1|n:${state.total}` } }) }
      }
    })
    expect(scoreFiles(signing, files("a 1\nb 0\n"), {})).toMatchObject({ signatures: { precision: "hits:1", accuracy: "hits:1|n:2" } })
  })

  it("refuses a pack that reads no files, and says what can be scored instead", () => {
    const result = scoreFiles(hitPack, files("a 1"), {})
    expect(result).toMatchObject({ ok: false, diagnostics: [{ code: "FT5008", help: expect.stringContaining("--bundle") }] })
  })

  it("refuses unknown options and a wrong number of targets together", () => {
    const target = { name: "t.txt", bytes: toUtf8("") }
    const result = scoreFiles(reading(), { ...files("a 1"), targets: [target] }, { sclae: "1" })
    if (result.ok) throw new Error("was not refused")
    expect(result.diagnostics.map(({ code, field, actual }) => [code, field, actual])).toEqual([
      ["FT5009", "--option.sclae", undefined],
      ["FT5010", "--targets", "1"]
    ])
  })

  it("hands on what the reader found wrong", () => {
    expect(scoreFiles(reading(), files(""), {})).toMatchObject({ ok: false, diagnostics: [{ code: "hits/EMPTY", file: "answers.txt" }] })
  })

  it("names the sample that the pack refuses, and tells a refusal from a fault of the pack", () => {
    const { start } = hitPack
    const failing = (error: Error) =>
      reading({
        start: (options, given) => {
          const fold = start(options, given)
          return {
            ...fold,
            add: (state, sample) => {
              if (isAbstain(sample.prediction)) throw error
              return fold.add(state, sample)
            }
          }
        }
      })
    const text = files("a 1\nb -\n")
    expect(scoreFiles(failing(new RangeError("no answer")), text, {})).toMatchObject({
      ok: false,
      diagnostics: [{ code: "FT5005", sample_id: "b", message: "no answer" }]
    })
    expect(scoreFiles(failing(new TypeError("x of undefined")), text, {})).toMatchObject({
      diagnostics: [{ code: "hits/THROWN", sample_id: "b" }]
    })
  })

  it("refuses a value that is no finite number", () => {
    const { start } = hitPack
    const dividing = reading({
      start: (options, given) => {
        const fold = start(options, given)
        return { ...fold, result: (state) => ({ ...fold.result(state), values: { hits: Number.NaN } }) }
      }
    })
    expect(scoreFiles(dividing, files("a 1"), {})).toMatchObject({
      ok: false,
      diagnostics: [{ code: "FT5006", field: "hits", actual: "NaN" }]
    })
  })
})
