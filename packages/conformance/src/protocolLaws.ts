/**
 * The laws of an evaluation protocol: a complete document with a machine form, whose examples come out as it says, today and in every
 * version that was ever published under its id.
 *
 * Sharp edge: an earlier version is compared as it was written down when it was published (`earlier`, read from files that are kept). What
 * is not kept is not protected.
 */
import {
  decodeStrict,
  type EntryManifest,
  type EntryOf,
  isInsufficient,
  type MetricValue,
  Protocol,
  type ProtocolVector,
  showValue
} from "@feagi-trainer/contracts"
import { breakLaw, expectSame, messageOf } from "./Broken.ts"
import { entryLaw } from "./EntryLaw.ts"
import type { Law } from "./Law.ts"
import { decodedOptions } from "./Options.ts"

/** A metric pack whose options are its own affair. */
type AnyPack = EntryOf["metric-pack"]

export interface ProtocolSubject {
  /** As it is exported: the laws decode it themselves. */
  readonly protocol: unknown
  /** The metric packs that the protocol and its examples name. */
  readonly packs: ReadonlyArray<AnyPack>
  /** What was published before under this id, as it was then; in any order. */
  readonly earlier?: ReadonlyArray<unknown>
  readonly manifest?: EntryManifest
}

const decoded = (what: string, document: unknown): Protocol => {
  const result = decodeStrict(Protocol, document)
  if (result.ok) return result.value
  const mistakes = result.mistakes.map(({ path, message }) => `${path.join(".") || "(top)"}: ${message}`).join("; ")
  return breakLaw(what, "a protocol document", mistakes)
}

const firstRepeated = (all: ReadonlyArray<string>): string | undefined => all.find((each, index) => all.indexOf(each) !== index)

const equal = (left: MetricValue | undefined, right: MetricValue, tolerance: number): boolean => {
  if (left === undefined) return false
  if (isInsufficient(left) || isInsufficient(right)) return isInsufficient(left) && isInsufficient(right)
  return Math.abs(left - right) <= tolerance
}

const otherId = (id: string): string => `; what gives other numbers needs another id than ${id}`

const manifestLawsOf = (read: () => Protocol, manifest: EntryManifest | undefined): ReadonlyArray<Law> =>
  manifest === undefined
    ? []
    : [
        {
          name: "the entry is what its manifest says",
          check: () => {
            const protocol = read()
            for (const law of entryLaw(protocol, manifest)) void law.check()
            const { version, output_type, phases } = manifest.provides
            const own = { version: protocol.version, output_type: protocol.output_type, phases: protocol.phases.map(({ name }) => name) }
            expectSame("version, output type and phases of the protocol, against provides of its manifest", own, {
              version,
              output_type,
              phases
            })
          }
        }
      ]

/** The laws for this protocol; those about earlier versions where some are given, the one about the manifest where it is. */
export const protocolLaws = (subject: ProtocolSubject): ReadonlyArray<Law> => {
  const packOf = (plugin: string): AnyPack | undefined => subject.packs.find(({ id }) => plugin === id || plugin.endsWith(`#${id}`))
  const read = (): Protocol => decoded("the protocol", subject.protocol)
  const earlier = (): ReadonlyArray<Protocol> => (subject.earlier ?? []).map((each, index) => decoded(`earlier protocol ${index}`, each))
  const vectorsOf = ({ vectors = [] }: Protocol): ReadonlyArray<ProtocolVector> => vectors

  const unknownPack = (where: string, plugin: string): never =>
    breakLaw(`the metric pack of ${where}`, subject.packs.map(({ id }) => `…#${id}`).join(" or ") || "a metric pack that was given", plugin)

  /** What its pack gives for an example. */
  const computed = (
    { output_type: type }: Protocol,
    { name, metric_pack, classes, samples }: ProtocolVector
  ): Readonly<Record<string, MetricValue>> => {
    const pack = packOf(metric_pack.plugin) ?? unknownPack(`the example "${name}"`, metric_pack.plugin)
    const options = decodedOptions(pack.decodeOptions, metric_pack.options)
    try {
      // What a plugin brings is named `package#id` in a protocol; the wire has an object there.
      const output_type = (type.includes("#") ? { custom: type } : type) as Parameters<typeof pack.start>[1]["output_type"]
      const fold = pack.start(options, { output_type, classes })
      return fold.result(samples.reduce(fold.add, fold.empty)).values
    } catch (error) {
      return breakLaw(`the example "${name}"`, `values of the metric pack ${pack.id}`, messageOf(error))
    }
  }

  return [
    { name: "the protocol is a complete document without an unknown key", check: () => void read() },
    {
      name: "the id is lower-case words and the version a whole number from 1",
      check: () => {
        const { id, version } = read()
        if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) breakLaw("the id", "lower-case words joined by -", showValue(id))
        if (version < 1) breakLaw("the version", "a whole number from 1", showValue(version))
      }
    },
    {
      name: "phases have names of their own, and at least one is scored",
      check: () => {
        const { phases } = read()
        const twice = firstRepeated(phases.map(({ name }) => name))
        if (twice !== undefined) breakLaw("the names of the phases", "each once", `${twice} again`)
        if (!phases.some(({ scored }) => scored))
          breakLaw("the phases", "at least one that is scored", phases.map(({ name }) => name).join(", ") || "none")
      }
    },
    {
      name: "it says by which rules and by which metric packs a number comes about",
      check: () => {
        const protocol = read()
        if (Object.keys(protocol.rules ?? {}).length === 0) breakLaw("the rules", "at least one, such as ties or thresholds", "none")
        const { metric_pack } = protocol
        if (metric_pack !== undefined && packOf(metric_pack.plugin) === undefined) unknownPack("the protocol", metric_pack.plugin)
        for (const { name, metric_pack: own } of vectorsOf(protocol))
          if (packOf(own.plugin) === undefined) unknownPack(`the example "${name}"`, own.plugin)
      }
    },
    {
      name: "it has examples with names of their own, and one shows the primary metric",
      check: () => {
        const protocol = read()
        const vectors = vectorsOf(protocol)
        if (vectors.length === 0) breakLaw("the examples", "at least one", "none")
        const twice = firstRepeated(vectors.map(({ name }) => name))
        if (twice !== undefined) breakLaw("the names of the examples", "each once", `${twice} again`)
        for (const { name, samples } of vectors) {
          const repeated = firstRepeated(samples.map(({ sample_id }) => sample_id))
          if (repeated !== undefined) breakLaw(`the samples of the example "${name}"`, "each id once", `${repeated} again`)
        }
        const { primary_metric } = protocol
        if (!vectors.some(({ values }) => typeof values[primary_metric] === "number"))
          breakLaw("the examples", `a number for ${primary_metric} in at least one`, "none")
      }
    },
    {
      name: "the metric packs give what the examples say",
      check: () => {
        const protocol = read()
        for (const vector of vectorsOf(protocol)) {
          const found = computed(protocol, vector)
          for (const [metric, expected] of Object.entries(vector.values))
            if (!equal(found[metric], expected, protocol.verification_tolerance))
              breakLaw(
                `${metric} of the example "${vector.name}"`,
                `${showValue(expected)} (tolerance ${protocol.verification_tolerance})`,
                `${showValue(found[metric])}${otherId(protocol.id)}`
              )
        }
      }
    },
    ...(subject.earlier === undefined
      ? []
      : [
          {
            name: "versions of one id go up, and a version that was published stays as it was",
            check: () => {
              const protocol = read()
              for (const before of earlier()) {
                if (before.id !== protocol.id) breakLaw("an earlier protocol", `the id ${protocol.id}`, before.id)
                if (before.version > protocol.version)
                  breakLaw("the version", `at least ${before.version}, which was published`, String(protocol.version))
                if (before.version === protocol.version)
                  expectSame(`version ${before.version}, against the same version as it was published`, before, protocol)
              }
            }
          },
          {
            name: "every number of an earlier version still stands and still comes out",
            check: () => {
              const protocol = read()
              for (const before of earlier())
                for (const vector of vectorsOf(before)) {
                  const where = `the example "${vector.name}" of version ${before.version}`
                  const now = vectorsOf(protocol).find(({ name }) => name === vector.name)
                  if (now === undefined) return breakLaw(where, "an example of the same name", `none${otherId(protocol.id)}`)
                  expectSame(
                    `${where}: what it is made of`,
                    [vector.samples, vector.classes, vector.metric_pack],
                    [now.samples, now.classes, now.metric_pack]
                  )
                  const found = computed(protocol, vector)
                  for (const [metric, value] of Object.entries(vector.values))
                    for (const actual of [now.values[metric], found[metric]])
                      if (!equal(actual, value, before.verification_tolerance))
                        breakLaw(`${where}: ${metric}`, showValue(value), `${showValue(actual)}${otherId(protocol.id)}`)
                }
            }
          }
        ]),
    ...manifestLawsOf(read, subject.manifest)
  ]
}
