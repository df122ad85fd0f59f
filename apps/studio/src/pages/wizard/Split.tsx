/**
 * How the samples are dealt out, with what comes of it while it is edited: counts, the share of every class in every part, and samples that
 * two parts share. The same verb that a run uses makes the parts.
 */
import { useEffect, useState } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { number } from "../../format.ts"
import { Answer, Badge, Field, Icon, Panel } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import { FieldControl } from "./Controls.tsx"
import { withSet } from "./draft.ts"
import { withValueAt } from "./readFields.ts"
import { fractionsLiteral, shareSum } from "./sourceRequest.ts"
import { useStill, type Wizard } from "./useWizard.ts"

export interface SplitData {
  readonly method: string
  readonly parts: ReadonlyArray<{
    readonly name: string
    readonly count: number
    readonly split_hash: string
    readonly class_counts?: ReadonlyArray<number>
  }>
  readonly leakage: Readonly<Record<string, unknown>> | null
}

const methods = [
  { value: "stratified", label: "stratified – the shares of every class" },
  { value: "hash", label: "hash – each sample by its content alone; adding some moves none" },
  { value: "grouped", label: "grouped – whole groups" },
  { value: "given", label: "given – as the data say" }
]

/** The seed by which the first planned run splits, so that what is shown is what will run. */
const splitSeed = (wizard: Wizard): string => {
  const split = wizard.plan.data?.runs[0]?.document.split
  const seed = typeof split === "object" && split !== null && "seed" in split ? String(split.seed) : ""
  return /^\d+$/.test(seed) ? seed : "1"
}

export const Split = ({ wizard }: { readonly wizard: Wizard }) => {
  const { draft, fields } = wizard
  const method = String(fields.at("split.method")?.value ?? "stratified")
  const parts = fields.under("split.fractions").map((field) => [field.path.at(-1) ?? "", field.literal] as const)
  const [shares, setShares] = useState<Readonly<Record<string, string>>>({})
  const literal = parts.map(([part, share]) => `${part}=${share}`).join()
  // Another text, from the server or from the editor, is what counts.
  useEffect(() => setShares({}), [literal])
  const now = (parts.length === 0 && draft.text === "" ? defaults : parts).map(([part, share]) => [part, shares[part] ?? share] as const)
  const sum = shareSum(now.map(([, share]) => share))
  const sums = sum === "1"
  const seed = splitSeed(wizard)
  const wanted = useStill(
    JSON.stringify({ dataset: wizard.dataset, method, fraction: now.map(([part, share]) => `${part}=${share}`), seed }),
    250
  )
  const valid = sums || now.length === 0
  const split = useQuery<SplitData>("dataset.split", valid ? splitInput(wanted) : null, { keep: true })
  const commit = () => {
    if (!sums || Object.keys(shares).length === 0 || draft.text === "") return
    // A template writes them as one value; a text of one's own may have a line for each.
    wizard.change({
      what: `split.fractions = ${fractionsLiteral(now)}`,
      draft: (before) => withSet(before, "split.fractions", fractionsLiteral(now)),
      text: (before) => now.reduce((text, [part, share]) => withValueAt(text, `split.fractions.${part}`, share), before)
    })
  }
  return (
    <Panel
      title="Split"
      actions={
        <span class="muted">
          {draft.text === "" ? "a preview, until a template is chosen" : `with the split seed of the first run, ${seed}`}
        </span>
      }
    >
      <div class="wizard-fields" data-field="split">
        {draft.text === "" ? null : <FieldControl wizard={wizard} path="split.method" label="Method" choices={methods} />}
        {now.map(([part, share]) => (
          <Field key={part} label={`Share of ${part}`} error={shareSum([share]) === null ? "a number from 0 to 1" : ""}>
            {(wiring) => (
              <input
                {...wiring}
                type="text"
                inputMode="decimal"
                class="mono"
                value={share}
                readOnly={draft.text === ""}
                onInput={(event) => setShares({ ...shares, [part]: event.currentTarget.value.trim() })}
                onBlur={commit}
                onKeyDown={(event) => {
                  if (event.key === "Enter") commit()
                }}
              />
            )}
          </Field>
        ))}
        <FieldControl wizard={wizard} path="split.seed" label="Seed of the split" words={["per-run"]} />
      </div>
      {now.length === 0 || sums ? null : (
        <p class="field-error" role="alert">
          {sum === null ? "Every share is a number from 0 to 1." : `The shares sum to ${sum}; they have to sum to 1.`}
        </p>
      )}
      <Answer query={split} what="Dealing out the samples">
        {(data) => <SplitView data={data} dataset={wizard.dataset} />}
      </Answer>
    </Panel>
  )
}

const defaults: ReadonlyArray<readonly [string, string]> = [
  ["train", "0.6"],
  ["val", "0.2"],
  ["test", "0.2"]
]

const splitInput = (text: string): Readonly<Record<string, unknown>> => {
  const input = JSON.parse(text) as {
    readonly dataset: string
    readonly method: string
    readonly fraction: ReadonlyArray<string>
    readonly seed: string
  }
  // The method that follows the data takes no seed without fractions.
  return input.method === "given" && input.fraction.length === 0 ? { dataset: input.dataset, method: input.method } : input
}

interface Dataset {
  readonly classes?: ReadonlyArray<{ readonly label: string; readonly samples: number }>
}

/** Parts beside each other, class by class, and what they share. */
export const SplitView = ({ data, dataset }: { readonly data: SplitData; readonly dataset: string }) => {
  const shown = useQuery<Dataset>("dataset.show", { dataset })
  const labels = shown.data?.classes?.map(({ label }) => label) ?? []
  const total = data.parts.reduce((sum, part) => sum + part.count, 0)
  const classes = Math.max(0, ...data.parts.map((part) => part.class_counts?.length ?? 0))
  return (
    <div class="stack">
      <Scroll label="Parts and classes">
        <table class="plain split-table">
          <caption class="visually-hidden">Samples of each class in each part</caption>
          <thead>
            <tr>
              <th scope="col">Class</th>
              {data.parts.map((part) => (
                <th key={part.name} scope="col">
                  {part.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">all</th>
              {data.parts.map((part) => (
                <td key={part.name}>
                  <Share count={part.count} of={total} />
                </td>
              ))}
            </tr>
            {Array.from({ length: Math.min(classes, 50) }, (_, index) => (
              <tr key={`${index}`}>
                <th scope="row">{labels[index] ?? `class ${index}`}</th>
                {data.parts.map((part) => (
                  <td key={part.name}>
                    <Share count={part.class_counts?.[index] ?? 0} of={part.count} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {classes > 50 ? <p class="muted">The first 50 of {classes} classes.</p> : null}
      </Scroll>
      <Leaks leakage={data.leakage} />
    </div>
  )
}

const Share = ({ count, of }: { readonly count: number; readonly of: number }) => (
  <span class="share">
    <span class="share-bar" aria-hidden="true">
      <span class="share-fill" style={{ width: `${of === 0 ? 0 : (100 * count) / of}%` }} />
    </span>
    <span class="share-text">
      {number(count)}
      <span class="muted"> {of === 0 ? "" : `${number((100 * count) / of, 3)} %`}</span>
      {count === 0 ? <span class="field-error"> none</span> : null}
    </span>
  </span>
)

const leakNames: Readonly<Record<string, string>> = {
  exact: "the same bytes",
  decoded: "the same once decoded",
  group: "the same group",
  near: "nearly the same"
}

/** What two parts share, kind by kind, each with examples. */
export const Leaks = ({ leakage }: { readonly leakage: Readonly<Record<string, unknown>> | null }) => {
  if (leakage === null) return <p class="muted">Nobody looked for leaks.</p>
  const kinds = Object.entries(leakage).flatMap(([kind, value]) =>
    typeof value === "object" && value !== null && "samples" in value && typeof value.samples === "number"
      ? [
          {
            kind,
            samples: value.samples,
            examples: "examples" in value && Array.isArray(value.examples) ? (value.examples as ReadonlyArray<unknown>) : []
          }
        ]
      : typeof value === "number"
        ? [{ kind, samples: value, examples: [] as ReadonlyArray<unknown> }]
        : []
  )
  const found = kinds.filter(({ samples }) => samples > 0)
  return (
    <div role="status">
      {found.length === 0 ? (
        <p>
          <Badge tone="good">
            <Icon name="check" /> no leaks
          </Badge>{" "}
          No sample is in two parts: {kinds.map(({ kind }) => leakNames[kind] ?? kind).join(", ")} were looked for
          {leakage.near_checked === undefined ? "" : `, near ones by ${String(leakage.near_checked)}`}.
        </p>
      ) : (
        found.map(({ kind, samples, examples }) => (
          <details key={kind}>
            <summary>
              <Badge tone="bad">
                <Icon name="warning" /> leak
              </Badge>{" "}
              {number(samples)} {samples === 1 ? "sample is" : "samples are"} in two parts: {leakNames[kind] ?? kind}
            </summary>
            <ul>
              {examples.slice(0, 20).map((example) => (
                <li key={JSON.stringify(example)}>
                  <code>{JSON.stringify(example)}</code>
                </li>
              ))}
            </ul>
          </details>
        ))
      )}
    </div>
  )
}
