/**
 * One brain: develop it from a genome, bind coders, present samples, give feedback, look inside, save and restore.
 * The same module, genome, random bytes and calls give the same bursts bit for bit, on every platform.
 * Sharp edges: a brain is not thread-safe (it lives in one thread, synchronously); it holds its instance until `dispose`.
 */
import { encoded } from "./CoderBench.ts"
import { EngineError } from "./EngineError.ts"
import type { EngineModule } from "./EngineModule.ts"
import { Instance } from "./Instance.ts"
import type { RandomSource } from "./RandomSource.ts"
import type { Registrations } from "./Registrations.ts"
import {
  type ChannelRef,
  checkBatch,
  checkSample,
  type DescribedInputs,
  type NumberRange,
  placed,
  type SampleNumbers,
  type SampleShape,
  sampleShape
} from "./Samples.ts"
import { hexOf, utf8 } from "./Text.ts"

/** How large a brain may become. Voxels are checked before development, synapses as soon as they can be known. */
export interface Budget {
  readonly voxels: number
  readonly synapses: number
}

export interface DevelopOptions {
  /** The genome as JSON text; a checkpoint belongs to exactly this text. */
  readonly genome: string
  readonly random: RandomSource
  readonly budget: Budget
  /** Mappings that must have at least one synapse, by the base64 ids of their areas. */
  readonly reliesOn: ReadonlyArray<{ readonly from: string; readonly to: string }>
  /** `false` accepts what FEAGI's validator calls errors, which its own templates do not pass. Default `true`. */
  readonly strict?: boolean
}

export interface BrainArea {
  /** Cortical id, base64. */
  readonly id: string
  readonly name: string
  readonly dims: readonly [number, number, number]
  readonly voxels: number
  readonly neurons: number
}

export interface BrainMapping {
  readonly from: string
  readonly to: string
  readonly plastic: boolean
  readonly morphologies: ReadonlyArray<string>
  readonly synapses: number
}

export interface BrainModulator {
  readonly name: string
  readonly type: string
  readonly magnitudePercent: number
  readonly effectDurationBursts: number
  readonly restBursts: number
  /** A graded modulator acts with `magnitudePercent / 100 * min(potential / fullScalePotential, 1)`. */
  readonly graded: boolean
  readonly fullScalePotential: number | null
  /** Area whose firing is the signal; force its voxel to give it. */
  readonly driver: string
}

export interface BrainInfo {
  readonly areas: ReadonlyArray<BrainArea>
  readonly mappings: ReadonlyArray<BrainMapping>
  readonly modulators: ReadonlyArray<BrainModulator>
  readonly neurons: number
  readonly synapses: number
  /** Bursts since development. */
  readonly burst: number
  readonly precision: "fp32" | "int8"
}

export interface BindOptions {
  readonly registrations: Registrations
  /** Order of the numbers of a sample. Every registered input channel occurs exactly once. */
  readonly inputs: ReadonlyArray<ChannelRef>
  /** Order of the readings. */
  readonly outputs: ReadonlyArray<ChannelRef>
}

/** Bursts of one sample. */
export interface Timing {
  /** Bursts in which the sample's voxels are injected. */
  readonly hold: number
  /** Bursts after them whose output voxels go to the decoders, burst by burst; the reading is what they show at the end. */
  readonly read: number
  /** Idle bursts at the end. */
  readonly settle: number
}

export interface Presentation {
  /** n x outputWidth. NaN where the channel was silent. */
  readonly readings: Float32Array
  /** n x outputs.length. 1 = no voxel of the channel fired in the read window. */
  readonly silent: Uint8Array
}

/** x, y, z and potential (1 if left out: the potential of a Percentage voxel). */
export type Voxel = readonly [x: number, y: number, z: number, potential?: number]

export interface Target {
  readonly area: string
  readonly voxels: ReadonlyArray<Voxel>
}

export type VoxelsOfArea = Target

/** What happens before the burst with this number runs (0 is the next one). */
export type FeedbackEvent = { readonly offset: number; readonly force: Target } | { readonly offset: number; readonly represent: true }

export interface Firing {
  readonly area: string
  readonly x: number
  readonly y: number
  readonly z: number
  readonly potential: number
  readonly neuron: number
}

export interface BrainWeights {
  readonly count: number
  /** x, y, z of each synapse's source, then the next. */
  readonly source: Uint32Array
  readonly target: Uint32Array
  readonly weight: Float32Array
  /** Postsynaptic potential; a synapse contributes weight * potential. */
  readonly potential: Float32Array
  readonly inhibitory: Uint8Array
}

export type HashPart = "connectome" | "state" | "full"

export interface BrainActivity {
  readonly bursts: number
  /** Neurons that fired, those of memory areas too, those of the core area `___power` not: it fires in every burst. */
  readonly spikes: number
  /** Outgoing synapses of the neurons that fired, summed; those of `___power` do not count. */
  readonly synapticEvents: number
}

/** Every synapse of a brain as columns of one length. */
export interface BrainSynapses {
  readonly count: number
  /** Ids of the areas, base64, sorted by their bytes; `sourceArea` and `targetArea` count in them. */
  readonly areas: ReadonlyArray<string>
  readonly sourceArea: Uint32Array
  /** x, y, z of each synapse's source, then the next. */
  readonly source: Uint32Array
  readonly targetArea: Uint32Array
  readonly target: Uint32Array
  readonly weight: Float32Array
  /** Postsynaptic potential; a synapse contributes weight * potential. */
  readonly potential: Float32Array
  readonly inhibitory: Uint8Array
}

interface OutputChannel {
  readonly ref: ChannelRef
  readonly start: number
  readonly width: number
  readonly ranges: ReadonlyArray<NumberRange>
  readonly area: string
}

interface Binding extends SampleShape {
  readonly inputAreas: ReadonlyArray<string>
  readonly outputs: ReadonlyArray<OutputChannel>
  readonly outputWidth: number
}

const originBytes = 32
const firedWords = 6
const weightWords = 9
const maxBursts = 1_000_000

const invalid = (message: string): EngineError => new EngineError("payload-invalid", message)

const bursts = (name: string, value: number): number => {
  if (Number.isInteger(value) && value >= 0 && value <= maxBursts) return value
  throw invalid(`${name} must be a whole number of bursts from 0 to ${maxBursts}, and it is ${value}`)
}

const limit = (name: string, value: number): number => {
  if (Number.isSafeInteger(value) && value > 0) return value
  throw invalid(`budget.${name} must be a whole number > 0, and it is ${value}`)
}

const bits = new DataView(new ArrayBuffer(4))
const floatBits = (value: number): number => {
  bits.setFloat32(0, value, true)
  return bits.getUint32(0, true)
}

const floatsOf = (words: Uint32Array): Float32Array => new Float32Array(words.buffer)

export class Brain {
  readonly #instance: Instance
  readonly #areas: ReadonlyMap<string, { readonly number: number; readonly dims: readonly [number, number, number] }>
  readonly #areaIds: ReadonlyArray<string>
  #binding: Binding | undefined

  private constructor(instance: Instance) {
    this.#instance = instance
    const areas = (instance.ask("info", {}) as BrainInfo).areas
    this.#areas = new Map(areas.map(({ id, dims }, number) => [id, { number, dims }]))
    this.#areaIds = areas.map(({ id }) => id)
  }

  /**
   * Develops a genome. Fails with `genome-invalid`, `budget-exceeded` (before anything grows, if voxels are at fault) or
   * `mapping-empty`, which names every relied-on mapping without a synapse.
   */
  static develop(module: EngineModule, options: DevelopOptions): Brain {
    const budget = { voxels: limit("voxels", options.budget.voxels), synapses: limit("synapses", options.budget.synapses) }
    const origin = new Uint8Array(originBytes)
    options.random.fill(origin)
    const instance = new Instance(module.wasm, options.random)
    const { genome, reliesOn, strict = true } = options
    instance.ask("develop", { genome, reliesOn, strict, budget, origin: hexOf(origin) })
    return new Brain(instance)
  }

  info(): BrainInfo {
    return this.#instance.ask("info", {}) as BrainInfo
  }

  /**
   * Registers the real coders and fixes the order of a sample's numbers and of the readings. Every unit and coder of FEAGI can
   * be bound, chosen by the JSON of the registrations. Fails with `coder` if a channel is not registered, an area has another
   * size than its coder needs, or the crates are known to drop or to invent numbers; what they merely scale is mended: a
   * Fractional Percentage is decoded as twice its value, and the reading is half of that. See the README for the full list.
   */
  bind(options: BindOptions): { readonly inputWidth: number; readonly outputWidth: number } {
    const { registrations, inputs, outputs } = options
    const answer = this.#instance.ask("bind", { registrations, inputs, outputs }) as DescribedInputs & {
      readonly outputs: ReadonlyArray<Omit<OutputChannel, "ref" | "start">>
    }
    const outputWidth = answer.outputs.reduce((sum, channel) => sum + channel.width, 0)
    const shape = sampleShape(answer, inputs)
    this.#binding = { ...shape, inputAreas: answer.inputAreas, outputs: placed(answer.outputs, outputs), outputWidth }
    return { inputWidth: shape.inputWidth, outputWidth }
  }

  #bound(): Binding {
    if (this.#binding === undefined) throw new EngineError("coder", "no coders are bound; call bind() first")
    return this.#binding
  }

  /**
   * Presents a batch, flat n x inputWidth, in one call of the engine. Each sample runs hold + read + settle bursts. Where every
   * input is a frame the batch may be bytes, rows from the top, colours of a pixel side by side; they are copied once, into the
   * engine, and never become numbers in between.
   */
  present(batch: SampleNumbers, timing: Timing): Presentation {
    const bound = this.#bound()
    const samples = checkBatch(batch, bound)
    const [hold, read, settle] = [bursts("hold", timing.hold), bursts("read", timing.read), bursts("settle", timing.settle)]
    const readingCount = samples * bound.outputWidth
    const silentCount = samples * bound.outputs.length
    const { at, end: readingsAt, asBytes } = this.#instance.putNumbers(batch, 4 * readingCount + silentCount)
    const silentAt = readingsAt + 4 * readingCount
    this.#instance.call("ft_present", at, batch.length, asBytes, hold, read, settle, readingsAt, readingCount, silentAt, silentCount)
    const { buffer } = this.#instance
    return {
      readings: new Float32Array(buffer, readingsAt, readingCount).slice(),
      silent: new Uint8Array(buffer, silentAt, silentCount).slice()
    }
  }

  /**
   * Runs bursts 0 to the largest offset; before each, the events of its offset act: voxels fire whatever their threshold says,
   * or the last presented sample is injected again. Returns the number of bursts.
   */
  feedback(events: ReadonlyArray<FeedbackEvent>): number {
    const words: Array<number> = []
    for (const event of events) {
      bursts("offset", event.offset)
      if ("force" in event) {
        const number = this.#forceable(event.force)
        words.push(event.offset, 0, number, event.force.voxels.length)
        for (const [x, y, z, potential = 1] of event.force.voxels) words.push(x, y, z, floatBits(potential))
      } else {
        this.#bound()
        words.push(event.offset, 1, 0, 0)
      }
    }
    const at = this.#instance.room(4 * words.length)
    new Uint32Array(this.#instance.buffer, at, words.length).set(words)
    return this.#instance.call("ft_feedback", at, words.length)
  }

  #forceable({ area, voxels }: Target): number {
    const found = this.#areas.get(area)
    if (found === undefined) throw invalid(`the brain has no area ${area}; see info().areas`)
    for (const [x, y, z, potential = 1] of voxels) {
      const place = [x, y, z]
      if (!place.every((value, axis) => Number.isInteger(value) && value >= 0 && value < (found.dims[axis] ?? 0))) {
        throw invalid(`voxel [${place}] to fire is outside of area ${area}, which is ${found.dims.join(" x ")}`)
      }
      if (!Number.isFinite(potential) || Math.fround(potential) === 0) {
        throw invalid(`voxel [${place}] of area ${area} to fire needs a finite potential other than 0, and it is ${potential}`)
      }
    }
    return found.number
  }

  /**
   * The voxels that mean `value` at this output (its index in `bind`'s outputs), as FEAGI's own encoder of the same type makes
   * them: what to force when teaching. `value` has the numbers of a reading.
   */
  writeTarget(output: number, value: ArrayLike<number>): Target {
    const channel = this.#bound().outputs[output]
    if (channel === undefined) throw invalid(`output ${output} of ${this.#bound().outputs.length}`)
    if (value.length !== channel.width) {
      throw invalid(`output ${output} takes ${channel.width} numbers, and ${value.length} came`)
    }
    const numbers = Float32Array.from(value)
    let i = 0
    for (const { count, low, high, whole } of channel.ranges) {
      for (const end = i + count; i < end; i++) {
        const number = numbers[i] ?? Number.NaN
        if (number >= low && number <= high && (!whole || Number.isInteger(number))) continue
        throw invalid(`number ${i} of the target of output ${output}: expected ${low} to ${high}, and ${number} came`)
      }
    }
    const at = this.#instance.room(4 * numbers.length)
    new Float32Array(this.#instance.buffer, at, numbers.length).set(numbers)
    this.#instance.call("ft_target", output, at, numbers.length)
    const words = this.#instance.words()
    const floats = floatsOf(words)
    const voxels: Array<Voxel> = []
    for (let row = 0; row < words.length; row += 4) {
      voxels.push([words[row] ?? 0, words[row + 1] ?? 0, words[row + 2] ?? 0, floats[row + 3] ?? 0])
    }
    return { area: channel.area, voxels }
  }

  /** The voxels that the encoders make of one sample, in their order. Nothing fires. */
  explain(sample: SampleNumbers): ReadonlyArray<VoxelsOfArea> {
    const bound = this.#bound()
    checkSample(sample, bound)
    const { count, area, x, y, z, potential } = encoded(this.#instance, "ft_explain", sample)
    const found = new Map<string, Array<Voxel>>()
    for (let i = 0; i < count; i++) {
      const id = bound.inputAreas[area[i] ?? 0] ?? ""
      const voxels = found.get(id) ?? []
      voxels.push([x[i] ?? 0, y[i] ?? 0, z[i] ?? 0, potential[i] ?? 0])
      found.set(id, voxels)
    }
    return [...found].map(([id, voxels]) => ({ area: id, voxels }))
  }

  /**
   * What the brain did since development, counted exactly. A checkpoint carries the counters: a brain that restores it goes on
   * from those of the saved brain.
   */
  activity(): BrainActivity {
    return this.#instance.ask("activity", {}) as BrainActivity
  }

  /** What fired in the last burst, sorted by area and voxel. */
  fired(): ReadonlyArray<Firing> {
    this.#instance.call("ft_fired")
    const words = this.#instance.words()
    const floats = floatsOf(words)
    const firings: Array<Firing> = []
    for (let row = 0; row < words.length; row += firedWords) {
      firings.push({
        area: this.#areaIds[words[row] ?? 0] ?? "",
        x: words[row + 1] ?? 0,
        y: words[row + 2] ?? 0,
        z: words[row + 3] ?? 0,
        potential: floats[row + 4] ?? 0,
        neuron: words[row + 5] ?? 0
      })
    }
    return firings
  }

  /** Runs idle bursts. */
  rest(count: number): void {
    this.#instance.call("ft_rest", bursts("rest", count))
  }

  /** Stops (or resumes) every change of synapses; returns the number of plastic mappings. Memory areas go on remembering. */
  freeze(on: boolean): number {
    return this.#instance.call("ft_freeze", Number(on))
  }

  /** Synapses of one mapping, sorted by source and target voxel. */
  weights(from: string, to: string): BrainWeights {
    for (const area of [from, to]) {
      if (!this.#areas.has(area)) throw invalid(`the brain has no area ${area}; see info().areas`)
    }
    const at = this.#instance.put(utf8(from + to))
    this.#instance.call("ft_weights", at, at + from.length)
    const words = this.#instance.words()
    const floats = floatsOf(words)
    const count = words.length / weightWords
    const column = (of: number, i: number) => words[weightWords * i + of] ?? 0
    const real = (of: number) => Float32Array.from({ length: count }, (_, i) => floats[weightWords * i + of] ?? 0)
    const place = (of: number) => Uint32Array.from({ length: 3 * count }, (_, i) => column(of + (i % 3), Math.floor(i / 3)))
    return {
      count,
      source: place(0),
      target: place(3),
      weight: real(6),
      potential: real(7),
      inhibitory: Uint8Array.from({ length: count }, (_, i) => column(8, i))
    }
  }

  /**
   * Every synapse of the brain, in canonical order: by source (id bytes of the area, x, y, z), target, type, potential, weight.
   * Two brains of one genome have their rows in the same order, so the row that differs is the synapse that changed. A memory
   * neuron has no place in its area: it has its number as x.
   */
  synapses(): BrainSynapses {
    this.#instance.call("ft_synapses")
    const { buffer } = this.#instance.answer().slice()
    const count = new Uint32Array(buffer, 0, 1)[0] ?? 0
    let at = 4
    const words = <A>(Column: new (buffer: ArrayBuffer, at: number, length: number) => A, length: number): A => {
      const column = new Column(buffer, at, length)
      at += 4 * length
      return column
    }
    const sourceArea = words(Uint32Array, count)
    const source = words(Uint32Array, 3 * count)
    const targetArea = words(Uint32Array, count)
    const target = words(Uint32Array, 3 * count)
    const weight = words(Float32Array, count)
    const potential = words(Float32Array, count)
    const inhibitory = new Uint8Array(buffer, at, count)
    return { count, areas: this.#areaIds, sourceArea, source, targetArea, target, weight, potential, inhibitory }
  }

  /**
   * Neurons back to rest: potentials, refractory counters, queues, arrivals in flight. Weights and eligibility traces stay;
   * postsynaptic potentials go back to the genome's value, so a degeneration so far is undone.
   */
  reset(): void {
    this.#instance.call("ft_reset")
  }

  /**
   * Resets the neurons and the coders' memory, and saves the brain. This brain and one that restores the bytes go on alike,
   * burst for burst. Fails with `snapshot-invalid` if memory areas hold memories, which no checkpoint can carry.
   */
  checkpoint(): Uint8Array {
    this.#instance.call("ft_checkpoint")
    return this.#instance.answer().slice()
  }

  /** Takes over a checkpoint of a brain with the same genome text and the same random bytes; else `snapshot-invalid`. */
  restore(checkpoint: Uint8Array): void {
    this.#instance.call("ft_restore", this.#instance.put(checkpoint), checkpoint.length)
  }

  /**
   * Hex SHA-256 over sorted rows. `connectome` is what was learned (synapses, neuron constants), `state` what passes (potentials,
   * counters, eligibility traces), `full` both with the burst counter and the freeze.
   */
  hash(part: HashPart): string {
    return this.#instance.ask("hash", { part }) as string
  }

  /** Lets go of the instance's memory; every later call fails with `disposed`. */
  dispose(): void {
    this.#instance.end(new EngineError("disposed", "this brain was disposed; develop another one"))
  }

  [Symbol.dispose](): void {
    this.dispose()
  }
}
