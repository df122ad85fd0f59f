/** The table, and what is made from it: words of commands, addresses, the OpenAPI document, the Python client. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import {
  addressOf,
  argvOf,
  commandOf,
  idPatterns,
  inputProblems,
  openapi,
  operationIds,
  parseJson,
  printJson,
  pythonClient,
  routeOf,
  stdinOf
} from "../src/index.ts"
import { operationTable } from "./support/operationTable.ts"

const here = (path: string) => new URL(path, import.meta.url)

describe("the table", () => {
  it("names every id of a path, and nothing that is not there", () => {
    for (const operation of operationIds) {
      const { path, fields, method } = routeOf(operation)
      const inPath = [...path.matchAll(/\{([a-z0-9_]+)\}/g)].map((match) => match[1])
      const declared = Object.entries(fields).filter(([, field]) => field.in === "path")
      expect(declared.map(([name]) => name).sort(), operation).toEqual([...inPath].sort())
      for (const [, field] of declared) expect([field.type, field.required]).toEqual(["id", true])
      if (method === "GET") expect(Object.values(fields).filter((field) => field.in === "body")).toEqual([])
    }
  })

  it("lets nothing that changes something be a GET", () => {
    for (const operation of operationIds) {
      const { effect, method } = routeOf(operation)
      if (effect === "write" || effect === "job") expect(method, operation).not.toBe("GET")
    }
  })

  it("has patterns that no path, flag or empty text fits", () => {
    for (const [name, pattern] of Object.entries(idPatterns).filter(([each]) => each !== "sample"))
      for (const text of ["", "..", ".", "-x", "--json", "/etc/passwd", "a/b", "a\\b", "a\0", "a\n", "iris@1\n", "../iris@1", "%2e%2e"])
        expect(pattern.test(text), `${name}: ${JSON.stringify(text)}`).toBe(false)
  })
})

describe("ids of samples", () => {
  it("are any text, joined to a flag or refused where they could be one", () => {
    expect(argvOf("run.activity", { run: "latest", sample: "-2/Bild ä.png" })).toEqual([
      "run",
      "activity",
      "latest",
      "--sample=-2/Bild ä.png"
    ])
    expect(addressOf("dataset.picture", { dataset: "mnist@1", sample: "2/007.png" }).url).toBe(
      "/api/v1/datasets/mnist%401/picture?sample=2%2F007.png"
    )
    const explain = (sample: string) => inputProblems(routeOf("binding.explain"), { text: "a", format: "toml", sample }).length
    expect([explain("2/007.png"), explain("--out=x"), explain(""), explain("a\nb"), explain("\ud800"), explain("x".repeat(513))]).toEqual([
      0, 1, 1, 1, 1, 1
    ])
  })

  it("are in no path of an address", () => {
    for (const operation of operationIds)
      for (const field of Object.values(routeOf(operation).fields)) if (field.is === "sample") expect(field.in, operation).not.toBe("path")
  })
})

describe("words", () => {
  it("are those of the command, ids first and flags joined to their values", () => {
    expect(argvOf("run.show", { run: "latest", document: true, telemetry: false })).toEqual([
      "run",
      "show",
      "latest",
      "--document",
      "--no-telemetry"
    ])
    expect(argvOf("run.compare", { runs: ["latest", "r-0123456789ab-1"], across: ["seed", "learner.kind"], exploratory: true })).toEqual([
      "run",
      "compare",
      "latest",
      "r-0123456789ab-1",
      "--across=seed,learner.kind",
      "--exploratory"
    ])
    expect(
      argvOf("dataset.split", { dataset: "iris@1", method: "hash", fraction: ["train=0.8", "test=0.2"], seed: 18_446_744_073_709_551_615n })
    ).toEqual(["dataset", "split", "iris@1", "--method=hash", "--fraction=train=0.8", "--fraction=test=0.2", "--seed=18446744073709551615"])
    expect(argvOf("run.compare", { runs: ["latest"], across: [] })).toEqual(["run", "compare", "latest"])
  })

  it("keep what stdin gets out of the line", () => {
    const input = { text: "a = 1\n", format: "toml" } as const
    expect(argvOf("run.plan", input)).toEqual(["run", "plan", "-", "--format=toml"])
    expect(stdinOf("run.plan", input)).toBe("a = 1\n")
    expect(stdinOf("run.show", { run: "latest" })).toBeUndefined()
    expect(commandOf("run.plan", input)).toBe("ftr run plan - --format=toml < run-file")
  })

  it("are quoted for a shell", () => {
    expect(commandOf("run.ls", { where: "metric.accuracy > 0.9 and name = 'it''s'" })).toBe(
      `ftr run ls --table '--where=metric.accuracy > 0.9 and name = '\\''it'\\'''\\''s'\\'''`
    )
    expect(commandOf("dataset.show", { dataset: "iris@1" })).toBe("ftr dataset show iris@1")
  })

  it("are not made of an input that does not fit", () => {
    expect(() => argvOf("run.show", { run: "--help" })).toThrow(RangeError)
    expect(() => addressOf("run.show", { run: "../../etc" })).toThrow(RangeError)
    expect(inputProblems(routeOf("run.ls"), { limit: 1.5, lmit: 1 })).toEqual([
      { field: "limit", problem: "invalid", expected: "a whole number", actual: "1.5" },
      { field: "lmit", problem: "unknown", expected: "where, sort, columns, archived, limit, offset" }
    ])
    expect(inputProblems(routeOf("run.show"), JSON.parse('{"__proto__": 1, "run": "latest"}'))).toHaveLength(1)
  })
})

describe("addresses", () => {
  it("encode ids once, repeat lists and put the rest into the body", () => {
    expect(addressOf("brain.diff", { before: "latest:initial", after: "brain@2", top: 3 })).toEqual({
      method: "GET",
      url: "/api/v1/brains/latest%3Ainitial/diff/brain%402?top=3",
      body: undefined,
      headers: {}
    })
    expect(addressOf("run.series", { run: "latest", name: ["a b", "c"] }).url).toBe("/api/v1/runs/latest/series?name=a%20b&name=c")
    expect(addressOf("run.skip", { run: "latest", rest: true })).toEqual({
      method: "POST",
      url: "/api/v1/runs/latest/skip",
      body: { rest: true },
      headers: {}
    })
    expect(addressOf("run.mark", { run: "latest", note: "a", if_match: "r-0123456789ab-1:3" })).toEqual({
      method: "PUT",
      url: "/api/v1/runs/latest/marks",
      body: { note: "a" },
      headers: { "if-match": '"r-0123456789ab-1:3"' }
    })
    for (const if_match of ["", 'a"b', "a\r\nb", "ä"]) expect(() => addressOf("run.mark", { run: "latest", if_match })).toThrow(RangeError)
  })
})

describe("JSON", () => {
  it("keeps every digit of an integer, and refuses what it cannot hold", () => {
    const text = '{"seed":18446744073709551615,"small":7,"fraction":0.1,"text":"18446744073709551615"}'
    expect(parseJson(text)).toEqual({ seed: 18_446_744_073_709_551_615n, small: 7, fraction: 0.1, text: "18446744073709551615" })
    expect(printJson(parseJson(text))).toBe(text)
    expect(() => printJson({ a: Number.NaN })).toThrow(RangeError)
  })
})

type Members = { readonly [key: string]: unknown }
const refsIn = (value: unknown): ReadonlyArray<string> =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) => (key === "$ref" && typeof inner === "string" ? [inner] : refsIn(inner)))

describe("the OpenAPI document", () => {
  const document = openapi("0.1.0")
  const operations = Object.values(document.paths as Members).flatMap((methods) =>
    Object.values(methods as Members)
  ) as ReadonlyArray<Members>

  it("has every operation once", () => {
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual([...operationIds].sort())
    expect(JSON.parse(JSON.stringify(document))).toEqual(document)
  })

  it("leads every reference to a definition", () => {
    const refs = new Set(refsIn(document))
    expect(refs.size).toBeGreaterThan(3)
    for (const ref of refs) {
      const found = ref
        .slice(2)
        .split("/")
        .reduce<unknown>((value, key) => (value as Members | undefined)?.[key], document)
      expect(found, ref).toBeDefined()
    }
  })

  it("asks for the marker wherever something is changed, and says that bodies are closed", () => {
    for (const [path, methods] of Object.entries(document.paths as Members))
      for (const [method, operation] of Object.entries(methods as Readonly<Record<string, Members>>)) {
        const marked = refsIn(operation.parameters).includes("#/components/parameters/Marker")
        expect(marked, `${method} ${path}`).toBe(method !== "get")
      }
    const plan = (document.paths as Readonly<Record<string, { readonly post: { readonly requestBody: unknown } }>>)["/runs/plan"]
    expect(plan?.post.requestBody).toMatchObject({
      required: true,
      content: { "application/json": { schema: { additionalProperties: false, required: ["text", "format"] } } }
    })
  })

  it("says that a seed is an integer however large", () => {
    expect(JSON.stringify(document)).not.toContain("\\\\d+$")
  })
})

describe("the Python client", () => {
  // `vitest run packages/control-api -u` writes it anew.
  it("is what the table gives", async () => {
    await expect(pythonClient()).toMatchFileSnapshot("../python/feagi_trainer_client.py")
  })
})

describe("the service interface of the trainer", () => {
  it("is there, by the names that its design gives the operations", () => {
    const wanted: Readonly<Record<string, ReadonlyArray<string>>> = {
      register_dataset: ["dataset.add"],
      validate_dataset: ["source.validate", "dataset.verify"],
      create_run: ["run.create"],
      validate_run: ["run.plan"],
      start_run: ["run.start"],
      pause_run: ["run.pause"],
      resume_run: ["run.resume"],
      stop_run: ["run.stop"],
      get_run_status: ["run.status"],
      get_run_metrics: ["run.metrics"],
      compare_runs: ["run.compare"],
      check_dataset_compatibility: ["compatibility", "compatibility.manifest"],
      list_task_templates: ["template.ls"],
      scorecards: ["scorecard.ls", "scorecard.show", "scorecard.verify"],
      plugins: ["plugin.ls", "plugin.show", "axis.matrix"],
      schemas: ["schema.ls", "schema.show"],
      artifacts: ["artifact.show", "artifact.verify"],
      journal: ["run.journal", "run.events"]
    }
    const known: ReadonlyArray<string> = operationIds
    expect(Object.entries(wanted).filter(([, ids]) => !ids.every((id) => known.includes(id)))).toEqual([])
  })
})

describe("the page of the reference", () => {
  it("has every operation as the table has it", () => {
    expect(readFileSync(here("../../../docs/reference/http-api.md"), "utf8")).toContain(operationTable())
  })
})

describe("what a browser loads", () => {
  it("imports no Effect and no module of Node", () => {
    const seen = new Set<string>()
    const follow = (file: string): void => {
      if (seen.has(file)) return
      seen.add(file)
      const source = readFileSync(here(`../src/${file}`), "utf8")
      for (const [, what, from] of source.matchAll(/^(?:import|export) (type )?[^\n]*?(?:\n[^\n]*?)*? from "([^"]+)"/gm)) {
        if (what !== undefined) continue
        expect(from?.startsWith("./"), `${file} imports ${from}`).toBe(true)
        follow((from ?? "").slice(2))
      }
    }
    for (const entry of ["routes.ts", "argv.ts", "client.ts", "envelope.ts", "comparison.ts", "uploadName.ts"]) follow(entry)
    expect([...seen].sort()).toEqual([
      "address.ts",
      "argv.ts",
      "client.ts",
      "comparison.ts",
      "envelope.ts",
      "json.ts",
      "routes.ts",
      "sse.ts",
      "uploadName.ts"
    ])
  })
})
