/**
 * What has to hold so that a run is the same everywhere, and what is known of it. `verified` was looked at here; `unknown` says
 * that the genome departs from it, or that it cannot be told.
 */
import type { Precondition } from "@feagi-trainer/contracts"
import type { BrainInfo } from "@feagi-trainer/feagi-runtime"

/** Values of one property over all areas of a flat blueprint. Undefined when the text has no blueprint of that kind. */
const propertyValues = (genome: string, suffix: string): ReadonlyArray<unknown> | undefined => {
  let parsed: unknown
  try {
    parsed = JSON.parse(genome)
  } catch {
    return undefined
  }
  if (typeof parsed !== "object" || parsed === null || !("blueprint" in parsed)) return undefined
  const { blueprint } = parsed
  if (typeof blueprint !== "object" || blueprint === null) return undefined
  const values = Object.entries(blueprint).flatMap(([key, value]) => (key.endsWith(suffix) ? [value] : []))
  return values.length === 0 ? undefined : values
}

/** FEAGI's morphologies that draw numbers while synapses grow. */
const chancy = ["random", "randomizer"]

export const preconditions = (genome: string, info: BrainInfo): ReadonlyArray<Precondition> => {
  const allHundred = (name: string, suffix: string, good: string, otherwise: string): Precondition => {
    const values = propertyValues(genome, suffix)
    if (values === undefined) return { name, status: "unknown", detail: "the genome does not say it for its areas one by one" }
    const others = values.filter((value) => value !== 100).length
    return others === 0
      ? { name, status: "verified", detail: good }
      : { name, status: "unknown", detail: `${others} of ${values.length} areas ${otherwise}` }
  }
  const drawn = info.mappings.filter(({ morphologies }) => morphologies.some((name) => chancy.includes(name)))
  return [
    { name: "clock", status: "verified", detail: "the engine's clock is a counter of the host; nothing is paced by time" },
    { name: "randomness", status: "verified", detail: "every byte the engine draws comes from the seed of the session" },
    { name: "single-thread", status: "verified", detail: "one instance, one thread, memory areas computed within the burst" },
    allHundred(
      "development-attractivity",
      "-cx-synatt-f",
      "synapse attractivity is 100 everywhere: no candidate synapse is left to chance",
      "have a synapse attractivity below 100: which synapses grow follows the seed"
    ),
    drawn.length === 0
      ? { name: "development-morphologies", status: "verified", detail: "no mapping uses a random morphology" }
      : {
          name: "development-morphologies",
          status: "unknown",
          detail: `${drawn.length} mappings use a random morphology: they follow the seed`
        },
    allHundred(
      "excitability",
      "-nx-excite-f",
      "excitability is 100 everywhere: no neuron fires by chance",
      "have an excitability below 100: firing follows neuron id and burst"
    )
  ]
}
