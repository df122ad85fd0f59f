/**
 * `query`: one SELECT on the tables of the store, for what no other command answers.
 *
 * Sharp edge: the tables are the store's own and change with its version (docs/reference/store.md); a script that wants to last asks
 * `run ls --where`.
 */
import { spawn } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { Store } from "@feagi-trainer/store"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../flags.ts"
import { parseJsonText } from "../jsonText.ts"
import { emit, say } from "../Out.ts"
import { stored } from "../services.ts"
import { whyNotOneSelect } from "../sql/oneSelect.ts"
import type { SqlAnswer, SqlQuestion } from "../sql/sqlProcess.ts"
import { textTable } from "../textTable.ts"

const program = fileURLToPath(
  import.meta.url.endsWith(".ts") ? new URL("../sql/sqlProcess.ts", import.meta.url) : new URL("../sql/sqlProcess.js", import.meta.url)
)

/** Characters of an answer: what a person can still look at, and a program can still hold. */
const characters = 32_000_000

/** Nothing of ours changes how the process works; Windows starts none without the place of its system. */
const bareEnvironment = process.platform === "win32" ? { SystemRoot: process.env.SystemRoot } : {}

type Ended = { readonly answer: SqlAnswer } | { readonly ended: "time" | "crash" }

/** @param seconds after which the process is ended, wherever it is */
const ask = (question: SqlQuestion, seconds: number): Effect.Effect<Ended> =>
  Effect.callback((resume) => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program], {
      stdio: ["pipe", "pipe", "ignore"],
      env: bareEnvironment
    })
    const parts: Array<Buffer> = []
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill("SIGKILL")
    }, seconds * 1000)
    child.stdout.on("data", (part: Buffer) => void parts.push(part))
    // It may be gone before it has read everything; how it ended is what counts.
    child.stdin.on("error", () => undefined)
    child.on("error", () => resume(Effect.succeed({ ended: "crash" })))
    child.on("close", (code) => {
      clearTimeout(timer)
      if (late) resume(Effect.succeed({ ended: "time" }))
      else if (code !== 0) resume(Effect.succeed({ ended: "crash" }))
      else resume(Effect.sync(() => ({ answer: parseJsonText(Buffer.concat(parts).toString("utf8")) as SqlAnswer })))
    })
    child.stdin.end(JSON.stringify(question))
    return Effect.sync(() => {
      clearTimeout(timer)
      child.kill("SIGKILL")
    })
  })

const refused = (message: string, sql: string): TrainerError =>
  trainerError("usage", {
    code: "FT1388",
    message: `the statement is not one that only reads: ${message}`,
    expected: "one SELECT, or WITH and a SELECT",
    actual: sql.length > 80 ? `${sql.slice(0, 79)}…` : sql
  })

export const query = Command.make(
  "query",
  {
    sql: Argument.String("sql").pipe(Argument.withDescription("One SELECT; the tables stand in docs/reference/store.md")),
    limit: Flag.Int("limit").pipe(
      Flag.withDescription("Rows at most"),
      Flag.filter(
        (value) => value >= 1 && value <= 1_000_000,
        () => "a whole number from 1 to 1000000"
      ),
      Flag.withDefault(1000)
    ),
    timeout: Flag.Int("timeout").pipe(
      Flag.withMetavar("seconds"),
      Flag.withDescription("Give up after so many seconds"),
      Flag.filter(
        (value) => value >= 1 && value <= 3600,
        () => "a whole number from 1 to 3600"
      ),
      Flag.withDefault(5)
    ),
    json
  },
  (flags) =>
    stored(
      Effect.gen(function* () {
        const why = whyNotOneSelect(flags.sql)
        if (why !== undefined) return yield* refused(why, flags.sql)
        const { folder } = yield* Store
        const ended = yield* ask({ file: join(folder, "store.sqlite"), sql: flags.sql, limit: flags.limit, characters }, flags.timeout)
        if ("ended" in ended)
          return yield* ended.ended === "time"
            ? trainerError("failed", {
                code: "FT1390",
                message: `the statement took longer than ${flags.timeout} s and was ended`,
                help: "narrow it down, or give it more time with --timeout"
              })
            : trainerError("failed", {
                code: "FT1389",
                message: "SQLite could not answer: its process ended",
                help: "narrow the statement down: it asks for more memory than there is"
              })
        const { answer } = ended
        if ("refused" in answer) return yield* refused(answer.refused, flags.sql)
        if ("failed" in answer)
          return yield* trainerError("usage", {
            code: "FT1389",
            message: `SQLite says: ${answer.failed}`,
            help: "the tables and their columns stand in docs/reference/store.md"
          })
        const { columns, rows, truncated } = answer
        yield* emit(flags.json, {
          kind: "query",
          data: { columns, rows, truncated },
          human: textTable(
            columns.map((title, index) => ({ title, cell: (row: ReadonlyArray<unknown>) => cellOf(row[index]) })),
            rows,
            "no row"
          )
        })
        if (truncated !== null && !flags.json)
          yield* say(truncated === "rows" ? `there are more rows; --limit is ${flags.limit}` : "there are more rows than an answer holds")
      })
    )
).pipe(
  Command.withExamples([
    { command: `feagi-trainer query "SELECT group_id, count(*) FROM runs GROUP BY group_id"`, description: "Count the runs of each group" }
  ])
)

const cellOf = (value: unknown): string | number | null =>
  value === null || value === undefined ? null : typeof value === "number" ? value : String(value)
