/** The figures of every scored phase, each with its numbers and files. */
import type { Figure as FigureData } from "@feagi-trainer/charts"
import { useQuery } from "../../api.ts"
import { useSearch } from "../../router.ts"
import { Answer, Empty, Figure, NormalisedChoice, normalisedBy, useNormalised } from "../../ui/index.ts"
import type { TabProps } from "./index.tsx"

interface Figures {
  readonly phases: ReadonlyArray<{ readonly phase: string; readonly figures: ReadonlyArray<FigureData> }>
}

export default function FiguresTab({ run }: TabProps) {
  const [phase, setPhase] = useSearch("phase")
  const [normalised] = useNormalised()
  const figures = useQuery<Figures>("run.figures", { run })
  return (
    <Answer query={figures} what="Making the figures">
      {(data) => {
        const phases = data.phases.filter((each) => each.figures.length > 0)
        const shown = phases.some((each) => each.phase === phase) ? phases.filter((each) => each.phase === phase) : phases
        if (phases.length === 0) return <Empty title="No figure yet">A phase has figures once it is scored.</Empty>
        return (
          <div class="stack">
            <div class="toolbar row">
              {phases.length < 2 ? null : (
                <label>
                  phase{" "}
                  <select
                    value={shown.length === 1 ? (shown[0]?.phase ?? "") : ""}
                    onChange={(event) => setPhase(event.currentTarget.value || null)}
                  >
                    <option value="">all</option>
                    {phases.map((each) => (
                      <option key={each.phase} value={each.phase}>
                        {each.phase}
                      </option>
                    ))}
                  </select>
                </label>
              )}
              {shown.some((each) => each.figures.some(({ kind }) => kind === "matrix")) ? <NormalisedChoice /> : null}
            </div>
            {shown.map((each) => (
              <section key={each.phase} aria-label={`Figures of phase ${each.phase}`}>
                <h2>{each.phase}</h2>
                <div class="figure-grid">
                  {each.figures.map((figure) => (
                    // Two phases have figures of one name; their marks in the page must differ.
                    <div key={figure.id} class="panel plot-panel">
                      <Figure figure={normalisedBy(normalised, { ...figure, id: `${each.phase}-${figure.id}` })} />
                    </div>
                  ))}
                </div>
              </section>
            ))}
          </div>
        )
      }}
    </Answer>
  )
}
