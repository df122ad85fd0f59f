/** Everything else that the run file says about the learner, and what the plan pinned. */
import { KeyValue } from "../../ui/index.ts"
import { FieldControl } from "./Controls.tsx"
import { type Field, pathText } from "./readFields.ts"
import type { Wizard } from "./useWizard.ts"

export const AdvancedFields = ({ wizard, leaves }: { readonly wizard: Wizard; readonly leaves: ReadonlyArray<Field> }) => {
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
