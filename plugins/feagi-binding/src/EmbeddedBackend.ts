/**
 * Brain backend `embedded`: the real engine in this process, one WebAssembly instance per brain.
 *
 * A brain is developed from genome and seed alone; closing the scope lets go of its memory. Sharp edge: the reading is taken in
 * `read_burst`, which lies after the last injection, because a neuron fires one burst after what reaches it.
 */
import { BrainBackend, type BrainOpen, type BrainSession, type Diagnostic, trainerErrors } from "@feagi-trainer/contracts"
import type { BrainInfo, EngineVersion } from "@feagi-trainer/feagi-runtime"
import { Effect } from "effect"
import { affectChannels, affectFacts } from "./Affect.ts"
import { checkRequest, develop } from "./Development.ts"
import { bench } from "./EmbeddedBench.ts"
import { decodeEmbeddedOptions, type EmbeddedOptions } from "./EmbeddedOptions.ts"
import { makeSession } from "./EmbeddedSession.ts"
import { loadedEngine } from "./Engine.ts"
import { callEngine } from "./EngineFailure.ts"
import { checkFit } from "./Fit.ts"
import { preconditions } from "./Preconditions.ts"
import { boundUnits, numbersPerChannel, takesBytes } from "./Selection.ts"

const error = (code: string, message: string, more: Partial<Diagnostic> = {}): Diagnostic => ({
  code: `embedded/${code}`,
  severity: "error",
  message,
  ...more
})

const engineVersions = (version: EngineVersion, module_sha256: string): Readonly<Record<string, string>> => ({
  module_sha256,
  engine: version.engine,
  ...version.crates,
  ...Object.fromEntries(Object.entries(version.patches).map(([name, hash]) => [`patch:${name}`, hash]))
})

const sessionInfo = (
  engine: EngineVersion,
  sha256: string,
  info: BrainInfo,
  affect_channels: BrainSession["info"]["affect_channels"]
): BrainSession["info"] => ({
  core_version: engine.crates["feagi-npu-burst-engine"] ?? "unknown",
  engine: engineVersions(engine, sha256),
  areas: info.areas.map(({ id, name, dims, neurons }) => ({ id, name, dimensions: dims, neurons })),
  mappings: info.mappings.map(({ from, to, synapses, plastic }) => ({ from, to, synapses, plastic })),
  affect_channels
})

const open = Effect.fnUntraced(function* (request: BrainOpen<EmbeddedOptions>) {
  const { genome, inputs, outputs, schedule } = request
  const units = boundUnits(inputs, outputs)
  const stated = [...checkRequest(request, error), ...(units.ok ? [] : units.messages.map((message) => error("CODER", message)))]
  if (stated.length > 0 || !units.ok) return yield* trainerErrors("invalid", stated)
  const { module, sha256 } = yield* loadedEngine
  const brain = yield* develop(module, request)
  const info = yield* callEngine(() => brain.info())
  const { channels, diagnostics } = affectChannels(info.modulators)
  const found = [...checkFit(inputs, outputs, info), ...diagnostics]
  if (found.length > 0) return yield* trainerErrors("invalid", found)
  const { inputWidth, outputWidth } = yield* callEngine(() => brain.bind(units.value))
  const outputWidths = outputs.flatMap(numbersPerChannel)
  const expected = outputWidths.reduce((sum, width) => sum + width, 0)
  if (expected !== outputWidth)
    return yield* trainerErrors("invalid", [
      error("CODER", "the decoders read another number of values than the selections say", {
        expected: `${expected}`,
        actual: `${outputWidth}`
      })
    ])
  const { connectome } = request
  if (connectome !== undefined) yield* callEngine(() => brain.restore(connectome))
  return makeSession({
    brain,
    info: sessionInfo(yield* callEngine(() => module.version()), sha256, info, affectFacts(channels)),
    preconditions: preconditions(genome, info),
    channels,
    outputs,
    schedule,
    inputWidth,
    framesOnly: inputs.every(takesBytes),
    outputWidths
  })
})

export const embedded: BrainBackend<EmbeddedOptions> = BrainBackend.define<EmbeddedOptions>({
  id: "embedded",
  execution: "embedded",
  decodeOptions: decodeEmbeddedOptions,
  open,
  bench
})
