import { describe, expect, it } from "vitest"
import { axisOf, belongs, type SeriesInfo, sectionsOf } from "../src/pages/run/panels.ts"

const info = (name: string, points = 10, unit: string | null = "1"): SeriesInfo => {
  const [group = "", phase = null] = name.split("/")
  return { name, title: name, group: group === "curve" ? "metric" : group, unit, phase, points }
}
const everything = [
  "metric/test/accuracy",
  "metric/train/accuracy",
  "validation/val/accuracy",
  "metric/test/precision/setosa",
  "metric/test/f1/macro",
  "reward/train/raw",
  "reward/train/shaped",
  "affect/train/pain",
  "affect/train/pleasure",
  "affect/train/fear",
  "affect/train/hope",
  "affect/train/teach",
  "activity/train/spikes",
  "loss/train/loss",
  "schedule/train/learning_rate",
  "measure/train/gradient_norm",
  "cost/train/wall_seconds"
].map((name) => info(name))

const titles = (kind: string, more = {}) =>
  sectionsOf(everything, kind, more).map(({ id, panels }) => [id, panels.map(({ title }) => title)])

describe("the charts of a run", () => {
  it("of a brain have affect and activity, and never a loss, whatever there is", () => {
    expect(titles("brain")).toEqual([
      ["metric", ["accuracy", "f1/macro"]],
      ["reward", ["Reward"]],
      ["affect", ["Affect delivered", "Taught and shown again"]],
      ["activity", ["spikes"]],
      ["cost", ["wall seconds"]]
    ])
  })

  it("of any other learner have its optimiser, and no affect", () => {
    expect(titles("gradient").map(([id]) => id)).toEqual(["metric", "reward", "loss", "cost"])
    expect(titles("gradient")[2]).toEqual(["loss", ["loss", "learning rate", "gradient norm"]])
  })

  it("give the channels of affect their own colours, in every run", () => {
    const lines = sectionsOf(everything, "brain")
      .flatMap(({ panels }) => panels)
      .find(({ id }) => id === "affect-channels")?.lines
    expect(lines?.map(({ title, colour }) => [title, colour])).toEqual([
      ["pain, train", "--c1"],
      ["pleasure, train", "--c2"],
      ["fear, train", "--c3"],
      ["hope, train", "--c0"]
    ])
  })

  it("tell lines of one chart apart by colour and dash, phases in the order of a run", () => {
    const [accuracy] = sectionsOf(everything, "brain")[0]?.panels ?? []
    expect(accuracy?.lines.map(({ title }) => title)).toEqual(["train", "val, between epochs", "test"])
    expect(new Set(accuracy?.lines.map(({ colour }) => colour)).size).toBe(3)
    expect(new Set(accuracy?.lines.map(({ dash }) => JSON.stringify(dash))).size).toBe(3)
  })

  it("have the primary metric first and single classes on request", () => {
    expect(titles("brain", { primary: "f1/macro" })[0]).toEqual(["metric", ["f1/macro", "accuracy"]])
    expect(titles("brain", { classes: true })[0]).toEqual(["metric", ["accuracy", "precision/setosa", "f1/macro"]])
  })

  it("are found by their names", () => expect(titles("brain", { find: "SPIK" })).toEqual([["activity", ["spikes"]]]))

  it("leave out a curve by epoch that says what the steps say", () => {
    const curve = (points: number) =>
      sectionsOf([info("metric/train/accuracy", 10), info("curve/train/accuracy", points)], "brain")[0]?.panels[0]?.lines.length
    expect([curve(10), curve(3)]).toEqual([1, 2])
  })

  it("show a unit where it says something", () => {
    const units = sectionsOf(
      [info("activity/train/bursts", 1, "burst"), info("cost/train/wall_seconds", 1, "s"), info("reward/train/raw")],
      "brain"
    )
    expect(units.flatMap(({ panels }) => panels.map(({ unit }) => unit))).toEqual([null, null, "s"])
  })
})

it("a group belongs to one sort of learner or to both", () => {
  expect(
    ["loss", "schedule", "measure", "affect", "activity", "metric", "cost"].map((group) => [
      belongs(group, "brain"),
      belongs(group, "gradient")
    ])
  ).toEqual([
    [false, true],
    [false, true],
    [false, true],
    [true, false],
    [true, false],
    [true, true],
    [true, true]
  ])
})

it("an unknown x axis is samples", () => expect([axisOf("wall"), axisOf("__proto__"), axisOf("")]).toEqual(["wall", "sample", "sample"]))
