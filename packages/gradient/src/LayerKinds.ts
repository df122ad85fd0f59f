/**
 * The kinds of layers that come with the package, by type. A further kind needs no place here: pass `new Map([...layerKinds, [kind.type,
 * kind]])` to `specProblems` and `buildModel`.
 */
import type { LayerKind } from "./LayerKind.ts"
import { attention, transformerBlock } from "./layers/Attention.ts"
import { dense } from "./layers/Dense.ts"
import { dropout, gelu, relu, sigmoid, tanh } from "./layers/Elementwise.ts"
import { groupNorm, layerNorm } from "./layers/Normalisation.ts"
import { averagePool2d, conv2d, globalAveragePool, maxPool2d } from "./layers/Pictures.ts"
import { residual } from "./layers/Residual.ts"
import { embedding, flatten, meanOverPositions, positional } from "./layers/Sequences.ts"

/** dense, conv2d, …: every kind by the `type` that chooses it. */
export const layerKinds: ReadonlyMap<string, LayerKind> = new Map(
  [
    dense,
    conv2d,
    maxPool2d,
    averagePool2d,
    globalAveragePool,
    flatten,
    relu,
    gelu,
    tanh,
    sigmoid,
    dropout,
    layerNorm,
    groupNorm,
    embedding,
    positional,
    attention,
    transformerBlock,
    meanOverPositions,
    residual
  ].map((kind) => [kind.type, kind])
)
