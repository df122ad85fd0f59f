/** The fast half of `npm test`: types, the built Studio, format and lint, unused code. */
import { lint, runStep, studio, typecheck, unused } from "./steps.ts"

const failed = [typecheck, studio, lint, unused].filter((step) => !runStep(step))
process.exit(failed.length === 0 ? 0 : 1)
