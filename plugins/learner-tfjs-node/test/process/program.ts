/**
 * What runs in a process of its own, because TensorFlow takes its settings from the environment and half a gigabyte of memory: the name of
 * a section, and what it found as one line of JSON.
 */
import { openDevice } from "@feagi-trainer/gradient"
import { Effect } from "effect"
import { tensorFlowFrom } from "../../../../scripts/tfjs.ts"
import { openTensorFlow, type TfDevice } from "../../src/TfDevice.ts"
import { compare } from "./devices.ts"
import { both, laws, settings } from "./learner.ts"
import { cases, compareModel } from "./models.ts"
import { programs } from "./programs.ts"

const onTensorFlow = <A>(work: (device: TfDevice) => Promise<A>): Promise<A> =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(openTensorFlow(tensorFlowFrom, settings), (device) => Effect.promise(() => work(device)))))

const sections: Readonly<Record<string, () => Promise<unknown>>> = {
  operations: () =>
    onTensorFlow(async (device) => {
      const right = await openDevice()
      return programs.map((program) => compare(right, device, program))
    }),
  models: () =>
    onTensorFlow(async (device) => {
      const right = await openDevice()
      return cases.map((each) => compareModel(right, device, each))
    }),
  laws: () => laws(tensorFlowFrom),
  both: () => both(tensorFlowFrom)
}

const found = await sections[process.argv[2] ?? ""]?.()
process.stdout.write(`\n${JSON.stringify(found)}\n`)
