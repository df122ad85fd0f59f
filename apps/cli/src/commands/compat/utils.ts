/** Scripts of the folder `utils`: config_loader, seed_manager, log_formatter, time_utils. */
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, relative } from "node:path"
import { formatOf } from "@feagi-trainer/config"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { InsidePath } from "../../chronicle/insideRoot.ts"
import type { NamedSeed } from "../../chronicle/Manifest.ts"
import { logFormat, root, type ScriptServices, script } from "../../chronicle/script.ts"
import { writeOut } from "../../outFiles.ts"

/** A path below the root as a verb takes it: from the working folder. */
export const forVerb = ({ absolute }: InsidePath): string => relative(process.cwd(), absolute) || "."

export const insideAll = ({ inside }: Pick<ScriptServices, "inside">, paths: ReadonlyArray<string>) => Effect.forEach(paths, inside)

export const optionalPath = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar("path"), Flag.withDescription(description), Flag.optional)

export const paths = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar("path"), Flag.withDescription(description), Flag.atLeast(1))

/** The folder of the file is made. */
export const writeText = (path: InsidePath, text: string): Effect.Effect<void, TrainerError> =>
  writeOut(path.shown, () => {
    mkdirSync(dirname(path.absolute), { recursive: true })
    writeFileSync(path.absolute, text)
  })

export const configLoader = Command.make(
  "config_loader",
  {
    config: paths("config", "TOML, YAML or JSON; several are layered, the last one wins"),
    set: Flag.String("set").pipe(
      Flag.withMetavar("key=value"),
      Flag.withDescription("Overrides a value; may be repeated"),
      Flag.atLeast(0)
    ),
    out: optionalPath("out", "Write the value to this file: .toml or .yaml in that format, any other name as canonical JSON"),
    root,
    logFormat
  },
  (flags) =>
    script("config_loader", flags, (services) =>
      Effect.gen(function* () {
        const files = yield* insideAll(services, flags.config)
        const format = Option.flatMapNullishOr(flags.out, (path) => formatOf(path))
        const to = Option.getOrElse(format, () => "json" as const)
        const said = yield* services.verb([
          "config",
          "load",
          `--to=${to}`,
          ...files.map(forVerb),
          ...flags.set.map((each) => `--set=${each}`)
        ])
        const {
          files: found,
          sha256,
          canonical,
          value,
          text
        } = said.data as {
          readonly files: ReadonlyArray<{ readonly format: string; readonly sha256: string }>
          readonly sha256: string
          readonly canonical: string
          readonly text: string
          readonly value: unknown
        }
        const out = Option.isSome(flags.out) ? yield* services.output(flags.out.value) : undefined
        if (out !== undefined) yield* writeText(out, to === "json" ? `${canonical}\n` : text)
        return {
          told: { config: files.map(({ shown }) => shown), set: flags.set, out: out?.shown ?? null },
          kind: said.kind,
          data: { files: found.map(({ format, sha256: hash }, at) => ({ file: files[at]?.shown, format, sha256: hash })), sha256, value },
          artifacts: out === undefined ? [] : [out]
        }
      })
    )
).pipe(
  Command.withExamples([
    {
      command: "feagi-trainer compat config_loader --config iris.run.toml --set training.epochs=5",
      description: "One value of a file and what replaces parts of it"
    }
  ])
)

interface SeedsData {
  readonly master: number | bigint | null
  readonly runs: ReadonlyArray<NamedSeed>
  readonly named: ReadonlyArray<NamedSeed>
}

export const seedManager = Command.make(
  "seed_manager",
  {
    master: Flag.String("master").pipe(Flag.withDescription("Master seed, from 0 to 2^64 - 1"), Flag.optional),
    name: Flag.String("name").pipe(Flag.withDescription("Name of a consumer of chance; may be repeated"), Flag.atLeast(0)),
    seeds: optionalPath("seeds", "Seed file in place of --master and --name"),
    root,
    logFormat
  },
  (flags) =>
    script("seed_manager", flags, ({ inside, verb }) =>
      Effect.gen(function* () {
        const file = Option.isSome(flags.seeds) ? yield* inside(flags.seeds.value) : undefined
        const said = yield* verb([
          "seeds",
          "derive",
          ...Option.match(flags.master, { onNone: () => [], onSome: (master) => [`--master=${master}`] }),
          ...(file === undefined ? [] : [`--file=${forVerb(file)}`]),
          "--",
          ...flags.name
        ])
        const { master, runs, named } = said.data as SeedsData
        return {
          told: { master, seeds: file?.shown ?? null, names: flags.name },
          kind: said.kind,
          data: said.data,
          seeds: [...(master === null ? [] : [{ name: "master", seed: master }]), ...runs, ...named]
        }
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer compat seed_manager --master 42 --name split --name model", description: "Two seeds of one master seed" }
  ])
)

export const logFormatter = Command.make(
  "log_formatter",
  {
    input: Flag.String("input").pipe(Flag.withMetavar("path"), Flag.withDescription("Raw log; with --reverse, records")),
    out: Flag.String("out").pipe(Flag.withMetavar("path"), Flag.withDescription("File to write, which must not exist")),
    reverse: Flag.Boolean("reverse").pipe(Flag.withDescription("Give the original bytes back"), Flag.withDefault(false)),
    root,
    logFormat
  },
  (flags) =>
    script("log_formatter", flags, ({ inside, verb }) =>
      Effect.gen(function* () {
        const [input, out] = [yield* inside(flags.input), yield* inside(flags.out)]
        const said = yield* verb(["log", "format", `--out=${forVerb(out)}`, ...(flags.reverse ? ["--reverse"] : []), "--", forVerb(input)])
        const { lines, unknown, bytes, sha256 } = said.data as Readonly<Record<"lines" | "unknown" | "bytes" | "sha256", unknown>>
        return {
          told: { input: input.shown, out: out.shown, reverse: flags.reverse },
          kind: said.kind,
          data: { lines, unknown, bytes, sha256 },
          artifacts: [out]
        }
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer compat log_formatter --input raw.log --out log.jsonl", description: "A raw log as JSON lines" }
  ])
)

export const timeUtils = Command.make(
  "time_utils",
  {
    parse: Flag.String("parse").pipe(
      Flag.withMetavar("time"),
      Flag.withDescription("RFC 3339; may be repeated; now when left out"),
      Flag.atLeast(0)
    ),
    leap: Flag.Literals("leap", ["refuse", "keep"]).pipe(Flag.withDescription("What to do with 23:59:60"), Flag.withDefault("refuse")),
    zone: Flag.String("zone").pipe(Flag.withDescription("IANA zone of times without an offset"), Flag.optional),
    root,
    logFormat
  },
  (flags) =>
    script("time_utils", flags, ({ verb }) =>
      Effect.gen(function* () {
        const zone = Option.getOrNull(flags.zone)
        const told = { parse: flags.parse, leap: flags.leap, zone }
        if (flags.parse.length === 0) {
          if (zone !== null)
            return yield* trainerError("usage", {
              code: "FT3450",
              field: "--zone",
              message: "is for times that are parsed",
              help: "give --parse TIME"
            })
          const said = yield* verb(["time", "now"])
          // The one thing that this finds is the time, which no body holds.
          return { told, kind: said.kind, data: { parsed: [] }, beside: { now: said.data } }
        }
        const said = yield* verb([
          "time",
          "parse",
          `--leap=${flags.leap}`,
          ...(zone === null ? [] : [`--zone=${zone}`]),
          "--",
          ...flags.parse
        ])
        return { told, kind: said.kind, data: { parsed: said.data } }
      })
    )
).pipe(
  Command.withExamples([{ command: "feagi-trainer compat time_utils --parse 2025-10-31T12:00:00+01:00", description: "A time in UTC" }])
)
