/**
 * What happens in the brain of a run when one sample is shown to it: who fires when, how many, and which voxels in each burst. Sample, phase,
 * burst and how many bursts are looked at stand in the address.
 */
import { useEffect, useMemo, useState } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { type ActivityArea, countsOf, type Firings, rasterOrder } from "../../plot/activity.ts"
import { Raster } from "../../plot/Raster.tsx"
import { prefersStill } from "../../plot/theme.ts"
import { Voxels } from "../../plot/Voxels.tsx"
import { link, setSearch, useSearch } from "../../router.ts"
import { Answer, Button, Empty, Hash, KeyValue, Panel } from "../../ui/index.ts"
import type { TabProps } from "./index.tsx"
import type { Predictions } from "./SamplesTab.tsx"
import { answerWords } from "./words.ts"

interface Activity {
  readonly run_id: string
  readonly phase: string
  readonly part: string
  readonly sample_id: string
  readonly target: unknown
  readonly checkpoint: { readonly phase: string; readonly sha256: string }
  readonly answer: unknown
  readonly recorded: unknown
  readonly schedule: { readonly hold_bursts: number; readonly read_burst: number; readonly settle_bursts: number }
  readonly bursts: number
  readonly areas: ReadonlyArray<ActivityArea>
  readonly firings: Firings
}

/** Bursts of the replay in a second. */
const pace = 4

const Scrubber = ({
  burst,
  bursts,
  onBurst
}: {
  readonly burst: number
  readonly bursts: number
  readonly onBurst: (burst: number) => void
}) => {
  const [playing, setPlaying] = useState(false)
  useEffect(() => {
    if (!playing) return
    // Nothing moves from burst to burst but the picture itself; with reduced motion it stands longer.
    const timer = setInterval(() => onBurst(burst >= bursts ? 1 : burst + 1), (prefersStill() ? 4 : 1) * (1000 / pace))
    return () => clearInterval(timer)
  }, [playing, burst, bursts])
  return (
    // biome-ignore lint/a11y/useSemanticElements: controls of a replay, no form
    <div class="row scrubber" role="group" aria-label="Burst that is shown">
      <Button icon={playing ? "pause" : "play"} aria-pressed={playing} onClick={() => setPlaying(!playing)}>
        {playing ? "Pause" : "Play"}
      </Button>
      <Button icon="left" aria-label="Burst before" disabled={burst <= 1} onClick={() => onBurst(burst - 1)} />
      <label class="grow">
        <span class="visually-hidden">Burst</span>
        <input
          type="range"
          min="1"
          max={bursts}
          step="1"
          value={burst}
          aria-valuetext={`burst ${burst} of ${bursts}`}
          onInput={(event) => onBurst(Number(event.currentTarget.value))}
        />
      </label>
      <Button icon="right" aria-label="Burst behind" disabled={burst >= bursts} onClick={() => onBurst(burst + 1)} />
      <output>
        burst {burst} of {bursts}
      </output>
    </div>
  )
}

const Shown = ({ data, document }: { readonly data: Activity; readonly document: TabProps["document"] }) => {
  const [text, setText] = useSearch("burst")
  const burst = Math.max(1, Math.min(data.bursts, Number(text) || data.schedule.read_burst))
  const onBurst = (next: number) => setText(String(next))
  const [all, setAll] = useState(false)
  const shown = useMemo(() => {
    const counts = countsOf(data.firings, data.areas.length, data.bursts)
    return rasterOrder(data.areas).filter(
      (area) => all || (data.areas[area]?.role !== "power" && (counts[area] ?? []).some((count) => count > 0))
    )
  }, [data, all])
  const classes = document?.dataset.classes ?? []
  const [answer, recorded] = [answerWords(data.answer, classes), answerWords(data.recorded, classes)]
  return (
    <div class="stack">
      <Panel title={`Sample ${data.sample_id}`}>
        <KeyValue
          items={[
            ["truth", answerWords(data.target, classes)],
            ["answer, shown alone to the brain at rest", answer],
            [`recorded in phase ${data.phase}`, recorded],
            [
              "brain",
              <span key="brain">
                as it was at the end of {data.checkpoint.phase}, checkpoint <Hash value={data.checkpoint.sha256} />
              </span>
            ],
            [
              "bursts",
              `injected in 1 to ${data.schedule.hold_bursts}, read in ${data.schedule.read_burst}, ${data.schedule.settle_bursts} to settle`
            ]
          ]}
        />
        {data.recorded !== null && answer !== recorded ? (
          <p class="reason tone-warn">
            The answers differ: in its phase the sample came behind others, whose traces were still in the brain; here it is shown to a
            brain at rest.
          </p>
        ) : null}
      </Panel>
      <div class="panel plot-panel">
        <Raster
          id={`${data.run_id}-spikes`}
          areas={data.areas}
          firings={data.firings}
          bursts={data.bursts}
          schedule={data.schedule}
          burst={burst}
          onBurst={onBurst}
        />
      </div>
      <div class="panel plot-panel">
        <div class="plot-head">
          <h3>Cortical areas in burst {burst}</h3>
          <label class="check">
            <input type="checkbox" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} /> silent areas
          </label>
        </div>
        <Scrubber burst={burst} bursts={data.bursts} onBurst={onBurst} />
        <Voxels areas={data.areas} firings={data.firings} burst={burst} shown={shown} />
      </div>
    </div>
  )
}

export default function ActivityTab({ run, status, document }: TabProps) {
  const [sample] = useSearch("sample", "latest")
  const [phaseText] = useSearch("phase")
  const [burstsText] = useSearch("bursts")
  const brain = document?.brain !== undefined && document.brain !== null
  const trained = (status.phase_index ?? 0) > 0 || status.status === "completed"
  const bursts = Number(burstsText)
  const asked = useQuery<Activity>(
    "run.activity",
    brain && trained
      ? { run, sample, ...(phaseText === "" ? {} : { phase: phaseText }), ...(Number.isInteger(bursts) && bursts >= 1 ? { bursts } : {}) }
      : null,
    { keep: true }
  )
  const phase = asked.data?.phase ?? (phaseText || null)
  const list = useQuery<Predictions>("run.predictions", phase === null ? null : { run, phase, limit: 1000 })
  const ids = list.data?.rows.map(({ sample_id }) => sample_id) ?? []
  const here = asked.data?.sample_id ?? ""
  const at = ids.indexOf(here)
  const go = (id: string | undefined) => {
    if (id !== undefined) setSearch({ sample: id })
  }
  if (document === undefined) return null
  if (!brain)
    return (
      <Empty title="Nothing fires in this learner">
        Only a brain has activity; this run trains a learner of kind {document.learner.kind}. Its optimiser is under{" "}
        <a href={link("/runs/:run", { run }, { tab: "metrics" })}>Metrics</a>.
      </Empty>
    )
  if (!trained)
    return (
      <Empty title="The brain is still being trained">
        Its activity can be looked at once the phase {status.phase ?? "that learns"} has ended.
      </Empty>
    )
  return (
    <div class="stack">
      {/* biome-ignore lint/a11y/useSemanticElements: a search form would send itself */}
      <div class="toolbar row" role="group" aria-label="What is shown to the brain">
        <div class="sample-choice">
          <Button icon="left" aria-label="Sample before" disabled={at <= 0} onClick={() => go(ids[at - 1])} />
          <label>
            sample{" "}
            <select value={here} onChange={(event) => go(event.currentTarget.value)}>
              {ids.includes(here) ? null : <option value={here}>{here}</option>}
              {(list.data?.rows ?? []).map((row) => (
                <option key={row.sample_id} value={row.sample_id}>
                  {row.sample_id} · {row.truth ?? "no truth"} · {row.outcome}
                </option>
              ))}
            </select>
          </label>
          <Button icon="right" aria-label="Sample behind" disabled={at < 0 || at >= ids.length - 1} onClick={() => go(ids[at + 1])} />
        </div>
        <label>
          phase{" "}
          <select value={phase ?? ""} onChange={(event) => setSearch({ phase: event.currentTarget.value, sample: firstOf })}>
            {status.phases.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
        <label>
          bursts{" "}
          <input
            type="number"
            min="1"
            max="1000"
            value={Number.isInteger(bursts) && bursts >= 1 ? bursts : (asked.data?.bursts ?? "")}
            onChange={(event) => setSearch({ bursts: event.currentTarget.value, burst: null })}
          />
        </label>
        {asked.state === "loading" ? <span class="muted">Asking the brain …</span> : null}
      </div>
      <Answer query={asked} what="Asking the brain">
        {(data) => <Shown data={data} document={document} />}
      </Answer>
    </div>
  )
}

/** A change of phase leaves the sample behind, which the other phase does not have. */
const firstOf = null
