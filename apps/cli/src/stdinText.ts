/** What is read in place of a file that is named `-`: the process's standard input, or what a host hands over with a call. */
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** The same bound as that of a file that a person wrote. */
const maxBytes = 8 * 1024 * 1024

const tooLarge = (): TrainerError =>
  trainerError("invalid", { code: "FT1006", file: "-", message: "is longer than a document may be", expected: `at most ${maxBytes} bytes` })

const readProcess: Effect.Effect<Uint8Array, TrainerError> = Effect.gen(function* () {
  if (process.stdin.isTTY === true)
    return yield* trainerError("usage", {
      code: "FT1351",
      message: "- reads the document from standard input, and standard input is a terminal",
      help: "pipe the document in:  feagi-trainer run plan - --format toml < iris.run.toml"
    })
  const chunks = yield* Effect.promise(async () => {
    const found: Array<Buffer> = []
    let length = 0
    for await (const chunk of process.stdin) {
      found.push(chunk as Buffer)
      length += (chunk as Buffer).length
      if (length > maxBytes) return undefined
    }
    return found
  })
  return chunks === undefined ? yield* tooLarge() : new Uint8Array(Buffer.concat(chunks))
})

/** The bytes of standard input, all of them, at most 8 MiB. */
export const StdinText = Context.Reference<Effect.Effect<Uint8Array, TrainerError>>("@feagi-trainer/cli/StdinText", {
  defaultValue: () => readProcess
})

/** Text that a host hands over with a call. */
export const givenText = (text: string): Effect.Effect<Uint8Array, TrainerError> =>
  Effect.suspend(() => {
    const bytes = new TextEncoder().encode(text)
    return bytes.length > maxBytes ? Effect.fail(tooLarge()) : Effect.succeed(bytes)
  })
