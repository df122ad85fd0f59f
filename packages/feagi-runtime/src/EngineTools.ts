/**
 * Small questions to the crates that need no brain and no coder: cortical ids, the table of units, byte containers, the
 * scalar codecs, single neurons. Requests and answers have the crates' JSON forms.
 */
import { type EngineModule, noChance } from "./EngineModule.ts"
import { Instance } from "./Instance.ts"
import type { Registrations } from "./Registrations.ts"
import type { NumberRange } from "./Samples.ts"

/** One area of a unit: what a genome must have. */
export interface AreaLayout {
  /** Cortical id, base64. */
  readonly id: string
  /** Width, height and depth of the block of voxels of one channel. */
  readonly channelDims: readonly [number, number, number]
  /** Those of the whole area: channels lie side by side along x. */
  readonly dims: readonly [number, number, number]
}

export interface UnitLayout {
  readonly unit: string
  readonly group: number
  readonly channels: number
  /** In the order of FEAGI's sub-units. */
  readonly areas: ReadonlyArray<AreaLayout>
  /** Numbers of one channel's value. */
  readonly numbers: number
  /** Their ranges, in order. */
  readonly ranges: ReadonlyArray<NumberRange>
}

export interface CoderLayout {
  readonly inputs: ReadonlyArray<UnitLayout>
  readonly outputs: ReadonlyArray<UnitLayout>
}

export type ToolRequest = Readonly<Record<string, unknown>>

export class EngineTools {
  readonly #instance: Instance

  constructor(module: EngineModule) {
    this.#instance = new Instance(module.wasm, noChance())
  }

  /** `{ direction, unit, group, flags }`: the ids of all areas of a unit. */
  corticalIds(request: ToolRequest): unknown {
    return this.#instance.ask("corticalIds", request)
  }

  /** `{ base64 }` or `{ legacy }`: one id from its text. */
  corticalId(request: ToolRequest): unknown {
    return this.#instance.ask("corticalId", request)
  }

  coreIds(): unknown {
    return this.#instance.ask("coreIds", {})
  }

  /** Every unit that FEAGI knows, with code, areas and sizes. */
  units(): unknown {
    return this.#instance.ask("units", {})
  }

  /**
   * What registrations need of a genome and what their coders take and give, without a brain. Fails with `coder`, with every
   * reason at once, where `Brain.bind` would.
   */
  layout(registrations: Registrations): CoderLayout {
    return this.#instance.ask("layout", { registrations }) as CoderLayout
  }

  /**
   * The text of a genome that FEAGI ships. FEAGI's own validator passes none of them (develop with `strict: false`), and `vision`
   * does not develop.
   */
  template(name: "barebones" | "essential" | "test" | "vision"): string {
    return this.#instance.ask("template", { name }) as string
  }

  /** `{ agent, increment, structures: [{ jsonText } | { voxels }] }` to `{ bytes }` (hex). */
  containerWrite(request: ToolRequest): unknown {
    return this.#instance.ask("containerWrite", request)
  }

  /** `{ bytes }` (hex) to `{ agent, increment, structures }`. */
  containerRead(request: ToolRequest): unknown {
    return this.#instance.ask("containerRead", request)
  }

  /** `{ codec: "text_token" | "class_potential" | …, … }`. */
  scalar(request: ToolRequest): unknown {
    return this.#instance.ask("scalar", request)
  }

  /** `{ precision, params, inputs }`: one neuron of the real engine, burst by burst. */
  neuron(request: ToolRequest): unknown {
    return this.#instance.ask("neuron", request)
  }

  /** One source neuron and its synapses, burst by burst. */
  fan(request: ToolRequest): unknown {
    return this.#instance.ask("fan", request)
  }

  /** `{ neuron_id, burst }`: the number that a neuron compares its excitability with. */
  excitabilityRandom(request: ToolRequest): unknown {
    return this.#instance.ask("excitabilityRandom", request)
  }

  /** `{ leak, elapsed }`: what is left of a potential after some bursts. */
  leakRetention(request: ToolRequest): unknown {
    return this.#instance.ask("leakRetention", request)
  }
}
