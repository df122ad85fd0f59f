/** The three policies are held to the laws that everyone's are, under several options each. */
import { classOutcomes, describeLaws, type Law, manifestLaws, rewardLaws } from "@feagi-trainer/conformance"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"
import { correctnessOptions, marginOptions, surpriseOptions } from "./options.ts"

const suite = (title: string, laws: ReadonlyArray<Law>) => describeLaws({ describe, it }, title, laws)
const explore = { mode: "explore", at: 2, every: 3, classes: [2, 0, 1] }
const outcomes = classOutcomes(3)

suite("correctness", rewardLaws({ policy: plugin.correctness, options: correctnessOptions, outcomes }))
suite(
  "correctness that explores",
  rewardLaws({ policy: plugin.correctness, options: { ...correctnessOptions, act: explore, abstention: "ignored" }, outcomes })
)
suite("margin", rewardLaws({ policy: plugin.margin, options: marginOptions, outcomes }))
suite(
  "margin, all or nothing",
  rewardLaws({ policy: plugin.margin, options: { ...marginOptions, tie: "wrong", strength: { mode: "whole", above: 0.25 } }, outcomes })
)
suite("prediction error", rewardLaws({ policy: plugin.predictionError, options: surpriseOptions, outcomes }))
suite(
  "prediction error that explores",
  rewardLaws({ policy: plugin.predictionError, options: { ...surpriseOptions, act: explore }, outcomes })
)
suite("the manifest", manifestLaws(manifest, plugin, packageJson))
