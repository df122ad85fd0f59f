/** What a person writes, read strictly: TOML, YAML and JSON as one value with the place of every key, all mistakes at once. */
export { Code, reasonOf } from "./Code.ts"
export {
  canonicalHash,
  type Document,
  type Format,
  formatOf,
  type Located,
  type Parsed,
  type Place,
  parseDocument,
  type Source
} from "./Document.ts"
export { type DecodedDocument, decodeAt, decodeDocument, diagnosticsFor } from "./decodeDocument.ts"
export { type DecodedText, decodeText } from "./decodeText.ts"
export { configHash, type SplitHashes } from "./engine/configHash.ts"
export { EngineConfig, EngineOptimizer, EngineSchedule, EngineSplits } from "./engine/EngineConfig.ts"
export { type EngineMapping, engineMapping, engineToRun } from "./engine/engineToRun.ts"
export { type LoadedEngine, loadEngine, type OpenPart } from "./engine/loadEngine.ts"
export { defaultLimits, type Limits } from "./Limits.ts"
export type { Position } from "./Lines.ts"
export { type Layer, type Layered, layer, type Origin, type Said } from "./layer.ts"
export { checkSchemaVersion, type SchemaVersion } from "./schemaVersion.ts"
export { type Assignment, parseSet, type Refused, setLayer, setPath } from "./set.ts"
export { setText } from "./setText.ts"
export { type TomlOptions, toToml } from "./toToml.ts"
export { toJson, toYaml } from "./toYaml.ts"
export { isTable, showPath, valueAt } from "./Value.ts"
