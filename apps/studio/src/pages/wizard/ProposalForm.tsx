/** What an adapter makes of a source, column by column with its evidence, and how it is to read it instead. */
import { useEffect, useState } from "preact/hooks"
import { inline } from "../../format.ts"
import { Badge, Field } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import { columnFlags, type Json, type Proposal, recordOf, tomlLiteral } from "./sourceRequest.ts"

const columnTypes = ["number", "integer", "ignore"]

/** More fields than this are looked for by name. */
const manyFields = 30

export const ProposalForm = ({
  proposal,
  proposed,
  columns,
  options,
  onColumns,
  onOption
}: {
  readonly proposal: Proposal
  /** Options of the candidate before anything was changed. */
  readonly proposed: Readonly<Record<string, Json>>
  readonly columns: Readonly<Record<string, string>>
  readonly options: Readonly<Record<string, string>>
  readonly onColumns: (flag: string, value: string) => void
  readonly onOption: (key: string, literal: string | null) => void
}) => {
  const typesOf = recordOf(proposal.options.columns)
  const flags = columnFlags.filter((flag) => flag in proposal.options)
  const names = [...new Set([...proposal.evidence.map(({ field }) => field), ...Object.keys(typesOf ?? {})])].filter((name) => name !== "")
  const [wanted, setWanted] = useState("")
  const shown = names.filter((name) => name.toLowerCase().includes(wanted.trim().toLowerCase()))
  // Evidence without a field is about the whole source.
  const ofAll = proposal.evidence.filter(({ field }) => field === "")
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
                  {/* No command takes a column back that the adapter would take by itself. */}
                  {typeof proposed[flag] === "string" ? null : <option value="">none</option>}
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
      {ofAll.map(({ proposed: advice, because }) => (
        <p key={because} role="note" class="tone-warn">
          <Badge tone="warn">{inline(advice)}</Badge> {because}
        </p>
      ))}
      {names.length <= manyFields ? null : (
        <div class="row">
          <input
            type="search"
            aria-label="Find a field"
            placeholder="Find a field"
            value={wanted}
            onInput={(event) => setWanted(event.currentTarget.value)}
          />
          <span class="muted">
            {shown.length} of {names.length} fields
          </span>
        </div>
      )}
      {names.length === 0 ? null : (
        <Scroll label="Schema" tall={names.length > 8}>
          <table class="plain schema-table">
            <caption class="visually-hidden">What was found in the source, field by field</caption>
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">Read as</th>
                <th scope="col">Because</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((name) => {
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
