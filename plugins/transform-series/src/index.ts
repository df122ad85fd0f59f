/** Transforms of signals. Everything else stands in files that are not public. */
export { seriesJitter } from "./Jitter.ts"
export { seriesMinMax } from "./MinMax.ts"
export { seriesResample } from "./Resample.ts"
export { seriesWindow } from "./Window.ts"
export { seriesZNormalise } from "./ZNormalise.ts"
