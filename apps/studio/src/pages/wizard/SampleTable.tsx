/** Samples as the trainer reads them, whatever adapter read them: pictures where the server can show them, numbers, texts, and the rest. */
import { urlOf } from "../../api.ts"
import { inline } from "../../format.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import { exact, isPicture, payloadLine, rowOf, type Sample, targetLine } from "./samples.ts"

/** More columns than this nobody reads; that there are more is said. */
const mostColumns = 24

export const SampleTable = ({
  samples,
  dataset,
  features = [],
  marked = "",
  from = 0,
  caption
}: {
  readonly samples: ReadonlyArray<Sample>
  /** A registered dataset, whose pictures can be asked for. */
  readonly dataset?: string
  readonly features?: ReadonlyArray<string>
  /** Id, or position in the dataset, of a sample that is to stand out. */
  readonly marked?: string
  /** Position of the first one. */
  readonly from?: number
  readonly caption: string
}) => {
  const width = samples.reduce((most, sample) => Math.max(most, rowOf(sample)?.length ?? 0), 0)
  const asRows = width > 0 && samples.every((sample) => rowOf(sample) !== null)
  const shown = Math.min(width, mostColumns)
  const pictures = dataset !== undefined && samples.some(isPicture)
  const parts = samples.some((sample) => sample.split !== null && sample.split !== undefined)
  return (
    <>
      {asRows && shown < width ? (
        <p class="muted">
          The first {shown} of {width} features.
        </p>
      ) : null}
      <Scroll label={caption} tall>
        <table class="plain sample-table">
          <caption class="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              <th scope="col">Sample</th>
              {pictures ? <th scope="col">Picture</th> : null}
              <th scope="col">Target</th>
              {parts ? <th scope="col">Part</th> : null}
              {asRows ? (
                Array.from({ length: shown }, (_, index) => (
                  <th key={`${index}`} scope="col" class="right">
                    {features[index] ?? index}
                  </th>
                ))
              ) : (
                <th scope="col">Payload</th>
              )}
            </tr>
          </thead>
          <tbody>
            {samples.map((sample, index) => (
              <tr
                key={`${from + index}`}
                id={`sample-${sample.sample_id}`}
                data-position={from + index}
                class={marked !== "" && (marked === sample.sample_id || marked === String(from + index)) ? "marked" : ""}
              >
                <th scope="row">
                  <code>{sample.sample_id}</code>
                </th>
                {pictures ? (
                  <td>
                    {isPicture(sample) && dataset !== undefined ? (
                      <img
                        class="sample-picture"
                        loading="lazy"
                        src={urlOf("dataset.picture", { dataset, sample: sample.sample_id })}
                        alt={`Sample ${sample.sample_id}: ${targetLine(sample.target)}`}
                      />
                    ) : null}
                  </td>
                ) : null}
                <td class="sample-target">{targetLine(sample.target)}</td>
                {parts ? <td>{inline(sample.split)}</td> : null}
                {asRows ? (
                  Array.from({ length: shown }, (_, index) => {
                    const value = rowOf(sample)?.[index]
                    return (
                      <td key={`${index}`} class="right">
                        {exact(value)}
                      </td>
                    )
                  })
                ) : (
                  <td class="sample-payload">{isPicture(sample) && pictures ? "" : payloadLine(sample)}</td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  )
}
