/** Every page of the Studio with something to show, as paths. Sharp edge: a page whose path nobody fills in here is an error. */
import type { Page } from "../../../../test/support/browser.ts"
import type { Project } from "../../../cli/test/support/project.ts"
import { pages } from "../../src/pages.ts"

interface RunRow {
  readonly run_id: string
  readonly name: string
}

/**
 * Makes a brain of each of two runs and fills in every page.
 *
 * @param project as `studioProject` makes it: a dataset, two runs of one file, the last run one of another learner
 */
export const everyPage = async (project: Project): Promise<ReadonlyArray<string>> => {
  const runs = await project.data<ReadonlyArray<RunRow>>("run", "ls")
  const [card] = await project.data<ReadonlyArray<{ readonly scorecard_id: string }>>("scorecard", "ls")
  const [dataset] = await project.data<ReadonlyArray<{ readonly dataset_version_id: string }>>("dataset", "ls")
  const shown = await Promise.all(
    runs.map(async ({ run_id }) => ({
      run_id,
      ...(await project.data<{ readonly document: { readonly learner: { readonly kind: string } } }>("run", "show", run_id, "--document"))
    }))
  )
  const kinds = new Map(shown.map(({ run_id, document }) => [run_id, document.learner.kind]))
  const [first, second] = runs.map(({ run_id }) => run_id).filter((run) => kinds.get(run) === "brain")
  const gradient = runs.map(({ run_id }) => run_id).find((run) => kinds.get(run) === "gradient")
  if (first === undefined || second === undefined || gradient === undefined || card === undefined || dataset === undefined)
    throw new Error("the project lacks a run, a scorecard or a dataset")
  for (const run of [first, second]) await project.data("brain", "snapshot", run, "--name", "flowers")
  const across = "learner,transforms"
  await project.data("run", "compare", first, gradient, "--across", across)
  const ofRun = ["overview", "metrics", "activity", "samples", "figures", "config", "provenance", "logs"]
  const ofDataset = ["overview", "samples", "split", "fits", "check", "runs"]
  const ofComparison = ["metrics", "samples", "slices", "figures", "differences"]
  const filled: Readonly<Record<string, ReadonlyArray<string>>> = {
    "/new": [...[1, 2, 3, 4, 5, 6].map((step) => `/new?step=${step}`), "/new?step=2&source=file"],
    "/runs/:run": [first, gradient].flatMap((run) => ofRun.map((tab) => `/runs/${run}?tab=${tab}`)),
    "/compare": [
      "/compare",
      // Of two benchmarks, of two treatments, and of one benchmark with two learners.
      `/compare?runs=${first},${second}`,
      `/compare?runs=${first},${gradient}`,
      `/compare?runs=${first},${second}&exploratory=1`,
      ...ofComparison.map((tab) => `/compare?runs=${first},${gradient}&across=${across}&tab=${tab}`)
    ],
    "/datasets/:ref": ofDataset.map((tab) => `/datasets/${dataset.dataset_version_id}?tab=${tab}`),
    "/brains/:ref": ["areas", "lineage"].map((tab) => `/brains/flowers@1?tab=${tab}`),
    "/brains/:a/diff/:b": ["/brains/flowers@1/diff/flowers@2"],
    "/scorecards/:id": [`/scorecards/${card.scorecard_id}`],
    "/plugins": ["packages", "entries", "matrix", "schemes", "coders", "more"].map((tab) => `/plugins?tab=${tab}`)
  }
  return [
    ...pages.flatMap(({ path }) => {
      const visits = filled[path] ?? (path.includes(":") ? undefined : [path])
      if (visits === undefined) throw new Error(`${path} is a page that nothing here fills in`)
      return visits
    }),
    "/there/is/no/such/page"
  ]
}

/** What sticks out of a window of this width, outermost first; nothing where the page fits. */
export const tooWide = (page: Page, width: number): Promise<ReadonlyArray<string>> =>
  page.evaluate((available) => {
    const { scrollWidth } = document.documentElement
    if (scrollWidth <= available) return []
    const clipped = (element: Element): boolean => {
      for (let above = element.parentElement; above !== null && above !== document.body; above = above.parentElement)
        if (getComputedStyle(above).overflowX !== "visible") return true
      return false
    }
    const out = [...document.querySelectorAll("main *")].filter(
      (element) => element.getBoundingClientRect().right > available + 0.5 && !clipped(element)
    )
    const names = out.map((element) => `${element.tagName.toLowerCase()}.${[...element.classList].join(".")}`)
    return [`is ${scrollWidth} pixels wide: ${[...new Set(names)].slice(0, 6).join(" > ")}`]
  }, width)
