/**
 * Step 4: how samples become spikes and spikes answers, and what the brain is given for them; for a gradient model its layers and its
 * optimiser instead. Which of the two is shown follows from the learner in the run file, so that a brain never wears a loss.
 */

import { useState } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { inline, number } from "../../format.ts"
import { Answer, Badge, Button, Empty, KeyValue, Panel } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import type { CompatibilityData } from "./Compatibility.tsx"
import { type Choice, FieldControl } from "./Controls.tsx"
import { type Field, pathText } from "./readFields.ts"
import { exact, targetLine } from "./samples.ts"
import { type Area, slicesOf, strongest } from "./slices.ts"
import type { StepId } from "./steps.ts"
import { useStill, type Wizard } from "./useWizard.ts"

export const Bindings = ({ wizard, goto }: { readonly wizard: Wizard; readonly goto: (step: StepId, field?: string) => void }) => {
  const kind = wizard.fields.at("learner.kind")?.value
  if (wizard.draft.text === "")
    return (
      <Panel title="Bindings">
        <Empty title="There is no run file yet">
          <p>Bindings are lines of the run file, which a template writes for a dataset.</p>
          <Button onClick={() => goto(wizard.draft.template === "" ? 1 : 2)}>
            {wizard.draft.template === "" ? "Choose a template" : "Choose a dataset"}
          </Button>
        </Empty>
      </Panel>
    )
  return kind === "brain" ? <Brain wizard={wizard} /> : <Other wizard={wizard} kind={String(kind ?? "unknown")} />
}

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

const Brain = ({ wizard }: { readonly wizard: Wizard }) => {
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
      <Advanced wizard={wizard} leaves={leavesOf(fields.under("learner")).filter((field) => !known.has(pathText(field.path)))} />
    </>
  )
}

const range = (low: number | undefined, high: number | undefined): string =>
  low === undefined || high === undefined ? "" : ` From ${number(low)} to ${number(high)}.`

const rewardPaths = ["reinforce.channel", "reinforce.magnitude", "suppress.channel", "suppress.magnitude", "margin", "teach"].map(
  (path) => `learner.reward.options.${path}`
)

/** Everything else that the run file says about the learner, and what the plan pinned. */
const Advanced = ({ wizard, leaves }: { readonly wizard: Wizard; readonly leaves: ReadonlyArray<Field> }) => {
  const brain = wizard.plan.data?.runs[0]?.document.brain
  const learner = wizard.plan.data?.runs[0]?.document.learner
  const pinned = [
    ["Genome", wizard.fields.at("brain.genome_sha256")?.value],
    ["Genome, canonical", member(brain, "canonical_sha256")],
    ["State before training", member(learner, "initial_hash")],
    ["Made by", member(member(member(brain, "source"), "plugin"), "id")]
  ] as const
  return (
    <details class="panel">
      <summary class="panel-head">
        <h2>Advanced</h2>
        <span class="muted">{leaves.length} more fields, plugin ids, hashes</span>
      </summary>
      <div class="panel-body stack">
        <div class="wizard-fields">
          {leaves.map((field) => (
            <FieldControl key={pathText(field.path)} wizard={wizard} path={pathText(field.path)} label={pathText(field.path)} />
          ))}
          <FieldControl wizard={wizard} path="metrics.plugin" label="metrics.plugin" />
          <FieldControl wizard={wizard} path="metrics.options" label="metrics.options" />
        </div>
        <KeyValue
          items={pinned.map(([name, value]) =>
            value === undefined ? null : ([name, <code class="wizard-hash">{String(value)}</code>] as const)
          )}
        />
      </div>
    </details>
  )
}

const member = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && key in value ? (value as Readonly<Record<string, unknown>>)[key] : undefined

/** Fields without their containers: of an inline table its members, of a list of plain values the list. */
export const leavesOf = (fields: ReadonlyArray<Field>): ReadonlyArray<Field> =>
  fields.filter((field) => {
    const name = `${pathText(field.path)}.`
    return !fields.some((other) => pathText(other.path).startsWith(name))
  })

interface BindingData {
  readonly sample_id: string
  readonly part: string | null
  readonly target: unknown
  readonly encoder: Readonly<Record<string, unknown>>
  readonly decoder: Readonly<Record<string, unknown>>
  readonly channels: ReadonlyArray<{
    readonly index: number
    readonly channel?: number
    readonly feature?: string | null
    readonly feature_value?: unknown
    readonly value?: unknown
    readonly lit: ReadonlyArray<{ readonly x: number; readonly y: number; readonly z: number; readonly potential: number }>
  }>
  readonly areas: ReadonlyArray<Area>
  readonly taught?: { readonly areas: ReadonlyArray<Area>; readonly unknown: unknown } | null
}

const Voxels = ({ wizard }: { readonly wizard: Wizard }) => {
  const [open, setOpen] = useState(false)
  const [sample, setSample] = useState("latest")
  const [typed, setTyped] = useState("latest")
  const text = useStill(wizard.draft.text, 600)
  const ready = open && wizard.judgement.state === "fits"
  const binding = useQuery<BindingData>("binding.explain", ready ? { text, format: "toml", sample } : null, { keep: true })
  return (
    <details class="panel" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="panel-head">
        <h2>One sample as voxels</h2>
        <span class="muted">what the brain would be shown</span>
      </summary>
      <div class="panel-body stack">
        {wizard.judgement.state === "fits" ? null : <p class="muted">It can be shown once nothing blocks the run file (step 3).</p>}
        <form
          class="row"
          onSubmit={(event) => {
            event.preventDefault()
            setSample(typed.trim() === "" ? "latest" : typed.trim())
          }}
        >
          <label>
            Sample{" "}
            <input type="text" class="mono" value={typed} spellcheck={false} onInput={(event) => setTyped(event.currentTarget.value)} />
          </label>
          <Button type="submit">Show</Button>
          <span class="muted">an id, a unique beginning of one, or latest</span>
        </form>
        <Answer query={binding} what="Encoding the sample">
          {(data) => (
            <>
              <KeyValue
                items={[
                  ["Sample", <code>{data.sample_id}</code>],
                  ["Part", data.part ?? "none"],
                  ["Target", targetLine(data.target)],
                  ["Encoder", inline(data.encoder.id)],
                  ["Decoder", inline(data.decoder.id)]
                ]}
              />
              {data.areas.map((area) => (
                <AreaView key={area.id} area={area} what="Shown to" />
              ))}
              {(data.taught?.areas ?? []).map((area) => (
                <AreaView key={`taught ${area.id}`} area={area} what="Taught in" />
              ))}
              <ChannelTable channels={data.channels} />
            </>
          )}
        </Answer>
      </div>
    </details>
  )
}

const AreaView = ({ area, what }: { readonly area: Area; readonly what: string }) => {
  const { slices, silent } = slicesOf(area)
  const most = strongest(area)
  return (
    <figure class="voxel-area">
      <figcaption>
        <strong>
          {what} {area.name}
        </strong>{" "}
        <span class="muted">
          {area.dimensions.join(" × ")} voxels, {area.voxels.length} of them fire
        </span>
      </figcaption>
      <div class="voxel-slices">
        {slices.slice(0, 24).map((slice) => {
          const size = Math.max(2, Math.min(14, Math.floor(560 / Math.max(1, slice.width)), Math.floor(320 / Math.max(1, slice.height))))
          return (
            <div key={slice.label}>
              <svg
                class="voxels"
                role="img"
                aria-label={`${area.name}, ${slice.label}: ${slice.cells.length} voxels fire`}
                width={slice.width * size + 1}
                height={slice.height * size + 1}
                viewBox={`0 0 ${slice.width * size + 1} ${slice.height * size + 1}`}
              >
                <rect class="voxel-ground" x="0.5" y="0.5" width={slice.width * size} height={slice.height * size} />
                {size < 5
                  ? null
                  : Array.from({ length: slice.width - 1 }, (_, index) => (
                      <line
                        key={`x${index}`}
                        x1={(index + 1) * size + 0.5}
                        x2={(index + 1) * size + 0.5}
                        y1="0.5"
                        y2={slice.height * size + 0.5}
                      />
                    ))}
                {size < 5
                  ? null
                  : Array.from({ length: slice.height - 1 }, (_, index) => (
                      <line
                        key={`y${index}`}
                        y1={(index + 1) * size + 0.5}
                        y2={(index + 1) * size + 0.5}
                        x1="0.5"
                        x2={slice.width * size + 0.5}
                      />
                    ))}
                {slice.cells.map((cell) => (
                  <rect
                    key={`${cell.column} ${cell.row}`}
                    class={cell.potential < 0 ? "voxel negative" : "voxel"}
                    x={cell.column * size + 0.5}
                    y={cell.row * size + 0.5}
                    width={size}
                    height={size}
                    fill-opacity={most === 0 ? 0 : 0.25 + (0.75 * Math.abs(cell.potential)) / most}
                  >
                    <title>
                      x {cell.voxel.x}, y {cell.voxel.y}, z {cell.voxel.z}: {number(cell.potential)}
                    </title>
                  </rect>
                ))}
              </svg>
              <div class="muted">{slice.label}</div>
            </div>
          )
        })}
      </div>
      {slices.length > 24 ? <p class="muted">The first 24 of {slices.length} slices.</p> : null}
      {silent > 0 ? <p class="muted">In {silent} more slices nothing fires.</p> : null}
    </figure>
  )
}

const ChannelTable = ({ channels }: { readonly channels: BindingData["channels"] }) => (
  <details>
    <summary>Voxels as a table ({channels.length} channels)</summary>
    <Scroll label="Channels">
      <table class="plain">
        <caption class="visually-hidden">Channels of the sample, their values and the voxels that fire</caption>
        <thead>
          <tr>
            <th scope="col" class="right">
              Channel
            </th>
            <th scope="col">Feature</th>
            <th scope="col" class="right">
              Value of the feature
            </th>
            <th scope="col" class="right">
              Coded value
            </th>
            <th scope="col">Voxels that fire (x y z: potential)</th>
          </tr>
        </thead>
        <tbody>
          {channels.slice(0, 500).map((channel) => (
            <tr key={channel.index}>
              <td class="right">{channel.channel ?? channel.index}</td>
              <td>{channel.feature ?? ""}</td>
              <td class="right">{exact(channel.feature_value)}</td>
              <td class="right">{inline(channel.value)}</td>
              <td class="mono">
                {channel.lit
                  .slice(0, 12)
                  .map((voxel) => `${voxel.x} ${voxel.y} ${voxel.z}: ${number(voxel.potential)}`)
                  .join("; ")}
                {channel.lit.length > 12 ? ` and ${channel.lit.length - 12} more` : ""}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {channels.length > 500 ? <p class="muted">The first 500 of {channels.length} channels.</p> : null}
    </Scroll>
  </details>
)

/** A learner that is no brain: what its options say, grouped as the file groups them; layers as the rows of a table. */
const Other = ({ wizard, kind }: { readonly wizard: Wizard; readonly kind: string }) => {
  const { fields } = wizard
  const options = fields.under("learner.options")
  const layers = fields.list.filter((field) => /^learner\.options\.model\.layers\.\d+$/.test(pathText(field.path)))
  const groups = new Map<string, Array<Field>>()
  for (const field of leavesOf(options)) {
    const name = pathText(field.path)
    if (name.startsWith("learner.options.model.layers")) continue
    const group = field.path.length > 3 ? (field.path[2] ?? "") : ""
    groups.set(group, [...(groups.get(group) ?? []), field])
  }
  return (
    <>
      {[...groups].map(([group, list]) => (
        <Panel key={group} title={groupTitles[group] ?? (group === "" ? `Learner: ${kind}` : group)}>
          <div class="wizard-fields">
            {list.map((field) => (
              <FieldControl
                key={pathText(field.path)}
                wizard={wizard}
                path={pathText(field.path)}
                label={field.path
                  .slice(group === "" ? 2 : 3)
                  .join(" ")
                  .replaceAll("_", " ")}
              />
            ))}
          </div>
        </Panel>
      ))}
      {layers.length === 0 ? null : (
        <Panel title="Layers">
          <Scroll label="Layers of the model">
            <table class="plain wizard-layers">
              <thead>
                <tr>
                  <th scope="col" class="right">
                    Layer
                  </th>
                  <th scope="col">Kind</th>
                  <th scope="col">What it is told</th>
                </tr>
              </thead>
              <tbody>
                {layers.map((layer, index) => {
                  const name = pathText(layer.path)
                  return (
                    <tr key={name}>
                      <td class="right">{index + 1}</td>
                      <th scope="row">{String(fields.at(`${name}.type`)?.value ?? "")}</th>
                      <td>
                        <div class="wizard-fields">
                          {leavesOf(fields.under(name))
                            .filter((field) => pathText(field.path) !== `${name}.type`)
                            .map((field) => (
                              <FieldControl
                                key={pathText(field.path)}
                                wizard={wizard}
                                path={pathText(field.path)}
                                label={field.path.slice(layer.path.length).join(" ")}
                              />
                            ))}
                        </div>
                      </td>
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </Scroll>
          <p class="muted">Layers are added and removed in the run file itself.</p>
        </Panel>
      )}
      <Advanced
        wizard={wizard}
        leaves={leavesOf(fields.list).filter(
          (field) =>
            ["learner", "transforms"].includes(field.path[0] ?? "") &&
            field.path[1] !== "options" &&
            pathText(field.path) !== "learner.kind"
        )}
      />
    </>
  )
}

const groupTitles: Readonly<Record<string, string>> = {
  optimiser: "Optimiser",
  schedule: "Learning rate",
  loss: "Loss",
  model: "Model"
}
