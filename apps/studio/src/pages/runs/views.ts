/**
 * Views of the runs table: all they are is search parameters. Some come with the Studio; others a reader names, and this browser remembers
 * the name. Sharp edge: what is remembered is a link; a view for other people is the link itself.
 */
export interface View {
  readonly name: string
  readonly search: string
}

export const builtIn: ReadonlyArray<View> = [
  { name: "All runs", search: "" },
  { name: "Running", search: "?q=status:running" },
  { name: "Best first", search: "?q=has:score&sort=-score" },
  { name: "Starred", search: "?q=starred+%3D+true" },
  { name: "Failed", search: "?q=status:failed" },
  { name: "Archived", search: "?q=archived+%3D+true" }
]

const place = "runs-views"

export const savedViews = (): ReadonlyArray<View> => {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(place) ?? "[]")
    return Array.isArray(list)
      ? list.filter(
          (view): view is View => typeof view?.name === "string" && typeof view?.search === "string" && /^(\?|$)/.test(view.search)
        )
      : []
  } catch {
    return []
  }
}

const keep = (views: ReadonlyArray<View>): void => {
  try {
    localStorage.setItem(place, JSON.stringify(views))
  } catch {
    // A browser that remembers nothing still has the link.
  }
}

/** Names the present view; an older one of the name is replaced. */
export const saveView = (view: View): void => keep([...savedViews().filter(({ name }) => name !== view.name), view])
export const forgetView = (name: string): void => keep(savedViews().filter((view) => view.name !== name))
