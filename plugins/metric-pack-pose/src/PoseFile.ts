/**
 * One file of poses: a JSON array with an object per sample, or, for targets, an object with the models beside it. All mistakes of a
 * file are found, each with its sample and the place where the sample begins.
 */
import {
  type Diagnostic,
  decodeStrict,
  didYouMean,
  isScoreFields as isFields,
  keyMistakes,
  type Pose6Dof,
  readScoreJson,
  type ScoreFields,
  type ScoreFile,
  type ScoreMistake,
  type ScoreRow,
  type ScoreText,
  scoreDiagnostics,
  scoreRows,
  scoreText,
  showValue
} from "@feagi-trainer/contracts"
import { type Code, codes } from "./Codes.ts"
import { modelMistakes, ObjectModels, unitTolerance } from "./Options.ts"
import { norm } from "./Quaternion.ts"

export interface PoseLine {
  readonly sample_id: string
  /** Undefined: the prediction is an abstention. */
  readonly pose: Pose6Dof | undefined
  /** The name of its object, where it says one. */
  readonly object: string | undefined
  /** Where the sample begins in its file. */
  readonly offset: number
}

export interface PoseFile {
  readonly text: ScoreText
  /** By sample id, in the order of the file; a sample with a mistake is left out. */
  readonly lines: ReadonlyMap<string, PoseLine>
  /** The ids of all samples, those with mistakes too. */
  readonly ids: ReadonlySet<string>
  readonly objects: ObjectModels
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

export type Side = "prediction" | "target"

type Report = (code: Code, message: string, rest?: Partial<ScoreMistake>) => undefined

const isList = (value: unknown): value is ReadonlyArray<unknown> => Array.isArray(value)

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value)

const positionOf = (value: unknown, report: Report): Pose6Dof["position"] | undefined => {
  const [x, y, z] = isList(value) && value.length === 3 ? value : []
  if (isNumber(x) && isNumber(y) && isNumber(z)) return [x, y, z]
  return report(
    value === undefined ? codes.missingField : codes.wrongPosition,
    `its position is ${value === undefined ? "missing" : "no position"}`,
    {
      field: "position",
      expected: "[x, y, z] in metres",
      actual: showValue(value)
    }
  )
}

const parts = ["w", "x", "y", "z"]

const orientationOf = (value: unknown, report: Report): Pose6Dof["orientation"] | undefined => {
  const { w, x, y, z } = isFields(value) ? value : {}
  const others = isFields(value) ? Object.keys(value).filter((key) => !parts.includes(key)) : []
  if (!(isNumber(w) && isNumber(x) && isNumber(y) && isNumber(z) && others.length === 0))
    return report(
      value === undefined ? codes.missingField : codes.wrongOrientation,
      `its orientation is ${value === undefined ? "missing" : "no quaternion"}`,
      {
        field: "orientation",
        expected: "{w, x, y, z}, a unit quaternion",
        actual: showValue(value),
        ...(isList(value) ? { help: "name the parts, because tools differ in their order" } : {})
      }
    )
  const length = norm({ w, x, y, z })
  if (Math.abs(length - 1) <= unitTolerance) return { w, x, y, z }
  return report(codes.notUnit, "its orientation is no unit quaternion", {
    field: "orientation",
    expected: `length 1 to within ${unitTolerance}`,
    actual: `length ${length}`,
    help: "divide its parts by its length, if it was only rounded"
  })
}

const lineOf = (
  { sample_id, offset, fields }: ScoreRow,
  side: Side,
  objects: ReadonlySet<string>,
  report: Report
): PoseLine | undefined => {
  const { object } = fields
  const names = [...objects].map((name) => JSON.stringify(name)).join(", ")
  if (object !== undefined && typeof object !== "string")
    report(codes.wrongObject, "its object is no name", { field: "object", expected: "a text", actual: showValue(object) })
  else if (side === "target" && objects.size > 0 && (object === undefined ? objects.size > 1 : !objects.has(object))) {
    const near = object === undefined ? undefined : didYouMean(object, objects)
    report(codes.wrongObject, object === undefined ? "it does not say which object it is of" : "its object has no model", {
      field: "object",
      expected: names,
      actual: showValue(object),
      ...(near === undefined ? {} : { help: `did you mean "${near}"?` })
    })
  }
  const line = { sample_id, object: typeof object === "string" ? object : undefined, offset }
  if (side === "prediction" && fields.position === null && fields.orientation === null) return { ...line, pose: undefined }
  const position = positionOf(fields.position, report)
  const orientation = orientationOf(fields.orientation, report)
  return position === undefined || orientation === undefined ? undefined : { ...line, pose: { position, orientation } }
}

/** The models of a file of targets; what is wrong with them goes to `mistakes`. */
const objectsOf = (value: ScoreFields, mistakes: Array<ScoreMistake>): ObjectModels => {
  mistakes.push(...keyMistakes({ required: [], optional: ["objects", "samples"] }, codes)(value, { offset: 0 }))
  if (value.objects === undefined) return {}
  const decoded = decodeStrict(ObjectModels, value.objects)
  const wrong = decoded.ok
    ? modelMistakes(decoded.value, ["objects"])
    : decoded.mistakes.map((mistake) => ({ ...mistake, path: ["objects", ...mistake.path] }))
  for (const { path, message, expected, actual, suggestion } of wrong)
    mistakes.push({
      code: codes.wrongModel,
      message: `a model: ${message}`,
      field: path.join("."),
      ...(expected === undefined ? {} : { expected }),
      ...(actual === undefined ? {} : { actual }),
      ...(suggestion === undefined ? {} : { help: `did you mean "${suggestion}"?` })
    })
  return decoded.ok ? decoded.value : {}
}

/** Reads what `file` says of its samples, and, of targets, of the models. */
export const readPoseFile = (file: ScoreFile, side: Side): PoseFile => {
  const lines = new Map<string, PoseLine>()
  const read = readScoreJson(file, codes, "samples")
  if (!read.ok) return { text: scoreText(file.name, ""), lines, ids: new Set(), objects: {}, diagnostics: read.diagnostics }
  const { text, value, elements, ambiguous, mistakes: repeated } = read.json
  const mistakes = [...repeated]
  const withModels = side === "target" && isFields(value) ? value : undefined
  const objects = withModels === undefined ? {} : objectsOf(withModels, mistakes)
  const list = withModels === undefined ? value : withModels.samples
  if (!isList(list) || list.length === 0) {
    mistakes.push({
      code: isList(list) ? codes.noSample : codes.notAList,
      offset: 0,
      message: isList(list) ? "the list is empty" : "the file is no list",
      expected: `a JSON array with one object per sample${side === "target" ? ", or {objects, samples}" : ""}`,
      actual: showValue(list)
    })
    return { text, lines, ids: new Set(), objects, diagnostics: scoreDiagnostics(text, mistakes) }
  }
  // A file whose models cannot be read says nothing wrong of the objects of its samples.
  const objectNames = new Set(withModels !== undefined && isFields(withModels.objects) ? Object.keys(withModels.objects) : [])
  const {
    rows,
    ids,
    mistakes: ofRows
  } = scoreRows(
    text,
    list.map((each: unknown, index) => ({ offset: elements[index] ?? 0, value: each })),
    codes,
    { required: ["sample_id"], optional: ["object", "position", "orientation"] },
    ambiguous
  )
  mistakes.push(...ofRows)
  for (const row of rows) {
    const before = mistakes.length
    const report: Report = (code, message, rest = {}) => {
      const named = row.sample_id === "" ? {} : { sample_id: row.sample_id }
      mistakes.push({ code, message: `${side} ${showValue(row.fields.sample_id)}: ${message}`, offset: row.offset, ...named, ...rest })
      return undefined
    }
    const line = lineOf(row, side, objectNames, report)
    if (row.sound && mistakes.length === before && line !== undefined) lines.set(line.sample_id, line)
  }
  return { text, lines, ids, objects, diagnostics: scoreDiagnostics(text, mistakes) }
}
