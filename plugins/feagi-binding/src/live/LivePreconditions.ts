/**
 * What has to hold so that a live run is the same elsewhere, and what is known of it. Far less than of an embedded brain: the engine has
 * no seed, and nobody but its other clients says what they do.
 */
import type { Precondition } from "@feagi-trainer/contracts"
import type { LiveMode } from "./LiveOptions.ts"

/** The crates that every claim here was looked at with. */
export const KNOWN_CORE = "0.0.49"

const alignment = (mode: LiveMode): ReadonlyArray<Precondition> =>
  mode.kind === "stepped"
    ? [
        { name: "clock", status: "verified", detail: "bursts are started one by one, and the engine's counter is looked at after each" },
        {
          name: "burst-alignment",
          status: "verified",
          detail: "the engine's snapshot of its input says of every sample that its burst took it"
        }
      ]
    : [
        { name: "clock", status: "unknown", detail: "the engine runs by itself; bursts between two samples are not counted" },
        {
          name: "burst-alignment",
          status: "unknown",
          detail: "samples and feedback go to the running engine and may act a burst late; a late reward teaches something else"
        }
      ]

/** Chance in the genome, in the words of an engine without a seed. `found` are the findings of the embedded backend. */
const chance = (found: ReadonlyArray<Precondition>): ReadonlyArray<Precondition> =>
  ["development-attractivity", "development-morphologies", "excitability"].flatMap((name) => {
    const each = found.find((precondition) => precondition.name === name)
    if (each === undefined) return []
    if (each.status === "verified") return [each]
    return [{ name, status: "unknown", detail: `the genome leaves this to chance, and the engine takes no seed` }]
  })

export const livePreconditions = (
  mode: LiveMode,
  core_version: string,
  genome: ReadonlyArray<Precondition>
): ReadonlyArray<Precondition> => {
  const certain = !chance(genome).some(({ status }) => status === "unknown")
  return [
    ...alignment(mode),
    core_version === KNOWN_CORE
      ? { name: "engine-version", status: "verified", detail: `crates ${KNOWN_CORE}, which this backend was tested with` }
      : { name: "engine-version", status: "asserted", detail: `crates ${core_version}; this backend was tested with ${KNOWN_CORE}` },
    certain
      ? {
          name: "development",
          status: "verified",
          detail: "areas, sizes and synapses of every mapping are those that the coders' own crates grow from the genome"
        }
      : { name: "development", status: "unknown", detail: "areas and sizes fit; which synapses grow is left to chance" },
    ...chance(genome),
    {
      name: "summation-order",
      status: "unknown",
      detail: "the engine adds the inputs of a neuron in an order of its own: the last bits of potentials may differ"
    },
    {
      name: "single-client",
      status: "asserted",
      detail: "nobody else works with this engine; its session and genome numbers are looked at with every batch"
    }
  ]
}
