/** `plot tensor`: a tensor of a safetensors file as sheets of numbers. */
import { trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { readFileLimited } from "@feagi-trainer/store"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json } from "../../flags.ts"
import { byId } from "../../ids.ts"
import { emit } from "../../Out.ts"
import { emitFigures, outputFlags } from "../../plot/emitFigures.ts"
import { mostCells, tensorView } from "../../plot/tensorFigure.ts"
import { textTable } from "../../textTable.ts"

const mostBytes = 2 ** 31 - 1

export const tensor = Command.make(
  "tensor",
  {
    file: Argument.String("file").pipe(Argument.withDescription("A .safetensors file, as weights export writes it")),
    tensor: Flag.String("tensor").pipe(Flag.withDescription("Name of the tensor; left out: they are listed"), Flag.optional),
    ...outputFlags,
    json
  },
  (flags) =>
    Effect.gen(function* () {
      // The tensors of a file need the reader alone; it comes with the models, and is loaded when it is needed.
      const { float32Values, readSafetensors, SafetensorsError } = yield* Effect.promise(() => import("@feagi-trainer/gradient"))
      const bytes = yield* readFileLimited(flags.file, mostBytes)
      const read = yield* Effect.suspend(() => {
        try {
          return Effect.succeed(readSafetensors(bytes))
        } catch (error) {
          if (!(error instanceof SafetensorsError)) throw error
          return trainerErrors(
            "invalid",
            error.problems.map(
              ({ rule, byte_offset, message }) =>
                ({
                  code: "FT5506",
                  severity: "error",
                  file: flags.file,
                  message: `is no safetensors file: byte ${byte_offset}, rule ${rule}: ${message}`
                }) as const
            )
          )
        }
      })
      const wanted = Option.getOrUndefined(flags.tensor)
      if (wanted === undefined)
        return yield* emit(flags.json, {
          kind: "plot-tensors",
          data: { file: flags.file, tensors: read.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape })) },
          human: textTable(
            [
              { title: "TENSOR", cell: (each) => each.name },
              { title: "TYPE", cell: (each) => each.dtype },
              { title: "SHAPE", cell: (each) => each.shape.join(" × ") }
            ],
            read.tensors,
            "the file holds no tensor"
          )
        })
      const found = yield* byId("tensor", wanted, read.tensors, ({ name }) => name)
      if (found.dtype !== "F32")
        return yield* trainerError("invalid", {
          code: "FT5507",
          field: "--tensor",
          message: `the tensor ${found.name} cannot be drawn`,
          expected: "numbers of type F32",
          actual: found.dtype
        })
      const cells = (found.shape.at(-1) ?? 1) * (found.shape.at(-2) ?? 1)
      if (cells > mostCells)
        return yield* trainerError("invalid", {
          code: "FT5507",
          field: "--tensor",
          message: `one sheet of the tensor ${found.name} has too many cells for a picture`,
          expected: `${mostCells} at the most`,
          actual: `${found.shape.join(" × ")}, ${cells} in a sheet`
        })
      const { figure, sheets, shown } = tensorView({ name: found.name, shape: found.shape, values: float32Values(found) })
      const warnings =
        shown === sheets
          ? []
          : [{ code: "FT5508", severity: "warning", message: `${shown} of ${sheets} sheets of ${found.name} are drawn` } as const]
      yield* emitFigures(
        "plot-tensor",
        [figure],
        { file: flags.file, tensor: found.name, shape: found.shape, sheets, shown },
        flags,
        warnings
      )
    })
).pipe(
  Command.withExamples([
    {
      command: "feagi-trainer plot tensor weights.safetensors --tensor layers.0.weight --out weight.png",
      description: "Weights of a layer"
    }
  ])
)
