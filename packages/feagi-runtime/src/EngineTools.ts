/**
 * Small questions to the crates that need no brain and no coder: cortical ids, the table of units, byte containers, the
 * scalar codecs, single neurons. Requests and answers have the crates' JSON forms.
 */
import { type EngineModule, noChance } from "./EngineModule.ts"
import { Instance } from "./Instance.ts"

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
