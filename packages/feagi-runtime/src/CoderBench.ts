/**
 * Encoders without a brain, for thousands of samples: what a sample becomes as columns of voxels, with no JSON on the way.
 * Sharp edge: a bench takes what `Brain.bind` takes and refuses what it refuses, but for the areas of a genome, which it has not.
 */
import type { BindOptions } from "./Brain.ts"
import { EngineError } from "./EngineError.ts"
import { type EngineModule, noChance } from "./EngineModule.ts"
import { Instance } from "./Instance.ts"
import { checkSample, type DescribedInputs, type SampleNumbers, type SampleShape, sampleShape } from "./Samples.ts"

/** Voxels as columns of one length, sorted by area, within an area in the encoder's order. */
export interface VoxelColumns {
  readonly count: number
  /** Position of the voxel's area in `areas` of the bench. */
  readonly area: Uint32Array
  readonly x: Uint32Array
  readonly y: Uint32Array
  readonly z: Uint32Array
  /** 1 for Percentages and Booleans, 2 to 255 for frames (the crates leave 1 out too), the number itself for MiscData. Never 0. */
  readonly potential: Float32Array
}

/** The columns that the engine answered with: count, area, x, y, z, potential bits. */
export const voxelColumns = (words: Uint32Array): VoxelColumns => {
  const count = words[0] ?? 0
  const column = (number: number) => words.subarray(1 + number * count, 1 + (number + 1) * count)
  const potential = new Float32Array(words.buffer, words.byteOffset + 4 * (1 + 4 * count), count)
  return { count, area: column(0), x: column(1), y: column(2), z: column(3), potential }
}

/** Encodes a sample with `ft_explain` (a brain) or `ft_voxels` (a bench). */
export const encoded = (instance: Instance, name: "ft_explain" | "ft_voxels", sample: SampleNumbers): VoxelColumns => {
  const { at, asBytes } = instance.putNumbers(sample, 0)
  instance.call(name, at, sample.length, asBytes)
  return voxelColumns(instance.words())
}

export class CoderBench {
  readonly #instance: Instance
  readonly #shape: SampleShape
  /** Ids of the areas that the encoders write to, base64, sorted by their bytes; `VoxelColumns.area` counts in them. */
  readonly areas: ReadonlyArray<string>

  private constructor(instance: Instance, shape: SampleShape, areas: ReadonlyArray<string>) {
    this.#instance = instance
    this.#shape = shape
    this.areas = areas
  }

  /** Registers the real coders. Fails with `coder`, with every reason at once, where `Brain.bind` would. */
  static open(module: EngineModule, options: BindOptions): CoderBench {
    const instance = new Instance(module.wasm, noChance())
    const { registrations, inputs, outputs } = options
    const described = instance.ask("bench", { registrations, inputs, outputs }) as DescribedInputs
    return new CoderBench(instance, sampleShape(described, inputs), described.inputAreas)
  }

  /** Numbers of one sample. */
  get inputWidth(): number {
    return this.#shape.inputWidth
  }

  /** The voxels of one sample; bytes only where every input is a frame. Fails with `payload-invalid` for numbers out of range. */
  voxels(sample: ArrayLike<number>): VoxelColumns {
    const numbers = sample instanceof Float32Array || sample instanceof Uint8Array ? sample : Float32Array.from(sample)
    checkSample(numbers, this.#shape)
    return encoded(this.#instance, "ft_voxels", numbers)
  }

  /** Lets go of the instance's memory; every later call fails with `disposed`. */
  dispose(): void {
    this.#instance.end(new EngineError("disposed", "this bench of coders was disposed; open another one"))
  }

  [Symbol.dispose](): void {
    this.dispose()
  }
}
