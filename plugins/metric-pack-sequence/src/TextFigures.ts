/** What the sums look like: BLEU taken apart, and how chrF and lengths are spread over the segments. Nothing is drawn without a segment. */
import type { Figure } from "@feagi-trainer/contracts"
import { bleuScore } from "./Bleu.ts"
import type { TextOptions } from "./TextOptions.ts"
import { BINS, bleuOf, placesOf, type TextSums } from "./TextSums.ts"

const edges = (step: number): ReadonlyArray<number> => Array.from({ length: BINS + 1 }, (_, at) => at * step)

export const textFigures = (options: TextOptions, { sums, references }: TextSums): ReadonlyArray<Figure> => {
  if (references.length === 0) return []
  const places = placesOf(options)
  const counts = bleuOf(places, sums)
  const { precisions, brevityPenalty } = bleuScore(options, counts)
  return [
    {
      kind: "table",
      id: "bleu",
      title: "BLEU taken apart",
      description: `n-grams of the answers that stand in a reference; brevity penalty ${brevityPenalty.toFixed(3)} for ${counts.answerLength} words against ${counts.referenceLength}.`,
      columns: [
        { key: "order", label: "n", align: "right" },
        { key: "correct", label: "in a reference", align: "right" },
        { key: "total", label: "in the answers", align: "right" },
        { key: "precision", label: "precision, smoothed", unit: "%", align: "right" }
      ],
      rows: precisions.map((precision, at) => [at + 1, counts.correct[at] ?? null, counts.total[at] ?? null, precision])
    },
    {
      kind: "histogram",
      id: "segment-chrf",
      title: "chrF of the segments",
      description: "How many segments have a chrF, each on its own, in each step of 5.",
      label: "chrF of a segment",
      edges: edges(100 / BINS),
      counts: sums.slice(places.chrfBins, places.chrfBins + BINS)
    },
    {
      kind: "histogram",
      id: "length-ratio",
      title: "Length of answers against references",
      description:
        "Words of a segment by those of the reference nearest in length; 2 and more are in the last bin, empty references in none.",
      label: "answer words / reference words",
      edges: edges(0.1).map((edge) => Math.round(edge * 10) / 10),
      counts: sums.slice(places.ratioBins, places.ratioBins + BINS)
    }
  ]
}
