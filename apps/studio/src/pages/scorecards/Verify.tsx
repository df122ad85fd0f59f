/**
 * Three questions about a scorecard that nobody should mix up: does it say what its predictions give, do its pins give these predictions, and
 * did the holder of a key vouch for it. Sharp edge: a store keeps no signatures, so none is shown that was not checked here and now.
 */
import { useState } from "preact/hooks"
import { type Job, useAction, useJob } from "../../api.ts"
import { short } from "../../format.ts"
import { Badge, Button, CopyButton, Failed, Field, Icon, KeyValue, Panel, toast } from "../../ui/index.ts"
import { JobView } from "../../ui/JobView.tsx"
import { useUpload } from "../../useUpload.ts"
import { verifiedText } from "./model/cards.ts"

const useVerify = () =>
  useJob("scorecard.verify", (job: Job) =>
    toast(job.state === "done" ? "The check passed" : "The check did not pass", { tone: job.state === "done" ? "good" : "bad" })
  )

const Outcome = ({ what, verify }: { readonly what: string; readonly verify: ReturnType<typeof useVerify> }) => (
  <div class="card-job" aria-live="polite">
    <JobView what={what} job={verify.job} error={verify.error} cancel={verify.cancel} summary={verifiedText} />
  </div>
)

export const Verify = ({ id }: { readonly id: string }) => {
  const recompute = useVerify()
  const replay = useVerify()
  return (
    <Panel title="Verify">
      <p>
        <strong>Recompute.</strong> The metrics are computed again from the stored predictions.
      </p>
      <Button tone="primary" icon="check" busy={recompute.job?.state === "running"} onClick={() => recompute.start({ scorecard: id })}>
        Recompute the metrics
      </Button>
      <Outcome what="Recomputing" verify={recompute} />
      <p>
        <strong>Replay.</strong> The run is executed again from its pins. An equal replay in a store other than the one that executed it
        makes a verified scorecard; here it proves that the run repeats.
      </p>
      <Button icon="play" busy={replay.job?.state === "running"} onClick={() => replay.start({ scorecard: id, replay: true })}>
        Replay the run
      </Button>
      <Outcome what="Replaying" verify={replay} />
    </Panel>
  )
}

const FileField = ({
  label,
  hint,
  onFile
}: {
  readonly label: string
  readonly hint: string
  readonly onFile: (file: File | null) => void
}) => (
  <Field label={label} hint={hint}>
    {(wiring) => <input {...wiring} type="file" onChange={(event) => onFile(event.currentTarget.files?.[0] ?? null)} />}
  </Field>
)

export const Signature = ({ id }: { readonly id: string }) => {
  const [files, setFiles] = useState<{ readonly signature: File | null; readonly key: File | null }>({ signature: null, key: null })
  const upload = useUpload()
  const verify = useVerify()
  const check = async () => {
    if (files.signature === null || files.key === null) return
    const signature = await upload.send(files.signature.name, files.signature)
    const key = signature === undefined ? undefined : await upload.send(files.key.name, files.key)
    if (signature !== undefined && key !== undefined) await verify.start({ scorecard: id, signature, key })
  }
  return (
    <Panel title="Signature">
      <p>
        A signature is a file that goes with the scorecard. The store keeps none, so a signature is checked each time it is shown to you.
      </p>
      <div class="card-files">
        <FileField
          label="Signature file"
          hint="As written by scorecard sign: a DSSE envelope"
          onFile={(signature) => setFiles({ ...files, signature })}
        />
        <FileField label="Public key" hint="Of whoever signed: FILE.pub" onFile={(key) => setFiles({ ...files, key })} />
      </div>
      <Button
        icon="check"
        disabled={files.signature === null || files.key === null}
        busy={upload.busy || verify.job?.state === "running"}
        onClick={check}
      >
        Check the signature
      </Button>
      {upload.error === undefined ? null : <Failed error={upload.error} />}
      <Outcome what="Checking" verify={verify} />
      <details>
        <summary>Sign it with a key of this machine</summary>
        <Sign id={id} />
      </details>
    </Panel>
  )
}

interface Signed {
  readonly keyid: string
  readonly file: string
  readonly subjects: ReadonlyArray<{ readonly name: string; readonly digest: { readonly sha256: string } }>
}

const PathField = ({
  label,
  hint,
  value,
  onValue
}: {
  readonly label: string
  readonly hint: string
  readonly value: string
  readonly onValue: (path: string) => void
}) => (
  <Field label={label} hint={hint}>
    {(wiring) => (
      <input
        {...wiring}
        type="text"
        class="mono"
        spellcheck={false}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    )}
  </Field>
)

const Sign = ({ id }: { readonly id: string }) => {
  const [key, setKey] = useState("")
  const [out, setOut] = useState(`${id}.dsse.json`)
  const sign = useAction<Signed>("scorecard.sign")
  const signed = sign.data
  return (
    <form
      class="stack"
      onSubmit={async (event) => {
        event.preventDefault()
        if ((await sign.act({ scorecard: id, key: key.trim(), out: out.trim() })) !== undefined) toast("Signed", { tone: "good" })
      }}
    >
      <p class="muted">
        The private key stays where it is: only its path is given. No key yet? <code>ftr scorecard keygen --out lab.key</code>{" "}
        <CopyButton text="ftr scorecard keygen --out lab.key" label="Copy" />
      </p>
      <PathField label="Path of the private key" hint="On this machine, readable by you alone" value={key} onValue={setKey} />
      <PathField label="Write the signature to" hint="A file that does not exist yet, in the project folder" value={out} onValue={setOut} />
      <div>
        <Button type="submit" busy={sign.busy} disabled={key.trim() === "" || out.trim() === ""}>
          Sign
        </Button>
      </div>
      {sign.error === undefined ? null : <Failed error={sign.error} />}
      {signed === undefined ? null : (
        <div role="status">
          <p>
            <Badge tone="good">
              <Icon name="check" /> signed
            </Badge>{" "}
            <code>{signed.file}</code> by the key {short(signed.keyid)}, over
          </p>
          <KeyValue items={signed.subjects.map(({ name, digest }) => [name, <code key={name}>{short(digest.sha256)}</code>])} />
        </div>
      )}
    </form>
  )
}
