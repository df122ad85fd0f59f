/**
 * Several sources as one configuration: a later layer wins, tables merge, everything else replaces. Each part of the result knows
 * the layer it came from and what it overrode.
 *
 * Sharp edge: arrays replace as a whole. A path inside an array belongs to the layer of that array.
 */
import type { JsonPath, JsonValue } from "@feagi-trainer/determinism"
import type { Document, Located, Place } from "./Document.ts"
import { emptyTable, isFloatText, isTable, type Table, valueAt } from "./Value.ts"

/** One source, weakest first: `defaults`, `user`, `project`, `--config FILE`, `environment`, `--set`. */
export type Layer =
  | { readonly name: string; readonly document: Document }
  | {
      readonly name: string
      readonly value: JsonValue
      /** What to call the place of a value: `--set sampler.seed=7`, `FEAGI_TRAINER_STORE`. */
      readonly describe?: (path: JsonPath) => string
      /** How a value was written, where that is known: `1e3` is no integer, whoever says it. */
      readonly textOf?: (path: JsonPath) => string | undefined
    }

/** Where one value was said. */
export interface Said {
  readonly layer: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly value: JsonValue
}

export interface Origin extends Said {
  /** What weaker layers said in the same place, strongest first. Tables that were merged are not overridden. */
  readonly overrode: ReadonlyArray<Said>
}

export interface Layered extends Located {
  readonly layers: ReadonlyArray<string>
  /** Where the value at `path` came from; for a merged table the strongest layer that has it. `undefined` when there is no such value. */
  originOf(path: JsonPath): Origin | undefined
}

const contentOf = (layer: Layer): JsonValue => ("document" in layer ? layer.document.value : layer.value)

const merge = (weak: JsonValue, strong: JsonValue): JsonValue => {
  if (!isTable(weak) || !isTable(strong)) return copyOf(strong)
  const merged = copyTable(weak)
  for (const [key, value] of Object.entries(strong)) {
    const known = Object.hasOwn(merged, key) ? merged[key] : undefined
    merged[key] = known === undefined ? copyOf(value) : merge(known, value)
  }
  return merged
}

/** Tables of callers may have a prototype; ours have none. */
const copyOf = (value: JsonValue): JsonValue => {
  if (isTable(value)) return copyTable(value)
  return Array.isArray(value) ? value.map(copyOf) : value
}

const copyTable = (table: Table) => {
  const copy = emptyTable()
  for (const [key, value] of Object.entries(table)) copy[key] = copyOf(value)
  return copy
}

/** Merges layers, weakest first. The result can be decoded like a document: mistakes carry the place in their own layer. */
export const layer = (layers: ReadonlyArray<Layer>): Layered => {
  const value = layers.map(contentOf).reduce<JsonValue>(merge, emptyTable())

  /** The layers that have `path`, strongest first, up to the one that replaced everything weaker at or above it. */
  const holdersOf = (path: JsonPath): ReadonlyArray<Layer> => {
    const holders: Array<Layer> = []
    for (const each of layers.toReversed()) {
      const content = contentOf(each)
      const own = valueAt(content, path)
      if (own !== undefined) holders.push(each)
      const strongest = holders[0]
      // a value that is no table, here or above, hides what weaker layers say below it
      const hides = path.some((_, length) => {
        const above = valueAt(content, path.slice(0, length))
        return above !== undefined && !isTable(above)
      })
      if (hides) return strongest === undefined ? [] : holders
    }
    return holders
  }

  const strongestOf = (path: JsonPath): Layer | undefined => {
    const found = valueAt(value, path)
    return found === undefined ? undefined : holdersOf(path)[0]
  }

  const placeIn = (each: Layer, path: JsonPath, what: "key" | "value"): Place | undefined => {
    if ("document" in each) return what === "key" ? each.document.keyPositionOf(path) : each.document.positionOf(path)
    return { file: each.describe?.(path) ?? each.name }
  }

  const said = (each: Layer, path: JsonPath): Said => {
    const place = placeIn(each, path, "key") ?? placeIn(each, path, "value")
    return {
      layer: each.name,
      ...(place === undefined ? {} : { file: place.file }),
      ...(place?.line === undefined ? {} : { line: place.line }),
      ...(place?.column === undefined ? {} : { column: place.column }),
      value: valueAt(contentOf(each), path) ?? null
    }
  }

  /** The array around `path` that was replaced as a whole, or `path` itself. */
  const replacedPath = (path: JsonPath): JsonPath => {
    const index = path.findIndex((step) => typeof step === "number")
    return index < 0 ? path : path.slice(0, index)
  }

  const originOf = (path: JsonPath): Origin | undefined => {
    const strongest = strongestOf(path)
    if (strongest === undefined) return undefined
    const whole = replacedPath(path)
    const merged = isTable(valueAt(value, whole))
    const weaker = holdersOf(whole).slice(1)
    const overridden = merged ? weaker.filter((each) => !isTable(valueAt(contentOf(each), whole))) : weaker
    return { ...said(strongest, path), overrode: overridden.map((each) => said(each, whole)) }
  }

  const place = (path: JsonPath, what: "key" | "value"): Place | undefined => {
    // the root of no layer in particular has no place
    if (path.length === 0) return undefined
    const strongest = strongestOf(path)
    return strongest === undefined ? undefined : placeIn(strongest, path, what)
  }

  const textOf = (path: JsonPath): string | undefined => {
    const strongest = strongestOf(path)
    if (strongest === undefined) return undefined
    return "document" in strongest ? strongest.document.textOf(path) : strongest.textOf?.(path)
  }

  return {
    value,
    layers: layers.map((each) => each.name),
    originOf,
    positionOf: (path) => place(path, "value"),
    keyPositionOf: (path) => place(path, "key"),
    textOf,
    isFloatText: (path) => typeof valueAt(value, path) === "number" && isFloatText(textOf(path) ?? ""),
    formatOf: (path) => {
      const strongest = path.length === 0 ? undefined : (strongestOf(path) ?? strongestOf(path.slice(0, -1)))
      return strongest !== undefined && "document" in strongest ? strongest.document.format : "toml"
    }
  }
}
