/** The chain of output types: what the data asks for, what the protocol is about, what the metric pack can score. */
import { type Diagnostic, type MetricPack, OutputType, outputTypeName, type Protocol } from "@feagi-trainer/contracts"
import { canonical } from "@feagi-trainer/determinism"
import * as Schema from "effect/Schema"

const isOutputType = Schema.is(OutputType)

/** An output type by its one name, or any other fact of a manifest, as one text. */
export const textOf = (fact: unknown): string =>
  typeof fact === "string" ? fact : isOutputType(fact) ? outputTypeName(fact) : canonical(fact)

export interface Chain {
  readonly protocol: Pick<Protocol, "id" | "output_type"> | undefined
  readonly pack: Pick<MetricPack, "id" | "output_types"> | undefined
  readonly dataset_version_id: string
  readonly output_type: OutputType
}

/** Each mismatch with both sides; what is not known yet matches. */
export const chainMismatches = ({ protocol, pack, dataset_version_id, output_type }: Chain): ReadonlyArray<Diagnostic> => {
  const type = outputTypeName(output_type)
  const found: Array<Diagnostic> = []
  if (protocol !== undefined && protocol.output_type !== type)
    found.push({
      code: "FT2008",
      severity: "error",
      field: "protocol",
      message: `protocol ${protocol.id} and dataset ${dataset_version_id} speak of different output types`,
      expected: `a dataset of ${protocol.output_type}`,
      actual: textOf(output_type)
    })
  if (pack !== undefined && !pack.output_types.includes(type))
    found.push({
      code: "FT2009",
      severity: "error",
      field: "metrics.plugin",
      message: `metric pack ${pack.id} cannot score ${dataset_version_id}`,
      expected: pack.output_types.join(" or "),
      actual: textOf(output_type)
    })
  return found
}
