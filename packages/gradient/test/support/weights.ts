/**
 * The weight hashes of the five architectures, initially and after 5 training steps on 8 samples. Run by itself it prints the trained ones,
 * one a line, and needs nothing but a Node, so that those of several Nodes can be compared, as `npm run matrix` does.
 */
import { fileURLToPath } from "node:url"
import { openDevice } from "../../src/node.ts"
import { weightsSha256 } from "../../src/WeightsHash.ts"
import { architectures, open } from "./architectures.ts"

interface Hashes {
  readonly initial: string
  readonly trained: string
}

/** SHA-256 of the weights, by architecture. */
export const weightHashes = async (): Promise<Readonly<Record<string, Hashes>>> => {
  const hashes: Record<string, Hashes> = {}
  for (const name of Object.keys(architectures)) {
    const { model, step } = open(await openDevice(), name)
    const initial = weightsSha256(model)
    for (let at = 0; at < 5; at += 1) step(8, 8)
    hashes[name] = { initial, trained: weightsSha256(model) }
  }
  return hashes
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, { trained }] of Object.entries(await weightHashes())) process.stdout.write(`${name} ${trained}\n`)
}
