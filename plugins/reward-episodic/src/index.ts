/** Two reward policies for the episodes of an environment. */
export { discountedReturn } from "./Return.ts"
export { sparseOutcome } from "./SparseOutcome.ts"
