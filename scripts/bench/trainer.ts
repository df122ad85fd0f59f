/**
 * Row `trainer`: a whole run on the handwritten digits (train, validate, test; durable store on disk) by the bare engine.
 *
 * The bare side is what somebody would write without this project: the same WebAssembly module through the same thin class, the
 * same genome and random bytes, inputs encoded and feedback decided beforehand, no store, no hashes, no checkpoints. It makes the calls
 * that were recorded from a run, so both sides run the same bursts; their number and the hash of the connectome are compared.
 */
import { join } from "node:path"
import { type PlannedRun, streams } from "../../packages/core/src/index.ts"
import { SeedTree } from "../../packages/determinism/src/index.ts"
import { type BindOptions, Brain, type DevelopOptions, type FeedbackEvent, type Timing } from "../../packages/feagi-runtime/src/index.ts"
import { loadEngineModule } from "../../packages/feagi-runtime/src/node.ts"
import { randomStream } from "../../plugins/feagi-binding/src/RandomStream.ts"
import { root } from "../steps.ts"
import { comparePair, cpuSeconds, median, type Result, type Side } from "./measure.ts"
import { addDataset, execute, openProject, type Project, planTemplate, samplesOf } from "./project.ts"

/** The template trains for ten epochs; one is enough for a rate and leaves time for the rounds. */
const EPOCHS = 1

type Call =
  | { readonly call: "present"; readonly batch: Float32Array | Uint8Array; readonly timing: Timing }
  | { readonly call: "feedback"; readonly events: ReadonlyArray<FeedbackEvent> }
  | { readonly call: "rest"; readonly bursts: number }
  | { readonly call: "freeze"; readonly on: boolean }
  | { readonly call: "reset" }

interface Recording {
  readonly develop: DevelopOptions
  readonly bind: BindOptions
  readonly calls: ReadonlyArray<Call>
  readonly bursts: number
  readonly connectome: string
}

/** Records the calls that a run makes to its brain. A checkpoint is recorded as the reset of the neurons that it implies. */
const record = async (work: () => Promise<unknown>): Promise<Recording> => {
  const { develop } = Brain
  const original = Object.getOwnPropertyDescriptors(Brain.prototype)
  const calls: Array<Call> = []
  let developed: DevelopOptions | undefined
  let bound: BindOptions | undefined
  let end: { readonly bursts: number; readonly connectome: string } | undefined
  const wrap = <K extends "present" | "feedback" | "rest" | "freeze" | "checkpoint" | "bind" | "dispose">(
    name: K,
    note: (...args: Parameters<Brain[K]>) => void
  ) => {
    const method = original[name].value as (...args: ReadonlyArray<unknown>) => unknown
    Object.defineProperty(Brain.prototype, name, {
      ...original[name],
      value(this: Brain, ...args: Parameters<Brain[K]>) {
        if (name === "dispose") end = { bursts: this.info().burst, connectome: this.hash("connectome") }
        note(...args)
        return method.apply(this, args)
      }
    })
  }
  Brain.develop = (module, options) => {
    if (developed !== undefined) throw new Error("the run developed a second brain")
    developed = options
    return develop(module, options)
  }
  wrap("bind", (options) => {
    bound = options
  })
  wrap("present", (batch, timing) => calls.push({ call: "present", batch: batch.slice(), timing }))
  wrap("feedback", (events) => calls.push({ call: "feedback", events }))
  wrap("rest", (bursts) => calls.push({ call: "rest", bursts }))
  wrap("freeze", (on) => calls.push({ call: "freeze", on }))
  wrap("checkpoint", () => calls.push({ call: "reset" }))
  wrap("dispose", () => undefined)
  try {
    await work()
  } finally {
    Brain.develop = develop
    Object.defineProperties(Brain.prototype, original)
  }
  if (developed === undefined || bound === undefined || end === undefined) throw new Error("the run developed no brain")
  return { develop: developed, bind: bound, calls, ...end }
}

/** A run on the digits, planned, and the calls that it makes to its brain. The project stays open. */
export const recordDigits = async (): Promise<{
  readonly project: Project
  readonly planned: PlannedRun
  readonly recording: Recording
}> => {
  const project = await openProject()
  const dataset = await project.run(addDataset(join(root, "docs/examples/digits/digits.csv"), "class", "digits"))
  const epochs = (text: string) => text.replace(/^epochs = .*$/m, `epochs = ${EPOCHS}`)
  const planned = await project.run(planTemplate(dataset, {}, epochs))
  const recording = await record(() => project.run(execute(planned)))
  return { project, planned, recording }
}

export const trainer = async (): Promise<ReadonlyArray<Result>> => {
  const { project, planned, recording } = await recordDigits()
  try {
    const { develop, bind, calls, bursts, connectome } = recording
    const module = await loadEngineModule()
    const seed = SeedTree.root(BigInt(planned.document.seed)).child(streams.engine).seed()
    let samples = 0
    const cpu = { ours: [] as number[], bare: [] as number[] }
    const counted =
      (into: Array<number>, side: Side): Side =>
      async () => {
        let rate = 0
        into.push(
          await cpuSeconds(async () => {
            rate = await side()
          })
        )
        return rate
      }

    const ours = async (): Promise<number> => {
      const start = performance.now()
      const view = await project.run(execute(planned))
      const took = performance.now() - start
      const learned = view.state.phases.at(-1)?.learned_hash
      if (learned !== connectome) throw new Error(`the run learned ${learned}, and ${connectome} was recorded`)
      samples = samplesOf(view)
      return (samples / took) * 1000
    }
    const bare = (): number => {
      const start = performance.now()
      const brain = Brain.develop(module, { ...develop, random: randomStream(seed) })
      brain.bind(bind)
      for (const each of calls) {
        if (each.call === "present") brain.present(each.batch, each.timing)
        else if (each.call === "feedback") brain.feedback(each.events)
        else if (each.call === "rest") brain.rest(each.bursts)
        else if (each.call === "freeze") brain.freeze(each.on)
        else brain.reset()
      }
      const took = performance.now() - start
      const end = { bursts: brain.info().burst, connectome: brain.hash("connectome") }
      brain.dispose()
      if (end.bursts !== bursts || end.connectome !== connectome)
        throw new Error(`the bare loop ran ${end.bursts} bursts to ${end.connectome}; the run ran ${bursts} to ${connectome}`)
      return (samples / took) * 1000
    }
    return [
      await comparePair({
        row: "trainer",
        ours: ["run on digits, durable store", counted(cpu.ours, ours)],
        peer: ["bare engine loop, same module", counted(cpu.bare, bare)],
        unit: "samples/s",
        target: 0.7,
        note: () => {
          // The first round of each side is the one that does not count.
          const [run, loop] = [median(cpu.ours.slice(1)), median(cpu.bare.slice(1))]
          const time = `${(loop / run).toFixed(3)} by processor time: ${run.toFixed(2)} s and ${loop.toFixed(2)} s`
          return `${bursts} bursts on both sides, connectome ${connectome.slice(0, 12)} on both; ${time}`
        }
      })
    ]
  } finally {
    await project.close()
  }
}
