/** `protocol`: the rules of evaluations as data with a version, and the runs that were carried out by them. */
import { trainerErrors } from "@feagi-trainer/contracts"
import { Catalogue, type CatalogueEntry, RunJournal, viewRun } from "@feagi-trainer/core"
import { checkVectors, packsOfVectors } from "@feagi-trainer/evaluation"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { failAfterData } from "../afterData.ts"
import { json } from "../flags.ts"
import { emit } from "../Out.ts"
import { reading, withPlugins } from "../services.ts"
import { textTable } from "../textTable.ts"
import { trainerRun } from "../trainerRuns.ts"

const loaded = (found: CatalogueEntry) =>
  Effect.gen(function* () {
    const { ref, entry } = yield* (yield* Catalogue).lookup("protocol", found.id)
    const { kind: _kind, spec: _spec, ...protocol } = entry
    return { ...protocol, title: found.manifest.title, plugin: ref }
  })

const protocols = Effect.map(Catalogue, ({ entries }) => entries.filter(({ manifest }) => manifest.kind === "protocol"))

const phasesText = (phases: ReadonlyArray<{ readonly name: string }>): string => phases.map(({ name }) => name).join(" → ")

export const ls = Command.make("ls", { json }, (flags) =>
  withPlugins(
    Effect.gen(function* () {
      const rows = yield* Effect.forEach(yield* protocols, loaded)
      yield* emit(flags.json, {
        kind: "protocols",
        data: rows,
        human: textTable(
          [
            { title: "PROTOCOL", cell: (row) => `${row.id}@${row.version}` },
            { title: "OUTPUT", cell: (row) => row.output_type },
            { title: "PHASES", cell: (row) => phasesText(row.phases) },
            { title: "PRIMARY METRIC", cell: (row) => row.primary_metric },
            { title: "PACKAGE", cell: (row) => `${row.plugin.id.split("#")[0]} ${row.plugin.version}` }
          ],
          rows,
          "no listed plugin offers a protocol"
        )
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer protocol ls", description: "Every protocol" }]))

export const show = Command.make(
  "show",
  { protocol: Argument.String("protocol").pipe(Argument.withDescription("Id of a protocol, or package#id")), json },
  (flags) =>
    withPlugins(
      Effect.gen(function* () {
        const catalogue = yield* Catalogue
        const shown = yield* loaded(yield* catalogue.find("protocol", flags.protocol))
        yield* emit(flags.json, {
          kind: "protocol",
          data: shown,
          human: [
            `${shown.id}@${shown.version}  ${shown.title}`,
            `  plugin      ${shown.plugin.id} ${shown.plugin.version}`,
            `  output      ${shown.output_type}`,
            `  primary     ${shown.primary_metric}`,
            `  abstention  ${shown.abstention}`,
            `  missing     a sample without an answer: ${shown.missing}`,
            ...(shown.metric_pack === undefined
              ? []
              : [`  measured by ${shown.metric_pack.plugin} ${JSON.stringify(shown.metric_pack.options)}`]),
            ...(shown.vectors === undefined ? [] : [`  examples    ${shown.vectors.length}; compute them with protocol check ${shown.id}`]),
            ...Object.entries(shown.rules ?? {}).flatMap(([name, rule]) => [
              "",
              `  ${name}: ${rule.text}`,
              `    ${JSON.stringify(rule.value)}`
            ]),
            "",
            textTable(
              [
                { title: "PHASE", cell: (phase) => phase.name },
                { title: "PART", cell: (phase) => phase.split },
                { title: "LEARNS", cell: (phase) => (phase.learns ? "yes" : "no, frozen") },
                { title: "SCORED", cell: (phase) => (phase.scored ? "yes" : "no") }
              ],
              shown.phases,
              "no phase"
            )
          ].join("\n")
        })
      })
    )
).pipe(
  Command.withExamples([{ command: "feagi-trainer protocol show classification-holdout@1", description: "Its phases and what is scored" }])
)

export const check = Command.make(
  "check",
  {
    protocol: Argument.String("protocol").pipe(
      Argument.withDescription("Id of a protocol, or package#id; without it every protocol is checked"),
      Argument.optional
    ),
    json
  },
  (flags) =>
    withPlugins(
      Effect.gen(function* () {
        const catalogue = yield* Catalogue
        const wanted = Option.isSome(flags.protocol) ? [yield* catalogue.find("protocol", flags.protocol.value)] : yield* protocols
        const checked = yield* Effect.forEach(wanted, (found) =>
          Effect.gen(function* () {
            const { entry } = yield* catalogue.lookup("protocol", found.id)
            const examples = entry.vectors?.length ?? 0
            const findings = yield* Effect.forEach(packsOfVectors(entry), (plugin) =>
              Effect.map(catalogue.lookup("metric-pack", plugin), (pack) => checkVectors(entry, pack.ref.id, pack.entry))
            ).pipe(Effect.map((each) => each.flat()))
            return { protocol: `${entry.id}@${entry.version}`, examples, findings }
          })
        )
        yield* emit(flags.json, {
          kind: "protocol-check",
          data: checked.map(({ findings, ...row }) => ({ ...row, differences: findings.length })),
          human: textTable(
            [
              { title: "PROTOCOL", cell: (row) => row.protocol },
              { title: "EXAMPLES", cell: (row) => String(row.examples) },
              {
                title: "RESULT",
                cell: ({ examples, findings }) =>
                  examples === 0 ? "it has none" : findings.length === 0 ? "as it says" : `${findings.length} values differ`
              }
            ],
            checked,
            "no listed plugin offers a protocol"
          )
        })
        const found = checked.flatMap(({ findings }) => findings)
        if (found.length > 0) return yield* failAfterData(trainerErrors("failed", found))
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer protocol check classification-holdout@1", description: "Whether its phases follow from each other" }
  ])
)

const short = (hash: string | null): string => (hash === null ? "–" : hash.slice(0, 12))

export const runs = Command.make(
  "runs",
  {
    protocol: Flag.String("protocol").pipe(Flag.withDescription("Only runs of this protocol, by its id"), Flag.optional),
    group: Flag.String("group").pipe(Flag.withDescription("Only runs of this run group"), Flag.optional),
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const rows = yield* (yield* RunJournal).runs
        const wanted = rows.filter((row) => Option.isNone(flags.group) || row.group_id === flags.group.value)
        const all = yield* Effect.forEach(wanted, (row) => Effect.flatMap(viewRun(row), trainerRun))
        const records = all.filter(({ data }) => Option.isNone(flags.protocol) || data.protocol.id === flags.protocol.value)
        yield* emit(flags.json, {
          kind: "trainer-runs",
          data: records.map(({ data }) => data),
          human: textTable(
            [
              { title: "RUN", cell: (row) => row.run_id },
              { title: "SEED", cell: (row) => row.seed },
              { title: "PROTOCOL", cell: (row) => row.protocol },
              { title: "STATUS", cell: (row) => row.status },
              { title: "PHASE", cell: (row) => row.phase },
              { title: "BEGAN WITH", cell: (row) => row.began },
              { title: "ENDED WITH", cell: (row) => row.ended },
              { title: "CHAIN", cell: (row) => row.chain }
            ],
            records.flatMap(({ data }) =>
              data.phases.map((phase) => ({
                run_id: data.run_id,
                seed: String(data.seed),
                protocol: `${data.protocol.id}@${data.protocol.version}`,
                status: data.status,
                phase: phase.phase,
                began: short(phase.learned_hash_before),
                ended: short(phase.learned_hash_after),
                chain: data.chain === "torn" ? "torn" : short(phase.chain_sha256)
              }))
            ),
            "no run yet"
          )
        })
        const breaks = records.flatMap(({ error }) => error?.diagnostics ?? [])
        if (breaks.length > 0) return yield* failAfterData(trainerErrors("integrity", breaks))
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer protocol runs --protocol classification-holdout@1", description: "Whether the recorded runs kept to it" }
  ])
)
