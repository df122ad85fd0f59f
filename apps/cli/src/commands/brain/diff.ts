/** `brain diff`: what two brains have differently, first in their genomes, then synapse by synapse. */
import { type SynapseTable, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { diffGenomes, diffSynapses, type GenomeDifference, genomeView, type Place, type SynapseChange } from "@feagi-trainer/core"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../../flags.ts"
import { emit } from "../../Out.ts"
import { reading } from "../../services.ts"
import { textTable } from "../../textTable.ts"
import { areaNames } from "./describe.ts"
import { grow, growFlags } from "./grow.ts"
import { findSide, type Side } from "./side.ts"

const side = (name: string) =>
  Argument.String(name).pipe(
    Argument.withDescription("name@version, a run id or latest with or without :phase (:initial is its beginning), or a genome file")
  )

interface GrownSide {
  readonly table: SynapseTable
  readonly learned_hash: string
  readonly areas: ReadonlyArray<{ readonly id: string; readonly name: string }>
}

const grown = ({ name, chosen, brain, seed, learned_hash }: Side): Effect.Effect<GrownSide, TrainerError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { session, development } = yield* grow({ chosen, brain, seed })
      if (learned_hash !== null && development.learned_hash !== learned_hash)
        return yield* trainerError("integrity", {
          code: "FT2606",
          message: `${name} does not grow into the brain that was recorded`,
          expected: learned_hash,
          actual: development.learned_hash,
          help: "the engine or the backend changed since: install the version that was recorded"
        })
      return { table: yield* session.synapses, learned_hash: development.learned_hash, areas: development.areas }
    })
  )

/** Differences of genomes that are told to people one by one. */
const shownProperties = 40

const valueText = (value: unknown): string => {
  if (value === undefined) return "–"
  const text = JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner)) ?? "–"
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

export const diff = Command.make(
  "diff",
  {
    before: side("before"),
    after: side("after"),
    top: Flag.Int("top").pipe(
      Flag.withDescription("How many of the largest changes of synapses are told one by one"),
      Flag.filter(
        (count) => count >= 0 && count <= 1_000_000,
        () => "a whole number from 0 to 1000000"
      ),
      Flag.withDefault(20)
    ),
    ...growFlags,
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const [a, b] = [yield* findSide(flags.before, flags), yield* findSide(flags.after, flags)]
        const genome = diffGenomes(a.genome.document, b.genome.document)
        const [before, after] = [yield* grown(a), yield* grown(b)]
        const synapses = diffSynapses(before.table, after.table, flags.top)
        // FEAGI gives the areas of an older genome other ids: what the genome says is told by its own.
        const written = areaNames([a, b].flatMap((each) => genomeView(each.genome.document).areas))
        const nameOf = areaNames([...before.areas, ...after.areas])
        const sideData = (each: Side, { learned_hash }: GrownSide) => ({
          name: each.name,
          genome_sha256: each.brain.sha256,
          canonical_sha256: each.genome.canonical_sha256,
          connectome_sha256: each.brain.connectome?.sha256 ?? null,
          learned_hash
        })
        yield* emit(flags.json, {
          kind: "brain-diff",
          data: {
            before: sideData(a, before),
            after: sideData(b, after),
            genome: { same: a.genome.canonical_sha256 === b.genome.canonical_sha256, differences: genome },
            synapses
          },
          human: [`${a.name} → ${b.name}`, "", ...genomeText(a, b, genome, written), "", ...synapsesText(synapses, nameOf)].join("\n")
        })
      })
    )
).pipe(Command.withExamples([{ command: "feagi-trainer brain diff latest:train mine@1", description: "What training changed" }]))

const genomeText = (a: Side, b: Side, found: ReadonlyArray<GenomeDifference>, nameOf: (id: string) => string): ReadonlyArray<string> => {
  const read = found.filter(({ ignored }) => !ignored)
  if (a.brain.sha256 === b.brain.sha256) return ["genome: the same"]
  if (read.length === 0)
    return [
      `genome: says the same; only the writing differs${found.length === 0 ? "" : `, and ${[...new Set(found.map(({ property }) => property.split(".")[0]))].join(", ")}`}`
    ]
  return [
    `genome: ${read.length} ${read.length === 1 ? "property differs" : "properties differ"}`,
    textTable(
      [
        { title: "AREA", cell: ({ area }) => (area === null ? null : nameOf(area)) },
        { title: "MAPPING TO", cell: ({ to }) => (to === null ? null : nameOf(to)) },
        { title: "PROPERTY", cell: ({ property }) => property },
        { title: "BEFORE", cell: ({ before }) => valueText(before) },
        { title: "AFTER", cell: ({ after }) => valueText(after) }
      ],
      read.slice(0, shownProperties),
      ""
    ).trimEnd(),
    ...(read.length > shownProperties ? [`… ${read.length - shownProperties} more with --json`] : [])
  ]
}

const placeText = ({ area, x, y, z }: Place, nameOf: (id: string) => string): string => `${nameOf(area)} ${x},${y},${z}`

/** With its sign, so that what grew and what shrank are told apart. */
const signedText = (value: number): string => `${value > 0 ? "+" : ""}${String(Number(value.toPrecision(6)))}`

/** Six digits tell any two weights apart that training tells apart; all digits stand in the JSON. */
const weightText = (state: SynapseChange["before"]): string =>
  state === null ? "–" : `${state.inhibitory ? "−" : ""}${String(Number(state.weight.toPrecision(6)))}`

const synapsesText = ({ counts, totals, mappings, top }: ReturnType<typeof diffSynapses>, nameOf: (id: string) => string) => {
  const changed = counts.changed + counts.added + counts.removed
  return [
    `synapses: ${counts.before} → ${counts.after}: ${counts.changed} changed, ${counts.added} added, ${counts.removed} removed, ${counts.same} the same`,
    ...(changed === 0
      ? []
      : [
          `  contribution (weight × potential): ${signedText(totals.signed)} in all, ${String(Number(totals.absolute.toPrecision(6)))} in absolute terms`,
          textTable(
            [
              { title: "FROM", cell: ({ from }) => nameOf(from) },
              { title: "TO", cell: ({ to }) => nameOf(to) },
              { title: "BEFORE", cell: ({ before }) => before },
              { title: "AFTER", cell: ({ after }) => after },
              { title: "CHANGED", cell: (each) => each.changed },
              { title: "ADDED", cell: (each) => each.added },
              { title: "REMOVED", cell: (each) => each.removed }
            ],
            mappings.filter((each) => each.same !== each.before || each.same !== each.after),
            ""
          ).trimEnd(),
          ...(top.length === 0
            ? []
            : [
                "",
                textTable(
                  [
                    { title: "SOURCE", cell: ({ source }) => placeText(source, nameOf) },
                    { title: "TARGET", cell: ({ target }) => placeText(target, nameOf) },
                    { title: "CHANGE", cell: ({ change }) => change },
                    { title: "WEIGHT", cell: ({ before }) => weightText(before) },
                    { title: "→", cell: ({ after }) => weightText(after) },
                    { title: "CONTRIBUTION", cell: ({ difference }) => signedText(difference) }
                  ],
                  top,
                  ""
                ).trimEnd(),
                ...(changed > top.length ? [`… ${changed - top.length} smaller changes; see --top`] : [])
              ])
        ])
  ]
}
