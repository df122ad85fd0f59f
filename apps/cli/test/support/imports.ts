/** Imported before a program: its last line on stderr says, as JSON, which files were loaded after this one. */
import { writeSync } from "node:fs"
import { registerHooks } from "node:module"

const loaded: Array<string> = []
registerHooks({
  load: (url, context, next) => {
    loaded.push(url)
    return next(url, context)
  }
})
process.on("exit", () => void writeSync(2, `${JSON.stringify(loaded)}\n`))
