/** What is typed in the recorded tour. The ids of runs are those that the program printed before. */

export interface Step {
  /** A line for the reader, typed before the command as a shell takes it. */
  readonly comment?: string
  /** The words behind `ftr`; `runs` are beginnings of the ids printed so far. */
  readonly words: (runs: ReadonlyArray<string>) => ReadonlyArray<string>
  /** Where stdout goes instead of the screen. */
  readonly into?: string
  /** Lines of stdout that are let through, as `head` does. */
  readonly head?: number
  /** The exit code, where it is not 0. */
  readonly exit?: number
  /** Seconds for the reader, behind the last line of output. */
  readonly pause: number
}

export const size = { columns: 104, rows: 24 } as const

const first = (runs: ReadonlyArray<string>): string => runs[0] ?? ""
const second = (runs: ReadonlyArray<string>): string => runs[1] ?? ""

export const session: ReadonlyArray<Step> = [
  {
    comment: "150 flowers, three kinds, four measures each",
    words: () => ["dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris"],
    pause: 1.5
  },
  {
    words: () => ["init", "--template", "tabular-classification", "--dataset", "iris@1", "--seed", "1"],
    into: "iris.run.toml",
    pause: 0.5
  },
  { comment: "a brain grows, learns by reward, is frozen and examined", words: () => ["run", "start", "iris.run.toml"], pause: 2 },
  { words: () => [], pause: 2.5 },
  {
    comment: "was it the reward? the same with shuffled labels",
    words: () => ["run", "start", "iris.run.toml", "--set", "controls.shuffled_labels=true"],
    pause: 2
  },
  { words: () => ["run", "ls"], pause: 1.5 },
  { words: (runs) => ["run", "compare", first(runs), second(runs)], exit: 4, pause: 3 },
  {
    comment: "it is what we study, so it is declared",
    words: (runs) => ["run", "compare", first(runs), second(runs), "--across", "controls.shuffled_labels"],
    head: 9,
    pause: 4
  },
  { words: (runs) => ["plot", "metrics", first(runs), "--out", "curves.svg"], pause: 1.5 },
  { comment: "the whole run again, from its pins", words: (runs) => ["run", "replay", first(runs)], pause: 5 }
]
