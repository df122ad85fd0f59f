/** The journal of a run: what happened, in order, each event bound to the one before by its hash. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks"
import { print, useQuery } from "../../api.ts"
import { save } from "../../files.ts"
import { dateTime, number } from "../../format.ts"
import { useSearch } from "../../router.ts"
import { Answer, Button, Empty, Hash } from "../../ui/index.ts"
import type { TabProps } from "./index.tsx"
import { saying } from "./words.ts"

interface JournalEvent {
  readonly seq: number
  readonly type: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly sha256: string
  readonly at_wall: number
}

/** Events that are shown at most; the file has all of them. */
const most = 2000

const warning = new Set(["failed", "brain-mutated", "continued"])

export default function LogsTab({ run, connection }: TabProps) {
  const [find, setFind] = useSearch("find")
  const [type, setType] = useSearch("type")
  const [following, setFollowing] = useState(connection === "live")
  const journal = useQuery<ReadonlyArray<JournalEvent>>("run.journal", { run })
  const end = useRef<HTMLDivElement>(null)
  const types = useMemo(() => [...new Set((journal.data ?? []).map((event) => event.type))].toSorted(), [journal.data])
  const wanted = find.trim().toLowerCase()
  const shown = useMemo(
    () =>
      (journal.data ?? []).filter(
        (event) =>
          (type === "" || event.type === type) && (wanted === "" || `${event.type} ${print(event.payload)}`.toLowerCase().includes(wanted))
      ),
    [journal.data, type, wanted]
  )
  const last = shown.at(-1)?.seq
  useEffect(() => {
    if (following) end.current?.scrollIntoView({ block: "nearest" })
  }, [following, last])
  return (
    <div class="stack">
      {/* biome-ignore lint/a11y/useSemanticElements: a search form would send itself */}
      <div class="toolbar row" role="group" aria-label="Which events are shown">
        <label>
          <span class="visually-hidden">Find in the events</span>
          <input type="search" placeholder="find in the events" value={find} onInput={(event) => setFind(event.currentTarget.value)} />
        </label>
        <label>
          type{" "}
          <select value={type} onChange={(event) => setType(event.currentTarget.value)}>
            <option value="">all</option>
            {types.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
        <label class="check">
          <input type="checkbox" checked={following} onChange={(event) => setFollowing(event.currentTarget.checked)} /> follow
        </label>
        <Button
          tone="quiet"
          icon="download"
          onClick={() =>
            save(`${run}-journal.ndjson`, (journal.data ?? []).map((event) => `${print(event)}\n`).join(""), "application/x-ndjson")
          }
        >
          NDJSON
        </Button>
      </div>
      <Answer query={journal} what="Reading the journal">
        {(data) =>
          shown.length === 0 ? (
            <Empty title={data.length === 0 ? "No event yet" : "No such event"} />
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys
            <section class="log" aria-label="Journal" tabIndex={0}>
              {shown.length > most ? (
                <p class="muted">
                  The last {number(most)} of {number(shown.length)} events; all of them are in the file.
                </p>
              ) : null}
              <ol>
                {shown.slice(-most).map((event) => (
                  <li key={event.seq} class={warning.has(event.type) ? "tone-bad" : ""}>
                    <details>
                      <summary>
                        <span class="log-seq">{event.seq}</span>
                        <time dateTime={new Date(event.at_wall).toISOString()}>{dateTime(event.at_wall)}</time>
                        <strong>{event.type}</strong>
                        <span class="log-text">{saying(event.payload)}</span>
                      </summary>
                      <div class="row">
                        chain <Hash value={event.sha256} />
                      </div>
                      <pre>
                        {JSON.stringify(event.payload, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value), 2)}
                      </pre>
                    </details>
                  </li>
                ))}
              </ol>
              <div ref={end} />
            </section>
          )
        }
      </Answer>
    </div>
  )
}
