import { adapterLaws, describeLaws, manifestLaws } from "@feagi-trainer/conformance"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"
import { greyPng, idx, idxPair, maskPng } from "./Draw.ts"
import { classOptions, idxOptions, maskOptions } from "./World.ts"

const adapter = plugin.imageFolder
const source = { path: "" }

const folders = { "a/1.png": greyPng(1), "a/2.png": greyPng(2), "b/1.png": greyPng(3), "b/2.png": greyPng(4) }
describeLaws(
  { describe, it },
  "class folders are an adapter",
  adapterLaws({
    adapter,
    options: classOptions,
    source,
    files: folders,
    corrupt: [
      { name: "a picture of no bytes", files: { ...folders, "a/3.png": "" }, code: "image-folder/EMPTY-FILE" },
      { name: "half a picture", files: { ...folders, "a/3.png": greyPng(5).subarray(0, 60) }, code: "image-folder/CORRUPT" },
      { name: "a picture under two labels", files: { ...folders, "b/3.png": greyPng(1) }, code: "image-folder/CONFLICTING-LABELS" }
    ]
  })
)

const masks = Object.fromEntries(
  [1, 2, 3].flatMap((k) => [
    [`images/${k}.png`, greyPng(k)],
    [`masks/${k}.png`, maskPng(k)]
  ])
)
describeLaws(
  { describe, it },
  "mask folders are an adapter",
  adapterLaws({
    adapter,
    options: maskOptions,
    source,
    files: masks,
    corrupt: [{ name: "a mask of another size", files: { ...masks, "masks/2.png": maskPng(2, 4, 4) }, code: "image-folder/OTHER-SIZE" }]
  })
)

const digits = { ...idxPair("train", [0, 1, 2, 1]), ...idxPair("t10k", [2, 0]) }
describeLaws(
  { describe, it },
  "idx files are an adapter",
  adapterLaws({
    adapter,
    options: idxOptions,
    source,
    files: digits,
    corrupt: [
      {
        name: "one label too few",
        files: { ...digits, "t10k-labels-idx1-ubyte": idx([1], Uint8Array.of(2)) },
        code: "image-folder/OTHER-COUNT"
      }
    ]
  })
)
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))
