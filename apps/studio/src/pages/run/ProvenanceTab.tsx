/** Where a result comes from: data, split, genome and connectome, plugins and engine, scorecards; each by the hash that pins it. */
import { useQuery } from "../../api.ts"
import { number } from "../../format.ts"
import { link } from "../../router.ts"
import { Badge, Diagnostics, Hash, KeyValue, Loading, Panel } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import type { TabProps } from "./index.tsx"
import { isReplayable, type PhaseShown } from "./model.ts"
import { Replay } from "./Replay.tsx"
import { drift } from "./words.ts"

interface CardRow {
  readonly scorecard_id: string
  readonly marks?: ReadonlyArray<string>
  readonly badge?: string
  readonly verified?: boolean
}

const learntOf = (phase: PhaseShown): string | null => phase.connectome_hash ?? phase.weights_sha256 ?? null

const names = (value: unknown): ReadonlyArray<readonly [string, unknown]> =>
  typeof value === "object" && value !== null ? Object.entries(value) : []

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value))

export default function ProvenanceTab({ run, shown, document }: TabProps) {
  const cards = useQuery<ReadonlyArray<CardRow>>("scorecard.ls", {})
  if (document === undefined || shown === undefined) return <Loading what="Reading the record" />
  const { dataset, split, learner, brain } = document
  const state = learner.kind === "brain" ? "connectome" : "weights"
  const phases = document.protocol.phases.map(({ name, learns }) => ({
    name,
    learns,
    met: shown.phases.find((each) => each.phase === name)
  }))
  const engine = names(learner.wire.engine).map(
    ([name, value]) => [name, typeof value === "string" && value.length > 40 ? <Hash key={name} value={value} /> : asText(value)] as const
  )
  const preconditions = (Array.isArray(learner.wire.preconditions) ? learner.wire.preconditions : []) as ReadonlyArray<{
    readonly name: string
    readonly status: string
    readonly detail: string
  }>
  return (
    <div class="provenance">
      <Panel title="Identity">
        <KeyValue
          items={[
            ["spec_sha256", <Hash key="spec" value={shown.spec_sha256} />],
            ["predictions_sha256", <Hash key="predictions" value={shown.predictions_sha256} />],
            ["seed", String(document.seed)],
            ["protocol", `${document.protocol.id}@${document.protocol.version}`],
            [
              "controls",
              document.controls.silent_reward || document.controls.shuffled_labels
                ? [document.controls.silent_reward ? "silent reward" : "", document.controls.shuffled_labels ? "shuffled labels" : ""]
                    .filter((each) => each !== "")
                    .join(", ")
                : "none"
            ]
          ]}
        />
        <details>
          <summary>Definition of the metrics</summary>
          <ul class="signature">
            {document.metrics.signature.split("|").map((part) => (
              <li key={part}>{part}</li>
            ))}
          </ul>
        </details>
        {isReplayable(shown.status) ? <Replay run={run} /> : null}
      </Panel>
      <Panel title="Data">
        <KeyValue
          items={[
            [
              "dataset",
              <a key="dataset" href={link("/datasets/:ref", { ref: dataset.dataset_version_id })}>
                {dataset.dataset_version_id}
              </a>
            ],
            ["content_hash", <Hash key="content" value={dataset.content_hash} />],
            ["schema", <Hash key="schema" value={dataset.schema_fingerprint} />],
            ["samples", number(dataset.sample_count)],
            ["split", `${split.method}, seed ${split.seed}`]
          ]}
        />
        <Scroll label="Parts of the split">
          <table class="plain">
            <caption class="visually-hidden">Parts of the split</caption>
            <thead>
              <tr>
                <th scope="col">part</th>
                <th scope="col" class="right">
                  samples
                </th>
                <th scope="col">split_hash</th>
              </tr>
            </thead>
            <tbody>
              {split.parts.map((part) => (
                <tr key={part.name}>
                  <td>{part.name}</td>
                  <td class="right">{number(part.count)}</td>
                  <td>
                    <Hash value={part.split_hash} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </Panel>
      <Panel title={learner.kind === "brain" ? "Genome and connectome" : "Weights"}>
        <KeyValue
          items={[
            brain === null ? null : ["genome_sha256", <Hash key="genome" value={brain.genome_sha256} />],
            brain?.canonical_sha256 === undefined ? null : ["genome, canonical", <Hash key="canonical" value={brain.canonical_sha256} />],
            [`${state} at the start`, <Hash key="initial" value={learner.initial_hash} />],
            [`${state} at the end`, <Hash key="end" value={shown.connectome_hash ?? shown.weights_sha256 ?? null} />]
          ]}
        />
        <Scroll label={`The ${state} by phase`}>
          <table class="plain">
            <caption class="visually-hidden">The {state} at the start and the end of every phase</caption>
            <thead>
              <tr>
                <th scope="col">phase</th>
                <th scope="col">start</th>
                <th scope="col">end</th>
                <th scope="col">drift</th>
              </tr>
            </thead>
            <tbody>
              {phases.map(({ name, learns, met }, index) => {
                const before =
                  index === 0
                    ? learner.initial_hash
                    : (phases
                        .slice(0, index)
                        .flatMap((each) => (each.met === undefined ? [] : [learntOf(each.met)]))
                        .at(-1) ?? null)
                const after = met === undefined ? null : learntOf(met)
                const badge = drift(before, after, learns)
                return (
                  <tr key={name}>
                    <td>{name}</td>
                    <td>
                      <Hash value={before} />
                    </td>
                    <td>
                      <Hash value={after} />
                    </td>
                    <td>
                      <Badge tone={badge.tone}>{badge.text}</Badge>
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </Scroll>
      </Panel>
      <Panel title="Scorecards">
        {shown.phases.every(({ scorecard_id }) => scorecard_id === null) ? (
          <p class="muted">No phase is scored yet.</p>
        ) : (
          <ul class="plain-list">
            {shown.phases.flatMap((phase) => {
              if (phase.scorecard_id === null) return []
              const card = cards.data?.find((each) => each.scorecard_id === phase.scorecard_id)
              return [
                <li key={phase.scorecard_id} class="row">
                  <span>{phase.phase}</span>
                  <a href={link("/scorecards/:id", { id: phase.scorecard_id })}>{phase.scorecard_id}</a>
                  {card === undefined ? null : (card.marks ?? []).length === 0 ? (
                    <Badge>self-reported</Badge>
                  ) : (
                    (card.marks ?? []).map((mark) => <Badge key={mark}>{mark}</Badge>)
                  )}
                  <Hash value={phase.scorecard_body_sha256} />
                </li>
              ]
            })}
          </ul>
        )}
        {cards.error === undefined ? null : <Diagnostics list={cards.error.diagnostics} />}
      </Panel>
      <Panel title="Plugins">
        <KeyValue items={Object.entries(document.packages).map(([name, sha256]) => [name, <Hash key={name} value={sha256} />] as const)} />
      </Panel>
      {engine.length === 0 ? null : (
        <Panel title="Engine">
          <KeyValue items={[["core_version", asText(learner.wire.core_version ?? "–")], ...engine]} />
        </Panel>
      )}
      {preconditions.length === 0 ? null : (
        <Panel title="Preconditions of determinism">
          <ul class="plain-list">
            {preconditions.map(({ name, status, detail }) => (
              <li key={name}>
                <Badge tone={status === "verified" ? "good" : status === "asserted" ? "neutral" : "warn"}>{status}</Badge>{" "}
                <strong>{name}</strong>
                <p class="muted">{detail}</p>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </div>
  )
}
