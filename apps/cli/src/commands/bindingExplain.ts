/** `binding explain`: the voxels of one sample, before any run. */
import { writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { areaCode } from "@feagi-trainer/brain"
import { toSvg } from "@feagi-trainer/charts"
import { type IRSample, trainerError } from "@feagi-trainer/contracts"
import { genomeView } from "@feagi-trainer/core"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { inputFormat, json, runFile, set } from "../flags.ts"
import { byId } from "../ids.ts"
import { emit } from "../Out.ts"
import { emptyFolder, writeOut } from "../outFiles.ts"
import { reading } from "../services.ts"
import { areaFigure, pictureFigure } from "./bindingFigure.ts"
import { bindingText } from "./bindingText.ts"
import { type BindingView, bindingView } from "./bindingView.ts"
import { labelOf, openRunBinding, seed } from "./encodingSource.ts"

const targetText = (sample: IRSample): string => {
  const label = labelOf(sample)
  return sample.target === null ? "no target" : label === null ? Object.keys(sample.target).join(", ") : `class ${label}`
}

export const explain = Command.make(
  "explain",
  {
    file: runFile,
    inputFormat,
    sample: Argument.String("sample").pipe(
      Argument.withDescription("Id of a sample, a unique beginning of it, or latest; left out: the first"),
      Argument.optional
    ),
    set,
    seed,
    format: Flag.Literals("format", ["text", "svg"]).pipe(
      Flag.withDescription("text draws in the terminal; svg writes a picture per area into --out"),
      Flag.withDefault("text")
    ),
    out: Flag.String("out").pipe(
      Flag.withMetavar("folder"),
      Flag.withDescription("Folder for --format svg; it must be empty, or not exist"),
      Flag.optional
    ),
    json
  },
  (flags) =>
    reading(
      Effect.scoped(
        Effect.gen(function* () {
          if (flags.format === "svg" && Option.isNone(flags.out))
            return yield* trainerError("usage", { code: "FT1314", field: "--out", message: "--format svg needs a folder to write to" })
          const { data, open, read } = yield* openRunBinding(flags.file, flags.set, flags.seed, Option.getOrUndefined(flags.inputFormat))
          const ids = data.parts.flatMap((part) => part.ids)
          const id = yield* byId(
            "sample",
            Option.getOrElse(flags.sample, () => ids[0] ?? "latest"),
            ids,
            (each) => each
          )
          const binding = yield* open(read.file.learner)
          const sample = yield* data.sample(id)
          if (sample === undefined)
            return yield* trainerError("invalid", { code: "FT2620", message: `no part of the split has the sample ${id}` })
          const named = new Map(
            (data.genome === undefined ? [] : genomeView(data.genome.document).areas).map((area) => [area.id, area.name])
          )
          const view = yield* bindingView(binding, data.shape, sample, (area) => named.get(area) ?? areaCode(area))
          const part = data.parts.find((each) => each.ids.includes(id))?.name ?? ""
          const { encoder, decoder } = binding
          const { scheme, version, bins, spacing } = encoder.identity
          const code = [`${scheme} ${version}`, ...(bins === null ? [] : [`${bins} bins`]), ...(spacing === null ? [] : [spacing])].join(
            ", "
          )
          const head = [
            `sample ${id} of ${data.dataset_version_id}, part ${part}, ${targetText(sample)}`,
            `encoder ${encoder.id} ${encoder.version}: ${code}`,
            ""
          ]
          const written = Option.isSome(flags.out) && flags.format === "svg" ? yield* writeFigures(view, id, flags.out.value) : []
          yield* emit(flags.json, {
            kind: "binding",
            data: {
              dataset: data.dataset_version_id,
              sample_id: id,
              part,
              target: sample.target,
              encoder: { id: encoder.id, version: encoder.version, scheme, scheme_version: version, bins, spacing },
              decoder,
              picture: view.picture,
              channels: view.channels,
              areas: view.areas,
              taught: view.target,
              files: written
            },
            human: flags.format === "svg" ? written.join("\n") : [...head, bindingText(view)].join("\n"),
            verbatim: true
          })
        })
      )
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer binding explain iris.run.toml setosa-1", description: "From one sample to voxels, bursts and answer" }
  ])
)

const writeFigures = (view: BindingView, sample: string, out: string) =>
  Effect.gen(function* () {
    const folder = resolve(out)
    yield* emptyFolder(out)
    const { picture } = view
    const taught = "areas" in view.target && view.target.unknown === null ? view.target.areas : []
    const figures = [
      ...(picture === null
        ? []
        : [{ name: "picture", figure: pictureFigure("picture", `Features of sample ${sample}`, picture, picture.values) }]),
      ...(picture === null || picture.voxels === null
        ? []
        : [{ name: "voxels", figure: pictureFigure("voxels", `What the voxels of sample ${sample} say`, picture, picture.voxels) }]),
      ...view.areas.map((area, at) => ({ name: `input-${at}`, figure: areaFigure(`input-${at}`, `${area.name}: sample ${sample}`, area) })),
      ...taught.map((area, at) => ({
        name: `taught-${at}`,
        figure: areaFigure(`taught-${at}`, `${area.name}: taught for sample ${sample}`, area)
      }))
    ]
    yield* writeOut(out, () => {
      for (const { name, figure } of figures) writeFileSync(join(folder, `${name}.svg`), toSvg(figure), { flag: "wx" })
    })
    return figures.map(({ name }) => join(out, `${name}.svg`))
  })
