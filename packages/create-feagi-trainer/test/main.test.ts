/** The program's face: what it writes, what it refuses, and by which exit code. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { axes, main, problemOfName, release } from "../src/index.ts"
import { packages, temporary } from "./scaffold.ts"

const { folder, remove } = temporary()
afterAll(remove)

let runs = 0
const run = async (args: ReadonlyArray<string>, answers?: ReadonlyArray<string>) => {
  const cwd = join(folder, `run-${++runs}`)
  mkdirSync(cwd)
  let [out, error] = ["", ""]
  const asked: Array<string> = []
  const code = await main(args, {
    cwd,
    out: (text) => {
      out += text
    },
    error: (text) => {
      error += text
    },
    ...(answers === undefined
      ? {}
      : {
          ask: (question: string) => {
            asked.push(question)
            return Promise.resolve(answers[asked.length - 1] ?? "")
          }
        })
  })
  return { cwd, code, out, error, asked }
}

describe("create-feagi-trainer", () => {
  it.each([
    [["metric-pack", "my-metric"]],
    [["--axis", "metric-pack", "--name", "my-metric"]],
    [["metric-pack", "--name=my-metric", "--yes"]],
    [["metric-pack", "my-metric", "--name", "my-metric"]]
  ])("writes the folder my-metric for %j and prints its path", async (args) => {
    const { cwd, code, out, error } = await run(args)
    expect({ code, out }).toEqual({ code: 0, out: "my-metric\n" })
    expect(readdirSync(join(cwd, "my-metric")).sort()).toEqual([
      ".gitignore",
      "LICENSE",
      "README.md",
      "feagi-trainer.plugin.json",
      "package.json",
      "src",
      "test"
    ])
    expect(error).toBe("feagi-trainer-metric-pack-my-metric: 9 files. Next:\n\n  cd my-metric\n  npm install\n  npm test\n")
  })

  it("writes where --dir says, into an empty folder as well", async () => {
    const { cwd, code, out } = await run(["metric-pack", "my-metric", "--dir", "."])
    expect({ code, out }).toEqual({ code: 0, out: ".\n" })
    expect(existsSync(join(cwd, "package.json"))).toBe(true)
  })

  it.each([
    [[], "--axis and --name"],
    [["metric-pack"], "--name"],
    [["--name", "my-metric"], "--axis"]
  ])("names what is missing in %j when nobody can be asked, and exits 2", async (args, missing) => {
    const { cwd, code, out, error } = await run(args)
    expect({ code, out }).toEqual({ code: 2, out: "" })
    expect(error).toContain(`missing ${missing}, and nobody to ask`)
    expect(readdirSync(cwd)).toEqual([])
  })

  it("asks only for what is missing", async () => {
    const both = await run([], ["metric-pack", " my-metric "])
    expect([both.code, both.out, both.asked.length]).toEqual([0, "my-metric\n", 2])
    const one = await run(["metric-pack"], ["my-metric"])
    expect([one.code, one.asked.length]).toEqual([0, 1])
  })

  it("asks nothing with --yes", async () => {
    const { code, asked } = await run(["--yes"], ["metric-pack", "my-metric"])
    expect([code, asked]).toEqual([2, []])
  })

  it.each([
    [["--colour"], "--colour"],
    [["metric-pack", "a", "b"], "got 3 arguments: metric-pack a b"],
    [["metric-pack", "a", "--name", "b"], "--name b and the argument a contradict each other"]
  ])("does not guess what %j means, and exits 2", async (args, message) => {
    const { code, error } = await run(args)
    expect(code).toBe(2)
    expect(error).toContain(message)
    expect(error).toContain("Usage: create-feagi-trainer")
  })

  it("names the axes that there are when asked for another one, and exits 3", async () => {
    const { code, error, cwd } = await run(["exporter", "my-exporter"])
    expect({ code, error }).toEqual({
      code: 3,
      error: `create-feagi-trainer: there is no template for the axis "exporter"; there is one for ${axes.join(", ")}\n`
    })
    expect(readdirSync(cwd)).toEqual([])
  })

  it("says everything that is wrong at once", async () => {
    const { code, error } = await run(["exporter", "A B"])
    expect(code).toBe(3)
    expect(error.trim().split("\n").length).toBe(2)
  })

  it("leaves a folder that is not empty, or a file in its place, as it is, and exits 3", async () => {
    const cwd = join(folder, "occupied")
    mkdirSync(join(cwd, "my-metric"), { recursive: true })
    writeFileSync(join(cwd, "my-metric", "mine.txt"), "mine")
    writeFileSync(join(cwd, "a-file"), "mine")
    for (const dir of ["my-metric", "a-file"]) {
      let error = ""
      const code = await main(["metric-pack", "my-metric", "--dir", dir], {
        cwd,
        out: () => undefined,
        error: (text) => {
          error += text
        }
      })
      expect({ code, error }).toEqual({
        code: 3,
        error: `create-feagi-trainer: ${dir} exists and is not an empty folder; name another one with --dir\n`
      })
    }
    expect(readdirSync(join(cwd, "my-metric"))).toEqual(["mine.txt"])
  })

  it("prints its version and its usage", async () => {
    expect(await run(["--version"])).toMatchObject({ code: 0, out: `${release}\n`, error: "" })
    expect((await run(["--help"])).out).toContain("npm create feagi-trainer@latest -- metric-pack my-metric")
  })
})

describe("problemOfName()", () => {
  it.each(["a", "top-k", "my-metric-2", "k9"])("has nothing against %s", (name) => {
    expect(problemOfName(name)).toBeUndefined()
  })

  it.each(["", "../x", "a/b", "a\\b", "A B", "My-metric", "my_metric", "-a", "a-", "a--b", "2-a", "é", "@you/a", "a.b", " a", "a\n"])(
    "refuses %j, which is not kebab-case",
    (name) => {
      expect(problemOfName(name)).toContain("is not kebab-case")
    }
  )

  it.each(["con", "nul", "com1", "node-modules", "test"])("refuses %s, which is reserved", (name) => {
    expect(problemOfName(name)).toContain("is reserved")
  })

  it("refuses an id of the trainer for a plugin of the same kind alone", async () => {
    expect(problemOfName("random", "sampler")).toContain("is reserved: it is the id of a plugin of the trainer")
    expect(problemOfName("random", "metric-pack")).toBeUndefined()
    expect((await run(["adapter", "csv"])).error).toContain('the name "csv" is reserved')
  })

  it.each(axes)("refuses the ids of all of the trainer's own plugins of the axis %s", (axis) => {
    const plugins = join(packages, "..", "plugins")
    const manifests = readdirSync(plugins).map((name) => join(plugins, name, "feagi-trainer.plugin.json"))
    const ids = manifests
      .filter((path) => existsSync(path))
      .flatMap(
        (path) =>
          (JSON.parse(readFileSync(path, "utf8")) as { readonly entries: ReadonlyArray<{ readonly kind: string; readonly id: string }> })
            .entries
      )
      .filter(({ kind }) => kind === axis)
      .map(({ id }) => id)
      // The family that the trainer is built with.
      .concat(axis === "learner" ? ["brain"] : [])
    expect(ids).not.toEqual([])
    expect(ids.filter((id) => problemOfName(id, axis) === undefined)).toEqual([])
  })

  it("refuses a name that is too long for a folder", () => {
    expect(problemOfName("a".repeat(61))).toBe("the name has 61 characters; at most 60 are allowed")
  })
})
