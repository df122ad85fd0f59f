/**
 * Scans annotation files of COCO's form, twice each: what an annotation refers to may stand behind it.
 *
 * The first pass reads pictures and categories and says what is wrong with the file as JSON; the second reads the annotations. What is
 * kept of an annotation are a few numbers (`Columns.ts`).
 */
import type { ApprovedRoots, FileInfo, TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { type Annotated, type AnnotatedImage, addFaults, undeclared } from "./Annotated.ts"
import {
  type Annotation,
  annotationHash,
  type CategoryRecord,
  type ImageRecord,
  labelledKeypoints,
  readAnnotation,
  readCategory,
  readImage,
  readReferences
} from "./Annotation.ts"
import { BACKGROUND, classesOf, MAX_MASK_CATEGORIES } from "./Classes.ts"
import { annotationColumns, numberSet } from "./Columns.ts"
import { type Fault, fieldsOf } from "./Fields.ts"
import { addProblem, type Findings } from "./Findings.ts"
import { pointerOf } from "./json/JsonCursor.ts"
import { type JsonReading, type JsonRecord, readJson } from "./json/readJson.ts"
import { type AnnotationFile, isInnerPath } from "./Layout.ts"
import type { Options } from "./Options.ts"

type OnProgress = (file: FileInfo, done: number) => Effect.Effect<void>
const SECTIONS = ["images", "categories", "annotations"] as const

/** Pictures by id, with their position in the list of all; categories by id. */
interface Declared {
  readonly images: Map<number, ImageRecord & { readonly position: number }>
  readonly categories: Map<number, CategoryRecord>
}

export const scanCoco = (
  layout: ReadonlyArray<AnnotationFile>,
  files: ReadonlyArray<FileInfo>,
  options: Options,
  found: Findings,
  onProgress: OnProgress
): Effect.Effect<Annotated, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const rows = annotationColumns()
    const images: Array<Omit<AnnotatedImage, "annotations" | "count" | "hashes">> = []
    const declared: Array<Declared> = []
    const sha256: Array<string> = []
    const paths = new Set<string>()
    for (const [index, file] of files.entries()) {
      const known: Declared = { images: new Map(), categories: new Map() }
      declared.push(known)
      const addImage = (record: JsonRecord, faults: Array<Fault>): void => {
        const image = readImage(record.value, faults)
        if (image === undefined) return
        const path = `${layout[index]?.images ?? ""}/${image.file_name}`
        if (!isInnerPath(image.file_name)) faults.push(badPath(image.file_name))
        else if (paths.has(path)) faults.push(twice("DUPLICATE-FILE", "file_name", "two records name one picture", image.file_name))
        if (known.images.has(image.id)) faults.push(twice("DUPLICATE-ID", "id", "two pictures have one id", image.id))
        paths.add(path)
        known.images.set(image.id, { ...image, position: images.length })
        images.push({
          file: index,
          name: image.file_name,
          size: { width: image.width, height: image.height },
          start: record.start,
          length: record.length,
          pointer: pointerOf(record.path),
          place: record.place([])
        })
      }
      const addCategory = ({ value }: JsonRecord, faults: Array<Fault>): void => {
        const category = readCategory(value, faults)
        if (category === undefined) return
        if (known.categories.has(category.id)) faults.push(twice("DUPLICATE-ID", "id", "two categories have one id", category.id))
        if ([...known.categories.values()].some(({ name }) => name === category.name))
          faults.push(twice("DUPLICATE-CATEGORY", "name", "two categories have one name", category.name))
        if (options.task === "segmentation" && category.name === BACKGROUND)
          faults.push(
            twice("DUPLICATE-CATEGORY", "name", "class 0 of a mask has this name: it is what no annotation covers", category.name)
          )
        known.categories.set(category.id, category)
      }
      const lists = new Set<string>()
      const reading = yield* readJson(file, {
        onMember: (key, isList) => void (isList ? lists.add(key) : 0),
        onProblem: (problem) => addProblem(found, file.path, problem),
        onProgress: (done) => onProgress(file, done),
        onRecord: (record) => {
          const [section, at] = record.path
          const faults: Array<Fault> = []
          if (section === "images" && at !== undefined) addImage(record, faults)
          if (section === "categories" && at !== undefined) addCategory(record, faults)
          addFaults(found, file, record, faults)
        }
      })
      sha256.push(reading.sha256)
      for (const section of SECTIONS)
        if (reading.whole && !lists.has(section)) found.add("NOT-COCO", "error", () => noSection(file, section))
    }

    const categories = options.categories === "scan" ? namesById(declared) : options.categories
    if (options.task === "segmentation" && categories.length > MAX_MASK_CATEGORIES)
      found.add("TOO-MANY-CLASSES", "error", () => tooMany(files[0]?.path ?? "", categories.length))
    const classIds = new Map(classesOf(options.task, categories).map((name, id) => [name, id]))
    const keypoints = classesOf(options.task, categories).map(() => 0)
    for (const known of options.task === "keypoints" ? declared : [])
      for (const { name, keypoints: count } of known.categories.values()) {
        const id = classIds.get(name)
        if (id !== undefined && keypoints[id] === 0) keypoints[id] = count
      }

    for (const [index, file] of files.entries()) {
      const known = declared[index] ?? { images: new Map(), categories: new Map() }
      const ids = numberSet()
      let unlabelled = 0
      const addAnnotation = (record: JsonRecord, faults: Array<Fault>): string | undefined => {
        const fields = fieldsOf(record.value, faults)
        const references = fields === undefined ? undefined : readReferences(fields)
        if (fields === undefined || references === undefined) return undefined
        const image = known.images.get(references.image_id)
        const category = known.categories.get(references.category_id)
        const class_id = category === undefined ? undefined : classIds.get(category.name)
        if (!ids.add(references.id)) faults.push(twice("DUPLICATE-ID", "id", "two annotations have one id", references.id))
        if (image === undefined) faults.push(missing("UNKNOWN-IMAGE", "image_id", "picture", references.image_id))
        if (category === undefined) faults.push(missing("UNKNOWN-CATEGORY", "category_id", "category", references.category_id))
        else if (class_id === undefined) faults.push(undeclared(["category_id"], category.name, categories))
        if (image === undefined) return undefined
        const annotation = readAnnotation(fields, references, options.task, options.boxes, image)
        if (annotation === undefined || category === undefined || class_id === undefined) return image.file_name
        if (annotation.crowd && options.crowd === "drop") return image.file_name
        if (annotation.keypoints !== null) {
          if (keypoints[class_id] === 0) keypoints[class_id] = annotation.keypoints.length / 3
          if (annotation.keypoints.length / 3 !== keypoints[class_id]) faults.push(otherCount(annotation, keypoints[class_id] ?? 0))
          if (labelledKeypoints(annotation.keypoints) === 0) {
            unlabelled++
            return image.file_name
          }
        }
        if (faults.length === 0)
          rows.add(image.position, {
            start: record.start,
            length: record.length,
            class_id,
            annotation_id: annotation.id,
            hash: annotationHash(annotation, category.name, options.task)
          })
        return image.file_name
      }
      const again: JsonReading = yield* readJson(file, {
        onMember: () => undefined,
        onProblem: () => undefined,
        onProgress: (done) => onProgress(file, done),
        onRecord: (record) => {
          if (record.path[0] !== "annotations" || record.path.length !== 2) return
          const faults: Array<Fault> = []
          const sample = addAnnotation(record, faults)
          addFaults(found, file, record, faults, sample)
        }
      })
      if (again.sha256 !== sha256[index])
        found.add("FILE-CHANGED", "error", () => changedMeanwhile(file, sha256[index] ?? "", again.sha256))
      if (unlabelled > 0) found.add("NO-KEYPOINTS", "warning", () => noKeypoints(file), unlabelled)
    }

    const rowsOf = rows.byImage(images.length)
    return {
      images: images.map((image, position) => ({
        ...image,
        annotations: () => rowsOf(position),
        count: () => rowsOf(position).length,
        hashes: () => rowsOf(position).map(({ hash }) => hash)
      })),
      categories,
      keypoints: options.task === "keypoints" ? keypoints : [],
      sha256
    }
  })

/** Names in the order of their ids; of one id, in the order of the files. */
const namesById = (declared: ReadonlyArray<Declared>): ReadonlyArray<string> => {
  const all = declared.flatMap(({ categories }) => [...categories.values()]).toSorted((left, right) => left.id - right.id)
  return [...new Set(all.map(({ name }) => name))]
}

const badPath = (name: string): Fault => ({
  code: "BAD-PATH",
  path: ["file_name"],
  message: "a file name that leaves the folder of pictures, or that only one system understands",
  expected: "a relative path with forward slashes, without . and ..",
  actual: JSON.stringify(name)
})

const twice = (code: string, key: string, message: string, value: string | number): Fault => ({
  code,
  path: [key],
  message,
  actual: JSON.stringify(value),
  help: "remove one of them, or give it a name of its own"
})

const missing = (code: string, key: string, what: string, id: number): Fault => ({
  code,
  path: [key],
  message: `the annotation refers to a ${what} that the file does not have`,
  expected: `the id of a ${what}`,
  actual: String(id),
  help: `add the ${what}, or remove the annotation`
})

const otherCount = ({ keypoints }: Annotation, expected: number): Fault => ({
  code: "BAD-KEYPOINTS",
  path: ["keypoints"],
  message: "not as many keypoints as its category has",
  expected: `${expected} keypoints`,
  actual: `${(keypoints?.length ?? 0) / 3}`
})

const noSection = (file: FileInfo, section: string) => ({
  file: file.path,
  message: `the file has no list "${section}"`,
  expected: SECTIONS.map((each) => `"${each}"`).join(", "),
  help: 'name another annotation file, or take format = "hagrid"'
})

const tooMany = (file: string, count: number) => ({
  file,
  message: "a mask holds one byte per pixel",
  expected: `at most ${MAX_MASK_CATEGORIES} categories`,
  actual: String(count),
  help: 'take task = "instances", or merge categories'
})

const changedMeanwhile = (file: FileInfo, expected: string, actual: string) => ({
  file: file.path,
  message: "the file changed while it was read",
  expected,
  actual,
  help: "scan it again when nobody writes to it"
})

const noKeypoints = (file: FileInfo) => ({
  file: file.path,
  message: "annotations without a labelled keypoint are no samples",
  help: 'their boxes are read with task = "instances"'
})
