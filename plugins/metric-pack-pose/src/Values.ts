/**
 * The numbers of the pack, over all samples and for each object: means and medians of the errors of answered samples, and shares of all
 * samples, an abstention being never right.
 *
 * Sharp edge: an error says nothing about what was not answered; read it beside `answered`, or read a recall.
 */
import type { MetricValue } from "@feagi-trainer/contracts"
import { areaOf, type Column, columnOf, meanOf, medianOf, shareBelow } from "./Columns.ts"
import type { Model } from "./Models.ts"
import type { PoseOptions } from "./Options.ts"
import { bounds, type PoseErrors } from "./PoseErrors.ts"
import { degrees } from "./Quaternion.ts"
import type { Row } from "./Rows.ts"

type Points = NonNullable<PoseErrors["points"]>

/** Errors that need a model; `symmetric` says whether symmetries are declared for the object. */
const ofPoints = {
  add: ({ add }: Points) => add,
  adds: ({ adds }: Points) => adds,
  add_or_adds: ({ add, adds }: Points, symmetric: boolean) => (symmetric ? adds : add),
  mssd: ({ mssd }: Points) => mssd
} as const
type PointName = keyof typeof ofPoints
const pointNames = ["add", "adds", "add_or_adds", "mssd"] as const satisfies ReadonlyArray<PointName>
const recalled = ["add", "adds", "add_or_adds"] as const satisfies ReadonlyArray<PointName>
const withArea = ["add", "adds"] as const satisfies ReadonlyArray<PointName>

/** The samples of one object, or all of them. */
interface Group {
  /** What stands behind the names of its values: `/ape`, or nothing for all samples. */
  readonly suffix: string
  /** Why it may be empty. */
  readonly noSample: string
  readonly rows: Uint32Array
  readonly radians: Column
  readonly degrees: Column
  readonly translation: Column
  readonly points: Readonly<Record<PointName, Column>> | undefined
  /** As a share of the diameter. */
  readonly shares: Readonly<Record<PointName, Column>> | undefined
  /** For each bound, the rows within it, as a column of zeros. */
  readonly within: ReadonlyArray<Column>
}

/** The rows of a result, ready to be read for any multiset of them. */
export interface Table {
  readonly count: number
  readonly groups: ReadonlyArray<Group>
  readonly options: PoseOptions
}

const groupOf = (rows: ReadonlyArray<Row>, models: ReadonlyArray<Model>, chosen: Uint32Array, suffix: string, noSample: string): Group => {
  const errorsOf = (pick: (errors: PoseErrors, row: Row) => number | undefined): Column => {
    const entries: Array<readonly [number, number]> = []
    for (const index of chosen) {
      const row = rows[index]
      const value = row?.errors === undefined || row.errors === null ? undefined : pick(row.errors, row)
      if (value !== undefined) entries.push([index, value])
    }
    return columnOf(entries)
  }
  const pointColumn = (name: PointName, relative: boolean): Column =>
    errorsOf(({ points }, { object }) => {
      const model = models[object]
      if (points === null || model === undefined) return undefined
      return ofPoints[name](points, model.symmetries.length > 1) / (relative ? model.diameter : 1)
    })
  const pointColumns = (relative: boolean): Readonly<Record<PointName, Column>> => ({
    add: pointColumn("add", relative),
    adds: pointColumn("adds", relative),
    add_or_adds: pointColumn("add_or_adds", relative),
    mssd: pointColumn("mssd", relative)
  })
  return {
    suffix,
    noSample,
    rows: chosen,
    radians: errorsOf(({ rotation }) => rotation),
    degrees: errorsOf(({ rotation }) => degrees(rotation)),
    translation: errorsOf(({ translation }) => translation),
    points: models.length === 0 ? undefined : pointColumns(false),
    shares: models.length === 0 ? undefined : pointColumns(true),
    within: bounds.map((_, which) => errorsOf(({ within }) => (within[which] === true ? 0 : undefined)))
  }
}

/** @param models in the order that `object` of a row counts in */
export const tableOf = (rows: ReadonlyArray<Row>, models: ReadonlyArray<Model>, options: PoseOptions): Table => {
  const indices = (keep: (row: Row) => boolean): Uint32Array => Uint32Array.from(rows.flatMap((row, index) => (keep(row) ? [index] : [])))
  return {
    count: rows.length,
    options,
    groups: [
      groupOf(
        rows,
        models,
        indices(() => true),
        "",
        "no sample was scored"
      ),
      ...models.map(({ name }, object) =>
        groupOf(
          rows,
          models,
          indices((row) => row.object === object),
          `/${name}`,
          `no sample is of "${name}"`
        )
      )
    ]
  }
}

const noModel = "no object model is declared, and this value needs its points"

const groupValues = (
  group: Group,
  times: Uint32Array,
  { add_threshold, auc_max }: PoseOptions
): ReadonlyArray<readonly [string, MetricValue]> => {
  let samples = 0
  for (const row of group.rows) samples += times[row] ?? 0
  const none = samples === 0 ? group.noSample : "every sample was abstained from"
  const ofAll = (share: () => number): MetricValue => (samples === 0 ? { insufficient: group.noSample } : share())
  const mean = (column: Column): MetricValue => meanOf(column, times, none)
  const median = (column: Column): MetricValue => medianOf(column, times, none)
  const ofModel = (columns: Group["points"], name: PointName, value: (column: Column) => MetricValue): MetricValue =>
    columns === undefined ? { insufficient: noModel } : value(columns[name])
  const answered = shareBelow(group.translation, times, Number.POSITIVE_INFINITY, 1)
  return [
    ...pointNames.flatMap(
      (name): ReadonlyArray<readonly [string, MetricValue]> => [
        [name, ofModel(group.points, name, mean)],
        [`${name}_median`, ofModel(group.points, name, median)]
      ]
    ),
    ...recalled.map(
      (name) =>
        [`${name}_recall`, ofModel(group.shares, name, (column) => ofAll(() => shareBelow(column, times, add_threshold, samples)))] as const
    ),
    ...withArea.map(
      (name) => [`${name}_auc`, ofModel(group.points, name, (column) => ofAll(() => areaOf(column, times, auc_max, samples)))] as const
    ),
    ["rotation_deg", mean(group.degrees)],
    ["rotation_deg_median", median(group.degrees)],
    ["rotation_rad", mean(group.radians)],
    ["rotation_rad_median", median(group.radians)],
    ["translation", mean(group.translation)],
    ["translation_median", median(group.translation)],
    ...bounds.map(({ name }, which) => {
      const column = group.within[which]
      return [name, column === undefined ? { insufficient: none } : ofAll(() => shareBelow(column, times, 1, samples))] as const
    }),
    ["answered", ofAll(() => answered / samples)],
    ["abstained", ofAll(() => (samples - answered) / samples)],
    ["samples", samples]
  ]
}

/** Every value of the pack for a multiset of the rows. @param times how often each row occurs */
export const valuesOf = ({ groups, options }: Table, times: Uint32Array): Readonly<Record<string, MetricValue>> =>
  Object.fromEntries(
    groups.flatMap((group) => groupValues(group, times, options).map(([name, value]) => [`${name}${group.suffix}`, value] as const))
  )
