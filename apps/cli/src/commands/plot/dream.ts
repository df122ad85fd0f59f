/**
 * `plot dream`: what was recorded, told again in time. Of a run: its lines grow from durable step to durable step. Of a sample: an area burst
 * by burst. The hash of every frame is told; the same run gives the same frames.
 */
import { resolve } from "node:path"
import { type Figure, framesOf, toAnimation } from "@feagi-trainer/charts"
import { trainerError } from "@feagi-trainer/contracts"
import { sha256Hex, toUtf8 } from "@feagi-trainer/determinism"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Column } from "../../Column.ts"
import { activityFlags, findActivity } from "../../findActivity.ts"
import { json, optionalRunId } from "../../flags.ts"
import { emit } from "../../Out.ts"
import { emptyFolder, writeFilesOut } from "../../outFiles.ts"
import { voxelFigure } from "../../plot/activityFigures.ts"
import { areaFlag, chosenArea } from "../../plot/chosenArea.ts"
import { writeBytes } from "../../plot/emitFigures.ts"
import { lineFigures } from "../../plot/lineFigures.ts"
import { runLines } from "../../runLines.ts"
import { reading } from "../../services.ts"

/** More than a person watches; steps in between are left out evenly. */
const mostFrames = 120

const evenly = (count: number): ReadonlyArray<number> =>
  count <= mostFrames
    ? Array.from({ length: count }, (_, at) => at + 1)
    : Array.from({ length: mostFrames }, (_, at) => Math.floor(((at + 1) * count) / mostFrames))

interface Scene {
  readonly id: string
  readonly title: string
  readonly frames: ReadonlyArray<Figure>
}

/** The metric of the phase that has most points, as it was known behind each durable step. */
const growing = (reference: string) =>
  Effect.gen(function* () {
    const { row, available, drawn } = yield* runLines(reference)
    const names = available.filter(({ group }) => group === "metric" || group === "loss").sort((a, b) => b.points - a.points)
    const [longest] = names
    if (longest === undefined)
      return yield* trainerError("invalid", {
        code: "FT5511",
        message: `run ${row.run_id} has recorded nothing that could be told again yet`,
        expected: "a run behind its first durable step",
        help: `feagi-trainer run resume ${row.run_id}`
      })
    const [line] = yield* drawn([longest.name])
    const points = line?.y.length ?? 0
    const [low, high] = line === undefined || points === 0 ? [] : line.y.extremes(0, points).map((index) => line.y.at(index))
    const frames = evenly(points).flatMap((count) =>
      line === undefined || low === undefined || high === undefined
        ? []
        : lineFigures([{ ...line, y: Column.of(line.y.first(count)) }], { run_id: row.run_id, x: "sample", log: false }).map((figure) =>
            figure.kind !== "curve" || low === high
              ? figure
              : // Every frame has the axes of the last one: a picture that grows, not one that rescales.
                {
                  ...figure,
                  x: { ...figure.x, reaches: [0, line.at.sample.at(points - 1)] as const },
                  y: { ...figure.y, reaches: [low, high] as const }
                }
          )
    )
    return { run_id: row.run_id, scene: { id: longest.name, title: `${longest.title} of ${row.run_id}`, frames } satisfies Scene }
  })

export const dream = Command.make(
  "dream",
  {
    run: optionalRunId,
    ...activityFlags,
    sample: Flag.optional(activityFlags.sample),
    area: areaFlag,
    frameMs: Flag.Int("frame-ms").pipe(
      Flag.withDescription("How long a frame is shown, 20 to 60000 milliseconds"),
      Flag.filter(
        (millis) => millis >= 20 && millis <= 60_000,
        () => "a whole number from 20 to 60000"
      ),
      Flag.withDefault(400)
    ),
    out: Flag.String("out").pipe(Flag.withDescription("The animation: an .svg that needs no script"), Flag.optional),
    frames: Flag.String("frames").pipe(Flag.withDescription("A new or empty folder for the frames, one .svg each"), Flag.optional),
    theme: Flag.Literals("theme", ["auto", "light", "dark"] as const).pipe(Flag.withDescription("Colours"), Flag.withDefault("auto")),
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const sample = Option.getOrUndefined(flags.sample)
        const { run_id, scene } =
          sample === undefined
            ? yield* growing(flags.run)
            : yield* Effect.gen(function* () {
                const { row, found } = yield* findActivity({ ...flags, sample })
                const area = yield* chosenArea(found.trace, flags.area)
                const frames = Array.from({ length: Math.min(found.trace.bursts, mostFrames) }, (_, at) =>
                  voxelFigure(row.run_id, found.sample_id, found.trace, area, at + 1)
                )
                const title = `${area.name}, burst by burst: ${found.sample_id} of ${row.run_id}`
                return { run_id: row.run_id, scene: { id: `${found.sample_id}/${area.id}`, title, frames } satisfies Scene }
              })
        const drawn = framesOf(scene.frames, { theme: flags.theme })
        const animation = toUtf8(
          toAnimation(scene.frames, {
            id: scene.id,
            title: scene.title,
            description: `${scene.frames.length} frames.`,
            frame_ms: flags.frameMs,
            theme: flags.theme
          })
        )
        const out = Option.getOrUndefined(flags.out)
        if (out !== undefined && !out.toLowerCase().endsWith(".svg"))
          return yield* trainerError("usage", {
            code: "FT5501",
            field: "--out",
            message: "an animation is an SVG",
            expected: "a name that ends with .svg",
            actual: out
          })
        const folder = Option.getOrUndefined(flags.frames)
        const width = String(drawn.length).length
        const names = drawn.map((_, index) => `frame-${String(index + 1).padStart(width, "0")}.svg`)
        if (folder !== undefined) {
          yield* emptyFolder(resolve(folder))
          yield* writeFilesOut(
            folder,
            drawn.map((text, index) => ({ name: names[index] ?? "", text }))
          )
        }
        const files = out === undefined ? [] : [yield* writeBytes(out, animation)]
        const frames = drawn.map((text, index) => ({ frame: names[index] ?? "", sha256: sha256Hex(toUtf8(text)) }))
        yield* emit(flags.json, {
          kind: "plot-dream",
          data: { run_id, title: scene.title, frame_ms: flags.frameMs, frames, animation_sha256: sha256Hex(animation), files },
          human: [`${scene.title}: ${frames.length} frames`, ...frames.map(({ frame, sha256 }) => `${sha256}  ${frame}`)].join("\n")
        })
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer plot dream latest --sample latest --out dream.svg", description: "What one sample does in the brain" }
  ])
)
