import { inputProblems } from "@feagi-trainer/control-api/argv"
import { type OperationId, operationIds, routeOf } from "@feagi-trainer/control-api/routes"
import { describe, expect, it } from "vitest"
import { urlOf } from "../src/api.ts"
import { inputOf } from "../src/pages/runs/rows.ts"

const asks = (id: OperationId, input: Readonly<Record<string, unknown>>) => inputProblems(routeOf(id), input)

describe("requests of the pages", () => {
  it("are inputs that the control API takes", () => {
    const run = "r-0123456789ab-1"
    expect([
      ...asks("run.ls", inputOf({ where: "tag:a", sort: "-created", columns: ["name"], archived: true }, 0, 200)),
      ...asks("run.mark", { run, add_tags: ["a"], remove_tags: ["b"], note: "line\nline", starred: true, archived: false }),
      ...asks("run.status", { run }),
      ...asks("run.columns", {}),
      ...asks("group.ls", {}),
      ...asks("environment", {}),
      ...asks("doctor", {})
    ]).toEqual([])
  })

  it("find the addresses of pictures and files, with names that cannot leave their place", () => {
    expect(urlOf("openapi")).toBe("/api/v1/openapi.json")
    expect(urlOf("dataset.picture", { dataset: "iris@1", sample: "a/../b?c" })).toBe(
      "/api/v1/datasets/iris%401/picture?sample=a%2F..%2Fb%3Fc"
    )
    expect(urlOf("run.ls", { where: "a = b&c", limit: 2, offset: undefined })).toBe("/api/v1/runs?where=a+%3D+b%26c&limit=2")
    expect(urlOf("run.series", { run: "r-0123456789ab-1", name: ["a", "b"] })).toBe("/api/v1/runs/r-0123456789ab-1/series?name=a&name=b")
  })

  it("name operations that there are", () => {
    for (const id of ["session", "events", "job.show", "run.events"] as const) expect(operationIds).toContain(id)
  })
})
