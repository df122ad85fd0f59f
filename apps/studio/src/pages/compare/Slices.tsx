/** The primary metric over parts of the samples: where an average hides that some are served worse. Sharp edge: slices have no intervals. */
import type { BarsFigure } from "@feagi-trainer/charts"
import type { Comparison, SliceTable } from "@feagi-trainer/control-api/comparison"
import { useState } from "preact/hooks"
import { number } from "../../format.ts"
import { setSearch } from "../../router.ts"
import { Badge, Button, Empty, Figure, Panel } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import { upper } from "./model/letters.ts"
import type { CompareState } from "./model/state.ts"

const nameOf = (slice: string | null): string => slice ?? "(no value)"

const barsOf = (table: SliceTable, labels: ReadonlyArray<string>): BarsFigure | undefined =>
  table.slices.length === 0 || table.slices.length > 24
    ? undefined
    : {
        kind: "bars",
        id: `slices-${table.by}`,
        title: `${table.metric} by ${table.by}`,
        description: `${table.metric} of every run over the samples of each ${table.by}, without intervals.`,
        x: { label: table.by },
        y: { label: table.metric },
        categories: table.slices.map(({ slice }) => nameOf(slice)),
        series: labels.map((label) => ({
          name: upper(label),
          values: table.slices.map(({ values }) => {
            const value = values[label]
            return typeof value === "number" ? value : null
          })
        }))
      }

const SlicePanel = ({ table, comparison }: { readonly table: SliceTable; readonly comparison: Comparison }) => {
  const labels = comparison.runs.map(({ label }) => label)
  const bars = barsOf(table, labels)
  const withErrors = table.slices.every(({ errors }) => errors !== null)
  return (
    <Panel title={`${table.metric} by ${table.by}`}>
      <div class="columns">
        {bars === undefined ? null : <Figure figure={bars} />}
        <Scroll label={`${table.metric} by ${table.by}`}>
          <table class="plain">
            <caption class="visually-hidden">
              {table.metric} by {table.by}
            </caption>
            <thead>
              <tr>
                <th scope="col">{table.by}</th>
                <th scope="col" class="right">
                  Samples
                </th>
                {labels.map((label) => (
                  <th key={label} scope="col" class="right">
                    {upper(label)}
                  </th>
                ))}
                {withErrors
                  ? labels.map((label) => (
                      <th key={label} scope="col" class="right">
                        Errors {upper(label)}
                      </th>
                    ))
                  : null}
              </tr>
            </thead>
            <tbody>
              {table.slices.map((slice) => (
                <tr key={nameOf(slice.slice)}>
                  <th scope="row">{nameOf(slice.slice)}</th>
                  <td class="right">{slice.n}</td>
                  {labels.map((label) => {
                    const value = slice.values[label]
                    return (
                      <td key={label} class="right" title={typeof value === "object" ? value.insufficient : undefined}>
                        {typeof value === "number" ? number(value) : "–"}
                      </td>
                    )
                  })}
                  {withErrors
                    ? labels.map((label) => (
                        <td key={label} class="right">
                          {slice.errors?.[label] ?? "–"}
                        </td>
                      ))
                    : null}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </div>
    </Panel>
  )
}

export const Slices = ({ comparison, state }: { readonly comparison: Comparison; readonly state: CompareState }) => {
  const [text, setText] = useState("")
  return (
    <>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault()
          const field = text.trim()
          if (field === "") return
          setSearch({ slice: [...new Set([...state.slice, field])].join(",") }, { push: true })
          setText("")
        }}
      >
        <label class="row">
          Slice by
          <input
            class="mono"
            type="text"
            value={text}
            placeholder="metadata.site"
            list="slice-fields"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <datalist id="slice-fields">
          {["group", "given_split", "metadata.", "feature.", "values."].map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Button type="submit" icon="plus" disabled={text.trim() === ""}>
          Add
        </Button>
        {state.slice.map((field) => (
          <span key={field} class="row">
            <Badge tone="info">{field}</Badge>
            <Button
              tone="quiet"
              icon="cross"
              aria-label={`Remove the slices by ${field}`}
              onClick={() => setSearch({ slice: state.slice.filter((each) => each !== field).join(",") })}
            />
          </span>
        ))}
      </form>
      <p class="muted">
        Fields of the index: class, group, given_split, values.NAME; of the data: metadata.NAME, feature.NAME. A name that there is not is
        answered with those that there are. Slices are for looking: many and small, without intervals.
      </p>
      {comparison.slices.length === 0 ? <Empty title="No slices yet" /> : null}
      {comparison.slices.map((table) => (
        <SlicePanel key={table.by} table={table} comparison={comparison} />
      ))}
    </>
  )
}
