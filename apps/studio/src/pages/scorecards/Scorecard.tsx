/** One scorecard: its values with intervals, who verified it or says to read another, what it pins. */
import { useState } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { save } from "../../files.ts"
import { number } from "../../format.ts"
import type { PageProps } from "../../pages.ts"
import { link, useSearch } from "../../router.ts"
import { Answer, Button, CopyButton, Failed, Hash, KeyValue, Menu, Page, Panel, Stat, tableCsv } from "../../ui/index.ts"
import { treeOf } from "../compare/model/tree.ts"
import { Tree } from "../compare/Tree.tsx"
import { Marks } from "./index.tsx"
import { type Card, usualMetric, valueRows } from "./model/cards.ts"
import { Supersede } from "./Supersede.tsx"
import { columnsOf, Values } from "./Values.tsx"
import { Signature, Verify } from "./Verify.tsx"
import "./scorecards.css"

const CardLink = ({ id }: { readonly id: string }) => <a href={link("/scorecards/:id", { id })}>{id}</a>

/** The number that people look for, with what it was measured on. */
const Headline = ({ card }: { readonly card: Card }) => {
  const metric = usualMetric(Object.keys(card.metrics))
  const interval = card.intervals?.[metric]
  return (
    <div class="stats">
      {metric === "" ? null : (
        <Stat
          label={metric}
          value={number(card.metrics[metric])}
          hint={
            interval === undefined
              ? ""
              : "insufficient" in interval
                ? `no interval: ${interval.insufficient}`
                : `95 % interval ${number(interval.low)} … ${number(interval.high)}`
          }
        />
      )}
      <Stat label="Phase" value={card.phase} />
      <Stat label="Learner" value={typeof card.x_feagi_trainer?.learner === "string" ? card.x_feagi_trainer.learner : "–"} />
    </div>
  )
}

const Standing = ({ card }: { readonly card: Card }) => {
  const { verifies, verified_by, supersedes } = card.links
  return (
    <Panel title="Status">
      {card.status !== "self_reported" ? null : (
        <p>
          <strong>Self-reported:</strong> computed by the store that executed the run
          {verified_by.length > 0 ? "." : ". No replay in another store has verified it yet."}
        </p>
      )}
      {verifies === null ? null : (
        <p>
          <strong>Verified:</strong> the run of <CardLink id={verifies} /> was replayed in another store, with equal results.
        </p>
      )}
      {verified_by.map((id) => (
        <p key={id}>
          Verified by <CardLink id={id} />
        </p>
      ))}
      {supersedes.map((id) => (
        <p key={id}>
          Supersedes <CardLink id={id} />
        </p>
      ))}
    </Panel>
  )
}

const Pins = ({ card }: { readonly card: Card }) => {
  const own = card.x_feagi_trainer ?? {}
  const recorded = { backend_fingerprint: card.backend_fingerprint, ...own }
  return (
    <Panel title="Provenance">
      <KeyValue
        items={[
          [
            "Run",
            <a key="run" href={link("/runs/:run", { run: card.run_id })}>
              {card.run_id}
            </a>
          ],
          ["Hash of the body", <Hash key="body" value={card.body_sha256} />],
          ["Dataset", `${card.dataset_asset_id}, version ${card.dataset_version}`],
          ["Dataset content", <Hash key="content" value={card.dataset_content_hash} />],
          ["Split", card.split_id],
          ["Protocol", card.evaluation_protocol_version],
          ["Metric pack", `${card.metric_pack.id} ${card.metric_pack.version}`],
          ["Genome", <Hash key="genome" value={card.genome_version_id} />],
          ["Learned state", <Hash key="learnt" value={card.connectome_hash} />],
          ["Run document", <Hash key="spec" value={typeof own.spec_sha256 === "string" ? own.spec_sha256 : null} />],
          ["Predictions", <Hash key="predictions" value={typeof own.predictions_sha256 === "string" ? own.predictions_sha256 : null} />]
        ]}
      />
      <details>
        <summary>Everything as recorded: encoding, reward, controls, engine</summary>
        <Tree node={treeOf([recorded])} labels={["a"]} empty="" />
      </details>
    </Panel>
  )
}

export default function ScorecardPage({ params }: PageProps) {
  const id = params.id ?? ""
  const query = useQuery<Card>("scorecard.show", { scorecard: id, intervals: true })
  const [against] = useSearch("baseline")
  const baseline = useQuery<Card>("scorecard.show", against === "" ? null : { scorecard: against })
  const [superseding, setSuperseding] = useState(false)
  const card = query.data
  return (
    <Page
      title={card?.scorecard_id ?? id}
      crumbs={[{ label: "Scorecards", href: "/scorecards" }]}
      beside={
        card === undefined ? null : (
          <>
            <Marks
              card={{ status: card.status, marks: [], verified_by: card.links.verified_by, superseded_by: card.links.superseded_by }}
            />
            <a href={link("/runs/:run", { run: card.run_id })}>{card.run_id}</a>
          </>
        )
      }
      command={query.command}
      files={{
        name: `scorecard-${id}`,
        ...(card === undefined
          ? {}
          : { json: card, csv: () => tableCsv(columnsOf(baseline.data, true, true), valueRows(card, baseline.data, true)) })
      }}
      actions={
        card === undefined ? null : (
          <>
            <Menu label="Export" icon="download">
              <Button
                tone="quiet"
                onClick={() => {
                  const { run_id: _run, phase: _phase, body_sha256: _body, links: _links, intervals: _intervals, ...document } = card
                  save(
                    `${card.scorecard_id}.json`,
                    `${JSON.stringify(document, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value), 2)}\n`,
                    "application/json"
                  )
                }}
              >
                The document alone
              </Button>
              <CopyButton
                text={`ftr scorecard export ${card.scorecard_id} --out FOLDER`}
                label="Copy the export command"
                what="Copied the command"
              />
            </Menu>
            <Button onClick={() => setSuperseding(true)}>Supersede</Button>
          </>
        )
      }
    >
      <Answer query={query} what="Scorecard">
        {(data) => (
          <div class="stack card-page">
            {baseline.error === undefined ? null : <Failed error={baseline.error} again={baseline.again} />}
            {data.links.superseded_by.map(({ scorecard_id, reason }) => (
              <p key={scorecard_id} class="card-banner tone-bad" role="note">
                <strong>Superseded.</strong> Read <CardLink id={scorecard_id} /> instead: {reason}
              </p>
            ))}
            <Headline card={data} />
            <Values card={data} baseline={baseline.data} chosen={against} />
            <div class="columns">
              <Verify id={data.scorecard_id} />
              <div class="stack">
                <Standing card={data} />
                <Signature id={data.scorecard_id} />
              </div>
            </div>
            <Pins card={data} />
            <Supersede id={data.scorecard_id} open={superseding} onClose={() => setSuperseding(false)} />
          </div>
        )}
      </Answer>
    </Page>
  )
}
