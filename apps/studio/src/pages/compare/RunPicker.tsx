/** Which runs are compared, which one is the baseline, and how another is found. */
import { useMemo, useState } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { Button, Combobox, IconButton, Parts, type Suggestion } from "../../ui/index.ts"
import { letterOf } from "./model/letters.ts"
import { type FoundRun, foundRuns, matching } from "./model/runs.ts"
import { type CompareState, mostRuns } from "./model/state.ts"

/** Sets the runs anew; the first is the baseline. */
export type SetRuns = (runs: ReadonlyArray<string>) => void

const detailsOf = (run: FoundRun): ReadonlyArray<string> => [run.name, run.seed === "" ? "" : `seed ${run.seed}`, run.status, run.score]

export const RunPicker = ({ state, setRuns }: { readonly state: CompareState; readonly setRuns: SetRuns }) => {
  const [text, setText] = useState("")
  const query = useQuery<unknown>("run.ls", { sort: "-created", limit: 500 })
  const runs = useMemo(() => foundRuns(query.data), [query.data])
  const known = new Map(runs.map((run) => [run.run_id, run]))
  const add = (given: string): void => {
    const id = given.trim()
    if (id === "") return
    const found = matching(runs, id, state.runs)
    const run = known.has(id) ? id : found.length === 1 ? (found[0]?.run_id ?? id) : id
    if (!state.runs.includes(run)) setRuns([...state.runs, run])
    setText("")
  }
  const suggest = (typed: string): ReadonlyArray<Suggestion> =>
    matching(runs, typed, state.runs).map((run) => ({ text: run.run_id, label: run.run_id, detail: <Parts of={detailsOf(run)} /> }))
  return (
    <section class="compare-picker" aria-label="Runs that are compared">
      <ol class="compare-runs">
        {state.runs.map((id, at) => {
          const run = known.get(id)
          return (
            <li key={id} class="compare-run">
              <span class={`run-letter letter-${at}`} aria-hidden="true">
                {letterOf(at)}
              </span>
              <span class="compare-run-name">
                <a href={`/runs/${encodeURIComponent(id)}`}>{id}</a>
                <span class="muted">
                  <Parts of={[at === 0 ? "baseline" : "", ...(run === undefined ? [] : detailsOf(run))]} />
                </span>
              </span>
              {at === 0 ? null : (
                <IconButton
                  icon="pin"
                  label={`Make ${id} the baseline`}
                  onClick={() => setRuns([id, ...state.runs.filter((each) => each !== id)])}
                />
              )}
              <IconButton icon="cross" label={`Remove ${id}`} onClick={() => setRuns(state.runs.filter((each) => each !== id))} />
            </li>
          )
        })}
      </ol>
      {state.runs.length >= mostRuns ? (
        <p class="muted">{mostRuns} runs at most are compared at once.</p>
      ) : (
        <form
          class="row compare-add"
          onSubmit={(event) => {
            event.preventDefault()
            add(text)
          }}
        >
          <Combobox
            label="Add a run"
            value={text}
            onInput={setText}
            onSubmit={add}
            suggest={suggest}
            placeholder="Add a run: id, name, seed"
            mono
          />
          <Button icon="plus" type="submit" disabled={text.trim() === ""}>
            Add
          </Button>
        </form>
      )}
      {state.left.length === 0 ? null : (
        <p role="alert" class="tone-warn">
          Not compared, as {mostRuns} runs are the most: {state.left.join(", ")}
        </p>
      )}
    </section>
  )
}
