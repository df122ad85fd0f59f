/**
 * `data preprocess`: samples as a learner would get them, in files: split, transformed and, for pictures, as PNG.
 *
 * Sharp edge: samples are taken as they are measured. An augmentation is there for training alone: with an epoch it is applied, to the part that
 * is learnt from, as a run with the same seed draws it in that epoch.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { crc32, deflateSync } from "node:zlib"
import { type IRSample, imageSize, trainerError } from "@feagi-trainer/contracts"
import { openRunData } from "@feagi-trainer/core"
import { canonical, sha256Hex, toUtf8 } from "@feagi-trainer/determinism"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { inputFormat, json, runFile, set } from "../flags.ts"
import { located } from "../locate.ts"
import { emit } from "../Out.ts"
import { emptyFolder, writeOut } from "../outFiles.ts"
import { readRunFile } from "../readRunFile.ts"
import { reading } from "../services.ts"
import { seedOf } from "./brain/readGenomeFile.ts"
import { seed } from "./encodingSource.ts"

const colourTypes: Readonly<Record<number, number>> = { 1: 0, 2: 4, 3: 2, 4: 6 }

const chunk = (type: string, body: Uint8Array): Buffer => {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), body])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(body.length)
  sum.writeUInt32BE(crc32(typed))
  return Buffer.concat([length, typed, sum])
}

/** Pixels as a PNG that is stored and not compressed: the same bytes with every release of zlib. */
const pngOf = (pixels: Uint8Array, width: number, height: number, channels: number): Uint8Array => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  header[9] = colourTypes[channels] ?? 0
  const stride = width * channels
  const lines = Buffer.alloc((stride + 1) * height)
  for (let y = 0; y < height; y++) lines.set(pixels.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(lines, { level: 0 })), chunk("IEND", new Uint8Array())])
}

/** A picture as a file: plain pixels as PNG, what is encoded as it is. */
const fileOf = (sample: IRSample): { readonly extension: string; readonly bytes: Uint8Array } | undefined => {
  const { payload } = sample
  if (!("bytes" in payload)) return undefined
  const bytes = Uint8Array.from(payload.bytes)
  const size = imageSize(sample.coordinate_frame)
  if (size !== undefined && bytes.length === size.width * size.height * size.channels && size.channels in colourTypes)
    return { extension: "png", bytes: pngOf(bytes, size.width, size.height, size.channels) }
  const magic = Buffer.from(bytes.subarray(0, 4)).toString("latin1")
  return { extension: magic.startsWith("\x89PNG") ? "png" : magic.startsWith("\xff\xd8\xff") ? "jpg" : "bin", bytes }
}

const part = Flag.String("part").pipe(
  Flag.withDescription("A part of the split; may be repeated; all of them when left out"),
  Flag.atLeast(0)
)
const out = Flag.String("out").pipe(Flag.withMetavar("folder"), Flag.withDescription("Folder to write to; it must be empty, or not exist"))
const epoch = Flag.Int("epoch").pipe(
  Flag.withDescription("Augment the part that is learnt from as this epoch of a run does, from 1; left out: nothing is augmented"),
  Flag.filter(
    (count) => count >= 1,
    () => "a whole number from 1"
  ),
  Flag.optional
)

const samplesFile = "samples.ndjson"

export const preprocess = Command.make("preprocess", { file: runFile, inputFormat, set, seed, part, epoch, out, json }, (flags) =>
  reading(
    Effect.scoped(
      Effect.gen(function* () {
        const read = yield* readRunFile(flags.file, flags.set, Option.getOrUndefined(flags.inputFormat))
        const number = Option.isSome(flags.seed) ? yield* seedOf(flags.seed.value) : BigInt(read.file.seeds[0])
        const data = yield* openRunData(read.file, number).pipe(located(read.document))
        const known = data.parts.map(({ name }) => name)
        const unknown = flags.part.find((name) => !known.includes(name))
        if (unknown !== undefined)
          return yield* trainerError("usage", {
            code: "FT3432",
            field: "--part",
            message: "is no part of the split",
            expected: known.join(", "),
            actual: unknown
          })
        yield* emptyFolder(flags.out)
        const folder = resolve(flags.out)
        const drawn = Option.getOrUndefined(flags.epoch)
        const samplesOf = (name: string) =>
          drawn !== undefined && name === data.learns ? data.augmented(name, drawn - 1) : data.samples(name)
        const lines: Array<string> = []
        const files: Array<string> = []
        const counts: Record<string, number> = {}
        for (const name of flags.part.length === 0 ? known : flags.part) {
          counts[name] = 0
          yield* Stream.runForEach(samplesOf(name), (sample) =>
            writeOut(flags.out, () => {
              const at = counts[name] ?? 0
              counts[name] = at + 1
              const made = fileOf(sample)
              const { payload, sample_id, target, coordinate_frame } = sample
              const about = { sample_id, part: name, target, coordinate_frame }
              if (made === undefined) return void lines.push(canonical({ ...about, payload }))
              const file = `${name}-${String(at).padStart(6, "0")}.${made.extension}`
              mkdirSync(folder, { recursive: true })
              writeFileSync(join(folder, file), made.bytes)
              files.push(file)
              lines.push(canonical({ ...about, file, sha256: sha256Hex(made.bytes) }))
            })
          )
        }
        const text = lines.map((line) => `${line}\n`).join("")
        yield* writeOut(flags.out, () => {
          mkdirSync(folder, { recursive: true })
          writeFileSync(join(folder, samplesFile), text)
        })
        yield* emit(flags.json, {
          kind: "preprocessed",
          data: {
            dataset: data.dataset_version_id,
            seed: number,
            epoch: drawn ?? null,
            parts: counts,
            shape: data.shape,
            samples_sha256: sha256Hex(toUtf8(text)),
            files: [samplesFile, ...files]
          },
          human: `${flags.out}: ${Object.entries(counts)
            .map(([name, count]) => `${name} ${count}`)
            .join(", ")}`
        })
      })
    )
  )
).pipe(
  Command.withExamples([
    {
      command: "feagi-trainer data preprocess mnist.run.toml --part test --out prepared",
      description: "The pictures that are measured"
    },
    {
      command: "feagi-trainer data preprocess mnist.run.toml --part train --epoch 2 --out augmented",
      description: "The pictures that the second epoch learns from"
    }
  ])
)
