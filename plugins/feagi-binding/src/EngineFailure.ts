/**
 * Errors of the engine as errors of the trainer: the kind becomes the code, the reason follows from who has to act.
 */
import { type Reason, TrainerError, trainerError } from "@feagi-trainer/contracts"
import { EngineError, type EngineErrorKind } from "@feagi-trainer/feagi-runtime"
import { Effect } from "effect"

const reasons: Readonly<Record<EngineErrorKind, Reason>> = {
  "genome-invalid": "invalid",
  "budget-exceeded": "invalid",
  "mapping-empty": "invalid",
  "payload-invalid": "invalid",
  coder: "invalid",
  "snapshot-invalid": "integrity",
  trap: "failed",
  disposed: "failed",
  "module-invalid": "missing"
}

const help: Readonly<Partial<Record<EngineErrorKind, string>>> = {
  "budget-exceeded": "raise learner.backend.options.max_voxels or max_synapses, or make the genome smaller",
  "mapping-empty": "check the morphology and both areas of the mapping in the genome",
  trap: "this brain is lost, the engine module is not: open a new session, which gets a new instance, and restore the last checkpoint",
  disposed: "the session was closed; open a new one",
  "module-invalid": "install @feagi-trainer/feagi-runtime again: its engine module is not the one of this version"
}

/** Code `embedded/<KIND>`, reason by kind. What is no EngineError is a bug of ours and stays a defect. */
export const fromEngine = (error: EngineError): TrainerError => {
  const way = help[error.kind]
  return trainerError(reasons[error.kind], {
    code: `embedded/${error.kind.toUpperCase()}`,
    message: error.message,
    ...(way === undefined ? {} : { help: way })
  })
}

/** Runs a call of the engine; a trainer error that the call itself throws passes as it is. */
export const callEngine = <A>(work: () => A): Effect.Effect<A, TrainerError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(work())
    } catch (error) {
      if (error instanceof TrainerError) return Effect.fail(error)
      return error instanceof EngineError ? Effect.fail(fromEngine(error)) : Effect.die(error)
    }
  })
