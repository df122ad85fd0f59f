/** The three faces of a view without content: nothing there, on its way, refused. Sharp edge: a refusal shows every finding, not the first. */
import type { ComponentChildren } from "preact"
import { type ApiError, asApiError, type Diagnostic, noStore, type Query } from "../api.ts"
import { shellLine } from "../format.ts"
import { Badge } from "./Basics.tsx"
import { Icon } from "./Icon.tsx"

/** Says what would stand here and how it gets here. */
export const Empty = ({
  title,
  children,
  icon = "info"
}: {
  readonly title: string
  readonly children?: ComponentChildren
  readonly icon?: string
}) => (
  <div class="state empty">
    <Icon name={icon} />
    <h2>{title}</h2>
    {children === undefined ? null : <div class="state-body">{children}</div>}
  </div>
)

export const Loading = ({ what = "Loading" }: { readonly what?: string }) => (
  <div class="state loading" aria-busy="true">
    <span class="spinner" aria-hidden="true" />
    <span>{what} …</span>
  </div>
)

const placeOf = ({ file, line, column, field, sample_id: sample }: Diagnostic): string =>
  [
    file === undefined ? "" : [file, line, column].filter((part) => part !== undefined).join(":"),
    file === undefined && line !== undefined ? `line ${line}${column === undefined ? "" : `:${column}`}` : "",
    field === undefined ? "" : `field ${field}`,
    sample === undefined ? "" : `sample ${sample}`
  ]
    .filter((part) => part !== "")
    .join(" · ")

/** Findings with their place, what was expected, what came, and the way out. `onPlace` makes lines clickable, for editors. */
export const Diagnostics = ({
  list,
  onPlace
}: {
  readonly list: ReadonlyArray<Diagnostic>
  readonly onPlace?: (diagnostic: Diagnostic) => void
}) => (
  <ol class="diagnostics">
    {list.map((item, index) => (
      <li key={`${item.code} ${index}`} class={`diagnostic tone-${item.severity === "error" ? "bad" : "warn"}`}>
        <div class="diagnostic-head">
          <Badge tone={item.severity === "error" ? "bad" : "warn"}>{item.code}</Badge>
          {placeOf(item) === "" ? null : onPlace === undefined ? (
            <code class="place">{placeOf(item)}</code>
          ) : (
            <button type="button" class="quiet place" onClick={() => onPlace(item)}>
              {placeOf(item)}
            </button>
          )}
          {item.count === undefined || item.count < 2 ? null : <span class="muted">{item.count} times</span>}
        </div>
        <p>{item.message}</p>
        {item.excerpt === undefined ? null : (
          <pre class="excerpt">
            {item.line === undefined ? "" : `${item.line} | `}
            {item.excerpt}
            {item.column === undefined
              ? ""
              : `\n${" ".repeat((item.line === undefined ? 0 : `${item.line} | `.length) + item.column - 1)}^`}
          </pre>
        )}
        {item.expected === undefined && item.actual === undefined ? null : (
          <dl class="expected">
            {item.expected === undefined ? null : (
              <>
                <dt>expected</dt>
                <dd>{item.expected}</dd>
              </>
            )}
            {item.actual === undefined ? null : (
              <>
                <dt>got</dt>
                <dd>{item.actual}</dd>
              </>
            )}
          </dl>
        )}
        {item.help === undefined ? null : (
          <p class="way-out">
            <span class="muted">Way out:</span> {item.help}
          </p>
        )}
        {item.docs_url === undefined || !item.docs_url.startsWith("https://") ? null : (
          <a href={item.docs_url} target="_blank" rel="noreferrer">
            Read more
          </a>
        )}
      </li>
    ))}
  </ol>
)

const titles: Readonly<Record<string, string>> = {
  usage: "That cannot be asked like this",
  invalid: "This did not pass validation",
  "not-found": "There is no such thing",
  incomparable: "These may not be compared",
  locked: "In use by another process",
  integrity: "What is stored does not match its hash",
  missing: "Something that is needed is missing",
  unreachable: "The server does not answer",
  failed: "That went wrong"
}

/** A refusal with all its findings and a button to ask again. */
export const Failed = ({ error, again, title }: { readonly error: unknown; readonly again?: () => void; readonly title?: string }) => {
  const known: ApiError = asApiError(error)
  // A project that holds nothing yet is no failure: the first dataset makes its store.
  if (known.diagnostics.some(({ code }) => code === noStore))
    return (
      <Empty title="Nothing is stored in this project yet" icon="data">
        <p>The first dataset makes the store; runs, brains and scorecards follow from it.</p>
        <a class="button primary" href="/new?step=2&source=path">
          Begin with a dataset
        </a>
      </Empty>
    )
  return (
    <div class="state failed" role="alert">
      <h2>{title ?? titles[known.status === 404 ? "not-found" : known.reason] ?? "That went wrong"}</h2>
      <Diagnostics list={known.diagnostics} />
      <div class="row">
        {again === undefined || known.reason === "usage" ? null : (
          <button type="button" onClick={again}>
            Try again
          </button>
        )}
        {known.command.length === 0 ? null : <code class="muted">ftr {shellLine(known.command)}</code>}
      </div>
    </div>
  )
}

/** Shows what a query brings, and its loading, failed and warning faces otherwise. */
export const Answer = <D,>({
  query,
  what,
  children
}: {
  readonly query: Query<D>
  readonly what?: string
  readonly children: (data: D) => ComponentChildren
}) => {
  if (query.data === undefined) {
    if (query.state === "failed") return <Failed error={query.error} again={query.again} />
    return query.state === "idle" ? null : <Loading {...(what === undefined ? {} : { what })} />
  }
  return (
    <>
      {query.state === "failed" ? <Failed error={query.error} again={query.again} title="Not up to date" /> : null}
      {query.warnings.length === 0 ? null : <Diagnostics list={query.warnings} />}
      {children(query.data)}
    </>
  )
}
