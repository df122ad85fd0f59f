/** Scripts of the folder `orchestration` that look, keep and check: pipeline_monitor, archive_results, env_check. */
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { logFormat, root, script } from "../../chronicle/script.ts"
import { archiveFolder } from "../archive.ts"
import { forVerb, insideAll, optionalPath } from "./utils.ts"

type Facts = Readonly<Record<string, unknown>>

/** What a look found that a second look at the same store finds again. */
const standing = (run: Facts): Facts => {
  const { rate: _, eta_seconds: __, updated_at: ___, run_id: ____, ...rest } = run
  return rest
}

export const pipelineMonitor = Command.make(
  "pipeline_monitor",
  {
    all: Flag.Boolean("all").pipe(Flag.withDescription("Also what is paused, interrupted, failed or not begun"), Flag.withDefault(false)),
    root,
    logFormat
  },
  (flags) =>
    script("pipeline_monitor", flags, ({ verb }) =>
      Effect.gen(function* () {
        const said = yield* verb(["monitor", "--once", ...(flags.all ? ["--all"] : [])])
        const { runs, campaigns } = said.data as { readonly runs: ReadonlyArray<Facts>; readonly campaigns: ReadonlyArray<Facts> }
        return { told: { all: flags.all }, kind: said.kind, data: { runs: runs.map(standing), campaigns }, beside: { seen: said.data } }
      })
    )
).pipe(Command.withExamples([{ command: "feagi-trainer compat pipeline_monitor --all", description: "Note how far every run is" }]))

export const archiveResults = Command.make(
  "archive_results",
  {
    run: Flag.String("run").pipe(
      Flag.withDescription("Id of a run or group, latest, or a bundle below the root; may be repeated"),
      Flag.atLeast(1)
    ),
    to: Flag.String("to").pipe(Flag.withMetavar("path"), Flag.withDescription("Folder of the archive"), Flag.withDefault(archiveFolder)),
    move: Flag.Boolean("move").pipe(
      Flag.withDescription("Remove a bundle once it was read back from the archive"),
      Flag.withDefault(false)
    ),
    yes: Flag.Boolean("yes").pipe(
      Flag.withDescription("Do it; without this flag it is only said what would be done"),
      Flag.withDefault(false)
    ),
    root,
    logFormat
  },
  (flags) =>
    script("archive_results", flags, ({ inside, verb }) =>
      Effect.gen(function* () {
        const to = yield* inside(flags.to)
        const named = yield* Effect.forEach(flags.run, (each) =>
          /\.zip$/i.test(each)
            ? Effect.map(inside(each), (path) => ({ shown: path.shown, verb: forVerb(path) }))
            : Effect.succeed({ shown: each, verb: each })
        )
        const said = yield* verb([
          "archive",
          `--to=${forVerb(to)}`,
          ...(flags.move ? ["--move"] : []),
          ...(flags.yes ? ["--yes"] : []),
          "--",
          ...named.map((each) => each.verb)
        ])
        const { runs } = said.data as {
          readonly runs: ReadonlyArray<{ readonly run_id: string; readonly status: string; readonly file: string }>
        }
        return {
          told: { run: named.map((each) => each.shown), to: to.shown, move: flags.move, yes: flags.yes },
          kind: said.kind,
          data: { done: flags.yes, runs: runs.map(({ run_id, status, file }) => ({ run_id, status, file })) },
          beside: { archived: runs },
          // Bundles hold the times of their runs: they are hashed as files, beside the body.
          changing: flags.yes ? yield* insideAll({ inside }, [...new Set(runs.map(({ file }) => `${to.shown}/${file}`))]) : []
        }
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer compat archive_results --run latest --yes", description: "Keep the newest run as a bundle" }
  ])
)

export const envCheck = Command.make(
  "env_check",
  { out: optionalPath("out", "Write the snapshot to this file, for  env diff"), root, logFormat },
  (flags) =>
    script("env_check", flags, ({ output, verb, log }) =>
      Effect.gen(function* () {
        const out = Option.isSome(flags.out) ? yield* output(flags.out.value) : undefined
        const said = yield* verb(["env", ...(out === undefined ? [] : [`--out=${forVerb(out)}`])])
        const checked = yield* verb(["doctor"])
        const checks = checked.data as ReadonlyArray<{
          readonly check: string
          readonly ok: boolean
          readonly detail: string
          readonly help: string
        }>
        for (const { check, ok, detail, help } of checks)
          yield* log.tell(
            ok ? "info" : "error",
            "check",
            { check, ok, detail, ...(ok ? {} : { help }) },
            `${ok ? "ok    " : "FAILED"}  ${check}: ${detail}`
          )
        const { unstable, ...stable } = said.data as Facts
        return {
          told: { out: out?.shown ?? null },
          kind: said.kind,
          data: { ...stable, checks: checks.map(({ check, ok }) => ({ check, ok })), passed: checks.every(({ ok }) => ok) },
          beside: { unstable, checks },
          changing: out === undefined ? [] : [out],
          code: checked.code
        }
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer compat env_check --out env.json", description: "What two machines have to share, in one file" }
  ])
)
