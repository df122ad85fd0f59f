/**
 * The units of FEAGI that data can enter and leave through, as crate 0.0.53 has them: name, code, what the template of the unit accepts,
 * and the data kind that each of its areas carries in its id. A test compares the table with the engine's own.
 *
 * Sharp edge: the template only says what a unit is made for. FEAGI binds any coder to any unit that has as many areas.
 */
import type { DataKind } from "./CorticalId.ts"

export interface Unit {
  readonly direction: "input" | "output"
  /** FEAGI's name, as device registrations have it. */
  readonly name: string
  /** First four letters of the ids of its areas. */
  readonly code: string
  /** WrappedIOType that the template is made for. */
  readonly io_type: string
  /** Data kind of each area, in the order of the sub-units. */
  readonly kinds: ReadonlyArray<DataKind>
  /** Whether there is a form for changes (`Incremental`) beside the one for whole values. */
  readonly incremental: boolean
}

const unit =
  (direction: Unit["direction"]) =>
  (name: string, code: string, io_type: string, kinds: DataKind | ReadonlyArray<DataKind>, incremental = true): Unit => ({
    direction,
    name,
    code,
    io_type,
    kinds: typeof kinds === "string" ? [kinds] : kinds,
    incremental
  })
const input = unit("input")
const output = unit("output")
const times = (count: number, kind: DataKind): ReadonlyArray<DataKind> => Array.from({ length: count }, () => kind)

export const units: ReadonlyArray<Unit> = [
  input("Infrared", "iinf", "Percentage", "Percentage"),
  input("Proximity", "ipro", "Percentage", "Percentage"),
  input("Shock", "ishk", "Percentage", "Percentage"),
  input("Battery", "ibat", "Percentage", "Percentage"),
  input("Servo", "isvm", "Percentage", "Percentage"),
  input("AnalogGPIO", "iagp", "Percentage", "Percentage"),
  input("DigitalGPIO", "idgp", "Boolean", "Boolean"),
  input("MiscData", "imis", "MiscData", "MiscData"),
  input("TextEnglishInput", "iten", "MiscData", "MiscData", false),
  input("CountInput", "icnt", "Percentage", "Percentage", false),
  input("Vision", "iimg", "ImageFrame", "CartesianPlane"),
  input("DepthMap", "idpt", "MiscData", "MiscData"),
  input("ObjectSegmentationInput", "iseg", "MiscData", "MiscData", false),
  input("SegmentedVision", "isvi", "SegmentedImageFrame", times(9, "CartesianPlane")),
  input("RawIMU", "irim", "RawIMU", times(3, "SignedPercentage3D")),
  input("SmartIMU", "isim", "SignedPercentage_4D", "SignedPercentage4D"),
  input("CartesianPosition", "icpo", "Percentage_3D", "Percentage3D", false),
  input("AudioInput", "iaud", "AudioSpectrumFrame", "MiscData", false),
  output("RotaryMotor", "omot", "SignedPercentage", "SignedPercentage"),
  output("PositionalServo", "opse", "Percentage", times(3, "Percentage")),
  output("Gaze", "ogaz", "GazeProperties", ["Percentage2D", "Percentage"]),
  output("MiscData", "omis", "MiscData", "MiscData"),
  output("TextEnglishOutput", "oten", "MiscData", "MiscData", false),
  output("CountOutput", "ocnt", "Percentage", "Percentage", false),
  output("ObjectSegmentation", "oseg", "MiscData", "MiscData", false),
  output("SimpleVisionOutput", "oimg", "ImageFrame", "CartesianPlane"),
  output("PoseEstimation", "opos", "PoseEstimationData", "PoseEstimation", false),
  output("DynamicImageProcessing", "oifs", "ImageFilteringSettings", "Percentage"),
  output("SpatialPointer", "optr", "Percentage_3D", "Percentage3D"),
  output("AngularPointer", "oang", "SignedPercentage_3D", "SignedPercentage3D"),
  output("AudioOutput", "oaud", "AudioSpectrumFrame", "MiscData", false)
]

/** The unit of a code that options were checked for. */
export const unitOf = (code: string): Unit => {
  const found = units.find((each) => each.code === code)
  if (found === undefined) throw new RangeError(`FEAGI has no unit ${code}`)
  return found
}

export const codesOf = (direction: Unit["direction"]): ReadonlyArray<string> =>
  units.filter((each) => each.direction === direction).map(({ code }) => code)
