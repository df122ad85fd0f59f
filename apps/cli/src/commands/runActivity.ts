/**
 * `run activity`: which neurons fire, burst by burst, when one sample is shown to the brain that a run had trained.
 *
 * Sharp edge: firings are columns of numbers, because a list of objects would be ten times as large; `area` counts in `areas`.
 */
import { areaCode } from "@feagi-trainer/brain"
import type { Answer, CoderSelection, SampleTrace, TypedTarget } from "@feagi-trainer/contracts"
import type { RunDocument, SampleActivity } from "@feagi-trainer/core"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { activityFlags, findActivity } from "../findActivity.ts"
import { json, optionalRunId } from "../flags.ts"
import { emit } from "../Out.ts"
import { reading } from "../services.ts"

const byBurst = 64

/** The area that FEAGI fires in every burst, whatever is shown. */
const powerCode = "___power"

type Role = "input" | "output" | "power" | "inner"

/** What an area is for. A core area of FEAGI that is neither input nor output of the binding counts as inner. */
const roleOf = ({ learner }: RunDocument): ((id: string) => Role) => {
  const { inputs, outputs } = learner.resolved as {
    readonly inputs: ReadonlyArray<CoderSelection>
    readonly outputs: ReadonlyArray<CoderSelection>
  }
  const areas = (selections: ReadonlyArray<CoderSelection>) => new Set(selections.map(({ binding }) => binding.cortical_area_id))
  const [into, out] = [areas(inputs), areas(outputs)]
  return (id) => (into.has(id) ? "input" : out.has(id) ? "output" : areaCode(id) === powerCode ? "power" : "inner")
}

const axis = (voxel: Uint32Array, which: 0 | 1 | 2): ReadonlyArray<number> =>
  Array.from({ length: voxel.length / 3 }, (_, at) => voxel[3 * at + which] ?? 0)

const dataOf = (run_id: string, document: RunDocument, { trace, ...found }: SampleActivity) => {
  const role = roleOf(document)
  return {
    run_id,
    ...found,
    schedule: trace.schedule,
    bursts: trace.bursts,
    areas: trace.areas.map((area) => ({ ...area, role: role(area.id) })),
    firings: {
      count: trace.count,
      burst: Array.from(trace.burst),
      area: Array.from(trace.area),
      x: axis(trace.voxel, 0),
      y: axis(trace.voxel, 1),
      z: axis(trace.voxel, 2),
      potential: Array.from(trace.potential)
    }
  }
}

/** The class and its label; what else an answer can be is named by its kind. */
const words = (value: Answer | TypedTarget | null, { dataset }: RunDocument): string => {
  if (value === null) return "none"
  if ("abstain" in value) return `none: ${value.abstain.reason}`
  if (!("class" in value)) return Object.keys(value).join(", ")
  const { class_id } = value.class
  return dataset.classes.find((each) => each.class_id === class_id)?.label ?? String(class_id)
}

const shades = ["·", "░", "▒", "▓", "█"] as const

/** Rows are areas, columns are bursts; a shade is the share of the most that fired in the area in one burst. */
const raster = ({ areas, bursts, area, burst, count }: SampleTrace): ReadonlyArray<string> => {
  const shown = Math.min(bursts, byBurst)
  const counts = areas.map(() => new Uint32Array(bursts))
  for (let at = 0; at < count; at++) {
    const row = counts[area[at] ?? 0]
    const column = (burst[at] ?? 1) - 1
    if (row !== undefined) row[column] = (row[column] ?? 0) + 1
  }
  const width = Math.max(...areas.map(({ name }) => name.length))
  return [
    `${"".padEnd(width)}  bursts 1 to ${shown}${shown < bursts ? ` of ${bursts}` : ""} →`,
    ...areas.flatMap(({ name, neurons }, at) => {
      const row = counts[at] ?? new Uint32Array()
      const most = row.reduce((a, b) => Math.max(a, b), 0)
      const total = row.reduce((a, b) => a + b, 0)
      const cells = Array.from(row.subarray(0, shown), (each) => shades[most === 0 ? 0 : Math.ceil((each / most) * 4)] ?? "█").join("")
      return [`${name.padEnd(width)}  ${cells}  ${total} firings, at most ${most} of ${neurons} neurons in a burst`]
    })
  ]
}

const text = (document: RunDocument, found: SampleActivity): string => {
  const { trace, checkpoint } = found
  const { hold_bursts, read_burst, settle_bursts } = trace.schedule
  return [
    `sample ${found.sample_id} of ${document.dataset.dataset_version_id}, part ${found.part}, target ${words(found.target, document)}`,
    `the brain as it was at the end of ${checkpoint.phase}: checkpoint ${checkpoint.sha256.slice(0, 12)}`,
    `injected in bursts 1 to ${hold_bursts}, read in burst ${read_burst}, ${settle_bursts} to settle`,
    "",
    ...raster(trace),
    "",
    `answer   ${words(found.answer, document)}`,
    `recorded ${words(found.recorded, document)} in phase ${found.phase}`
  ].join("\n")
}

export const activity = Command.make("activity", { run: optionalRunId, ...activityFlags, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const { row, document, found } = yield* findActivity(flags)
      yield* emit(flags.json, { kind: "run-activity", data: dataOf(row.run_id, document, found), human: text(document, found) })
    })
  )
).pipe(
  Command.withExamples([{ command: "feagi-trainer run activity latest --sample row-00007", description: "What happens in the brain" }])
)
