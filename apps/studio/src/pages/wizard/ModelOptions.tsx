/** A learner that is no brain: what its options say, grouped as the file groups them; layers as the rows of a table. */
import { Panel } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import { AdvancedFields, leavesOf } from "./AdvancedFields.tsx"
import { FieldControl } from "./Controls.tsx"
import { type Field, pathText } from "./readFields.ts"
import type { Wizard } from "./useWizard.ts"

export const ModelOptions = ({ wizard, kind }: { readonly wizard: Wizard; readonly kind: string }) => {
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
      <AdvancedFields
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
