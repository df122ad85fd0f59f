/**
 * The documentation holds: links lead somewhere, codes and commands are those of the sources, examples decode, pictures are true.
 *
 * `vitest run test/docs.test.ts -u` writes docs/reference/cli.md anew from the command tree.
 */
import { existsSync, globSync, readdirSync, readFileSync, statSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import type { Schema } from "effect"
import type { Command } from "effect/cli"
import { describe, expect, it } from "vitest"
import { wholeProgram } from "../apps/cli/src/assemble.ts"
import { exitCodes, stoppedBy } from "../apps/cli/src/exitCode.ts"
import { helpText } from "../apps/cli/src/helpText.ts"
import { helpOf as helpFrom } from "../apps/cli/src/presenter.ts"
import { ProjectFile } from "../apps/cli/src/readProject.ts"
import { looks, pictureFile, pictures } from "../apps/studio/test/browser/pictures.ts"
import { decodeDocument, parseDocument } from "../packages/config/src/index.ts"
import { RunFile } from "../packages/core/src/run/RunFile.ts"
import { sha256Hex } from "../packages/determinism/src/index.ts"
import { storeCodes } from "../packages/store/src/StoreError.ts"
import { tabularClassification } from "../plugins/feagi-binding/src/index.ts"
import { workspacePackages } from "../scripts/package-shape.ts"
import { root } from "../scripts/steps.ts"

const read = (file: string): string => readFileSync(join(root, file), "utf8")

/** Every Markdown file of the repository, relative to its root. */
const pages = [
  "*.md",
  ".changeset/*.md",
  "docs/**/*.md",
  "{packages,plugins,apps}/*/*.md",
  "{packages,plugins,apps}/*/{docs,src,test,templates}/**/*.md"
]
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => !file.includes("node_modules/") && !file.includes("/golden/"))
  .sort()

/** The page without what stands in code fences, or in code spans. */
const prose = (text: string): string => text.replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1\s*$/gm, "").replace(/`[^`\n]*`/g, "")

interface Fence {
  readonly language: string
  readonly text: string
}

const fences = (text: string): ReadonlyArray<Fence> =>
  [...text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```\s*$/gm)].map((match) => ({ language: match[1]?.trim() ?? "", text: match[2] ?? "" }))

/** The anchor that GitHub gives to a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .trim()
    .replaceAll(" ", "-")

const anchors = (text: string): ReadonlySet<string> =>
  new Set([...text.replace(/^```[\s\S]*?^```\s*$/gm, "").matchAll(/^#+ (.*)$/gm)].map((match) => anchorOf(match[1] ?? "")))

/** Links and images that lead into the repository and find nothing there. */
const brokenLinks = (file: string, text: string): ReadonlyArray<string> =>
  [...prose(text).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)|<(?:img|source)[^>]*\bsrc(?:set)?="([^"]+)"/g)]
    .map((match) => match[1] ?? match[2] ?? "")
    .filter((target) => !/^(https?:|mailto:)/.test(target))
    .filter((target) => {
      const [path = "", anchor] = target.split("#")
      const found = path === "" ? file : relative(root, join(root, dirname(file), decodeURI(path)))
      if (!existsSync(join(root, found))) return true
      return anchor !== undefined && found.endsWith(".md") && !anchors(read(found)).has(anchor)
    })
    .map((target) => `${file}: ${target}`)

const codesIn = (text: string, pattern: RegExp): ReadonlyArray<string> =>
  [...new Set([...text.matchAll(pattern)].map((match) => match[0]))].sort()

const sourcesOf = (...patterns: ReadonlyArray<string>): string =>
  patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .map(read)
    .join("\n")

const errorRows = read("docs/reference/errors.md")
  .split("\n")
  .flatMap((line) => (/^\| (FT\d{4}|[a-z][a-z-]*\/[A-Z0-9-]+) /.test(line) ? [line.split("|").map((cell) => cell.trim())] : []))

interface Node {
  readonly command: Command.Command.Any
  readonly path: ReadonlyArray<string>
}

const tree = (command: Command.Command.Any, above: ReadonlyArray<string> = []): ReadonlyArray<Node> => {
  const path = [...above, command.name]
  return [{ command, path }, ...command.subcommands.flatMap((group) => group.commands.flatMap((each) => tree(each, path)))]
}

/** Kinds of commands that have no --json. */
const onlyForPeople: ReadonlyArray<string> = ["project", "schema"]

const commands = tree(await wholeProgram())

/** What `--help` prints, without the flags that every command has. */
const helpOf = ({ command, path }: Node): string => {
  const build: unknown = Reflect.get(command, "buildHelpDoc")
  if (typeof build !== "function") throw new Error("the command library no longer tells its help")
  return helpText(helpFrom(build(path)), { colors: false, columns: 80 }, "own")
}

const cliReference = [
  "# Command line",
  "",
  "What `--help` prints for every command; `ftr` is the same program under a shorter name. This page is written by a test from the command",
  "tree itself.",
  "",
  "Data goes to stdout, everything else to stderr. Commands with `--json` print [one document](json.md). How a command ended stands in its",
  "[exit code](exit-codes.md). Ids may be shortened to a unique beginning, or be `latest`. All commands take `--help`, `--version`,",
  "`--completions SHELL`, `--log-level LEVEL` and `--debug` (the stack of a bug). `FEAGI_TRAINER_STORE` moves the store.",
  "On a terminal, texts and tables are wrapped to its width; in a pipe a row is one line. Ids, hashes and paths are never broken or cut.",
  "`ftr completion bash`, `zsh` or `fish` completes commands, flags, values, and the names of runs, datasets, brains and plugins.",
  "`ftr help COMMAND`, `ftr completion SHELL` and `ftr version` are other words for the flags.",
  "",
  "`ftr` alone says in a few lines where this folder stands and what comes next: a project, a dataset, a run, one that waits, a report. It exits",
  "0 and makes nothing; with `--json` it is a document of kind `next-steps`. A project file that cannot be read is an error there as elsewhere.",
  "",
  ...commands
    .filter(({ path }) => path.length > 1)
    .flatMap((node) => [`${"#".repeat(node.path.length)} ${node.path.slice(1).join(" ")}`, "", "```text", helpOf(node), "```", ""])
].join("\n")

describe("calls of the API", () => {
  it("stand on the two pages that a test carries out line by line, and on no other", () => {
    const calling = pages.filter((page) => /^\s*(?:\$ )?curl /m.test(read(page)))
    expect(calling.sort()).toEqual(["docs/guides/use-the-api.md", "docs/reference/http-api.md"])
  })
})

describe("every page", () => {
  it("links only to what is there", () => {
    expect(pages.length).toBeGreaterThan(30)
    expect(pages.flatMap((page) => brokenLinks(page, read(page)))).toEqual([])
  })

  it("would be caught with a broken link, a lost anchor or a lost image", () => {
    const text = "[a](nowhere.md) [b](docs/README.md) [c](docs/README.md#no-such-heading) ![d](lost.svg) `[e](code.md)`"
    expect(brokenLinks("README.md", text)).toEqual([
      "README.md: nowhere.md",
      "README.md: docs/README.md#no-such-heading",
      "README.md: lost.svg"
    ])
  })

  it("names no path of a machine", () => {
    expect(pages.filter((page) => /(^|[\s"'`(=])\/(work|root|home|Users)\//m.test(read(page)))).toEqual([])
  })

  it("speaks of the project and not of how it came about", () => {
    const words = /\b(AI|LLM|chatbot|prompt engineering|as an assistant|TODO|FIXME|XXX)\b/
    expect(pages.filter((page) => words.test(prose(read(page))))).toEqual([])
  })

  it("has TOML in it that parses", () => {
    const blocks = pages.flatMap((page) =>
      fences(read(page)).flatMap(({ language, text }) =>
        language === "toml" ? [{ page, parsed: parseDocument({ text, file: page, format: "toml" }) }] : []
      )
    )
    expect(blocks.length).toBeGreaterThan(3)
    expect(blocks.filter(({ parsed }) => !parsed.ok).map(({ page }) => page)).toEqual([])
  })

  it("begins with its title", () => {
    expect(pages.filter((page) => !page.startsWith(".changeset/") && !/^(# |<h1|<p)/.test(read(page)))).toEqual([])
  })
})

describe("docs/reference/errors.md", () => {
  const codes = errorRows.map((row) => row[1] ?? "")

  it("has a row for every code of the trainer, and for no other", () => {
    const used = codesIn(sourcesOf("{packages,plugins,apps}/*/src/**/*.ts"), /\bFT\d{4}\b/g)
    expect(used.length).toBeGreaterThan(100)
    expect(codes.filter((code) => code.startsWith("FT")).toSorted()).toEqual(used)
  })

  it("has a row for every code of the plugins that are here, and for no other", () => {
    const own = codesIn(sourcesOf("plugins/*/src/**/*.ts"), /(?<=")[a-z][a-z-]*\/[A-Z][A-Z0-9-]+(?=")/g)
    const kinds = codesIn(read("packages/feagi-runtime/src/EngineError.ts"), /(?<=\| ")[a-z-]+(?=")/g).map(
      (kind) => `embedded/${kind.toUpperCase()}`
    )
    expect(kinds.length).toBeGreaterThan(5)
    expect(codes.filter((code) => !code.startsWith("FT")).toSorted()).toEqual([...new Set([...own, ...kinds])].sort())
  })

  it("has every code once, with all cells filled in", () => {
    expect(codes).toEqual([...new Set(codes)])
    expect(errorRows.filter((row) => row.slice(1, -1).some((cell) => cell === "")).map((row) => row[1])).toEqual([])
  })

  it("says of the store what the store says", () => {
    const said = Object.fromEntries(errorRows.filter((row) => row[1]?.startsWith("FT40")).map((row) => [row[1], row.slice(2, 5)]))
    expect(said).toEqual(Object.fromEntries(Object.entries(storeCodes).map(([code, { title, when, help }]) => [code, [title, when, help]])))
  })
})

describe("docs/reference", () => {
  it("tells the command line as the program does", async () => {
    expect(commands.length).toBeGreaterThan(30)
    await expect(cliReference).toMatchFileSnapshot("../docs/reference/cli.md")
  })

  it("names only commands that exist", () => {
    const known = new Set(["help", "completion", "version", ...commands.map(({ path }) => path.slice(1).join(" "))])
    const groups = new Set(commands.filter(({ command }) => command.subcommands.length > 0).map(({ path }) => path.slice(1).join(" ")))
    const wrong = pages.flatMap((page) =>
      fences(read(page))
        .filter(({ language }) => ["sh", "console", "text"].includes(language))
        .flatMap(({ text }) => [
          ...text.matchAll(/^(?:\$ )?(?:npx )?(?:npm run -s ftr --|ftr|feagi-trainer) ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?/gm)
        ])
        .map((match) => (groups.has(match[1] ?? "") ? `${match[1]} ${match[2] ?? ""}`.trim() : (match[1] ?? "")))
        .filter((command) => !known.has(command))
        .map((command) => `${page}: ${command}`)
    )
    expect(wrong).toEqual([])
  })

  it("shows the run file that the template writes for Iris, and it decodes", () => {
    const [example] = fences(read("docs/reference/run-file.md")).filter(({ language }) => language === "toml")
    const text = example?.text ?? ""
    const rows = read("docs/examples/iris/iris.csv")
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(","))
    const [header = [], ...records] = rows
    const label = header.indexOf("species")
    const features = header
      .map((name, column) => ({ name, values: records.map((record) => Number(record[column])) }))
      .filter((_, column) => column !== label)
      .map(({ name, values }) => ({ name, min: Math.min(...values), max: Math.max(...values) }))
    const classes = [...new Set(records.map((record) => record[label] ?? ""))].sort().map((each, class_id) => ({ class_id, label: each }))
    const request = {
      dataset: "iris@1",
      shape: { kind: "tabular", features },
      output_type: "class",
      classes,
      samples: records.length,
      parts: []
    } as const
    const options = tabularClassification.defaults(request)
    if (!options.ok) throw new Error("the template has no defaults for Iris")
    const genome = tabularClassification.genome(options.value, request)
    if (!genome.ok) throw new Error("the template makes no genome for Iris")
    const more = { name: "iris", seeds: [1n, 2n, 3n, 4n, 5n], genome_sha256: sha256Hex(genome.value) }
    expect(text).toBe(tabularClassification.runFile(options.value, { ...request, ...more }))
    expect(decodes(RunFile, text)).toEqual([])
  })

  it("names every key of a run file", () => {
    const page = read("docs/reference/run-file.md")
    const keys = ["split.method", "sampler.plugin", "training.epochs", "controls.silent_reward", ...Object.keys(RunFile.fields)]
    expect(keys.filter((key) => !new RegExp(`^\\| \`${key.replace(".", "\\.")}[\`.]`, "m").test(page))).toEqual([])
  })

  it("names every kind of document that --json prints", () => {
    const page = read("docs/reference/json.md")
    const kinds = codesIn(sourcesOf("apps/cli/src/**/*.ts"), /(?<=emit\([^"]{0,80}kind: ")[a-z-]+(?=")/g).filter(
      (kind) => !onlyForPeople.includes(kind)
    )
    expect(kinds.length).toBeGreaterThan(15)
    expect(kinds.filter((kind) => !page.includes(`\`${kind}\``))).toEqual([])
  })

  it("shows project files that decode", () => {
    const files = fences(read("docs/reference/project-file.md")).filter(({ language }) => language === "toml")
    expect(files.length).toBeGreaterThan(0)
    expect(files.flatMap(({ text }) => decodes(ProjectFile, text))).toEqual([])
  })

  it("lists every status of a refusal that the server answers with, and no other", () => {
    const sources = globSync("packages/server/src/*.ts", { cwd: root }).map(read)
    // Where one is refused, what is said to bytes that are no request, the table of reasons, and what stands before it.
    const places =
      /(?:refuse(?:All)?|notAdmitted)\(\s*(\d{3})|"(4\d\d) [A-Z]|^ {2}(?:usage|invalid|gate|integrity|incomparable|locked|missing|failed): (\d{3})|return ([45]\d\d)$/gm
    const given = sources.flatMap((source) => [...source.matchAll(places)].map((found) => Number(found.slice(1).find((each) => each))))
    const rows = [...read("docs/reference/http-api.md").matchAll(/^\| ([45]\d\d) /gm)].map(([, status]) => Number(status))
    expect(rows).toEqual([...new Set(given)].sort((a, b) => a - b))
  })

  it("lists the exit codes of the program", () => {
    const rows = [...read("docs/reference/exit-codes.md").matchAll(/^\| (\d+)\s+\| ([a-zA-Z-]+)\s+\|/gm)].map((match) => [
      match[2],
      Number(match[1])
    ])
    expect(Object.fromEntries(rows)).toEqual({ ok: 0, ...exitCodes, ...stoppedBy })
  })
})

describe("docs/ARCHITECTURE.md", () => {
  const page = read("docs/ARCHITECTURE.md")

  it("lists the packages of the workspace, all and only", () => {
    const listed = [...page.matchAll(/^\| \[`((?:packages|plugins|apps)\/[a-z-]+)`\]/gm)].map((match) => match[1] ?? "")
    expect(listed.toSorted()).toEqual(workspacePackages().map((each) => each.folder))
  })

  it("draws the import picture that is checked", () => {
    const source = read("scripts/import-picture.ts")
    const list = (text: string): ReadonlyArray<string> => codesIn(text, /(?<=")[a-z-]+(?=")/g)
    const base = list(/const base = \[([^\]]*)\]/.exec(source)?.[1] ?? "")
    const checked = [
      ...(/const picture[^=]*= \{([\s\S]*?)\n\}/.exec(source)?.[1] ?? "").matchAll(/^ {2}"?([a-z-]+)"?: (base|\[[^\]]*\])/gm)
    ].map((match) => {
      const named = match[2] === "base" ? [] : list(match[2] ?? "")
      return [match[1] ?? "", [...named, ...(match[2]?.includes("base") ? base : [])].sort()] as const
    })
    const [picture] = fences(page).filter(({ text }) => text.includes("→"))
    const drawn = (picture?.text ?? "").split("\n").flatMap((line) => {
      const [left = "", right] = line.split("→")
      if (right === undefined || left.includes("*") || left.includes("apps/")) return []
      const wanted =
        right.trim() === "nothing"
          ? []
          : right
              .trim()
              .split(/\s+/)
              .flatMap((name) => (name === "base" ? base : [name]))
      return left
        .trim()
        .split(/\s+/)
        .map((name) => [name, [...new Set(wanted)].sort()] as const)
    })
    expect(checked.length).toBeGreaterThan(8)
    expect(Object.fromEntries(drawn)).toEqual(Object.fromEntries(checked))
  })

  it("points to source files that exist", () => {
    const named = codesIn(page, /(?<=`)(?:packages|plugins|apps|scripts)\/[\w./-]+\.(?:ts|json|wasm)(?=`)/g)
    expect(named.length).toBeGreaterThan(15)
    expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([])
  })
})

describe("the front page", () => {
  const page = read("README.md")

  it("names the two commands to begin with, and package.json has them", () => {
    const scripts = (JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> }).scripts
    expect(page).toContain("npm run demo")
    expect(page).toContain("npm test")
    const named = [
      ...new Set(pages.flatMap((each) => [...read(each).matchAll(/\bnpm run (?:-s )?([a-z][a-z:-]*)/g)].map((match) => match[1] ?? "")))
    ]
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
  })

  it("and CONTRIBUTING.md give the commands within the first 20 lines", () => {
    expect(read("CONTRIBUTING.md").split("\n").slice(0, 20).join("\n")).toMatch(/npm test/)
  })
})

describe("the tutorial", () => {
  const page = read("docs/tutorial/first-experiment.md")
  const files = pictures.flatMap((name) => looks.map((look) => pictureFile(name, look, "webp")))

  it("shows every picture that the journey through the Studio takes, in its order, and no other", () => {
    expect([...page.matchAll(/<img src="images\/([\w-]+)-light-1280\.webp"/g)].map((match) => match[1])).toEqual(pictures)
    expect([...page.matchAll(/"images\/([^"]+)"/g)].map((match) => match[1]).toSorted()).toEqual(files.toSorted())
    expect(readdirSync(join(root, "docs/tutorial/images")).toSorted()).toEqual(files.toSorted())
  })

  it("has each of them in two widths and two schemes, in words, and all of them small", () => {
    for (const [picture = ""] of page.matchAll(/<picture>[\s\S]*?<\/picture>/g)) {
      expect(picture.match(/<source media="[^"]+" srcset="images\/[\w-]+-(?:dark|light)-\d+\.webp">/g)?.length, picture).toBe(3)
      expect(picture).toMatch(/ alt="[^"]{20,}">/)
    }
    expect(files.reduce((sum, file) => sum + statSync(join(root, "docs/tutorial/images", file)).size, 0)).toBeLessThan(1_500_000)
  })
})

describe("the glossary", () => {
  it("names, for every term, a file that exists", () => {
    const rows = [...read("docs/GLOSSARY.md").matchAll(/^\| \*\*([^*]+)\*\*\s+\| ([^|]+) \| \[[^\]]*\]\(([^)]+)\)\s+\|$/gm)]
    const lines = read("docs/GLOSSARY.md").split("\n")
    expect(rows.length).toBeGreaterThan(50)
    expect(rows.length).toBe(lines.filter((line) => line.startsWith("| **")).length)
    expect(rows.filter((row) => !existsSync(join(root, "docs", row[3] ?? ""))).map((row) => row[1])).toEqual([])
  })
})

/** The codes of what is wrong with a TOML document. */
function decodes<A, I>(schema: Schema.Codec<A, I>, text: string): ReadonlyArray<string> {
  const parsed = parseDocument({ text, file: "example.toml", format: "toml" })
  if (!parsed.ok) return parsed.diagnostics.map((each) => each.message)
  const decoded = decodeDocument(schema, parsed.document)
  return decoded.ok ? [] : decoded.diagnostics.map((each) => each.message)
}
