/**
 * Every operation of the trainer, once: where it is found, what it is given, which command it stands for, what it answers.
 *
 * The server routes by this table, checks what comes by it and refuses what it does not name; clients, OpenAPI document and "copy as
 * command" are made from it. Sharp edge: the file is plain data for browsers too and imports nothing.
 */

/** What the text of an id looks like. All but those of samples are neither a path nor a flag. */
export const idPatterns = {
  run: /^(?:r-[0-9a-f]{12}-[1-9][0-9]{0,8}|latest)$/,
  /** A run, or a group of runs. */
  runs: /^(?:r-[0-9a-f]{12}-[1-9][0-9]{0,8}|g-[0-9a-f]{12}|latest)$/,
  dataset: /^[a-z0-9][a-z0-9._-]{0,62}@[1-9][0-9]{0,8}$/,
  brain: /^[a-z0-9][a-z0-9._-]{0,62}@[1-9][0-9]{0,8}$/,
  /** A brain, or what a run's brain was at the end of a phase. */
  brainState:
    /^(?:[a-z0-9][a-z0-9._-]{0,62}@[1-9][0-9]{0,8}|(?:r-[0-9a-f]{12}-[1-9][0-9]{0,8}|latest)(?::[A-Za-z0-9][A-Za-z0-9_-]{0,62})?)$/,
  scorecard: /^(?:sc-[0-9a-f]{12}|latest)$/,
  /** Any text of the source, a path within it too: it is looked up among the ids of the dataset and never opened. */
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  sample: /^[^\u0000-\u001f\u007f]{1,512}$/,
  template: /^[a-z0-9][a-z0-9-]{0,62}$/,
  plugin: /^[a-z0-9][a-z0-9._-]{0,62}$/,
  document: /^[A-Za-z][A-Za-z0-9]{0,80}$/,
  sha256: /^[0-9a-f]{64}$/,
  job: /^j-[0-9a-f]{16}$/
} as const
export type IdPattern = keyof typeof idPatterns

/** What an id of each kind looks like, for messages. */
export const idShapes: Readonly<Record<IdPattern, string>> = {
  run: "r-<12 hex digits>-<attempt>, or latest",
  runs: "r-<12 hex digits>-<attempt>, g-<12 hex digits>, or latest",
  dataset: "name@version",
  brain: "name@version",
  brainState: "name@version, or a run with or without :phase",
  scorecard: "sc-<12 hex digits>, or latest",
  sample: "an id of a sample",
  template: "an id of a task template",
  plugin: "an id of a plugin",
  document: "a name of a document, such as RunSpec",
  sha256: "64 lower-case hex digits",
  job: "j-<16 hex digits>"
}

/**
 * How one input is written. `id` and `ids` follow a pattern of {@link idPatterns}; `text` is one line unless it is what stdin gets;
 * `path` is a path of this machine; `document` is a JSON object, which the command reads as such; `seed` is an integer from 0 to 2^64 − 1, as an integer or as its digits.
 */
export type FieldType = "id" | "ids" | "text" | "texts" | "path" | "integer" | "number" | "boolean" | "choice" | "seed" | "document"

export interface Field {
  /** In a header its name has hyphens, `If-Match`, and its value stands in quotes, as an entity tag. */
  readonly in: "path" | "query" | "body" | "header"
  readonly type: FieldType
  readonly required: boolean
  /**
   * What it becomes on the command line: a `--flag` (joined with its value; alone for a true boolean; again for each of several), its
   * `position` behind the words, the `stdin` of the command, or `none`.
   */
  readonly argv: `--${string}` | "position" | "stdin" | "none"
  /** Of `id` and `ids`. */
  readonly is?: IdPattern
  /** Of `choice`. */
  readonly choices?: ReadonlyArray<string>
  /** Several values become one, joined by a comma. */
  readonly joined?: boolean
  readonly summary: string
}

/**
 * How an operation is carried out. `read` and `write`: the command runs in the server's process. `job`: it runs as a process of its own,
 * 202 answers with the job. `special`: the server's own.
 */
export type RouteEffect = "read" | "write" | "job" | "special"

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  /** Behind `/api/v1`; `{name}` stands for the field of that name. */
  readonly path: string
  /** The command without its arguments; empty where there is none. */
  readonly words: ReadonlyArray<string>
  readonly fields: Readonly<Record<string, Field>>
  readonly effect: RouteEffect
  /** The `kind` of the answer; of a job, of its result. */
  readonly kind: string
  readonly summary: string
  /** Its data has an `etag`, the name of what it shows, and the answer has it as a header too. */
  readonly etag?: true
  /** What is sent and what is answered where it is not JSON. */
  readonly sends?: "bytes"
  readonly answers?: "bytes" | "events" | "json-or-events"
}

// Constructors, so that a row of the table is one line.
const id = <const Is extends IdPattern>(is: Is, summary: string) =>
  ({ in: "path", type: "id", is, required: true, argv: "position", summary }) as const
/** An id in the path that is no argument of the command. */
const own = <const Is extends IdPattern>(is: Is, summary: string) =>
  ({ in: "path", type: "id", is, required: true, argv: "none", summary }) as const
type Argv = Field["argv"]
const query = <const Type extends FieldType, const How extends Argv>(type: Type, argv: How, summary: string) =>
  ({ in: "query", type, required: false, argv, summary }) as const
const body = <const Type extends FieldType, const How extends Argv>(type: Type, argv: How, summary: string) =>
  ({ in: "body", type, required: false, argv, summary }) as const
const needed = <const Type extends FieldType, const How extends Argv>(type: Type, argv: How, summary: string) =>
  ({ in: "body", type, required: true, argv, summary }) as const

const runFile = {
  text: needed("text", "stdin", "The run file"),
  format: { in: "body", type: "choice", choices: ["toml", "yaml", "json"], required: true, argv: "--format", summary: "How it is written" },
  set: body("texts", "--set", "Fields that replace those of the run file, each key=value as in TOML")
} as const

const source = {
  path: needed("path", "position", "File or folder on this machine"),
  adapter: body("text", "--adapter", "Id of the adapter that reads it")
} as const
const columns = {
  label_column: body("text", "--label-column", "Column with the class of each sample"),
  id_column: body("text", "--id-column", "Column with an id that is unique per sample"),
  group_column: body("text", "--group-column", "Column whose equal values must not be torn apart by a split"),
  split_column: body("text", "--split-column", "Column that declares the part of each sample"),
  ignore_column: body("texts", "--ignore-column", "Columns that are no features"),
  option: body("texts", "--option", "Options of the adapter, each key=value as in TOML")
} as const
const labelMap = body("path", "--label-map", "File of a label mapping: what each label of the source is called here")
const page = {
  limit: query("integer", "--limit", "How many at most"),
  offset: query("integer", "--offset", "How many are passed over")
} as const

const table = {
  // The server
  health: { method: "GET", path: "/health", words: [], fields: {}, effect: "special", kind: "health", summary: "That it runs, and what" },
  session: {
    method: "GET",
    path: "/session",
    words: [],
    fields: {},
    effect: "special",
    kind: "session",
    summary: "Project, counts, and whether runs can be started"
  },
  openapi: {
    method: "GET",
    path: "/openapi.json",
    words: [],
    fields: {},
    effect: "special",
    kind: "openapi",
    summary: "This interface as an OpenAPI document, without an envelope",
    answers: "bytes"
  },
  events: {
    method: "GET",
    path: "/events",
    words: [],
    fields: {},
    effect: "special",
    kind: "runs-changed",
    summary: "Runs whose status, phase or events changed, as they change",
    answers: "events"
  },
  environment: {
    method: "GET",
    path: "/environment",
    words: ["env"],
    fields: {},
    effect: "read",
    kind: "environment",
    summary: "Machine, versions, plugins"
  },
  doctor: {
    method: "GET",
    path: "/doctor",
    words: ["doctor"],
    fields: {},
    effect: "read",
    kind: "doctor",
    summary: "Whether Node, project, plugins and store are whole"
  },
  "schema.ls": {
    method: "GET",
    path: "/schemas",
    words: ["schema", "ls"],
    fields: {},
    effect: "read",
    kind: "schemas",
    summary: "Names of documents that have a JSON Schema"
  },
  "schema.show": {
    method: "GET",
    path: "/schemas/{name}",
    words: ["schema", "show"],
    fields: { name: id("document", "Name of the document") },
    effect: "read",
    kind: "schema",
    summary: "The JSON Schema of a document"
  },
  "job.ls": { method: "GET", path: "/jobs", words: [], fields: {}, effect: "special", kind: "jobs", summary: "Jobs of this server" },
  "job.show": {
    method: "GET",
    path: "/jobs/{job}",
    words: [],
    fields: { job: own("job", "The job") },
    effect: "special",
    kind: "job",
    summary: "How far a job is, and its result"
  },
  "job.cancel": {
    method: "POST",
    path: "/jobs/{job}/cancel",
    words: [],
    fields: { job: own("job", "The job") },
    effect: "special",
    kind: "job",
    summary: "End a job"
  },

  // Data
  "dataset.ls": {
    method: "GET",
    path: "/datasets",
    words: ["dataset", "ls"],
    fields: {},
    effect: "read",
    kind: "datasets",
    summary: "Registered datasets"
  },
  "dataset.show": {
    method: "GET",
    path: "/datasets/{dataset}",
    words: ["dataset", "show"],
    fields: { dataset: id("dataset", "The dataset") },
    effect: "read",
    kind: "dataset",
    summary: "Features, classes, parts, leaks, options, hashes"
  },
  "dataset.preview": {
    method: "GET",
    path: "/datasets/{dataset}/samples",
    words: ["dataset", "preview"],
    fields: {
      dataset: id("dataset", "The dataset"),
      count: query("integer", "--count", "How many samples"),
      from: query("integer", "--from", "Position of the first one, from 0")
    },
    effect: "read",
    kind: "dataset-preview",
    summary: "Samples as the trainer reads them"
  },
  "dataset.picture": {
    method: "GET",
    path: "/datasets/{dataset}/picture",
    words: [],
    fields: {
      dataset: own("dataset", "The dataset"),
      sample: { in: "query", type: "id", is: "sample", required: true, argv: "none", summary: "The sample" }
    },
    effect: "special",
    kind: "payload",
    summary: "The bytes of a sample: PNG or JPEG as such, everything else as plain text",
    answers: "bytes"
  },
  "dataset.labels": {
    method: "GET",
    path: "/datasets/{dataset}/labels",
    words: ["dataset", "labels"],
    fields: { dataset: id("dataset", "The dataset") },
    effect: "read",
    kind: "dataset-labels",
    summary: "Classes, how many samples each has, and the label mapping"
  },
  "dataset.verify": {
    method: "POST",
    path: "/datasets/{dataset}/verify",
    words: ["dataset", "verify"],
    fields: { dataset: id("dataset", "The dataset") },
    effect: "job",
    kind: "dataset-verification",
    summary: "Hash every file again"
  },
  "dataset.split": {
    method: "POST",
    path: "/datasets/{dataset}/split",
    words: ["dataset", "split"],
    fields: {
      dataset: id("dataset", "The dataset"),
      method: {
        in: "body",
        type: "choice",
        choices: ["hash", "stratified", "grouped", "given"],
        required: true,
        argv: "--method",
        summary: "How samples are dealt out"
      },
      fraction: body("texts", "--fraction", "Parts with their shares, each part=share"),
      seed: body("seed", "--seed", "Seed of the split")
    },
    effect: "read",
    kind: "dataset-split",
    summary: "The parts that a run would use, their hashes, classes and leaks; writes nothing"
  },
  "dataset.add": {
    method: "POST",
    path: "/datasets",
    words: ["dataset", "add"],
    fields: { ...source, ...columns, label_map: labelMap, name: needed("text", "--name", "Name to register it under") },
    effect: "job",
    kind: "dataset",
    summary: "Scan a source completely and register it"
  },
  "source.candidates": {
    method: "POST",
    path: "/sources/candidates",
    words: ["dataset", "discover"],
    fields: source,
    effect: "read",
    kind: "dataset-candidates",
    summary: "The ways in which a source could be read, the most certain first"
  },
  "source.propose": {
    method: "POST",
    path: "/sources/propose",
    words: ["dataset", "propose-schema"],
    fields: { ...source, ...columns },
    effect: "read",
    kind: "schema-proposal",
    summary: "The schema of a source, column by column, with the evidence"
  },
  "source.preview": {
    method: "POST",
    path: "/sources/preview",
    words: ["dataset", "preview"],
    fields: {
      ...source,
      ...columns,
      count: body("integer", "--count", "How many samples"),
      from: body("integer", "--from", "Position of the first one, from 0")
    },
    effect: "read",
    kind: "dataset-preview",
    summary: "Samples of a source that is not registered"
  },
  "source.validate": {
    method: "POST",
    path: "/sources/validate",
    words: ["dataset", "validate"],
    fields: { ...source, ...columns, label_map: labelMap },
    effect: "job",
    kind: "dataset-validation",
    summary: "Scan a source completely without registering it"
  },
  "source.upload": {
    method: "POST",
    path: "/sources/uploads",
    words: [],
    fields: { name: { in: "query", type: "text", required: true, argv: "none", summary: "Name of the file" } },
    effect: "special",
    kind: "upload",
    summary: "Keep a file, up to 64 MiB, beside the store; answers its path",
    sends: "bytes"
  },
  compatibility: {
    method: "POST",
    path: "/compatibility",
    words: ["dataset", "check-compat"],
    fields: { dataset: { in: "body", type: "id", is: "dataset", required: true, argv: "position", summary: "The dataset" } },
    effect: "read",
    kind: "dataset-compatibility",
    summary: "Which installed plugins fit a dataset, and what a run would still lack; reads no sample"
  },
  "compatibility.manifest": {
    method: "POST",
    path: "/compatibility/manifest",
    words: ["dataset", "check-compat", "--manifest=-"],
    fields: {
      manifest: {
        in: "body",
        type: "document",
        required: true,
        argv: "stdin",
        summary: "The DatasetManifest of a dataset that is not registered"
      },
      field: body("texts", "--field", "What its samples have: class_id, group, time, values.NAME")
    },
    effect: "read",
    kind: "dataset-compatibility",
    summary: "The same of a dataset that is not registered, from its manifest; nothing is imported"
  },

  // Templates and run files
  "template.ls": {
    method: "GET",
    path: "/templates",
    words: ["template", "ls"],
    fields: {
      dataset: { in: "query", type: "id", is: "dataset", required: false, argv: "--dataset", summary: "Say which fit this dataset" },
      learner: query("text", "--learner", "Family of the learner")
    },
    effect: "read",
    kind: "templates",
    summary: "Task templates, and why one cannot be used"
  },
  "template.show": {
    method: "POST",
    path: "/templates/{template}/run-file",
    words: ["init"],
    fields: {
      template: { in: "path", type: "id", is: "template", required: true, argv: "--template", summary: "The template" },
      dataset: { in: "body", type: "id", is: "dataset", required: true, argv: "--dataset", summary: "The dataset" },
      seed: needed("text", "--seed", "A seed, or several as 1..5 or 1,2,3"),
      learner: body("text", "--learner", "Family of the learner"),
      name: body("text", "--name", "Name of the runs"),
      option: body("texts", "--option", "Options of the template, each key=value as in TOML"),
      set: body("texts", "--set", "Values that replace those of the file in place, each key=value as in TOML")
    },
    effect: "read",
    kind: "run-file",
    summary: "A complete run file; writes nothing"
  },
  "run.plan": {
    method: "POST",
    path: "/runs/plan",
    words: ["run", "plan", "-"],
    fields: runFile,
    effect: "read",
    kind: "run-plan",
    summary: "Resolve and pin every choice of a run file; run nothing"
  },
  "binding.explain": {
    method: "POST",
    path: "/bindings/explain",
    words: ["binding", "explain", "-"],
    fields: {
      text: runFile.text,
      format: { ...runFile.format, argv: "--input-format" },
      sample: { in: "body", type: "id", is: "sample", required: false, argv: "position", summary: "The sample; the first when left out" },
      seed: body("seed", "--seed", "Seed of the split and the transforms; the first of the run file when left out"),
      set: runFile.set
    },
    effect: "read",
    kind: "binding",
    summary: "What a sample becomes before any run: channels, voxels per area, and what would be taught"
  },
  "protocol.ls": {
    method: "GET",
    path: "/protocols",
    words: ["protocol", "ls"],
    fields: {},
    effect: "read",
    kind: "protocols",
    summary: "Protocols: phases, parts, what learns, what is scored"
  },

  // Runs
  "run.ls": {
    method: "GET",
    path: "/runs",
    words: ["run", "ls", "--table"],
    fields: {
      where: query("text", "--where", "Which runs: metric.accuracy > 0.9 and tag:baseline, say"),
      sort: query("text", "--sort", "Columns to sort by, by comma; - before one for its largest first"),
      columns: query("text", "--columns", "Columns to show, by comma"),
      archived: query("boolean", "--archived", "Archived runs as well"),
      ...page
    },
    effect: "read",
    kind: "run-table",
    summary: "Runs as a table"
  },
  "run.columns": {
    method: "GET",
    path: "/runs/columns",
    words: ["run", "columns"],
    fields: {},
    effect: "read",
    kind: "run-columns",
    summary: "Columns that the table of runs can have"
  },
  "run.create": {
    method: "POST",
    path: "/runs",
    words: ["run", "create", "-"],
    fields: runFile,
    effect: "write",
    kind: "run-created",
    summary: "Plan a run file and create its runs; starts none"
  },
  "run.start": {
    method: "POST",
    path: "/runs/{run}/start",
    words: ["run", "resume"],
    fields: { run: id("runs", "A run, or a group of runs"), workers: body("integer", "--workers", "Runs at the same time") },
    effect: "special",
    kind: "run-start",
    summary: "Start a run, or go on with it, in a process of its own"
  },
  "run.resume": {
    method: "POST",
    path: "/runs/{run}/resume",
    words: ["run", "resume"],
    fields: { run: id("runs", "A run, or a group of runs"), workers: body("integer", "--workers", "Runs at the same time") },
    effect: "special",
    kind: "run-start",
    summary: "Go on with a run from its last committed step, in a process of its own"
  },
  "run.pause": {
    method: "POST",
    path: "/runs/{run}/pause",
    words: ["run", "pause"],
    fields: { run: id("run", "The run") },
    effect: "write",
    kind: "run-request",
    summary: "Pause behind the current sample"
  },
  "run.stop": {
    method: "POST",
    path: "/runs/{run}/stop",
    words: ["run", "stop"],
    fields: { run: id("run", "The run") },
    effect: "write",
    kind: "run-request",
    summary: "End a run for good; what is committed stays"
  },
  "run.skip": {
    method: "POST",
    path: "/runs/{run}/skip",
    words: ["run", "skip"],
    fields: { run: id("run", "The run"), rest: body("boolean", "--rest", "Leave out the phases that follow as well") },
    effect: "write",
    kind: "run-request",
    summary: "End the phase that runs early; what was met is scored and marked as partial"
  },
  "run.show": {
    method: "GET",
    path: "/runs/{run}",
    words: ["run", "show"],
    fields: {
      run: id("run", "The run"),
      document: query("boolean", "--document", "The whole run document as well"),
      telemetry: query("boolean", "--telemetry", "What the run cost as well")
    },
    effect: "read",
    kind: "run",
    summary: "Status, hashes, metrics and rewards of every phase"
  },
  "run.status": {
    method: "GET",
    path: "/runs/{run}/status",
    words: ["run", "status"],
    fields: { run: id("run", "The run") },
    effect: "read",
    kind: "run-status",
    summary: "How far a run is"
  },
  "run.metrics": {
    method: "GET",
    path: "/runs/{run}/metrics",
    words: ["run", "metrics"],
    fields: { run: id("run", "The run") },
    effect: "read",
    kind: "run-metrics",
    summary: "Metrics by phase, last, smallest and largest"
  },
  "run.series": {
    method: "GET",
    path: "/runs/{run}/series",
    words: ["run", "series"],
    fields: {
      run: id("run", "The run"),
      name: query("texts", "--name", "Series whose points are wanted; left out: only what there is"),
      max_points: query("integer", "--max-points", "Points of each series at most"),
      x: {
        in: "query",
        type: "choice",
        choices: ["step", "sample", "wall", "epoch"],
        required: false,
        argv: "--x",
        summary: "What the points stand over"
      },
      from: query("number", "--from", "Only points from here on, and the last one before"),
      to: query("number", "--to", "Only points up to here, and the first one behind")
    },
    effect: "read",
    kind: "run-series",
    summary: "What was measured over the run, reduced to smallest and largest values where there is more than fits"
  },
  "run.events": {
    method: "GET",
    path: "/runs/{run}/events",
    words: ["run", "events"],
    fields: { run: id("run", "The run"), after: query("integer", "--after", "Number of the last event that is known") },
    effect: "read",
    kind: "run-event-list",
    summary: "What a run tells: as a list, or with  Accept: text/event-stream  as it happens",
    answers: "json-or-events"
  },
  "run.journal": {
    method: "GET",
    path: "/runs/{run}/journal",
    words: ["run", "logs"],
    fields: {
      run: id("run", "The run"),
      from: query("integer", "--from", "Number of the first entry"),
      limit: query("integer", "--limit", "How many at most")
    },
    effect: "read",
    kind: "run-events",
    summary: "The journal of a run"
  },
  "run.measures": {
    method: "GET",
    path: "/runs/{run}/measures",
    words: ["run", "measures"],
    fields: { run: id("run", "The run") },
    effect: "read",
    kind: "run-measures",
    summary: "Measures of every optimiser step, their means by epoch, and validations"
  },
  "run.predictions": {
    method: "GET",
    path: "/runs/{run}/predictions",
    words: ["run", "predictions"],
    fields: {
      run: id("run", "The run"),
      phase: query("text", "--phase", "Answers of one phase alone"),
      epoch: query("integer", "--epoch", "Epoch, from 1"),
      outcome: {
        in: "query",
        type: "choice",
        choices: ["correct", "wrong", "abstained", "unscored"],
        required: false,
        argv: "--outcome",
        summary: "How the answer was"
      },
      truth: query("text", "--truth", "Class that the sample has"),
      predicted: query("text", "--predicted", "Class that was answered"),
      sample: { in: "query", type: "ids", is: "sample", required: false, argv: "--sample", summary: "Only these samples" },
      ...page
    },
    effect: "read",
    kind: "run-predictions",
    summary: "Answers, sample by sample"
  },
  "run.figures": {
    method: "GET",
    path: "/runs/{run}/figures",
    words: ["run", "figures"],
    fields: {
      run: id("run", "The run"),
      phase: query("text", "--phase", "Only this phase"),
      sample: { in: "query", type: "ids", is: "sample", required: false, argv: "--sample", summary: "Only over these samples" }
    },
    effect: "read",
    kind: "run-figures",
    summary: "Figures of each scored phase"
  },
  "run.activity": {
    method: "GET",
    path: "/runs/{run}/activity",
    words: ["run", "activity"],
    fields: {
      run: id("run", "The run"),
      sample: { in: "query", type: "id", is: "sample", required: true, argv: "--sample", summary: "The sample, or latest" },
      phase: query("text", "--phase", "The phase that it is in; left out: the first that has it"),
      bursts: query("integer", "--bursts", "Bursts to look at; left out: as many as a sample takes in the run")
    },
    effect: "read",
    kind: "run-activity",
    summary: "What fired in the brain while a sample was shown"
  },
  "run.file": {
    method: "GET",
    path: "/runs/{run}/file",
    words: ["run", "export-config"],
    fields: {
      run: id("run", "The run"),
      format: {
        in: "query",
        type: "choice",
        choices: ["toml", "yaml", "json"],
        required: false,
        argv: "--format",
        summary: "How it is written"
      }
    },
    effect: "read",
    kind: "run-file",
    summary: "A run file that plans this run again"
  },
  "run.mark": {
    method: "PUT",
    path: "/runs/{run}/marks",
    words: ["run", "mark"],
    fields: {
      run: id("run", "The run"),
      add_tags: body("texts", "--tag", "Tags to add"),
      remove_tags: body("texts", "--untag", "Tags to take away"),
      note: body("text", "--note", "Note, in Markdown; an empty one takes it away"),
      starred: body("boolean", "--star", "Whether it is starred"),
      archived: body("boolean", "--archive", "Whether it is out of the way"),
      if_match: {
        in: "header",
        type: "text",
        required: false,
        argv: "--if-match",
        summary: "The etag of the marks that this change is made for; where others stand by now, nothing is changed"
      }
    },
    effect: "write",
    kind: "run-marks",
    etag: true,
    summary: "Tags, note, star and archive of a run; its record stays as it is"
  },
  "run.marks": {
    method: "GET",
    path: "/runs/{run}/marks",
    words: ["run", "marks"],
    fields: { run: id("run", "The run") },
    effect: "read",
    kind: "run-mark-history",
    etag: true,
    summary: "What was marked on a run, change by change"
  },
  "run.compare": {
    method: "POST",
    path: "/runs/compare",
    words: ["run", "compare"],
    fields: {
      runs: { in: "body", type: "ids", is: "run", required: true, argv: "position", summary: "The runs; the first is the baseline" },
      across: { in: "body", type: "texts", required: false, argv: "--across", joined: true, summary: "Treatment fields that may differ" },
      exploratory: body("boolean", "--exploratory", "Show what cannot be compared, marked as such"),
      baseline: { in: "body", type: "id", is: "run", required: false, argv: "--baseline", summary: "The run to hold others against" },
      phase: body("text", "--phase", "A scored phase; left out: the last one"),
      slice_by: { in: "body", type: "texts", required: false, argv: "--slice-by", joined: true, summary: "Fields of samples to slice by" }
    },
    effect: "read",
    kind: "comparison",
    summary: "Compare runs on the same samples, or say why they must not be"
  },
  "run.export": {
    method: "POST",
    path: "/runs/{run}/export",
    words: ["run", "export"],
    fields: {
      run: id("run", "The run"),
      contracts: body("path", "--contracts", "Folder for its contract documents"),
      bundle: body("path", "--bundle", "Folder or .zip for all that a replay elsewhere needs")
    },
    effect: "job",
    kind: "export",
    summary: "Write a run as contract documents or as a bundle"
  },
  "run.replay": {
    method: "POST",
    path: "/runs/{run}/replay",
    words: ["run", "replay"],
    fields: { run: id("run", "The run") },
    effect: "job",
    kind: "replay",
    summary: "Execute a run again from its pins and compare all it answered"
  },
  "group.ls": {
    method: "GET",
    path: "/groups",
    words: ["run", "groups"],
    fields: {},
    effect: "read",
    kind: "run-groups",
    summary: "Groups of runs: what was tried, and when"
  },

  // Scorecards
  "scorecard.ls": {
    method: "GET",
    path: "/scorecards",
    words: ["scorecard", "ls"],
    fields: {},
    effect: "read",
    kind: "scorecards",
    summary: "Scorecards"
  },
  "scorecard.show": {
    method: "GET",
    path: "/scorecards/{scorecard}",
    words: ["scorecard", "show"],
    fields: {
      scorecard: id("scorecard", "The scorecard"),
      intervals: query("boolean", "--intervals", "With a 95 % interval of every value, by resampling the samples")
    },
    effect: "read",
    kind: "scorecard",
    summary: "One scorecard"
  },
  "scorecard.verify": {
    method: "POST",
    path: "/scorecards/{scorecard}/verify",
    words: ["scorecard", "verify"],
    fields: {
      scorecard: id("scorecard", "The scorecard"),
      replay: body("boolean", "--replay", "Execute its run again"),
      signature: body("path", "--signature", "A signature that is to be checked, with key"),
      key: body("path", "--key", "File of the public key of whoever signed")
    },
    effect: "job",
    kind: "scorecard-verification",
    summary: "Compute a scorecard again from its predictions, execute its run again, or check a signature"
  },
  "scorecard.supersede": {
    method: "POST",
    path: "/scorecards/{scorecard}/supersede",
    words: ["scorecard", "supersede"],
    fields: {
      scorecard: id("scorecard", "The one that is out of date"),
      by: { in: "body", type: "id", is: "scorecard", required: true, argv: "position", summary: "The one to be read instead" },
      reason: needed("text", "--reason", "Why, in a sentence")
    },
    effect: "write",
    kind: "scorecard-supersession",
    summary: "Say that another scorecard is to be read instead"
  },
  "scorecard.sign": {
    method: "POST",
    path: "/scorecards/{scorecard}/sign",
    words: ["scorecard", "sign"],
    fields: {
      scorecard: id("scorecard", "The scorecard"),
      key: needed("path", "--key", "File of the private key"),
      out: needed("path", "--out", "File to write the signature to")
    },
    effect: "write",
    kind: "signature",
    summary: "Vouch for a scorecard with a key of this machine"
  },
  "scorecard.export": {
    method: "POST",
    path: "/scorecards/{scorecard}/export",
    words: ["scorecard", "export"],
    fields: { scorecard: id("scorecard", "The scorecard"), out: needed("path", "--out", "Folder to write to") },
    effect: "job",
    kind: "scorecard-export",
    summary: "Write a scorecard and what it was computed from"
  },

  // Brains
  "brain.ls": {
    method: "GET",
    path: "/brains",
    words: ["brain", "ls"],
    fields: {},
    effect: "read",
    kind: "brains",
    summary: "Registered brains"
  },
  "brain.show": {
    method: "GET",
    path: "/brains/{brain}",
    words: ["brain", "show"],
    fields: { brain: id("brain", "The brain") },
    effect: "read",
    kind: "brain",
    summary: "Areas, mappings, modulators, and what grows of a genome"
  },
  "brain.diff": {
    method: "GET",
    path: "/brains/{before}/diff/{after}",
    words: ["brain", "diff"],
    fields: {
      before: id("brainState", "One brain"),
      after: id("brainState", "The other"),
      top: query("integer", "--top", "How many of the largest changes are told one by one")
    },
    effect: "read",
    kind: "brain-diff",
    summary: "Genomes property by property, and which synapses changed"
  },
  "brain.snapshot": {
    method: "POST",
    path: "/runs/{run}/snapshot",
    words: ["brain", "snapshot"],
    fields: {
      run: id("run", "The run"),
      phase: body("text", "--phase", "Phase at whose end the brain is taken; left out: the last that learns"),
      name: needed("text", "--name", "Name to register it under")
    },
    effect: "job",
    kind: "brain",
    summary: "Register what the brain of a run had learnt"
  },
  "brain.add": {
    method: "POST",
    path: "/brains",
    words: ["brain", "add"],
    fields: {
      path: needed("path", "position", "Genome file on this machine"),
      name: needed("text", "--name", "Name to register it under"),
      backend: body("text", "--backend", "Id of the brain backend that develops it"),
      validation: {
        in: "body",
        type: "choice",
        choices: ["strict", "lenient"],
        required: false,
        argv: "--validation",
        summary: "Whether what the engine calls an error is refused"
      },
      max_voxels: body("integer", "--max-voxels", "Largest number of voxels that may grow"),
      max_synapses: body("integer", "--max-synapses", "Largest number of synapses that may grow"),
      seed: body("seed", "--seed", "Seed to develop with"),
      backend_option: body("texts", "--backend-option", "Further options of the backend, each key=value as in TOML")
    },
    effect: "job",
    kind: "brain",
    summary: "Register a genome file with what grows of it"
  },

  // Plugins
  "plugin.ls": {
    method: "GET",
    path: "/plugins",
    words: ["plugin", "ls"],
    fields: { kind: query("text", "--kind", "Entries of one kind alone") },
    effect: "read",
    kind: "plugins",
    summary: "What the listed plugins offer"
  },
  "plugin.show": {
    method: "GET",
    path: "/plugins/{plugin}",
    words: ["plugin", "info"],
    fields: { plugin: id("plugin", "Id of an entry") },
    effect: "read",
    kind: "plugin",
    summary: "Every entry of this id, with its manifest and the hash of its files"
  },
  bindings: {
    method: "GET",
    path: "/bindings",
    words: ["bindings"],
    fields: {},
    effect: "read",
    kind: "bindings",
    summary: "Which coder carries which kind of sample or answer, and what cannot be had, with the reason"
  },
  schemes: {
    method: "GET",
    path: "/schemes",
    words: ["schemes"],
    fields: {},
    effect: "read",
    kind: "schemes",
    summary: "Encoding schemes, and why one cannot be had"
  },
  "axis.matrix": {
    method: "GET",
    path: "/axes",
    words: ["plugin", "matrix"],
    fields: {},
    effect: "read",
    kind: "axis-matrix",
    summary: "Which plugins of different kinds work together, and why others do not"
  },

  // What is stored
  "artifact.show": {
    method: "GET",
    path: "/artifacts/{sha256}",
    words: [],
    fields: { sha256: own("sha256", "SHA-256 of the bytes") },
    effect: "special",
    kind: "artifact",
    summary: "Stored bytes by their hash: PNG or JPEG as such, everything else as plain text",
    answers: "bytes"
  },
  "artifact.verify": {
    method: "POST",
    path: "/artifacts/verify",
    words: ["artifact", "verify"],
    fields: {},
    effect: "job",
    kind: "store-verification",
    summary: "Hash everything that is stored, and check every chain of events"
  }
} as const satisfies Record<string, Route>

type Table = typeof table
export type OperationId = keyof Table

/** The table as it stands, each row with its own type. */
export const routes: Table = table
/** The rows with one type. */
export const routeOf = (operation: OperationId): Route => table[operation]
export const operationIds = Object.keys(table) as ReadonlyArray<OperationId>

interface Values {
  readonly id: string
  readonly ids: ReadonlyArray<string>
  readonly text: string
  readonly texts: ReadonlyArray<string>
  readonly path: string
  readonly integer: number
  readonly number: number
  readonly boolean: boolean
  readonly seed: number | bigint | string
  readonly document: Readonly<Record<string, unknown>>
}
type ValueOf<F> = F extends { readonly choices: ReadonlyArray<infer Choice> }
  ? Choice
  : F extends { readonly type: infer T extends keyof Values }
    ? Values[T]
    : never
type Fields<Id extends OperationId> = Table[Id]["fields"]
type RequiredOf<Id extends OperationId> = {
  readonly [Name in keyof Fields<Id> as Fields<Id>[Name] extends { readonly required: true } ? Name : never]: ValueOf<Fields<Id>[Name]>
}
type OptionalOf<Id extends OperationId> = {
  readonly [Name in keyof Fields<Id> as Fields<Id>[Name] extends { readonly required: true } ? never : Name]?:
    | ValueOf<Fields<Id>[Name]>
    | undefined
}
/** What an operation is given: members of path, query and body in one object. */
export type Input<Id extends OperationId> = RequiredOf<Id> & OptionalOf<Id>

/** Operations that answer 202 with a job. */
export type JobOperation = { [Id in OperationId]: Table[Id]["effect"] extends "job" ? Id : never }[OperationId]
/** Operations that answer bytes, or nothing but events. */
export type BytesOperation = { [Id in OperationId]: Table[Id] extends { readonly answers: "bytes" | "events" } ? Id : never }[OperationId]
