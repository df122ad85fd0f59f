/** The templates: complete, without leftovers, and written against this very release. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { axes, effectRange, release, render } from "../src/index.ts"
import { packages } from "./scaffold.ts"

interface PackageJson {
  readonly version: string
  readonly files: ReadonlyArray<string>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}
const packageJson = (name: string) => JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")) as PackageJson

describe("render()", () => {
  it.each(axes)("leaves no placeholder in a %s", (axis) => {
    for (const [path, text] of render(axis, "my-thing")) expect(`${path}\n${text}`).not.toMatch(/__[A-Z]+__|\.template/)
  })

  it("asks for the release that it belongs to", () => {
    const { peerDependencies, devDependencies } = JSON.parse(render("metric-pack", "my-metric").get("package.json") ?? "") as PackageJson
    expect(peerDependencies).toEqual({ "@feagi-trainer/contracts": `^${release}`, effect: effectRange })
    expect(devDependencies).toEqual({
      "@feagi-trainer/conformance": `^${release}`,
      "@feagi-trainer/contracts": `^${release}`,
      effect: effectRange
    })
    for (const name of ["contracts", "conformance", "create-feagi-trainer"])
      expect([name, packageJson(name).version]).toEqual([name, release])
    expect(packageJson("contracts").peerDependencies.effect).toBe(effectRange)
  })

  it("gives the id of the plugin to manifest, entry and documentation", () => {
    const files = render("metric-pack", "top-of-the-class")
    expect(JSON.parse(files.get("feagi-trainer.plugin.json") ?? "")).toMatchObject({
      entries: [{ kind: "metric-pack", id: "top-of-the-class", export: "metricPack" }]
    })
    expect(files.get("src/index.js")).toContain('id: "top-of-the-class"')
    expect(files.get("README.md")).toMatch(/^# feagi-trainer-metric-pack-top-of-the-class\n/)
  })

  it("finds its templates among the published files", () => {
    expect(packageJson("create-feagi-trainer").files).toContain("templates")
  })
})
