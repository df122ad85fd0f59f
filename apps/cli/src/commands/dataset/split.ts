/** `dataset split`: the parts that a plan would make, with their hashes, their classes, and what they give away of each other. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { leakageOf, makeParts, readDuplicates, readIndex, readScan } from "@feagi-trainer/core"
import { canonicalBytes } from "@feagi-trainer/determinism"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json } from "../../flags.ts"
import { emit, say } from "../../Out.ts"
import { writeOut } from "../../outFiles.ts"
import { reading } from "../../services.ts"
import { textTable } from "../../textTable.ts"
import { readSeeds } from "../init.ts"
import { leakText } from "./describe.ts"
import { findDataset, reference } from "./find.ts"

const method = Flag.Literals("method", ["hash", "stratified", "grouped", "given"]).pipe(
  Flag.withDescription(
    "hash: each sample by its content alone, adding some moves none; stratified: the shares of every class; grouped: whole groups; given: as the data say"
  )
)
const fraction = Flag.String("fraction").pipe(
  Flag.withMetavar("part=share"),
  Flag.withDescription(
    "A part and its share, train=0.8 say; repeated, the shares sum to 1. With --method given they deal out the declared part that they name"
  ),
  Flag.atLeast(0)
)
const seed = Flag.String("seed").pipe(
  Flag.withDescription("Seed of the split, from 0 to 2^64 - 1; none with --method given alone"),
  Flag.optional
)
const out = Flag.String("out").pipe(
  Flag.withMetavar("folder"),
  Flag.withDescription("Write the ids of each part to <part>.json: the bytes whose SHA-256 is the split hash"),
  Flag.optional
)

const readFractions = (texts: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const fractions: Record<string, number> = {}
    for (const text of texts) {
      const match = /^([^=]+)=([0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)$/.exec(text)
      const [, part, share] = match ?? []
      if (part === undefined || share === undefined || Object.hasOwn(fractions, part))
        return yield* trainerError("usage", {
          code: "FT1321",
          field: "--fraction",
          message: match === null ? "is no part with a share" : "names a part twice",
          expected: "part=share, train=0.8 say",
          actual: text
        })
      fractions[part] = Number(share)
    }
    return fractions
  })

export const split = Command.make("split", { dataset: reference, method, fraction, seed, out, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const given = flags.method === "given" && flags.fraction.length === 0
      if (!given && Option.isNone(flags.seed))
        return yield* trainerError("usage", {
          code: "FT1322",
          field: "--seed",
          message: "a split that is drawn needs a seed",
          expected: "--seed N"
        })
      const [value = 0n, ...more] = Option.isNone(flags.seed) ? [0n] : yield* readSeeds(flags.seed.value)
      if (more.length > 0) return yield* trainerError("usage", { code: "FT1322", field: "--seed", message: "a split has one seed" })
      const fractions = yield* readFractions(flags.fraction)
      const dataset = yield* findDataset(flags.dataset)
      const scan = yield* readScan(dataset.scan_sha256)
      const index = yield* readIndex(scan)
      const section = { method: flags.method, seed: value, ...(given ? {} : { fractions }) } as const
      const made = makeParts(section, { classes: scan.classes, index }, value)
      if (!made.ok) return yield* trainerErrors("invalid", made.diagnostics)
      const classOf = new Map(index.map((entry) => [entry.sample_id, entry.class_id]))
      const parts = made.parts.map((part) => {
        const counts = scan.classes.map(() => 0)
        for (const id of part.ids) {
          const class_id = classOf.get(id)
          if (class_id !== undefined) counts[class_id] = (counts[class_id] ?? 0) + 1
        }
        return { ...part, class_counts: counts }
      })
      const leakage = leakageOf({ index, duplicates: yield* readDuplicates(scan), parts: made.parts })
      if (Option.isSome(flags.out)) {
        const folder = resolve(flags.out.value)
        yield* writeOut(flags.out.value, () => {
          mkdirSync(folder, { recursive: true })
          for (const { name, ids } of parts) writeFileSync(join(folder, `${name}.json`), canonicalBytes(ids))
        })
      }
      yield* emit(flags.json, {
        kind: "dataset-split",
        data: {
          dataset: dataset.dataset_version_id,
          method: flags.method,
          seed: given ? null : value,
          fractions: given ? null : fractions,
          parts,
          leakage
        },
        human: [
          textTable(
            [
              { title: "PART", cell: (each) => each.name },
              { title: "SAMPLES", cell: (each) => each.count },
              { title: "SPLIT", cell: (each) => each.split_id },
              ...(scan.classes.length <= 12
                ? scan.classes.map(({ label, class_id }) => ({
                    title: label,
                    cell: (each: (typeof parts)[number]) => each.class_counts[class_id] ?? 0
                  }))
                : [])
            ],
            parts,
            "no parts"
          ).trimEnd(),
          "",
          "shared by the parts:",
          ...leakText(leakage)
        ].join("\n")
      })
      if (flags.method === "stratified" || flags.method === "grouped")
        yield* say(
          `method ${flags.method} keeps its shares by dealing all samples out together: adding some may move others; hash never does`
        )
    })
  )
).pipe(
  Command.withExamples([
    {
      command:
        "feagi-trainer dataset split iris@1 --method stratified --fraction train=0.7 --fraction val=0.15 --fraction test=0.15 --seed 1",
      description: "Three parts with the shares of every class"
    }
  ])
)
