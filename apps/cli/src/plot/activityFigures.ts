/** What fired in a brain while one sample was shown: as a raster of areas by burst, and as slices of one area, over all bursts or burst by burst. */
import type { Figure } from "@feagi-trainer/charts"
import type { SampleActivity } from "@feagi-trainer/core"

type Trace = SampleActivity["trace"]
export type Area = Trace["areas"][number]

/** A stroke for every burst in which anything of an area fired, the counts below being of neurons. */
export const rasterFigure = (run_id: string, sample_id: string, trace: Trace): Figure => {
  const events = trace.areas.map((): Array<number> => [])
  for (let at = 0; at < trace.count; at++) events[trace.area[at] ?? 0]?.push((trace.burst[at] ?? 1) - 1)
  return {
    kind: "raster",
    id: `raster/${run_id}/${sample_id}`,
    title: `Spikes of ${sample_id}`,
    description: `${trace.count} firings of ${trace.areas.length} cortical areas in ${trace.bursts} bursts.`,
    x: { label: "burst", unit: "from 0" },
    length: trace.bursts,
    rows: { label: "cortical area", categories: trace.areas.map(({ name }) => name) },
    events: events.map((places) => places.sort((a, b) => a - b))
  }
}

/**
 * Slices along z of one area. A voxel shows in how many of the bursts it fired; of a single burst, whether it did.
 *
 * @param burst from 1; undefined: all of them together
 */
export const voxelFigure = (run_id: string, sample_id: string, trace: Trace, area: Area, burst: number | undefined): Figure => {
  const [width, height, depth] = area.dimensions
  const slices = Array.from({ length: depth }, () => Array.from({ length: height }, () => new Array<number>(width).fill(0)))
  const index = trace.areas.indexOf(area)
  for (let at = 0; at < trace.count; at++) {
    if (trace.area[at] !== index || (burst !== undefined && trace.burst[at] !== burst)) continue
    const [x, y, z] = [trace.voxel[3 * at] ?? 0, trace.voxel[3 * at + 1] ?? 0, trace.voxel[3 * at + 2] ?? 0]
    const row = slices[z]?.[y]
    if (row !== undefined) row[x] = (row[x] ?? 0) + 1
  }
  const when = burst === undefined ? `${trace.bursts} bursts` : `burst ${burst} of ${trace.bursts}`
  return {
    kind: "grid",
    id: `voxels/${run_id}/${sample_id}/${area.id}`,
    title: `${area.name}: ${sample_id}, ${when}`,
    description: `Firings of each of ${width} × ${height} × ${depth} voxels in ${when}.`,
    x: { label: "x" },
    y: { label: "y" },
    colours: "sequential",
    unit: "firings",
    reaches: [0, 1],
    panels: slices.map((values, z) => ({ title: `z ${z}`, values }))
  }
}
