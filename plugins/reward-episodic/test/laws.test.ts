/** Both policies are held to the laws that everyone's are, and the shaping to the theorem that it stands on. */
import { describeLaws, episodeOutcomes, type Law, manifestLaws, rewardLaws, shapingLaws } from "@feagi-trainer/conformance"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"
import { decoded, returnOptions, sparseOptions } from "./options.ts"

const { discountedReturn, sparseOutcome } = plugin
const suite = (title: string, laws: ReadonlyArray<Law>) => describeLaws({ describe, it }, title, laws)
const outcomes = episodeOutcomes(2)
const linear = { mode: "linear", weights: [0.5, -2], bias: 1, truncated: "state" }

suite("return", rewardLaws({ policy: discountedReturn, options: returnOptions, outcomes }))
suite(
  "return, in parts and shaped",
  rewardLaws({ policy: discountedReturn, options: { ...returnOptions, deliver: "step", shaping: linear }, outcomes })
)
suite("sparse outcome", rewardLaws({ policy: sparseOutcome, options: sparseOptions, outcomes }))
suite(
  "sparse outcome, by reward",
  rewardLaws({ policy: sparseOutcome, options: { ...sparseOptions, terminated: "by-reward", truncated: "neither" }, outcomes })
)

/** What the policy adds to the first step of an episode, under this shaping. */
const shaped = (shaping: unknown, observe: (state: number) => ReadonlyArray<number>): ReadonlyArray<Law> => {
  const gamma = 0.9
  const options = decoded(discountedReturn.decodeOptions, { ...returnOptions, gamma, deliver: "step", shaping })
  return shapingLaws({
    bonus: (step) => {
      const { raw, shaped: worth } = discountedReturn.respond(options, discountedReturn.start(options), step).reward
      return worth - raw
    },
    ...{ gamma, states: 5, observe }
  })
}
suite(
  "a potential by table changes no best policy",
  shaped({ mode: "table", values: [1, -2, 0.25, 3, 5], truncated: "zero" }, (state) => [state])
)
suite(
  "a linear potential changes no best policy",
  shaped(linear, (state) => [state / 2, 3 - state])
)
suite("the manifest", manifestLaws(manifest, plugin, packageJson))
