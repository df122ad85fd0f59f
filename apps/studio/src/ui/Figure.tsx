/**
 * A figure of the charts package, drawn here from its data, with its numbers as a table. The SVG is set as markup, the only place where that
 * is done: `toSvg` escapes every text it is given, and its bytes come from that function alone, never from the server. Its style sheet is
 * taken out, as the page may hold no inline style; the same colours come from theme.css by the same class names, so that a figure follows
 * the theme chosen in the page.
 */
import { type Figure as FigureData, problemsOf, toSvg, toTable } from "@feagi-trainer/charts"
import { useMemo } from "preact/hooks"
import { print } from "../api.ts"
import { save } from "../files.ts"
import { csv, number } from "../format.ts"
import { visible } from "../visible.ts"
import { Button } from "./Basics.tsx"
import { Scroll } from "./Scroll.tsx"

export const Figure = ({ figure, open = false }: { readonly figure: FigureData; readonly open?: boolean }) => {
  const problems = useMemo(() => problemsOf(figure), [figure])
  const svg = useMemo(() => (problems.length > 0 ? "" : visible(toSvg(figure).replace(/<style>[^<]*<\/style>/g, ""))), [figure, problems])
  const table = useMemo(() => (problems.length > 0 ? undefined : toTable(figure)), [figure, problems])
  if (table === undefined)
    return (
      <div class="state failed" role="alert">
        <p>This figure cannot be drawn:</p>
        <ul>
          {problems.map((problem) => (
            <li key={JSON.stringify(problem)}>{typeof problem === "string" ? problem : JSON.stringify(problem)}</li>
          ))}
        </ul>
      </div>
    )
  const columns = table.columns.map(({ label, unit }) => (unit === undefined ? label : `${label} (${unit})`))
  return (
    <figure class="figure">
      <div class="figure-drawing" dangerouslySetInnerHTML={{ __html: svg }} />
      <figcaption>
        <span>{figure.description}</span>
        <div class="row figure-files">
          <Button tone="quiet" onClick={() => save(`${figure.id}.svg`, toSvg(figure), "image/svg+xml")}>
            SVG
          </Button>
          <Button tone="quiet" onClick={() => save(`${figure.id}.csv`, csv(columns, table.rows), "text/csv")}>
            CSV
          </Button>
          <Button tone="quiet" onClick={() => save(`${figure.id}.json`, `${print(figure)}\n`, "application/json")}>
            JSON
          </Button>
        </div>
      </figcaption>
      <details open={open}>
        <summary>
          Numbers of this figure ({table.rows.length} {table.rows.length === 1 ? "row" : "rows"})
        </summary>
        <Scroll label={`Numbers of ${figure.title}`}>
          <table class="plain">
            <caption class="visually-hidden">{figure.title}</caption>
            <thead>
              <tr>
                {table.columns.map(({ key, align }, index) => (
                  <th key={key} scope="col" class={align}>
                    {columns[index]}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.slice(0, 500).map((row, index) => (
                <tr key={`${index}`}>
                  {row.map((cell, column) => (
                    <td key={table.columns[column]?.key} class={table.columns[column]?.align}>
                      {cell === null ? "no data" : typeof cell === "number" ? number(cell, 6) : String(cell)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {table.rows.length > 500 ? <p class="muted">The first 500 of {table.rows.length}; all of them are in the CSV file.</p> : null}
        </Scroll>
      </details>
    </figure>
  )
}
