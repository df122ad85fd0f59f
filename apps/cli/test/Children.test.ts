/** A verb in a process of its own: what it is given of its surroundings, and what is heard of it. */
import { readFileSync } from "node:fs"
import { PassThrough } from "node:stream"
import { describe, expect, it } from "vitest"
import { startChild } from "../src/serve/children.ts"
import { eachLine } from "../src/serve/eachLine.ts"

const secret = "a-token-of-this-test-0123456789abcdefghij"
const ofProcess = (pid: number, what: "cmdline" | "environ"): ReadonlyArray<string> => {
  try {
    return readFileSync(`/proc/${pid}/${what}`, "utf8").split("\0")
  } catch {
    return []
  }
}

describe("a child of the server", () => {
  it.skipIf(process.platform !== "linux")("does not inherit the server's token, and holds a line to it", async () => {
    process.env.FEAGI_TRAINER_TOKEN = secret
    try {
      const child = startChild(["time", "now", "--json"], { line: () => undefined })
      // Between its birth and its program a process shows what its parent has.
      while (!child.isOver() && !ofProcess(child.pid, "cmdline").includes("now")) await new Promise((resolve) => setTimeout(resolve, 1))
      const environment = ofProcess(child.pid, "environ")
      expect(environment).toContain("FEAGI_TRAINER_LIFELINE=3")
      expect(environment.filter((each) => each.includes(secret))).toEqual([])
      const { envelope, exitCode } = await child.ended
      expect([envelope?.kind, exitCode]).toEqual(["time", 0])
    } finally {
      delete process.env.FEAGI_TRAINER_TOKEN
    }
  })

  it("is heard line by line, and its failure is the document that it ends with", async () => {
    const lines: Array<string> = []
    const child = startChild(["time", "parse", "no time", "--json"], { line: (text) => lines.push(text) })
    const { envelope, exitCode } = await child.ended
    expect([envelope?.kind, exitCode]).toEqual(["error", 3])
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.join("\n")).toContain("error[FT")
    expect(child.isOver()).toBe(true)
  })
})

describe("a stream", () => {
  const heard = async (...chunks: ReadonlyArray<Buffer | string>) => {
    const stream = new PassThrough()
    const lines: Array<string> = []
    eachLine(stream, (line) => lines.push(line))
    const ended = new Promise((resolve) => stream.on("end", resolve))
    for (const chunk of chunks) stream.write(chunk)
    stream.end()
    await ended
    return lines
  }

  it("is heard to its last word, whether or not a line end follows it", async () => {
    expect(await heard("one\ntwo")).toEqual(["one", "two"])
    expect(await heard("one\n", "panicked", " at last")).toEqual(["one", "panicked at last"])
    expect(await heard("one\n")).toEqual(["one"])
  })

  it("has lines wherever it is cut, a character among them, and none that are empty", async () => {
    const text = Buffer.from("é1\r\n\n é2\r3\n")
    for (let at = 0; at <= text.length; at++)
      expect([at, await heard(text.subarray(0, at), text.subarray(at))]).toEqual([at, ["é1", " é2", "3"]])
  })
})
