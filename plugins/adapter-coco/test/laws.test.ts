import { adapterLaws, capabilityLaws, describeLaws, manifestLaws } from "@feagi-trainer/conformance"
import { decodeStrict, PluginManifest } from "@feagi-trainer/contracts"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"
import { base, document, picture, pictures, textOf } from "./World.ts"

const sound = { ...document(), images: [...document().images, { id: 8, file_name: "c.jpg", width: 9, height: 9 }] }
const jpeg = await picture(9, 9, 3, "jpeg")
const files = { "a.json": textOf(sound), ...(await pictures()), "images/c.jpg": jpeg }
const outside = { ...sound, annotations: sound.annotations.map((each) => ({ ...each, bbox: [-3, 0, 2, 2] })) }
const person = (id: number, image_id: number) => ({
  ...{ id, image_id, category_id: 1, bbox: [0, 0, 3, 3] },
  ...{ keypoints: [1, 1, 2, 2, 2, 1], num_keypoints: 2 }
})
const people = textOf({ ...sound, categories: [{ id: 1, name: "person" }], annotations: [person(1, 7), person(2, 7), person(3, 8)] })
const hand = (user_id: string) => ({ bboxes: [[0.1, 0.2, 0.3, 0.4]], labels: ["like"], user_id })
const hands = JSON.stringify({ a: hand("u1"), c: hand("u2"), "sub/b": hand("u1") })

const decoded = decodeStrict(PluginManifest, manifest)
if (!decoded.ok) throw new Error(JSON.stringify(decoded.mistakes))
const [entry] = decoded.value.entries

const subject = (options: Readonly<Record<string, unknown>>, annotations: string) => ({
  adapter: plugin.coco,
  options: { ...base, ...options },
  source: { path: "" },
  files: { ...files, "a.json": annotations },
  manifest: entry
})

const subjects = {
  boxes: {
    ...subject({}, textOf(sound)),
    corrupt: [
      { name: "a box outside", files: { ...files, "a.json": textOf(outside) }, code: "coco/BOX-OUTSIDE" },
      { name: "a file that is cut", files: { ...files, "a.json": files["a.json"].slice(0, -40) }, code: "coco/TRUNCATED" },
      { name: "a picture that is cut", files: { ...files, "images/c.jpg": jpeg.slice(0, -60) }, code: "coco/BAD-PICTURE" }
    ]
  },
  masks: subject({ task: "segmentation" }, textOf(sound)),
  people: subject({ task: "keypoints" }, people),
  hands: subject({ format: "hagrid", boxes: "normalised-xywh" }, hands),
  "boxes without pictures": subject({ images: null }, textOf(sound))
}

for (const [name, each] of Object.entries(subjects)) describeLaws({ describe, it }, `coco is an adapter: ${name}`, adapterLaws(each))
describeLaws({ describe, it }, "coco shows what its manifest declares", capabilityLaws(entry, Object.values(subjects)))
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))
