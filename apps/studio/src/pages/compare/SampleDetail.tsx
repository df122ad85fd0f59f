/**
 * One sample and what each run says of it: the answer with its scores, and where the dataset has pictures both over the picture, truth solid
 * and predictions dashed, what is missed or wrong by name.
 */
import type { Figure as FigureData, OverlayFigure } from "@feagi-trainer/charts"
import { useState } from "preact/hooks"
import { urlOf, useQuery } from "../../api.ts"
import { inline, number } from "../../format.ts"
import { link } from "../../router.ts"
import { Answer, Badge, Empty, Figure, Icon, IconButton, Panel } from "../../ui/index.ts"
import { shapeCounts } from "./model/figures.ts"
import { upper } from "./model/letters.ts"

export interface PredictionRow {
  readonly phase: string
  readonly epoch: number | null
  readonly index: number
  readonly sample_id: string
  readonly tick: number | bigint | null
  readonly truth: string | null
  readonly predicted: string | null
  readonly outcome: "correct" | "wrong" | "abstained" | null
  readonly scores?: Readonly<Record<string, number>>
  readonly reward?: { readonly raw: number; readonly shaped: number }
  readonly prediction: unknown
  readonly target: unknown
}

export interface Predictions {
  readonly run_id: string
  readonly phase: string | null
  readonly total: number
  readonly matched: number
  readonly offset: number
  readonly classes: ReadonlyArray<string>
  readonly rows: ReadonlyArray<PredictionRow>
}

export interface Side {
  readonly label: string
  readonly run_id: string
  /** Where a run lies outside of this store; such a run has no predictions here. */
  readonly bundle: string | null
}

const outcomes = {
  correct: { icon: "check", tone: "good" },
  wrong: { icon: "cross", tone: "bad" },
  abstained: { icon: "info", tone: "warn" }
} as const

const Scores = ({ row }: { readonly row: PredictionRow }) => {
  const scores = Object.entries(row.scores ?? {})
  if (scores.length === 0) return null
  const most = Math.max(...scores.map(([, score]) => Math.abs(score)), Number.MIN_VALUE)
  return (
    <table class="plain scores">
      <caption class="visually-hidden">Scores of the answer</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">Class</th>
          <th scope="col">Score</th>
          <th scope="col">Drawing</th>
        </tr>
      </thead>
      <tbody>
        {scores.map(([name, score]) => (
          <tr key={name}>
            <th scope="row">
              {name}
              {name === row.truth ? <span class="muted"> truth</span> : null}
            </th>
            <td class="right">{number(score)}</td>
            <td aria-hidden="true" class="score-bar">
              <span style={{ width: `${(100 * Math.abs(score)) / most}%` }} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const AnswerOf = ({ row }: { readonly row: PredictionRow }) => {
  const { icon, tone } = outcomes[row.outcome ?? "abstained"]
  return (
    <>
      <p class="row">
        {row.outcome === null ? null : (
          <Badge tone={tone}>
            <Icon name={icon} /> {row.outcome}
          </Badge>
        )}
        {row.predicted === null ? null : <strong>{row.predicted}</strong>}
        {row.truth === null ? null : <span class="muted">truth {row.truth}</span>}
      </p>
      <Scores row={row} />
      {row.predicted === null ? (
        <details open>
          <summary>Answer and truth as recorded</summary>
          <pre class="document">{inline(row.prediction)}</pre>
          <pre class="document">{inline(row.target)}</pre>
        </details>
      ) : null}
      {row.reward === undefined ? null : <p class="muted">reward {number(row.reward.raw)}</p>}
    </>
  )
}

/** The picture of a sample. What is no picture leaves nothing behind. */
const Picture = ({ dataset, sample }: { readonly dataset: string; readonly sample: string }) => {
  const [broken, setBroken] = useState(false)
  const query = useQuery<{ readonly modality: string }>("dataset.show", { dataset })
  if (broken || query.data?.modality !== "image") return null
  return (
    <img
      class="sample-picture"
      alt={`Sample ${sample}`}
      src={urlOf("dataset.picture", { dataset, sample })}
      onError={() => setBroken(true)}
    />
  )
}

interface RunFiguresData {
  readonly phases: ReadonlyArray<{ readonly phase: string; readonly figures: ReadonlyArray<FigureData> }>
}

const withPicture = (figure: OverlayFigure, dataset: string, sample: string): OverlayFigure => ({
  ...figure,
  image: figure.image.href === undefined ? { ...figure.image, href: `.${urlOf("dataset.picture", { dataset, sample })}` } : figure.image
})

const SideView = ({
  side,
  sample,
  phase,
  dataset
}: {
  readonly side: Side
  readonly sample: string
  readonly phase: string
  readonly dataset: string
}) => {
  const stored = side.bundle === null
  const answers = useQuery<Predictions>("run.predictions", stored ? { run: side.run_id, phase, sample: [sample] } : null)
  const row = answers.data?.rows.find((each) => each.sample_id === sample)
  // An answer that is a class has no shapes to draw.
  const figures = useQuery<RunFiguresData>(
    "run.figures",
    stored && row !== undefined && row.predicted === null ? { run: side.run_id, phase, sample: [sample] } : null
  )
  const overlay = figures.data?.phases
    .flatMap((each) => each.figures)
    .find(
      (each): each is OverlayFigure => each.kind === "overlay" && (each.image.sample_id === undefined || each.image.sample_id === sample)
    )
  return (
    <section class="sample-side" aria-label={`Run ${upper(side.label)}`}>
      <h3>
        {upper(side.label)} <a href={link("/runs/:run", { run: side.run_id }, { tab: "samples", sample })}>{side.run_id}</a>
      </h3>
      {stored ? (
        <Answer query={answers} what="Answers">
          {() => (row === undefined ? <Empty title="No answer to this sample in this phase" /> : <AnswerOf row={row} />)}
        </Answer>
      ) : (
        <p class="muted">In the bundle {side.bundle}: import it to see single answers.</p>
      )}
      {overlay === undefined ? null : (
        <>
          <p class="muted">{shapeCounts(overlay)}</p>
          <Figure figure={withPicture(overlay, dataset, sample)} />
        </>
      )}
    </section>
  )
}

export const SampleDetail = ({
  sample,
  phase,
  dataset,
  sides,
  onClose
}: {
  readonly sample: string
  readonly phase: string
  readonly dataset: string
  readonly sides: ReadonlyArray<Side>
  readonly onClose: () => void
}) => (
  <Panel
    title={
      <>
        Sample <code>{sample}</code>
      </>
    }
    actions={<IconButton icon="cross" label="Close the sample" onClick={onClose} />}
  >
    <Picture key={sample} dataset={dataset} sample={sample} />
    <div class="sample-sides">
      {sides.map((side) => (
        <SideView key={side.run_id} side={side} sample={sample} phase={phase} dataset={dataset} />
      ))}
    </div>
  </Panel>
)
