/** Step 3: what the server says of the run file. What blocks stands first, each with the place where it is mended; advice stands behind. */
import { useState } from "preact/hooks"
import { type Diagnostic, useQuery } from "../../api.ts"
import { Answer, Badge, Button, Empty, Failed, Icon, KeyValue, Loading, Panel } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import { showLine } from "./RunFilePanel.tsx"
import { type StepId, stepOfField, stepTitles } from "./steps.ts"
import type { Wizard } from "./useWizard.ts"

export interface CompatibilityData {
  readonly dataset: string
  readonly entries: ReadonlyArray<{
    readonly kind: string
    readonly id: string
    readonly applies: "yes" | "no" | "unknown"
    readonly reasons: ReadonlyArray<string>
  }>
  readonly missing: ReadonlyArray<unknown>
  readonly complete: boolean
}

export const Compatibility = ({ wizard, goto }: { readonly wizard: Wizard; readonly goto: (step: StepId, field?: string) => void }) => {
  const { judgement, refused, draft } = wizard
  const blocks = [...(refused === undefined || !wizard.online ? [] : refused.diagnostics), ...judgement.blocks]
  return (
    <>
      <Panel title="Errors">
        {!wizard.online ? (
          <p class="muted">The server could not be asked.</p>
        ) : blocks.length > 0 ? (
          <ol class="wizard-blocks">
            {blocks.map((block, index) => (
              <Block key={`${block.code} ${index}`} block={block} goto={goto} />
            ))}
          </ol>
        ) : judgement.state === "waiting" || wizard.writing ? (
          <Loading what="The server is looking at the run file" />
        ) : judgement.state === "none" ? (
          <Empty title="There is no run file yet">
            <div class="row">
              {draft.template === "" ? <Button onClick={() => goto(1, "template")}>Choose a template</Button> : null}
              {wizard.dataset === "" ? <Button onClick={() => goto(2, "dataset")}>Choose a dataset</Button> : null}
            </div>
          </Empty>
        ) : (
          <p>
            <Badge tone="good">
              <Icon name="check" /> none
            </Badge>{" "}
            The run file is complete and compatible.
          </p>
        )}
        {blocks.length === 0 && wizard.plan.state === "failed" && wizard.online ? (
          <Failed error={wizard.plan.error} again={wizard.plan.again} />
        ) : null}
      </Panel>
      <Panel title="Warnings">
        {judgement.warnings.length === 0 ? (
          <p class="muted">None.</p>
        ) : (
          <ol class="wizard-blocks">
            {judgement.warnings.map((block, index) => (
              <Block key={`${block.code} ${index}`} block={block} goto={goto} />
            ))}
          </ol>
        )}
      </Panel>
      {judgement.state === "fits" && wizard.plan.data !== undefined ? <Resolved wizard={wizard} /> : null}
      {wizard.dataset === "" ? null : <Plugins dataset={wizard.dataset} />}
    </>
  )
}

const Block = ({ block, goto }: { readonly block: Diagnostic; readonly goto: (step: StepId, field?: string) => void }) => {
  const error = block.severity === "error"
  const step = stepOfField(block.field)
  return (
    <li class={error ? "wizard-block tone-bad" : "wizard-block tone-warn"}>
      <p>
        <Badge tone={error ? "bad" : "warn"}>
          <Icon name={error ? "cross" : "warning"} /> {error ? "error" : "warning"}
        </Badge>{" "}
        <code>{block.code}</code> {block.field === undefined ? null : <strong>{block.field}</strong>} {block.message}
      </p>
      {block.expected === undefined && block.actual === undefined ? null : (
        <p class="muted">
          {block.expected === undefined ? "" : `expected ${block.expected}`}
          {block.expected !== undefined && block.actual !== undefined ? ", " : ""}
          {block.actual === undefined ? "" : `got ${block.actual}`}
        </p>
      )}
      {block.help === undefined ? null : <p>{block.help}</p>}
      <div class="row">
        {block.field === undefined || step === 3 ? null : (
          <Button tone={error ? "primary" : "quiet"} icon="right" onClick={() => goto(step, block.field)}>
            Mend it in step {step}, {stepTitles[step]}
          </Button>
        )}
        {block.line === undefined ? null : (
          <Button tone="quiet" onClick={() => showLine(block.line ?? 1, block.column)}>
            Show line {block.line}
          </Button>
        )}
        {/plugin|install/i.test(`${block.message} ${block.help ?? ""}`) ? <a href="/plugins">See the plugins</a> : null}
      </div>
    </li>
  )
}

/** What the plan pinned: the first run's choices, and how the runs differ. */
const Resolved = ({ wizard }: { readonly wizard: Wizard }) => {
  const plan = wizard.plan.data
  const document = plan?.runs[0]?.document ?? {}
  const part = (name: string, key: string): unknown => {
    const value = document[name]
    return typeof value === "object" && value !== null && key in value ? (value as Readonly<Record<string, unknown>>)[key] : undefined
  }
  return (
    <Panel title="Planned runs">
      <KeyValue
        items={[
          ["Runs", plan?.runs.length],
          ["Group", <code>{plan?.group_id}</code>],
          ["Dataset", part("dataset", "dataset_version_id")],
          ["Samples", part("dataset", "sample_count")],
          [
            "Protocol",
            typeof document.protocol === "string"
              ? document.protocol
              : `${String(part("protocol", "id"))}@${String(part("protocol", "version"))}`
          ],
          ["Learner", part("learner", "kind")],
          ["Hash of the first run's document", <code class="wizard-hash">{plan?.runs[0]?.spec_sha256}</code>]
        ]}
      />
    </Panel>
  )
}

/** Which installed plugins fit the dataset, with the reasons. */
export const Plugins = ({ dataset }: { readonly dataset: string }) => {
  const [all, setAll] = useState(false)
  const compatibility = useQuery<CompatibilityData>("compatibility", { dataset })
  return (
    <details class="panel">
      <summary class="panel-head">
        <h2>Installed plugins and {dataset}</h2>
        {compatibility.data === undefined ? null : compatibility.data.complete ? (
          <Badge tone="good">
            <Icon name="check" /> everything a run needs
          </Badge>
        ) : (
          <Badge tone="bad">
            <Icon name="cross" /> something is missing
          </Badge>
        )}
      </summary>
      <div class="panel-body">
        <Answer query={compatibility}>
          {(data) => {
            const shown = data.entries.filter(({ applies }) => all || applies !== "no")
            return (
              <>
                {data.missing.length === 0 ? null : (
                  <ul>
                    {data.missing.map((each) => (
                      <li key={JSON.stringify(each)}>{typeof each === "string" ? each : JSON.stringify(each)}</li>
                    ))}
                  </ul>
                )}
                <label class="row wizard-check">
                  <input type="checkbox" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
                  also those that do not fit ({data.entries.filter(({ applies }) => applies === "no").length})
                </label>
                <Scroll label="Plugins">
                  <table class="plain">
                    <thead>
                      <tr>
                        <th scope="col">Kind</th>
                        <th scope="col">Plugin</th>
                        <th scope="col">Fits</th>
                        <th scope="col">Because</th>
                      </tr>
                    </thead>
                    <tbody>
                      {shown.map((entry) => (
                        <tr key={`${entry.kind} ${entry.id}`}>
                          <td>{entry.kind}</td>
                          <th scope="row">
                            <code>{entry.id.split("#").at(-1)}</code>
                          </th>
                          <td>
                            <Badge tone={entry.applies === "yes" ? "good" : entry.applies === "no" ? "bad" : "neutral"}>
                              {entry.applies === "yes" ? <Icon name="check" /> : entry.applies === "no" ? <Icon name="cross" /> : null}{" "}
                              {entry.applies === "unknown" ? "does not say" : entry.applies}
                            </Badge>
                          </td>
                          <td class="muted">{entry.reasons.join("; ")}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </Scroll>
              </>
            )
          }}
        </Answer>
      </div>
    </details>
  )
}
