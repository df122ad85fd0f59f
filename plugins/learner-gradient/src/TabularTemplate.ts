/** Task template of tables with class labels: a perceptron of two hidden layers over features of mean 0 and deviation 1. */
import { TaskTemplate } from "@feagi-trainer/contracts"
import { type Recipe, runFileText } from "./RunFileText.ts"
import { decodeRecipe, dense, recipeFor, relu, toClasses } from "./TemplateParts.ts"

const ID = "tabular-classification-gradient"

export const tabularClassification = TaskTemplate.define<Recipe>({
  id: ID,
  version: 1,
  learner: "gradient",
  decodeOptions: decodeRecipe,
  defaults: recipeFor(ID, "tabular", "tables", () => ({ epochs: 40, batch_size: 32, learning_rate: 0.003 })),
  runFile: (recipe, request) => {
    const { shape } = request
    if (shape.kind !== "tabular") throw new Error("unreachable: a template is asked for the defaults first, which refuse other samples")
    return runFileText(
      {
        recipe,
        weight_decay: 0.01,
        model: "a multilayer perceptron",
        transforms: `# Mean 0 and deviation 1, learnt from the training part; a feature that never changes becomes 0.
[[transforms]]
plugin = "standardise"
version = 1
phases = "all"
options = { constant = "zero" }
fit_on = "train"`,
        input: `{ kind = "values", shape = [${shape.features.length}] }`,
        layers: [dense(64), relu, dense(32), relu, toClasses(request)]
      },
      request
    )
  }
})
