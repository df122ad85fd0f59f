/** The metrics of a run computed again from its bundle: they have to be those that it recorded, to the last bit. */
import { type MetricPack, mistakeDiagnostic, type Protocol, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { Catalogue, idsOf, loadPack, partialPhases, type RunDocument, readAnswer, readParts, scoredAnswer } from "@feagi-trainer/core"
import { canonical } from "@feagi-trainer/determinism"
import { score } from "@feagi-trainer/evaluation"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { failAfterData } from "../../afterData.ts"
import { openRunBundle } from "../../bundle.ts"
import { emit } from "../../Out.ts"
import { optionValues } from "../../optionValues.ts"
import { withBundle } from "../../services.ts"
import { drawnIntervals, type IntervalFlags } from "./intervals.ts"
import { scoresText } from "./Scores.ts"

interface BundleFlags extends IntervalFlags {
  readonly phase: Option.Option<string>
  /** Another pack than that of the run, with its options. */
  readonly pack: Option.Option<string>
  readonly option: ReadonlyArray<string>
  readonly json: boolean
}

/** What a protocol shows first is a value of its own pack. */
const withoutPrimary = ({ id, version, output_type }: Protocol) => ({ id, version, output_type })

/** The pack of the run, or another one for the answers of the run. */
const packOf = (document: RunDocument, { pack, option }: BundleFlags) =>
  Effect.gen(function* () {
    if (Option.isNone(pack)) return yield* loadPack(document)
    const { ref, entry } = yield* (yield* Catalogue).lookup("metric-pack", pack.value)
    const options = entry.decodeOptions(yield* optionValues(option))
    if (!options.ok)
      return yield* trainerErrors(
        "usage",
        options.mistakes.map((mistake) => mistakeDiagnostic("--option", mistake))
      )
    const { output_type, classes } = document.dataset
    return { ref, pack: entry as MetricPack, options: options.value as unknown, context: { output_type, classes } }
  })

export const scoreOfBundle = (path: string, flags: BundleFlags) =>
  Effect.gen(function* () {
    const { phase, pack: other } = flags
    const own = Option.isNone(other)
    const { recording, layer } = yield* openRunBundle(path)
    const { document } = recording
    const scoredPhases = document.protocol.phases.filter((each) => each.scored)
    const wanted = Option.getOrElse(phase, () => scoredPhases.at(-1)?.name ?? "")
    const found = scoredPhases.find(({ name }) => name === wanted)
    if (found === undefined)
      return yield* trainerError("usage", {
        code: "FT5012",
        field: "--phase",
        message: `the protocol ${document.protocol.id} scores no phase of this name`,
        expected: scoredPhases.map(({ name }) => name).join(" or "),
        actual: wanted
      })
    const data = yield* withBundle(
      Effect.gen(function* () {
        const { ref, pack, options, context } = yield* packOf(document, flags)
        const done = partialPhases(recording.phases).find((each) => each.phase === wanted)?.samples_done
        const samples = recording.predictions
          .filter((row) => row.phase === wanted)
          .flatMap((row) => scoredAnswer(readAnswer(row.line)) ?? [])
        const result = score({
          predictions: samples,
          expected: idsOf(yield* readParts(document), found.split).slice(0, done),
          pack,
          options,
          context,
          protocol: own ? document.protocol : withoutPrimary(document.protocol)
        })
        if (!result.ok) return yield* trainerErrors("invalid", result.diagnostics)
        const names = Object.keys(result.values)
        const intervals = yield* drawnIntervals(flags, { pack, options, context, samples }, result.values)
        return {
          pack: `${ref.id}@${ref.version}`,
          metrics: result.values,
          signatures: Object.fromEntries(names.map((name) => [name, result.signatures[name] ?? result.signature])),
          n: result.n,
          missing: result.missing.length,
          abstained: result.abstained,
          ...(intervals === undefined ? {} : { intervals })
        }
      }),
      layer
    )
    const title = `phase ${wanted} of ${recording.run_id}`
    const common = { run_id: recording.run_id, phase: wanted, ...data }
    if (!own) return yield* emit(flags.json, { kind: "score", data: common, human: scoresText(title, data) })
    const recorded = recording.phases.find((each) => each.phase === wanted)?.metrics ?? {}
    // A later version of the pack may say more; what it said then, it has to say now.
    const differing = Object.keys(recorded).filter((name) => canonical(recorded[name] ?? null) !== canonical(data.metrics[name] ?? null))
    const equal = differing.length === 0
    yield* emit(flags.json, {
      kind: "score",
      data: { ...common, recorded: equal ? "equal" : "different" },
      human: [scoresText(title, data), ...(equal ? ["", "every value that the run recorded is the same, to the last bit"] : [])].join("\n")
    })
    if (equal) return
    return yield* failAfterData(
      trainerErrors(
        "integrity",
        differing.map((field) => ({
          code: "FT5013",
          severity: "error",
          field,
          message: "the predictions of the bundle do not give what the run recorded",
          expected: canonical(recorded[field] ?? null),
          actual: canonical(data.metrics[field] ?? null)
        }))
      )
    )
  })
