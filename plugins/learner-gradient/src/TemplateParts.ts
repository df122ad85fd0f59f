/** What the templates share: their options, layers as TOML, and whether a dataset is one for them. */
import { type Mistake, optionsFrom, type SampleShape, type Selected, type TaskRequest } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import type { Recipe } from "./RunFileText.ts"

export const RecipeOptions = Schema.Struct({
  epochs: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000 })),
  batch_size: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000 })),
  learning_rate: Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(10))
})
export const decodeRecipe = optionsFrom(RecipeOptions)

export const mistake = (message: string, expected: string, actual: string): Mistake => ({
  path: [],
  problem: "invalid",
  message,
  expected,
  actual
})

/** The recipe, where the data are of this kind and have classes; else every reason why they are not. */
export const recipeFor =
  (template: string, kind: SampleShape["kind"], what: string, recipe: (request: TaskRequest) => Recipe) =>
  (request: TaskRequest): Selected<Recipe> => {
    const { shape, output_type, classes, dataset } = request
    const mistakes = [
      ...(shape.kind === kind ? [] : [mistake(`template ${template} is for ${what}`, what, `${shape.kind} samples`)]),
      ...(output_type === "class" && classes.length >= 2
        ? []
        : [
            mistake(
              `template ${template} is for data with class labels`,
              "at least 2 classes",
              `${output_type === "class" ? classes.length : typeof output_type === "string" ? output_type : output_type.custom} in ${dataset}`
            )
          ])
    ]
    return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, value: recipe(request) }
  }

export const he = '{ type = "he-normal" }'
const glorot = '{ type = "glorot-uniform" }'

export const dense = (units: number, init = he): string => `{ type = "dense", units = ${units}, bias = true, init = ${init} }`
/** The last layer: one number for each class, which the softmax of the loss takes. */
export const toClasses = ({ classes }: TaskRequest): string => dense(classes.length, glorot)
export const relu = '{ type = "relu" }'
export const dropout = (rate: number): string => `{ type = "dropout", rate = ${rate} }`
