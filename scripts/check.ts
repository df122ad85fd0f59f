/** The fast half of `npm test`: types, format and lint, unused code. */
import { lint, runStep, typecheck, unused } from "./steps.ts"

const failed = [typecheck, lint, unused].filter((step) => !runStep(step))
process.exit(failed.length === 0 ? 0 : 1)
