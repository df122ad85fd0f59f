/** A gradient model as a learner, on the kernels of `@feagi-trainer/gradient`, and task templates for it. */
export { gradient } from "./Gradient.ts"
export { imageClassification } from "./ImageTemplate.ts"
export { tabularClassification } from "./TabularTemplate.ts"
export { textClassification } from "./TextTemplate.ts"
