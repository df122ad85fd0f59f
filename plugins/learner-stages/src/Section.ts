/**
 * The `[learner]` table of a stage, and which of its fields mean something to which stage and which data.
 *
 * Sharp edge: what stands under `training_config` or `options` is the stage's own config and is read by its normalisation, not here.
 */
import {
  type Decoded,
  type Diagnostic,
  decodeStrict,
  type LearnerPlanRequest,
  mistakeDiagnostic,
  type SampleShape
} from "@feagi-trainer/contracts"
import { Distillation, DPOTrain, RLTrain, type Stage, SupervisedTrain } from "@feagi-trainer/training-stages"
import { Schema } from "effect"

const Table = Schema.Record(Schema.String, Schema.Unknown)

export const Section = Schema.Struct({
  kind: Schema.String,
  plugin: Schema.String,
  stage: Schema.Literals(["supervised", "rl", "dpo", "distillation"]),
  /** A training config; or `options`, the stage's own fields. */
  training_config: Schema.optionalKey(Table),
  options: Schema.optionalKey(Table),
  /** What a sample is: an input with its class, a text that goes on, or the beginning of one. */
  examples: Schema.optionalKey(Schema.Literals(["classes", "sequences", "prompts"])),
  /** Bytes of a text; what is behind them is cut off. */
  max_bytes: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 }))),
  environment: Schema.optionalKey(Schema.Struct({ plugin: Schema.String, options: Table })),
  /** Fields of the supervised stage that makes the teacher. */
  teacher: Schema.optionalKey(Table)
})
export type Section = typeof Section.Type
export type StageName = Section["stage"]

/** What a sample is to the learner. */
export type Examples = NonNullable<Section["examples"]> | "preferences" | "initial-states"

export const stageOf: Readonly<Record<StageName, Stage>> = {
  supervised: SupervisedTrain,
  rl: RLTrain,
  dpo: DPOTrain,
  distillation: Distillation
}

export const decodeSection = (section: Readonly<Record<string, unknown>>): Decoded<Section> => decodeStrict(Section, section)

/** What samples are to this stage. Undefined where the section leaves it open, which {@link sectionMistakes} says. */
export const examplesOf = ({ stage, examples }: Section): Examples | undefined => {
  if (stage === "rl") return "initial-states"
  return stage === "dpo" ? "preferences" : examples
}

/** A finding that this plugin makes. */
export const refusal = (
  code: string,
  field: string,
  message: string,
  { expected, actual, help }: { readonly expected: string; readonly actual: string; readonly help: string }
): Diagnostic => ({ code, severity: "error", field, message, expected, actual, help })

type Optional = "examples" | "max_bytes" | "environment" | "teacher"

const wanted = ({ stage }: Section, shape: SampleShape): Readonly<Record<Optional, "must" | "may" | "not">> => ({
  examples: stage === "supervised" || stage === "distillation" ? "must" : "not",
  max_bytes: stage !== "rl" && shape.kind === "text" ? "must" : "not",
  environment: stage === "rl" ? "must" : "not",
  teacher: stage === "distillation" ? "may" : "not"
})

const examplesOfStage: Readonly<Partial<Record<StageName, ReadonlyArray<string>>>> = {
  supervised: ["classes", "sequences"],
  distillation: ["classes", "sequences", "prompts"]
}

const describe: Readonly<Record<Optional, (section: Section) => string>> = {
  examples: ({ stage }) => (examplesOfStage[stage] ?? []).map((name) => `"${name}"`).join(" or "),
  max_bytes: () => "the bytes of a text that the model sees",
  environment: () => "{ plugin, options } of an environment",
  teacher: () => "fields of the supervised stage"
}

/** Fields that are missing, or say something that nobody reads. */
const sectionMistakes = (section: Section, shape: SampleShape): ReadonlyArray<Diagnostic> => {
  const rules = wanted(section, shape)
  const known = examplesOfStage[section.stage]
  const { examples } = section
  return [
    ...(Object.keys(rules) as ReadonlyArray<Optional>).flatMap((field): ReadonlyArray<Diagnostic> => {
      const given = section[field] !== undefined
      if (given ? rules[field] !== "not" : rules[field] !== "must") return []
      const where = `the stage "${section.stage}" of ${shape.kind} samples`
      return [
        given
          ? refusal("stages/FIELD", `learner.${field}`, `means nothing to ${where}`, {
              expected: "nothing",
              actual: JSON.stringify(section[field]),
              help: "leave it out"
            })
          : refusal("stages/FIELD", `learner.${field}`, `is required by ${where}`, {
              expected: describe[field](section),
              actual: "nothing",
              help: `write ${field} in [learner]`
            })
      ]
    }),
    ...(examples === undefined || known === undefined || known.includes(examples)
      ? []
      : [
          refusal("stages/FIELD", "learner.examples", `are no examples of the stage "${section.stage}"`, {
            expected: describe.examples(section),
            actual: JSON.stringify(examples),
            help: "take one of these, or another stage"
          })
        ])
  ]
}

const typeName = (output: LearnerPlanRequest["output_type"]): string => (typeof output === "string" ? output : output.custom)

type Data = Pick<LearnerPlanRequest, "shape" | "output_type" | "classes">

/** Whether the dataset of the run holds such examples. */
const dataMistakes = (examples: Examples, { shape, output_type, classes }: Data): ReadonlyArray<Diagnostic> => {
  const unfit = (message: string, expected: string, actual: string, help: string) =>
    refusal("stages/DATA", "dataset", message, { expected, actual, help })
  const output = typeName(output_type)
  const labels = classes.map(({ label }) => label)
  const shapes = { classes: ["tabular", "text"], "initial-states": ["tabular"] }[examples as string] ?? ["text"]
  const fits = shapes.includes(shape.kind)
  const features = shape.kind === "tabular" ? shape.features.length : 0
  return [
    ...(fits
      ? []
      : [
          unfit(
            `samples cannot be read as ${examples}`,
            `${shapes.join(" or ")} samples`,
            `${shape.kind} samples`,
            "take another dataset, or transforms that end there"
          )
        ]),
    ...(examples === "classes" && (output !== "class" || classes.length < 2)
      ? [
          unfit(
            "a class is learnt for each sample",
            "targets that are at least 2 classes",
            output === "class" ? `${classes.length} classes` : `targets of type ${output}`,
            "take a dataset with class labels"
          )
        ]
      : []),
    ...(examples === "preferences" && (output !== "class" || [...labels].sort().join() !== "a,b")
      ? [
          unfit(
            "the label of a pair says which completion is preferred",
            'the classes "a" and "b"',
            output === "class" ? labels.map((label) => JSON.stringify(label)).join(", ") : `targets of type ${output}`,
            'label a text {"prompt", "a", "b"} with the name of the preferred completion'
          )
        ]
      : []),
    ...(examples === "initial-states" && fits && features !== 1
      ? [
          unfit(
            "a sample is the index of an initial state",
            "tables of one feature",
            `${features} features`,
            "let the table have a column with the index, an integer from 0, and one with the target"
          )
        ]
      : []),
    ...(examples === "initial-states" && output !== "scalar"
      ? [
          unfit(
            "the answer to an initial state is the return of its episode",
            "targets that are numbers",
            `targets of type ${output}`,
            "let the target be the largest return that can be had"
          )
        ]
      : [])
  ]
}

/** Every reason why the section, the run and its data do not go together, but for the stage's own config. */
export const misfits = (
  section: Section,
  request: Data & Pick<LearnerPlanRequest, "epochs" | "experience" | "controls">
): ReadonlyArray<Diagnostic> => {
  const examples = examplesOf(section)
  return [
    ...sectionMistakes(section, request.shape),
    ...(examples === undefined ? [] : dataMistakes(examples, request)),
    ...(request.epochs === 1
      ? []
      : [
          refusal("stages/EPOCHS", "training.epochs", "a stage counts its own epochs", {
            expected: "1",
            actual: String(request.epochs),
            help: "write 1 here, and the epochs into the config of the stage"
          })
        ]),
    ...(request.experience === "sample"
      ? []
      : [
          refusal(
            "stages/EXPERIENCE",
            "learner.plugin",
            "a stage learns from the samples of a dataset, or from an environment of its own",
            {
              expected: "samples",
              actual: request.experience,
              help: "register a dataset of initial states, and name the environment in [learner]"
            }
          )
        ]),
    ...(request.controls.silent_reward
      ? [
          refusal("stages/CONTROL", "controls.silent_reward", "a stage is given no affect: there is nothing to silence", {
            expected: "false",
            actual: "true",
            help: "write false"
          })
        ]
      : [])
  ]
}

/** Mistakes of a table of the section as diagnostics. */
export const sectionDiagnostics = (decoded: Extract<Decoded<unknown>, { readonly ok: false }>): ReadonlyArray<Diagnostic> =>
  decoded.mistakes.map((mistake) => mistakeDiagnostic("learner", mistake))
