/**
 * The reference learner: the nearest class mean, in exact integers. It is small enough to be checked by hand, so a test of an
 * orchestrator can tell what every answer has to be, and it learns from the first sample on.
 *
 * Features are read in thousandths (`Math.round(1000 x)`) and kept as `bigint` sums, so no order of summation and no machine can make
 * a difference. Sharp edges: tabular payloads and class targets only; a feature beyond ±10^9 is refused; the nearest of two equally
 * near classes is the one declared first; before anything was learnt the answer is an abstention, and there are scores only once every
 * class was seen.
 */
import {
  type ClassLabel,
  decodeStrict,
  type IRSample,
  type LearnerFamily,
  type LearnerOpenRequest,
  type LearnerOutput,
  type LearnerPins,
  type LearnerPlan,
  type LearnerPlanRequest,
  type LearnerSample,
  type LearnerSession,
  type TrainerError,
  trainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { canonicalBytes, fromCanonical, hashOf } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const resolution = 1000

/** Sums and counts as text, because JSON numbers end at 2^53. */
const Snapshot = Schema.Struct({
  format: Schema.Literal("reference-learner/1"),
  tick: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  classes: Schema.Array(
    Schema.Struct({
      class_id: Schema.Int,
      count: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
      sums: Schema.Array(Schema.String.check(Schema.isPattern(/^-?\d+$/)))
    })
  )
})
type Snapshot = typeof Snapshot.Type

interface Mean {
  readonly class_id: number
  count: number
  readonly sums: Array<bigint>
}

const refuse = (message: string, sample_id: string, expected: string, actual: string): TrainerError =>
  trainerError("failed", { code: "reference/INPUT", message, sample_id, expected, actual })

const featuresOf = (sample: IRSample, features: number): Effect.Effect<ReadonlyArray<bigint>, TrainerError> => {
  const { payload, sample_id } = sample
  if (!("tabular" in payload))
    return Effect.fail(refuse("the reference learner reads tables only", sample_id, "a tabular payload", Object.keys(payload).join(", ")))
  const row = payload.tabular
  if (row.length !== features)
    return Effect.fail(refuse("the sample does not have the planned features", sample_id, `${features} features`, `${row.length}`))
  const wild = row.find((value) => !(Math.abs(value) <= 1e9))
  if (wild !== undefined)
    return Effect.fail(refuse("the sample has a feature out of range", sample_id, "features from -1e9 to 1e9", String(wild)))
  return Effect.succeed(row.map((value) => BigInt(Math.round(value * resolution))))
}

/** Squared distance to the mean, times the squared count: Σ (n·x − S)². */
const scaledDistance = (x: ReadonlyArray<bigint>, { count, sums }: Mean): bigint =>
  x.reduce((sum, value, index) => sum + (BigInt(count) * value - (sums[index] ?? 0n)) ** 2n, 0n)

/** How the answer is chosen, for learners that are broken on purpose. */
type Disturb = () => number

const makeSession = (classes: ReadonlyArray<ClassLabel>, features: number, disturb: Disturb): LearnerSession => {
  let means: ReadonlyArray<Mean> = classes.map(({ class_id }) => ({ class_id, count: 0, sums: Array.from({ length: features }, () => 0n) }))
  let tick = 0
  let frozen = false
  let answers = 0

  const snapshot = (): Snapshot => ({
    format: "reference-learner/1",
    tick,
    classes: means.map(({ class_id, count, sums }) => ({ class_id, count, sums: sums.map(String) }))
  })

  const answer = (x: ReadonlyArray<bigint>): LearnerOutput => {
    tick += 1
    answers += 1
    const seen = means
      .filter(({ count }) => count > 0)
      .map((mean) => ({ mean, distance: scaledDistance(x, mean), weight: BigInt(mean.count) ** 2n }))
    const [first, ...rest] = seen
    if (first === undefined) return { answer: { abstain: { reason: "nothing learnt" } }, tick }
    // a/m < b/n for positive m and n, without dividing.
    const best = rest.reduce((near, each) => (each.distance * near.weight < near.distance * each.weight ? each : near), first)
    const shift = disturb()
    const class_id =
      shift === 0 ? best.mean.class_id : (means[(means.indexOf(best.mean) + shift) % means.length]?.class_id ?? best.mean.class_id)
    const scores = seen.length < means.length ? [] : seen.map(({ distance, weight }) => 0 - Number(distance) / Number(weight))
    return { answer: { class: { class_id, scores } }, tick, ...(scores.length === 0 ? {} : { scores }) }
  }

  const trainOne = ({ sample, target }: LearnerSample): Effect.Effect<LearnerOutput, TrainerError> =>
    Effect.gen(function* () {
      if (frozen) return yield* trainerError("failed", { code: "reference/FROZEN", message: "a frozen learner was asked to learn" })
      const x = yield* featuresOf(sample, features)
      const mean = "class" in target ? means.find(({ class_id }) => class_id === target.class.class_id) : undefined
      if (mean === undefined)
        return yield* refuse(
          "the reference learner cannot learn this target",
          sample.sample_id,
          `a class, one of ${means.map(({ class_id }) => class_id).join(", ")}`,
          JSON.stringify(target)
        )
      const output = answer(x)
      mean.count += 1
      for (const [index, value] of x.entries()) mean.sums[index] = (mean.sums[index] ?? 0n) + value
      return output
    })

  const restore = (bytes: Uint8Array): Effect.Effect<void, TrainerError> => {
    const wrong = (actual: string) =>
      Effect.fail(
        trainerError("integrity", {
          code: "reference/CHECKPOINT",
          message: "these bytes are no checkpoint of this learner",
          expected: `reference-learner/1 of ${means.length} classes and ${features} features`,
          actual
        })
      )
    let parsed: unknown
    try {
      parsed = fromCanonical(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
    } catch (error) {
      return wrong(error instanceof Error ? error.message : String(error))
    }
    const decoded = decodeStrict(Snapshot, parsed)
    if (!decoded.ok) return wrong(decoded.mistakes.map(({ path, message }) => [...path, message].join(" ")).join("; "))
    const found = decoded.value.classes
    const fits =
      found.length === means.length &&
      found.every(({ class_id, sums }, index) => class_id === means[index]?.class_id && sums.length === features)
    if (!fits) return wrong(`classes ${found.map(({ class_id }) => class_id).join(", ")}`)
    return Effect.sync(() => {
      means = found.map(({ class_id, count, sums }) => ({ class_id, count, sums: sums.map(BigInt) }))
      tick = decoded.value.tick
    })
  }

  return {
    train: (batch) => Effect.forEach(batch, trainOne),
    predict: (batch) => Effect.forEach(batch, (sample) => Effect.map(featuresOf(sample, features), answer)),
    freeze: Effect.sync(() => {
      frozen = true
    }),
    checkpoint: Effect.sync(() => canonicalBytes(snapshot())),
    restore,
    learnedHash: Effect.sync(() => hashOf(snapshot().classes)),
    fullHash: Effect.sync(() => hashOf(snapshot())),
    continuation: "identical",
    activity: Effect.sync(() => ({ answers })),
    fingerprint: { learner: "reference", version: 1 }
  }
}

const still: Disturb = () => 0

/** A session of its own, without a family: for tests of whatever works on a LearnerSession. */
export const referenceSession = (classes: ReadonlyArray<ClassLabel>, features: number): LearnerSession =>
  makeSession(classes, features, still)

const Section = Schema.Struct({ kind: Schema.String })

const faultsOf = (
  request: Pick<LearnerPlanRequest, "shape" | "output_type" | "classes">
): ReadonlyArray<readonly [field: string, expected: string, actual: string]> => [
  ...(request.shape.kind === "tabular" ? [] : [["dataset", "tabular samples", request.shape.kind] as const]),
  ...(request.output_type === "class" ? [] : [["dataset", "output type class", JSON.stringify(request.output_type)] as const]),
  ...(request.classes.length > 0 ? [] : [["dataset", "at least one declared class", "none"] as const])
]

const diagnosticsOf = (kind: string, request: Pick<LearnerPlanRequest, "shape" | "output_type" | "classes">) =>
  faultsOf(request).map(([field, expected, actual]) => ({
    code: "reference/PLAN",
    severity: "error" as const,
    field,
    message: `the learner "${kind}" cannot learn from this dataset`,
    expected,
    actual
  }))

const familyOf = (kind: string, disturb: Disturb): LearnerFamily => {
  const pinsOf = (request: LearnerPlanRequest, features: number, initial_hash: string): LearnerPins => ({
    kind,
    resolved: { kind, features, classes: request.classes.map(({ class_id }) => class_id) },
    treatment: { learner: kind },
    wire: {},
    initial_hash
  })
  const plan = (request: LearnerPlanRequest): Effect.Effect<LearnerPlan, TrainerError> =>
    Effect.gen(function* () {
      const section = decodeStrict(Section, request.section)
      const mistakes = section.ok ? [] : section.mistakes
      const diagnostics = [
        ...mistakes.map(({ path, message }) => ({
          code: "reference/PLAN",
          severity: "error" as const,
          field: ["learner", ...path].join("."),
          message
        })),
        ...diagnosticsOf(kind, request),
        ...(request.experience === "sample"
          ? []
          : [
              {
                code: "reference/PLAN",
                severity: "error" as const,
                field: "learner.kind",
                message: `the learner "${kind}" learns from samples alone`,
                expected: "samples of a dataset",
                actual: `outcomes of kind "${request.experience}"`
              }
            ])
      ]
      if (diagnostics.length > 0 || request.shape.kind !== "tabular") return { ok: false, diagnostics }
      const features = request.shape.features.length
      return { ok: true, pins: pinsOf(request, features, yield* makeSession(request.classes, features, disturb).learnedHash) }
    })
  const open = (request: LearnerOpenRequest): Effect.Effect<LearnerSession, TrainerError> => {
    const diagnostics = diagnosticsOf(kind, request)
    if (diagnostics.length > 0 || request.shape.kind !== "tabular") return Effect.fail(trainerErrors("invalid", diagnostics))
    const features = request.shape.features.length
    // Lazily: whoever runs the effect twice has two sessions.
    return Effect.sync(() => makeSession(request.classes, features, disturb))
  }
  return { kind, plan, open }
}

/** The family of kind `reference`; its `[learner]` table is `kind = "reference"` and nothing else. Draws nothing from its seed. */
export const referenceLearner: LearnerFamily = familyOf("reference", still)

/**
 * Broken on purpose: each answer is shifted by `now()` classes, so a replay diverges as soon as the clock differs. What is learnt stays
 * the same, which is why only the predictions of a run can tell. `now` gives an integer from 0.
 */
export const clockLearner = (now: () => number): LearnerFamily => familyOf("clock", now)
