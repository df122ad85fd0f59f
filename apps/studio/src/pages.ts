/**
 * Every page of the Studio: its path, its name and the chunk it lives in. A page's module exports a component as default, which is given
 * `{ params }`. Sharp edge: the first path that fits wins.
 */
import type { ComponentType } from "preact"
import type { Params } from "./router.ts"

export interface PageProps {
  readonly params: Params
}
export interface PageEntry {
  readonly path: string
  readonly title: string
  readonly load: () => Promise<{ readonly default: ComponentType<PageProps> }>
  /** Part of the menu, with the letter behind `g`. */
  readonly menu?: { readonly key: string; readonly icon: string }
}

export const pages: ReadonlyArray<PageEntry> = [
  { path: "/", title: "Home", load: () => import("./pages/home/index.tsx"), menu: { key: "h", icon: "home" } },
  { path: "/new", title: "New run", load: () => import("./pages/new/index.tsx"), menu: { key: "n", icon: "plus" } },
  { path: "/runs", title: "Runs", load: () => import("./pages/runs/index.tsx"), menu: { key: "r", icon: "runs" } },
  { path: "/runs/:run", title: "Run", load: () => import("./pages/run/index.tsx") },
  { path: "/experiments", title: "Experiments", load: () => import("./pages/experiments/index.tsx"), menu: { key: "e", icon: "history" } },
  { path: "/compare", title: "Compare", load: () => import("./pages/compare/index.tsx"), menu: { key: "c", icon: "compare" } },
  { path: "/datasets", title: "Datasets", load: () => import("./pages/datasets/index.tsx"), menu: { key: "d", icon: "data" } },
  { path: "/datasets/:ref", title: "Dataset", load: () => import("./pages/dataset/index.tsx") },
  { path: "/brains", title: "Brains", load: () => import("./pages/brains/index.tsx"), menu: { key: "b", icon: "brain" } },
  { path: "/brains/:ref", title: "Brain", load: () => import("./pages/brains/Brain.tsx") },
  { path: "/brains/:a/diff/:b", title: "Two brains", load: () => import("./pages/brains/BrainDiff.tsx") },
  { path: "/scorecards", title: "Scorecards", load: () => import("./pages/scorecards/index.tsx"), menu: { key: "s", icon: "card" } },
  { path: "/scorecards/:id", title: "Scorecard", load: () => import("./pages/scorecards/Scorecard.tsx") },
  { path: "/plugins", title: "Plugins", load: () => import("./pages/plugins/index.tsx"), menu: { key: "p", icon: "plug" } },
  { path: "/settings", title: "Settings and system", load: () => import("./pages/settings/index.tsx"), menu: { key: ",", icon: "gear" } }
]

/** What is shown where no page is. */
export const missing = () => import("./pages/missing/index.tsx")
