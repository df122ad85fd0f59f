/** `compat`: verbs under the names of the scripts that labs know, each of them registered in the chronicle. */
import { Command } from "effect/cli"
import { datasetSplitter, hashIntegrity, imagePreprocessor, metadataExtractor } from "./dataTools.ts"
import { archiveResults, envCheck, pipelineMonitor } from "./orchestration.ts"
import { runExperiment } from "./runExperiment.ts"
import { configLoader, logFormatter, seedManager, timeUtils } from "./utils.ts"
import { dreamAnimation, metricPlotter, tensorVisualizer } from "./visualization.ts"

export const compat = Command.make("compat").pipe(
  Command.withDescription("Scripts by the names that labs know: one document, a log in JSON lines, and an entry in the chronicle"),
  Command.withSubcommands([
    datasetSplitter,
    imagePreprocessor,
    metadataExtractor,
    hashIntegrity,
    runExperiment,
    pipelineMonitor,
    archiveResults,
    envCheck,
    configLoader,
    seedManager,
    logFormatter,
    timeUtils,
    tensorVisualizer,
    metricPlotter,
    dreamAnimation
  ])
)
