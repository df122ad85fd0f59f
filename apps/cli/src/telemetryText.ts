/** A figure of telemetry as people read it: six significant digits, whole numbers whole, and its unit. */
import type { TelemetryFigure } from "@feagi-trainer/core"

export const telemetryValue = ({ value, unit }: Pick<TelemetryFigure, "value" | "unit">): string => {
  const text = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)))
  return unit === "1" ? text : `${text} ${unit}`
}
