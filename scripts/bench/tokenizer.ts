/**
 * Row `tokenizer`: texts to ids and back by a byte-level BPE of 2000 tokens, by HF tokenizers (Rust) on one thread, from one `tokenizer.json`.
 *
 * Sharp edge: HF tokenizers starts anew in every round, as it does for its users, without the time to start Python and to load; ours is warm
 * after the round that does not count, so that it knows most words. Both give the same ids, or the row fails.
 */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Result } from "effect"
import { ChaCha8, Random } from "../../packages/determinism/src/index.ts"
import { BpeTokenizer } from "../../packages/tokenizer/src/index.ts"
import { root } from "../steps.ts"
import { comparePairs, MB, type Pair, type Result as Row, reportAlone, seconds } from "./measure.ts"
import { pythonPeer } from "./peers.ts"

const row = "tokenizer"
const unit = "MB/s"
const VERSION = "0.23.3"
const golden = join(root, "packages/tokenizer/test/golden")

/** Words of 8000, frequent ones far more often, and one sentence in four from the corpus in many scripts. */
const textsOf = (count: number): ReadonlyArray<string> => {
  // HF tokenizers decodes the added token "été" as three bytes that are no text.
  const sentences = (JSON.parse(readFileSync(join(golden, "corpus.json"), "utf8")) as ReadonlyArray<string>).filter(
    (text) => !text.includes("été")
  )
  const random = new Random(ChaCha8.seedFromU64(4n))
  const syllable = (): string => `${random.choice([..."bcdfghklmnprstvwz"])}${random.choice([..."aeiou"])}`
  const words = Array.from({ length: 8000 }, () => Array.from({ length: random.int(1, 4) }, syllable).join(""))
  const word = (): string => words[Math.floor(8000 ** random.unit()) - 1] ?? "a"
  return Array.from({ length: count }, () => {
    if (random.below(4) === 0) return `${random.choice(sentences)} ${random.below(1e6)}`
    return `${Array.from({ length: random.int(8, 60) }, word).join(" ")}.`
  })
}

export const tokenizer = async (count = 20_000): Promise<ReadonlyArray<Row>> => {
  const texts = textsOf(count)
  const megabytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / MB
  const file = join(golden, "tokenizer.json")
  const bpe = Result.getOrThrow(BpeTokenizer.fromJson(readFileSync(file, "utf8")))
  let ids: ReadonlyArray<Uint32Array> = []
  const encode: Pair["ours"] = [
    "BpeTokenizer, encode",
    async () => {
      const took = await seconds(() => {
        ids = texts.map((text) => bpe.encode(text))
      })
      return megabytes / took
    }
  ]
  const decode: Pair["ours"] = [
    "BpeTokenizer, decode",
    async () => {
      let back: ReadonlyArray<string> = []
      const took = await seconds(() => {
        back = ids.map((each) => Result.getOrThrow(bpe.decode(each)))
      })
      if (back.some((text, place) => text !== texts[place])) throw new Error("a text did not come back")
      return megabytes / took
    }
  ]
  const size = `${count} texts, ${megabytes.toFixed(1)} MB`
  const python = pythonPeer("tokenizers", VERSION)
  const name = `HF tokenizers ${VERSION}`
  if (!python.ok)
    return [
      await reportAlone(row, encode, unit, size),
      await reportAlone(row, decode, unit, size),
      { kind: "skipped", row, peer: name, reason: python.reason }
    ]
  const folder = mkdtempSync(join(tmpdir(), "feagi-bench-"))
  try {
    const path = join(folder, "texts.json")
    writeFileSync(path, JSON.stringify(texts))
    let version = ""
    let decoding = Number.NaN
    const peer = (): number => {
      const ran = spawnSync(python.value, [join(root, "scripts/bench/encodeTexts.py"), file, path], { encoding: "utf8" })
      if (ran.status !== 0) throw new Error(`HF tokenizers failed: ${ran.stderr}`)
      const answer = JSON.parse(ran.stdout) as {
        readonly encode: number
        readonly decode: number
        readonly same: boolean
        readonly ids: string
        readonly python: string
      }
      const own = createHash("sha256")
      for (const each of ids) own.update(each)
      if (answer.ids !== own.digest("hex") || !answer.same) throw new Error("HF tokenizers finds other ids or texts")
      version = answer.python
      decoding = megabytes / answer.decode
      return megabytes / answer.encode
    }
    const note = (): string => `${size}; the same ids on both sides; Python ${version}, TOKENIZERS_PARALLELISM=false`
    return await comparePairs([
      { row, ours: encode, peer: [`${name}, encode_batch_fast`, peer], unit, target: 1, note },
      // The peer decodes in the round in which it encodes.
      { row, ours: decode, peer: [`${name}, decode_batch`, () => decoding], unit, target: 1, note }
    ])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
