/**
 * The ids of input and output areas: 8 bytes as base64, made of unit code, data kind, positioning and group.
 *
 * Sharp edge: channels are not part of an id, so that two units of one group share an area; the group tells them apart.
 */
import { Buffer } from "node:buffer"

/** Bits 0–3 of the flags: what one channel carries. */
const dataKinds = [
  "Boolean",
  "Percentage",
  "Percentage2D",
  "Percentage3D",
  "Percentage4D",
  "SignedPercentage",
  "SignedPercentage2D",
  "SignedPercentage3D",
  "SignedPercentage4D",
  "CartesianPlane",
  "MiscData",
  "PoseEstimation"
] as const
export type DataKind = (typeof dataKinds)[number]

export type Positioning = "Linear" | "Fractional"
export type FrameChange = "Absolute" | "Incremental"

/** Bits 10–12: which skeleton the joints of a pose belong to. */
export const poseSchemas = ["HumanBody", "HumanHand", "HumanFace", "Quadruped", "Avian", "Arthropod"] as const
export type PoseSchema = (typeof poseSchemas)[number]

/** Unit codes that hold one Percentage per channel on one area, and FEAGI's names of those units. */
export const percentageUnits = {
  iinf: "Infrared",
  ipro: "Proximity",
  ishk: "Shock",
  ibat: "Battery",
  isvm: "Servo",
  icnt: "CountInput"
} as const
export type PercentageUnit = keyof typeof percentageUnits

export const booleanUnits = { idgp: "DigitalGPIO" } as const
export const miscOutputUnits = { omis: "MiscData" } as const

/** Groups are 16 bits wide. */
export const LAST_GROUP = 65_535

const incrementalBit = 0x100
const fractionalBit = 0x200

const word = (value: number): ReadonlyArray<number> => [value & 0xff, value >> 8]
const ascii = (text: string): ReadonlyArray<number> => Array.from(text, (character) => character.charCodeAt(0))
const base64 = (bytes: ReadonlyArray<number>): string => Buffer.from(bytes).toString("base64")

/** What an id holds besides code and group. Only kinds with a value axis have a positioning, only poses a schema. */
export interface AreaFlags {
  readonly kind: DataKind
  /** Place of the area within a unit of several. */
  readonly sub?: number
  readonly positioning?: Positioning
  readonly frame?: FrameChange
  readonly pose?: PoseSchema
}

const hasAxis = (kind: DataKind): boolean => kind.includes("Percentage")

export const unitAreaId = (code: string, group: number, { kind, sub = 0, positioning, frame, pose }: AreaFlags): string =>
  base64([
    ...ascii(code),
    ...word(
      dataKinds.indexOf(kind) |
        (sub << 4) |
        (frame === "Incremental" && kind !== "Boolean" ? incrementalBit : 0) |
        (positioning === "Fractional" && hasAxis(kind) ? fractionalBit : 0) |
        ((pose === undefined ? 0 : poseSchemas.indexOf(pose)) << 10)
    ),
    ...word(group)
  ])

/** Id of the one area of an input or output unit, absolute frames. */
export const areaId = (code: string, kind: DataKind, group: number, positioning: Positioning = "Linear"): string =>
  unitAreaId(code, group, { kind, positioning })

/** Id of a core area, or of any other that is told by its name: padded with `_` to 8 characters. */
export const namedId = (name: string): string => base64(ascii(name.padEnd(8, "_").slice(0, 8)))

/** Id of the area that drives a modulator. */
export const driverId = (serial: number): string => base64([...ascii("g___"), ...word(serial), 0, 0])

/** An id as people read it: `iinf/0 Percentage Linear` for inputs and outputs, its letters for everything else. */
export const showArea = (id: string): string => {
  const bytes = Buffer.from(id, "base64")
  if (bytes.length !== 8) return id
  const letters = bytes.toString("latin1")
  if (!/^[io][a-z]{3}/.test(letters)) return /^[\x20-\x7e]{8}$/.test(letters) ? letters : `${letters.slice(0, 4)}#${bytes.readUInt32LE(4)}`
  const flags = bytes.readUInt16LE(4)
  const kind = dataKinds[flags & 0xf]
  const positioning = kind !== undefined && hasAxis(kind) ? ((flags & fractionalBit) === 0 ? " Linear" : " Fractional") : ""
  const incremental = (flags & incrementalBit) === 0 ? "" : " incremental"
  const sub = (flags >> 4) & 0xf
  return `${letters.slice(0, 4)}/${bytes.readUInt16LE(6)}${sub === 0 ? "" : `.${sub}`} ${kind ?? `kind ${flags & 0xf}`}${positioning}${incremental}`
}
