import { readFileSync } from "node:fs"
import { canonical, Json } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import { contractNames, decodeDocument, encodeDocument } from "../../src/wire/index.ts"
import { differences } from "./differences.ts"
import { fieldMatrix, goldens, isContractName, judge, memberText, sameText, type Verdict } from "./verdict.ts"

const page = readFileSync(new URL("../../../../docs/reference/wire.md", import.meta.url), "utf8")

/** Documents that upstream has no type for. */
const ours = ["AdapterSpec", "SamplerSpec", "EncoderSpec", "DecoderSpec"]

describe("documents written by upstream", () => {
  const documents = goldens("contracts")

  it("are 377, of every type but one", () => {
    expect(documents.length).toBe(377)
    const types = new Set(documents.map(({ name }) => name))
    expect(contractNames.length).toBe(81 + ours.length)
    expect(contractNames.filter((name) => !types.has(name))).toEqual([...ours, "BackendKind"])
  })

  it("all come back with the same value", () => {
    const changed = documents.filter(({ name, text }) => judge(name, text).verdict !== "accept").map(({ file }) => file)
    expect(changed).toEqual([])
  })

  it("are written with upstream's order of members", () => {
    const order = (text: string): unknown => JSON.stringify(JSON.parse(text))
    const reordered = documents.filter(({ name, text }) => {
      const decoded = decodeDocument(name, text)
      return !decoded.ok || order(encodeDocument(name, decoded.value)) !== order(text)
    })
    expect(reordered.map(({ file }) => file)).toEqual([])
  })
})

describe("documents at the edge", () => {
  const cases = goldens("contracts-edge").map(({ file, name, text }) => {
    const golden = JSON.parse(text)
    const document: string = typeof golden.raw === "string" ? golden.raw : memberText(text, "document")
    const becomes = "becomes" in golden ? canonical(Json.parseOrThrow(memberText(text, "becomes"))) : undefined
    return { file, name, document, expect: String(golden.expect), becomes }
  })

  it("are 123", () => {
    expect(cases.length).toBe(123)
  })

  it("get upstream's verdict and value, except in the listed differences", () => {
    const listed = new Map(differences.flatMap(({ edges }) => Object.entries(edges)))
    const surprises = cases.flatMap(({ file, name, document, expect: upstream, becomes }) => {
      const ours = judge(name, document)
      const equal = ours.verdict === upstream && (becomes === undefined || ours.becomes === becomes)
      const difference = listed.get(file)
      if (difference === undefined) return equal ? [] : [`${file}: upstream ${upstream}, ours ${ours.verdict}, not listed`]
      if (equal) return [`${file}: listed as a difference, but is none`]
      return ours.verdict === difference ? [] : [`${file}: listed as ${difference}, is ${ours.verdict}`]
    })
    expect(surprises).toEqual([])
  })

  it("are each listed at most once, and only if they exist", () => {
    const files = differences.flatMap(({ edges }) => Object.keys(edges))
    expect(new Set(files).size).toBe(files.length)
    expect(files.filter((file) => !cases.some((one) => one.file === file))).toEqual([])
  })
})

/** Sets member `pointer` of a JSON text to `change`; `undefined` when the document has no such member. */
const changed = (text: string, pointer: string, change: "missing" | "null"): string | undefined => {
  const document = Json.parseOrThrow(text)
  const steps = pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
  let parent: unknown = document
  for (const step of steps.slice(0, -1)) parent = typeof parent === "object" && parent !== null ? Reflect.get(parent, step) : undefined
  const last = steps.at(-1) ?? ""
  if (typeof parent !== "object" || parent === null || Array.isArray(parent) || !Object.hasOwn(parent, last)) return undefined
  if (change === "missing") Reflect.deleteProperty(parent, last)
  else Reflect.set(parent, last, null)
  return canonical(document)
}

describe("the field matrix", () => {
  const documents = goldens("contracts")
  const used = new Set<string>()

  /** Every change with its documents: what upstream does and what ours does. */
  const rows = Object.entries(fieldMatrix()).flatMap(([contract, entries]) => {
    if (!isContractName(contract)) throw new Error(`the matrix names ${contract}, which has no schema`)
    const texts = documents.filter(({ name }) => name === contract).map(({ text }) => text)
    return Object.entries(entries).flatMap(([pointer, verdict]) => {
      if (pointer.startsWith("+")) {
        const extended = texts.map((text) => canonical({ ...(Json.parseOrThrow(text) as object), zz_unknown: 1 }))
        return [{ contract, pointer: "", change: pointer, upstream: String(verdict), texts: extended }]
      }
      return (["missing", "null"] as const).map((change) => ({
        contract,
        pointer,
        change,
        upstream: String(Object(verdict)[change]),
        texts: texts.map((text) => changed(text, pointer, change)).filter((text) => text !== undefined)
      }))
    })
  })

  it("is applied to at least one document in every row, but for members that no document holds", () => {
    expect(rows.length).toBeGreaterThan(1000)
    const idle = rows.filter(({ texts }) => texts.length === 0).map(({ contract, pointer }) => `${contract}${pointer}`)
    expect([...new Set(idle)]).toEqual([
      "BalanceFeetCriterion/walk/forward_heading_deg",
      "RunConfig/dataset/adapter/max_samples",
      "RunConfig/dataset/adapter/sample_draw_seed",
      "RunEvent/kind/scorecard_id",
      "WalkGoal/forward_heading_deg"
    ])
  })

  it("is upstream's, except in the listed differences", () => {
    const surprises = rows.flatMap(({ contract, pointer, change, upstream, texts }) => {
      const difference = differences.find(({ matrix }) => matrix?.(contract, pointer, change) !== undefined)
      const expected: Verdict | string = difference?.matrix?.(contract, pointer, change) ?? upstream
      if (difference !== undefined) used.add(difference.id)
      if (difference !== undefined && expected === upstream) return [`${contract}${pointer} ${change}: listed as a difference, but is none`]
      const verdicts = new Set(texts.map((text) => judge(contract, text).verdict))
      return [...verdicts]
        .filter((verdict) => verdict !== expected)
        .map((verdict) => `${contract}${pointer} ${change}: ${expected}, ours ${verdict}`)
    })
    expect(surprises).toEqual([])
    expect([...used]).toEqual(differences.filter(({ matrix }) => matrix !== undefined).map(({ id }) => id))
  })
})

describe("differences without a golden", () => {
  for (const { id, examples = [] } of differences) {
    for (const { name, text, ours } of examples)
      it(`${id}: ${text} is a ${name} to ${ours}`, () => expect(judge(name, text).verdict).toBe(ours))
  }
})

describe("docs/reference/wire.md", () => {
  it("names every difference", () => {
    expect(differences.map(({ id }) => id).filter((id) => !page.includes(`\`${id}\``))).toEqual([])
  })

  it("names every document", () => {
    expect(contractNames.filter((name) => !page.includes(name))).toEqual([])
  })
})

it("a value is compared by value, not by the order of its members", () => {
  expect(sameText(Json.parseOrThrow('{"b":1.0,"a":2}'))).toBe(sameText(Json.parseOrThrow('{"a":2,"b":1}')))
})
