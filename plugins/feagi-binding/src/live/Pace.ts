/**
 * How bursts happen: one by one on demand, or by themselves with the motor frames as the clock. A session asks for bursts in the same
 * way in both cases and gets the motor frame of each.
 *
 * Sharp edges: the engine has no step, but a burst loop that is started and stopped again runs exactly one burst when its period is
 * long; and it has no `injected` answer, but its snapshot of the sensory input says which burst took a frame. Frames come in by a thread
 * of their own (over ZeroMQ even two), so that on a busy machine a frame can come behind the burst that it was sent for.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import type { Agent } from "./Agent.ts"
import type { Wanted } from "./Coders.ts"
import type { EngineApi } from "./EngineApi.ts"
import { liveError } from "./LiveFailure.ts"
import type { LiveOptions } from "./LiveOptions.ts"
import type { MotorFrame, Wire } from "./Wire.ts"

/** What acts in one burst. */
export interface BurstInput {
  /** Injected as an agent does: potential is added, thresholds decide. */
  readonly show: ReadonlyArray<Wanted>
  /** Fired whatever the thresholds say. */
  readonly force: ReadonlyArray<Wanted>
}

export const nothing: BurstInput = { show: [], force: [] }

export interface Burst {
  readonly bytes: Uint8Array
  readonly frame: MotorFrame
}

export interface Pace {
  /** Before bursts that belong together: a free-running engine is waited for until a burst has just ended. */
  readonly align: Effect.Effect<void, TrainerError>
  /** One burst in which the input acts. */
  readonly burst: (input: BurstInput) => Effect.Effect<Burst, TrainerError>
  /** Runs something while no burst happens. */
  readonly still: <A>(work: Effect.Effect<A, TrainerError>) => Effect.Effect<A, TrainerError>
  /** After a connectome came into the engine, while it is still: the file brought a period of its own, and this burst counter. */
  readonly reloaded: (counter: number | undefined) => Effect.Effect<void, TrainerError>
  /** The engine's burst counter where each burst is counted; undefined where it is not, and right after a file that did not say it. */
  readonly counter: () => number | undefined
  /** How often a sample without an answer may be presented again. */
  readonly resends: number
  /** Bursts that came between two that belong together. Always 0 when stepped. */
  readonly slips: () => number
  /**
   * After a burst that ran without the frame which was sent for it (`live/INPUT-LOST`): lets the engine take the frame that is late, so
   * that no later burst finds it. Undefined where bursts are not held against their frames.
   */
  readonly drain: Effect.Effect<void, TrainerError> | undefined
}

export interface PaceParts {
  readonly options: LiveOptions
  readonly engine: EngineApi
  readonly agent: Agent
  readonly wire: Wire
}

/** Seconds between bursts while stepping: longer than any step, so that a second burst cannot follow the first. */
const STEP_SECONDS = 60
const WARM_UPS = 10
/** Heartbeats between a frame and the burst that is to take it. */
const ROUNDS = 4
const COUNTERS = 65_536

const voxelsByArea = (wanted: ReadonlyArray<Wanted>): Readonly<Record<string, ReadonlyArray<readonly [number, number, number]>>> => {
  const found: Record<string, Array<readonly [number, number, number]>> = {}
  for (const { area, voxels } of wanted) {
    const list = found[area] ?? []
    list.push(...voxels.map(([x, y, z]) => [x, y, z] as const))
    found[area] = list
  }
  return found
}

const motorFrame = ({ options, agent, wire, engine }: PaceParts): Effect.Effect<Burst, TrainerError> => {
  const limit = options.timeouts.motor_ms
  const slow = () =>
    liveError("MOTOR-SLOW", "the engine published no motor frame in time", {
      field: "learner.backend.options.timeouts.motor_ms",
      expected: `a motor frame within ${limit} ms`,
      actual: "none",
      help: "the engine answers, so that it is slow or does not know this agent any more: raise timeouts.motor_ms, or open a new session"
    })
  return agent.motor.inbox.take(limit, slow).pipe(
    // Who says nothing may be dead: then that is the finding, and not its slowness.
    Effect.catch((error) => Effect.andThen(engine.health, Effect.fail(error))),
    Effect.flatMap((bytes) => Effect.map(wire.readMotor(bytes), (frame) => ({ bytes, frame })))
  )
}

const give = ({ agent, wire, engine }: PaceParts, { show, force }: BurstInput): Effect.Effect<void, TrainerError> =>
  Effect.gen(function* () {
    if (show.length > 0) yield* agent.sensory.send(wire.voxels(show))
    if (force.length > 0) yield* engine.forceFire(voxelsByArea(force))
  })

/** A voxel with potential 0, which the engine takes and does not inject: it proves that frames arrive and changes nothing. */
const proof = (area: string): BurstInput => ({ show: [{ area, voxels: [[0, 0, 0, 0]] }], force: [] })

const notTaken = (bursts: number): TrainerError =>
  liveError("INPUT-LOST", "the engine took no sensory frame of this agent", {
    expected: `one of ${bursts} frames`,
    actual: "none",
    help: "is another agent connected that sends frames too? Only the latest frame before a burst counts"
  })

/** Bursts one by one. `area` is one of the inputs. Leaves the engine standing still, with every stream proved. */
export const stepped = Effect.fnUntraced(function* (parts: PaceParts, area: string) {
  const { engine, agent } = parts
  yield* engine.timestep(STEP_SECONDS)

  /** Starts and stops the loop around one burst. */
  const one = Effect.fnUntraced(function* (input: BurstInput) {
    yield* give(parts, input)
    // With every answer on the other socket the engine's poll of both went round once with the frame in front of it.
    if (input.show.length > 0) for (let round = 0; round < ROUNDS; round++) yield* agent.heartbeat
    agent.motor.inbox.clear()
    yield* engine.start
    const burst = yield* motorFrame(parts)
    yield* engine.stop
    return burst
  })

  let taken = (yield* engine.sensorSnapshot).timestamp_ms
  let warm = false
  for (let attempt = 0; attempt < WARM_UPS && !warm; attempt++) {
    yield* one(proof(area))
    const { timestamp_ms } = yield* engine.sensorSnapshot
    warm = timestamp_ms !== taken
    taken = timestamp_ms
  }
  if (!warm) return yield* notTaken(WARM_UPS)
  let counter: number | undefined = yield* engine.burstCounter

  const burst: Pace["burst"] = Effect.fnUntraced(function* (input) {
    const came = yield* one(input)
    const now = yield* engine.burstCounter
    if (counter !== undefined && now !== counter + 1)
      return yield* liveError("BURST-COUNT", "the engine did not run exactly one burst", {
        expected: `burst ${counter + 1}`,
        actual: `burst ${now}`,
        help: "another client starts or stops this engine; keep it for one run alone and resume the run"
      })
    counter = now
    if (input.show.length > 0) {
      const wanted = input.show.reduce((sum, { voxels }) => sum + voxels.length, 0)
      const snapshot = yield* engine.sensorSnapshot
      if (snapshot.timestamp_ms === taken || snapshot.total_neurons !== wanted)
        return yield* liveError("INPUT-LOST", "the burst ran without the sample that was sent before it", {
          expected: `${wanted} voxels in burst ${now}`,
          actual: snapshot.timestamp_ms === taken ? "no frame" : `${snapshot.total_neurons} voxels`,
          help: "the machine is too busy, or another agent sends frames too; resume the run, which goes on from its last checkpoint"
        })
      taken = snapshot.timestamp_ms
    }
    return came
  })

  return {
    align: Effect.void,
    burst,
    still: (work) => work,
    reloaded: Effect.fnUntraced(function* (from) {
      counter = from
      taken = (yield* engine.sensorSnapshot).timestamp_ms
      yield* engine.timestep(STEP_SECONDS)
    }),
    counter: () => counter,
    drain: Effect.gen(function* () {
      for (let attempt = 0; attempt < WARM_UPS; attempt++) {
        yield* one(nothing)
        const { timestamp_ms } = yield* engine.sensorSnapshot
        if (timestamp_ms !== taken) return
      }
    }),
    resends: 0,
    slips: () => 0
  } satisfies Pace as Pace
})

/** Bursts by themselves, `burst_hz` of them in a second. Leaves the engine running, with every stream proved. */
export const streaming = Effect.fnUntraced(function* (parts: PaceParts, area: string, burst_hz: number, resends: number) {
  const { engine, agent } = parts
  let last: number | undefined
  let slips = 0

  const run = Effect.gen(function* () {
    yield* engine.timestep(1 / burst_hz)
    agent.motor.inbox.clear()
    last = undefined
    yield* engine.start
  })
  const next = Effect.gen(function* () {
    const burst = yield* motorFrame(parts)
    if (last !== undefined) slips += (burst.frame.counter - last - 1 + COUNTERS) % COUNTERS
    last = burst.frame.counter
    return burst
  })
  const align = Effect.gen(function* () {
    agent.motor.inbox.clear()
    last = undefined
    yield* next
  })

  yield* run
  const before = (yield* engine.sensorSnapshot).timestamp_ms
  let warm = false
  for (let attempt = 0; attempt < WARM_UPS && !warm; attempt++) {
    yield* give(parts, proof(area))
    yield* align
    yield* next
    warm = (yield* engine.sensorSnapshot).timestamp_ms !== before
  }
  if (!warm) return yield* notTaken(WARM_UPS)
  slips = 0

  return {
    align,
    burst: Effect.fnUntraced(function* (input) {
      // Frames that came while the last one was looked at: the input is that many bursts late.
      slips += agent.motor.inbox.waiting
      if (agent.motor.inbox.waiting > 0) last = undefined
      agent.motor.inbox.clear()
      yield* give(parts, input)
      return yield* next
    }),
    still: (work) => Effect.ensuring(Effect.andThen(engine.stop, work), Effect.ignore(run)),
    // The period is set again with the next start.
    reloaded: () => Effect.void,
    counter: () => undefined,
    drain: undefined,
    resends,
    slips: () => slips
  } satisfies Pace as Pace
})
