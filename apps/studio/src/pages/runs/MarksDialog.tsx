/** Tags and note of one run or of several: what is marked here changes no result, and every change is kept with its time. */
import { useEffect, useState } from "preact/hooks"
import { Button, Dialog, Field } from "../../ui/index.ts"
import type { RunRow } from "./rows.ts"

export interface MarkChange {
  readonly add_tags?: ReadonlyArray<string>
  readonly remove_tags?: ReadonlyArray<string>
  readonly note?: string
  readonly starred?: boolean
  readonly archived?: boolean
}

/** Words between commas or spaces, each once. */
export const tagsOf = (text: string): ReadonlyArray<string> => [...new Set(text.split(/[\s,]+/).filter((word) => word !== ""))]

export const MarksDialog = ({
  runs,
  onClose,
  onSave
}: {
  /** Null: closed. */
  readonly runs: ReadonlyArray<RunRow> | null
  readonly onClose: () => void
  readonly onSave: (runs: ReadonlyArray<RunRow>, change: MarkChange) => void
}) => {
  const [text, setText] = useState("")
  const [note, setNote] = useState("")
  const single = runs?.length === 1 ? runs[0] : undefined
  const tags = single !== undefined && Array.isArray(single.cells.tags) ? (single.cells.tags as ReadonlyArray<string>) : []
  const before = typeof single?.cells.note === "string" ? single.cells.note : ""
  useEffect(() => {
    setText(tags.join(", "))
    setNote(before)
  }, [runs])
  const save = () => {
    if (runs === null) return
    const next = tagsOf(text)
    const added = next.filter((tag) => !tags.includes(tag))
    const removed = tags.filter((tag) => !next.includes(tag))
    onSave(runs, {
      ...(added.length === 0 ? {} : { add_tags: added }),
      ...(removed.length === 0 ? {} : { remove_tags: removed }),
      ...(single === undefined || note === before ? {} : { note })
    })
    onClose()
  }
  return (
    <Dialog
      open={runs !== null}
      onClose={onClose}
      title={single === undefined ? `Tag ${runs?.length ?? 0} runs` : `Tags and note of ${String(single.cells.name ?? single.id)}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" onClick={save}>
            Save
          </Button>
        </>
      }
    >
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <Field label={single === undefined ? "Tags to add" : "Tags"} hint="Words between commas. Search for one with tag:word.">
          {(wiring) => <input {...wiring} type="text" value={text} onInput={(event) => setText(event.currentTarget.value)} />}
        </Field>
        {single === undefined ? null : (
          <Field label="Note" hint="Shown in the table and on the page of the run. The run itself stays as it is.">
            {(wiring) => <textarea {...wiring} rows={5} value={note} onInput={(event) => setNote(event.currentTarget.value)} />}
          </Field>
        )}
      </form>
    </Dialog>
  )
}
