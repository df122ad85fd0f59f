/** A run file's data and encoders, opened without a learner: for commands that look at the code before there is a run. */
import { openBinding } from "@feagi-trainer/brain"
import type { Format } from "@feagi-trainer/config"
import { type IRSample, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { Catalogue, openRunData } from "@feagi-trainer/core"
import { Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { located } from "../locate.ts"
import { readRunFile } from "../readRunFile.ts"
import { seedOf } from "./brain/readGenomeFile.ts"

export const seed = Flag.String("seed").pipe(
  Flag.withDescription("Seed of the split and the transforms; left out: the first of the run file"),
  Flag.optional
)

/** The label of a class; its number where the target has no label, and null where there is no class. */
export const labelOf = ({ target }: IRSample): string | null =>
  target !== null && "class" in target ? (target.class.label ?? String(target.class.class_id)) : null

/** @param format of standard input, where the path is `-` */
export const openRunBinding = (path: string, overrides: ReadonlyArray<string>, given: Option.Option<string>, format?: Format) =>
  Effect.gen(function* () {
    const read = yield* readRunFile(path, overrides, format)
    const catalogue = yield* Catalogue
    if (read.file.learner.kind !== "brain")
      return yield* trainerError("invalid", {
        code: "FT2622",
        field: "learner.kind",
        message: "only a brain has encoders",
        expected: '"brain"',
        actual: JSON.stringify(read.file.learner.kind ?? null)
      }).pipe(located(read.document))
    const number = Option.isSome(given) ? yield* seedOf(given.value) : BigInt(read.file.seeds[0])
    const data = yield* openRunData(read.file, number).pipe(located(read.document))
    /** @param section the `[learner]` table, which may be another than the file's */
    const open = (section: Readonly<Record<string, unknown>>) =>
      Effect.gen(function* () {
        const opened = yield* openBinding({
          section,
          shape: data.shape,
          output_type: data.output_type,
          classes: data.classes,
          training: data.samples(data.learns),
          lookup: catalogue.lookup
        })
        return opened.ok ? opened.binding : yield* trainerErrors("invalid", opened.diagnostics)
      }).pipe(located(read.document))
    return { read, data, open }
  })
