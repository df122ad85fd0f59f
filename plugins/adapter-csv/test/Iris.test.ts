import { readFileSync } from "node:fs"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { csv } from "../src/index.ts"
import { collect, world } from "./World.ts"

const path = "iris.csv"
const bytes = new Uint8Array(readFileSync(new URL("./fixtures/iris.csv", import.meta.url)))

describe("Iris", () => {
  it("is discovered, scanned and read without an option of one's own", async () => {
    const here = world({ [path]: bytes })
    const [candidate, ...others] = await here.run(csv.discover({ path }))
    expect([candidate?.confidence, candidate?.options.label_column, others]).toEqual([0.95, "species", []])
    const decoded = csv.decodeOptions(candidate?.options)
    if (!decoded.ok) throw new Error("the candidate decodes")
    const report = await here.run(csv.validate({ path }, decoded.value))
    expect(report.diagnostics).toEqual([])
    const scan = here.indexed(report)
    expect(scan.files).toEqual([{ path, bytes: 3858, sha256: "9cc1c345c71bcc9b486b74cbf6063fa66f4bb5e0f603a4b3c3471ec2e5e8e355" }])
    expect(scan.content_hash).toBe(scan.files[0]?.sha256)
    expect(scan.classes.map(({ label }) => label)).toEqual(["setosa", "versicolor", "virginica"])
    expect(scan.index.map(({ class_id }) => class_id)).toEqual(Array.from({ length: 150 }, (_, k) => Math.floor(k / 50)))
    expect(scan.shape).toEqual({
      kind: "tabular",
      features: [
        { name: "sepal_length", min: 4.3, max: 7.9 },
        { name: "sepal_width", min: 2, max: 4.4 },
        { name: "petal_length", min: 1, max: 6.9 },
        { name: "petal_width", min: 0.1, max: 2.5 }
      ]
    })
    expect(new Set(scan.index.map(({ sample_id }) => sample_id)).size).toBe(150)
    // The one flower that is there twice.
    expect(scan.index.filter(({ sample_id }) => sample_id.endsWith("-1"))).toEqual([
      { ...scan.index[101], sample_id: scan.index[101]?.sample_id.replace(/-0$/, "-1"), at: scan.index[142]?.at }
    ])
    const order = scan.index.map((_, k) => k)
    const samples = await here.run(
      csv.open({ path }, decoded.value, scan, "iris@1").pipe(Effect.flatMap((session) => collect(session, order)))
    )
    const features = samples.map(({ data }) => (data as { readonly features: ReadonlyArray<number> }).features)
    // Rows 35 and 38 as in Fisher's paper, and the means of scikit-learn's copy.
    expect([features[34], features[37]]).toEqual([
      [4.9, 3.1, 1.5, 0.2],
      [4.9, 3.6, 1.4, 0.1]
    ])
    const means = [0, 1, 2, 3].map((at) => features.reduce((sum, row) => sum + (row[at] ?? Number.NaN), 0) / 150)
    expect(means.map((mean) => Number(mean.toFixed(6)))).toEqual([5.843333, 3.057333, 3.758, 1.199333])
  })

  it("is the file of the example in the documentation, byte for byte", () => {
    expect(readFileSync(new URL("../../../docs/examples/iris/iris.csv", import.meta.url)).equals(bytes)).toBe(true)
  })
})
