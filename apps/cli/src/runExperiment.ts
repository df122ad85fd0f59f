#!/usr/bin/env node
/** `run_experiment …` is `feagi-trainer compat run_experiment …` under the name that scripts call. */
process.argv.splice(2, 0, "compat", "run_experiment")
await import("./main.ts")
