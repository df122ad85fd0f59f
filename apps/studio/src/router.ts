/**
 * Where the reader is: a path and its search parameters, nothing else. Whatever a view can be set to stands in the address, so that every
 * view can be linked, reloaded and gone back to. Sharp edge: `setSearch` replaces the history entry; what a reader would want to go back to
 * must be a link or `navigate`.
 */
import { useEffect, useState } from "preact/hooks"

export interface Place {
  readonly path: string
  /** With its leading `?`, or empty. */
  readonly search: string
}
export type Params = Readonly<Record<string, string>>

/** The parts of a path that a pattern such as `/runs/:run` names, or null when the path is another. */
export const match = (pattern: string, path: string): Params | null => {
  const [wanted, given] = [pattern, path].map((text) => text.split("/").filter((part) => part !== ""))
  if (wanted === undefined || given === undefined || wanted.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ""
    if (part.startsWith(":")) params[part.slice(1)] = decoded(value)
    else if (part !== value) return null
  }
  return params
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A path with its names filled in and its search parameters, empty ones left out: `link("/runs/:run", { run: "r-1" }, { tab: "samples" })`. */
export const link = (
  pattern: string,
  params: Params = {},
  search: Readonly<Record<string, string | number | boolean | ReadonlyArray<string> | null | undefined>> = {}
): string => {
  const path = pattern.replace(/:([a-z_]+)/gi, (_, name: string) => encodeURIComponent(params[name] ?? ""))
  return path + searchText(changed("", search))
}

export type SearchChange = Readonly<Record<string, string | number | boolean | ReadonlyArray<string> | null | undefined>>

/** Search parameters with some of them set anew; `null`, `undefined`, `false` and "" remove, a list repeats the name. */
export const changed = (search: string, changes: SearchChange): URLSearchParams => {
  const next = new URLSearchParams(search)
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name)
    if (value === null || value === undefined || value === false || value === "") continue
    for (const one of Array.isArray(value) ? value : [value]) next.append(name, String(one === true ? "1" : one))
  }
  return next
}

/** Search parameters as text that people can read in an address: commas, colons, slashes and `@` stay as they are. */
export const searchText = (params: URLSearchParams): string => {
  const text = params.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/").replaceAll("%40", "@")
  return text === "" ? "" : `?${text}`
}

const listeners = new Set<() => void>()
const here = (): Place => ({ path: window.location.pathname, search: window.location.search })
const tell = (): void => {
  for (const listener of listeners) listener()
}

/** Goes to an address of the Studio. */
export const navigate = (to: string, options: { readonly replace?: boolean } = {}): void => {
  if (options.replace === true) window.history.replaceState(null, "", to)
  else {
    window.history.pushState(null, "", to)
    window.scrollTo(0, 0)
  }
  tell()
}

/** Sets some search parameters of the present view. */
export const setSearch = (changes: SearchChange, options: { readonly push?: boolean } = {}): void => {
  const { path, search } = here()
  const next = path + searchText(changed(search, changes))
  if (next === path + search) return
  if (options.push === true) window.history.pushState(null, "", next)
  else window.history.replaceState(null, "", next)
  tell()
}

export const usePlace = (): Place => {
  const [place, setPlace] = useState(here)
  useEffect(() => {
    const update = () =>
      setPlace((before) => {
        const now = here()
        return now.path === before.path && now.search === before.search ? before : now
      })
    listeners.add(update)
    update()
    return () => {
      listeners.delete(update)
    }
  }, [])
  return place
}

/** One search parameter and its setter: `const [tab, setTab] = useSearch("tab", "overview")`. The fallback is not written to the address. */
export const useSearch = (name: string, fallback = ""): readonly [value: string, set: (value: string | null) => void] => {
  const { search } = usePlace()
  const value = new URLSearchParams(search).get(name) ?? fallback
  return [value, (next) => setSearch({ [name]: next === fallback ? null : next })]
}

/** A search parameter that may stand several times. */
export const useSearchAll = (name: string): readonly [values: ReadonlyArray<string>, set: (values: ReadonlyArray<string>) => void] => {
  const { search } = usePlace()
  return [new URLSearchParams(search).getAll(name), (next) => setSearch({ [name]: next })]
}

/** Ordinary links lead within the page; modifiers, other origins, downloads and new windows are left to the browser. */
export const startRouter = (): void => {
  window.addEventListener("popstate", tell)
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const anchor = event.target instanceof Element ? event.target.closest("a") : null
    if (anchor === null || anchor.target !== "" || anchor.hasAttribute("download")) return
    const url = new URL(anchor.href, window.location.href)
    if (url.origin !== window.location.origin || url.pathname.startsWith("/api/") || anchor.getAttribute("href")?.startsWith("#")) return
    event.preventDefault()
    navigate(url.pathname + url.search + url.hash)
  })
}
