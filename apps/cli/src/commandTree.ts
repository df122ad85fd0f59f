/**
 * Every command: its name, what it is for, and the module that is imported when it is called. The one place that says so; the order is that
 * of the help.
 */
import { type CommandNode, noun, verb } from "./CommandNode.ts"

export const commandTree: CommandNode = {
  name: "feagi-trainer",
  description: "Train, test and benchmark FEAGI brains; every result replays to the same bytes",
  examples: [
    { command: "feagi-trainer dataset add iris.csv --adapter csv --label-column species --name iris", description: "Register data" },
    {
      command: "feagi-trainer init --template tabular-classification --dataset iris@1 --seed 1..5 > iris.run.toml",
      description: "Write a run file"
    },
    { command: "feagi-trainer run start iris.run.toml", description: "Run it" }
  ],
  load: async () => (await import("./commands/root.ts")).root,
  commands: [
    verb(
      "init",
      "Write feagi-trainer.toml; with --template, print a complete run file for a registered dataset",
      async () => (await import("./commands/init.ts")).init
    ),
    verb(
      "ui",
      "Open the Studio: configure, watch, look into and compare runs in a browser, on this machine alone",
      async () => (await import("./commands/serve.ts")).ui
    ),
    verb(
      "serve",
      "Give this project to other programs as an HTTP API, on this machine alone; ends with Ctrl-C",
      async () => (await import("./commands/serve.ts")).serve
    ),
    noun("template", "See what a run file can be begun with", [
      verb(
        "ls",
        "List task templates, with --dataset also which of them fit it and why the others do not",
        async () => (await import("./commands/template.ts")).ls
      )
    ]),
    noun("dataset", "Register data, look at it, check it, split it", [
      verb(
        "discover",
        "List the ways in which a file or folder could be read, the most certain first, each with its evidence",
        async () => (await import("./commands/dataset/discover.ts")).discover
      ),
      verb(
        "propose-schema",
        "Scan a source and propose its schema column by column, with the evidence; nothing is registered",
        async () => (await import("./commands/dataset/proposeSchema.ts")).proposeSchema
      ),
      verb(
        "validate",
        "Scan a file or folder completely without registering it; --report writes the findings to a file",
        async () => (await import("./commands/dataset/validate.ts")).validate
      ),
      verb(
        "add",
        "Scan a file or folder completely and register it; the same content gives the same version",
        async () => (await import("./commands/dataset/add.ts")).add
      ),
      verb("ls", "List registered datasets", async () => (await import("./commands/dataset/ls.ts")).ls),
      verb(
        "show",
        "Show what a dataset holds: features, classes, parts, leaks, options, hashes",
        async () => (await import("./commands/dataset/show.ts")).show
      ),
      verb(
        "labels",
        "List the classes of a dataset with their samples, and what a label map made them from",
        async () => (await import("./commands/dataset/labels.ts")).labels
      ),
      verb(
        "preview",
        "Show samples as the trainer reads them, of a dataset or of a source that is not registered yet",
        async () => (await import("./commands/dataset/preview.ts")).preview
      ),
      verb(
        "diff",
        "List the samples that were added, removed, changed or relabelled between two versions",
        async () => (await import("./commands/dataset/diff.ts")).diff
      ),
      verb(
        "split",
        "Make the parts that a run would use, and show their hashes and what they share; writes nothing without --out",
        async () => (await import("./commands/dataset/split.ts")).split
      ),
      verb(
        "check-compat",
        "Say which installed plugins fit a dataset and what a run would still lack; reads no sample",
        async () => (await import("./commands/dataset/checkCompat.ts")).checkCompat
      ),
      verb(
        "hash",
        "Hash every file of a folder and every piece of it; --out writes the registry that  dataset verify --registry  reads",
        async () => (await import("./commands/dataset/hash.ts")).hash
      ),
      verb(
        "verify",
        "Hash every file of a dataset again; the first changed file and byte range, exit 6, when one is not the registered one",
        async () => (await import("./commands/dataset/verify.ts")).verify
      )
    ]),
    noun("brain", "Genomes, and what brains of them learnt, as named, versioned inputs of runs", [
      verb(
        "new",
        "Generate a genome from a template, let it grow once, and register it",
        async () => (await import("./commands/brain/new.ts")).create
      ),
      verb(
        "add",
        "Register a genome file with what grows of it: areas, neurons, mappings, synapses, hash",
        async () => (await import("./commands/brain/add.ts")).add
      ),
      verb("ls", "List registered brains", async () => (await import("./commands/brain/ls.ts")).ls),
      verb(
        "show",
        "Show a brain: areas, mappings and how they learn, modulators, lineage, hashes",
        async () => (await import("./commands/brain/show.ts")).show
      ),
      verb(
        "diff",
        "Compare two brains: genomes property by property, and which synapses changed, with both weights",
        async () => (await import("./commands/brain/diff.ts")).diff
      ),
      verb(
        "snapshot",
        "Register what the brain of a run had learnt at the end of a phase",
        async () => (await import("./commands/brain/snapshot.ts")).snapshot
      ),
      verb(
        "export",
        "Write a brain as files: genome, what it learnt, what grew, and a manifest",
        async () => (await import("./commands/brain/export.ts")).exportBrain
      )
    ]),
    verb(
      "schemes",
      "List encoding schemes: which can be had, from which encoders, and why the others cannot",
      async () => (await import("./commands/schemes.ts")).schemes
    ),
    verb(
      "bindings",
      "List which installed coder carries which kind of sample or answer, and what cannot be had, with the reason",
      async () => (await import("./commands/binding.ts")).bindings
    ),
    noun("binding", "How the samples of a run file become voxels", [
      verb(
        "explain",
        "Show what a sample becomes before any run: channels, voxels per area, and what would be taught",
        async () => (await import("./commands/bindingExplain.ts")).explain
      )
    ]),
    noun("encoding", "How much of the data a code keeps", [
      verb(
        "report",
        "Measure a code on the data before training: bits kept and lost, collisions, silent channels, lit voxels",
        async () => (await import("./commands/encodingReport.ts")).report
      )
    ]),
    noun("protocol", "Rules of evaluations: phases, parts, what learns, what is scored", [
      verb("ls", "List the protocols that the listed plugins offer", async () => (await import("./commands/protocol.ts")).ls),
      verb(
        "show",
        "Show a protocol: its phases, what they see, which of them learn and which are scored",
        async () => (await import("./commands/protocol.ts")).show
      ),
      verb(
        "check",
        "Compute the examples of protocols with the installed metric packs; exit 1 when a number is another",
        async () => (await import("./commands/protocol.ts")).check
      ),
      verb(
        "runs",
        "List runs phase by phase, with what the learner was when each began and ended; exit 6 where they do not follow",
        async () => (await import("./commands/protocol.ts")).runs
      )
    ]),
    noun("run", "Plan, execute, replay and compare runs", [
      verb(
        "plan",
        "Resolve and pin every choice of a run file, show it with its hash, and run nothing",
        async () => (await import("./commands/runPlan.ts")).plan
      ),
      verb(
        "create",
        "Plan every seed of a run file and store the runs without beginning them; prints the run ids",
        async () => (await import("./commands/runCreate.ts")).create
      ),
      verb(
        "start",
        "Run every seed of a run file through its protocol; prints the run ids",
        async () => (await import("./commands/runStart.ts")).start
      ),
      verb("ls", "List runs, oldest first; --where and --sort search and sort them", async () => (await import("./commands/runLs.ts")).ls),
      verb(
        "columns",
        "List the columns that runs can be searched and sorted by, with type, unit and values",
        async () => (await import("./commands/runLs.ts")).columns
      ),
      verb(
        "groups",
        "List run groups: how far they are, and their primary metric over the seeds with its 95 % interval",
        async () => (await import("./commands/runGroups.ts")).groups
      ),
      verb(
        "mark",
        "Tag, star, archive a run or write a note about it; the run itself stays as it is",
        async () => (await import("./commands/runMark.ts")).mark
      ),
      verb(
        "marks",
        "Show every change of the tags, note, star and archive of a run",
        async () => (await import("./commands/runMark.ts")).marks
      ),
      verb(
        "show",
        "Show a run: status, hashes, metrics and rewards of every phase",
        async () => (await import("./commands/runShow.ts")).show
      ),
      verb(
        "status",
        "Show how far a run is: phase, epoch, samples, speed, and what it was asked to do",
        async () => (await import("./commands/runStatus.ts")).status
      ),
      verb(
        "metrics",
        "Show the metrics of every phase: final where it was scored, and how they moved until then",
        async () => (await import("./commands/runMetrics.ts")).metrics
      ),
      verb(
        "series",
        "List the lines of a run, and give those that are named: metrics, losses, rewards, affect, activity, cost",
        async () => (await import("./commands/runSeries.ts")).series
      ),
      verb(
        "predictions",
        "Show what was answered, sample by sample; by phase, epoch, outcome or class",
        async () => (await import("./commands/runPredictions.ts")).predictions
      ),
      verb(
        "figures",
        "Give the figures of each scored phase: confusion matrix, curves, overlays; as tables, or as data with --json",
        async () => (await import("./commands/runFigures.ts")).figures
      ),
      verb("logs", "Show the journal of a run", async () => (await import("./commands/runLogs.ts")).logs),
      verb(
        "events",
        "Show what a run tells, event by event; with --follow while it runs, and with --json then one document per line",
        async () => (await import("./commands/runEvents.ts")).events
      ),
      verb(
        "measures",
        "Show the measures of every optimiser step, their means by epoch, and the validations between the epochs",
        async () => (await import("./commands/runMeasures.ts")).measures
      ),
      verb("pause", "Ask a run to pause behind its current sample", async () => (await import("./commands/runSteer.ts")).pause),
      verb(
        "resume",
        "Go on with a run, or with every unfinished run of a group, from the last committed step",
        async () => (await import("./commands/runStart.ts")).resume
      ),
      verb(
        "skip",
        "End the phase that runs early and successfully: what was met is scored, and marked as partial everywhere",
        async () => (await import("./commands/runSteer.ts")).skip
      ),
      verb("stop", "End a run for good; what is committed stays", async () => (await import("./commands/runSteer.ts")).stop),
      verb(
        "replay",
        "Execute a run again from its pins: EQUAL (exit 0), DIVERGED (exit 1) or INPUT_CHANGED (exit 6)",
        async () => (await import("./commands/runReplay.ts")).replay
      ),
      verb(
        "compare",
        "Compare runs on the same samples; exit 4 with every differing field when they may not be compared",
        async () => (await import("./commands/runCompare.ts")).compare
      ),
      verb(
        "bias",
        "Show the metrics of a run by groups of its samples, and how far the groups lie apart",
        async () => (await import("./commands/runBias.ts")).bias
      ),
      verb(
        "activity",
        "Show which neurons fire, burst by burst, when a sample is shown to the brain that the run had trained",
        async () => (await import("./commands/runActivity.ts")).activity
      ),
      verb(
        "summaries",
        "Write train_summary.json, training_metrics.json, validation_metrics.json, val_summary.md and session_summary.md",
        async () => (await import("./commands/runSummaries.ts")).summaries
      ),
      verb(
        "export-config",
        "Print the run file of a run, such that planning it gives the same spec_sha256",
        async () => (await import("./commands/runExportConfig.ts")).exportConfig
      ),
      verb("export", "Write a run as contract documents or as a bundle", async () => (await import("./commands/runExport.ts")).exportRun),
      verb(
        "archive",
        "Write finished runs as bundles with checksums into one folder and read them back; says what it would do unless --yes",
        async () => (await import("./commands/archive.ts")).archive
      ),
      verb(
        "import",
        "Take the run of a bundle over into this store: same id, same hashes, the store of origin by name",
        async () => (await import("./commands/runImport.ts")).importRun
      )
    ]),
    noun("weights", "Look at what runs learnt, checkpoint by checkpoint", [
      verb(
        "log",
        "Show every checkpoint of a run with the one that it came from, and what was learnt at the end of every phase",
        async () => (await import("./commands/weights.ts")).log
      ),
      verb(
        "export",
        "Write a checkpoint of a run as a file: of a gradient model in safetensors, of a brain its connectome checkpoint",
        async () => (await import("./commands/weights.ts")).exportWeights
      )
    ]),
    noun("campaign", "Several run files with all their seeds as one durable piece of work", [
      verb(
        "start",
        "Run every seed of every run file that a campaign lists; what is finished is not run again",
        async () => (await import("./commands/campaign.ts")).start
      ),
      verb("ls", "List campaigns, oldest first", async () => (await import("./commands/campaign.ts")).ls),
      verb(
        "status",
        "Show every run of a campaign, how far it is, and what its seeds say together",
        async () => (await import("./commands/campaign.ts")).status
      ),
      verb(
        "pause",
        "Ask a campaign to pause; every run of it behind its current sample",
        async () => (await import("./commands/campaign.ts")).pause
      ),
      verb(
        "resume",
        "Go on with a campaign from the last committed step of every run",
        async () => (await import("./commands/campaign.ts")).resume
      ),
      verb(
        "stop",
        "End a campaign for good: unfinished runs are cancelled, what is committed stays",
        async () => (await import("./commands/campaign.ts")).stop
      ),
      verb(
        "report",
        "Report on a campaign as Markdown: every seed, mean, interval and IQM of each run file, and the hashes",
        async () => (await import("./commands/campaign.ts")).report
      )
    ]),
    verb(
      "monitor",
      "Watch what runs, from the store alone: phase, progress, speed, time left, last metric; with --json one line per change",
      async () => (await import("./commands/monitor.ts")).monitor
    ),
    verb(
      "archive",
      "Write finished runs as bundles with checksums into one folder and read them back; says what it would do unless --yes",
      async () => (await import("./commands/archive.ts")).archive
    ),
    verb("query", "Ask the store one SELECT; nothing can be changed with it", async () => (await import("./commands/query.ts")).query),
    verb(
      "report",
      "Write report.html and report.md of a run group; exit 5 when a bar is missed",
      async () => (await import("./commands/report.ts")).report
    ),
    noun("plot", "Draw metrics, spectra, tensors, spikes and voxels, as SVG, PNG, CSV, Markdown or Vega-Lite", [
      verb(
        "metrics",
        "Draw the lines of a run; lines of one unit share a figure",
        async () => (await import("./commands/plot/metrics.ts")).metrics
      ),
      verb(
        "fft",
        "Draw the power spectrum of a line, its spectrogram, and how far each window is from the first",
        async () => (await import("./commands/plot/fft.ts")).fft
      ),
      verb(
        "tensor",
        "Draw a tensor of a safetensors file; without --tensor list what it holds",
        async () => (await import("./commands/plot/tensor.ts")).tensor
      ),
      verb(
        "raster",
        "Draw the spikes of one sample, a row for each cortical area",
        async () => (await import("./commands/plot/raster.ts")).raster
      ),
      verb(
        "voxels",
        "Draw the slices of a cortical area by how often its voxels fired",
        async () => (await import("./commands/plot/voxels.ts")).voxels
      ),
      verb(
        "dream",
        "Tell a run, or a sample burst by burst, again as an animation",
        async () => (await import("./commands/plot/dream.ts")).dream
      )
    ]),
    verb(
      "score",
      "Compute metrics of files or of a bundle, without brain, dataset or store",
      async () => (await import("./commands/score/index.ts")).score
    ),
    noun("scorecard", "List, verify, sign and supersede scorecards", [
      verb(
        "ls",
        "List scorecards, oldest first, each followed by those that verify it",
        async () => (await import("./commands/scorecard/list.ts")).ls
      ),
      verb("show", "Show a scorecard", async () => (await import("./commands/scorecard/list.ts")).show),
      verb(
        "verify",
        "Compute a scorecard again from its predictions, execute its run again, or check a signature; exit 6 naming what is not so",
        async () => (await import("./commands/scorecard/verify.ts")).verify
      ),
      verb(
        "supersede",
        "Say that another scorecard is to be read instead of this one; both stay as they are",
        async () => (await import("./commands/scorecard/supersede.ts")).supersede
      ),
      verb(
        "keygen",
        "Make a pair of Ed25519 keys to sign scorecards with",
        async () => (await import("./commands/scorecard/sign.ts")).keygen
      ),
      verb(
        "sign",
        "Vouch for a scorecard: an in-toto statement over it, its data, brain, protocol and answers in a DSSE envelope",
        async () => (await import("./commands/scorecard/sign.ts")).sign
      ),
      verb(
        "export",
        "Write a scorecard as it is stored and, of a brain, what it says of the genome",
        async () => (await import("./commands/scorecard/sign.ts")).exportCard
      )
    ]),
    noun("artifact", "Check what is stored", [
      verb(
        "verify",
        "Hash every stored blob and check every chain of events; exit 6 naming what is broken",
        async () => (await import("./commands/artifact.ts")).verify
      )
    ]),
    verb(
      "audit",
      "Look at everything that is stored: blobs, chains of events, scorecards, chronicle; one report with a hash, exit 6 when something is altered",
      async () => (await import("./commands/audit.ts")).audit,
      [
        verb(
          "check",
          "Check the signature and the hash of a signed audit; exit 6 when they do not hold",
          async () => (await import("./commands/audit.ts")).check
        )
      ]
    ),
    noun("plugin", "See what the installed plugins offer", [
      verb("ls", "List what the listed plugins offer", async () => (await import("./commands/plugin.ts")).ls),
      verb(
        "info",
        "Show an entry: where it comes from, what it provides, its options",
        async () => (await import("./commands/plugin.ts")).info
      ),
      verb(
        "matrix",
        "Which plugins of different kinds work together, by kind of sample and of answer, and why others do not",
        async () => (await import("./commands/pluginMatrix.ts")).matrix
      )
    ]),
    noun("schema", "JSON Schemas of every document", [
      verb("ls", "List the documents that have a schema", async () => (await import("./commands/schema.ts")).ls),
      verb("show", "Print the JSON Schema of a document", async () => (await import("./commands/schema.ts")).show)
    ]),
    noun("config", "See the configuration; load any; hash, convert and run engine files", [
      verb("show", "Show the configuration in force", async () => (await import("./commands/config.ts")).show),
      verb(
        "load",
        "Read TOML, YAML or JSON, layer by layer, as one value: its canonical JSON, its hash, and where each part was said",
        async () => (await import("./commands/configLoad.ts")).load
      ),
      verb(
        "hash",
        "Hash an engine file with the files it names: the same over formats, key order, comments and spellings of numbers",
        async () => (await import("./commands/configEngine.ts")).hash
      ),
      verb(
        "convert",
        "Print an engine file in another format, the files it names written out; its hash stays, its comments do not",
        async () => (await import("./commands/configEngine.ts")).convert
      ),
      verb("run", "Print the run file that says the same as an engine file", async () => (await import("./commands/configEngine.ts")).run)
    ]),
    noun("data", "Look into files of data, and prepare them", [
      verb(
        "metadata",
        "Show header, text, physical size, gamma and time of PNG files; DICOM is not read yet",
        async () => (await import("./commands/dataMetadata.ts")).metadata
      ),
      verb(
        "preprocess",
        "Write the samples of a run file behind its split and transforms: pictures as PNG, everything else as JSON lines",
        async () => (await import("./commands/dataPreprocess.ts")).preprocess
      )
    ]),
    noun("seeds", "Named seeds from one master seed", [
      verb(
        "derive",
        "Print the seed that a master seed gives to each name; a new name changes no other",
        async () => (await import("./commands/seeds.ts")).derive
      )
    ]),
    noun("log", "Logs in one form", [
      verb(
        "format",
        "Turn a raw log into standard JSON lines that keep every byte of it, or with --reverse back into the raw log",
        async () => (await import("./commands/logFormat.ts")).format
      )
    ]),
    noun("time", "Canonical times: now, and of a text", [
      verb(
        "now",
        "Print this instant in UTC with milliseconds, and with --json the monotonic clock beside it",
        async () => (await import("./commands/time.ts")).now
      ),
      verb(
        "parse",
        "Print times in UTC with milliseconds; refuse what names no instant, or two",
        async () => (await import("./commands/time.ts")).parse
      )
    ]),
    noun("chronicle", "What scripts wrote and registered", [
      verb("ls", "List what was registered, oldest first", async () => (await import("./commands/chronicle.ts")).ls),
      verb(
        "verify",
        "Check every entry, result, artefact and hash of the chronicle; exit 6 naming what was changed, removed or moved",
        async () => (await import("./commands/chronicle.ts")).verify
      )
    ]),
    noun("compat", "Scripts by the names that labs know: one document, a log in JSON lines, and an entry in the chronicle", [
      verb(
        "dataset_splitter",
        "Deal a registered dataset out into parts: the same ones for the same seed, on every machine",
        async () => (await import("./commands/compat/dataTools.ts")).datasetSplitter
      ),
      verb(
        "image_preprocessor",
        "Write pictures behind the split and the transforms of a run file: resized, masked, normalised, and augmented where an epoch is asked for",
        async () => (await import("./commands/compat/dataTools.ts")).imagePreprocessor
      ),
      verb(
        "metadata_extractor",
        "Extract header and text chunks of PNG files; DICOM is not read yet",
        async () => (await import("./commands/compat/dataTools.ts")).metadataExtractor
      ),
      verb(
        "hash_integrity",
        "Note SHA-256 and CRC-32 of files in data/hash_registry.json, or check what is noted",
        async () => (await import("./commands/compat/dataTools.ts")).hashIntegrity
      ),
      verb(
        "run_experiment",
        "Run a file over the seeds of a seed file, and write the results and their curves as flat files",
        async () => (await import("./commands/compat/runExperiment.ts")).runExperiment
      ),
      verb(
        "pipeline_monitor",
        "Note once how far runs and campaigns are;  monitor  goes on watching",
        async () => (await import("./commands/compat/orchestration.ts")).pipelineMonitor
      ),
      verb(
        "archive_results",
        "Keep finished runs as bundles with checksums below experiments/results/archive",
        async () => (await import("./commands/compat/orchestration.ts")).archiveResults
      ),
      verb(
        "env_check",
        "Snapshot of toolchains, instruction sets and plugins with a stable hash, and every check of  doctor",
        async () => (await import("./commands/compat/orchestration.ts")).envCheck
      ),
      verb(
        "config_loader",
        "Read configuration in any format, layer by layer, into one canonical value with its hash",
        async () => (await import("./commands/compat/utils.ts")).configLoader
      ),
      verb(
        "seed_manager",
        "Derive named seeds from a master seed and log them to the chronicle",
        async () => (await import("./commands/compat/utils.ts")).seedManager
      ),
      verb(
        "log_formatter",
        "Turn a raw log into standard JSON lines that keep every byte, and back",
        async () => (await import("./commands/compat/utils.ts")).logFormatter
      ),
      verb(
        "time_utils",
        "Canonical times in UTC with milliseconds, and the monotonic clock",
        async () => (await import("./commands/compat/utils.ts")).timeUtils
      ),
      verb(
        "tensor_visualizer",
        "Draw a tensor of a file, or the voxels that fire in the brain of a run while a sample is shown",
        async () => (await import("./commands/compat/visualization.ts")).tensorVisualizer
      ),
      verb(
        "metric_plotter",
        "Draw loss, coherence and other lines of a run, or the spectrum of one and its drift",
        async () => (await import("./commands/compat/visualization.ts")).metricPlotter
      ),
      verb(
        "dream_animation",
        "Tell a run, or one of its samples burst by burst, again as an animation with the hash of every frame",
        async () => (await import("./commands/compat/visualization.ts")).dreamAnimation
      )
    ]),
    verb(
      "doctor",
      "Check Node, project, plugins, engine, store, chronicle and disk; exit 7 with a way out when something is missing",
      async () => (await import("./commands/doctor.ts")).doctor
    ),
    verb(
      "env",
      "Describe this machine, its toolchains and the plugins, with a hash over what two machines have to share",
      async () => (await import("./commands/environment.ts")).environment,
      [
        verb(
          "diff",
          "Say in what two environments differ of what is hashed; exit 4 when they do",
          async () => (await import("./commands/environment.ts")).diff
        )
      ]
    )
  ]
}
