/** `serve`: the control API of this project. `ui`: the same with the Studio in a browser. */
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../flags.ts"
import { Project } from "../Project.ts"
import { studioAssets } from "../serve/assets.ts"
import { demoProject, runDemo } from "../serve/demo.ts"
import { serveProject } from "../serve/serveProject.ts"

const port = Flag.Int("port").pipe(
  Flag.withDescription("Port of this machine to listen on; 0 takes a free one"),
  Flag.filter(
    (number) => number >= 0 && number <= 65_535,
    () => "a whole number from 0 to 65535"
  ),
  Flag.withDefault(4270)
)

const noOpen = Flag.Boolean("no-open").pipe(Flag.withDescription("Do not open a browser"), Flag.withDefault(false))
const demo = Flag.Boolean("demo").pipe(
  Flag.withDescription("A project with Iris and a few runs in place of this one, made when it is not there yet"),
  Flag.withDefault(false)
)

export const serve = Command.make("serve", { port, json }, (flags) =>
  Effect.gen(function* () {
    const project = yield* yield* Project
    yield* serveProject({ project, demo: false, port: flags.port, json: flags.json, assets: undefined, open: false })
  })
).pipe(
  Command.withExamples([
    { command: "feagi-trainer serve --port 0 --json", description: "A free port; the first line on stdout tells address and token" }
  ])
)

export const ui = Command.make("ui", { port, noOpen, demo, json }, (flags) =>
  Effect.gen(function* () {
    const project = flags.demo ? yield* demoProject : yield* yield* Project
    const assets = yield* studioAssets(project.folder)
    yield* serveProject({
      project,
      demo: flags.demo,
      port: flags.port,
      json: flags.json,
      assets,
      open: !flags.noOpen,
      ...(flags.demo ? { begun: runDemo } : {})
    })
  })
).pipe(
  Command.withExamples([
    { command: "feagi-trainer ui", description: "The project of this folder" },
    { command: "feagi-trainer ui --demo", description: "Have a look: Iris, a FEAGI brain, a few runs" }
  ])
)
