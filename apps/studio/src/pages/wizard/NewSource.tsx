/**
 * A source that is not registered yet, from its path to its registration: who can read it, what is in it column by column, the first
 * samples, the labels, every finding of a complete scan. Nothing here knows any adapter: what it proposes is shown as it comes.
 */

import { useEffect, useMemo, useState } from "preact/hooks"
import { type Diagnostic, useJob, useQuery } from "../../api.ts"
import { inline, percent } from "../../format.ts"
import { Answer, Badge, Button, Diagnostics, Failed, Field, Icon, Progress } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import { SampleTable } from "./SampleTable.tsx"
import type { Sample } from "./samples.ts"
import { columnFlags, columnsLiteral, isName, type Json, labelMapOf, proposedName, sourceInput, tomlLiteral } from "./sourceRequest.ts"
import { useUpload } from "./Upload.tsx"
import { useStill } from "./useWizard.ts"

interface Candidate {
  readonly adapter: string
  readonly confidence: number
  readonly title?: string
  readonly because?: string
  readonly options?: Readonly<Record<string, Json>>
}
interface Proposal {
  readonly adapter: string
  readonly options: Readonly<Record<string, Json>>
  readonly evidence: ReadonlyArray<{ readonly field: string; readonly proposed: unknown; readonly because: string }>
}

export const NewSource = ({ start = "", onRegistered }: { readonly start?: string; readonly onRegistered: (dataset: string) => void }) => {
  const [typed, setTyped] = useState(start)
  const [path, setPath] = useState(start)
  const candidates = useQuery<ReadonlyArray<Candidate>>("source.candidates", path === "" ? null : { path })
  const [chosen, setChosen] = useState(0)
  const candidate = candidates.data?.[chosen]
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
                value={typed}
                onInput={(event) => setTyped(event.currentTarget.value)}
              />
            )}
          </Field>
          <Button type="submit" tone="primary" icon="search" disabled={typed.trim() === ""}>
            Look
          </Button>
        </form>
      )}
      {path === "" ? null : (
        <Answer query={candidates} what="Asking the installed adapters">
          {(rows) =>
            rows.length === 0 ? (
              <p class="field-error">
                No installed adapter can read this. <a href="/plugins">See which are installed.</a>
              </p>
            ) : (
              <fieldset class="wizard-cards">
                <legend>Ways to read it</legend>
                {rows.map((row, index) => (
                  <label key={`${row.adapter} ${index}`} class={index === chosen ? "wizard-card chosen" : "wizard-card"}>
                    <input type="radio" name="wizard-adapter" checked={index === chosen} onChange={() => setChosen(index)} />
                    <span>
                      <strong>{row.title ?? row.adapter}</strong>
                      <span class="muted">
                        {" "}
                        {row.adapter.split("#").at(-1)}, {percent(row.confidence)} certain
                        {row.because === undefined ? "" : `: ${row.because}`}
                      </span>
                    </span>
                  </label>
                ))}
              </fieldset>
            )
          }
        </Answer>
      )}
      {candidate === undefined ? null : (
        <Schema
          key={`${path} ${chosen}`}
          path={path}
          candidate={candidate}
          first={candidates.data?.findIndex((each) => each.adapter === candidate.adapter) === chosen}
          onRegistered={onRegistered}
        />
      )}
    </div>
  )
}

/** Options of a candidate that is not its adapter's first one, said in full: another candidate of the same adapter is another reading. */
const spoken = (options: Readonly<Record<string, Json>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(options).flatMap(([key, value]) => (value === null || value === "scan" ? [] : [[key, tomlLiteral(value)]]))
  )

const Schema = ({
  path,
  candidate,
  first,
  onRegistered
}: {
  readonly path: string
  readonly candidate: Candidate
  readonly first: boolean
  readonly onRegistered: (dataset: string) => void
}) => {
  const [columns, setColumns] = useState<Readonly<Record<string, string>>>({})
  const [options, setOptions] = useState<Readonly<Record<string, string>>>(() => (first ? {} : spoken(candidate.options ?? {})))
  const input = useMemo(
    () => sourceInput({ path, adapter: candidate.adapter, columns, options, labelMap: "" }),
    [path, candidate.adapter, columns, options]
  )
  const still = useStill(input, 300)
  const proposal = useQuery<Proposal>("source.propose", still, { keep: true })
  // What is read is what is shown: types that the adapter would not take by itself are said.
  const types = recordOf(proposal.data?.options.columns)
  const literal = types === null ? null : columnsLiteral(types)
  const said =
    literal === null || options.columns !== undefined
      ? still
      : { ...still, option: [...((still.option as ReadonlyArray<string> | undefined) ?? []), `columns=${literal}`] }
  return (
    <>
      <Answer query={proposal} what="Reading the source">
        {(data) => (
          <ProposalForm
            proposal={data}
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
          input={said}
          path={path}
          classes={classesOf(proposal.data.options)}
          features={Object.keys(recordOf(proposal.data.options.columns) ?? {})}
          onRegistered={onRegistered}
        />
      )}
    </>
  )
}

const recordOf = (value: Json | undefined): Readonly<Record<string, Json>> | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, Json>>) : null

const classesOf = (options: Readonly<Record<string, Json>>): ReadonlyArray<string> => {
  const { classes } = options
  return Array.isArray(classes) ? classes.flatMap((each: Json) => (typeof each === "string" ? [each] : [])) : []
}

const columnTypes = ["number", "integer", "ignore"]

const ProposalForm = ({
  proposal,
  columns,
  options,
  onColumns,
  onOption
}: {
  readonly proposal: Proposal
  readonly columns: Readonly<Record<string, string>>
  readonly options: Readonly<Record<string, string>>
  readonly onColumns: (flag: string, value: string) => void
  readonly onOption: (key: string, literal: string | null) => void
}) => {
  const typesOf = recordOf(proposal.options.columns)
  const flags = columnFlags.filter((flag) => flag in proposal.options)
  const names = [...new Set([...proposal.evidence.map(({ field }) => field), ...Object.keys(typesOf ?? {})])]
  const rest = Object.entries(proposal.options).filter(
    ([key]) => key !== "columns" && key !== "classes" && !columnFlags.some((flag) => flag === key)
  )
  const roles = new Map(
    flags.flatMap((flag) => (typeof proposal.options[flag] === "string" ? [[String(proposal.options[flag]), flag] as const] : []))
  )
  return (
    <div class="stack">
      {flags.length === 0 ? null : (
        <div class="wizard-fields">
          {flags.map((flag) => (
            <Field
              key={flag}
              label={`${flag.replace("_column", "").replace(/^./, (letter) => letter.toUpperCase())} column`}
              hint={flagHints[flag]}
            >
              {(wiring) => (
                <select
                  {...wiring}
                  value={columns[flag] ?? String(proposal.options[flag] ?? "")}
                  onChange={(event) => onColumns(flag, event.currentTarget.value)}
                >
                  <option value="">none</option>
                  {names.map((name) => (
                    <option key={name} value={name}>
                      {name}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          ))}
        </div>
      )}
      {names.length === 0 ? null : (
        <Scroll label="Schema">
          <table class="plain">
            <caption class="visually-hidden">What was found in the source, field by field</caption>
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">Read as</th>
                <th scope="col">Because</th>
              </tr>
            </thead>
            <tbody>
              {names.map((name) => {
                const evidence = proposal.evidence.find(({ field }) => field === name)
                const type = recordOf(typesOf?.[name])?.type
                const role = roles.get(name)
                return (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    <td>
                      {role !== undefined ? (
                        <Badge tone="info">{role.replace("_", " ")}</Badge>
                      ) : typeof type === "string" && typesOf !== null ? (
                        <select
                          aria-label={`${name} is read as`}
                          value={type}
                          onChange={(event) =>
                            onOption(
                              "columns",
                              tomlLiteral({ ...typesOf, [name]: { ...recordOf(typesOf[name]), type: event.currentTarget.value } })
                            )
                          }
                        >
                          {[...new Set([type, ...columnTypes])].map((each) => (
                            <option key={each} value={each}>
                              {each}
                            </option>
                          ))}
                        </select>
                      ) : (
                        inline(evidence?.proposed)
                      )}
                    </td>
                    <td class="muted">{evidence?.because ?? ""}</td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </Scroll>
      )}
      {rest.length === 0 ? null : (
        <details>
          <summary>
            All options of the adapter ({rest.length}
            {Object.keys(options).length === 0 ? "" : `, ${Object.keys(options).length} changed`})
          </summary>
          <div class="wizard-fields">
            {rest.map(([key, value]) => (
              <OptionField key={key} name={key} value={value} literal={options[key]} onOption={onOption} />
            ))}
          </div>
        </details>
      )}
    </div>
  )
}

const flagHints: Readonly<Record<string, string>> = {
  label_column: "The class of each sample.",
  id_column: "Different for every sample.",
  group_column: "Equal values are never torn apart by a split.",
  split_column: "Declares the part of each sample."
}

const OptionField = ({
  name,
  value,
  literal,
  onOption
}: {
  readonly name: string
  readonly value: Json
  readonly literal: string | undefined
  readonly onOption: (key: string, literal: string | null) => void
}) => {
  const shown = literal ?? (value === null ? "" : tomlLiteral(value))
  const [typed, setTyped] = useState(shown)
  useEffect(() => setTyped(shown), [shown])
  return (
    <Field label={name} hint={literal === undefined ? (value === null ? "not set" : "as proposed") : "changed"}>
      {(wiring) => (
        <input
          {...wiring}
          type="text"
          class="mono"
          spellcheck={false}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onChange={(event) => onOption(name, event.currentTarget.value.trim() === "" ? null : event.currentTarget.value.trim())}
        />
      )}
    </Field>
  )
}

const Register = ({
  input,
  path,
  classes,
  features,
  onRegistered
}: {
  readonly input: Readonly<Record<string, unknown>>
  readonly path: string
  readonly classes: ReadonlyArray<string>
  readonly features: ReadonlyArray<string>
  readonly onRegistered: (dataset: string) => void
}) => {
  const [name, setName] = useState(() => proposedName(path))
  const [renamed, setRenamed] = useState<Readonly<Record<string, string>>>({})
  const [marked, setMarked] = useState("")
  const [from, setFrom] = useState(0)
  const preview = useQuery<{ readonly samples: ReadonlyArray<Sample> }>("source.preview", { ...input, count: 100, from }, { keep: true })
  const upload = useUpload()
  const map = labelMapOf(name, classes, renamed)
  const validate = useJob("source.validate")
  const add = useJob("dataset.add", (job) => {
    const data = job.result?.data as { readonly dataset_version_id?: unknown } | undefined
    if (job.state === "done" && typeof data?.dataset_version_id === "string") onRegistered(data.dataset_version_id)
  })
  const running = add.job?.state === "running" || validate.job?.state === "running"
  const labelled = async (): Promise<Readonly<Record<string, unknown>> | null> => {
    if (map === null) return input
    const stored = await upload.send(`${name}-labels.json`, new Blob([`${JSON.stringify(map, null, 2)}\n`]))
    return stored === undefined ? null : { ...input, label_map: stored }
  }
  const show = (finding: Diagnostic) => {
    const { sample_id: id } = finding
    if (id === undefined) return
    // Adapters name a sample by its id, or by its position where it could not be read far enough to have one.
    const position = /^\d{1,9}$/.test(id) ? Number(id) : null
    if (position !== null && (position < from || position >= from + 100)) setFrom(Math.max(0, position - 5))
    setMarked(id)
    requestAnimationFrame(() =>
      document.querySelector(`[id="sample-${CSS.escape(id)}"], [data-position="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "center" })
    )
  }
  return (
    <div class="stack">
      <details open>
        <summary>The first samples, as they would be read</summary>
        <Answer query={preview} what="Reading samples">
          {(data) => (
            <SampleTable
              samples={data.samples}
              features={features}
              marked={marked}
              from={from}
              caption={`${data.samples.length} samples from position ${from}`}
            />
          )}
        </Answer>
      </details>
      {classes.length === 0 ? null : (
        <details>
          <summary>Labels: {map === null ? `${classes.length} classes, named as in the source` : "mapped"}</summary>
          <Scroll label="Labels">
            <table class="plain">
              <thead>
                <tr>
                  <th scope="col">In the source</th>
                  <th scope="col">Becomes</th>
                </tr>
              </thead>
              <tbody>
                {classes.map((label) => (
                  <tr key={label}>
                    <th scope="row">{label}</th>
                    <td>
                      <input
                        type="text"
                        aria-label={`${label} becomes`}
                        value={renamed[label] ?? label}
                        onChange={(event) => setRenamed({ ...renamed, [label]: event.currentTarget.value })}
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
          {map === null ? null : (
            <p class="muted">
              Two labels with one name become one class. The mapping is written as a file beside the store and becomes part of the
              registration.
            </p>
          )}
        </details>
      )}
      <div class="row wizard-register">
        <Field
          label="Name of the dataset"
          hint="The same content under the same name is the same version."
          error={isName(name) ? "" : "lower-case letters and digits first, then also . _ -, 63 at most"}
        >
          {(wiring) => <input {...wiring} type="text" class="mono" value={name} onInput={(event) => setName(event.currentTarget.value)} />}
        </Field>
        <Button
          icon="check"
          disabled={running}
          busy={validate.job?.state === "running"}
          onClick={async () => {
            const said = await labelled()
            if (said !== null) await validate.start(said)
          }}
        >
          Check everything
        </Button>
        <Button
          tone="primary"
          icon="data"
          disabled={running || !isName(name)}
          busy={add.job?.state === "running"}
          onClick={async () => {
            const said = await labelled()
            if (said !== null) await add.start({ ...said, name })
          }}
        >
          Register
        </Button>
      </div>
      {upload.error === undefined ? null : <Failed error={upload.error} />}
      <JobView what="Checking" job={validate.job} error={validate.error} cancel={validate.cancel} onFinding={show} />
      <JobView what="Registering" job={add.job} error={add.error} cancel={add.cancel} onFinding={show} />
    </div>
  )
}

type RunningJob = ReturnType<typeof useJob>

/** A job from its first line to its result: progress, a way to stop it, and every finding with a link to its sample. */
export const JobView = ({
  what,
  job,
  error,
  cancel,
  onFinding
}: {
  readonly what: string
  readonly job: RunningJob["job"]
  readonly error: RunningJob["error"]
  readonly cancel: () => void
  readonly onFinding?: (finding: Diagnostic) => void
}) => {
  if (error !== undefined) return <Failed error={error} />
  if (job === undefined) return null
  if (job.state === "running")
    return (
      <div class="row" role="status">
        <span>{what} …</span>
        <Progress label={what} done={job.progress?.done ?? 0} total={job.progress?.total ?? null} />
        <span class="muted mono">{job.lines.at(-1)}</span>
        <Button tone="danger" icon="stop" onClick={cancel}>
          Cancel
        </Button>
      </div>
    )
  if (job.state === "cancelled")
    return (
      <p role="status">
        <Badge tone="warn">cancelled</Badge> {what} was stopped; nothing was registered.
      </p>
    )
  const result = job.result
  const findings: ReadonlyArray<Diagnostic> =
    result === null
      ? []
      : result.kind === "error"
        ? ((result.data as { readonly diagnostics?: ReadonlyArray<Diagnostic> }).diagnostics ?? [])
        : (result.warnings as ReadonlyArray<Diagnostic>)
  return (
    <div role="status">
      {job.state === "done" ? (
        <p>
          <Badge tone="good">
            <Icon name="check" /> done
          </Badge>{" "}
          {summaryOf(result?.data)}
        </p>
      ) : (
        <p>
          <Badge tone="bad">
            <Icon name="cross" /> refused
          </Badge>{" "}
          {findings.length} {findings.length === 1 ? "finding" : "findings"}
        </p>
      )}
      {findings.length === 0 ? null : <Diagnostics list={findings} {...(onFinding === undefined ? {} : { onPlace: onFinding })} />}
      {job.state !== "failed" || findings.length > 0 ? null : <pre class="excerpt">{job.lines.slice(-12).join("\n")}</pre>}
    </div>
  )
}

const summaryOf = (data: unknown): string => {
  const known = typeof data === "object" && data !== null ? (data as Readonly<Record<string, unknown>>) : {}
  return [
    typeof known.dataset_version_id === "string" ? `registered as ${known.dataset_version_id}` : "",
    typeof known.sample_count === "number" ? `${known.sample_count} samples` : "",
    typeof known.errors === "number" ? `${known.errors} errors` : "",
    typeof known.warnings === "number" ? `${known.warnings} warnings` : ""
  ]
    .filter((part) => part !== "")
    .join(", ")
}
