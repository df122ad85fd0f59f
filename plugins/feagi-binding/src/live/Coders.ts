/**
 * FEAGI's coders and the brain that the genome ought to be, in this process: what a value lights, what a target is, what a motor frame
 * says, and which areas and synapses the engine must hold. Nothing fires here; the engine in the other process does that.
 */
import {
  type BrainOpen,
  type CoderReading,
  type CoderSelection,
  type CoderValue,
  type Diagnostic,
  type Precondition,
  type TrainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { type BrainInfo, CoderSession, type DecodedChannel, type EngineModule } from "@feagi-trainer/feagi-runtime"
import { Effect, type Scope } from "effect"
import { type AffectChannels, affectChannels } from "../Affect.ts"
import { countOf, flatValues } from "../ChannelValues.ts"
import { checkRequest, develop } from "../Development.ts"
import { loadedEngine } from "../Engine.ts"
import { callEngine } from "../EngineFailure.ts"
import { checkFit } from "../Fit.ts"
import { preconditions } from "../Preconditions.ts"
import { areasOf, boundUnits, numbersPerChannel } from "../Selection.ts"
import { asLive, inLiveName, liveDiagnostic, liveError } from "./LiveFailure.ts"
import type { LiveOptions } from "./LiveOptions.ts"
import type { MotorFrame } from "./Wire.ts"

/** Voxels of one area with their potentials. */
export interface Wanted {
  readonly area: string
  readonly voxels: ReadonlyArray<readonly [x: number, y: number, z: number, potential: number]>
}

export interface Coders {
  readonly module: EngineModule
  readonly module_sha256: string
  /** Of the reference brain: what the engine must hold. */
  readonly reference: BrainInfo
  readonly channels: AffectChannels
  /** Device registrations, as an agent tells the engine. */
  readonly registrations: unknown
  readonly genomePreconditions: ReadonlyArray<Precondition>
  /** Voxels that a row of values lights; checks their number and ranges. */
  readonly encode: (values: ReadonlyArray<CoderValue>, what: string) => Effect.Effect<ReadonlyArray<Wanted>, TrainerError>
  /** Voxels to fire for a row of output values. */
  readonly target: (values: ReadonlyArray<CoderValue>) => Effect.Effect<ReadonlyArray<Wanted>, TrainerError>
  /** Reads the frames of one sample, the last of which is the burst that counts. */
  readonly decode: (
    frames: ReadonlyArray<{ readonly bytes: Uint8Array; readonly frame: MotorFrame }>
  ) => Effect.Effect<ReadonlyArray<CoderReading>, TrainerError>
}

/** The engine force-fires with one potential of its own, so that a graded modulator could not be given a strength. */
const gradedModulators = ({ modulators }: BrainInfo): ReadonlyArray<Diagnostic> =>
  modulators
    .filter(({ graded, type }) => graded && type === "synaptic.reward")
    .map(({ name }) =>
      liveDiagnostic("AFFECT-GRADED", `modulator "${name}" is graded, and a live engine gives every affect one strength`, {
        field: "brain",
        expected: "graded = false",
        actual: "graded = true",
        help: "make the modulator not graded in the genome, or use the embedded backend"
      })
    )

/**
 * Outputs whose readings are exactly those of the embedded backend: one area of Booleans, of linear Percentages or of MiscData. The crates
 * double fractional Percentages, which the embedded backend mends within its engine.
 */
const unreadable = (output: CoderSelection): ReadonlyArray<Diagnostic> => {
  const { properties, coder_id, io_type } = output.binding
  const coder = typeof properties === "object" && properties !== null && "coder" in properties ? properties.coder : undefined
  const text = JSON.stringify(coder) ?? ""
  const known = /^("Boolean"|\{"(Percentage|MiscData)":)/.test(text) && !text.includes('"Fractional"') && areasOf(output).length === 1
  if (known) return []
  return [
    liveDiagnostic("CODER", `a live engine's answers cannot be read by decoder ${coder_id}`, {
      field: "learner.binding.decoder",
      expected: "a decoder of Booleans, of linear Percentages or of MiscData on one area",
      actual: `${io_type}: ${text}`,
      help: "use another decoder, or the embedded backend"
    })
  ]
}

/** Numbers of one decoded value: `{ Percentage: 0.5 }`, `{ MiscData: { data_x_major: [...] } }`, `{ Boolean: true }`, … */
const numbersIn = (value: DecodedChannel["value"]): ReadonlyArray<number> => {
  const [content] = Object.values(value)
  const cells = typeof content === "object" && content !== null && "data_x_major" in content ? content.data_x_major : content
  // Numbers that JSON lacks come as texts, "NaN" say.
  return (Array.isArray(cells) ? cells : [cells]).map(Number)
}

const opened = Effect.fnUntraced(function* (request: BrainOpen<LiveOptions>) {
  const { genome, inputs, outputs } = request
  const units = boundUnits(inputs, outputs)
  const stated = [
    ...checkRequest(request, liveDiagnostic),
    ...(units.ok ? [] : units.messages.map((message) => liveDiagnostic("CODER", message))),
    ...(units.ok ? outputs.flatMap(unreadable) : [])
  ]
  if (stated.length > 0 || !units.ok) return yield* trainerErrors("invalid", stated)
  const { module, sha256 } = yield* loadedEngine
  const brain = yield* develop(module, request)
  const reference = yield* callEngine(() => brain.info())
  const { channels, diagnostics } = affectChannels(reference.modulators)
  const found = [...checkFit(inputs, outputs, reference), ...diagnostics, ...gradedModulators(reference)]
  if (found.length > 0) return yield* trainerErrors("invalid", asLive(found))
  const { inputWidth, outputWidth } = yield* callEngine(() => brain.bind(units.value))
  const decoders = yield* Effect.acquireRelease(
    callEngine(() => CoderSession.open(module, { config: units.value.registrations })),
    (session) => Effect.sync(() => session.dispose())
  )
  const widths = outputs.flatMap(numbersPerChannel)
  const places = outputs.flatMap(({ binding, channels: count, channel_dimensions: [width] }) =>
    Array.from({ length: count }, (_, channel) => ({ area: binding.cortical_area_id, from: channel * width, to: (channel + 1) * width }))
  )

  const checked = (values: ReadonlyArray<CoderValue>, expected: number, what: string): Float32Array => {
    const count = countOf(values)
    if (count === expected) return flatValues(values)
    throw liveError("PAYLOAD", `${what} has the wrong number of values`, { expected: String(expected), actual: String(count) })
  }

  const decode: Coders["decode"] = Effect.fnUntraced(function* (frames) {
    const last = frames.at(-1)?.frame.voxels ?? {}
    const changed = new Map<string, DecodedChannel["value"]>()
    const decoded = yield* callEngine(() => frames.flatMap(({ bytes }) => decoders.decodeBytes(bytes)))
    for (const { unit, group, channel, value } of decoded) changed.set(`${unit} ${group} ${channel}`, value)
    return units.value.outputs.map(({ unit, group, channel }, index): CoderReading => {
      const { area, from, to } = places[index] ?? { area: "", from: 0, to: 0 }
      const value = changed.get(`${unit} ${group} ${channel}`)
      const fired = last[area]?.x.some((x) => x >= from && x < to) ?? false
      const width = widths[index] ?? 1
      const numbers = value === undefined || !fired ? new Array<number>(width).fill(Number.NaN) : numbersIn(value)
      return { silent: value === undefined || !fired, value: width === 1 ? (numbers[0] ?? Number.NaN) : numbers }
    })
  })

  return {
    module,
    module_sha256: sha256,
    reference,
    channels,
    registrations: units.value.registrations,
    genomePreconditions: preconditions(genome, reference),
    encode: (values, what) =>
      inLiveName(
        callEngine(() =>
          brain
            .explain(checked(values, inputWidth, what))
            .map(({ area, voxels }) => ({ area, voxels: voxels.map(([x, y, z, p = 1]) => [x, y, z, p] as const) }))
        )
      ),
    target: (values) =>
      inLiveName(
        callEngine(() => {
          const numbers = checked(values, outputWidth, "what is taught")
          let at = 0
          return widths.flatMap((width, output): ReadonlyArray<Wanted> => {
            const { area, voxels } = brain.writeTarget(output, numbers.subarray(at, at + width))
            at += width
            return voxels.length === 0 ? [] : [{ area, voxels: voxels.map(([x, y, z, p = 1]) => [x, y, z, p] as const) }]
          })
        })
      ),
    decode: (frames) => inLiveName(decode(frames))
  } satisfies Coders
})

/** Fails with every mismatch between genome and coders, as the embedded backend does, before an engine is asked for anything. */
export const openCoders = (request: BrainOpen<LiveOptions>): Effect.Effect<Coders, TrainerError, Scope.Scope> => inLiveName(opened(request))
