/**
 * FEAGI's encoders and decoders without a brain: to look at what a value becomes, to speak the wire's bytes, to test.
 * Values have the crates' JSON form, `{ "Percentage": 0.5 }`; numbers that JSON lacks are "NaN", "Infinity", "-Infinity", "-0".
 * Sharp edge: values are not range checked here, as in the crates' unchecked constructors; a bound `Brain` checks them.
 */
import { EngineError } from "./EngineError.ts"
import { type EngineModule, noChance } from "./EngineModule.ts"
import { Instance } from "./Instance.ts"
import { bytesOfHex, hexOf } from "./Text.ts"

export interface CoderSessionOptions {
  /** A registrations JSON. */
  readonly config?: unknown
  /** Units that a registrations JSON cannot carry: RawIMU, SegmentedVision with a gaze, Gaze with a plane. */
  readonly register?: ReadonlyArray<Readonly<Record<string, unknown>>>
}

/** Columns of voxels; `p` may hold the texts for numbers that JSON lacks. */
export interface CoderVoxels {
  readonly x: ReadonlyArray<number>
  readonly y: ReadonlyArray<number>
  readonly z: ReadonlyArray<number>
  readonly p: ReadonlyArray<number | string>
}

export interface DecodedChannel {
  readonly unit: string
  readonly group: number
  readonly channel: number
  readonly value: Readonly<Record<string, unknown>>
}

export class CoderSession {
  readonly #instance: Instance

  private constructor(instance: Instance) {
    this.#instance = instance
  }

  /** Registers coders; the crates' own words say what is wrong with a configuration (`coder`). */
  static open(module: EngineModule, options: CoderSessionOptions): CoderSession {
    const instance = new Instance(module.wasm, noChance())
    instance.ask("open", { config: options.config ?? null, register: options.register ?? [] })
    return new CoderSession(instance)
  }

  /** Writes the value of one input channel. `properties` are those of an audio spectrum. */
  write(unit: string, group: number, channel: number, value: unknown, properties?: unknown): void {
    this.#instance.ask("write", { unit, group, channel, value, properties: properties ?? null })
  }

  /** One burst of all encoders: voxels by cortical id, in the encoders' order. */
  encode(): Readonly<Record<string, CoderVoxels>> {
    return this.#instance.ask("encode", {}) as Readonly<Record<string, CoderVoxels>>
  }

  /** The byte container of the last burst. */
  bytes(): Uint8Array {
    return bytesOfHex(this.#instance.ask("bytes", {}) as string)
  }

  /** One packet for the decoders: the channels that it changed. */
  decodeVoxels(voxels: Readonly<Record<string, CoderVoxels>>): ReadonlyArray<DecodedChannel> {
    return this.#instance.ask("decodeVoxels", { voxels }) as ReadonlyArray<DecodedChannel>
  }

  decodeBytes(bytes: Uint8Array): ReadonlyArray<DecodedChannel> {
    return this.#instance.ask("decodeBytes", { bytes: hexOf(bytes) }) as ReadonlyArray<DecodedChannel>
  }

  /** The registrations JSON as the crates export it. */
  registrations(): unknown {
    return this.#instance.ask("registrations", {})
  }

  dispose(): void {
    this.#instance.end(new EngineError("disposed", "this session of coders was disposed"))
  }
}
