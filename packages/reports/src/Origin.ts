/** The sections that say where the result comes from: data, protocol, code, hashes, treatment and how to do it again. */
import { canonical } from "@feagi-trainer/determinism"
import { type Block, fact, left, right, type Section, type TableBlock, type Text } from "./Content.ts"
import type { GroupReport, ReportCondition } from "./GroupReport.ts"
import { hashText, statusPiece } from "./Read.ts"
import { listed } from "./Text.ts"

type Facts = ReadonlyArray<readonly [name: string, value: Text]>

const facts = (caption: string, list: Facts): Block => ({ kind: "facts", caption, facts: list })

const datasetFacts = ({ dataset, protocol }: GroupReport): Facts => [
  ["dataset", [{ as: "code", text: dataset.id }]],
  ["asset", [{ as: "code", text: dataset.asset_id }]],
  ["content hash", [fact(dataset.content_hash)]],
  ["samples", [String(dataset.samples)]],
  ...(dataset.features === undefined ? [] : [["values per sample", [String(dataset.features)]] as const]),
  ["classes", [`${dataset.classes.length}: ${dataset.classes.join(", ")}`]],
  ["licence", [dataset.licence ?? "not stated"]],
  ["split", [protocol.split === "shared-by-seeds" ? "one, shared by all seeds" : "drawn per seed"]]
]

const protocolTable = ({ protocol }: GroupReport): TableBlock => ({
  kind: "table",
  caption: `Protocol ${protocol.id}, version ${protocol.version}`,
  columns: [left("phase"), left("split"), left("learns"), left("scored")],
  rows: protocol.phases.map(({ name, split, learns, scored }) => [[name], [split], [learns ? "yes" : "no"], [scored ? "yes" : "no"]])
})

const runTable = ({ title, runs }: ReportCondition): TableBlock => ({
  kind: "table",
  caption: `${title}: runs`,
  columns: [left("seed"), left("run"), left("status"), left("run document"), left("all predictions")],
  rows: runs.map((run) => [
    [run.seed],
    [{ as: "code", text: run.run_id }],
    [statusPiece(run.status)],
    [fact(run.spec_sha256)],
    hashText(run.predictions_sha256)
  ])
})

const phaseTable = ({ learned_state }: GroupReport, { title, runs }: ReportCondition): TableBlock => ({
  kind: "table",
  caption: `${title}: phases`,
  columns: [
    left("seed"),
    left("phase"),
    right("samples"),
    left(`${learned_state} hash`),
    left("predictions"),
    left("scorecard"),
    left("scorecard body")
  ],
  rows: runs.flatMap((run) =>
    run.phases.map(
      (phase): ReadonlyArray<Text> => [
        [run.seed],
        [phase.phase],
        [String(phase.samples)],
        hashText(phase.learned_hash),
        hashText(phase.predictions_sha256),
        phase.scorecard_id === null ? ["not scored"] : [{ as: "code", text: phase.scorecard_id }],
        hashText(phase.scorecard_body_sha256)
      ]
    )
  )
})

const replayFacts = ({ replay }: GroupReport): Block =>
  replay === undefined
    ? { kind: "paragraph", text: ["No run was replayed."] }
    : facts("Replay", [
        ["verdict", [{ as: replay.verdict === "EQUAL" ? "good" : "bad", text: replay.verdict }]],
        ["run", [{ as: "code", text: replay.run_id }]],
        ["compared", [replay.compared.length === 0 ? "nothing" : listed(replay.compared)]],
        ...(replay.detail === undefined ? [] : [["detail", [replay.detail]] as const])
      ])

const preconditionTable = ({ preconditions }: GroupReport): Block =>
  preconditions.length === 0
    ? { kind: "paragraph", text: ["No precondition of reproducibility was recorded."] }
    : {
        kind: "table",
        caption: "Preconditions of reproducibility",
        columns: [left("precondition"), left("state"), left("detail")],
        rows: preconditions.map(({ name, state, detail }) => [
          [name],
          [{ as: state === "verified" ? "good" : "open", text: state }],
          [detail]
        ])
      }

export const originSection = (report: GroupReport): Section => ({
  id: "provenance",
  title: "Provenance",
  blocks: [
    replayFacts(report),
    facts("Group", [
      ["group", [{ as: "code", text: report.group_id }]],
      ["trainer", [report.trainer_version]]
    ]),
    facts("Data", datasetFacts(report)),
    protocolTable(report),
    ...report.provenance.map(({ title, facts: list }) =>
      facts(
        title,
        list.map(({ name, value }) => [name, [fact(value)]])
      )
    ),
    preconditionTable(report),
    ...(report.envelope.length === 0
      ? []
      : [
          facts(
            "Machine and runtime, part of no hash",
            report.envelope.map(({ name, value }) => [name, [fact(value)]])
          )
        ]),
    {
      kind: "folded",
      summary: "Hashes of every run and phase",
      blocks: report.conditions
        .filter(({ runs }) => runs.length > 0)
        .flatMap((condition) => [runTable(condition), phaseTable(report, condition)])
    }
  ]
})

/** The data with lone surrogates replaced, which have no canonical form. */
const wellFormed = (value: unknown): unknown => {
  if (typeof value === "string") return value.toWellFormed()
  if (Array.isArray(value)) return value.map(wellFormed)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toWellFormed(), wellFormed(member)]))
}

/** Nested data as dotted names: `{encoding: {bins: 4}}` is `encoding.bins`, 4. Lists are written as one line of JSON. */
const flattened = (value: unknown, path: string): Facts => {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    if (members.length > 0) return members.flatMap(([key, member]) => flattened(member, path === "" ? key : `${path}.${key}`))
    return path === "" ? [] : [[path, ["nothing"]]]
  }
  if (typeof value === "string") return [[path, [fact(value)]]]
  return [[path, [typeof value === "object" && value !== null ? { as: "code", text: canonical(wellFormed(value)) } : canonical(value)]]]
}

export const treatmentSection = ({ treatment }: GroupReport): Section => {
  const list = flattened(treatment, "")
  return {
    id: "treatment",
    title: "Treatment",
    blocks: [
      {
        kind: "paragraph",
        text: ["What was done to the learner. Two groups whose treatments differ compare only when the difference is what is studied."]
      },
      list.length === 0 ? { kind: "paragraph", text: ["No treatment was recorded."] } : facts("Treatment", list)
    ]
  }
}

export const repeatSection = ({ commands }: GroupReport): Section => ({
  id: "repeat",
  title: "How to repeat it",
  blocks: [commands.length === 0 ? { kind: "paragraph", text: ["No command was recorded."] } : { kind: "commands", lines: commands }]
})
