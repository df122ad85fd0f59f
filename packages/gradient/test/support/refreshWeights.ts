/**
 * Writes `test/golden/weights.json`: the weight hashes of the five architectures, initially and after 5 training steps on 8 samples.
 * Refresh it with `node packages/gradient/test/support/refreshWeights.ts`, and only when a change of the weights is meant: the hashes are
 * the promise that a training gives the same weights on every machine and in every release.
 */
import { writeFileSync } from "node:fs"
import { weightHashes } from "./weights.ts"

const comment =
  "SHA-256 of the weights, initially and after 5 training steps on 8 samples. " +
  "Refresh: node packages/gradient/test/support/refreshWeights.ts"
const hashes = await weightHashes()
writeFileSync(new URL("../golden/weights.json", import.meta.url), `${JSON.stringify({ comment, hashes }, undefined, 2)}\n`)
