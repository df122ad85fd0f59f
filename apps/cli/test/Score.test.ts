/** Scoring without a run: files of other programs and bundles, from the outside. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { irisProject, makeProject, type Project, started } from "./support/project.ts"

const golden = fileURLToPath(new URL("../../../plugins/metric-pack-detection/test/golden/", import.meta.url))
const packs = ["metric-pack-detection", "metric-pack-sequence", "metric-pack-segmentation"]

let project: Project
let iris: Project
beforeAll(async () => {
  project = makeProject(packs)
  for (const name of ["instances_val2014_fakebbox100_results.json", "instances_val2014_100.json"])
    cpSync(join(golden, name), project.path(name))
  iris = await irisProject("5")
  const { run_id } = await started(iris, "x.run.toml", "--set", "training.epochs=1")
  await iris.data("run", "export", run_id, "--bundle", "run.zip")
  await iris.data("run", "export", run_id, "--bundle", "folder")
})
afterAll(() => {
  project.close()
  iris.close()
})

interface Scores {
  readonly pack: string
  readonly metrics: Readonly<Record<string, number | { readonly insufficient: string }>>
  readonly signatures: Readonly<Record<string, string>>
  readonly n: number
  readonly missing: number
  readonly abstained: number
  readonly recorded?: string
  readonly phase?: string
  readonly intervals?: { readonly of: Readonly<Record<string, { readonly low: number; readonly high: number }>> }
}
const detection = [
  ...["--pack", "detection", "--predictions", "instances_val2014_fakebbox100_results.json"],
  ...["--targets", "instances_val2014_100.json"]
]

const answers = [
  { sample_id: "a", target: "cat", prediction: "cat" },
  { sample_id: "b", target: "cat", prediction: "dog" },
  { sample_id: "c", target: "dog", prediction: "dog" },
  { sample_id: "d", target: "dog", prediction: null }
]

describe("score of files", () => {
  it("prints metrics, signatures and counts in one document", async () => {
    project.write("answers.json", JSON.stringify(answers))
    const data = await project.data<Scores>("score", "--pack", "classification", "--predictions", "answers.json")
    expect(data).toMatchObject({ n: 4, missing: 0, abstained: 1, metrics: { accuracy: 0.5, micro_f1: 4 / 7 } })
    expect(Object.keys(data.metrics)).toEqual(
      "accuracy balanced_accuracy macro_precision macro_recall macro_f1 micro_f1 mcc kappa log_loss brier roc_auc top_k".split(" ")
    )
    expect(data.metrics.log_loss).toHaveProperty("insufficient")
    expect(Object.keys(data.signatures)).toEqual(Object.keys(data.metrics))
    expect(data.pack).toMatch(/^@feagi-trainer\/metric-pack-classification#classification@/)
  })

  it("says the same to people, with the reason of what has no value", async () => {
    project.write("answers.json", JSON.stringify(answers))
    const { code, stdout, stderr } = await project.ftr("score", "--pack", "classification", "--predictions", "answers.json")
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(stdout).toContain("answers.json: 4 scored, 0 without a prediction, 1 abstained from")
    expect(stdout).toMatch(/^accuracy +0\.5$/m)
    expect(stdout).toMatch(/^ {2}log_loss: \S/m)
    expect(stdout).toMatch(/^signature classification:2\|classes=observed/m)
  })

  it("gives the published figures of COCO on its own fake results", async () => {
    const { metrics, signatures, n } = await project.data<Scores>("score", ...detection)
    const rounded = Object.entries(metrics).map(([name, value]) => `${name} ${Number(value).toFixed(6)}`)
    expect(rounded.join(", ")).toBe(
      "AP 0.504581, AP50 0.696973, AP75 0.572982, APs 0.585626, APm 0.519400, APl 0.501398, AR1 0.386813, AR10 0.593680, AR100 0.595353, ARs 0.639811, ARm 0.566421, ARl 0.564291"
    )
    expect(n).toBe(100)
    expect(signatures.AP).toContain("|iou=bbox|")
  })

  it("carries sacreBLEU's own signatures, and counts references by their files", async () => {
    project.write("out.txt", "the cat is on the mat\n")
    project.write("one.txt", "the cat sat on the mat\n")
    project.write("two.txt", "a cat is on the mat\n")
    const files = ["--predictions", "out.txt", "--targets", "one.txt", "--targets", "two.txt"]
    const { signatures, metrics } = await project.data<Scores>("score", "--pack", "sequence", ...files)
    expect(signatures.bleu).toMatch(/^nrefs:2\|case:mixed\|eff:no\|tok:13a\|smooth:exp\|version:/)
    expect(metrics.exact_match).toBe(0)
  })

  it("counts targets without a prediction as missing, and warns", async () => {
    const mask = (sample_id: string) => ({ sample_id, width: 2, height: 1, labels: [0, 1] })
    project.write("truth.json", JSON.stringify([mask("a"), mask("b")]))
    project.write("masks.json", JSON.stringify([mask("a")]))
    const files = ["--pack", "segmentation", "--predictions", "masks.json", "--targets", "truth.json"]
    const { stdout, stderr, code } = await project.ftr("score", ...files)
    expect({ code, stdout: stdout.split("\n")[0] }).toEqual({
      code: 0,
      stdout: "masks.json: 2 scored, 1 without a prediction, 0 abstained from"
    })
    expect(stderr).toContain("warning[FT5011]")
    const { missing, metrics } = await project.data<Scores & { readonly missing_ids: ReadonlyArray<string> }>("score", ...files)
    expect({ missing, accuracy: metrics.pixel_accuracy }).toEqual({ missing: 1, accuracy: 0.5 })
  })

  it("draws the same intervals from the same seed, and others from another", async () => {
    project.write("answers.json", JSON.stringify(answers))
    const files = ["--pack", "classification", "--predictions", "answers.json", "--resamples", "50"]
    const drawn = async (seed: string) => (await project.data<Scores>("score", ...files, "--seed", seed)).intervals?.of
    const [first, again, other] = [await drawn("1"), await drawn("1"), await drawn("2")]
    expect(first).toEqual(again)
    expect(first).not.toEqual(other)
    const accuracy = first?.accuracy
    expect(accuracy === undefined ? false : accuracy.low <= 0.5 && accuracy.high >= 0.5).toBe(true)
  })

  it("writes a report with the pictures of a folder, the same bytes twice", async () => {
    // The smallest PNG there is, for every image.
    const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==", "base64")
    const truth = JSON.parse(readFileSync(project.path("instances_val2014_100.json"), "utf8")) as {
      readonly images: ReadonlyArray<{ readonly id: number }>
    }
    const images = truth.images.map((image) => ({ ...image, file_name: `${image.id}.png` }))
    project.write("named.json", JSON.stringify({ ...truth, images }))
    mkdirSync(project.path("pictures"))
    for (const { file_name } of images) writeFileSync(project.path("pictures", file_name), png)
    const argv = [...detection.slice(0, -1), "named.json", "--images", "pictures"]
    const written = async (folder: string) => {
      expect(await project.ftr("score", ...argv, "--report", folder)).toMatchObject({ code: 0 })
      return project.read(`${folder}/report.html`)
    }
    const html = await written("first")
    expect(await written("second")).toBe(html)
    expect(html).toContain("AP is ")
    const overlays = html.match(/<title[^>]*>Image \d+: /g)?.length ?? 0
    expect(overlays).toBeGreaterThan(1)
    expect(html.split(png.toString("base64")).length - 1).toBe(overlays)
    expect(project.read("first/report.md")).toContain("AP75")
  })

  it.each([
    [["--pack", "nothing", "--predictions", "answers.json"], 7, "FT1201"],
    [["--pack", "classification", "--predictions", "gone.json"], 3, "FT4043"],
    [["--pack", "classification", "--predictions", "answers.json", "--targets", "answers.json"], 2, "FT5010"],
    [["--pack", "classification", "--predictions", "answers.json", "--option", "kk=2"], 2, "FT5009"],
    [["--pack", "classification", "--predictions", "answers.json", "--option", "k"], 2, "FT1304"],
    [["--pack", "classification", "--predictions", "answers.json", "--option", "k=2", "--option", "k=3"], 2, "FT1304"],
    [["--pack", "classification", "--predictions", "answers.json", "--seed", "1"], 2, "FT5015"],
    [["--pack", "classification", "--predictions", "answers.json", "--phase", "test"], 2, "FT5014"],
    [["--pack", "classification"], 2, "FT5014"],
    [[], 2, "FT5014"],
    [["gone.zip"], 3, "FT4043"]
  ])("refuses %j with exit %i and %s", async (argv, code, error) => {
    project.write("answers.json", JSON.stringify(answers))
    const said = await project.ftr("score", ...argv)
    expect({ code: said.code, stdout: said.stdout }, said.stderr).toEqual({ code, stdout: "" })
    expect(said.stderr).toContain(`error[${error}]`)
  })

  it("names what is wrong in a file with its line, all of it at once", async () => {
    project.write("bad.json", `[\n {"sample_id": "a", "target": 1, "prediction": "x"},\n {"sample_id": "a", "target": 1}\n]\n`)
    const { code, stderr } = await project.ftr("score", "--pack", "classification", "--predictions", "bad.json")
    expect(code).toBe(3)
    expect(stderr.match(/^error\[classification\//gm)?.length).toBeGreaterThan(1)
    expect(stderr).toContain("bad.json:3")
  })
})

describe("score of a bundle", () => {
  it.each(["run.zip", "folder"])("gives what the run recorded, to the last bit: %s", async (bundle) => {
    const data = await iris.data<Scores>("score", bundle)
    expect(data).toMatchObject({ phase: "test", recorded: "equal", n: 30, missing: 0 })
    const { metrics } = await iris.data<{ readonly metrics: Readonly<Record<string, number>> }>("scorecard", "show")
    for (const [name, value] of Object.entries(metrics)) expect([name, data.metrics[name]]).toEqual([name, value])
    expect(Object.keys(metrics).length).toBeGreaterThan(20)
  })

  it("is shown with an interval of every value, the same ones every time", async () => {
    type Card = {
      readonly metrics: Readonly<Record<string, number>>
      readonly intervals?: Readonly<Record<string, { readonly low: number; readonly high: number }>>
    }
    const plain = await iris.data<Card>("scorecard", "show")
    const card = await iris.data<Card>("scorecard", "show", "--intervals")
    const { intervals, ...rest } = card
    expect(rest).toEqual(plain)
    const [value, interval] = [Number(card.metrics.accuracy), intervals?.accuracy]
    expect(interval === undefined ? [] : [interval.low <= value, value <= interval.high]).toEqual([true, true])
    expect(Object.keys(intervals ?? {})).toEqual(expect.arrayContaining(Object.keys(card.metrics)))
    expect((await iris.data<Card>("scorecard", "show", "--intervals")).intervals).toEqual(intervals)
  })

  it("draws intervals around what the run recorded", async () => {
    const data = await iris.data<Scores>("score", "run.zip", "--resamples", "100", "--seed", "1", "--method", "percentile")
    const [value, interval] = [Number(data.metrics.accuracy), data.intervals?.of.accuracy]
    expect(interval === undefined ? false : interval.low <= value && value <= interval.high && interval.low < interval.high).toBe(true)
  })

  it("exits 6 and names every value that an altered pack gives otherwise", async () => {
    const file = "plugins/metric-pack-classification/src/Accuracy.ts"
    const sound = iris.read(file)
    const altered = sound.replace("accuracy: ratio(correct, samples, noSample)", "accuracy: ratio(correct, samples + 1, noSample)")
    expect(altered).not.toBe(sound)
    iris.write(file, altered)
    try {
      const { code, stderr } = await iris.spawn(["score", "run.zip"]).ended
      expect({ code, findings: stderr.match(/^error\[FT5013\] field "[^"]*"/gm) }).toEqual({
        code: 6,
        findings: ['error[FT5013] field "accuracy"']
      })
    } finally {
      iris.write(file, sound)
    }
  })

  it("scores the phase that is named, and no phase that was not scored", async () => {
    expect(await iris.data<Scores>("score", "run.zip", "--phase", "validate")).toMatchObject({ phase: "validate", recorded: "equal" })
    const { code, stderr } = await iris.ftr("score", "run.zip", "--phase", "train")
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("expected validate or test") })
  })

  it("scores the same answers by another pack or with other options, and claims no equality then", async () => {
    const other = ["--pack", "classification", "--option", 'undefined_in_macro="zero"', "--option", "top_k=1"]
    const data = await iris.data<Scores>("score", "run.zip", ...other)
    expect(data.recorded).toBeUndefined()
    expect(data.metrics.top_k).toBe(data.metrics.accuracy)
  })

  it.each([
    [["run.zip", "--predictions", "x.json"], "--predictions"],
    [["run.zip", "--report", "here", "--images", "there"], "--report, --images"],
    [["run.zip", "--option", "k=1"], "--option"]
  ])("refuses %j: that is for files", async (argv, named) => {
    const { code, stderr } = await iris.ftr("score", ...argv)
    expect(code).toBe(2)
    expect(stderr).toContain(named)
  })
})
