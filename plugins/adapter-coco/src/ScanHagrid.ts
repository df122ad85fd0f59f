/** Scans annotation files of HaGRID's form, in one pass: each record is a picture with everything that belongs to it. */
import type { ApprovedRoots, FileInfo, TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { type Annotated, type AnnotatedImage, addFaults, undeclared } from "./Annotated.ts"
import { badField, type Fault } from "./Fields.ts"
import { addProblem, type Findings } from "./Findings.ts"
import { hagridHash, readHagrid } from "./Hagrid.ts"
import { pointerOf } from "./json/JsonCursor.ts"
import { readJson } from "./json/readJson.ts"
import { isInnerPath } from "./Layout.ts"
import type { Options } from "./Options.ts"

export const scanHagrid = (
  files: ReadonlyArray<FileInfo>,
  options: Options,
  found: Findings,
  onProgress: (file: FileInfo, done: number) => Effect.Effect<void>
): Effect.Effect<Annotated, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const images: Array<AnnotatedImage> = []
    const labels = new Set<string>()
    const sha256: Array<string> = []
    for (const [index, file] of files.entries()) {
      const reading = yield* readJson(file, {
        onMember: () => undefined,
        onProblem: (problem) => addProblem(found, file.path, problem),
        onProgress: (done) => onProgress(file, done),
        onRecord: (record) => {
          const faults: Array<Fault> = []
          const [name] = record.path
          const read = record.path.length === 1 ? readHagrid(record.value, faults) : undefined
          if (record.path.length > 1 && record.path[1] === 0) faults.push(badField([], "a record with bboxes and labels", record.value))
          if (typeof name === "string" && !isInnerPath(name)) faults.push(badField([], "a record under the name of a picture", name))
          for (const [at, { label }] of (read?.boxes ?? []).entries()) {
            if (options.categories !== "scan" && !options.categories.includes(label))
              faults.push(undeclared(["labels", at], label, options.categories))
            labels.add(label)
          }
          addFaults(found, file, record, faults, String(name))
          if (read === undefined || faults.length > 0) return
          const hashes = [hagridHash(read)]
          const count = read.boxes.length
          images.push({
            file: index,
            name: String(name),
            start: record.start,
            length: record.length,
            pointer: pointerOf(record.path),
            place: record.place([]),
            ...(read.group === undefined ? {} : { group: read.group }),
            annotations: () => [],
            count: () => count,
            hashes: () => hashes
          })
        }
      })
      sha256.push(reading.sha256)
    }
    return { images, categories: options.categories === "scan" ? [...labels].sort() : options.categories, keypoints: [], sha256 }
  })
