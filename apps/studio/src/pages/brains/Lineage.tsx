/**
 * Where a brain came from, in words: what its run began with, what it was when the phase ended, and whether the snapshot is that. The steps are
 * a list, so that a drawing of them can take its place.
 */
import { useQuery } from "../../api.ts"
import { link } from "../../router.ts"
import { Badge, Hash, KeyValue, Loading } from "../../ui/index.ts"
import type { BrainData } from "./model/brain.ts"
import { endsOf, isFaithful } from "./model/ends.ts"

export const Lineage = ({ brain }: { readonly brain: BrainData }) => {
  const { lineage } = brain
  const run = useQuery<unknown>("run.show", lineage === null ? null : { run: lineage.run_id, document: true })
  if (lineage === null)
    return (
      <p>
        A genome from {brain.source}: nothing was learnt yet. What grew of it once, with the seed <Hash value={brain.development.seed} />,
        has the state <Hash value={brain.development.learned_hash} />.
      </p>
    )
  const ends = endsOf(run.data, lineage.phase)
  const faithful = isFaithful(brain, ends)
  return (
    <ol class="lineage">
      {lineage.parent === null ? (
        <li>Grown from its genome, with nothing learnt.</li>
      ) : (
        <li>
          Began as <a href={link("/brains/:ref", { ref: lineage.parent })}>{lineage.parent}</a>.
        </li>
      )}
      <li>
        Start of <a href={link("/runs/:run", { run: lineage.run_id })}>{lineage.run_id}</a>:{" "}
        {run.state === "loading" ? <Loading what="Run" /> : <Hash value={ends.start} />}
      </li>
      <li>
        Learnt on <a href={link("/datasets/:ref", { ref: lineage.dataset_version_id })}>{lineage.dataset_version_id}</a> in phase{" "}
        {lineage.phase}.
      </li>
      <li>
        End of {lineage.phase}: <Hash value={ends.end} />
      </li>
      <li>
        This snapshot: <Hash value={brain.connectome?.learned_hash} />{" "}
        {faithful === null ? (
          <Badge tone="warn">{run.state === "failed" ? "its run is not in this store" : "the run recorded no hash"}</Badge>
        ) : faithful ? (
          <Badge tone="good">the same as its run recorded</Badge>
        ) : (
          <Badge tone="bad">not what its run recorded</Badge>
        )}
      </li>
      <li>
        <KeyValue
          items={[
            ["Run document", <Hash key="spec" value={lineage.spec_sha256} />],
            ["Content of the dataset", <Hash key="data" value={lineage.dataset_content_hash} />]
          ]}
        />
      </li>
    </ol>
  )
}
