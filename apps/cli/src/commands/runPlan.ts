/** `run plan`: what a run file means, resolved and pinned, without running it. */
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json, runFile, set, stdinFormat } from "../flags.ts"
import { emit, next } from "../Out.ts"
import { planAll } from "../planAll.ts"
import { bindingLines, comparableLines, costLines, type PlannedData, planData } from "../planData.ts"
import { readRunFile } from "../readRunFile.ts"
import { reading } from "../services.ts"

export const plan = Command.make("plan", { file: runFile, format: stdinFormat, set, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const read = yield* readRunFile(flags.file, flags.set, Option.getOrUndefined(flags.format))
      const planned = yield* planAll(read, 1)
      const runs = yield* planData(planned)
      yield* emit(flags.json, {
        kind: "run-plan",
        data: { group_id: read.group_id, runs },
        human: runs.map(planText).join("\n"),
        warnings: planned.flatMap(({ warnings }) => warnings)
      })
      if (flags.file !== "-") yield* next(`feagi-trainer run start ${flags.file}`)
    })
  )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer run plan iris.run.toml", description: "What would run, what it costs, and what it can be compared with" }
  ])
)

/** For people: every choice on a line of its own. */
export const planText = ({ document, spec_sha256, bindings, cost, comparable }: PlannedData): string =>
  [
    `${document.name}, seed ${document.seed}`,
    `  spec      ${spec_sha256}`,
    `  dataset   ${document.dataset.dataset_version_id}  ${document.dataset.content_hash.slice(0, 12)}  ${document.dataset.sample_count} samples`,
    `  split     ${document.split.parts.map((part) => `${part.split_id} (${part.count})`).join("  ")}`,
    ...(document.transforms.length === 0
      ? []
      : [
          `  transform ${document.transforms.map((node) => `${node.plugin.id.split("#")[1] ?? node.plugin.id} ${node.version}${node.phases === "train" ? " (train only)" : ""}`).join(" → ")}`
        ]),
    ...(document.benchmark === null
      ? []
      : [
          `  benchmark ${document.benchmark.waivers.map(({ leak, because }) => `${leak} leak waived: ${because}`).join("; ") || "no leak is waived"}`
        ]),
    `  protocol  ${document.protocol.id}@${document.protocol.version}: ${document.protocol.phases.map((phase) => phase.name).join(" → ")}`,
    `  sampler   ${document.sampler.plugin.id}   ${document.training.epochs} epochs, a step every ${document.checkpoint_every} samples`,
    `  learner   ${document.learner.kind}   initial ${document.learner.initial_hash.slice(0, 12)}`,
    ...bindingLines(bindings),
    ...(document.brain === null ? [] : [`  genome    ${document.brain.genome_sha256}`]),
    `  metrics   ${document.metrics.plugin.id}   ${document.metrics.signature.split("|")[0]}`,
    `  controls  silent reward: ${yesNo(document.controls.silent_reward)}, shuffled labels: ${yesNo(document.controls.shuffled_labels)}`,
    ...costLines(cost),
    ...comparableLines(comparable),
    `  plugins   ${Object.entries(document.packages)
      .map(([name, sha256]) => `${name} ${sha256.slice(0, 12)}`)
      .join("\n            ")}`,
    ""
  ].join("\n")

const yesNo = (value: boolean): string => (value ? "yes" : "no")
