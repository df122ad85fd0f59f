/**
 * Task template of texts with class labels: words over a learnt vocabulary, and one block of a Transformer encoder (Vaswani et al., 2017, with
 * the normalisation before each part) whose positions are averaged. Half of every embedding is dropped in training: without that, a few
 * hundred texts are learnt by heart. Sharp edge: a text is cut behind its first words, and the file says so.
 */
import { TaskTemplate } from "@feagi-trainer/contracts"
import { type Recipe, runFileText } from "./RunFileText.ts"
import { decodeRecipe, dropout, recipeFor, toClasses } from "./TemplateParts.ts"

const ID = "text-classification-gradient"
const WORDS = 64
const VOCABULARY = 4000
const WIDTH = 64

const small = '{ type = "normal", deviation = 0.02 }'
const block = `{ type = "transformer-block", heads = 4, hidden = ${2 * WIDTH}, dropout = 0.1, causal = false, norm = "pre", activation = "gelu", init = ${small} }`

export const textClassification = TaskTemplate.define<Recipe>({
  id: ID,
  version: 1,
  learner: "gradient",
  decodeOptions: decodeRecipe,
  defaults: recipeFor(ID, "text", "texts", () => ({ epochs: 10, batch_size: 32, learning_rate: 0.003 })),
  runFile: (recipe, request) =>
    runFileText(
      {
        recipe,
        weight_decay: 1,
        model: "a Transformer",
        transforms: `# Lower case, one blank between words.
[[transforms]]
plugin = "text-normalise"
version = 1
phases = "all"
options = { unicode = "nfkc", case = "lower", white_space = "collapse" }

# The first ${WORDS} words as ids over the ${VOCABULARY} most frequent ones of the training part. Id 0 fills up, id 1 is any other word.
[[transforms]]
plugin = "tokenise"
version = 1
phases = "all"
options = { tokeniser = "white-space", max_size = ${VOCABULARY}, unknown = "index", output = { form = "ids", length = ${WORDS}, pad = "end", cut = "end" } }
fit_on = "train"`,
        input: `{ kind = "tokens", length = ${WORDS}, vocabulary = ${VOCABULARY + 2}, pad = 0 }`,
        layers: [
          `{ type = "embedding", width = ${WIDTH}, init = ${small} }`,
          `{ type = "positional", kind = "learned", init = ${small} }`,
          dropout(0.5),
          block,
          '{ type = "layer-norm", epsilon = 1e-5 }',
          '{ type = "mean-over-positions" }',
          dropout(0.5),
          toClasses(request)
        ]
      },
      request
    )
})
