/** Three reward policies that judge answers without ever showing the label. */
export { correctness } from "./Correctness.ts"
export { margin } from "./Margin.ts"
export { predictionError } from "./PredictionError.ts"
