/** Transforms to and of tables. Everything else stands in files that are not public. */
export { flatten } from "./Flatten.ts"
export { minMax } from "./MinMax.ts"
export { select } from "./Select.ts"
export { standardise } from "./Standardise.ts"
