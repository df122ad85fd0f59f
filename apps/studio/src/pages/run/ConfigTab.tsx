/** What a run was planned with: its document as a tree, and the run file that plans the same again. */
import { useMemo, useState } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { copy, save } from "../../files.ts"
import { inline } from "../../format.ts"
import { link, useSearch } from "../../router.ts"
import { Answer, Button, Hash, Loading, Panel } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import type { TabProps } from "./index.tsx"
import { holds, isBranch } from "./words.ts"

interface RunFile {
  readonly text: string
  readonly format: string
  readonly spec_sha256: string
}

const Branch = ({
  name,
  value,
  path,
  find,
  depth
}: {
  readonly name: string
  readonly value: unknown
  readonly path: string
  readonly find: string
  readonly depth: number
}) => {
  const matches = find !== "" && name.toLowerCase().includes(find)
  const [open, setOpen] = useState(depth < 1)
  if (!holds(name, value, find)) return null
  if (!isBranch(value))
    return (
      <div class="tree-leaf">
        <button type="button" class="tree-name" title={`${path} – copy the path`} onClick={() => copy(path, `Copied ${path}`)}>
          {name}
        </button>
        {typeof value === "string" && /^[0-9a-f]{64}$/.test(value) ? <Hash value={value} /> : <code>{inline(value)}</code>}
      </div>
    )
  const entries = Object.entries(value)
  const shown = open || find !== ""
  return (
    <details class="tree-branch" open={shown} onToggle={(event) => find === "" && setOpen(event.currentTarget.open)}>
      <summary>
        {name}{" "}
        <span class="muted">
          {Array.isArray(value)
            ? `${entries.length} ${entries.length === 1 ? "item" : "items"}`
            : `${entries.length} ${entries.length === 1 ? "field" : "fields"}`}
        </span>
      </summary>
      {shown
        ? entries
            .slice(0, 400)
            .map(([inner, each]) => (
              <Branch
                key={inner}
                name={inner}
                value={each}
                path={Array.isArray(value) ? `${path}[${inner}]` : path === "" ? inner : `${path}.${inner}`}
                find={matches ? "" : find}
                depth={depth + 1}
              />
            ))
        : null}
      {shown && entries.length > 400 ? <p class="muted">The first 400 of {entries.length}.</p> : null}
    </details>
  )
}

export default function ConfigTab({ run, document }: TabProps) {
  const [find, setFind] = useSearch("find")
  const file = useQuery<RunFile>("run.file", { run })
  const entries = useMemo(() => Object.entries(document ?? {}), [document])
  const wanted = find.trim().toLowerCase()
  return (
    <div class="run-halves">
      <Panel
        title="Run document"
        actions={
          <label>
            <span class="visually-hidden">Find a field</span>
            <input type="search" placeholder="find a field or value" value={find} onInput={(event) => setFind(event.currentTarget.value)} />
          </label>
        }
      >
        {document === undefined ? (
          <Loading what="Reading the document" />
        ) : (
          <div class="tree">
            {entries.map(([name, value]) => (
              <Branch key={name} name={name} value={value} path={name} find={wanted} depth={1} />
            ))}
            {entries.some(([name, value]) => holds(name, value, wanted)) ? null : (
              <p class="muted">Nothing in the document is called or says “{find}”.</p>
            )}
          </div>
        )}
      </Panel>
      <Panel
        title="Run file"
        actions={
          <>
            <a class="button" href={link("/new", {}, { from: run })}>
              Open in the wizard
            </a>
            {file.data === undefined ? null : (
              <>
                <Button tone="quiet" icon="copy" onClick={() => copy(file.data?.text ?? "", "Copied the run file")}>
                  Copy
                </Button>
                <Button
                  tone="quiet"
                  icon="download"
                  onClick={() => save(`${run}.run.${file.data?.format ?? "toml"}`, file.data?.text ?? "")}
                >
                  Save
                </Button>
              </>
            )}
          </>
        }
      >
        <p class="muted">Planned again, it gives the same document with the same hash.</p>
        <div class="row">
          <code class="run-command">ftr run start {run}.run.toml</code>
          <Button
            tone="quiet"
            icon="terminal"
            onClick={() => copy(`ftr run export-config ${run} > ${run}.run.toml && ftr run start ${run}.run.toml`, "Copied the command")}
          >
            Copy command
          </Button>
        </div>
        <Answer query={file} what="Writing the run file">
          {(data) => (
            <div class="run-config">
              <Scroll label="Run file">
                <pre class="run-config-text">{data.text}</pre>
              </Scroll>
            </div>
          )}
        </Answer>
      </Panel>
    </div>
  )
}
