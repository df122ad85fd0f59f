/**
 * One unit with one coder as a CoderSelection: ids and sizes of all its areas, and FEAGI's registration of it as `properties`. Encoders and
 * decoders differ in how they come to a unit and a coder; everything after that is here.
 */
import type { CoderSelection, Mistake, Selected } from "@feagi-trainer/contracts"
import { areaIds, blocksOf, type CoderForm, flagsOf, kindsOf, type UnitFlags } from "./CoderForm.ts"
import { type DataKind, showArea } from "./CorticalId.ts"
import { refused } from "./Tabular.ts"
import type { Unit } from "./Units.ts"

export interface UnitUse {
  readonly unit: Unit
  readonly group: number
  readonly form: CoderForm
  readonly flags: UnitFlags
  readonly channels: number
  /** How channels come from the numbers of a sample, or make an answer. The engine does not read it. */
  readonly layout: Readonly<Record<string, unknown>>
}

const invalid = (path: ReadonlyArray<string>, message: string, expected: string, actual: string): Mistake => ({
  path,
  problem: "invalid",
  message,
  expected,
  actual
})

/** Decoders that look at the data kind in the id of their area. */
const decodableKinds: Readonly<Record<string, ReadonlyArray<DataKind>>> = {
  image_filtering_settings: ["Percentage"],
  spatial_pointer: ["Percentage3D", "SignedPercentage3D"],
  angular_pointer: ["SignedPercentage3D"]
}

/** What does not go together in a unit, a coder and flags; told before there is any data. */
export const unitFaults = ({ unit, form, flags }: Pick<UnitUse, "unit" | "form" | "flags">): ReadonlyArray<Mistake> => {
  const faults: Array<Mistake> = []
  const works = unit.direction === "input" ? form.encodes : form.decodes
  if (!works)
    faults.push(
      invalid(
        ["coder"],
        `FEAGI has no ${unit.direction === "input" ? "encoder" : "decoder"} ${form.coder}`,
        `a coder that ${unit.direction === "input" ? "encodes" : "decodes"}`,
        form.coder
      )
    )
  if (form.blocks.length !== unit.kinds.length)
    faults.push(
      invalid(
        ["coder"],
        `unit ${unit.code} has another number of areas than the coder ${form.coder}`,
        `a coder of ${unit.kinds.length} areas`,
        String(form.blocks.length)
      )
    )
  if (flags.frame === "Incremental" && !unit.incremental)
    faults.push(invalid(["frame"], `unit ${unit.code} takes whole values only`, "Absolute", "Incremental"))
  const [kind = "MiscData"] = kindsOf(unit, flags.frame)
  const kinds = decodableKinds[form.coder]
  if (kinds !== undefined && !kinds.includes(kind))
    faults.push(
      invalid(
        ["coder"],
        `FEAGI's decoder ${form.coder} does not read the areas of unit ${unit.code}`,
        `an area of ${kinds.join(" or ")}`,
        kind
      )
    )
  const columns = form.blocks[0]?.[0]
  const pointer = form.coder === "spatial_pointer" || form.coder === "angular_pointer"
  if (pointer && (columns === 6) !== (flags.frame === "Incremental"))
    faults.push(
      invalid(
        ["coder"],
        "a pointer has three columns for whole values and six for changes",
        `width ${flags.frame === "Incremental" ? 6 : 3} with frame = "${flags.frame}"`,
        `width ${columns}`
      )
    )
  if (form.coder === "spatial_pointer" && unit.name === "AngularPointer")
    faults.push(invalid(["coder"], "FEAGI's decoder of spatial pointers fails on an angular one", "AngularPointer", "SpatialPointer"))
  return faults
}

export const selectUnit = (use: UnitUse): Selected<CoderSelection> => {
  const faults = unitFaults(use)
  const { unit, group, form, flags, channels, layout } = use
  const blocks = blocksOf(form, flags)
  const [block] = blocks
  const ids = areaIds(unit, group, form, flags)
  const [id] = ids
  if (faults.length > 0 || block === undefined || id === undefined) return refused(faults)
  return {
    ok: true,
    value: {
      direction: unit.direction,
      binding: {
        io_type: form.io_type,
        coder_id: `${form.coder}_${unit.direction === "input" ? "encoder" : "decoder"}`,
        cortical_area_id: id,
        properties: {
          unit: unit.name,
          group,
          flags: flagsOf(unit, form, flags),
          coder: form.json,
          layout,
          ...(form.stages === undefined ? {} : { stages: form.stages }),
          ...(ids.length === 1 ? {} : { areas: ids.map((each, area) => ({ id: each, dimensions: blocks[area] ?? block })) })
        } as CoderSelection["binding"]["properties"]
      },
      channels,
      channel_dimensions: block
    }
  }
}

/** All of them, or every mistake in any of them. */
export const selectUnits = (uses: ReadonlyArray<UnitUse>): Selected<ReadonlyArray<CoderSelection>> => {
  const selected = uses.map(selectUnit)
  const mistakes = selected.flatMap((each) => (each.ok ? [] : each.mistakes))
  const value = selected.flatMap((each) => (each.ok ? [each.value] : []))
  const twice = value.find(
    ({ binding }, index) => value.findIndex((other) => other.binding.cortical_area_id === binding.cortical_area_id) < index
  )
  if (twice !== undefined)
    mistakes.push(
      invalid(
        ["group"],
        `area ${showArea(twice.binding.cortical_area_id)} is bound twice`,
        "another group for each unit of a code",
        showArea(twice.binding.cortical_area_id)
      )
    )
  return mistakes.length > 0 ? refused(mistakes) : { ok: true, value }
}
