/** Plugins: what is installed and what it may do, what works together, and why something cannot be had. */
import { useMemo } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { setSearch, useSearch } from "../../router.ts"
import { Answer, Badge, type Column, Empty, Hash, Icon, Page, Panel, Table, Tabs, tableCsv } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import { EntryPanel } from "./Entry.tsx"
import { MatrixView } from "./Matrix.tsx"
import {
  type BindingRow,
  type Bindings,
  type Capabilities,
  type Entry,
  type Matrix,
  mayText,
  type PackageRow,
  packageRows,
  type Scheme,
  searched,
  shortId,
  subjectText
} from "./model/plugins.ts"
import "./plugins.css"

export const May = ({ capabilities }: { readonly capabilities: Capabilities }) => {
  const none = !capabilities.fs && !capabilities.net && !capabilities.child_process
  return none ? (
    <span class="muted">computes only</span>
  ) : (
    <span class="row plugin-may">
      {capabilities.fs ? <Badge tone="info">files</Badge> : null}
      {capabilities.net ? <Badge tone="warn">network</Badge> : null}
      {capabilities.child_process ? <Badge tone="bad">processes</Badge> : null}
    </span>
  )
}

const Alike = ({ deterministic }: { readonly deterministic: boolean }) =>
  deterministic ? (
    <span class="nowrap">
      <Icon name="check" /> yes
    </span>
  ) : (
    <Badge tone="warn">no</Badge>
  )

const packageColumns: ReadonlyArray<Column<PackageRow>> = [
  { key: "name", title: "Package", value: (row) => row.name, width: 300, pinned: true },
  { key: "version", title: "Version", value: (row) => row.version, width: 90 },
  { key: "kinds", title: "Offers", value: (row) => row.kinds, width: 260 },
  {
    key: "may",
    title: "May use",
    value: (row) => mayText(row.capabilities),
    show: (row) => <May capabilities={row.capabilities} />,
    width: 170
  },
  {
    key: "deterministic",
    title: "Same every time",
    value: (row) => row.deterministic,
    show: (row) => <Alike deterministic={row.deterministic} />,
    width: 140
  },
  {
    key: "files_sha256",
    title: "Integrity",
    hint: "SHA-256 over the files of the package",
    value: (row) => row.files_sha256,
    show: (row) => <Hash value={row.files_sha256} />,
    width: 140
  },
  { key: "source", title: "From", value: (row) => row.source, width: 90 }
]

const entryColumns: ReadonlyArray<Column<Entry>> = [
  { key: "id", title: "Entry", value: (row) => row.id, width: 220, pinned: true },
  { key: "kind", title: "Kind", value: (row) => row.kind, width: 130 },
  { key: "title", title: "What it is", value: (row) => row.title, width: 420 },
  { key: "package", title: "Package", value: (row) => `${row.package} ${row.version}`, width: 300 },
  {
    key: "may",
    title: "May use",
    value: (row) => mayText(row.capabilities),
    show: (row) => <May capabilities={row.capabilities} />,
    width: 170
  },
  {
    key: "deterministic",
    title: "Same every time",
    value: (row) => row.deterministic,
    show: (row) => <Alike deterministic={row.deterministic} />,
    width: 140
  }
]

const Entries = ({ entries }: { readonly entries: ReadonlyArray<Entry> }) => {
  const [text, setText] = useSearch("q")
  const [kind, setKind] = useSearch("kind")
  const [sort, setSort] = useSearch("sort")
  const kinds = [...new Set(entries.map((entry) => entry.kind))]
  const rows = useMemo(() => searched(entries, text, kind), [entries, text, kind])
  return (
    <>
      <div class="row plugin-filter">
        <input
          type="search"
          aria-label="Search entries"
          placeholder="Search entries"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <label class="row">
          Kind
          <select value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
            <option value="">all</option>
            {kinds.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
        <span class="muted">
          {rows.length} of {entries.length}
        </span>
      </div>
      <Table
        label="Entries of plugins"
        rows={rows}
        columns={entryColumns}
        rowKey={(row) => `${row.kind} ${row.qualified_id}`}
        onOpen={(row) => setSearch({ entry: row.qualified_id }, { push: true })}
        sort={sort}
        onSort={setSort}
        empty={<Empty title="No entry fits" />}
      />
    </>
  )
}

const Schemes = () => {
  const query = useQuery<ReadonlyArray<Scheme>>("schemes", {})
  return (
    <Answer query={query} what="Encoding schemes">
      {(rows) => (
        <>
          <Panel title="Cannot be had">
            {rows.every(({ available }) => available) ? (
              <p class="muted">Every scheme that is known can be had.</p>
            ) : (
              <ul class="unavailable">
                {rows
                  .filter(({ available }) => !available)
                  .map(({ scheme, because, entries }) => (
                    <li key={scheme}>
                      <strong>{scheme}</strong> <Badge tone="warn">registered, not available</Badge>
                      <p>{because}</p>
                      <p class="muted">Known to {entries.map(shortId).join(", ")}</p>
                    </li>
                  ))}
              </ul>
            )}
          </Panel>
          <Panel title="Can be had">
            <Scroll label="Schemes that can be had">
              <table class="plain">
                <caption class="visually-hidden">Encoding schemes that can be had</caption>
                <thead>
                  <tr>
                    <th scope="col">Scheme</th>
                    <th scope="col">Version</th>
                    <th scope="col">Encoders</th>
                  </tr>
                </thead>
                <tbody>
                  {rows
                    .filter(({ available }) => available)
                    .map(({ scheme, version, entries }) => (
                      <tr key={`${scheme} ${version}`}>
                        <th scope="row">{scheme}</th>
                        <td>{version}</td>
                        <td>{entries.map(shortId).join(", ")}</td>
                      </tr>
                    ))}
                </tbody>
              </table>
            </Scroll>
          </Panel>
        </>
      )}
    </Answer>
  )
}

const bindingColumns: ReadonlyArray<Column<BindingRow>> = [
  { key: "direction", title: "Direction", value: (row) => (row.direction === "in" ? "into the brain" : "out of the brain"), width: 150 },
  { key: "subject", title: "Samples or answers", value: (row) => subjectText(row.subject), width: 170 },
  { key: "io_type", title: "Value of FEAGI", value: (row) => row.io_type, width: 190 },
  { key: "entry", title: "Coder", value: (row) => shortId(row.entry), width: 160 },
  { key: "units", title: "Units", value: (row) => row.units.join(", "), width: 420 }
]

const Coders = () => {
  const query = useQuery<Bindings>("bindings", {})
  const [text, setText] = useSearch("q")
  const [sort, setSort] = useSearch("sort")
  return (
    <Answer query={query} what="Coders">
      {({ rows, unavailable }) => {
        const wanted = text.toLowerCase()
        const shown = rows.filter((row) =>
          [row.subject, row.io_type, row.entry, ...row.units].some((part) => part.toLowerCase().includes(wanted))
        )
        return (
          <>
            {unavailable.length === 0 ? null : (
              <Panel title="Cannot be had">
                <ul class="unavailable">
                  {unavailable.map((each) => (
                    <li key={`${each.direction} ${each.subject}`}>
                      <strong>{subjectText(each.subject)}</strong> {each.direction === "in" ? "into" : "out of"} the brain
                      <p>{each.because}</p>
                      <p class="muted">Said by {each.entry}</p>
                    </li>
                  ))}
                </ul>
              </Panel>
            )}
            <div class="row plugin-filter">
              <input
                type="search"
                aria-label="Search coders"
                placeholder="Search coders and units"
                value={text}
                onInput={(event) => setText(event.currentTarget.value)}
              />
              <span class="muted">
                {shown.length} of {rows.length}
              </span>
            </div>
            <Table
              label="Coders by what they carry"
              rows={shown}
              columns={bindingColumns}
              rowKey={(row) => `${row.direction} ${row.subject} ${row.io_type} ${row.entry}`}
              sort={sort}
              onSort={setSort}
              empty={<Empty title="No coder fits" />}
            />
          </>
        )
      }}
    </Answer>
  )
}

export default function PluginsPage() {
  const query = useQuery<Matrix>("axis.matrix", {})
  const [tab] = useSearch("tab", "packages")
  const [sort, setSort] = useSearch("sort")
  const [entry] = useSearch("entry")
  const packages = useMemo(() => packageRows(query.data?.entries ?? []), [query.data])
  return (
    <Page
      title="Plugins"
      command={query.command}
      files={{
        name: "plugins",
        ...(query.data === undefined ? {} : { json: query.data, csv: () => tableCsv(entryColumns, query.data?.entries ?? []) })
      }}
    >
      <Answer query={query} what="Plugins">
        {({ entries, chains }) => (
          <Tabs
            label="Views of the plugins"
            value={tab}
            onChange={(next) =>
              setSearch(
                { tab: next === "packages" ? null : next, sort: null, q: null, kind: null, entry: null, cell: null },
                { push: true }
              )
            }
            tabs={[
              { id: "packages", title: "Packages", badge: packages.length },
              { id: "entries", title: "Entries", badge: entries.length },
              { id: "matrix", title: "What works together" },
              { id: "schemes", title: "Encoding schemes" },
              { id: "coders", title: "Coders" }
            ]}
          >
            {tab === "entries" ? (
              <Entries entries={entries} />
            ) : tab === "matrix" ? (
              <MatrixView chains={chains} />
            ) : tab === "schemes" ? (
              <Schemes />
            ) : tab === "coders" ? (
              <Coders />
            ) : (
              <Table
                label="Installed packages"
                rows={packages}
                columns={packageColumns}
                rowKey={(row) => row.name}
                sort={sort}
                onSort={setSort}
                onOpen={(row) => setSearch({ tab: "entries", q: row.name, sort: null }, { push: true })}
                empty={
                  <Empty title="No plugin is listed" icon="plug">
                    <p>
                      Name packages under <code>plugins</code> in <code>feagi-trainer.toml</code>; nothing is loaded that is not listed
                      there.
                    </p>
                  </Empty>
                }
              />
            )}
          </Tabs>
        )}
      </Answer>
      {entry === "" ? null : <EntryPanel id={entry} onClose={() => setSearch({ entry: null })} />}
    </Page>
  )
}
