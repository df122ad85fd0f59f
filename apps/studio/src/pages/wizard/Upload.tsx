/** A file of this browser's: it is copied only when the reader says so, and to where it was said before. */
import { tameName, uploadName } from "@feagi-trainer/control-api/upload-name"
import { useEffect, useId, useState } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { bytes } from "../../format.ts"
import { Button, Failed } from "../../ui/index.ts"
import { useUpload } from "../../useUpload.ts"
import { NewSource } from "./NewSource.tsx"

const largest = 64 * 1024 * 1024

/** SHA-256 of a file, hexadecimal; null until it is known, empty where the file cannot be read. */
const useHash = (file: File | null): string | null => {
  const [known, setKnown] = useState<{ readonly file: File; readonly sha256: string } | null>(null)
  useEffect(() => {
    if (file === null || file.size > largest) return
    let wanted = true
    file
      .arrayBuffer()
      .then((content) => crypto.subtle.digest("SHA-256", content))
      .then(
        (digest) => {
          const sha256 = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("")
          if (wanted) setKnown({ file, sha256 })
        },
        // Copying it will say why.
        () => wanted && setKnown({ file, sha256: "" })
      )
    return () => {
      wanted = false
    }
  }, [file])
  return known !== null && known.file === file ? known.sha256 : null
}

export const Upload = ({
  file,
  onFile,
  onRegistered
}: {
  readonly file: File | null
  readonly onFile: (file: File | null) => void
  readonly onRegistered: (dataset: string) => void
}) => {
  const id = useId()
  const health = useQuery<{ readonly store?: unknown }>("health", {})
  const upload = useUpload()
  const [over, setOver] = useState(false)
  const sha256 = useHash(file)
  const store = typeof health.data?.store === "string" ? health.data.store : "the project's store"
  const take = (next: File | undefined) => {
    if (next === undefined) return
    upload.reset()
    onFile(next)
  }
  if (upload.path !== "")
    return (
      <div class="stack">
        <p>
          Copied to <code>{upload.path}</code>.{" "}
          <Button
            tone="quiet"
            onClick={() => {
              upload.reset()
              onFile(null)
            }}
          >
            Take another file
          </Button>
        </p>
        <NewSource key={upload.path} start={upload.path} onRegistered={onRegistered} />
      </div>
    )
  return (
    <div class="stack">
      <label
        for={id}
        class={over ? "wizard-drop over" : "wizard-drop"}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          event.stopPropagation()
          setOver(false)
          take(event.dataTransfer?.files[0])
        }}
      >
        <strong>Drop a file here, or choose one</strong>
        <span class="muted">
          A table, an archive, or whatever an installed adapter reads, up to {bytes(largest)}. Nothing leaves this machine.
        </span>
        <input id={id} type="file" onChange={(event) => take(event.currentTarget.files?.[0])} />
      </label>
      {file === null ? null : (
        <section class="wizard-consent" aria-label="Before anything is copied">
          <p>
            <strong>{file.name}</strong>, {bytes(file.size)}, would be copied to
          </p>
          <p>
            <code>
              {store}/uploads/{uploadName(sha256 || "<hash>", tameName(file.name) ?? file.name)}
            </code>
          </p>
          <p class="muted">
            Runs read it from there. To leave it where it is, give its path under "Path on this machine" instead: then nothing is copied.
          </p>
          {file.size > largest ? (
            <p class="field-error">It is larger than {bytes(largest)}: give its path instead.</p>
          ) : (
            <div class="row">
              <Button tone="primary" busy={upload.busy} disabled={sha256 === null} onClick={() => upload.send(file.name, file)}>
                Copy it there
              </Button>
              <Button tone="quiet" onClick={() => onFile(null)}>
                Do not copy
              </Button>
            </div>
          )}
        </section>
      )}
      {upload.error === undefined ? null : <Failed error={upload.error} />}
    </div>
  )
}
