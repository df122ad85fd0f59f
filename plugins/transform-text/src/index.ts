/** Transforms of text. Everything else stands in files that are not public. */
export { textNormalise } from "./Normalise.ts"
export { tokenise } from "./Tokenise.ts"
