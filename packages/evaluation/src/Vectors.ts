/**
 * The examples of a protocol, computed: what a metric pack gives today against what the protocol says it gives for ever.
 *
 * Sharp edge: only the values that a vector names are compared. A pack may learn to say more; what it said, it has to go on saying.
 */
import { type Diagnostic, isInsufficient, type MetricPack, type MetricValue, type Protocol } from "@feagi-trainer/contracts"
import { type OutputType, UpstreamOutputType } from "@feagi-trainer/dataset-contracts"
import * as Schema from "effect/Schema"

const shown = (value: MetricValue | undefined): string => {
  if (value === undefined) return "no such value"
  return isInsufficient(value) ? `insufficient: ${value.insufficient}` : String(value)
}

const equal = (left: MetricValue | undefined, right: MetricValue, tolerance: number): boolean => {
  if (left === undefined) return false
  if (isInsufficient(left) || isInsufficient(right)) return isInsufficient(left) && isInsufficient(right)
  return Math.abs(left - right) <= tolerance
}

/** A protocol names the type that a plugin brings as `package#id`, where the wire has an object. */
const outputType = (name: string): OutputType => (Schema.is(UpstreamOutputType)(name) ? name : { custom: name })

const finding = (protocol: Protocol, vector: string, rest: Partial<Diagnostic> & Pick<Diagnostic, "message">): Diagnostic => ({
  code: "FT5401",
  severity: "error",
  field: `vectors.${vector}`,
  help: `a change that gives other numbers needs a protocol with another id than ${protocol.id}`,
  ...rest
})

/**
 * Every value in which a pack differs from the vectors of the protocol that name it; empty when it gives them all.
 * Two reasons for too little data count as the same: their wording may become better.
 *
 * @param plugin `<package>#<id>` of the pack
 */
export const checkVectors = <Options, State>(
  protocol: Protocol,
  plugin: string,
  pack: MetricPack<Options, State>
): ReadonlyArray<Diagnostic> =>
  (protocol.vectors ?? [])
    .filter(({ metric_pack }) => metric_pack.plugin === plugin)
    .flatMap(({ name, metric_pack, classes, samples, values }) => {
      const options = pack.decodeOptions(metric_pack.options)
      if (!options.ok)
        return options.mistakes.map((mistake) =>
          finding(protocol, name, {
            field: ["vectors", name, "metric_pack", "options", ...mistake.path].join("."),
            message: `the metric pack ${pack.id} does not take the options of the example "${name}": ${mistake.message}`
          })
        )
      let found: Readonly<Record<string, MetricValue>>
      try {
        const fold = pack.start(options.value, { output_type: outputType(protocol.output_type), classes })
        found = fold.result(samples.reduce(fold.add, fold.empty)).values
      } catch (cause) {
        return [
          finding(protocol, name, {
            message: `the metric pack ${pack.id} does not compute the example "${name}": ${cause instanceof Error ? cause.message : String(cause)}`
          })
        ]
      }
      return Object.entries(values).flatMap(([metric, expected]) =>
        equal(found[metric], expected, protocol.verification_tolerance)
          ? []
          : [
              finding(protocol, name, {
                field: `vectors.${name}.${metric}`,
                message: `${protocol.id} says what ${metric} of its example "${name}" is, and the metric pack ${pack.id} gives something else`,
                expected: shown(expected),
                actual: shown(found[metric])
              })
            ]
      )
    })

/** The packs that the vectors of a protocol name, each once. */
export const packsOfVectors = ({ vectors = [] }: Protocol): ReadonlyArray<string> => [
  ...new Set(vectors.map(({ metric_pack }) => metric_pack.plugin))
]
