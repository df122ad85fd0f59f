/**
 * What works together: kinds of answers in rows, kinds of samples in columns, and for every cell who reads, carries, answers and measures it,
 * or what is missing and why. Sharp edge: a sign and a word in every cell, the colour says nothing that they do not.
 */
import { setSearch, useSearch } from "../../router.ts"
import { Badge, Button, Icon, Panel } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import { type Chain, gridOf, type Reach, reachOf, shortId } from "./model/plugins.ts"
import { MoreOf } from "./NotInstalled.tsx"

const words: Readonly<
  Record<Reach, { readonly word: string; readonly icon: string; readonly tone: "good" | "warn" | "info" | "neutral" }>
> = {
  learnt: { word: "learnt", icon: "check", tone: "good" },
  measured: { word: "measured", icon: "warning", tone: "warn" },
  read: { word: "read only", icon: "info", tone: "info" },
  none: { word: "no adapter", icon: "cross", tone: "neutral" }
}

const kinds: ReadonlyArray<readonly [kind: string, title: string]> = [
  ["adapter", "Adapters: read it"],
  ["encoder", "Encoders: carry it into a brain"],
  ["decoder", "Decoders: carry it out of a brain"],
  ["learner", "Learners that are no brain"],
  ["reward", "Reward policies"],
  ["metric-pack", "Metric packs: measure it"],
  ["protocol", "Protocols"],
  ["task-template", "Task templates"]
]

const Why = ({ chain }: { readonly chain: Chain }) => (
  <Panel
    title={
      <>
        {shortId(chain.output_type)} of {chain.modality}
      </>
    }
  >
    <div class="stack">
      <p>
        {chain.learnt_by.length === 0 ? (
          <Badge tone="warn">no learner</Badge>
        ) : (
          <>
            Learnt by <strong>{chain.learnt_by.map(shortId).join(", ")}</strong>
          </>
        )}
      </p>
      {chain.missing.length === 0 ? null : (
        <>
          <h3>{chain.learnt_by.includes("brain") ? "Missing" : "What a brain lacks"}</h3>
          <ul class="unavailable">
            {chain.missing.map(({ kind, because, help }) => (
              <li key={kind}>
                <strong>{kind}</strong>
                <p>{because.length > 400 ? `${because.slice(0, 400)}…` : because}</p>
                <p>
                  <span class="muted">Way out:</span> {help}
                </p>
                <MoreOf kind={kind} what={`Entries of the kind ${kind}`} />
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>Compatible entries</h3>
      <dl class="key-value">
        {kinds.map(([kind, title]) => {
          const ids = chain.fits[kind] ?? []
          return (
            <div key={kind}>
              <dt>{title}</dt>
              <dd>
                {ids.length === 0 ? (
                  <span class="muted">none</span>
                ) : (
                  <span class="row plugin-ids">
                    {ids.map((id) => (
                      <button type="button" class="link" key={id} onClick={() => setSearch({ entry: id }, { push: true })}>
                        {shortId(id)}
                      </button>
                    ))}
                  </span>
                )}
              </dd>
            </div>
          )
        })}
      </dl>
    </div>
  </Panel>
)

/** Whether any installed adapter reads samples with such answers. */
const readAnywhere = (chains: ReadonlyArray<Chain>, output: string): boolean =>
  chains.some((chain) => chain.output_type === output && reachOf(chain) !== "none")

export const MatrixView = ({ chains }: { readonly chains: ReadonlyArray<Chain> }) => {
  const [cell, setCell] = useSearch("cell")
  const [all, setAll] = useSearch("all")
  const grid = gridOf(chains)
  const [modality, output] = cell.split("~")
  const read = grid.outputs.filter((name) => name === output || readAnywhere(chains, name))
  const outputs = all === "1" ? grid.outputs : read
  const chosen = grid.at(modality ?? "", output ?? "")
  return (
    <>
      <p class="muted">
        Which kinds of answers can be learnt from which kinds of samples, from the manifests of the installed plugins. Choose a cell to see
        the plugins that take part, or why something is missing. Whether one dataset fits is told on its own page.
      </p>
      <Scroll label="Samples and answers">
        <table class="plain axis-matrix">
          <caption class="visually-hidden">Which kinds of answers can be learnt from which kinds of samples</caption>
          <thead>
            <tr>
              <th scope="col">Answers \ samples</th>
              {grid.modalities.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {outputs.map((name) => (
              <tr key={name}>
                <th scope="row" title={name}>
                  {shortId(name)}
                </th>
                {grid.modalities.map((each) => {
                  const chain = grid.at(each, name)
                  if (chain === undefined) return <td key={each}>–</td>
                  const { word, icon, tone } = words[reachOf(chain)]
                  const key = `${each}~${name}`
                  return (
                    <td key={each} class={key === cell ? "chosen" : ""}>
                      <button
                        type="button"
                        class={`axis-cell tone-${tone}`}
                        aria-pressed={key === cell}
                        aria-label={`${shortId(name)} of ${each}: ${word}${chain.learnt_by.length === 0 ? "" : ` by ${chain.learnt_by.map(shortId).join(", ")}`}`}
                        onClick={() => setCell(key === cell ? null : key)}
                      >
                        <Icon name={icon} />
                        <span>{chain.learnt_by.length === 0 ? word : chain.learnt_by.map(shortId).join(", ")}</span>
                      </button>
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {read.length === grid.outputs.length ? null : (
        <p class="matrix-more">
          <Button tone="quiet" aria-pressed={all === "1"} onClick={() => setAll(all === "1" ? null : "1")}>
            {all === "1"
              ? "Hide what no adapter reads"
              : `Show ${grid.outputs.length - read.length} more kinds of answers, which no adapter reads`}
          </Button>
        </p>
      )}
      {chosen === undefined ? null : <Why chain={chosen} />}
    </>
  )
}
