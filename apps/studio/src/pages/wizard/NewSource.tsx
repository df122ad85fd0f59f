/**
 * A source that is not registered yet, from its path to its registration: who can read it, what is in it column by column, the first
 * samples, the labels, every finding of a complete scan. Nothing here knows any adapter: what it proposes is shown as it comes.
 */
import { useMemo, useState } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { percent } from "../../format.ts"
import { Answer, Button, Field } from "../../ui/index.ts"
import { ProposalForm } from "./ProposalForm.tsx"
import { Register } from "./Register.tsx"
import { type Candidate, columnsLiteral, isSure, type Json, type Proposal, recordOf, saidOf, sourceInput } from "./sourceRequest.ts"
import { useStill } from "./useWizard.ts"

export const NewSource = ({ start = "", onRegistered }: { readonly start?: string; readonly onRegistered: (dataset: string) => void }) => {
  const [typed, setTyped] = useState(start)
  const [path, setPath] = useState(start)
  const candidates = useQuery<ReadonlyArray<Candidate>>("source.candidates", path === "" ? null : { path })
  const [chosen, setChosen] = useState(0)
  const rows = candidates.data ?? []
  const candidate = rows[chosen]
  return (
    <div class="stack">
      {start !== "" ? null : (
        <form
          class="row wizard-path"
          onSubmit={(event) => {
            event.preventDefault()
            setChosen(0)
            if (typed.trim() === path) candidates.again()
            else setPath(typed.trim())
          }}
        >
          <Field
            label="File or folder on the machine of the server"
            hint="Absolute, or from the project folder. The data stay where they are."
          >
            {(wiring) => (
              <input
                {...wiring}
                type="text"
                class="mono"
                spellcheck={false}
                autocomplete="off"
                placeholder="data/iris.csv"
                value={typed}
                onInput={(event) => setTyped(event.currentTarget.value)}
              />
            )}
          </Field>
          <Button type="submit" tone="primary" icon="search" disabled={typed.trim() === ""}>
            Inspect
          </Button>
        </form>
      )}
      {path === "" ? null : (
        <Answer query={candidates} what="Asking the installed adapters">
          {() => <Candidates rows={rows} chosen={chosen} onChoose={setChosen} />}
        </Answer>
      )}
      {candidate === undefined || candidate.confidence === 0 ? null : (
        <Schema key={`${path} ${chosen}`} path={path} candidates={rows} candidate={candidate} onRegistered={onRegistered} />
      )}
    </div>
  )
}

const Candidates = ({
  rows,
  chosen,
  onChoose
}: {
  readonly rows: ReadonlyArray<Candidate>
  readonly chosen: number
  readonly onChoose: (index: number) => void
}) => {
  const possible = rows.flatMap((row, index) => (row.confidence > 0 ? [{ row, index }] : []))
  if (possible.length === 0)
    return (
      <div class="field-error" role="alert">
        <p>
          No installed adapter can read this. <a href="/plugins">See which are installed.</a>
        </p>
        {rows.length === 0 ? null : (
          <ul>
            {rows.map(({ adapter, because }) => (
              <li key={`${adapter} ${because}`}>
                {shortName(adapter)}: {because}
              </li>
            ))}
          </ul>
        )}
      </div>
    )
  const card = ({ row, index }: (typeof possible)[number]) => (
    <label key={`${row.adapter} ${index}`} class={index === chosen ? "wizard-card chosen" : "wizard-card"}>
      <input type="radio" name="wizard-adapter" checked={index === chosen} onChange={() => onChoose(index)} />
      <span>
        <strong>{row.title ?? row.adapter}</strong>
        <span class="muted">
          {" "}
          {shortName(row.adapter)}, confidence {percent(row.confidence)}
          {row.because === undefined ? "" : `: ${row.because}`}
        </span>
      </span>
    </label>
  )
  const first = isSure(rows) ? possible.slice(0, 1) : possible
  const others = possible.slice(first.length)
  return (
    <fieldset class="wizard-cards">
      <legend>How to read it</legend>
      {first.map(card)}
      {others.length === 0 ? null : (
        <details open={chosen > 0}>
          <summary>Other ways to read it ({others.length})</summary>
          {others.map(card)}
        </details>
      )}
    </fieldset>
  )
}

const shortName = (adapter: string): string => adapter.split("#").at(-1) ?? adapter

const Schema = ({
  path,
  candidates,
  candidate,
  onRegistered
}: {
  readonly path: string
  readonly candidates: ReadonlyArray<Candidate>
  readonly candidate: Candidate
  readonly onRegistered: (dataset: string) => void
}) => {
  const [said] = useState(() => saidOf(candidates, candidate))
  const [columns, setColumns] = useState(said.columns)
  const [options, setOptions] = useState(said.options)
  const input = useMemo(
    () => sourceInput({ path, adapter: candidate.adapter, columns, options, labelMap: "" }),
    [path, candidate.adapter, columns, options]
  )
  const still = useStill(input, 300)
  const proposal = useQuery<Proposal>("source.propose", still, { keep: true })
  // What is read is what is shown: types that the adapter would not take by itself are said.
  const types = recordOf(proposal.data?.options.columns)
  const literal = types === null ? null : columnsLiteral(types)
  const complete =
    literal === null || options.columns !== undefined
      ? still
      : { ...still, option: [...((still.option as ReadonlyArray<string> | undefined) ?? []), `columns=${literal}`] }
  return (
    <>
      <Answer query={proposal} what="Reading the source">
        {(data) => (
          <ProposalForm
            proposal={data}
            proposed={candidate.options ?? {}}
            columns={columns}
            options={options}
            onColumns={(flag, value) => setColumns((before) => ({ ...before, [flag]: value }))}
            onOption={(key, literal) =>
              setOptions((before) => {
                const { [key]: _, ...rest } = before
                return literal === null ? rest : { ...rest, [key]: literal }
              })
            }
          />
        )}
      </Answer>
      {proposal.data === undefined ? null : (
        <Register
          input={complete}
          path={path}
          classes={classesOf(proposal.data.options)}
          features={Object.keys(types ?? {})}
          onRegistered={onRegistered}
        />
      )}
    </>
  )
}

const classesOf = (options: Readonly<Record<string, Json>>): ReadonlyArray<string> => {
  const { classes } = options
  return Array.isArray(classes) ? classes.flatMap((each: Json) => (typeof each === "string" ? [each] : [])) : []
}
