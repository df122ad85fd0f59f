/** A brain's part of the run file: encoder, decoder, bursts, reward and genome, with one sample as the voxels that it becomes. */
import { useQuery } from "../../api.ts"
import { number } from "../../format.ts"
import { Badge, Panel } from "../../ui/index.ts"
import { AdvancedFields, leavesOf } from "./AdvancedFields.tsx"
import type { CompatibilityData } from "./Compatibility.tsx"
import { type Choice, FieldControl } from "./Controls.tsx"
import { pathText } from "./readFields.ts"
import type { Wizard } from "./useWizard.ts"
import { Voxels } from "./Voxels.tsx"

/** Entries of a kind as choices of a `plugin` field: by the last part of their id. */
const choicesOf = (data: CompatibilityData | undefined, kind: string): ReadonlyArray<Choice> =>
  (data?.entries ?? [])
    .filter((entry) => entry.kind === kind)
    .map((entry) => {
      const id = entry.id.split("#").at(-1) ?? entry.id
      return {
        value: id,
        label: entry.applies === "no" ? `${id} – ${entry.reasons.find((reason) => /not/.test(reason)) ?? "does not fit"}` : id,
        disabled: entry.applies === "no"
      }
    })

export const BrainBindings = ({ wizard }: { readonly wizard: Wizard }) => {
  const { fields } = wizard
  const fitting = useQuery<CompatibilityData>("compatibility", wizard.dataset === "" ? null : { dataset: wizard.dataset })
  const whole = (path: string): number | null => {
    const value = fields.at(path)?.value
    return typeof value === "number" && Number.isInteger(value) ? value : null
  }
  const [read, settle, hold] = [
    whole("learner.schedule.read_burst"),
    whole("learner.schedule.settle_bursts"),
    whole("learner.schedule.hold_bursts")
  ]
  const schema = wizard.template?.options_schema?.properties ?? {}
  const generate = fields.under("brain.generate").filter((field) => !["template", "version"].includes(field.path.at(-1) ?? ""))
  const known = new Set([
    "learner.kind",
    "learner.binding.encoder.plugin",
    "learner.binding.encoder.options.area",
    "learner.binding.encoder.options.group",
    "learner.binding.decoder.plugin",
    "learner.binding.decoder.options.area",
    "learner.binding.decoder.options.group",
    "learner.schedule.hold_bursts",
    "learner.schedule.read_burst",
    "learner.schedule.settle_bursts",
    "learner.reward.plugin",
    ...rewardPaths
  ])
  return (
    <>
      <Panel title="Encoder: from a sample to spikes">
        <div class="wizard-fields">
          <FieldControl
            wizard={wizard}
            path="learner.binding.encoder.plugin"
            label="Encoder"
            choices={choicesOf(fitting.data, "encoder")}
          />
          <FieldControl wizard={wizard} path="learner.binding.encoder.options.area" label="Sensory unit" />
          <FieldControl wizard={wizard} path="learner.binding.encoder.options.group" label="Group of the unit" />
        </div>
      </Panel>
      <Panel title="Decoder: from spikes to an answer">
        <div class="wizard-fields">
          <FieldControl
            wizard={wizard}
            path="learner.binding.decoder.plugin"
            label="Decoder"
            choices={choicesOf(fitting.data, "decoder")}
          />
          <FieldControl wizard={wizard} path="learner.binding.decoder.options.area" label="Motor unit" />
          <FieldControl wizard={wizard} path="learner.binding.decoder.options.group" label="Group of the unit" />
        </div>
      </Panel>
      <Panel
        title="Bursts of a sample"
        actions={
          read === null || settle === null ? null : (
            <Badge>
              {read + settle} {read + settle === 1 ? "burst" : "bursts"} per answer
            </Badge>
          )
        }
      >
        <div class="wizard-fields">
          <FieldControl
            wizard={wizard}
            path="learner.schedule.hold_bursts"
            label="Hold"
            unit="bursts"
            hint="The sample is injected in each of these."
          />
          <FieldControl
            wizard={wizard}
            path="learner.schedule.read_burst"
            label="Read"
            unit="bursts"
            hint="The answer is read in this burst, counted from 1."
          />
          <FieldControl
            wizard={wizard}
            path="learner.schedule.settle_bursts"
            label="Settle"
            unit="bursts"
            hint="Bursts without input behind an answer."
          />
        </div>
        {read === null || settle === null || hold === null || read + settle > 40 ? null : (
          <ol class="wizard-bursts" aria-label="Bursts of one sample">
            {Array.from({ length: Math.max(hold, read) + settle }, (_, index) => {
              const [held, reads] = [index < hold, index + 1 === read]
              return (
                <li key={`${index}`} class={`${held ? "held" : ""} ${reads ? "read" : ""}`}>
                  <span class="muted">{index + 1}</span>
                  {held ? "inject" : ""}
                  {held && reads ? " + " : ""}
                  {reads ? "read" : ""}
                  {!held && !reads ? (index + 1 > read ? "rest" : "wait") : ""}
                </li>
              )
            })}
          </ol>
        )}
      </Panel>
      <Panel title="Reward and affect">
        <div class="wizard-fields">
          <FieldControl wizard={wizard} path="learner.reward.plugin" label="Reward" choices={choicesOf(fitting.data, "reward")} />
          <FieldControl wizard={wizard} path="learner.reward.options.reinforce.channel" label="Channel that reinforces" />
          <FieldControl
            wizard={wizard}
            path="learner.reward.options.reinforce.magnitude"
            label="Magnitude of reinforcement"
            unit="percent"
            hint="100 is the full strength of the genome's modulator."
          />
          <FieldControl wizard={wizard} path="learner.reward.options.suppress.channel" label="Channel that suppresses" />
          <FieldControl
            wizard={wizard}
            path="learner.reward.options.suppress.magnitude"
            label="Magnitude of suppression"
            unit="percent"
            hint="100 is the full strength of the genome's modulator."
          />
          <FieldControl wizard={wizard} path="learner.reward.options.margin" label="Margin" unit="score, from 0 to 1" />
          <FieldControl wizard={wizard} path="learner.reward.options.teach" label="Teach: the class fires with the sample" />
        </div>
      </Panel>
      {generate.length === 0 ? null : (
        <Panel title="Genome">
          <p class="muted">The genome is made from these by the template, which then also writes its hash.</p>
          <div class="wizard-fields">
            {generate.map((field) => {
              const name = field.path.at(-1) ?? ""
              const option = schema[name]
              const choices = option?.enum?.flatMap((each) => (typeof each === "string" ? [{ value: each, label: each }] : []))
              return (
                <FieldControl
                  key={pathText(field.path)}
                  wizard={wizard}
                  path={pathText(field.path)}
                  label={name.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase())}
                  {...(option?.description === undefined ? {} : { hint: `${option.description}${range(option.minimum, option.maximum)}` })}
                  {...(choices === undefined ? {} : { choices })}
                />
              )
            })}
          </div>
        </Panel>
      )}
      <Voxels wizard={wizard} />
      <AdvancedFields wizard={wizard} leaves={leavesOf(fields.under("learner")).filter((field) => !known.has(pathText(field.path)))} />
    </>
  )
}

const range = (low: number | undefined, high: number | undefined): string =>
  low === undefined || high === undefined ? "" : ` From ${number(low)} to ${number(high)}.`

const rewardPaths = ["reinforce.channel", "reinforce.magnitude", "suppress.channel", "suppress.magnitude", "margin", "teach"].map(
  (path) => `learner.reward.options.${path}`
)
