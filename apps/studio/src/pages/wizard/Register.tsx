/**
 * The last part of taking in a source: its samples as they would be read, its labels and what they become, the check of everything, and
 * the registration with the command that it stands for.
 */
import { useState } from "preact/hooks"
import { type Diagnostic, useJob, useQuery } from "../../api.ts"
import { shellLine } from "../../format.ts"
import { Answer, Badge, Button, CopyButton, Failed, Field, Icon } from "../../ui/index.ts"
import { JobView } from "../../ui/JobView.tsx"
import { Scroll } from "../../ui/Scroll.tsx"
import { useUpload } from "../../useUpload.ts"
import { wordsOfSource } from "./command.ts"
import { SampleTable } from "./SampleTable.tsx"
import type { Sample } from "./samples.ts"
import { isName, labelMapOf, proposedName } from "./sourceRequest.ts"

export const Register = ({
  input,
  path,
  classes,
  features,
  onRegistered
}: {
  readonly input: Readonly<Record<string, unknown>>
  readonly path: string
  readonly classes: ReadonlyArray<string>
  readonly features: ReadonlyArray<string>
  readonly onRegistered: (dataset: string) => void
}) => {
  const [name, setName] = useState(() => proposedName(path))
  const [renamed, setRenamed] = useState<Readonly<Record<string, string>>>({})
  const [marked, setMarked] = useState("")
  const [from, setFrom] = useState(0)
  const preview = useQuery<{ readonly samples: ReadonlyArray<Sample> }>("source.preview", { ...input, count: 100, from }, { keep: true })
  const upload = useUpload()
  const map = labelMapOf(name, classes, renamed)
  const validate = useJob("source.validate")
  const add = useJob("dataset.add", (job) => {
    const data = job.result?.data as { readonly dataset_version_id?: unknown } | undefined
    if (job.state === "done" && typeof data?.dataset_version_id === "string") onRegistered(data.dataset_version_id)
  })
  // The mapping is written when it is needed; until then the command has the name that it will get.
  const mapped = map === null ? input : { ...input, label_map: upload.path === "" ? `${name}-labels.json` : upload.path }
  const words = isName(name) ? wordsOfSource({ ...mapped, name }) : null
  const running = add.job?.state === "running" || validate.job?.state === "running"
  const labelled = async (): Promise<Readonly<Record<string, unknown>> | null> => {
    if (map === null) return input
    const stored = await upload.send(`${name}-labels.json`, new Blob([`${JSON.stringify(map, null, 2)}\n`]))
    return stored === undefined ? null : { ...input, label_map: stored }
  }
  const show = (finding: Diagnostic) => {
    const { sample_id: id } = finding
    if (id === undefined) return
    // Adapters name a sample by its id, or by its position where it could not be read far enough to have one.
    const position = /^\d{1,9}$/.test(id) ? Number(id) : null
    if (position !== null && (position < from || position >= from + 100)) setFrom(Math.max(0, position - 5))
    setMarked(id)
    requestAnimationFrame(() =>
      document.querySelector(`[id="sample-${CSS.escape(id)}"], [data-position="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "center" })
    )
  }
  return (
    <div class="stack">
      <details open>
        <summary>The first samples, as they would be read</summary>
        <Answer query={preview} what="Reading samples">
          {(data) => (
            <SampleTable
              samples={data.samples}
              features={features}
              marked={marked}
              from={from}
              caption={`${data.samples.length} samples from position ${from}`}
            />
          )}
        </Answer>
      </details>
      {classes.length !== 1 ? null : (
        <p role="note" class="tone-warn">
          <Badge tone="warn">
            <Icon name="warning" /> one class
          </Badge>{" "}
          Every sample has the label "{classes[0]}": there is nothing to tell apart. Is this the label column?
        </p>
      )}
      {classes.length === 0 ? null : (
        <details>
          <summary>
            Labels: {map === null ? `${classes.length} ${classes.length === 1 ? "class" : "classes"}, named as in the source` : "mapped"}
          </summary>
          <Scroll label="Labels">
            <table class="plain">
              <thead>
                <tr>
                  <th scope="col">In the source</th>
                  <th scope="col">Becomes</th>
                </tr>
              </thead>
              <tbody>
                {classes.map((label) => (
                  <tr key={label}>
                    <th scope="row">{label}</th>
                    <td>
                      <input
                        type="text"
                        aria-label={`${label} becomes`}
                        value={renamed[label] ?? label}
                        onChange={(event) => setRenamed({ ...renamed, [label]: event.currentTarget.value })}
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
          {map === null ? null : (
            <p class="muted">
              Two labels with one name become one class. The mapping is written as a file beside the store and becomes part of the
              registration.
            </p>
          )}
        </details>
      )}
      <div class="row wizard-register">
        <Field
          label="Name of the dataset"
          hint="The same content under the same name is the same version."
          error={isName(name) ? "" : "lower-case letters and digits first, then also . _ -, 63 at most"}
        >
          {(wiring) => <input {...wiring} type="text" class="mono" value={name} onInput={(event) => setName(event.currentTarget.value)} />}
        </Field>
        <Button
          icon="check"
          disabled={running}
          busy={validate.job?.state === "running"}
          onClick={async () => {
            const said = await labelled()
            if (said !== null) await validate.start(said)
          }}
        >
          Validate
        </Button>
        <Button
          tone="primary"
          icon="data"
          disabled={running || !isName(name)}
          busy={add.job?.state === "running"}
          onClick={async () => {
            const said = await labelled()
            if (said !== null) await add.start({ ...said, name })
          }}
        >
          Register
        </Button>
      </div>
      {words === null ? null : (
        <div class="row source-command">
          <code class="wizard-command grow">ftr {shellLine(words)}</code>
          <CopyButton icon="terminal" text={`ftr ${shellLine(words)}`} label="Copy" what="Copied the command" />
        </div>
      )}
      {upload.error === undefined ? null : <Failed error={upload.error} />}
      <JobView what="Validating" job={validate.job} error={validate.error} cancel={validate.cancel} onFinding={show} />
      <JobView what="Registering" job={add.job} error={add.error} cancel={add.cancel} onFinding={show} />
    </div>
  )
}
