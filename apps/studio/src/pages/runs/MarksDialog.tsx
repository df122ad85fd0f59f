/**
 * Tags and note of one run or of several: what is marked here changes no result, and every change is kept with its time.
 *
 * Sharp edge: a note is saved for the note that was read when the dialog opened. Where another one stands by then, both are shown, and the
 * person decides; a star or a tag that came meanwhile is no conflict.
 */
import { useEffect, useState } from "preact/hooks"
import { type ApiError, asApiError, call } from "../../api.ts"
import { copy } from "../../files.ts"
import { Button, Dialog, Failed, Field, IconButton } from "../../ui/index.ts"
import { inShort, type MarkChange, markCommands, tagsOf } from "./marks.ts"
import type { RunRow } from "./rows.ts"

interface Said {
  readonly tags: ReadonlyArray<string>
  readonly note: string
  /** Of several runs nothing is read, and nothing is replaced. */
  readonly etag: string | undefined
}
const nothing: Said = { tags: [], note: "", etag: undefined }

const read = async (run: string): Promise<Said> => {
  const { tags, note, etag } = (await call("run.marks", { run })).data
  return { tags, note: note ?? "", etag }
}

export const MarksDialog = ({
  runs,
  onClose,
  onSave
}: {
  /** Null: closed. */
  readonly runs: ReadonlyArray<RunRow> | null
  readonly onClose: () => void
  /** Gives back why it was refused where other marks stand than the change was made for; tells of any other failure itself. */
  readonly onSave: (runs: ReadonlyArray<RunRow>, change: MarkChange) => Promise<ApiError | undefined>
}) => {
  const [text, setText] = useState("")
  const [note, setNote] = useState("")
  const [said, setSaid] = useState<Said | undefined>(undefined)
  const [failure, setFailure] = useState<ApiError | undefined>(undefined)
  /** A note that came meanwhile. */
  const [theirs, setTheirs] = useState<string | undefined>(undefined)
  const single = runs?.length === 1 ? runs[0] : undefined
  useEffect(() => {
    let gone = false
    const begin = (now: Said) => {
      if (gone) return
      setText(now.tags.join(", "))
      setNote(now.note)
      setSaid(now)
    }
    setSaid(undefined)
    setFailure(undefined)
    setTheirs(undefined)
    if (single === undefined) begin(nothing)
    else read(single.id).then(begin, (error: unknown) => void (gone || setFailure(asApiError(error))))
    return () => {
      gone = true
    }
  }, [runs])
  const next = tagsOf(text)
  // What was taken away here is what was there when the dialog opened: a tag that came meanwhile stays.
  const added = next.filter((tag) => said?.tags.includes(tag) !== true)
  const removed = (said?.tags ?? []).filter((tag) => !next.includes(tag))
  const change: MarkChange = {
    ...(added.length === 0 ? {} : { add_tags: added }),
    ...(removed.length === 0 ? {} : { remove_tags: removed }),
    ...(single === undefined || note === said?.note ? {} : { note })
  }
  const lines =
    said === undefined
      ? []
      : markCommands(
          (runs ?? []).map(({ id }) => id),
          change
        )
  const save = async (now = said): Promise<void> => {
    if (runs === null || now === undefined) return
    const refused = await onSave(runs, {
      ...change,
      ...(change.note === undefined || now.etag === undefined ? {} : { if_match: now.etag })
    })
    if (refused === undefined || single === undefined) return onClose()
    try {
      const latest = await read(single.id)
      if (latest.note === now.note) return await save(latest)
      setSaid({ ...now, note: latest.note, etag: latest.etag })
      setTheirs(latest.note)
    } catch (error) {
      setFailure(asApiError(error))
    }
  }
  return (
    <Dialog
      open={runs !== null}
      onClose={onClose}
      title={single === undefined ? `Tag ${runs?.length ?? 0} runs` : `Tags and note of ${String(single.cells.name ?? single.id)}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" disabled={said === undefined} onClick={() => void save()}>
            {theirs === undefined ? "Save" : "Save mine instead"}
          </Button>
        </>
      }
    >
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        {failure === undefined ? null : <Failed error={failure} />}
        {theirs === undefined ? null : (
          <div class="stack marks-conflict" role="alert">
            <p>
              <strong>{theirs === "" ? "The note was taken away meanwhile." : "The note was changed meanwhile. It is now:"}</strong>
            </p>
            {theirs === "" ? null : <blockquote>{theirs}</blockquote>}
            <p class="muted">Nothing was saved. Yours stands below; whichever is saved, the history of the run keeps both.</p>
            <div>
              <Button
                onClick={() => {
                  setNote(theirs)
                  setTheirs(undefined)
                }}
              >
                Take theirs
              </Button>
            </div>
          </div>
        )}
        <Field label={single === undefined ? "Tags to add" : "Tags"} hint="Words between commas. Search for one with tag:word.">
          {(wiring) => (
            <input
              {...wiring}
              type="text"
              value={text}
              disabled={said === undefined}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        {single === undefined ? null : (
          <Field label="Note" hint="Shown in the table and on the page of the run. The run itself stays as it is.">
            {(wiring) => (
              <textarea
                {...wiring}
                rows={5}
                value={note}
                disabled={said === undefined}
                onInput={(event) => setNote(event.currentTarget.value)}
              />
            )}
          </Field>
        )}
        {lines.length === 0 ? null : (
          <div class="row marks-command">
            <code class="muted">{inShort(lines)}</code>
            <IconButton
              icon="copy"
              label={lines.length === 1 ? "Copy command" : `Copy ${lines.length} commands`}
              onClick={() => copy(lines.join("\n"), "Copied the command")}
            />
          </div>
        )}
      </form>
    </Dialog>
  )
}
