/** What is installed and stored beside runs and data: plugins, templates, protocols, codes, brains, scorecards, this machine. */
import { Diagnostic } from "@feagi-trainer/contracts"
import * as Schema from "effect/Schema"
import { Answer, Count, Metrics, Millis, Sha256, Table, Text, Texts } from "./common.ts"

const optional = Schema.optionalKey
const orNull = Schema.NullOr

export const Environment = Schema.StructWithRest(
  Schema.Struct({
    feagi_trainer: Text,
    node: Text,
    platform: Text,
    arch: Text,
    plugins: Schema.Array(Schema.Struct({ name: Text, version: Text, source: Text, files_sha256: Sha256 })),
    environment_sha256: Sha256
  }),
  [Table]
)
export const Doctor = Schema.Array(Schema.Struct({ check: Text, ok: Schema.Boolean, detail: Text, help: Text }))

const entryFields = {
  id: Text,
  kind: Text,
  title: Text,
  qualified_id: Text,
  package: Text,
  version: Text,
  source: Text,
  deterministic: Schema.Boolean
}
export const Plugins = Schema.Array(Schema.Struct(entryFields))
export const Plugin = Schema.Array(Schema.Struct({ ...entryFields, files_sha256: Sha256, manifest: Table }))
export const AxisMatrix = Schema.Struct({
  entries: Schema.Array(Schema.StructWithRest(Schema.Struct(entryFields), [Table])),
  chains: Schema.Array(
    Schema.Struct({
      modality: Text,
      output_type: Text,
      /** Ids by kind. */
      fits: Schema.Record(Schema.String, Texts),
      learnt_by: Schema.Array(Schema.Unknown),
      missing: Schema.Array(Schema.Struct({ kind: Text, because: Text, help: Text }))
    })
  )
})
export const Templates = Schema.Array(
  Schema.Struct({
    template: Text,
    entry_id: Text,
    title: Text,
    task: Text,
    learner: Text,
    package: Text,
    version: Text,
    modalities: Texts,
    output_types: Texts,
    options_schema: Table,
    /** Null where no dataset was named. */
    applies: orNull(Schema.Literals(["yes", "no", "unknown"])),
    available: Schema.Boolean,
    reasons: Texts
  })
)
export const Protocols = Schema.Array(
  Schema.StructWithRest(
    Schema.Struct({
      id: Text,
      version: Schema.Int,
      title: Text,
      output_type: Text,
      phases: Schema.Array(
        Schema.StructWithRest(Schema.Struct({ name: Text, split: orNull(Text), learns: Schema.Boolean, scored: Schema.Boolean }), [Table])
      ),
      primary_metric: Text,
      abstention: Text,
      missing: Text,
      verification_tolerance: Schema.Finite,
      plugin: Schema.Struct({ id: Text, version: Text })
    }),
    [Table]
  )
)
const Direction = Schema.Literals(["in", "out"])
export const Bindings = Schema.Struct({
  rows: Schema.Array(Schema.Struct({ direction: Direction, subject: Text, io_type: Text, entry: Text, units: Texts })),
  unavailable: Schema.Array(Schema.Struct({ direction: Direction, subject: Text, entry: Text, because: Text }))
})
export const Schemes = Schema.Array(
  Schema.Struct({ scheme: Text, version: orNull(Text), available: Schema.Boolean, entries: Texts, because: orNull(Text) })
)

const Voxel = Schema.Struct({ area: Text, x: Count, y: Count, z: Count, potential: Schema.Finite })
const Dimensions = Schema.Tuple([Count, Count, Count])
const Areas = Schema.Array(Schema.Struct({ id: Text, name: Text, dimensions: Dimensions, voxels: Schema.Array(Voxel) }))
const NumberOrNumbers = Schema.Union([Schema.Finite, Schema.Array(Schema.Finite)])
export const Binding = Schema.Struct({
  dataset: Text,
  sample_id: Text,
  part: Text,
  target: orNull(Answer),
  encoder: Schema.Struct({
    id: Text,
    version: Text,
    scheme: Text,
    scheme_version: Text,
    bins: orNull(Schema.Int),
    spacing: orNull(Text)
  }),
  decoder: Schema.Struct({ id: Text, version: Text }),
  picture: orNull(
    Schema.Struct({
      width: Count,
      height: Count,
      values: Schema.Array(Schema.Finite),
      voxels: orNull(Schema.Array(Schema.Finite))
    })
  ),
  channels: Schema.Array(
    Schema.Struct({
      index: Count,
      area: Text,
      channel: Count,
      feature: orNull(Text),
      feature_value: orNull(Schema.Finite),
      value: NumberOrNumbers,
      lit: Schema.Array(Voxel)
    })
  ),
  areas: Areas,
  taught: Schema.Union([
    Schema.Struct({ values: Schema.Array(NumberOrNumbers), areas: Areas, unknown: orNull(Text) }),
    Schema.Struct({ unknown: Text })
  ]),
  files: Texts
})

const brainFields = {
  name: Text,
  version: Schema.Int,
  genome_sha256: Sha256,
  canonical_sha256: orNull(Sha256),
  source: Text,
  connectome: orNull(Schema.Struct({ sha256: Sha256, seed: Sha256, learned_hash: Sha256 })),
  lineage: orNull(
    Schema.Struct({
      parent: orNull(Text),
      run_id: Text,
      spec_sha256: Sha256,
      phase: Text,
      dataset_version_id: Text,
      dataset_content_hash: Text
    })
  ),
  development_sha256: orNull(Sha256)
}
const Extent = orNull(Schema.Finite)
const Size = Schema.Tuple([Extent, Extent, Extent])
export const Brains = Schema.Array(Schema.Struct(brainFields))
export const Brain = Schema.Struct({
  ...brainFields,
  version_of_genome: orNull(Text),
  genome_schema_version: orNull(Schema.Int),
  title: orNull(Text),
  areas: Schema.Array(Schema.Struct({ id: Text, name: orNull(Text), group: orNull(Text), size: Size })),
  mappings: Schema.Array(Schema.Struct({ from: Text, to: Text, rules: Schema.Array(Schema.Unknown) })),
  modulators: Schema.Array(Schema.Struct({ name: Text, properties: Schema.Unknown })),
  development: orNull(
    Schema.Struct({
      schema_version: Schema.Literal(1),
      backend: Schema.Struct({ plugin: Schema.Struct({ id: Text, version: Text }), options: Table }),
      core_version: Text,
      engine: Schema.Record(Schema.String, Text),
      seed: Sha256,
      areas: Schema.Array(Schema.Struct({ id: Text, name: Text, dimensions: Dimensions, neurons: Count })),
      mappings: Schema.Array(Schema.Struct({ from: Text, to: Text, synapses: Count, plastic: Schema.Boolean })),
      affect_channels: Texts,
      neurons: Count,
      synapses: Count,
      learned_hash: Sha256,
      findings: Schema.Array(Diagnostic)
    })
  ),
  existing: optional(Schema.Boolean),
  bytes: optional(Count)
})
export type Brain = typeof Brain.Type

const BrainSide = Schema.Struct({
  name: Text,
  genome_sha256: Sha256,
  canonical_sha256: Sha256,
  connectome_sha256: orNull(Sha256),
  learned_hash: Sha256
})
const Place = Schema.Struct({ area: Text, x: Count, y: Count, z: Count })
const Synapse = orNull(Schema.Struct({ weight: Schema.Finite, potential: Schema.Finite, inhibitory: Schema.Boolean }))
const Change = Schema.Literals(["added", "removed", "changed"])
const counts = { before: Count, after: Count, same: Count, changed: Count, added: Count, removed: Count }
export const BrainDiff = Schema.Struct({
  before: BrainSide,
  after: BrainSide,
  genome: Schema.Struct({
    same: Schema.Boolean,
    differences: Schema.Array(
      Schema.Struct({
        area: orNull(Text),
        area_name: orNull(Text),
        to: orNull(Text),
        to_name: orNull(Text),
        property: Text,
        change: Change,
        before: optional(Schema.Unknown),
        after: optional(Schema.Unknown),
        ignored: Schema.Boolean
      })
    )
  }),
  synapses: Schema.Struct({
    counts: Schema.Struct(counts),
    totals: Schema.Struct({ absolute: Schema.Finite, signed: Schema.Finite, largest: orNull(Schema.Finite) }),
    mappings: Schema.Array(Schema.Struct({ from: Text, to: Text, ...counts })),
    top: Schema.Array(
      Schema.Struct({ source: Place, target: Place, change: Change, before: Synapse, after: Synapse, difference: Schema.Finite })
    )
  })
})

const linkFields = {
  verifies: orNull(Text),
  verified_by: Texts,
  superseded_by: Schema.Array(Schema.Struct({ scorecard_id: Text, reason: Text })),
  supersedes: Schema.Array(Schema.Unknown)
}
export const Scorecards = Schema.Array(
  Schema.Struct({
    scorecard_id: Text,
    run_id: Text,
    phase: Text,
    body_sha256: Sha256,
    document_sha256: Sha256,
    created_at: Millis,
    ...linkFields,
    metrics: Metrics,
    status: Text,
    marks: Schema.Array(Schema.Unknown)
  })
)
export const Scorecard = Schema.StructWithRest(
  Schema.Struct({
    scorecard_id: Text,
    run_id: Text,
    phase: Text,
    body_sha256: Sha256,
    links: Schema.Struct(linkFields),
    metrics: Metrics,
    status: Text
  }),
  [Table]
)
export const ScorecardVerification = Schema.StructWithRest(Schema.Struct({ scorecard_id: Text, verified: Schema.Boolean }), [Table])
export const Supersession = Schema.Struct({ old_id: Text, new_id: Text, reason: Text })
export const Signature = Schema.Struct({
  scorecard_id: Text,
  keyid: Text,
  file: Text,
  subjects: Schema.Array(Schema.Struct({ name: Text, digest: Schema.Struct({ sha256: Sha256 }) }))
})
export const ScorecardExport = Schema.Struct({ scorecard_id: Text, folder: Text, files: Texts })
export const StoreVerification = Schema.Struct({ blobs: Count, bytes: Count, verified: Schema.Boolean })
/** A JSON Schema. */
export const JsonSchemaDocument = Table
