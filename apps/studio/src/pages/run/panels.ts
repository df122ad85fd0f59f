/**
 * Which charts a run has, from the names of its series. What a learner is decides what is drawn: loss, learning rate and gradients are words
 * for an optimiser, and a brain has none, whatever a series may be called.
 */

export interface SeriesInfo {
  readonly name: string
  readonly title: string
  readonly group: string
  readonly unit: string | null
  readonly phase: string | null
  readonly points: number
}

export interface PanelLine {
  readonly name: string
  readonly title: string
  readonly colour: string
  readonly dash?: ReadonlyArray<number>
  readonly points: number
}

export interface PanelSpec {
  readonly id: string
  readonly title: string
  readonly unit: string | null
  readonly lines: ReadonlyArray<PanelLine>
}

export interface Section {
  readonly id: string
  readonly title: string
  readonly panels: ReadonlyArray<PanelSpec>
}

const sections = [
  { id: "metric", title: "Metrics", groups: ["metric", "validation"] },
  { id: "reward", title: "Reward", groups: ["reward"] },
  { id: "affect", title: "Affect", groups: ["affect"] },
  { id: "activity", title: "Activity of the brain", groups: ["activity"] },
  { id: "loss", title: "Optimiser", groups: ["loss", "schedule", "measure"] },
  { id: "cost", title: "Cost", groups: ["cost"] }
] as const

/** Groups of series that only an optimiser has, and those that only a brain has. */
const ofOptimiser = new Set(["loss", "schedule", "measure"])
const ofBrain = new Set(["affect", "activity"])

export const belongs = (group: string, kind: string): boolean => (kind === "brain" ? !ofOptimiser.has(group) : !ofBrain.has(group))

const palette = ["--c0", "--c1", "--c2", "--c3", "--c4", "--c6"] as const
const dashes: ReadonlyArray<ReadonlyArray<number> | undefined> = [undefined, [7, 3], [2, 3], [9, 3, 2, 3], [13, 4]]

/** The channels of affect keep their colour in every chart of every run. */
const channelColours: Readonly<Record<string, string>> = {
  pain: "--c1",
  pleasure: "--c2",
  fear: "--c3",
  hope: "--c0"
}

/** Phases and parts in the order of a run; whatever else there is comes behind. */
const order = ["train", "validate", "validation", "val", "test"]
const rank = (text: string): number => (order.indexOf(text) < 0 ? order.length : order.indexOf(text))

interface Placed {
  readonly panel: string
  readonly title: string
  readonly line: string
  readonly colour?: string
}

/** Chart and line of a series: `metric/train/accuracy` is the line "train" of the chart "accuracy". */
const placed = ({ name, group, title }: SeriesInfo): Placed => {
  const [kind = group, where = "", ...rest] = name.split("/")
  const what = rest.join("/") || title
  switch (group) {
    case "affect": {
      const given = what === "teach" || what === "represent"
      return given
        ? { panel: "affect-taught", title: "Taught and shown again", line: `${what}, ${where}` }
        : { panel: "affect-channels", title: "Affect delivered", line: `${what}, ${where}`, colour: channelColours[what] ?? "--c4" }
    }
    case "reward":
      return { panel: "reward", title: "Reward", line: `${what}, ${where}` }
    default:
      return {
        panel: `${kind === "validation" || kind === "curve" ? "metric" : kind}-${what}`,
        title: what.replaceAll("_", " "),
        line: kind === "validation" ? `${where}, between epochs` : kind === "curve" ? `${where}, by epoch` : where
      }
  }
}

/** Metrics of a single class are many; they are charts of their own only where they are asked for. */
const isOfClass = ({ group, name }: SeriesInfo): boolean => {
  if (group !== "metric" && group !== "validation") return false
  const [, , , of] = name.split("/")
  return of !== undefined && !["macro", "micro", "weighted"].includes(of)
}

/** The curve by epoch says nothing new where every step was an epoch. */
const repeats = ({ name, points }: SeriesInfo, available: ReadonlyArray<SeriesInfo>): boolean =>
  name.startsWith("curve/") && available.some((each) => each.name === name.replace("curve/", "metric/") && each.points === points)

/** A pure number has no unit to show, and "bursts" need not be counted in bursts. */
const unitOf = (unit: string | null, title: string): string | null =>
  unit === null || unit === "1" || title.toLowerCase().startsWith(unit.toLowerCase()) ? null : unit

export const sectionsOf = (
  available: ReadonlyArray<SeriesInfo>,
  kind: string,
  options: { readonly classes?: boolean; readonly find?: string; readonly primary?: string | null } = {}
): ReadonlyArray<Section> => {
  const find = (options.find ?? "").trim().toLowerCase()
  return sections.flatMap(({ id, title, groups }) => {
    const panels = new Map<string, { title: string; unit: string | null; lines: Array<{ info: SeriesInfo; at: Placed }> }>()
    for (const info of available) {
      if (repeats(info, available)) continue
      if (!groups.some((group) => group === info.group) || !belongs(info.group, kind)) continue
      if (options.classes !== true && isOfClass(info)) continue
      if (find !== "" && !`${info.name} ${info.title}`.toLowerCase().includes(find)) continue
      const at = placed(info)
      const panel = panels.get(at.panel) ?? { title: at.title, unit: unitOf(info.unit, at.title), lines: [] }
      panel.lines.push({ info, at })
      panels.set(at.panel, panel)
    }
    const made = [...panels].map(([panelId, panel]): PanelSpec => {
      const lines = panel.lines.toSorted((a, b) => rank(a.info.phase ?? "") - rank(b.info.phase ?? ""))
      return {
        id: panelId,
        title: panel.title,
        unit: panel.unit,
        lines: lines.map(({ info, at }, index): PanelLine => {
          // A fixed colour may come back in another phase: the dash tells them apart.
          const again = lines.slice(0, index).filter((each) => at.colour !== undefined && each.at.colour === at.colour).length
          const dash = dashes[at.colour === undefined ? index % dashes.length : again % dashes.length]
          return {
            name: info.name,
            title: at.line,
            colour: at.colour ?? palette[index % palette.length] ?? "--c0",
            points: info.points,
            ...(dash === undefined ? {} : { dash })
          }
        })
      }
    })
    const first = options.primary ?? ""
    const sorted = made.toSorted((a, b) => Number(b.id === `metric-${first}`) - Number(a.id === `metric-${first}`))
    return sorted.length === 0 ? [] : [{ id, title, panels: sorted }]
  })
}

/** What x can be, with its name and unit. */
export const axes = {
  step: { title: "step", unit: undefined },
  sample: { title: "sample", unit: undefined },
  epoch: { title: "epoch", unit: undefined },
  wall: { title: "time since the start", unit: "s" }
} as const
export type AxisName = keyof typeof axes
export const axisOf = (text: string): AxisName => (Object.hasOwn(axes, text) ? (text as AxisName) : "sample")
