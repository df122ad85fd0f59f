/**
 * What every field of a run document is to a comparison: part of a key, a choice that is shown, where something came from, or nothing new.
 *
 * The table is read by the longest name that fits; `*` is any one step, of a list or of an object. Sharp edge: a field that is not in the
 * table is `undefined` and shown nowhere; a test enumerates the fields of whole documents, so that a new one fails until it is classified.
 */
import type { JsonValue } from "@feagi-trainer/contracts"
import { type Difference, fieldDifferences } from "@feagi-trainer/evaluation"
import type { RunDocument } from "../run/RunDocument.ts"

/**
 * `identity` and `treatment` key the comparison (`comparandOf` says under which name), a `setting` is a choice that does not, `provenance`
 * is a version, a hash or an engine, and what is `derived` follows from the others or repeats them.
 */
export type FieldRole = "identity" | "treatment" | "setting" | "provenance" | "derived"

type Roles = Readonly<Record<string, FieldRole>>

/** By the first step of a name: a document with another member does not compile until it is here. */
const roles = {
  schema_version: { "": "provenance" },
  kind: { "": "derived" },
  name: { "": "setting" },
  seed: { "": "setting" },
  // Id and version stand for everything that a protocol says.
  protocol: { "": "derived", id: "identity", version: "identity", plugin: "provenance" },
  dataset: {
    name: "setting",
    version: "setting",
    dataset_asset_id: "derived",
    dataset_version_id: "derived",
    content_hash: "identity",
    schema_fingerprint: "provenance",
    modality: "derived",
    output_type: "derived",
    scan_sha256: "provenance",
    sample_count: "derived",
    "adapter.plugin": "provenance",
    "adapter.options": "setting",
    shape: "derived",
    classes: "derived"
  },
  split: {
    method: "setting",
    seed: "setting",
    fractions: "setting",
    "parts.*.name": "identity",
    "parts.*.split_hash": "identity",
    "parts.*.split_id": "derived",
    "parts.*.count": "derived",
    "parts.*.ids_sha256": "derived",
    leaks: "derived"
  },
  // One treatment field, the hash of the graph, stands for all of it.
  transforms: { "": "treatment" },
  input_shape: { "": "derived" },
  benchmark: { "": "setting" },
  sampler: { "plugin.id": "setting", "plugin.version": "provenance", options: "setting" },
  training: { "": "setting" },
  learner: {
    kind: "setting",
    "plugin.id": "setting",
    "plugin.version": "provenance",
    resolved: "setting",
    "resolved.plugins": "provenance",
    treatment: "treatment",
    wire: "derived",
    "wire.engine": "provenance",
    "wire.core_version": "provenance",
    "wire.preconditions": "treatment",
    own_steps: "derived",
    initial_hash: "provenance"
  },
  // What a brain is stands in the treatment of its learner: genome and connectome.
  brain: { "": "provenance" },
  metrics: { "plugin.id": "identity", "plugin.version": "identity", options: "setting", signature: "identity" },
  controls: { silent_reward: "treatment", shuffled_labels: "treatment" },
  checkpoint_every: { "": "setting" },
  packages: { "": "provenance" }
} as const satisfies Readonly<Record<keyof RunDocument, Roles>>

const table: ReadonlyArray<readonly [ReadonlyArray<string>, FieldRole]> = Object.entries(roles).flatMap(([first, rest]) =>
  Object.entries(rest).map(([name, role]): readonly [ReadonlyArray<string>, FieldRole] => [
    name === "" ? [first] : [first, ...name.split(".")],
    role
  ])
)

const fits = (pattern: ReadonlyArray<string>, steps: ReadonlyArray<string>): boolean =>
  pattern.length <= steps.length && pattern.every((step, at) => step === "*" || step === steps[at])

/** The role of a field by its name, `split.parts.0.count`; undefined when nobody classified it. */
export const roleOf = (field: string): FieldRole | undefined => {
  const steps = field.split(".")
  return table.filter(([pattern]) => fits(pattern, steps)).toSorted(([left], [right]) => right.length - left.length)[0]?.[1]
}

type Fields = Readonly<Record<string, JsonValue>>

const isObject = (value: JsonValue): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value)

/** A list of objects becomes an object by position, and so does an empty one: two of them differ in a member and not as a whole. */
const spread = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.every(isObject) ? Object.fromEntries(value.map((each, at) => [String(at), spread(each)])) : value
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, spread(each)])) : value
}

/** The members of a document, lists of objects as objects by position. */
export const fieldsOf = (document: RunDocument): Fields => {
  const fields = spread(document as unknown as JsonValue)
  if (!isObject(fields)) throw new Error("a run document is an object")
  return fields
}

/** The treatment knows the graph of transforms by one hash, which tells a person nothing: its nodes are shown as settings. */
const isShown = (field: string, role: "setting" | "provenance"): boolean =>
  roleOf(field) === role || (role === "setting" && field.split(".")[0] === "transforms")

/** The fields of one role in which not all documents agree. */
export const documentDifferences = (documents: ReadonlyArray<RunDocument>, role: "setting" | "provenance"): ReadonlyArray<Difference> =>
  fieldDifferences(documents.map(fieldsOf)).filter(({ field }) => isShown(field, role))
