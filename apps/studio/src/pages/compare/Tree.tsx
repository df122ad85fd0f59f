/** Documents as a tree: what differs is open and has the value of every run, what is the same has one value and is closed. */
import { Hash } from "../../ui/index.ts"
import { placeOf, upper } from "./model/letters.ts"
import { type TreeNode, valueText } from "./model/tree.ts"
import "./tree.css"

/** The value of a run, a hash by its head, and in words where the run has no such field. */
export const Value = ({ value }: { readonly value: unknown }) => {
  const text = valueText(value)
  if (text === undefined) return <span class="muted">none</span>
  if (/^[0-9a-f]{64}$/.test(text)) return <Hash value={text} />
  return <code class="field-value">{text}</code>
}

const Values = ({ node, labels }: { readonly node: TreeNode; readonly labels: ReadonlyArray<string> }) =>
  node.differs ? (
    <span class="compare-tree-values">
      {labels.map((label, at) => (
        <span key={label} class="compare-tree-value">
          <span class={`run-letter small letter-${placeOf(label)}`}>{upper(label)}</span>
          <Value value={node.values?.[at]} />
        </span>
      ))}
    </span>
  ) : (
    <span class="compare-tree-values">
      <Value value={node.values?.[0]} />
    </span>
  )

const Branch = ({ node, labels, depth }: { readonly node: TreeNode; readonly labels: ReadonlyArray<string>; readonly depth: number }) => {
  const row = (
    <div class={`compare-tree-leaf${node.differs ? " differs" : ""}`}>
      <span class="compare-tree-key">{node.children.length === 0 ? node.key : "as a whole"}</span>
      <Values node={node} labels={labels} />
    </div>
  )
  if (node.children.length === 0) return <li>{row}</li>
  return (
    <li>
      <details class="compare-tree-branch" open={node.differs || depth < 1}>
        <summary>
          {node.key}
          <span class="muted">{node.count === 0 ? " same" : node.count === 1 ? " 1 differs" : ` ${node.count} differ`}</span>
        </summary>
        <ul>
          {node.values === undefined ? null : <li>{row}</li>}
          {node.children.map((child) => (
            <Branch key={child.field} node={child} labels={labels} depth={depth + 1} />
          ))}
        </ul>
      </details>
    </li>
  )
}

export const Tree = ({
  node,
  labels,
  empty
}: {
  readonly node: TreeNode
  readonly labels: ReadonlyArray<string>
  readonly empty: string
}) =>
  node.children.length === 0 ? (
    <p class="muted">{empty}</p>
  ) : (
    <ul class="compare-tree">
      {node.children.map((child) => (
        <Branch key={child.field} node={child} labels={labels} depth={0} />
      ))}
    </ul>
  )
