/**
 * What this machine is, as far as two machines that are to agree have to be alike, with one hash over it; and beside it, in no hash, what
 * changes between two looks at one machine.
 *
 * Sharp edge: a tool that is absent is `null` and part of the hash; that a system does not tell an instruction set is `null` too.
 */
import { trainerVersion } from "@feagi-trainer/core"
import { hashOf } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import { type CpuFeatures, featuresOf } from "./cpuFeatures.ts"
import { Probe } from "./probe.ts"

export interface PluginFacts {
  readonly name: string
  readonly version: string
  readonly source: string
  readonly files_sha256: string
}

export interface StableFacts {
  readonly feagi_trainer: string
  readonly node: string
  readonly v8: string
  readonly sqlite: string | null
  readonly platform: string
  readonly arch: string
  readonly cpu: CpuFeatures
  /** First line of what the tool says of its version; null where it is not there. */
  readonly toolchains: Readonly<Record<string, string | null>>
  /** Name and driver of each card that `nvidia-smi` lists; null where there is no such tool. */
  readonly gpus: ReadonlyArray<string> | null
  readonly ffmpeg: string | null
  readonly plugins: ReadonlyArray<PluginFacts>
}

/** What is told and not hashed, with why. */
export interface UnstableFact {
  readonly field: string
  readonly value: string | number | null
  readonly because: string
}

export interface EnvironmentFacts extends StableFacts {
  readonly environment_sha256: string
  readonly unstable: ReadonlyArray<UnstableFact>
}

const tools: ReadonlyArray<readonly [string, ReadonlyArray<readonly [string, ReadonlyArray<string>]>]> = [
  ["gcc", [["gcc", ["--version"]]]],
  ["clang", [["clang", ["--version"]]]],
  ["rustc", [["rustc", ["--version"]]]],
  [
    "python",
    [
      ["python3", ["--version"]],
      ["python", ["--version"]]
    ]
  ]
]

const firstLine = (text: string | undefined): string | null => {
  const line = text?.split(/\r?\n/)[0]?.trim()
  return line === undefined || line === "" ? null : line
}

const stableNames = [
  "feagi_trainer",
  "node",
  "v8",
  "sqlite",
  "platform",
  "arch",
  "cpu",
  "toolchains",
  "gpus",
  "ffmpeg",
  "plugins"
] as const satisfies ReadonlyArray<keyof StableFacts>

/** The members that the hash is over, of a document that somebody may have edited. */
export const stableOf = (facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(stableNames.flatMap((name) => (Object.hasOwn(facts, name) ? [[name, facts[name]]] : [])))

export const environmentFacts = (plugins: ReadonlyArray<PluginFacts>): Effect.Effect<EnvironmentFacts> =>
  Effect.gen(function* () {
    const probe = yield* Probe
    const versionOf = (calls: ReadonlyArray<readonly [string, ReadonlyArray<string>]>) =>
      Effect.gen(function* () {
        for (const [tool, args] of calls) {
          const line = firstLine(yield* probe.run(tool, args))
          if (line !== null) return line
        }
        return null
      })
    const found = yield* Effect.all(
      {
        cpu: featuresOf(probe),
        toolchains: Effect.map(
          Effect.forEach(tools, ([name, calls]) => Effect.map(versionOf(calls), (version) => [name, version] as const), {
            concurrency: 4
          }),
          Object.fromEntries<string | null>
        ),
        gpus: probe.run("nvidia-smi", ["--query-gpu=name,driver_version", "--format=csv,noheader"]),
        ffmpeg: versionOf([["ffmpeg", ["-version"]]])
      },
      { concurrency: 4 }
    )
    const stable: StableFacts = {
      feagi_trainer: trainerVersion,
      node: process.versions.node,
      v8: process.versions.v8,
      sqlite: process.versions.sqlite ?? null,
      platform: probe.platform,
      arch: probe.arch,
      cpu: found.cpu,
      toolchains: found.toolchains,
      gpus:
        found.gpus === undefined
          ? null
          : found.gpus
              .split(/\r?\n/)
              .map((line) => line.trim())
              .filter((line) => line !== ""),
      ffmpeg: found.ffmpeg,
      plugins
    }
    const unstable: ReadonlyArray<UnstableFact> = [
      { field: "release", value: probe.release, because: "a kernel update changes no result" },
      { field: "cpu_model", value: probe.cpuModel, because: "instruction sets are hashed, names are not" },
      { field: "cores", value: probe.cores, because: "runs give the same bytes with any number of them" },
      { field: "memory_bytes", value: probe.memoryBytes, because: "how much there is changes no result" }
    ]
    return { ...stable, environment_sha256: hashOf(stable), unstable }
  })

export interface EnvironmentDifference {
  readonly field: string
  readonly a: unknown
  readonly b: unknown
}

/** What is a list of things with names is compared by name; everything else that is no object, as a whole. */
const named = (value: unknown): value is ReadonlyArray<{ readonly name: string }> =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((each) => typeof each === "object" && each !== null && typeof Reflect.get(each, "name") === "string")

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const membersOf = (value: unknown): Readonly<Record<string, unknown>> | undefined => {
  if (named(value)) return Object.fromEntries(value.map((each) => [each.name, each]))
  return isObject(value) ? value : undefined
}

const differences = (field: string, a: unknown, b: unknown): ReadonlyArray<EnvironmentDifference> => {
  if (hashOf(a ?? null) === hashOf(b ?? null)) return []
  const [left, right] = [membersOf(a), membersOf(b)]
  if (left === undefined || right === undefined) return [{ field, a: a ?? null, b: b ?? null }]
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .sort()
    .flatMap((key) => differences(field === "" ? key : `${field}.${key}`, left[key], right[key]))
}

/** Every hashed member in which two environments differ, by its path. */
export const environmentDifferences = (
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>
): ReadonlyArray<EnvironmentDifference> => differences("", stableOf(a), stableOf(b))
