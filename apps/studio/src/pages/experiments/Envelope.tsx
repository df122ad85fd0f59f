/**
 * How a series went in all seeds of the marked experiments, of the newest one where none is marked. Sharp edge: every seed is one question to
 * the server, so only so many experiments are drawn at once, and only those of one dataset and protocol; while a seed runs, all are asked
 * again. A series that comes thinned, to least and most of each stretch, has no honest mean and is left out.
 */
import { useEffect, useMemo, useState } from "preact/hooks"
import { type ApiError, asApiError, call, useQuery } from "../../api.ts"
import { useSearch } from "../../router.ts"
import { Empty, Failed, Figure, Loading, Panel } from "../../ui/index.ts"
import { drawnTogether, envelopeFigure, type SeedGroup, type SeedSeries } from "./envelope.ts"
import type { Group } from "./groups.ts"

interface Known {
  readonly name: string
  readonly title: string
  readonly unit: string | null
  readonly points: number
}
interface SeriesAnswer {
  readonly available: ReadonlyArray<Known>
  readonly series: ReadonlyArray<SeedSeries & { readonly thinned: boolean }>
}

/** More bands over one another nobody tells apart. */
const mostGroups = 4
const mostPoints = 10_000
const everyMillis = 3000

const nameOf = ({ name, group_id, learner }: Group): string => `${name} ${group_id.slice(2, 8)} ${learner ?? ""}`.trim()

export const Envelope = ({ groups, marked }: { readonly groups: ReadonlyArray<Group>; readonly marked: ReadonlySet<string> }) => {
  const [chosen, choose] = useSearch("series")
  const several = groups.filter(({ members }) => members.length > 1)
  const newest = several.toSorted((a, b) => (a.created < b.created ? 1 : -1)).slice(0, 1)
  const wanted = several.some(({ group_id }) => marked.has(group_id)) ? several.filter(({ group_id }) => marked.has(group_id)) : newest
  const shown = drawnTogether(wanted).slice(0, mostGroups)
  const probe = shown[0]?.members[0]?.run_id
  const known = useQuery<SeriesAnswer>("run.series", probe === undefined ? null : { run: probe, x: "epoch" })
  const offered = (known.data?.available ?? []).filter(({ points }) => points > 1 && points <= mostPoints)
  const series = offered.find(({ name }) => name === chosen) ?? offered[0]
  const name = series?.name
  const runs = shown.map(({ members }) => members.map(({ run_id }) => run_id))
  const running = shown.some(({ statuses }) => (statuses.running ?? 0) > 0)
  const [seeds, setSeeds] = useState<{ readonly key: string; readonly of: ReadonlyArray<ReadonlyArray<SeedSeries>> } | undefined>(undefined)
  const [failure, setFailure] = useState<ApiError | undefined>(undefined)
  const key = JSON.stringify([name, runs])
  useEffect(() => {
    if (name === undefined) return
    const abort = new AbortController()
    const one = async (run: string): Promise<SeedSeries> => {
      const asked = { run, x: "epoch", name: [name], max_points: mostPoints }
      const [found] = (await call<SeriesAnswer>("run.series", asked, { signal: abort.signal })).data.series
      return found === undefined || found.thinned ? { x: [], y: [] } : found
    }
    const read = async (): Promise<void> => {
      try {
        const of = await Promise.all(runs.map((members) => Promise.all(members.map(one))))
        setSeeds({ key, of })
        setFailure(undefined)
      } catch (error) {
        if (!abort.signal.aborted) setFailure(asApiError(error))
      }
    }
    void read()
    const timer = running ? setInterval(() => void (document.hidden || read()), everyMillis) : undefined
    return () => {
      clearInterval(timer)
      abort.abort()
    }
  }, [key, running])
  const figure = useMemo(() => {
    if (series === undefined || seeds === undefined || seeds.key !== key) return undefined
    return envelopeFigure(
      series,
      shown.map((group, index): SeedGroup => ({ name: nameOf(group), seeds: seeds.of[index] ?? [] }))
    )
  }, [seeds, key, series?.name])
  if (shown.length === 0) return null
  return (
    <Panel
      title="Over the seeds"
      actions={
        offered.length < 2 ? undefined : (
          <label class="row">
            Series
            <select value={name} onChange={(event) => choose(event.currentTarget.value)}>
              {offered.map((each) => (
                <option key={each.name} value={each.name}>
                  {each.title}
                </option>
              ))}
            </select>
          </label>
        )
      }
    >
      {failure !== undefined ? (
        <Failed error={failure} />
      ) : known.data === undefined || (series !== undefined && seeds?.key !== key) ? (
        <Loading what="Reading the seeds" />
      ) : figure === undefined ? (
        <Empty title="No value yet that all seeds have" />
      ) : (
        <Figure figure={figure} />
      )}
      {wanted.length > shown.length ? (
        <p class="muted">
          {shown.length} of {wanted.length} marked experiments: at most {mostGroups}, all of one dataset and protocol.
        </p>
      ) : null}
    </Panel>
  )
}
