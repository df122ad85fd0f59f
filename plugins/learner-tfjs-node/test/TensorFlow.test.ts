import type { TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { loadTensorFlow, settle } from "../src/TensorFlow.ts"

const settings = { threads: 1, onednn: false }
const pinned = { TF_NUM_INTRAOP_THREADS: "1", TF_NUM_INTEROP_THREADS: "1", TF_ENABLE_ONEDNN_OPTS: "0" }

const refusal = (effect: Effect.Effect<unknown, TrainerError>): TrainerError => Effect.runSync(Effect.flip(effect))

describe("TensorFlow where it is not installed", () => {
  it("is missed with the line that installs it, and with the learner that needs nothing", () => {
    const { reason, diagnostics } = refusal(loadTensorFlow("/nowhere/x.js", settings))
    expect(reason).toBe("missing")
    expect(diagnostics).toMatchObject([
      {
        code: "tfjs/MISSING",
        message: expect.stringContaining("Cannot find module '@tensorflow/tfjs-node'"),
        help: expect.stringContaining("npm install @tensorflow/tfjs-node@4.22.0")
      }
    ])
    expect(diagnostics[0].help).toContain('plugin = "gradient"')
  })
})

describe("the environment of TensorFlow", () => {
  it("is set where nobody set it", () => {
    const environment = { PATH: "/bin" }
    Effect.runSync(settle(settings, environment, true))
    expect(environment).toEqual({ PATH: "/bin", ...pinned, TF_CPP_MIN_LOG_LEVEL: "1" })
  })

  it("is left alone where it is what the run pins", () => {
    const environment = { ...pinned, TF_CPP_MIN_LOG_LEVEL: "3" }
    Effect.runSync(settle(settings, environment, false))
    expect(environment).toEqual({ ...pinned, TF_CPP_MIN_LOG_LEVEL: "3" })
  })

  it("means threads and oneDNN as the run pins them", () => {
    const environment: Record<string, string | undefined> = {}
    Effect.runSync(settle({ threads: 3, onednn: true }, environment, true))
    expect(environment).toMatchObject({ TF_NUM_INTRAOP_THREADS: "3", TF_NUM_INTEROP_THREADS: "3", TF_ENABLE_ONEDNN_OPTS: "1" })
  })

  it("is refused with every variable that is set otherwise, and nothing is set", () => {
    const environment = { TF_NUM_INTRAOP_THREADS: "4", TF_ENABLE_ONEDNN_OPTS: "1" }
    const { reason, diagnostics } = refusal(settle(settings, environment, true))
    expect(reason).toBe("invalid")
    expect(diagnostics).toMatchObject([
      { code: "tfjs/ENVIRONMENT", expected: "TF_NUM_INTRAOP_THREADS=1", actual: "TF_NUM_INTRAOP_THREADS=4" },
      { code: "tfjs/ENVIRONMENT", expected: "TF_ENABLE_ONEDNN_OPTS=0", actual: "TF_ENABLE_ONEDNN_OPTS=1" }
    ])
    expect(diagnostics[0].help).toContain("TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1 TF_ENABLE_ONEDNN_OPTS=0")
    expect(environment).toEqual({ TF_NUM_INTRAOP_THREADS: "4", TF_ENABLE_ONEDNN_OPTS: "1" })
  })

  it("is refused in a worker thread where it is not set, because TensorFlow would not see it", () => {
    const { diagnostics } = refusal(settle(settings, {}, false))
    expect(diagnostics.map(({ actual }) => actual)).toEqual(["not set", "not set", "not set"])
    expect(diagnostics[0].message).toContain("a worker thread cannot set it")
  })
})
