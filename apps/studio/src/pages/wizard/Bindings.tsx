/**
 * Step 4: how samples become spikes and spikes answers, and what the brain is given for them; for a gradient model its layers and its
 * optimiser instead. Which of the two is shown follows from the learner in the run file, so that a brain never wears a loss.
 */
import { Button, Empty, Panel } from "../../ui/index.ts"
import { BrainBindings } from "./BrainBindings.tsx"
import { ModelOptions } from "./ModelOptions.tsx"
import type { StepId } from "./steps.ts"
import type { Wizard } from "./useWizard.ts"

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
  return kind === "brain" ? <BrainBindings wizard={wizard} /> : <ModelOptions wizard={wizard} kind={String(kind ?? "unknown")} />
}
