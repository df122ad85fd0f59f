import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import type { IouType } from "../src/Rules.ts"
import { reported, scoreText } from "./support.ts"

const golden = (name: string): string => readFileSync(new URL(`./golden/${name}.json`, import.meta.url), "utf8")

/** Ground truth, results, kind, and what pycocotools 2.0.11 prints in full. Results with and without masks are also scored as the other kind. */
const known: ReadonlyArray<readonly [truths: string, results: string, iouType: IouType, stats: ReadonlyArray<number>]> = [
  [
    "instances_val2014_100",
    "instances_val2014_fakebbox100_results",
    "bbox",
    [
      0.5045806987249628, 0.6969727247299577, 0.5729816669904824, 0.5856257209410443, 0.5193996948036719, 0.5013978986347466,
      0.38681277964578054, 0.5936795762842003, 0.595352982877607, 0.6398109626113442, 0.5664205978994309, 0.5642905982905982
    ]
  ],
  [
    "instances_val2014_100",
    "instances_val2014_fakesegm100_results",
    "segm",
    [
      0.3195452758576433, 0.5622883972521636, 0.29892653412086784, 0.3873740315997837, 0.31018272403369485, 0.3269339071005138,
      0.2682297225711534, 0.41544868114906375, 0.4168394992198818, 0.4694498622754236, 0.37675922666197265, 0.3814715099715099
    ]
  ],
  [
    "instances_val2014_100",
    "instances_val2014_fakesegm100_results",
    "bbox",
    [
      0.48289170148234417, 0.6962084377749465, 0.5407569684722431, 0.5254228823108595, 0.49925579361227324, 0.5084354019955392,
      0.37200651383679467, 0.5684026274587862, 0.5700011134172722, 0.5912282281751813, 0.5562049668485596, 0.5547649572649572
    ]
  ],
  [
    "instances_val2014_100",
    "instances_val2014_fakebbox100_results",
    "segm",
    [
      0.13216871724940724, 0.3488394479598221, 0.0745055408332098, 0.16749221647165125, 0.11125941873876223, 0.16918904731162443,
      0.12508702602523036, 0.18018078559064407, 0.18123499804485652, 0.19562762244975038, 0.1330406911928651, 0.21853276353276355
    ]
  ],
  [
    "keypoints_val2017_part",
    "keypoints_val2017_part_results",
    "keypoints",
    [
      0.5048844884488449, 0.7227722772277227, 0.6336633663366337, 0.46633663366336636, 0.7504950495049505, 0.5181818181818182,
      0.7272727272727273, 0.6363636363636364, 0.4666666666666666, 0.75
    ]
  ]
]

const drawnAs = { bbox: "box", segm: "outline", keypoints: "keypoints" } as const

describe("published results on pictures of COCO", () => {
  it.each(known)("%s, %s as %s", (truths, results, iouType, stats) => {
    const { values, figures } = scoreText(golden(results), golden(truths), iouType)
    const names = reported[iouType]
    expect(names.length).toBe(stats.length)
    for (const [index, name] of names.entries())
      expect(Math.abs(Number(values[name]) - (stats[index] ?? Number.NaN)), name).toBeLessThan(1e-9)
    const shapes = figures.flatMap((figure) => (figure.kind === "overlay" ? figure.shapes : []))
    expect(new Set(shapes.map(({ shape }) => shape))).toEqual(new Set([drawnAs[iouType]]))
    expect(JSON.stringify(figures).length).toBeLessThan(200_000)
  })

  it("says to which picture an overlay belongs", () => {
    const { figures } = scoreText(golden("instances_val2014_fakebbox100_results"), golden("instances_val2014_100"), "bbox")
    const overlays = figures.filter((figure) => figure.kind === "overlay")
    expect(overlays.length).toBe(4)
    for (const { id, image, shapes } of overlays) {
      expect(image.file).toMatch(/^COCO_val2014_\d{12}\.jpg$/)
      expect(id).toBe(`errors-${image.sample_id}`)
      expect(image.width).toBeGreaterThan(100)
      expect(shapes.length).toBeGreaterThan(0)
    }
  })
})
