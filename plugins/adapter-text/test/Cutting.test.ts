/** Records and cells against csv-parse, JSON against JSON.parse, token columns against their own text. */
import { parse } from "csv-parse/sync"
import { describe, expect, it } from "vitest"
import { cutCells } from "../src/Cells.ts"
import { TOKEN_LABELS, type TokenLabels, tokensOf } from "../src/index.ts"
import { scanJson } from "../src/JsonScan.ts"
import { BLOCK_BYTES } from "../src/Records.ts"
import { bare, conll, csv, draws, samplesOf, scanning, scanOf, textsOf } from "./World.ts"

const pick = <A>(draw: (limit: number) => number, items: ReadonlyArray<A>, otherwise: A): A => items[draw(items.length)] ?? otherwise

const cellsByOracle = (record: string, quote: string): ReadonlyArray<string> | undefined => {
  try {
    // The record is one line of a file; csv-parse is told that nothing else ends it, so that a line feed in it is text.
    const options = {
      delimiter: ",",
      quote: quote === "" ? null : quote,
      escape: quote === "" ? null : quote,
      record_delimiter: ["\u0001"]
    }
    const rows: ReadonlyArray<ReadonlyArray<string>> = parse(record, { ...options, relax_column_count: true })
    return rows[0] ?? [""]
  } catch {
    return undefined
  }
}

describe("cells", () => {
  it("are those of csv-parse, and what it refuses is refused", () => {
    const draw = draws(3)
    const seen = { cut: 0, refused: 0 }
    for (let round = 0; round < 6000; round++) {
      const record = Array.from({ length: draw(9) }, () => pick(draw, ["a", '"', ",", '"', ",", "é", "\n", " "], "")).join("")
      const quote = pick(draw, ['"', "", "'"], "")
      const mine = cutCells(record, ",", quote)
      expect([record, quote, mine.ok ? mine.cells : undefined]).toEqual([record, quote, cellsByOracle(record, quote)])
      if (mine.ok) {
        seen.cut++
        for (const [at, start] of mine.starts.entries()) expect(start === 0 || record[start - 1] === ",").toBe(at >= 0)
      } else seen.refused++
    }
    expect(Math.min(seen.cut, seen.refused)).toBeGreaterThan(500)
  })

  it("of a whole file are those of csv-parse, wherever blocks end", async () => {
    const draw = draws(11)
    const rows = Array.from({ length: 3000 }, () =>
      ["x", "y"].map(() => Array.from({ length: 1 + draw(12) }, () => pick(draw, ["ab", '"', ",", "\n", "\r\n", "é😀", " "], "")).join(""))
    ).map(([text = "", label = ""]) => [`${text}.`, `${label}.`])
    const cell = (value: string): string => (/[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
    const content = `text,label\r\n${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`
    expect(Buffer.byteLength(content)).toBeGreaterThan(BLOCK_BYTES)
    const labels = [...new Set(rows.map(([, label]) => label))]
    const samples = await samplesOf({ f: Buffer.from(content) }, { ...csv, classes: labels }, "f")
    const oracle: ReadonlyArray<ReadonlyArray<string>> = parse(content, { from: 2 })
    expect(samples.map(({ payload, target }) => [payload, target])).toEqual(
      oracle.map(([text, label = ""]) => [{ text }, { class: { class_id: labels.indexOf(label), label } }])
    )
  })
})

describe("scanJson", () => {
  it("takes what JSON.parse takes, and of the rest names a place up to which it could be JSON", () => {
    const draw = draws(5)
    const pieces = ["{", "}", "[", "]", ":", ",", '"a"', '"', "1", "-0.5e+3", "01", "true", "nul", " ", "\\n", "\\u00e9", "\t", "b"]
    const sound = ['{"a":1,"b":[{"a":2}],"c":{"d":"\\u0041"}}', '{"a" : null , "b" : -1.5e3}', '["{", "}"]']
    let taken = 0
    for (let round = 0; round < 12_000; round++) {
      const base = pick(draw, sound, "")
      const at = draw(base.length)
      const text =
        round % 2 === 0
          ? Array.from({ length: draw(8) }, () => pick(draw, pieces, "")).join("")
          : base.slice(0, at) + pick(draw, pieces, "") + base.slice(at + draw(2))
      let value: unknown
      let accepted = true
      try {
        value = JSON.parse(text)
      } catch {
        accepted = false
      }
      const scan = scanJson(text)
      expect([text, scan.ok]).toEqual([text, accepted])
      if (!scan.ok) expect(scan.at).toBeLessThanOrEqual(text.length)
      if (scan.ok && typeof value === "object" && value !== null && !Array.isArray(value)) {
        taken++
        expect(new Set(scan.keys.map(({ key }) => key))).toEqual(new Set(Object.keys(value)))
        for (const each of scan.keys) expect(text[each.at]).toBe('"')
      }
    }
    expect(taken).toBeGreaterThan(600)
  })

  it("knows each key of the top once, with its value, however deep the others are", () => {
    const scan = scanJson('{"a": {"b": 1}, "a" :[{"c":2}], "d": "e:"}')
    expect(scan).toEqual({
      ok: true,
      keys: [
        { key: "a", at: 1, value: 6 },
        { key: "a", at: 16, value: 21 },
        { key: "d", at: 32, value: 37 }
      ]
    })
    expect(scanJson("[".repeat(200_000)).ok).toBe(false)
  })
})

describe("token columns", () => {
  it("give back every token from its span, and every tag", async () => {
    const draw = draws(9)
    for (let round = 0; round < 25; round++) {
      const separator = pick(draw, [" ", "\t"], " ")
      const ending = pick(draw, ["\n", "\r\n"], "\n")
      const alphabet = ["a", "é", "e\u0301", "😀", ".", "\u00a0", '"', ...(separator === "\t" ? [" "] : ["\t"])]
      const token = (): string =>
        Array.from({ length: 1 + draw(4) }, () => pick(draw, alphabet, "a"))
          .concat("x")
          .join("")
      const sequences = Array.from({ length: 1 + draw(5) }, () =>
        Array.from({ length: 1 + draw(6) }, () => [token(), pick(draw, ["O", "B-NP", "I-NP"], "O")])
      )
      const body = sequences
        .map((rows) => rows.map(([word, tag]) => [word, "POS", tag].join(separator)).join(ending))
        .join(ending.repeat(1 + 1 + draw(2)))
      const options = { ...conll, separator }
      const scan = await scanOf({ f: body + ending.repeat(draw(4)) }, options, "f")
      const samples = await samplesOf({ f: body }, options, "f")
      const read = samples.map(({ payload, target }) => {
        const value = target !== null && "custom" in target ? (target.custom.value as unknown as TokenLabels) : { spans: [], labels: [] }
        const text = "text" in payload ? payload.text : ""
        expect(text).toBe(tokensOf(text, value).join(" "))
        return tokensOf(text, value).map((word, at) => [word, scan.classes[value.labels[at] ?? -1]?.label])
      })
      expect(read).toEqual(sequences)
    }
  })

  it("are samples of their own output type, and their classes are the tags", async () => {
    const files = { f: "He PRP B-NP\nran VBD B-VP\n. . O\n" }
    const scan = await scanOf(files, conll, "f")
    expect(scan).toMatchObject({ output_type: { custom: TOKEN_LABELS }, shape: { kind: "text", length: [8, 8] } })
    expect(scan.classes.map(({ label }) => label)).toEqual(["B-NP", "B-VP", "O"])
    expect(scan.index[0]?.class_id).toBeUndefined()
    const [sample] = await samplesOf(files, conll, "f")
    expect(sample).toMatchObject({
      payload: { text: "He ran ." },
      target: {
        custom: {
          type: TOKEN_LABELS,
          value: {
            spans: [
              [0, 2],
              [3, 6],
              [7, 8]
            ],
            labels: [0, 1, 2]
          }
        }
      },
      output_type: { custom: TOKEN_LABELS }
    })
  })

  it("may stand in other columns", async () => {
    const options = { ...conll, token_column: 2, label_column: 1 }
    expect(await textsOf({ f: "O a\nO b\n\nX c" }, options, "f")).toEqual(["a b", "c"])
  })

  it("a tag in two Unicode forms is an error at its own line", async () => {
    const { report } = await scanning({ f: "a b caf\u00e9\nc d cafe\u0301\n" }, conll, "f")
    expect(report.diagnostics).toMatchObject([{ code: "text/LABEL-UNICODE", line: 2 }])
  })
})

describe("lines", () => {
  it("are cut at the same places wherever blocks end", async () => {
    for (const extra of [-2, -1, 0, 1, 2]) {
      const long = "é".repeat(BLOCK_BYTES / 2) + "a".repeat(2 + extra)
      expect(await textsOf({ f: `${long}\r\nb\n${long}` }, bare, "f")).toEqual([long, "b", long])
    }
  })
})
