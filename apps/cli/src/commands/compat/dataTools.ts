/** Scripts of the folder `data_tools`: dataset_splitter, image_preprocessor, metadata_extractor, hash_integrity. */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { crc32 } from "node:zlib"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { sha256Hex } from "@feagi-trainer/determinism"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { registryPath, verifyRegistryFiles } from "../../chronicle/Chronicle.ts"
import { type InsidePath, insideRoot } from "../../chronicle/insideRoot.ts"
import { logFormat, root, script } from "../../chronicle/script.ts"
import { writeOut } from "../../outFiles.ts"
import { readSeeds } from "../init.ts"
import { forVerb, insideAll, optionalPath, paths } from "./utils.ts"

interface SplitData {
  readonly dataset: string
  readonly method: string
  readonly seed: number | bigint | null
  readonly fractions: unknown
  readonly parts: ReadonlyArray<{ readonly name: string; readonly ids: ReadonlyArray<string> }>
  readonly leakage: unknown
}

export const datasetSplitter = Command.make(
  "dataset_splitter",
  {
    dataset: Flag.String("dataset").pipe(Flag.withMetavar("name@version"), Flag.withDescription("A registered dataset")),
    method: Flag.Literals("method", ["hash", "stratified", "grouped", "given"]).pipe(
      Flag.withDescription("How samples are dealt out; see  dataset split")
    ),
    fraction: Flag.String("fraction").pipe(
      Flag.withMetavar("part=share"),
      Flag.withDescription("A part and its share; repeated, they sum to 1"),
      Flag.atLeast(0)
    ),
    seed: Flag.String("seed").pipe(Flag.withDescription("Seed of the split"), Flag.optional),
    out: Flag.String("out").pipe(Flag.withMetavar("path"), Flag.withDescription("Folder for one file of ids for each part")),
    root,
    logFormat
  },
  (flags) =>
    script("dataset_splitter", flags, ({ inside, verb }) =>
      Effect.gen(function* () {
        const out = yield* inside(flags.out)
        const seed = Option.isSome(flags.seed) ? (yield* readSeeds(flags.seed.value))[0] : undefined
        const said = yield* verb([
          "dataset",
          "split",
          `--method=${flags.method}`,
          ...flags.fraction.map((each) => `--fraction=${each}`),
          ...Option.match(flags.seed, { onNone: () => [], onSome: (each) => [`--seed=${each}`] }),
          `--out=${forVerb(out)}`,
          "--",
          flags.dataset
        ])
        const { parts, ...data } = said.data as SplitData
        const artifacts = yield* insideAll(
          { inside },
          parts.map(({ name }) => `${out.shown}/${name}.json`)
        )
        return {
          told: { dataset: flags.dataset, method: flags.method, fraction: flags.fraction, seed: seed ?? null, out: out.shown },
          kind: said.kind,
          data: { ...data, parts: parts.map(({ ids: _, ...part }) => part) },
          seeds: seed === undefined ? [] : [{ name: "split", seed }],
          artifacts
        }
      })
    )
).pipe(
  Command.withExamples([
    {
      command:
        "feagi-trainer compat dataset_splitter --dataset iris@1 --method stratified --fraction train=0.6 --fraction val=0.2 --fraction test=0.2 --seed 1 --out data/split.json",
      description: "Three parts of equal class shares"
    }
  ])
)

interface PreprocessedData {
  readonly dataset: string
  readonly files: ReadonlyArray<string>
}

export const imagePreprocessor = Command.make(
  "image_preprocessor",
  {
    config: Flag.String("config").pipe(
      Flag.withMetavar("path"),
      Flag.withDescription("Run file whose [split] and [[transforms]] are applied: resize, mask, normalise, and with --epoch augment")
    ),
    part: Flag.String("part").pipe(
      Flag.withDescription("A part of the split; may be repeated; all of them when left out"),
      Flag.atLeast(0)
    ),
    seed: Flag.String("seed").pipe(
      Flag.withDescription("Seed of the split and the augmentation; left out: the first of the run file"),
      Flag.optional
    ),
    epoch: Flag.Int("epoch").pipe(
      Flag.withDescription("Augment the part that is learnt from as this epoch of a run does, from 1; left out: nothing is augmented"),
      Flag.optional
    ),
    out: Flag.String("out").pipe(
      Flag.withMetavar("path"),
      Flag.withDescription("Folder for the results, which must not exist or be empty")
    ),
    root,
    logFormat
  },
  (flags) =>
    script("image_preprocessor", flags, ({ inside, verb }) =>
      Effect.gen(function* () {
        const [config, out] = [yield* inside(flags.config), yield* inside(flags.out)]
        const said = yield* verb([
          "data",
          "preprocess",
          ...flags.part.map((each) => `--part=${each}`),
          // A run file of an experiment has its seeds in another file.
          ...Option.match(flags.seed, { onNone: () => [], onSome: (each) => [`--set=seeds=[${each}]`] }),
          ...Option.match(flags.epoch, { onNone: () => [], onSome: (each) => [`--epoch=${each}`] }),
          `--out=${forVerb(out)}`,
          "--",
          forVerb(config)
        ])
        const data = said.data as PreprocessedData & { readonly seed: number | bigint }
        return {
          told: { config: config.shown, part: flags.part, epoch: Option.getOrNull(flags.epoch), out: out.shown },
          kind: said.kind,
          data,
          seeds: [{ name: "run", seed: data.seed }],
          artifacts: yield* insideAll(
            { inside },
            data.files.map((name) => `${out.shown}/${name}`)
          )
        }
      })
    )
).pipe(
  Command.withExamples([
    {
      command: "feagi-trainer compat image_preprocessor --config digits.run.toml --part train --out data/train",
      description: "The training pictures as the learner would meet them"
    }
  ])
)

export const metadataExtractor = Command.make(
  "metadata_extractor",
  { input: paths("input", "A PNG; may be repeated. DICOM is not read yet"), root, logFormat },
  (flags) =>
    script("metadata_extractor", flags, ({ inside, verb }) =>
      Effect.gen(function* () {
        const files = yield* insideAll({ inside }, flags.input)
        const said = yield* verb(["data", "metadata", "--", ...files.map(forVerb)])
        const found = said.data as ReadonlyArray<Readonly<Record<string, unknown>>>
        return {
          told: { input: files.map(({ shown }) => shown) },
          kind: said.kind,
          data: found.map((each, at) => ({ ...each, file: files[at]?.shown ?? null }))
        }
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer compat metadata_extractor --input scan.png", description: "Header and text chunks of a picture" }
  ])
)

/** Regular files under a path, links left alone, in one order everywhere. */
const filesUnder = (at: InsidePath): ReadonlyArray<string> =>
  statSync(at.absolute).isFile()
    ? [at.shown]
    : readdirSync(at.absolute, { withFileTypes: true })
        .flatMap((entry): ReadonlyArray<string> => {
          const below = { absolute: join(at.absolute, entry.name), shown: at.shown === "." ? entry.name : `${at.shown}/${entry.name}` }
          if (entry.isDirectory()) return filesUnder(below)
          return entry.isFile() ? [below.shown] : []
        })
        .sort()

/** Of a file that changes with every registration: its own hashes are the registry's business. */
const isOwn = (path: string): boolean => path === registryPath || path.startsWith("meta/chronicle/")

const hashFile = (absolute: string, path: string) => {
  const bytes = readFileSync(absolute)
  return { path, bytes: bytes.length, sha256: sha256Hex(bytes), crc32: crc32(bytes).toString(16).padStart(8, "0") }
}

export const hashIntegrity = Command.make(
  "hash_integrity",
  {
    path: optionalPath("path", "File or folder whose files are hashed and noted in data/hash_registry.json"),
    verify: Flag.Boolean("verify").pipe(
      Flag.withDescription("Check every file that data/hash_registry.json notes; exit 6 naming those that differ"),
      Flag.withDefault(false)
    ),
    store: Flag.Boolean("store").pipe(Flag.withDescription("Check every blob and journal of the project's store"), Flag.withDefault(false)),
    root,
    logFormat
  },
  (flags) =>
    script("hash_integrity", flags, ({ root: folder, inside, verb }) =>
      Effect.gen(function* () {
        const path = Option.getOrUndefined(flags.path)
        const told = { path: path ?? null, verify: flags.verify, store: flags.store }
        if ([path !== undefined, flags.verify, flags.store].filter((each) => each).length !== 1)
          return yield* trainerError("usage", {
            code: "FT3408",
            message: "say what is to be hashed or checked, once",
            expected: "--path PATH, --verify or --store"
          })
        if (flags.store) {
          const said = yield* verb(["artifact", "verify"])
          return { told, kind: said.kind, data: said.data }
        }
        if (path === undefined) {
          // How many files there are grows with every script that ran; that they are whole is what was found.
          const found = yield* verifyRegistryFiles(folder)
          return { told, kind: "hash-registry", data: { verified: true }, beside: { ...found } }
        }
        const at = yield* inside(path)
        const stat = statSync(at.absolute, { throwIfNoEntry: false })
        if (stat?.isFile() !== true && stat?.isDirectory() !== true)
          return yield* trainerError("invalid", {
            code: "FT3408",
            file: at.shown,
            message: stat === undefined ? "there is no such file or folder" : "is neither a file nor a folder",
            help: "name what is to be hashed with --path"
          })
        const hashed = yield* Effect.suspend(
          (): Effect.Effect<ReadonlyArray<ReturnType<typeof hashFile>>, TrainerError> =>
            writeOut(at.shown, () => filesUnder(at).flatMap((file) => (isOwn(file) ? [] : [hashFile(join(folder, file), file)])))
        )
        const artifacts = hashed.flatMap((file) => {
          const found = insideRoot(folder, file.path)
          return "shown" in found ? [found] : []
        })
        return { told: { ...told, path: at.shown }, kind: "hash-registry", data: { files: hashed }, artifacts }
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer compat hash_integrity --path data --verify", description: "Whether the files are those that were noted" }
  ])
)
