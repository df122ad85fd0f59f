/** Options of the embedded backend: how large a brain may grow, and how strictly its genome is read. There is no default. */
import { optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"

const limit = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000_000 }))

export const EmbeddedOptions = Schema.Struct({
  /** Voxels of all areas together; checked before anything grows. */
  max_voxels: limit,
  /** Synapses; checked before development where they can be told, else after it. */
  max_synapses: limit,
  /** `strict` refuses what FEAGI's validator calls an error; `lenient` takes what its loader takes (its own templates need this). */
  validation: Schema.Literals(["strict", "lenient"])
})
export type EmbeddedOptions = typeof EmbeddedOptions.Type

export const decodeEmbeddedOptions = optionsFrom(EmbeddedOptions)
