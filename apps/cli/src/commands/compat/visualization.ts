/** Scripts of the folder `visualization`: tensor_visualizer, metric_plotter, dream_animation. */
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { logFormat, root, type Said, type ScriptServices, script } from "../../chronicle/script.ts"
import type { WrittenFile } from "../../plot/emitFigures.ts"
import { forVerb } from "./utils.ts"

const folder = "experiments/results/plots"

const run = Flag.String("run").pipe(Flag.withDescription("Id of a run, a unique beginning of it, or latest"), Flag.withDefault("latest"))
const out = (file: string, description: string) =>
  Flag.String("out").pipe(Flag.withMetavar("path"), Flag.withDescription(description), Flag.withDefault(`${folder}/${file}`))
const sample = Flag.String("sample").pipe(Flag.withDescription("A sample, by its id or latest"), Flag.optional)

/** The files that a plot wrote, below the root; what they are made of is in the figures and not repeated in the result. */
const written = ({ inside }: ScriptServices, { data }: Said) =>
  Effect.gen(function* () {
    const { files, figures: _, ...rest } = data as { readonly files: ReadonlyArray<WrittenFile>; readonly figures?: unknown }
    const artifacts = yield* Effect.forEach(files, ({ path }) => inside(path))
    return {
      data: { ...rest, files: files.map(({ bytes, sha256 }, at) => ({ path: artifacts[at]?.shown ?? "", bytes, sha256 })) },
      artifacts
    }
  })

export const metricPlotter = Command.make(
  "metric_plotter",
  {
    run,
    name: Flag.String("name").pipe(Flag.withDescription("A line, as  run series  lists it; may be repeated"), Flag.atLeast(0)),
    fft: Flag.Boolean("fft").pipe(Flag.withDescription("Its spectrum and how that drifts, of exactly one line"), Flag.withDefault(false)),
    window: Flag.Int("window").pipe(Flag.withDescription("Points of one window of a spectrum"), Flag.optional),
    out: out("metrics.svg", "File to write: .svg, .png, .csv, .md, .json or .vl.json"),
    root,
    logFormat
  },
  (flags) =>
    script("metric_plotter", flags, (services) =>
      Effect.gen(function* () {
        const path = yield* services.output(flags.out)
        const window = Option.getOrNull(flags.window)
        const said = yield* services.verb([
          "plot",
          flags.fft ? "fft" : "metrics",
          `--out=${forVerb(path)}`,
          ...flags.name.map((each) => `--name=${each}`),
          ...(flags.fft && window !== null ? [`--window=${window}`] : []),
          "--",
          flags.run
        ])
        const told = { run: flags.run, name: flags.name, fft: flags.fft, window, out: path.shown }
        return { told, kind: said.kind, ...(yield* written(services, said)) }
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer compat metric_plotter --run latest --name accuracy --out plots", description: "A line of the newest run" }
  ])
)

export const tensorVisualizer = Command.make(
  "tensor_visualizer",
  {
    input: Flag.String("input").pipe(Flag.withMetavar("path"), Flag.withDescription("A .safetensors file below the root"), Flag.optional),
    tensor: Flag.String("tensor").pipe(Flag.withDescription("Name of the tensor"), Flag.optional),
    run,
    sample,
    out: out("tensor.svg", "File to write: .svg, .png, .csv, .md, .json or .vl.json"),
    root,
    logFormat
  },
  (flags) =>
    script("tensor_visualizer", flags, (services) =>
      Effect.gen(function* () {
        const path = yield* services.output(flags.out)
        const input = Option.isSome(flags.input) ? yield* services.inside(flags.input.value) : undefined
        const [tensor, shown] = [Option.getOrNull(flags.tensor), Option.getOrElse(flags.sample, () => "latest")]
        const said = yield* services.verb(
          input === undefined
            ? ["plot", "voxels", `--out=${forVerb(path)}`, `--sample=${shown}`, "--", flags.run]
            : ["plot", "tensor", `--out=${forVerb(path)}`, ...(tensor === null ? [] : [`--tensor=${tensor}`]), "--", forVerb(input)]
        )
        const told =
          input === undefined ? { run: flags.run, sample: shown, out: path.shown } : { input: input.shown, tensor, out: path.shown }
        const { data, artifacts } = yield* written(services, said)
        return { told, kind: said.kind, data: { ...data, ...(input === undefined ? {} : { file: input.shown }) }, artifacts }
      })
    )
).pipe(
  Command.withExamples([
    {
      command: "feagi-trainer compat tensor_visualizer --input weights.safetensors --tensor layer.weight --out plots",
      description: "A tensor as a picture"
    }
  ])
)

export const dreamAnimation = Command.make(
  "dream_animation",
  {
    run,
    sample,
    out: out("dream.svg", "The animation: an .svg that needs no script"),
    root,
    logFormat
  },
  (flags) =>
    script("dream_animation", flags, (services) =>
      Effect.gen(function* () {
        const path = yield* services.output(flags.out)
        const shown = Option.getOrNull(flags.sample)
        const said = yield* services.verb([
          "plot",
          "dream",
          `--out=${forVerb(path)}`,
          ...(shown === null ? [] : [`--sample=${shown}`]),
          "--",
          flags.run
        ])
        return { told: { run: flags.run, sample: shown, out: path.shown }, kind: said.kind, ...(yield* written(services, said)) }
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer compat dream_animation --run latest --out plots", description: "The newest run, told again" }
  ])
)
