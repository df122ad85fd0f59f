/** Plugins: what is installed and what it may do, what works together, and why something is not available. */
import { useMemo } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { setSearch, useSearch } from "../../router.ts"
import { Answer, Badge, type Column, Empty, Hash, Icon, Page, Panel, Table, Tabs, tableCsv } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import { SearchTable } from "../lists/SearchTable.tsx"
import { EntryPanel } from "./Entry.tsx"
import { MatrixView } from "./Matrix.tsx"
import { notListed } from "./model/firstParty.ts"
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
  shortId
} from "./model/plugins.ts"
import { HowToInstall, Installable } from "./NotInstalled.tsx"
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
    title: "Permissions",
    value: (row) => mayText(row.capabilities),
    show: (row) => <May capabilities={row.capabilities} />,
    width: 170
  },
  {
    key: "deterministic",
    title: "Deterministic",
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
    title: "Permissions",
    value: (row) => mayText(row.capabilities),
    show: (row) => <May capabilities={row.capabilities} />,
    width: 170
  },
  {
    key: "deterministic",
    title: "Deterministic",
    value: (row) => row.deterministic,
    show: (row) => <Alike deterministic={row.deterministic} />,
    width: 140
  }
]

const entryText = (entry: Entry): string => `${entry.qualified_id} ${entry.title} ${entry.kind}`

const Entries = ({ entries }: { readonly entries: ReadonlyArray<Entry> }) => {
  const [kind, setKind] = useSearch("kind")
  const kinds = [...new Set(entries.map((entry) => entry.kind))]
  const rows = useMemo(() => entries.filter((entry) => kind === "" || entry.kind === kind), [entries, kind])
  return (
    <SearchTable
      label="Entries of plugins"
      rows={rows}
      columns={entryColumns}
      rowKey={(row) => `${row.kind} ${row.qualified_id}`}
      onOpen={(row) => setSearch({ entry: row.qualified_id }, { push: true })}
      textOf={entryText}
      placeholder="Name, title or package"
      filters={
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
      }
    />
  )
}

const Schemes = () => {
  const query = useQuery<ReadonlyArray<Scheme>>("schemes", {})
  return (
    <Answer query={query} what="Encoding schemes">
      {(rows) => (
        <div class="stack">
          <Panel title="Not available">
            {rows.every(({ available }) => available) ? (
              <p class="muted">Every known scheme is available.</p>
            ) : (
              <ul class="unavailable">
                {rows
                  .filter(({ available }) => !available)
                  .map(({ scheme, because, entries }) => (
                    <li key={scheme}>
                      <strong>{scheme}</strong> <Badge tone="warn">registered, not available</Badge>
                      <p>{because}</p>
                      <p class="muted">Declared by {entries.map(shortId).join(", ")}</p>
                    </li>
                  ))}
              </ul>
            )}
          </Panel>
          <Panel title="Available">
            <Scroll label="Available schemes">
              <table class="plain">
                <caption class="visually-hidden">Available encoding schemes</caption>
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
        </div>
      )}
    </Answer>
  )
}

const bindingColumns: ReadonlyArray<Column<BindingRow>> = [
  { key: "direction", title: "Direction", value: (row) => (row.direction === "in" ? "into the brain" : "out of the brain"), width: 150 },
  { key: "subject", title: "Samples or answers", value: (row) => shortId(row.subject), width: 170 },
  { key: "io_type", title: "Value of FEAGI", value: (row) => row.io_type, width: 190 },
  { key: "entry", title: "Coder", value: (row) => shortId(row.entry), width: 160 },
  { key: "units", title: "Units", value: (row) => row.units.join(", "), width: 420 }
]

const coderText = (row: BindingRow): string => [row.subject, row.io_type, row.entry, ...row.units].join(" ")

const Coders = () => {
  const query = useQuery<Bindings>("bindings", {})
  return (
    <Answer query={query} what="Coders">
      {({ rows, unavailable }) => (
        <div class="stack">
          {unavailable.length === 0 ? null : (
            <Panel title="Not available">
              <ul class="unavailable">
                {unavailable.map((each) => (
                  <li key={`${each.direction} ${each.subject}`}>
                    <strong>{shortId(each.subject)}</strong> {each.direction === "in" ? "into" : "out of"} the brain
                    <p>{each.because}</p>
                    <p class="muted">Reported by {each.entry}</p>
                  </li>
                ))}
              </ul>
            </Panel>
          )}
          <SearchTable
            label="Coders by what they carry"
            rows={rows}
            columns={bindingColumns}
            rowKey={(row) => `${row.direction} ${row.subject} ${row.io_type} ${row.entry}`}
            textOf={coderText}
            placeholder="Coder, type or unit"
          />
        </div>
      )}
    </Answer>
  )
}

export default function PluginsPage() {
  const query = useQuery<Matrix>("axis.matrix", {})
  const [tab] = useSearch("tab", "packages")
  const [sort, setSort] = useSearch("sort")
  const [entry] = useSearch("entry")
  const packages = useMemo(() => packageRows(query.data?.entries ?? []), [query.data])
  const more = notListed(packages)
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
              { id: "matrix", title: "Capability matrix" },
              { id: "schemes", title: "Encoding schemes" },
              { id: "coders", title: "Coders" },
              { id: "more", title: "Not installed", badge: more.length }
            ]}
          >
            {tab === "entries" ? (
              <Entries entries={entries} />
            ) : tab === "matrix" ? (
              <MatrixView chains={chains} />
            ) : tab === "more" ? (
              more.length === 0 ? (
                <Empty title="Every package of the project is installed" icon="plug" />
              ) : (
                <div class="stack">
                  <HowToInstall />
                  <Installable packages={more} />
                </div>
              )
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
