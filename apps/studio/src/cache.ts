/**
 * Answers by question. A question is asked once however many parts of the page want it, an old answer stays visible while a new one is
 * fetched, and what nobody looks at is forgotten after a while. Sharp edge: `invalidate` asks again only what somebody looks at.
 */
export type Loaded<D> =
  | { readonly state: "loading"; readonly value: D | undefined; readonly error: undefined }
  | { readonly state: "done"; readonly value: D; readonly error: undefined }
  | { readonly state: "failed"; readonly value: D | undefined; readonly error: unknown }

interface Entry {
  readonly id: string
  now: Loaded<unknown>
  ask: () => Promise<unknown>
  /** Number of the newest question, and of the newest that was answered. */
  turn: number
  answered: number
  /** Questions that are under way. */
  open: number
  stale: boolean
  readonly watchers: Set<() => void>
}

/** The name of a question: its operation and its input with sorted keys; fields that are undefined do not count. */
export const keyOf = (id: string, input: unknown): string => `${id} ${stable(input)}`

const stable = (value: unknown): string => {
  if (typeof value === "bigint") return `${value}n`
  if (Array.isArray(value)) return `[${value.map(stable).join(",")}]`
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([name, inner]) => `${JSON.stringify(name)}:${stable(inner)}`)
      .join(",")}}`
  return JSON.stringify(value) ?? "null"
}

/** Whether an operation is meant by a pattern: `run.show` itself, `run.*` all of its noun, `*` everything. */
export const meant = (pattern: string, id: string): boolean =>
  pattern === "*" || pattern === id || (pattern.endsWith(".*") && id.startsWith(pattern.slice(0, -1)))

export class Cache {
  readonly #entries = new Map<string, Entry>()
  readonly #limit: number

  /** `limit`: how many answers that nobody looks at are kept. */
  constructor(limit = 60) {
    this.#limit = limit
  }

  /** The answer as it stands; asks when it was never asked or is out of date. */
  read<D>(id: string, key: string, ask: () => Promise<D>): Loaded<D> {
    const known = this.#entries.get(key)
    if (known === undefined) {
      const entry: Entry = {
        id,
        now: { state: "loading", value: undefined, error: undefined },
        ask,
        turn: 0,
        answered: 0,
        open: 0,
        stale: false,
        watchers: new Set()
      }
      this.#entries.set(key, entry)
      this.#fetch(entry)
      this.#forget()
      return entry.now as Loaded<D>
    }
    known.ask = ask
    if (known.stale && known.open === 0) this.#fetch(known)
    return known.now as Loaded<D>
  }

  /** Calls back whenever the answer changes; hands back how to end that. */
  watch(key: string, changed: () => void): () => void {
    const entry = this.#entries.get(key)
    entry?.watchers.add(changed)
    return () => {
      entry?.watchers.delete(changed)
    }
  }

  /**
   * The answers of these operations are out of date: asks again what is looked at, the rest when it is looked at next. What is being asked
   * already is asked once more behind its answer, so that changes that come faster than answers neither pile up nor keep all of them away.
   */
  invalidate(...patterns: ReadonlyArray<string>): void {
    for (const entry of this.#entries.values()) {
      if (!patterns.some((pattern) => meant(pattern, entry.id))) continue
      if (entry.watchers.size > 0 && entry.open === 0) this.#fetch(entry)
      else entry.stale = true
    }
  }

  /** Asks one question again. */
  again(key: string): void {
    const entry = this.#entries.get(key)
    if (entry !== undefined) this.#fetch(entry)
  }

  /** Asks one question again unless that is under way already: for clocks, so that a slow server is not asked ever more. */
  refresh(key: string): void {
    const entry = this.#entries.get(key)
    if (entry !== undefined && entry.open === 0) this.#fetch(entry)
  }

  /** Changes an answer in place, such as a star that was just set, before the server has said so. */
  change<D>(id: string, change: (value: D) => D): void {
    for (const entry of this.#entries.values()) {
      if (entry.id !== id || entry.now.value === undefined) continue
      this.#set(entry, { ...entry.now, value: change(entry.now.value as D) } as Loaded<unknown>)
    }
  }

  #fetch(entry: Entry): void {
    entry.stale = false
    entry.turn++
    entry.open++
    const turn = entry.turn
    if (entry.now.state === "failed") this.#set(entry, { state: "loading", value: entry.now.value, error: undefined })
    const settle = (now: () => Loaded<unknown>) => {
      entry.open--
      if (turn > entry.answered) {
        entry.answered = turn
        this.#set(entry, now())
      }
      if (entry.stale && entry.open === 0 && entry.watchers.size > 0) this.#fetch(entry)
    }
    entry.ask().then(
      (value) => settle(() => ({ state: "done", value, error: undefined })),
      (error: unknown) => settle(() => ({ state: "failed", value: entry.now.value, error }))
    )
  }

  #set(entry: Entry, now: Loaded<unknown>): void {
    entry.now = now
    for (const watcher of [...entry.watchers]) watcher()
  }

  #forget(): void {
    let idle = [...this.#entries].filter(([, entry]) => entry.watchers.size === 0 && entry.now.state !== "loading")
    while (idle.length > this.#limit) {
      const [first, ...rest] = idle
      if (first !== undefined) this.#entries.delete(first[0])
      idle = rest
    }
  }
}
