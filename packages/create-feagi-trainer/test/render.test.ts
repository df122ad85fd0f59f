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

  it.each(axes)("asks in a %s for the release that it belongs to", (axis) => {
    const { peerDependencies, devDependencies } = JSON.parse(render(axis, "my-thing").get("package.json") ?? "") as PackageJson
    expect(peerDependencies).toEqual({ "@feagi-trainer/contracts": `^${release}`, effect: effectRange })
    expect(devDependencies).toEqual({
      "@feagi-trainer/conformance": `^${release}`,
      "@feagi-trainer/contracts": `^${release}`,
      // Its examples are computed with a metric pack.
      ...(axis === "protocol" ? { "@feagi-trainer/metric-pack-classification": `^${release}` } : {}),
      effect: effectRange
    })
    for (const name of ["contracts", "conformance", "create-feagi-trainer"])
      expect([name, packageJson(name).version]).toEqual([name, release])
    expect(packageJson("contracts").peerDependencies.effect).toBe(effectRange)
  })

  it.each(axes)("gives the id of a %s to manifest and entry", (axis) => {
    const files = render(axis, "top-of-the-class")
    const camelCase = axis.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
    expect(JSON.parse(files.get("feagi-trainer.plugin.json") ?? "")).toMatchObject({
      entries: [{ kind: axis, id: "top-of-the-class", export: camelCase }]
    })
    expect(files.get("src/index.js")).toContain('id: "top-of-the-class"')
    expect(JSON.parse(files.get("package.json") ?? "")).toMatchObject({
      feagiTrainer: "./feagi-trainer.plugin.json",
      keywords: ["feagi-trainer-plugin", `feagi-trainer-${axis}`]
    })
  })

  it.each(axes)("gives the name of a %s to documentation and package", (axis) => {
    const files = render(axis, "top-of-the-class")
    expect(files.get("README.md")?.split("\n")[0]).toBe(`# feagi-trainer-${axis}-top-of-the-class`)
    expect(JSON.parse(files.get("package.json") ?? "")).toMatchObject({ name: `feagi-trainer-${axis}-top-of-the-class` })
  })

  it.each(axes)("gives a %s what all of them have", (axis) => {
    expect([...render(axis, "my-thing").keys()]).toEqual(
      expect.arrayContaining([".gitignore", "LICENSE", "README.md", "package.json", "src/index.js", "test/conformance.test.js"])
    )
  })

  it("finds its templates among the published files", () => {
    expect(packageJson("create-feagi-trainer").files).toContain("templates")
  })
})
