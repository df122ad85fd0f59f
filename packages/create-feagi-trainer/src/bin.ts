#!/usr/bin/env node
/** The program: hands `main` the process. It asks questions only when both ends are a terminal. */
import { createInterface } from "node:readline/promises"
import { main } from "./main.ts"

const isTerminal = process.stdin.isTTY === true && process.stderr.isTTY === true

const ask = async (question: string): Promise<string> => {
  // Questions are no output: stdout holds the folder alone.
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await lines.question(question)
  } finally {
    lines.close()
  }
}

process.exitCode = await main(process.argv.slice(2), {
  cwd: process.cwd(),
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  ...(isTerminal ? { ask } : {})
})
