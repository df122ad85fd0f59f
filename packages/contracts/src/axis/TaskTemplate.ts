/**
 * A task template: from a registered dataset and nothing else, a complete and explicit run file, and the genome that it names.
 *
 * What a person does not choose is a default of the template, written out in the file where it can be read and changed.
 */
import type { OutputType } from "../wire/index.ts"
import type { ClassLabel, SampleShape } from "./Adapter.ts"
import type { Selected } from "./Coder.ts"
import type { OptionsDecoder } from "./Options.ts"

export interface TaskRequest {
  /** `name@version`. */
  readonly dataset: string
  readonly shape: SampleShape
  /** Shape behind the transforms of a run file; absent where there is no run file yet, for a template writes its own transforms. */
  readonly transformed?: SampleShape
  readonly output_type: OutputType
  readonly classes: ReadonlyArray<ClassLabel>
  readonly samples: number
  /** Names of the parts that the source of the data declares; empty when it declares none. */
  readonly parts: ReadonlyArray<string>
  /** How many samples each of them has; left out where nobody counted. */
  readonly part_sizes?: Readonly<Record<string, number>>
}

export interface TaskTemplate<Options = unknown> {
  readonly kind: "task-template"
  readonly spec: 1
  readonly id: string
  readonly version: number
  /** Family of the learner that the run file names; left out: a brain, whose genome the template makes. */
  readonly learner?: string
  /** Options of the template; those of a genome stand in the `generate` table of a run file. */
  readonly decodeOptions: OptionsDecoder<Options>
  readonly defaults: (request: TaskRequest) => Selected<Options>
  /** The genome as JSON text, the same bytes for the same options and request; left out where the learner is no brain. */
  readonly genome?: (options: Options, request: TaskRequest) => Selected<string>
  /** A run file in TOML with a comment on every choice; `genome_sha256` is empty where there is no genome. */
  readonly runFile: (
    options: Options,
    request: TaskRequest & { readonly name: string; readonly seeds: ReadonlyArray<bigint>; readonly genome_sha256: string }
  ) => string
}

/** A template for brains: it makes the genome as well. */
export type BrainTemplate<Options = unknown> = TaskTemplate<Options> & Required<Pick<TaskTemplate<Options>, "genome">>

const define = <Options>(template: Omit<TaskTemplate<Options>, "kind" | "spec">): TaskTemplate<Options> => ({
  ...template,
  kind: "task-template",
  spec: 1
})

const brain = <Options>(template: Omit<BrainTemplate<Options>, "kind" | "spec" | "learner">): BrainTemplate<Options> => ({
  ...template,
  kind: "task-template",
  spec: 1
})

export const TaskTemplate = { define, brain }
