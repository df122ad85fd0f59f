/**
 * Row `frames`: coloured frames of 64 x 64 into the engine by a loop in JavaScript that makes the same voxels of them.
 *
 * Sharp edge: the loop stops at columns of voxels in JavaScript's memory. The module goes on to the neurons that the voxels are, so that
 * the next burst has them; a burst is not part of the comparison and is reported beside it.
 */
import {
  Brain,
  CoderBench,
  type EngineModule,
  EngineTools,
  registrations,
  type VoxelColumns
} from "../../packages/feagi-runtime/src/index.ts"
import { seeded } from "../../packages/feagi-runtime/test/support/brains.ts"
import { areasOf } from "../../packages/feagi-runtime/test/support/coders.ts"
import { genome } from "../../packages/feagi-runtime/test/support/genomes.ts"
import { comparePair, type Result, reportAlone } from "./measure.ts"

const SIDE = 64
const COLOURS = 3
const NUMBERS = SIDE * SIDE * COLOURS
const FRAMES = 200
/** The crates leave out what is at most this. */
const SILENT = 1
const row = "frames"
const unit = "frames/s"

/** Bytes of frames without two alike; one byte in 128 is no voxel. */
const pictures = (): Uint8Array => {
  let state = 12345
  return Uint8Array.from({ length: FRAMES * NUMBERS }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 24
  })
}

const columns = {
  x: new Uint32Array(NUMBERS),
  y: new Uint32Array(NUMBERS),
  z: new Uint32Array(NUMBERS),
  potential: new Float32Array(NUMBERS)
}

/** The plain encoder: rows from the top, FEAGI counts them from the bottom; a colour is a plane of depth. */
const encode = (bytes: Uint8Array, from: number): number => {
  const { x, y, z, potential } = columns
  let count = 0
  let at = from
  for (let line = 0; line < SIDE; line++) {
    for (let column = 0; column < SIDE; column++) {
      for (let colour = 0; colour < COLOURS; colour++) {
        const value = bytes[at++] ?? 0
        if (value <= SILENT) continue
        x[count] = column
        y[count] = SIDE - 1 - line
        z[count] = colour
        potential[count++] = value
      }
    }
  }
  return count
}

export const frames = async (module: EngineModule): Promise<ReadonlyArray<Result>> => {
  const vision = {
    unit: "Vision",
    group: 0,
    channels: 1,
    flags: { frame_change_handling: "Absolute" },
    coder: {
      CartesianPlane: { image_resolution: { width: SIDE, height: SIDE }, color_space: "Linear", color_channel_layout: "RGB" }
    }
  }
  const bind = { registrations: registrations([vision], []), inputs: [{ unit: "Vision", group: 0, channel: 0 }], outputs: [] }
  const text = genome(areasOf(new EngineTools(module).layout(bind.registrations).inputs, "IPU"))
  using brain = Brain.develop(module, { genome: text, random: seeded(1), budget: { voxels: 1e5, synapses: 1e5 }, reliesOn: [] })
  brain.bind(bind)
  using bench = CoderBench.open(module, bind)
  const batch = pictures()

  const rows = (count: number, { x, y, z, potential }: Pick<VoxelColumns, "x" | "y" | "z" | "potential">): string =>
    Array.from({ length: count }, (_, i) => `${x[i]},${y[i]},${z[i]} ${potential[i]}`)
      .sort()
      .join(";")
  const ofModule = bench.voxels(batch.subarray(0, NUMBERS))
  if (rows(ofModule.count, ofModule) !== rows(encode(batch, 0), columns)) throw new Error("the loop makes other voxels than the module")

  const rate = (work: () => void): number => {
    const start = performance.now()
    work()
    return (FRAMES * 1000) / (performance.now() - start)
  }
  let voxels = 0
  const loop = () => {
    voxels = 0
    for (let frame = 0; frame < FRAMES; frame++) voxels += encode(batch, frame * NUMBERS)
  }
  return [
    await comparePair({
      row,
      ours: ["encoded in the module, neurons found", () => rate(() => brain.present(batch, { hold: 0, read: 0, settle: 0 }))],
      peer: ["a JavaScript loop, voxels in columns", () => rate(loop)],
      unit,
      note: () => `${FRAMES} frames of ${SIDE} x ${SIDE} x ${COLOURS} bytes in one call, ${Math.round(voxels / FRAMES)} voxels each`
    }),
    await reportAlone(
      row,
      ["encoded, injected and one burst run", () => rate(() => brain.present(batch, { hold: 1, read: 0, settle: 0 }))],
      unit,
      "every voxel is a neuron that fires; the area has no synapses"
    )
  ]
}
