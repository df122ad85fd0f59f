/**
 * Brain backend `embedded`: the real engine in this process, one WebAssembly instance per brain.
 *
 * A brain is developed from genome and seed alone; closing the scope lets go of its memory. Sharp edge: the reading is taken in
 * `read_burst`, which lies after the last injection, because a neuron fires one burst after what reaches it.
 */
import {
  BrainBackend,
  type BrainOpen,
  type BrainSession,
  type Diagnostic,
  type TrainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { Brain, type BrainInfo, type EngineModule, type EngineVersion } from "@feagi-trainer/feagi-runtime"
import { Effect, type Scope } from "effect"
import { affectChannels, affectFacts } from "./Affect.ts"
import { bench } from "./EmbeddedBench.ts"
import { decodeEmbeddedOptions, type EmbeddedOptions } from "./EmbeddedOptions.ts"
import { makeSession } from "./EmbeddedSession.ts"
import { loadedEngine } from "./Engine.ts"
import { callEngine } from "./EngineFailure.ts"
import { checkFit } from "./Fit.ts"
import { preconditions } from "./Preconditions.ts"
import { randomStream } from "./RandomStream.ts"
import { boundUnits, numbersPerChannel, takesBytes } from "./Selection.ts"

const SEED_BYTES = 32

const error = (code: string, message: string, more: Partial<Diagnostic> = {}): Diagnostic => ({
  code: `embedded/${code}`,
  severity: "error",
  message,
  ...more
})

/** What can be told before anything is developed. */
const checkRequest = ({ seed, schedule }: BrainOpen<EmbeddedOptions>): ReadonlyArray<Diagnostic> => [
  ...(seed.length === SEED_BYTES
    ? []
    : [error("SEED", "the seed has the wrong length", { expected: "32 bytes", actual: `${seed.length}` })]),
  ...(schedule.read_burst > schedule.hold_bursts
    ? []
    : [
        error("SCHEDULE", "the reading is taken while the sample is still injected, before anything of it can have reached an output", {
          field: "learner.schedule.read_burst",
          expected: `more than hold_bursts, which is ${schedule.hold_bursts}`,
          actual: String(schedule.read_burst),
          help: `write read_burst = ${schedule.hold_bursts + 1} for a brain without hidden areas, one more for each hidden area on the way`
        })
      ])
]

const engineVersions = (version: EngineVersion, module_sha256: string): Readonly<Record<string, string>> => ({
  module_sha256,
  engine: version.engine,
  ...version.crates,
  ...Object.fromEntries(Object.entries(version.patches).map(([name, hash]) => [`patch:${name}`, hash]))
})

const develop = (
  module: EngineModule,
  { options, genome, seed }: BrainOpen<EmbeddedOptions>
): Effect.Effect<Brain, TrainerError, Scope.Scope> =>
  Effect.acquireRelease(
    callEngine(() =>
      Brain.develop(module, {
        genome,
        random: randomStream(seed),
        budget: { voxels: options.max_voxels, synapses: options.max_synapses },
        reliesOn: [],
        strict: options.validation === "strict"
      })
    ),
    (brain) => Effect.sync(() => brain.dispose())
  )

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
  const stated = [...checkRequest(request), ...(units.ok ? [] : units.messages.map((message) => error("CODER", message)))]
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
