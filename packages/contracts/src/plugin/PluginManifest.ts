/**
 * The static manifest of a plugin package: what it offers, readable without running its code.
 *
 * `package.json` names it: `"feagiTrainer": "./feagi-trainer.plugin.json"`.
 */
import * as Schema from "effect/Schema"

export const pluginKinds = [
  "adapter",
  "sampler",
  "encoder",
  "decoder",
  "reward",
  "metric-pack",
  "learner",
  "brain-backend",
  "transform",
  "environment",
  "protocol",
  "task-template",
  "exporter"
] as const
export const PluginKind = Schema.Literals(pluginKinds)
export type PluginKind = typeof PluginKind.Type

const kebabCase = Schema.String.check(Schema.isPattern(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/))
const facts = Schema.Record(Schema.String, Schema.Unknown)

export const EntryManifest = Schema.Struct({
  kind: PluginKind,
  /** Unique per kind within a project. */
  id: kebabCase,
  /** Version of the interface that the entry implements. */
  spec: Schema.Literal(1),
  title: Schema.String,
  /** JSON Schema (draft 2020-12) of the options. */
  options_schema: facts,
  /** What it can do: modalities, output types, schemes; `upstream_id` and `upstream_version` where upstream has the same thing. */
  provides: facts,
  requires: facts,
  deterministic: Schema.Boolean,
  capabilities: Schema.Struct({ fs: Schema.Boolean, net: Schema.Boolean, child_process: Schema.Boolean }),
  /** Name of the module's export that holds the entry. */
  export: Schema.String
})
export type EntryManifest = typeof EntryManifest.Type

export const PluginManifest = Schema.Struct({
  schema_version: Schema.Literal(1),
  entries: Schema.NonEmptyArray(EntryManifest)
})
export type PluginManifest = typeof PluginManifest.Type
