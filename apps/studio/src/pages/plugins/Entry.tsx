/** One entry of a plugin: where it comes from, what it may do, what it provides and needs, and its options. */
import { useQuery } from "../../api.ts"
import { inline } from "../../format.ts"
import { Answer, Badge, Dialog, Hash, KeyValue } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import { treeOf } from "../compare/model/tree.ts"
import { Tree } from "../compare/Tree.tsx"
import { shortId } from "./model/plugins.ts"

interface PluginEntry {
  readonly id: string
  readonly kind: string
  readonly title: string
  readonly qualified_id: string
  readonly package: string
  readonly version: string
  readonly source: string
  readonly deterministic: boolean
  readonly files_sha256: string
  readonly manifest: {
    readonly spec: number
    readonly provides: Readonly<Record<string, unknown>>
    readonly requires: Readonly<Record<string, unknown>>
    readonly capabilities: { readonly fs: boolean; readonly net: boolean; readonly child_process: boolean }
    readonly options_schema: {
      readonly required?: ReadonlyArray<string>
      readonly properties?: Readonly<
        Record<string, { readonly description?: string; readonly type?: string; readonly enum?: ReadonlyArray<unknown> }>
      >
    }
  }
}

const formOf = ({ type, enum: among }: { readonly type?: string; readonly enum?: ReadonlyArray<unknown> }): string =>
  among === undefined ? (type ?? "any") : among.map((each) => inline(each)).join(" | ")

const Options = ({ entry }: { readonly entry: PluginEntry }) => {
  const { properties = {}, required = [] } = entry.manifest.options_schema
  const options = Object.entries(properties)
  if (options.length === 0) return <p class="muted">It has no options.</p>
  return (
    <Scroll label="Options">
      <table class="plain">
        <caption class="visually-hidden">Options of {entry.id}</caption>
        <thead>
          <tr>
            <th scope="col">Option</th>
            <th scope="col">Form</th>
            <th scope="col">What it does</th>
          </tr>
        </thead>
        <tbody>
          {options.map(([name, schema]) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code> {required.includes(name) ? <Badge tone="info">needed</Badge> : null}
              </th>
              <td class="brain-value">{formOf(schema)}</td>
              <td>{schema.description ?? ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

const Facts = ({ title, facts }: { readonly title: string; readonly facts: Readonly<Record<string, unknown>> }) => {
  return Object.keys(facts).length === 0 ? null : (
    <>
      <h3>{title}</h3>
      <Tree node={treeOf([facts])} labels={["a"]} empty="" />
    </>
  )
}

export const EntryPanel = ({ id, onClose }: { readonly id: string; readonly onClose: () => void }) => {
  // Ids are unique per kind and not over packages: of all that have it, the one that is meant is shown.
  const query = useQuery<ReadonlyArray<PluginEntry>>("plugin.show", { plugin: shortId(id) })
  return (
    <Dialog open onClose={onClose} title={shortId(id)} wide>
      <Answer query={query} what="Entry">
        {(entries) => (
          <>
            {entries
              .filter((entry) => !id.includes("#") || entry.qualified_id === id)
              .map((entry) => (
                <article key={`${entry.kind} ${entry.qualified_id}`} class="stack">
                  <p>{entry.title}</p>
                  <KeyValue
                    items={[
                      ["Kind", `${entry.kind}, spec ${entry.manifest.spec}`],
                      ["Package", `${entry.package} ${entry.version} (${entry.source})`],
                      ["Files", <Hash key="files" value={entry.files_sha256} />],
                      ["Same every time", entry.deterministic],
                      ["May read and write files", entry.manifest.capabilities.fs],
                      ["May use the network", entry.manifest.capabilities.net],
                      ["May start processes", entry.manifest.capabilities.child_process]
                    ]}
                  />
                  <Facts title="Provides" facts={entry.manifest.provides} />
                  <Facts title="Needs" facts={entry.manifest.requires} />
                  <h3>Options</h3>
                  <Options entry={entry} />
                </article>
              ))}
          </>
        )}
      </Answer>
    </Dialog>
  )
}
