/** A sound protocol, and one that is broken for each law: a changed number is found, in the pack, in the document and against what was published. */
import type { MetricValue, Protocol, ProtocolVector } from "@feagi-trainer/contracts"
import { type Law, type ProtocolSubject, protocolLaws } from "../src/index.ts"
import { entryOf, proveRed } from "./proveRed.ts"
import { shares } from "./shares.ts"

const vector: ProtocolVector = {
  name: "one of each",
  metric_pack: { plugin: "@example/shares#shares", options: { scale: 1 } },
  classes: [
    { class_id: 0, label: "ant" },
    { class_id: 1, label: "bee" }
  ],
  samples: [
    { sample_id: "right", target: { class: { class_id: 1, label: null } }, prediction: { class: { class_id: 1, scores: [] } } },
    { sample_id: "wrong", target: { class: { class_id: 1, label: null } }, prediction: { class: { class_id: 0, scores: [] } } },
    { sample_id: "silent", target: { class: { class_id: 0, label: null } }, prediction: { abstain: { reason: "silent" } } }
  ],
  values: { accuracy: 1 / 3, answered: 2 / 3 }
}
const nothing: ProtocolVector = {
  ...vector,
  name: "nothing",
  samples: [],
  values: { accuracy: { insufficient: "there is no sample" } }
}

const sound: Protocol = {
  kind: "protocol",
  spec: 1,
  id: "shares-holdout",
  version: 2,
  output_type: "class",
  phases: [
    { name: "train", split: "train", learns: true, scored: false },
    { name: "test", split: "test", learns: false, scored: true }
  ],
  primary_metric: "accuracy",
  abstention: "counted-as-wrong",
  missing: "refused",
  verification_tolerance: 0,
  rules: { ties: { value: "none", text: "There are no scores, so there are no ties." } },
  metric_pack: { plugin: "@example/shares#shares", options: { scale: 1 } },
  vectors: [vector, nothing]
}
/** Said less, and said it earlier. */
const published: Protocol = { ...sound, version: 1, vectors: [vector] }
const manifest = entryOf("protocol", "shares-holdout", { version: 2, output_type: "class", phases: ["train", "test"] })
const subject: ProtocolSubject = {
  protocol: sound,
  packs: [shares],
  earlier: [published],
  manifest
}
const suite = (over: Partial<Protocol>, more: Partial<typeof subject> = {}): ReadonlyArray<Law> =>
  protocolLaws({ ...subject, protocol: { ...sound, ...over }, ...more })
/** A pack whose accuracy is another one. */
const scoring = (accuracy: number): typeof shares => ({
  ...shares,
  start: (options, context) => {
    const fold = shares.start(options, context)
    return {
      ...fold,
      result: (state) => {
        const { values, figures } = fold.result(state)
        const other: MetricValue = typeof values.accuracy === "number" ? accuracy : { insufficient: "no sample" }
        return { values: { ...values, accuracy: other }, figures }
      }
    }
  }
})
const changed: ProtocolVector = { ...vector, values: { ...vector.values, accuracy: 0.5 } }

const complete = "the protocol is a complete document without an unknown key"
const gives = "the metric packs give what the examples say"
const goesUp = "versions of one id go up, and a version that was published stays as it was"
const stands = "every number of an earlier version still stands and still comes out"
const told = "the entry is what its manifest says"
const allLaws = protocolLaws(subject).map(({ name }) => name)

proveRed(
  "protocolLaws",
  () => suite({}),
  [
    ["has a key that nobody knows", () => protocolLaws({ ...subject, protocol: { ...sound, threshold: 0.5 } }), allLaws],
    [
      "is called by words in capitals",
      () => suite({ id: "Shares" }, { manifest: { ...manifest, id: "Shares" }, earlier: [{ ...published, id: "Shares" }] }),
      "the id is lower-case words and the version a whole number from 1"
    ],
    [
      "begins to count at 0",
      () => suite({ version: 0 }, { manifest: { ...manifest, provides: { ...manifest.provides, version: 0 } }, earlier: [] }),
      "the id is lower-case words and the version a whole number from 1"
    ],
    [
      "scores nothing",
      () => suite({ phases: sound.phases.map((phase) => ({ ...phase, scored: false })) }),
      "phases have names of their own, and at least one is scored"
    ],
    ["says no rule", () => suite({ rules: {} }), "it says by which rules and by which metric packs a number comes about"],
    [
      "names another metric pack",
      () => suite({ metric_pack: { plugin: "@example/shares#share", options: { scale: 1 } } }),
      "it says by which rules and by which metric packs a number comes about"
    ],
    [
      "has no example of its primary metric",
      () => suite({ primary_metric: "f1" }),
      "it has examples with names of their own, and one shows the primary metric"
    ],
    [
      "has no example",
      () => suite({ vectors: [] }, { earlier: [] }),
      "it has examples with names of their own, and one shows the primary metric"
    ],
    ["has an example that the pack does not give", () => suite({ vectors: [changed] }, { earlier: [] }), gives],
    ["has an example whose value the pack does not know", () => suite({ vectors: [vector, { ...nothing, values: { f1: 1 } }] }), gives],
    ["is measured by a pack that changed", () => suite({}, { packs: [scoring(0.4)] }), [gives, stands]],
    ["went back", () => suite({}, { earlier: [{ ...published, version: 3 }] }), goesUp],
    ["was published under another id", () => suite({}, { earlier: [{ ...published, id: "shares-test" }] }), goesUp],
    [
      "says something else under a version that was published",
      () => suite({}, { earlier: [{ ...sound, primary_metric: "answered" }] }),
      goesUp
    ],
    ["changed a number with its version only", () => suite({ vectors: [changed] }, { packs: [scoring(0.5)] }), stands],
    ["dropped an example that was published", () => suite({ vectors: [{ ...vector, name: "another" }] }), stands],
    ["changed the samples of an example", () => suite({ vectors: [{ ...vector, samples: vector.samples.toReversed() }] }), stands],
    [
      "tells other phases in its manifest",
      () => suite({}, { manifest: { ...manifest, provides: { ...manifest.provides, phases: ["test"] } } }),
      told
    ],
    ["tells another kind in its manifest", () => suite({}, { manifest: { ...manifest, kind: "sampler" } }), told]
  ],
  [complete]
)
