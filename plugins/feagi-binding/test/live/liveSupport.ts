/** The small brain of the other tests, in an engine. */
import type { BrainFeedback, BrainOpen, BrainSession, CoderValue, TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { percentage } from "../../src/index.ts"
import { live } from "../../src/live/LiveBackend.ts"
import type { LiveOptions } from "../../src/live/LiveOptions.ts"
import { classes, encoderOptions, failure, fitOf, must, request, rows, sampleOf, shape, training } from "../support.ts"

/** Longer than anything takes on a busy machine: nothing here waits for one of them to pass. */
export const timeouts: LiveOptions["timeouts"] = { connect_ms: 60_000, request_ms: 60_000, upload_ms: 60_000, motor_ms: 60_000 }

export const stepped = { kind: "stepped" } as const

export const liveOptions = (api: string, more: Partial<LiveOptions> = {}): LiveOptions => ({
  api,
  transport: "websocket",
  mode: stepped,
  agents: "refuse",
  timeouts,
  heartbeat_ms: 10_000,
  max_voxels: 1000,
  max_synapses: 1000,
  validation: "strict",
  ...more
})

export const liveRequest = (options: LiveOptions, more: Partial<BrainOpen<LiveOptions>> = {}): BrainOpen<LiveOptions> => ({
  ...request,
  ...more,
  options
})

const fitted = must(fitOf(percentage, encoderOptions, shape, training))

/** Channel values of the four rows. */
export const batch: ReadonlyArray<ReadonlyArray<CoderValue>> = rows.map((row) =>
  must(percentage.values(encoderOptions, { shape, fitted }, sampleOf("probe", row)))
)
export const firstRow = batch.slice(0, 1)

/** The affect, then the last sample again with a class taught. */
export const reinforce = (channel: "pleasure" | "pain", taught: number): ReadonlyArray<BrainFeedback> => [
  { offset: 0, affect: { channel, magnitude: 100 } },
  { offset: 1, represent: true },
  { offset: 1, teach: [classes.map(({ class_id }) => Number(class_id === taught))] }
]

export const withLive = <A>(options: LiveOptions, use: (brain: BrainSession) => Effect.Effect<A, TrainerError>): Promise<A> =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(live.open(liveRequest(options)), use)))

/** What opening fails with. */
export const refusalOf = (options: LiveOptions, more: Partial<BrainOpen<LiveOptions>> = {}) =>
  failure(Effect.scoped(live.open(liveRequest(options, more))))

/** What work with an opened brain fails with. */
export const failureIn = (options: LiveOptions, use: (brain: BrainSession) => Effect.Effect<unknown, TrainerError>) =>
  failure(Effect.scoped(Effect.flatMap(live.open(liveRequest(options)), use)))
