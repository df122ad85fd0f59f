/** What else is not the same between the runs: settings and origins, as a tree of what differs, or of everything in their documents. */
import type { Comparison } from "@feagi-trainer/control-api/comparison"
import { useEffect, useState } from "preact/hooks"
import { asApiError, call } from "../../api.ts"
import { setSearch } from "../../router.ts"
import { Button, Empty, Failed, Loading, Panel } from "../../ui/index.ts"
import type { CompareState } from "./model/state.ts"
import { treeOf, treeOfFields } from "./model/tree.ts"
import { Tree } from "./Tree.tsx"

type Documents =
  | { readonly state: "loading" }
  | { readonly state: "failed"; readonly error: unknown }
  | { readonly state: "done"; readonly documents: ReadonlyArray<unknown> }

const Everything = ({ comparison }: { readonly comparison: Comparison }) => {
  const [now, setNow] = useState<Documents>({ state: "loading" })
  const stored = comparison.runs.filter(({ bundle }) => bundle === null)
  const key = stored.map(({ run_id }) => run_id).join(",")
  useEffect(() => {
    const abort = new AbortController()
    setNow({ state: "loading" })
    Promise.all(
      stored.map(async ({ run_id }) => {
        const { data } = await call<{ readonly document: unknown }>("run.show", { run: run_id, document: true }, { signal: abort.signal })
        return data.document
      })
    ).then(
      (documents) => setNow({ state: "done", documents }),
      (error: unknown) => {
        if (!abort.signal.aborted) setNow({ state: "failed", error: asApiError(error) })
      }
    )
    return () => abort.abort()
  }, [key])
  if (now.state === "loading") return <Loading what="Run documents" />
  if (now.state === "failed") return <Failed error={now.error} />
  if (now.documents.length < 2) return <Empty title="Bundles have no document in this store" />
  return <Tree node={treeOf(now.documents)} labels={stored.map(({ label }) => label)} empty="The documents are empty." />
}

export const Differences = ({ comparison, state }: { readonly comparison: Comparison; readonly state: CompareState }) => {
  const labels = comparison.runs.map(({ label }) => label)
  return (
    <>
      <div class="row">
        <Button aria-pressed={state.all} onClick={() => setSearch({ all: !state.all })}>
          {state.all ? "Only what differs" : "Everything in the run documents"}
        </Button>
        <span class="muted">Seeds, orders, settings and versions: they differ, and key nothing.</span>
      </div>
      {state.all ? (
        <Panel title="Run documents">
          <Everything comparison={comparison} />
        </Panel>
      ) : (
        <>
          <Panel title="Configuration">
            <Tree node={treeOfFields(comparison.config, labels)} labels={labels} empty="The same settings." />
          </Panel>
          <Panel title="Provenance">
            <Tree node={treeOfFields(comparison.provenance, labels)} labels={labels} empty="The same versions, hashes and engines." />
          </Panel>
          {comparison.treatment_differences.length === 0 || !comparison.comparable ? null : (
            <Panel title="Treatment">
              <Tree
                node={treeOfFields(
                  comparison.treatment_differences.map(({ across: _, ...each }) => each as typeof each & { field: string }),
                  labels
                )}
                labels={labels}
                empty=""
              />
            </Panel>
          )}
        </>
      )}
    </>
  )
}
