/** The runs table from the outside: search, order, columns, export, marks, groups and SQL, on two real runs. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { columnList, withoutFormula } from "@feagi-trainer/control-api/run-table"
import { fixedColumns } from "@feagi-trainer/core"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { columnNames } from "../src/columnNames.ts"
import { whyNotOneSelect } from "../src/sql/oneSelect.ts"
import { irisProject, type Project, store } from "./support/project.ts"

interface Table {
  readonly total: number
  readonly matched: number
  readonly archived_hidden: number
  readonly offset: number
  readonly columns: ReadonlyArray<{ readonly key: string; readonly title: string; readonly type: string; readonly unit?: string }>
  readonly rows: ReadonlyArray<{ readonly run_id: string; readonly cells: ReadonlyArray<unknown> }>
}
interface Shown {
  readonly run_id: string
  readonly seed: number
  readonly status: string
  readonly phases: ReadonlyArray<{ readonly phase: string; readonly samples: number; readonly metrics: Readonly<Record<string, unknown>> }>
  readonly document: { readonly training: { readonly epochs: number }; readonly dataset: { readonly dataset_version_id: string } }
}

let project: Project
let first: string
let second: string
beforeAll(async () => {
  project = await irisProject("1,2")
  await project.ftr("run", "start", "x.run.toml", "--no-progress", "--set", "training.epochs=2")
  const rows = await project.data<ReadonlyArray<{ readonly run_id: string }>>("run", "ls")
  ;[first = "", second = ""] = rows.map(({ run_id }) => run_id)
})
afterAll(() => project.close())

const table = (...flags: ReadonlyArray<string>) => project.data<Table>("run", "ls", ...flags)
const cells = async (columns: string, ...flags: ReadonlyArray<string>) =>
  (await table(`--columns=${columns}`, ...flags)).rows.map((row) => row.cells)

describe("run ls", () => {
  it("says of every run what run show says of it", async () => {
    const shown = await project.data<Shown>("run", "show", second, "--document")
    const metrics = shown.phases.flatMap(({ phase, metrics: of }) =>
      Object.entries(of).map(([name, value]) => [`metric.${phase}.${name}`, value] as const)
    )
    const numbers = metrics.filter(([, value]) => typeof value === "number")
    expect(numbers.length).toBeGreaterThan(20)
    const keys = ["seed", "status", "dataset", "samples", "param.training.epochs", ...numbers.map(([key]) => key)]
    const [row] = await cells(keys.map((key) => `"${key}"`).join(","), `--where=run:${second}`)
    expect(row).toEqual([
      shown.seed,
      shown.status,
      shown.document.dataset.dataset_version_id,
      shown.phases.reduce((sum, { samples }) => sum + samples, 0),
      shown.document.training.epochs,
      ...numbers.map(([, value]) => value)
    ])
    const missing = metrics.filter(([, value]) => typeof value !== "number").map(([key]) => key)
    const there = new Set((await project.data<ReadonlyArray<{ readonly key: string }>>("run", "columns")).map(({ key }) => key))
    expect(missing.filter((key) => there.has(key))).toEqual([])
  })

  it("keeps the rows of the plain table as JSON, and gives a page with its columns for every further flag", async () => {
    const plain = await project.data<ReadonlyArray<Record<string, unknown>>>("run", "ls")
    expect(plain.map((row) => Object.keys(row))).toEqual(
      [1, 2].map(() => ["run_id", "group_id", "name", "seed", "status", "brain_mutated", "phase", "metric", "value"])
    )
    for (const flag of ["--table", "--where=seed > 0", "--sort=seed", "--columns=seed", "--limit=2", "--offset=0", "--archived"]) {
      const page = await table(flag)
      expect([flag, page.total, page.matched, page.rows.map(({ run_id }) => run_id)]).toEqual([flag, 2, 2, [first, second]])
    }
    const page = await table("--sort=-seed", "--limit=1", "--columns=seed,created,tags,score")
    expect(page.rows.map(({ run_id }) => run_id)).toEqual([second])
    expect(page.columns.map(({ key, type }) => [key, type])).toEqual([
      ["seed", "integer"],
      ["created", "time"],
      ["tags", "list"],
      ["score", "number"]
    ])
    expect(page.rows[0]?.cells[1]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  it("shows the usual table at 80 columns with a condition as well as without", async () => {
    const [all, some] = await Promise.all([project.ftr("run", "ls"), project.ftr("run", "ls", "--where", "seed = 2")])
    const [head, one, two] = all.stdout.split("\n")
    expect(head).toMatch(/^RUN +GROUP +NAME +SEED +STATUS +PHASE +SCORE$/)
    expect(some.stdout.split("\n").slice(0, 2)).toEqual([head, two])
    expect(Math.max(...[head, one, two].map((line) => line?.length ?? 0))).toBeLessThanOrEqual(80)
    expect(some.stderr).toBe("1 of 2 runs\n")
    expect((await project.ftr("run", "ls", "--where", "seed = 9")).stdout).toBe("no run meets the condition\n")
  })

  it("points at what a condition gets wrong, and ends with 2", async () => {
    const wrong = await project.ftr("run", "ls", "--where", "seed = 1 and stauts:done")
    expect([wrong.code, wrong.stdout]).toEqual([2, ""])
    expect(wrong.stderr).toBe(
      [
        'error[FT1381] --where:1:14 there is no column "stauts"',
        "  1 | seed = 1 and stauts:done",
        "    |              ^^^^^^",
        "  help: did you mean status?",
        ""
      ].join("\n")
    )
    const both = await project.ftr("run", "ls", "--format", "csv", "--json")
    expect([both.code, both.stderr.includes("FT1385")]).toEqual([2, true])
  })

  it("does not make a store where there is none", async () => {
    for (const verb of [["ls"], ["columns"], ["groups"], ["mark", "latest", "--star"], ["marks"]])
      expect((await project.spawn(["run", ...verb], { FEAGI_TRAINER_STORE: project.path("nowhere") }).ended).stderr).toContain("FT1103")
  })
})

describe("run mark", () => {
  it("tags, notes, stars and archives, and keeps what was said before", async () => {
    const said = await project.data("run", "mark", first, "--tag", "baseline", "--tag=+new", "--note", "a\nnote", "--star")
    expect(said).toEqual({
      run_id: first,
      changed: true,
      tags: ["baseline", "new"],
      note: "a\nnote",
      starred: true,
      archived: false,
      revision: 1,
      etag: `${first}:1`
    })
    await project.data("run", "mark", first, "--tag=-new", "--untag", "never", "--note", "", "--no-star", "--archive")
    expect((await project.data<ReadonlyArray<{ run_id: string }>>("run", "ls")).map(({ run_id }) => run_id)).toEqual([second])
    expect((await project.ftr("run", "ls")).stderr).toBe("1 archived run is not shown; --archived shows them\n")
    expect(await cells("run_id,tags,note,starred,archived", "--where=tag:baseline", "--archived")).toEqual([
      [first, ["baseline"], null, false, true]
    ])
    const { changes } = await project.data<{ changes: ReadonlyArray<{ revision: number; change: unknown }> }>("run", "marks", first)
    expect(changes.map(({ revision, change }) => [revision, change])).toEqual([
      [1, { add_tags: ["baseline", "new"], note: "a\nnote", starred: true }],
      [2, { archived: true, note: null, remove_tags: ["new"], starred: false }]
    ])
    expect(await project.data("run", "mark", first, "--no-archive")).toMatchObject({ changed: true, archived: false, revision: 3 })
    expect(await project.data("run", "mark", first, "--no-archive")).toMatchObject({ changed: false, revision: 3 })
  })

  it("refuses a tag that is none, and a call that says nothing", async () => {
    const wrong = await project.ftr("run", "mark", first, "--tag", "a b", "--tag", "<b>")
    expect([wrong.code, wrong.stderr.match(/FT1386/g)?.length]).toEqual([2, 2])
    const nothing = await project.ftr("run", "mark", first)
    expect([nothing.code, nothing.stderr.includes("FT1387")]).toEqual([2, true])
  })
})

describe("run ls --format", () => {
  const hostile = ["=1+1", "+x", "-x", "@x", "\tx", "'=x", "'x", 'a "b", c', "<b>&", "a|b", "two\r\nlines", "\u001b[31mred"]

  it("guards every text that a spreadsheet would compute, and no number", async () => {
    for (const [at, note] of hostile.entries()) {
      await project.data("run", "mark", first, `--note=${note}`)
      const csv = (await project.ftr("run", "ls", "--columns", "note,score,seed", "--format", "csv", "--where", "has:note")).stdout
      const guarded = at < 6 ? `'${note}` : note
      const quoted = /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
      expect(csv.startsWith(`run_id,note,score,seed\r\n${first},${quoted},`), JSON.stringify(note)).toBe(true)
      const raw = (await project.ftr("run", "ls", "--columns", "note", "--format", "tsv", "--raw", "--where", "has:note")).stdout
      const cell = raw.split("\n")[1]?.split("\t")[1] ?? ""
      const back = cell.replace(/\\(.)/g, (_, letter: string) => ({ t: "\t", n: "\n", r: "\r" })[letter] ?? letter)
      expect(back).toBe(note)
      const [json] = (await project.ftr("run", "ls", "--columns", "note", "--format", "ndjson", "--where", "has:note")).stdout.split("\n")
      expect(JSON.parse(json ?? "")).toEqual({ run_id: first, note })
      const md = (await project.ftr("run", "ls", "--columns", "note,score", "--format", "md", "--where", "has:note")).stdout
      expect(md.split("\n").slice(0, 2)).toEqual(["| run\\_id | note | score |", "| --- | --- | --: |"])
      expect(
        [md.split("\n").length, md.includes("<") || md.includes("\u001b"), md.replace(/\\./g, "").match(/\|/g)?.length],
        JSON.stringify(note)
      ).toEqual([4, false, 12])
    }
    expect(withoutFormula("x=1")).toBe("x=1")
    expect(["＝1", "\u0000x", "\nx", "''=x"].map(withoutFormula)).toEqual(["'＝1", "'\u0000x", "'\nx", "'''=x"])
    expect((await project.ftr("run", "columns")).stdout.includes("\u001b")).toBe(false)
  })
})

describe("run columns and docs/reference/query.md", () => {
  it("know the same fixed columns, by name, type, other names and meaning", async () => {
    const page = readFileSync(fileURLToPath(new URL("../../../docs/reference/query.md", import.meta.url)), "utf8")
    const rows = [...page.matchAll(/^\| `(\w+)` +\| (\w+) +\| (.*?) *\| (.*?) *\|$/gm)].map((row) => row.slice(1, 5))
    expect(rows).toEqual(
      fixedColumns.map(({ key, type, also = [], description }) => [key, type, also.map((name) => `\`${name}\``).join(", "), description])
    )
    const listed = await project.data<ReadonlyArray<{ readonly key: string }>>("run", "columns")
    expect(listed.slice(0, fixedColumns.length).map(({ key }) => key)).toEqual(fixedColumns.map(({ key }) => key))
  })

  it("give units of costs, ranges of numbers, and values for a completion", async () => {
    const columns = await project.data<ReadonlyArray<Record<string, unknown>>>("run", "columns")
    const of = (key: string) => columns.find((column) => column.key === key)
    expect(of("cost.wall_seconds")).toMatchObject({ type: "number", unit: "s", runs: 2 })
    expect(of("seed")).toMatchObject({ type: "integer", runs: 2, examples: [1, 2], min: 1, max: 2 })
    expect(of("status")).toMatchObject({ type: "text", runs: 2, examples: ["completed"] })
    expect(of("template")).toMatchObject({ examples: ["tabular-classification"] })
  })
})

describe("run groups", () => {
  it("gives the mean over the seeds with the interval of a report, and the best seed", async () => {
    const [group, ...others] = await project.data<ReadonlyArray<Record<string, unknown>>>("run", "groups")
    const scores = (await cells("score")).flat() as ReadonlyArray<number>
    const [a = 0, b = 0] = scores
    const mean = (a + b) / 2
    // Student's t with one degree of freedom at 0.975 is 12.706; the deviation of two values is |a − b| / √2.
    const margin = (12.706204736 * Math.abs(a - b)) / 2
    expect(others).toEqual([])
    expect(group).toMatchObject({
      runs: 2,
      done: 2,
      primary_metric: "accuracy",
      direction: "higher-is-better",
      control: "none",
      statuses: { completed: 2 }
    })
    const score = group?.score as { readonly n: number; readonly mean: number; readonly ci_low: number; readonly ci_high: number }
    expect([score.n, score.mean]).toEqual([2, mean])
    expect(score.ci_high - mean).toBeCloseTo(margin, 6)
    expect(mean - score.ci_low).toBeCloseTo(margin, 6)
    expect(group).toMatchObject({ best: { score: Math.max(a, b) } })
    expect((await project.ftr("run", "groups")).stdout).toContain(`accuracy ${mean.toFixed(4)} ± `)
  })
})

describe("query", () => {
  const ask = (sql: string, ...flags: ReadonlyArray<string>) => project.ftr("query", sql, ...flags)

  it("answers one SELECT with all digits", async () => {
    expect(await project.data("query", "SELECT run_id, seed FROM runs ORDER BY position")).toEqual({
      columns: ["run_id", "seed"],
      rows: [
        [first, "1"],
        [second, "2"]
      ],
      truncated: null
    })
    const said = await ask(
      "WITH a(n) AS (VALUES (9007199254740993)) SELECT n, x'0aff' AS bytes, NULL AS none, ';' AS text FROM a;",
      "--json"
    )
    expect(said.stdout).toContain("9007199254740993")
    expect(JSON.parse(said.stdout).data.rows[0].slice(1)).toEqual(["0aff", null, ";"])
    expect(await project.data("query", "SELECT seq FROM events", "--limit", "1")).toMatchObject({ rows: [[0]], truncated: "rows" })
  })

  it("changes nothing and reaches nothing else, however it is asked", async () => {
    const before = readFileSync(`${store(project)}/store.sqlite`)
    for (const sql of [
      "DELETE FROM runs",
      "WITH a AS (SELECT 1) DELETE FROM runs",
      "WITH a AS (SELECT 1) INSERT INTO fact_shapes SELECT 'a', 'b'",
      "SELECT 1; DELETE FROM runs",
      "SELECT 1 /* ; */; DROP TABLE runs --",
      "ATTACH '/tmp/x.sqlite' AS x",
      "PRAGMA user_version = 9",
      "PRAGMA writable_schema = ON",
      "VACUUM INTO '/tmp/x.sqlite'",
      "CREATE TEMP TABLE t (a)",
      "EXPLAIN SELECT 1",
      "BEGIN",
      "",
      "/* only a remark */",
      "SELECT 'never closed",
      "SELECT 1 /* never closed"
    ]) {
      const said = await ask(sql)
      expect([sql, said.code, said.stdout, said.stderr.includes("FT1388")]).toEqual([sql, 2, "", true])
    }
    for (const sql of [
      "SELECT load_extension('x')",
      "SELECT readfile('/etc/passwd')",
      "SELECT writefile('/tmp/x', 'x')",
      "SELECT * FROM nope",
      "SELEC"
    ]) {
      const said = await ask(sql)
      expect([sql, said.code, said.stdout, /FT138[89]/.test(said.stderr)]).toEqual([sql, 2, "", true])
    }
    expect(readFileSync(`${store(project)}/store.sqlite`).equals(before)).toBe(true)
  })

  it("ends a statement that does not end, and one that asks for too much memory", async () => {
    const endless = await ask("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c", "--timeout", "1")
    expect([endless.code, endless.stderr.includes("FT1390")]).toEqual([1, true])
    const large = await ask("SELECT length(randomblob(900000000))")
    expect([large.code, large.stderr.includes("FT1389")]).toEqual([2, true])
    const wide = await project.data<{ readonly truncated: string }>(
      "query",
      "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 100) SELECT hex(randomblob(1000000)) FROM c",
      "--timeout",
      "60"
    )
    expect(wide.truncated).toBe("size")
  })

  it("knows one statement by what stands outside of quotes and comments", () => {
    for (const sql of [
      "SELECT 1",
      " select ';' ",
      'WITH a AS (SELECT 1) SELECT "a;b", `c;d`, [e;f] FROM a ;',
      "/* DELETE */ SELECT 1 -- ; DELETE",
      "SELECT 'it''s;'"
    ])
      expect(whyNotOneSelect(sql), sql).toBeUndefined()
    for (const sql of ["SELECT 1; SELECT 2", "(SELECT 1)", "VALUES (1)", "SELECT\u00001", "SELECTED 1"])
      expect(whyNotOneSelect(sql), sql).toBeDefined()
  })
})

describe("columnNames()", () => {
  it("reads names with commas between them, quoted or not, and their signs", () => {
    const read = (text: string) => Effect.runSync(columnNames("--columns", text))
    expect(read("a")).toEqual(["a"])
    expect(read("a, -b.c ,+d")).toEqual(["a", "-b.c", "+d"])
    expect(read('"a, b",-"metric.f1/\\"x\\"",c d')).toEqual(["a, b", '-metric.f1/"x"', "c d"])
    for (const keys of [["a"], ["a,b", '-metric.f1/"x"', "c d"], ["back\\slash", " edge "]])
      expect(read(columnList(keys)), JSON.stringify(keys)).toEqual(keys)
    for (const text of ["", ",", "a,", ",a", "a,,b", '"a', 'a"b"', '""', '"a"b'])
      expect(Effect.runSync(Effect.flip(columnNames("--columns", text))).diagnostics[0].code, JSON.stringify(text)).toBe("FT1384")
  })
})
