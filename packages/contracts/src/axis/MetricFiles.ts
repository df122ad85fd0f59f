/**
 * How a metric pack reads files that no run of the trainer wrote: the results of a detector, a translation line by line, a table of
 * answers. `ftr score --pack` hands over bytes and gets samples; dataset, brain and run are not asked.
 *
 * Sharp edge: what a file leaves open (classes, number of references, the kind of overlap) is decided in `read` and has to stand in the
 * signature of every number that depends on it.
 */
import type { Diagnostic } from "../error/Diagnostic.ts"
import type { MetricContext } from "./MetricPack.ts"
import type { OptionsDecoder } from "./Options.ts"
import type { Scored } from "./Scored.ts"

/** A file as it was read. `name` is for messages: the path as the person wrote it. */
export interface ScoreFile {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface ScoreFiles {
  readonly predictions: ScoreFile
  /** In the order in which they were given; empty when there is none. */
  readonly targets: ReadonlyArray<ScoreFile>
}

export interface FilesRead<Options> {
  readonly ok: true
  /** Options of the pack that the files are scored with. */
  readonly options: Options
  readonly context: MetricContext
  readonly scored: ReadonlyArray<Scored>
  /** Ids of targets for which the predictions have no line at all. They are among `scored`, as abstentions. */
  readonly missing: ReadonlyArray<string>
}

export interface FilesRefused {
  readonly ok: false
  /** Everything that is wrong, with file, line, column, field and sample where they are known. */
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

export interface MetricFiles<Options, FileOptions> {
  /** What predictions and targets look like, in a sentence each: shown in help and when files are refused. */
  readonly about: { readonly predictions: string; readonly targets: string }
  /** How many files of targets there have to be. */
  readonly targets: "none" | "one" | "one-or-more"
  /** The options of the command line (`--option name=value`, every value a text) become those of the reader. */
  readonly decodeOptions: OptionsDecoder<FileOptions>
  /** A method, so that a host that knows nothing of the options can hold any pack: it hands back only what `decodeOptions` gave. */
  read(files: ScoreFiles, options: FileOptions): FilesRead<Options> | FilesRefused
  /** Name of a value → the name it is reported under, in the order in which they are shown. */
  readonly names: Readonly<Record<string, string>>
}
