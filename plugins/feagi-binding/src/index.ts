/** FEAGI brains for the trainer: a backend, encoders, a decoder and task templates, each an entry of the plugin manifest. */
export { boolean } from "./BooleanEncoder.ts"
export { embedded } from "./EmbeddedBackend.ts"
export { imageClassification } from "./ImageClassification.ts"
export { miscClass } from "./MiscClassDecoder.ts"
export { percentage } from "./PercentageEncoder.ts"
export { tabularClassification } from "./TabularClassification.ts"
export { timeSeriesClassification } from "./TimeSeriesClassification.ts"
