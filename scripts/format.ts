/** Formats the whole repository and applies the safe fixes of the linter. */
import { lint, runStep } from "./steps.ts"

process.exit(runStep({ ...lint, name: "format (biome)", args: ["check", "--write", "."] }, true) ? 0 : 1)
