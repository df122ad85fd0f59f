import { readFileSync } from "node:fs"
import { memoryIndex, memoryRoot } from "@feagi-trainer/conformance"
import { ApprovedRoots, IndexSink, Progress } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { scanned } from "./example.ts"
import { document, pictures, textOf } from "./World.ts"

const own = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8")
const readme = own("../README.md")

describe("README", () => {
  it("shows the example that runs", async () => {
    expect(readme).toContain(`\`\`\`ts\n${own("example.ts").replace("export ", "")}\`\`\``)
    const root = memoryRoot({ ...(await pictures()), "annotations/instances_train.json": textOf(document()) })
    const index = memoryIndex()
    const report = await scanned.pipe(
      Effect.provideService(ApprovedRoots, root),
      Effect.provideService(IndexSink, index.sink),
      Effect.provideService(Progress, { report: () => Effect.void }),
      Effect.runPromise
    )
    expect(report.diagnostics).toEqual([])
    expect(index.scanned.map(({ sample_id }) => sample_id)).toEqual(["a.png", "sub/b.png"])
    expect(report.scan?.output_type).toBe("segmentation_mask")
  })

  it("lists every code of the adapter, and every code has a test", () => {
    const sources = [
      "Annotation",
      "Annotated",
      "Box",
      "Classes",
      "Fields",
      "Findings",
      "Hagrid",
      "Layout",
      "Open",
      "Picture",
      "ScanCoco",
      "ScanHagrid",
      "Segmentation",
      "Validate"
    ]
    const text = sources.map((name) => own(`../src/${name}.ts`)).join("\n")
    const codes = [
      ...new Set(Array.from(text.matchAll(/"(?:coco\/)?([A-Z]+(?:-[A-Z0-9]+)+|TRUNCATED|TURNED|UNREFERENCED)"/g), ([, code]) => code ?? ""))
    ].sort()
    const table = readme.slice(readme.indexOf("## Errors"), readme.indexOf("## Sharp edges")).replaceAll(/`FT\d+`|`coco\/…`/g, "")
    const listed = Array.from(table.matchAll(/`([A-Z][A-Z0-9-]+)`/g), ([, code]) => code ?? "").sort()
    expect(listed).toEqual(codes)
    const tests = ["Faults", "Samples", "Decoder"].map((name) => own(`${name}.test.ts`)).join("\n")
    expect(codes.filter((code) => !new RegExp(`\\b${code}\\b`).test(tests))).toEqual([])
  })
})
