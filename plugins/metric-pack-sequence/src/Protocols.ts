/**
 * The protocols of this plugin, each for data that is parted in three (`…-holdout`: learn, look, be judged) and in two
 * (`…-train-test`): `sequence` for texts, `spans` for tags that describe chunks or entities, `token-tags` for tags of single tokens.
 *
 * Sharp edges: they are compared by id and version, and what would change a number is another protocol with another id. They say by which
 * pack and which options their runs are measured; who wants another tokeniser or another scheme publishes a protocol that says so.
 */
import type { Protocol, ProtocolPhase, ProtocolVector } from "@feagi-trainer/contracts"
import { TEXT } from "./Sequence.ts"
import { TOKEN_LABELS } from "./SequenceTags.ts"
import type { SpanScheme } from "./Spans.ts"

type Task = Pick<Protocol, "id" | "output_type" | "primary_metric" | "verification_tolerance" | "rules" | "metric_pack" | "vectors">

const train: ProtocolPhase = { name: "train", split: "train", learns: true, scored: false }
const validate: ProtocolPhase = { name: "validate", split: "val", learns: false, scored: true }
const test: ProtocolPhase = { name: "test", split: "test", learns: false, scored: true }

const protocol = (parts: "holdout" | "train-test", { id, ...task }: Task): Protocol => ({
  kind: "protocol",
  spec: 1,
  id: `${id}-${parts}`,
  version: 1,
  phases: parts === "holdout" ? [train, validate, test] : [train, test],
  abstention: "counted-as-wrong",
  missing: "refused",
  ...task
})

const text = (value: string | ReadonlyArray<string>) => ({ custom: { type: TEXT, value } })

const textPack = { plugin: "@feagi-trainer/metric-pack-sequence#sequence", options: {} }
const tagPack = (spans: SpanScheme) => ({ plugin: "@feagi-trainer/metric-pack-sequence#sequence-tags", options: { spans } })

const textVectors: ReadonlyArray<ProtocolVector> = [
  {
    name: "two references, and a sample without an answer",
    metric_pack: textPack,
    classes: [],
    samples: [
      {
        sample_id: "a",
        target: text(["The dog bit the man.", "The dog had bit the man."]),
        prediction: text("The dog bit the man.")
      },
      {
        sample_id: "b",
        target: text(["It was not unexpected.", "No one was surprised."]),
        prediction: text("It wasn't surprising.")
      },
      {
        sample_id: "c",
        target: text(["The man bit him first.", "The man had bitten the dog."]),
        prediction: { abstain: { reason: "silent" } }
      }
    ],
    values: {
      exact_match: 1 / 3,
      bleu: 35.11388357484873,
      chrf: 45.718493018057636,
      ter: 53.333333333333336,
      rouge1: 5 / 12,
      rouge2: 1 / 3,
      rougeL: 5 / 12,
      abstained: 1 / 3
    }
  },
  { name: "nothing scored", metric_pack: textPack, classes: [], samples: [], values: { bleu: { insufficient: "no segment was scored" } } }
]

const sequence: Task = {
  id: "sequence",
  output_type: TEXT,
  primary_metric: "chrf",
  verification_tolerance: 1e-9,
  rules: {
    matching: {
      value: "best-reference-of-a-segment",
      text: "An answer belongs to the target of its sample; of several reference texts BLEU uses all n-grams, chrF and ROUGE the one that suits best, TER the one with the fewest edits."
    },
    averaging: {
      value: { bleu: "corpus", chrf: "corpus", ter: "corpus", rouge: "mean-of-segments" },
      text: "Counts of BLEU, chrF and TER are summed over the segments before anything is divided; ROUGE is the mean of the segments."
    }
  },
  metric_pack: textPack,
  vectors: textVectors
}

const labels = ["O", "B-NP", "I-NP", "B-VP"]
const classes = labels.map((label, class_id) => ({ class_id, label }))

const tagged = (tags: string) => {
  const own = tags.split(" ").map((tag) => labels.indexOf(tag))
  return { custom: { type: TOKEN_LABELS, value: { spans: own.map((_, at) => [2 * at, 2 * at + 1]), labels: own } } }
}

const tagSamples: ProtocolVector["samples"] = [
  { sample_id: "a", target: tagged("B-NP I-NP B-VP O"), prediction: tagged("B-NP I-NP B-VP B-NP") },
  { sample_id: "b", target: tagged("B-NP B-NP I-NP O"), prediction: tagged("B-NP I-NP I-NP O") },
  { sample_id: "c", target: tagged("O B-VP"), prediction: { abstain: { reason: "silent" } } }
]

const spans: Task = {
  id: "spans",
  output_type: TOKEN_LABELS,
  primary_metric: "span_f1/micro",
  verification_tolerance: 0,
  rules: {
    matching: {
      value: "same-type-and-same-ends",
      text: "A span of an answer is right when the target has a span of the same type that begins and ends with the same tokens."
    },
    averaging: { value: "micro", text: "Spans of all types and sequences are counted together." }
  },
  metric_pack: tagPack("conlleval"),
  vectors: [
    {
      name: "an extra span, two spans read as one, and a sequence without an answer",
      metric_pack: tagPack("conlleval"),
      classes,
      samples: tagSamples,
      // Right: B-NP I-NP and B-VP of the first; 4 spans answered, 5 wanted.
      values: { span_precision: 2 / 4, span_recall: 2 / 5, "span_f1/micro": 4 / 9, exact_match: 0, token_accuracy: 6 / 10 }
    },
    {
      name: "nothing scored",
      metric_pack: tagPack("conlleval"),
      classes,
      samples: [],
      values: { "span_f1/micro": { insufficient: "no sequence was scored" } }
    }
  ]
}

const tokenTags: Task = {
  id: "token-tags",
  output_type: TOKEN_LABELS,
  primary_metric: "token_accuracy",
  verification_tolerance: 0,
  rules: {
    averaging: {
      value: "tokens",
      text: "Tokens of all sequences are counted together; a sequence without an answer is wrong in every token."
    }
  },
  metric_pack: tagPack("none"),
  vectors: [
    {
      name: "two wrong tags, and a sequence without an answer",
      metric_pack: tagPack("none"),
      classes,
      samples: tagSamples,
      values: { token_accuracy: 6 / 10, "f1/micro": 12 / 18, "f1/B-VP": 2 / 3, exact_match: 0, abstained: 1 / 3 }
    }
  ]
}

export const sequenceHoldout = protocol("holdout", sequence)
export const sequenceTrainTest = protocol("train-test", sequence)
export const spansHoldout = protocol("holdout", spans)
export const spansTrainTest = protocol("train-test", spans)
export const tokenTagsHoldout = protocol("holdout", tokenTags)
export const tokenTagsTrainTest = protocol("train-test", tokenTags)
