/** What makes a result replay to the same bytes: JSON, hashes, chance, sums, splits. */
export { CanonicalError, canonical, canonicalBytes, fromCanonical, hashOf } from "./Canonical.ts"
export { ChaCha8 } from "./ChaCha8.ts"
export { ExactSum } from "./ExactSum.ts"
export {
  Json,
  type JsonOptions,
  type JsonPath,
  type JsonProblem,
  type JsonResult,
  JsonSyntaxError,
  type JsonValue,
  type Position,
  type Positions
} from "./Json.ts"
export { logarithm } from "./Logarithm.ts"
export { exactProduct, power, root } from "./Powers.ts"
export { Random } from "./Random.ts"
export { SeedTree } from "./SeedTree.ts"
export { Sha256, sha256Hex } from "./Sha256.ts"
export {
  makeSplit,
  orderHash,
  type SplitMethod,
  type SplitPart,
  type SplitProblem,
  type SplitRequest,
  type SplitResult,
  type SplitSample
} from "./Splits.ts"
export { cosine, cosPi, sine } from "./Trigonometry.ts"
export { fromUtf8, toUtf8 } from "./Utf8.ts"
