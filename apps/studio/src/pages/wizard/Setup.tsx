/** Step 1: what is to be learnt and by what. Templates that cannot be used can be looked at, with the reason; they cannot be chosen. */
import { useId, useState } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { Answer, Badge, Empty, Icon, KeyValue, Panel } from "../../ui/index.ts"
import { MoreOf } from "../plugins/NotInstalled.tsx"
import { FieldControl, TextControl } from "./Controls.tsx"
import { seedCount, seedsLiteral, withTemplate } from "./draft.ts"
import { literalOf, withValueAt } from "./readFields.ts"
import type { TemplateRow, Wizard } from "./useWizard.ts"

interface Protocol {
  readonly id: string
  readonly version: number
  readonly phases: ReadonlyArray<{ readonly name: string; readonly split: string; readonly learns: boolean; readonly scored: boolean }>
}
interface PluginRow {
  readonly id: string
  readonly kind: string
  readonly title: string
}

const keyOf = (row: TemplateRow): string => `${row.learner} ${row.template}`
const families: Readonly<Record<string, string>> = {
  tabular: "Tables",
  image: "Pictures",
  text: "Texts",
  time_series: "Time series",
  episode: "Episodes"
}

export const Setup = ({ wizard }: { readonly wizard: Wizard }) => {
  const { draft, template } = wizard
  const [looked, setLooked] = useState("")
  const [learner, setLearner] = useState("")
  const protocols = useQuery<ReadonlyArray<Protocol>>("protocol.ls", {})
  const plugins = useQuery<ReadonlyArray<PluginRow>>("plugin.ls", {})
  const group = useId()
  const seeds = seedCount(draft.seed)
  const choose = (row: TemplateRow) => {
    setLooked(keyOf(row))
    if (!row.available || row.applies === "no") return
    // The verb takes a template of the brain without naming the learner; of others the family is named.
    wizard.change({
      what: `the template ${row.template}`,
      draft: (before) => withTemplate(before, row.template, row.learner === "brain" ? "" : row.learner),
      text: null
    })
  }
  const samplers = (plugins.data ?? [])
    .filter(({ kind }) => kind === "sampler")
    .map(({ id, title }) => ({ value: id, label: `${id} – ${title}` }))
  const protocol = String(wizard.fields.at("protocol")?.value ?? "")
  const shownProtocol = protocols.data?.find(({ id, version }) => `${id}@${version}` === protocol)
  return (
    <>
      <Panel title="Task template">
        <Answer query={wizard.templates} what="Asking for templates">
          {(rows) => {
            const learners = [...new Set(rows.map((row) => row.learner))]
            const shown = rows.filter((row) => learner === "" || row.learner === learner)
            const modalities = [...new Set(shown.map((row) => row.modalities[0] ?? "other"))]
            const detail = rows.find((row) => keyOf(row) === looked) ?? template
            if (rows.length === 0)
              return (
                <Empty title="No template is installed">
                  <p>
                    Templates come with plugins, which the project file lists: see <a href="/plugins">plugins</a>.
                  </p>
                </Empty>
              )
            return (
              <>
                <fieldset class="wizard-choice-row">
                  <legend>Learner</legend>
                  {["", ...learners].map((each) => (
                    <label key={each} class="wizard-pill">
                      <input type="radio" name={`${group}-learner`} checked={learner === each} onChange={() => setLearner(each)} />
                      {each === "" ? "any" : each}
                    </label>
                  ))}
                </fieldset>
                <div class="wizard-split">
                  <div data-field="template">
                    {modalities.map((modality) => (
                      <fieldset key={modality} class="wizard-cards">
                        <legend>{families[modality] ?? modality}</legend>
                        {shown
                          .filter((row) => (row.modalities[0] ?? "other") === modality)
                          .map((row) => {
                            const usable = row.available && row.applies !== "no"
                            const chosen = template !== undefined && keyOf(template) === keyOf(row)
                            return (
                              <label key={keyOf(row)} class={`wizard-card${chosen ? " chosen" : ""}${usable ? "" : " off"}`}>
                                <input
                                  type="radio"
                                  name={`${group}-template`}
                                  aria-disabled={!usable}
                                  aria-describedby={`${group}-detail`}
                                  checked={chosen}
                                  onClick={() => choose(row)}
                                  onChange={() => choose(row)}
                                />
                                <span>
                                  <strong>{row.template}</strong>
                                  <span class="muted"> {row.title}</span>
                                </span>
                                <span class="row">
                                  <Badge tone={row.learner === "brain" ? "info" : "neutral"}>{row.learner}</Badge>
                                  {usable ? null : <Badge tone="warn">{row.applies === "no" ? "does not fit" : "unavailable"}</Badge>}
                                  {chosen ? (
                                    <Badge tone="good">
                                      <Icon name="check" /> chosen
                                    </Badge>
                                  ) : null}
                                </span>
                              </label>
                            )
                          })}
                      </fieldset>
                    ))}
                  </div>
                  <aside class="wizard-detail" id={`${group}-detail`} aria-live="polite">
                    {detail === undefined ? (
                      <p class="muted">Choose a template to read about it.</p>
                    ) : (
                      <>
                        <h3>{detail.title}</h3>
                        {detail.available && detail.applies !== "no" ? null : (
                          <>
                            <p>
                              <strong>{detail.applies === "no" ? "It does not fit the chosen dataset:" : "It cannot be used here:"}</strong>
                            </p>
                            <ul>
                              {detail.reasons.map((reason) => (
                                <li key={reason}>{reason}</li>
                              ))}
                            </ul>
                          </>
                        )}
                        <KeyValue
                          items={[
                            ["Template", <code>{detail.template}</code>],
                            ["Learner", detail.learner],
                            ["Takes", detail.modalities],
                            ["Answers", detail.output_types],
                            ["From", `${detail.package} ${detail.version}`],
                            detail.applies === null ? null : ["Fits the dataset", detail.applies],
                            detail.available && detail.applies !== "no" && detail.reasons.length > 0 ? ["Because", detail.reasons] : null
                          ]}
                        />
                      </>
                    )}
                  </aside>
                </div>
                <MoreOf kind="task-template" what="Templates" />
              </>
            )
          }}
        </Answer>
      </Panel>
      <Panel title="Runs">
        <div class="wizard-fields">
          <TextControl
            name="name"
            label="Name"
            value={draft.origin === "hand" || draft.origin === "run" ? String(wizard.fields.at("name")?.value ?? "") : draft.name}
            hint="What the runs are called; the dataset's name when left out."
            onCommit={(name) =>
              wizard.change({
                what: `the name ${name}`,
                draft: (before) => ({ ...before, name: name.trim() }),
                text: (text) => withValueAt(text, "name", literalOf(name.trim()))
              })
            }
          />
          <TextControl
            name="seeds"
            label="Seeds"
            mono
            value={draft.origin === "hand" || draft.origin === "run" ? (wizard.fields.at("seeds")?.literal ?? "") : draft.seed}
            error={draft.origin === "hand" || draft.origin === "run" || seeds.ok ? "" : seeds.reason}
            hint={
              seeds.ok
                ? `${seeds.count} ${seeds.count === 1 ? "run" : "runs"}, one for each seed. A seed decides the split, the order of samples, and whatever the learner draws.`
                : ""
            }
            onCommit={(seed) =>
              wizard.change({
                what: `the seeds ${seed}`,
                draft: (before) => ({ ...before, seed: seed.trim() }),
                text: (text) => {
                  const literal = seed.trim().startsWith("[") ? seed.trim() : seedsLiteral(seed)
                  return literal === null ? text : withValueAt(text, "seeds", literal)
                }
              })
            }
          />
        </div>
        {draft.text === "" ? (
          <p class="muted">Protocol, sampler and lengths come with the template; they can be changed here once a dataset is chosen.</p>
        ) : (
          <div class="wizard-fields">
            <FieldControl
              wizard={wizard}
              path="protocol"
              label="Protocol"
              choices={(protocols.data ?? []).map(({ id, version }) => ({ value: `${id}@${version}`, label: `${id}@${version}` }))}
              hint={
                shownProtocol === undefined
                  ? undefined
                  : shownProtocol.phases
                      .map(({ name, split, learns, scored }) => `${name} on ${split}${learns ? ", learns" : ""}${scored ? ", scored" : ""}`)
                      .join(", then ")
              }
            />
            <FieldControl wizard={wizard} path="sampler.plugin" label="Sampler" choices={samplers} />
            <FieldControl wizard={wizard} path="sampler.options" label="Options of the sampler" hint="An inline table, as in TOML." />
            <FieldControl wizard={wizard} path="training.epochs" label="Epochs" hint="How often every training sample is shown." />
            <FieldControl wizard={wizard} path="checkpoint_every" label="Durable step" unit="samples" />
            <FieldControl
              wizard={wizard}
              path="controls.silent_reward"
              label="Control without affect"
              hint="A second run of each seed that is given no affect events."
            />
            <FieldControl
              wizard={wizard}
              path="controls.shuffled_labels"
              label="Control with shuffled labels"
              hint="A second run of each seed whose training labels are permuted."
            />
          </div>
        )}
      </Panel>
    </>
  )
}
