/**
 * Row `sequence`: corpus BLEU, chrF and TER of the metric pack `sequence` by sacreBLEU on the same texts, which both sides hold in memory.
 *
 * Sharp edge: sacreBLEU starts anew in every round, as it does for its users, without the time to start Python; ours is warm after the
 * round that does not count. Both give the same number, or the row fails.
 */
import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { ChaCha8 } from "../../packages/determinism/src/index.ts"
import { bleuCounts, bleuScore } from "../../plugins/metric-pack-sequence/src/Bleu.ts"
import { chrfCounts, chrfScore } from "../../plugins/metric-pack-sequence/src/Chrf.ts"
import { terCounts, terScore } from "../../plugins/metric-pack-sequence/src/Ter.ts"
import { decodeTextOptions, type TextOptions } from "../../plugins/metric-pack-sequence/src/TextOptions.ts"
import { root } from "../steps.ts"
import { comparePairs, type Pair, type Result, reportAlone, type Side, seconds } from "./measure.ts"
import { pythonPeer } from "./peers.ts"
import { openProject } from "./project.ts"

const row = "sequence"
const unit = "segments/s"
const VERSION = "2.6.0"

interface Corpus {
  readonly answers: ReadonlyArray<string>
  readonly references: ReadonlyArray<string>
}

/** Sentences of 8 to 40 words, frequent ones far more often, and answers in which one word of six went wrong and one block moved. */
const corpusOf = (segments: number): Corpus => {
  const generator = ChaCha8.seedFromU64(2n)
  const drawn = Buffer.alloc(4096)
  let at = drawn.length
  const share = (): number => {
    if (at === drawn.length) {
      generator.fill(drawn)
      at = 0
    }
    at += 4
    return drawn.readUInt32LE(at - 4) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(share() * limit)
  const vowels = "aeiou"
  const consonants = "bcdfghklmnprstvwz"
  const syllable = (): string => `${consonants[below(consonants.length)] ?? ""}${vowels[below(vowels.length)] ?? ""}`
  const words = Array.from({ length: 8000 }, () => Array.from({ length: 1 + below(4) }, syllable).join(""))
  const word = (): string => words[Math.floor(8000 ** share()) - 1] ?? "a"
  const lines = Array.from({ length: segments }, () => {
    const sentence = Array.from({ length: 8 + below(33) }, () => (below(12) === 0 ? `${word()},` : word()))
    const answer = sentence.map((each) => (below(6) === 0 ? word() : each))
    const block = answer.splice(below(answer.length), 1 + below(4))
    answer.splice(below(answer.length + 1), 0, ...block)
    return [`${answer.join(" ")}.`, `${sentence.join(" ")}.`] as const
  })
  return { answers: lines.map(([answer]) => answer), references: lines.map(([, reference]) => reference) }
}

/** The counts of all segments, summed place by place. */
const summed = <A>(
  { answers, references }: Corpus,
  count: (answer: string, references: ReadonlyArray<string>) => A,
  flat: (counts: A) => ReadonlyArray<number>
) => {
  const sums: Array<number> = []
  for (const [at, answer] of answers.entries())
    for (const [place, number] of flat(count(answer, [references[at] ?? ""])).entries()) sums[place] = (sums[place] ?? 0) + number
  return sums
}

const scores: Readonly<Record<string, (options: TextOptions, corpus: Corpus) => number>> = {
  bleu: (options, corpus) => {
    const counts = bleuCounts(options)
    const [answerLength = 0, referenceLength = 0, ...rest] = summed(corpus, counts, (each) => [
      each.answerLength,
      each.referenceLength,
      ...each.correct,
      ...each.total
    ])
    return bleuScore(options, { answerLength, referenceLength, correct: rest.slice(0, 4), total: rest.slice(4) }).score
  },
  chrf: (options, corpus) =>
    chrfScore(
      options,
      summed(corpus, chrfCounts(options), (each) => each)
    ),
  ter: (options, corpus) => {
    const [edits = 0, words = 0] = summed(corpus, terCounts(options), (each) => [each.edits, each.words])
    return terScore(edits, words)
  }
}

export const sequence = async (segments = 3000, terSegments = 100): Promise<ReadonlyArray<Result>> => {
  const decoded = decodeTextOptions({})
  if (!decoded.ok) throw new Error("the options that sacreBLEU takes when none are given do not decode")
  const options = decoded.value
  const python = pythonPeer("sacrebleu", VERSION)
  const project = await openProject()
  try {
    const pairs: Array<Pair> = []
    const alone: Array<Result> = []
    for (const [name, of] of Object.entries(scores)) {
      const count = name === "ter" ? terSegments : segments
      const corpus = corpusOf(count)
      const paths = Object.entries(corpus).map(([side, lines]) => {
        const path = join(project.folder, `${name}-${side}.txt`)
        writeFileSync(path, `${lines.join("\n")}\n`)
        return path
      })
      let score = Number.NaN
      const side: Side = async () => {
        const took = await seconds(() => {
          score = of(options, corpus)
        })
        return count / took
      }
      const ours: Pair["ours"] = [`${name} of the metric pack sequence`, side]
      const size = `${count} segments of 8 to 40 words, one reference`
      if (!python.ok) {
        alone.push(await reportAlone(row, ours, unit, size))
        continue
      }
      const peer = (): number => {
        const ran = spawnSync(python.value, [join(root, "scripts/bench/scoreTexts.py"), name, ...paths], { encoding: "utf8" })
        if (ran.status !== 0) throw new Error(`sacreBLEU failed: ${ran.stderr}`)
        const answer = JSON.parse(ran.stdout) as { readonly seconds: number; readonly score: number }
        if (Math.abs(answer.score - score) > 1e-9) throw new Error(`sacreBLEU finds ${name} ${answer.score} and ours ${score}`)
        return count / answer.seconds
      }
      pairs.push({
        row,
        ours,
        peer: [`sacreBLEU ${VERSION}, ${name}`, peer],
        unit,
        note: () => `${size}; ${name} ${score.toFixed(4)} on both sides`
      })
    }
    if (!python.ok) return [...alone, { kind: "skipped", row, peer: `sacreBLEU ${VERSION}`, reason: python.reason }]
    return await comparePairs(pairs)
  } finally {
    await project.close()
  }
}
